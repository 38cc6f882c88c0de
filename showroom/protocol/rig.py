"""
Heads and hands on the wire: six bytes a part, a place beside the person's root and a rotation in three bytes.

The rotation is "smallest three" with seven bits each, which leaves an error below 2 degrees. The server passes parts on
and looks at their reach alone.
"""

import struct
from typing import Final

from showroom.protocol.pose import PART_BYTES
from showroom.protocol.rotation import Quaternion, SmallestThree

ROTATION: Final = SmallestThree(bits=7, steps=127)
"""A part's rotation in 24 bits, the highest of them 0."""

Part = tuple[tuple[float, float, float], Quaternion]
"""x, y, z in centimetres from the root, in the person's own space, and the rotation there."""


def pack_part(part: Part) -> bytes:
    """Six bytes; places beyond ±127 cm sideways, or below 0 or above 255 cm, are brought within."""
    (x, y, z), rotation = part
    place = struct.pack("<bBb", _within(x, -128, 127), _within(y, 0, 255), _within(z, -128, 127))
    return place + ROTATION.pack(rotation).to_bytes(3, "little")


def unpack_part(data: bytes) -> Part:
    """The part of six bytes."""
    x, y, z = struct.unpack_from("<bBb", data)
    return (float(x), float(y), float(z)), ROTATION.unpack(int.from_bytes(data[3:PART_BYTES], "little"))


def _within(value: float, low: int, high: int) -> int:
    return min(max(round(value), low), high)
