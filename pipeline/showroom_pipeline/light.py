"""
A photographer's studio, as numbers: soft boxes in a dim room.

What it is: linear radiance as a function of direction, in closed form, so that every consumer samples it as finely as
it needs. ``MEASURE`` is even light for measured pictures; ``POSTER`` has the contrast that sells.

What it is not: a renderer (see ``render``), nor its prefiltered form (see ``prefilter``).
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from showroom_assets.scene import F32

WARM = (1.0, 0.93, 0.84)
COOL = (0.93, 0.97, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftBox:
    """
    One lamp: the direction it shines from (``toward``, any length, +Z is the product's front), half-width and
    half-height in degrees, radiance, and linear RGB tint. ``edge`` is the soft border as a share of the half-size.
    """

    toward: tuple[float, float, float]
    half_width_deg: float
    half_height_deg: float
    radiance: float
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    edge: float = 0.35

    def mask(self, directions: F32) -> F32:
        """How much of the lamp is seen along unit ``directions (..., 3)``: ``(...)``, 0..1."""
        axis = np.asarray(self.toward, dtype=np.float32)
        axis /= np.linalg.norm(axis)
        right = np.cross(np.array([0.0, 1.0, 0.0], dtype=np.float32), axis)
        right /= max(float(np.linalg.norm(right)), 1e-9)
        depth = directions @ axis
        reach = np.maximum(depth, 1e-3)
        across = directions @ right / reach / np.float32(np.tan(np.radians(self.half_width_deg)))
        along = directions @ np.cross(axis, right) / reach / np.float32(np.tan(np.radians(self.half_height_deg)))
        outside = np.sqrt(np.hypot(across * across, along * along))  # a squircle: real soft boxes have round corners
        ramp = np.clip((1.0 + self.edge - outside) / (2.0 * self.edge), 0.0, 1.0)
        shape: F32 = np.where(depth > 0.02, ramp * ramp * (3.0 - 2.0 * ramp), 0.0).astype(np.float32)
        return shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """
    A lit room.

    Parameters
    ----------
    boxes
        The lamps.
    sky, floor
        Linear RGB radiance of ceiling and floor; walls blend between them.
    """

    boxes: tuple[SoftBox, ...] = ()
    sky: tuple[float, float, float] = (0.55, 0.55, 0.55)
    floor: tuple[float, float, float] = (0.46, 0.44, 0.41)

    def radiance(self, directions: F32) -> F32:
        """Linear RGB radiance ``(..., 3) float32`` seen along unit ``directions (..., 3)``."""
        up = directions[..., 1:2]
        horizon = np.clip(up / 0.7 + 0.5, 0.0, 1.0)
        horizon = horizon * horizon * (3.0 - 2.0 * horizon)
        floor, sky = np.array(self.floor, dtype=np.float32), np.array(self.sky, dtype=np.float32)
        seen = (1.0 - horizon) * floor + horizon * sky
        for box in self.boxes:
            seen = seen + box.mask(directions)[..., None] * np.array(box.tint, dtype=np.float32) * box.radiance
        return np.asarray(seen, dtype=np.float32)

    def turned(self, yaw_rad: float) -> "Light":
        """The same room turned about +Y: its lamps keep their place beside a camera that went round by as much."""
        cos, sin = math.cos(yaw_rad), math.sin(yaw_rad)
        boxes = [
            replace(box, toward=(cos * x + sin * z, y, cos * z - sin * x))
            for box in self.boxes
            for x, y, z in (box.toward,)
        ]
        return replace(self, boxes=tuple(boxes))


MEASURE = Light(
    boxes=(
        SoftBox(toward=(-0.7, 0.9, 0.8), half_width_deg=42, half_height_deg=36, radiance=2.05),
        SoftBox(toward=(1.0, 0.35, 0.5), half_width_deg=38, half_height_deg=38, radiance=1.0),
        SoftBox(toward=(0.3, 0.7, -1.0), half_width_deg=50, half_height_deg=26, radiance=1.55),
    ),
    sky=(0.43, 0.43, 0.43),
    floor=(0.355, 0.35, 0.34),
)
"""Even light: no side of a product is left in the dark, or an error there would not count."""

POSTER = Light(
    boxes=(
        SoftBox(
            toward=(-0.75, 0.95, 0.55), half_width_deg=30, half_height_deg=26, radiance=6.6, tint=(1.0, 0.98, 0.95)
        ),
        SoftBox(toward=(-0.95, 0.1, 0.6), half_width_deg=14, half_height_deg=40, radiance=1.6, tint=WARM),
        SoftBox(toward=(1.0, 0.3, 0.45), half_width_deg=16, half_height_deg=46, radiance=1.9, tint=COOL),
        SoftBox(toward=(0.75, 0.55, -0.95), half_width_deg=12, half_height_deg=40, radiance=6.5, tint=COOL),
        SoftBox(toward=(-0.95, 0.45, -0.85), half_width_deg=10, half_height_deg=40, radiance=4.0, tint=WARM),
    ),
    sky=(0.34, 0.34, 0.34),
    floor=(0.52, 0.48, 0.43),
)
"""A shop's picture: a soft key at the upper left, tall strips that draw the edges of glossy things."""
