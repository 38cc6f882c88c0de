"""
Heads and hands on the wire: six bytes a part, a place beside the person's root and a rotation in three bytes.

The rotation is "smallest three": the largest component of a unit quaternion follows from the others, which all lie
within ±1/sqrt(2). Seven bits each leave an error below 2 degrees. The server passes parts on and looks at their reach
alone.
"""

import math
import struct
from typing import Final

from showroom.protocol.pose import PART_BYTES

_SCALE: Final = 127 / math.sqrt(2)
_HALF: Final = math.sqrt(0.5)

Quaternion = tuple[float, float, float, float]
"""x, y, z, w; of length one."""
Part = tuple[tuple[float, float, float], Quaternion]
"""x, y, z in centimetres from the root, in the person's own space, and the rotation there."""


def pack_part(part: Part) -> bytes:
    """Six bytes; places beyond ±127 cm sideways, or below 0 or above 255 cm, are brought within."""
    (x, y, z), rotation = part
    place = struct.pack("<bBb", _within(x, -128, 127), _within(y, 0, 255), _within(z, -128, 127))
    return place + pack_rotation(rotation).to_bytes(3, "little")


def unpack_part(data: bytes) -> Part:
    """The part of six bytes."""
    x, y, z = struct.unpack_from("<bBb", data)
    return (float(x), float(y), float(z)), unpack_rotation(int.from_bytes(data[3:PART_BYTES], "little"))


def pack_rotation(rotation: Quaternion) -> int:
    """24 bits: which component is left out (2), then the others (7 each) in the order x, y, z, w."""
    largest = max(range(4), key=lambda index: abs(rotation[index]))
    sign = -1.0 if rotation[largest] < 0 else 1.0
    word, shift = largest, 2
    for index in range(4):
        if index != largest:
            word |= _within((sign * rotation[index] + _HALF) * _SCALE, 0, 127) << shift
            shift += 7
    return word


def unpack_rotation(word: int) -> Quaternion:
    """A unit quaternion, whatever the bits."""
    largest = word & 3
    others = [((word >> shift & 127) / _SCALE) - _HALF for shift in (2, 9, 16)]
    left = max(1.0 - sum(value * value for value in others), 0.0)
    values = [*others[:largest], math.sqrt(left), *others[largest:]]
    length = math.sqrt(sum(value * value for value in values))
    x, y, z, w = (value / length for value in values)
    return x, y, z, w


def _within(value: float, low: int, high: int) -> int:
    return min(max(round(value), low), high)
