"""From a room of a store manifest to the floor that ``world`` walks on: walls, furniture, spawn points; centimetres."""

import math

import numpy as np

from showroom.stores import layout, plane
from showroom.stores.manifest import Room
from showroom.world.floor import Floor
from showroom.world.things import Thing


def floor_of(room: Room) -> Floor:
    """
    Where one can stand in a room.

    All walls are closed, doors too: whoever goes through a door takes a seat in the room behind it. Niches are for
    products. One may step on a stage.

    Parameters
    ----------
    room
        Of a store that ``check_store`` found whole.
    """
    corners = np.array(room.floor)
    low = corners.min(axis=0)
    size = corners.max(axis=0) - low
    segments = [*plane.edges(room.floor)]
    for piece in layout.pieces(room):
        segments += plane.edges(piece.foot)
    walls = (np.array(segments).reshape(-1, 2) - low).reshape(-1, 4) * 100
    inside = (np.clip(walls.reshape(-1, 2), 0, size * 100)).reshape(-1, 4)
    spawns = [
        (
            round((spawn.position_m[0] - low[0]) * 100),
            round((spawn.position_m[2] - low[1]) * 100),
            round(spawn.position_m[1] * 100),
            round(spawn.yaw_deg / 360 * 65536) % 65536,
        )
        for spawn in room.spawns
    ]
    highest = max((stage.position_m[1] + stage.height_m for stage in room.stages), default=0.0)
    return Floor(
        size_cm=(math.ceil(size[0] * 100), math.ceil(size[1] * 100)),
        walls_cm=inside,
        spawns=np.array(spawns, np.int64),
        y_cm=(0, math.ceil(highest * 100) + 50),
        corner_mm=(round(float(low[0]) * 1000), round(float(low[1]) * 1000)),
    )


def things_of(room: Room) -> dict[str, Thing]:
    """
    The products that stand in a room's slots, by slot: what one may take into one's hands, and where it stands.

    Positions are centimetres from the floor's corner, as people's; turns are quaternions times 10,000.
    """
    low_x, low_z = min(x for x, _ in room.floor), min(z for _, z in room.floor)
    found: dict[str, Thing] = {}
    for slot in room.slots:
        if slot.product is None:
            continue
        x, y, z = slot.position_m
        half = math.radians(slot.yaw_deg) / 2
        found[slot.id] = Thing(
            at=(round((x - low_x) * 100), round(y * 100), round((z - low_z) * 100)),
            turn=(0, round(math.sin(half) * 10_000), 0, round(math.cos(half) * 10_000)),
        )
    return found
