"""Cheats are put back; honest people on bad links never are."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom.protocol.ids import Refusal
from showroom.protocol.pose import Pose
from showroom.world import Applied, Floor, Rules, World
from showroom.world.authority import WIRE
from showroom.world.routes import Routes, crosses, first_hit


def shelves(columns: int, rows: int) -> np.ndarray:
    """Walls of shelves, 3 m by 1 m, with aisles of 2 m between them."""
    walls = []
    for column in range(columns):
        for row in range(rows):
            x0, z0 = 200 + column * 500, 200 + row * 300
            x1, z1 = x0 + 300, z0 + 100
            walls += [(x0, z0, x1, z0), (x1, z0, x1, z1), (x1, z1, x0, z1), (x0, z1, x0, z0)]
    return np.array(walls, float)


STORE = Floor((4200, 3200), walls_cm=shelves(8, 10))


class Walkers:
    """Shoppers who stroll, run and stand along the aisles of ``STORE``, never closer than a metre to a shelf's side."""

    def __init__(self, count: int, rng: np.random.Generator) -> None:
        self.rng = rng
        self.column = rng.integers(0, 9, count)
        self.row = rng.integers(0, 11, count)
        self.x = 100.0 + self.column * 500
        self.z = 100.0 + self.row * 300
        self.to_x, self.to_z = self.x.copy(), self.z.copy()
        self.speed = np.zeros(count)
        self.rest = np.zeros(count)

    def step(self, dt: float) -> tuple[np.ndarray, np.ndarray]:
        """Walk for ``dt`` seconds; returns the velocities, centimetres a second."""
        there = (self.x == self.to_x) & (self.z == self.to_z) & (self.rest <= 0)
        who = np.flatnonzero(there)
        self.rest[who] = np.where(self.rng.random(len(who)) < 0.1, 2 * self.rng.random(len(who)), 0)
        along = self.rng.random(len(who)) < 0.5
        sign = np.where(self.rng.random(len(who)) < 0.5, 1, -1)
        self.column[who] = np.clip(self.column[who] + sign * along, 0, 8)
        self.row[who] = np.clip(self.row[who] + sign * ~along, 0, 10)
        self.to_x[who], self.to_z[who] = 100 + self.column[who] * 500, 100 + self.row[who] * 300
        self.speed[who] = self.rng.choice([60, 140, 250, 400], len(who))
        waiting = self.rest > 0
        self.rest -= dt
        dx, dz = self.to_x - self.x, self.to_z - self.z
        left = np.abs(dx) + np.abs(dz)
        go = np.where(waiting, 0, np.minimum(self.speed * dt, left))
        self.x = np.where(left > go, self.x + np.sign(dx) * go, self.to_x)
        self.z = np.where(left > go, self.z + np.sign(dz) * go, self.to_z)
        pace = np.where(waiting, 0, self.speed)
        return np.sign(dx) * pace, np.sign(dz) * pace


def on_bad_links(people: int, steps: int, seed: int) -> tuple[Applied, int, int]:
    """
    Honest shoppers send every sample over links that delay, bunch, stall, lose and reorder.

    Returns the sums over all ticks, the number of samples sent, and how far off, in centimetres, the server had anybody
    with an ordered link in the end.
    """
    rng = np.random.default_rng(seed)
    walkers = Walkers(people, rng)
    world = World(STORE, capacity=people)
    for x, z in zip(walkers.x.astype(int).tolist(), walkers.z.astype(int).tolist(), strict=True):
        world.enter(0, at_cm=(x, z, 0), attached=False)
    drift = 1 + rng.uniform(-5e-4, 5e-4, people)
    clock = rng.integers(0, 2**32, people)  # some wrap on the way
    delay = rng.uniform(5, 300, people)
    queue_ms = np.zeros(people)  # bufferbloat: grows and shrinks
    free_ms = np.zeros(people)  # a link is in order, and stalls
    stalled_ms = np.zeros(people)
    ordered = rng.random(people) < 0.8  # the others are not even in order, as datagrams would be
    inbox: dict[int, list[tuple[float, int, bytes]]] = {}
    refused: dict[Refusal, int] = {}
    accepted = sent = 0
    for step in range(1, steps + 320):
        now = step * 50
        if step <= steps:
            vx, vz = walkers.step(0.05)
            pose = np.zeros(people, WIRE)
            pose["id"] = 2
            pose["time"] = (clock + now * drift).astype(np.int64) & 0xFFFFFFFF
            pose["x"], pose["z"] = np.rint(walkers.x), np.rint(walkers.z)
            pose["vx"], pose["vz"] = vx * 10, vz * 10
            data = pose.tobytes()
            queue_ms = np.clip(queue_ms + rng.normal(0, 25, people), 0, 1500)
            stall = rng.random(people) < 0.0005
            stalled_ms = np.where(stall, now + rng.uniform(200, 12000, people), stalled_ms)
            free_ms = np.maximum(free_ms, stalled_ms)
            arrival = now + delay + queue_ms + rng.exponential(15, people)
            arrival = np.where(ordered, np.maximum(arrival, free_ms), np.maximum(arrival, free_ms + rng.random(people)))
            lost = (rng.random(people) < 0.05) | ((stalled_ms > now) & (rng.random(people) < 0.8))
            lost &= step < steps
            free_ms = np.where(lost | ~ordered, free_ms, arrival + 0.01)
            for who in np.flatnonzero(~lost).tolist():
                sent += 1
                tick = math.ceil(arrival[who] / 50)
                inbox.setdefault(tick, []).append((arrival[who], who, data[who * 20 : who * 20 + 20]))
        come = sorted(inbox.pop(step, []))
        applied = world.apply(now, [who for _, who, _ in come], [payload for *_, payload in come],
                              [int(arrived) for arrived, *_ in come])  # fmt: skip
        accepted += applied.accepted
        assert not applied.malformed
        assert not applied.flooding
        for reason, count in applied.refused.items():
            refused[reason] = refused.get(reason, 0) + count
    s = world._slots
    off = np.hypot(s.base_x - walkers.x, s.base_z - walkers.z)[ordered].max()
    return Applied(refused=refused, accepted=accepted), sent, int(off)


@pytest.mark.parametrize("seed", [1, 2])
def test_of_a_million_honest_samples_on_bad_links_none_is_refused(seed: int) -> None:
    applied, sent, off = on_bad_links(500, 1150, seed)
    assert sent >= 500_000
    assert sum(applied.refused.values()) == 0, applied.refused
    assert applied.accepted > 0.5 * sent  # the rest are late, double, or the surplus of a bunch
    assert off <= 100


def room(**rules: object) -> tuple[World, int]:
    world = World(STORE, capacity=4, rules=Rules(**rules))  # type: ignore[arg-type]
    slot = world.enter(0, at_cm=(100, 100, 0), teleports=True)
    world.tick(0)
    assert world.apply(50, [slot], [Pose(time_ms=1000, x=100, z=100).encode()]).accepted == 1
    return world, slot


def one(world: World, slot: int, now: int, **pose: object) -> Refusal | None:
    applied = world.apply(now, [slot], [Pose(**pose).encode()])  # type: ignore[arg-type]
    assert not applied.malformed
    return next(iter(applied.refused), None)


def test_a_leap_is_refused_and_the_leaper_put_back() -> None:
    world, slot = room()
    assert one(world, slot, 100, time_ms=1050, x=100, z=900) is Refusal.SPEED
    world.tick(150)
    assert world.position(slot)[:2] == (100, 100)


def test_twice_the_speed_is_refused_however_small_the_steps() -> None:
    world, slot = room()
    verdicts = [one(world, slot, 50 + 50 * k, time_ms=1000 + 50 * k, x=100 + 40 * k, z=100) for k in range(1, 40)]
    assert verdicts[:3] == [None] * 3
    assert set(verdicts[4:]) == {Refusal.SPEED}


def test_a_fast_clock_makes_nobody_faster() -> None:
    world, slot = room()
    x = 100.0
    for k in range(1, 400):  # twice the pace, and a clock at twice the pace to excuse it
        if one(world, slot, 50 + 50 * k, time_ms=1000 + 100 * k, x=round(min(x + 40, 4100)), z=100) is None:
            x = min(x + 40, 4100)
    walked = (x - 100) / 100
    assert walked <= 4.4 * 20 * 1.05 + 4 * 4


@pytest.mark.parametrize("seed", range(6))
def test_nobody_is_faster_on_average_than_a_run(seed: int) -> None:
    """Whatever a cheat says of place and time: what is accepted is no longer a way than a run takes."""
    rng = np.random.default_rng(seed)
    world = World(Floor((60000, 60000)), capacity=1)
    slot = world.enter(0, at_cm=(30000, 30000, 0))
    at, way, clock = np.array([30000, 30000]), 0.0, 0
    for step in range(1, 1200):
        clock += int(rng.choice([0, 10, 50, 100, 1000, 5000]))
        to = np.clip(at + rng.integers(-400, 401, 2) * rng.choice([0.05, 0.5, 1, 5]), 0, 60000).astype(int)
        pose = Pose(time_ms=clock, x=int(to[0]), z=int(to[1])).encode()
        if world.apply(step * 50, [slot], [pose]).accepted:
            way += float(np.hypot(*(to - at)))
            at = to
    assert way / 100 <= 4 * 1.08 * (1200 * 0.05 * 1.02 + 3) + 0.6


def test_walls_stop_people_but_there_is_a_way_round_for_lost_samples() -> None:
    world, slot = room()
    # the first shelf is 3 m by 1 m from (200, 200); from (150, 250) to (550, 250) is 4 m straight, 4.5 m round
    assert one(world, slot, 700, time_ms=1600, x=150, z=250) is None
    assert one(world, slot, 1500, time_ms=2450, x=550, z=250) is Refusal.WALL
    world, slot = room()
    assert one(world, slot, 700, time_ms=1600, x=150, z=250) is None
    assert one(world, slot, 2000, time_ms=2900, x=550, z=250) is None


def test_a_closed_room_is_never_entered() -> None:
    walls = np.array(
        [(1000, 1000, 2000, 1000), (2000, 1000, 2000, 2000), (2000, 2000, 1000, 2000), (1000, 2000, 1000, 1000)]
    )
    world = World(Floor((3000, 3000), walls_cm=walls.astype(float)), capacity=1)
    slot = world.enter(0, at_cm=(900, 1500, 0), teleports=True)
    for k in range(1, 100):
        assert one(world, slot, k * 1000, time_ms=k * 1000, x=1010 + k, z=1500, teleport=k % 2 == 0) is not None


@pytest.mark.parametrize(
    ("pose", "reason"),
    [
        ({"x": 4300, "z": 100}, Refusal.BOUNDS),
        ({"x": 65535, "z": 65535}, Refusal.BOUNDS),
        ({"x": 100, "z": 100, "y": 400}, Refusal.BOUNDS),
        ({"x": 100, "z": 100, "y": -32768}, Refusal.BOUNDS),
        ({"x": 100, "z": 1000, "teleport": True}, Refusal.TELEPORT),
        ({"x": 250, "z": 320, "teleport": True}, Refusal.TELEPORT),
        ({"x": 100, "z": 100, "rig": bytes([127, 170, 0, 0, 0, 0])}, Refusal.REACH),
        ({"x": 100, "z": 100, "rig": bytes(6) + bytes([0, 100, 128, 0, 0, 0]) + bytes(6)}, Refusal.REACH),
        ({"x": 100, "z": 100, "time_ms": 9000}, Refusal.CLOCK),
    ],
)
def test_every_rule_has_its_reason(pose: dict[str, object], reason: Refusal) -> None:
    world, slot = room()
    assert one(world, slot, 200, **{"time_ms": 1150, **pose}) is reason


def test_jumps_within_sight_are_fine_once_a_second() -> None:
    world, slot = room()
    assert one(world, slot, 200, time_ms=1150, x=100, z=850, teleport=True) is None
    assert one(world, slot, 400, time_ms=1350, x=100, z=100, teleport=True) is Refusal.TELEPORT
    assert one(world, slot, 1300, time_ms=2250, x=100, z=100, teleport=True) is None


def test_who_may_not_jump_does_not() -> None:
    world = World(STORE, capacity=1)
    slot = world.enter(0, at_cm=(100, 100, 0), teleports=False)
    assert one(world, slot, 500, time_ms=1, x=100, z=700, teleport=True) is Refusal.TELEPORT


def test_old_poses_are_nothing_new_and_no_crime() -> None:
    world, slot = room()
    assert one(world, slot, 300, time_ms=1200, x=150, z=100) is None
    before = world.position(slot)
    applied = world.apply(350, [slot, slot], [Pose(time_ms=t, x=3000, z=3000).encode() for t in (900, 1200)])
    assert (applied.accepted, applied.refused) == (0, {})
    assert world.position(slot) == before


def test_a_flood_is_told_apart_from_a_link_that_delivers_everything_at_once() -> None:
    world, slot = room()
    batch = [Pose(time_ms=1000 + 50 * k, x=100, z=100 + k).encode() for k in range(1, 601)]
    assert world.apply(30_000, [slot] * 600, batch).flooding == []  # half a minute of silence
    for tick in range(40):
        applied = world.apply(30_050 + tick * 50, [slot] * 40, batch[:40])
    assert applied.flooding == [slot]


def test_one_bad_message_does_not_cost_the_others_theirs() -> None:
    world = World(STORE, capacity=8)
    slots = [world.enter(0, at_cm=(100, 100 + k * 10, 0)) for k in range(5)]
    payloads = [Pose(time_ms=9, x=101, z=100 + k * 10).encode() for k in range(5)]
    payloads[1] = payloads[1][:-1]
    payloads[2] = payloads[2] + bytes(6)
    payloads[3] = b"\x02\xff" + payloads[3][2:]
    applied = world.apply(50, [*slots, 7], [*payloads, payloads[0]])
    assert applied.malformed == [1, 2, 3]
    assert applied.accepted == 2


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 7), st.binary(max_size=60)), max_size=30))
def test_no_bytes_whatever_upset_a_batch(batch: list[tuple[int, bytes]]) -> None:
    world = World(STORE, capacity=8)
    for k in range(4):
        world.enter(0, at_cm=(100, 100 + k * 10, 0))
    payloads = [(b"\x02" + noise)[:38] if noise[:1] > b"\x40" else noise for _, noise in batch]
    world.apply(50, [slot for slot, _ in batch], payloads)
    world.tick(50)
    s = world._slots
    assert np.isfinite(s.base_x).all()
    assert (s.was_x <= 4200).all()
    assert (s.was_x >= 0).all()


def test_predictions_stop_at_walls_and_when_news_are_overdue() -> None:
    world, slot = room()
    assert one(world, slot, 300, time_ms=1250, x=150, z=250, vx=1000) is None
    world.tick(340)
    assert 150 < world.position(slot)[0] < 200
    world.tick(5000)
    assert 180 <= world.position(slot)[0] < 200
    world, slot = room()
    assert one(world, slot, 300, time_ms=1250, x=100, z=100, vx=1000) is None
    world.tick(9000)
    assert 200 <= world.position(slot)[0] <= 221


@given(st.integers(0, 10**6))
def test_walls_agree_with_themselves(seed: int) -> None:
    """A way hits something exactly if its first hit is before its end; a way round is never shorter than straight."""
    rng = np.random.default_rng(seed)
    walls = rng.uniform(0, 1000, (5, 4))
    start, end = rng.uniform(0, 1000, (20, 2)), rng.uniform(0, 1000, (20, 2))
    through = crosses(start, end, walls)
    share = first_hit(start, end, walls)
    assert (through == (share < 1)).all()
    stop = start + (end - start) * (share * 0.999)[:, None]
    assert not crosses(start, stop, walls).any()
    routes = Routes(walls, (1000, 1000))
    for index in range(5):
        assert routes.way_round(start[index], end[index]) >= np.hypot(*(end[index] - start[index])) - 1e-6


def test_a_place_beside_a_friend_is_free_and_on_the_same_side_of_the_wall() -> None:
    world = World(STORE, capacity=20)
    friend = world.enter(0, at_cm=(150, 180, 0))
    world.tick(0)
    for now in range(10):
        (x, z, y), _ = world.beside(friend)
        assert y == 0
        assert not crosses(np.array([[150.0, 180.0]]), np.array([[x, z]], float), STORE.walls_cm)[0]
        s = world._slots
        assert all(math.hypot(x - s.base_x[k], z - s.base_z[k]) > 50 for k in np.flatnonzero(s.used))
        world.enter(now, at_cm=(x, z, y))


def test_the_nearest_are_the_nearest() -> None:
    world = World(STORE, capacity=10)
    slots = [world.enter(0, at_cm=(100 + k * 100, 100, 0)) for k in (0, 5, 1, 9, 2)]
    world.tick(0)
    assert world.nearest(slots[0], limit=3, within_cm=600) == [slots[2], slots[4], slots[1]]


def test_how_old_news_are_is_counted_from_arrival_to_sending() -> None:
    world, slot = room()
    world.sent(60)
    for k in range(1, 100):
        pose = Pose(time_ms=1000 + 50 * k, x=100, z=100).encode()
        world.apply(50 * k + 50, [slot], [pose], [50 * k + 20])
        world.sent(50 * k + 58)
    assert world.staleness.percentile(0.5) == pytest.approx(38, abs=2)
    assert world.staleness.percentile(0.99) == pytest.approx(38, abs=2)
