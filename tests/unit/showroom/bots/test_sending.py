"""Poses are sent when the server would be wrong, and honest bots are never put back."""

import math
import random

import pytest

from showroom.bots.ground import Ground
from showroom.bots.mind import Behaviour, Mind
from showroom.bots.walker import Walker
from showroom.protocol.predict import PoseSender
from showroom.world.floor import Floor
from showroom.world.world import World

_COUNT = 30


def _crowd(
    floor: Floor, ground: Ground, behaviour: Behaviour
) -> tuple[World, list[tuple[int, Walker, Mind, PoseSender]]]:
    chance = random.Random(5)
    world = World(floor, capacity=_COUNT)
    bots = []
    for number in range(_COUNT):
        slot = world.enter(0)
        walker = Walker(
            ground.stops[number % len(ground.stops)].at, pace=chance.uniform(1, 1.5), side=number % 2 * 2 - 1
        )
        world.place(slot, 0, (round(walker.at[0] * 100), round(walker.at[1] * 100), 0), 0)
        world.attach(slot)
        mind = Mind(ground, walker, random.Random(number), behaviour=behaviour, meeting_point=ground.stops[2])
        if number % 5 == 1:
            mind.follow(bots[-1][1])
        bots.append((slot, walker, mind, PoseSender(world.limits)))
    return world, bots


@pytest.mark.parametrize("behaviour", list(Behaviour))
def test_a_crowd_of_bots_is_never_put_back_and_always_seen_where_it_is(
    floor: Floor, ground: Ground, behaviour: Behaviour
) -> None:
    world, bots = _crowd(floor, ground, behaviour)
    world.tick(0)
    refused: dict[object, int] = {}
    worst_cm, sent = 0.0, 0
    for now in range(100, 60_000, 100):
        bodies = [(*walker.at, *walker.velocity) for _, walker, _, _ in bots]
        slots, payloads = [], []
        for index, (slot, walker, mind, sender) in enumerate(bots):
            if (now // 100 + index) % 3 == 0:
                mind.think(now / 1000)
            near = [b for i, b in enumerate(bodies) if i != index and math.dist(b[:2], walker.at) < 2]
            walker.step(0.1, ground, near)
            pose = sender.offer(now, walker.body())
            if pose is not None:
                slots.append(slot)
                payloads.append(pose.encode())
        applied = world.apply(now, slots, payloads)
        assert not applied.malformed
        assert not applied.flooding
        for reason, count in applied.refused.items():
            refused[reason] = refused.get(reason, 0) + count
        world.tick(now)
        sent += len(slots)
        for slot, walker, _, _ in bots:
            x, z, _, _ = world.position(slot)
            worst_cm = max(worst_cm, math.hypot(x - walker.at[0] * 100, z - walker.at[1] * 100))
    assert refused == {}
    # The threshold, a centimetre of rounding, and what one step adds before the next look.
    assert worst_cm < world.limits.error_cm + 2
    assert sent / _COUNT / 60 < 8


def test_a_body_says_where_it_is() -> None:
    walker = Walker((1.234, 9.876), yaw=-math.pi / 2)
    walker.velocity = (0.5, -1.25)
    pose = PoseSender(World(Floor((1000, 1000)), capacity=2).limits).offer(42, walker.body(anim=2))
    assert pose is not None
    assert (pose.x, pose.z, pose.vx, pose.vz, pose.yaw, pose.anim, pose.time_ms) == (123, 988, 500, -1250, 49152, 2, 42)
