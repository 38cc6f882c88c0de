"""
A dining chair in the Danish manner, 560 × 770 × 520 mm: turned legs that lean, a steam-bent back rail, and a seat woven
of paper cord in the envelope pattern.
"""

import numpy as np

from showroom_demo.furniture.timber import timber
from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.curve import circle, rounded_rectangle, spline
from showroom_demo.kit.material import pbr
from showroom_demo.kit.palette import CHARCOAL, SAND
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import F64, Shape, merge, unit
from showroom_demo.kit.solid import cylinder
from showroom_demo.kit.sweep import grid, sweep, tube
from showroom_demo.kit.textile import paper_cord
from showroom_demo.kit.texture import matt_plastic

SEAT = 445.0
FRONT, BACK = np.array([236.0, 218.0]), np.array([186.0, -206.0])
"""x and z of the front and the back legs at seat height; the seat is wider in front."""
RAIL = 15.0


def product() -> DemoProduct:
    parts = [
        Part("frame", [("wood", s) for s in (*_legs(), *_rails())]),
        Part("back_rail", [("wood", s) for s in _back()]),
        Part("seat", [("cord", s) for s in _seat()]),
        Part("glides", [("glide", s) for s in _glides()]),
    ]
    cord, dark_cord = paper_cord(), paper_cord()
    ways = [
        Colourway(
            Variant(label=label, sku=f"CHR-LUND-{code}", swatch=swatch),
            {
                "wood": timber(f"{label.lower()} timber", species, tint),
                "cord": pbr(
                    f"paper cord {code.lower()}",
                    cord_color,
                    roughness=1.0,
                    maps=cord if cord_color != CHARCOAL else dark_cord,
                ),
            },
        )
        for label, code, swatch, species, tint, cord_color in (
            ("Soaped oak", "OAK", "#cda876", "oak", "#ece3d6", "#d8c19a"),
            ("Oiled walnut", "WAL", "#6b4a33", "walnut", "#ffffff", "#d8c19a"),
            ("Ink ash", "INK", "#2e3038", "ash", "#3a3f4d", "#cfb78f"),
            ("Olive ash", "OLV", "#5f5e3c", "ash", "#7d7b52", SAND),
            ("Black on black", "BLK", CHARCOAL, "ash", "#33312f", CHARCOAL),
        )
    ]
    shared = {"glide": pbr("glide", "#3a3733", roughness=1.0, maps=matt_plastic())}
    made = assemble("lund-chair", parts, ways, shared=shared)
    return DemoProduct(
        id="lund-chair",
        name="Lund",
        description="A light dining chair with turned legs, a steam-bent back and a hand-woven paper-cord seat.",
        category="chair",
        scene=made.scene,
        variants=tuple(way.variant for way in ways),
        dimensions_m=made.dimensions_m,
        placement="floor",
        price_minor={"EUR": 46500, "USD": 49900, "GBP": 41500},
        anchors=(made.anchor("seat", (0, SEAT + 4, 0), (0, 0, 1)),),
        hotspots=(
            made.hotspot("seat", (0, SEAT, 120), "Some 120 metres of paper cord, woven by hand"),
            made.hotspot("back_rail", (0, 735, -250), "Steam-bent from one piece, shaped to the back"),
        ),
    )


def _front_leg(sign: float) -> F64:
    x, z = FRONT
    return spline([(sign * (x + 12), 0, z + 8), (sign * (x + 6), 220, z + 4), (sign * x, SEAT + 12, z)], 26)


def _back_leg(sign: float) -> F64:
    x, z = BACK
    knots = [
        (sign * (x + 16), 0, z - 44), (sign * (x + 8), 210, z - 10), (sign * x, SEAT - 10, z),
        (sign * (x + 10), 600, z - 18), (sign * (x + 26), 752, z - 52),
    ]  # fmt: skip
    return spline(knots, 48)


def _legs() -> list[Shape]:
    out: list[Shape] = []
    for sign in (1.0, -1.0):
        for path, shape in (
            (_front_leg(sign), ([0, 0.45, 0.84, 1.0], [0.66, 0.92, 1.0, 0.96])),
            (_back_leg(sign), ([0, 0.28, 0.56, 0.8, 1.0], [0.66, 0.90, 1.0, 0.88, 0.70])),
        ):
            size = np.interp(np.linspace(0, 1, len(path)), *shape)
            size = np.convolve(np.pad(size, 4, mode="edge"), np.ones(9) / 9, mode="valid")
            leg = sweep(path, circle(18.0, 24), scale=size, up=(0, 0, 1), round_ends_mm=5.0)
            out.append(leg.uv_turned(90).uv_moved(57 * sign, 90 * len(out)))
    return out


def _rails() -> list[Shape]:
    """Seat rails inside the weave, and turned stretchers below: two at each side, one front and back."""

    def rod(a: F64, b: F64, radius: float) -> Shape:
        t = np.linspace(0, 1, 16)[:, None]
        size = 0.78 + 0.22 * np.sin(np.pi * t[:, 0])
        return sweep(a + t * (b - a), circle(radius, 16), scale=size, round_ends_mm=1.0).uv_turned(90)

    def at(path: F64, y: float) -> F64:
        return np.array([np.interp(y, path[:, 1], path[:, k]) for k in range(3)])

    left_front, right_front = _front_leg(1.0), _front_leg(-1.0)
    left_back, right_back = _back_leg(1.0), _back_leg(-1.0)
    out = []
    for front, back in ((left_front, left_back), (right_front, right_back)):
        out += [rod(at(front, y), at(back, y), 11.5) for y in (215.0, 318.0)]
    out += [
        rod(at(left_front, 282.0), at(right_front, 282.0), 11.5),
        rod(at(left_back, 262.0), at(right_back, 262.0), 11.5),
    ]
    y = SEAT - 14
    for a, b in (
        (left_front, right_front),
        (left_back, right_back),
        (left_front, left_back),
        (right_front, right_back),
    ):
        out.append(tube(np.stack([at(a, y), at(b, y)]), 12.0, sides=12, round_ends=False).uv_turned(90))
    return out


def _back() -> list[Shape]:
    """The bent top rail, wide in the middle, its ends lapping round the legs; and a slim lower rail."""
    out: list[Shape] = []
    for y, bow, tall, thick, reach in ((716.0, 58.0, 96.0, 17.0, 1.07), (556.0, 34.0, 40.0, 14.0, 0.985)):
        left = np.array([np.interp(y, _back_leg(1.0)[:, 1], _back_leg(1.0)[:, k]) for k in range(3)])
        s = np.linspace(-1, 1, 49)
        path = np.stack([reach * left[0] * s, np.full(49, y), left[2] + 4 - bow * (1 - s**2)], axis=1)
        height = 1.0 - 0.34 * np.abs(s) ** 2.2
        rail = sweep(
            path, rounded_rectangle(thick, tall, 6.5, arc_steps=5), scale=np.stack([1.0 - 0.12 * s**2, height], axis=1),
            up=(0, 1, 0), round_ends_mm=6.0,
        )  # fmt: skip
        lean = np.arctan2(34.0, 150.0) * 180 / np.pi
        centre = path.mean(axis=0)
        out.append(rail.moved(*-centre).turned("x", -lean).moved(*centre).uv_turned(90).uv_moved(0, y))
    return out


def _seat() -> list[Shape]:
    """Four panels of cord that come up over the rails and meet on the diagonals, lower in the middle."""
    corner = {
        "fl": (FRONT[0], FRONT[1]), "fr": (-FRONT[0], FRONT[1]), "bl": (BACK[0], BACK[1]), "br": (-BACK[0], BACK[1]),
    }  # fmt: skip
    ridge_left, ridge_right = np.array([26.0, 4.0]), np.array([-26.0, 4.0])
    panels = [
        ("fr", "fl", ridge_right, ridge_left),
        ("bl", "br", ridge_left, ridge_right),
        ("fl", "bl", ridge_left, ridge_left),
        ("br", "fr", ridge_right, ridge_right),
    ]
    return [_panel(np.array(corner[a]), np.array(corner[b]), end_a, end_b) for a, b, end_a, end_b in panels]


def _panel(a: F64, b: F64, end_a: F64, end_b: F64) -> Shape:
    """From corner ``a`` to ``b`` along one rail (left to right seen from outside), in to the ridge."""
    columns, rows = 41, 15
    s = np.linspace(0, 1, columns)[None, :, None]
    rail, ridge = a + s * (b - a), end_a + s * (end_b - end_a)
    out = np.append(unit(np.array([(a - b)[1], 0.0, -(a - b)[0]]))[[0, 2]], 0)[:2]
    if out @ (a + b) < 0:
        out = -out
    # round the rail: from under it, over the outside, to the top
    turn = np.radians(np.linspace(-95, 90, 10))[:, None, None]
    wrap_flat = rail + (RAIL + 1.5) * np.cos(turn) * out
    wrap_y = (SEAT - 14) + (RAIL + 1.5) * np.sin(turn[..., 0]) + 0 * s[..., 0]
    t = np.linspace(0, 1, rows)[1:, None, None]
    flat = rail + t * (ridge - rail)
    dip = -16.0 * np.sin(0.5 * np.pi * t[..., 0]) ** 1.4 * np.sin(np.pi * np.clip(s[..., 0], 0.02, 0.98)) ** 0.5
    # cord piles up towards the diagonals: a shallow valley between the panels
    valley = -2.6 * np.exp(-(((np.minimum(s, 1 - s)[..., 0] * np.linalg.norm(b - a) * (1 - t[..., 0])) / 7.0) ** 2))
    top_y = (SEAT - 14) + RAIL + 1.5 + dip + valley
    plane = np.concatenate([wrap_flat, flat])
    y = np.concatenate([wrap_y, top_y])
    points = np.stack([plane[..., 0], y, plane[..., 1]], axis=2)
    along = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(points[:, columns // 2], axis=0), axis=1))]
    width = np.linalg.norm(b - a)
    u = (s[..., 0] - 0.5) * np.concatenate([np.full(10, width), np.linalg.norm(flat[:, -1] - flat[:, 0], axis=1)])[
        :, None
    ]
    uvs = np.stack(np.broadcast_arrays(u, along[:, None]), axis=2)
    shape = grid(points, uvs=uvs, crease_deg=75)
    corners = shape.points[shape.faces]
    upward = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 1].sum()
    return shape if upward > 0 else shape.flipped()


def _glides() -> list[Shape]:
    out = []
    for sign in (1.0, -1.0):
        for path in (_front_leg(sign), _back_leg(sign)):
            x, _, z = path[0]
            out.append(cylinder(8.5, 6.0, bevel=1.2, segments=20).moved(x, -8.0, z))
    return [merge(out)]
