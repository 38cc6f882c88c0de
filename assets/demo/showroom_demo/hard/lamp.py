"""
A table lamp, 440 mm tall: a travertine-like terrazzo foot, a brass stem with a knurled switch, an opal glass dome
inside a pleated paper shade that glows, and a textile cable.
"""

import numpy as np

from showroom_demo.kit import palette
from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.curve import circle, fillet, spline
from showroom_demo.kit.material import Finish, coated, glowing, metal, pbr, sheened
from showroom_demo.kit.picture import Maps, Picture, noise, normal_from_height, to_bytes
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import F64, Shape, merge
from showroom_demo.kit.solid import cylinder, sphere, torus
from showroom_demo.kit.sweep import grid, lathe, sweep
from showroom_demo.kit.texture import brushed_metal, satin_metal, terrazzo

BASE_RADIUS, BASE_HEIGHT = 74.0, 46.0
SHADE_LOW, SHADE_HIGH = 252.0, 424.0
SHADE_BOTTOM, SHADE_TOP = 148.0, 92.0
PLEATS = 72


def base() -> Shape:
    """A solid drum, its upper edge generously rounded, on a felt foot."""
    profile = fillet(
        [(0, 1.5), (BASE_RADIUS - 3, 1.5), (BASE_RADIUS, 4), (BASE_RADIUS, BASE_HEIGHT), (0, BASE_HEIGHT)],
        [0, 1.5, 3, 15, 0],
        steps=10,
    )
    flat = lathe(profile, segments=96, around_mm=400.0)
    top = flat.normals[:, 1] > 0.75
    return flat.with_uvs(np.where(top[:, None], flat.points[:, [0, 2]], flat.uvs))


def stem() -> Shape:
    """Turned brass: a flange, the tube, a collar, the shade's gallery with its three arms, and the finial."""
    y = BASE_HEIGHT
    column = lathe(
        fillet(
            [
                (0, y),
                (23, y),
                (23, y + 3.2),
                (9.5, y + 6.5),
                (7, y + 12),
                (7, 268),
                (10.5, 268),
                (10.5, 279),
                (7, 279),
                (7, 300),
                (14, 302),
                (14, 326),
                (0, 326),
            ],
            [0, 0.4, 1.2, 3, 3, 0.4, 1.0, 1.0, 0.4, 0.4, 1.2, 2.0, 0],
        ),
        segments=64,
        around_mm=60.0,
    )
    ring_y = SHADE_HIGH - 16.0
    ring = torus(30.0, 1.6, segments=64, sides=12).moved(y=ring_y)
    outer = torus(SHADE_TOP - 4.6, 1.7, segments=96, sides=12).moved(y=SHADE_HIGH - 7)
    arms = []
    for k in range(3):
        arm = spline(
            [(29.0, ring_y, 0), (55, ring_y + 1.5, 0), (78, ring_y + 6, 0), (SHADE_TOP - 4.6, SHADE_HIGH - 7, 0)], 24
        )
        arms.append(sweep(arm, circle(1.5, 12)).turned("y", 120 * k + 30))
    carrier = [
        sweep(spline([(13.4, 312, 0), (36, 330, 0), (40, 366, 0), (30.5, ring_y, 0)], 30), circle(1.5, 12)).turned(
            "y", 180 * k
        )
        for k in range(2)
    ]
    cap = lathe(
        fillet(
            [(31.2, ring_y - 1), (31.2, ring_y + 1.6), (7, ring_y + 2.4), (7, ring_y + 7), (0, ring_y + 7)],
            [0, 0.6, 1.2, 0.8, 0],
            steps=4,
        ),
        segments=48,
    )
    finial = sphere(7.2, segments=32).scaled(1, 1.15, 1).moved(y=ring_y + 14.0)
    lower = torus(SHADE_BOTTOM - 4.8, 1.7, segments=128, sides=12).moved(y=SHADE_LOW + 2)
    return merge([column, ring, outer, *arms, *carrier, cap, finial, lower])


def switch() -> Shape:
    """A knurled thumb-wheel on the flange side of the tube."""
    wheel = lathe(fillet([(0, 0), (6.4, 0), (6.4, 8.5), (0, 8.5)], [0, 0.8, 0.8, 0], steps=3), segments=144)

    def knurled(points: F64) -> F64:
        radius = np.hypot(points[:, 0], points[:, 2])
        factor = 1 - 0.05 * (radius > 6.0) * (0.5 - 0.5 * np.cos(36 * np.arctan2(points[:, 0], points[:, 2])))
        return np.asarray(points * np.column_stack([factor, 1 + 0 * factor, factor]))

    spindle = cylinder(2.2, 6.0, bevel=0.4, segments=24)
    return merge([wheel.warped(knurled, crease_deg=50).moved(y=5.5), spindle]).turned("x", 90).moved(y=132.0, z=6.0)


def shade() -> Shape:
    """Pleated paper: a zigzag with eased folds, 3.4 mm deep, bound above and below."""
    steps = PLEATS * 6
    angle = np.linspace(-np.pi, np.pi, steps + 1)
    phase = angle * PLEATS / (2 * np.pi)
    fold = 2 * np.abs(phase - np.floor(phase + 0.5))
    fold = 0.5 - 0.5 * np.cos(np.pi * np.clip(fold, 0, 1)) * 0.35 - 0.65 * (0.5 - fold)
    heights = np.array([0.0, 0.02, 0.035, 0.25, 0.5, 0.75, 0.965, 0.98, 1.0])
    radius = SHADE_BOTTOM + (SHADE_TOP - SHADE_BOTTOM) * heights
    deep = np.interp(heights, [0, 0.02, 0.05, 0.95, 0.98, 1], [0.7, 0.8, 1, 1, 0.8, 0.7])
    r = radius[:, None] + 4.6 * (fold[None, :] - 0.5) * (0.55 + 0.45 * radius[:, None] / SHADE_BOTTOM) * deep[:, None]
    y = SHADE_LOW + (SHADE_HIGH - SHADE_LOW) * heights[:, None] + 0 * angle
    points = np.stack([r * np.sin(angle), y, r * np.cos(angle)], axis=2)
    uvs = np.stack(
        np.broadcast_arrays((angle / (2 * np.pi))[None, :] * PLEATS * 12.0, (1 - heights)[:, None] * 190.0), axis=2
    )
    outer = grid(points, uvs=uvs, crease_deg=75)
    inner = grid(points * np.array([0.996, 1, 0.996]), uvs=uvs, crease_deg=75).flipped()
    return merge([outer, inner])


def binding() -> Shape:
    """Cloth tape over the cut edges of the paper."""
    out = []
    for r, y, lean in ((SHADE_BOTTOM, SHADE_LOW, 1.2), (SHADE_TOP, SHADE_HIGH - 7, -1.2)):
        profile = fillet(
            [(r - 3.4, y), (r + 3.2, y), (r + 3.2 - lean * 1.0, y + 7), (r - 3.4 - lean * 1.0, y + 7), (r - 3.4, y)],
            [0, 0.8, 0.8, 0.8, 0],
        )
        out.append(lathe(profile, segments=128))
    return merge(out)


def bulb() -> Shape:
    """An opal globe, 80 mm."""
    angle = np.radians(np.linspace(-72, 90, 30))
    globe = np.column_stack([40 * np.cos(angle), 362 + 40 * np.sin(angle)])
    globe[-1, 0] = 0
    return lathe(np.concatenate([[(12.0, 323.8)], globe]), segments=48, crease_deg=60)


def cable() -> tuple[Shape, Shape]:
    """Braided textile cable from the back of the foot, lying in a loose curve, with a grommet."""
    path = spline(
        [
            (0, 13, -BASE_RADIUS + 4),
            (0, 12.5, -BASE_RADIUS - 8),
            (2, 7.0, -BASE_RADIUS - 24),
            (12, 3.1, -BASE_RADIUS - 42),
            (42, 3.1, -BASE_RADIUS - 58),
            (78, 3.1, -BASE_RADIUS - 52),
            (110, 3.1, -BASE_RADIUS - 60),
            (134, 3.1, -BASE_RADIUS - 76),
        ],
        120,
    )
    cord = sweep(path, circle(3.0, 14), round_ends_mm=0.8)
    grommet = (
        merge([cylinder(6.0, 5.0, bevel=1.2, segments=32), cylinder(4.4, 9.0, bevel=1.0, segments=32)])
        .turned("x", -90)
        .moved(y=13, z=-BASE_RADIUS + 1.5)
    )
    return cord, grommet


def paper(name: str, color: str, glow: str) -> Finish:
    """Washi: long fibres in a pale sheet, lit from behind, brighter around the globe."""
    size = 512
    rng = np.random.default_rng(1951)
    cloud = noise(rng, size, beta=2.4, low=2)
    fibres = np.maximum(noise(rng, size, beta=0.6, low=6, stretch=14), noise(rng, size, beta=0.6, low=6, stretch=14).T)
    fibre = np.clip((fibres - 1.9) * 0.6, 0, 1)
    v = np.linspace(0, 1, size, endpoint=False)[:, None]
    warm = 0.50 + 0.50 * np.exp(-(((v - 0.42) / 0.30) ** 2))
    tone = np.clip(0.95 + 0.012 * cloud - 0.07 * fibre, 0, 1)
    light = np.clip(warm * (0.93 + 0.03 * cloud - 0.16 * fibre), 0, 1)
    maps = Maps(
        190.0,
        color=Picture("paper-color", to_bytes(np.repeat(tone[..., None], 3, axis=2))),
        normal=normal_from_height("paper-normal", 0.03 * fibre + 0.015 * cloud, 190.0),
    )
    finish = sheened(pbr(name, color, roughness=0.88, maps=maps, double_sided=False), "#3a342b", roughness=0.6)
    finish = glowing(finish, glow)
    return finish.with_picture(
        "emissiveTexture", Picture("paper-light", to_bytes(np.repeat(light[..., None], 3, axis=2)))
    )


def braid() -> Maps:
    """The herringbone of a braided cord, tiled every 6 mm."""
    size = 128
    y, x = np.mgrid[0:size, 0:size] / size
    one, two = np.sin(2 * np.pi * (2 * x + 2 * y)), np.sin(2 * np.pi * (2 * x - 2 * y))
    height = np.where((np.floor(4 * x) % 2 == 0), one, two)
    shade = 0.88 + 0.10 * height
    return Maps(
        6.0,
        color=Picture("braid-color", to_bytes(np.repeat(shade[..., None], 3, axis=2))),
        normal=normal_from_height("braid-normal", 0.16 * height, 6.0),
    )


def finishes() -> list[Colourway]:
    ways = [
        ("Brass and bone", "LMP-HALO-BRS", palette.BRASS, palette.BRASS, "#f3ecdd", "#ffbf7a", "#ffffff", "#b9a27e"),
        (
            "Black steel and clay",
            "LMP-HALO-BLK",
            palette.CLAY,
            palette.BLACK_STEEL,
            "#d9a98a",
            "#d9783f",
            "#8f8a84",
            "#2c2a29",
        ),
        ("Nickel and sage", "LMP-HALO-NIC", palette.SAGE, palette.SILVER, "#c3cbb6", "#d3b071", "#f1efe9", "#6f7565"),
    ]
    out = []
    for label, sku, swatch, color, sheet, glow, stone, cord in ways:
        finish = {
            "metal": metal(label.split(" and ")[0], color, maps=brushed_metal(roughness=0.27), anisotropy=0.45),
            "switch": metal(f"{label.split(' and ')[0]} switch", color, maps=satin_metal(roughness=0.2)),
            "shade": paper(f"{label.split(' and ')[1].capitalize()} paper", sheet, glow),
            "tape": pbr(f"Tape, {label.split(' and ')[1]}", sheet, roughness=0.9),
            "stone": coated(
                pbr(f"Terrazzo, {label.lower()}", stone, roughness=1.0, maps=terrazzo()), coat=0.35, roughness=0.12
            ),
            "cord": pbr(f"Cord, {label.lower()}", cord, roughness=0.85, maps=braid()),
        }
        out.append(Colourway(Variant(label=label, sku=sku, swatch=swatch), finish))
    return out


def product() -> DemoProduct:
    cord, grommet = cable()
    felt = cylinder(BASE_RADIUS - 5, 2.4, bevel=0.4, segments=64)
    opal = glowing(pbr("Opal glass", "#fff6ea", roughness=0.35), "#ffd7a3", strength=4.0)
    shared = {"bulb": opal, "felt": pbr("Felt", "#3a3836", roughness=0.97)}
    parts = [
        Part("base", [("stone", base()), ("felt", felt)]),
        Part("stem", [("metal", stem())], parent="base", pivot=(0.0, BASE_HEIGHT, 0.0)),
        Part("switch", [("switch", switch())], parent="stem", pivot=(0.0, 132.0, 6.0)),
        Part("bulb", [("bulb", bulb())], parent="stem", pivot=(0.0, 326.0, 0.0)),
        Part("shade", [("shade", shade()), ("tape", binding())], parent="stem", pivot=(0.0, SHADE_HIGH - 7, 0.0)),
        Part("cable", [("cord", cord), ("metal", grommet)], parent="base"),
    ]
    ways = finishes()
    built = assemble("halo-lamp", parts, ways, shared=shared)
    return DemoProduct(
        id="halo-lamp",
        name="Halo",
        description="A pleated paper shade over opal glass, a turned stem, and a foot of polished terrazzo.",
        category="lamp",
        scene=built.scene,
        variants=tuple(way.variant for way in ways),
        dimensions_m=built.dimensions_m,
        placement="table",
        price_minor={"EUR": 34500, "USD": 37900, "GBP": 29900},
        anchors=(built.anchor("light", (0, 362, 0), (0, -1, 0)),),
        hotspots=(
            built.hotspot("shade", (100, 330, 90), "Washi paper, pleated by hand"),
            built.hotspot("switch", (0, 132, 18), "Knurled dimmer"),
            built.hotspot("base", (40, 46, 55), "Terrazzo foot, 1.9 kg, felted below"),
        ),
    )
