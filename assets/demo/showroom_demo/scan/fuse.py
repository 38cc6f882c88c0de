"""
Range maps to one surface: a truncated signed distance, averaged over the cameras, and marching cubes on what was seen.

Only voxels near a measurement are kept, so a 220³ volume costs a second; what no camera measured stays a hole.

Source: Curless & Levoy 1996, "A volumetric method for building complex models from range images".
"""

import numpy as np

from showroom_demo.scan.rig import Sight
from showroom_demo.scan.target import F64, I64


def fuse(sights: list[Sight], *, bounds: F64, voxel_mm: float) -> tuple[F64, I64]:
    """
    The seen surface.

    Returns
    -------
    points, faces
        ``(n, 3)`` mm and ``(m, 3)``, facing outwards; open where nothing was measured.
    """
    from scipy.ndimage import binary_dilation
    from skimage.measure import marching_cubes

    low = bounds[0] - 6 * voxel_mm
    shape = np.ceil((bounds[1] - bounds[0]) / voxel_mm).astype(int) + 13
    near = np.zeros(shape, dtype=bool)
    for sight in sights:
        origins, directions = sight.eye.rays()
        places = origins[sight.hits.ray] + directions[sight.hits.ray] * sight.hits.distance[:, None]
        cell = np.floor((places - low) / voxel_mm).astype(int)
        near[tuple(cell.T)] = True
    near = binary_dilation(near, np.ones((3, 3, 3)), iterations=3)
    index = np.argwhere(near)
    centres = low + (index + 0.5) * voxel_mm
    truncation = 2.6 * voxel_mm
    total, weight = np.zeros(len(index)), np.zeros(len(index))
    for sight in sights:
        pixel, depth = sight.eye.project(centres)
        column, row = np.floor(pixel + 0.5).astype(int).T
        inside = (column >= 0) & (row >= 0) & (column < sight.eye.pixels) & (row < sight.eye.pixels) & (depth > 0)
        measured, trust = np.zeros(len(index)), np.zeros(len(index))
        measured[inside] = sight.range_mm[row[inside], column[inside]]
        trust[inside] = sight.trust[row[inside], column[inside]]
        own = np.linalg.norm(centres - sight.eye.position, axis=1)
        signed = measured - own
        trust *= (measured > 0) & (signed > -truncation)
        total += trust * np.clip(signed, -truncation, truncation)
        weight += trust
    value = np.full(shape, truncation)
    value[near] = total / np.maximum(weight, 1e-9)
    known = np.zeros(shape, dtype=bool)
    known[near] = weight > 0.06
    # a cell counts only if its eight corners are known; the mask goes by a cell's upper corner
    cell = known[1:, 1:, 1:].copy()
    for corner in range(7):
        i, j, k = corner & 1, corner >> 1 & 1, corner >> 2 & 1
        cell &= known[i : shape[0] - 1 + i, j : shape[1] - 1 + j, k : shape[2] - 1 + k]
    mask = np.zeros(shape, dtype=bool)
    mask[1:, 1:, 1:] = cell
    points, faces, _, _ = marching_cubes(value, 0.0, spacing=(voxel_mm,) * 3, mask=mask, gradient_direction="descent")
    return points.astype(np.float64) + low + 0.5 * voxel_mm, faces.astype(np.int64)


def face_normals(points: F64, faces: I64) -> F64:
    """Unit normals ``(m, 3)``; zero for a degenerate face."""
    corners = points[faces]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return np.asarray(cross / np.maximum(np.linalg.norm(cross, axis=1, keepdims=True), 1e-12))


def vertex_normals(points: F64, faces: I64) -> F64:
    corners = points[faces]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.stack(
        [np.bincount(faces.ravel(), np.repeat(cross[:, k], 3), minlength=len(points)) for k in range(3)], axis=1
    )
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12))


def pieces(faces: I64, count: int) -> I64:
    """Which connected piece each face belongs to."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    edges = np.concatenate([faces[:, :2], faces[:, 1:]])
    graph = coo_matrix((np.ones(len(edges), dtype=np.int8), (edges[:, 0], edges[:, 1])), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    return np.asarray(label[faces[:, 0]], dtype=np.int64)


def compact(points: F64, faces: I64) -> tuple[F64, I64]:
    """Without vertices that no face uses."""
    used, index = np.unique(faces, return_inverse=True)
    return points[used], np.asarray(index, dtype=np.int64).reshape(-1, 3)
