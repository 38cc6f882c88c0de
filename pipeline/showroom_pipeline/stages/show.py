"""Poster and turntable."""

from showroom_pipeline.stages.levels import Level
from showroom_pipeline.steps import poster as steps


def poster(level: Level, *, size: int, quality: int) -> bytes:
    """The picture for the shelf."""
    return steps.poster(level.scene, size=size, quality=quality)
