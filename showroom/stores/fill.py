"""
Putting products into a store's slots: the hero first, then each into the smallest free slot that it fits.

What belongs on the floor, on a wall or under a ceiling goes nowhere else; what nobody said anything about goes where it
fits. Pure.
"""

from collections.abc import Mapping, Sequence

import msgspec

from showroom.errors import NotFound
from showroom.stores.manifest import Slot, Store
from showroom_assets.manifest import Product


class NoSuchSlot(NotFound):
    """The store has no slot of that name."""

    code = "store.no_slot"


def place(store: Store, slot: str, product: str | None, *, variant: str = "") -> Store:
    """
    The store with a product in a slot; None empties it.

    Raises
    ------
    NoSuchSlot
        See there.
    """
    names = [one.id for room in store.rooms for one in room.slots]
    if slot not in names:
        raise NoSuchSlot(f"{store.id} has no slot {slot!r}. It has: {', '.join(names) or 'none'}.", slot=slot)
    return _with(store, {slot: (product, variant)})


def fill(store: Store, products: Mapping[str, Product]) -> tuple[Store, list[str]]:
    """
    The store with products in its empty slots, and those for which there was no place.

    Parameters
    ----------
    products
        By public id; the first is the hero, if it fits.
    """
    free = [slot for room in store.rooms for slot in room.slots if slot.product is None]
    taken: dict[str, tuple[str | None, str]] = {}
    left: list[str] = []
    for name, product in products.items():
        fitting = [slot for slot in free if slot.id not in taken and _fits(slot, product)]
        if not fitting:
            left.append(name)
            continue
        heroes = [slot for slot in fitting if slot.is_hero]
        chosen = heroes[0] if heroes and not taken else min(_plain(fitting), key=_volume)
        taken[chosen.id] = (name, "")
    return _with(store, taken), left


def _plain(slots: Sequence[Slot]) -> Sequence[Slot]:
    """Heroes' places are kept for heroes, while there are others."""
    return [slot for slot in slots if not slot.is_hero] or slots


def _fits(slot: Slot, product: Product) -> bool:
    if any(has > may + 0.005 for has, may in zip(product.dimensions_m, slot.room_m, strict=True)):
        return False
    surface = product.placement.surface if product.placement else None
    if surface == "floor":
        return not slot.is_hung and (slot.position_m[1] < 0.6)
    if surface in {"wall", "ceiling"}:
        return slot.is_hung
    return not slot.is_hung and (slot.position_m[1] > 0.05 or slot.is_hero or surface is None)


def _volume(slot: Slot) -> float:
    width, height, depth = slot.room_m
    return width * height * depth


def _with(store: Store, taken: Mapping[str, tuple[str | None, str]]) -> Store:
    def filled(slot: Slot) -> Slot:
        if slot.id not in taken:
            return slot
        product, variant = taken[slot.id]
        return msgspec.structs.replace(slot, product=product, variant=variant)

    rooms = [msgspec.structs.replace(room, slots=[filled(slot) for slot in room.slots]) for room in store.rooms]
    return msgspec.structs.replace(store, rooms=rooms)
