"""
A six-panel cap in brushed twill, size 58 cm: structured front, stitched visor, eyelets, a strap with a brass slide.

The wearer looks along +Z. The crown is one analytic surface over (angle, height); panels, seams, stitches, eyelets and
the badge are all drawn on it, so that they sit where a machinist would put them.
"""

import numpy as np

from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.cloth import sheet, stitches
from showroom_demo.kit.curve import arc_length, resample, rounded_rectangle
from showroom_demo.kit.material import Finish, metal, pbr
from showroom_demo.kit.palette import BONE, BRASS, CLAY, ESPRESSO, INK, MOSS, OLIVE, RUST, TOBACCO
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import F64, Shape, unit, with_normals
from showroom_demo.kit.solid import cylinder, plate, torus
from showroom_demo.kit.sweep import sweep
from showroom_demo.kit.textile import canvas, cloth, twill
from showroom_demo.kit.texture import leather, satin_metal
from showroom_demo.soft.zipper import strung

HALF_WIDTH, HALF_DEPTH, CROWN = 86.0, 104.0, 104.0
VISOR, VISOR_ARC = 72.0, np.radians(66.0)
OPENING_HALF, OPENING_HIGH = np.radians(34.0), 0.34
CLOTH = 1.3
CIRCUMFERENCE = 580


def bend(points: F64) -> F64:
    """The roll of the visor, which takes the front of the crown with it."""
    p = points.copy()
    front = np.clip((p[..., 2] - 14.0) / 82.0, 0, 1)
    p[..., 1] -= 0.0023 * p[..., 0] ** 2 * front**2 * (3 - 2 * front) * np.clip(1 - p[..., 1] / 90.0, 0, 1)
    return p


def crown(angle: F64, t: F64, *, seams: bool = True) -> F64:
    """
    A point of the crown: ``angle`` from the front (+Z) to the wearer's left (+X), ``t`` 0 at the hem, 1 at the top.
    """
    front = 0.5 + 0.5 * np.cos(angle)
    phi = t * np.pi / 2
    out = np.clip(np.cos(phi), 0, 1) ** (0.86 - 0.20 * front)
    x, z = HALF_WIDTH * np.sin(angle) * out, HALF_DEPTH * np.cos(angle) * out
    y = CROWN * np.sin(phi) ** (1.0 - 0.08 * front)
    if seams:
        # each panel is a gore with a little belly; the seam draws in
        local = np.abs((angle / (np.pi / 3)) % 1.0)
        off = np.minimum(local, 1 - local) * np.pi / 3 * 90.0 * out
        belly = 2.6 * np.sin(np.pi * local) * np.sin(np.pi * np.clip(t, 0, 1)) ** 0.7
        groove = -1.1 * np.exp(-((off / 1.5) ** 2))
        length = np.maximum(np.hypot(x, z), 1e-6)
        push = belly + groove * (t < 0.985)
        # soft cloth: the unstructured back panels hold a slow wave
        push = push + 1.1 * (1 - front) * np.sin(3.1 * angle + 5.0 * t) * np.sin(np.pi * t)
        x, z = x + push * x / length, z + push * z / length
    lean = -7.0 * (y / CROWN)
    return bend(np.stack([x, y, z + lean], axis=-1))


def crown_normal(angle: F64, t: F64, *, seams: bool = True) -> F64:
    da = crown(angle + 1e-3, t, seams=seams) - crown(angle - 1e-3, t, seams=seams)
    t0, t1 = np.clip(t - 2e-3, 0, 0.995), np.clip(t + 2e-3, 0, 0.997)
    return unit(np.cross(da, crown(angle, t1, seams=seams) - crown(angle, t0, seams=seams)))


def _lowest(angle: F64) -> F64:
    """Where the cloth begins: 0, except over the opening at the back."""
    off = np.abs(angle % (2 * np.pi) - np.pi)
    return np.asarray(OPENING_HIGH * np.sqrt(np.clip(1 - (off / OPENING_HALF) ** 2, 0, 1)))


def _panel(k: int) -> list[Shape]:
    """One gore, its face and its lining side, joined at the hem."""
    columns, rows = 23, 26
    # closer columns beside the seams, where the groove is
    a = (k + 0.5 + 0.5 * np.sin(np.pi * (np.linspace(0, 1, columns) - 0.5))) * np.pi / 3
    s = np.linspace(0, 1, rows) ** 0.9
    low = _lowest(a)
    t = low[None] + (0.996 - low[None]) * s[:, None]
    angle = np.broadcast_to(a, t.shape)
    face, normal = crown(angle, t), crown_normal(angle, t)
    along = np.concatenate([np.zeros((1, columns)), np.cumsum(np.linalg.norm(np.diff(face, axis=0), axis=2), axis=0)])
    across = np.cumsum(np.pad(np.linalg.norm(np.diff(face, axis=1), axis=2), ((0, 0), (1, 0))), axis=1)
    across -= across[:, columns // 2][:, None]
    uvs = np.stack([across, -along], axis=2)
    outside = sheet(face, normal, uvs=uvs)
    inside = sheet(face - CLOTH * normal, -normal, uvs=uvs)
    inside = Shape(inside.points, inside.faces[:, ::-1], inside.normals, inside.uvs)
    rim = np.stack([face[0] - CLOTH * normal[0], face[0]])
    down = np.tile(np.array([0.0, -1.0, 0.0]), (2, columns, 1))
    return [outside, inside, sheet(rim, down)]


def _seam_rows() -> list[Shape]:
    out = []
    t = np.linspace(0.0, 0.955, 60)
    for k in range(6):
        for off in (-4.2, 4.2):
            radius = np.maximum(np.hypot(*crown(np.full(60, k * np.pi / 3), t, seams=False)[:, [0, 2]].T), 12.0)
            angle = k * np.pi / 3 + off / radius
            keep = t > (_lowest(angle) + 0.02 if k == 3 else 0.0)
            out.append(
                stitches(
                    crown(angle[keep], t[keep]),
                    crown_normal(angle[keep], t[keep]),
                    pitch=3.4,
                    length=2.6,
                    width=0.8,
                    height=0.45,
                )
            )
    hem = np.linspace(-np.pi + OPENING_HALF + 0.03, np.pi - OPENING_HALF - 0.03, 220)
    level = np.full(220, 0.055)
    out.append(stitches(crown(hem, level), crown_normal(hem, level), pitch=3.4, length=2.6, width=0.8, height=0.45))
    return out


def visor(s: F64, r: F64, *, top: bool = True) -> F64:
    """A point of the visor: ``s`` -1..1 across, ``r`` 0 at the crown, 1 at the lip; 3.4 mm thick."""
    angle = s * VISOR_ARC
    inner = np.stack([HALF_WIDTH * np.sin(angle), 0 * s, HALF_DEPTH * np.cos(angle)], axis=-1)
    way = unit(np.stack([0.42 * np.sin(angle), 0 * s, np.ones_like(s)], axis=-1))
    length = VISOR * np.clip(1 - np.abs(s) ** 3.4, 0, 1) ** 0.62 + 0.5
    p = inner + (r * length)[..., None] * way
    p[..., 1] = -2.0 - 0.16 * r * length + (1.7 if top else -1.7)
    return bend(p) - np.stack([0 * s, 0.0011 * np.maximum(p[..., 2] - 102.0, 0) * np.abs(p[..., 0]), 0 * s], axis=-1)


def _visor() -> tuple[Shape, Shape, Shape]:
    s = np.sin(np.linspace(-1, 1, 65) * np.pi / 2)
    r = np.r_[-0.03, np.linspace(0, 1, 17)]
    ss, rr = np.meshgrid(s, r)
    shapes = []
    for top in (True, False):
        points = visor(ss, rr, top=top)
        # rows go outwards and columns towards +X: the sheet faces down, so turn the top one over
        flat = np.stack([points[..., 0], points[..., 2]], axis=2)
        shape = sheet(points, uvs=flat)
        up = shape.normals[:, 1].mean() > 0
        if up != top:
            shape = Shape(shape.points, shape.faces[:, ::-1], -shape.normals, shape.uvs)
        shapes.append(with_normals(shape, crease_deg=80))
    lip = 0.5 * (visor(s, np.ones_like(s)) + visor(s, np.ones_like(s), top=False))
    outline = rounded_rectangle(4.6, 5.0, 2.1, arc_steps=4)
    binding = sweep(resample(lip, 90), outline, up=(0, 1, 0), round_ends_mm=1.5)
    return shapes[0], shapes[1], binding


def _visor_rows() -> list[Shape]:
    out = []
    for r in np.linspace(0.16, 0.94, 8):
        s = np.linspace(-1, 1, 160) * (0.985 - 0.05 * (1 - r))
        path = visor(s, np.full_like(s, r))
        ahead = visor(s, np.full_like(s, min(r + 0.02, 1.0)))
        normal = unit(np.cross(ahead - path, np.gradient(path, axis=0)))
        normal *= np.sign(normal[:, 1:2])
        out.append(stitches(path, normal, pitch=3.4, length=2.6, width=0.8, height=0.4))
    return out


def _eyelets() -> list[Shape]:
    ring = torus(3.6, 1.15, segments=22, sides=8)
    out = []
    for k in range(6):
        angle, t = np.array([(k + 0.5) * np.pi / 3]), np.array([0.60])
        up = crown_normal(angle, t)
        out.append(strung(ring, crown(angle, t) + 0.2 * up, along=np.cross(up, [[0.0, 1.0, 0.0]]), up=up))
    return out


def _eyelet_holes() -> list[Shape]:
    disc = cylinder(2.9, 0.5, bevel=0.2, segments=18)
    angle, t = (np.arange(6) + 0.5) * np.pi / 3, np.full(6, 0.60)
    up = crown_normal(angle, t)
    return [strung(disc, crown(angle, t) - 0.1 * up, along=np.cross(up, [[0.0, 1.0, 0.0]]), up=up)]


def _badge() -> tuple[Shape, Shape]:
    """A leather badge sewn to the front, bent to it."""

    def onto(points: F64) -> F64:
        t = 0.31 + points[:, 1] / (CROWN * np.pi / 2 * 0.90)
        angle = points[:, 0] / 96.0
        return np.asarray(crown(angle, t, seams=False) + (points[:, 2:] + 1.9) * crown_normal(angle, t, seams=False))

    outline = rounded_rectangle(50, 30, 6, arc_steps=5)
    body = plate(outline, 1.8, bevel=0.6, step=2.5, grid_mm=5.0).warped(onto)
    path = np.column_stack([resample(rounded_rectangle(44, 24, 4, arc_steps=5), 90, closed=True), np.full(90, 0.9)])
    lifted = onto(path)
    out = unit(onto(path + [0, 0, 1]) - lifted)
    return body, stitches(lifted, out, pitch=2.9, length=2.2, width=0.8, height=0.4, closed=True)


def _strap() -> tuple[list[Shape], list[Shape]]:
    """The arch's binding, the two strap ends, and the brass slide in the middle."""
    a = np.pi + np.linspace(-OPENING_HALF, OPENING_HALF, 60)
    low = _lowest(a)
    edge = crown(a, low, seams=False)
    normal = crown_normal(a, low)
    binding = sweep(
        resample(edge - 0.6 * normal, 56),
        rounded_rectangle(3.4, 7.0, 1.5, arc_steps=3),
        up=(0, 0, -1),
        round_ends_mm=1.0,
    )
    along = np.pi + np.linspace(-OPENING_HALF - 0.16, OPENING_HALF + 0.16, 70)

    def band(angle: F64, lift: float) -> F64:
        out = crown(angle, np.full_like(angle, 0.075), seams=False)
        way = unit(out * [1, 0, 1])
        return out + lift * way

    wide = rounded_rectangle(1.9, 21.0, 0.8, arc_steps=3)
    strap = sweep(band(along, 0.2), wide, up=(0, 1, 0), round_ends_mm=0.8)
    tail = sweep(band(along[22:63], 2.3), wide, up=(0, 1, 0), round_ends_mm=0.8)
    frame = plate(
        rounded_rectangle(27, 26, 4),
        2.2,
        holes=[rounded_rectangle(6.5, 21.5, 1.5) + [7.0, 0], rounded_rectangle(6.5, 21.5, 1.5) - [7.0, 0]],
        bevel=0.8,
        step=1.6,
    )
    where = band(np.array([np.pi + 0.02]), 3.6)
    slide = strung(frame.turned("x", -90), where, along=np.array([[1.0, 0.0, 0.0]]), up=unit(where * [1, 0, 1]))
    return [binding, strap, tail], [slide]


def _sweatband() -> Shape:
    a = np.linspace(-np.pi + OPENING_HALF, np.pi - OPENING_HALF, 120)
    t = np.linspace(0.0, 0.20, 7)[:, None] * np.ones_like(a)
    angle = np.broadcast_to(a, t.shape)
    n = crown_normal(angle, t)
    roll = np.array([1.6, 2.6, 3.0, 3.1, 3.0, 2.7, 1.6])[:, None, None]
    points = crown(angle, t, seams=False) - roll * n
    uvs = np.stack(np.broadcast_arrays(arc_length(points[0]), -34 * np.linspace(0, 1, 7)[:, None]), axis=2)
    shape = sheet(points, -n, uvs=uvs)
    return Shape(shape.points, shape.faces[:, ::-1], shape.normals, shape.uvs)


def product() -> DemoProduct:
    top, under, binding = _visor()
    badge, badge_row = _badge()
    strap, slide = _strap()
    button = cylinder(8.2, 4.6, bevel=3.4, segments=32).moved(0, CROWN - 2.6, -7.0)
    parts = [
        Part("crown", [("twill", s) for k in range(6) for s in _panel(k)]),
        Part("visor", [("twill", top), ("under", under), ("twill", binding)]),
        Part("stitching", [("thread", s) for s in (*_seam_rows(), *_visor_rows())]),
        Part("eyelets", [("thread", s) for s in _eyelets()] + [("shadow", s) for s in _eyelet_holes()]),
        Part("button", [("twill", button)]),
        Part("badge", [("leather", badge), ("thread", badge_row)]),
        Part("strap", [("twill", s) for s in strap]),
        Part("slide", [("brass", s) for s in slide]),
        Part("sweatband", [("band", _sweatband())]),
    ]
    ways = [
        Colourway(
            Variant(label=label, sku=f"CAP-FIELD-{code}", swatch=color),
            {
                "twill": cloth(f"twill {label.lower()}", color, twill(), double_sided=True),
                "under": cloth(f"undervisor {label.lower()}", under_color, twill()),
                "thread": cloth(f"thread {label.lower()}", thread, canvas()),
            },
        )
        for label, code, color, under_color, thread in (
            ("Olive", "OLI", OLIVE, MOSS, "#8d8b62"),
            ("Bone", "BON", BONE, CLAY, "#b9ad97"),
            ("Clay", "CLA", CLAY, ESPRESSO, "#d9a685"),
            ("Ink", "INK", INK, INK, "#6b7288"),
            ("Rust", "RUS", RUST, TOBACCO, "#d08a5e"),
        )
    ]
    shared: dict[str, Finish] = {
        "leather": pbr("badge leather", TOBACCO, roughness=1.0, maps=leather(roughness=0.58, cell_mm=0.9)),
        "brass": metal("brass", BRASS, maps=satin_metal(roughness=0.26)),
        "band": cloth("sweatband", "#d8cfbe", canvas(), double_sided=True),
        "shadow": pbr("eyelet shadow", "#0d0c0b", roughness=0.95),
    }
    made = assemble("field-cap", parts, ways, shared=shared)
    brow = crown(np.array([0.0]), np.array([0.0]), seams=False)[0]
    side = crown(np.array([np.pi / 2]), np.array([0.0]), seams=False)[0]
    return DemoProduct(
        id="field-cap",
        name="Field",
        description="A six-panel cap in brushed cotton twill with a stitched visor and a brass slide.",
        category="cap",
        scene=made.scene,
        variants=tuple(way.variant for way in ways),
        dimensions_m=made.dimensions_m,
        placement="shelf",
        price_minor={"EUR": 3900, "USD": 4200, "GBP": 3400},
        anchors=(
            made.anchor("brow_center", brow - [0, 0, 3], (0, 0, 1)),
            made.anchor("head_top", (0, CROWN - 6, -7), (0, 1, 0)),
            made.anchor("temple_left", side - [3, 0, 0], (1, 0, 0)),
            made.anchor("temple_right", (side - [3, 0, 0]) * [-1, 1, 1], (-1, 0, 0)),
            made.anchor("nape", (0, 0, -HALF_DEPTH + 3), (0, 0, -1)),
        ),
        hotspots=(
            made.hotspot(
                "visor", visor(np.array([0.0]), np.array([0.6]))[0], "Eight rows of stitching keep the visor's curve"
            ),
            made.hotspot("slide", slide[0].points.mean(axis=0), "Brass slide: 56 to 61 cm"),
        ),
        wearable={
            "kind": "cap",
            "circumference_mm": CIRCUMFERENCE,
            "fits_mm": [560, 610],
            "visor_mm": VISOR,
            "depth_mm": CROWN,
            "inner_width_mm": 2 * (HALF_WIDTH - 3),
            "inner_length_mm": 2 * (HALF_DEPTH - 3),
        },
    )
