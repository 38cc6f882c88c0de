"""Byte ranges and entity tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom.http.ranges import UnsatisfiableRange, byte_range, is_known


@given(size=st.integers(1, 10**6), data=st.data())
def test_a_range_is_what_slicing_gives(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, 2 * size))
    assert byte_range(f"bytes={first}-{last}", size) == (first, min(last + 1, size))
    assert byte_range(f"bytes={first}-", size) == (first, size)
    assert byte_range(f"bytes=-{last + 1}", size) == (max(0, size - last - 1), size)


@given(header=st.text(max_size=40), size=st.integers(0, 10**6))
def test_whatever_is_asked_the_range_lies_within(header: str, size: int) -> None:
    try:
        part = byte_range(header, size)
    except UnsatisfiableRange:
        return
    assert part is None or 0 <= part[0] < part[1] <= size


@pytest.mark.parametrize("header", [None, "", "bytes=-", "bytes=5-2", "bytes=0-1,4-5", "items=0-1", "bytes=a-b"])
def test_what_is_no_single_range_means_the_whole(header: str | None) -> None:
    assert byte_range(header, 10) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-11", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(UnsatisfiableRange):
        byte_range(header, 10)


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ('"abc"', True),
        ('W/"abc"', True),
        ('"x", "abc"', True),
        ("*", True),
        ('"ab"', False),
        ("", False),
        (None, False),
    ],
)
def test_a_tag_is_known_if_it_is_among_those_the_browser_has(header: str | None, known: bool) -> None:
    assert is_known(header, "abc") is known
