"""
How a garment ends: hems, cuffs and bands along its edges, collars and lapels about its neck, and where those edges are.

What it is not: how a strip is swept along an edge, see ``trims``.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from showroom_demo.avatars.cloth import Tailor, apart, cleared, planned
from showroom_demo.avatars.mesh import KEPT, Mask, Mesh, borders
from showroom_demo.avatars.necks import Neck
from showroom_demo.avatars.trims import Line, around_neck, panel, swept
from showroom_demo.kit.shape import F64

HEM = ((-0.014, 0.0012), (-0.001, 0.0018), (0.0015, 0.0), (0.0, -0.0022), (-0.016, -0.0036))
"""An edge turned in: a line where it is stitched, a little thick, and dark inside."""

TURN_UP = ((-0.012, 0.0006), (-0.001, 0.0022), (0.0012, 0.0), (-0.014, -0.0036))

CUFF = ((-0.034, 0.0004), (-0.033, 0.0026), (-0.001, 0.0034), (0.0015, 0.0016), (0.0, -0.001), (-0.02, -0.003))

_RIB = (
    (-0.011, -0.0006),
    (-0.003, 0.0022),
    (0.002, 0.0034),
    (0.012, 0.0034),
    (0.016, 0.0012),
    (0.010, -0.0024),
    (-0.012, -0.0060),
)


def neckband(mesh: Mesh, wide: float = 1.0, tone: float = 0.92) -> Mesh:
    """A knitted band that rounds the neck."""
    rows = tuple((a * wide, b) for a, b in _RIB)
    return kept(swept(mesh, rows, where=at_neck, tone=tone, soft_m=0.035, step_m=0.014))


def collar(
    mesh: Mesh, t: Tailor, neck: Neck, *, stand: float = 0.026, fall: float = 0.034, spread: float = 0.020,
    tone: float = 0.98, gap: float = 0.09,
) -> Mesh:  # fmt: skip
    """A turned-down collar: from the tip of its fall up over the fold, and down the inside of its stand."""
    h, tip = stand, stand - fall
    rows = (
        (h * 0.55, 0.004), (tip + 0.004, spread - 0.0035), (tip, spread), (tip + 0.003, spread + 0.0014),
        (h * 0.35, spread * 0.55), (h * 0.85, 0.0065), (h + 0.001, 0.0035), (h + 0.001, 0.0005), (h * 0.8, -0.0015),
        (0.004, -0.002), (-0.014, -0.002),
    )  # fmt: skip

    def at_round(m: Mesh) -> Mask:
        plain = m.morphs["plain"]
        apart_in_front = (np.abs(plain[:, 0]) > gap) | (plain[:, 2] < 0.2)
        return at_neck(m) & (np.abs(neck.round(plain)) < 0.05) & apart_in_front

    def longer_in_front(line: Line) -> F64:
        z = line.points[:, 2]
        front = np.clip((z - z.min()) / max(float(np.ptp(z)), 1e-6), 0, 1)
        return np.asarray(0.9 + 0.35 * front**2)

    strip = swept(
        mesh, rows, where=at_round, tone=tone, size=longer_in_front, frame=around_neck(), soft_m=0.03, step_m=0.015
    )
    return kept(cleared(apart(strip, mesh, 0.0025, within_m=0.02), t, 0.002, times=1))


def kept(mesh: Mesh) -> Mesh:
    """Marked to stay as it is in the nearest level: few triangles, and a line the eye follows."""
    return replace(mesh, morphs=mesh.morphs | {KEPT: np.ones_like(mesh.points)})


def band(mesh: Mesh, left_x: float, right_x: float, top_y: float, low_y: float, lift: float = 0.0022) -> Mesh:
    """A band down the front, x and y in metres."""
    y = np.linspace(top_y, low_y, 22)
    x = np.array([left_x - 0.001, left_x, right_x, right_x + 0.001])
    grid = np.stack(np.broadcast_arrays(x[None], y[:, None]), axis=2)
    return panel(mesh, grid, np.array([0.0, lift, lift, 0.0]))


def edge_of(mesh: Mesh, neck: Neck, sign: float, count: int) -> F64:
    """Places along one side of a plunging front, evenly from the top down, ``(count, 3)``."""
    plain = mesh.morphs["plain"]
    on = borders(mesh.faces, len(plain)) & (np.abs(neck.wedge(plain)) < 0.06) & (plain[:, 2] > 0.5)
    on &= (sign * plain[:, 0] > 0) & (plain[:, 1] > neck.v_y)
    p = mesh.points[on]
    p = p[np.argsort(-p[:, 1])]
    y = np.linspace(p[0, 1], p[-1, 1], count)
    return np.stack([np.interp(-y, -p[:, 1], p[:, k]) for k in range(3)], axis=1)


def lapels(mesh: Mesh, neck: Neck, *, wide: float, notch: float = 0.24) -> list[Mesh]:
    """Two flat panels folded back along the front's edges, notched below the collar."""
    out = []
    for sign in (1.0, -1.0):
        edge = edge_of(mesh, neck, sign, 30)
        s = np.linspace(0, 1, 30)
        width = np.interp(s, [0, notch - 0.02, notch, 0.55, 1], [0.55, 0.62, 1.0, 0.74, 0.12]) * wide
        drop = np.interp(s, [0, notch - 0.02, notch, 1], [0.0, -0.006, 0.012, 0.0])
        across = np.array([-0.03, 0.0, 0.10, 0.5, 0.97, 1.0])
        x = edge[:, :1] + sign * width[:, None] * across
        y = edge[:, 1:2] + (drop[:, None] - 0.10 * width[:, None]) * across
        out.append(panel(mesh, np.stack([x, y], axis=2), np.array([0.000, 0.0060, 0.008, 0.0070, 0.0060, 0.0005])))
    return out


def tie(shirt: Mesh) -> Mesh:
    top, _ = front_y(shirt)
    down = np.linspace(0, 1, 20)
    half = np.interp(down, [0, 0.10, 0.125, 1.0], [0.024, 0.016, 0.015, 0.037])
    lift = np.array([0.0005, 0.0035, 0.006, 0.0035, 0.0005])
    x = half[:, None] * np.array([-1.0, -0.92, 0.0, 0.92, 1.0])
    y = np.broadcast_to((top + 0.022 - 0.37 * down)[:, None], x.shape)
    tie = panel(shirt, np.stack([x, y], axis=2), lift)
    knot = np.repeat(np.interp(down, [0, 0.02, 0.09, 0.125, 0.14], [0.013, 0.018, 0.016, 0.004, 0.0]), 5)
    tie = replace(tie, points=tie.points + knot[:, None] * [0.0, 0.0, 1.0])
    return replace(tie, colors=tie.colors * [0.12, 0.16, 0.20])


def at_neck(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).plain[:, 1] > 2.9) & np.asarray(planned(mesh).is_arm < 0.3)


def at_wrist(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).is_arm > 0.5)


def at_hem(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).plain[:, 1] < 2.5) & np.asarray(planned(mesh).is_arm < 0.3)


def at_ankle(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).leg > 1.2)


def at_waist(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).plain[:, 1] > 1.2)


def at_knee(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).plain[:, 1] < -3)


def at_v(neck: Neck) -> Callable[[Mesh], Mask]:
    def chosen(mesh: Mesh) -> Mask:
        plain = mesh.morphs["plain"]
        return at_neck(mesh) & (np.abs(neck.round(plain)) >= 0.05) & (plain[:, 2] > 0.2)

    return chosen


def front_y(mesh: Mesh) -> tuple[float, float]:
    """The top and the bottom of a garment's middle in front, metres."""
    middle = (np.abs(mesh.points[:, 0]) < 0.012) & (planned(mesh).plain[:, 2] > 0.25)
    return float(mesh.points[middle, 1].max()), float(mesh.points[middle, 1].min())
