"""``showroom shop offers|price|stock|orders|step|cancel|refund``: a merchant's side of the shop, over the API."""

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

import click

from showroom_assets.errors import ShowroomError

from .output import format_option, print_json, print_table

Command = TypeVar("Command", bound=Callable[..., Any])
_TIMEOUT_S: Final = 60.0
_MOST_BYTES: Final = 16 << 20
_PAGE: Final = 500


class _Refused(ShowroomError):
    """The server said no."""

    code = "shop.refused"


class _Api:
    """The server, as JSON in and out; errors of it become our own."""

    def __init__(self, server: str, token: str, tenant: str | None) -> None:
        if not server.startswith(("http://", "https://")):
            raise click.BadParameter("write the whole address, like https://shop.example", param_hint="--server")
        self._server = server.rstrip("/")
        self._token = token
        self.tenant: Final = tenant or self.get("/api/me").get("tenant") or "default"

    def get(self, path: str, **query: Any) -> Any:
        given = {key: value for key, value in query.items() if value not in (None, "")}
        return self._ask("GET", path + (f"?{urlencode(given)}" if given else ""))

    def write(self, method: str, path: str, body: Any) -> Any:
        return self._ask(method, path, body)

    def pages(self, path: str, rows: str, after: str, **query: Any) -> list[Any]:
        """All rows of a list, page by page."""
        out: list[Any] = []
        place = ""
        while True:
            page = self.get(path, **query, limit=_PAGE, **{after: place})
            out += page[rows]
            place = page["next"]
            if not place:
                return out

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(f"{self._server}{path}", method=method)
        request.add_header("Authorization", f"Bearer {self._token}")
        data = None
        if method != "GET":
            data = json.dumps(body or {}).encode()
            request.add_header("Content-Type", "application/json")
            request.add_header("Idempotency-Key", str(uuid.uuid4()))
        try:
            with urllib.request.urlopen(request, data, timeout=_TIMEOUT_S) as answer:
                return json.loads(answer.read(_MOST_BYTES))
        except urllib.error.HTTPError as exc:
            raise _Refused(_said(exc), status=exc.code) from exc
        except (OSError, ValueError) as exc:
            reason = getattr(exc, "reason", exc)
            raise _Refused(f"{self._server} does not answer ({reason}). Is the address right, and it runs?") from exc


def _said(exc: urllib.error.HTTPError) -> str:
    try:
        with exc:
            return str(json.loads(exc.read(1 << 16))["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"The server answered {exc.code}. Is it a Showroom server?"


def _shop_options(command: Command) -> Command:
    for option in (
        click.option("--tenant", metavar="ID", help="The merchant.  [default: the token's]"),
        click.option("--token", envvar="SHOWROOM_TOKEN", required=True, metavar="TOKEN",
                     help="An API token; better in $SHOWROOM_TOKEN than on the command line."),
        click.option("--server", envvar="SHOWROOM_URL", default="http://127.0.0.1:8080", show_default=True,
                     metavar="URL", help="Like https://shop.example.  [$SHOWROOM_URL]"),
    ):  # fmt: skip
        command = option(command)
    return command


_dry_run = click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")


@click.group()
def shop() -> None:
    """
    Set prices and stock, see and send orders.

    Works over the API of a running server, from anywhere, with a merchant's token.

    \b
    Example:
      export SHOWROOM_URL=https://shop.example SHOWROOM_TOKEN=...
      showroom shop price LMP-1 --product lamp EUR=128.00
      showroom shop stock LMP-1 --add 10
      showroom shop orders --state paid
    """


@shop.command()
@_shop_options
@format_option
def offers(server: str, token: str, tenant: str | None, output_format: str) -> None:
    """
    List what is on sale, with prices and stock.

    Use it to see what shoppers can buy now, and what is held in carts.

    \b
    Example:
      showroom shop offers
    """
    api = _Api(server, token, tenant)
    found = api.pages("/api/shop/offers", "offers", "after", tenant=api.tenant, hidden="true")
    stock = {row["sku"]: row for row in api.pages(f"/api/shop/stock/{quote(api.tenant)}", "stock", "after")}
    if output_format == "json":
        print_json([{**row, "stock": stock.get(row["sku"])} for row in found])
        return
    if not found:
        click.echo("Nothing is on sale. Begin: showroom shop price SKU --product ID EUR=1.00")
        return
    print_table(
        ["SKU", "title", "prices", ">on hand", ">held", ">sold"],
        [
            [row["sku"], row["title"], _prices(row["prices"]) if row["is_on_sale"] else "off sale",
             *(str(stock.get(row["sku"], {}).get(key, "")) for key in ("on_hand", "leased", "sold"))]
            for row in found
        ],
    )  # fmt: skip


@shop.command()
@click.argument("sku")
@click.argument("prices", nargs=-1, metavar="[CURRENCY=PRICE]...")
@click.option("--product", metavar="ID", help="The product whose manifest has the SKU; needed the first time.")
@click.option(
    "--limit", type=click.IntRange(0, 1000), metavar="N", help="Most that one customer may have; 0: no limit."
)
@click.option("--tax-note", metavar="TEXT", help='What the price contains, like "incl. 19 % VAT".')
@click.option("--on-sale/--off-sale", default=None, help="Whether it can be bought.")
@_shop_options
@_dry_run
@format_option
def price(
    sku: str,
    prices: tuple[str, ...],
    product: str | None,
    limit: int | None,
    tax_note: str | None,
    on_sale: bool | None,
    server: str,
    token: str,
    tenant: str | None,
    dry_run: bool,
    output_format: str,
) -> None:
    """
    Put a SKU on sale, or change its price.

    Use it for every SKU of a published product. What is not named stays as it is; `EUR=` takes a currency away.

    \b
    Example:
      showroom shop price LMP-1 --product lamp EUR=128.00 JPY=21000
      showroom shop price LMP-1 --off-sale
    """
    api = _Api(server, token, tenant)
    path = _path("offers", api.tenant, sku)
    before: dict[str, Any] = {}
    try:
        before = api.get(path)
    except _Refused as exc:
        if exc.fields.get("status") != 404:
            raise
        if product is None:
            raise click.UsageError(f"{sku} is new: name its product with --product.") from exc
    terms: dict[str, Any] = {
        key: before[key] for key in ("product", "title", "variant", "tax_note", "limit_each") if key in before
    }
    terms["prices"] = _changed(before.get("prices", {}), prices)
    terms["is_on_sale"] = before.get("is_on_sale", True) if on_sale is None else on_sale
    terms |= {"product": product} if product else {}
    terms |= {"tax_note": tax_note} if tax_note is not None else {}
    terms |= {"limit_each": limit or None} if limit is not None else {}
    after = {**before, **terms, "sku": sku} if dry_run else api.write("PUT", path, terms)
    if output_format == "json":
        print_json({"before": before or None, "after": after, "dry_run": dry_run})
        return
    was = _prices(before.get("prices", {})) or "not on sale"
    sale = "" if after["is_on_sale"] else ", off sale"
    click.echo(f"{sku}: {was} → {_prices(after['prices'])}{sale}{_would(dry_run)}")


@shop.command()
@click.argument("sku")
@click.option("--add", type=int, default=0, metavar="N", help="A delivery; negative for a loss.")
@click.option("--set", "unsold", type=click.IntRange(min=0), metavar="N", help="Counted, those held in carts included.")
@_shop_options
@_dry_run
@format_option
def stock(
    sku: str,
    add: int,
    unsold: int | None,
    server: str,
    token: str,
    tenant: str | None,
    dry_run: bool,
    output_format: str,
) -> None:
    """
    Count stock, or add a delivery.

    Use it whenever goods arrive or were counted. What is held in carts and unpaid orders cannot be taken away.

    \b
    Example:
      showroom shop stock LMP-1 --add 10
      showroom shop stock LMP-1 --set 42
    """
    if not add and unsold is None:
        raise click.UsageError("Say --add N or --set N.")
    api = _Api(server, token, tenant)
    rows = api.pages(f"/api/shop/stock/{quote(api.tenant)}", "stock", "after")
    before = next((row for row in rows if row["sku"] == sku), None)
    if before is None:
        raise _Refused(f"{sku} is not an offer yet. Begin: showroom shop price {sku} --product ID EUR=1.00")
    held = before["leased"]
    count = (before["on_hand"] + held if unsold is None else unsold) + add
    planned = {**before, "on_hand": count - held}
    after = planned if dry_run else api.write("PUT", _path("stock", api.tenant, sku), {"unsold": unsold, "add": add})
    if output_format == "json":
        print_json({"before": before, "after": after, "dry_run": dry_run})
        return
    click.echo(f"{sku}: {before['on_hand']} → {after['on_hand']} on hand, {held} held{_would(dry_run)}")


@shop.command()
@click.option("--state", metavar="STATE", help="Only these: paid, packed, sent, refunding, …")
@_shop_options
@format_option
def orders(state: str | None, server: str, token: str, tenant: str | None, output_format: str) -> None:
    """
    List a merchant's orders, newest first.

    Use it to see what is to be packed and sent.

    \b
    Example:
      showroom shop orders --state paid
    """
    api = _Api(server, token, tenant)
    found = api.pages("/api/shop/orders", "orders", "before", tenant=api.tenant, state=state)
    if output_format == "json":
        print_json(found)
        return
    if not found:
        click.echo("There are no such orders.")
        return
    print_table(
        ["order", "state", ">units", ">total", "what"],
        [
            [
                row["id"],
                row["state"],
                str(row["units"]),
                _money(row["total_minor"], row["currency"]),
                "; ".join(row.get("things", [])),
            ]
            for row in found
        ],
    )


@shop.command()
@click.argument("order")
@click.argument("done", type=click.Choice(["pack", "send", "deliver"]))
@_shop_options
@_dry_run
@format_option
def step(order: str, done: str, server: str, token: str, tenant: str | None, dry_run: bool, output_format: str) -> None:
    """
    Say that an order was packed, sent or delivered.

    \b
    Example:
      showroom shop step o_1a2b3c pack
    """
    _order(_Api(server, token, tenant), order, "steps", {"step": done}, dry_run, output_format)


@shop.command()
@click.argument("order")
@click.option("--why", default="", help="For the order's history.")
@_shop_options
@_dry_run
@format_option
def cancel(
    order: str, why: str, server: str, token: str, tenant: str | None, dry_run: bool, output_format: str
) -> None:
    """
    Cancel an order that is not sent yet; what was paid goes back.

    \b
    Example:
      showroom shop cancel o_1a2b3c --why "broken in the warehouse"
    """
    _order(_Api(server, token, tenant), order, "cancel", {"why": why}, dry_run, output_format)


@shop.command()
@click.argument("order")
@click.option("--restock", is_flag=True, help="The goods are back on the shelf.")
@click.option("--why", default="", help="For the order's history.")
@_shop_options
@_dry_run
@format_option
def refund(
    order: str,
    restock: bool,
    why: str,
    server: str,
    token: str,
    tenant: str | None,
    dry_run: bool,
    output_format: str,
) -> None:
    """
    Give the money of an order back, sent or not.

    \b
    Example:
      showroom shop refund o_1a2b3c --restock
    """
    body = {"restocks": restock, "why": why}
    _order(_Api(server, token, tenant), order, "refund", body, dry_run, output_format)


def _order(api: _Api, order: str, what: str, body: Any, dry_run: bool, output_format: str) -> None:
    path = f"/api/shop/orders/{quote(order, safe='')}"
    before = api.get(path)
    after = before if dry_run else api.write("POST", f"{path}/{what}", body)
    if output_format == "json":
        print_json({"before": before, "after": after, "dry_run": dry_run})
        return
    wanted = body.get("step", what) if dry_run else after["state"]
    click.echo(f"{order}: {before['state']} → {wanted}{_would(dry_run)}")


def _path(what: str, tenant: str, sku: str) -> str:
    return f"/api/shop/{what}/{quote(tenant, safe='')}/{quote(sku, safe='')}"


def _changed(before: dict[str, int], given: tuple[str, ...]) -> dict[str, int]:
    from showroom.shop.money import parse

    out = dict(before)
    for one in given:
        currency, equals, amount = one.partition("=")
        if not equals:
            raise click.UsageError(f"{one!r} is no price. Write it like EUR=12.80.")
        if amount:
            out[currency] = parse(amount, currency).minor
        else:
            out.pop(currency, None)
    return out


def _prices(prices: dict[str, int]) -> str:
    return ", ".join(_money(minor, currency) for currency, minor in sorted(prices.items()))


def _money(minor: int, currency: str) -> str:
    from showroom.shop.money import Money

    return str(Money(minor, currency))


def _would(dry_run: bool) -> str:
    return " (would be; nothing was changed)" if dry_run else ""
