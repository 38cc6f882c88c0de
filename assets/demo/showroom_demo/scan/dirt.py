"""What goes wrong in a scan: surfaces that drop out, noise, and crumbs that float about."""

import numpy as np
import numpy.typing as npt

from showroom_demo.scan.target import F64, I64


def dropouts(points: F64, faces: I64, size_mm: float, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """``(m,)`` faces lost in four to seven patches, where a glint or a shadow spoiled the pattern."""
    centre = points[faces].mean(axis=1)
    lost = np.zeros(len(faces), dtype=bool)
    for _ in range(int(rng.integers(4, 8))):
        seed = centre[rng.integers(len(centre))]
        radius = size_mm * rng.uniform(0.008, 0.022)
        away = np.linalg.norm((centre - seed) * rng.uniform(0.6, 1.4, 3), axis=1)
        lost |= away < radius
    return lost


def jitter(points: F64, normals: F64, faces: I64, noise_mm: float, rng: np.random.Generator) -> F64:
    """
    Points moved along their normals with deviation ``noise_mm``, half of it shared with neighbours.

    Fused range noise is not white: neighbouring vertices saw the same pixels.
    """
    from scipy.sparse import coo_matrix

    white = rng.standard_normal(len(points))
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    count = len(points)
    ones = np.ones(2 * len(edges))
    link = coo_matrix((ones, (np.r_[edges[:, 0], edges[:, 1]], np.r_[edges[:, 1], edges[:, 0]])), shape=(count, count))
    link = link.tocsr()
    degree = np.maximum(np.asarray(link.sum(axis=1)).ravel(), 1.0)
    smooth = rng.standard_normal(count)
    for _ in range(4):
        smooth = 0.5 * smooth + 0.5 * (link @ smooth) / degree
    smooth /= max(float(smooth.std()), 1e-12)
    return np.asarray(points + normals * (noise_mm * np.sqrt(0.5) * (white + smooth))[:, None])


def crumbs(bounds: F64, rng: np.random.Generator) -> tuple[F64, I64]:
    """Five to nine small lumps in the air around the product: ``(n, 3)`` mm and their faces."""
    from scipy.spatial import ConvexHull

    low, high = bounds
    size = float((high - low).max())
    points, faces, start = [], [], 0
    for _ in range(int(rng.integers(5, 10))):
        out = rng.standard_normal(3)
        out[1] = abs(out[1])
        centre = (low + high) / 2 + (high - low) / 2 * out / np.abs(out).max() * rng.uniform(1.12, 1.3)
        lump = rng.standard_normal((14, 3))
        lump *= size * rng.uniform(0.003, 0.008) / np.linalg.norm(lump, axis=1, keepdims=True)
        hull = ConvexHull(lump).simplices.astype(np.int64)
        cross = np.cross(lump[hull[:, 1]] - lump[hull[:, 0]], lump[hull[:, 2]] - lump[hull[:, 0]])
        inward = (cross * lump[hull].mean(axis=1)).sum(axis=1) < 0
        hull = np.where(inward[:, None], hull[:, ::-1], hull)
        points.append(lump + centre)
        faces.append(hull + start)
        start += len(lump)
    return np.concatenate(points), np.concatenate(faces)
