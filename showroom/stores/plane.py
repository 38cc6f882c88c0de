"""
The plan seen from above: polygons and turned rectangles on the floor, x to the right and z towards the viewer.

Small exact pieces for ``check`` and ``floor``; numpy where many points are asked at once. Metres.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float]
Segment = tuple[Point, Point]
Floats = NDArray[np.float64]


def area(corners: Sequence[Point]) -> float:
    """Square metres; positive if the corners run counter-clockwise, seen from above (+Y)."""
    return -0.5 * sum(a[0] * b[1] - b[0] * a[1] for a, b in edges(corners))


def edges(corners: Sequence[Point]) -> Iterator[Segment]:
    """From each corner to the next, and back to the first."""
    return pairwise([*corners, corners[0]])


def is_simple(corners: Sequence[Point]) -> bool:
    """Whether no two edges touch, but neighbours at their corner."""
    sides = list(edges(corners))
    for i, one in enumerate(sides):
        for j in range(i + 1, len(sides)):
            if j == i + 1 or (i == 0 and j == len(sides) - 1):
                continue
            if _meet(one, sides[j]):
                return False
    return len(set(corners)) == len(corners)


def turned(x: float, z: float, yaw_deg: float) -> Point:
    """A point of a thing's own plane, in the room's: yaw turns +Z towards +X."""
    angle = math.radians(yaw_deg)
    cos, sin = math.cos(angle), math.sin(angle)
    return x * cos + z * sin, -x * sin + z * cos


def rectangle(x: float, z: float, width: float, depth: float, yaw_deg: float) -> list[Point]:
    """The corners of a thing's foot, counter-clockwise from above."""
    out: list[Point] = []
    for a, b in ((-1, 1), (1, 1), (1, -1), (-1, -1)):
        dx, dz = turned(a * width / 2, b * depth / 2, yaw_deg)
        out.append((x + dx, z + dz))
    return out


def circle(x: float, z: float, radius: float, *, sides: int = 12) -> list[Point]:
    """The polygon around a circle: nobody gets nearer to the middle than ``radius``."""
    around = radius / math.cos(math.pi / sides)
    return [
        (x + around * math.cos(2 * math.pi * i / sides), z - around * math.sin(2 * math.pi * i / sides))
        for i in range(sides)
    ]


def within(points: Floats, corners: Sequence[Point]) -> NDArray[np.bool_]:
    """Whether each of ``(n, 2)`` points is inside (even-odd rule)."""
    inside = np.zeros(len(points), bool)
    x, z = points[:, 0], points[:, 1]
    for (x0, z0), (x1, z1) in edges(corners):
        if z0 == z1:
            continue
        crosses = (z0 > z) != (z1 > z)
        inside ^= crosses & (x < (x1 - x0) * (z - z0) / (z1 - z0) + x0)
    return inside


def is_within(point: Point, corners: Sequence[Point]) -> bool:
    """As ``within``, for one point."""
    return bool(within(np.array([point]), corners)[0])


def distance(points: Floats, segment: Segment) -> Floats:
    """Of each of ``(n, 2)`` points to a segment."""
    a, b = np.array(segment[0]), np.array(segment[1])
    d = b - a
    length2 = float(d @ d)
    t = np.clip((points - a) @ d / length2, 0, 1)[:, None] if length2 > 0 else np.zeros((len(points), 1))
    found: Floats = np.hypot(*(points - a - t * d).T)
    return found


def overlap(one: Sequence[Point], other: Sequence[Point], *, by: float = 1e-6) -> bool:
    """Whether two convex polygons overlap by more than ``by`` (separating axes)."""
    # Most pairs are far apart: their boxes tell.
    for axis in (0, 1):
        mine, theirs = [point[axis] for point in one], [point[axis] for point in other]
        if max(mine) <= min(theirs) + by or max(theirs) <= min(mine) + by:
            return False
    for first, second in ((one, other), (other, one)):
        sign = 1.0 if area(first) > 0 else -1.0
        for (x0, z0), (x1, z1) in edges(first):
            length = math.hypot(x1 - x0, z1 - z0)
            if length == 0:
                continue
            # Outward normal of a polygon that runs counter-clockwise from above.
            nx, nz = -(z1 - z0) / length * sign, (x1 - x0) / length * sign
            reach = max(x * nx + z * nz for x, z in first)
            nearest = min(x * nx + z * nz for x, z in second)
            if nearest >= reach - by:
                return False
    return True


def _meet(one: Segment, other: Segment) -> bool:
    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    a, b = one
    c, d = other
    s1, s2, s3, s4 = side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b)
    if s1 * s2 < 0 and s3 * s4 < 0:
        return True
    return any(
        s == 0 and min(p[0], q[0]) <= r[0] <= max(p[0], q[0]) and min(p[1], q[1]) <= r[1] <= max(p[1], q[1])
        for s, p, q, r in ((s1, a, b, c), (s2, a, b, d), (s3, c, d, a), (s4, c, d, b))
    )
