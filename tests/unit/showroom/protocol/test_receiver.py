"""The reference receiver refuses what does not follow the tables, with one error, and believes no count."""

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom.protocol.errors import ProtocolError
from showroom.protocol.ids import Close, ToClient
from showroom.protocol.receiver import Correction, Crowd

VECTORS = Path(__file__).parents[3] / "contract" / "vectors"
STREAM = json.loads((VECTORS / "stream.json").read_text())
MESSAGES = [payload for step in STREAM["steps"] if (payload := bytes.fromhex(step["hex"]))[0] != ToClient.CORRECT]


def crowd_after(messages: int) -> Crowd:
    crowd = Crowd(cell_cm=700, columns=3, rows=2)
    for payload in MESSAGES[:messages]:
        crowd.receive(payload)
    return crowd


def refusal_of(crowd: Crowd, payload: bytes) -> Close | None:
    try:
        crowd.receive(payload)
    except ProtocolError as error:
        return error.close
    return None


@settings(max_examples=300)
@given(st.integers(0, len(MESSAGES) - 1), st.data())
def test_mutilated_frames_raise_one_error_or_nothing(number: int, data: st.DataObject) -> None:
    payload = bytearray(MESSAGES[number])
    for _ in range(data.draw(st.integers(0, 4))):
        payload[data.draw(st.integers(0, min(len(payload), 400) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(payload)))
    assert refusal_of(crowd_after(number), bytes(payload)) in (None, Close.MALFORMED, Close.UNKNOWN_MESSAGE)
    assert refusal_of(crowd_after(number), bytes(payload[:cut])) in (None, Close.MALFORMED, Close.UNKNOWN_MESSAGE)


@settings(max_examples=300)
@given(st.sampled_from([ToClient.FRAME, ToClient.KEYFRAME, ToClient.FAR, ToClient.RIGS]), st.binary(max_size=80))
def test_noise_raises_one_error_or_nothing(kind: ToClient, noise: bytes) -> None:
    for crowd in (Crowd(), crowd_after(12)):
        assert refusal_of(crowd, bytes([kind]) + noise) in (None, Close.MALFORMED)


@pytest.mark.parametrize("number", range(len(MESSAGES)))
def test_every_prefix_and_every_suffix_of_a_message_is_malformed(number: int) -> None:
    payload = MESSAGES[number]
    for cut in range(1, min(len(payload), 120)):
        assert refusal_of(crowd_after(number), payload[:cut]) is Close.MALFORMED, cut
    assert refusal_of(crowd_after(number), payload + b"\0") is Close.MALFORMED


def test_a_count_of_thousands_reserves_nothing() -> None:
    lies = [
        bytes([ToClient.KEYFRAME, 0, 0, 0, 0, 0, 0, 0, 0x10, 0x80, 0x82, 255, 255]),
        bytes([ToClient.FAR, 0, 0, 8]) + b"\xff" * 280,
        bytes([ToClient.RIGS, 255]),
    ]
    tracemalloc.start()
    for lie in lies:
        assert refusal_of(Crowd(), lie) is Close.MALFORMED
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000


@given(st.binary(min_size=13, max_size=13))
def test_a_correction_comes_back_alike(body: bytes) -> None:
    payload = bytes([ToClient.CORRECT]) + body
    assert Correction.decode(payload).encode() == payload
