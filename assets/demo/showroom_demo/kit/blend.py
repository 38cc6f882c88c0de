"""
Outlines that flow into each other: shapes in the plane as signed distances, joined with a soft minimum.

A spectacle front is two rims, a bridge and two end pieces; blended so, every inner corner gets its fillet.
"""

from collections.abc import Sequence

import numpy as np

from showroom_demo.kit.shape import F64
from showroom_demo.kit.solid import inside
from showroom_demo.kit.sweep import dense


def distance_to_outline(points: F64, outline: F64) -> F64:
    """Signed distance ``(n,)`` from ``(n, 2)`` points to a closed outline, negative inside."""
    from scipy.spatial import cKDTree

    distance = cKDTree(dense(outline, 0.1)).query(points)[0]
    return np.asarray(np.where(inside(points, [outline]), -distance, distance))


def distance_to_box(
    points: F64, *, centre: Sequence[float], size: Sequence[float], radius: float, turn_deg: float = 0.0
) -> F64:
    """Signed distance to a rounded rectangle turned about its centre."""
    angle = np.radians(turn_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    q = np.abs((points - np.asarray(centre)) @ turn) - np.asarray(size) / 2 + radius
    return np.asarray(np.linalg.norm(np.maximum(q, 0), axis=1) + np.minimum(q.max(axis=1), 0) - radius)


def joined(a: F64, b: F64, fillet_mm: float) -> F64:
    """The union of two distance fields with a fillet (polynomial smooth minimum)."""
    h = np.maximum(fillet_mm - np.abs(a - b), 0) / fillet_mm
    return np.asarray(np.minimum(a, b) - h * h * fillet_mm / 4)


def carved(a: F64, b: F64, fillet_mm: float) -> F64:
    """``a`` without ``b``, the new edge softened."""
    return -joined(-a, b, fillet_mm)


def outline_of(field: F64, origin: Sequence[float], step: float) -> F64:
    """The longest closed contour of a distance field sampled at ``field[y, x]``, ``(k, 2)`` in millimetres."""
    from skimage.measure import find_contours

    loops = find_contours(field, 0.0)
    longest = max(loops, key=len)
    return np.asarray(np.asarray(origin) + step * longest[:-1, ::-1])


def sampled(low: Sequence[float], high: Sequence[float], step: float) -> tuple[F64, tuple[int, int]]:
    """Points ``(n, 2)`` of a regular grid and its shape (rows, columns)."""
    x, y = np.meshgrid(np.arange(low[0], high[0], step), np.arange(low[1], high[1], step))
    return np.stack([x.ravel(), y.ravel()], axis=1), (x.shape[0], x.shape[1])
