"""People for the world's tests: what their clients hold, and the server's truth to compare it with."""

import numpy as np

from showroom.protocol.ids import ToClient
from showroom.protocol.receiver import Correction, Crowd
from showroom.world import Tick, World
from showroom.world.slots import ATTACHED


def messages_in(data: bytes) -> list[bytes]:
    """Payloads of binary WebSocket frames, checked against RFC 6455 section 5.2."""
    found, at = [], 0
    while at < len(data):
        assert data[at] == 0x82, "final and binary"
        size, head = data[at + 1], 2
        assert size < 128, "servers do not mask"
        if size == 126:
            size, head = int.from_bytes(data[at + 2 : at + 4], "big"), 4
            assert size >= 126, "the shortest length"
        elif size == 127:
            size, head = int.from_bytes(data[at + 2 : at + 10], "big"), 10
            assert size >= 65536, "the shortest length"
        found.append(data[at + head : at + head + size])
        at += head + size
    assert at == len(data)
    return found


class Audience:
    """The clients of a world: each is a reference receiver."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.crowds: dict[int, Crowd] = {}
        self.corrections: dict[int, list[Correction]] = {}

    def sit(self, slot: int) -> None:
        self.crowds[slot] = Crowd(cell_cm=self.world.cell_cm, columns=self.world.columns, rows=self.world.rows)
        self.corrections[slot] = []

    def go(self, slot: int) -> None:
        del self.crowds[slot], self.corrections[slot]

    def hear(self, tick: Tick, *, deaf: frozenset[int] = frozenset()) -> None:
        """Write a tick to everybody; what is not written to the deaf is told to the world."""
        slots = [slot for _, slots in tick.frames for slot in slots]
        assert len(slots) == len(set(slots)), "one write a slot"
        for data, group in tick.frames:
            for slot in group:
                self._read(slot, data, deaf)
        for slot, data in tick.private:
            self._read(slot, data, deaf)

    def _read(self, slot: int, data: bytes, deaf: frozenset[int]) -> None:
        if slot in deaf:
            self.world.detach(slot)
            return
        for message in messages_in(data):
            if message[0] == ToClient.CORRECT:
                self.corrections[slot].append(Correction.decode(message))
            else:
                self.crowds[slot].receive(message)

    def check(self) -> None:
        """Every attached client holds exactly the server's quantised state of its neighbourhood."""
        s = self.world._slots
        people = np.flatnonzero(s.used)
        row, column = np.divmod(s.was_cell[people], self.world.columns)
        for slot, crowd in self.crowds.items():
            if s.link[slot] != ATTACHED:
                continue
            assert crowd.centre == s.was_cell[slot]
            z, x = divmod(int(s.was_cell[slot]), self.world.columns)
            near = people[(abs(row - z) <= 1) & (abs(column - x) <= 1)].tolist()
            held = {p.slot: (p.rev, p.x, p.z, p.y, p.yaw, p.state) for p in crowd.near.values()}
            true = {
                p: tuple(int(column_[p]) for column_ in (s.rev, s.was_x, s.was_z, s.was_y, s.was_yaw, s.was_state))
                for p in near
            }
            assert held == true
            for cell in set(s.was_cell[near].tolist()):
                assert [p.slot for p in crowd.cell(cell)] == sorted(p for p in near if s.was_cell[p] == cell)
