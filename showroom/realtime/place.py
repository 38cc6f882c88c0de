"""Where people of a copy are, as the rules of ``social`` ask for it: answered from the copy's world."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from showroom.social.objects import Point

if TYPE_CHECKING:
    from showroom.realtime.room import RoomCopy


class PlaceOf:
    """Where people of a copy are, for the social room; the copy is set once both exist."""

    room: "RoomCopy"

    def where(self, person: str) -> Point:
        """x, y, z in centimetres."""
        x, z, y, _ = self.room.world.position(self.room.visits[person].slot)
        return x, y, z

    def near(self, person: str, radius_m: float) -> Collection[str]:
        """Who stands within so many metres."""
        room = self.room
        slots = room.world.nearest(room.visits[person].slot, limit=room.world.capacity, within_cm=int(radius_m * 100))
        return {visit.person for slot in slots if (visit := room.at_slot(slot)) is not None} | {person}
