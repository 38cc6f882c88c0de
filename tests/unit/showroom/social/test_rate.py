"""A bucket never gives more than its rate and burst."""

import pickle

from hypothesis import given
from hypothesis import strategies as st

from showroom.social.errors import TooFast
from showroom.social.rate import Bucket


@given(st.floats(0.1, 50), st.integers(1, 50), st.lists(st.integers(0, 2000), max_size=200))
def test_no_more_than_burst_and_rate_is_ever_given(per_s: float, burst: int, steps: list[int]) -> None:
    bucket = Bucket(per_s, burst, now_ms=0)
    now, given_out = 0, 0
    for step in steps:
        now += step
        given_out += bucket.take(now)
        assert given_out <= burst + per_s * now / 1000 + 1e-6


@given(st.floats(0.1, 50), st.integers(1, 20), st.integers(0, 10_000))
def test_after_the_wait_it_told_there_is_enough(per_s: float, burst: int, now: int) -> None:
    bucket = Bucket(per_s, burst, now_ms=0)
    while bucket.take(now):
        pass
    assert bucket.take(now + bucket.wait_ms(now))


def test_a_clock_that_steps_back_changes_nothing() -> None:
    bucket = Bucket(1, 2, now_ms=10_000)
    assert bucket.take(5_000)
    assert bucket.take(9_000)
    assert not bucket.take(9_500)
    assert not bucket.take(10_000)
    assert bucket.take(11_000)


def test_a_wait_is_told_to_sockets_and_to_http() -> None:
    error = TooFast("Too many. Wait.", retry_after_ms=1001)
    assert error.fields == {"retry_after_ms": 1001, "retry_after_s": 2}
    assert pickle.loads(pickle.dumps(error)).fields == error.fields
