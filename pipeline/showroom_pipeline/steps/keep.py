"""
Reduce triangles and keep the scene as it was authored: UVs, materials, variants, skins, morph targets, node tree.

What it is: meshoptimizer's attribute-aware edge collapse on each primitive; no vertex moves, so every attribute stays
exact. What it is not: able to cross texture seams well. On scans whose normals are split per face it stalls at the
seams; then ``simplify`` with a new atlas wins (see ``choose``).

Source: Garland and Heckbert 1998, as in meshoptimizer.
"""

import ctypes
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from showroom_assets.scene import F32, U32, Mesh, Primitive, Scene

_LEAST = 12  # triangles a primitive keeps at least: a button stays a button
_PRUNE = 8  # meshopt_SimplifyPrune: parts too small to see may go
_NORMAL_WEIGHT = 0.4
_UV_WEIGHT = 1.0


def keep(scene: Scene, *, target: int) -> Scene:
    """
    The scene at no more than about ``target`` triangles; more where seams forbid it: compare ``triangles`` after.

    Primitives are reduced in proportion to their triangles, those a mesh's nodes share only once.
    """
    before = scene.triangles
    if before <= target:
        return scene
    ratio = target / before
    meshes = []
    for mesh in scene.meshes:
        primitives = tuple(
            primitive if primitive.is_cloud else _reduce(primitive, max(int(len(primitive.indices) * ratio), _LEAST))
            for primitive in mesh.primitives
        )
        meshes.append(Mesh(name=mesh.name, primitives=primitives, weights=mesh.weights, extras=mesh.extras))
    return replace(scene, meshes=tuple(meshes))


def _reduce(primitive: Primitive, target: int) -> Primitive:
    if len(primitive.indices) <= target:
        return primitive
    primitive = merged(primitive)
    indices = _collapse(primitive, target, flags=_PRUNE)
    if not len(indices):  # pruning takes a primitive that is nothing but small parts: then each part stays
        indices = _collapse(primitive, target, flags=0)
    if not len(indices):
        return primitive
    used, renumbered = np.unique(indices, return_inverse=True)
    return taken(primitive, used, renumbered.reshape(-1, 3).astype(np.uint32))


def taken(primitive: Primitive, used: npt.NDArray[np.integer[Any]], indices: U32) -> Primitive:
    """The primitive with the vertices ``used``, in that order, and new ``indices``."""

    def pick(values: Any) -> Any:
        return None if values is None else np.ascontiguousarray(values[used])

    return replace(
        primitive,
        positions=pick(primitive.positions),
        indices=indices,
        normals=pick(primitive.normals),
        tangents=pick(primitive.tangents),
        uvs=tuple(pick(uv) for uv in primitive.uvs),
        colors=pick(primitive.colors),
        joints=pick(primitive.joints),
        weights=pick(primitive.weights),
        targets=tuple({name: pick(moved) for name, moved in target.items()} for target in primitive.targets),
    )


def merged(primitive: Primitive) -> Primitive:
    """
    Vertices of one place and one UV made one, their normals averaged, where the faces they serve are not a sharp
    edge: scanners that split normals per face leave nothing to collapse otherwise.
    """
    if primitive.joints is not None or primitive.targets or primitive.tangents is not None:
        return primitive
    parts: list[F32] = [primitive.positions, *primitive.uvs]
    if primitive.colors is not None:
        parts.append(primitive.colors)
    if primitive.normals is not None:  # coarse directions: normals within some 40 degrees meet
        parts.append(np.round(primitive.normals * 1.2).astype(np.float32))
    key = np.ascontiguousarray(np.concatenate(parts, axis=1)) + np.float32(0)  # -0 is 0
    rowwise = key.view(np.dtype((np.void, key.dtype.itemsize * key.shape[1]))).ravel()
    _, first, inverse = np.unique(rowwise, return_index=True, return_inverse=True)
    out = taken(primitive, first, inverse.reshape(-1)[primitive.indices].astype(np.uint32))
    if primitive.normals is not None:
        total = np.zeros((len(first), 3), np.float32)
        np.add.at(total, inverse.reshape(-1), primitive.normals)
        total /= np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
        out = replace(out, normals=total)
    i = out.indices
    alive = (i[:, 0] != i[:, 1]) & (i[:, 1] != i[:, 2]) & (i[:, 2] != i[:, 0])
    return replace(out, indices=np.ascontiguousarray(i[alive]))


def _collapse(primitive: Primitive, target: int, *, flags: int) -> U32:
    """Indices after ``meshopt_simplifyWithAttributes``, called here as the binding lacks its argument types."""
    from meshoptimizer._loader import lib

    place = np.ascontiguousarray(primitive.positions, np.float32)
    columns: list[F32] = []
    weights: list[float] = []
    if primitive.normals is not None:
        columns.append(primitive.normals)
        weights += [_NORMAL_WEIGHT] * 3
    for uv in primitive.uvs[:1]:
        columns.append(uv)
        weights += [_UV_WEIGHT] * 2
    attributes = np.concatenate(columns, axis=1) if columns else np.zeros((len(place), 1), np.float32)
    attributes = np.ascontiguousarray(attributes, np.float32)
    weight = np.asarray(weights or [0.0], np.float32)
    indices = np.ascontiguousarray(primitive.indices.ravel(), np.uint32)
    out = np.empty_like(indices)
    call = lib.meshopt_simplifyWithAttributes
    size, pointer = ctypes.c_size_t, ctypes.c_void_p
    call.argtypes = [pointer, pointer, size, pointer, size, size, pointer, size, pointer, size, pointer, size]
    call.argtypes += [ctypes.c_float, ctypes.c_uint, pointer]
    call.restype = size
    count = call(
        out.ctypes.data, indices.ctypes.data, len(indices),
        place.ctypes.data, len(place), place.strides[0],
        attributes.ctypes.data, attributes.strides[0], weight.ctypes.data, len(weight),
        None, target * 3, 1.0, flags, None,
    )  # fmt: skip
    return out[:count].reshape(-1, 3)
