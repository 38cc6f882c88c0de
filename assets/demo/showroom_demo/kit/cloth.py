"""
What a sewing room adds to cloth: rows of stitches, piping, ribs, filled cushions.

Everything takes and gives millimetres. Stitches are real little prisms of thread, four triangles each: in a close-up
they catch the light, and they cost less than the texture that would draw them at that scale.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from showroom_demo.kit.curve import arc_length, circle, rounded_rectangle
from showroom_demo.kit.shape import F64, Shape, merge, unit, with_normals
from showroom_demo.kit.sweep import dense, grid_faces, sweep


def stitches(
    path: F64,
    normals: F64,
    *,
    pitch: float = 4.0,
    length: float = 3.1,
    width: float = 0.9,
    height: float = 0.5,
    closed: bool = False,
) -> Shape:
    """
    A row of lockstitch along a polyline on a surface.

    Parameters
    ----------
    path, normals
        ``(n, 3)`` points on the surface and its unit normals there.
    pitch, length
        From one stitch to the next, and of the thread seen, mm.
    """
    p = np.concatenate([path, path[:1]]) if closed else path
    n = np.concatenate([normals, normals[:1]]) if closed else normals
    along = arc_length(p)
    count = max(1, int(along[-1] // pitch))
    middle = (np.arange(count) + 0.5) * along[-1] / count

    def at(distance: F64, values: F64) -> F64:
        return np.stack([np.interp(distance, along, values[:, k]) for k in range(3)], axis=1)

    start, stop = at(middle - length / 2, p), at(middle + length / 2, p)
    up = unit(at(middle, n))
    tangent = unit(stop - start)
    side = unit(np.cross(tangent, up)) * (width / 2)
    centre = (start + stop) / 2
    sink = 0.12 * up
    points = np.stack(
        [start - sink, stop - sink, centre - side - sink, centre + side - sink, centre + height * up], axis=1
    )
    out = np.stack([unit(up - tangent), unit(up + tangent), unit(up - unit(side)), unit(up + unit(side)), up], axis=1)
    local = np.array([[0, 4, 2], [2, 4, 1], [1, 4, 3], [3, 4, 0]])
    local = local[:, ::-1] if _faces_in(points[0], local, up[0]) else local
    faces = (local[None] + 5 * np.arange(count)[:, None, None]).reshape(-1, 3)
    uv = np.array([[0.0, 0.0], [length, 0.0], [length / 2, -width / 2], [length / 2, width / 2], [length / 2, 0.0]])
    return Shape(points.reshape(-1, 3), faces, out.reshape(-1, 3), np.tile(uv, (count, 1)))


def _faces_in(points: F64, faces: F64, up: F64) -> bool:
    a, b, c = points[faces[0]]
    return bool(np.cross(b - a, c - a) @ up < 0)


def sheet(rows: F64, normals: F64 | None = None, *, uvs: F64 | None = None, closed: bool = False) -> Shape:
    """
    A strip through ``rows (r, c, 3)``, facing column × row, with given or smooth normals; ``closed`` joins the columns.
    """
    points = np.concatenate([rows, rows[:, :1]], axis=1) if closed else rows
    r, c = points.shape[:2]
    if normals is None:
        across, down = np.gradient(points, axis=1), np.gradient(points, axis=0)
        if closed:
            ends = points[:, 1] - points[:, -2]
            across[:, 0] = across[:, -1] = ends / 2
        normal = unit(np.cross(across, down))
    else:
        normal = np.concatenate([normals, normals[:, :1]], axis=1) if closed else normals
    if uvs is None:
        along = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(points, axis=1), axis=2).mean(axis=0))]
        up = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=2).mean(axis=1))]
        uvs = np.stack(np.meshgrid(along, -up), axis=2)
    return Shape(points.reshape(-1, 3), grid_faces(r, c), normal.reshape(-1, 3), uvs.reshape(-1, 2))


@dataclass(frozen=True, slots=True)
class Cushion:
    """A filled, boxed cushion: its ``cover``, and the cords along its top and bottom seams."""

    cover: Shape
    piping: Shape


def cushion(
    width: float,
    height: float,
    depth: float,
    *,
    radius: float = 55.0,
    crown: float = 30.0,
    cheek: float = 12.0,
    sag: tuple[tuple[float, float, float, float], ...] = (),
    creases: float = 1.0,
    step: float = 38.0,
    cord_mm: float = 9.0,
    seed: int = 1,
) -> Cushion:
    """
    Centred at the origin, the show side up (+Y).

    Parameters
    ----------
    radius
        Of the upright corners, mm; the upper and lower seams are piped.
    crown, cheek
        How far the filling lifts the middle of the top, and pushes the sides out.
    sag
        Dips where people sit: ``(x, z, spread, depth)`` in mm.
    creases
        Strength of the folds that run from the corners and along the seams.
    """
    half = np.array([width, height, depth]) / 2
    boxed = _rounded_box(half, radius, step)
    warp = _filled_warp(half, crown, cheek, sag, creases, seed)
    cover = with_normals(Shape(warp(boxed.points), boxed.faces, boxed.normals, boxed.uvs), crease_deg=70)
    inset = 0.18 * radius
    corner = min(radius, 0.9 * float(half.min())) - inset
    outline = dense(rounded_rectangle(width - 2 * inset, depth - 2 * inset, corner, arc_steps=8), 26.0)
    cords = []
    for sign in (1.0, -1.0):
        # on the shoulder of the round-over, where the top panel meets the boxing
        level = np.full(len(outline), sign * (half[1] - 0.30 * min(radius, 0.96 * float(half.min()))))
        ring = _onto(warp(np.column_stack([outline[:, 0], level, -outline[:, 1]])), cover, 0.3 * cord_mm)
        cords.append(sweep(ring, circle(cord_mm / 2, 7), closed=True, up=(0, 1, 0)).uv_turned(90))
    return Cushion(cover, merge(cords))


def _rounded_box(half: F64, radius: float, step: float) -> Shape:
    """A box with rounded edges and enough points on its faces to be bent."""
    r = min(radius, 0.96 * float(half.min()))
    faces = []
    for axis in range(3):
        for sign in (1.0, -1.0):
            u_axis, v_axis = [(2, 1), (0, 2), (0, 1)][axis]
            u, v = _spread(half[u_axis], r, step), _spread(half[v_axis], r, step)
            outer = np.zeros((len(v), len(u), 3))
            outer[..., u_axis], outer[..., v_axis], outer[..., axis] = u[None, :], v[:, None], sign * half[axis]
            inner = np.clip(outer, -(half - r), half - r)
            points = inner + r * unit(outer - inner)
            e = np.eye(3)
            facing = float(np.cross(e[u_axis], e[v_axis])[axis]) * sign
            index = grid_faces(len(v), len(u))
            uvs = np.stack(np.broadcast_arrays(facing * u[None, :], -v[:, None]), axis=2).reshape(-1, 2)
            zero = np.zeros((points.shape[0] * points.shape[1], 3))
            faces.append(Shape(points.reshape(-1, 3), index if facing > 0 else index[:, ::-1], zero, uvs))
    return merge(faces)


def _spread(half: float, r: float, step: float) -> F64:
    corner = r * np.tan(np.linspace(0, np.pi / 4, 6))
    flat = half - r
    inner = np.linspace(-flat, flat, max(3, int(2 * flat / step) + 1))
    return np.asarray(np.r_[-flat - corner[:0:-1], inner, flat + corner[1:]])


def _filled_warp(
    half: F64,
    crown: float,
    cheek: float,
    sag: tuple[tuple[float, float, float, float], ...],
    creases: float,
    seed: int,
) -> Callable[[F64], F64]:
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi, 8)

    def warp(points: F64) -> F64:
        p = points.copy()
        a, h, b = (np.clip(points[:, k] / half[k], -1, 1) for k in range(3))
        x, z = points[:, 0], points[:, 2]
        dome = ((1 - a**4) * (1 - b**4)) ** 0.9
        top = np.clip(h, 0, 1) ** 2
        p[:, 1] += crown * dome * top - 0.25 * crown * dome * np.clip(-h, 0, 1) ** 2
        level = 1 - h**2
        p[:, 0] += cheek * np.sign(a) * np.abs(a) ** 6 * level * (1 - b**4)
        p[:, 2] += cheek * np.sign(b) * np.abs(b) ** 6 * level * (1 - a**4)
        for sx, sz, spread, depth in sag:
            p[:, 1] -= depth * np.exp(-((x - sx) ** 2 + (z - sz) ** 2) / (2 * spread**2)) * (0.25 + 0.75 * (h + 1) / 2)
        # folds: short waves that run in from the seams and die out towards the middle
        edge = np.maximum(np.abs(a), np.abs(b)) ** 3 * (1 - 0.75 * np.maximum(np.abs(a), np.abs(b)) ** 16)
        wave = (
            np.sin(x / 47 + 1.7 * np.sin(z / 130 + phase[0]) + phase[1]) * np.abs(b) ** 4
            + np.sin(z / 43 + 1.7 * np.sin(x / 150 + phase[2]) + phase[3]) * np.abs(a) ** 4
            + 0.8 * np.sin((x + z) / 61 + phase[4]) * np.sin((x - z) / 83 + phase[5])
        )
        p[:, 1] += creases * 1.6 * edge * wave * np.abs(h)
        side = creases * 1.8 * level * np.sin(points[:, 1] / 38 + 2 * np.sin((x + z) / 120 + phase[6]) + phase[7])
        p[:, 0] += np.sign(a) * np.abs(a) ** 8 * side
        p[:, 2] += np.sign(b) * np.abs(b) ** 8 * side
        return p

    return warp


def _onto(points: F64, shape: Shape, lift: float) -> F64:
    """Nearest places on a shape's surface (its vertices and their tangent planes), lifted, smoothed round the loop."""
    from scipy.spatial import cKDTree

    _, index = cKDTree(shape.points).query(points)
    n = shape.normals[index]
    flat = points - ((points - shape.points[index]) * n).sum(axis=1, keepdims=True) * n + lift * n
    for _ in range(3):
        flat = 0.25 * np.roll(flat, 1, axis=0) + 0.5 * flat + 0.25 * np.roll(flat, -1, axis=0)
    return np.asarray(flat)
