"""
The strap of the watch: padded and tapered leather, saddle stitches, a pin buckle, two keepers, five holes.

It closes round an oval wrist whose axis is X; the long piece runs below and ends on top of the buckle piece.
"""

import numpy as np

from showroom_demo.kit.assemble import Part
from showroom_demo.kit.curve import circle, rounded_rectangle, spline
from showroom_demo.kit.shape import F64, Shape, frame, merge
from showroom_demo.kit.solid import capsule, cylinder
from showroom_demo.kit.sweep import frames, sweep, tube

WRIST_WIDTH, WRIST_DEPTH = 60.0, 44.6
BAR = 20.7
"""Distance of the spring bars from the middle of the case."""

_SHORT = [(BAR - 0.6, 24.2), (26.5, 19.6), (31.0, 8.0), (30.6, -5.0), (24.0, -16.5), (13.5, -22.9), (4.5, -24.8)]
_LONG = [
    (-BAR + 0.6, 24.2), (-26.5, 19.6), (-31.0, 8.0), (-30.6, -5.0), (-24.0, -16.8), (-12.5, -23.9), (-1.0, -27.0),
    (11.0, -26.9), (21.5, -22.0), (29.6, -13.2), (33.3, -4.0), (33.7, 3.5),
]  # fmt: skip


def piece(knots: list[tuple[float, float]], samples: int) -> tuple[F64, F64, F64, F64]:
    """Path, outward normal, tangent and (width, thickness) factors of one half of the strap."""
    path = spline([(0.0, y, z) for y, z in knots], samples)
    _, up, tangent = frames(path, up=(0, 0, 1))
    t = np.linspace(0, 1, samples)
    return path, up, tangent, t


def leather(
    knots: list[tuple[float, float]], samples: int, *, pad: float, tail: bool
) -> tuple[Shape, F64, F64, F64, F64]:
    path, up, tangent, t = piece(knots, samples)
    width = 20.0 - 4.0 * np.clip(t / 0.7, 0, 1)
    thickness = 2.2 + pad * np.exp(-((t / 0.42) ** 2))
    if tail:  # a rounded point
        end = np.clip((1 - t) / 0.05, 0, 1)
        width = width * np.sqrt(np.clip(1 - (1 - end) ** 2, 0.02, 1))
    # flat below, crowned above, edges rounded and painted
    profile = rounded_rectangle(1.0, 1.0, 0.2, arc_steps=4)
    top = np.linspace(0.29, -0.29, 9)
    crown = np.stack([top, 0.5 + 0.10 * (1 - (top / 0.3) ** 2)], axis=1)
    profile = np.concatenate([profile[:10], crown, profile[10:]])
    profile[:, 0] = np.sign(profile[:, 0]) * np.abs(profile[:, 0] * 2) ** 0.75 / 2
    shape = sweep(path, profile, up=(0, 0, 1), scale=np.stack([width, thickness], axis=1), round_ends_mm=0.5)
    return shape, path, up, tangent, np.stack([width, thickness], axis=1)


def stitches(path: F64, up: F64, tangent: F64, size: F64, *, first: float, last: float) -> Shape:
    """Two rows of slanted stitches, 3 mm long at 4 mm, 1.9 mm in from the edge."""
    along = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))]
    stitch = capsule(0.34, 3.0, segments=6)
    out = []
    for at in np.arange(first, along[-1] - last, 4.0):
        k = int(np.searchsorted(along, at))
        for side in (1.0, -1.0):
            place = path[k] + up[k] * (size[k, 1] * 0.49) + np.array([side * (size[k, 0] / 2 - 1.9), 0, 0])
            way = tangent[k] + np.array([0.16 * side, 0, 0])
            out.append(stitch.mapped(frame(origin=place, y=way, z=up[k])))
    return merge(out)


def strap_parts() -> list[Part]:
    """The short piece with its buckle and keepers, and the long one with its holes."""
    short, s_path, s_up, s_tangent, s_size = leather(_SHORT, 56, pad=1.9, tail=False)
    long, l_path, l_up, l_tangent, l_size = leather(_LONG, 100, pad=1.9, tail=True)
    end, outwards, onwards = s_path[-1], s_up[-1], s_tangent[-1]
    at_buckle = frame(origin=end + onwards * 3.0 + outwards * 0.8, y=onwards, z=outwards)
    loop = np.column_stack([rounded_rectangle(21.0, 12.5, 3.0, arc_steps=8), np.zeros(36)])
    buckle = sweep(loop, circle(1.15, 14), closed=True, up=(0, 0, 1))
    bar = cylinder(0.75, 19.0, bevel=0.1, segments=16).turned("z", 90).moved(x=9.5, y=-3.4)
    tongue = tube([(0, -3.4, 0.6), (0, -1.2, 2.6), (0, 2.4, 2.7), (0, 6.4, 1.4)], 0.65, sides=10, samples=24)
    fold = cylinder(1.9, 16.0, bevel=0.6, segments=24).turned("z", 90).moved(x=8.0, y=-3.4, z=-0.1)
    fittings = merge([buckle, bar, tongue]).mapped(at_buckle)

    keepers = []
    for k, width in ((30, 5.0), (41, 5.5)):
        place = frame(origin=s_path[k] + s_up[k] * 1.35, y=s_tangent[k], z=s_up[k])
        ring = np.column_stack([rounded_rectangle(18.6, 6.6, 1.7, arc_steps=6), np.zeros(28)])[:, [0, 2, 1]]
        keepers.append(sweep_band(ring, width).mapped(place))
    holes = []
    for k in range(5):
        i = 56 + 4 * k
        place = frame(origin=l_path[i] + l_up[i] * (l_size[i, 1] * 0.6 - 0.32), y=l_up[i], z=(1, 0, 0))
        holes.append(cylinder(0.85, 0.36, bevel=0.1, segments=16).mapped(place))
    thread_short = stitches(s_path, s_up, s_tangent, s_size, first=6.0, last=5.0)
    thread_long = stitches(l_path, l_up, l_tangent, l_size, first=6.0, last=9.0)
    return [
        Part("strap_short", [("leather", merge([short, fold.mapped(at_buckle), *keepers])), ("thread", thread_short)]),
        Part("strap_long", [("leather", long), ("thread", thread_long), ("hole", merge(holes))]),
        Part("buckle", [("polished", fittings)], parent="strap_short", pivot=(0.0, float(end[1]), float(end[2]))),
    ]


def sweep_band(ring: F64, width: float) -> Shape:
    """A keeper: a flat band of leather closed round the strap."""
    return sweep(ring, rounded_rectangle(1.1, width, 0.4, arc_steps=3), closed=True, up=(0, 1, 0))
