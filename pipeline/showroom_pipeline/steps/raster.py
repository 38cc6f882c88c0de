"""
Which triangle covers which texel: the map from an atlas back to the surface.

What it is: a vectorised rasteriser of UV triangles. What it is not: a renderer.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

_BLOCK = 4_000_000  # candidate texels at once: bounds the memory to about 300 MB


@dataclass(frozen=True, slots=True)
class Texels:
    """Covered texels: ``rows``, ``columns``, ``triangles``, each ``(t,)``, and ``barycentric (t, 3)`` at their centres."""

    rows: I64
    columns: I64
    triangles: I64
    barycentric: F64


def rasterise(uvs: F32, faces: I64, *, size: int) -> Texels:
    """
    Texels whose centres lie in a triangle, each once.

    Parameters
    ----------
    uvs
        ``(k, 2)``, origin top left, 0..1.
    faces
        ``(m, 3)``. Where charts overlap, the later triangle wins.
    size
        The square texture's side.
    """
    corners = uvs.astype(np.float64)[faces] * size - 0.5  # texel centres are whole numbers
    low = np.clip(np.ceil(corners.min(axis=1)).astype(np.int64), 0, size)
    high = np.clip(np.floor(corners.max(axis=1)).astype(np.int64) + 1, 0, size)
    extent = np.maximum(high - low, 0)
    area = extent[:, 0] * extent[:, 1]
    blocks = np.split(np.arange(len(faces)), np.flatnonzero(np.diff(np.cumsum(area) // _BLOCK)) + 1)
    owner = np.full(size * size, -1, np.int64)
    weights = np.zeros((size * size, 3))
    for block in blocks:
        texels, triangles, inside = _block(corners, low, extent, area, block, size)
        owner[texels] = triangles
        weights[texels] = inside
    covered = np.flatnonzero(owner >= 0)
    return Texels(covered // size, covered % size, owner[covered], weights[covered])


def _block(corners: F64, low: I64, extent: I64, area: I64, block: I64, size: int) -> tuple[I64, I64, F64]:
    triangles = np.repeat(block, area[block])
    place = np.arange(len(triangles)) - np.repeat(np.cumsum(area[block]) - area[block], area[block])
    width = np.maximum(extent[triangles, 0], 1)
    x = low[triangles, 0] + place % width
    y = low[triangles, 1] + place // width
    a, b, c = (corners[triangles, k] for k in range(3))
    total = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    safe = np.where(total == 0, 1, total)
    v = ((x - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (y - a[:, 1])) / safe
    w = ((b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (x - a[:, 0]) * (b[:, 1] - a[:, 1])) / safe
    weights = np.stack([1 - v - w, v, w], axis=1)
    inside = (weights.min(axis=1) >= -1e-9) & (total != 0)
    return (y * size + x)[inside], triangles[inside], weights[inside]


def fill_gutters(picture: F32, covered: npt.NDArray[np.bool_]) -> F32:
    """
    Give every uncovered texel a colour: its nearest covered neighbour's close by, so that filtering and mips do not bleed the
    background in, and a smooth spread further off, which costs an encoder the least.

    Parameters
    ----------
    picture
        ``(h, w, c)`` float; ``covered`` ``(h, w)``.
    """
    from scipy.ndimage import distance_transform_edt, uniform_filter

    if covered.all() or not covered.any():
        return picture
    distance, nearest = distance_transform_edt(~covered, return_indices=True)
    filled = picture[nearest[0], nearest[1]]
    soft = filled
    for radius in (4, 16):
        soft = np.stack([uniform_filter(soft[..., k], 2 * radius + 1) for k in range(soft.shape[2])], axis=2)
    far = np.clip((distance - 4) / 8, 0, 1)[..., None].astype(np.float32)
    return (filled * (1 - far) + soft * far).astype(np.float32)
