"""
A piece of surface: the value every modelling function makes and takes.

Coordinates are **millimetres**, because that is how products are specified; ``assemble`` turns them into metres.
Texture coordinates are millimetres too (``u`` to the right, ``v`` downwards, as glTF has it): a material divides them
by the size of its tile, so that a weave or a grain has one scale on every part. Printed parts (a dial, a label) use a
tile of 1 mm and coordinates 0..1.

What it is not: a solid. There are no booleans; parts overlap or touch, as they do in a real assembly.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
Warp = Callable[[F64], F64]


@dataclass(frozen=True, slots=True)
class Shape:
    """
    Triangles with normals and texture coordinates.

    ``points (n, 3)`` millimetres · ``faces (m, 3)`` counter-clockwise seen from outside · ``normals (n, 3)`` unit ·
    ``uvs (n, 2)`` millimetres.
    """

    points: F64
    faces: I64
    normals: F64
    uvs: F64

    @property
    def bounds(self) -> F64:
        """``(2, 3)``: lowest and highest corner, millimetres."""
        return np.stack([self.points.min(axis=0), self.points.max(axis=0)])

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> "Shape":
        return replace(self, points=self.points + np.array([x, y, z]))

    def turned(self, axis: str | Sequence[float], degrees: float) -> "Shape":
        """Turned about an axis through the origin: ``"x"``, ``"y"``, ``"z"`` or a vector."""
        return self.mapped(rotation(axis, degrees))

    def scaled(self, x: float, y: float | None = None, z: float | None = None) -> "Shape":
        """Scaled about the origin; one number scales all three axes."""
        return self.mapped(np.diag([x, x if y is None else y, x if z is None else z]))

    def mapped(self, matrix: F64) -> "Shape":
        """Through a ``(3, 3)`` or ``(4, 4)`` matrix; a mirroring one turns the faces round."""
        linear = matrix[:3, :3]
        points = self.points @ linear.T + (matrix[:3, 3] if matrix.shape == (4, 4) else 0.0)
        normals = unit(self.normals @ np.linalg.inv(linear))
        faces = self.faces[:, ::-1] if np.linalg.det(linear) < 0 else self.faces
        return Shape(points, faces, normals, self.uvs)

    def mirrored(self, axis: str = "x") -> "Shape":
        """The other hand: a left part from a right one."""
        sign = np.ones(3)
        sign["xyz".index(axis)] = -1.0
        return self.mapped(np.diag(sign))

    def warped(self, warp: Warp, *, crease_deg: float = 40.0) -> "Shape":
        """Through any function ``(n, 3) -> (n, 3)``; normals are made anew."""
        return with_normals(replace(self, points=warp(self.points)), crease_deg=crease_deg)

    def flipped(self) -> "Shape":
        """Inside out."""
        return replace(self, faces=self.faces[:, ::-1], normals=-self.normals)

    def with_uvs(self, uvs: F64) -> "Shape":
        return replace(self, uvs=np.asarray(uvs, dtype=np.float64))

    def uv_turned(self, degrees: float) -> "Shape":
        """Texture coordinates turned: the grain of wood or brushing the other way."""
        angle = np.radians(degrees)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        return replace(self, uvs=self.uvs @ turn.T)

    def uv_moved(self, u: float, v: float) -> "Shape":
        return replace(self, uvs=self.uvs + np.array([u, v]))


def unit(vectors: F64) -> F64:
    """Vectors of any dimension at length 1; a zero vector stays zero."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))


def rotation(axis: str | Sequence[float], degrees: float) -> F64:
    """``(3, 3)`` rotation about an axis through the origin (Rodrigues)."""
    if isinstance(axis, str):
        vector = np.eye(3)["xyz".index(axis)]
    else:
        vector = unit(np.asarray(axis, dtype=np.float64))
    x, y, z = vector
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    angle = np.radians(degrees)
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)


def frame(*, origin: npt.ArrayLike, y: npt.ArrayLike, z: npt.ArrayLike = (0.0, 0.0, 1.0)) -> F64:
    """``(4, 4)`` that puts a part modelled at the origin to ``origin``: +Y along ``y``, +Z as near ``z`` as can be."""
    up = unit(np.asarray(y, dtype=np.float64))
    front = np.asarray(z, dtype=np.float64)
    if abs(float(unit(front) @ up)) > 0.999:
        front = np.array([1.0, 0.0, 0.0])
    side = unit(np.cross(up, front))
    out = np.eye(4)
    out[:3, 0], out[:3, 1], out[:3, 2], out[:3, 3] = side, up, np.cross(side, up), origin
    return out


def merge(shapes: Sequence[Shape]) -> Shape:
    """One shape of many; nothing is welded."""
    offsets = np.cumsum([0] + [len(s.points) for s in shapes[:-1]])
    return Shape(
        np.concatenate([s.points for s in shapes]),
        np.concatenate([s.faces + o for s, o in zip(shapes, offsets, strict=True)]),
        np.concatenate([s.normals for s in shapes]),
        np.concatenate([s.uvs for s in shapes]),
    )


def with_normals(shape: Shape, *, crease_deg: float = 40.0) -> Shape:
    """
    Smooth normals, broken where faces meet at more than ``crease_deg``.

    Vertices at one place share a normal (texture seams do not show); those on a crease are split. Faces count by
    their angle at the vertex, so a long sliver weighs no more than its neighbour.

    Source: Thürmer & Wüthrich 1998, "Computing vertex normals from polygonal facets".
    """
    points, faces = shape.points, _without_slivers(shape.points, shape.faces)
    corners = points[faces]
    edges = np.roll(corners, -1, axis=1) - corners
    face_normal = unit(np.cross(edges[:, 0], -edges[:, 2]))
    a, b = unit(edges), unit(-np.roll(edges, 1, axis=1))
    angle = np.arccos(np.clip((a * b).sum(axis=2), -1, 1))

    place = _places(points)[faces]  # (m, 3): which place each corner is at
    order = np.argsort(place.ravel(), kind="stable")
    sorted_place = place.ravel()[order]
    starts = np.flatnonzero(np.r_[True, sorted_place[1:] != sorted_place[:-1]])
    counts = np.diff(np.r_[starts, len(order)])
    # every pair of corners at one place: (corner, other)
    repeats = np.repeat(counts, counts)
    first = np.repeat(np.arange(len(order)), repeats)
    begin = np.repeat(np.repeat(starts, counts), repeats)
    other = begin + (np.arange(len(first)) - np.repeat(np.cumsum(repeats) - repeats, repeats))
    corner, mate = order[first], order[other]
    close = (face_normal[corner // 3] * face_normal[mate // 3]).sum(axis=1) >= np.cos(np.radians(crease_deg)) - 1e-9
    weighted = face_normal[mate // 3] * (angle.ravel()[mate] * close)[:, None]
    total = np.zeros((faces.size, 3))
    for k in range(3):
        total[:, k] = np.bincount(corner, weighted[:, k], minlength=faces.size)
    total = np.where(np.linalg.norm(total, axis=1, keepdims=True) > 1e-9, total, np.repeat(face_normal, 3, axis=0))
    normals = unit(total)

    # one vertex for each distinct (old vertex, normal)
    key = np.column_stack([faces.ravel(), np.round(normals * 500).astype(np.int64)])
    _, keep, index = np.unique(key, axis=0, return_index=True, return_inverse=True)
    source = faces.ravel()[keep]
    return Shape(points[source], index.reshape(-1, 3), normals[keep], shape.uvs[source])


def _places(points: F64) -> I64:
    """An index a place: points closer than a micrometre share it."""
    _, index = np.unique(np.round(points * 1e3).astype(np.int64), axis=0, return_inverse=True)
    return np.asarray(index.reshape(-1), dtype=np.int64)


def _without_slivers(points: F64, faces: I64) -> I64:
    corners = points[faces]
    area = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    return np.asarray(faces[area > 1e-9])
