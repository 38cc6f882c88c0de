"""
Closest points on a triangle mesh, exactly enough to measure and to fit by.

What it is: a KD-tree over points spread on the triangles proposes candidates, an exact point-to-triangle test
decides. What it is not: a ray caster (see ``steps.bake``). Measured on 40 k triangles, 100 k queries: 0.9 CPU-
seconds, against 0.3 for open3d's scene plus 1.9 for importing open3d; the two agree to 1e-6 of the diagonal.

Source: Ericson, Real-Time Collision Detection (2005), section 5.1.5.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Closest:
    """
    For each of ``q`` queries: ``points (q, 3)``, ``distances (q,)`` in the mesh's unit, ``triangles (q,)`` and
    ``barycentric (q, 3)`` weights of that triangle's corners.
    """

    points: F64
    distances: F64
    triangles: I64
    barycentric: F64


class ClosestPoints:
    """
    A mesh prepared for closest-point queries.

    Parameters
    ----------
    positions
        ``(n, 3)`` float, any unit.
    faces
        ``(m, 3)`` integer, ``m > 0``.
    candidates
        How many nearby site points are looked at for each query.
    """

    def __init__(self, positions: npt.ArrayLike, faces: npt.ArrayLike, *, candidates: int = 10) -> None:
        corners = np.asarray(positions, np.float64)[np.asarray(faces, np.int64)]
        self._a = corners[:, 0]
        self._ab = corners[:, 1] - corners[:, 0]
        self._ac = corners[:, 2] - corners[:, 0]
        sites, owners = _sites(corners)
        self._owners = owners
        self._tree = cKDTree(sites, balanced_tree=False)
        self._candidates = min(candidates, len(sites))

    def query(self, points: npt.ArrayLike, *, workers: int = 1) -> Closest:
        """
        Closest points to ``points (q, 3)``, in blocks that bound the memory to about 200 MB.
        """
        queries = np.asarray(points, np.float64)
        parts = [self._block(queries[i : i + 65536], workers) for i in range(0, len(queries), 65536)]
        if not parts:
            return Closest(np.empty((0, 3)), np.empty(0), np.empty(0, np.int64), np.empty((0, 3)))
        return Closest(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _block(self, queries: F64, workers: int) -> tuple[F64, F64, I64, F64]:
        _, near = self._tree.query(queries, k=self._candidates, workers=workers)
        triangles = self._owners[near.reshape(len(queries), -1)]
        a, ab, ac = self._a[triangles], self._ab[triangles], self._ac[triangles]
        v, w = _closest_barycentric(queries[:, None, :] - a, ab, ac)
        points = a + v[..., None] * ab + w[..., None] * ac
        squared = np.einsum("qki,qki->qk", *(2 * [points - queries[:, None, :]]))
        best = squared.argmin(axis=1)
        row = np.arange(len(queries))
        v, w = v[row, best], w[row, best]
        weights = np.stack([1 - v - w, v, w], axis=1)
        return points[row, best], np.sqrt(squared[row, best]), triangles[row, best], weights


def _sites(corners: F64) -> tuple[F64, I64]:
    """
    Points to find triangles by: each centroid, and more on triangles that are large against the median, so that a
    query near the far end of a long triangle still meets it.
    """
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    step = max(float(np.median(longest)), 1e-12)
    # subdivisions a side, at most 24: beyond, the extra sites cost more than they find
    sides = np.clip(np.ceil(longest / (1.5 * step)), 1, 24).astype(np.int64)
    sites, owners = [], []
    for side in np.unique(sides):
        chosen = np.flatnonzero(sides == side)
        i, j = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
        keep = i + j < side
        u, v = (i[keep] + 1 / 3) / side, (j[keep] + 1 / 3) / side
        weights = np.stack([1 - u - v, u, v], axis=1)
        sites.append((weights @ corners[chosen]).reshape(-1, 3))
        owners.append(np.repeat(chosen, len(weights)))
    return np.concatenate(sites), np.concatenate(owners)


def _closest_barycentric(ap: F64, ab: F64, ac: F64) -> tuple[F64, F64]:
    """Weights ``v, w`` of corners b and c for the closest point, by Voronoi regions, without branches."""

    def dot(x: F64, y: F64) -> F64:
        return np.asarray(np.einsum("...i,...i->...", x, y))

    d1, d2 = dot(ab, ap), dot(ac, ap)
    bb, cc, bc = dot(ab, ab), dot(ac, ac), dot(ab, ac)
    tiny = 1e-300
    # inside, by solving the 2x2 system
    det = np.maximum(bb * cc - bc * bc, tiny)
    v = (cc * d1 - bc * d2) / det
    w = (bb * d2 - bc * d1) / det
    # the closest point on each edge, for those outside
    t_ab = np.clip(d1 / np.maximum(bb, tiny), 0, 1)
    t_ac = np.clip(d2 / np.maximum(cc, tiny), 0, 1)
    t_bc = np.clip((d2 - d1 - bc + bb) / np.maximum(bb + cc - 2 * bc, tiny), 0, 1)

    def squared(v: F64, w: F64) -> F64:  # |ap - v·ab - w·ac|² less the constant |ap|²
        return v * v * bb + w * w * cc + 2 * v * w * bc - 2 * v * d1 - 2 * w * d2

    edges = np.stack([squared(t_ab, 0 * t_ab), squared(0 * t_ac, t_ac), squared(1 - t_bc, t_bc)])
    edge = edges.argmin(axis=0)
    edge_v = np.choose(edge, [t_ab, 0 * t_ac, 1 - t_bc])
    edge_w = np.choose(edge, [0 * t_ab, t_ac, t_bc])
    inside = (v >= 0) & (w >= 0) & (v + w <= 1)
    return np.where(inside, v, edge_v), np.where(inside, w, edge_w)


def sample_surface(
    positions: npt.ArrayLike, faces: npt.ArrayLike, count: int, *, rng: np.random.Generator
) -> tuple[F64, I64, F64]:
    """
    Area-weighted, stratified samples of a surface.

    Returns
    -------
    points ``(count, 3)``, triangles ``(count,)``, barycentric ``(count, 3)``
    """
    corners = np.asarray(positions, np.float64)[np.asarray(faces, np.int64)]
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    edges = np.cumsum(areas)
    ticks = (np.arange(count) + rng.random(count)) / count * edges[-1]
    triangles = np.minimum(np.searchsorted(edges, ticks, side="right"), len(corners) - 1)
    u, v = rng.random(count), rng.random(count)
    over = u + v > 1
    u[over], v[over] = 1 - u[over], 1 - v[over]
    weights = np.stack([1 - u - v, u, v], axis=1)
    return np.einsum("qk,qki->qi", weights, corners[triangles]), triangles, weights
