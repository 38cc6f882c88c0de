"""
A ring, inner diameter 17.2 mm (EU 54): an oval brilliant in a milled bezel, three small stones set in each shoulder.

It stands upright: the stone is on top, the finger goes through along Z. Modelled about the finger's axis.
"""

import numpy as np

from showroom_demo.kit import palette
from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.curve import circle, fillet
from showroom_demo.kit.gem import brilliant
from showroom_demo.kit.material import Finish, glass, glowing, metal
from showroom_demo.kit.picture import Picture, to_bytes
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import Shape, frame, merge
from showroom_demo.kit.solid import sphere
from showroom_demo.kit.sweep import lathe, sweep
from showroom_demo.kit.texture import satin_metal

INNER_DIAMETER = 17.2
STONE_LENGTH, STONE_WIDTH = 7.8, 6.0
THICKNESS = 1.45
SIZES = tuple(str(girth) for girth in range(46, 63, 2))
STONE_Y = INNER_DIAMETER / 2 + 2.95


def band() -> Shape:
    """Court section: domed outside, eased inside; 2.2 mm wide below, 3.1 at the shoulders."""
    angle = np.linspace(0, 2 * np.pi, 192, endpoint=False)
    path = np.column_stack([np.sin(angle), np.cos(angle), 0 * angle]) * (INNER_DIAMETER / 2)
    top = 0.5 + 0.5 * np.cos(angle)
    width = 2.2 + 0.9 * np.clip(top, 0, 1) ** 1.5
    thick = 1.0 + 0.22 * top**3
    x = np.linspace(-0.5, 0.5, 15)
    dome = np.column_stack([x, (THICKNESS * (1 - (2 * np.abs(x)) ** 2.6 * 0.62))])
    ease = np.column_stack([x[::-1], 0.16 * (2 * np.abs(x[::-1])) ** 2])
    profile = np.concatenate([dome[::-1], ease[::-1][1:-1]])
    return sweep(path, profile, closed=True, up=(0, 1, 0), scale=np.stack([width, thick], axis=1), crease_deg=50)


def setting() -> Shape:
    """The bezel with its gallery below and a milled rim."""
    wall = fillet(
        [
            (0.30, -2.7),
            (0.62, -2.7),
            (0.80, -1.5),
            (1.09, -0.1),
            (1.11, 0.2),
            (1.03, 0.3),
            (0.975, 0.2),
            (0.97, 0.0),
            (0.9, -0.3),
        ],
        [0.05, 0.1, 0.15, 0.15, 0.06, 0.05, 0.02, 0.02, 0],
    )
    half = STONE_WIDTH / 2
    turned = lathe(wall * [half, 1.0], segments=96)

    def oval(
        points: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    ) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        stretch = (STONE_LENGTH - STONE_WIDTH) / 2
        radius = np.hypot(points[:, 0], points[:, 2])
        out = points.copy()
        out[:, 0] += stretch * points[:, 0] / np.maximum(radius, 1e-9) * np.minimum(radius / half, 1)
        return out

    bead = sphere(0.155, segments=8)
    rim = circle(1.0, 52) * [STONE_LENGTH / 2 + 0.23, STONE_WIDTH / 2 + 0.23]
    beads = [bead.moved(x=float(x), y=0.25, z=float(z)) for x, z in rim]
    return merge([turned.warped(oval), *beads]).moved(y=STONE_Y)


def shoulder_stones() -> tuple[Shape, Shape, Shape]:
    """Crowns, pavilions and grain settings of the six small stones."""
    crowns, pavilions, grains = [], [], []
    for sign in (1.0, -1.0):
        for k, size in enumerate((1.5, 1.35, 1.2)):
            angle = np.radians(sign * (34.0 + 11.0 * k))
            out = np.array([np.sin(angle), np.cos(angle), 0.0])
            top = 0.5 + 0.5 * np.cos(angle)
            place = frame(origin=out * (INNER_DIAMETER / 2 + THICKNESS * (1.0 + 0.22 * top**3) + 0.09), y=out)
            crown, pavilion = brilliant(size)
            crowns.append(crown.mapped(place))
            pavilions.append(pavilion.flipped().scaled(1, 0.16, 1).mapped(place))  # the band is not drilled
            collar = lathe(
                fillet(
                    [(size * 0.56, -0.25), (size * 0.60, 0.05), (size * 0.5, 0.12), (size * 0.49, -0.1)], 0.04, steps=3
                ),
                segments=24,
            )
            claws = [
                sphere(0.17, segments=8).moved(x=0.52 * size * c, y=0.09, z=0.52 * size * s)
                for c, s in circle(1.0, 4) @ _EIGHTH
            ]
            grains.append(merge([collar, *claws]).mapped(place))
    return merge(crowns), merge(pavilions), merge(grains)


_EIGHTH = np.array([[0.7071, 0.7071], [-0.7071, 0.7071]])


def stone_finish(name: str, tint: str, *, ior: float) -> Finish:
    """
    The crown: thin, so that the pavilion below shows facet by facet.

    With a volume, screen-space refraction looked past the pavilion at the backdrop: the stone read as a glass bead.
    """
    return glass(name, tint=tint, ior=ior)


def mirror_finish(name: str, tint: str) -> Finish:
    """
    The pavilion seen from inside: a tinted mirror that is never quite dark.

    Light that entered by other facets leaves by each with a strength of its own: hence the emissive map.
    """
    sparkle = np.random.default_rng(57).random(64) ** 2.2
    pixels = to_bytes(np.repeat((0.16 + 0.62 * sparkle)[None, :, None], 3, axis=2))
    picture = Picture("sparkle", np.repeat(pixels, 4, axis=0))
    return glowing(metal(name, tint, roughness=0.05), tint).with_picture("emissiveTexture", picture)


def finishes() -> list[Colourway]:
    ways = [
        (
            "Yellow gold, green sapphire",
            "RNG-LUME-GRN",
            "#3f6b54",
            palette.GOLD,
            "Green sapphire",
            "#a9dcc4",
            "#3f9a75",
        ),
        ("White gold, diamond", "RNG-LUME-DIA", "#e8eaec", palette.SILVER, "Diamond", "#f7fbff", "#f2f4f6"),
        ("Rose gold, morganite", "RNG-LUME-MOR", "#dca18c", palette.ROSE_GOLD, "Morganite", "#f9d9cf", "#eba591"),
    ]
    out = []
    for label, sku, swatch, color, gem, tint, foil in ways:
        out.append(
            Colourway(
                Variant(label=label, sku=sku, swatch=swatch, sizes=SIZES),
                {
                    "metal": metal(label.split(",")[0], color, maps=satin_metal(roughness=0.11)),
                    "stone": stone_finish(gem, tint, ior=2.42 if gem == "Diamond" else 1.77),
                    "pavilion": mirror_finish(f"{gem} pavilion", foil),
                },
            )
        )
    return out


def product() -> DemoProduct:
    crown, pavilion = (part.moved(y=STONE_Y + 0.06) for part in brilliant(STONE_WIDTH, length=STONE_LENGTH))
    small_crowns, small_pavilions, grains = shoulder_stones()
    ways = finishes()
    shared = {
        "small": stone_finish("Small diamonds", "#fbfdff", ior=2.42),
        "small_pavilion": mirror_finish("Diamond pavilion, small", "#eef0f2"),
    }
    parts = [
        Part("band", [("metal", merge([band(), grains]))]),
        Part("setting", [("metal", setting())], parent="band", pivot=(0.0, STONE_Y, 0.0)),
        Part(
            "stone", [("stone", crown), ("pavilion", pavilion.flipped())], parent="setting", pivot=(0.0, STONE_Y, 0.0)
        ),
        Part("shoulder_stones", [("small", small_crowns), ("small_pavilion", small_pavilions)], parent="band"),
    ]
    built = assemble("lume-ring", parts, ways, shared=shared)
    return DemoProduct(
        id="lume-ring",
        name="Lume",
        description="An oval brilliant in a milled bezel, with three small diamonds set in each shoulder.",
        category="ring",
        scene=built.scene,
        variants=tuple(way.variant for way in ways),
        dimensions_m=built.dimensions_m,
        placement="plinth",
        price_minor={"EUR": 145000, "USD": 159000, "GBP": 129000},
        anchors=(
            built.anchor("finger_center", (0, 0, 0), (0, 0, 1)),
            built.anchor("stone", (0, STONE_Y + 1.5, 0), (0, 1, 0)),
        ),
        hotspots=(
            built.hotspot("stone", (0, STONE_Y + 1.5, 0), "Oval brilliant, 57 facets, 7.8 by 6 mm"),
            built.hotspot("shoulder_stones", (7.5, 8, 1), "Three diamonds in each shoulder, grain-set"),
        ),
        wearable={
            "kind": "ring",
            "size": "54",
            "inner_diameter_mm": INNER_DIAMETER,
            "size_eu": round(np.pi * INNER_DIAMETER),
            "band_width_mm": 3.1,
        },
    )
