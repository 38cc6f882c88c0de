"""A hall for launches: dark walls, one round stage, light that waits; and a bright foyer to arrive in."""

import math

from showroom.stores.manifest import (
    Lamp,
    Material,
    Mirror,
    Mood,
    Opening,
    Plinth,
    Room,
    Rug,
    Seat,
    Sign,
    Stage,
    Store,
    Wall,
)
from showroom.stores.templates.parts import DAY, EVENING, on, spawns, spot

_STAGE_Z = -5.5


def launch_hall() -> Store:
    """A hall of 24 by 18 metres, 7 metres high, and a foyer of 12 by 7; 11 places."""
    return Store(
        schema="showroom.store/1",
        id="launch-hall",
        name="Launch hall",
        description="Darkness, a countdown, a reveal; then the light comes up on the thing to buy.",
        mood="house",
        entrance="foyer",
        materials={
            "wall": Material(surface="limewash", colour="#4a4641"),
            "pale": Material(surface="limewash", colour="#ddd1be"),
            "ceiling": Material(surface="plaster", colour="#3a3733"),
            "light": Material(surface="plaster", colour="#efe9df"),
            "floor": Material(surface="terrazzo", colour="#857d72"),
            "stone": Material(surface="stone", colour="#cfc6b8"),
            "metal": Material(surface="steel", colour="#2f2e2c"),
            "rug": Material(surface="textile", colour="#8f8778"),
            "textile": Material(surface="textile", colour="#665046"),
        },
        moods={
            "house": DAY,
            "evening": EVENING,
            "show": Mood(sky_kelvin=14_000, sky_nits=2, sun_kelvin=3000, lamps=0.12, white=0.16),
            "reveal": Mood(sky_kelvin=12_000, sky_nits=8, sun_kelvin=3000, lamps=1.0, white=0.34),
        },
        rooms=[_hall(), _foyer()],
    )


def _hall() -> Room:
    x, front, back = 12.0, 8.0, -10.0
    ring = [
        (math.sin(turn) * 8.4, _STAGE_Z + math.cos(turn) * 8.4)
        for turn in (math.radians(d) for d in (-75, -52, 52, 75))
    ]
    crowd = [
        (round(math.sin(math.radians(turn)) * radius, 2), round(_STAGE_Z + math.cos(math.radians(turn)) * radius, 2))
        for radius in (6.0, 7.4)
        for turn in (0, -12, 12, -24, 24, -36, 36)
    ]
    return Room(
        id="hall",
        name="Hall",
        floor=[(-x, front), (x, front), (x, back), (-x, back)],
        height_m=7.0,
        floor_material="floor",
        ceiling_material="ceiling",
        walls=[
            Wall(
                material="wall",
                thickness_m=0.4,
                openings=[Opening(kind="door", at_m=12, width_m=3.0, height_m=2.8, to="foyer")],
            ),
            Wall(
                material="wall",
                openings=[
                    Opening(kind="window", at_m=at, width_m=2.4, sill_m=4.2, height_m=1.6) for at in (5.0, 9.0, 13.0)
                ],
            ),
            Wall(material="wall", openings=[Opening(kind="niche", at_m=12, width_m=9.0, height_m=5.4, depth_m=0.6)]),
            Wall(
                material="wall",
                openings=[
                    Opening(kind="window", at_m=at, width_m=2.4, sill_m=4.2, height_m=1.6) for at in (5.0, 9.0, 13.0)
                ],
            ),
        ],
        stages=[Stage(id="stage", position_m=(0, 0, _STAGE_Z), radius_m=2.7, height_m=0.4, material="stone")],
        plinths=[
            Plinth(id="hero", shape="round", position_m=(0, 0.4, _STAGE_Z), size_m=(1.5, 0.45, 1.5), material="stone"),
            *(
                Plinth(
                    id=f"drop-{i + 1}",
                    shape="round",
                    position_m=(round(px, 2), 0, round(pz, 2)),
                    size_m=(0.6, 1.0, 0.6),
                    material="stone",
                )
                for i, (px, pz) in enumerate(ring)
            ),
        ],
        seats=[
            Seat(
                id=f"bench-{i + 1}",
                kind="bench",
                position_m=(px, 0, 6.4),
                yaw_deg=180,
                size_m=(3.2, 0.44, 0.6),
                material="textile",
            )
            for i, px in enumerate((-8.6, -4.6, 4.6, 8.6))
        ],
        lamps=[
            *(
                spot(
                    f"stage-{i + 1}",
                    (px, 6.4, _STAGE_Z + 4.6),
                    (0, 1.2, _STAGE_Z),
                    lumen=3200,
                    beam_deg=24,
                    kelvin=3200,
                )
                for i, px in enumerate((-3.6, -1.2, 1.2, 3.6))
            ),
            *(
                spot(f"rim-{i + 1}", (px, 6.4, -9.4), (0, 1.2, _STAGE_Z), lumen=2500, kelvin=4200)
                for i, px in enumerate((-2.5, 2.5))
            ),
            *(
                spot(
                    f"drop-{i + 1}",
                    (round(px * 0.86, 2), 6.4, round(pz + 1.2, 2)),
                    (round(px, 2), 1.1, round(pz, 2)),
                    lumen=1800,
                    beam_deg=18,
                )
                for i, (px, pz) in enumerate(ring)
            ),
            Lamp(
                id="cove-left",
                kind="cove",
                position_m=(-11.7, 2.6, -1),
                target_m=(-11.98, 4.0, -1),
                size_m=(14.0, 0.1),
                kelvin=2800,
                lumen=6000,
                beam_deg=120,
            ),
            Lamp(
                id="cove-right",
                kind="cove",
                position_m=(11.7, 2.6, -1),
                target_m=(11.98, 4.0, -1),
                size_m=(14.0, 0.1),
                kelvin=2800,
                lumen=6000,
                beam_deg=120,
            ),
            Lamp(
                id="house",
                kind="panel",
                position_m=(0, 6.8, 2.5),
                size_m=(8.0, 3.0),
                kelvin=3500,
                lumen=14_000,
                beam_deg=120,
            ),
        ],
        slots=[
            on("hero", (0, 0.85, _STAGE_Z), (1.5, 2.4, 1.5), is_hero=True),
            *(
                on(f"drop-{i + 1}", (round(px, 2), 1.0, round(pz, 2)), (0.5, 0.7, 0.5))
                for i, (px, pz) in enumerate(ring)
            ),
        ],
        spawns=spawns(crowd, 180),
    )


def _foyer() -> Room:
    x, front, back = 6.0, 15.4, 8.4
    stands = [
        (-3.0, 11.2, 1.0),
        (3.0, 11.2, 0.95),
        (-4.6, 13.2, 0.9),
        (4.6, 13.2, 1.05),
        (-3.0, 9.6, 0.95),
        (3.0, 9.6, 1.0),
    ]
    return Room(
        id="foyer",
        name="Foyer",
        floor=[(-x, front), (x, front), (x, back), (-x, back)],
        height_m=4.2,
        floor_material="floor",
        ceiling_material="light",
        raft_inset_m=0.5,
        walls=[
            Wall(
                material="pale",
                openings=[
                    Opening(kind="window", at_m=2.6, width_m=3.0, sill_m=0.2, height_m=3.2),
                    Opening(kind="door", at_m=6.0, width_m=2.2, height_m=2.6),
                    Opening(kind="window", at_m=9.4, width_m=3.0, sill_m=0.2, height_m=3.2),
                ],
            ),
            Wall(material="pale"),
            Wall(
                material="pale",
                thickness_m=0.4,
                openings=[Opening(kind="door", at_m=6, width_m=3.0, height_m=2.8, to="hall")],
            ),
            Wall(material="pale"),
        ],
        plinths=[
            Plinth(id=f"stand-{i + 1}", position_m=(px, 0, pz), size_m=(0.5, height, 0.5), material="stone")
            for i, (px, pz, height) in enumerate(stands)
        ],
        mirrors=[Mirror(id="mirror", position_m=(x - 0.07, 0, 14.4), yaw_deg=-90, width_m=0.9, height_m=2.1)],
        rugs=[Rug(id="rug", position_m=(0, 0, 12), size_m=(3.0, 4.6), material="rug")],
        signs=[Sign(id="sign", position_m=(0, 3.3, back + 0.02), text="Tonight", height_m=0.24)],
        lamps=[
            *(
                spot(f"stand-{i + 1}", (px * 0.72, 3.7, pz + 0.6), (px, height + 0.1, pz), lumen=450)
                for i, (px, pz, height) in enumerate(stands)
            ),
            spot("way", (0, 3.7, 11.0), (0, 0, 9.0), lumen=600, beam_deg=46),
        ],
        slots=[
            on(f"stand-{i + 1}", (px, height, pz), (0.45, 0.6, 0.45), 90 if px < 0 else -90)
            for i, (px, pz, height) in enumerate(stands)
        ],
        spawns=spawns([(px, pz) for pz in (14.2, 13.2, 12.2) for px in (0, -1.0, 1.0, -2.0, 2.0)], 180),
    )
