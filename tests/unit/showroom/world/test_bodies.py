"""Who sees whom move, how often, and in how few bytes."""

import random
from collections import defaultdict

from showroom.protocol.body import BONES, NOBODY, Body, decode_bodies
from showroom.protocol.receiver import Crowd
from showroom.world import Floor, World
from showroom.world.bodies import BODIES_MOST, BODY_HZ, MOST_SHARING, SILENT_MS, Bodies

TICK_MS = 50
KB = 8000


def body(seed: int) -> bytes:
    """A whole body, another one for each seed."""
    return Body(
        tuple(range(len(BONES))), tuple((seed * 2654435761 + bone) % 2**32 for bone in range(len(BONES)))
    ).encode()[1:]


def payloads(data: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(data):
        size, head = data[at + 1], 2
        if size == 126:
            size, head = int.from_bytes(data[at + 2 : at + 4], "big"), 4
        found.append(data[at + head : at + head + size])
        at += head + size
    return found


class Stage:
    """A world with readers that hold what they are told."""

    def __init__(self) -> None:
        self.world = World(Floor((2100, 1400)), capacity=80)
        self.now = 0
        self.seen: dict[int, Crowd] = {}
        self.bytes: dict[int, int] = defaultdict(int)
        self.told: dict[int, list[tuple[int, bytes]]] = defaultdict(list)

    def enter(self, x: int, z: int, *, bodies: bool = True) -> int:
        slot = self.world.enter(self.now, at_cm=(x, z, 0), bodies=bodies)
        self.seen[slot] = Crowd(cell_cm=700, columns=self.world.columns, rows=self.world.rows)
        return slot

    def tick(self, ms: int = TICK_MS) -> None:
        for _ in range(ms // TICK_MS):
            self.now += TICK_MS
            tick = self.world.tick(self.now)
            for data, slots in tick.frames:
                for slot in slots:
                    self._read(slot, data)
            for slot, data in tick.private:
                self._read(slot, data)

    def _read(self, slot: int, data: bytes) -> None:
        for message in payloads(data):
            if message[0] == 0x4B:
                self.bytes[slot] += len(message) + 4
                self.told[slot] += decode_bodies(message).items()
            if message[0] != 0x45:
                self.seen[slot].receive(message)


def test_nobody_is_told_more_than_eight_kilobytes_a_second_however_many_share_and_however_they_move() -> None:
    stage = Stage()
    chance = random.Random(5)
    reader = stage.enter(1000, 700)
    sharers = [stage.enter(chance.randrange(2100), chance.randrange(1400)) for _ in range(50)]
    may = [slot for slot in sharers if stage.world.bodies.begin(slot, stage.now)]
    assert len(may) == MOST_SHARING
    stage.tick(200)
    stage.bytes.clear()
    seconds = 10
    for n in range(seconds * BODY_HZ):
        for slot in sharers:
            stage.world.bodies.take(slot, body(n * 97 + slot), stage.now)
        stage.tick(2 * TICK_MS if n % 2 else TICK_MS)
    assert stage.bytes[reader] > 0
    assert max(stage.bytes.values()) / (stage.now / 1000) <= KB
    for told in stage.told.values():
        assert len({slot for slot, _ in told}) <= BODIES_MOST
        assert {slot for slot, _ in told} <= set(may)


def test_a_friend_holds_the_newest_body_within_two_ticks_and_a_neighbour_within_four() -> None:
    stage = Stage()
    ada, friend, neighbour, beyond = [stage.enter(x, 300) for x in (300, 400, 900, 1900)]
    stage.tick(200)
    stage.world.bodies.begin(ada, stage.now)
    stage.world.bodies.take(ada, body(1), stage.now)
    stage.tick(100)
    assert stage.seen[friend].near[ada].body == body(1)
    stage.tick(100)
    assert stage.seen[neighbour].near[ada].body == body(1)
    stage.tick(2000)
    assert ada not in stage.seen[beyond].near
    assert stage.told[beyond] == []


def test_who_comes_late_sees_somebody_who_holds_still() -> None:
    stage = Stage()
    ada = stage.enter(300, 300)
    stage.tick(200)
    stage.world.bodies.begin(ada, stage.now)
    stage.world.bodies.take(ada, body(1), stage.now)
    stage.tick(1500)
    late = stage.enter(400, 300)
    stage.world.bodies.take(ada, body(1), stage.now)
    stage.tick(200)
    assert stage.seen[late].near[ada].body == body(1)


def test_a_body_that_holds_still_is_told_once_a_second() -> None:
    stage = Stage()
    ada, friend = stage.enter(300, 300), stage.enter(400, 300)
    stage.tick(200)
    stage.world.bodies.begin(ada, stage.now)
    for _ in range(50):
        stage.world.bodies.take(ada, body(1), stage.now)
        stage.tick(100)
    assert 4 <= len(stage.told[friend]) <= 7


def test_the_end_is_told_to_all_and_no_body_comes_after_it() -> None:
    stage = Stage()
    ada, friend, neighbour = [stage.enter(x, 300) for x in (300, 400, 900)]
    stage.tick(200)
    stage.world.bodies.begin(ada, stage.now)
    stage.world.bodies.take(ada, body(1), stage.now)
    stage.tick(200)
    stage.world.bodies.end(ada)
    stage.world.bodies.take(ada, body(2), stage.now)
    stage.tick(3000)
    for reader in (friend, neighbour):
        assert stage.seen[reader].near[ada].body == NOBODY
        assert stage.told[reader][-1] == (ada, NOBODY)
    assert stage.world.bodies.is_idle


def test_who_says_nothing_for_three_seconds_is_not_seen_any_more() -> None:
    stage = Stage()
    ada, friend = stage.enter(300, 300), stage.enter(400, 300)
    stage.tick(200)
    stage.world.bodies.begin(ada, stage.now)
    stage.world.bodies.take(ada, body(1), stage.now)
    stage.tick(SILENT_MS - 200)
    assert stage.seen[friend].near[ada].body == body(1)
    stage.tick(400)
    assert stage.seen[friend].near[ada].body == NOBODY


def test_clients_that_do_not_know_of_bodies_are_told_none() -> None:
    stage = Stage()
    ada, old = stage.enter(300, 300), stage.enter(400, 300, bodies=False)
    stage.tick(200)
    stage.world.bodies.begin(ada, stage.now)
    stage.world.bodies.take(ada, body(1), stage.now)
    stage.tick(2000)
    assert stage.told[old] == []


def test_a_row_that_was_left_does_not_move_whoever_has_it_next() -> None:
    bodies = Bodies()
    assert bodies.begin(4, 0)
    bodies.take(4, body(1), 0)
    bodies.gone(4)
    bodies.take(4, body(2), 10)
    assert bodies.turn(4, 100, {4: 0}, 1, 1) is None
