"""
The one seam to the KTX2 encoder: Basis Universal in WebAssembly, run by Node. The decoder is
``showroom_assets.glb.ktx2``.

Why this encoder: ``docs/decisions/ktx2-encoder.md``. Equal pixels and settings give equal bytes: it runs on one thread.

Source: KTX 2.0; KHR_texture_basisu, which asks for ETC1S or UASTC with mip levels and 4-texel multiples.
"""

import json
import struct
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from showroom_assets.errors import LimitExceeded, ToolMissing
from showroom_assets.scene import U8, Role

from . import tools

Codec = Literal["etc1s", "uastc"]
MOST_TEXELS = 12 << 20
"""What the encoder takes in one picture: 4096 by 3072."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    ``quality`` 1–255 and ``effort`` 0–6 for ETC1S; ``effort`` 0–4 and ``rdo`` (0 off; 0.5–3, larger is smaller and
    three times as slow) for UASTC, which is always compressed with Zstandard. ``wrap`` filters mip levels across
    borders.
    """

    codec: Codec = "etc1s"
    role: Role = "color"
    quality: int = 160
    effort: int = 1
    rdo: float = 0.0
    mipmaps: bool = True
    wrap: bool = False


def encode(pictures: Sequence[tuple[U8, Settings]], *, processes: int = 1, timeout_s: float = 600.0) -> list[bytes]:
    """
    KTX2 files of pictures ``(h, w, 3 or 4) uint8``, in order.

    Parameters
    ----------
    processes
        How many encoders run side by side; the bytes do not depend on it.

    Raises
    ------
    ToolMissing
        The encoder is not installed, or refused a picture.
    LimitExceeded
        A picture has more than 12 Mi texels.
    """
    for pixels, _ in pictures:
        height, width = pixels.shape[:2]
        if width * height > MOST_TEXELS:
            raise LimitExceeded(
                f"a texture of {width} by {height} is too large for KTX2. Use at most 2048 texels a side.",
                width=width,
                height=height,
            )
    shares = [list(range(first, len(pictures), processes)) for first in range(min(processes, len(pictures)))]
    out: list[bytes] = [b""] * len(pictures)
    with ThreadPoolExecutor(max(len(shares), 1)) as pool:
        for share, files in zip(shares, pool.map(lambda s: _run([pictures[at] for at in s], timeout_s), shares)):  # noqa: B905
            for at, file in zip(share, files, strict=True):
                out[at] = file
    return out


def _run(pictures: list[tuple[U8, Settings]], timeout_s: float) -> list[bytes]:
    jobs = [{**asdict(settings), "width": p.shape[1], "height": p.shape[0]} for p, settings in pictures]
    head = json.dumps(jobs).encode() + b"\n"
    data = tools.run("ktx2.mjs", "ktx2-encoder", [head, *(_rgba(p) for p, _ in pictures)], timeout_s=timeout_s)
    files = []
    at = 0
    for job in jobs:
        size = struct.unpack_from("<I", data, at)[0] if at + 4 <= len(data) else 0
        if size == 0:
            raise ToolMissing(
                f"the KTX2 encoder refused a texture of {job['width']} by {job['height']}. Use the webp style.",
                tool="ktx2-encoder",
            )
        files.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return files


def _rgba(pixels: U8) -> bytes:
    if pixels.shape[2] == 4:
        return np.ascontiguousarray(pixels).tobytes()
    out = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    out[..., :3] = pixels
    return out.tobytes()
