"""Curves and outlines, in millimetres: splines, superellipses, rounded polygons, offsets, and arc length."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from showroom_demo.kit.shape import F64, unit


def spline(points: npt.ArrayLike, samples: int = 64, *, closed: bool = False) -> F64:
    """
    A smooth curve through points, sampled evenly along its length.

    Centripetal Catmull-Rom: no loops or overshoot at uneven spacing. Works in any dimension.

    Source: Yuksel, Schaefer & Keyser 2011, "Parameterization and applications of Catmull-Rom curves".
    """
    p = np.asarray(points, dtype=np.float64)
    if closed:
        p = np.concatenate([p[-1:], p, p[:2]])
    else:
        p = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    knot = np.r_[0.0, np.cumsum(np.maximum(np.linalg.norm(np.diff(p, axis=0), axis=1), 1e-9) ** 0.5)]
    spans = len(p) - 3
    fine = max(16, 4 * samples // spans)
    span = np.repeat(np.arange(spans), fine)
    t0, t1, t2, t3 = (knot[span + k] for k in range(4))
    t = t1 + (t2 - t1) * np.tile(np.arange(fine) / fine, spans)
    p0, p1, p2, p3 = (p[span + k] for k in range(4))

    def mix(a: F64, b: F64, ta: F64, tb: F64) -> F64:
        f = ((t - ta) / (tb - ta))[:, None]
        return np.asarray(a + (b - a) * f)

    a1, a2, a3 = mix(p0, p1, t0, t1), mix(p1, p2, t1, t2), mix(p2, p3, t2, t3)
    curve = mix(mix(a1, a2, t0, t2), mix(a2, a3, t1, t3), t1, t2)
    curve = np.concatenate([curve, p[-2:-1]])
    return resample(curve[:-1] if closed else curve, samples, closed=closed)


def resample(points: F64, samples: int, *, closed: bool = False) -> F64:
    """The same polyline at even steps of arc length."""
    p = np.concatenate([points, points[:1]]) if closed else points
    along = arc_length(p)
    at = np.linspace(0.0, along[-1], samples, endpoint=not closed)
    return np.stack([np.interp(at, along, p[:, k]) for k in range(p.shape[1])], axis=1)


def arc_length(points: F64) -> F64:
    """Distance along a polyline to each of its points, starting at 0."""
    return np.asarray(np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])


def superellipse(width: float, height: float, *, power: float = 2.5, samples: int = 48) -> F64:
    """``(samples, 2)`` closed, counter-clockwise from +X: 2 is an ellipse, 4 a squircle. Even spacing."""
    angle = np.linspace(0, 2 * np.pi, 8 * samples, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    ring = np.stack(
        [np.sign(c) * np.abs(c) ** (2 / power) * width / 2, np.sign(s) * np.abs(s) ** (2 / power) * height / 2], axis=1
    )
    return resample(ring, samples, closed=True)


def circle(radius: float, samples: int = 48) -> F64:
    angle = np.linspace(0, 2 * np.pi, samples, endpoint=False)
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def rounded_polygon(corners: npt.ArrayLike, radius: float | Sequence[float], *, arc_steps: int = 6) -> F64:
    """
    A closed counter-clockwise polygon with each corner replaced by an arc.

    ``radius`` is one for all or one a corner; it shrinks where an edge is too short for it. Straight runs get no
    extra points: use ``resample`` if they are to bend later.
    """
    p = np.asarray(corners, dtype=np.float64)
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(p),))
    out: list[F64] = []
    for k in range(len(p)):
        here, to_previous, to_next = p[k], p[k - 1] - p[k], p[(k + 1) % len(p)] - p[k]
        room = 0.49 * min(np.linalg.norm(to_previous), np.linalg.norm(to_next))
        a, b = unit(to_previous), unit(to_next)
        half = 0.5 * np.arccos(np.clip(a @ b, -1, 1))
        if radii[k] <= 0 or half > 1.55:
            out.append(here[None])
            continue
        cut = min(radii[k] / np.tan(half), room)
        r = cut * np.tan(half)
        centre = here + unit(a + b) * r / np.sin(half)
        start, stop = here + a * cut - centre, here + b * cut - centre
        first = np.arctan2(start[1], start[0])
        sweep = (np.arctan2(stop[1], stop[0]) - first + np.pi) % (2 * np.pi) - np.pi
        angle = first + sweep * np.linspace(0, 1, arc_steps + 1)
        out.append(centre + r * np.stack([np.cos(angle), np.sin(angle)], axis=1))
    return np.concatenate(out)


def rounded_rectangle(width: float, height: float, radius: float, *, arc_steps: int = 6) -> F64:
    w, h = width / 2, height / 2
    return rounded_polygon([(w, -h), (w, h), (-w, h), (-w, -h)], radius, arc_steps=arc_steps)


def outward(outline: F64) -> F64:
    """``(n, 2)`` unit normals of a closed counter-clockwise outline, pointing out."""
    along = unit(np.roll(outline, -1, axis=0) - outline) + unit(outline - np.roll(outline, 1, axis=0))
    return unit(np.stack([along[:, 1], -along[:, 0]], axis=1))


def offset(outline: F64, distance: float) -> F64:
    """A closed counter-clockwise outline moved outwards along its mitred normals (inwards if negative)."""
    edge = unit(np.roll(outline, -1, axis=0) - outline)
    normal = outward(outline)
    flat = np.stack([edge[:, 1], -edge[:, 0]], axis=1)
    return np.asarray(outline + normal * distance / np.maximum((normal * flat).sum(axis=1), 0.35)[:, None])


def area(outline: F64) -> float:
    """Signed area of a closed outline: positive counter-clockwise."""
    x, y = outline[:, 0], outline[:, 1]
    return float(0.5 * (x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def arc(
    radius: float, start_deg: float, stop_deg: float, *, steps: int = 12, centre: Sequence[float] = (0.0, 0.0)
) -> F64:
    """``(steps + 1, 2)`` along a circle, angles from +X counter-clockwise."""
    angle = np.radians(np.linspace(start_deg, stop_deg, steps + 1))
    return np.asarray(np.asarray(centre) + radius * np.stack([np.cos(angle), np.sin(angle)], axis=1))


def fillet(profile: npt.ArrayLike, radius: float | Sequence[float], *, steps: int = 5) -> F64:
    """An open polyline with its inner corners rounded: the drawn profile of a turned part, ready for ``lathe``."""
    p = np.asarray(profile, dtype=np.float64)
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(p),))
    out = [p[:1]]
    for k in range(1, len(p) - 1):
        a, b = p[k - 1] - p[k], p[k + 1] - p[k]
        room = 0.49 * min(np.linalg.norm(a), np.linalg.norm(b))
        a, b = unit(a), unit(b)
        half = 0.5 * np.arccos(np.clip(a @ b, -1, 1))
        if radii[k] <= 0 or half > 1.55:
            out.append(p[k : k + 1])
            continue
        cut = min(radii[k] / np.tan(half), room)
        t = np.linspace(0, 1, steps + 1)[:, None]
        # a rational quadratic with this weight is the exact arc
        w = np.sin(half)
        top = (1 - t) ** 2 * (p[k] + a * cut) + 2 * w * t * (1 - t) * p[k] + t**2 * (p[k] + b * cut)
        out.append(top / ((1 - t) ** 2 + 2 * w * t * (1 - t) + t**2))
    out.append(p[-1:])
    return np.concatenate(out)
