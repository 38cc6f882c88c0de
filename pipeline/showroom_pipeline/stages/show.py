"""Poster, turntable and the file for Quick Look."""

import json

from showroom_pipeline.stages.levels import Level
from showroom_pipeline.steps import poster as steps
from showroom_pipeline.steps.textures import TextureOptions


def poster(level: Level, *, size: int, quality: int) -> bytes:
    """The picture for the shelf."""
    return steps.poster(level.scene, size=size, quality=quality)


def turntable(level: Level, *, frames: int, size: int, max_bytes: int) -> dict[str, bytes]:
    """The sheet of pictures from all sides, and how it is laid out."""
    made = steps.turntable(level.scene, frames=frames, size=size, max_bytes=max_bytes)
    return {"turntable.webp": made.webp, "turntable.json": json.dumps(made.grid, indent=2).encode() + b"\n"}


def usdz(level: Level, *, texture_px: int) -> bytes:
    """The package that a phone's Quick Look opens."""
    from showroom_pipeline.steps.usdz import usdz as package

    return package(level.scene, textures=TextureOptions(max_size=texture_px))
