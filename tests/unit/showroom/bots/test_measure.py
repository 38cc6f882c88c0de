"""The measure is honest: it knows how old what it sees is."""

import random

import pytest

from showroom.bots.measure import Measure, Trail


def _walk(trail: Trail, seconds: float = 3.0, speed: float = 1.0) -> float:
    steps = int(seconds * 10)
    for step in range(steps + 1):
        trail.add(step / 10, (step / 10 * speed, 5.0))
    return steps / 10


@pytest.mark.parametrize("late_s", [0.0, 0.05, 0.2, 1.0])
def test_the_age_of_a_shown_place_is_how_long_ago_one_was_there(late_s: float) -> None:
    trail = Trail()
    now = _walk(trail)
    age, off = trail.age_s((now - late_s) * 100, 500, now)
    # Ten centimetres are let pass: a tenth of a second at 1 m/s.
    assert age == pytest.approx(max(late_s - 0.1, 0), abs=0.011)
    assert off <= 10


def test_a_place_one_never_was_at_is_told_as_off_the_way() -> None:
    trail = Trail()
    now = _walk(trail)
    age, off = trail.age_s(200, 540, now)
    assert off == pytest.approx(40)
    assert age == pytest.approx(1.0, abs=0.01)


def test_who_stands_is_not_moving_and_who_was_put_elsewhere_begins_anew() -> None:
    trail = Trail()
    _walk(trail)
    assert trail.is_moving()
    trail.add(3.1, (9.0, 9.0), 1)
    assert len(trail.points) == 1
    assert not trail.is_moving()
    for step in range(20):
        trail.add(3.2 + step / 10, (9.0, 9.0), 1)
    assert not trail.is_moving()


def test_old_places_are_forgotten() -> None:
    trail = Trail()
    _walk(trail, seconds=100)
    assert len(trail.points) <= 32


def test_the_summary_is_plain_numbers_even_if_nothing_happened() -> None:
    numbers = Measure(random.Random(1)).summary(bots=0, seconds=0, cpu_s=0)
    assert numbers["staleness_p99_ms"] is None
    assert numbers["delivered"] is None
    assert numbers["joined"] == 0


def test_samples_are_bounded_and_still_stand_for_all() -> None:
    measure = Measure(random.Random(1))
    for number in range(200_000):
        measure.age(number / 200_000, 0)
    assert len(measure.ages_s) == 50_000
    numbers = measure.summary(bots=1, seconds=1, cpu_s=0)
    assert numbers["staleness_p50_ms"] == pytest.approx(500, abs=15)
    assert numbers["staleness_samples"] == 200_000
