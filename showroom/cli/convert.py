"""
``showroom convert``: scans in, store-ready products out.

What it is: the options, the progress on the screen and the table at the end. The work is ``showroom_pipeline.batch``'s,
in other processes; neither numpy nor rich is imported here before it is needed.
"""

import contextlib
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from showroom.cli.making import Bytes, making_options
from showroom.cli.output import format_option, human_bytes, print_json, print_table

if TYPE_CHECKING:
    from typing_extensions import TypeIs

    from showroom_pipeline.events import Done, Failed
    from showroom_pipeline.options import Options
    from showroom_pipeline.workers import Stop

_EXIT_FAILED = 1
_EXIT_INTERRUPTED = 130


@click.command()
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Output folder.")
@making_options
@click.option(
    "--variants",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE.toml",
    help="Recolour variants, each bound to a SKU.",
)
@click.option(
    "--sizes",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE.toml",
    help="A size chart, if there is one input.  [default: sizes.toml beside the scan]",
)
@click.option("--name", help="The product's name, if there is one input.")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Inputs at a time.  [default: CPU cores]")
@click.option("--watch", is_flag=True, help="Keep running, and convert what is put into the input folders.")
@click.option("--force", is_flag=True, help="Publish a product even under the quality bar.")
@click.option("--memory", type=Bytes(), metavar="SIZE", help="Most memory an input may take, like 4GB.")
@click.option("--time-limit", type=click.FloatRange(1, 86400), default=1800.0, metavar="S", help="Seconds an input.")
@click.option("--no-cache", is_flag=True, help="Run every step, and keep no step's result.")
@click.option("--progress", type=click.Choice(["auto", "bar", "plain", "json", "none"]), default="auto")
@click.option("--dry-run", is_flag=True, help="Show what would be converted; write nothing.")
@format_option
def convert(inputs: tuple[Path, ...], out: Path, output_format: str, **given: Any) -> int:
    """
    Turn raw scans into store-ready products.

    Use it when you have scans (OBJ, PLY, STL, OFF, GLB, glTF, PCD, XYZ, a zip of them, or a folder of RGB-D
    pictures) and want files that a phone, a desktop or a headset shows well. INPUT is a file, a folder that is one
    scan, or a folder of scans. OUT/<name>/ then holds product.json, the deliveries, a poster and a report with
    pictures before and after. Running it again converts only what has changed.

    \b
    Example:
      showroom convert scans/shoe.obj -o out --dimensions 30x11x12cm

    Exit code: 0 if all went well, 1 if an input failed, 2 for wrong usage.
    """
    from showroom_pipeline import inputs as scans

    options = _options(given)
    if given["watch"]:
        if given["dry_run"] or given["name"] or given["sizes"]:
            raise click.UsageError("--watch goes with neither --dry-run, --name nor --sizes.")
        return _watch(inputs, out, options, given, output_format)
    found, refused = scans.find(inputs)
    if given["sizes"] and len(found) > 1:
        raise click.UsageError(f"--sizes is for one input; there are {len(found)}.")
    if given["name"]:
        if len(found) != 1:
            raise click.UsageError(f"--name is for one input; there are {len(found)}.")
        found = [scans.Input(found[0].path, scans.safe_name(given["name"]))]
    if given["dry_run"]:
        return _dry_run(found, refused, out, options, output_format)
    from showroom_pipeline.workers import Stop

    stop = Stop()
    with _interruptible(stop):
        outcomes = _convert(found, refused, out, options, given, stop)
    _report(outcomes, output_format)
    if stop.is_set():
        return _EXIT_INTERRUPTED
    return _EXIT_FAILED if refused or not all(_is_done(outcome) for outcome in outcomes) else 0


def _watch(paths: Sequence[Path], out: Path, options: "Options", given: dict[str, Any], output_format: str) -> int:
    """Convert what is there and whatever comes, until interrupted."""
    from showroom_pipeline import inputs as scans
    from showroom_pipeline import watch
    from showroom_pipeline.workers import Stop

    for path in paths:
        if path.is_dir() and out.resolve().is_relative_to(path.resolve()):
            raise click.UsageError(f"{out} lies in {path}, which is watched: its products would be converted again.")
    stop = Stop()
    failed = False
    # What was reported once is reported again only if it changes: a broken scan that nobody touches stays quiet.
    said: dict[str, Any] = {}
    with _interruptible(stop):
        click.echo(f"watching {', '.join(str(path) for path in paths)}; Ctrl-C ends", err=True)
        for _ in watch.changes(paths, stop=stop):
            found, refused = scans.find([scan for path in paths for scan in scans.waiting(path)])
            outcomes = _convert(found, refused, out, options, given, stop, quiet=True)
            outcomes = [o for o in outcomes if _code(o) != "input.empty"]  # a folder in which nothing is yet
            news = [o for o in outcomes if not getattr(o, "unchanged", False) and said.get(o.name) != _essence(o)]
            said |= {o.name: _essence(o) for o in outcomes}
            failed = any(not _is_done(o) for o in outcomes)
            if news:
                _report(news, output_format)
    return _EXIT_FAILED if failed and not stop.is_set() else _EXIT_INTERRUPTED


def _code(outcome: "Done | Failed") -> str:
    return "" if _is_done(outcome) else str(outcome.error["code"])


def _essence(outcome: "Done | Failed") -> Any:
    return outcome.result if _is_done(outcome) else outcome.error


def _options(given: dict[str, Any]) -> "Options":
    from showroom_assets.errors import InputError
    from showroom_pipeline.options import DELIVERIES, Options
    from showroom_pipeline.steps.dimensions import parse_dimensions

    chosen = given["presets"] or ("all",)
    try:
        dimensions_m = parse_dimensions(given["dimensions"]) if given["dimensions"] else None
    except InputError as exc:
        raise click.BadParameter(exc.message, param_hint="--dimensions") from exc
    variants = None
    if given["variants"]:
        from showroom_pipeline.stages.declared import pack_variants

        variants = pack_variants(given["variants"])
    sizes = None
    if given["sizes"]:
        from showroom_assets.size_charts import read_size_chart

        data = given["sizes"].read_bytes()
        read_size_chart(data, name=str(given["sizes"]))  # a wrong chart is an answer now, not after an hour
        sizes = data.decode("utf-8-sig")
    return Options(
        fast=given["fast"],
        deliveries=DELIVERIES if "all" in chosen else tuple(d for d in DELIVERIES if d in chosen),
        target_triangles=given["target_triangles"],
        max_bytes=given["max_bytes"],
        unit=given["unit"],
        dimensions_m=dimensions_m,
        up=given["up"],
        front=given["front"],
        dimension_tolerance=given["dimension_tolerance"],
        object=given["object"],
        max_depth_m=given["max_depth_m"],
        textures=given["textures"],
        variants=variants,
        sizes=sizes,
        licence=given["licence"] or "",
        attribution=given["attribution"] or "",
        force=given["force"],
    )


def _convert(
    found: Sequence[Any],
    refused: Sequence[tuple[Path, Any]],
    out: Path,
    options: "Options",
    given: dict[str, Any],
    stop: "Stop",
    *,
    quiet: bool = False,
) -> list["Done | Failed"]:
    from showroom.cli import progress
    from showroom_pipeline import batch
    from showroom_pipeline.cache import default_folder, size_setting

    if not quiet:
        for path, error in refused:
            click.echo(f"error: {path}: {error.message}", err=True)
    settings = batch.Settings(
        jobs=given["jobs"] or _cores(),
        memory_bytes=given["memory"],
        time_limit_s=given["time_limit"],
        cache=None if given["no_cache"] else default_folder(os.environ),
        cache_bytes=size_setting(os.environ),
        debug=os.environ.get("SHOWROOM_DEBUG", "") not in {"", "0"},
    )
    with progress.shown(given["progress"], [scan.name for scan in found]) as emit:
        return batch.convert(found, out, options=options, settings=settings, stop=stop, emit=emit)


def _report(outcomes: Sequence["Done | Failed"], output_format: str) -> None:
    """The table of what was made on standard output; one line for each failure on standard error."""
    if output_format == "json":
        print_json([_json(outcome) for outcome in outcomes])
    elif outcomes:
        columns = ("name", ">triangles", ">bytes", "verdict", ">CPU s", ">wall s")
        print_table(columns, [_row(outcome) for outcome in outcomes])
    for outcome in outcomes:
        if not _is_done(outcome):
            click.echo(f"error: {outcome.name}: {' '.join(outcome.error['message'].split())}", err=True)


def _row(outcome: "Done | Failed") -> tuple[str, ...]:
    result = outcome.result
    if not _is_done(outcome):
        verdict = {"quality.refused": "refused", "cancelled": "cancelled"}.get(outcome.error["code"], "failed")
        return outcome.name, "", "", verdict, f"{outcome.cpu_s:.1f}", f"{outcome.wall_s:.1f}"
    verdict = "under the bar" if result["verdict"] == "refused" else str(result["verdict"])
    verdict += ", unchanged" if outcome.unchanged else ""
    return (
        outcome.name,
        f"{result['triangles_before']:,} → {result['triangles_after']:,}",
        f"{human_bytes(result['bytes_before'])} → {human_bytes(result['bytes_after'])}",
        verdict,
        f"{outcome.cpu_s:.1f}",
        f"{outcome.wall_s:.1f}",
    )


def _json(outcome: "Done | Failed") -> dict[str, Any]:
    shared = {"name": outcome.name, "folder": outcome.folder, "cpu_s": outcome.cpu_s, "wall_s": outcome.wall_s}
    if not _is_done(outcome):
        return {**shared, "status": "failed", "error": outcome.error}
    return {**shared, "status": "unchanged" if outcome.unchanged else "done", **outcome.result}


def _is_done(outcome: "Done | Failed") -> "TypeIs[Done]":
    return not hasattr(outcome, "error")


def _dry_run(
    found: Sequence[Any], refused: Sequence[tuple[Path, Any]], out: Path, options: "Options", output_format: str
) -> int:
    from showroom_pipeline import batch

    rows = batch.plan(found, out, options=options)
    if output_format == "json":
        print_json([{"name": name, "input": path, "action": action} for name, path, action in rows])
    else:
        print_table(("name", "input", "would be"), rows)
    for path, error in refused:
        click.echo(f"error: {path}: {error.message}", err=True)
    return _EXIT_FAILED if refused else 0


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)  # a container may have been given fewer than the machine has
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


@contextlib.contextmanager
def _interruptible(stop: "Stop") -> Iterator[None]:
    """Ctrl-C and a polite kill stop the workers; what is finished stays, what is half is removed."""

    def on_signal(number: int, frame: object) -> None:
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
