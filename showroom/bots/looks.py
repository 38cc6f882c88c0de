"""
What bots look like: the figures of the wardrobe, natural skins and hair, and clothes of a calm palette, so that a crowd
is no army and no carnival.

A look is written as avatars have it on the wire: ``body/hair/outfit/x`` and its shape (steps of height, width, strength
and age; ``c`` sits in a wheelchair), and tints in the order skin, hair, top, bottom. Which meshes these are is the
client's business; a name that it does not know is drawn as its plain figure.
"""

import random
from typing import Final

from showroom.realtime.look import Look

SKIN: Final = (0xF6DFCF, 0xEAC4A8, 0xD9A884, 0xC08A63, 0x9C6B48, 0x7A4F33, 0x5A3825, 0x3E271B)
"""From light to dark."""
BODIES: Final[dict[str, tuple[int, int]]] = {
    "ada": (0, 3), "noor": (2, 5), "mei": (0, 3), "ben": (0, 3), "kofi": (4, 8), "luis": (1, 5),
}  # fmt: skip
"""And the part of ``SKIN`` that a figure's face goes with: first, and one past the last."""
HAIRS: Final = ("bob", "curls", "long", "crop", "bun", "none")
_HAIR_WEIGHTS: Final = {
    "ada": (4, 2, 4, 1, 3, 0), "noor": (3, 3, 4, 1, 3, 0), "mei": (4, 1, 4, 2, 3, 0),
    "ben": (0, 2, 1, 6, 0, 2), "kofi": (0, 2, 0, 6, 1, 3), "luis": (0, 3, 1, 6, 1, 1),
}  # fmt: skip
OUTFITS: Final = ("linen", "knit", "dress", "denim", "suit", "active")
_OUTFIT_WEIGHTS: Final = {
    "ada": (3, 3, 3, 2, 2, 2), "noor": (3, 3, 3, 2, 2, 1), "mei": (3, 3, 3, 2, 2, 2),
    "ben": (3, 3, 0, 3, 3, 2), "kofi": (3, 3, 0, 3, 3, 2), "luis": (3, 3, 0, 3, 3, 2),
}  # fmt: skip

BLACK, BROWN, FAIR, GREY = (
    (0x17120F, 0x2B1D14),
    (0x46301F, 0x6B4A2E, 0x7A3420),
    (0x8C6A45, 0xB8976A),
    (0x8A8580, 0xC9C3BA),
)
_FAIR_SKINS: Final = 3
"""Skins lighter than this are seen with fair hair too."""

BONE, CLAY, OLIVE, INK, RUST = (
    (0xEDE6DA, 0xD8CFC0, 0xC9BDA9),
    (0xB98E72, 0xA87B62, 0x8F6B57),
    (0x8B8C6A, 0x6F7357, 0x565B45),
    (0x2A2E33, 0x33404F, 0x22262B),
    (0xB0603F, 0x8E4A33, 0x9C5A3C),
)
TOP: Final = (*BONE, *CLAY, *OLIVE, *INK, *RUST)
BOTTOM: Final = (*INK, *INK, *OLIVE, *CLAY, BONE[2])
"""Dark more often than light, as trousers are."""


def look(chance: random.Random) -> Look:
    """Somebody to meet in a shop."""
    body = chance.choice(sorted(BODIES))
    first, end = BODIES[body]
    skin = chance.randrange(first, end)
    hair = chance.choices(HAIRS, _HAIR_WEIGHTS[body])[0]
    outfit = chance.choices(OUTFITS, _OUTFIT_WEIGHTS[body])[0]
    age = chance.choices((-1, 0, 1, 2, 3), (2, 5, 3, 2, 1))[0]
    steps = {"h": chance.randint(-2, 2), "w": chance.randint(-1, 2), "s": chance.randint(-1, 1), "a": age}
    shape = "".join(f"{letter}{step}" for letter, step in steps.items() if step)
    chair = "c" if chance.random() < 0.04 else ""
    if age >= 2 and chance.random() < 0.7:
        hairs: tuple[int, ...] = GREY
    elif skin < _FAIR_SKINS and body not in ("mei", "noor"):
        hairs = (*BLACK, *BROWN, *FAIR)
    else:
        hairs = (*BLACK, *BLACK, BROWN[0])
    top = chance.choice(TOP)
    bottom = chance.choice([colour for colour in BOTTOM if colour != top])
    return Look(avatar=f"{body}/{hair}/{outfit}/x{shape}{chair}", tint=[SKIN[skin], chance.choice(hairs), top, bottom])
