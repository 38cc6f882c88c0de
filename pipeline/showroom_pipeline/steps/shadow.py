"""
The soft shadow a product throws on the floor it stands on.

What it is: for each spot of a grid on the floor, the share of the room's light that the product takes away, by rays to
the light (embree). So it is dark and sharp where the product touches, wide and faint where it overhangs, and falls
away from the key light, as in a photograph; a blurred copy of the silhouette does none of that.

What it is not: a shadow for the store's room, whose light is not known here.

Rays are spread by interleaved sampling: neighbouring spots use different rays of one well-spread set, and a box blur
over the tile brings all of them to each spot.

Source: Keller & Heidrich, "Interleaved sampling" (2001). The floor is Lambertian.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from showroom_assets.scene import F32, F64
from showroom_pipeline.light import Light

I64 = npt.NDArray[np.int64]

_TILE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorShadow:
    """
    ``darkness (n, n) float32``: 0 full light, 1 none, over a square of the floor at height ``floor_m`` whose lower
    corner (x, z) is ``corner_m`` and whose side is ``side_m``; rows run along z, columns along x.
    """

    darkness: F32
    corner_m: tuple[float, float]
    side_m: float
    floor_m: float

    def at(self, x: F64, z: F64) -> F32:
        """Darkness at points of the floor (metres), interpolated; 0 beyond the square."""
        from scipy.ndimage import map_coordinates

        cells = len(self.darkness)
        scale = cells / self.side_m
        rows, columns = (z - self.corner_m[1]) * scale - 0.5, (x - self.corner_m[0]) * scale - 0.5
        found: F32 = map_coordinates(self.darkness, [rows, columns], order=1, mode="constant", cval=0.0)
        return found


def floor_shadow(positions: F64, faces: I64, light: Light, *, cells: int = 128, rays: int = 32) -> FloorShadow:
    """
    Trace the shadow under a product.

    Parameters
    ----------
    positions, faces
        ``(n, 3)`` metres and ``(m, 3)``; the floor is at their lowest point.
    light
        What shines on the floor.
    cells
        Spots along each side of the square: 128 give 16,384 spots.
    rays
        Rays a spot; sixteen times as many directions are used in all.
    """
    low, high = positions.min(axis=0), positions.max(axis=0)
    reach = 0.55 * (high[1] - low[1]) + 0.12 * float(np.linalg.norm((high - low)[[0, 2]]))
    side = float(max(high[0] - low[0], high[2] - low[2])) + 2.0 * reach
    corner = ((low[0] + high[0] - side) / 2.0, (low[2] + high[2] - side) / 2.0)
    ticks = (np.arange(cells) + 0.5) / cells * side
    x, z = np.meshgrid(corner[0] + ticks, corner[1] + ticks)
    directions, weights = _rays_to_light(light, _TILE * _TILE * rays)
    tile = (np.arange(cells)[:, None] % _TILE) * _TILE + np.arange(cells)[None, :] % _TILE
    # ray j of a spot is direction (j * 16 + its place in the tile)
    chosen = tile.reshape(-1, 1) + np.arange(rays)[None, :] * _TILE * _TILE
    lift = side * 2e-4  # off the floor, or a flat underside would shade nothing: it lies in the rays' own plane
    spots = np.stack([x.ravel(), np.full(x.size, low[1] + lift), z.ravel()], axis=1)
    hit = _occluded(
        positions, faces, np.repeat(spots, rays, axis=0), directions[chosen.ravel()], centre=(low + high) / 2
    )
    weight = weights[chosen]
    lost = (hit.reshape(-1, rays) * weight).sum(axis=1).reshape(cells, cells)
    total = weight.sum(axis=1).reshape(cells, cells)
    darkness = _tile_mean(lost) / _tile_mean(total)
    fade = np.minimum(np.minimum(x - corner[0], corner[0] + side - x), np.minimum(z - corner[1], corner[1] + side - z))
    darkness *= np.clip(fade / (0.25 * reach + 1e-9), 0.0, 1.0) ** 0.7
    return FloorShadow(
        darkness=darkness.astype(np.float32),
        corner_m=(float(corner[0]), float(corner[1])),
        side_m=side,
        floor_m=float(low[1]),
    )


def _rays_to_light(light: Light, count: int) -> tuple[F32, F32]:
    """Upward directions ``(count, 3)``, spread by cosine on a Fibonacci disc, and the light each brings."""
    i = np.arange(count) + 0.5
    radius = np.sqrt(i / count)
    turn = i * math.pi * (3.0 - math.sqrt(5.0))
    up = np.sqrt(1.0 - radius * radius)
    directions = np.stack([radius * np.cos(turn), up, radius * np.sin(turn)], axis=1).astype(np.float32)
    # shuffled, so that each place of the tile gets rays from the whole sky
    directions = directions[np.random.default_rng(7).permutation(count)]
    return directions, light.radiance(directions) @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)


def _occluded(positions: F64, faces: I64, origins: F64, directions: F32, *, centre: F64) -> F32:
    """1 where a ray meets the product, else 0."""
    from embreex.mesh_construction import TriangleMesh
    from embreex.rtcore_scene import EmbreeScene

    size = float(np.ptp(positions, axis=0).max()) or 1.0  # embree works in single precision: rays in a unit box
    scene = EmbreeScene()
    triangles = ((positions - centre) / size).astype(np.float32)[faces]
    TriangleMesh(scene, np.ascontiguousarray(triangles))
    start = ((origins - centre) / size).astype(np.float32)
    found = scene.run(np.ascontiguousarray(start), np.ascontiguousarray(directions), query="OCCLUDED")
    hit: F32 = (np.asarray(found) == 0).astype(np.float32)
    return hit


def _tile_mean(values: F64) -> F64:
    from scipy.ndimage import gaussian_filter, uniform_filter

    mean: F64 = gaussian_filter(uniform_filter(values, size=_TILE, mode="nearest"), sigma=0.6, mode="nearest")
    return mean
