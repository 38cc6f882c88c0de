"""
An insulated steel bottle, 0.6 litre: powder-coated body with a pressed mark, bare steel neck and foot, ribbed cap.
"""

import numpy as np

from showroom_demo.kit import palette
from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.curve import fillet, rounded_rectangle, spline
from showroom_demo.kit.material import Finish, coated, dull, metal, pbr
from showroom_demo.kit.picture import Maps, blur, noise, normal_from_height, orm
from showroom_demo.kit.print import Sheet
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import F64, Shape, merge
from showroom_demo.kit.solid import cylinder, disc
from showroom_demo.kit.sweep import lathe, sweep
from showroom_demo.kit.texture import brushed_metal, matt_plastic, powder_coat, satin_metal

RADIUS, SHOULDER_Y, NECK_RADIUS, NECK_Y = 36.5, 178.0, 23.5, 205.0
MARK_WIDTH = 44.0
MARK_Y = 104.0
MARK_DEG = float(np.degrees(MARK_WIDTH / RADIUS))


def coat_profile() -> F64:
    """From the rolled edge above the foot to the rolled edge below the neck."""
    knots = [
        (RADIUS - 1.2, 9.6),
        (RADIUS, 10.2),
        (RADIUS, SHOULDER_Y),
        (NECK_RADIUS + 4.2, NECK_Y - 6.5),
        (NECK_RADIUS + 1.6, NECK_Y - 3.4),
        (NECK_RADIUS, NECK_Y - 3.2),
    ]
    return fillet(knots, [0, 0.7, 22.0, 9.0, 0.9, 0], steps=14)


def body() -> tuple[Shape, Shape]:
    """The coat in two pieces: the panel that carries the mark, and all the rest."""
    profile = coat_profile()
    low, high = MARK_Y - MARK_WIDTH / 2, MARK_Y + MARK_WIDTH / 2
    straight = [(RADIUS, low), (RADIUS, high)]
    below = np.concatenate([profile[profile[:, 1] < low], straight[:1]])
    above = np.concatenate([straight[1:], profile[profile[:, 1] > high]])
    rest = [
        lathe(below, segments=96),
        lathe(above, segments=96),
        lathe(straight, segments=64, start_deg=MARK_DEG / 2, sweep_deg=360 - MARK_DEG),
    ]
    panel = lathe(straight, segments=32, start_deg=-MARK_DEG / 2, sweep_deg=MARK_DEG)
    uvs = np.column_stack([panel.uvs[:, 0] / MARK_WIDTH + 0.5, 1 - (panel.points[:, 1] - low) / MARK_WIDTH])
    return merge(rest), panel.with_uvs(uvs)


def steel() -> Shape:
    """What is left bare: the foot with its recessed base, and the neck with the drinking rim and thread."""
    foot = fillet(
        [
            (0, 2.4),
            (22, 2.4),
            (25, 1.4),
            (29, 0.0),
            (RADIUS - 2.2, 0.0),
            (RADIUS - 0.4, 2.2),
            (RADIUS - 0.35, 9.9),
            (RADIUS - 2, 9.9),
        ],
        [0, 3, 2, 1, 1.8, 1.0, 0.3, 0],
    )
    neck = fillet(
        [
            (NECK_RADIUS + 1, NECK_Y - 3.6),
            (NECK_RADIUS, NECK_Y - 3.4),
            (NECK_RADIUS, NECK_Y + 14),
            (NECK_RADIUS - 1.6, NECK_Y + 14),
            (NECK_RADIUS - 2.0, NECK_Y - 8),
        ],
        [0, 0.3, 0.7, 0.7, 0],
    )
    turns = np.linspace(0, 2.2, 120)
    thread = np.column_stack(
        [np.sin(turns * 2 * np.pi) * NECK_RADIUS, NECK_Y + 2 + 3.4 * turns, np.cos(turns * 2 * np.pi) * NECK_RADIUS]
    )
    return merge(
        [
            lathe(foot, segments=96, around_mm=240),
            lathe(neck, segments=96, around_mm=150),
            sweep(thread, rounded_rectangle(1.6, 1.4, 0.4, arc_steps=2), up=(0, 1, 0), round_ends_mm=0.6),
        ]
    )


CAP_Y, CAP_HEIGHT, CAP_RADIUS = NECK_Y - 0.9, 27.0, 26.4


def cap() -> Shape:
    """Moulded cap: 40 soft ribs round the skirt, a recessed top for the steel disc."""
    profile = fillet(
        [
            (CAP_RADIUS - 2.2, 0),
            (CAP_RADIUS, 0),
            (CAP_RADIUS, CAP_HEIGHT),
            (21.2, CAP_HEIGHT),
            (20.8, CAP_HEIGHT - 0.8),
            (0, CAP_HEIGHT - 0.8),
        ],
        [0, 0.8, 3.2, 0.4, 0.2, 0],
    )
    rows = np.concatenate(
        [[profile[0]], profile[1:7], [(CAP_RADIUS, y) for y in np.linspace(2.0, CAP_HEIGHT - 4.2, 10)], profile[7:]]
    )
    turned = lathe(rows, segments=240, around_mm=168.0)

    def ribbed(points: F64) -> F64:
        x, y, z = points.T
        radius = np.maximum(np.hypot(x, z), 1e-9)
        skirt = np.clip((y - 2.2) / 2.0, 0, 1) * np.clip((CAP_HEIGHT - 5.0 - y) / 3.0, 0, 1) * (radius > 24)
        groove = np.clip(np.cos(40 * np.arctan2(x, z)) - 0.2, 0, 1) ** 0.7
        factor = 1 - 0.62 * skirt * groove / radius
        return np.column_stack([x * factor, y, z * factor])

    return turned.warped(ribbed, crease_deg=55).moved(y=CAP_Y)


def loop() -> tuple[Shape, Shape]:
    """A carrying loop of woven-core silicone on two steel pins."""
    top = CAP_Y + CAP_HEIGHT
    path = spline(
        [
            (-CAP_RADIUS - 1.4, top - 9.5, 0),
            (-CAP_RADIUS - 0.9, top - 1, 0),
            (-20.5, top + 13.5, 0),
            (0, top + 20.0, 0),
            (20.5, top + 13.5, 0),
            (CAP_RADIUS + 0.9, top - 1, 0),
            (CAP_RADIUS + 1.4, top - 9.5, 0),
        ],
        72,
    )
    t = np.abs(np.linspace(-1, 1, 72))
    width = np.interp(t, [0, 0.5, 0.85, 1], [1.0, 0.92, 0.95, 1.1])
    strap = sweep(
        path,
        rounded_rectangle(13.0, 3.6, 1.5, arc_steps=5),
        up=(-1, 0, 0),
        scale=np.stack([width, 1 + 0 * t], axis=1),
        round_ends_mm=1.4,
    )
    pins = [
        cylinder(3.1, 1.4, bevel=0.5, segments=32).turned("z", -90 * s).moved(x=s * (CAP_RADIUS + 2.6), y=top - 7.2)
        for s in (1, -1)
    ]
    return strap, merge(pins)


def marked_coat(name: str, color: str) -> Finish:
    """The coat with the maker's mark pressed 0.12 mm into it: three hills and a sun in a ring."""
    size = 512
    sheet = Sheet(size, 10.0)
    sheet.ring((0, 0), 7.4, 0.62)
    sheet.dot((1.9, 2.5), 1.45)
    sheet.polygon([(-5.6, -2.4), (-2.1, 2.2), (1.4, -2.4)])
    sheet.polygon([(-1.2, -2.4), (2.4, 0.9), (5.6, -2.4)])
    sheet.line((-5.2, -3.6), (5.2, -3.6), 0.5)
    mark = blur(sheet.coverage(), 1.1)
    rng = np.random.default_rng(600)
    scale = MARK_WIDTH / 20.0
    peel = blur(noise(rng, size, beta=0.3, low=14 * scale), 2.2 / scale)
    peel /= peel.std()
    grain = noise(rng, size, beta=0.0, low=30)
    maps = Maps(
        1.0,
        orm=orm("mark-orm", np.clip(0.52 + 0.03 * peel + 0.02 * grain - 0.1 * mark, 0, 1), occlusion=1 - 0.25 * mark),
        normal=normal_from_height("mark-normal", 0.006 * peel + 0.0006 * grain - 0.22 * mark, MARK_WIDTH, wrap=False),
    )
    return pbr(name, color, roughness=1.0, maps=maps)


def finishes() -> list[Colourway]:
    ways = [
        ("Olive", "BOT-TARN-OLV", palette.OLIVE, "#2b2a28"),
        ("Bone", "BOT-TARN-BON", palette.BONE, "#b9a88f"),
        ("Clay", "BOT-TARN-CLY", palette.CLAY, "#3b2b24"),
        ("Ink", "BOT-TARN-INK", palette.INK, "#17181c"),
    ]
    out = []
    for label, sku, color, cap_color in ways:
        finish = {
            "coat": coated(
                pbr(f"{label} powder coat", color, roughness=1.0, maps=powder_coat()), coat=0.12, roughness=0.4
            ),
            "mark": coated(marked_coat(f"{label} powder coat, mark", color), coat=0.12, roughness=0.4),
            "cap": pbr(f"{label} cap", cap_color, roughness=1.0, maps=matt_plastic()),
            "loop": dull(pbr(f"{label} loop", cap_color, roughness=0.72), specular=0.7),
        }
        out.append(Colourway(Variant(label=label, sku=sku, swatch=color), finish))
    return out


def product() -> DemoProduct:
    rest, panel = body()
    strap, pins = loop()
    top = disc(20.4, segments=96).moved(y=CAP_Y + CAP_HEIGHT - 0.35)
    top = merge(
        [
            top.with_uvs(top.points[:, [0, 2]]),
            lathe([(20.4, CAP_Y + CAP_HEIGHT - 0.8), (20.4, CAP_Y + CAP_HEIGHT - 0.35)], segments=96),
        ]
    )
    shared = {
        "steel": metal("Brushed steel", palette.STEEL, maps=brushed_metal(roughness=0.28), anisotropy=0.6),
        "polished": metal("Steel pins", palette.SILVER, maps=satin_metal(roughness=0.2)),
    }
    parts = [
        Part("body", [("coat", rest), ("mark", panel), ("steel", steel())]),
        Part("cap", [("cap", cap()), ("steel", top), ("polished", pins)], pivot=(0.0, CAP_Y, 0.0)),
        Part("loop", [("loop", strap)], parent="cap", pivot=(0.0, CAP_Y + CAP_HEIGHT - 7.2, 0.0)),
    ]
    ways = finishes()
    built = assemble("tarn-bottle", parts, ways, shared=shared)
    return DemoProduct(
        id="tarn-bottle",
        name="Tarn 600",
        description="Double-walled steel with a powder coat that grips; cold for a day, hot until evening.",
        category="bottle",
        scene=built.scene,
        variants=tuple(way.variant for way in ways),
        dimensions_m=built.dimensions_m,
        placement="shelf",
        price_minor={"EUR": 3900, "USD": 4200, "GBP": 3400},
        anchors=(built.anchor("grip", (0, 110, 0), (0, 1, 0)),),
        hotspots=(
            built.hotspot("body", (0, MARK_Y, RADIUS), "Pressed mark, powder-coated over"),
            built.hotspot("cap", (18, CAP_Y + 14, 19), "Ribbed cap opens in one and a half turns"),
            built.hotspot("loop", (0, CAP_Y + CAP_HEIGHT + 20, 0), "Silicone carrying loop on steel pins"),
        ),
    )
