"""
What is sewn onto a garment: strips swept along its edges (hems, cuffs, collars) and panels laid on it (lapels, ties).

A strip does not share vertices with the edge it follows: its line is resampled evenly and its frames are smoothed, so
no corner of the mesh below shows in it; it overlaps the cloth, as sewn things do.

What it is not: the cloth itself, see ``cloth``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial import Delaunay, cKDTree

from showroom_demo.avatars.mesh import Mask, Mesh, edges_of, fan, joined, vertex_normals
from showroom_demo.kit.shape import F64, I64, unit

_LEAST_LOOP = 10
"""Vertices of a border that counts; less is a nick."""

Rows = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A smooth line along a border: places, the way on from the cloth, the way out of it, and what each mixes."""

    points: F64
    onward: F64
    outward: F64
    index: I64
    share: F64
    is_closed: bool


def lines(mesh: Mesh, where: Callable[[Mesh], Mask], *, step_m: float = 0.009, soft_m: float = 0.02) -> list[Line]:
    """The runs of the mesh's borders on which ``where`` holds, evenly resampled and smoothed over ``soft_m``."""
    half = np.concatenate([mesh.faces[:, [0, 1]], mesh.faces[:, [1, 2]], mesh.faces[:, [2, 0]]])
    third = np.concatenate([mesh.faces[:, 2], mesh.faces[:, 0], mesh.faces[:, 1]])
    _, inverse, count = edges_of(half, len(mesh.points))
    lone = count[inverse] == 1
    edges, inner = half[lone], third[lone]
    p = mesh.points
    normals = vertex_normals(p, mesh.faces)
    away = np.zeros_like(p)
    along = unit(p[edges[:, 1]] - p[edges[:, 0]])
    off = p[edges[:, 0]] - p[inner]
    off = unit(off - along * (off * along).sum(axis=1, keepdims=True))
    for k in (0, 1):
        np.add.at(away, edges[:, k], off)
    chosen = where(mesh)
    following = dict(zip(edges[:, 0].tolist(), edges[:, 1].tolist(), strict=True))
    out = []
    for run, is_closed in _runs(following, chosen):
        at = np.array(run)
        line = _line(p[at], unit(away[at]), normals[at], at, is_closed, step_m, soft_m)
        out.append(line)
    return out


def _runs(following: dict[int, int], chosen: Mask) -> list[tuple[list[int], bool]]:
    out: list[tuple[list[int], bool]] = []
    left = set(following)
    while left:
        start = at = min(left)
        loop = []
        while at in left:
            left.discard(at)
            loop.append(at)
            at = following[at]
        if len(loop) < _LEAST_LOOP:
            continue
        good = [bool(chosen[k]) for k in loop]
        if all(good):
            out.append((loop, at == start))
            continue
        first = good.index(False)
        run: list[int] = []
        for k in (*loop[first:], *loop[:first], -1):
            if k >= 0 and chosen[k]:
                run.append(k)
            elif len(run) >= _LEAST_LOOP // 2:
                out.append((run, False))
                run = []
            else:
                run = []
    return out


def _line(p: F64, away: F64, normal: F64, at: I64, is_closed: bool, step_m: float, soft_m: float) -> Line:
    if is_closed:
        p, away, normal, at = (np.concatenate([a, a[:1]]) for a in (p, away, normal, at))
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1))])
    fine = max(int(way[-1] / step_m) * 4, 16)  # smoothed on a fine even grid, then thinned
    s = np.linspace(0, way[-1], fine + 1)
    if is_closed:
        s = s[:-1]
    k = np.clip(np.searchsorted(way, s, side="right") - 1, 0, len(p) - 2)
    u = np.clip((s - way[k]) / np.maximum(way[k + 1] - way[k], 1e-9), 0, 1)[:, None]
    mode = "wrap" if is_closed else "nearest"
    sigma = soft_m / (way[-1] / fine)

    def even(values: F64, wide: float) -> F64:
        mixed = values[k] * (1 - u) + values[k + 1] * u
        return np.asarray(gaussian_filter1d(mixed, sigma * wide, axis=0, mode=mode))

    place = even(p, 0.5)
    if not is_closed:  # ends stay where they are
        raw = p[k] * (1 - u) + p[k + 1] * u
        near = np.clip(np.minimum(s, way[-1] - s) / (soft_m * 0.8), 0, 1)[:, None]
        place = place * near + raw * (1 - near)
    away, normal = even(away, 1.5), even(normal, 1.5)
    tangent = unit(np.gradient(np.concatenate([place[-3:], place, place[:3]]), axis=0)[3:-3] if is_closed
                   else np.gradient(place, axis=0))  # fmt: skip
    normal = unit(normal - tangent * (normal * tangent).sum(axis=1, keepdims=True))
    away = away - tangent * (away * tangent).sum(axis=1, keepdims=True)
    away = unit(away - normal * (away * normal).sum(axis=1, keepdims=True))
    keep = np.arange(0, len(s), 4)
    if not is_closed and keep[-1] != len(s) - 1:
        keep = np.append(keep, len(s) - 1)
    index = np.stack([at[k], at[k + 1]], axis=1)
    share = np.concatenate([1 - u, u], axis=1)
    return Line(place[keep], away[keep], normal[keep], index[keep], share[keep], is_closed)


def swept(
    mesh: Mesh,
    rows: Rows,
    *,
    where: Callable[[Mesh], Mask],
    tone: float = 1.0,
    size: Callable[[Line], F64] | None = None,
    frame: Callable[[Line], Line] | None = None,
    soft_m: float = 0.02,
    step_m: float = 0.009,
) -> Mesh:
    """
    The strips alone: each row goes ``(onwards, outwards)`` metres from the line; ``size`` scales rows along it.

    The face seen is the one from which rows run on with the cloth's outside towards one.
    """
    parts = [
        _strip(mesh, frame(line) if frame else line, rows, tone, size)
        for line in lines(mesh, where, soft_m=soft_m, step_m=step_m)
    ]
    return joined(parts) if parts else _nothing(mesh)


def _strip(mesh: Mesh, line: Line, rows: Rows, tone: float, size: Callable[[Line], F64] | None) -> Mesh:
    n = len(line.points)
    scale = np.ones((n, 1)) if size is None else size(line)[:, None]
    points = np.concatenate([line.points + (line.onward * a + line.outward * b) * scale for a, b in rows])
    a = np.arange(n if line.is_closed else n - 1)
    b = (a + 1) % n
    quads = np.concatenate(
        [np.stack([b + k * n, a + k * n, a + (k + 1) * n, b + (k + 1) * n], 1) for k in range(len(rows) - 1)]
    )

    def carried(values: F64) -> F64:
        mixed = (values[line.index] * line.share[..., None]).sum(axis=1)
        mode = "wrap" if line.is_closed else "nearest"
        return np.tile(gaussian_filter1d(mixed, 1.5, axis=0, mode=mode), (len(rows), 1))

    region = np.tile(mesh.region[line.index[:, 0]], len(rows))
    return Mesh(
        points, fan(quads), carried(mesh.weights), region, carried(mesh.colors) * tone,
        {m: carried(d) for m, d in mesh.morphs.items()},
    )  # fmt: skip


def _nothing(mesh: Mesh) -> Mesh:
    return Mesh(
        np.zeros((0, 3)), np.zeros((0, 3), np.int64), np.zeros((0, mesh.weights.shape[1])), np.zeros(0, np.int64),
        np.zeros((0, 3)), {m: np.zeros((0, 3)) for m in mesh.morphs},
    )  # fmt: skip


def around_neck(lean: float = 0.25) -> Callable[[Line], Line]:
    """A collar's frame: on is up along the neck, which leans forward; out is away from it."""

    def framed(line: Line) -> Line:
        up = unit(np.array([0.0, 1.0, lean]))
        centre = (line.points.min(axis=0) + line.points.max(axis=0)) / 2
        out = line.points - centre
        out = unit(out - (out @ up)[:, None] * up)
        return replace(line, onward=np.tile(up, (len(out), 1)), outward=out)

    return framed


def panel(mesh: Mesh, grid: F64, lift: F64, *, tone: float = 1.0) -> Mesh:
    """
    A flat piece on the front of a garment: ``grid (rows, columns, 2)`` of x and y, ``lift (columns,)`` metres above it.

    The columns run to the wearer's left, to be seen from the front; both faces otherwise are left out.
    """
    normals = vertex_normals(mesh.points, mesh.faces)
    front = np.flatnonzero(normals[:, 2] > 0.12)
    rows, columns = grid.shape[:2]
    at = grid.reshape(-1, 2)
    plane = Delaunay(mesh.points[front, :2])
    simplex = plane.find_simplex(at)
    corner = plane.transform[simplex]
    b = np.einsum("nij,nj->ni", corner[:, :2], at - corner[:, 2])
    share = np.concatenate([b, 1 - b.sum(axis=1, keepdims=True)], axis=1)
    index = front[plane.simplices[simplex]]
    outside = simplex < 0
    if outside.any():
        _, near = cKDTree(mesh.points[front, :2]).query(at[outside])
        index[outside], share[outside] = front[near][:, None], [1.0, 0.0, 0.0]

    def mix(values: F64) -> F64:
        return np.asarray(np.einsum("nk,nkj->nj", share, values[index]))

    depth = gaussian_filter1d(mix(mesh.points)[:, 2].reshape(rows, columns), 1.0, axis=0, mode="nearest")
    raw = mix(mesh.points)[:, 2].reshape(rows, columns)
    points = np.concatenate([at, np.maximum(depth, raw).reshape(-1, 1)], axis=1)
    slope = unit(mix(normals))
    points = points + slope * np.tile(lift, rows)[:, None]
    a = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    quads = np.stack([a, a + 1, a + columns + 1, a + columns], axis=1)
    u, v = points[quads[:, 1]] - points[quads[:, 0]], points[quads[:, 3]] - points[quads[:, 0]]
    if np.cross(u, v)[:, 2].mean() < 0:
        quads = quads[:, ::-1]
    return Mesh(
        points, fan(quads), mix(mesh.weights), mesh.region[index[:, 0]], mix(mesh.colors) * tone,
        {m: mix(d) for m, d in mesh.morphs.items()},
    )  # fmt: skip
