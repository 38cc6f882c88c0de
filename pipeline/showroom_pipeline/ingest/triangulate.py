"""
Polygons to triangles, vectorised over all polygons with the same number of corners.

Convex polygons become fans. Concave quads are cut along the diagonal that stays inside; larger concave polygons are
clipped ear by ear in the plane of their area vector.

Sources: Newell's method for the area vector; Meisters 1975, "Polygons have ears".
"""

import numpy as np

from showroom_assets.scene import F64

from .numbers import I64, Bool

_EAR_TESTS = 100_000  # some 4 s
_LARGEST_CLIPPED = 1_000


def triangulate(sizes: I64, points: F64) -> tuple[I64, I64]:
    """
    Cut polygons into triangles of the same orientation.

    Parameters
    ----------
    sizes
        ``(f,)`` corners of each polygon; those with less than 3 give nothing.
    points
        ``(c, 3)`` where the corners are, polygon after polygon.

    Returns
    -------
    triangles ``(t, 3)`` of corner numbers, polygons ``(t,)``
        In the order of the polygons: a polygon of n corners gives n - 2 triangles.
    """
    if len(sizes) and int(sizes.min()) == 3 == int(sizes.max()):
        return np.arange(len(points)).reshape(-1, 3), np.arange(len(sizes))
    first = np.cumsum(sizes) - sizes
    triangles: list[I64] = []
    owners: list[I64] = []
    budget = _EAR_TESTS
    for size in np.unique(sizes[sizes >= 3]):
        of = np.flatnonzero(sizes == size)
        corners = first[of, None] + np.arange(size)
        if size == 3:
            cut = corners[:, None, :]
        elif size == 4:
            cut = _quads(corners, points)
        else:
            cut, budget = _polygons(corners, points, budget)
        triangles.append(cut.reshape(-1, 3))
        owners.append(np.repeat(of, size - 2))
    if not triangles:
        return np.empty((0, 3), np.int64), np.empty(0, np.int64)
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return np.concatenate(triangles)[order], owner[order]


def _cross(a: F64, b: F64, c: F64) -> F64:
    with np.errstate(all="ignore"):
        return np.cross(b - a, c - a)


def _quads(corners: I64, points: F64) -> I64:
    """Both diagonals are tried: the one whose halves face the same way wins, then the shorter."""
    a, b, c, d = (points[corners[:, i]] for i in range(4))
    with np.errstate(all="ignore"):
        agree_ac = np.einsum("ij,ij->i", _cross(a, b, c), _cross(a, c, d))
        agree_bd = np.einsum("ij,ij->i", _cross(b, c, d), _cross(b, d, a))
        shorter_ac = np.linalg.norm(c - a, axis=1) <= np.linalg.norm(d - b, axis=1)
    use_ac = np.where((agree_ac >= 0) == (agree_bd >= 0), shorter_ac, agree_ac >= 0)
    out = np.where(use_ac[:, None], corners[:, [0, 1, 2, 0, 2, 3]], corners[:, [1, 2, 3, 1, 3, 0]])
    return out.reshape(-1, 2, 3)


def _polygons(corners: I64, points: F64, budget: int) -> tuple[I64, int]:
    count, size = corners.shape
    steps = np.arange(1, size - 1)
    out = np.stack([np.broadcast_to(corners[:, :1], (count, size - 2)), corners[:, steps], corners[:, steps + 1]], 2)
    flat = _flatten(points[corners])
    before, after = np.roll(flat, 1, axis=1), np.roll(flat, -1, axis=1)
    with np.errstate(all="ignore"):
        turn = _area(before, flat, after)
        scale = np.abs(turn).max(axis=1, initial=0.0)
    concave = np.flatnonzero((turn < -1e-9 * scale[:, None]).any(axis=1) & np.isfinite(scale))
    for index in concave if size <= _LARGEST_CLIPPED else ():
        if budget <= 0:
            break  # a file with this many concave polygons is no product; fans keep the time bounded
        local, tests = _clip(flat[index])
        budget -= tests
        out[index] = corners[index][local]
    return out, budget


def _flatten(points: F64) -> F64:
    """``(k, n, 2)``: each polygon in the plane of its area vector, counter-clockwise."""
    with np.errstate(all="ignore"):
        centred = points - points[:, :1]
        area = np.cross(centred, np.roll(centred, -1, axis=1)).sum(axis=1)
    axis = np.argmax(np.abs(np.nan_to_num(area)), axis=1)
    keep = np.array([[1, 2], [2, 0], [0, 1]])[axis]
    flat = np.take_along_axis(centred, keep[:, None, :].repeat(points.shape[1], 1), axis=2)
    sign = np.take_along_axis(area, axis[:, None], axis=1)[:, 0] < 0
    flat[sign, :, 0] *= -1
    return np.asarray(flat)


def _area(a: F64, b: F64, c: F64) -> F64:
    out: F64 = (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
    return out


def _clip(flat: F64) -> tuple[I64, int]:
    """Ear clipping of one counter-clockwise polygon ``(n, 2)``: ``(n - 2, 3)`` local corners, and the tests it took."""
    alive = list(range(len(flat)))
    out: list[tuple[int, int, int]] = []
    at = misses = tests = 0
    while len(alive) > 3:
        n = len(alive)
        i, j, k = alive[(at - 1) % n], alive[at % n], alive[(at + 1) % n]
        tests += 1
        # A polygon that crosses itself may have no ear left: any corner is cut off then.
        if misses >= n or tests > 8 * len(flat) or _is_ear(flat, np.asarray(alive), i, j, k):
            out.append((i, j, k))
            del alive[at % n]
            at, misses = max(at % n - 1, 0), 0
        else:
            at, misses = at + 1, misses + 1
    out.append((alive[0], alive[1], alive[2]))
    return np.asarray(out, np.int64), tests


def _is_ear(flat: F64, alive: I64, i: int, j: int, k: int) -> bool:
    a, b, c = flat[i], flat[j], flat[k]
    if _area(a, b, c) <= 0:
        return False
    rest = flat[alive[(alive != i) & (alive != j) & (alive != k)]]
    inside: Bool = (_area(a, b, rest) >= 0) & (_area(b, c, rest) >= 0) & (_area(c, a, rest) >= 0)
    # A corner that only repeats one of the ear's own points (a bridge to a hole) does not spoil it.
    same = (rest[:, None] == np.stack([a, b, c])).all(axis=2).any(axis=1)
    return not bool((inside & ~same).any())
