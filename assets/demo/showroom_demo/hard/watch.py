"""
A 38.5 mm dress watch on leather: domed crystal, applied indices, small seconds, strap closed on a 165 mm wrist.

Modelled around the wrist: its axis is X (the forearm), the dial faces +Z, twelve o'clock is +Y. The head is made lying
on its back (dial up, +Y) and turned to face the front.
"""

import numpy as np

from showroom_demo.hard.watch_strap import BAR, WRIST_DEPTH, WRIST_WIDTH, strap_parts
from showroom_demo.kit import palette
from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.curve import arc, fillet, rounded_rectangle, spline
from showroom_demo.kit.material import Finish, coated, glass, metal, pbr
from showroom_demo.kit.picture import Maps, Picture, noise, normal_from_height, orm, to_bytes
from showroom_demo.kit.print import Sheet
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import Shape, merge
from showroom_demo.kit.solid import cylinder, disc, plate
from showroom_demo.kit.sweep import lathe, sweep
from showroom_demo.kit.texture import brushed_metal, leather, satin_metal

CASE_DIAMETER, LUG_WIDTH, DIAL_RADIUS = 38.5, 20.0, 15.9
DIAL_Y = 4.9
STRAPS = ("Regular", "Long")
HEAD_Z = WRIST_DEPTH / 2 + 0.4


def head(shape: Shape) -> Shape:
    """From lying on its back to facing the front, on the wrist."""
    return shape.turned("x", 90).moved(z=HEAD_Z)


def case() -> dict[str, Shape]:
    """Brushed middle with its back and lugs; polished bezel and crown."""
    r = CASE_DIAMETER / 2
    middle = lathe(
        fillet(
            [
                (0, 0),
                (14.2, 0),
                (14.6, 0.5),
                (r - 1.6, 1.0),
                (r, 2.0),
                (r, 5.2),
                (r - 0.5, 5.7),
                (r - 1.4, 5.7),
                (r - 1.4, 4.6),
            ],
            [0, 0.3, 0.3, 0.8, 0.8, 0.3, 0.2, 0.1, 0],
        ),
        segments=128,
        around_mm=120.0,
    )
    bezel = lathe(
        fillet(
            [(r - 0.9, 5.4), (r - 0.75, 6.0), (r - 2.3, 7.3), (16.45, 7.4), (16.2, 7.1), (16.2, 5.9)],
            [0, 0.25, 0.5, 0.2, 0.15, 0],
        ),
        segments=128,
    )
    flange = lathe([(16.3, 6.6), (15.75, DIAL_Y), (15.6, DIAL_Y)], segments=96)
    lugs = []
    for side in (1.0, -1.0):
        for end in (1.0, -1.0):
            x = side * (LUG_WIDTH / 2 + 1.75)
            path = spline([(x, 3.9, end * 12.0), (x, 3.9, end * 16.5), (x, 2.7, end * 20.4), (x, 0.3, end * 23.1)], 26)
            t = np.linspace(0, 1, 26)
            size = np.stack([np.interp(t, [0, 1], [1.0, 0.86]), np.interp(t, [0, 0.5, 1], [1.0, 0.95, 0.6])], axis=1)
            lug = sweep(
                path, rounded_rectangle(3.3, 4.0, 0.7, arc_steps=4), up=(0, 1, 0), scale=size, round_ends_mm=0.6
            )
            lugs.append(lug.uv_turned(90))
    bars = [
        cylinder(0.75, LUG_WIDTH, bevel=0.1, segments=16).turned("z", 90).moved(x=LUG_WIDTH / 2, y=1.5, z=e * BAR)
        for e in (1, -1)
    ]
    return {"middle": head(merge([middle, *lugs])), "polished": head(merge([bezel, flange, *bars]))}


def crown() -> Shape:
    """Fluted, with a domed end and a neck into the case."""
    profile = fillet(
        [(0, -1.6), (1.4, -1.6), (1.4, 0.0), (2.9, 0.0), (3.0, 0.5), (3.0, 2.9), (2.6, 3.3), (0, 3.8)], 0.25, steps=3
    )
    turned = lathe(profile, segments=168)

    def fluted(
        points: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    ) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        radius = np.hypot(points[:, 0], points[:, 2])
        depth = 0.17 * np.clip((radius - 2.55) / 0.3, 0, 1) * np.clip(points[:, 1] / 0.3, 0, 1)
        factor = 1 - depth * (0.5 - 0.5 * np.cos(28 * np.arctan2(points[:, 0], points[:, 2]))) / np.maximum(
            radius, 1e-6
        )
        return np.asarray(points * np.stack([factor, np.ones_like(factor), factor], axis=1))

    return head(turned.warped(fluted, crease_deg=50).turned("z", -90).moved(x=CASE_DIAMETER / 2 + 0.9, y=3.6))


def crystal() -> Shape:
    """A box-domed sapphire, 1.2 mm thick, standing a little proud of the bezel."""
    top = arc(74.0, 90 - 12.6, 90, steps=14)
    top[:, 1] += 8.6 - 74.0
    outer = np.concatenate([[(16.25, 6.7), (16.25, 7.2)], top])
    return head(lathe(fillet(outer, [0, 0.5] + [0.0] * (len(outer) - 2)), segments=96, crease_deg=60))


def indices() -> Shape:
    """Applied batons, double at twelve; none where the small seconds are."""
    out = []
    for hour in range(12):
        if hour == 6:
            continue
        batons = [-0.62, 0.62] if hour == 0 else [0.0]
        for shift in batons:
            baton = plate([(-0.42, -1.75), (0.42, -1.75), (0.42, 1.75), (-0.42, 1.75)], 0.42, bevel=0.18, step=0.5)
            bar = baton.turned("x", -90).moved(x=shift, y=DIAL_Y + 0.24, z=-12.4)
            out.append(bar.turned("y", -30 * hour))
    return head(merge(out))


def hand(length: float, width: float, tail: float) -> Shape:
    """A leaf with a raised spine, pointing to twelve, about the origin."""
    side = spline(
        [
            (0.25, -tail),
            (0.5, -tail * 0.4),
            (0.55, 0),
            (width / 2, length * 0.42),
            (width * 0.2, length * 0.85),
            (0.05, length),
        ],
        40,
    )
    outline = np.concatenate([side, (side * [-1, 1])[::-1]])
    return plate(outline, 0.22, edge=[(0, 0.16), (width * 0.12, 0.1), (width * 0.5, 0.0)], step=0.45).turned("x", -90)


def seconds_hand() -> Shape:
    side = [(0.11, -1.5), (0.11, 3.3), (0.05, 3.6)]
    return plate([*side, *[(-x, y) for x, y in reversed(side)]], 0.12, bevel=0.04, step=0.3).turned("x", -90)


def dial_finish(name: str, color: str, ink: str) -> Finish:
    """Sunburst lacquer with a printed track and name; the small seconds are turned in fine circles."""
    size = 1024
    y, x = np.mgrid[0:size, 0:size]
    x, y = (x + 0.5) / size * 2 - 1, 1 - (y + 0.5) / size * 2
    angle, radius = np.arctan2(y, x), np.hypot(x, y)
    rng = np.random.default_rng(1907)
    ray = noise(rng, size, beta=0.5, low=4)[0]
    around = ray[((angle / (2 * np.pi) + 0.5) * size).astype(int) % size]
    sub = np.hypot(x, y + 0.44) < 0.262
    groove = np.sin(np.hypot(x, y + 0.44) * 2 * np.pi * 62)
    red, green, blue = palette.srgb(color)
    base = np.stack([np.full_like(x, c / 255) for c in (red, green, blue)], axis=2)
    base = base * (1 + np.where(sub, 0.03 * groove, 0.030 * around)[..., None]) * (1.04 - 0.16 * radius**2)[..., None]
    sheet = Sheet(size, DIAL_RADIUS)
    for minute in range(60):
        direction = np.array([np.sin(minute * np.pi / 30), np.cos(minute * np.pi / 30)])
        sheet.line(direction * (14.55 if minute % 5 else 14.35), direction * 15.25, 0.11 if minute % 5 else 0.2)
    sheet.ring((0, 0), 15.3, 0.09)
    sheet.text((0, 6.4), "AURELIN", 1.75, spacing=0.28)
    sheet.text((0, 4.55), "AUTOMATIC", 0.82, spacing=0.16)
    centre = np.array([0.0, -7.0])
    for tick in range(60):
        direction = np.array([np.sin(tick * np.pi / 30), np.cos(tick * np.pi / 30)])
        sheet.line(
            centre + direction * (3.25 if tick % 5 else 2.9), centre + direction * 3.7, 0.06 if tick % 5 else 0.11
        )
    sheet.ring(centre, 4.15, 0.07)
    printed = sheet.coverage()[..., None]
    ink_color = np.array(palette.srgb(ink)) / 255
    slug = name.lower().replace(" ", "-")
    pixels = to_bytes(base * (1 - printed) + ink_color * printed)
    step = np.where(sub, -0.12, 0.0) + np.where(sub, 0.006 * groove, 0.003 * around)
    rough = np.clip(0.36 + 0.05 * around - 0.03 * sub + 0.15 * printed[..., 0], 0, 1)
    finish = pbr(
        name,
        "#ffffff",
        roughness=1.0,
        metal=1.0,
        maps=Maps(
            1.0,
            color=Picture(f"{slug}-print", pixels),
            orm=orm("dial-orm", rough, metal=0.12 * (1 - printed[..., 0])),
            normal=normal_from_height("dial-normal", step + 0.012 * printed[..., 0], 2 * DIAL_RADIUS, wrap=False),
        ),
    )
    return coated(finish, coat=0.5, roughness=0.08)


def finishes() -> list[Colourway]:
    steel = {
        "middle": metal("Brushed steel", palette.STEEL, maps=brushed_metal(roughness=0.3), anisotropy=0.55),
        "polished": metal("Polished steel", palette.SILVER, maps=satin_metal(roughness=0.12)),
    }
    gold = {
        "middle": metal("Brushed gold", palette.GOLD, maps=brushed_metal(roughness=0.3), anisotropy=0.55),
        "polished": metal("Polished gold", palette.GOLD, maps=satin_metal(roughness=0.12)),
    }
    ways = [
        (
            "Bone on tobacco",
            "WAT-AUREL-BON",
            palette.BONE,
            "#ece5d6",
            palette.CHARCOAL,
            palette.TOBACCO,
            "#d8c3a0",
            steel,
        ),
        ("Ink on ink", "WAT-AUREL-INK", palette.INK, "#27304a", "#e9e6dd", "#252a38", "#8a8f9c", steel),
        ("Olive on clay", "WAT-AUREL-OLV", palette.OLIVE, "#5b6040", "#efe7cf", "#8f5f42", "#e0c9a4", gold),
    ]
    out = []
    for label, sku, swatch, dial, ink, hide, thread, fittings in ways:
        word = label.split(" on ")
        finish = {
            **fittings,
            "dial": dial_finish(f"{word[0]} dial", dial, ink),
            "leather": pbr(
                f"{word[1].capitalize()} leather", hide, roughness=1.0, maps=leather(tile_mm=30.0, cell_mm=0.85)
            ),
            "lining": pbr(
                "Lining", "#b39372", roughness=1.0, maps=leather(tile_mm=30.0, cell_mm=0.85), normal_scale=0.4
            ),
            "thread": pbr(f"Thread {word[1]}", thread, roughness=0.75),
        }
        out.append(Colourway(Variant(label=label, sku=sku, swatch=swatch, sizes=STRAPS), finish))
    return out


def product() -> DemoProduct:
    body = case()
    dial = head(disc(DIAL_RADIUS, segments=96).moved(y=DIAL_Y))
    cap = head(cylinder(0.72, 0.9, bevel=0.25, segments=24).moved(y=DIAL_Y + 0.3))
    minute = head(hand(13.6, 1.75, 2.2).moved(y=DIAL_Y + 0.85)).turned("z", -54.0)
    hour = head(hand(8.9, 2.1, 2.0).moved(y=DIAL_Y + 0.55)).turned("z", -304.5)
    centre = (0.0, 0.0, HEAD_Z + DIAL_Y)
    small = (0.0, -7.0, HEAD_Z + DIAL_Y)
    second = head(merge([seconds_hand(), cylinder(0.34, 0.34, bevel=0.1, segments=16)]).moved(y=DIAL_Y + 0.3))
    second = second.turned("z", -140.0).moved(y=-7.0)
    parts = [
        Part("case", [("middle", body["middle"]), ("polished", body["polished"])]),
        Part("crown", [("polished", crown())], parent="case", pivot=(CASE_DIAMETER / 2, 0.0, HEAD_Z + 3.6)),
        Part("dial", [("dial", dial), ("polished", indices())], parent="case"),
        Part("hand_hour", [("polished", hour)], parent="case", pivot=centre),
        Part("hand_minute", [("polished", merge([minute, cap]))], parent="case", pivot=centre),
        Part("hand_second", [("polished", second)], parent="case", pivot=small),
        Part("crystal", [("crystal", crystal())], parent="case"),
        *strap_parts(),
    ]
    ways = finishes()
    sapphire = glass("Sapphire crystal", tint="#ffffff", ior=1.77)
    edge = pbr("Strap hole", "#1a1310", roughness=0.9)
    built = assemble("aurelin-watch", parts, ways, shared={"crystal": sapphire, "hole": edge})
    a, b = WRIST_WIDTH / 2, WRIST_DEPTH / 2
    h = ((a - b) / (a + b)) ** 2
    circumference = np.pi * (a + b) * (1 + 3 * h / (10 + np.sqrt(4 - 3 * h)))  # Ramanujan 1914
    return DemoProduct(
        id="aurelin-watch",
        name="Aurelin 38",
        description="A slim automatic with small seconds, applied batons and a hand-stitched leather strap.",
        category="watch",
        scene=built.scene,
        variants=tuple(way.variant for way in ways),
        dimensions_m=built.dimensions_m,
        placement="plinth",
        price_minor={"EUR": 89000, "USD": 95000, "GBP": 79000},
        anchors=(
            built.anchor("wrist_center", (0, 0, 0), (1, 0, 0)),
            built.anchor("dial_center", centre, (0, 0, 1)),
            built.anchor("crown", (CASE_DIAMETER / 2 + 4, 0, HEAD_Z + 3.6), (1, 0, 0)),
        ),
        hotspots=(
            built.hotspot("dial", (0, 6, HEAD_Z + 8), "Sunburst dial with applied batons"),
            built.hotspot("crown", (CASE_DIAMETER / 2 + 3, 0, HEAD_Z + 3.6), "Fluted crown, easy to grip"),
            built.hotspot("strap_long", (0, -30, 0), "Vegetable-tanned leather, saddle-stitched"),
        ),
        wearable={
            "kind": "watch",
            "size": "Regular",
            "wrist_circumference_mm": round(float(circumference), 1),
            "case_diameter_mm": CASE_DIAMETER,
            "lug_width_mm": LUG_WIDTH,
            "fits_wrist_mm": [150, 205],
        },
    )
