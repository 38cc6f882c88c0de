"""Bodies in bytes: what goes in comes out, and whatever comes in is a body or is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom.protocol.body import (
    BODY_BYTES,
    BONES,
    TURN,
    Body,
    decode_bodies,
    encode_bodies,
    is_body,
    rotations_of,
)
from showroom.protocol.errors import ProtocolError
from showroom.protocol.ids import MAX_BYTES, Close, ToServer
from showroom.protocol.messages import decode_from_client, encode_to_server
from showroom.protocol.rotation import Quaternion

_PART = st.floats(-1, 1, allow_nan=False)
_TURN = st.tuples(_PART, _PART, _PART, _PART).filter(lambda q: math.hypot(*q) > 0.1)
_QUARTER = math.radians(0.25)


def unit(turn: Quaternion) -> Quaternion:
    n = math.hypot(*turn)
    return (turn[0] / n, turn[1] / n, turn[2] / n, turn[3] / n)


def apart(a: Quaternion, b: Quaternion) -> float:
    """The angle between two rotations; by the chord, which small angles do not lose."""
    chord = min(math.dist(a, b), math.dist(a, tuple(-c for c in b)))
    return 4 * math.asin(min(1.0, chord / 2))


@given(_TURN)
def test_a_rotation_comes_back_to_a_quarter_of_a_degree(turn: Quaternion) -> None:
    assert apart(TURN.unpack(TURN.pack(unit(turn))), unit(turn)) < _QUARTER


@given(st.integers(0, 2**32 - 1))
def test_whatever_the_bits_they_are_a_rotation(word: int) -> None:
    assert math.hypot(*TURN.unpack(word)) == pytest.approx(1, abs=1e-9)


def test_no_turn_at_all_is_met_exactly() -> None:
    assert TURN.unpack(TURN.pack((0.0, 0.0, 0.0, 1.0))) == (0.0, 0.0, 0.0, 1.0)


@given(st.dictionaries(st.sampled_from(BONES), _TURN.map(unit)))
def test_a_body_says_which_bones_it_has_and_is_no_longer_than_the_table_allows(
    rotations: dict[str, Quaternion],
) -> None:
    message = encode_to_server(Body.of(rotations))
    assert is_body(message)
    assert len(message) <= BODY_BYTES == MAX_BYTES[ToServer.BODY]
    assert decode_from_client(message) == Body.of(rotations)
    assert set(rotations_of(message[1:])) == set(rotations)


@given(st.binary(max_size=100))
def test_any_bytes_are_a_body_or_are_refused(data: bytes) -> None:
    payload = bytes((ToServer.BODY,)) + data
    if is_body(payload):
        body = decode_from_client(payload)
        assert isinstance(body, Body)
        assert body.encode() == payload
    else:
        with pytest.raises(ProtocolError) as caught:
            decode_from_client(payload)
        assert caught.value.close in (Close.MALFORMED, Close.TOO_LARGE)


@given(st.dictionaries(st.integers(0, 65535), st.sets(st.integers(0, len(BONES) - 1)), max_size=20))
def test_bodies_are_told_by_slot(masks: dict[int, set[int]]) -> None:
    bodies = {
        slot: Body(tuple(sorted(bones)), tuple(bone * 0x1234567 % 2**32 for bone in sorted(bones))).encode()[1:]
        for slot, bones in masks.items()
    }
    message = encode_bodies(bodies)
    assert decode_bodies(message) == bodies
    for n in range(1, len(message)):
        with pytest.raises(ProtocolError):
            decode_bodies(message[:n])
