"""A home to walk through: a living room with the hero by the window, and behind an arch a table with its chairs."""

from showroom.stores.manifest import Lamp, Mirror, Opening, Plinth, Room, Rug, Seat, Sign, Store, Wall
from showroom.stores.templates.parts import DAY, EVENING, on, shelf, shelf_slots, spawns, spot, warm_materials

_Z = 3.6


def home_gallery() -> Store:
    """Two rooms, 9 by 7.2 and 6.4 by 7.2 metres, 3.6 metres high; 18 places."""
    return Store(
        schema="showroom.store/1",
        id="home-gallery",
        name="Home gallery",
        description="Furniture where it belongs, in rooms of a real size.",
        mood="day",
        entrance="living",
        materials=warm_materials(),
        moods={"day": DAY, "evening": EVENING},
        rooms=[_living(), _dining()],
    )


def _living() -> Room:
    x = 4.5
    left = shelf("library", -x - 0.28, 0.0, 90, 2.5)
    return Room(
        id="living",
        name="Living room",
        floor=[(-x, _Z), (x, _Z), (x, -_Z), (-x, -_Z)],
        height_m=3.6,
        floor_material="floor",
        ceiling_material="ceiling",
        raft_inset_m=0.4,
        walls=[
            Wall(material="wall", openings=[Opening(kind="door", at_m=4.5, width_m=1.4, height_m=2.4)]),
            Wall(
                material="wall",
                openings=[Opening(kind="arch", at_m=3.6, width_m=2.2, height_m=2.7, is_round=True, to="dining")],
            ),
            Wall(
                material="wall",
                thickness_m=0.42,
                openings=[
                    Opening(kind="window", at_m=at, width_m=2.3, sill_m=0.2, height_m=2.7) for at in (1.7, 4.5, 7.3)
                ],
            ),
            Wall(
                material="accent", openings=[Opening(kind="niche", at_m=3.6, width_m=2.56, height_m=2.5, depth_m=0.5)]
            ),
        ],
        shelves=[left],
        plinths=[
            Plinth(id="side", shape="round", position_m=(-1.75, 0, -2.75), size_m=(0.45, 0.5, 0.45), material="stone")
        ],
        rugs=[Rug(id="rug", position_m=(0, 0, -1.9), size_m=(3.6, 2.6), material="textile")],
        signs=[Sign(id="sign", position_m=(2.9, 2.6, _Z - 0.02), yaw_deg=180, text="At home", height_m=0.12)],
        lamps=[
            spot("hero-a", (-1.2, 3.2, -0.6), (0, 0.5, -2.5), lumen=800, beam_deg=34),
            spot("hero-b", (1.2, 3.2, -0.6), (0, 0.5, -2.5), lumen=800, beam_deg=34),
            spot("chair", (2.2, 3.2, -0.2), (3.2, 0.5, -2.2)),
            spot("lamp", (-2.2, 3.2, -0.8), (-3.3, 0.8, -2.6), lumen=350),
            spot("library", (-2.8, 3.2, 0), (-4.7, 1.2, 0), lumen=600, beam_deg=46),
            spot("entry", (0, 3.2, 2.4), (0, 0, 2.2), lumen=300, beam_deg=50),
        ],
        slots=[
            on("hero", (0, 0, -2.5), (2.5, 1.2, 1.2), is_hero=True),
            on("side", (-1.75, 0.5, -2.75), (0.4, 0.7, 0.4)),
            on("reading", (3.2, 0, -2.3), (1.0, 1.3, 1.0), -35),
            on("standing", (-3.4, 0, -2.7), (0.7, 1.9, 0.7)),
            *shelf_slots(left),
        ],
        spawns=spawns([(x, z) for z in (2.7, 1.9) for x in (0, -0.9, 0.9, 1.8)], 180),
    )


def _dining() -> Room:
    left, right = 4.8, 11.2
    middle = 7.9
    return Room(
        id="dining",
        name="Dining room",
        floor=[(left, _Z), (right, _Z), (right, -_Z), (left, -_Z)],
        height_m=3.6,
        floor_material="floor",
        ceiling_material="ceiling",
        raft_inset_m=0.4,
        walls=[
            Wall(material="wall"),
            Wall(material="accent"),
            Wall(
                material="wall",
                thickness_m=0.42,
                openings=[
                    Opening(kind="window", at_m=at, width_m=2.1, sill_m=0.2, height_m=2.7) for at in (1.75, 4.65)
                ],
            ),
            Wall(
                material="wall",
                openings=[Opening(kind="arch", at_m=3.6, width_m=2.2, height_m=2.7, is_round=True, to="living")],
            ),
        ],
        plinths=[
            Plinth(id=f"plinth-{i + 1}", position_m=(10.8, 0, z), size_m=(0.45, height, 0.45), material="stone")
            for i, (z, height) in enumerate(((-2.4, 1.05), (-0.8, 0.95), (0.8, 1.0), (2.4, 0.9)))
        ],
        seats=[
            Seat(
                id="bench",
                kind="bench",
                position_m=(5.9, 0, 3.25),
                yaw_deg=180,
                size_m=(1.6, 0.44, 0.5),
                material="textile",
            )
        ],
        mirrors=[Mirror(id="mirror", position_m=(8.9, 0, _Z - 0.07), yaw_deg=180, width_m=0.9, height_m=2.1)],
        rugs=[Rug(id="rug", position_m=(middle, 0, 0), size_m=(2.6, 3.4), material="textile")],
        lamps=[
            Lamp(
                id="table",
                kind="pendant",
                position_m=(middle, 1.75, 0),
                target_m=(middle, 0.75, 0),
                size_m=(0.52, 0.4),
                kelvin=2800,
                lumen=900,
            ),
            *(
                spot(f"plinth-{i + 1}", (9.6, 3.2, z), (10.8, 1.0, z), lumen=400)
                for i, z in enumerate((-2.4, -0.8, 0.8, 2.4))
            ),
            spot("mirror", (8.9, 3.2, 1.9), (8.9, 1.1, 3.4), lumen=400),
        ],
        slots=[
            on("table", (middle, 0, 0), (1.3, 0.9, 1.3), is_hero=True),
            on("chair-a", (middle, 0, 1.05), (0.7, 1.0, 0.7), 180),
            on("chair-b", (middle, 0, -1.05), (0.7, 1.0, 0.7)),
            *(
                on(f"plinth-{i + 1}", (10.8, height, z), (0.42, 0.6, 0.42), -90)
                for i, (z, height) in enumerate(((-2.4, 1.05), (-0.8, 0.95), (0.8, 1.0), (2.4, 0.9)))
            ),
        ],
        spawns=spawns([(5.7, z) for z in (0, -0.8, 0.8)], 90),
    )
