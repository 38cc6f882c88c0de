"""
``showroom demo``: the demo catalogue from code to a page in the browser.

The store opens with a first look at each product; a second run of the same command finishes the rest beside it: the
products at full quality, raw scans of them, and what is made of those. Each step does only what is not done yet.
"""

import contextlib
import errno
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import human_bytes

if TYPE_CHECKING:
    from showroom.demo.companion import Companion
    from showroom_pipeline.inputs import Input
    from showroom_pipeline.options import Options
    from showroom_pipeline.workers import Stop

_PORT = 8787
_BOTS_ROOM = "boutique/boutique"
_LICENCE = "Apache-2.0"
_ATTRIBUTION = "The Showroom authors"
_SCANS = "scans"
"""The namespace of the products that were made from scans: not for sale, shown as before and after."""


@click.command()
@click.option("--folder", default="build/demo", show_default=True, metavar="DIR", type=click.Path(path_type=Path),
              help="Where everything is built.")  # fmt: skip
@click.option("--library", "location", metavar="URL", help="The library to publish to.  [default: DIR/library]")
@click.option("--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True, help="0 takes a free one.")
@click.option("--no-serve", is_flag=True, help="Finish everything and publish it; open no page.")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Products at a time.  [default: CPU cores]")
@click.option("--only", multiple=True, metavar="ID", help="This product; may be repeated.  [default: all]")
@click.option("--fast", is_flag=True, help="Leave it at a first look: WebP textures, one delivery, no scans.")
@click.option("--no-scans", is_flag=True, help="Leave out the raw scans and what is made of them.")
@click.option("--bots", type=click.IntRange(0, 500), default=12, show_default=True, metavar="N",
              help="People who walk through the boutique by themselves; 0 for none.")  # fmt: skip
@click.option("--until-eof", is_flag=True, hidden=True, help="Until standard input ends: with whoever started it.")
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
    until_eof: bool,
) -> int:
    """
    Build the demo store and show it.

    Use it to see what Showroom does: sixteen products are made from code, converted, published to a library and shown
    in a store with a dozen bots in it. The store opens with a first look at each; products at full quality and what
    becomes of a raw scan of each follow while it is open. Run it again and only what has changed is done; a run that
    was stopped goes on where it was.

    \b
    Example:
      showroom demo --only terra-vase --only lund-chair
    """
    from showroom.demo.companion import Companion
    from showroom.demo.crowd import crowd
    from showroom_demo import catalogue
    from showroom_pipeline.workers import Stop

    from .convert import _cores, _interruptible

    unknown = [one for one in only if one not in catalogue.ids()]
    if unknown:
        raise click.BadParameter(
            f"no product {unknown[0]!r}; there are {', '.join(catalogue.ids())}.", param_hint="--only"
        )
    ids = [one for one in catalogue.ids() if not only or one in only]
    scans = not (no_scans or fast)
    work = _Work(folder, location or str(folder / "library"), jobs or _cores())
    begun = time.monotonic()
    stop = Stop()
    if until_eof:
        threading.Thread(target=_stop_at_end_of_input, args=[stop], daemon=True).start()
    with _interruptible(stop):
        whole = work.finish(ids, stop, scans=scans) if no_serve and not fast else work.first_look(ids, stop)
    if stop.is_set():
        click.echo("stopped; run it again to go on", err=True)
        return 130
    click.echo(f"{'finished' if until_eof else 'ready'} after {time.monotonic() - begun:.1f} s", err=True)
    if no_serve:
        return 0 if whole else 1

    rest: list[Companion] = []
    if not fast and not work.is_finished(ids, scans=scans):
        given = ["--folder", str(folder), "--library", work.location, "--jobs", str(work.jobs), "--no-serve"]
        given += [word for one in ids for word in ("--only", one)] + ["--no-scans"] * no_scans
        rest = [Companion(["demo", *given], is_heard=True)]

    def beside(address: str) -> "list[Companion]":
        if rest:
            click.echo("  What is not finished yet is being finished beside the open store.\n", err=True)
        return [*([crowd(bots, _BOTS_ROOM, address)] if bots else []), *rest]

    work.serve(ids, port, beside)
    return 0 if whole else 1


def _stop_at_end_of_input(stop: "Stop") -> None:
    while os.read(0, 1024):
        pass
    stop.set()


class _Work:
    """The steps, and where each puts what it makes."""

    def __init__(self, folder: Path, location: str, jobs: int) -> None:
        self.folder = folder
        self.source = folder / "source"
        self.looks = folder / "first-looks"
        self.products = folder / "products"
        self.from_scans = folder / "from-scans"
        self.staged = folder / "staged"
        self.location = location
        self.jobs = jobs

    def first_look(self, ids: Sequence[str], stop: "Stop") -> bool:
        """Build, convert and publish enough to open a store; of products that were finished before, those."""
        self._build("1/3 building the catalogue", ids, stop, scans=False)
        unseen = [one for one in ids if not _is_made(self.products / one)]
        whole = True
        if not stop.is_set():
            _say("2/3 converting for a first look")
            whole = self._convert(self._models(unseen), self.looks, _look(), stop)
        if not stop.is_set():
            folders = [self.looks / one if one in unseen else self.products / one for one in ids]
            whole = self._publish("3/3 publishing", folders) and whole
        return whole

    def finish(self, ids: Sequence[str], stop: "Stop", *, scans: bool) -> bool:
        """Build, convert and publish everything; each part is in the library as soon as it is whole."""
        of = 3 if scans else 2
        self._build(f"1/{of} building the catalogue" + (" and scanning it" if scans else ""), ids, stop, scans=scans)
        whole = True
        if not stop.is_set():
            _say(f"2/{of} converting the products")
            whole = self._convert(self._models(ids), self.products, _product(), stop)
            whole = self._publish("    publishing", [self.products / one for one in ids]) and whole
        if scans and not stop.is_set():
            _say(f"3/{of} converting the raw scans")
            whole = self._convert(self._raw_scans(ids), self.from_scans, _scan(), stop) and whole
            whole = self._publish("    publishing", self._photographed(ids, stop), namespace=_SCANS) and whole
        return whole

    def is_finished(self, ids: Sequence[str], *, scans: bool) -> bool:
        """Whether ``finish`` would find nothing to do."""
        from showroom_assets.library import Library
        from showroom_pipeline import batch

        rows = batch.plan(self._models(ids), self.products, options=_product())
        if scans:
            rows += batch.plan(self._raw_scans(ids), self.from_scans, options=_scan())
            shown = {listed.product.id for listed in Library(self.location, namespace=_SCANS).products()}
            if not shown.issuperset(ids):
                return False
        return all(action == "left as it is" for _, _, action in rows)

    def _build(self, title: str, ids: Sequence[str], stop: "Stop", *, scans: bool) -> None:
        from showroom.demo import source

        with _counted(title, len(ids)) as step:
            source.build(
                ids,
                self.source,
                scans=scans,
                jobs=self.jobs,
                is_stopped=stop.is_set,
                on_done=lambda name, made: step(name, not made),
            )

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

    def _publish(self, title: str, folders: Sequence[Path], *, namespace: str = "default") -> bool:
        from showroom_assets.errors import ShowroomError
        from showroom_assets.library import Library

        library = Library(self.location, namespace=namespace)
        refused: list[str] = []
        with _counted(title, len(folders)) as step:
            for folder in filter(_is_made, folders):
                try:
                    published = library.publish(folder, force=True)
                except ShowroomError as exc:
                    refused.append(exc.message)
                else:
                    step(f"{folder.name}, {human_bytes(published.uploaded_bytes)}", not published.changed)
        for message in refused:
            click.echo(f"error: {message}", err=True)
        return not refused

    def _photographed(self, ids: Sequence[str], stop: "Stop") -> list[Path]:
        """What was made of each scan, with a picture of before and of after."""
        from showroom.demo.scans import staged

        made = [one for one in ids if _is_made(self.from_scans / one)]
        folders = []
        with _counted("    photographing the scans", len(made)) as step:
            for one in made:
                if stop.is_set():
                    break
                folders.append(staged(self._raw(one), self.from_scans / one, self.staged))
                step(one, True)
        return folders

    def serve(self, ids: Sequence[str], port: int, companions: Callable[[str], Sequence["Companion"]]) -> None:
        """
        Parameters
        ----------
        companions
            Who comes once the store is open at an address, and goes when it closes.
        """
        from showroom import logs
        from showroom.demo import source
        from showroom.demo.opening import open_store
        from showroom.server import Server, serve_for_ever
        from showroom.settings import Settings, with_changes
        from showroom_assets.errors import ShowroomError
        from showroom_assets.library import Library

        settings = Settings(port=port, data=str(self.folder / "data"), library=self.location, log_level="warning")
        logs.configure("auto", settings.log_level)
        prices = source.prices(ids, self.source)
        scans = Library(self.location, namespace=_SCANS)
        beside: list[Companion] = []

        def on_ready(address: str) -> None:
            click.echo(f"\n  The demo store is open at  {address}\n  Ctrl-C closes it.\n", err=True)
            click.echo(address)
            sys.stdout.flush()
            beside.extend(companions(address))
            for one in beside:
                one.come()

        def on_stop() -> None:
            while beside:
                beside.pop().go()

        def serve_on(settings: Settings) -> None:
            serve_for_ever(
                lambda: Server(settings, scans=scans, prepare=lambda services: open_store(services, prices)),
                on_ready=on_ready,
                on_stop=on_stop,
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
            on_stop()

    def _models(self, ids: Sequence[str]) -> "list[Input]":
        from showroom_pipeline.inputs import Input

        return [Input(self.source / one / f"{one}.glb", one) for one in ids]

    def _raw_scans(self, ids: Sequence[str]) -> "list[Input]":
        from showroom_pipeline.inputs import Input

        return [Input(self._raw(one), one) for one in ids]

    def _raw(self, product_id: str) -> Path:
        return self.source / product_id / "scan" / f"{product_id}.obj"


def _look() -> "Options":
    from showroom_pipeline.options import Options

    return Options(fast=True, deliveries=("desktop",), force=True, licence=_LICENCE, attribution=_ATTRIBUTION)


def _product() -> "Options":
    from showroom_pipeline.options import Options

    # A page needs a phone's and a desktop's files; the headset's and the plain ones would double the time.
    return Options(deliveries=("mobile", "desktop"), force=True, licence=_LICENCE, attribution=_ATTRIBUTION)


def _scan() -> "Options":
    from showroom_pipeline.options import Options

    # A first look is enough to compare pictures, at a tenth of the time. ``force``: a scan with noise and crumbs is
    # shown with whatever verdict it earns.
    return Options(
        fast=True, deliveries=("mobile",), unit="mm", up="+Z", force=True, licence=_LICENCE, attribution=_ATTRIBUTION
    )


def _is_made(folder: Path) -> bool:
    return (folder / "product.json").is_file()


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
