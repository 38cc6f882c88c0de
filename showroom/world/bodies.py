"""
The bodies of those who share how they move: kept as they came, and given to the cells around them once a tick.

Only the newest of each counts. A body goes to its own cell ten times a second, to the neighbours five times, if it has
changed, and once a second in any case, for who came meanwhile. A cell is shown ``BODIES_MOST`` at most: its own people
first, those who have shared longest first. What it is not: whether somebody may share (``realtime``).
"""

from collections.abc import Iterable, Mapping
from typing import Final

from showroom.protocol.body import NOBODY, encode_bodies

BODY_HZ: Final = 12
"""What clients are told to send at most."""
BODIES_MOST: Final = 8
"""Of 86 bytes, ten times a second: below 7 kB a second for any one reader."""
MOST_SHARING: Final = 32
OWN_EVERY, AROUND_EVERY = 2, 4
"""In every so many ticks, as heads and hands."""
AGAIN_MS: Final = 1000
SILENT_MS: Final = 3000
"""Who says nothing for so long is not seen by their camera any more."""


class _Shared:
    __slots__ = ("body", "heard_ms", "is_new_around", "is_new_own", "told_around_ms", "told_own_ms")

    def __init__(self, now_ms: int) -> None:
        self.body = NOBODY
        self.heard_ms = now_ms
        self.is_new_own = self.is_new_around = False
        self.told_own_ms = self.told_around_ms = now_ms

    def put(self, body: bytes) -> None:
        if body != self.body:
            self.body = body
            self.is_new_own = self.is_new_around = True


class Turn:
    """What one tick gives: the records by cell, and the frame of each cell that reads them."""

    def __init__(
        self,
        own: Mapping[int, list[int]],
        due: Mapping[int, bytes],
        far_due: Mapping[int, bytes],
        columns: int,
        rows: int,
    ) -> None:
        self._own = own
        self._due = due
        self._far_due = far_due
        self._columns = columns
        self._rows = rows

    def around(self, cell: int) -> bytes:
        """BODIES for the people of a cell; nothing if there is nothing to tell them."""
        own = self._own.get(cell, [])[:BODIES_MOST]
        bodies = {slot: self._due[slot] for slot in own if slot in self._due}
        if self._far_due and len(own) < BODIES_MOST:
            others = [slot for near in self._near(cell) for slot in self._own.get(near, ())]
            others = others[: BODIES_MOST - len(own)]
            bodies.update((slot, self._far_due[slot]) for slot in others if slot in self._far_due)
        return encode_bodies(bodies) if bodies else b""

    def _near(self, cell: int) -> Iterable[int]:
        column, row = cell % self._columns, cell // self._columns
        for dz in (-1, 0, 1):
            for dx in (-1, 0, 1):
                if (dx or dz) and 0 <= column + dx < self._columns and 0 <= row + dz < self._rows:
                    yield cell + dz * self._columns + dx


class Bodies:
    """Those of one room, by slot, in the order in which they began."""

    def __init__(self) -> None:
        self._by_slot: dict[int, _Shared] = {}
        self._ended: dict[int, _Shared] = {}

    def __len__(self) -> int:
        return len(self._by_slot)

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to tell anybody."""
        return not self._by_slot and not self._ended

    def begin(self, slot: int, now_ms: int) -> bool:
        """Somebody shares how they move from now on; False if too many do."""
        if slot in self._by_slot:
            return True
        if len(self._by_slot) >= MOST_SHARING:
            return False
        self._ended.pop(slot, None)
        self._by_slot[slot] = _Shared(now_ms)
        return True

    def end(self, slot: int) -> None:
        """They share no more; everybody is told once."""
        shared = self._by_slot.pop(slot, None)
        if shared is not None and shared.body != NOBODY:
            shared.put(NOBODY)
            self._ended[slot] = shared

    def gone(self, slot: int) -> None:
        """They left: their row may be somebody else's soon."""
        self._by_slot.pop(slot, None)
        self._ended.pop(slot, None)

    def take(self, slot: int, body: bytes, now_ms: int) -> None:
        """Mask and rotations of a BODY message; of those who do not share it is let go."""
        shared = self._by_slot.get(slot)
        if shared is not None:
            shared.heard_ms = now_ms
            shared.put(body)

    def again(self) -> None:
        """Somebody came who has seen none of it: tell all with the next turn."""
        for shared in self._by_slot.values():
            shared.told_own_ms = shared.told_around_ms = -AGAIN_MS

    def turn(self, tick: int, now_ms: int, cell_of: Mapping[int, int], columns: int, rows: int) -> Turn | None:
        """
        What this tick tells; None if it is none of theirs.

        Parameters
        ----------
        cell_of
            The cell of each slot here; whoever has none is not shown.
        """
        if self.is_idle or tick % OWN_EVERY:
            return None
        is_around = tick % AROUND_EVERY == 0
        own: dict[int, list[int]] = {}
        due: dict[int, bytes] = {}
        far_due: dict[int, bytes] = {}
        for slot, shared in [*self._by_slot.items(), *self._ended.items()]:
            if slot not in cell_of:
                continue
            own.setdefault(cell_of[slot], []).append(slot)
            if now_ms - shared.heard_ms > SILENT_MS:
                shared.put(NOBODY)
            has_body = shared.body != NOBODY
            if shared.is_new_own or (has_body and now_ms - shared.told_own_ms >= AGAIN_MS):
                shared.is_new_own, shared.told_own_ms = False, now_ms
                due[slot] = shared.body
            if is_around and (shared.is_new_around or (has_body and now_ms - shared.told_around_ms >= AGAIN_MS)):
                shared.is_new_around, shared.told_around_ms = False, now_ms
                far_due[slot] = shared.body
        if is_around:
            self._ended.clear()
        return Turn(own, due, far_due, columns, rows) if due or far_due else None
