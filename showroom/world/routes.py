"""
Walls: what they stop, and how long the shortest way round them is.

The way round is the yardstick for somebody whose samples were lost: a straight line between two samples may cut a
corner that the person walked round. A refusal would punish the link, so the line is only refused if no way round is
as short as the person's pace allows.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

Floats = NDArray[np.float64]

MARGIN_CM = 2.0
"""Corners of ways are this far off the wall's end."""
MAX_CORNERS = 600
"""With more, ways round are not known and a crossing is a crossing."""
CHUNK = 400_000


def crosses(start: Floats, end: Floats, walls: Floats) -> NDArray[np.bool_]:
    """
    Whether each way from ``start`` to ``end``, ``(n, 2)``, passes through any of ``walls``, ``(w, 4)``.

    Touching counts; a way along a wall does not.
    """
    n, w = len(start), len(walls)
    if not n or not w:
        return np.zeros(n, bool)
    out = np.empty(n, bool)
    step = max(CHUNK // w, 1)
    for begin in range(0, n, step):
        out[begin : begin + step] = (_along(start[begin : begin + step], end[begin : begin + step], walls) <= 1).any(1)
    return out


def first_hit(start: Floats, end: Floats, walls: Floats) -> Floats:
    """The part of each way, 0 to 1, until the first wall; 1 if there is none."""
    n, w = len(start), len(walls)
    out = np.ones(n)
    if not n or not w:
        return out
    step = max(CHUNK // w, 1)
    for begin in range(0, n, step):
        share = _along(start[begin : begin + step], end[begin : begin + step], walls).min(axis=1)
        out[begin : begin + step] = np.minimum(share, 1)
    return out


def _along(start: Floats, end: Floats, walls: Floats) -> Floats:
    """Where each way meets each wall, as a share of the way, ``(n, w)``; infinite where it does not."""
    way = (end - start)[:, None, :]
    wall = (walls[:, 2:] - walls[:, :2])[None]
    offset = walls[None, :, :2] - start[:, None, :]
    cross = way[..., 0] * wall[..., 1] - way[..., 1] * wall[..., 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (offset[..., 0] * wall[..., 1] - offset[..., 1] * wall[..., 0]) / cross
        part = (offset[..., 0] * way[..., 1] - offset[..., 1] * way[..., 0]) / cross
    hit = (cross != 0) & (share >= 0) & (share <= 1) & (part >= 0) & (part <= 1)
    return np.where(hit, share, np.inf)


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
        length = np.zeros((count, count))
        far = np.linalg.norm(self.corners[one] - self.corners[other], axis=1)
        length[one[clear], other[clear]] = np.maximum(far[clear], 1e-3)
        self.between = shortest_path(length, directed=False)

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
    """Points just off both ends of each wall, on four sides, that are on the floor and not inside another wall."""
    if not len(walls):
        return np.empty((0, 2))
    ends = np.concatenate([walls[:, :2], walls[:, 2:]])
    along = walls[:, 2:] - walls[:, :2]
    length = np.linalg.norm(along, axis=1, keepdims=True)
    along = np.divide(along, length, out=np.zeros_like(along), where=length > 0)
    beyond = np.concatenate([-along, along])
    aside = np.stack([-beyond[:, 1], beyond[:, 0]], 1)
    points = np.concatenate([ends + MARGIN_CM * (beyond + side * aside) for side in (-1.0, 1.0)])
    inside = (points >= 0).all(1) & (points <= np.array(size)).all(1)
    return np.unique(np.round(points[inside], 3), axis=0)
