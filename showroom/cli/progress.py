"""How the progress of a conversion is shown: bars on a terminal, plain lines in a pipe, JSON lines for programs."""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from showroom_pipeline.events import Done, Event, Failed, Listener, Note, Started, StepDone, StepStarted, to_line

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


@contextlib.contextmanager
def shown(how: str, names: Sequence[str]) -> Iterator[Listener]:
    """
    A listener that shows what it is told on standard error, so that standard output stays the result's.

    Parameters
    ----------
    how
        ``bar``, ``plain``, ``json``, ``none``; ``auto`` is bars on a terminal and plain lines elsewhere.
    names
        The products, in the order of their bars.
    """
    if how == "auto":
        how = "bar" if sys.stderr.isatty() else "plain"
    if how == "bar":
        bars = _Bars(names)
        try:
            yield bars.show
        finally:
            bars.close()
    else:
        yield {"plain": _plain, "json": _json}.get(how, _silent)


def _silent(event: Event) -> None:
    """Say nothing."""


def _json(event: Event) -> None:
    click.echo(to_line(event), err=True)


def _plain(event: Event) -> None:
    """One line for each beginning, each step that took over a second, and each end: a log one can read."""
    match event:
        case Started():
            click.echo(f"{event.name}: started", err=True)
        case StepDone(cached=False) if event.wall_s > 1.0:
            click.echo(f"{event.name}: {event.fraction:4.0%} {event.step} ({event.wall_s:.1f} s)", err=True)
        case Note():
            click.echo(f"{event.name}: {event.text}", err=True)
        case Done(unchanged=True):
            click.echo(f"{event.name}: unchanged", err=True)
        case Done():
            click.echo(f"{event.name}: done in {event.wall_s:.1f} s", err=True)
        case Failed():
            click.echo(f"{event.name}: failed", err=True)


class _Bars:
    """A bar an input, opened with the first event: a run in which nothing has changed never imports rich."""

    def __init__(self, names: Sequence[str]) -> None:
        self._width = max((len(name) for name in names), default=0)
        self._tasks: dict[str, TaskID] = {}
        self._progress: Progress | None = None

    def show(self, event: Event) -> None:
        match event:
            case Started():
                self._open(event.name)
            case StepStarted() | StepDone():
                self._move(event.name, event.fraction, event.step)
            case Note():
                if self._progress is not None:
                    self._progress.console.print(f"{event.name}: {event.text}", markup=False, highlight=False)
            case Done(unchanged=False):
                self._move(event.name, 1.0, f"done in {event.wall_s:.1f} s")
            case Failed():
                self._move(event.name, None, "failed")

    def close(self) -> None:
        if self._progress is not None:
            self._progress.stop()

    def _open(self, name: str) -> None:
        if self._progress is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            self._progress = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=30),
                TextColumn("{task.percentage:3.0f}%"),
                TextColumn("{task.fields[step]}", markup=False),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                refresh_per_second=8,
            )
            self._progress.start()
        self._tasks[name] = self._progress.add_task(name.ljust(self._width), total=1.0, step="")

    def _move(self, name: str, fraction: float | None, step: str) -> None:
        if self._progress is None or name not in self._tasks:
            return
        task = self._progress.tasks[self._tasks[name]]
        self._progress.update(task.id, completed=task.completed if fraction is None else fraction, step=step)
        if fraction is None or fraction >= 1.0:
            self._progress.stop_task(task.id)
