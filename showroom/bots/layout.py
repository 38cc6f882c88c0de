"""Walls and shelves of a store's manifest, for bots; where there is no manifest, they learn the walls by walking."""

import math
from typing import Final

import msgspec

from showroom.bots.door import HttpDoor, NoEntry
from showroom.bots.ground import Ground, Stop
from showroom.stores.floor import floor_of
from showroom.stores.manifest import Room, Store
from showroom.world.floor import Floor

_LOOK_M: Final = 0.9
"""From the edge of a product's space to the shopper's feet."""


async def ground_of(door: HttpDoor) -> Ground | None:
    """The ground of the door's room; None if the server does not tell, or tells what this version does not know."""
    try:
        answer = await door.manifest()
        manifest = answer if "schema" in answer else answer.get("manifest", {})
        store = msgspec.convert(manifest, Store)
    except (NoEntry, msgspec.ValidationError):
        return None
    room = next((room for room in store.rooms if room.id == door.room), None)
    return None if room is None else ground_of_room(room, floor_of(room))


def ground_of_room(room: Room, floor: Floor) -> Ground:
    """
    Walls, and a stop in front of every slot that can be reached.

    Parameters
    ----------
    floor
        ``floor_of(room)``.
    """
    ground = Ground.of(floor)
    corner = (floor.corner_mm[0] / 1000, floor.corner_mm[1] / 1000)
    for number, slot in enumerate(room.slots, start=1):
        yaw = math.radians(slot.yaw_deg)
        away = slot.room_m[2] / 2 + _LOOK_M
        product = (slot.position_m[0] - corner[0], slot.position_m[2] - corner[1])
        at = ground.free_near((product[0] + away * math.sin(yaw), product[1] + away * math.cos(yaw)))
        if math.dist(at, product) > away + 1.5 or not ground.is_free(at):
            continue  # walled in
        look = math.atan2(product[0] - at[0], product[1] - at[1])
        ground.stops.append(Stop(at, look, number, slot.product or "", slot.variant or None))
    return ground
