"""
Whether a store holds together: what no schema can say, one sentence for each fault.

Walls close and do not cross; openings fit; things are in their room, and nothing floats; from where people appear, an
aisle leads to every product and every door. The art of it (scale, rhythm, light) is the designer's.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from showroom.stores import layout, plane
from showroom.stores.layout import Ground
from showroom.stores.manifest import Opening, Room, Slot, Store
from showroom_assets.manifest import Product

_ARM_M = 1.8
"""How far from the aisle a product may be: one step and an arm."""
_MOST_AREA_M2 = 5_000.0
_MOST_EXTENT_M = 100.0
_LEAST_AREA_M2 = 4.0
_LEAST_WALL_M = 0.2


def check_store(store: Store, *, products: Mapping[str, Product] | None = None) -> list[str]:
    """
    What is wrong with a store, one sentence each; empty if it holds together.

    Parameters
    ----------
    products
        What is on the shelf, by public id: then slots are checked against it too.
    """
    faults = [*_names(store)]
    for room in store.rooms:
        shape = [*_floor(room)]
        faults += shape
        faults += _openings(store, room)
        faults += _things(room)
        if not shape:
            faults += _ways(store, room)
    if not faults:
        faults += _doors(store)
    if products is not None:
        faults += _products(store, products)
    return faults


def _names(store: Store) -> Iterator[str]:
    rooms = [room.id for room in store.rooms]
    yield from _twice("room", rooms)
    yield from _twice("slot", (slot.id for room in store.rooms for slot in room.slots))
    if store.mood is not None and store.mood not in store.moods:
        yield f"mood {store.mood!r} is not among the moods. There are {', '.join(store.moods)}."
    if store.entrance is not None and store.entrance not in rooms:
        yield f"entrance {store.entrance!r} is not among the rooms. There are {', '.join(rooms)}."
    for room in store.rooms:
        groups: dict[str, Iterable[str]] = {
            "shelf": (one.id for one in room.shelves),
            "plinth": (one.id for one in room.plinths),
            "seat": (one.id for one in room.seats),
            "mirror": (one.id for one in room.mirrors),
            "stage": (one.id for one in room.stages),
            "rug": (one.id for one in room.rugs),
            "sign": (one.id for one in room.signs),
            "lamp": (one.id for one in room.lamps),
            "spawn": (one.id for one in room.spawns),
        }
        for what, ids in groups.items():
            yield from (f"{room.id}: {fault}" for fault in _twice(what, ids))
        if sum(slot.is_hero for slot in room.slots) > 1:
            yield f"{room.id}: more than one slot is the hero. Choose one."
        named = [room.floor_material, room.ceiling_material, *(wall.material for wall in room.walls)]
        named += [shelf.material for shelf in room.shelves]
        named += [plinth.material for plinth in room.plinths]
        named += [seat.material for seat in room.seats]
        named += [stage.material for stage in room.stages]
        named += [rug.material for rug in room.rugs]
        for material in sorted(set(named) - set(store.materials)):
            yield f"{room.id}: material {material!r} is not among the materials. Add it there."


def _twice(what: str, names: Iterable[str]) -> Iterator[str]:
    for name, count in sorted(Counter(names).items()):
        if count > 1:
            yield f"{what} {name!r} is there {count} times. Give each a name of its own."


def _floor(room: Room) -> Iterator[str]:
    if len(room.walls) != len(room.floor):
        yield f"{room.id}: {len(room.floor)} corners want {len(room.floor)} walls; there are {len(room.walls)}."
        return
    if not plane.is_simple(room.floor):
        yield f"{room.id}: the floor's edges cross or touch. List its corners in order, each once."
        return
    found = plane.area(room.floor)
    if found < 0:
        yield f"{room.id}: the floor's corners run clockwise, seen from above. Turn their order round."
    elif not _LEAST_AREA_M2 <= found <= _MOST_AREA_M2:
        yield f"{room.id}: a floor of {found:.1f} m²; {_LEAST_AREA_M2:g} to {_MOST_AREA_M2:,.0f} are possible."
    for axis, name in ((0, "x"), (1, "z")):
        extent = max(corner[axis] for corner in room.floor) - min(corner[axis] for corner in room.floor)
        if extent > _MOST_EXTENT_M:
            yield f"{room.id}: {extent:.0f} m along {name}; at most {_MOST_EXTENT_M:g}. Split the room."
    for index, (a, b) in enumerate(plane.edges(room.floor)):
        if math.dist(a, b) < _LEAST_WALL_M:
            yield f"{room.id}: wall {index} is {math.dist(a, b):.2f} m long; at least {_LEAST_WALL_M} m."


def _openings(store: Store, room: Room) -> Iterator[str]:
    rooms = {one.id for one in store.rooms}
    for index, (wall, (a, b)) in enumerate(zip(room.walls, plane.edges(room.floor), strict=False)):
        length = math.dist(a, b)
        spans: list[tuple[float, float, Opening]] = []
        for opening in wall.openings:
            name = f"{room.id}: wall {index}: the {opening.kind} at {opening.at_m:g} m"
            first, last = opening.at_m - opening.width_m / 2, opening.at_m + opening.width_m / 2
            if first < -1e-6 or last > length + 1e-6:
                yield f"{name} runs beyond the wall, which is {length:.2f} m long. Move it or make it narrower."
            if opening.sill_m + opening.height_m > room.height_m + 1e-6:
                yield f"{name} is higher than the room ({room.height_m:g} m). Lower it."
            if opening.to is not None and opening.kind not in {"door", "arch"}:
                yield f"{name} leads nowhere: only doors and arches do. Leave out 'to'."
            if opening.to is not None and (opening.to not in rooms or opening.to == room.id):
                yield f"{name} leads to {opening.to!r}, which is no other room of this store."
            if opening.is_round and opening.height_m < opening.width_m / 2:
                yield f"{name} is too low for a round head: at least half its width."
            spans.append((first, last, opening))
        spans.sort(key=lambda span: span[0])
        for (_, end, one), (begin, _, other) in pairwise(spans):
            if begin < end - 1e-6:
                yield (
                    f"{room.id}: wall {index}: the {one.kind} at {one.at_m:g} m and the {other.kind} at "
                    f"{other.at_m:g} m overlap. Move them apart."
                )


def _things(room: Room) -> Iterator[str]:
    found = layout.pieces(room)
    for piece in found:
        middle = (sum(x for x, _ in piece.foot) / len(piece.foot), sum(z for _, z in piece.foot) / len(piece.foot))
        if not layout.is_in(room, middle):
            yield f"{room.id}: {piece} stands outside of the room. Move it in."
        if piece.top_m > room.height_m + 1e-6:
            yield f"{room.id}: {piece} is higher than the room ({room.height_m:g} m). Lower it."
    for index, piece in enumerate(found):
        for other in found[index + 1 :]:
            if plane.overlap(piece.foot, other.foot, by=0.01):
                yield f"{room.id}: {piece} and {other} stand in each other. Move them apart."
    for shelf in room.shelves:
        for board in shelf.boards_m:
            if board > shelf.height_m + 1e-6:
                yield f"{room.id}: shelf {shelf.id} has a board at {board:g} m, above its top ({shelf.height_m:g} m)."
    for lamp in room.lamps:
        x, y, z = lamp.position_m
        if not layout.is_in(room, (x, z)) or not 0 <= y <= room.height_m + 1e-6:
            yield f"{room.id}: lamp {lamp.id} is outside of the room. Move it in."
        if lamp.kind == "spot" and lamp.target_m is None:
            yield f"{room.id}: lamp {lamp.id} is a spot without a target. Say what it shines at (target_m)."
    for what, ones in (("mirror", room.mirrors), ("stage", room.stages), ("rug", room.rugs)):
        for one in ones:
            if not layout.is_in(room, (one.position_m[0], one.position_m[2])):
                yield f"{room.id}: {what} {one.id} is outside of the room. Move it in."
    yield from _slots(room)


def _slots(room: Room) -> Iterator[str]:
    standing: list[tuple[Slot, list[plane.Point]]] = []
    holders = [*layout.supports(room)]
    for slot in room.slots:
        x, y, z = slot.position_m
        width, height, depth = slot.room_m
        if not layout.is_in(room, (x, z)):
            yield f"{room.id}: slot {slot.id} is outside of the room. Move it in."
            continue
        if not slot.is_hung and y + height > room.height_m + 1e-6:
            yield f"{room.id}: slot {slot.id} reaches through the ceiling. Lower it, or let it take smaller things."
        if not slot.is_hung and layout.support_of(slot, holders) is None:
            yield (
                f"{room.id}: slot {slot.id} hangs in the air at {y:g} m. Put it on the floor, a board, a plinth, "
                "a seat or a stage, or say is_hung."
            )
        foot = plane.rectangle(x, z, width, depth, slot.yaw_deg)
        for other, taken in standing:
            oy = other.position_m[1]
            is_beside = y + height <= oy + 1e-6 or oy + other.room_m[1] <= y + 1e-6
            if not is_beside and plane.overlap(foot, taken, by=0.02):
                yield f"{room.id}: slots {other.id} and {slot.id} share their space. Move them apart."
        standing.append((slot, foot))


def _ways(store: Store, room: Room) -> Iterator[str]:
    ground = Ground(room)
    first = room.spawns[0]
    start = (first.position_m[0], first.position_m[2])
    for spawn in room.spawns:
        at = (spawn.position_m[0], spawn.position_m[2])
        if not plane.is_within(at, room.floor):
            yield f"{room.id}: spawn {spawn.id} is outside of the room. Move it in."
        elif ground.clearance_m(at) < layout.PERSON_M:
            yield f"{room.id}: spawn {spawn.id} is in a wall or a piece of furniture. Leave {layout.PERSON_M} m free."
    if not plane.is_within(start, room.floor):
        return
    reached = ground.reach(start, width_m=store.aisle_m)
    wide = f"an aisle of {store.aisle_m:g} m"
    if not reached:
        yield f"{room.id}: at spawn {first.id} there is no {wide.removeprefix('an ')}. Make room there."
        return
    for spawn in room.spawns[1:]:
        if reached.nearest_m((spawn.position_m[0], spawn.position_m[2])) > _ARM_M:
            yield f"{room.id}: from spawn {first.id} {wide} does not lead to spawn {spawn.id}. Make room between them."
    for slot in room.slots:
        # A large thing is reached at its edge.
        beyond = reached.nearest_m((slot.position_m[0], slot.position_m[2])) - min(slot.room_m[0], slot.room_m[2]) / 2
        if beyond > _ARM_M:
            yield f"{room.id}: from spawn {first.id} {wide} does not lead to slot {slot.id}. Make room before it."
    for to, middle, _ in layout.doors(room):
        if reached.nearest_m(middle) > max(_ARM_M, store.aisle_m):
            yield f"{room.id}: from spawn {first.id} {wide} does not lead to the door to {to or 'the street'}."


def _doors(store: Store) -> Iterator[str]:
    rooms = {room.id: room for room in store.rooms}
    for index, room in enumerate(store.rooms):
        for other in store.rooms[index + 1 :]:
            if any(plane.is_within(_inner(one, room.floor), other.floor) for one in range(len(room.floor))) or any(
                plane.is_within(_inner(one, other.floor), room.floor) for one in range(len(other.floor))
            ):
                yield f"rooms {room.id} and {other.id} lie in each other. Move one: all rooms share one space."
        for to, middle, _ in layout.doors(room):
            if to is None:
                continue
            back = [there for back_to, there, _ in layout.doors(rooms[to]) if back_to == room.id]
            if not back:
                yield f"{room.id} has a door to {to}, but {to} has none back. Add one."
            elif min(math.dist(middle, there) for there in back) > 1.5:
                yield f"the doors between {room.id} and {to} are more than 1.5 m apart. Put them face to face."
    entered = store.entrance or store.rooms[0].id
    seen, waiting = {entered}, [entered]
    while waiting:
        for to, _, _ in layout.doors(rooms[waiting.pop()]):
            if to is not None and to not in seen:
                seen.add(to)
                waiting.append(to)
    for name in sorted(set(rooms) - seen):
        yield f"no door leads from {entered} to {name}. Add one, or leave the room out."


def _inner(index: int, floor: Sequence[plane.Point]) -> plane.Point:
    """A corner, a hand's breadth towards the middle: rooms may share a wall's line."""
    x, z = floor[index]
    mx, mz = sum(a for a, _ in floor) / len(floor), sum(b for _, b in floor) / len(floor)
    away = math.dist((x, z), (mx, mz)) or 1.0
    return x + (mx - x) * 0.1 / away, z + (mz - z) * 0.1 / away


def _products(store: Store, products: Mapping[str, Product]) -> Iterator[str]:
    for room in store.rooms:
        for slot in room.slots:
            if slot.product is None:
                continue
            product = products.get(slot.product)
            if product is None:
                yield f"{room.id}: slot {slot.id}: product {slot.product} is not on the shelf. Publish it first."
                continue
            if slot.variant and slot.variant not in {variant.name for variant in product.variants}:
                names = ", ".join(variant.name for variant in product.variants) or "none"
                yield f"{room.id}: slot {slot.id}: {slot.product} has no variant {slot.variant!r}. It has: {names}."
            large = [
                f"{axis} {has:.2f} m of {may:.2f} m"
                for axis, has, may in zip(("width", "height", "depth"), product.dimensions_m, slot.room_m, strict=True)
                if has > may + 0.005
            ]
            if large:
                sizes = ", ".join(large)
                yield f"{room.id}: slot {slot.id} is too small for {slot.product}: {sizes}. Choose a larger one."
