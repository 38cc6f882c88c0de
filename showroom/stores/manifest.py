"""
The structs of the *store manifest* (``showroom.store/1``): a store's rooms and everything in them.

What it is: the contract between who designs a store, the server (where can one stand, where does one appear, what is
where) and the browser, which builds the place from it. One definition gives the reader, its limits and the JSON Schema
in ``assets/schemas/store.json``. What it is not: geometry (the browser makes that), prices, or a list of people.

Space is glTF's: metres, +Y up, right-handed. All rooms of a store share one space; a thing's front is along its own +Z,
``yaw_deg`` turns it about +Y (0 faces +Z, 90 faces +X). A position is the middle of a thing's foot. What the structs
cannot say (does it fit, can one get there) is in ``check``.
"""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from showroom_assets.errors import DamagedFile, LimitExceeded
from showroom_assets.product import Colour, Label, Line, Slug, Text

SCHEMA: Final = "showroom.store/1"
MOST_BYTES: Final = 2 << 20

_END: Final = r"$(?!\n)"
Id = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*" + _END,
        max_length=60,
        description="Lower-case letters, digits and single hyphens.",
    ),
]
ProductId = Annotated[
    str,
    Meta(
        pattern=r"^(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)?[a-z0-9]+(?:-[a-z0-9]+)*" + _END,
        max_length=160,
        description="As the catalogue calls it: chair, or nordlicht.chair of another merchant.",
    ),
]
Coordinate = Annotated[float, Meta(ge=-300, le=300, description="Metres.")]
Height = Annotated[float, Meta(ge=0, le=20, description="Metres.")]
Length = Annotated[float, Meta(gt=0, le=60, description="Metres.")]
Turn = Annotated[float, Meta(ge=-360, le=360, description="Degrees about +Y; 0 faces +Z, 90 faces +X.")]

Corner = tuple[Coordinate, Coordinate]
"""x and z."""
Position = tuple[Coordinate, Annotated[float, Meta(ge=-5, le=20, description="Metres.")], Coordinate]
Size = tuple[Length, Length, Length]
"""Width (x), height (y), depth (z), before it is turned."""


class _Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Immutable, by keyword, strict, and without the fields that say nothing."""


class Material(_Strict, frozen=True, kw_only=True):
    """A surface by its kind and colour. Four kinds in a store are plenty."""

    surface: Literal["limewash", "plaster", "oak", "terrazzo", "brass", "steel", "textile", "stone"]
    colour: Colour


class Opening(_Strict, frozen=True, kw_only=True):
    """
    A hole in a wall. ``at_m`` is its middle, along the wall from the wall's first corner.

    ``to`` is the room behind a door or an arch; without it, it is the way to the street, or glass. A niche goes in by
    ``depth_m``.
    """

    kind: Literal["window", "door", "arch", "niche"]
    at_m: Annotated[float, Meta(ge=0, le=300)]
    width_m: Annotated[float, Meta(ge=0.2, le=40)]
    height_m: Annotated[float, Meta(ge=0.2, le=20)]
    sill_m: Height = 0.0
    is_round: bool = False
    depth_m: Annotated[float, Meta(ge=0.05, le=3)] = 0.35
    to: Id | None = None


class Wall(_Strict, frozen=True, kw_only=True):
    """The wall from one corner of the floor to the next; its openings do not overlap."""

    material: Id
    thickness_m: Annotated[float, Meta(ge=0.05, le=1.5)] = 0.3
    openings: Annotated[list[Opening], Meta(max_length=24)] = []


class _Placed(_Strict, frozen=True, kw_only=True):
    id: Id
    position_m: Position
    yaw_deg: Turn = 0.0


class Shelf(_Placed, frozen=True, kw_only=True):
    """Boards one above the other, its back to where it faces away from; ``boards_m`` are the heights of their tops."""

    width_m: Length
    height_m: Annotated[float, Meta(ge=0.2, le=6)]
    depth_m: Annotated[float, Meta(ge=0.1, le=2)] = 0.4
    boards_m: Annotated[list[Height], Meta(min_length=1, max_length=12)]
    material: Id


class Plinth(_Placed, frozen=True, kw_only=True):
    """A block to stand something on; a round one is as wide as it is deep."""

    shape: Literal["box", "round"] = "box"
    size_m: Size
    material: Id


class Seat(_Placed, frozen=True, kw_only=True):
    """Something to sit on."""

    kind: Literal["bench", "sofa", "pouf"]
    size_m: Size
    material: Id


class Mirror(_Placed, frozen=True, kw_only=True):
    """A glass that shows who stands before it; try-on opens here."""

    width_m: Annotated[float, Meta(ge=0.2, le=6)]
    height_m: Annotated[float, Meta(ge=0.2, le=6)]
    is_round: bool = False


class Stage(_Placed, frozen=True, kw_only=True):
    """A round platform for launches; people may step on it."""

    radius_m: Annotated[float, Meta(ge=0.5, le=20)]
    height_m: Annotated[float, Meta(ge=0.05, le=2)]
    material: Id


class Rug(_Placed, frozen=True, kw_only=True):
    size_m: tuple[Length, Length]
    material: Id


class Sign(_Placed, frozen=True, kw_only=True):
    """Letters on a wall; ``height_m`` is that of a capital."""

    text: Annotated[
        str, Meta(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*" + _END)
    ]
    height_m: Annotated[float, Meta(ge=0.02, le=2)]


class Lamp(_Strict, frozen=True, kw_only=True):
    """
    A light: a narrow ``spot`` at its ``target_m``, a hidden ``cove`` or a bright ``panel`` of a size, a ``pendant``.
    """

    id: Id
    kind: Literal["spot", "cove", "panel", "pendant"]
    position_m: Position
    target_m: Position | None = None
    size_m: tuple[Length, Length] = (0.06, 0.06)
    kelvin: Annotated[float, Meta(ge=1000, le=20_000)] = 2850.0
    lumen: Annotated[float, Meta(ge=0, le=100_000)]
    beam_deg: Annotated[float, Meta(ge=4, le=170)] = 28.0


class Slot(_Placed, frozen=True, kw_only=True):
    """
    A place for a product: on the floor, on a board, on a plinth, on a stage; ``is_hung`` on a wall or from the ceiling.

    ``room_m`` is the largest thing that may stand here. One slot of a room is its hero, on an axis from the door.
    """

    room_m: Size
    product: ProductId | None = None
    variant: Line = ""
    is_hero: bool = False
    is_hung: bool = False


class Spawn(_Placed, frozen=True, kw_only=True):
    """Where people appear, and where they look."""


class Room(_Strict, frozen=True, kw_only=True):
    """
    ``floor`` lists the corners counter-clockwise, seen from above; ``walls`` has one for each, from that corner to the
    next. ``raft_inset_m`` is the distance of a lit raft below the ceiling from the walls; 0 for none. ``people`` is
    how many one copy of the room takes, if fewer than the server's setting.
    """

    id: Id
    name: Line = ""
    floor: Annotated[list[Corner], Meta(min_length=3, max_length=48)]
    height_m: Annotated[float, Meta(ge=2.2, le=20)]
    floor_material: Id
    ceiling_material: Id
    raft_inset_m: Annotated[float, Meta(ge=0, le=5)] = 0.0
    people: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    walls: Annotated[list[Wall], Meta(min_length=3, max_length=48)]
    spawns: Annotated[list[Spawn], Meta(min_length=1, max_length=64)]
    shelves: Annotated[list[Shelf], Meta(max_length=100)] = []
    plinths: Annotated[list[Plinth], Meta(max_length=100)] = []
    seats: Annotated[list[Seat], Meta(max_length=60)] = []
    mirrors: Annotated[list[Mirror], Meta(max_length=20)] = []
    stages: Annotated[list[Stage], Meta(max_length=4)] = []
    rugs: Annotated[list[Rug], Meta(max_length=20)] = []
    signs: Annotated[list[Sign], Meta(max_length=30)] = []
    lamps: Annotated[list[Lamp], Meta(max_length=200)] = []
    slots: Annotated[list[Slot], Meta(max_length=200)] = []


class Mood(_Strict, frozen=True, kw_only=True):
    """
    The light of an hour. ``sky_nits`` is the sky's luminance (cd/m²), ``sun_lux`` what the sun gives a face turned to
    it, ``lamps`` how far the lamps are up (1: as they say), ``white`` where white walls come to lie, in linear light.
    """

    sky_kelvin: Annotated[float, Meta(ge=1000, le=40_000)]
    sky_nits: Annotated[float, Meta(ge=0, le=50_000)]
    sun_kelvin: Annotated[float, Meta(ge=1000, le=20_000)] = 5000.0
    sun_lux: Annotated[float, Meta(ge=0, le=130_000)] = 0.0
    sun_azimuth_deg: Turn = 0.0
    sun_elevation_deg: Annotated[float, Meta(ge=-90, le=90)] = 35.0
    lamps: Annotated[float, Meta(ge=0, le=4)] = 1.0
    white: Annotated[float, Meta(gt=0, le=1)] = 0.6


class Store(_Strict, frozen=True, kw_only=True):
    """
    A store, whole. ``aisle_m`` is how wide the way from the door to every product is; ``mood`` which of ``moods`` is on
    at the start; ``entrance`` the room that newcomers enter (the first by default).
    """

    schema: Literal["showroom.store/1"]
    id: Slug
    name: Label
    description: Text = ""
    aisle_m: Annotated[float, Meta(ge=0.9, le=5)] = 1.8
    mood: Id | None = None
    entrance: Id | None = None
    materials: Annotated[dict[Id, Material], Meta(min_length=1, max_length=16)]
    moods: Annotated[dict[Id, Mood], Meta(min_length=1, max_length=8)]
    rooms: Annotated[list[Room], Meta(min_length=1, max_length=12)]


_encoder: Final = msgspec.json.Encoder(order="deterministic")


def read_store(data: bytes, *, name: str = "the store manifest") -> Store:
    """
    The store in ``data``: JSON, or TOML.

    Raises
    ------
    DamagedFile
        Neither, or a field is missing, unknown, of the wrong kind or out of range; the message names the field.
    LimitExceeded
        Larger than a store may be.
    """
    if len(data) > MOST_BYTES:
        raise LimitExceeded(f"{name} has {len(data):,} bytes; a store may have {MOST_BYTES:,}. Split it.")
    is_json = data.lstrip()[:1] == b"{"
    try:
        store = msgspec.json.decode(data, type=Store) if is_json else msgspec.toml.decode(data, type=Store)
    except msgspec.ValidationError as exc:
        raise wrong_field(exc, name=name) from exc
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        kind = "JSON" if is_json else "TOML"
        raise DamagedFile(f"{name} is not {kind} ({' '.join(str(exc).split())[:200]}). Mend that line.") from exc
    return store


def wrong_field(exc: msgspec.ValidationError, *, name: str) -> DamagedFile:
    """msgspec's complaint as a sentence."""
    why, _, where = str(exc).partition(" - at `")
    field = where.replace("`", "").removeprefix("$").removeprefix(".").replace("[...]", "[]")
    why = " ".join(why.replace("`", "'").split())[:300]
    return DamagedFile(f"{name}: {field or 'the store'}: {why[:1].lower() + why[1:]}. Mend it.", field=field)


def to_json(store: Store) -> bytes:
    """Canonical bytes: equal stores give equal bytes."""
    exact = msgspec.json.decode(_encoder.encode(store), type=Store)  # checks every limit; 1 and 1.0 become one
    return msgspec.json.format(_encoder.encode(exact), indent=2) + b"\n"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a store manifest, written from the structs."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:showroom:store:1",
        "title": "Showroom store manifest",
        **msgspec.json.schema(Store),
    }
