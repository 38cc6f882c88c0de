"""
A room's people: who stands where, checked, predicted and turned into frames once a tick.

The owner (a room's task on the server) does, 20 times a second:

    applied = world.apply(now_ms, slots, payloads, arrived_ms)   # the POSE messages since the last tick
    tick = world.tick(now_ms)
    for data, slots in tick.frames:        # WebSocket frames, header included: write them as they are
        for slot in slots: write(slot, data)      # or world.detach(slot) if its buffer is too full
    for slot, data in tick.private: write(slot, data)
    world.sent(now_ms)

A slot is attached (gets every frame), or detached (link lost or too slow) until ``attach`` asks for a keyframe.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from showroom.protocol.ids import Mode, Refusal
from showroom.protocol.messages import FloorInfo, Limits
from showroom.protocol.receiver import Correction
from showroom.world.authority import GOOD, Authority, Batch
from showroom.world.blocks import Ints, Members, encode
from showroom.world.bodies import BODY_HZ, Bodies
from showroom.world.delivery import Delivery
from showroom.world.floor import Floor
from showroom.world.frames import framed
from showroom.world.grid import Grid
from showroom.world.routes import crosses
from showroom.world.rules import Rules
from showroom.world.slots import ATTACHED, DETACHED, NOWHERE, PENDING, Slots
from showroom.world.staleness import Staleness

HYSTERESIS_CM = 30
"""How far beyond its cell's edge somebody must be to count as in the next: who dawdles on a line costs no keyframes."""
TEXT_MAX = 500


@dataclass(frozen=True)
class Applied:
    """What became of a batch of poses."""

    malformed: list[int] = field(default_factory=list)
    """Slots whose messages are no POSE: close with MALFORMED."""
    flooding: list[int] = field(default_factory=list)
    """Slots that send far more than a person moves: close with FLOOD."""
    refused: dict[Refusal, int] = field(default_factory=dict)
    """Counted by reason, for metrics. Their owners get a CORRECT in the next tick by themselves."""
    accepted: int = 0


@dataclass(frozen=True)
class Tick:
    """What to write after a tick. All bytes are complete WebSocket frames (one or several), ready for a transport."""

    frames: list[tuple[bytes, list[int]]]
    """The same bytes for all these slots. Slots do not repeat."""
    private: list[tuple[int, bytes]]
    """Keyframes and corrections for one slot each; after ``frames``. One that is not written needs ``detach``."""


class World:
    """
    The people of one room.

    Parameters
    ----------
    floor
        Where they walk.
    capacity
        Number of slots, at most 65,535.
    cell_cm
        Edge of a cell; one sees the 3 x 3 cells around one's own.
    hz
        Ticks a second: only a figure for clients, the owner calls ``tick``.
    rules
        The limits of movement.
    """

    def __init__(
        self,
        floor: Floor,
        *,
        capacity: int = 512,
        cell_cm: int = 700,
        hz: int = 20,
        rules: Rules | None = None,
    ) -> None:
        self.floor = floor
        self.rules = rules or Rules()
        self.cell_cm = cell_cm
        self.hz = hz
        self.grid = Grid(floor.size_cm, cell_cm)
        self.columns, self.rows = self.grid.columns, self.grid.rows
        self.staleness = Staleness()
        """How old poses were when they left: ``staleness.percentile(0.99)`` in milliseconds."""
        self._slots = Slots(capacity)
        self._authority = Authority(floor, self.rules, self._slots)
        self._counts = np.zeros(self.grid.count, np.int64)
        self.bodies = Bodies()
        """Of those who share how they move."""
        self._delivery = Delivery(self._slots, self.grid, self.bodies, hz=hz)
        self._corrections: dict[int, Correction] = {}
        self._arrivals: list[NDArray[np.float64]] = []
        self._spawned = 0
        self._now_ms = 0
        self._changed = True
        self._moving_until_ms = 0.0
        self._settled = False

    @property
    def floor_info(self) -> FloorInfo:
        """For WELCOME."""
        return FloorInfo(
            corner_mm=self.floor.corner_mm,
            size_cm=self.floor.size_cm,
            cell_cm=self.cell_cm,
            columns=self.columns,
            rows=self.rows,
            y_cm=self.floor.y_cm,
        )

    @property
    def limits(self) -> Limits:
        """For WELCOME."""
        rules = self.rules
        return Limits(
            speed_mms=rules.speed_mms,
            teleport_cm=rules.teleport_cm,
            teleport_ms=rules.teleport_ms,
            error_cm=rules.error_cm,
            error_yaw=rules.error_yaw,
            pose_ms=rules.pose_ms,
            pose_hz=rules.pose_hz,
            rest_ms=rules.rest_ms,
            text=TEXT_MAX,
            body_hz=BODY_HZ,
        )

    @property
    def capacity(self) -> int:
        """Slots there are."""
        return self._slots.capacity

    def __len__(self) -> int:
        """How many are in the room, attached or not."""
        return self._slots.count

    def __contains__(self, slot: int) -> bool:
        return 0 <= slot < self._slots.capacity and bool(self._slots.used[slot])

    # people

    def enter(
        self,
        now_ms: int,
        *,
        rev: int | None = None,
        at_cm: tuple[int, int, int] | None = None,
        yaw: int = 0,
        spawn: int | None = None,
        teleports: bool = False,
        far: bool = True,
        bodies: bool = False,
        attached: bool = True,
    ) -> int:
        """
        Let somebody in.

        Parameters
        ----------
        rev
            The card's first revision (0 to 255); default, and also if it was the slot's last one: the one after
            that, which keeps clients from taking the new person for the one before. ``World.rev`` tells.
        at_cm, yaw
            x, z, y and yaw (65536ths) where they stood before, for a resume, or beside a friend (see ``beside``).
        spawn
            Number of the spawn point; default: the next one.
        teleports
            Whether this client may jump.
        far
            Whether it wants the coarse crowd beyond the neighbourhood.
        bodies
            Whether it wants to see those move who share how they move.
        attached
            Whether its client is there already.

        Returns
        -------
        int
            The slot. Not given again for at least two seconds after it is left.

        Raises
        ------
        RoomIsFull
            If there is no slot.
        """
        s = self._slots
        slot = s.take(now_ms)
        if at_cm is None:
            number = self._spawned if spawn is None else spawn
            self._spawned += spawn is None
            x, z, y, yaw = (int(value) for value in self.floor.spawns[number % len(self.floor.spawns)])
            at_cm = (x, z, y)
        if rev is not None and rev & 255 != s.was_rev[slot]:
            s.rev[slot] = rev & 255
        s.far[slot] = far
        s.bodies[slot] = bodies
        s.teleports[slot] = teleports
        s.jump_ms[slot] = -1e9
        s.heard_ms[slot] = s.flood_ms[slot] = now_ms
        s.lent_cm[slot] = self.rules.slack_cm
        s.link[slot] = PENDING if attached else DETACHED
        self.place(slot, now_ms, at_cm, yaw)
        s.jumped[slot] = False
        return slot

    def leave(self, slot: int) -> None:
        """Take somebody out; everybody sees it in the next tick. The slot may be used again two seconds later."""
        if slot in self:
            self._changed = True
            self._slots.free(slot, self._now_ms)
            self.bodies.gone(slot)
            self._corrections.pop(slot, None)

    def attach(self, slot: int) -> None:
        """The slot's client needs everything anew (joined, resumed, drained, RESYNC): a keyframe in the next tick."""
        if slot in self:
            self._changed = True
            self._slots.link[slot] = PENDING

    def detach(self, slot: int) -> None:
        """The slot's client gets nothing until ``attach``. The person stays where they are, visible."""
        if slot in self:
            self._slots.link[slot] = DETACHED

    def set_state(self, slot: int, *, anim: int, emote: int, mode: Mode, focus: int) -> None:
        """STATE: animation, emote (the same one again is shown again) and the product in focus."""
        s = self._slots
        self._changed = True
        s.anim[slot] = anim & 63
        turn = ((int(s.emote[slot]) >> 6) + 1) & 3
        s.emote[slot] = (emote & 63) | turn << 6 if emote else 0
        s.focus[slot] = (focus & 0x1FFF) | int(mode) << 13

    def rev(self, slot: int) -> int:
        """The revision of the person's card."""
        return int(self._slots.rev[slot])

    def card_changed(self, slot: int) -> int:
        """The person looks different now: clients ask for the card again. Returns its new revision."""
        self._changed = True
        self._slots.rev[slot] = (self._slots.rev[slot] + 1) & 255
        return self.rev(slot)

    def place(self, slot: int, now_ms: int, at_cm: tuple[int, int, int], yaw: int) -> None:
        """Put somebody elsewhere by the server's own decision; their client gets a CORRECT (reason 0)."""
        s = self._slots
        self._changed = True
        width, depth = self.floor.size_cm
        low, high = self.floor.y_cm
        s.base_x[slot] = min(max(at_cm[0], 0), width)
        s.base_z[slot] = min(max(at_cm[1], 0), depth)
        s.base_y[slot] = min(max(at_cm[2], low), high)
        s.base_yaw[slot] = yaw & 0xFFFF
        s.base_ms[slot] = now_ms
        s.vx[slot] = s.vz[slot] = s.turn[slot] = 0
        s.jumped[slot] = True
        self._correct(slot, 0, int(s.client_ms[slot]))

    def _correct(self, slot: int, reason: int, client_ms: int) -> None:
        s = self._slots
        self._corrections[slot] = Correction(
            reason=reason,
            x=int(s.base_x[slot]),
            z=int(s.base_z[slot]),
            y=int(s.base_y[slot]),
            yaw=int(s.base_yaw[slot]) & 0xFFFF,
            time_ms=client_ms,
        )

    def position(self, slot: int) -> tuple[int, int, int, int]:
        """x, z, y in centimetres and yaw in 65536ths: where the person was taken to be at the last tick."""
        s = self._slots
        if s.was_cell[slot] == NOWHERE:
            return (
                int(s.base_x[slot]),
                int(s.base_z[slot]),
                int(s.base_y[slot]),
                int(s.base_yaw[slot]) & 0xFFFF,
            )
        return (
            int(s.was_x[slot]),
            int(s.was_z[slot]),
            int(s.was_y[slot]),
            int(s.was_yaw[slot]) << 8,
        )

    def nearest(self, slot: int, *, limit: int, within_cm: int) -> list[int]:
        """Slots around somebody, nearest first: for voice and for chat nearby."""
        s = self._slots
        others = np.flatnonzero(s.used & (s.was_cell != NOWHERE))
        x, z, _, _ = self.position(slot)
        apart = np.hypot(s.was_x[others] - x, s.was_z[others] - z)
        near = np.flatnonzero((apart <= within_cm) & (others != slot))
        picked: list[int] = others[near[np.argsort(apart[near], kind="stable")[:limit]]].tolist()
        return picked

    def beside(self, slot: int) -> tuple[tuple[int, int, int], int]:
        """A free place (x, z, y) near somebody on the same side of all walls, and the yaw to face them."""
        x, z, y, _ = self.position(slot)
        width, depth = self.floor.size_cm
        s = self._slots
        people = np.flatnonzero(s.used)
        angle = np.arange(24) * (2 * np.pi / 24)
        for away in (100, 140, 200, 70):
            spots = np.stack([x + away * np.sin(angle), z + away * np.cos(angle)], 1)
            start = np.broadcast_to(np.array([x, z], np.float64), spots.shape)
            free = (spots >= 0).all(1) & (spots <= np.array([width, depth])).all(1)
            free &= ~crosses(start, start + (spots - start) * 1.3, self.floor.walls_cm)
            gaps = np.hypot(spots[:, :1] - s.base_x[people], spots[:, 1:] - s.base_z[people]).min(1)
            free &= gaps > 50
            if free.any():
                spot = int(np.flatnonzero(free)[0])
                facing = int((angle[spot] + np.pi) / (2 * np.pi) * 65536) & 0xFFFF
                return (int(spots[spot, 0]), int(spots[spot, 1]), y), facing
        return (x, z, y), 0

    # time

    def apply(
        self,
        now_ms: int,
        slots: Sequence[int],
        payloads: Sequence[bytes],
        arrived_ms: Sequence[int] | None = None,
    ) -> Applied:
        """
        Check and take over the POSE messages that came since the last call, in order of arrival.

        Parameters
        ----------
        slots, payloads
            Whose message, and its bytes with the id. Several of one slot are fine.
        arrived_ms
            When each came, by the same clock as ``now_ms``; default: now. For the staleness figure.
        """
        if not payloads:
            return Applied()
        self._changed = True
        self._moving_until_ms = max(self._moving_until_ms, now_ms + self.rules.rest_ms)
        who = np.array(slots, np.int64)
        arrived = np.full(len(who), float(now_ms)) if arrived_ms is None else np.array(arrived_ms, np.float64)
        batch = Batch(who, list(payloads), arrived)
        self._authority.begin()
        flooding = self._authority.floods(batch.slot, now_ms).tolist()
        order = np.argsort(batch.slot, kind="stable")
        order = order[self._slots.used[batch.slot[order]]]
        sorted_slot = batch.slot[order]
        place = np.arange(len(order))
        rank = place - np.searchsorted(sorted_slot, sorted_slot)
        kept = np.searchsorted(sorted_slot, sorted_slot, side="right") - place <= self.rules.batch
        refused: dict[Refusal, int] = {}
        accepted = 0
        order, rank = order[kept], rank[kept]
        for round_ in np.unique(rank).tolist():
            which = order[rank == round_]
            verdict = self._authority.judge(batch, which)
            good = which[verdict == GOOD]
            accepted += len(good)
            self._arrivals.append(batch.arrived[good])
            for index in np.flatnonzero(verdict > GOOD).tolist():
                self._refuse(
                    int(batch.slot[which[index]]),
                    now_ms,
                    Refusal(int(verdict[index])),
                    batch,
                    which[index],
                )
                reason = Refusal(int(verdict[index]))
                refused[reason] = refused.get(reason, 0) + 1
        return Applied(batch.malformed, flooding, refused, accepted)

    def _refuse(self, slot: int, now_ms: int, reason: Refusal, batch: Batch, index: int) -> None:
        s = self._slots
        s.refused[slot] += 1
        s.vx[slot] = s.vz[slot] = s.turn[slot] = 0
        s.base_ms[slot] = now_ms
        self._correct(slot, int(reason), int(batch.pose["time"][index]))

    def tick(self, now_ms: int) -> Tick:
        """Predict everybody to ``now_ms`` and make the frames."""
        self._now_ms = now_ms
        self._delivery.ticks += 1
        if self._is_still():
            return Tick([], [])
        self._changed = False
        self._settled = now_ms >= self._moving_until_ms
        s = self._slots
        who = np.flatnonzero(s.used)
        x, z, yaw = self._predict(who, now_ms)
        cell = self._cells(who, x, z)
        order = np.argsort(cell.astype(np.uint16), kind="stable")
        who, cell, x, z, yaw = who[order], cell[order], x[order], z[order], yaw[order]
        was_cell = s.was_cell[who]
        entered = (was_cell != cell) | (s.was_rev[who] != s.rev[who])
        gone = np.flatnonzero((s.was_cell != NOWHERE) & ~s.used)
        left = np.concatenate([gone, who[entered & (was_cell != NOWHERE)]])
        left_cell, left_index = s.was_cell[left], s.was_index[left]
        by_place = np.argsort(left_cell << 16 | left_index)
        members = Members(
            slot=who,
            cell=cell,
            entered=entered,
            rev=s.rev[who],
            x=x,
            z=z,
            y=s.base_y[who].astype(np.int64),
            yaw=yaw,
            state=s.anim[who] | s.emote[who] << 8 | s.focus[who] << 16,
            jumped=s.jumped[who],
            was_x=s.was_x[who],
            was_z=s.was_z[who],
            was_y=s.was_y[who],
            was_yaw=s.was_yaw[who],
            was_state=s.was_state[who],
        )
        blocks = encode(
            members,
            len(self._counts),
            left_cell[by_place],
            left_index[by_place],
            self._counts,
        )
        s.was_cell[gone] = NOWHERE
        s.was_cell[who], s.was_index[who] = (
            cell,
            np.arange(len(who)) - blocks.first[cell],
        )
        s.was_x[who], s.was_z[who], s.was_y[who], s.was_yaw[who] = x, z, members.y, yaw
        s.was_state[who], s.was_rev[who] = members.state, members.rev
        s.jumped[who] = False
        self._counts = blocks.counts

        frames, private = self._delivery.deliver(now_ms, members, blocks, was_cell)
        for slot, correction in self._corrections.items():
            if s.link[slot] == ATTACHED:
                private.append((slot, framed(correction.encode())))
        self._corrections = {slot: c for slot, c in self._corrections.items() if s.link[slot] != ATTACHED}
        return Tick(frames, private)

    def _is_still(self) -> bool:
        """
        Whether this tick can be left out: nobody is there, or everybody stands still and nothing was said.

        Twice a second it is not left out, for the beat of a second and the far crowd.
        """
        if self._changed or not self._settled or not self.bodies.is_idle:
            return False
        return not len(self) or self._delivery.ticks % max(self.hz // 2, 1) != 0

    def _predict(self, who: Ints, now_ms: int) -> tuple[Ints, Ints, Ints]:
        """Quantised x, z and yaw (256ths of a turn) at a time: straight on until a wall or until news are overdue."""
        s = self._slots
        since = np.maximum(now_ms - s.base_ms[who], 0)
        run = np.minimum(since, s.run_ms[who])
        width, depth = self.floor.size_cm
        x = np.clip(np.rint(s.base_x[who] + s.vx[who] * run), 0, width).astype(np.int64)
        z = np.clip(np.rint(s.base_z[who] + s.vz[who] * run), 0, depth).astype(np.int64)
        turned = s.base_yaw[who] + s.turn[who] * np.minimum(since, self.rules.rest_ms)
        yaw = np.rint(turned / 256).astype(np.int64) & 255
        return x, z, yaw

    def _cells(self, who: Ints, x: Ints, z: Ints) -> Ints:
        """Whose cell is which: the old one until one is clearly out of it."""
        edge = self.cell_cm
        was = self._slots.was_cell[who]
        was_row, was_column = np.divmod(was, self.columns)
        apart_x, apart_z = x - was_column * edge, z - was_row * edge
        stays = (was != NOWHERE) & (np.minimum(apart_x, apart_z) >= -HYSTERESIS_CM)
        stays &= np.maximum(apart_x, apart_z) < edge + HYSTERESIS_CM
        cells: Ints = np.where(stays, was, self.grid.at(x, z))
        return cells

    def sent(self, now_ms: int) -> None:
        """The last tick's bytes are with the transports: closes the books on how old the poses in them were."""
        ages = np.concatenate(self._arrivals) if self._arrivals else np.empty(0)
        self._arrivals = []
        self.staleness.add(now_ms - ages, now_ms)
