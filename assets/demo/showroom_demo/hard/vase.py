"""A thrown stoneware vase, 252 mm tall: throwing rings under a speckled glaze that stops short of a bare foot."""

import numpy as np

from showroom_demo.kit import palette
from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.curve import resample, spline
from showroom_demo.kit.material import Finish, coated, dull, pbr
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import F64, Shape
from showroom_demo.kit.sweep import lathe
from showroom_demo.kit.texture import glaze, raw_clay

HEIGHT = 252.0
GLAZE_FROM = 34.0
RING_PITCH = 8.2
_OUTSIDE = [
    (39.5, 3.0), (46, 14), (60, 40), (73.5, 76), (79, 108), (75.5, 140), (60.5, 172), (41, 196),
    (30.2, 214), (28.0, 228), (31.0, 241), (37.0, 249.6),
]  # fmt: skip


def outside() -> F64:
    return spline(_OUTSIDE, 150)


def thrown(points: F64, *, strength: float) -> F64:
    """The spiral left by the fingers, fading at foot and lip, and the slight unevenness of a hand-held wall."""
    x, y, z = points.T
    radius = np.maximum(np.hypot(x, z), 1e-9)
    turn = np.arctan2(x, z) / (2 * np.pi)
    fade = np.clip((y - 20) / 40, 0, 1) * np.clip((HEIGHT - 10 - y) / 40, 0, 1)
    swell = 0.6 + 0.4 * np.sin(y / 23.0 + 1.3)
    y = y + 2.2 * np.sin(y / 17.0) + 1.3 * np.sin(y / 9.1 + 2.0)  # no two rings of one height
    wave = np.sin(2 * np.pi * (y / RING_PITCH + turn))
    ridge = strength * fade * swell * (0.75 * wave + 0.25 * np.sin(4 * np.pi * (y / RING_PITCH + turn) + 0.7))
    uneven = 0.35 * fade * np.sin(2 * np.pi * turn * 2 + y / 60.0)
    factor = 1 + (ridge + uneven) / radius
    return np.column_stack([x * factor, points[:, 1], z * factor])


def glazed() -> Shape:
    """Outside from the glaze line up, over the lip and down the inside to the bottom; the line wanders and is thick."""
    wall = outside()
    above = wall[wall[:, 1] >= GLAZE_FROM]
    lip = spline([(37.0, 249.6), (37.2, 251.4), (35.6, 252.0), (33.6, 250.8), (32.2, 247.5)], 14)[1:]
    inner = resample(np.concatenate([lip[-1:], _inside()]), 44)[1:]
    edge = np.array([above[0] + [-0.9, -0.5], above[0] + [-0.1, -0.75]])
    profile = np.concatenate([edge, above + [0.45, 0], lip + [0.2, 0], inner])
    tile = 90.0
    body = lathe(profile, segments=112, around_mm=5 * tile, conformal=True)

    def runs(points: F64) -> F64:
        x, y, z = points.T
        angle = np.arctan2(x, z)
        line = (
            2.6 * np.sin(2 * angle + 0.6)
            + 1.5 * np.sin(5 * angle + 2.1)
            + 0.8 * np.sin(11 * angle)
            + 0.5 * np.sin(17 * angle + 1)
        )
        is_outside = np.hypot(x, z) > np.interp(y, *_inside()[::-1].T[::-1]) + 2.0
        shift = np.clip(1 - (y - GLAZE_FROM) / 30, 0, 1) * is_outside * (y < GLAZE_FROM + 30)
        moved_y = y + line * shift
        slope = np.interp(moved_y, wall[:, 1], wall[:, 0]) - np.interp(y, wall[:, 1], wall[:, 0])
        radius = np.maximum(np.hypot(x, z), 1e-9)
        factor = 1 + slope * (shift > 0) / radius
        return np.column_stack([x * factor, moved_y, z * factor])

    return body.warped(lambda points: thrown(runs(points), strength=0.5), crease_deg=50)


def _inside() -> F64:
    """From below the lip to the middle of the bottom, (radius, height)."""
    knots = [
        (32.0, 246), (25.4, 232), (24.6, 219), (31, 203), (50, 178), (68.5, 144), (73, 110), (67.6, 78), (54, 42),
        (40, 18), (26, 10.5), (0.0, 9.0),
    ]  # fmt: skip
    return spline(knots, 80)


def foot() -> Shape:
    """Bare clay: the underside with its turned ring, and the wall up to under the glaze."""
    wall = outside()
    below = wall[wall[:, 1] <= GLAZE_FROM + 8]
    under = spline([(39.5, 3.0), (38.6, 0.9), (37.0, 0.0)], 6)[::-1]
    ring = np.array([(0.0, 3.2), (28.0, 2.9), (30.5, 1.0), (31.5, 0.1), (33.0, 0.0)])
    return lathe(np.concatenate([ring, under[:-1], below]), segments=112, around_mm=8 * 60.0, conformal=True).warped(
        lambda points: thrown(points, strength=0.5), crease_deg=50
    )


def finishes() -> list[Colourway]:
    ways = [
        ("Bone", "VAS-TERRA-BON", palette.BONE, "#ece2cd", "#bd9f83"),
        ("Sage", "VAS-TERRA-SAG", palette.SAGE, "#a3ad95", "#9c7f68"),
        ("Rust", "VAS-TERRA-RST", palette.RUST, "#a05a3e", "#7a6152"),
        ("Ink", "VAS-TERRA-INK", palette.INK, "#39415a", "#6b5a50"),
    ]
    return [
        Colourway(
            Variant(label=label, sku=sku, swatch=swatch),
            {"glaze": _glaze(f"{label} glaze", color), "clay": dull(_clay(f"{label} stoneware", body), specular=0.5)},
        )
        for label, sku, swatch, color, body in ways
    ]


def _glaze(name: str, color: str) -> Finish:
    return coated(pbr(name, color, roughness=1.0, maps=glaze()), coat=0.55, roughness=0.16)


def _clay(name: str, color: str) -> Finish:
    return pbr(name, color, roughness=1.0, maps=raw_clay())


def product() -> DemoProduct:
    ways = finishes()
    built = assemble("terra-vase", [Part("body", [("glaze", glazed())]), Part("foot", [("clay", foot())])], ways)
    return DemoProduct(
        id="terra-vase",
        name="Terra",
        description="Thrown by hand in stoneware; the glaze stops short of the foot and shows the clay.",
        category="vase",
        scene=built.scene,
        variants=tuple(way.variant for way in ways),
        dimensions_m=built.dimensions_m,
        placement="shelf",
        price_minor={"EUR": 12800, "USD": 13900, "GBP": 10900},
        anchors=(built.anchor("opening", (0, HEIGHT, 0), (0, 1, 0)),),
        hotspots=(
            built.hotspot("body", (60, 170, 50), "Throwing rings: no two alike"),
            built.hotspot("foot", (30, 20, 44), "Bare stoneware foot, sanded smooth"),
        ),
    )
