"""What is known of an avatar that was looked at, and how large one may be."""

from typing import Final

from msgspec import Struct

MOST_BYTES: Final = 8 << 20


class Facts(Struct, frozen=True, kw_only=True):
    """What was found: the height is that of the pose in the file."""

    triangles: int
    textures: int
    bones: int
    height_m: float
    is_vrm: bool
