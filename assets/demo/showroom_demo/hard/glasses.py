"""
Optical frame in acetate, 48-21-145: a soft panto with a keyhole bridge, five-barrel hinges and shaped temples.

The wearer looks along +Z; left is the wearer's left, +X. Modelled around the bridge: the front stands near z = 0.
"""

import numpy as np

from showroom_demo.hard.eyewear import Frame, anchors, temples
from showroom_demo.kit import palette
from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.blend import carved, distance_to_box, distance_to_outline, joined, outline_of, sampled
from showroom_demo.kit.curve import offset, rounded_rectangle, spline
from showroom_demo.kit.material import Finish, coated, glass, iridescent, metal, pbr
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import F64, Shape, merge, rotation
from showroom_demo.kit.solid import box, cylinder, plate, sphere
from showroom_demo.kit.sweep import dense, sweep
from showroom_demo.kit.texture import acetate, satin_metal

FRAME = Frame(lens_width=48.0, lens_height=42.0, bridge=21.0, temple=145.0)
LENS_X = FRAME.lens_x
FRONT_THICKNESS = 4.4
WRAP_RADIUS = 270.0
HINGE = np.array([66.6, 11.0, -12.2])


def lens_outline() -> F64:
    """The right-hand (+X) lens about the origin: a panto, fuller above, drawn in towards the nose below."""
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    power = np.where(s > 0, 2.55, 2.15)
    x = np.sign(c) * np.abs(c) ** (2 / power) * FRAME.lens_width / 2
    y = np.sign(s) * np.abs(s) ** (2 / power) * FRAME.lens_height / 2
    x = x * (1 + 0.035 * y / FRAME.lens_height * 2) + 0.9 * np.clip(-y / 21, 0, 1) ** 2
    width = x.max() - x.min()
    return dense(np.stack([x * FRAME.lens_width / width, y], axis=1), 0.8)


def wrapped(points: F64) -> F64:
    """The face-form of the front: a gentle cylinder about a vertical axis, with a little pantoscopic tilt."""
    x, y, z = points.T
    z = z - x**2 / (2 * WRAP_RADIUS)
    return np.stack([x, y, z + 0.10 * y], axis=1)


def front(lens: F64) -> Shape:
    points, shape = sampled((-76, -30), (76, 30), 0.3)
    field = np.full(len(points), 1e3)
    for sign in (1.0, -1.0):
        rim = distance_to_outline(points * [sign, 1], lens + [LENS_X, 0]) - 4.3
        brow = distance_to_outline(points * [sign, 1], lens * [0.96, 0.9] + [LENS_X + 0.4, 2.6]) - 4.4
        end = distance_to_box(points, centre=(sign * 63.6, 11.2), size=(13.8, 10.5), radius=2.6, turn_deg=sign * -3)
        field = joined(field, joined(joined(rim, brow, 2.0), end, 12.0), 1e-3)
    field = joined(field, distance_to_box(points, centre=(0, 7.4), size=(20, 7.6), radius=3.4), 6.5)
    keyhole = np.hypot(points[:, 0], (points[:, 1] - 0.3) * 0.9) - 4.2
    field = carved(field, keyhole, 3.0)
    outer = outline_of(field.reshape(shape), (-76, -30), 0.3)
    opening = offset(lens, -0.6)
    holes = [opening + [LENS_X, 0], opening * [-1, 1] - [LENS_X, 0]]
    edge = [(0.0, 1.5), (0.12, 0.95), (0.42, 0.5), (0.95, 0.18), (1.7, 0.0)]
    return plate(outer, FRONT_THICKNESS, holes=holes, edge=edge, step=1.15, grid_mm=2.6).warped(wrapped)


def lens_solid(lens: F64) -> Shape:
    """A 2 mm lens in its groove, with a base curve of its own."""
    blank = plate(lens, 1.9, bevel=0.25, step=1.6, grid_mm=3.0)

    def curved(points: F64) -> F64:
        r2 = (points[:, 0] ** 2 + points[:, 1] ** 2) / 24.0**2
        bulged = points + np.stack([0 * r2, 0 * r2, 1.7 * (1 - r2)], axis=1)
        return wrapped(bulged + [LENS_X, 0, 0])

    return blank.warped(curved).uv_moved(24, 21)


def nose_pad() -> Shape:
    pad = sphere(1.0, segments=28).scaled(2.5, 7.2, 4.2)
    return pad.mapped(rotation("z", 17) @ rotation("y", 28)).moved(9.6, -7.6, -3.6)


def temple_path() -> F64:
    """From the hinge back over the ear, 145 mm to the tip along the curve."""
    x0, y0, z0 = HINGE + [0.6, 0, -0.4]
    knots = [
        (x0, y0, z0), (x0 + 1.0, y0, z0 - 30), (x0 + 1.1, y0 - 0.2, z0 - 62), (x0 + 0.2, y0 - 1.4, z0 - 88),
        (x0 - 1.4, y0 - 8.0, z0 - 107), (x0 - 3.4, y0 - 20.5, z0 - 123), (x0 - 5.0, y0 - 36.5, z0 - 132.5),
    ]  # fmt: skip
    path = spline(knots, 90)
    length = np.linalg.norm(np.diff(path, axis=0), axis=1).sum()
    return np.asarray(path[0] + (path - path[0]) * FRAME.temple / length)


def temple() -> Shape:
    path = temple_path()
    t = np.linspace(0, 1, len(path))
    height = np.interp(t, [0, 0.08, 0.3, 0.62, 0.8, 1], [1.0, 0.93, 0.66, 0.52, 0.66, 0.72])
    height = np.convolve(np.pad(height, 8, mode="edge"), np.ones(17) / 17, mode="valid")
    thick = np.interp(t, [0, 0.1, 0.6, 1], [1.0, 0.95, 0.85, 0.72])
    profile = rounded_rectangle(4.2, 9.8, 1.35, arc_steps=4)
    return sweep(path, profile, up=(0, 1, 0), scale=np.stack([thick, height], axis=1), round_ends_mm=1.1).uv_turned(90)


def hinge() -> tuple[Shape, Shape]:
    """Five barrels on a screw: three belong to the front, two to the temple."""
    x, y, z = HINGE + [-2.6, 0, 0.6]
    barrels = [cylinder(1.5, 1.28, bevel=0.18, segments=24).moved(x, y - 3.4 + 1.36 * k, z) for k in range(5)]
    head = cylinder(1.25, 0.7, bevel=0.2, segments=24).moved(x, y + 3.4, z)
    slot = box(1.9, 0.12, 0.36, bevel=0.05, steps=1).moved(x, y + 4.1, z)
    leaf_front = [box(3.6, 1.26, 2.4, bevel=0.25).moved(x - 0.9, y - 2.76 + 2.72 * k, z + 1.2) for k in range(3)]
    base_front = box(6.2, 6.8, 0.9, bevel=0.3).moved(x - 2.2, y, z + 2.2)
    leaf_temple = [box(2.2, 1.26, 3.6, bevel=0.25).moved(x + 0.7, y - 1.4 + 2.72 * k, z - 1.4) for k in range(2)]
    base_temple = box(0.9, 5.6, 9.0, bevel=0.3).moved(x + 1.25, y, z - 5.4)
    return merge([*barrels[::2], *leaf_front, base_front, head, slot]), merge(
        [*barrels[1::2], *leaf_temple, base_temple]
    )


def rivet(x: float, y: float) -> Shape:
    """A pin that shows on the face of the front."""
    pin = cylinder(0.95, 0.9, bevel=0.25, segments=20).turned("x", 90).moved(x, y, FRONT_THICKNESS / 2 - 0.62)
    return pin.warped(wrapped)


def finishes() -> list[Colourway]:
    tortoise = acetate("tortoise", stops=((0.0, "#c98a45"), (0.38, "#8f5224"), (0.62, "#4d2812"), (1.0, "#1d110b")))
    horn = acetate("horn", stops=((0.0, "#dccfb2"), (0.5, "#b49b74"), (1.0, "#6c563c")), contrast=0.7)
    gold, steel = _metal("Gold", palette.GOLD), _metal("Steel", palette.SILVER)
    ways = [
        ("Tortoise", "EYE-MARLO-TOR", "#6a3a1b", _acetate("Tortoise acetate", "#ffffff", tortoise), gold),
        ("Ink", "EYE-MARLO-INK", palette.INK, _acetate("Ink acetate", palette.MIDNIGHT), steel),
        ("Horn", "EYE-MARLO-HRN", "#b49b74", _acetate("Horn acetate", "#ffffff", horn), gold),
        ("Champagne crystal", "EYE-MARLO-CHA", "#e3c9ac", _crystal(), gold),
    ]
    return [
        Colourway(Variant(label=label, sku=sku, swatch=swatch), {"acetate": body, "metal": fittings})
        for label, sku, swatch, body, fittings in ways
    ]


def _acetate(name: str, color: str, maps: object = None) -> Finish:
    from showroom_demo.kit.picture import Maps

    finish = pbr(name, color, roughness=0.28, maps=maps if isinstance(maps, Maps) else None)
    return coated(finish, coat=0.9, roughness=0.06)


def _crystal() -> Finish:
    return coated(
        glass(
            "Champagne acetate",
            tint="#ecc9a6",
            roughness=0.12,
            thickness_mm=3.0,
            ior=1.48,
            depth_mm=5.0,
            transmission=0.85,
        ),
        coat=0.6,
        roughness=0.05,
    )


def _metal(name: str, color: str) -> Finish:
    return metal(name, color, maps=satin_metal(roughness=0.2))


def product() -> DemoProduct:
    lens = lens_outline()
    pane, half_front, half_temple = lens_solid(lens), *hinge()
    arm, pad = temple(), nose_pad()
    pins = merge([rivet(63.0, 12.9), rivet(63.0, 9.7)])
    badge = box(0.5, 2.2, 11.0, bevel=0.22).turned("y", 1.6).moved(*(HINGE + [2.75, 0.2, -17]))
    wire = temple_path()
    pin = HINGE + [-2.6, 0, 0.6]
    parts = [
        Part(
            "front",
            [
                ("acetate", merge([front(lens), pad, pad.mirrored()])),
                ("metal", merge([pins, pins.mirrored(), half_front, half_front.mirrored()])),
            ],
        ),
        *FRAME.panes(pane),
        *temples([("acetate", arm), ("metal", merge([half_temple, badge]))], pin),
    ]
    lens_finish = iridescent(glass("Coated lens", tint="#f6faf7"), strength=0.35, ior=1.38, low_nm=180, high_nm=260)
    built = assemble("marlo-glasses", parts, finishes(), shared={"lens": lens_finish})

    ear = wire[int(0.66 * len(wire))] - [0, 2.6, 0]
    lens_point = np.array([LENS_X, 0.0, 1.7 - LENS_X**2 / (2 * WRAP_RADIUS)])
    sits = anchors(built, bridge=(0, 3.6, -FRONT_THICKNESS / 2), hinge=pin, ear=ear, lens=lens_point)
    return DemoProduct(
        id="marlo-glasses",
        name="Marlo",
        description="A soft panto in hand-polished acetate, with a keyhole bridge and five-barrel hinges.",
        category="glasses",
        scene=built.scene,
        variants=tuple(way.variant for way in finishes()),
        dimensions_m=built.dimensions_m,
        placement="shelf",
        price_minor={"EUR": 19500, "USD": 21500, "GBP": 17500},
        anchors=sits,
        hotspots=(
            built.hotspot("front", (0, 6, 3), "Keyhole bridge, cut from a single sheet of acetate"),
            built.hotspot("temple_left", pin, "Five-barrel hinge, riveted, not glued"),
            built.hotspot("lens_left", lens_point, "Anti-reflective lenses, ready for your prescription"),
        ),
        wearable=FRAME.measures("glasses", built, pupils_mm=63.0),
    )
