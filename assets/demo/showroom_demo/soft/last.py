"""
The last of a low court shoe, EU 42 (265 mm foot), left foot: feather line, topline, and the surface between them.

An upper is a ring of leather: it runs round the foot (``k``, 0 at the toe, 10 at the heel, lateral side first, 20
back at the toe) and from the sole (``t`` = 0) to the topline (``t`` = 1), which goes round the ankle and down both
sides of the lacing to the throat.
"""

from functools import cache
from typing import Any

import numpy as np

from showroom_demo.kit.shape import F64, unit

LENGTH, SOLE = 296.0, 27.0

_RINGS = np.array([
    # feather x, z;   topline x, y, z;      rise  reach  drop   (shape of the arch between them)
    (4, 141,      1, 74, 44,        31, 50, 3),
    (31, 127,     7, 77, 40,        30, 46, 3),
    (45.5, 92,    12.5, 84, 24,     31, 28, 4),
    (46.5, 55,    15, 94, 7,        34, 24, 4),
    (41, 20,      16.5, 104, -10, 34, 20, 6),
    (34.5, -20,   18.5, 114, -27,   34, 15, 10),
    (32.5, -60,   23, 121, -44,     36, 10, 20),
    (33.5, -88,   33, 98, -68,      30, 3, 26),
    (33, -112,    33, 82, -94,      24, 2, 24),
    (24, -133,    23.5, 87, -117,   24, 4, 26),
    (1, -141,     0, 97, -128,      26, 7, 30),
    (-22, -132,   -22.5, 87, -117,  24, 4, 26),
    (-29.5, -110, -32, 82, -94,     24, 2, 24),
    (-29, -85,    -32, 98, -68,     30, 3, 26),
    (-27.5, -58,  -22, 121, -44,    34, 9, 18),
    (-27, -18,    -18, 114, -27,    36, 14, 10),
    (-31, 22,     -16, 104, -10,  36, 19, 6),
    (-40.5, 58,   -14.5, 94, 7,     36, 23, 4),
    (-43.5, 92,   -12, 84, 24,      31, 28, 4),
    (-29, 127,    -6, 77, 40,       30, 46, 3),
], dtype=np.float64)  # fmt: skip
COUNT = len(_RINGS)


@cache
def _spline() -> Any:
    from scipy.interpolate import CubicSpline

    closed = np.concatenate([_RINGS, _RINGS[:1]])
    return CubicSpline(np.arange(COUNT + 1), closed, bc_type="periodic")


def spring(z: F64) -> F64:
    """How far the sole lifts off the ground: the toe, and a little at the heel."""
    return np.asarray(
        13.0 * np.clip((z - 62.0) / 85.0, 0, None) ** 2 + 2.5 * np.clip((-z - 100.0) / 47.0, 0, None) ** 2
    )


def feather(k: F64, *, out: float = 0.0) -> F64:
    """The line where upper meets sole, ``out`` mm beyond it."""
    row = _spline()(np.mod(k, COUNT))
    ahead, behind = _spline()(np.mod(k + 0.02, COUNT)), _spline()(np.mod(k - 0.02, COUNT))
    along = unit(np.stack([ahead[..., 0] - behind[..., 0], 0 * k, ahead[..., 1] - behind[..., 1]], axis=-1))
    away = np.stack([-along[..., 2], 0 * k, along[..., 0]], axis=-1)
    flat = np.stack([row[..., 0], 0 * k, row[..., 1]], axis=-1)
    away = away * np.sign((away * flat).sum(axis=-1, keepdims=True))
    point = flat + out * away
    point[..., 1] = SOLE - 3.0 + spring(point[..., 2])
    return np.asarray(point)


def upper(k: F64, t: F64, *, lift: float | F64 = 0.0) -> F64:
    """A point of the upper; ``k`` and ``t`` of one shape."""
    surface = _upper(k, t)
    if isinstance(lift, float) and lift == 0.0:
        return surface
    return np.asarray(surface + np.asarray(lift)[..., None] * normal(k, t))


def _upper(k: F64, t: F64) -> F64:
    row = _spline()(np.mod(k, COUNT))
    f = feather(k)
    top = row[..., 2:5]
    rise, reach, drop = row[..., 5:6], row[..., 6:7], row[..., 7:8]
    towards = (f - top) * [1, 0, 1]
    away = unit(towards)
    up = np.array([0.0, 1.0, 0.0])
    out = unit(f * [1, 0, 0.25])
    b1 = f + rise * up + 2.5 * out * [1, 0, 1]
    b2 = top + reach * away - drop * up
    u = t[..., None]
    p = (1 - u) ** 3 * f + 3 * (1 - u) ** 2 * u * b1 + 3 * (1 - u) * u**2 * b2 + u**3 * top
    # a worn crease or two across the flex of the vamp
    z, flex = p[..., 2], np.exp(-(((p[..., 2] - 62.0) / 22.0) ** 2)) * np.clip(t * 1.6 - 0.35, 0, 1)
    p[..., 1] += 0.55 * flex * np.sin(z / 3.4 + 0.05 * p[..., 0])
    return np.asarray(p)


def normal(k: F64, t: F64) -> F64:
    """Outward unit normal of the upper."""
    h = 4e-3
    t0, t1 = np.clip(t - h, 0, 1), np.clip(t + h, 0, 1)
    n = np.cross(_upper(k, t1) - _upper(k, t0), _upper(k + h, t) - _upper(k - h, t))
    return unit(-n) if _handed() < 0 else unit(n)


@cache
def _handed() -> float:
    """Whether k × t faces in or out, found once at the lateral side."""
    k, t, h = np.array([4.0]), np.array([0.3]), 4e-3
    n = np.cross(_upper(k, t + h) - _upper(k, t - h), _upper(k + h, t) - _upper(k - h, t))
    return float(np.sign(n[0, 0]))
