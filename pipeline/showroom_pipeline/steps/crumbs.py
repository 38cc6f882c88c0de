"""
Floating crumbs: loose bits that a scanner saw in the air.

The rule, all three at once: a part (joined by place) is a crumb when its area is under a thousandth of the product's,
its extent under 3 % of the product's diagonal, and nothing of the body comes nearer than 0.5 % of the diagonal. Screws,
lenses, cables and laces are larger or touch the body; of 21 real scans none has a part that this drops.
"""

import numpy as np
from scipy.spatial import cKDTree

from showroom_pipeline.steps.topology import F64, I64, Bool, components


def find_crumbs(
    faces: I64,
    part: I64,
    positions: F64,
    vectors: F64,
    *,
    diagonal: float,
    max_area: float,
    max_extent: float,
    min_gap: float,
) -> Bool:
    """
    Which faces ``(m,)`` belong to crumbs.

    Parameters
    ----------
    faces, part
        ``(m, 3)`` places and ``(m,)`` the connected part of each face.
    positions, vectors
        ``(places, 3)``, and ``(m, 3)`` twice the area times the normal.
    max_area, max_extent, min_gap
        Shares of the whole area, and of ``diagonal``.
    """
    parts = int(part.max(initial=-1)) + 1
    nothing = np.zeros(len(faces), bool)
    if parts < 2:
        return nothing
    size = np.linalg.norm(vectors, axis=1)
    corners = positions[faces]
    area, extent = _measure(corners, size, part, parts)
    small = (area <= max_area * area.sum()) & (extent <= max_extent * diagonal)
    small[area.argmax()] = False
    if not small.any():
        return nothing
    gap = min_gap * diagonal
    loose = np.flatnonzero(small[part])
    # the links of a chain are each small, but hang together: judge them as one
    swarm, swarms = _swarms(corners[loose], part[loose], parts, cell=gap)
    swarm_area, swarm_extent = _measure(corners[loose], size[loose], swarm, swarms)
    sparse = (swarm_area <= max_area * area.sum()) & (swarm_extent <= max_extent * diagonal)
    body = np.ones(len(faces), bool)
    body[loose] = False
    tree = cKDTree(_spread(corners[body], step=0.5 * gap))
    distance, _ = tree.query(corners[loose].reshape(-1, 3), distance_upper_bound=2 * gap)
    nearest = np.full(swarms, np.inf)
    np.minimum.at(nearest, np.repeat(swarm, 3), distance)
    crumbs = nothing
    crumbs[loose] = (sparse & (nearest > gap))[swarm]
    return crumbs


def _measure(corners: F64, size: F64, part: I64, parts: int) -> tuple[F64, F64]:
    """Area and extent of each part."""
    low, high = np.full((parts, 3), np.inf), np.full((parts, 3), -np.inf)
    np.minimum.at(low, part, corners.min(axis=1))
    np.maximum.at(high, part, corners.max(axis=1))
    return np.asarray(np.bincount(part, size, parts), np.float64), np.linalg.norm(high - low, axis=1)


def _swarms(corners: F64, part: I64, parts: int, *, cell: float) -> tuple[I64, int]:
    """Join parts that share a cell of a grid, or neighbouring cells: ``(k,)`` for each face, and how many."""
    points = corners.reshape(-1, 3)
    grid = np.floor((points - points.min(axis=0)) / cell).astype(np.int64) + 1
    shape = grid.max(axis=0) + 2
    key = (grid[:, 0] * shape[1] + grid[:, 1]) * shape[2] + grid[:, 2]
    cells, at = np.unique(key, return_inverse=True)
    ends = [(np.repeat(part, 3), parts + at.reshape(-1))]
    for dx, dy, dz in _HALF_OF_26:
        wanted = cells + (dx * shape[1] + dy) * shape[2] + dz
        found = np.minimum(np.searchsorted(cells, wanted), len(cells) - 1)
        here = np.flatnonzero(cells[found] == wanted)
        ends.append((parts + here, parts + found[here]))
    a, b = (np.concatenate(side) for side in zip(*ends, strict=True))
    _, label = components((a, b), parts + len(cells))
    used, swarm = np.unique(label[part], return_inverse=True)
    return swarm.reshape(-1).astype(np.int64), len(used)


_HALF_OF_26 = [
    (dx, dy, dz) for dx in (0, 1) for dy in (-1, 0, 1) for dz in (-1, 0, 1) if (dx, dy, dz) > (0, 0, 0)
]  # fmt: skip


def _spread(corners: F64, *, step: float) -> F64:
    """Points over triangles ``(m, 3, 3)`` about ``step`` apart, at most 400 k of them."""
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    sides = np.clip(np.ceil(longest / max(step, 1e-12)), 1, 48).astype(np.int64)
    while int((sides * (sides + 1) // 2).sum()) > 400_000 and sides.max() > 1:
        sides = np.maximum(sides // 2, 1)
    points = [corners.reshape(-1, 3)]
    for side in np.unique(sides):
        i, j = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
        keep = i + j < side
        u, v = (i[keep] + 1 / 3) / side, (j[keep] + 1 / 3) / side
        weights = np.stack([1 - u - v, u, v], axis=1)
        points.append((weights @ corners[sides == side]).reshape(-1, 3))
    return np.concatenate(points)
