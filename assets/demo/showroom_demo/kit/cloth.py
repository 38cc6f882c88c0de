"""
What a sewing room adds to cloth: rows of stitches, piping, ribs, filled cushions.

Everything takes and gives millimetres. Stitches are real little prisms of thread, four triangles each: in a close-up they
catch the light, and they cost less than the texture that would draw them at that scale.
"""

import numpy as np

from showroom_demo.kit.curve import arc_length
from showroom_demo.kit.shape import F64, Shape, unit
from showroom_demo.kit.sweep import grid_faces


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
    points = np.stack([start - sink, stop - sink, centre - side - sink, centre + side - sink, centre + height * up], axis=1)
    out = np.stack(
        [unit(up - tangent), unit(up + tangent), unit(up - unit(side)), unit(up + unit(side)), up], axis=1
    )
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
