"""Whether stores hold together: templates do, and each way of breaking one is found and named."""

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom.stores.check import check_store
from showroom.stores.diff import diff, words
from showroom.stores.fill import NoSuchSlot, place
from showroom.stores.floor import floor_of
from showroom.stores.manifest import Store, read_store, to_json
from showroom.stores.templates import TEMPLATES
from showroom.stores.toml import to_toml
from showroom_assets.errors import DamagedFile, LimitExceeded

Json = dict[str, Any]
NAMES = sorted(TEMPLATES)


def plain(name: str = "boutique") -> Json:
    found: Json = msgspec.to_builtins(TEMPLATES[name][0]())
    return found


def faults(store: Json) -> list[str]:
    return check_store(msgspec.convert(store, Store))


@pytest.mark.parametrize("name", NAMES)
def test_a_template_holds_together_and_is_the_same_after_writing_and_reading(name: str) -> None:
    store = TEMPLATES[name][0]()
    assert check_store(store) == []
    exact = read_store(to_json(store))
    assert read_store(to_json(exact)) == exact
    assert read_store(to_toml(exact).encode()) == exact
    assert to_json(read_store(to_toml(exact).encode())) == to_json(exact)
    assert diff(store, exact) == []


def _room(store: Json) -> Json:
    room: Json = store["rooms"][0]
    return room


def _set(path: str, value: Any) -> Any:
    """A change of the boutique: ``rooms.0.height_m`` and so on; ``None`` removes."""

    def change(store: Json) -> None:
        at: Any = store
        *way, last = [int(word) if word.isdigit() else word for word in path.split(".")]
        for word in way:
            at = at[word]
        if value is None:
            del at[last]
        else:
            at[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_set("mood", "dawn"), "mood 'dawn' is not among the moods"),
        (_set("entrance", "cellar"), "entrance 'cellar' is not among the rooms"),
        (_set("rooms.0.floor_material", "lava"), "material 'lava' is not among the materials"),
        (_set("rooms.0.plinths.1.id", "hero"), "plinth 'hero' is there 2 times"),
        (_set("rooms.0.slots.1.id", "hero"), "slot 'hero' is there 2 times"),
        (_set("rooms.0.slots.1.is_hero", True), "more than one slot is the hero"),
        (_set("rooms.0.walls.3", None), "4 corners want 4 walls; there are 3"),
        (_set("rooms.0.floor", [[-4.6, 5], [4.6, -6], [4.6, 5], [-4.6, -6]]), "edges cross or touch"),
        (_set("rooms.0.floor", [[-4.6, 5], [-4.6, -6], [4.6, -6], [4.6, 5]]), "run clockwise"),
        (_set("rooms.0.walls.0.openings.0.width_m", 6.0), "runs beyond the wall"),
        (_set("rooms.0.walls.0.openings.0.at_m", 4.0), "overlap. Move them apart"),
        (_set("rooms.0.walls.0.openings.0.height_m", 4.0), "is higher than the room"),
        (_set("rooms.0.walls.0.openings.0.to", "boutique"), "leads nowhere"),
        (_set("rooms.0.walls.0.openings.1.to", "attic"), "leads to 'attic', which is no other room"),
        (_set("rooms.0.plinths.0.position_m", [40, 0, 0]), "plinth hero stands outside of the room"),
        (_set("rooms.0.plinths.1.position_m", [-1.9, 0, 0.7]), "stand in each other"),
        (_set("rooms.0.shelves.0.boards_m", [0.5, 1.05, 3.0]), "has a board at 3 m, above its top"),
        (_set("rooms.0.lamps.0.target_m", None), "is a spot without a target"),
        (_set("rooms.0.lamps.0.position_m", [0, 9, 0]), "lamp hero-a is outside of the room"),
        (_set("rooms.0.slots.0.position_m", [0, 0.6, -3.4]), "slot hero hangs in the air at 0.6 m"),
        (_set("rooms.0.slots.0.position_m", [9, 0.42, 0]), "slot hero is outside of the room"),
        (_set("rooms.0.slots.4.room_m", [2.0, 0.45, 0.36]), "share their space"),
        (_set("rooms.0.slots.0.room_m", [1.2, 3.7, 1.2]), "reaches through the ceiling"),
        (_set("rooms.0.spawns.0.position_m", [0, 0, -3.4]), "spawn spawn-1 is in a wall or a piece of furniture"),
        (_set("rooms.0.spawns.0.position_m", [0, 0, 30]), "spawn spawn-1 is outside of the room"),
        (_set("aisle_m", 5.0), "aisle of 5 m"),
    ],
)
def test_what_is_wrong_is_named(change: Any, said: str) -> None:
    store = plain()
    change(store)
    found = faults(store)
    assert any(said in fault for fault in found), found
    assert all(fault.endswith((".", "metres")) for fault in found)


def test_a_bench_across_the_room_cuts_off_what_is_behind_it() -> None:
    store = plain()
    _room(store)["seats"].append(
        {"id": "barrier", "kind": "bench", "position_m": [0, 0, 2.2], "size_m": [8.6, 0.4, 0.3], "material": "textile"}
    )
    assert any("does not lead to slot hero" in fault for fault in faults(store))


def test_a_door_has_its_other_side() -> None:
    store = plain("home-gallery")
    store["rooms"][1]["walls"][3]["openings"] = []
    found = faults(store)
    assert any("has none back" in fault for fault in found)
    store = plain("home-gallery")
    for room in (1,):
        store["rooms"][room]["floor"] = [[x + 40, z] for x, z in store["rooms"][room]["floor"]]
    assert any("dining" in fault for fault in faults(store))


def test_rooms_do_not_lie_in_each_other() -> None:
    store = plain("home-gallery")
    other = store["rooms"][1]
    other["floor"] = [[x - 2, z] for x, z in other["floor"]]
    for group in ("plinths", "seats", "slots", "spawns", "mirrors", "rugs", "lamps"):
        for one in other.get(group, []):
            one["position_m"] = [one["position_m"][0] - 2, *one["position_m"][1:]]
    assert any("lie in each other" in fault for fault in faults(store))


@settings(max_examples=12, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    dx=st.floats(-100, 100),
    dz=st.floats(-100, 100),
)
def test_a_store_holds_together_wherever_it_stands(name: str, dx: float, dz: float) -> None:
    store = plain(name)
    dx, dz = round(dx, 2), round(dz, 2)
    for room in store["rooms"]:
        room["floor"] = [[x + dx, z + dz] for x, z in room["floor"]]
        for group in ("shelves", "plinths", "seats", "mirrors", "stages", "rugs", "signs", "lamps", "slots", "spawns"):
            for one in room.get(group, []):
                for key in ("position_m", "target_m"):
                    if key in one:
                        x, y, z = one[key]
                        one[key] = [x + dx, y, z + dz]
    assert faults(store) == []


@settings(max_examples=60, deadline=None)
@given(data=st.data(), name=st.sampled_from(NAMES))
def test_whatever_is_changed_the_check_answers_in_sentences(data: st.DataObject, name: str) -> None:
    store = plain(name)
    room = data.draw(st.sampled_from(store["rooms"]))
    group = data.draw(st.sampled_from([key for key, value in room.items() if isinstance(value, list) and value]))
    one = data.draw(st.sampled_from(room[group]))
    if isinstance(one, dict):
        key = data.draw(st.sampled_from(sorted(one)))
        one[key] = data.draw(
            st.sampled_from([one[key], 0, 1.5, -3, "x", [], [1, 2, 3], [0.5, 0.5], True, 1e9, "hall", None])
        )
    else:
        room[group] = data.draw(st.lists(st.lists(st.floats(-50, 50), min_size=2, max_size=2), min_size=3, max_size=6))
    try:
        whole = msgspec.convert(store, Store)
    except msgspec.ValidationError:
        return
    for fault in check_store(whole):
        assert len(fault.split()) > 4
    assert read_store(to_toml(whole).encode()) == read_store(to_json(whole))


@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        (b"{", DamagedFile, "is not JSON"),
        (b"id = ", DamagedFile, "is not TOML"),
        (b"\xff\xfe", DamagedFile, "is not TOML"),
        (b'id = "x"', DamagedFile, "missing required field"),
        (b"#" * (3 << 20), LimitExceeded, "a store may have"),
        (b"[" * 100_000, DamagedFile, "Mend"),
    ],
)
def test_what_is_no_store_is_refused_in_one_line(data: bytes, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said) as caught:
        read_store(data, name="x")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_every_spawn_and_every_wall_lies_on_the_floor_that_the_world_walks_on(name: str) -> None:
    for room in TEMPLATES[name][0]().rooms:
        floor = floor_of(room)
        width, depth = floor.size_cm
        assert (floor.walls_cm >= 0).all()
        assert (floor.walls_cm[:, [0, 2]] <= width).all()
        assert (floor.walls_cm[:, [1, 3]] <= depth).all()
        corner_x, corner_z = floor.corner_mm[0] / 1000, floor.corner_mm[1] / 1000
        for spawn, (x, z, y, yaw) in zip(room.spawns, floor.spawns.tolist(), strict=True):
            assert (
                math.dist((x / 100 + corner_x, z / 100 + corner_z), (spawn.position_m[0], spawn.position_m[2])) < 0.02
            )
            assert y == 0
            assert abs(yaw / 65536 * 360 - spawn.yaw_deg % 360) < 0.01


def test_changes_are_told_thing_by_thing_and_order_is_no_change() -> None:
    before = TEMPLATES["boutique"][0]()
    changed = plain()
    _room(changed)["plinths"].reverse()
    _room(changed)["lamps"][0]["lumen"] = 900
    del _room(changed)["seats"][1]
    _room(changed)["walls"][0]["openings"].append({"kind": "window", "at_m": 0.4, "width_m": 0.3, "height_m": 1.0})
    found = diff(before, msgspec.convert(changed, Store))
    assert [(one.kind, one.path) for one in found] == [
        ("added", "rooms.boutique.walls[0].openings[3]"),
        ("removed", "rooms.boutique.seats.pouf"),
        ("changed", "rooms.boutique.lamps.hero-a.lumen"),
    ]
    assert words(found[-1]) == "~ rooms.boutique.lamps.hero-a.lumen: 1000.0 → 900.0"


@settings(max_examples=50, deadline=None)
@given(one=st.sampled_from(NAMES), other=st.sampled_from(NAMES))
def test_there_is_no_change_only_between_equal_stores(one: str, other: str) -> None:
    assert (diff(TEMPLATES[one][0](), TEMPLATES[other][0]()) == []) is (one == other)


def test_a_product_is_placed_and_taken_away_again() -> None:
    store = TEMPLATES["boutique"][0]()
    with_chair = place(store, "hero", "lund-chair", variant="Oak")
    assert [change.path for change in diff(store, with_chair)] == [
        "rooms.boutique.slots.hero.product",
        "rooms.boutique.slots.hero.variant",
    ]
    assert place(with_chair, "hero", None) == store
    with pytest.raises(NoSuchSlot, match="island-a"):
        place(store, "throne", "lund-chair")
