"""
Walls: what they stop, and how long the shortest way round them is.

The way round is the yardstick for somebody whose samples were lost: a straight line between two samples may cut a
corner that the person walked round. A refusal would punish the link, so the line is only refused if no way round is
as short as the person's pace allows.
"""

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MARGIN_CM = 2.0
"""Corners of ways are this far off the wall's end."""
MAX_CORNERS = 500
"""With more, ways round are not known and a crossing is a crossing."""
CHUNK = 400_000


def _shortest(length: Floats) -> Floats:
    """
    Lengths of the shortest ways between all pairs, ``(n, n)``, of the lengths of their edges.

    Floyd 1962. As quick for 500 corners as scipy's, which would take a fifth of the server's start to load.
    """
    between = length.copy()
    np.fill_diagonal(between, 0)
    for via in range(len(between)):
        np.minimum(between, between[:, via, None] + between[via], out=between)
    return between


def crosses(start: Floats, end: Floats, walls: Floats) -> NDArray[np.bool_]:
    """
    Whether each way from ``start`` to ``end``, ``(n, 2)``, meets any of ``walls``, ``(w, 4)``.

    Touching counts; a way along a wall does not.
    """
    return _shares(start, end, walls) <= 1


def first_hit(start: Floats, end: Floats, walls: Floats) -> Floats:
    """The part of each way, 0 to 1, until the first wall; 1 if there is none."""
    return np.minimum(_shares(start, end, walls), 1)


def _shares(start: Floats, end: Floats, walls: Floats) -> Floats:
    """Where each way first meets a wall, as a share of the way; infinite where it meets none."""
    out = np.full(len(start), np.inf)
    if not len(start) or not len(walls):
        return out
    low, high = (
        np.minimum(walls[:, :2], walls[:, 2:]),
        np.maximum(walls[:, :2], walls[:, 2:]),
    )
    step = max(CHUNK // len(walls), 1)
    for begin in range(0, len(start), step):
        one, other = start[begin : begin + step], end[begin : begin + step]
        least, most = np.minimum(one, other), np.maximum(one, other)
        # a way and a wall whose boxes are apart do not meet: leaves a few pairs of thousands for the arithmetic
        close = (least[:, :1] <= high[:, 0]) & (most[:, :1] >= low[:, 0])
        close &= (least[:, 1:] <= high[:, 1]) & (most[:, 1:] >= low[:, 1])
        which, wall = np.nonzero(close)
        np.minimum.at(out, begin + which, _meet(one[which], other[which], walls[wall]))
    return out


def _meet(start: Floats, end: Floats, walls: Floats) -> Floats:
    """Where each way meets the wall beside it, as a share of the way, ``(n,)``; infinite where it does not."""
    way_x, way_z = (end - start).T
    wall_x, wall_z = (walls[:, 2:] - walls[:, :2]).T
    off_x, off_z = (walls[:, :2] - start).T
    cross = way_x * wall_z - way_z * wall_x
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (off_x * wall_z - off_z * wall_x) / cross
        part = (off_x * way_z - off_z * way_x) / cross
    hit = (cross != 0) & (share >= 0) & (share <= 1) & (part >= 0) & (part <= 1)
    return np.where(hit, share, np.inf)


@lru_cache(maxsize=64)
def _solved(walls: bytes, size: tuple[int, int]) -> "Routes":
    return Routes(np.frombuffer(walls).reshape(-1, 4), size)


def routes_of(walls: Floats, size: tuple[int, int]) -> "Routes":
    """Ways round these walls; the same walls are solved once, however many floors are made of them."""
    return _solved(np.ascontiguousarray(walls, np.float64).tobytes(), size)


class Routes:
    """Shortest ways round the walls of a floor: a visibility graph of corners, solved once."""

    def __init__(self, walls: Floats, size: tuple[int, int]) -> None:
        self.walls = walls
        corners = _corners(walls, size)
        self.known = len(corners) <= MAX_CORNERS
        self.corners = corners if self.known else corners[:0]
        count = len(self.corners)
        if not count:
            self.between = np.empty((0, 0))
            return
        one, other = np.triu_indices(count, 1)
        clear = ~crosses(self.corners[one], self.corners[other], walls)
        length = np.full((count, count), np.inf)
        far = np.linalg.norm(self.corners[one] - self.corners[other], axis=1)
        length[one[clear], other[clear]] = far[clear]
        self.between = _shortest(np.minimum(length, length.T))

    def way_round(self, start: Floats, end: Floats) -> float:
        """Length of the shortest way between two points, infinite if there is none, centimetres."""
        if not len(self.corners):
            return float("inf")
        from_start, from_end = self._seen_from(start), self._seen_from(end)
        if not len(from_start) or not len(from_end):
            return float("inf")
        first = np.linalg.norm(self.corners[from_start] - start, axis=1)
        last = np.linalg.norm(self.corners[from_end] - end, axis=1)
        return float((first[:, None] + self.between[np.ix_(from_start, from_end)] + last[None]).min())

    def _seen_from(self, point: Floats) -> NDArray[np.int64]:
        start = np.broadcast_to(point, self.corners.shape)
        return np.flatnonzero(~crosses(start, self.corners, self.walls))


def _corners(walls: Floats, size: tuple[int, int]) -> Floats:
    """
    Where a way may have to bend: one point just off each end of a wall, or each outer corner of walls that meet.

    Where the walls at a point leave no angle over 180 degrees free, nobody bends.
    """
    ends: dict[tuple[float, float], list[float]] = {}
    for x0, z0, x1, z1 in walls.tolist():
        if (x0, z0) != (x1, z1):
            ends.setdefault((x0, z0), []).append(math.atan2(z1 - z0, x1 - x0))
            ends.setdefault((x1, z1), []).append(math.atan2(z0 - z1, x0 - x1))
    points = []
    for (x, z), angles in ends.items():
        angles.sort()
        gaps = [after - angle for angle, after in pairwise([*angles, angles[0] + math.tau])]
        widest = max(range(len(gaps)), key=gaps.__getitem__)
        if gaps[widest] > math.pi + 1e-9:
            angle = angles[widest] + gaps[widest] / 2
            point = (x + MARGIN_CM * math.cos(angle), z + MARGIN_CM * math.sin(angle))
            if 0 <= point[0] <= size[0] and 0 <= point[1] <= size[1]:
                points.append(point)
    return np.array(points).reshape(-1, 2)
