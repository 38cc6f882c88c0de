"""
Whether poses are honest: speed, clock, walls, bounds, teleports, reach. All of one tick's in a few array operations.

Speed is judged by the client's own clock, which delays and bursts of the link cannot touch; the clock is judged
against ours, with credit for what a link holds back. So a pose can be late, early, bunched, lost or out of order and
still be good, and none of it makes anybody faster on average.
"""

import numpy as np
from numpy.typing import NDArray

from showroom.protocol.ids import Refusal, ToServer
from showroom.protocol.pose import PART_BYTES, POSE_BYTES, POSE_SIZES, TELEPORT
from showroom.world.floor import Floor
from showroom.world.routes import crosses, first_hit
from showroom.world.rules import Rules
from showroom.world.slots import Slots

Ints = NDArray[np.int64]

WIRE = np.dtype(
    [
        ("id", "u1"), ("flags", "u1"), ("time", "<u4"), ("x", "<u2"), ("z", "<u2"), ("y", "<i2"), ("vx", "<i2"),
        ("vz", "<i2"), ("yaw", "<u2"), ("turn", "i1"), ("anim", "u1"),
    ]
)  # fmt: skip
assert WIRE.itemsize == POSE_BYTES

_IS_SIZE = np.array([size in POSE_SIZES for size in range(max(POSE_SIZES) + 2)])

STALE, GOOD = -1, 0
DRIFT = 1.02
"""How much faster than ours an honest clock may run."""
GAP_MS = 1500
"""Silence longer than this is a stalled link: a client that walks says so every second."""
FADE_MS = 4000
"""Credit for a stall fades with this time constant once the link delivers again."""
MAX_WAYS = 12
"""Ways round walls that are looked for in one batch; each costs some 0.1 ms."""


class Batch:
    """POSE messages read as columns."""

    def __init__(self, slots: Ints, payloads: list[bytes], arrived_ms: NDArray[np.float64]) -> None:
        sizes = np.fromiter(map(len, payloads), np.int64, len(payloads))
        fits = _IS_SIZE[np.minimum(sizes, len(_IS_SIZE) - 1)]
        if not fits.all():
            payloads = [payload for payload, good in zip(payloads, fits.tolist(), strict=True) if good]
        data = np.frombuffer(b"".join(payloads), np.uint8)
        length = sizes[fits]
        start = np.cumsum(length) - length
        if len(length) and (length == POSE_BYTES).all():
            head = data.reshape(-1, POSE_BYTES)
        else:
            head = data[start[:, None] + np.arange(POSE_BYTES)]
        pose = np.ascontiguousarray(head).view(WIRE).reshape(-1)
        bits = pose["flags"] >> 1
        want = POSE_BYTES + PART_BYTES * bits.astype(np.int64)
        right = (pose["id"] == int(ToServer.POSE)) & (pose["flags"] < 8) & (bits != 2) & (pose["anim"] < 64)
        right &= want == length
        self.malformed: list[int] = np.unique(np.concatenate([slots[~fits], slots[fits][~right]])).tolist()
        self.slot = slots[fits][right]
        self.arrived = arrived_ms[fits][right]
        self.pose = pose[right]
        self.rig_bits = bits[right]
        self._data = data
        self._start = start[right]

    def rigs(self, which: Ints) -> NDArray[np.uint8]:
        """Heads and hands, ``(n, 18)``; what is not there is nonsense."""
        place = self._start[which, None] + POSE_BYTES + np.arange(3 * PART_BYTES)
        rigs: NDArray[np.uint8] = self._data[np.minimum(place, len(self._data) - 1)]
        return rigs


class Authority:
    """The rules of one floor, applied to the columns of its people."""

    def __init__(self, floor: Floor, rules: Rules, slots: Slots) -> None:
        self.floor = floor
        self.rules = rules
        self.slots = slots
        self.routes = floor.routes
        self._ways_left = 0

    def begin(self) -> None:
        """A new batch."""
        self._ways_left = MAX_WAYS

    def floods(self, slot: Ints, now_ms: float) -> Ints:
        """Count messages; returns who sends too many for too long."""
        s, rules = self.slots, self.rules
        who, count = np.unique(slot, return_counts=True)
        level = np.maximum(s.flood[who] - (now_ms - s.flood_ms[who]) * rules.flood_hz / 1000, 0) + count
        s.flood[who], s.flood_ms[who] = level, now_ms
        return who[level > rules.flood_burst]

    def judge(self, batch: Batch, which: Ints) -> Ints:
        """
        Take over those poses of a batch that are good; ``which`` has every slot once at most.

        Returns
        -------
        Ints
            For each of ``which``: GOOD, STALE (older than one already taken: ignored) or a Refusal.
        """
        s, rules, floor = self.slots, self.rules, self.floor
        slot, pose, arrived = batch.slot[which], batch.pose[which], batch.arrived[which]
        verdict = np.zeros(len(slot), np.int64)
        x, z, y = (pose[name].astype(np.float64) for name in ("x", "z", "y"))
        clock = pose["time"].astype(np.int64)

        clocked = s.clocked[slot]
        passed = np.maximum(arrived - s.heard_ms[slot], 0)
        stride = (clock - s.client_ms[slot] + (1 << 31)) % (1 << 32) - (1 << 31)
        stride = np.where(clocked, stride, passed.astype(np.int64))
        verdict[clocked & (stride <= 0)] = STALE

        credit = s.credit_ms[slot] + passed * DRIFT - stride
        stalled = np.where(passed > GAP_MS, np.minimum(passed, rules.stall_ms), 0)
        credit = np.minimum(
            credit,
            np.maximum(rules.lead_ms + stalled, credit * np.exp(-passed / FADE_MS)),
        )
        verdict[(verdict == GOOD) & clocked & (credit < 0)] = Refusal.CLOCK

        good = verdict == GOOD
        width, depth = floor.size_cm
        low, high = floor.y_cm
        outside = (x > width + 1) | (z > depth + 1) | (y < low - 1) | (y > high + 1)  # rounding
        verdict[good & outside] = Refusal.BOUNDS

        was = np.stack([s.base_x[slot], s.base_z[slot]], 1)
        now = np.stack([x, z], 1)
        distance = np.sqrt(((now - was) ** 2).sum(1) + (y - s.base_y[slot]) ** 2)
        may = s.lent_cm[slot] + rules.speed_mms * 1e-4 * rules.slack * np.maximum(stride, 0)
        jumps = (pose["flags"] & TELEPORT) > 0
        due = s.own_ms[slot] + stride - s.jump_ms[slot] >= rules.teleport_ms
        no_jump = ~s.teleports[slot] | (distance > rules.teleport_cm) | ~due
        good = verdict == GOOD
        verdict[good & jumps & no_jump] = Refusal.TELEPORT
        verdict[good & ~jumps & (distance > may)] = Refusal.SPEED

        good = np.flatnonzero((verdict == GOOD) & (distance > 0))
        through = good[crosses(was[good], now[good], floor.walls_cm)]
        for index in through[np.argsort(s.refused[slot[through]], kind="stable")].tolist():  # first who never lied
            if jumps[index]:
                verdict[index] = Refusal.TELEPORT
            elif self._ways_left <= 0:
                verdict[index] = STALE  # judged by the next one: nobody is refused for want of time
            else:
                self._ways_left -= 1
                if self.routes.way_round(was[index], now[index]) > may[index]:
                    verdict[index] = Refusal.WALL

        self._check_reach(batch, which, verdict)
        self._take(batch, which, verdict, stride, credit, may - distance, jumps)
        return verdict

    def _check_reach(self, batch: Batch, which: Ints, verdict: Ints) -> None:
        rigged = np.flatnonzero((batch.rig_bits[which] > 0) & (verdict == GOOD))
        if not len(rigged):
            return
        rig = batch.rigs(which[rigged]).astype(np.int64)
        hands = batch.rig_bits[which[rigged]] == 3
        for part in range(3):
            along = (rig[:, part * PART_BYTES] + 128) % 256 - 128
            aside = (rig[:, part * PART_BYTES + 2] + 128) % 256 - 128
            far = along**2 + aside**2 > self.rules.reach_cm**2
            verdict[rigged[far & (hands if part else True)]] = Refusal.REACH

    def _take(
        self,
        batch: Batch,
        which: Ints,
        verdict: Ints,
        stride: Ints,
        credit: NDArray[np.float64],
        left_cm: NDArray[np.float64],
        jumps: NDArray[np.bool_],
    ) -> None:
        """The good poses become the base of what everybody sees."""
        s, rules = self.slots, self.rules
        good = np.flatnonzero(verdict == GOOD)
        if not len(good):
            return
        which, stride, jumps = which[good], stride[good], jumps[good]
        slot, pose, arrived = batch.slot[which], batch.pose[which], batch.arrived[which]
        clock = pose["time"].astype(np.int64)
        first = ~s.clocked[slot]
        s.credit_ms[slot] = np.where(first, rules.lead_ms, credit[good])
        s.lent_cm[slot] = np.where(jumps, 0, np.minimum(left_cm[good], rules.slack_cm))
        s.own_ms[slot] += stride
        s.jump_ms[slot[jumps]] = s.own_ms[slot[jumps]]
        offset = arrived - clock
        # our clock minus theirs plus the quickest delay; rises slowly, as clocks drift and routes change
        slowly = s.offset_ms[slot] + np.maximum(arrived - s.heard_ms[slot], 0) * 0.001
        s.offset_ms[slot] = np.where(first, offset, np.minimum(offset, slowly))
        s.base_ms[slot] = np.clip(clock + s.offset_ms[slot], arrived - rules.rest_ms, arrived)
        s.client_ms[slot] = clock
        s.heard_ms[slot] = arrived
        s.clocked[slot] = True
        x, z = pose["x"].astype(np.float64), pose["z"].astype(np.float64)
        vx, vz = pose["vx"] * 1e-4, pose["vz"] * 1e-4  # mm/s to cm/ms
        speed = np.hypot(vx, vz)
        limit = rules.speed_mms * 1e-4 * rules.slack
        brake = np.where(speed > limit, limit / np.maximum(speed, 1e-9), 1)
        vx, vz = vx * brake, vz * brake
        s.base_x[slot], s.base_z[slot], s.base_y[slot] = x, z, pose["y"]
        s.vx[slot], s.vz[slot] = vx, vz
        s.base_yaw[slot] = pose["yaw"]
        s.turn[slot] = pose["turn"] * 0.256  # 256ths a second to 65536ths a millisecond
        s.anim[slot] = pose["anim"]
        s.jumped[slot] |= jumps
        s.rig_bits[slot] = batch.rig_bits[which]
        rigged = batch.rig_bits[which] > 0
        if rigged.any():
            s.rig[slot[rigged]] = batch.rigs(which[rigged])
        self._set_run(slot, x, z, vx, vz)

    def _set_run(
        self,
        slot: Ints,
        x: NDArray[np.float64],
        z: NDArray[np.float64],
        vx: NDArray[np.float64],
        vz: NDArray[np.float64],
    ) -> None:
        """How long each may be predicted onward before a wall or the floor's edge: found once a pose, not a tick."""
        rest = float(self.rules.rest_ms)
        share = np.ones(len(slot))
        moving = np.flatnonzero((vx != 0) | (vz != 0))
        if len(moving):
            start = np.stack([x, z], 1)[moving]
            end = start + np.stack([vx, vz], 1)[moving] * rest
            share[moving] = first_hit(start, end, self.floor.walls_cm)
            size = np.array(self.floor.size_cm, np.float64)
            with np.errstate(divide="ignore", invalid="ignore"):
                step = end - start
                edge = np.where(
                    step > 0,
                    (size - start) / step,
                    np.where(step < 0, -start / step, np.inf),
                ).min(1)
            share[moving] = np.minimum(share[moving], np.maximum(edge, 0))
        self.slots.run_ms[slot] = rest * np.where(share < 1, share * 0.98, 1)
