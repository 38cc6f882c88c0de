"""``showroom account add|list|token|password|disable|enable``: who may do what, for operators."""

import sys

import click

from .operate import Place, opened, place_options, wait
from .output import format_option, print_json, print_table

_ROLES = ("operator", "merchant", "host", "shopper")
_SCOPES = ("shop", "products:write", "stores:write", "orders:read", "orders:write", "host", "operate")


@click.group()
def account() -> None:
    """
    Add and list accounts, make API tokens, shut accounts.

    Works on the server's database itself, so whoever may read the data folder is an operator: that is how the first
    one is made. The server may be running.

    \b
    Example:
      showroom account add ada --role operator
      showroom account add mira --role merchant --tenant nordlicht
      showroom account token mira --scope products:write --scope stores:write
    """


@account.command()
@click.argument("login")
@click.option("--role", type=click.Choice(_ROLES), required=True, help="What the account may do.")
@click.option("--tenant", metavar="ID", help="The merchant it works for; for merchants and hosts.  [default: default]")
@click.option("--name", metavar="TEXT", help="The name that others see.  [default: LOGIN]")
@click.option("--no-password", is_flag=True, help="Tokens only: nobody signs in with it.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, for scripts.")
@place_options
@format_option
def add(
    login: str,
    role: str,
    tenant: str | None,
    name: str | None,
    no_password: bool,
    password_stdin: bool,
    place: Place,
    output_format: str,
) -> None:
    """
    Add an account; it asks for a password.

    Use it for the first operator, and for every merchant. A new tenant is made with its first account; the merchant of
    a store that has only one is called "default".

    \b
    Example:
      showroom account add ada --role operator
    """
    from showroom.accounts.passwords import SHORTEST
    from showroom.accounts.principal import Role
    from showroom.tenants import DEFAULT_TENANT

    works_for = tenant or (DEFAULT_TENANT if role in {"merchant", "host"} else "")
    with opened(place) as services:
        password = "" if no_password else _password(password_stdin, SHORTEST)
        made = wait(
            services.accounts.add_account(login, role=Role(role), tenant=works_for, name=name or "", password=password)
        )
    if output_format == "json":
        print_json(made)
    else:
        belongs = f" of {made.tenant}" if made.tenant else ""
        click.echo(f"{made.login}: {made.role}{belongs}, {made.id}")


@account.command("list")
@place_options
@format_option
def list_(place: Place, output_format: str) -> None:
    """
    List all accounts.

    Use it to see who may do what.

    \b
    Example:
      showroom account list
    """
    with opened(place) as services:
        found = wait(services.accounts.accounts())
    if output_format == "json":
        print_json(found)
    elif not found:
        click.echo("There are no accounts yet. Add the first: showroom account add NAME --role operator")
    else:
        print_table(
            ["login", "name", "role", "tenant", "state", "id"],
            [
                (one.login, one.name, one.role, one.tenant, "disabled" if one.is_disabled else "", one.id)
                for one in found
            ],
        )


@account.command()
@click.argument("login")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(_SCOPES), help="May be repeated.")
@click.option("--days", type=click.IntRange(1, 730), default=90, show_default=True, help="How long it is good.")
@click.option("--name", default="command line", show_default=True, metavar="TEXT", help="To tell tokens apart.")
@place_options
@format_option
def token(
    login: str,
    scopes: tuple[str, ...],
    days: int,
    name: str,
    place: Place,
    output_format: str,
) -> None:
    """
    Make an API token; its text is shown this once.

    Use it for scripts: they send it as "Authorization: Bearer …". Give it no more scopes than the script needs.

    \b
    Example:
      showroom account token mira --scope products:write --days 30
    """
    from showroom.accounts.principal import Scope

    with opened(place) as services:
        owner = wait(services.accounts.account(login))
        made, text = wait(
            services.accounts.add_token(owner, name=name, scopes=[Scope(scope) for scope in scopes], days=days)
        )
    if output_format == "json":
        print_json({"token": text, "about": made})
    else:
        click.echo(f"good for {days} days; keep it, it is not shown again:", err=True)
        click.echo(text)


@account.command()
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, for scripts.")
@place_options
def password(login: str, password_stdin: bool, place: Place) -> None:
    """
    Give an account a new password; all its sessions end.

    Use it when somebody forgot theirs.

    \b
    Example:
      showroom account password mira
    """
    from showroom.accounts.passwords import SHORTEST

    with opened(place) as services:
        wait(services.accounts.account(login))
        wait(services.accounts.set_password(login, _password(password_stdin, SHORTEST)))
    click.echo(f"{login}: new password; signed out everywhere")


@account.command()
@click.argument("login")
@place_options
def disable(login: str, place: Place) -> None:
    """
    Shut an account: its sessions end, its tokens open nothing.

    Use it when somebody leaves, or a token was lost. A running server knows within seconds.

    \b
    Example:
      showroom account disable mira
    """
    with opened(place) as services:
        done = wait(services.accounts.set_disabled(login, True))
    click.echo(f"{done.login}: disabled")


@account.command()
@click.argument("login")
@place_options
def enable(login: str, place: Place) -> None:
    """
    Open an account again.

    Use it to undo `showroom account disable`.

    \b
    Example:
      showroom account enable mira
    """
    with opened(place) as services:
        done = wait(services.accounts.set_disabled(login, False))
    click.echo(f"{done.login}: enabled")


def _password(is_piped: bool, shortest: int) -> str:
    if is_piped:
        return sys.stdin.readline().rstrip("\n")
    asked: str = click.prompt(
        f"Password, at least {shortest} characters", hide_input=True, confirmation_prompt=True, err=True
    )
    return asked
