"""
A photographer's studio as an environment map, built from numbers.

What it is: soft boxes painted onto a latitude-longitude panorama of linear radiance: a large key at the upper left, a
fill at the right, a rim strip behind, a warm bounce from the floor. It lights both the measuring pictures (even, no
shadows) and the posters (more contrast).

What it is not: a renderer, nor an HDR file reader. The panorama is 128 by 64 pixels, as soft boxes need no more: the
renderer blurs it for rough materials, and 256 by 128 changed no pixel of a measured view by more than 1/255.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from showroom_assets.scene import F32


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


WARM = (1.0, 0.93, 0.84)
COOL = (0.93, 0.97, 1.0)

MEASURE = (
    SoftBox(toward=(-0.7, 0.9, 0.8), half_width_deg=42, half_height_deg=36, radiance=2.6),
    SoftBox(toward=(1.0, 0.35, 0.5), half_width_deg=38, half_height_deg=38, radiance=1.3),
    SoftBox(toward=(0.3, 0.7, -1.0), half_width_deg=50, half_height_deg=26, radiance=2.0),
)
"""Even light: no side of a product is left in the dark, or an error there would not count."""

POSTER = (
    SoftBox(toward=(-0.75, 0.95, 0.55), half_width_deg=30, half_height_deg=26, radiance=7.5, tint=(1.0, 0.98, 0.95)),
    SoftBox(toward=(-0.95, 0.10, 0.60), half_width_deg=14, half_height_deg=40, radiance=1.6, tint=WARM),
    SoftBox(toward=(1.0, 0.30, 0.45), half_width_deg=16, half_height_deg=46, radiance=1.9, tint=COOL),
    SoftBox(toward=(0.75, 0.55, -0.95), half_width_deg=12, half_height_deg=40, radiance=6.5, tint=COOL),
    SoftBox(toward=(-0.95, 0.45, -0.85), half_width_deg=10, half_height_deg=40, radiance=4.0, tint=WARM),
)
"""A shop's picture: a soft key at the upper left, tall strips that draw the edges of glossy things."""


def panorama(
    boxes: tuple[SoftBox, ...],
    *,
    sky: float = 0.55,
    floor: tuple[float, float, float] = (0.46, 0.44, 0.41),
    height_px: int = 64,
) -> F32:
    """
    Paint soft boxes on a dim room.

    Parameters
    ----------
    boxes
        The lamps.
    sky, floor
        Radiance of walls and ceiling, and linear RGB radiance of the floor below the horizon.
    height_px
        Height of the panorama; its width is twice that.

    Returns
    -------
    numpy.ndarray
        ``(height_px, 2 * height_px, 3) float32``, linear radiance, row 0 straight up. Column ``u`` of ``w`` looks
        along ``(sin 2πu/w, ·, -cos 2πu/w)``, so that the middle column is +Z, the product's front.
    """
    direction = _directions(height_px)
    up = direction[..., 1:2]
    horizon = np.clip(up / 0.35 * 0.5 + 0.5, 0.0, 1.0)
    horizon = horizon * horizon * (3.0 - 2.0 * horizon)
    light = (1.0 - horizon) * np.asarray(floor) + horizon * sky * (0.8 + 0.2 * np.clip(up, 0.0, 1.0))
    for box in boxes:
        light = light + _mask(direction, box)[..., None] * box.radiance * np.asarray(box.tint)
    return np.ascontiguousarray(light, dtype=np.float32)


@cache
def measuring_light() -> F32:
    """The even light of every measured picture. Treat the shared array as read-only."""
    return panorama(MEASURE)


@cache
def poster_light() -> F32:
    """The light of posters and turntables: less sky, more shape. Treat the shared array as read-only."""
    return panorama(POSTER, sky=0.34, floor=(0.52, 0.48, 0.43))


def _directions(height_px: int) -> F32:
    """Unit directions of the pixel centres, ``(h, 2h, 3)``."""
    width_px = 2 * height_px
    theta = (np.arange(height_px) + 0.5) / height_px * np.pi
    phi = (np.arange(width_px) + 0.5) / width_px * 2.0 * np.pi
    sin = np.sin(theta)[:, None]
    up = np.broadcast_to(np.cos(theta)[:, None], (height_px, width_px))
    return np.stack([sin * np.sin(phi), up, -sin * np.cos(phi)], axis=-1).astype(np.float32)


def _mask(direction: F32, box: SoftBox) -> F32:
    """How much of ``box`` is seen along each direction, 0..1, ``(h, w)``: a rounded rectangle on its tangent plane."""
    axis = np.asarray(box.toward, dtype=np.float64)
    axis /= np.linalg.norm(axis)
    right = np.cross((0.0, 1.0, 0.0), axis)
    right /= max(float(np.linalg.norm(right)), 1e-9)
    above = np.cross(axis, right)
    depth = direction @ axis
    across = np.abs(direction @ right) / np.maximum(depth, 1e-3) / np.tan(np.radians(box.half_width_deg))
    along = np.abs(direction @ above) / np.maximum(depth, 1e-3) / np.tan(np.radians(box.half_height_deg))
    outside = (across**4 + along**4) ** 0.25  # a squircle: photographers' boxes have no sharp corners either
    ramp = np.clip((1.0 + box.edge - outside) / (2.0 * box.edge), 0.0, 1.0)
    mask: F32 = np.where(depth > 0.02, ramp * ramp * (3.0 - 2.0 * ramp), 0.0).astype(np.float32)
    return mask
