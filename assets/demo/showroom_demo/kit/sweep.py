"""
Surfaces from a grid of points: turned parts, profiles swept along a path, and lofts through rings.

One rule holds for all: walk a profile counter-clockwise (material on the left hand) and the outside faces out.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from showroom_demo.kit.curve import arc_length, circle, resample, rounded_rectangle, spline
from showroom_demo.kit.shape import F64, I64, Shape, merge, unit, with_normals


def grid(
    points: F64,
    *,
    wrap_rows: bool = False,
    wrap_columns: bool = False,
    uvs: F64 | None = None,
    crease_deg: float = 40.0,
) -> Shape:
    """
    A surface through ``points (rows, columns, 3)``; it faces where column × row points.

    ``wrap_…`` close it round by repeating the first row or column with texture coordinates of its own. Without
    ``uvs (rows, columns, 2)`` (one more of each that wraps) they are lengths along the middle row and column.
    """
    if wrap_rows:
        points = np.concatenate([points, points[:1]], axis=0)
    if wrap_columns:
        points = np.concatenate([points, points[:, :1]], axis=1)
    rows, columns = points.shape[:2]
    if uvs is None:
        across = np.linalg.norm(np.diff(points, axis=1), axis=2).mean(axis=0)
        along = np.linalg.norm(np.diff(points, axis=0), axis=2).mean(axis=1)
        u, v = np.r_[0.0, np.cumsum(across)], -np.r_[0.0, np.cumsum(along)]
        uvs = np.stack(np.meshgrid(u, v), axis=2)
    return with_normals(
        Shape(points.reshape(-1, 3), grid_faces(rows, columns), np.zeros((rows * columns, 3)), uvs.reshape(-1, 2)),
        crease_deg=crease_deg,
    )


def grid_faces(rows: int, columns: int) -> I64:
    """``(2 (rows-1) (columns-1), 3)``: two triangles a cell, facing column × row."""
    index = np.arange(rows * columns, dtype=np.int64).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    return np.concatenate([np.stack([a, b, c], axis=2).reshape(-1, 3), np.stack([a, c, d], axis=2).reshape(-1, 3)])


def lathe(
    profile: npt.ArrayLike,
    *,
    segments: int = 64,
    around_mm: float | None = None,
    start_deg: float = -180.0,
    sweep_deg: float = 360.0,
    crease_deg: float = 40.0,
    conformal: bool = False,
) -> Shape:
    """
    Turn ``profile (k, 2)`` of (radius, height) about +Y. The seam is at the back (−Z).

    ``u`` runs round, 0 at the front, over ``around_mm`` (the largest circumference); ``v`` falls with the length of the
    profile; ``conformal`` speeds it up where the radius shrinks, so that a speckle stays round (and gets smaller).
    Give ``around_mm`` a multiple of the material's tile to hide the seam.
    """
    p = np.asarray(profile, dtype=np.float64)
    angle = np.radians(start_deg + sweep_deg * np.linspace(0, 1, segments + 1))
    if abs(sweep_deg) == 360.0:
        angle[-1] = angle[0]
    radius, height = p[:, :1], p[:, 1:]
    points = np.stack([radius * np.sin(angle), height + 0 * angle, radius * np.cos(angle)], axis=2)
    around = around_mm or 2 * np.pi * float(p[:, 0].max())
    u = around * (start_deg + sweep_deg * np.linspace(0, 1, segments + 1)) / 360.0
    v = arc_length(p)
    if conformal:
        middle = np.maximum((p[1:, 0] + p[:-1, 0]) / 2, around / (2 * np.pi) / 4)
        v = np.r_[0.0, np.cumsum(np.diff(v) * around / (2 * np.pi) / middle)]
    uvs = np.stack(np.broadcast_arrays(u[None, :], -v[:, None]), axis=2)
    return grid(points, uvs=uvs, crease_deg=crease_deg)


def frames(path: F64, *, closed: bool = False, up: Sequence[float] | None = None) -> tuple[F64, F64, F64]:
    """
    ``(side, up, tangent)`` at each point of a path, each ``(n, 3)``, with the least twist there can be.

    ``up`` is the wished direction of the first +up. A closed path's leftover twist is spread along it.

    Source: Wang, Jüttler, Zheng & Liu 2008, "Computation of rotation minimizing frames" (double reflection).
    """
    n = len(path)
    ahead = np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0)
    if not closed:
        ahead[0], ahead[-1] = path[1] - path[0], path[-1] - path[-2]
    tangent = unit(ahead)
    wish = np.asarray(up if up is not None else (0.0, 1.0, 0.0), dtype=np.float64)
    if abs(float(unit(wish) @ tangent[0])) > 0.99:
        wish = np.array([0.0, 0.0, 1.0]) if abs(tangent[0][2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    ups = np.zeros((n, 3))
    ups[0] = unit(wish - tangent[0] * (wish @ tangent[0]))

    def step(r: F64, here: int, there: int) -> F64:
        v1 = path[there] - path[here]
        c1 = max(float(v1 @ v1), 1e-18)
        r_l, t_l = r - 2 / c1 * (v1 @ r) * v1, tangent[here] - 2 / c1 * (v1 @ tangent[here]) * v1
        v2 = tangent[there] - t_l
        c2 = float(v2 @ v2)
        return np.asarray(r_l if c2 < 1e-18 else r_l - 2 / c2 * (v2 @ r_l) * v2)

    for k in range(1, n):  # along the path, not over vertices of the surface
        ups[k] = step(ups[k - 1], k - 1, k)
    if closed:
        back = step(ups[-1], n - 1, 0)
        twist = np.arctan2(np.cross(ups[0], back) @ tangent[0], ups[0] @ back)
        turn = (-twist * np.arange(n) / n)[:, None]
        ups = ups * np.cos(turn) + np.cross(tangent, ups) * np.sin(turn)
    return unit(np.cross(ups, tangent)), unit(ups), tangent


def sweep(
    path: npt.ArrayLike,
    profile: npt.ArrayLike,
    *,
    closed: bool = False,
    scale: npt.ArrayLike = 1.0,
    twist_deg: npt.ArrayLike = 0.0,
    up: Sequence[float] | None = None,
    caps: bool = True,
    round_ends_mm: float = 0.0,
    crease_deg: float = 40.0,
) -> Shape:
    """
    Carry a closed ``profile (k, 2)`` of (side, up) along ``path (n, 3)``.

    ``scale`` is one number, ``(n,)`` or ``(n, 2)``; ``twist_deg`` one or ``(n,)``. ``round_ends_mm`` rounds both
    ends off over that length (a rod's end, a temple tip). ``u`` runs round the profile, ``v`` falls along the path.
    """
    p, q = np.asarray(path, dtype=np.float64), np.asarray(profile, dtype=np.float64)
    side, ups, tangent = frames(p, closed=closed, up=up)
    size = np.asarray(scale, dtype=np.float64)
    size = np.broadcast_to(size[:, None] if size.ndim == 1 else size, (len(p), 2))
    turn = np.radians(np.broadcast_to(np.asarray(twist_deg, dtype=np.float64), (len(p),)))
    if round_ends_mm > 0 and not closed:
        p, side, ups, tangent, size, turn = _rounded_ends(p, side, ups, tangent, size, turn, round_ends_mm, q)
    x, y = q[:, 0] * size[:, :1], q[:, 1] * size[:, 1:]
    c, s = np.cos(turn)[:, None], np.sin(turn)[:, None]
    points = p[:, None] + (x * c - y * s)[..., None] * side[:, None] + (x * s + y * c)[..., None] * ups[:, None]
    return loft(points, closed=closed, caps=caps and not closed, crease_deg=crease_deg)


def _rounded_ends(
    p: F64, side: F64, ups: F64, tangent: F64, size: F64, turn: F64, length: float, profile: F64, steps: int = 6
) -> tuple[F64, F64, F64, F64, F64, F64]:
    angle = np.linspace(0, np.pi / 2, steps + 1)[1:]
    out_by, shrink = length * np.sin(angle), np.cos(angle)
    half = np.abs(profile).max(axis=0)

    def end(k: int, sign: float) -> tuple[F64, ...]:
        # the edge moves in by the same distance on both axes, as a round-over does
        inset = np.minimum(length, (half * size[k]).min()) * (1 - shrink)[:, None]
        scale = np.maximum(size[k] - inset / half, 0.002)
        one = np.ones((steps, 1))
        return (
            p[k] + sign * out_by[:, None] * tangent[k],
            side[k] * one,
            ups[k] * one,
            tangent[k] * one,
            scale,
            turn[k] * one[:, 0],
        )

    first, last = end(0, -1.0), end(-1, 1.0)
    middle = (p, side, ups, tangent, size, turn)
    joined = [np.concatenate([a[::-1], m, b]) for a, m, b in zip(first, middle, last, strict=True)]
    return joined[0], joined[1], joined[2], joined[3], joined[4], joined[5]


def loft(rings: F64, *, closed: bool = False, caps: bool = True, crease_deg: float = 40.0) -> Shape:
    """
    A skin over closed rings ``(rows, columns, 3)``, each counter-clockwise seen against the direction of travel.

    ``closed`` joins the last ring to the first; ``caps`` close the ends with flat fans.
    """
    body = grid(rings, wrap_columns=True, wrap_rows=closed, crease_deg=crease_deg)
    if closed or not caps:
        return body
    ends = [fan(rings[0][::-1]), fan(rings[-1])]
    return with_normals(merge([body, *ends]), crease_deg=crease_deg)


def fan(ring: F64) -> Shape:
    """A flat cap over a closed ring ``(k, 3)``, facing the side from which it runs counter-clockwise."""
    k = len(ring)
    points = np.concatenate([ring, ring.mean(axis=0, keepdims=True)])
    around = np.arange(k)
    faces = np.stack([around, (around + 1) % k, np.full(k, k)], axis=1)
    normal = unit(np.cross(ring - points[k], np.roll(ring, -1, axis=0) - points[k]).sum(axis=0))
    side = unit(np.cross(np.array([0.0, 1.0, 0.0]) if abs(normal[1]) < 0.9 else np.array([0.0, 0.0, -1.0]), normal))
    flat = points - points[k]
    uvs = np.stack([flat @ side, -(flat @ np.cross(normal, side))], axis=1)
    return Shape(points, faces, np.tile(normal, (k + 1, 1)), uvs)


def tube(
    path: npt.ArrayLike,
    radius: float,
    *,
    sides: int = 12,
    samples: int | None = None,
    closed: bool = False,
    round_ends: bool = True,
) -> Shape:
    """A wire or a cord of round section; with ``samples`` a spline is drawn through ``path`` first."""
    p = np.asarray(path, dtype=np.float64)
    if samples is not None:
        p = spline(p, samples, closed=closed)
    return sweep(p, circle(radius, sides), closed=closed, round_ends_mm=radius if round_ends and not closed else 0.0)


def ribbon(
    path: F64, width: float, thickness: float, *, bevel: float, up: Sequence[float], closed: bool = False
) -> Shape:
    """A strap: a rounded rectangle, ``width`` across and ``thickness`` along ``up``, swept along a path."""
    outline = rounded_rectangle(width, thickness, bevel, arc_steps=4)
    return sweep(path, outline, closed=closed, up=up, round_ends_mm=0.0 if closed else bevel)


def dense(outline: F64, step: float) -> F64:
    """A closed outline resampled about every ``step`` millimetres."""
    length = arc_length(np.concatenate([outline, outline[:1]]))[-1]
    return resample(outline, max(8, int(np.ceil(length / step))), closed=True)
