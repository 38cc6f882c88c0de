"""
Solids with honest edges: nothing here has a razor-sharp corner.

``plate`` cuts any outline with holes out of sheet and rounds its edges over; ``box``, ``cylinder``, ``sphere``,
``torus`` and ``capsule`` are the usual ones, bevelled.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from showroom_demo.kit.curve import arc_length, area, fillet, outward
from showroom_demo.kit.shape import F64, I64, Shape, merge, unit, with_normals
from showroom_demo.kit.sweep import dense, grid_faces, lathe


def box(width: float, height: float, depth: float, *, bevel: float = 3.0, steps: int = 4) -> Shape:
    """A box with rounded edges and corners, centred at the origin; each face is mapped flat, in millimetres."""
    half = np.array([width, height, depth]) / 2
    r = min(bevel, 0.98 * float(half.min()))
    faces = []
    for axis in range(3):
        for sign in (1.0, -1.0):
            u_axis, v_axis = [(2, 1), (0, 2), (0, 1)][axis]
            u, v = _face_steps(half[u_axis], r, steps), _face_steps(half[v_axis], r, steps)
            outer = np.zeros((len(v), len(u), 3))
            outer[..., u_axis], outer[..., v_axis], outer[..., axis] = u[None, :], v[:, None], sign * half[axis]
            inner = np.clip(outer, -(half - r), half - r)
            normals = unit(outer - inner)
            points = (inner + r * normals).reshape(-1, 3)
            e = np.eye(3)
            facing = float(np.cross(e[u_axis], e[v_axis])[axis]) * sign
            index = grid_faces(len(v), len(u))
            uvs = np.stack(np.broadcast_arrays(facing * u[None, :], -v[:, None]), axis=2).reshape(-1, 2)
            faces.append(Shape(points, index if facing > 0 else index[:, ::-1], normals.reshape(-1, 3), uvs))
    return merge(faces)


def _face_steps(half: float, r: float, steps: int) -> F64:
    corner = r * np.tan(np.linspace(0, np.pi / 4, steps + 1))
    return np.asarray(np.r_[-(half - r) - corner[::-1], (half - r) + corner])


def cylinder(
    radius: float, height: float, *, bevel: float = 0.5, segments: int = 48, top_radius: float | None = None
) -> Shape:
    """Standing on the origin, +Y up, both rims rounded; with ``top_radius`` a cone's frustum."""
    top = radius if top_radius is None else top_radius
    profile = [(0.0, 0.0), (radius, 0.0), (top, height), (0.0, height)]
    return lathe(fillet(profile, bevel, steps=4), segments=segments)


def sphere(radius: float, *, segments: int = 48) -> Shape:
    """Centred at the origin."""
    angle = np.radians(np.linspace(-90, 90, segments // 2 + 1))
    profile = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    profile[[0, -1], 0] = 0.0
    return lathe(profile, segments=segments, crease_deg=80)


def torus(radius: float, tube_radius: float, *, segments: int = 64, sides: int = 16) -> Shape:
    """Lying flat, centred at the origin, its axis +Y."""
    angle = np.linspace(0, 2 * np.pi, sides + 1) - np.pi
    profile = np.stack([radius + tube_radius * np.cos(angle), tube_radius * np.sin(angle)], axis=1)
    profile[-1] = profile[0]
    return lathe(profile, segments=segments, crease_deg=80)


def capsule(radius: float, length: float, *, segments: int = 24) -> Shape:
    """A rod with round ends, centred at the origin along +Y; ``length`` is over all."""
    angle = np.radians(np.linspace(-90, 90, 2 * (segments // 4) + 2))
    profile = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    profile[:, 1] += np.sign(profile[:, 1]) * (length / 2 - radius)
    profile[[0, -1], 0] = 0.0
    return lathe(profile, segments=segments, crease_deg=80)


def disc(radius: float, *, inner: float = 0.0, segments: int = 64) -> Shape:
    """Flat at the origin, facing +Y; texture coordinates 0..1 over its square, as a printed dial wants them."""
    flat = lathe([(radius, 0.0), (inner, 0.0)], segments=segments)
    uvs = 0.5 + np.stack([flat.points[:, 0], flat.points[:, 2]], axis=1) / (2 * radius)
    return flat.with_uvs(uvs)


def plate(
    outline: npt.ArrayLike,
    thickness: float,
    *,
    holes: Sequence[npt.ArrayLike] = (),
    bevel: float = 1.0,
    edge: npt.ArrayLike | None = None,
    step: float = 2.0,
    grid_mm: float | None = None,
    crease_deg: float = 40.0,
) -> Shape:
    """
    Cut an outline with holes out of sheet in the XY plane, centred on z = 0, its edges rounded over.

    Parameters
    ----------
    outline, holes
        Closed, ``(k, 2)``, in any direction.
    thickness
        Along Z.
    bevel
        Radius of the round-over on both faces.
    edge
        Instead of a quarter circle: ``(k, 2)`` of (distance in from the outline, drop from the face), ending at drop 0;
        a long gentle one makes a cushion.
    step, grid_mm
        Spacing along the outline, and of the points inside (needed only where the plate is to be bent later).

    The face is a Delaunay triangulation of the outline, loops inset from it and a hexagonal grid; the rounding is a
    height for each distance from the edge, so any outline works without offsetting it exactly.
    """
    from scipy.spatial import Delaunay, cKDTree

    loops = [_turned(dense(np.asarray(outline, dtype=np.float64), step), 1.0)]
    loops += [_turned(dense(np.asarray(hole, dtype=np.float64), step), -1.0) for hole in holes]
    if edge is None:
        angle = np.linspace(0, np.pi / 2, 6)
        r = min(bevel, 0.49 * thickness)
        edge = r * np.stack([1 - np.cos(angle), 1 - np.sin(angle)], axis=1)
    profile = np.asarray(edge, dtype=np.float64)

    rim = np.concatenate(loops)
    fine = np.concatenate([dense(loop, step / 6) for loop in loops])
    tree = cKDTree(fine)
    insets = [rim - np.concatenate([outward(loop) for loop in loops]) * distance for distance in profile[1:, 0]]
    kept = [rim]
    for distance, points in zip(profile[1:, 0], insets, strict=True):
        good = tree.query(points)[0] > distance * 0.97 - 1e-6
        kept.append(points[good & inside(points, loops)])
    spacing = grid_mm or 3 * step
    low, high = rim.min(axis=0), rim.max(axis=0)
    rows = np.arange(low[1], high[1], spacing * 0.866)
    columns = np.arange(low[0], high[0] + spacing, spacing)
    hexes = np.stack(np.meshgrid(columns, rows), axis=2)
    hexes[1::2, :, 0] += spacing / 2
    middle = hexes.reshape(-1, 2)
    far = tree.query(middle)[0] > profile[-1, 0] + 0.55 * min(spacing, step)
    kept.append(middle[far & inside(middle, loops)])
    flat = _apart(np.concatenate(kept), len(rim), 0.12 * min(step, max(profile[-1, 0], 1e-3)))

    triangles = Delaunay(flat).simplices.astype(np.int64)
    corners = flat[triangles]
    triangles = triangles[inside(corners.mean(axis=1), loops)]
    e1, e2 = flat[triangles[:, 1]] - flat[triangles[:, 0]], flat[triangles[:, 2]] - flat[triangles[:, 0]]
    signed = e1[:, 0] * e2[:, 1] - e1[:, 1] * e2[:, 0]
    triangles = np.where(signed[:, None] > 0, triangles, triangles[:, ::-1])[np.abs(signed) > 1e-7]

    distance = tree.query(flat)[0]
    distance[: len(rim)] = 0.0
    height = thickness / 2 - np.interp(distance, profile[:, 0], profile[:, 1])
    top = Shape(
        np.column_stack([flat, height]), triangles, np.zeros((len(flat), 3)), np.column_stack([flat[:, 0], -flat[:, 1]])
    )
    bottom = Shape(
        np.column_stack([flat, -height]),
        triangles[:, ::-1],
        np.zeros((len(flat), 3)),
        np.column_stack([-flat[:, 0], -flat[:, 1]]),
    )
    walls = [_wall(loop, thickness / 2 - float(profile[0, 1])) for loop in loops]
    return with_normals(merge([top, bottom, *walls]), crease_deg=crease_deg)


def _wall(loop: F64, half: float) -> Shape:
    if half < 1e-6:
        nothing = np.zeros((0, 3))
        return Shape(nothing, nothing.astype(np.int64), nothing, np.zeros((0, 2)))
    ring = np.concatenate([loop, loop[:1]])
    along = arc_length(ring)
    points = np.concatenate([np.column_stack([ring, np.full(len(ring), z)]) for z in (-half, half)])
    uvs = np.concatenate([np.stack([along, np.full(len(ring), -z)], axis=1) for z in (-half, half)])
    return Shape(points, grid_faces(2, len(ring)), np.zeros_like(points), uvs)


def _turned(loop: F64, sign: float) -> F64:
    return loop if area(loop) * sign > 0 else loop[::-1]


def inside(points: F64, loops: Sequence[F64]) -> npt.NDArray[np.bool_]:
    """Even-odd test of ``(n, 2)`` points against closed loops, in blocks that bound the memory."""
    a = np.concatenate(list(loops))
    b = np.concatenate([np.roll(loop, -1, axis=0) for loop in loops])
    out = np.zeros(len(points), dtype=bool)
    block = max(1, 4_000_000 // len(a))
    for start in range(0, len(points), block):
        x, y = points[start : start + block, :1], points[start : start + block, 1:]
        crosses = (a[:, 1] > y) != (b[:, 1] > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            at = a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
        out[start : start + block] = (crosses & (x < at)).sum(axis=1) % 2 == 1
    return out


def _apart(points: F64, keep: int, closest: float) -> F64:
    """Drop points nearer than ``closest`` to an earlier one; the first ``keep`` stay."""
    from scipy.spatial import cKDTree

    pairs = cKDTree(points).query_pairs(closest, output_type="ndarray")
    drop = pairs.max(axis=1) if len(pairs) else np.zeros(0, dtype=np.int64)
    alive = np.ones(len(points), dtype=bool)
    alive[drop[drop >= keep]] = False
    return points[alive]


def triangulated(outline: npt.ArrayLike, *, holes: Sequence[npt.ArrayLike] = (), step: float = 2.0) -> Shape:
    """A flat, single-sided sheet of any outline, facing +Z: lenses, labels, patches."""
    whole = plate(outline, 1.0, holes=holes, edge=[(0.0, 0.0)], step=step, grid_mm=step)
    front = whole.normals[whole.faces].mean(axis=1)[:, 2] > 0.9
    used, index = np.unique(whole.faces[front], return_inverse=True)
    points = whole.points[used] - np.array([0.0, 0.0, 0.5])
    return Shape(points, _int(index), whole.normals[used], whole.uvs[used])


def _int(index: npt.NDArray[np.intp]) -> I64:
    return np.asarray(index, dtype=np.int64).reshape(-1, 3)
