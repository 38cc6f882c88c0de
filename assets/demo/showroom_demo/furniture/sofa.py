"""
A two-and-a-half-seat sofa in bouclé: 1,980 × 790 × 920 mm, seat height 430, piped cushions that have been sat on.
"""

import numpy as np

from showroom_demo.furniture.timber import timber
from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.cloth import Cushion, cushion
from showroom_demo.kit.curve import circle, fillet
from showroom_demo.kit.material import Finish, metal
from showroom_demo.kit.palette import BONE, BRASS, CLAY, INK, RUST, SAND
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import F64, Shape, merge
from showroom_demo.kit.sweep import lathe, sweep
from showroom_demo.kit.textile import boucle, cloth, linen
from showroom_demo.kit.texture import satin_metal

WIDTH, DEPTH, SEAT = 1980.0, 920.0, 430.0
ARM, BACK, LEG = 170.0, 190.0, 140.0
WAYS = (
    ("Bone bouclé", "BON", BONE, CLAY),
    ("Clay bouclé", "CLA", CLAY, BONE),
    ("Olive bouclé", "OLI", "#77754f", SAND),
    ("Ink bouclé", "INK", "#39405a", RUST),
    ("Rust bouclé", "RUS", RUST, INK),
)


def product() -> DemoProduct:
    inner = WIDTH - 2 * ARM
    seat_width = inner / 2 - 3
    frame = cushion(inner + 60, 160, DEPTH - 90, radius=30, crown=0, cheek=3, creases=0.4, step=90)
    arm = cushion(ARM, 450, DEPTH - 40, radius=64, crown=10, cheek=9, creases=0.8, seed=5)
    back = cushion(WIDTH - 2 * 24, 520, BACK, radius=70, crown=10, cheek=8, creases=0.8, seed=7, step=60)
    parts = [
        Part("frame", _worn(frame, (0, LEG + 80, 5))),
        Part("arm_left", _worn(arm, (WIDTH / 2 - ARM / 2, LEG + 225, 10), tilt=("z", -1.5))),
        Part("arm_right", _worn(arm, (-WIDTH / 2 + ARM / 2, LEG + 225, 10), tilt=("z", 1.5))),
        Part("back", _worn(back, (0, LEG + 290, -DEPTH / 2 + BACK / 2 + 20), tilt=("x", -7))),
    ]
    seat_depth = DEPTH - BACK - 60
    for k, name in ((1, "left"), (-1, "right")):
        seat = cushion(
            seat_width, 165, seat_depth + 40, radius=58, crown=36, cheek=15, seed=11 + k,
            sag=((40.0 * k, 30.0, 150.0, 27.0), (-80.0 * k, 120.0, 80.0, 9.0)), creases=2.0,
        )  # fmt: skip
        parts.append(Part(f"seat_{name}", _worn(seat, (k * (inner / 4), SEAT - 72, 66))))
        rest = cushion(
            seat_width - 6, 190, 440, radius=70, crown=52, cheek=18, seed=21 + k,
            sag=((20.0 * k, 60.0, 120.0, 26.0), (-120.0 * k, -90.0, 70.0, 12.0)), creases=3.0,
        )  # fmt: skip
        parts.append(Part(f"rest_{name}", _worn(rest, (k * (inner / 4), SEAT + 235, -168), tilt=("x", 76))))
    throw = cushion(
        470, 130, 470, radius=62, crown=46, cheek=4, seed=31, creases=3.0, cord_mm=6.0, sag=((30.0, 60.0, 90.0, 16.0),)
    )
    parts.append(Part("throw_cushion", _throw(throw)))
    parts += [Part(f"leg_{k + 1}", leg) for k, leg in enumerate(_legs())]

    ways = [
        Colourway(
            Variant(label=label, sku=f"SOFA-DUNE-{code}", swatch=color),
            {
                "cover": cloth(label.lower(), color, boucle(), sheen_roughness=0.6),
                "throw": cloth(f"linen {code.lower()}", accent, linen()),
            },
        )
        for label, code, color, accent in WAYS
    ]
    shared: dict[str, Finish] = {
        "wood": timber("oiled oak", "oak"),
        "ferrule": metal("brass", BRASS, maps=satin_metal(roughness=0.24)),
    }
    made = assemble("dune-sofa", parts, ways, shared=shared)
    return DemoProduct(
        id="dune-sofa",
        name="Dune",
        description="A deep sofa in curly bouclé with piped, feather-wrapped cushions on turned oak legs.",
        category="sofa",
        scene=made.scene,
        variants=tuple(way.variant for way in ways),
        dimensions_m=made.dimensions_m,
        placement="floor",
        price_minor={"EUR": 219000, "USD": 239000, "GBP": 189000},
        anchors=(
            made.anchor("seat_left", (inner / 4, SEAT + 20, 60), (0, 0, 1)),
            made.anchor("seat_right", (-inner / 4, SEAT + 20, 60), (0, 0, 1)),
        ),
        hotspots=(
            made.hotspot("seat_left", (inner / 4, SEAT + 20, 300), "Feather-wrapped foam, piped by hand"),
            made.hotspot("leg_1", _leg_places()[0] + [0, 60, 0], "Turned oak with brass ferrules"),
        ),
    )


def _worn(
    c: Cushion, at: tuple[float, float, float], *, tilt: tuple[str, float] | None = None
) -> list[tuple[str, Shape]]:
    shapes = [c.cover, c.piping]
    if tilt is not None:
        shapes = [s.turned(*tilt) for s in shapes]
    return [("cover", s.moved(*at)) for s in shapes]


def _throw(c: Cushion) -> list[tuple[str, Shape]]:
    out = []
    for shape in (c.cover, c.piping):
        stood = shape.turned("x", 70).turned("z", 9).turned("y", -16)
        out.append(("throw", stood.moved(WIDTH / 2 - ARM - 250, SEAT + 236, 0)))
    return out


def _leg_places() -> list[F64]:
    x, z = WIDTH / 2 - 130, DEPTH / 2 - 110
    return [np.array([sx * x, 0.0, sz * z]) for sx, sz in ((1, 1), (-1, 1), (1, -1), (-1, -1))]


def _legs() -> list[list[tuple[str, Shape]]]:
    """Tapered and splayed 8° outwards, shod in brass."""
    body = lathe(fillet([(13.5, 22), (15.0, 24), (24.0, LEG + 18), (0, LEG + 18)], 1.2), segments=28).uv_turned(90)
    shoe = lathe(fillet([(0, 0), (12.2, 0), (14.6, 24.5), (13.2, 25.2)], 1.4), segments=28)
    pad = sweep(np.array([[0, -1.5, 0], [0, 1.0, 0]]), circle(9.0, 20))
    out = []
    for place in _leg_places():
        splay = (np.sign(place[2]) * -8.0, np.sign(place[0]) * 8.0)

        def stand(shape: Shape, place: F64 = place, splay: tuple[float, float] = splay) -> Shape:
            raised = shape.moved(0, -LEG, 0).turned("x", splay[0]).turned("z", splay[1])
            return raised.moved(place[0], LEG, place[2])

        out.append([("wood", stand(body)), ("ferrule", merge([stand(shoe), stand(pad)]))])
    return out
