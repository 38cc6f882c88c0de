"""Rotations of heads and hands in three bytes."""

import math

from hypothesis import assume, given
from hypothesis import strategies as st

from showroom.protocol.rig import ROTATION, pack_part, unpack_part

one = st.floats(-1, 1)


def unit(values: tuple[float, ...]) -> tuple[float, float, float, float]:
    length = math.sqrt(sum(value * value for value in values))
    assume(length > 0.1)
    x, y, z, w = (value / length for value in values)
    return x, y, z, w


@given(st.tuples(one, one, one, one))
def test_a_rotation_comes_back_within_two_degrees(values: tuple[float, ...]) -> None:
    rotation = unit(values)
    back = ROTATION.unpack(ROTATION.pack(rotation))
    dot = abs(sum(a * b for a, b in zip(rotation, back, strict=True)))
    assert math.degrees(2 * math.acos(min(dot, 1))) < 2
    assert ROTATION.pack(rotation) < 1 << 23


@given(st.integers(0, (1 << 24) - 1))
def test_whatever_bits_are_a_unit_quaternion(word: int) -> None:
    assert math.isclose(sum(value * value for value in ROTATION.unpack(word)), 1, rel_tol=1e-9)


@given(st.tuples(st.integers(-128, 127), st.integers(0, 255), st.integers(-128, 127)))
def test_a_place_comes_back_to_the_centimetre(place: tuple[int, int, int]) -> None:
    packed = pack_part((place, (0, 0, 0, 1)))
    assert len(packed) == 6
    assert unpack_part(packed)[0] == place


def test_what_is_out_of_reach_is_brought_within() -> None:
    assert unpack_part(pack_part(((500, -9, -500), (0, 0, 0, -1))))[0] == (127, 0, -128)
