"""A boutique: through the door one sees the hero before a clay niche, with daylight from the left and shelves right."""

from showroom.stores.manifest import Mirror, Opening, Plinth, Room, Rug, Seat, Sign, Store, Wall
from showroom.stores.templates.parts import DAY, EVENING, on, shelf, shelf_slots, spawns, spot, warm_materials

_X, _FRONT, _BACK = 4.6, 5.0, -6.0


def boutique() -> Store:
    """9.2 by 11 metres, 4 metres high; 16 places."""
    right = [shelf("shelf-front", _X + 0.32, 0.7, -90, 2.46), shelf("shelf-back", _X + 0.32, -2.7, -90, 2.46)]
    room = Room(
        id="boutique",
        name="Boutique",
        floor=[(-_X, _FRONT), (_X, _FRONT), (_X, _BACK), (-_X, _BACK)],
        height_m=4.0,
        floor_material="floor",
        ceiling_material="ceiling",
        raft_inset_m=0.45,
        walls=[
            Wall(
                material="wall",
                openings=[
                    Opening(kind="window", at_m=1.8, width_m=1.9, sill_m=0.45, height_m=2.6),
                    Opening(kind="door", at_m=4.6, width_m=1.9, height_m=2.6),
                    Opening(kind="window", at_m=7.4, width_m=1.9, sill_m=0.45, height_m=2.6),
                ],
            ),
            Wall(
                material="wall",
                openings=[
                    Opening(kind="niche", at_m=4.3, width_m=2.5, sill_m=0.0, height_m=2.62, depth_m=0.55),
                    Opening(kind="niche", at_m=7.7, width_m=2.5, sill_m=0.0, height_m=2.62, depth_m=0.55),
                ],
            ),
            Wall(
                material="accent",
                openings=[Opening(kind="niche", at_m=4.6, width_m=2.9, height_m=3.15, is_round=True, depth_m=0.5)],
            ),
            Wall(
                material="wall",
                thickness_m=0.42,
                openings=[
                    Opening(kind="window", at_m=at, width_m=1.7, sill_m=0.25, height_m=3.0) for at in (2.6, 5.3, 8.0)
                ],
            ),
        ],
        shelves=right,
        plinths=[
            Plinth(id="hero", shape="round", position_m=(0, 0, -3.4), size_m=(1.3, 0.42, 1.3), material="stone"),
            Plinth(id="island-a", position_m=(-1.9, 0, -0.6), size_m=(0.46, 0.95, 0.46), material="stone"),
            Plinth(id="island-b", position_m=(-1.9, 0, 0.75), size_m=(0.46, 0.9, 0.46), material="stone"),
            Plinth(id="island-c", shape="round", position_m=(1.95, 0, 0.3), size_m=(0.5, 1.0, 0.5), material="stone"),
        ],
        seats=[
            Seat(
                id="bench",
                kind="bench",
                position_m=(-4.2, 0, 0.1),
                yaw_deg=90,
                size_m=(1.9, 0.44, 0.6),
                material="textile",
            ),
            Seat(id="pouf", kind="pouf", position_m=(3.6, 0, -5.0), size_m=(0.7, 0.42, 0.7), material="textile"),
        ],
        mirrors=[Mirror(id="mirror", position_m=(-3.2, 0, _BACK + 0.07), width_m=0.8, height_m=2.1, is_round=True)],
        rugs=[Rug(id="rug", position_m=(0, 0, -2.9), size_m=(3.6, 3.2), material="textile")],
        signs=[Sign(id="sign", position_m=(3.05, 1.95, _BACK + 0.02), text="First collection", height_m=0.12)],
        lamps=[
            spot("hero-a", (-1.1, 3.55, -1.6), (0, 0.8, -3.4), lumen=1000, beam_deg=26),
            spot("hero-b", (1.1, 3.55, -1.6), (0, 0.8, -3.4), lumen=1000, beam_deg=26),
            spot("island-a", (-1.4, 3.55, 0.5), (-1.9, 0.95, -0.6)),
            spot("island-b", (-1.4, 3.55, 1.8), (-1.9, 0.9, 0.75)),
            spot("island-c", (1.5, 3.55, 1.3), (1.95, 1.0, 0.3)),
            spot("mirror", (-2.6, 3.55, -4.2), (-3.1, 1.1, -5.9), lumen=400),
            spot("shelf-front", (2.9, 3.55, 0.7), (4.7, 1.2, 0.7), lumen=600, beam_deg=44),
            spot("shelf-back", (2.9, 3.55, -2.7), (4.7, 1.2, -2.7), lumen=600, beam_deg=44),
            spot("accent", (2.9, 3.55, -4.4), (3.1, 1.6, -5.9), lumen=450, beam_deg=40),
            spot("entry", (0, 3.55, 2.9), (0, 0, 2.6), lumen=350, beam_deg=50),
        ],
        slots=[
            on("hero", (0, 0.42, -3.4), (1.2, 1.2, 1.2), 20, is_hero=True),
            on("island-a", (-1.9, 0.95, -0.6), (0.42, 0.55, 0.42), 30),
            on("island-b", (-1.9, 0.9, 0.75), (0.42, 0.55, 0.42), 40),
            on("island-c", (1.95, 1.0, 0.3), (0.42, 0.6, 0.42), -30),
            *(slot for one in right for slot in shelf_slots(one)),
        ],
        spawns=spawns([(x, z) for z in (4.2, 3.4) for x in (0, -0.9, 0.9, -1.8, 1.8)], 180),
    )
    return Store(
        schema="showroom.store/1",
        id="boutique",
        name="Boutique",
        description="Limewash, oak and brass; the hero stands on an axis from the door.",
        mood="day",
        materials=warm_materials(),
        moods={"day": DAY, "evening": EVENING},
        rooms=[room],
    )
