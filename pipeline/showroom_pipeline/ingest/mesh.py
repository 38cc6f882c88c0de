"""
Faces and tables of numbers made into glTF primitives: one vertex for each distinct set of attributes.

What every reader of a mesh shares: polygons cut, indices joined, vertices that are no number dropped with a note, one
primitive a material, texture coordinates turned to glTF's top-left origin, colours made linear.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from showroom_assets.errors import DamagedFile, EmptyInput
from showroom_assets.scene import F32, F64, Image, Json, Material, Mesh, Node, Primitive, Scene, Texture

from .limits import Limits, at_most
from .numbers import I64, Bool
from .triangulate import triangulate

I32 = npt.NDArray[np.int32]
_FLOAT32_MAX = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """
    Indexed polygons before they are made into primitives.

    ``positions (n, 3)`` in the file's own units · ``colors (n, 4)`` linear, or None · ``uvs (t, 2)``, v upwards ·
    ``normals (k, 3)`` · ``corners (c, 3)``: vertex, texture coordinate, normal; -1 where absent ·
    ``sizes (f,)`` corners a face · ``materials (f,)`` a small number a face.
    """

    positions: F64
    corners: I32 | I64
    sizes: I64
    colors: F32 | None = None
    uvs: F64 | None = None
    normals: F64 | None = None
    materials: I32 | I64 | None = None


@dataclass(frozen=True, slots=True)
class Looks:
    """Materials with their textures, ready to be put into a scene."""

    materials: tuple[Material, ...] = ()
    textures: tuple[Texture, ...] = ()
    images: tuple[Image, ...] = ()


PLAIN: Json = {"pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.9}}
"""A surface that says nothing about itself: matt, so that scanned colours look as scanned."""


def scene_of_faces(faces: Faces, name: str, *, looks: Looks, limits: Limits, notes: list[str]) -> Scene:
    """
    A scene of one mesh with one primitive a material.

    Parameters
    ----------
    looks
        ``looks.materials[i]`` is the material of the faces numbered ``i``.
    notes
        Takes a sentence for each thing that was dropped or changed.

    Raises
    ------
    EmptyInput
        No triangle is left.
    DamagedFile
        No vertex is a finite number.
    """
    positions, moved = centred(faces.positions, name, notes)
    few = int(np.count_nonzero(faces.sizes < 3))
    if few:
        notes.append(f"{few:,} faces with fewer than 3 corners were left out.")
    vertex_of_corner = faces.corners[:, 0]
    if len(faces.sizes):
        at_most(limits.corners, int(faces.sizes.max()), f"corners of one face of '{name:.80}'")
    triangles, owners = triangulate(faces.sizes, positions[vertex_of_corner])
    at_most(limits.triangles, len(triangles), f"triangles of '{name:.80}'")
    fine: Bool = np.asarray(np.isfinite(moved).all(axis=1))
    if not bool(fine.all()):
        keep = fine[vertex_of_corner[triangles]].all(axis=1)
        notes.append(
            f"{np.count_nonzero(~fine):,} vertices are no finite numbers: dropped, with {np.count_nonzero(~keep):,} "
            "triangles."
        )
        triangles, owners = triangles[keep], owners[keep]
    if len(triangles) == 0:
        raise EmptyInput(f"'{name:.80}' has no triangles. Export the model with its faces.", vertices=len(positions))
    numbers = np.zeros(len(owners), np.int64) if faces.materials is None else faces.materials[owners]
    primitives = []
    used = [int(number) for number in np.unique(numbers)]
    for number in used:
        chosen = triangles if len(used) == 1 else triangles[numbers == number]
        material = used.index(number) if number < len(looks.materials) else None
        primitives.append(_primitive(faces, moved, faces.corners[chosen.reshape(-1)], material, notes))
    mesh = Mesh(name=name, primitives=tuple(primitives))
    return Scene(
        name=name,
        nodes=(Node(name=name, mesh=0),),
        roots=(0,),
        meshes=(mesh,),
        materials=tuple(looks.materials[number] for number in used if number < len(looks.materials)),
        textures=looks.textures,
        images=looks.images,
    )


def _primitive(
    faces: Faces, positions: F32, corners: npt.NDArray[np.integer], material: int | None, notes: list[str]
) -> Primitive:
    """Join the corners that agree in every attribute."""
    has_uv = faces.uvs is not None and bool((corners[:, 1] >= 0).any())
    has_normal = faces.normals is not None and bool((corners[:, 2] >= 0).all())
    chosen, indices = _joined(corners, (True, has_uv, has_normal), len(positions))
    vertices = chosen[:, 0]
    out_positions = np.ascontiguousarray(positions[vertices])
    uvs: tuple[F32, ...] = ()
    if has_uv and faces.uvs is not None:
        uvs = (_uvs(faces.uvs, chosen[:, 1], notes),)
    triangles = indices.reshape(-1, 3).astype(np.uint32)
    normals = None
    if has_normal and faces.normals is not None:
        normals = unit_normals(faces.normals[chosen[:, 2]], out_positions, triangles)
    return Primitive(
        positions=out_positions,
        indices=triangles,
        normals=normals,
        uvs=uvs,
        colors=None if faces.colors is None else np.ascontiguousarray(faces.colors[vertices]),
        material=material,
    )


def _joined(
    corners: npt.NDArray[np.integer], used: tuple[bool, bool, bool], vertices: int
) -> tuple[npt.NDArray[np.integer], I64]:
    """The distinct rows of ``corners`` in the columns that are used, and each corner's row among them."""
    columns = [corners[:, slot] for slot in range(3) if used[slot]]
    first = columns[0]
    # Scanners often write v/v/v: then the vertex alone tells corners apart and no sorting is needed.
    if all(bool((column == first).all()) for column in columns[1:]):
        present = np.zeros(vertices, bool)
        present[first] = True
        rank = np.cumsum(present) - 1
        kept = np.flatnonzero(present)
        return np.repeat(kept[:, None], 3, axis=1), rank[first]
    key = first.astype(np.int64)
    for column in columns[1:]:
        span = int(column.max()) + 2
        if int(key.max()) > (2**62) // span:  # too wide for one number: number the distinct keys first
            key = np.unique(key, return_inverse=True)[1]
        key = key * span + (column + 1)
    _, where, inverse = np.unique(key, return_index=True, return_inverse=True)
    return corners[where], inverse


def _uvs(table: F64, rows: npt.NDArray[np.integer], notes: list[str]) -> F32:
    out = np.where((rows >= 0)[:, None], table[rows], 0.0)
    bad = ~np.isfinite(out).all(axis=1) | (np.abs(out) > 1e6).any(axis=1)
    if bool(bad.any()):
        notes.append(f"{np.count_nonzero(bad):,} texture coordinates are no usable numbers: set to 0.")
        out[bad] = 0.0
    return np.stack([out[:, 0], 1.0 - out[:, 1]], axis=1).astype(np.float32)


def unit_normals(normals: F64, positions: F32, triangles: npt.NDArray[np.uint32]) -> F32:
    """``(n, 3)`` of length 1; those that are no direction become the area-weighted mean of their faces."""
    with np.errstate(all="ignore"):
        length = np.linalg.norm(normals, axis=1)
    bad = ~np.isfinite(length) | (length < 1e-12)
    out = np.asarray(normals / np.where(bad, 1.0, length)[:, None], np.float32)
    if bool(bad.any()):
        out[bad] = vertex_normals(positions, triangles)[bad]
    return out


def vertex_normals(positions: F32, triangles: npt.NDArray[np.uint32]) -> F32:
    """``(n, 3)`` unit: the area-weighted mean of the faces around each vertex; +Y where there is none."""
    a, b, c = (positions[triangles[:, i]].astype(np.float64) for i in range(3))
    area = np.cross(b - a, c - a)
    total = np.stack(
        [
            np.bincount(triangles.reshape(-1), np.repeat(area[:, axis], 3), minlength=len(positions))
            for axis in range(3)
        ],
        axis=1,
    )
    length = np.linalg.norm(total, axis=1, keepdims=True)
    return np.where(length > 1e-30, total / np.where(length > 1e-30, length, 1.0), (0.0, 1.0, 0.0)).astype(np.float32)


def centred(positions: F64, name: str, notes: list[str]) -> tuple[F64, F32]:
    """
    The positions as float64 and as float32, moved to the origin if they lie so far out that float32 would blur them.

    Surveyed scans come in map coordinates: at 500 km float32 steps are 3 cm wide.

    Raises
    ------
    DamagedFile
        No vertex is a finite number.
    """
    with np.errstate(invalid="ignore"):
        fine: Bool = np.asarray((np.abs(positions) <= _FLOAT32_MAX).all(axis=1))  # False for NaN too
    if not bool(fine.any()):
        raise DamagedFile(f"'{name:.80}': no vertex is a finite number. Export the model again.")
    good = positions if bool(fine.all()) else positions[fine]
    low, high = good.min(axis=0), good.max(axis=0)
    middle, extent = (low / 2 + high / 2), float((high - low).max())
    if float(np.abs(middle).max()) > 1000.0 * extent > 0:
        middle = np.round(middle, 3)
        notes.append(
            f"the model lies far from the origin: moved by {-middle[0]:.3f}, {-middle[1]:.3f}, {-middle[2]:.3f}."
        )
        positions = positions - middle
    with np.errstate(all="ignore"):
        single: F32 = np.where(fine[:, None], positions, np.nan).astype(np.float32)
    return positions, single


def linear(srgb: F64 | F32) -> F32:
    """sRGB 0..1 to linear 0..1. Source: IEC 61966-2-1."""
    value = np.asarray(srgb, np.float64)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def linear_of_bytes(srgb: npt.NDArray[np.uint8]) -> F32:
    """sRGB 0..255 to linear 0..1, by table."""
    return linear(np.arange(256) / 255.0)[srgb]


def with_alpha(rgb: F32, alpha: F32 | None = None) -> F32:
    """``(n, 4)``; opaque unless ``alpha (n,)`` is given."""
    out = np.ones((len(rgb), 4), np.float32)
    out[:, :3] = rgb
    if alpha is not None:
        out[:, 3] = alpha
    return out
