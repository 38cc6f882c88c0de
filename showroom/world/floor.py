"""
Where one can stand: the floor's rectangle, its walls as line segments, and where people appear.

Made from a store manifest elsewhere; here are plain arrays. Positions are centimetres from the floor's corner (the
smallest x and z), as on the wire.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from showroom.world.routes import Routes, routes_of


@dataclass(frozen=True, eq=False)
class Floor:
    """
    A floor.

    Parameters
    ----------
    size_cm
        Extent along x and z, at most 60,000 each.
    walls_cm
        ``(n, 4)``: x0, z0, x1, z1 of what nobody walks through. The rectangle's own edge need not be among them.
    spawns
        ``(n, 4)``: x, z, y in centimetres and yaw in 65536ths of a turn. Empty: the middle.
    y_cm
        Lowest and highest ground.
    corner_mm
        Where the corner is in the store's space.
    """

    size_cm: tuple[int, int]
    walls_cm: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 4)))
    spawns: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 4), np.int64))
    y_cm: tuple[int, int] = (0, 300)
    corner_mm: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        width, depth = self.size_cm
        if not (100 <= width <= 60000 and 100 <= depth <= 60000):
            raise ValueError(f"a floor of {width} x {depth} cm; 1 m to 600 m are possible. Split larger stores.")
        walls = np.asarray(self.walls_cm, np.float64).reshape(-1, 4)
        if not np.isfinite(walls).all():
            raise ValueError("a wall with a coordinate that is no number. Check the store manifest.")
        spawns = np.asarray(self.spawns, np.int64).reshape(-1, 4)
        if not len(spawns):
            spawns = np.array([[width // 2, depth // 2, 0, 0]], np.int64)
        object.__setattr__(self, "walls_cm", walls)
        object.__setattr__(self, "spawns", spawns)

    @cached_property
    def routes(self) -> Routes:
        """
        Ways round the walls. Up to a second of work for hundreds of walls, once a floor: ask for it before the floor's
        first room opens, off the loop.
        """
        return routes_of(self.walls_cm, self.size_cm)
