"""Bodies: never in a wall, never in each other for long, and they arrive."""

import math
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from showroom.bots.ground import Ground
from showroom.bots.walker import ACCELERATION, TURN, Walker

_DT = 0.1


def _neighbours(walkers: list[Walker], me: Walker) -> list[tuple[float, float, float, float]]:
    return [
        (*other.at, *other.velocity)
        for other in walkers
        if other is not me and math.dist(other.at, me.at) < 2
    ]  # fmt: skip


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_nobody_leaves_the_floor_or_outruns_their_legs(ground: Ground, seed: int) -> None:
    chance = random.Random(seed)
    walkers = [Walker(chance.choice(ground.stops).at, pace=chance.uniform(1, 1.5), side=s) for s in (1, -1, 1, -1)]
    for step in range(150):
        for walker in walkers:
            if step % 20 == 0:
                walker.go(chance.choice(ground.stops).at)
            if step % 4 == 0:
                walker.plan(ground)
            was_at, was_yaw, was_speed = walker.at, walker.yaw, walker.velocity
            walker.step(_DT, ground, _neighbours(walkers, walker))
            assert ground.is_free(walker.at)
            assert not ground.crosses(was_at, walker.at)
            assert math.dist(was_at, walker.at) <= walker.pace * 1.25 * _DT + 1e-6
            turned = abs((walker.yaw - was_yaw + math.pi) % math.tau - math.pi)
            assert turned <= TURN * _DT + 1e-6
            if math.dist(walker.velocity, was_speed) > ACCELERATION * _DT + 1e-6:
                assert walker.velocity[0] == 0 or walker.velocity[1] == 0  # a wall took the rest


@given(seed=st.integers(0, 1000), speeds=st.tuples(st.floats(1, 1.5), st.floats(1, 1.5)))
def test_two_who_meet_pass_each_other(seed: int, speeds: tuple[float, float]) -> None:
    ground = Ground((20.0, 10.0))
    off = random.Random(seed).uniform(-0.3, 0.3)
    walkers = [Walker((3, 5), pace=speeds[0]), Walker((17, 5 + off), pace=speeds[1], side=-1)]
    walkers[0].go((17, 5))
    walkers[1].go((3, 5 + off))
    nearest = 99.0
    for step in range(220):
        for walker in walkers:
            if step % 4 == 0:
                walker.plan(ground)
            walker.step(_DT, ground, _neighbours(walkers, walker))
        nearest = min(nearest, math.dist(walkers[0].at, walkers[1].at))
    assert nearest > 0.3
    assert all(walker.is_there for walker in walkers)
    assert math.dist(walkers[0].at, (17, 5)) < 1.1


def test_a_walker_comes_to_a_stand_where_it_wanted_and_looks_where_it_should() -> None:
    ground = Ground((10.0, 10.0))
    walker = Walker((1, 1))
    walker.go((7, 8))
    for step in range(120):
        if step % 4 == 0:
            walker.plan(ground)
        walker.step(_DT, ground)
    assert walker.is_there
    assert math.dist(walker.at, (7, 8)) < 0.2
    walker.look = 2.0
    for _ in range(40):
        walker.step(_DT, ground)
    assert abs(walker.yaw - 2.0) < 0.02
    assert walker.speed == 0


def test_who_cannot_get_there_gives_up() -> None:
    ground = Ground((10.0, 10.0))
    walker = Walker((1, 1))
    for step in range(12):
        ground.block((2.0 + step * 0.0, 0.1 + step * 0.9))
    walker.go((50, 50))
    for step in range(400):
        if step % 4 == 0:
            walker.plan(ground)
        walker.step(_DT, ground)
    assert walker.is_there


def test_who_was_put_next_to_a_wall_does_not_get_out_on_its_other_side(ground: Ground) -> None:
    walker = Walker((0, 0))
    walker.put((4.95, 3.0), 0)  # 5 cm from a wall
    walker.go((7.0, 3.0))
    for step in range(300):
        was_at = walker.at
        if step % 4 == 0:
            walker.plan(ground)
        walker.step(_DT, ground)
        assert not ground.crosses(was_at, walker.at)
    assert math.dist(walker.at, (7.0, 3.0)) < 1.1
