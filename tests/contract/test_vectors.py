"""The golden vectors hold the code to what was promised; TypeScript reads the same files."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from make_vectors import FIELDS, HERE, lines, main, plain

from showroom.protocol.body import Body, decode_bodies, rotations_of
from showroom.protocol.errors import ProtocolError
from showroom.protocol.ids import Close, ToClient
from showroom.protocol.messages import decode_from_client, decode_from_server
from showroom.protocol.receiver import Correction, Crowd
from showroom.protocol.rig import pack_part, unpack_part


def read(name: str) -> Any:
    return json.loads((HERE / f"{name}.json").read_text())


def test_what_is_written_today_is_what_the_vectors_promise(tmp_path: Path) -> None:
    """A difference is a change of the protocol: raise its version, or undo it."""
    main(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        assert path.read_text() == (HERE / path.name).read_text(), path.name
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in HERE.iterdir()}


@pytest.mark.parametrize("case", read("to_server"), ids=lambda case: case["message"])
def test_a_client_s_message_means_what_its_vector_says(case: dict[str, Any]) -> None:
    assert json.loads(json.dumps(plain(decode_from_client(bytes.fromhex(case["hex"]))))) == case["means"]


@pytest.mark.parametrize("case", read("to_client"), ids=lambda case: case["message"])
def test_a_server_s_message_means_what_its_vector_says(case: dict[str, Any]) -> None:
    payload = bytes.fromhex(case["hex"])
    found = Correction.decode(payload) if payload[0] == ToClient.CORRECT else decode_from_server(payload)
    assert json.loads(msgspec.json.encode(found)) == case["means"]


@pytest.mark.parametrize("case", read("malformed"), ids=lambda case: case["what"])
def test_what_is_malformed_is_refused_with_its_code(case: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError) as caught:
        decode_from_client(bytes.fromhex(case["hex"]))
    assert caught.value.close is Close(case["close"])


def test_a_receiver_holds_what_the_stream_says_after_every_message() -> None:
    told = read("stream")
    crowd = Crowd(cell_cm=told["cell_cm"], columns=told["columns"], rows=told["rows"])
    kinds = set()
    for step in told["steps"]:
        payload = bytes.fromhex(step["hex"])
        kinds.add(payload[0])
        if payload[0] != ToClient.CORRECT:
            crowd.receive(payload)
        held = [[*(getattr(p, field) for field in FIELDS), p.rig.hex()] for _, p in sorted(crowd.near.items())]
        assert held == step["near"], step["what"]
        assert crowd.centre == step["centre"]
    assert kinds == {ToClient.FRAME, ToClient.KEYFRAME, ToClient.CORRECT, ToClient.RIGS}


def test_the_far_crowd_is_where_the_vector_says() -> None:
    told = read("crowd")
    crowd = Crowd(cell_cm=told["cell_cm"], columns=told["columns"], rows=told["rows"])
    crowd.receive(bytes.fromhex(told["hex"]))
    assert {str(slot): list(place) for slot, place in crowd.far.items()} == told["far"]


def test_heads_and_hands_are_held_as_the_vectors_say() -> None:
    for case in read("rig"):
        place, rotation = case["of"]
        assert pack_part((tuple(place), tuple(rotation))).hex() == case["hex"]
        found = unpack_part(bytes.fromhex(case["hex"]))
        assert list(found[0]) == place
        assert found[1] == pytest.approx(case["rotation"], abs=0.0006)


def test_bodies_are_held_as_the_vectors_say() -> None:
    told = read("body")
    for case in told["up"]:
        rotations = {bone: tuple(rotation) for bone, rotation in case["of"].items()}
        assert Body.of(rotations).encode().hex() == case["hex"]
        found = rotations_of(bytes.fromhex(case["hex"])[1:])
        assert list(found) == [bone for bone in told["bones"] if bone in case["of"]]
        for bone, rotation in found.items():
            assert rotation == pytest.approx(case["rotations"][bone], abs=0.0006)
    for case in told["down"]:
        found_by_slot = decode_bodies(bytes.fromhex(case["hex"]))
        assert {str(slot): body.hex() for slot, body in found_by_slot.items()} == case["bodies"]


def test_vectors_are_json_whatever_is_in_them() -> None:
    assert json.loads(lines({"a": [{"b": 1}], "c": {"d": []}})) == {"a": [{"b": 1}], "c": {"d": []}}
