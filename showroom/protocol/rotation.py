"""
Rotations in few bits: "smallest three". The largest component of a unit quaternion follows from the others, which all
lie within ±1/sqrt(2); two bits say which it is, and the others follow in the order x, y, z, w.
"""

import math
from typing import Final

Quaternion = tuple[float, float, float, float]
"""x, y, z, w; of length one."""

_HALF: Final = math.sqrt(0.5)


class SmallestThree:
    """
    Parameters
    ----------
    bits
        For each of the three.
    steps
        Of the range that they lie in; an even count meets nought exactly.
    """

    __slots__ = ("_bits", "_mask", "_scale", "_steps")

    def __init__(self, *, bits: int, steps: int) -> None:
        self._bits: Final = bits
        self._steps: Final = steps
        self._mask: Final = (1 << bits) - 1
        self._scale: Final = steps / math.sqrt(2)

    def pack(self, rotation: Quaternion) -> int:
        """The word of a rotation: which component is left out in its lowest two bits, then the others."""
        largest = max(range(4), key=lambda index: abs(rotation[index]))
        sign = -1.0 if rotation[largest] < 0 else 1.0
        word, shift = largest, 2
        for index in range(4):
            if index != largest:
                word |= min(max(round((sign * rotation[index] + _HALF) * self._scale), 0), self._steps) << shift
                shift += self._bits
        return word

    def unpack(self, word: int) -> Quaternion:
        """A unit quaternion, whatever the bits."""
        largest = word & 3
        others = [((word >> 2 + self._bits * n & self._mask) / self._scale) - _HALF for n in range(3)]
        left = max(1.0 - sum(value * value for value in others), 0.0)
        values = [*others[:largest], math.sqrt(left), *others[largest:]]
        length = math.sqrt(sum(value * value for value in values))
        x, y, z, w = (value / length for value in values)
        return x, y, z, w
