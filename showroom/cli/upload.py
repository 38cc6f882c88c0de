"""``showroom upload``: a scan to a server, which converts it; the draft's report back."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .making import making_options
from .output import format_option, human_bytes, print_json

if TYPE_CHECKING:
    from showroom.jobs.client import Client

Say = Callable[[float, str], None]
_FAILED = 1
# Options that the API calls as the command line does.
_SAME = (
    "product", "target_triangles", "max_bytes", "unit", "dimensions", "dimension_tolerance", "up", "front", "object",
    "max_depth_m", "textures", "licence", "attribution",
)  # fmt: skip


@click.command()
@click.argument("scan", metavar="SCAN", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--server", envvar="SHOWROOM_URL", required=True, metavar="URL", help="Like https://shop.example.  [$SHOWROOM_URL]"
)
@click.option(
    "--token", envvar="SHOWROOM_TOKEN", required=True, metavar="TOKEN",
    help="An API token with the scope products:write; better in $SHOWROOM_TOKEN than on the command line.",
)  # fmt: skip
@click.option("--publish", is_flag=True, help="Put the draft on the shelf at once, if it passes the quality bar.")
@click.option("--force", is_flag=True, help="With --publish: also under the quality bar.")
@click.option("--product", metavar="ID", help="The product's id.  [default: from its name, or the file's]")
@click.option("--name", metavar="TEXT", help="The product's name.  [default: from product.toml, or the file's]")
@making_options
@click.option("--no-wait", is_flag=True, help="Do not wait for the conversion.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent; send nothing.")
@format_option
def upload(scan: Path, server: str, token: str, output_format: str, **given: Any) -> int:
    """
    Send a scan to a server, which converts it to a draft.

    Use it when the store runs elsewhere. SCAN is a file or a folder as for `showroom convert`; textures beside a model
    go with it, and a product.toml says what the scan cannot. If it is interrupted, run it again: it goes on where it
    was. The draft is yours alone until it is published.

    \b
    Example:
      export SHOWROOM_URL=https://shop.example SHOWROOM_TOKEN=...
      showroom upload scans/shoe --dimensions 30x11x12cm --publish

    Exit code: 0 if all went well, 1 if the scan was refused or failed, 2 for wrong usage.
    """
    from showroom.jobs.client import Client
    from showroom.jobs.packing import facts_of, packed

    if given["publish"] and given["no_wait"]:
        raise click.UsageError("--publish has to wait for the conversion: leave --no-wait out.")
    if given["force"] and not given["publish"]:
        raise click.UsageError("--force goes with --publish.")
    options = _options(given, facts_of(scan))
    client = Client(server, token)
    with packed(scan) as (file, name):
        if given["dry_run"]:
            click.echo(f"would send {name}, {human_bytes(file.stat().st_size)}, to {client.server}", err=True)
            return 0
        with contextlib.closing(client), _shown() as say:
            found = client.send(
                file,
                name=name,
                options=options,
                on_bytes=lambda done, total: say(done / max(total, 1), f"sending {name}, {human_bytes(total)}"),
            )
            if not given["no_wait"]:
                for event in client.follow(found["id"]):
                    if event["step"] != "failed":  # the last line says why
                        say(event["fraction"], event["message"])
                found = client.call("GET", f"/api/conversions/{found['id']}")
            return _end(client, found, given, output_format)


def _options(given: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    options = {name: given[name] for name in _SAME if given[name] is not None}
    if given["fast"]:
        options["preset"] = "fast"
    if given["presets"] and "all" not in given["presets"]:
        options["deliveries"] = list(dict.fromkeys(given["presets"]))
    if given["name"]:
        facts = {**facts, "name": given["name"]}
    return {**options, "facts": facts} if facts else options


def _end(client: "Client", found: dict[str, Any], given: dict[str, Any], output_format: str) -> int:
    """Publish if that was asked for; say what came of it."""
    published = None
    state = found["state"]
    if given["publish"] and (state == "draft" or (state == "refused" and given["force"])):
        published = client.call("POST", f"/api/drafts/{found['id']}/publish", {"force": given["force"]})
        found = client.call("GET", f"/api/conversions/{found['id']}")
    if found.get("report"):
        found = {**found, "report": client.server + found["report"]}
    if output_format == "json":
        print_json({**found, "published": published})
    else:
        _tell(found, published, client)
    if found["state"] in {"failed", "cancelled", "refused"}:
        why = (found.get("error") or {}).get("message") or "The conversion was cancelled."
        click.echo(f"error: {found['name']}: {why}", err=True)
        return _FAILED
    return 0


def _tell(found: dict[str, Any], published: dict[str, Any] | None, client: "Client") -> None:
    result = found.get("result") or {}
    if "triangles_before" in result:
        click.echo(
            f"{found['product']}: {result['triangles_before']:,} → {result['triangles_after']:,} triangles, "
            f"{human_bytes(result['bytes_before'])} → {human_bytes(result['bytes_after'])}, {result['verdict']}"
        )
    if published is not None:
        click.echo(f"published: {client.server}/api/products/{published['id']}, version {published['version']}")
    elif found["state"] in {"draft", "refused"}:
        click.echo(f"draft: {client.server}/api/drafts/{found['id']}")
        click.echo(f"report: {found['report']}")
    else:
        click.echo(f"{found['state']}: {client.server}/api/conversions/{found['id']}")


@contextlib.contextmanager
def _shown() -> Iterator[Say]:
    """How far it is: a bar on a terminal, a line for each new thing elsewhere."""
    if not sys.stderr.isatty():
        last = ""

        def line(fraction: float, what: str) -> None:
            nonlocal last
            if what != last:
                click.echo(f"{fraction:4.0%} {what}", err=True)
            last = what

        yield line
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:3.0f}%"),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    ) as progress:
        task = progress.add_task("", total=1.0)
        yield lambda fraction, what: progress.update(task, completed=fraction, description=what)
