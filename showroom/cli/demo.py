"""
``showroom demo``: the demo catalogue from code to a page in the browser.

Four steps, each of which does only what is not done yet: build the products and scan them, convert both, publish,
serve.
"""

import contextlib
import errno
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import human_bytes

if TYPE_CHECKING:
    from showroom_assets.library import Library
    from showroom_pipeline.inputs import Input
    from showroom_pipeline.options import Options
    from showroom_pipeline.workers import Stop

_PORT = 8787
_BOTS_ROOM = "boutique/boutique"
_SCANS = "scans"
"""The namespace of the products that were made from scans: not for sale, shown as before and after."""


@click.command()
@click.option("--folder", default="build/demo", show_default=True, metavar="DIR", type=click.Path(path_type=Path),
              help="Where everything is built.")  # fmt: skip
@click.option("--library", "location", metavar="URL", help="The library to publish to.  [default: DIR/library]")
@click.option("--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True, help="0 takes a free one.")
@click.option("--no-serve", is_flag=True, help="Build and publish; open no page.")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Products at a time.  [default: CPU cores]")
@click.option("--only", multiple=True, metavar="ID", help="This product; may be repeated.  [default: all]")
@click.option("--fast", is_flag=True, help="A first look: WebP textures, one delivery, no proof.")
@click.option("--no-scans", is_flag=True, help="Leave out the raw scans and what is made of them.")
@click.option("--bots", type=click.IntRange(0, 500), default=12, show_default=True, metavar="N",
              help="People who walk through the boutique by themselves; 0 for none.")  # fmt: skip
def demo(
    folder: Path,
    location: str | None,
    port: int,
    no_serve: bool,
    jobs: int | None,
    only: tuple[str, ...],
    fast: bool,
    no_scans: bool,
    bots: int,
) -> int:
    """
    Build the demo store and show it.

    Use it to see what Showroom does: sixteen products and a raw scan of each are made from code, converted, published
    to a library and shown in a store with a dozen bots in it. Run it again and only what has changed is done; a run
    that was stopped goes on where it was.

    \b
    Example:
      showroom demo --only terra-vase --only lund-chair
    """
    from showroom_demo import catalogue
    from showroom_pipeline.workers import Stop

    from .convert import _cores, _interruptible

    unknown = [one for one in only if one not in catalogue.ids()]
    if unknown:
        raise click.BadParameter(
            f"no product {unknown[0]!r}; there are {', '.join(catalogue.ids())}.", param_hint="--only"
        )
    ids = [one for one in catalogue.ids() if not only or one in only]
    work = _Work(folder, location or str(folder / "library"), jobs or _cores(), fast=fast)
    begun = time.monotonic()
    stop = Stop()
    with _interruptible(stop):
        work.build(ids, stop, scans=not no_scans)
        whole = not stop.is_set() and work.convert(ids, stop)
        if not no_scans and not stop.is_set():
            whole = work.convert_scans(ids, stop) and whole
    if stop.is_set():
        click.echo("stopped; run it again to go on", err=True)
        return 130
    whole = work.publish(ids, scans=not no_scans) and whole
    click.echo(f"ready after {time.monotonic() - begun:.1f} s", err=True)
    if not no_serve:
        work.serve(ids, port, bots)
    return 0 if whole else 1


class _Work:
    """The steps, and where each puts what it makes."""

    def __init__(self, folder: Path, location: str, jobs: int, *, fast: bool) -> None:
        self.folder = folder
        self.source = folder / "source"
        self.products = folder / "products"
        self.from_scans = folder / "from-scans"
        self.staged = folder / "staged"
        self.location = location
        self.jobs = jobs
        self.fast = fast

    def build(self, ids: Sequence[str], stop: "Stop", *, scans: bool) -> None:
        from showroom.demo import source

        what = "1/4 building the catalogue" + (" and scanning it" if scans else "")
        with _counted(what, len(ids)) as step:
            source.build(
                ids,
                self.source,
                scans=scans,
                jobs=self.jobs,
                is_stopped=stop.is_set,
                on_done=lambda name, made: step(name, not made),
            )

    def convert(self, ids: Sequence[str], stop: "Stop") -> bool:
        from showroom_pipeline.inputs import Input
        from showroom_pipeline.options import Options

        _say("2/4 converting the products")
        # A page needs a phone's and a desktop's files; the headset's and the plain ones would double the time.
        chosen = ("desktop",) if self.fast else ("mobile", "desktop")
        options = Options(
            fast=self.fast, deliveries=chosen, force=True, licence="Apache-2.0", attribution="The Showroom authors"
        )
        inputs = [Input(self.source / one / f"{one}.glb", one) for one in ids]
        return self._convert(inputs, self.products, options, stop)

    def convert_scans(self, ids: Sequence[str], stop: "Stop") -> bool:
        from showroom_pipeline.inputs import Input
        from showroom_pipeline.options import Options

        _say("3/4 converting the raw scans")
        # A first look is enough to compare pictures, at a tenth of the time. ``force``: a scan with noise and crumbs is
        # shown with whatever verdict it earns.
        options = Options(
            fast=True, deliveries=("mobile",), unit="mm", up="+Z", force=True,
            licence="Apache-2.0", attribution="The Showroom authors",
        )  # fmt: skip
        inputs = [Input(self._raw(one), one) for one in ids]
        return self._convert(inputs, self.from_scans, options, stop)

    def _convert(self, inputs: "list[Input]", out: Path, options: "Options", stop: "Stop") -> bool:
        from .convert import _convert, _is_done

        given: dict[str, Any] = {
            "jobs": self.jobs, "memory": None, "time_limit": 3600.0, "no_cache": False, "progress": "auto",
        }  # fmt: skip
        outcomes = _convert(inputs, [], out, options, given, stop)
        for outcome in outcomes:
            if not _is_done(outcome):
                click.echo(f"error: {outcome.name}: {' '.join(outcome.error['message'].split())}", err=True)
        made = sum(1 for one in outcomes if _is_done(one) and not one.unchanged)
        cpu_s = sum(one.cpu_s for one in outcomes if not getattr(one, "unchanged", False))
        _say(f"    {made} converted in {cpu_s:.0f} CPU-seconds, {len(outcomes) - made} left as they were")
        return all(_is_done(outcome) for outcome in outcomes)

    def publish(self, ids: Sequence[str], *, scans: bool) -> bool:
        from showroom.demo.scans import staged
        from showroom_assets.errors import ShowroomError
        from showroom_assets.library import Library

        folders = [(Library(self.location), self.products / one) for one in ids]
        if scans:
            shelf = Library(self.location, namespace=_SCANS)
            done = [one for one in ids if (self.from_scans / one / "product.json").is_file()]
            with _counted("    photographing the scans", len(done)) as step:
                for one in done:
                    folders.append((shelf, staged(self._raw(one), self.from_scans / one, self.staged)))
                    step(one, True)
        refused: list[str] = []
        with _counted("4/4 publishing", len(folders)) as step:
            for library, folder in folders:
                if not (folder / "product.json").is_file():
                    continue
                try:
                    published = library.publish(folder, force=True)
                except ShowroomError as exc:
                    refused.append(exc.message)
                else:
                    step(f"{folder.name}, {human_bytes(published.uploaded_bytes)}", not published.changed)
        for message in refused:
            click.echo(f"error: {message}", err=True)
        return not refused

    def serve(self, ids: Sequence[str], port: int, bots: int) -> None:
        from showroom import logs
        from showroom.demo import source
        from showroom.demo.crowd import Crowd
        from showroom.demo.opening import open_store
        from showroom.server import Server, serve_for_ever
        from showroom.settings import Settings, with_changes
        from showroom_assets.errors import ShowroomError

        logs.configure("auto", "warning")
        settings = Settings(port=port, data=str(self.folder / "data"), library=self.location)
        prices = source.prices(ids, self.source)
        crowd = Crowd(bots, _BOTS_ROOM)

        def on_ready(address: str) -> None:
            click.echo(f"\n  The demo store is open at  {address}\n  Ctrl-C closes it.\n", err=True)
            click.echo(address)
            sys.stdout.flush()
            crowd.come(address)

        def serve_on(settings: Settings) -> None:
            serve_for_ever(
                lambda: Server(
                    settings, scans=self._scans_library(), prepare=lambda services: open_store(services, prices)
                ),
                on_ready=on_ready,
                on_stop=crowd.go,
            )

        try:
            serve_on(settings)
        except OSError as exc:
            if exc.errno != errno.EADDRINUSE:
                raise
            if port != _PORT:
                raise ShowroomError(f"Port {port} is taken. Name another by --port, or 0 for any.", port=port) from None
            serve_on(with_changes(settings, port=0))
        finally:
            crowd.go()

    def _scans_library(self) -> "Library":
        from showroom_assets.library import Library

        return Library(self.location, namespace=_SCANS)

    def _raw(self, product_id: str) -> Path:
        return self.source / product_id / "scan" / f"{product_id}.obj"


def _say(line: str) -> None:
    click.echo(line, err=True)


@contextlib.contextmanager
def _counted(title: str, total: int) -> Iterator[Any]:
    """Say how far a step is: one line that moves on a terminal, a line for each thing that was done elsewhere."""
    done = 0
    moves = sys.stderr.isatty()
    click.echo(f"{title} …" if moves else title, nl=not moves, err=True)

    def step(what: str, unchanged: bool) -> None:
        nonlocal done
        done += 1
        if moves:
            click.echo(f"\r\x1b[K{title} {done}/{total} {what}", nl=False, err=True)
        elif not unchanged:
            click.echo(f"    {done}/{total} {what}", err=True)

    yield step
    if moves:
        click.echo(f"\r\x1b[K{title} {done}/{total}", err=True)
