"""
How a publisher and a tidying run keep out of each other's way, without a lock server.

The danger: a publisher finds that a blob is there already and skips it; tidying, which saw no reference to that blob,
removes it; the publisher then commits a reference to nothing. So each raises a flag before it looks for the
other's (Dekker's scheme; it needs a store where a write is seen by every later read, as folders, S3, GCS and Azure
are):

- a publisher stores a *lease* with the hashes it will refer to, and only then looks for *marks*; while there is a
  live one it waits;
- tidying stores a *mark*, and only then reads leases; what they name is left alone. It
  starts no removal once that might end after the mark's life.

A flag left by a killed process dies of age. Ages are differences of the store's own time stamps, so the clocks of
machines need not agree; within a process the monotonic clock is used. What this cannot cover is a tidying process
that is frozen for longer than the mark's life between looking at its clock and removing a blob.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from .errors import LibraryConflict, LibraryError
from .objects import Objects

LEASE_S: Final = 3600.0
_MARK_S: Final = 20.0
_PAUSE_S: Final = 0.1

Clock = Callable[[], float]
Sleep = Callable[[float], None]


class Lease:
    """A publisher's flag. ``renew`` is called before each blob; ``must_hold`` before the commit."""

    def __init__(self, objects: Objects, key: str, hashes: list[str], *, clock: Clock) -> None:
        self._objects = objects
        self._key = key
        self._data = msgspec.json.encode(sorted(set(hashes)))
        self._clock = clock
        self._since = clock()
        objects.create(key, self._data)

    def renew(self, *, force: bool = False) -> None:
        """Make it young again, if a quarter of its life is over."""
        if force or self._clock() - self._since > LEASE_S / 4:
            self.must_hold()
            began = self._clock()  # before the request: the store's time stamp is never earlier
            self._objects.replace(self._key, (self._data,))
            self._since = began

    def must_hold(self) -> None:
        """
        Raises
        ------
        LibraryConflict
            Half of its life is over: the uploads took too long to be sure that nothing was tidied away.
        """
        if self._clock() - self._since > LEASE_S / 2:
            raise LibraryConflict("publishing took too long, and a tidying run may have come between. Publish again.")

    def modified(self) -> float:
        stat = self._objects.stat(self._key)
        if stat is None:
            raise LibraryConflict("a tidying run took this publisher for dead. Publish again.")
        return stat.modified


@contextmanager
def lease(
    objects: Objects, namespace: str, hashes: list[str], *, clock: Clock = time.monotonic, sleep: Sleep = time.sleep
) -> Iterator[Lease]:
    """
    Hold a lease on ``hashes``; entered once no tidying is under way that could have missed it.

    Raises
    ------
    LibraryError
        Tidying did not come to an end.
    """
    key = f"{namespace}/leases/{uuid.uuid4().hex}.json"
    held = Lease(objects, key, hashes, clock=clock)
    try:
        _wait_for_marks(objects, namespace, held, clock=clock, sleep=sleep)
        yield held
    finally:
        objects.delete(key)


def _wait_for_marks(objects: Objects, namespace: str, held: Lease, *, clock: Clock, sleep: Sleep) -> None:
    # Only marks that were there when the lease was stored matter: a later one's owner reads the lease.
    awaited = {stat.key for stat in objects.entries(f"{namespace}/marks")}
    life_s = mark_life_s(objects)
    began = clock()
    while awaited:
        now = held.modified()
        awaited &= {stat.key for stat in objects.entries(f"{namespace}/marks") if now - stat.modified <= life_s}
        if not awaited:
            return
        if clock() - began > 3 * life_s:
            raise LibraryError("the library is being tidied and that does not end. Try again in a few minutes.")
        sleep(_PAUSE_S)
        held.renew(force=True)  # moves ``now``: how a killed run's mark is seen to age


def mark_life_s(objects: Objects) -> float:
    """How long a mark keeps publishers waiting at most, in seconds: 22 in a folder, 120 in a bucket."""
    return _MARK_S + 2 * objects.request_limit_s


class Mark:
    """Tidying's flag. ``now`` is the store's clock when it was raised."""

    def __init__(self, *, now: float, ends: float, clock: Clock) -> None:
        self.now = now
        self._ends = ends
        self._clock = clock

    @property
    def live(self) -> bool:
        """Whether the removal of a blob may still be started under it."""
        return self._clock() < self._ends


@contextmanager
def mark(objects: Objects, namespace: str, *, clock: Clock = time.monotonic) -> Iterator[Mark]:
    """Raise a mark; several may be up at the same time, for each alone keeps to the rules."""
    key = f"{namespace}/marks/{uuid.uuid4().hex}.json"
    # Counted from before the request, so it ends before anybody takes the mark for dead.
    ends = clock() + (mark_life_s(objects) - objects.request_limit_s) / 2
    objects.create(key, b"{}\n")
    try:
        stat = objects.stat(key)
        if stat is None:
            raise LibraryError("somebody removed this run's mark from the library. Run it again.")
        yield Mark(now=stat.modified, ends=ends, clock=clock)
    finally:
        objects.delete(key)


def leased_hashes(objects: Objects, namespace: str, *, now: float) -> set[str]:
    """What live leases name; dead ones and dead marks are removed on the way."""
    hashes: set[str] = set()
    for stat in objects.entries(f"{namespace}/leases"):
        if now - stat.modified > LEASE_S:
            objects.delete(stat.key)
        elif data := objects.read(stat.key):
            try:
                hashes |= set(msgspec.json.decode(data, type=list[str]))
            except msgspec.DecodeError as exc:
                raise LibraryError(f"{stat.key} is no lease ({exc}). Remove it, then tidy again.") from exc
    for stat in objects.entries(f"{namespace}/marks"):
        if now - stat.modified > 10 * mark_life_s(objects):
            objects.delete(stat.key)
    return hashes


def now_of(objects: Objects, namespace: str) -> float:
    """The store's clock, read by storing something."""
    key = f"{namespace}/clock"
    objects.replace(key, (b"",))
    stat = objects.stat(key)
    if stat is None:
        raise LibraryError("the library forgets what was just stored. Use a store with read-after-write consistency.")
    return stat.modified
