"""
A day tote in canvas and vegetable-tanned leather, 390 × 290 × 150 mm, with rolled handles, a slip pocket, a snap tab
and a shoulder strap on brass rings.

The body is one analytic surface over (angle, height): panels, bindings, stitches and hardware are placed on it.
"""

from collections.abc import Callable

import numpy as np

from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.cloth import sheet, stitches
from showroom_demo.kit.curve import area, circle, offset, resample, rounded_polygon, rounded_rectangle, spline
from showroom_demo.kit.material import Finish, metal, pbr
from showroom_demo.kit.palette import BONE, BRASS, CLAY, ESPRESSO, INK, OLIVE, RUST, SAND, TOBACCO
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import F64, Shape, merge, unit, with_normals
from showroom_demo.kit.solid import cylinder, plate, sphere, torus
from showroom_demo.kit.sweep import fan, loft, sweep
from showroom_demo.kit.textile import canvas, cloth, linen, webbing
from showroom_demo.kit.texture import leather, satin_metal
from showroom_demo.soft.zipper import strung

HEIGHT, BASE_LEATHER = 290.0, 78.0
FOOT = 7.0
WALL = 2.6


def wall(angle: F64, t: F64) -> F64:
    """A point of the outside: ``angle`` from +X towards the front (+Z), ``t`` 0 at the base, 1 at the rim."""
    wide, deep = 163.0 + 30.0 * t**1.2, 73.0 - 12.0 * t
    power = 4.6 - 1.7 * t
    c, s = np.cos(angle), np.sin(angle)
    x = np.sign(c) * np.abs(c) ** (2 / power) * wide
    z = np.sign(s) * np.abs(s) ** (2 / power) * deep
    # the sides fold in towards the rim; the faces belly out lower down and lean together at the top
    fold = 30.0 * np.clip(t - 0.25, 0, 1) ** 1.4 * np.exp(-((z / 26.0) ** 2))
    x = x - np.sign(x) * fold
    belly = 7.0 * np.sin(np.pi * np.clip(t, 0, 1) ** 0.8) * np.clip(1 - (x / 190.0) ** 2, 0, 1)
    slump = (
        2.0 * np.sin(x / 41.0 + 2.2 * t + 0.7) * np.sin(np.pi * t) + 1.4 * np.sin(x / 23.0 - 7.0 * t) * t * (1 - t) * 2
    )
    z = z + np.sign(z) * (belly + slump) * np.clip(np.abs(s) * 1.6, 0, 1)
    y = FOOT + HEIGHT * t - 9.0 * t**3 * np.clip(1 - (x / 150.0) ** 2, 0, 1) - 5.0 * t**2 * np.exp(-((z / 30.0) ** 2))
    # a rounded foot: the wall turns under over the lowest centimetre
    turn = np.clip(1 - t * HEIGHT / 12.0, 0, 1)
    tuck = 12.0 * (1 - np.sqrt(1 - turn**2))
    length = np.maximum(np.hypot(x, z), 1e-6)
    return np.stack([x - tuck * x / length, y, z - tuck * z / length], axis=-1)


def wall_normal(angle: F64, t: F64) -> F64:
    t0, t1 = np.clip(t - 2e-3, 0, 1), np.clip(t + 2e-3, 0, 1)
    return unit(np.cross(wall(angle, t1) - wall(angle, t0), wall(angle + 2e-3, t) - wall(angle - 2e-3, t)))


def _angles(count: int = 128) -> F64:
    """Even along the girth at mid-height, from the right-hand side seam round the front."""
    fine = np.linspace(0, 2 * np.pi, 2400)
    ring = wall(fine, np.full(2400, 0.5))
    along = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(ring, axis=0), axis=1))]
    return np.interp(np.linspace(0, along[-1], count + 1), along, fine)


def _band(low: float, high: float, rows: int, *, lift: float = 0.0, inside: bool = False) -> Shape:
    a = _angles()
    t = np.linspace(low, high, rows)[:, None] * np.ones_like(a)
    angle = np.broadcast_to(a, t.shape)
    n = wall_normal(angle, t)
    points = wall(angle, t) + lift * n
    girth = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(points[rows // 2], axis=0), axis=1))]
    uvs = np.stack(np.broadcast_arrays(-girth, -(t * HEIGHT)), axis=2)
    shape = sheet(points, -n if inside else n, uvs=uvs)
    wanted = Shape(shape.points, shape.faces[:, ::-1], shape.normals, shape.uvs)
    corner = wanted.points[wanted.faces[0]]
    facing = np.cross(corner[1] - corner[0], corner[2] - corner[0]) @ wanted.normals[wanted.faces[0, 0]]
    return wanted if facing > 0 else shape


def _ring(t: float, *, lift: float) -> tuple[F64, F64]:
    a = _angles(168)[:-1]
    level = np.full_like(a, t)
    n = wall_normal(a, level)
    return wall(a, level) + lift * n, n


def _onto(sign: float, *, lift: float) -> Callable[[F64], F64]:
    """Flat millimetres (x across, y up from the base, z out) onto the front (+1) or back (-1) wall."""
    fine = np.linspace(0.02, np.pi - 0.02, 900)

    def warp(points: F64) -> F64:
        t = np.clip((points[:, 1] - FOOT) / HEIGHT, 0.0, 1.0)
        angle = np.interp(points[:, 0], wall(fine, np.full(900, 0.5))[::-1, 0], fine[::-1]) * sign
        return np.asarray(wall(angle, t) + (points[:, 2:] + lift) * wall_normal(angle, t))

    return warp


def _laid(outline: F64, sign: float, thickness: float, *, lift: float = 0.0, inset: float = 3.0) -> tuple[Shape, Shape]:
    """A leather piece on a wall, and the stitches round it."""
    warp = _onto(sign, lift=lift + thickness / 2)
    body = plate(outline, thickness, bevel=0.45 * thickness, step=5.0, grid_mm=9.0).warped(warp)
    if sign < 0:
        body = body.flipped() if _inward(body) else body
    flat = np.column_stack([_shrunk(outline, inset), np.full(len(outline), thickness / 2)])
    path = warp(resample(flat, int(len(outline) * 3), closed=True))
    out = unit(warp(resample(flat + [0, 0, 1], int(len(outline) * 3), closed=True)) - path)
    return body, stitches(path, out, pitch=3.6, length=2.8, width=0.9, height=0.45, closed=True)


def _inward(shape: Shape) -> bool:
    c = shape.points[shape.faces]
    volume = np.einsum("ij,ij->i", c[:, 0], np.cross(c[:, 1], c[:, 2])).sum()
    return bool(volume < 0)


def _shrunk(outline: F64, distance: float) -> F64:
    turned = outline if area(outline) > 0 else outline[::-1]
    return offset(turned, -distance)


HANDLE_X = 78.0


def _handle(sign: float) -> tuple[Shape, list[Shape], list[Shape], list[Shape]]:
    """A rolled handle: leather round a cord, folded flat into brass rings on stitched chapes."""
    warp = _onto(sign, lift=5.0)
    feet = [warp(np.array([[x, HEIGHT - 26.0, 0.0]]))[0] for x in (HANDLE_X, -HANDLE_X)]
    rise = np.array([0.0, 1.0, 0.10 * sign])
    knots = [
        feet[0] + [0, 6, 0], feet[0] + 46 * rise, feet[0] * [0.86, 1, 1] + 104 * rise + [0, 0, 3 * sign],
        (feet[0] + feet[1]) / 2 + 142 * rise + [0, 0, 6 * sign],
        feet[1] * [0.86, 1, 1] + 104 * rise + [0, 0, 3 * sign], feet[1] + 46 * rise, feet[1] + [0, 6, 0],
    ]  # fmt: skip
    path = spline(knots, 84)
    s = np.linspace(-1, 1, 84)
    flat = np.clip((np.abs(s) - 0.80) / 0.12, 0, 1)
    size = np.stack([1 + 0.55 * flat, 1 - 0.55 * flat], axis=1)
    grip = sweep(path, circle(6.4, 16), scale=size, up=(0, 0, 1), round_ends_mm=2.0).uv_turned(90)
    under = path[8:-8] + np.array([0.0, 0.0, -sign]) * 6.2 * (1 - 0.55 * flat[8:-8])[:, None]
    seam = stitches(
        under, np.tile([0.0, 0.0, -1.0 * sign], (len(under), 1)), pitch=3.6, length=2.8, width=0.9, height=0.5
    )
    chapes, rows, rings = [], [seam], []
    for x, foot in zip((HANDLE_X, -HANDLE_X), feet, strict=True):
        outline = rounded_polygon(
            [(x - 13, HEIGHT - 96), (x + 13, HEIGHT - 96), (x + 13, HEIGHT - 30), (x - 13, HEIGHT - 30)], [9, 9, 2, 2]
        )
        body, row = _laid(outline, sign, 2.6, lift=0.4)
        chapes.append(body)
        rows.append(row)
        ring = torus(13.0, 1.9, segments=36, sides=10).scaled(1.0, 1.0, 0.78).turned("x", 90)
        rings.append(ring.moved(*(foot + [0, -4, 0.5 * sign])))
        rivet = sphere(3.6, segments=16).scaled(1, 1, 0.45)
        rings.append(rivet.moved(*warp(np.array([[x, HEIGHT - 86.0, -1.6]]))[0]))
    return grip, chapes, rows, rings


def _strap() -> tuple[Shape, list[Shape], list[Shape]]:
    """The shoulder strap, hung from the side rings and lying down behind the bag, with its slide."""
    left = wall(np.array([0.0]), np.array([0.93]))[0] + [6, 8, 0]
    right = left * [-1, 1, 1]
    back = -92.0
    knots = [
        left + [3, 4, -2], left + [14, -26, -34], (left[0] - 8, 190, back - 2), (120, 92, back - 4), (0, 58, back - 6),
        (-120, 92, back - 4), (right[0] + 8, 190, back - 2), right + [-14, -26, -34], right + [-3, 4, -2],
    ]  # fmt: skip
    path = spline(np.array(knots), 120)
    belt = _belt(path, 30.0, 2.2)
    rings = [torus(11.0, 1.8, segments=32, sides=10).turned("z", 90).moved(*p) for p in (left, right)]
    tabs = []
    for sign, at in ((1.0, left), (-1.0, right)):
        tabs.append(
            sweep(
                spline([at + [-2 * sign, -46, 0], at + [-0.5 * sign, -16, 0], at + [2.5 * sign, -4, 0]], 16),
                rounded_rectangle(2.8, 20, 1.2),
                up=(0, 0, 1),
                round_ends_mm=1.0,
            )
        )
    frame = plate(
        rounded_rectangle(40, 24, 4),
        2.4,
        holes=[rounded_rectangle(31, 6.5, 2) + [0, 6.2], rounded_rectangle(31, 6.5, 2) - [0, 6.2]],
        bevel=0.9,
        step=1.8,
    )
    k = 78
    slide = strung(
        frame.turned("x", -90).turned("y", 90),
        path[k : k + 1] + [0, 0, -2.2],
        along=path[k + 1 : k + 2] - path[k - 1 : k],
        up=np.array([[0.0, 0.0, -1.0]]),
    )
    return belt, tabs, [*rings, slide]


def _belt(path: F64, width: float, thickness: float) -> Shape:
    """A flat strap whose face looks away from the bag."""
    tangent = unit(np.gradient(path, axis=0))
    out = unit(path * [1, 0, 1] - np.array([0, 0, 10.0]))
    face = unit(out - (out * tangent).sum(axis=1, keepdims=True) * tangent)
    side = np.cross(tangent, face)
    profile = rounded_rectangle(width, thickness, 0.9, arc_steps=3)
    points = path[:, None] + profile[None, :, :1] * side[:, None] + profile[None, :, 1:] * face[:, None]
    shape = loft(points)
    return shape.flipped() if _inward(shape) else shape


def _tab() -> tuple[Shape, Shape, list[Shape]]:
    """The closing tab: from behind the back rim, over the opening, snapped to the front."""
    front = _onto(1.0, lift=2.0)(np.array([[0.0, HEIGHT - 62.0, 0.0]]))[0]
    rim_front = _onto(1.0, lift=3.0)(np.array([[0.0, HEIGHT - 4.0, 0.0]]))[0]
    rim_back = _onto(-1.0, lift=0.0)(np.array([[0.0, HEIGHT - 4.0, 0.0]]))[0]
    knots = [
        _onto(-1.0, lift=2.0)(np.array([[0.0, HEIGHT - 52.0, 0.0]]))[0],
        rim_back + [0, 2, -2.5], rim_back + [0, 11, 10],
        rim_front + [0, 11, -12], rim_front + [0, 2, 2.0], front,
    ]  # fmt: skip
    path = spline(np.array(knots), 64)
    taper = np.interp(np.linspace(0, 1, 64), [0, 0.85, 1], [1.0, 0.92, 0.7])
    tab = sweep(
        path,
        rounded_rectangle(34, 2.8, 1.3, arc_steps=4),
        scale=np.stack([taper, np.ones(64)], axis=1),
        up=(0, 0, -1),
        round_ends_mm=6.0,
    ).uv_turned(90)
    rows = []
    tangent = unit(np.gradient(path, axis=0))
    up = unit(np.cross(tangent, np.array([1.0, 0.0, 0.0])))
    up *= np.sign(up[32] @ np.array([0.0, 1.0, 0.0]))
    for sign in (1.0, -1.0):
        line = path + sign * 13.2 * taper[:, None] * np.array([1.0, 0.0, 0.0]) + 1.4 * up
        rows.append(stitches(line, up, pitch=3.6, length=2.8, width=0.9, height=0.45))
    snap = cylinder(7.0, 2.4, bevel=1.1, segments=28)
    at = path[56:57]
    return tab, merge(rows), [strung(snap, at + 1.2 * up[56:57], along=np.array([[1.0, 0.0, 0.0]]), up=up[56:57])]


def product() -> DemoProduct:
    seam_t = BASE_LEATHER / HEIGHT
    rim_t = 1 - 24.0 / HEIGHT
    base_ring = wall(_angles(120)[:-1], np.zeros(120))
    base = with_normals(fan(base_ring), crease_deg=10)
    base = base if base.normals[:, 1].mean() < 0 else base.flipped()
    floor = fan(wall(_angles(120)[:-1], np.full(120, 0.012)) * [0.985, 1, 0.97] + [0, 3, 0])
    floor = floor if floor.normals[:, 1].mean() > 0 else floor.flipped()
    rim_points, _ = _ring(1.0, lift=0.0)
    rim = sweep(rim_points, rounded_rectangle(WALL + 2.8, 5.0, 2.2, arc_steps=3), closed=True, up=(0, 1, 0))
    rows = []
    for t, lift in ((seam_t - 0.012, 1.3), (seam_t - 0.030, 1.3), (rim_t + 0.012, 1.3)):
        path, normal = _ring(t, lift=lift)
        rows.append(stitches(path, normal, pitch=3.8, length=2.9, width=0.95, height=0.5, closed=True))
    pocket_outline = rounded_polygon([(-92, 92), (92, 92), (98, 208), (-98, 208)], [16, 16, 3, 3])
    pocket, pocket_row = _laid(pocket_outline, 1.0, 2.2, lift=0.2, inset=4.0)
    mark, _ = _laid(rounded_rectangle(46, 15, 3) + [0, 176], 1.0, 1.2, lift=2.2)
    handles = [_handle(s) for s in (1.0, -1.0)]
    belt, tabs, strap_metal = _strap()
    tab, tab_rows, snap = _tab()
    feet = merge(
        [sphere(7.5, segments=20).scaled(1, 0.62, 1).moved(x, FOOT - 2.4, z) for x in (-128, 128) for z in (-44, 44)]
    )
    parts = [
        Part(
            "body",
            [
                ("canvas", _band(seam_t - 0.01, rim_t + 0.01, 24)),
                ("lining", _band(0.01, 0.995, 16, lift=-WALL, inside=True)),
                ("lining", floor),
            ],
        ),
        Part("base", [("leather", _band(0.0, seam_t, 16, lift=1.2)), ("leather", base), ("leather", _edge(seam_t))]),
        Part(
            "rim", [("leather", _band(rim_t, 1.0, 6, lift=1.2)), ("leather", rim), ("leather", _edge(rim_t, down=True))]
        ),
        Part("pocket", [("leather", pocket), ("brass", mark)]),
        Part("handle_front", [("leather", handles[0][0]), *[("leather", c) for c in handles[0][1]]]),
        Part("handle_back", [("leather", handles[1][0]), *[("leather", c) for c in handles[1][1]]]),
        Part("tab", [("leather", tab), *[("brass", s) for s in snap]]),
        Part("strap", [("webbing", belt), *[("leather", s) for s in tabs]]),
        Part("hardware", [("brass", s) for s in (*handles[0][3], *handles[1][3], *strap_metal, feet)]),
        Part("stitching", [("thread", s) for s in (*rows, pocket_row, tab_rows, *handles[0][2], *handles[1][2])]),
    ]
    ways = [
        Colourway(
            Variant(label=label, sku=f"BAG-MERE-{code}", swatch=swatch),
            {
                "canvas": cloth(f"canvas {label.lower()}", body, canvas()),
                "leather": pbr(f"leather {label.lower()}", hide, roughness=1.0, maps=leather(roughness=0.6)),
                "webbing": cloth(f"webbing {label.lower()}", tape, webbing()),
                "thread": cloth(f"thread {label.lower()}", thread, canvas()),
            },
        )
        for label, code, swatch, body, hide, tape, thread in (
            ("Bone & tan", "BON", BONE, BONE, "#9a6238", SAND, "#e9dcc3"),
            ("Olive & espresso", "OLI", OLIVE, OLIVE, ESPRESSO, "#4d4c30", "#b3a988"),
            ("Ink & tobacco", "INK", INK, INK, TOBACCO, "#2d3348", "#c9b08d"),
            ("Clay & rust", "CLA", CLAY, CLAY, "#7d3d24", "#9c6a4b", "#e4c4a8"),
            ("Rust & espresso", "RUS", RUST, RUST, ESPRESSO, "#7d3c25", "#d79a74"),
        )
    ]
    shared: dict[str, Finish] = {
        "lining": cloth("lining", "#c9bda6", linen(), double_sided=True),
        "brass": metal("brass", BRASS, maps=satin_metal(roughness=0.24)),
    }
    made = assemble("mere-tote", parts, ways, shared=shared)
    grip = handles[0][0].points
    top = grip[grip[:, 1].argmax()]
    return DemoProduct(
        id="mere-tote",
        name="Mere",
        description="A day tote in canvas and vegetable-tanned leather, with rolled handles and a shoulder strap.",
        category="bag",
        scene=made.scene,
        variants=tuple(way.variant for way in ways),
        dimensions_m=made.dimensions_m,
        placement="shelf",
        price_minor={"EUR": 24500, "USD": 26500, "GBP": 21500},
        anchors=(
            made.anchor("hand", (0.0, top[1] - 6, 0.0), (1, 0, 0)),
            made.anchor("shoulder", (0.0, top[1] - 6, 0.0), (1, 0, 0)),
            made.anchor("strap_left", wall(np.array([0.0]), np.array([0.93]))[0] + [6, 8, 0], (1, 0, 0)),
            made.anchor(
                "strap_right", (wall(np.array([0.0]), np.array([0.93]))[0] + [6, 8, 0]) * [-1, 1, 1], (-1, 0, 0)
            ),
        ),
        hotspots=(
            made.hotspot(
                "pocket",
                _onto(1.0, lift=3.0)(np.array([[40.0, 150.0, 0.0]]))[0],
                "Slip pocket for a phone, saddle-stitched",
            ),
            made.hotspot("handle_front", top, "Rolled handles over a cotton core"),
        ),
        wearable={"kind": "bag", "handle_drop_mm": 142, "strap_drop_mm": [360, 620], "body_mm": [386, 290, 150]},
    )


def _edge(t: float, *, down: bool = False) -> Shape:
    """The cut edge of a leather band where it ends on the canvas."""
    outer, normal = _ring(t, lift=1.2)
    inner, _ = _ring(t, lift=-0.4)
    way = np.tile([0.0, -1.0 if down else 1.0, 0.0], (len(outer), 1))
    rows = np.stack([inner, outer])
    shape = sheet(rows, np.stack([way, unit(way + normal)]), closed=True)
    corner = shape.points[shape.faces[0]]
    facing = np.cross(corner[1] - corner[0], corner[2] - corner[0]) @ way[0]
    return shape if facing > 0 else Shape(shape.points, shape.faces[:, ::-1], shape.normals, shape.uvs)
