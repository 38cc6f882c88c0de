"""
Fewer triangles, the same attributes: a level keeps some of the vertices as they are, so weights and morphs stay exact.

Source: meshoptimizer's attribute-aware simplification.
"""

import ctypes

import numpy as np

from showroom_demo.avatars.mesh import Mask, Mesh, borders, rows

_NORMAL_WEIGHT = 0.35
_COLOR_WEIGHT = 0.25


def reduced(mesh: Mesh, target: int, *, locked: Mask | None = None, error: float = 1.0) -> Mesh:
    """
    At most ``target`` triangles, if the locked vertices allow it.

    Parameters
    ----------
    locked
        Mask of vertices that stay, as where two parts meet.
    error
        Largest error, as a share of the mesh's size.
    """
    from meshoptimizer._loader import lib

    if len(mesh.faces) <= target:
        return mesh
    place = np.ascontiguousarray(mesh.points, np.float32)
    columns = np.concatenate([mesh.normals, mesh.colors, (mesh.region[:, None] == [2, 3, 4]) * 1.0], axis=1)
    attributes = np.ascontiguousarray(columns, np.float32)
    weight = np.array([_NORMAL_WEIGHT] * 3 + [_COLOR_WEIGHT] * 3 + [0.2] * 3, np.float32)
    indices = np.ascontiguousarray(mesh.faces.ravel(), np.uint32)
    lock = np.zeros(len(place), np.uint8) if locked is None else np.ascontiguousarray(locked, np.uint8)
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
        lock.ctypes.data, target * 3, error, 0, None,
    )  # fmt: skip
    faces = out[:count].reshape(-1, 3).astype(np.int64)
    used, inverse = np.unique(faces, return_inverse=True)
    return rows(mesh, used, inverse.reshape(-1, 3))


def border_mask(mesh: Mesh) -> Mask:
    return borders(mesh.faces, len(mesh.points))
