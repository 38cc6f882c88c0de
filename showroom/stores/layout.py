"""
What a room's things take up on its floor: footprints, what holds a product, where one can stand.

Made once for a room and asked by ``check`` and ``floor``. Everything is on the plan of ``plane``; heights are beside
it.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from showroom.stores import plane
from showroom.stores.manifest import Room, Slot
from showroom.stores.plane import Floats, Point

PERSON_M: Final = 0.3
"""Half the width of somebody who stands."""
_CELL_M: Final = 0.05
_FINE_M2: Final = 2500.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A thing that stands on the floor and in the way: what and which it is, and its foot."""

    what: str
    id: str
    foot: list[Point]
    top_m: float

    def __str__(self) -> str:
        return f"{self.what} {self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Something a product can stand on: its foot and the heights of its tops."""

    name: str
    foot: list[Point]
    tops_m: tuple[float, ...]


def pieces(room: Room) -> list[Piece]:
    """Shelves, plinths and seats: what nobody walks through."""
    found = [
        Piece(
            what="shelf",
            id=shelf.id,
            foot=plane.rectangle(shelf.position_m[0], shelf.position_m[2], shelf.width_m, shelf.depth_m, shelf.yaw_deg),
            top_m=shelf.position_m[1] + shelf.height_m,
        )
        for shelf in room.shelves
    ]
    for plinth in room.plinths:
        x, y, z = plinth.position_m
        width, height, depth = plinth.size_m
        foot = (
            plane.circle(x, z, max(width, depth) / 2)
            if plinth.shape == "round"
            else plane.rectangle(x, z, width, depth, plinth.yaw_deg)
        )
        found.append(Piece(what="plinth", id=plinth.id, foot=foot, top_m=y + height))
    for seat in room.seats:
        x, y, z = seat.position_m
        width, height, depth = seat.size_m
        foot = plane.rectangle(x, z, width, depth, seat.yaw_deg)
        found.append(Piece(what="seat", id=seat.id, foot=foot, top_m=y + height))
    return found


def large_slots(room: Room) -> list[Piece]:
    """Places on the floor itself, for chairs and sofas: aisles lead round them, whether they are taken or not."""
    return [
        Piece(
            what="slot",
            id=slot.id,
            foot=plane.rectangle(slot.position_m[0], slot.position_m[2], slot.room_m[0], slot.room_m[2], slot.yaw_deg),
            top_m=slot.position_m[1] + slot.room_m[1],
        )
        for slot in room.slots
        if not slot.is_hung and abs(slot.position_m[1]) < 0.05
    ]


def supports(room: Room) -> Iterator[Support]:
    """What slots can be on, the floor left out."""
    for shelf in room.shelves:
        x, y, z = shelf.position_m
        foot = plane.rectangle(x, z, shelf.width_m, shelf.depth_m, shelf.yaw_deg)
        yield Support(name=f"shelf {shelf.id}", foot=foot, tops_m=tuple(y + board for board in shelf.boards_m))
    for plinth in room.plinths:
        x, y, z = plinth.position_m
        foot = plane.rectangle(x, z, plinth.size_m[0], plinth.size_m[2], plinth.yaw_deg)
        yield Support(name=f"plinth {plinth.id}", foot=foot, tops_m=(y + plinth.size_m[1],))
    for seat in room.seats:
        x, y, z = seat.position_m
        foot = plane.rectangle(x, z, seat.size_m[0], seat.size_m[2], seat.yaw_deg)
        yield Support(name=f"seat {seat.id}", foot=foot, tops_m=(y + seat.size_m[1],))
    for stage in room.stages:
        x, y, z = stage.position_m
        yield Support(name=f"stage {stage.id}", foot=plane.circle(x, z, stage.radius_m), tops_m=(y + stage.height_m,))


def niches(room: Room) -> Iterator[list[Point]]:
    """The floor of each niche, beyond the wall's line."""
    for wall, (a, b) in zip(room.walls, plane.edges(room.floor), strict=False):
        length = math.dist(a, b)
        if not length:
            continue
        ux, uz = (b[0] - a[0]) / length, (b[1] - a[1]) / length
        # Out of a room whose corners run counter-clockwise from above: to the right of the way one goes.
        ox, oz = -uz, ux
        for opening in wall.openings:
            if opening.kind == "niche":
                first, last = opening.at_m - opening.width_m / 2, opening.at_m + opening.width_m / 2
                deep = opening.depth_m
                near = [(a[0] + ux * s, a[1] + uz * s) for s in (first, last)]
                yield [near[0], near[1], *((x + ox * deep, z + oz * deep) for x, z in reversed(near))]


def doors(room: Room) -> Iterator[tuple[str | None, Point, float]]:
    """Where each way out leads (None: the street), its middle on the wall's line, and its width."""
    for wall, (a, b) in zip(room.walls, plane.edges(room.floor), strict=False):
        length = math.dist(a, b)
        for opening in wall.openings:
            if length and opening.kind in {"door", "arch"} and opening.sill_m <= 0.05:
                t = opening.at_m / length
                yield opening.to, (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t), opening.width_m


def is_in(room: Room, point: Point) -> bool:
    """On the floor, or in a niche."""
    return plane.is_within(point, room.floor) or any(plane.is_within(point, niche) for niche in niches(room))


class Ground:
    """
    Where one can stand in a room, on a grid of five centimetres (ten in halls of more than 2,500 m²).

    ``clear_m`` is each cell's distance to the next wall or piece, to within a cell; 0 outside and within pieces.
    """

    def __init__(self, room: Room) -> None:
        from scipy import ndimage

        corners = np.array(room.floor)
        size = corners.max(axis=0) - corners.min(axis=0)
        self.cell_m: Final = _CELL_M if size[0] * size[1] <= _FINE_M2 else 2 * _CELL_M
        # A rim of one cell outside, so that the room's own edge is an edge.
        self._low = corners.min(axis=0) - self.cell_m
        self._shape = (math.ceil(size[1] / self.cell_m) + 2, math.ceil(size[0] / self.cell_m) + 2)
        rows, columns = np.mgrid[0 : self._shape[0], 0 : self._shape[1]]
        self.points: Floats = np.stack([columns.ravel(), rows.ravel()], axis=1) * self.cell_m + (
            self._low + self.cell_m / 2
        )
        free = plane.within(self.points, room.floor)
        for piece in [*pieces(room), *large_slots(room)]:
            free[self._under(piece.foot)] = False
        clear = ndimage.distance_transform_edt(free.reshape(self._shape)).ravel() * self.cell_m
        self.clear_m: Floats = np.maximum(clear - self.cell_m / 2, 0.0) * free

    def clearance_m(self, point: Point) -> float:
        """Of the cell that a point is in."""
        column, row = ((np.array(point) - self._low) / self.cell_m).astype(int)
        if not (0 <= row < self._shape[0] and 0 <= column < self._shape[1]):
            return 0.0
        return float(self.clear_m[row * self._shape[1] + column])

    def reach(self, start: Point, *, width_m: float) -> "Reached":
        """Where one gets to from near ``start`` by ways at least so wide; nowhere if it is too narrow there."""
        from scipy import ndimage

        wide = (self.clear_m >= width_m / 2 - self.cell_m).reshape(self._shape)
        labels, _ = ndimage.label(wide)
        flat = labels.ravel()
        near = np.hypot(*(self.points - np.array(start)).T)
        close = np.flatnonzero((near <= width_m) & (flat > 0))
        if not len(close):
            return Reached(None, low=self._low, cell_m=self.cell_m)
        away = ndimage.distance_transform_edt(labels != flat[close[np.argmin(near[close])]]) * self.cell_m
        return Reached(away, low=self._low, cell_m=self.cell_m)

    def _under(self, foot: list[Point]) -> NDArray[np.int64]:
        """The numbers of the cells that a foot touches, however thin it is."""
        reach = self.cell_m * 0.71
        low, high = np.array(foot).min(axis=0) - reach, np.array(foot).max(axis=0) + reach
        limits = np.array([self._shape[1], self._shape[0]])
        first = np.clip(((low - self._low) / self.cell_m).astype(int), 0, limits)
        last = np.clip(((high - self._low) / self.cell_m).astype(int) + 1, 0, limits)
        window = (np.arange(first[1], last[1])[:, None] * limits[0] + np.arange(first[0], last[0])[None]).ravel()
        points = self.points[window]
        touched = plane.within(points, foot)
        for edge in plane.edges(foot):
            touched |= plane.distance(points, edge) < reach
        found: NDArray[np.int64] = window[touched]
        return found


class Reached:
    """How far every place is from where one gets to; made by ``Ground.reach``."""

    def __init__(self, away_m: Floats | None, *, low: Floats, cell_m: float) -> None:
        self._away_m = away_m
        self._low = low
        self._cell_m = cell_m

    def __bool__(self) -> bool:
        return self._away_m is not None

    def nearest_m(self, point: Point) -> float:
        """From a point to the next place that was reached; the point may lie beyond the walls, in a niche."""
        if self._away_m is None:
            return math.inf
        at = (np.array(point) - self._low) / self._cell_m - 0.5
        inside = np.clip(np.rint(at), 0, np.array(self._away_m.shape)[::-1] - 1).astype(int)
        beyond = float(np.hypot(*((at - inside) * self._cell_m)))
        return float(self._away_m[inside[1], inside[0]]) + (beyond if beyond > self._cell_m else 0.0)


def support_of(slot: Slot, among: Iterable[Support], *, within_m: float = 0.03) -> str | None:
    """What a slot is on: the floor, or one of these; None if it hangs in the air."""
    x, y, z = slot.position_m
    if abs(y) <= within_m:
        return "the floor"
    for support in among:
        if any(abs(y - top) <= within_m for top in support.tops_m) and plane.is_within((x, z), support.foot):
            return support.name
    return None
