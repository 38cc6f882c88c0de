"""What the real-time server must know of a store's rooms, and where it asks. The stores themselves live elsewhere."""

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from showroom.world.floor import Floor
    from showroom.world.things import Thing


class RoomPlan(Struct, frozen=True, kw_only=True):
    """
    One room of a store, as far as sockets care.

    Parameters
    ----------
    store, room
        Ids; together they name the room.
    tenant
        The merchant whose hosts moderate it; empty: operators alone.
    floor
        Walls, bounds and spawn points.
    seats
        People in one copy; None: the setting.
    revision
        Of the store manifest; goes to clients so that they fetch the right one.
    things
        Objects with handles, by id, where they stand.
    """

    store: str
    room: str
    floor: "Floor"
    tenant: str = ""
    title: str = ""
    seats: int | None = None
    revision: str = ""
    things: dict[str, "Thing"] = {}


class Plans(Protocol):
    """Where rooms are looked up: the stores' service, or a few fixed plans in tests and benchmarks."""

    async def rooms(self, store: str) -> list[RoomPlan]:
        """
        The published rooms of a store.

        Raises
        ------
        NotFound
            No such store, or it is not published.
        """


class FixedPlans:
    """Plans that are known from the start."""

    def __init__(self, *plans: RoomPlan) -> None:
        self._plans = plans

    async def rooms(self, store: str) -> list[RoomPlan]:
        """As ``Plans.rooms``, but an unknown store has no rooms."""
        return [plan for plan in self._plans if plan.store == store]
