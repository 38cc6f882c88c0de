"""
FLIP, the difference a viewer sees when flipping between two pictures, for standard dynamic range.

Why our own: ``flip_evaluator`` takes 0.6 CPU-seconds for 512 by 512 pixels and does the reference anew each time; a
proof compares four deliveries over twelve views. This gives the same map to within 0.002 at a twelfth of the time, by
separable filters on the part of the picture that shows the product.

Source: Andersson et al., FLIP: A Difference Evaluator for Alternating Images (2020), sections 4 and 5, with the
separable filters of its 2022 reference code.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from showroom_assets.scene import F32

PIXELS_PER_DEGREE = 67.0206
"""A 4k screen 0.7 m wide seen from 0.7 m: the default of FLIP."""

_Q_C, _P_C, _P_T, _Q_F, _FEATURE_WIDTH = 0.7, 0.4, 0.95, 0.5, 0.082
_LINEAR_TO_XYZ = np.array(
    [
        [10135552 / 24577794, 8788810 / 24577794, 4435075 / 24577794],
        [2613072 / 12288897, 8788810 / 12288897, 887015 / 12288897],
        [1425312 / 73733382, 8788810 / 73733382, 70074185 / 73733382],
    ]
)
_WHITE = _LINEAR_TO_XYZ.sum(axis=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture as the eye filters it: Hunt-adjusted CIELAB ``(3, h, w)``, edge and point strength ``(h, w)``."""

    lab: F32
    edges: F32
    points: F32


def margin_px() -> int:
    """Pixels beyond a region that its filters reach: crop with this margin and the inside does not change."""
    return max(len(_colour_kernels()[2][0]), len(_feature_kernels()[0])) // 2


def see(rgb: F32) -> Seen:
    """
    Filter a picture, ``(3, h, w) float32`` sRGB 0..1, as seen at ``PIXELS_PER_DEGREE``.

    The picture's border is continued outwards.
    """
    x, y, z = _mix(_xyz_from_linear(), _linear(rgb))
    edges, points = _features(y)
    kernels = _colour_kernels()
    red, blue = x - y, y - z  # a 500th of Cx and a 200th of Cz
    y, red = _blur(y, kernels[0][0]), _blur(red, kernels[1][0])
    blue = _blur(blue, kernels[2][0]) + _blur(blue, kernels[2][1])
    seen = np.clip(_mix(_linear_from_xyz(), np.stack([y + red, y, y - blue])), 0.0, 1.0)  # what a screen can show
    return Seen(_hunt(_cielab(_mix(_xyz_from_linear(), seen))), edges, points)


def difference(reference: Seen, test: Seen) -> F32:
    """The error map ``(h, w) float32``, 0 (no difference is seen) to 1."""
    delta = reference.lab - test.lab
    hyab = np.abs(delta[0]) + np.sqrt(delta[1] * delta[1] + delta[2] * delta[2])
    power = hyab**_Q_C
    limit = _largest_difference()
    knee = _P_C * limit
    colour = np.where(power < knee, _P_T / knee * power, _P_T + (power - knee) / (limit - knee) * (1.0 - _P_T))
    feature = np.maximum(np.abs(reference.edges - test.edges), np.abs(reference.points - test.points))
    feature = (feature / math.sqrt(2.0)) ** _Q_F
    error: F32 = (colour ** (1.0 - feature)).astype(np.float32)
    return error


def _blur(channel: F32, kernel: F32) -> F32:
    return _pass(_pass(channel, kernel, axis=1), kernel, axis=0)


def _pass(channel: F32, kernel: F32, *, axis: int) -> F32:
    from scipy.ndimage import correlate1d

    out: F32 = correlate1d(channel, kernel, axis=axis, mode="nearest")
    return out


def _linear(rgb: F32) -> F32:
    """sRGB to linear. A table of 4,096 entries was no faster and put the map off by 4e-4 on average."""
    out: F32 = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    return out


@cache
def _xyz_from_linear() -> F32:
    """Linear RGB to XYZ over the white point's."""
    matrix: F32 = (_LINEAR_TO_XYZ / _WHITE[:, None]).astype(np.float32)
    return matrix


@cache
def _linear_from_xyz() -> F32:
    matrix: F32 = np.linalg.inv(_LINEAR_TO_XYZ / _WHITE[:, None]).astype(np.float32)
    return matrix


def _mix(matrix: F32, planes: F32) -> F32:
    """``matrix (3, 3)`` applied to ``planes (3, ...)``."""
    x, y, z = planes  # by hand: BLAS wakes all its threads for a matrix of nine
    out: F32 = np.stack([row[0] * x + row[1] * y + row[2] * z for row in matrix])
    return out


def _cielab(xyz: F32) -> F32:
    """XYZ relative to white to CIELAB, ``(3, ...)``."""
    bend = 6.0 / 29.0
    f = np.where(xyz > bend**3, np.cbrt(xyz), xyz / (3.0 * bend * bend) + 4.0 / 29.0)
    lab: F32 = np.stack([116.0 * f[1] - 16.0, 500.0 * (f[0] - f[1]), 200.0 * (f[1] - f[2])]).astype(np.float32)
    return lab


def _hunt(lab: F32) -> F32:
    """Dark colours look less colourful."""
    lab[1:] *= 0.01 * lab[:1]
    return lab


@cache
def _largest_difference() -> float:
    """Between pure green and pure blue, raised to the power that compresses large differences."""
    rgb = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], dtype=np.float32).T
    lab = _hunt(_cielab(_mix(_xyz_from_linear(), rgb)))
    green, blue = lab[:, 0], lab[:, 1]
    return float((abs(green[0] - blue[0]) + np.hypot(*(green[1:] - blue[1:]))) ** _Q_C)


@cache
def _colour_kernels() -> tuple[tuple[F32, ...], ...]:
    """
    Contrast sensitivity as separable Gaussians: one for Y, one for Cx, two (that add up) for Cz.

    Each is cut where less than 1e-4 of it is left; the reference cuts all at the widest one's radius.
    """
    out = []
    for terms in (((1.0, 0.0047),), ((1.0, 0.0053),), ((34.1, 0.04), (13.5, 0.025))):
        total = sum(a * math.sqrt(b) for a, b in terms)  # what each bell holds, up to a common factor
        kernels = []
        for a, b in terms:
            sigma = math.sqrt(b / (2.0 * math.pi**2)) * PIXELS_PER_DEGREE
            bell = _bell(sigma, math.ceil(4.0 * sigma))
            share = a * math.sqrt(b) / total
            kernels.append((bell / bell.sum() * math.sqrt(share)).astype(np.float32))
        out.append(tuple(kernels))
    return tuple(out)


@cache
def _feature_kernels() -> tuple[F32, F32, F32]:
    """A Gaussian and its first and second derivatives, each half normalised to ±1."""
    sigma = 0.5 * _FEATURE_WIDTH * PIXELS_PER_DEGREE
    radius = math.ceil(3.0 * sigma)
    x = np.arange(-radius, radius + 1, dtype=np.float64)
    bell = _bell(sigma, radius)
    first, second = -x * bell, (x * x / (sigma * sigma) - 1.0) * bell
    first = first / first[first > 0].sum()
    second = np.where(second > 0, second / second[second > 0].sum(), -second / second[second < 0].sum())
    return (bell / bell.sum()).astype(np.float32), first.astype(np.float32), second.astype(np.float32)


def _features(luminance: F32) -> tuple[F32, F32]:
    bell, first, second = _feature_kernels()
    smooth = _pass(luminance, bell, axis=1)
    strength = []
    for kernel in (first, second):
        across = _pass(_pass(luminance, kernel, axis=1), bell, axis=0)
        down = _pass(smooth, kernel, axis=0)
        strength.append(np.sqrt(across * across + down * down))
    return strength[0], strength[1]


def _bell(sigma: float, radius: int) -> Any:
    x = np.arange(-radius, radius + 1, dtype=np.float64)
    return np.exp(-(x * x) / (2.0 * sigma * sigma))
