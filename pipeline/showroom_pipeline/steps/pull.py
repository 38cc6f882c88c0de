"""
Pull a dense surface onto the points it came from, gently.

Poisson reconstruction averages the noise away and, with it, thin parts and corners. Each round moves every vertex part
of the way to the points nearest to it, with the movements smoothed over the surface, until 99 of 100 points lie within
the wanted distance or the rounds are used up. Unsmoothed, four rounds bring p99 from 4 spacings to 1, and the noise
with it.
"""

import numpy as np
from scipy.sparse import coo_matrix, diags
from scipy.spatial import cKDTree

from showroom_assets.scene import F64
from showroom_pipeline.closest import ClosestPoints
from showroom_pipeline.steps.topology import I64, sum_rows


def pull(
    positions: F64, faces: I64, points: F64, *, spacing: float, p99_spacings: float, rounds: int, smoothing: int = 5
) -> tuple[F64, float]:
    """
    Parameters
    ----------
    positions, faces
        ``(n, 3)`` and ``(m, 3)``, a dense mesh: edges of a few spacings.
    points
        ``(k, 3)`` the cloud.
    p99_spacings
        Stop when the 99th percentile of the distance from points to mesh is no more than this.

    Returns
    -------
    positions ``(n, 3)``, and the p99 reached on a sample of the points, in spacings
    """
    count = len(positions)
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count)).tocsr()
    graph = ((graph + graph.T) > 0).astype(np.float64)
    degree = np.asarray(graph.sum(axis=1)).reshape(-1)
    mean_of_ring = diags(1 / np.maximum(degree, 1)) @ graph
    sample = points[:: max(1, len(points) // 15_000)]
    p99 = _p99(positions, faces, sample) / spacing
    for _ in range(rounds):
        if p99 <= p99_spacings:
            break
        distance, nearest = cKDTree(positions, balanced_tree=False).query(points, distance_upper_bound=12 * spacing)
        reached = np.isfinite(distance)
        nearest = nearest[reached]
        weight = distance[reached] / spacing + 1e-3  # the far ones are the ones to reach
        arms = (points[reached] - positions[nearest]) * weight[:, None]
        total = np.bincount(nearest, weight, count)
        moved = sum_rows(nearest, arms, count) / np.maximum(total, 1e-9)[:, None]
        known = (total > 0).astype(np.float64)
        for _ in range(smoothing):
            share = mean_of_ring @ known
            around = (mean_of_ring @ (moved * known[:, None])) / np.maximum(share, 1e-9)[:, None]
            # vertices without points of their own follow half-heartedly, so that filled gaps stay smooth
            moved = np.where(known[:, None] > 0, 0.7 * moved + 0.3 * around, 0.5 * around * (share > 0)[:, None])
            known = np.maximum(known, share > 0)
        positions = positions + 0.6 * moved
        p99 = _p99(positions, faces, sample) / spacing
    return positions, p99


def _p99(positions: F64, faces: I64, points: F64) -> float:
    return float(np.percentile(ClosestPoints(positions, faces).query(points).distances, 99))
