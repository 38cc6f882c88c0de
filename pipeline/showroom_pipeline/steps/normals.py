"""Shading normals: from a surface alone, or carried over from the surface it stands for."""

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]


def face_normals(positions: npt.ArrayLike, faces: I64) -> F64:
    """Unnormalised face normals ``(m, 3)``: twice the area long."""
    corners = np.asarray(positions, np.float64)[faces]
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])


def vertex_normals(positions: npt.ArrayLike, faces: I64) -> F64:
    """
    Unit vertex normals ``(n, 3)``, faces weighted by area and angle.

    Source: Max, Weights for Computing Vertex Normals from Facet Normals (1999).
    """
    place = np.asarray(positions, np.float64)
    corners = place[faces]
    out = np.roll(corners, -1, axis=1) - corners
    back = np.roll(corners, 1, axis=1) - corners
    lengths = np.einsum("mki,mki->mk", out, out) * np.einsum("mki,mki->mk", back, back)
    weights = 1 / np.maximum(lengths, 1e-60)
    normals = np.cross(out, back) * weights[..., None]
    total = np.zeros((len(place), 3))
    for axis in range(3):
        total[:, axis] = np.bincount(faces.ravel(), normals[..., axis].ravel(), len(place))
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-30), np.float64)


def corner_normals(positions: npt.ArrayLike, faces: I64) -> F32:
    """Smooth normals per corner ``(m, 3, 3)``, vertices of equal position shared."""
    place = np.asarray(positions)
    unique, inverse = np.unique(place, axis=0, return_inverse=True)
    welded = inverse.reshape(-1)[faces]
    return vertex_normals(unique, welded)[welded].astype(np.float32)
