"""
PLY files as scenes: which properties mean positions, colours, normals and texture coordinates, and which picture
belongs to them. A file without faces is a cloud.

Kept: colours and alpha of vertices, normals, texture coordinates of vertices or of face corners (MeshLab,
RealityCapture), several textures by ``texnumber``, triangle strips (Stanford). Gaussian splats are refused.
"""

from pathlib import PurePosixPath

import numpy as np

from showroom_assets.errors import DamagedFile, UnsupportedFormat
from showroom_assets.scene import F32, F64, Json, Material, Scene

from .cloud import scene_of_points
from .files import Files, inside, stem
from .limits import Limits, at_most
from .looks import LooksBuilder, locate
from .mesh import PLAIN, Faces, Looks, linear, linear_of_bytes, scene_of_faces, with_alpha
from .numbers import I64
from .obj_scene import lone_texture
from .ply import Element, Ply, Scalars, parse_ply
from .units import declared_unit

_UV_NAMES = (("u", "v"), ("s", "t"), ("texture_u", "texture_v"), ("texcoord_u", "texcoord_v"), ("s0", "t0"))
_COLOR_NAMES = (("red", "green", "blue"), ("r", "g", "b"), ("diffuse_red", "diffuse_green", "diffuse_blue"))
_ALPHA_NAMES = ("alpha", "a", "diffuse_alpha")


def read_ply(files: Files, name: str, *, limits: Limits, notes: list[str]) -> tuple[Scene, float | None]:
    """
    The scene of the PLY ``name`` and the metres of its unit, if a comment says.

    Raises
    ------
    InputError
        See ``ply.parse_ply``; a texture that is named and missing; indices out of range.
    """
    wanted = frozenset({"vertex", "face", "tristrips"})
    ply = parse_ply(files.read(name), name, limits=limits, wanted=wanted)
    title = stem(name)
    vertex = ply.elements.get("vertex")
    if vertex is None or not {"x", "y", "z"} <= vertex.scalars.keys():
        raise DamagedFile(f"'{name:.80}' has no vertices with x, y and z. Export it again.")
    unit = declared_unit("\n".join(ply.comments))
    positions = _table(vertex, ("x", "y", "z"))
    normals = _table(vertex, ("nx", "ny", "nz")) if {"nx", "ny", "nz"} <= vertex.scalars.keys() else None
    colors = _colors(vertex)
    corners, sizes = _faces(ply, name)
    if len(sizes) == 0:
        if {"f_dc_0", "scale_0", "rot_0"} <= vertex.scalars.keys():
            raise UnsupportedFormat(
                f"'{name:.80}' holds Gaussian splats, which have no surface. Export a textured mesh as .glb instead."
            )
        return scene_of_points(positions, title, colors=colors, normals=normals, notes=notes), unit
    if colors is None and "red" in ply.elements.get("face", vertex).scalars:
        notes.append("the faces have colours of their own, which were left out: colours of vertices are kept.")
    at_most(3 * limits.triangles, len(corners), f"face corners of '{name:.80}'")
    if len(corners) and not 0 <= int(corners.min()) <= int(corners.max()) < vertex.count:
        worst = int(corners.max()) if int(corners.max()) >= vertex.count else int(corners.min())
        raise DamagedFile(
            f"'{name:.80}': a face uses vertex {worst:,}, the file has {vertex.count:,}. "
            "The file seems damaged; export it again.",
            index=worst,
        )
    uvs, uv_rows = _uvs(ply, corners, sizes)
    absent = np.full(len(corners), -1)
    looks, materials = Looks((Material(name=title, json=PLAIN),)), None
    if uvs is not None:
        looks, materials = _looks(files, name, ply, len(sizes), notes)
    faces = Faces(
        positions=positions,
        colors=colors,
        normals=normals,
        uvs=uvs,
        corners=np.stack(
            [corners, absent if uv_rows is None else uv_rows, absent if normals is None else corners], axis=1
        ),
        sizes=sizes,
        materials=materials,
    )
    return scene_of_faces(faces, title, looks=looks, limits=limits, notes=notes), unit


def _table(element: Element, names: tuple[str, ...]) -> F64:
    return np.stack([np.asarray(element.scalars[name], np.float64) for name in names], axis=1)


def _faces(ply: Ply, name: str) -> tuple[I64, I64]:
    """Vertex numbers corner by corner, and the corners of each face."""
    face = ply.elements.get("face")
    if face is not None:
        for key in ("vertex_indices", "vertex_index"):
            if key in face.lists:
                sizes, items = face.lists[key]
                return _whole(items, name), sizes
    strips = ply.elements.get("tristrips")
    if strips is not None and "vertex_indices" in strips.lists:
        lengths, items = strips.lists["vertex_indices"]
        return _strips(_whole(items, name), lengths)
    return np.empty(0, np.int64), np.empty(0, np.int64)


def _whole(items: Scalars, name: str) -> I64:
    if items.dtype.kind == "f" and (not bool(np.isfinite(items).all()) or bool((np.abs(items) > 2**53).any())):
        raise DamagedFile(f"'{name:.80}': a face's vertex number is none. Export it again.")
    if items.dtype == np.uint64:
        items = np.minimum(items, np.uint64(2**62))
    return items.astype(np.int64)


def _strips(items: I64, lengths: I64) -> tuple[I64, I64]:
    """Triangle strips, parted by -1 and by the ends of rows, as triangles that all turn the same way."""
    row = np.repeat(np.arange(len(lengths)), lengths)
    breaks = items < 0
    breaks[1:] |= row[1:] != row[:-1]
    run_start = np.maximum.accumulate(np.where(breaks | (np.arange(len(items)) == 0), np.arange(len(items)), 0))
    run_start = np.where(items[run_start] < 0, run_start + 1, run_start)
    at = np.arange(max(len(items) - 2, 0))
    usable = (items[at] >= 0) & (items[at + 1] >= 0) & (items[at + 2] >= 0)
    usable &= (run_start[at] == run_start[at + 2]) & (row[at] == row[at + 2])
    at = at[usable]
    odd = (at - run_start[at]) % 2 == 1
    triangles = np.stack([items[at], items[np.where(odd, at + 2, at + 1)], items[np.where(odd, at + 1, at + 2)]], 1)
    distinct = (triangles[:, 0] != triangles[:, 1]) & (triangles[:, 1] != triangles[:, 2])
    triangles = triangles[distinct & (triangles[:, 0] != triangles[:, 2])]
    return triangles.reshape(-1), np.full(len(triangles), 3, np.int64)


def _colors(vertex: Element) -> F32 | None:
    for names in _COLOR_NAMES:
        if set(names) <= vertex.scalars.keys():
            alpha_name = next((each for each in _ALPHA_NAMES if each in vertex.scalars), None)
            kind = vertex.kind(names[0])
            channels = _table(vertex, names)
            # Clouds from depth cameras carry an alpha of 0 that means nothing.
            alpha: F32 | None = None
            if alpha_name is not None:
                alpha = _unit(_table(vertex, (alpha_name,)), vertex.kind(alpha_name))[:, 0].astype(np.float32)
            if alpha is not None and not bool((alpha > 0).any()):
                alpha = None
            if kind == "u1":
                rgb = linear_of_bytes(np.clip(np.nan_to_num(channels), 0, 255).astype(np.uint8))
            else:
                rgb = linear(_unit(channels, kind))
            return with_alpha(rgb, alpha)
    return None


def _unit(values: F64, kind: str) -> F64:
    """0..1, whatever the type: whole numbers by their range, floats as they are unless they exceed 1."""
    values = np.nan_to_num(values, nan=1.0, posinf=1.0, neginf=0.0)
    if kind[0] in "iu":
        top = {"1": 255.0, "2": 65535.0}.get(kind[1], 255.0)
    else:
        top = 255.0 if len(values) and float(values.max()) > 1.5 else 1.0
    return np.clip(values / top, 0.0, 1.0)


def _uvs(ply: Ply, corners: I64, sizes: I64) -> tuple[F64 | None, I64 | None]:
    """Texture coordinates and each corner's row among them: of face corners if there, else of vertices."""
    face, vertex = ply.elements.get("face"), ply.elements["vertex"]
    if face is not None and "texcoord" in face.lists:
        lengths, items = face.lists["texcoord"]
        if bool((lengths == 2 * sizes).all()):
            pairs = np.ascontiguousarray(np.asarray(items, np.float32).reshape(-1, 2))
            # Equal pairs become one row, or every corner would be a vertex of its own.
            _, first, rows = np.unique(pairs.view(np.uint64)[:, 0], return_index=True, return_inverse=True)
            return pairs[first].astype(np.float64), rows
    for names in _UV_NAMES:
        if set(names) <= vertex.scalars.keys():
            return _table(vertex, names), corners
    return None, None


def _looks(files: Files, name: str, ply: Ply, faces: int, notes: list[str]) -> tuple[Looks, I64 | None]:
    """One material a texture that the comments name, else the one picture beside the file."""
    base = PurePosixPath(name).parent.as_posix()
    builder = LooksBuilder(files, base=base, notes=notes)
    wanted = [comment[11:].strip() for comment in ply.comments if comment.lower().startswith("texturefile")]
    found = []
    for each in wanted[: files.limits.materials]:
        plain_name = inside(f"{base}/{each}")
        found.append((plain_name and files.find(plain_name)) or locate(files, each, name, notes))
    if not found and (lone := lone_texture(files, name, notes)):
        found = [lone]
    for each in found:
        material: Json = {"pbrMetallicRoughness": dict(PLAIN["pbrMetallicRoughness"])}
        material["pbrMetallicRoughness"]["baseColorTexture"] = {"index": builder.picture(each)}
        builder.materials.append(Material(name=stem(each), json=material))
    if not found:
        builder.materials.append(Material(name=stem(name), json=PLAIN))
    face = ply.elements.get("face")
    numbers: I64 | None = None
    if len(found) > 1 and face is not None and "texnumber" in face.scalars:
        number = np.nan_to_num(np.asarray(face.scalars["texnumber"], np.float64))
        numbers = np.clip(number, 0, len(found) - 1).astype(np.int64)
    return builder.looks(), numbers if numbers is not None and len(numbers) == faces else None
