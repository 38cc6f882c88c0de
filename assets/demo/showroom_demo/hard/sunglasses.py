"""
Sunglasses, 56-15-140: a wire aviator with a double bridge, silicone nose pads on arms, and gradient lenses.

The wearer looks along +Z; left is the wearer's left, +X.
"""

import numpy as np

from showroom_demo.hard.eyewear import Frame, anchors, temples
from showroom_demo.kit import palette
from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.curve import rounded_rectangle, spline
from showroom_demo.kit.material import Finish, coated, glass, iridescent, metal, pbr
from showroom_demo.kit.palette import srgb
from showroom_demo.kit.picture import Picture, ramp, to_bytes
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import F64, Shape, merge, rotation
from showroom_demo.kit.solid import box, cylinder, plate, sphere
from showroom_demo.kit.sweep import dense, sweep, tube
from showroom_demo.kit.texture import satin_metal

FRAME = Frame(lens_width=56.0, lens_height=48.0, bridge=15.0, temple=140.0)
LENS_X = FRAME.lens_x
WRAP_RADIUS = 230.0
HINGE = np.array([66.8, 12.0, -14.5])


def lens_outline() -> F64:
    """The +X lens about its box centre: a teardrop, cut away towards the cheek on the nasal side."""
    knots = [
        (27, 5), (23.5, 16), (10, 21.5), (-9, 20.6), (-22.5, 16.5), (-27.5, 7),
        (-23.5, -7), (-12.5, -20), (3, -27), (17, -22.6), (25, -10),
    ]  # fmt: skip
    loop = spline(knots, 240, closed=True)
    low, high = loop.min(axis=0), loop.max(axis=0)
    return dense((loop - (low + high) / 2) * np.array([FRAME.lens_width, FRAME.lens_height]) / (high - low), 0.8)


def wrapped(points: F64) -> F64:
    """Face-form of the front and the base curve of the lenses: a sphere's cap, tilted forward at the brow."""
    x, y, z = points.T
    return np.stack([x, y, z - x**2 / (2 * WRAP_RADIUS) - y**2 / (2 * 260.0) + 0.09 * y], axis=1)


def in_front(outline: F64) -> F64:
    """A plane outline at the lens, on the wrapped front."""
    return wrapped(np.column_stack([outline[:, 0] + LENS_X, outline[:, 1], np.zeros(len(outline))]))


def lens_solid(lens: F64) -> Shape:
    blank = plate(lens * 0.993, 1.6, bevel=0.2, step=1.6, grid_mm=3.0)
    low, high = lens.min(axis=0), lens.max(axis=0)
    uvs = (blank.points[:, :2] - low) / (high - low)
    blank = blank.with_uvs(np.stack([uvs[:, 0], 1 - uvs[:, 1]], axis=1))
    return blank.warped(lambda points: wrapped(points + [LENS_X, 0, 0]))


def rim(lens: F64) -> Shape:
    """Grooved wire, a little deeper than wide, with the closing block at the temple."""
    wire = sweep(in_front(lens), rounded_rectangle(1.5, 2.3, 0.6, arc_steps=3), closed=True, up=(0, 0, 1))
    block = box(2.6, 3.4, 3.2, bevel=0.5).moved(LENS_X + 28.6, 8.0, -9.6)
    screw = cylinder(0.8, 0.5, bevel=0.12, segments=20).moved(LENS_X + 28.6, 9.6, -9.6)
    return merge([wire, block, screw])


def bridges() -> Shape:
    """The brow bar and the lower, arched bridge."""
    brow = spline([(-20.5, 20.9, -0.2), (-12, 20.6, 1.6), (0, 20.9, 2.0), (12, 20.6, 1.6), (20.5, 20.9, -0.2)], 40)
    arch = spline([(-8.1, 8.2, -0.1), (-5.5, 11.0, 1.1), (0, 12.2, 1.5), (5.5, 11.0, 1.1), (8.1, 8.2, -0.1)], 32)
    bar = sweep(brow, rounded_rectangle(1.5, 2.6, 0.55, arc_steps=3), up=(0, 0, 1), round_ends_mm=0.5)
    return merge([bar, sweep(arch, rounded_rectangle(1.6, 2.4, 0.6, arc_steps=3), up=(0, 0, 1), round_ends_mm=0.5)])


def nose_pad() -> tuple[Shape, Shape]:
    """Metal arm with its cup, and the silicone pad."""
    path = [(10.6, 1.5, -1.2), (9.6, 2.2, -4.2), (9.0, 0.6, -7.4), (9.4, -3.2, -8.6), (9.6, -5.2, -7.4)]
    cup = cylinder(1.6, 1.0, bevel=0.25, segments=20).turned("z", 78).turned("y", 24).moved(9.9, -5.4, -7.0)
    tilt = rotation("z", 14) @ rotation("y", 30)
    pad = sphere(1.0, segments=28).scaled(1.35, 7.0, 4.0).mapped(tilt).moved(8.5, -5.6, -7.4)
    return merge([tube(path, 0.5, sides=10, samples=26), cup]), pad


def temple_path() -> F64:
    x, y, z = HINGE + [1.2, 0, -1.0]
    knots = [
        (x, y, z), (x + 1.3, y, z - 28), (x + 1.2, y - 0.4, z - 60), (x, y - 1.6, z - 84),
        (x - 1.6, y - 8.5, z - 103), (x - 3.4, y - 21.0, z - 118), (x - 4.8, y - 35.0, z - 126),
    ]  # fmt: skip
    path = spline(knots, 100)
    return np.asarray(path[0] + (path - path[0]) * FRAME.temple / np.linalg.norm(np.diff(path, axis=0), axis=1).sum())


def temple() -> tuple[Shape, Shape]:
    path = temple_path()
    t = np.linspace(0, 1, len(path))
    height = np.interp(t, [0, 0.12, 0.5, 1.0], [1.0, 0.72, 0.5, 0.42])
    shaft = sweep(
        path[:64], rounded_rectangle(1.3, 4.6, 0.5, arc_steps=3), up=(0, 1, 0), round_ends_mm=0.4,
        scale=np.stack([np.ones(64), height[:64]], axis=1),
    )  # fmt: skip
    swell = np.interp(t, [0.58, 0.66, 0.85, 1], [0.62, 0.8, 1.0, 1.06])[58:]
    tip = sweep(
        path[58:], rounded_rectangle(3.2, 5.0, 1.3, arc_steps=5), up=(0, 1, 0), round_ends_mm=1.3,
        scale=np.stack([swell, swell], axis=1),
    )  # fmt: skip
    return shaft, tip.uv_turned(90)


def hinge() -> tuple[Shape, Shape]:
    x, y, z = HINGE
    arm = sweep(
        spline([(LENS_X + 28.8, 8.4, -9.4), (x + 0.6, y - 0.8, -9.8), (x + 1.4, y, -12.2), (x + 1.3, y, z + 0.6)], 24),
        rounded_rectangle(1.4, 3.8, 0.5, arc_steps=3), up=(0, 1, 0), round_ends_mm=0.4,
    )  # fmt: skip
    barrels = [cylinder(1.25, 1.14, bevel=0.15, segments=20).moved(x, y - 1.8 + 1.2 * k, z) for k in range(3)]
    head = cylinder(1.05, 0.5, bevel=0.15, segments=20).moved(x, y + 1.75, z)
    leaf = box(1.4, 1.1, 2.4, bevel=0.2).moved(x + 0.9, y, z - 0.9)
    return merge([arm, barrels[0], barrels[2], head]), merge([barrels[1], leaf])


def gradient_lens(name: str, top: str, bottom: str) -> Finish:
    """A tint that fades to nearly clear at the cheek; printed over the lens, 0..1."""
    v = np.linspace(0, 1, 128)[:, None] * np.ones((1, 16))
    fade = np.clip((v - 0.12) / 0.8, 0, 1) ** 1.1
    pixels = to_bytes(ramp(fade, [(0.0, srgb(top)), (1.0, srgb(bottom))]))
    slug = name.lower().replace(" ", "-")
    base = glass(name, tint="#ffffff", transmission=1.0, ior=1.55)
    tinted = base.with_picture("pbrMetallicRoughness.baseColorTexture", Picture(f"lens-{slug}", pixels))
    return iridescent(tinted, strength=0.25, ior=1.36, low_nm=220, high_nm=320)


def finishes() -> list[Colourway]:
    tips = {
        "dark": coated(pbr("Espresso acetate", palette.ESPRESSO, roughness=0.3), coat=0.8),
        "black": coated(pbr("Black acetate", "#141315", roughness=0.3), coat=0.8),
        "clay": coated(pbr("Clay acetate", palette.CLAY, roughness=0.3), coat=0.8),
    }
    ways = [
        ("Gold, brown gradient", "SUN-SOLEN-GLD", "#c79a55", palette.GOLD, "dark", ("#3b2418", "#c9a98a")),
        ("Gunmetal, smoke", "SUN-SOLEN-GUN", palette.GUNMETAL, palette.GUNMETAL, "black", ("#17191d", "#8d9196")),
        ("Rose gold, olive", "SUN-SOLEN-ROS", "#cf9a80", palette.ROSE_GOLD, "clay", ("#2e3a22", "#b6bd96")),
    ]
    out = []
    for label, sku, swatch, color, tip, (top, bottom) in ways:
        wire = metal(label.split(",")[0], color, maps=satin_metal(roughness=0.17))
        lens = gradient_lens(f"{label.split(', ')[1].capitalize()} lens", top, bottom)
        out.append(
            Colourway(Variant(label=label, sku=sku, swatch=swatch), {"wire": wire, "tip": tips[tip], "lens": lens})
        )
    return out


def product() -> DemoProduct:
    lens = lens_outline()
    pane, ring = lens_solid(lens), rim(lens)
    pad_arm, pad = nose_pad()
    front_hinge, temple_hinge = hinge()
    shaft, tip = temple()
    frame = merge([ring, ring.mirrored(), bridges(), pad_arm, pad_arm.mirrored(), front_hinge, front_hinge.mirrored()])
    parts = [
        Part("front", [("wire", frame), ("silicone", merge([pad, pad.mirrored()]))]),
        *FRAME.panes(pane),
        *temples([("wire", merge([shaft, temple_hinge])), ("tip", tip)], HINGE),
    ]
    silicone = glass("Silicone", tint="#efe9df", roughness=0.35, transmission=0.6)
    ways = finishes()
    built = assemble("solen-sunglasses", parts, ways, shared={"silicone": silicone})
    ear = temple_path()[66] - [0, 1.6, 0]
    centre = in_front(np.zeros((1, 2)))[0]
    sits = anchors(built, bridge=(0, 10.0, -0.4), hinge=HINGE, ear=ear, lens=centre)
    return DemoProduct(
        id="solen-sunglasses",
        name="Solen",
        description="A light wire aviator with a double bridge and gradient lenses that fade towards the cheek.",
        category="sunglasses",
        scene=built.scene,
        variants=tuple(way.variant for way in ways),
        dimensions_m=built.dimensions_m,
        placement="shelf",
        price_minor={"EUR": 22500, "USD": 24500, "GBP": 19900},
        anchors=sits,
        hotspots=(
            built.hotspot("front", (0, 20.9, 2), "Double bridge in drawn steel wire"),
            built.hotspot("lens_left", centre, "Gradient lenses, category 3, UV400"),
            built.hotspot("front", (8.5, -5.6, -7.4), "Silicone pads on adjustable arms"),
        ),
        wearable=FRAME.measures("sunglasses", built, pupils_mm=64.0),
    )
