"""
A body on the wire: how the joints of somebody who shares their movements are turned. No face, no place, no picture.

BODY, upwards: u8 id, u24 mask of bones, u32 a rotation for each bit set, lowest first. BODIES, downwards: u8 id, u8
count, then for each u16 slot and mask and rotations as they came. Bones are counted in the order of ``BONES``; a mask
of nothing says that nobody is seen just now.

A rotation is a normalised local one of VRM 1.0 (all identity is the T-pose; +X the body's left, +Y up, +Z ahead; the
hips against somebody who faces the camera), as "smallest three" with ten bits each: a quarter of a degree at
worst, and whatever the bits say, it is a rotation. The server passes them on unread.
"""

import struct
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from showroom.protocol.errors import ProtocolError
from showroom.protocol.ids import Close, ToClient, ToServer
from showroom.protocol.rotation import Quaternion, SmallestThree

BONES: Final = (
    "hips", "spine", "chest", "upperChest", "neck", "head",
    "leftShoulder", "leftUpperArm", "leftLowerArm", "leftHand",
    "rightShoulder", "rightUpperArm", "rightLowerArm", "rightHand",
    "leftUpperLeg", "leftLowerLeg", "leftFoot", "rightUpperLeg", "rightLowerLeg", "rightFoot",
)  # fmt: skip
"""A bone's number is its place here; new ones may come behind, none may move."""

MASK_BYTES: Final = 3
TURN_BYTES: Final = 4
BODY_BYTES: Final = 1 + MASK_BYTES + TURN_BYTES * len(BONES)
NOBODY: Final = bytes(MASK_BYTES)
"""Mask and rotations of nobody."""
MOST_IN_BODIES: Final = 255

TURN: Final = SmallestThree(bits=10, steps=1022)
"""A joint's rotation in 32 bits."""

_ALL: Final = (1 << len(BONES)) - 1


class Body(Struct, frozen=True):
    """BODY as it is sent: which bones, and their packed rotations in the same order."""

    bones: tuple[int, ...] = ()
    turns: tuple[int, ...] = ()

    @classmethod
    def of(cls, rotations: Mapping[str, Quaternion]) -> "Body":
        """From rotations by the bones' names."""
        bones = tuple(n for n, name in enumerate(BONES) if name in rotations)
        return cls(bones, tuple(TURN.pack(rotations[BONES[n]]) for n in bones))

    def encode(self) -> bytes:
        """The message's bytes."""
        mask = sum(1 << bone for bone in self.bones)
        return struct.pack(f"<B3s{len(self.turns)}I", ToServer.BODY, mask.to_bytes(3, "little"), *self.turns)

    @classmethod
    def decode(cls, payload: bytes) -> "Body":
        """
        Read a BODY message.

        Raises
        ------
        ProtocolError
            It is none.
        """
        if not is_body(payload):
            raise ProtocolError(Close.MALFORMED, f"BODY of {len(payload)} bytes")
        mask = int.from_bytes(payload[1:4], "little")
        bones = tuple(bone for bone in range(len(BONES)) if mask >> bone & 1)
        return cls(bones, struct.unpack_from(f"<{len(bones)}I", payload, 4))


def is_body(payload: bytes) -> bool:
    """Whether these bytes are a well-formed BODY: all that the server looks at."""
    if len(payload) < 1 + MASK_BYTES or payload[0] != ToServer.BODY:
        return False
    mask = int.from_bytes(payload[1:4], "little")
    return mask <= _ALL and len(payload) == 1 + MASK_BYTES + TURN_BYTES * mask.bit_count()


def encode_bodies(bodies: Mapping[int, bytes]) -> bytes:
    """BODIES from mask and rotations by slot, as they came behind BODY's id."""
    records = [slot.to_bytes(2, "little") + body for slot, body in bodies.items()]
    return bytes((ToClient.BODIES, len(records))) + b"".join(records)


def decode_bodies(payload: bytes) -> dict[int, bytes]:
    """
    Mask and rotations by slot.

    Raises
    ------
    ProtocolError
        It is no BODIES message.
    """
    found: dict[int, bytes] = {}
    at = 2
    for _ in range(payload[1] if len(payload) > 1 else 0):
        mask = int.from_bytes(payload[at + 2 : at + 5], "little")
        end = at + 2 + MASK_BYTES + TURN_BYTES * mask.bit_count()
        if mask > _ALL or end > len(payload):
            raise ProtocolError(Close.MALFORMED, "BODIES end early, or name bones that there are not")
        found[int.from_bytes(payload[at : at + 2], "little")] = payload[at + 2 : end]
        at = end
    if at != len(payload) or payload[0] != ToClient.BODIES:
        raise ProtocolError(Close.MALFORMED, f"BODIES of {len(payload)} bytes")
    return found


def rotations_of(body: bytes) -> dict[str, Quaternion]:
    """The rotations, by the bones' names, of mask and rotations."""
    mask = int.from_bytes(body[:MASK_BYTES], "little")
    names = [name for bone, name in enumerate(BONES) if mask >> bone & 1]
    turns = struct.unpack_from(f"<{len(names)}I", body, MASK_BYTES)
    return {name: TURN.unpack(turn) for name, turn in zip(names, turns, strict=True)}
