"""The people of a room as columns: one array a property, one row a slot."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from showroom.errors import Busy

DETACHED, PENDING, ATTACHED = 0, 1, 2
REUSE_MS = 2000
NOWHERE = -1


class RoomIsFull(Busy):
    """Every slot is taken."""

    code = "room.full"


class Slots:
    """
    Columns of ``capacity`` rows.

    Positions ``base_*`` are those of the last accepted pose; ``was_*`` is what receivers hold, quantised, as of the
    last tick.
    """

    def __init__(self, capacity: int) -> None:
        if not 1 <= capacity <= 65535:
            raise ValueError(f"a room of {capacity}; 1 to 65,535 are possible.")
        self.capacity = capacity

        def f() -> NDArray[np.float64]:
            return np.zeros(capacity)

        def i() -> NDArray[np.int64]:
            return np.zeros(capacity, np.int64)

        self.used = np.zeros(capacity, bool)
        self.link = np.zeros(capacity, np.int8)
        self.far = np.zeros(capacity, bool)
        self.bodies = np.zeros(capacity, bool)  # wants to see those move who share how they move
        self.teleports = np.zeros(capacity, bool)
        self.rev, self.anim, self.emote, self.focus = i(), i(), i(), i()

        self.base_x, self.base_z, self.base_y = f(), f(), f()
        self.vx, self.vz = f(), f()  # centimetres a millisecond
        self.base_yaw, self.turn = f(), f()  # 65536ths of a turn; and a millisecond
        self.base_ms = f()  # the server's time of the base
        self.run_ms = f()  # for how long the velocity may be followed: until a wall, or news
        self.jumped = np.zeros(capacity, bool)
        self.rig = np.zeros((capacity, 18), np.uint8)
        self.rig_bits = np.zeros(capacity, np.uint8)

        self.clocked = np.zeros(capacity, bool)  # whether a first pose has set the clock
        self.client_ms = i()  # the client's clock in the last accepted pose
        self.heard_ms = f()  # when it came
        self.offset_ms = f()  # smallest difference of both clocks
        self.credit_ms = f()
        self.lent_cm = f()
        self.own_ms = f()  # the client's clock added up: what cooldowns run by, so that bunching cannot break them
        self.jump_ms = f()
        self.flood = f()
        self.flood_ms = f()
        self.refused = i()

        self.was_cell = np.full(capacity, NOWHERE)
        (
            self.was_index,
            self.was_x,
            self.was_z,
            self.was_y,
            self.was_yaw,
            self.was_state,
            self.was_rev,
        ) = (i() for _ in range(7))
        self.was_rev -= 1  # nobody yet: the first one is 0
        self._free: deque[tuple[int, int]] = deque((0, slot) for slot in range(capacity))
        self.count = 0

    def take(self, now_ms: int) -> int:
        """A free slot, all zero."""
        if not self._free or self._free[0][0] > now_ms or self.was_cell[self._free[0][1]] != NOWHERE:
            raise RoomIsFull(f"all {self.capacity} slots of this room are taken. Try another copy of it.")
        _, slot = self._free.popleft()
        for name, column in vars(self).items():
            if isinstance(column, np.ndarray) and not name.startswith("was_"):
                column[slot] = 0
        self.rev[slot] = (self.was_rev[slot] + 1) & 255  # nobody takes the new one for the one before
        self.used[slot] = True
        self.count += 1
        return slot

    def free(self, slot: int, now_ms: int) -> None:
        """Give a slot back; it rests for a while, so that late words about it cannot meet somebody new."""
        self.used[slot] = False
        self.link[slot] = DETACHED
        self.count -= 1
        self._free.append((now_ms + REUSE_MS, slot))
