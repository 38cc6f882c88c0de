"""
A round dining table for four to six, Ø 1,200 × 740 mm: a solid top of seven boards with a knife edge, four splayed legs
let into a bent apron.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from showroom_demo.furniture.timber import end_grain, timber
from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.curve import fillet, superellipse
from showroom_demo.kit.material import dull, metal
from showroom_demo.kit.palette import BLACK_STEEL
from showroom_demo.kit.product import DemoProduct, Variant
from showroom_demo.kit.shape import F64, Shape, merge
from showroom_demo.kit.solid import cylinder, plate
from showroom_demo.kit.sweep import lathe, sweep
from showroom_demo.kit.texture import satin_metal

RADIUS, HEIGHT, TOP = 600.0, 740.0, 30.0
BOARDS = 7


def product() -> DemoProduct:
    flat, ends = _top()
    legs = _legs()
    parts = [
        Part("top", [("wood", flat), ("end", ends), ("under", _underside())]),
        Part("apron", [("wood", _apron())]),
        *[Part(f"leg_{k + 1}", [("wood", leg), ("foot", foot)]) for k, (leg, foot) in enumerate(legs)],
        Part("stretchers", [("wood", _stretchers())]),
    ]
    ways = [
        Colourway(
            Variant(label=label, sku=f"TBL-ORLO-{code}", swatch=swatch),
            {
                "wood": timber(f"{label.lower()} timber", species, tint),
                "end": end_grain(f"{label.lower()} end grain", species, tint),
                "under": dull(timber(f"{label.lower()} underside", species, tint), specular=0.25),
            },
        )
        for label, code, swatch, species, tint in (
            ("Natural oak", "OAK", "#cda876", "oak", "#e9ddcd"),
            ("Oiled walnut", "WAL", "#6b4a33", "walnut", "#ffffff"),
            ("White-washed ash", "ASH", "#e2d6bf", "ash", "#fff8ee"),
            ("Ink-stained ash", "INK", "#2e3038", "ash", "#3c414f"),
        )
    ]
    shared = {"foot": metal("blackened steel", BLACK_STEEL, maps=satin_metal(roughness=0.34))}
    made = assemble("orlo-table", parts, ways, shared=shared)
    return DemoProduct(
        id="orlo-table",
        name="Orlo",
        description="A round solid-wood dining table with a knife-edge top, splayed legs and a bent apron.",
        category="table",
        scene=made.scene,
        variants=tuple(way.variant for way in ways),
        dimensions_m=made.dimensions_m,
        placement="floor",
        price_minor={"EUR": 129000, "USD": 139000, "GBP": 112000},
        anchors=(made.anchor("top_centre", (0, HEIGHT, 0), (0, 1, 0)),),
        hotspots=(
            made.hotspot("top", (200, HEIGHT, 200), "Seven boards, matched for grain, oiled and waxed"),
            made.hotspot("leg_1", (360, 400, 360), "Splayed legs, let into a steam-bent apron"),
        ),
    )


def _top() -> tuple[Shape, Shape]:
    """Boards with the finest V between them, the grain along X; the rim's end grain apart from its long grain."""
    edges = np.linspace(-RADIUS, RADIUS, BOARDS + 1)
    shift = np.random.default_rng(3).uniform(0, 400, (BOARDS, 2))
    boards = []
    for k, (low, high) in enumerate(pairwise(edges)):
        a0, a1 = np.arcsin(low / RADIUS), np.arcsin(high / RADIUS)
        right = np.linspace(a0, a1, 40)
        arc = RADIUS * np.stack([np.cos(right), np.sin(right)], axis=1)
        outline = np.concatenate([arc, arc[::-1] * [-1, 1]])
        outline = outline[np.r_[True, np.linalg.norm(np.diff(outline, axis=0), axis=1) > 1e-6]]
        if np.linalg.norm(outline[0] - outline[-1]) < 1e-6:
            outline = outline[:-1]
        edge = [(0.0, 1.1), (0.12, 0.7), (0.4, 0.3), (1.0, 0.0)]
        board = plate(outline, TOP, edge=edge, step=14.0, grid_mm=110.0, crease_deg=14)
        boards.append(board.turned("x", -90).moved(0, HEIGHT - TOP / 2, 0).uv_moved(*shift[k]))
    whole = merge(boards)
    facing = np.abs(whole.normals[whole.faces].mean(axis=1))
    outer = np.hypot(*whole.points[whole.faces].mean(axis=1)[:, [0, 2]].T) > RADIUS - 6
    is_end = outer & (facing[:, 0] > 0.36) & (facing[:, 1] < 0.7)
    return _faces(whole, ~is_end), _faces(whole, is_end)


def _faces(shape: Shape, keep: npt.NDArray[np.bool_]) -> Shape:
    used, index = np.unique(shape.faces[keep], return_inverse=True)
    return Shape(shape.points[used], index.reshape(-1, 3).astype(np.int64), shape.normals[used], shape.uvs[used])


def _underside() -> Shape:
    """The long bevel that makes the edge look thin."""
    profile = fillet([(470, HEIGHT - TOP - 26), (RADIUS - 30, HEIGHT - TOP - 4), (RADIUS - 2, HEIGHT - TOP + 1.5)], 8)
    inner = np.array([[380.0, HEIGHT - TOP - 26.0]])
    return lathe(np.concatenate([inner, profile]), segments=96)


def _apron() -> Shape:
    profile = [
        (404, HEIGHT - TOP - 92),
        (424, HEIGHT - TOP - 92),
        (424, HEIGHT - TOP - 20),
        (404, HEIGHT - TOP - 20),
        (404, HEIGHT - TOP - 92),
    ]
    closed = fillet([(404, HEIGHT - TOP - 60), *profile[:1], *profile[1:4], (404, HEIGHT - TOP - 60)], 3.0)
    return lathe(closed, segments=96)


def _leg_line(angle: float) -> F64:
    """From the top's underside to the floor, splaying outwards with a slow bow."""
    t = np.linspace(0, 1, 28)
    out = 394 + 96 * t + 10 * np.sin(np.pi * t)
    y = (HEIGHT - TOP - 18) * (1 - t) + 10 * t
    return np.stack([out * np.cos(angle), y, out * np.sin(angle)], axis=1)


def _legs() -> list[tuple[Shape, Shape]]:
    legs = []
    for k in range(4):
        angle = np.pi / 4 + k * np.pi / 2
        path = _leg_line(angle)
        t = np.linspace(0, 1, len(path))
        size = np.interp(t, [0, 0.16, 1], [1.0, 0.98, 0.56])
        leg = sweep(
            path,
            superellipse(62, 46, power=3.0, samples=32),
            scale=size,
            up=(np.cos(angle), 0.0, np.sin(angle)),
            round_ends_mm=1.5,
        )
        x, _, z = path[-1]
        foot = cylinder(13.0, 11.0, bevel=1.5, segments=28).moved(x, 0, z)
        legs.append((leg.uv_turned(90).uv_moved(97.0 * k, 61.0 * k), foot))
    return legs


def _stretchers() -> Shape:
    """A low cross, halved at the middle, that bows gently upwards."""
    bars = []
    for k, drop in ((0, 0.0), (1, -2.0)):
        angle = np.pi / 4 + k * np.pi / 2
        reach = 452.0
        s = np.linspace(-1, 1, 41)
        y = 214 + 34 * (1 - s**2) + drop
        path = np.stack([reach * s * np.cos(angle), y, reach * s * np.sin(angle)], axis=1)
        size = np.interp(np.abs(s), [0, 1], [1.0, 0.72])
        bars.append(
            sweep(path, superellipse(34, 26, power=3.2, samples=24), scale=size, up=(0, 1, 0))
            .uv_turned(90)
            .uv_moved(33, 120 * k)
        )
    return merge(bars)
