"""Rate limits: never more than the bucket and its refill, whatever the order; and bounded memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom.errors import TooMany
from showroom.http.limits import Limits, Rate


class Clock:
    at_s = 0.0

    def __call__(self) -> float:
        return self.at_s


def limits(clock: Clock, *, factor: float = 3.0, most: int = 1000) -> Limits:
    return Limits({"write": Rate(2.0, 5.0), "read": Rate(10, 10)}, address_factor=factor, clock=clock, most=most)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 3)), max_size=80))
def test_nobody_gets_more_than_the_bucket_and_its_refill(asks: list[tuple[str, float]]) -> None:
    clock = Clock()
    found = limits(clock)
    allowed = {"a": 0, "b": 0, "c": 0}
    for person, wait_s in asks:
        clock.at_s += wait_s
        try:
            found.take("write", person=person, address="1.1.1.1")
        except TooMany:
            continue
        allowed[person] += 1
    for count in allowed.values():
        assert count <= 5 + 2.0 * clock.at_s + 1e-6
    assert sum(allowed.values()) <= 3 * (5 + 2.0 * clock.at_s) + 1e-6


def test_who_waits_as_long_as_told_gets_in() -> None:
    clock = Clock()
    found = limits(clock)
    for _ in range(5):
        found.take("write", person="a", address="x")
    with pytest.raises(TooMany) as caught:
        found.take("write", person="a", address="x")
    clock.at_s += caught.value.fields["retry_after_s"]
    found.take("write", person="a", address="x")


def test_one_person_does_not_use_up_the_address_for_the_others() -> None:
    clock = Clock()
    found = limits(clock)
    for _ in range(100):
        try:
            found.take("write", person="greedy", address="x")
        except TooMany:
            continue
    found.take("write", person="other", address="x")


def test_classes_are_counted_apart() -> None:
    found = limits(Clock())
    for _ in range(5):
        found.take("write", person="a", address="x")
    found.take("read", person="a", address="x")


def test_invented_people_cost_no_memory_and_their_address_is_counted() -> None:
    found = limits(Clock(), most=100)
    refused = 0
    for number in range(10_000):
        try:
            found.take("write", person=f"p{number}", address="x")
        except TooMany:
            refused += 1
    assert len(found) <= 100
    assert refused == 10_000 - 15
