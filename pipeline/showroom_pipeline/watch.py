"""
Watches folders, and says when what lies in them is ready to be converted.

A scan is ready when nothing in the watched folders has changed for a while: scanners and file managers write for
seconds, and half a file converts to an error at best. What it is not: a converter; it names the moments, ``batch`` does
the work and finds out for itself what is new.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from showroom_assets.errors import ShowroomError
from showroom_pipeline.workers import Stop

_QUIET_S = 1.0
_POLL_MS = 100
_MAX_FILES = 100_000

State = frozenset[tuple[str, int, int]]


def changes(folders: Iterable[Path], *, stop: Stop, quiet_s: float = _QUIET_S) -> Iterator[None]:
    """
    Once at the start, and once whenever the folders have changed and come to rest for ``quiet_s``.

    Ends when ``stop`` is set. Hidden files, and so the ``.part`` files of many programs, do not count.

    Raises
    ------
    ShowroomError
        If a folder cannot be watched.
    """
    from watchfiles import watch

    places = [folder if folder.is_dir() else folder.parent for folder in folders]
    before = _rested(places, stop=stop, quiet_s=quiet_s)
    yield
    try:
        # A tick without changes comes too (``yield_on_timeout``), so that what happened while the caller was
        # converting, or on a network drive that sends no events, is found by looking.
        for _ in watch(
            *places,
            stop_event=_Event(stop),
            debounce=_POLL_MS,
            step=_POLL_MS,
            rust_timeout=int(quiet_s * 1000),
            yield_on_timeout=True,
            raise_interrupt=False,
            ignore_permission_denied=True,
        ):
            now = _rested(places, stop=stop, quiet_s=quiet_s) if _state(places) != before else before
            if stop.is_set():
                return
            if now != before:
                before = now
                yield
    except OSError as exc:
        raise ShowroomError(f"The folder cannot be watched: {exc}. Convert it without --watch.") from exc


def _rested(places: Iterable[Path], *, stop: Stop, quiet_s: float) -> State:
    """The state of the folders after they did not change for ``quiet_s``."""
    places = list(places)
    now = _state(places)
    while not stop.wait(quiet_s):
        then, now = now, _state(places)
        if then == now:
            break
    return now


def _state(places: Iterable[Path]) -> State:
    """Name, size and date of every file; hidden ones and what is below them left out."""
    found: set[tuple[str, int, int]] = set()
    for place in places:
        for folder, inner, names in os.walk(place):
            inner[:] = [name for name in inner if not name.startswith(".")]
            for name in names:
                if name.startswith(".") or len(found) >= _MAX_FILES:
                    continue
                path = os.path.join(folder, name)
                try:
                    stat = os.stat(path)
                except OSError:  # gone again
                    continue
                found.add((path, stat.st_size, stat.st_mtime_ns))
    return frozenset(found)


class _Event:
    """A ``Stop`` as ``watchfiles`` wants to see it."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    def is_set(self) -> bool:
        return self._stop.is_set()

    def set(self) -> None:
        self._stop.set()
