"""Ways lead round walls, and there is one to every stop."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom.bots.ground import Ground, Stop

_CORNER = st.tuples(st.floats(0.5, 19.5), st.floats(0.5, 14.5))


@given(start=_CORNER, goal=_CORNER)
def test_every_stretch_of_a_way_is_clear_and_leads_there(
    ground: Ground, start: tuple[float, float], goal: tuple[float, float]
) -> None:
    start, goal = ground.free_near(start), ground.free_near(goal)
    if not (ground.is_free(start) and ground.is_free(goal)):
        return
    at, walked = start, 0.0
    inside = 13 < start[0] < 17 and 3 < start[1] < 5
    if inside != (13 < goal[0] < 17 and 3 < goal[1] < 5):
        return  # a closed box: there is no way
    for _ in range(200):
        if math.dist(at, goal) < 0.3:
            break
        step = ground.next_towards(at, goal)
        assert not ground.crosses(at, step)
        walked += math.dist(at, step)
        at = step
    assert math.dist(at, goal) < 0.3
    assert walked < 60


def test_made_up_stops_are_free_apart_and_connected(ground: Ground) -> None:
    assert len(ground.stops) >= 12
    assert len({stop.slot for stop in ground.stops}) == len(ground.stops)
    for stop in ground.stops:
        assert ground.is_free(stop.at)
        assert all(math.dist(stop.at, other.at) > 1 for other in ground.stops if other is not stop)
        assert ground.next_towards(ground.stops[0].at, stop.at) != ground.stops[0].at or stop is ground.stops[0]


def test_the_same_seed_gives_the_same_stops(ground: Ground) -> None:
    again = Ground(ground.size_m, ground.walls_m).with_stops(random.Random(4), 20)
    assert again.stops == ground.stops


def test_given_stops_are_kept() -> None:
    stop = Stop((1.0, 1.0), 0.0, 3, "chair")
    assert Ground((5, 5), stops=[stop]).with_stops(random.Random(1)).stops == [stop]


def test_an_obstacle_that_is_learnt_is_walked_round() -> None:
    ground = Ground((4.0, 4.0))
    assert ground.is_clear((0.5, 2.0), (3.5, 2.0))
    for step in range(12):
        ground.block((2.0, 1.0 + step * 0.15))
    assert not ground.is_clear((0.5, 2.0), (3.5, 2.0))
    assert ground.next_towards((0.5, 2.0), (3.5, 2.0)) != (3.5, 2.0)


@pytest.mark.parametrize("size", [(1.0, 1.0), (600.0, 600.0), (1.0, 600.0)])
def test_any_floor_has_a_bounded_grid(size: tuple[float, float]) -> None:
    ground = Ground(size)
    assert 1 <= ground.columns * ground.rows <= 61_000
    assert ground.with_stops(random.Random(1), 5).stops
