"""
A pair of low court sneakers, EU 42: full-grain leather with suede overlays on a stitched rubber cupsole, laced.

Modelled on the left foot and mirrored. The foot points along +Z; left is the wearer's, +X.
"""

import numpy as np

from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.cloth import sheet, stitches
from showroom_demo.kit.curve import area, offset, resample, rounded_polygon, rounded_rectangle, spline, superellipse
from showroom_demo.kit.material import Finish, dull, metal, pbr
from showroom_demo.kit.palette import BONE, CHALK, CLAY, ESPRESSO, INK, OLIVE, RUST, SAND, STONE, TOBACCO
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import F64, I64, Shape, merge, rotation, unit, with_normals
from showroom_demo.kit.solid import disc, plate, torus
from showroom_demo.kit.sweep import sweep
from showroom_demo.kit.textile import canvas, cloth, gum, linen, suede, tread, webbing
from showroom_demo.kit.texture import leather, satin_metal
from showroom_demo.soft.last import COUNT, SOLE, feather, normal, spring, upper
from showroom_demo.soft.zipper import strung

Surfaces = list[tuple[str, Shape]]
EYELETS = np.array([1.75, 2.55, 3.35, 4.15, 4.95, 5.75])
SIZES = tuple(str(eu) for eu in range(38, 47))
APART = 62.0
"""Half the distance between the two shoes' centre lines, mm."""


def product() -> DemoProduct:
    shoe = _shoe()
    parts = []
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for name, surfaces in shoe.items():
            placed = [
                (slot, (s if sign > 0 else s.mirrored()).turned("y", 5.0 * sign).moved(sign * APART))
                for slot, s in surfaces
            ]
            parts.append(Part(f"{name}_{side}", placed))
    ways = [
        Colourway(
            Variant(label=label, sku=f"SNK-COURT-{code}", swatch=swatch, sizes=SIZES),
            {
                "upper": pbr(f"leather {code.lower()}", hide, roughness=1.0, maps=leather(roughness=0.52, cell_mm=0.8)),
                "overlay": cloth(f"suede {code.lower()}", nap, suede()),
                "sole": dull(pbr(f"rubber {code.lower()}", rubber, roughness=1.0, maps=gum()), specular=0.7),
                "tread": dull(pbr(f"outsole {code.lower()}", out, roughness=1.0, maps=tread()), specular=0.6),
                "lace": cloth(f"lace {code.lower()}", lace, webbing(tile_mm=9.0)),
                "thread": cloth(f"thread {code.lower()}", thread, canvas()),
            },
        )
        for label, code, swatch, hide, nap, rubber, out, lace, thread in (
            ("Bone & olive", "BON", BONE, CHALK, OLIVE, "#efe8da", "#b98a58", CHALK, "#d9d0bd"),
            ("Clay & bone", "CLA", CLAY, BONE, CLAY, "#efe8da", "#b98a58", BONE, "#d9a685"),
            ("Olive", "OLI", OLIVE, OLIVE, "#55542f", "#e9e0cd", "#8a5f3a", SAND, "#a3a077"),
            ("Ink & stone", "INK", INK, INK, STONE, "#ece7dd", INK, "#3c4258", "#8a90a5"),
            ("Rust & espresso", "RUS", RUST, RUST, ESPRESSO, "#e9dcc6", TOBACCO, BONE, "#d08a5e"),
        )
    ]
    shared: dict[str, Finish] = {
        "lining": cloth("lining", "#d5cab5", linen(tile_mm=24.0), double_sided=True),
        "metal": metal("eyelets", "#c9bfae", maps=satin_metal(roughness=0.3)),
        "shadow": pbr("eyelet shadow", "#100e0d", roughness=0.9),
    }
    made = assemble("court-sneaker", parts, ways, shared=shared)

    turn = rotation("y", 5.0)

    def on_left(point: F64) -> F64:
        return np.asarray(turn @ point + [APART, 0.0, 0.0])

    mirror = np.array([-1.0, 1.0, 1.0])
    places = {
        "heel": np.array([0.0, SOLE + 5, -134.0]),
        "toe": np.array([2.0, SOLE + 14, 131.0]),
        "ankle": np.array([0.0, 100.0, -88.0]),
        "ball": np.array([2.0, SOLE + 5, 60.0]),
    }
    anchors = []
    for name, point in places.items():
        way = (0.0, 1.0, 0.0) if name == "ankle" else None
        anchors.append(made.anchor(f"{name}_left", on_left(point), way))
        anchors.append(made.anchor(f"{name}_right", on_left(point) * mirror, way))
    return DemoProduct(
        id="court-sneaker",
        name="Court",
        description="Low court sneakers in full-grain leather and suede on a stitched rubber cupsole.",
        category="sneaker",
        scene=made.scene,
        variants=tuple(way.variant for way in ways),
        dimensions_m=made.dimensions_m,
        placement="shelf",
        price_minor={"EUR": 13900, "USD": 14900, "GBP": 11900},
        anchors=tuple(anchors),
        hotspots=(
            made.hotspot("sole_left", on_left(np.array([48.0, 14.0, 60.0])), "Cupsole, stitched all the way round"),
            made.hotspot("laces_left", on_left(np.array([0.0, 104.0, -10.0])), "Flat waxed cotton laces"),
        ),
        wearable={
            "kind": "shoe",
            "pair": True,
            "size": "42",
            "size_eu": 42,
            "foot_length_mm": 265,
            "inner_length_mm": 274,
            "ball_girth_mm": 250,
            "sole_mm": SOLE,
            "sizes": {eu: {"foot_length_mm": round((int(eu) - 2) * 6.667 - 1.5)} for eu in SIZES},
        },
    )


def _shoe() -> dict[str, Surfaces]:
    threads: list[Shape] = []
    overlays = []
    for outline, lift in _overlays():
        body, row = _overlay(outline, lift)
        overlays.append(body)
        threads.append(row)
    eyes, holes = _eyelets()
    return {
        "sole": [*_sole(), ("thread", _sole_row())],
        "upper": [("upper", _upper_shell()), ("lining", _lining()), ("lining", _insole())],
        "overlays": [("overlay", o) for o in overlays],
        "stitching": [("thread", t) for t in (*threads, *_topline_rows())],
        "collar": [("lining", _collar())],
        "tongue": _tongue(),
        "eyelets": [("metal", eyes), ("shadow", holes)],
        "laces": [("lace", s) for s in _laces()],
        "heel_loop": [("lace", _heel_loop())],
    }


def _round(samples: int) -> F64:
    """``k`` at about even steps of the feather line, closed."""
    fine = np.linspace(0, COUNT, 1600)
    ring = feather(fine)
    along = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(ring, axis=0), axis=1))]
    return np.interp(np.linspace(0, along[-1], samples + 1), along, fine)


def _facing(shape: Shape) -> Shape:
    """Faces turned to agree with the normals."""
    c = shape.points[shape.faces]
    agree = (np.cross(c[:, 1] - c[:, 0], c[:, 2] - c[:, 0]) * shape.normals[shape.faces].sum(axis=1)).sum()
    return shape if agree > 0 else Shape(shape.points, shape.faces[:, ::-1], shape.normals, shape.uvs)


def _upper_shell() -> Shape:
    k, t = _round(84), np.linspace(0.0, 1.0, 18)
    kk, tt = np.meshgrid(k, t)
    points = upper(kk, tt)
    girth = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(points[8], axis=0), axis=1))]
    rise = np.concatenate([np.zeros((1, len(k))), np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=2), axis=0)])
    uvs = np.stack([np.broadcast_to(girth, rise.shape), -rise], axis=2)
    shell = _facing(sheet(points, normal(kk, tt), uvs=uvs))
    lip = np.stack([points[-1], points[-1] - 1.8 * normal(k, np.ones_like(k))])
    up = np.broadcast_to(np.array([0.0, 1.0, 0.0]), lip.shape)
    return merge([shell, _facing(sheet(lip, up))])


def _lining() -> Shape:
    k, t = _round(56), np.linspace(0.02, 1.0, 8)
    kk, tt = np.meshgrid(k, t)
    n = normal(kk, tt)
    return _facing(sheet(upper(kk, tt) - 2.0 * n, -n))


def _insole() -> Shape:
    k = _round(48)[:-1]
    ring = feather(k, out=-1.0) + [0, 5.0, 0]
    rows = [
        ring.mean(axis=0) * [0, 1, 0] + (ring - [0, 1, 0] * ring.mean(axis=0)) * [s, 1, 1 if s == 1 else 0.3 + 0.7 * s]
        for s in (1.0, 0.75, 0.4, 0.05)
    ]
    points = np.stack(rows)
    up = np.broadcast_to(np.array([0.0, 1.0, 0.0]), points.shape)
    return _facing(sheet(points, up, uvs=None, closed=True))


def _sole() -> Surfaces:
    """Cupsole: bevelled foot, wall with a rolled top, toe bumper, and the tread underneath."""
    k = _round(104)[:-1]
    #        out from the feather, height above the ground (before spring)
    profile = np.array(
        [
            (0.6, 0.0),
            (2.6, 0.5),
            (3.6, 2.2),
            (3.9, 6.0),
            (3.5, 7.0),
            (3.5, 7.8),
            (3.9, 8.8),
            (3.6, 17.0),
            (3.2, 22.0),
            (2.9, SOLE - 3.0),
            (2.3, SOLE - 1.0),
            (1.2, SOLE - 0.2),
            (0.2, SOLE - 0.4),
            (-1.6, SOLE - 2.2),
        ]
    )
    rows = []
    for out, y in profile:
        ring = feather(k, out=float(out))
        lift = spring(ring[:, 2])
        fade = y / SOLE  # the wall is lower at the toe: the ground side springs more than the feather side
        ring[:, 1] = y + lift * (0.86 + 0.14 * fade)
        rows.append(ring)
    points = np.stack(rows)
    girth = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(np.concatenate([points[5], points[5][:1]]), axis=0), axis=1))]
    along = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(profile, axis=0), axis=1))]
    uvs = np.stack(np.meshgrid(girth, -along), axis=2)
    wall = sheet(points, uvs=uvs, closed=True)
    flat = np.stack([points[0, :, 0], 0 * points[0, :, 0], points[0, :, 2]], axis=1)
    outward = (wall.normals.reshape(len(profile), -1, 3)[7, :-1] * unit(flat)).sum()
    if outward < 0:
        wall = Shape(wall.points, wall.faces[:, ::-1], -wall.normals, wall.uvs)
    ring = points[0]
    centre = ring * [0.0, 1.0, 1.0]
    under = np.stack([ring, ring + 0.5 * (centre - ring), centre])
    tread_uv = np.stack([under[..., 0], under[..., 2]], axis=2)
    tread_uv = np.concatenate([tread_uv, tread_uv[:, :1]], axis=1)
    down = np.broadcast_to(np.array([0.0, -1.0, 0.0]), under.shape)
    bottom = _facing(sheet(under, down, uvs=tread_uv, closed=True))
    return [("sole", with_normals(wall, crease_deg=46)), ("tread", bottom), ("sole", _bumper())]


def _bumper() -> Shape:
    """The ridged strip round the toe."""
    k = np.linspace(-2.6, 2.6, 70)
    rows = []
    for out, y in ((3.7, 9.4), (4.9, 10.2), (5.0, 15.4), (3.7, 16.2)):
        ring = feather(k, out=out)
        ring[:, 1] = y + spring(ring[:, 2]) * (0.86 + 0.14 * y / SOLE)
        rows.append(ring)
    shape = sheet(np.stack(rows))
    middle = shape.points[len(shape.points) // 2]
    out_way = unit(middle * [1, 0, 1])
    flip = shape.normals[len(shape.points) // 2] @ out_way < 0
    return Shape(shape.points, shape.faces[:, ::-1], -shape.normals, shape.uvs) if flip else shape


def _sole_row() -> Shape:
    k = _round(240)[:-1]
    ring = feather(k, out=3.15)
    ring[:, 1] = SOLE - 5.0 + spring(ring[:, 2])
    away = unit((feather(k, out=5.0) - feather(k, out=1.0)) * [1, 0, 1])
    return stitches(ring, away, pitch=5.0, length=4.0, width=1.1, height=0.6, closed=True)


FLAT = 30.0
"""Outlines of overlays are drawn with k × FLAT across and t × FLAT × 3 up, roughly millimetres."""


def _overlays() -> list[tuple[F64, float]]:
    """(outline in (k, t), lift mm): toe cap, two eyestays, heel counter, heel tab."""
    toe = [(-2.9, 0.0), (2.9, 0.0), (2.55, 0.16), (1.5, 0.34), (0, 0.42), (-1.5, 0.34), (-2.55, 0.16)]
    stay = [(0.9, 0.985), (1.2, 0.80), (2.3, 0.72), (4.0, 0.70), (5.4, 0.68), (6.0, 0.72), (6.3, 0.985)]
    counter = [(7.4, 0.0), (12.6, 0.0), (12.3, 0.30), (11.3, 0.52), (10.5, 0.80), (9.5, 0.80), (8.7, 0.52), (7.7, 0.30)]
    out = []
    for corners, lift, radius in (
        (toe, 0.9, 0.25),
        (stay, 1.0, 0.2),
        ([(COUNT - k, t) for k, t in stay][::-1], 1.0, 0.2),
        (counter, 0.9, 0.25),
    ):
        flat = np.array(corners) * [FLAT, FLAT * 3]
        smooth = rounded_polygon(flat if area(flat) > 0 else flat[::-1], radius * FLAT)
        out.append((smooth, lift))
    return out


def _overlay(outline: F64, lift: float) -> tuple[Shape, Shape]:
    thickness = 1.1
    body = plate(outline, thickness, bevel=0.5, step=4.4, grid_mm=9.0)

    def warp(points: F64) -> F64:
        k, t = points[:, 0] / FLAT, np.clip(points[:, 1] / (FLAT * 3), 0.0, 0.995)
        return np.asarray(upper(k, t, lift=points[:, 2] + thickness / 2 + lift - 0.9))

    made = body.warped(warp, crease_deg=50)
    c = made.points[made.faces]
    centre = c.mean(axis=(0, 1))
    volume = np.einsum("ij,ij->i", c[:, 0] - centre, np.cross(c[:, 1] - centre, c[:, 2] - centre)).sum()
    made = made if volume > 0 else made.flipped()
    line = resample(offset(outline, -2.2), int(len(outline) * 8), closed=True)
    line = line[(line[:, 1] > 3.5)]
    gaps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    start = int(gaps.argmax()) + 1 if gaps.max() > 4 * np.median(gaps) else 0
    line = np.roll(line, -start, axis=0)
    top = np.column_stack([line, np.full(len(line), thickness / 2)])
    path = warp(top)
    out = normal(line[:, 0] / FLAT, np.clip(line[:, 1] / (FLAT * 3), 0, 0.995))
    return made, stitches(path, out, pitch=3.0, length=2.3, width=0.75, height=0.4)


def _topline_rows() -> list[Shape]:
    k = np.linspace(7.0, 13.0, 120)
    t = np.full(120, 0.88)
    return [stitches(upper(k, t, lift=0.1), normal(k, t), pitch=3.0, length=2.3, width=0.75, height=0.4)]


def _collar() -> Shape:
    """The padded edge round the ankle."""
    k = np.linspace(6.4, 13.6, 44)
    one = np.ones_like(k)
    path = upper(k, one) - 5.6 * normal(k, one) + [0, -1.0, 0]
    size = np.interp(np.abs(k - 10.0), [0, 2.4, 3.6], [1.0, 1.0, 0.55])
    return sweep(path, superellipse(9.0, 10.0, power=2.2, samples=10), scale=size, up=(0, 1, 0), round_ends_mm=3.0)


def _tongue() -> Surfaces:
    path = spline([(0.5, 70, 52), (0.5, 80, 32), (0.3, 96, 4), (0, 112, -22), (0, 127, -41), (0, 142, -53)], 26)
    s = np.linspace(0, 1, 26)
    size = np.stack(
        [
            np.interp(s, [0, 0.2, 0.72, 1], [0.46, 0.52, 0.62, 0.88]),
            np.interp(s, [0, 0.4, 0.9, 1], [0.6, 0.8, 1.25, 1.1]),
        ],
        axis=1,
    )
    pad = sweep(path, rounded_rectangle(66, 6.5, 3.0, arc_steps=2), scale=size, up=(0, 1, 0.3), round_ends_mm=3.0)
    dense_across = 0.0105

    def arch(points: F64) -> F64:
        p = points.copy()
        p[:, 1] -= dense_across * points[:, 0] ** 2
        p[:, 2] -= 0.35 * dense_across * points[:, 0] ** 2
        return p

    fine = _split_wide(pad)
    label = plate(rounded_rectangle(21, 14, 2), 1.2, bevel=0.4, step=2.5).turned("x", -38).moved(0, 134.3, -40.6)
    return [("upper", with_normals(Shape(arch(fine.points), fine.faces, fine.normals, fine.uvs))), ("overlay", label)]


def _split_wide(shape: Shape) -> Shape:
    """Long triangles halved across X three times, so that the tongue can arch."""
    points, uvs, faces = shape.points, shape.uvs, shape.faces
    for _ in range(3):
        edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
        unique, index = np.unique(edges, axis=0, return_inverse=True)
        long = np.abs(points[unique[:, 0], 0] - points[unique[:, 1], 0]) > 9.0
        middle = np.where(long, len(points) + np.cumsum(long) - 1, -1)
        e = middle[index.reshape(3, -1)].T
        points = np.concatenate([points, points[unique[long]].mean(axis=1)])
        uvs = np.concatenate([uvs, uvs[unique[long]].mean(axis=1)])
        faces = _bisected(faces, e)
    return Shape(points, faces, np.zeros_like(points), uvs)


def _bisected(faces: I64, mid: I64) -> I64:
    """Faces with new points on some edges: every case of none to three is cut without T-junctions."""
    out = []
    has = mid >= 0
    count = has.sum(axis=1)
    out.append(faces[count == 0])
    for shift in range(3):
        f, m, h = np.roll(faces, -shift, axis=1), np.roll(mid, -shift, axis=1), np.roll(has, -shift, axis=1)
        one = (count == 1) & h[:, 0]
        out += [
            np.stack([f[one, 0], m[one, 0], f[one, 2]], axis=1),
            np.stack([m[one, 0], f[one, 1], f[one, 2]], axis=1),
        ]
        two = (count == 2) & h[:, 0] & h[:, 1]
        out += [
            np.stack([m[two, 0], f[two, 1], m[two, 1]], axis=1),
            np.stack([f[two, 0], m[two, 0], m[two, 1]], axis=1),
            np.stack([f[two, 0], m[two, 1], f[two, 2]], axis=1),
        ]
    three = count == 3
    f, m = faces[three], mid[three]
    out += [np.stack([f[:, i], m[:, i], m[:, i - 1]], axis=1) for i in range(3)]
    out.append(m)
    return np.concatenate(out)


def _eye_places() -> tuple[F64, F64, F64]:
    """(places, normals, k) of both rows of eyelets, lateral first."""
    k = np.concatenate([EYELETS, COUNT - EYELETS])
    t = np.full(len(k), 0.90)
    return upper(k, t, lift=1.3), normal(k, t), k


def _eyelets() -> tuple[Shape, Shape]:
    where, up, _ = _eye_places()
    along = np.tile([0.0, 0.0, 1.0], (len(where), 1))
    ring = torus(2.9, 0.8, segments=14, sides=5)
    hole = disc(2.5, segments=10)
    return strung(ring, where, along=along, up=up), strung(hole, where + 0.15 * up, along=along, up=up)


def _laces() -> list[Shape]:
    where, up, _ = _eye_places()
    n = len(EYELETS)
    lateral, medial = where[:n], where[n:]
    over = unit(np.array([0.0, 1.0, 0.42]))
    out = []
    flat = superellipse(6.4, 1.9, power=2.6, samples=8)

    def band(a: F64, b: F64, up_a: F64, up_b: F64, rise: float) -> Shape:
        knots = [
            a - 2.0 * up_a,
            a + 1.6 * up_a,
            0.75 * a + 0.25 * b + rise * over,
            0.5 * (a + b) + (rise + 1.5) * over,
            0.25 * a + 0.75 * b + rise * over,
            b + 1.6 * up_b,
            b - 2.0 * up_b,
        ]
        return sweep(spline(knots, 15), flat, up=tuple(over), caps=True)

    out.append(band(lateral[0], medial[0], up[0], up[n], 2.0))
    for i in range(n - 1):
        out.append(band(lateral[i], medial[i + 1], up[i], up[n + i + 1], 3.6))
        out.append(band(medial[i], lateral[i + 1], up[n + i], up[i + 1], 2.0))
    knot = 0.5 * (lateral[-1] + medial[-1]) + 9.0 * over
    out.append(band(lateral[-1], medial[-1], up[n - 1], up[-1], 4.5))
    out.append(
        sweep(
            knot + np.array([[-6.0, -1, 0], [0, 1.2, 0], [6.0, -1, 0]]),
            superellipse(8.5, 7.0, samples=14),
            up=(0, 0, 1),
            round_ends_mm=2.5,
        )
    )
    for sign in (1.0, -1.0):
        loop = knot + np.array(
            [
                [0, 0, 0],
                [13 * sign, 5, 5],
                [25 * sign, 2, 11],
                [33 * sign, -8, 13],
                [29 * sign, -12, 19],
                [16 * sign, -5, 14],
                [2 * sign, -1, 3],
            ]
        )
        tail = knot + np.array(
            [
                [0, -1, 1],
                [9 * sign, -1, 9],
                [17 * sign, -8, 24],
                [21 * sign, -17, 30],
                [26 * sign, -26, 34],
                [29 * sign, -33, 36],
            ]
        )
        thin = superellipse(5.4, 1.8, power=2.6, samples=8)
        out.append(sweep(spline(loop, 30), thin, up=(0, 1, 0)))
        out.append(sweep(spline(tail, 20), thin, up=(0, 1, 0)))
        end = spline(tail, 40)[-4:]
        out.append(
            sweep(
                np.concatenate([end, end[-1:] + 3 * (end[-1:] - end[-2:-1])]),
                superellipse(3.2, 3.0, samples=10),
                up=(0, 1, 0),
                round_ends_mm=0.8,
            )
        )
    return out


def _heel_loop() -> Shape:
    k, t = np.array([10.0]), np.array([0.97])
    top, out = upper(k, t)[0], normal(k, t)[0]
    low = upper(k, np.array([0.70]), lift=1.6)[0]
    path = spline(
        [
            low,
            upper(k, np.array([0.85]), lift=2.4)[0],
            top + 3.2 * out + [0, 4, 0],
            top + [0, 12, 3],
            top + [0, 3, 9],
            top + [0, -10, 8],
        ],
        40,
    )
    return sweep(path, rounded_rectangle(15, 1.8, 0.8, arc_steps=3), up=(0, 0, -1), round_ends_mm=0.6)
