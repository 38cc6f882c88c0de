"""
Where one can walk: a grid over a floor, and the way to each stop as a field of distances.

Made once for all bots of a room. Metres from the floor's corner, x and z.
"""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import random

    from showroom.world.floor import Floor

BODY_M: Final = 0.3
"""Half a person's width, kept from walls."""
_MOST_CELLS: Final = 60_000
_FINEST_M: Final = 0.2

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stop:
    """
    A place to stand and look at something.

    Parameters
    ----------
    at
        Where to stand.
    yaw
        Which way to look, radians; 0 is +z, a quarter turn +x.
    slot
        Number of the product slot in the store manifest, from 1; 0 for none.
    product, variant
        What stands there, if anything.
    """

    at: Point
    yaw: float
    slot: int = 0
    product: str = ""
    variant: str | None = None


@dataclass(eq=False)
class Ground:
    """
    Parameters
    ----------
    size_m
        Extent along x and z.
    walls_m
        ``(n, 4)``: x0, z0, x1, z1.
    stops
        Where bots go; ``with_stops`` makes some up.
    """

    size_m: Point
    walls_m: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 4)))
    stops: list[Stop] = field(default_factory=list)

    def __post_init__(self) -> None:
        width, depth = self.size_m
        self.cell_m = max(_FINEST_M, math.sqrt(width * depth / _MOST_CELLS))
        self.columns = max(int(width / self.cell_m), 1)
        self.rows = max(int(depth / self.cell_m), 1)
        self._walls: list[list[float]] = self.walls_m.tolist()
        self._free = self._rasterise()
        self._fields: dict[int, list[float]] = {}

    @classmethod
    def of(cls, floor: "Floor", stops: list[Stop] | None = None) -> "Ground":
        """The ground of a world's floor."""
        return cls((floor.size_cm[0] / 100, floor.size_cm[1] / 100), floor.walls_cm / 100, stops or [])

    def with_stops(self, chance: "random.Random", count: int = 24) -> "Ground":
        """The same ground with places to look at made up: spread out, connected, looking at the nearest wall."""
        if self.stops:
            return self
        found: list[Stop] = []
        home: int | None = None
        apart = math.sqrt(self.size_m[0] * self.size_m[1] / count) * 0.7
        for _ in range(count * 60):
            at = (chance.uniform(0, self.size_m[0]), chance.uniform(0, self.size_m[1]))
            if not self.is_free(at) or any(math.dist(at, other.at) < apart for other in found):
                continue
            if home is not None and not math.isfinite(self._field(home)[self._cell(at)]):
                continue
            home = self._cell(at) if home is None else home
            found.append(Stop(at, self._towards_wall(at, chance), slot=len(found) + 1))
            if len(found) == count:
                break
        return Ground(self.size_m, self.walls_m, found or [Stop((self.size_m[0] / 2, self.size_m[1] / 2), 0.0)])

    def is_free(self, at: Point) -> bool:
        """Whether somebody can stand there."""
        x, z = at
        if not (0 <= x < self.size_m[0] and 0 <= z < self.size_m[1]):
            return False
        return bool(self._free[self._cell(at)])

    def block(self, at: Point) -> None:
        """Learn of an obstacle that the walls do not tell of: the server has put a bot back there."""
        self._free[self._cell(at)] = False
        self._fields.clear()

    def is_clear(self, start: Point, end: Point) -> bool:
        """Whether one can walk straight from one place to the other."""
        steps = max(int(math.dist(start, end) / (self.cell_m * 0.5)), 1)
        dx, dz = (end[0] - start[0]) / steps, (end[1] - start[1]) / steps
        return all(self.is_free((start[0] + dx * i, start[1] + dz * i)) for i in range(1, steps + 1))

    def crosses(self, start: Point, end: Point) -> bool:
        """Whether a wall lies between two places, however near they are to it."""
        sx, sz = start
        ex, ez = end[0] - sx, end[1] - sz
        for x0, z0, x1, z1 in self._walls:
            wx, wz = x1 - x0, z1 - z0
            cross = ex * wz - ez * wx
            if abs(cross) < 1e-12:
                continue
            ox, oz = x0 - sx, z0 - sz
            if 0 <= (ox * wz - oz * wx) / cross <= 1 and 0 <= (ox * ez - oz * ex) / cross <= 1:
                return True
        return False

    def next_towards(self, start: Point, goal: Point, *, ahead_m: float = 3.0) -> Point:
        """
        A place on the way that can be reached in a straight line; the goal itself if nothing is in between, and if
        there is no way at all.
        """
        if not self.is_free(start):
            return self.free_near(start)  # away from the wall first
        if math.dist(start, goal) <= ahead_m and self.is_clear(start, goal):
            return goal
        distances = self._field(self._cell(goal))
        cell = self._cell(start)
        best = goal
        for step in range(int(ahead_m / self.cell_m)):
            around = self._around(cell)
            nearest = min(around, key=distances.__getitem__, default=cell)
            if not math.isfinite(distances[nearest]) or distances[nearest] >= distances[cell] > 0:
                break
            cell = nearest
            place = self._centre(cell)
            if step > 1 and not self.is_clear(start, place):
                break
            best = place
        return best

    def free_near(self, at: Point) -> Point:
        """The free place nearest to ``at``, on its side of all walls: for standing beside somebody or something."""
        if self.is_free(at):
            return at
        for ring in range(1, 40):
            radius = ring * self.cell_m
            for step in range(12):
                angle = step * math.tau / 12
                place = (at[0] + radius * math.sin(angle), at[1] + radius * math.cos(angle))
                if self.is_free(place) and not self.crosses(at, place):
                    return place
        return at

    # ── inside

    def _cell(self, at: Point) -> int:
        column = min(max(int(at[0] / self.cell_m), 0), self.columns - 1)
        row = min(max(int(at[1] / self.cell_m), 0), self.rows - 1)
        return row * self.columns + column

    def _centre(self, cell: int) -> Point:
        return ((cell % self.columns + 0.5) * self.cell_m, (cell // self.columns + 0.5) * self.cell_m)

    def _around(self, cell: int) -> list[int]:
        column, row = cell % self.columns, cell // self.columns
        return [
            (row + dz) * self.columns + column + dx
            for dz in (-1, 0, 1)
            for dx in (-1, 0, 1)
            if (dx or dz) and 0 <= column + dx < self.columns and 0 <= row + dz < self.rows
        ]

    def _rasterise(self) -> NDArray[np.bool_]:
        """Cells whose centre is a body's half width away from every wall and edge."""
        width, depth = self.size_m
        x = (np.arange(self.columns) + 0.5) * self.cell_m
        z = (np.arange(self.rows) + 0.5) * self.cell_m
        free = np.zeros((self.rows, self.columns), bool)
        edge = min(BODY_M, width / 4, depth / 4)
        free[np.ix_((z > edge) & (z < depth - edge), (x > edge) & (x < width - edge))] = True
        clearance = BODY_M + self.cell_m * 0.5
        for x0, z0, x1, z1 in self.walls_m.tolist():
            columns = _span(min(x0, x1) - clearance, max(x0, x1) + clearance, self.cell_m, self.columns)
            rows = _span(min(z0, z1) - clearance, max(z0, z1) + clearance, self.cell_m, self.rows)
            px, pz = x[columns][None, :] - x0, z[rows][:, None] - z0
            dx, dz = x1 - x0, z1 - z0
            share = np.clip((px * dx + pz * dz) / max(dx * dx + dz * dz, 1e-9), 0, 1)
            free[rows, columns] &= np.hypot(px - share * dx, pz - share * dz) > clearance
        return free.ravel()

    def _field(self, goal: int) -> list[float]:
        """Walking distance of every cell to the goal, metres; infinite where there is no way."""
        known = self._fields.get(goal)
        if known is None:
            if len(self._fields) >= 256:
                self._fields.pop(next(iter(self._fields)))
            known = self._fields[goal] = self._spread(goal)
        return known

    def _spread(self, goal: int) -> list[float]:
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import dijkstra

        free = self._free.reshape(self.rows, self.columns).copy()
        free[goal // self.columns, goal % self.columns] = True
        number = np.arange(self.rows * self.columns).reshape(self.rows, self.columns)
        starts, ends, lengths = [], [], []
        for dz, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
            a = (slice(0, self.rows - dz), slice(max(-dx, 0), self.columns - max(dx, 0)))
            b = (slice(dz, self.rows), slice(max(dx, 0), self.columns - max(-dx, 0)))
            both = free[a] & free[b]
            starts.append(number[a][both])
            ends.append(number[b][both])
            lengths.append(np.full(int(both.sum()), math.hypot(dx, dz) * self.cell_m))
        count = self.rows * self.columns
        graph = coo_matrix(
            (np.concatenate(lengths), (np.concatenate(starts), np.concatenate(ends))), shape=(count, count)
        ).tocsr()
        distances: list[float] = dijkstra(graph, directed=False, indices=goal).tolist()
        return distances

    def _towards_wall(self, at: Point, chance: "random.Random") -> float:
        best, yaw = 2.5, chance.uniform(-math.pi, math.pi)
        for x0, z0, x1, z1 in self.walls_m.tolist():
            dx, dz = x1 - x0, z1 - z0
            share = min(max(((at[0] - x0) * dx + (at[1] - z0) * dz) / max(dx * dx + dz * dz, 1e-9), 0), 1)
            x, z = x0 + share * dx - at[0], z0 + share * dz - at[1]
            if math.hypot(x, z) < best:
                best, yaw = math.hypot(x, z), math.atan2(x, z)
        return yaw


def _span(low: float, high: float, cell_m: float, count: int) -> slice:
    return slice(min(max(int(low / cell_m), 0), count), min(max(int(high / cell_m) + 1, 0), count))
