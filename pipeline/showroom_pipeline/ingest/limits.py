"""
How much an input may ask for before it is refused.

Headers lie: a file of 100 bytes can promise 10⁹ vertices, a zip of 40 kB can hold 4 GB. Whatever would be allocated is
first held against these limits and against the size of the file itself.
"""

from dataclasses import dataclass
from typing import Any

from showroom_assets.errors import LimitExceeded


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    The defaults admit any scan a phone or a structured-light rig makes, and keep reading under some 4 GB of memory.

    ``file_bytes`` is for one file, ``total_bytes`` for all files of one input; ``zip_ratio`` is the largest
    expansion of a zip member over 1 MB (text compresses up to some 20 ×, DEFLATE's own limit is 1,032 ×);
    ``numbers`` is for one table of a text file; ``pixels`` for one image, ``total_pixels`` for all textures together;
    ``corners`` the most corners of one polygon; ``depth`` how deep folders are searched.
    """

    file_bytes: int = 1 << 30
    total_bytes: int = 4 << 30
    files: int = 20_000
    depth: int = 6
    zip_ratio: int = 200
    vertices: int = 20_000_000
    triangles: int = 40_000_000
    materials: int = 4_096
    corners: int = 10_000
    numbers: int = 200_000_000
    pixels: int = 16_384 * 8_192
    total_pixels: int = 512 << 20
    frames: int = 10_000


def at_most(limit: int, asked: int, what: str, **fields: Any) -> None:
    """
    Refuse ``asked`` beyond ``limit``.

    Raises
    ------
    LimitExceeded
        With both numbers, ``what`` being the plural noun of the message.
    """
    if asked > limit:
        raise LimitExceeded(
            f"{asked:,} {what} are asked for; at most {limit:,} are allowed. Reduce the input, or raise the limit.",
            what=what,
            asked=asked,
            allowed=limit,
            **fields,
        )
