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
Bool = npt.NDArray[np.bool_]

_BLOCK = 4_000_000  # candidate texels at once: bounds the memory to about 300 MB


@dataclass(frozen=True, slots=True)
class Texels:
    """
    Covered texels: ``rows``, ``columns``, ``triangles``, each ``(t,)``, and ``barycentric (t, 3)`` at their centres.
    """

    rows: I64
    columns: I64
    triangles: I64
    barycentric: F64

    def part(self, some: slice) -> "Texels":
        return Texels(self.rows[some], self.columns[some], self.triangles[some], self.barycentric[some])


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
    plane = _weights(corners, low)
    found = [
        _block(plane, low, extent, area, block, size)
        for block in np.split(np.arange(len(faces)), np.flatnonzero(np.diff(np.cumsum(area) // _BLOCK)) + 1)
    ]
    texels, triangles, weights = (np.concatenate(column) for column in zip(*found, strict=True))
    winner = np.full(size * size, -1, np.int64)
    winner[texels] = np.arange(len(texels))
    covered = np.flatnonzero(winner >= 0)
    winner = winner[covered]
    return Texels(covered // size, covered % size, triangles[winner], weights[winner])


def _weights(corners: F64, low: I64) -> F64:
    """
    The weights of corners b and c as linear functions of the texel, counted from the box's own corner: ``(m, 6)`` of
    v and w at the box's corner, their step a column and their step a row. Triangles without area get weights that are
    never inside.
    """
    a, b, c = (corners[:, k] for k in range(3))
    ab, ac = b - a, c - a
    total = ab[:, 0] * ac[:, 1] - ac[:, 0] * ab[:, 1]
    flat = np.abs(total) < 1e-12
    scale = np.where(flat, 0, 1 / np.where(flat, 1, total))
    dx, dy = (low - a).T
    v_x, v_y = ac[:, 1] * scale, -ac[:, 0] * scale
    w_x, w_y = -ab[:, 1] * scale, ab[:, 0] * scale
    v, w = v_x * dx + v_y * dy, w_x * dx + w_y * dy
    return np.column_stack([np.where(flat, -1.0, v), np.where(flat, -1.0, w), v_x, w_x, v_y, w_y])


def _block(plane: F64, low: I64, extent: I64, area: I64, block: I64, size: int) -> tuple[I64, I64, F64]:
    triangles = np.repeat(block, area[block])
    place = np.arange(len(triangles)) - np.repeat(np.cumsum(area[block]) - area[block], area[block])
    row, column = np.divmod(place, np.maximum(extent[triangles, 0], 1))
    v = plane[triangles, 0] + column * plane[triangles, 2] + row * plane[triangles, 4]
    w = plane[triangles, 1] + column * plane[triangles, 3] + row * plane[triangles, 5]
    inside = np.flatnonzero((v >= -1e-9) & (w >= -1e-9) & (v + w <= 1 + 1e-9))
    triangles, v, w = triangles[inside], v[inside], w[inside]
    texels = (low[triangles, 1] + row[inside]) * size + low[triangles, 0] + column[inside]
    return texels, triangles, np.stack([1 - v - w, v, w], axis=1)


def fill_gutters(picture: F32, covered: Bool) -> F32:
    """
    Give every uncovered texel a colour: near a chart its edge's, so that filtering and mips bleed nothing in; further
    off a smooth spread, which costs an encoder the least.

    Parameters
    ----------
    picture
        ``(h, w, c)`` float; ``covered`` ``(h, w)``.

    Source: Gortler et al., The Lumigraph (1996), section 3.4 (pull-push).
    """
    if covered.all() or not covered.any():
        return picture
    for _ in range(2):
        picture, covered = _spread(picture, covered)
    return _pull_push(picture * covered[..., None], covered.astype(np.float32))


def _spread(picture: F32, covered: Bool) -> tuple[F32, Bool]:
    """Colour the texels next to covered ones with the mean of those."""
    height, width = covered.shape
    padded = np.pad(covered, 1)
    around = np.zeros((height, width), np.uint8)
    shifts = [(dy, dx) for dy in range(3) for dx in range(3) if (dy, dx) != (1, 1)]
    for dy, dx in shifts:
        around += padded[dy : dy + height, dx : dx + width]
    rows, columns = np.nonzero((around > 0) & ~covered)
    total = np.zeros((len(rows), picture.shape[2]), np.float32)
    for dy, dx in shifts:
        y, x = np.clip(rows + dy - 1, 0, height - 1), np.clip(columns + dx - 1, 0, width - 1)
        total += picture[y, x] * covered[y, x, None]
    weight = np.zeros(len(rows), np.float32)
    for dy, dx in shifts:
        y, x = np.clip(rows + dy - 1, 0, height - 1), np.clip(columns + dx - 1, 0, width - 1)
        weight += covered[y, x]
    picture, covered = picture.copy(), covered.copy()
    picture[rows, columns] = total / np.maximum(weight, 1)[:, None]
    covered[rows, columns] = weight > 0
    return picture, covered


def _pull_push(weighted: F32, weight: F32) -> F32:
    """Fill where ``weight (h, w)`` is 0 from ever coarser averages of ``weighted (h, w, c)``, colour times weight."""
    height, width = weight.shape
    if not (weight == 0).any() or min(height, width) < 2 or height % 2 or width % 2:
        return np.asarray(weighted / np.maximum(weight, 1e-6)[..., None], np.float32)
    halves = (height // 2, 2, width // 2, 2)
    small_weight = weight.reshape(halves).sum(axis=(1, 3))
    small = weighted.reshape(*halves, -1).sum(axis=(1, 3))
    scale = 1 / np.maximum(small_weight, 1)
    coarse = _pull_push(small * scale[..., None], small_weight * scale)
    out = weighted.copy()
    rows, columns = np.nonzero(weight == 0)
    out[rows, columns] = coarse[rows // 2, columns // 2]
    return out
