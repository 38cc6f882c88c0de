"""
What bots look like: natural skins and hair, and clothes of a calm palette, so that a crowd is no army.

The order is the one of an avatar's tints: skin, hair, top, bottom.
"""

import random
from typing import Final

SKIN: Final = (0xF6DFCF, 0xEAC4A8, 0xD9A884, 0xC08A63, 0x9C6B48, 0x7A4F33, 0x5A3825, 0x3E271B)
HAIR: Final = (0x17120F, 0x2B1D14, 0x46301F, 0x6B4A2E, 0x8C6A45, 0xB8976A, 0x8A8580, 0xC9C3BA, 0x7A3420)
TOP: Final = (
    0xEDE6DA, 0xD8CFC0, 0x9FA89B, 0x6F7D78, 0x3F4B52, 0x2A2E33, 0xB56B4B, 0x8E3F34, 0xC79A4B, 0x536B8A, 0x7F6A8C,
    0xA9B7C0,
)  # fmt: skip
BOTTOM: Final = (0x22262B, 0x33404F, 0x4A5563, 0x5B5147, 0x7C6F5F, 0xA89B87, 0x3B3A36)


def tint(chance: random.Random) -> list[int]:
    """Four colours, 0xRRGGBB."""
    return [chance.choice(palette) for palette in (SKIN, HAIR, TOP, BOTTOM)]
