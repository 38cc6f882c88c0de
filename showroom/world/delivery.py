"""Who gets which bytes of a tick: shared frames by cell, keyframes for who comes new or crosses into another cell."""

import numpy as np
from numpy.typing import NDArray

from showroom.protocol.ids import ToClient
from showroom.world.blocks import Blocks, Ints, Members
from showroom.world.bodies import OWN_EVERY, Bodies, Turn
from showroom.world.frames import RIGS_MOST, Frames, framed
from showroom.world.grid import Grid
from showroom.world.slots import ATTACHED, PENDING, Slots

FAR_EVERY_S = 2
RIGS_OWN, RIGS_AROUND = 2, 4
"""Heads and hands in every so many ticks: of one's own cell, of the neighbourhood."""


class Delivery:
    """Keeps each cell's frame count and decides who gets what."""

    def __init__(self, slots: Slots, grid: Grid, bodies: Bodies, *, hz: int) -> None:
        self.slots = slots
        self.grid = grid
        self.bodies = bodies
        self.columns = grid.columns
        self.rows = grid.rows
        self.hz = hz
        self.ticks = 0
        self.seq = np.zeros(grid.count, np.uint8)
        self._last = np.zeros(grid.count, np.int64)
        self._last_far = -(np.arange(grid.count) % (FAR_EVERY_S * hz))  # cells take turns

    def deliver(
        self, now_ms: int, members: Members, blocks: Blocks, was_cell: Ints
    ) -> tuple[list[tuple[bytes, list[int]]], list[tuple[int, bytes]]]:
        """The shared frames with their slots, and the private ones; see ``world.Tick``."""
        link = self.slots.link[members.slot]
        attached = link == ATTACHED
        crossing = attached & (was_cell != members.cell)
        regular = attached & ~crossing
        slots, cells = members.slot[regular], members.cell[regular]
        make = Frames(self.grid, now_ms=now_ms, seq=self.seq, m=members, blocks=blocks)
        # cells are sorted: where one begins, and where those begin that people have just left
        here = cells[np.flatnonzero(np.diff(cells, prepend=-1))]
        wanted = here
        if crossing.any():
            wanted = np.union1d(here, was_cell[crossing])
        due = ~make.quiet(wanted) | (self.ticks - self._last[wanted] >= self.hz)
        told = wanted[due]
        self.seq[told] += 1
        self._last[told] = self.ticks
        data = dict(zip(told.tolist(), make.deltas(told), strict=True))

        begin = np.searchsorted(cells, here).tolist()
        end = np.searchsorted(cells, here, side="right").tolist()
        by_slot = slots.tolist()
        groups = {cell: by_slot[a:b] for cell, a, b in zip(here.tolist(), begin, end, strict=True)}
        frames = self._with_extras(make, data, groups, here, members, now_ms)

        private: list[tuple[int, bytes]] = []
        for index in np.flatnonzero(crossing).tolist():
            cell, known = int(members.cell[index]), int(was_cell[index])
            key = make.keyframe(cell, known)
            if self.grid.apart(cell, known) <= 2:
                key = data[known] + key
            private.append((int(members.slot[index]), key))
        for index in np.flatnonzero(link == PENDING).tolist():
            slot = int(members.slot[index])
            private.append((slot, make.keyframe(int(members.cell[index]))))
            self.slots.link[slot] = ATTACHED
            if self.slots.bodies[slot]:
                self.bodies.again()
        return frames, private

    def _with_extras(
        self,
        make: Frames,
        data: dict[int, bytes],
        groups: dict[int, list[int]],
        here: Ints,
        members: Members,
        now_ms: int,
    ) -> list[tuple[bytes, list[int]]]:
        """Add the far crowd, rigs and bodies to the frames of the cells whose turn it is: one write for all alike."""
        rigs = self._rigs(members)
        due = here[self.ticks - self._last_far[here] >= FAR_EVERY_S * self.hz]
        self._last_far[due] = self.ticks
        far = dict(zip(due.tolist(), make.far(due), strict=True)) if len(due) else {}
        bodies = self._bodies(members, now_ms)
        frames: list[tuple[bytes, list[int]]] = []
        for cell, slots in groups.items():
            bytes_ = data.get(cell, b"")
            if rigs:
                bytes_ += self._rigs_around(rigs, cell)
            kinds = [(bytes_, np.array(slots))]
            moving = bodies.around(cell) if bodies is not None else b""
            if moving:
                kinds = self._split(kinds, framed(moving), self.slots.bodies)
            if cell in far:
                kinds = self._split(kinds, far[cell], self.slots.far)
            frames += [(made, who.tolist()) for made, who in kinds if made]
        return frames

    @staticmethod
    def _split(kinds: list[tuple[bytes, Ints]], more: bytes, wants: NDArray[np.bool_]) -> list[tuple[bytes, Ints]]:
        """Give ``more`` to those who want it."""
        parts = []
        for made, who in kinds:
            wanting = wants[who]
            parts += [(made + more, who[wanting]), (made, who[~wanting])]
        return [(made, who) for made, who in parts if len(who)]

    def _bodies(self, members: Members, now_ms: int) -> Turn | None:
        """Those who share how they move, if this tick tells of them."""
        if self.bodies.is_idle or self.ticks % OWN_EVERY:
            return None
        cell_of = dict(zip(members.slot.tolist(), members.cell.tolist(), strict=True))
        return self.bodies.turn(self.ticks, now_ms, cell_of, self.columns, self.rows)

    def _rigs(self, members: Members) -> dict[int, list[bytes]]:
        """Heads and hands by cell, if this tick sends any."""
        if self.ticks % RIGS_OWN:
            return {}
        bits = self.slots.rig_bits[members.slot]
        out: dict[int, list[bytes]] = {}
        for index in np.flatnonzero(bits).tolist():
            slot = int(members.slot[index])
            size = 18 if bits[index] == 3 else 6
            record = slot.to_bytes(2, "little") + bytes([bits[index]]) + self.slots.rig[slot, :size].tobytes()
            out.setdefault(int(members.cell[index]), []).append(record)
        return out

    def _rigs_around(self, rigs: dict[int, list[bytes]], cell: int) -> bytes:
        records = list(rigs.get(cell, ()))
        if self.ticks % RIGS_AROUND == 0:
            column, row = cell % self.columns, cell // self.columns
            for dz in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    inside = 0 <= column + dx < self.columns and 0 <= row + dz < self.rows
                    if (dx or dz) and inside:
                        records += rigs.get(cell + dz * self.columns + dx, ())
        records = records[:RIGS_MOST]
        if not records:
            return b""
        return framed(bytes((ToClient.RIGS, len(records))) + b"".join(records))
