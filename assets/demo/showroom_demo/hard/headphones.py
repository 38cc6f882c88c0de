"""
Over-ear headphones: leather band with a tufted pad, steel sliders and forked yokes, oval cups with a mesh grille.

Worn along +Z; left is the wearer's left, +X. Modelled around the middle of the head at ear height. A cup is made lying
on its back, its outside up (+Y), then turned to the side.
"""

import numpy as np

from showroom_demo.kit import palette
from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.curve import arc_length, fillet, resample, rounded_rectangle, spline, superellipse
from showroom_demo.kit.material import Finish, coated, metal, pbr, sheened
from showroom_demo.kit.picture import Maps, blur, grey, normal_from_height, orm
from showroom_demo.kit.print import Sheet
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import F64, Shape, frame, merge
from showroom_demo.kit.solid import box, capsule, cylinder
from showroom_demo.kit.sweep import frames, lathe, sweep
from showroom_demo.kit.texture import brushed_metal, leather, matt_plastic, satin_metal

CUSHION_INNER_X, CUSHION, SHELL = 66.0, 19.0, 17.0
CUP_RADIUS, OVAL = 41.0, 0.84
SLID = 20.0
"""How far the sliders are out, of 32 mm: set for a mean head, 142 mm from the ear canal to the crown."""
BAND_HALF, BAND_CENTRE, BAND_RISE = 92.0, 38.0 + SLID, 96.0


def to_side(shape: Shape) -> Shape:
    """A cup part, made with its cushion face at y = 0, to the wearer's left."""
    return shape.scaled(1, 1, OVAL).turned("z", -90).moved(x=CUSHION_INNER_X)


def arch(first_deg: float, last_deg: float, samples: int, *, inset: float = 0.0) -> F64:
    """Along the band, from the wearer's left over the top; a superellipse, flatter on top than a circle."""
    angle = np.radians(np.linspace(first_deg, last_deg, 400))
    c, s = np.cos(angle), np.sin(angle)
    power = 2 / 2.25
    x = np.sign(c) * np.abs(c) ** power * (BAND_HALF - inset)
    y = BAND_CENTRE + np.abs(s) ** power * (BAND_RISE - inset)
    return resample(np.column_stack([x, y, 0 * x]), samples)


def band() -> tuple[Shape, Shape, Shape]:
    """The wrapped band, its stitches, and the tufted pad below."""
    path = arch(15, 165, 80)
    t = np.abs(np.linspace(-1, 1, len(path)))
    width = np.interp(t, [0, 0.6, 1], [31, 29, 21]) / 31
    strap = sweep(
        path,
        superellipse(6.0, 31.0, power=4.5, samples=32),
        up=(0, 0, 1),
        scale=np.stack([1 + 0 * t, width], axis=1),
        round_ends_mm=2.4,
    )
    _, up, tangent = frames(path, up=(0, 0, 1))
    out_of = np.cross(tangent, up) * np.sign(np.cross(tangent, up)[len(path) // 2, 1])
    along = arc_length(path)
    stitch, rows = capsule(0.36, 2.9, segments=6), []
    for at in np.arange(9.0, along[-1] - 9.0, 4.2):
        place = np.array([np.interp(at, along, path[:, k]) for k in range(3)])
        k = int(np.searchsorted(along, at))
        for side in (1.0, -1.0):
            z = side * (width[k] * 15.5 - 2.4)
            rows.append(stitch.mapped(frame(origin=place + out_of[k] * 2.98 + [0, 0, z], y=tangent[k], z=out_of[k])))
    inner = arch(42, 138, 90, inset=7.2)
    wave = np.abs(np.sin(np.linspace(0, 6 * np.pi, len(inner)))) ** 0.55
    ends = np.clip(np.minimum(np.arange(len(inner)), np.arange(len(inner))[::-1]) / 8.0, 0, 1) ** 0.5
    puff = (0.74 + 0.26 * wave) * (0.6 + 0.4 * ends)
    pad = sweep(
        inner,
        superellipse(9.0, 25.0, power=2.7, samples=26),
        up=(0, 0, 1),
        scale=np.stack([puff, 0.93 + 0.07 * puff], axis=1),
        round_ends_mm=3.0,
    )
    return strap, merge(rows), pad


def slider_and_yoke() -> tuple[Shape, Shape]:
    """Left: the strip that slides out of the band, and the fork that holds the cup at front and back."""
    x = CUSHION_INNER_X + CUSHION + 7.5
    y_fork = CUP_RADIUS + 9.0
    high = [(BAND_HALF - 0.6, 74 + SLID, 0), (BAND_HALF + 0.4, 64 + SLID, 0), (BAND_HALF + 0.4, 62 + SLID / 2, 0)]
    strip = spline([*high, (x, y_fork + 3, 0), (x, y_fork - 1, 0)], 26)
    slider = sweep(strip, rounded_rectangle(2.0, 12.5, 0.7, arc_steps=3), up=(0, 0, 1), round_ends_mm=0.6)
    notches = [box(0.5, 0.7, 6.0, bevel=0.2, steps=1).moved(x + 1.0, 56.0 + 4.5 * k, 0) for k in range(7)]
    collar = box(7.6, 9.0, 18.5, bevel=1.6).moved(BAND_HALF - 0.8, 66.5 + SLID, 0)
    reach = CUP_RADIUS * OVAL + 4.6
    fork = spline(
        [
            (x - 2, 0, reach),
            (x - 1, 16, reach - 0.3),
            (x, 34, reach - 9),
            (x, 46, reach - 24),
            (x, y_fork, 0),
            (x, 46, -reach + 24),
            (x, 34, -reach + 9),
            (x - 1, 16, -reach + 0.3),
            (x - 2, 0, -reach),
        ],
        80,
    )
    yoke = sweep(fork, rounded_rectangle(7.0, 2.8, 1.0, arc_steps=4), up=(0, 0, 1), round_ends_mm=1.0)
    pivots, screws = [], []
    for sign in (1.0, -1.0):
        boss = cylinder(4.8, 3.2, bevel=0.8, segments=32).turned("x", 90 * sign).moved(x - 2, 0, sign * (reach - 1.8))
        screw = cylinder(2.3, 0.9, bevel=0.3, segments=24).turned("x", 90 * sign).moved(x - 2, 0, sign * (reach + 1.0))
        socket = (
            cylinder(1.1, 0.3, bevel=0.05, segments=6).turned("x", 90 * sign).moved(x - 2, 0, sign * (reach + 1.75))
        )
        pin = cylinder(2.0, 7.0, bevel=0.2, segments=20).turned("x", -90 * sign).moved(x - 2, 0, sign * (reach - 1))
        pivots += [boss, pin]
        screws += [screw, socket]
    hub = cylinder(6.4, 5.0, bevel=1.0, segments=40).turned("z", -90).moved(x - 2.2, y_fork, 0)
    return merge([slider, *notches, yoke, *pivots, hub]), merge([collar, *screws])


def cup() -> dict[str, Shape]:
    """Left cup: shell, trim ring, grille, cushion with its seam, and the cloth before the driver."""
    r = CUP_RADIUS
    base = CUSHION - 1.0
    top = base + SHELL
    shell = lathe(
        fillet(
            [(r - 12, base), (r - 0.6, base), (r, base + 1.6), (r, base + 8), (r - 5.5, top), (r - 9.5, top + 0.6)],
            [0, 0.6, 1.2, 7.0, 2.4, 0],
            steps=8,
        ),
        segments=80,
        around_mm=252.0,
    )
    trim = lathe(
        fillet(
            [(r - 9.8, top - 1.0), (r - 9.6, top + 1.3), (r - 11.6, top + 1.5), (r - 12.2, top - 0.9)], 0.5, steps=4
        ),
        segments=96,
    )
    grid_rings = lathe(
        [(r - 11.9, top - 0.7), (24, top - 0.1), (18, top + 0.25), (12, top + 0.5), (6, top + 0.65), (0.0, top + 0.7)],
        segments=96,
        crease_deg=60,
    )
    grille = grid_rings.with_uvs(grid_rings.points[:, [0, 2]])
    angle = np.linspace(-np.pi, np.pi, 29)
    s, c = np.sin(angle), np.cos(angle)
    section = np.column_stack(
        [r - 10.0 + np.sign(c) * np.abs(c) ** 0.72 * 10.6, CUSHION / 2 + np.sign(s) * np.abs(s) ** 0.8 * CUSHION / 2]
    )
    cushion = lathe(section, segments=80, around_mm=240.0, crease_deg=80)

    def gathered(points: F64) -> F64:
        """Small puckers along the seam where the leather is sewn in."""
        radius = np.maximum(np.hypot(points[:, 0], points[:, 2]), 1e-9)
        turn = np.arctan2(points[:, 0], points[:, 2])
        near = np.exp(-(((points[:, 1] - 14.5) / 2.2) ** 2)) * (radius > r - 10)
        pucker = near * (-0.55 + 0.16 * np.sin(64 * turn + 1.5 * np.sin(5 * turn)))
        factor = 1 + pucker / radius
        return np.asarray(points * np.column_stack([factor, 1 + 0 * factor, factor]))

    cushion = cushion.warped(gathered, crease_deg=80)
    cloth = lathe([(0, 12.6), (12, 12.2), (r - 16, 10.8)], segments=64, crease_deg=60)
    cloth = cloth.with_uvs(cloth.points[:, [0, 2]])
    port = box(1.2, 3.2, 9.0, bevel=0.55).moved(x=r - 0.35, y=base + 6.0)
    buttons = [
        capsule(1.6, 8.0, segments=16).turned("x", 90).moved(x=r - 0.5, y=base + 5.2).turned("y", turn)
        for turn in (24.0, 38.0, 52.0)
    ]
    return {
        "shell": to_side(shell),
        "trim": to_side(merge([trim, *buttons])),
        "grille": to_side(grille),
        "cushion": to_side(cushion),
        "cloth": to_side(cloth),
        "port": to_side(port),
    }


def perforated() -> Maps:
    """Punched steel: round holes 0.9 mm wide in hexagonal array, 1.5 mm apart, with rolled edges."""
    size, columns, rows = 256, 4, 4
    width = 1.5 * columns
    height = width  # the hexagonal rows are drawn 1.5 mm apart, stretched from 1.3: it keeps the tile square
    sheet = Sheet(size, width / 2)
    for row in range(-1, rows + 1):
        for column in range(-1, columns + 1):
            x = (column + 0.5 * (row % 2)) * 1.5 - width / 2 + 0.375
            sheet.dot((x, row * height / rows - height / 2 + 0.75), 0.47)
    hole = blur(sheet.coverage(), 1.0)
    return Maps(
        width,
        color=grey("grille-color", 0.96 - 0.90 * hole),
        orm=orm("grille-orm", np.clip(0.36 + 0.5 * hole, 0, 1), metal=1 - hole, occlusion=1 - 0.8 * hole),
        normal=normal_from_height("grille-normal", -0.22 * blur(hole, 2.5), width),
    )


def acoustic_cloth() -> Maps:
    """A plain open weave, 0.6 mm a thread."""
    size = 128
    y, x = (np.mgrid[0:size, 0:size] + 0.5) / size
    warp, weft = np.cos(2 * np.pi * 4 * x), np.cos(2 * np.pi * 4 * y)
    over = (np.floor(8 * x) + np.floor(8 * y)) % 2
    height = np.where(over > 0, warp, weft)
    return Maps(
        4.8,
        color=grey("cloth-color", 0.72 + 0.22 * height),
        normal=normal_from_height("cloth-normal", 0.1 * height, 4.8),
    )


def finishes() -> list[Colourway]:
    ways = [
        ("Sand and brass", "HPH-ARIA-SND", palette.SAND, "#d8cbb4", palette.BRASS, "#a97e56", "#e8dcc4", "#6d5844"),
        ("Ink and steel", "HPH-ARIA-INK", palette.INK, "#262b3c", palette.STEEL, "#20232e", "#5b6176", "#2b3040"),
        (
            "Olive and black",
            "HPH-ARIA-OLV",
            palette.OLIVE,
            "#5f6044",
            palette.BLACK_STEEL,
            "#39352c",
            "#8a845f",
            "#2f2e27",
        ),
    ]
    out = []
    for label, sku, swatch, shell, fittings, hide, thread, cloth in ways:
        one, two = label.split(" and ")
        finish: dict[str, Finish] = {
            "shell": coated(
                pbr(f"{one} shell", shell, roughness=1.0, maps=matt_plastic(roughness=0.5)), coat=0.15, roughness=0.35
            ),
            "metal": metal(f"{two.capitalize()} brushed", fittings, maps=brushed_metal(roughness=0.28), anisotropy=0.5),
            "polished": metal(f"{two.capitalize()} polished", fittings, maps=satin_metal(roughness=0.16)),
            "grille": pbr(f"{two.capitalize()} grille", fittings, roughness=1.0, metal=1.0, maps=perforated()),
            "leather": pbr(f"{one} leather", hide, roughness=1.0, maps=leather(tile_mm=30.0, cell_mm=0.8)),
            "pad": sheened(
                pbr(f"{one} pad", hide, roughness=1.0, maps=leather(tile_mm=30.0, cell_mm=0.8), normal_scale=0.5),
                cloth,
                roughness=0.45,
            ),
            "cloth": sheened(
                pbr(f"{one} acoustic cloth", cloth, roughness=0.9, maps=acoustic_cloth()), thread, roughness=0.5
            ),
            "thread": pbr(f"{one} thread", thread, roughness=0.7),
        }
        out.append(Colourway(Variant(label=label, sku=sku, swatch=swatch), finish))
    return out


def product() -> DemoProduct:
    strap, seam, pad = band()
    fork, collar = slider_and_yoke()
    left = cup()
    x = CUSHION_INNER_X + CUSHION + 5.5
    parts = [
        Part("band", [("leather", strap), ("thread", seam), ("pad", pad)], pivot=(0.0, BAND_CENTRE + BAND_RISE, 0.0))
    ]
    for side, sign in (("left", 1.0), ("right", -1.0)):

        def hand(shape: Shape, sign: float = sign) -> Shape:
            return shape if sign > 0 else shape.mirrored()

        surfaces = [
            ("shell", hand(left["shell"])),
            ("polished", hand(left["trim"])),
            ("grille", hand(left["grille"])),
            ("leather", hand(left["cushion"])),
            ("cloth", hand(left["cloth"])),
        ]
        if sign < 0:
            surfaces.append(("port", hand(left["port"])))
        parts.append(
            Part(
                f"yoke_{side}",
                [("metal", hand(fork)), ("polished", hand(collar))],
                parent="band",
                pivot=(sign * x, CUP_RADIUS + 9.0, 0.0),
            )
        )
        parts.append(Part(f"cup_{side}", surfaces, parent=f"yoke_{side}", pivot=(sign * x, 0.0, 0.0)))
    ways = finishes()
    built = assemble("aria-headphones", parts, ways, shared={"port": pbr("Port", "#121214", roughness=0.4)})
    ear = np.array([CUSHION_INNER_X + 6.0, 0.0, 0.0])
    return DemoProduct(
        id="aria-headphones",
        name="Aria",
        description="Closed, wireless, leather and steel: a tufted band, forked yokes and cushions you can replace.",
        category="headphones",
        scene=built.scene,
        variants=tuple(way.variant for way in ways),
        dimensions_m=built.dimensions_m,
        placement="plinth",
        price_minor={"EUR": 34900, "USD": 37900, "GBP": 31900},
        anchors=(
            built.anchor("ear_left", ear, (1, 0, 0)),
            built.anchor("ear_right", ear * [-1, 1, 1], (-1, 0, 0)),
            built.anchor("head_top", (0, BAND_CENTRE + BAND_RISE - 12.0, 0), (0, 1, 0)),
        ),
        hotspots=(
            built.hotspot(
                "cup_left", (CUSHION_INNER_X + CUSHION + SHELL, 0, 0), "Punched steel grille over a 40 mm driver"
            ),
            built.hotspot("band", (0, BAND_CENTRE + BAND_RISE + 3, 0), "Saddle-stitched leather over spring steel"),
            built.hotspot("yoke_left", (x, 45, 20), "Forked steel yokes turn flat for travel"),
        ),
        wearable={
            "kind": "headphones",
            "ear_distance_mm": 2 * CUSHION_INNER_X + 12.0,
            "ear_to_top_mm": BAND_CENTRE + BAND_RISE - 12.0,
            "adjust_mm": 32.0,
        },
    )
