"""
The six outfits, as cuts and measures: which part of the tights each garment is, how loose it hangs, how it ends.

An outfit is cloth and shoes with what skin they leave bare below the neck; the head is the body's own file.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from showroom_demo.avatars.cloth import (
    Tailor,
    apart,
    cleared,
    evened,
    folded,
    hung,
    piece,
    planned,
    softened,
    tube,
    uncovered,
)
from showroom_demo.avatars.mesh import KEPT, Mask, Mesh, Region, borders, cut, joined, smoothed, with_normals
from showroom_demo.avatars.shoes import FLAT, LEATHER, SNEAKER, Last, along, inside, shoes, vamp
from showroom_demo.avatars.trims import Line, around_neck, panel, swept
from showroom_demo.kit.shape import F64

TINTS = ["top", "bottom"]


def neckline(plain: F64) -> F64:
    """Positive on the head's side of the line where head and body are two files; decimetres."""
    return np.asarray(plain[:, 1] - (5.72 - 0.42 * plain[:, 2]) - 3.0 * np.maximum(np.abs(plain[:, 0]) - 1.25, 0))


@dataclass(frozen=True, slots=True)
class Neck:
    """
    A neck opening on the neutral body, decimetres: an ellipsoid about the base of the neck, whose cut is a round line
    on any body, and a wedge in front that comes to a point at ``v_y`` and widens by ``v_slope``.
    """

    wide: float
    tall: float
    front: float
    back: float
    v_y: float = 9.0
    v_slope: float = 0.36

    def round(self, plain: F64) -> F64:
        """Positive outside."""
        z = plain[:, 2] - 0.2
        deep = np.where(z > 0, self.front, self.back)
        share = np.clip((plain[:, 2] + 0.35) / 0.6, 0, 1)
        share = share * share * (3 - 2 * share)
        tall = self.tall * (0.48 + 0.52 * share)  # flat behind, or the cut would run along the back
        square = (plain[:, 0] / self.wide) ** 2 + ((plain[:, 1] - 5.95) / tall) ** 2 + (z / deep) ** 2
        return np.asarray(np.sqrt(square) - 1.0)

    def wedge(self, plain: F64) -> F64:
        """Positive outside."""
        half = np.where(plain[:, 1] > self.v_y, self.v_slope * (plain[:, 1] - self.v_y), plain[:, 1] - self.v_y)
        return np.asarray(np.abs(plain[:, 0]) - half + np.maximum(0.25 - plain[:, 2], 0) * 8.0)

    def bare(self, plain: F64, margin: float = 0.20) -> F64:
        """Positive on skin seen in the opening, and some way beneath its edge."""
        return np.asarray(np.maximum(margin - self.round(plain), 0.8 * margin - self.wedge(plain)))


_CREW = Neck(0.90, 0.82, 0.98, 0.86)
_TEE = Neck(1.00, 0.92, 1.04, 0.88)
_SCOOP = Neck(1.22, 1.12, 1.18, 0.94)
_SHIRT = Neck(0.76, 0.64, 0.84, 0.80)
_OPEN_SHIRT = Neck(0.80, 0.66, 0.86, 0.80, v_y=4.75, v_slope=0.42)
_JACKET = Neck(0.90, 0.78, 1.00, 0.84, v_y=3.15, v_slope=0.34)
_TRUCKER = Neck(0.88, 0.76, 0.98, 0.84, v_y=3.75, v_slope=0.42)


def _sleeve(mesh: Mesh, to: float) -> F64:
    plan = planned(mesh)
    return np.asarray(np.where(plan.is_arm > 0.5, to - plan.arm, np.clip(to - plan.arm, 0.2, 1.0)))


def _top(t: Tailor, *, hem_y: float, sleeve: float, neck: Neck, region: Region = Region.TOP) -> Mesh:
    """A top's cut: hem height, sleeve length, opening of the neck."""
    plain = t.tights_plan.plain
    sides = [plain[:, 1] - hem_y, _sleeve(t.tights, sleeve), neck.round(plain)]
    if neck.v_y < 9:
        sides.append(neck.wedge(plain) * np.where(t.tights_plan.is_arm > 0.3, 0.0, 1.0) + (t.tights_plan.is_arm > 0.3))
    return piece(t.tights, *sides, region=region)


def _loose(
    mesh: Mesh,
    t: Tailor,
    *,
    clear: float,
    sleeve: tuple[float, ...],
    taper: float,
    folds: float,
    smooth: int = 8,
    hem: float = 1.0,
    seed: int = 0,
    region: Region = Region.TOP,
) -> Mesh:
    mesh = evened(mesh)
    plan = planned(mesh)
    mesh = softened(mesh, smooth * 4, share=0.6)
    mesh = replace(mesh, weights=smoothed(mesh.weights, mesh.faces, times=10))
    arm = np.clip(plan.is_arm * 2 - 0.6, 0, 1)
    reach = float(plan.arm[plan.is_arm > 0.5].max()) - 0.12  # a short sleeve shows the arm at its end
    over = 0.011 * np.clip((1.1 - plan.plain[:, 1]) / 0.6, 0, 1)  # the waistband is beneath
    high = np.clip((plan.plain[:, 1] - 4.6) / 0.8, 0, 1)  # cloth lies on the shoulders
    clear_by = clear + high * (min(clear, 0.008 if region == Region.TOP else 0.010) - clear)
    # the bind pose lifts the arms: when they hang, what lies on the deltoid comes out as a corner, so it is let in
    drop = np.exp(-(((plan.arm - 0.10) / 0.24) ** 2)) * np.clip(plan.is_arm * 1.6, 0, 1)
    drop *= np.clip((plan.plain[:, 0] - 1.35) / 0.4, 0, 1) * np.clip((reach - plan.arm) / 0.25, 0, 1)
    clear_by = clear_by * (1 - drop) - 0.014 * drop
    mesh = cleared(mesh, t, clear_by + over)
    mesh = replace(mesh, points=mesh.points - 0.010 * drop[:, None] * with_normals(mesh).normals)
    mesh = tube(mesh, t.skeleton, "arm", sleeve, arm * np.clip(plan.arm / 0.5, 0, 1))
    chest = float(t.skeleton.head("upperChest")[1])
    bottom = float(mesh.points[plan.is_arm < 0.2, 1].min())
    mesh = hung(mesh, from_y=chest + 0.035, to_y=bottom, taper=taper, share=1 - np.clip(plan.is_arm * 3, 0, 1))
    mesh = softened(mesh, 12)
    mesh = softened(cleared(mesh, t, clear_by), 3)
    mesh = folded(mesh, t.skeleton, amount_m=folds, hem=hem, seed=seed)
    mesh = cleared(mesh, t, clear_by * 0.75 + over, times=3)
    bust = np.exp(-(((plan.plain[:, 1] - 3.95) / 0.55) ** 2)) * np.clip(plan.plain[:, 2] * 2 - 0.6, 0, 1)
    bust *= np.clip(1 - plan.is_arm * 3, 0, 1)
    soft = smoothed(mesh.points, mesh.faces, times=40, share=0.6, keep=borders(mesh.faces, len(mesh.points)))
    return evened(replace(mesh, points=mesh.points + bust[:, None] * (soft - mesh.points)))


def _trousers(
    t: Tailor,
    *,
    ankle: float,
    radii: tuple[float, ...],
    clear: float = 0.006,
    waist_y: float = 0.62,
    folds: float = 0.006,
    crease: float = 0.0,
    region: Region = Region.BOTTOM,
) -> Mesh:
    plan = t.tights_plan
    mesh = piece(t.tights, waist_y - plan.plain[:, 1], ankle - plan.leg, 0.3 - plan.is_arm, region=region)
    mesh = softened(evened(mesh, 40), 20, share=0.6)
    own = planned(mesh)
    below = np.clip((own.leg - 0.12) / 0.35, 0, 1)
    scale = float(t.skeleton.head("hips")[1]) / 0.95
    mesh = tube(mesh, t.skeleton, "leg", tuple(r * scale for r in radii), below)
    mesh = cleared(softened(mesh, 4), t, clear)
    top = np.clip((planned(mesh).plain[:, 1] + 0.6) / 0.5, 0, 1)
    mesh = folded(mesh, t.skeleton, amount_m=folds)
    mesh = cleared(mesh, t, clear * (0.6 - 0.3 * top), times=2)
    if crease:
        mesh = _creased(mesh, t, crease)
    mesh = evened(mesh, 40)
    hem = swept(mesh, _TURN_UP, where=_at_ankle, soft_m=0.03, step_m=0.021)
    return joined([mesh, _kept(hem)])


def _creased(mesh: Mesh, t: Tailor, amount_m: float) -> Mesh:
    """Ironed: a ridge down the front and the back of each leg."""
    plan = planned(mesh)
    points, colors = mesh.points.copy(), mesh.colors.copy()
    for side, sign in (("left", 1.0), ("right", -1.0)):
        mine = sign * plan.x > 0
        heads = np.array([t.skeleton.head(side + p) for p in ("UpperLeg", "LowerLeg", "Foot")])
        at = np.clip(plan.leg[mine], 0, 2)
        centre = np.stack([np.interp(at, [0, 1, 2], heads[:, k]) for k in (0, 2)], axis=1)
        turn = np.arctan2(points[mine, 0] - centre[:, 0], points[mine, 2] - centre[:, 1])
        ridge = np.exp(-((turn / 0.20) ** 2)) - 0.35 * np.exp(-(((np.abs(turn) - 0.55) / 0.3) ** 2))
        ridge += 0.7 * np.exp(-(((np.pi - np.abs(turn)) / 0.22) ** 2))
        fade = np.clip((at - 0.18) / 0.3, 0, 1)
        points[mine, 2] += np.where(np.abs(turn) < 1.6, 1.0, -1.0) * ridge * fade * amount_m
        colors[mine] *= (1 - 0.10 * np.exp(-(((turn - 0.13) / 0.12) ** 2)) * fade)[:, None]
    return replace(mesh, points=points, colors=colors)


def _feet(t: Tailor, last: Last, *, sock: float | None = 1.86, tone: float = 0.42) -> list[Mesh]:
    """Shoes, and what covers the ankle between them and the trousers."""
    pair = [shoes(t.skeleton, t.body, last)]
    if sock is not None:
        leg = np.where(t.tights_plan.is_arm > 0.3, -1.0, t.tights_plan.leg)
        above = inside(t.skeleton, t.body, t.tights.points, last) * 10
        socks = softened(piece(t.tights, leg - sock, above + 0.14, region=Region.SHOES), 6)
        socks = cleared(socks, t, 0.002)
        tucked = np.clip((0.012 - inside(t.skeleton, t.body, socks.points, last)) / 0.014, 0, 1)
        middle = along(t.skeleton, t.body, socks.points)
        points = socks.points + (0.35 * tucked)[:, None] * (middle - socks.points) * [1.0, 0.0, 1.0]
        pair.append(replace(socks, points=points, colors=socks.colors * tone))
    return pair


def _hands(body: Mesh, past: float) -> F64:
    plan = planned(body)
    return np.where(plan.is_arm > 0.4, plan.arm - past, -1.0)


def _bare(t: Tailor, neck: Neck, hands: float) -> F64:
    return np.maximum(_hands(t.body, hands), neck.bare(planned(t.body).plain))


_HEM = ((-0.014, 0.0012), (-0.001, 0.0018), (0.0015, 0.0), (0.0, -0.0022), (-0.016, -0.0036))
"""An edge turned in: a line where it is stitched, a little thick, and dark inside."""

_TURN_UP = ((-0.012, 0.0006), (-0.001, 0.0022), (0.0012, 0.0), (-0.014, -0.0036))

_CUFF = ((-0.034, 0.0004), (-0.033, 0.0026), (-0.001, 0.0034), (0.0015, 0.0016), (0.0, -0.001), (-0.02, -0.003))

_RIB = (
    (-0.011, -0.0006),
    (-0.003, 0.0022),
    (0.002, 0.0034),
    (0.012, 0.0034),
    (0.016, 0.0012),
    (0.010, -0.0024),
    (-0.012, -0.0060),
)


def _neckband(mesh: Mesh, wide: float = 1.0, tone: float = 0.92) -> Mesh:
    """A knitted band that rounds the neck."""
    rows = tuple((a * wide, b) for a, b in _RIB)
    return _kept(swept(mesh, rows, where=_at_neck, tone=tone, soft_m=0.035, step_m=0.014))


def _collar(
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
        return _at_neck(m) & (np.abs(neck.round(plain)) < 0.05) & apart_in_front

    def longer_in_front(line: Line) -> F64:
        z = line.points[:, 2]
        front = np.clip((z - z.min()) / max(float(np.ptp(z)), 1e-6), 0, 1)
        return np.asarray(0.9 + 0.35 * front**2)

    strip = swept(
        mesh, rows, where=at_round, tone=tone, size=longer_in_front, frame=around_neck(), soft_m=0.03, step_m=0.015
    )
    return _kept(cleared(apart(strip, mesh, 0.0025, within_m=0.02), t, 0.002, times=1))


def _kept(mesh: Mesh) -> Mesh:
    """Marked to stay as it is in the nearest level: few triangles, and a line the eye follows."""
    return replace(mesh, morphs=mesh.morphs | {KEPT: np.ones_like(mesh.points)})


def _band(mesh: Mesh, left_x: float, right_x: float, top_y: float, low_y: float, lift: float = 0.0022) -> Mesh:
    """A band down the front, x and y in metres."""
    y = np.linspace(top_y, low_y, 22)
    x = np.array([left_x - 0.001, left_x, right_x, right_x + 0.001])
    grid = np.stack(np.broadcast_arrays(x[None], y[:, None]), axis=2)
    return panel(mesh, grid, np.array([0.0, lift, lift, 0.0]))


def _edge_of(mesh: Mesh, neck: Neck, sign: float, count: int) -> F64:
    """Places along one side of a plunging front, evenly from the top down, ``(count, 3)``."""
    plain = mesh.morphs["plain"]
    on = borders(mesh.faces, len(plain)) & (np.abs(neck.wedge(plain)) < 0.06) & (plain[:, 2] > 0.5)
    on &= (sign * plain[:, 0] > 0) & (plain[:, 1] > neck.v_y)
    p = mesh.points[on]
    p = p[np.argsort(-p[:, 1])]
    y = np.linspace(p[0, 1], p[-1, 1], count)
    return np.stack([np.interp(-y, -p[:, 1], p[:, k]) for k in range(3)], axis=1)


def _lapels(mesh: Mesh, neck: Neck, *, wide: float, notch: float = 0.24) -> list[Mesh]:
    """Two flat panels folded back along the front's edges, notched below the collar."""
    out = []
    for sign in (1.0, -1.0):
        edge = _edge_of(mesh, neck, sign, 30)
        s = np.linspace(0, 1, 30)
        width = np.interp(s, [0, notch - 0.02, notch, 0.55, 1], [0.55, 0.62, 1.0, 0.74, 0.12]) * wide
        drop = np.interp(s, [0, notch - 0.02, notch, 1], [0.0, -0.006, 0.012, 0.0])
        across = np.array([-0.03, 0.0, 0.10, 0.5, 0.97, 1.0])
        x = edge[:, :1] + sign * width[:, None] * across
        y = edge[:, 1:2] + (drop[:, None] - 0.10 * width[:, None]) * across
        out.append(panel(mesh, np.stack([x, y], axis=2), np.array([0.000, 0.0060, 0.008, 0.0070, 0.0060, 0.0005])))
    return out


def _at_neck(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).plain[:, 1] > 2.9) & np.asarray(planned(mesh).is_arm < 0.3)


def _at_wrist(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).is_arm > 0.5)


def _at_hem(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).plain[:, 1] < 2.5) & np.asarray(planned(mesh).is_arm < 0.3)


def _at_ankle(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).leg > 1.2)


def _at_waist(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).plain[:, 1] > 1.2)


def _at_knee(mesh: Mesh) -> Mask:
    return np.asarray(planned(mesh).plain[:, 1] < -3)


_SLIM = (0.092, 0.080, 0.070, 0.064, 0.060)
_STRAIGHT = (0.096, 0.090, 0.084, 0.080, 0.078)


def _front_y(mesh: Mesh) -> tuple[float, float]:
    """The top and the bottom of a garment's middle in front, metres."""
    middle = (np.abs(mesh.points[:, 0]) < 0.012) & (planned(mesh).plain[:, 2] > 0.25)
    return float(mesh.points[middle, 1].max()), float(mesh.points[middle, 1].min())


def _over(t: Tailor, top: Mesh, legs: Mesh, gap_m: float = 0.006) -> tuple[Mesh, Mesh]:
    """A top off the trousers and hanging straight over them, and these without what it hides."""
    top = apart(top, legs, gap_m)
    plan = planned(top)
    body = plan.is_arm < 0.2
    from_y = float(t.skeleton.head("hips")[1]) + 0.14
    share = 1 - np.clip(plan.is_arm * 3, 0, 1)
    low = np.clip((from_y - top.points[:, 1]) / 0.1, 0, 1)[:, None] * share[:, None]
    for _ in range(2):
        top = hung(top, from_y=from_y, to_y=float(top.points[body, 1].min()), taper=0.12, share=share)
        soft = smoothed(top.points, top.faces, times=10, keep=borders(top.faces, len(top.points)))
        top = replace(top, points=top.points + low * (soft - top.points))
    return evened(top, 40, where=_at_hem(top)), uncovered(legs, top, margin_m=0.07)


def _linen(t: Tailor) -> tuple[list[Mesh], F64]:
    shirt = _loose(
        _top(t, hem_y=-0.25, sleeve=1.86, neck=_OPEN_SHIRT),
        t,
        clear=0.009,
        sleeve=(0.066, 0.064, 0.058, 0.052, 0.046),
        taper=0.10,
        folds=0.0055,
    )
    legs = _trousers(t, ankle=1.97, radii=(0.100, 0.098, 0.094, 0.090, 0.088), folds=0.0065)
    shirt, legs = _over(t, shirt, legs)
    high, low = _front_y(shirt)
    trims = [
        _collar(shirt, t, _OPEN_SHIRT, stand=0.024, fall=0.036, spread=0.022),
        swept(shirt, _HEM, where=_at_hem), swept(shirt, _HEM, where=_at_v(_OPEN_SHIRT), soft_m=0.006),
        swept(shirt, _CUFF, where=_at_wrist), _band(shirt, -0.016, 0.016, high, low + 0.002),
    ]  # fmt: skip
    return [shirt, *trims, legs, *_feet(t, LEATHER)], _bare(t, _OPEN_SHIRT, 1.72)


def _knit(t: Tailor) -> tuple[list[Mesh], F64]:
    knit = _loose(
        _top(t, hem_y=-0.15, sleeve=1.93, neck=_CREW),
        t,
        clear=0.012,
        sleeve=(0.068, 0.066, 0.062, 0.058, 0.050),
        taper=0.22,
        folds=0.0065,
        smooth=14,
        hem=0.7,
        seed=1,
    )
    plan = planned(knit)
    rib = np.maximum((plan.plain[:, 1] < 0.28) * (plan.is_arm < 0.3), (plan.arm > 1.80) * (plan.is_arm > 0.5))
    knit = replace(knit, colors=knit.colors * (1 - 0.14 * smoothed(rib * 1.0, knit.faces, times=1))[:, None])
    legs = _trousers(t, ankle=1.96, radii=_SLIM, folds=0.0055)
    knit, legs = _over(t, knit, legs)
    trims = [_neckband(knit, 1.25), swept(knit, _HEM, where=_at_hem), swept(knit, _HEM, where=_at_wrist)]
    return [knit, *trims, legs, *_feet(t, SNEAKER)], _bare(t, _CREW, 1.78)


def _denim(t: Tailor) -> tuple[list[Mesh], F64]:
    jacket = _loose(
        _top(t, hem_y=0.25, sleeve=1.90, neck=_TRUCKER),
        t,
        clear=0.016,
        sleeve=(0.070, 0.068, 0.063, 0.058, 0.052),
        taper=0.28,
        folds=0.006,
        hem=0.5,
        seed=2,
        region=Region.BOTTOM,
    )
    jacket = replace(jacket, colors=jacket.colors * 0.86)
    tee = _loose(
        _top(t, hem_y=-0.1, sleeve=0.5, neck=_TEE),
        t,
        clear=0.008,
        sleeve=(0.06, 0.06, 0.06, 0.05, 0.05),
        taper=0.3,
        folds=0.003,
    )
    legs = _trousers(t, ankle=1.96, radii=(0.096, 0.088, 0.080, 0.076, 0.074), folds=0.006)
    tee, legs = _over(t, tee, legs)
    jacket, legs = _over(t, apart(jacket, tee, 0.006), legs, 0.010)
    hem, neckband = swept(tee, _HEM, where=_at_hem), _neckband(tee)
    tee = uncovered(tee, jacket, margin_m=0.025)
    high, low = _front_y(jacket)
    trims = [
        _collar(jacket, t, _TRUCKER, stand=0.022, fall=0.042, spread=0.026, tone=0.96),
        swept(jacket, _HEM, where=_at_v(_TRUCKER), soft_m=0.006),
        swept(jacket, tuple((a * 2.4, b * 1.3) for a, b in _HEM), where=_at_hem, tone=0.96),
        swept(jacket, _CUFF, where=_at_wrist, tone=0.96), _band(jacket, -0.022, 0.022, high, low + 0.003),
    ]  # fmt: skip
    return [jacket, *trims, tee, neckband, hem, legs, *_feet(t, SNEAKER)], _bare(t, _TEE, 1.76)


def _suit(t: Tailor) -> tuple[list[Mesh], F64]:
    jacket = _loose(
        _top(t, hem_y=-0.40, sleeve=1.88, neck=_JACKET, region=Region.BOTTOM),
        t,
        clear=0.016,
        sleeve=(0.070, 0.067, 0.062, 0.057, 0.053),
        taper=0.16,
        folds=0.0026,
        smooth=16,
        hem=0.35,
        seed=3,
        region=Region.BOTTOM,
    )
    shirt = _loose(
        _top(t, hem_y=1.0, sleeve=1.97, neck=_SHIRT),
        t,
        clear=0.005,
        sleeve=(0.056, 0.054, 0.050, 0.046, 0.042),
        taper=0.4,
        folds=0.0015,
    )
    legs = _trousers(t, ankle=1.98, radii=(0.098, 0.093, 0.087, 0.084, 0.082), folds=0.003, crease=0.006)
    jacket, legs = _over(t, apart(jacket, shirt, 0.006), legs, 0.008)
    collar, cuffs = (
        _collar(shirt, t, _SHIRT, stand=0.030, fall=0.040, spread=0.016, gap=0.03),
        swept(shirt, _HEM, where=_at_wrist),
    )
    tie = _tie(shirt)
    shirt = uncovered(shirt, jacket, margin_m=0.028)
    _, low = _front_y(jacket)
    turn = float(_edge_of(jacket, _JACKET, 1.0, 8)[-1, 1])
    trims = [
        _collar(jacket, t, _JACKET, stand=0.012, fall=0.040, spread=0.022, tone=0.97),
        *_lapels(jacket, _JACKET, wide=0.088),
        _band(jacket, -0.022, 0.010, turn + 0.004, low + 0.003, lift=0.003),
        swept(jacket, _HEM, where=_at_hem), swept(jacket, _HEM, where=_at_wrist),
        swept(jacket, _HEM, where=_at_v(_JACKET), soft_m=0.006),
    ]  # fmt: skip
    return [jacket, *trims, shirt, collar, cuffs, tie, legs, *_feet(t, LEATHER)], _bare(t, _SHIRT, 1.84)


def _tie(shirt: Mesh) -> Mesh:
    top, _ = _front_y(shirt)
    down = np.linspace(0, 1, 20)
    half = np.interp(down, [0, 0.10, 0.125, 1.0], [0.024, 0.016, 0.015, 0.037])
    lift = np.array([0.0005, 0.0035, 0.006, 0.0035, 0.0005])
    x = half[:, None] * np.array([-1.0, -0.92, 0.0, 0.92, 1.0])
    y = np.broadcast_to((top + 0.022 - 0.37 * down)[:, None], x.shape)
    tie = panel(shirt, np.stack([x, y], axis=2), lift)
    knot = np.repeat(np.interp(down, [0, 0.02, 0.09, 0.125, 0.14], [0.013, 0.018, 0.016, 0.004, 0.0]), 5)
    tie = replace(tie, points=tie.points + knot[:, None] * [0.0, 0.0, 1.0])
    return replace(tie, colors=tie.colors * [0.12, 0.16, 0.20])


def _dress(t: Tailor) -> tuple[list[Mesh], F64]:
    top = _loose(
        _top(t, hem_y=1.55, sleeve=0.62, neck=_SCOOP),
        t,
        clear=0.008,
        sleeve=(0.060, 0.062, 0.066, 0.05, 0.05),
        taper=0.9,
        folds=0.003,
        hem=0.4,
        seed=4,
    )
    plan = t.skirt_plan
    skirt = piece(t.skirt, plan.plain[:, 1] + 4.55, 1.75 - plan.plain[:, 1], region=Region.TOP)
    skirt = softened(evened(skirt), 3)
    p = skirt.points
    y0, y1 = float(p[:, 1].max()), float(p[:, 1].min())
    down = (y0 - p[:, 1]) / (y0 - y1)
    centre = float(p[:, 2].mean())
    turn = np.arctan2(p[:, 0], p[:, 2] - centre)
    flare = 1 + 0.10 * down
    points = np.stack([p[:, 0] * flare, p[:, 1], centre + (p[:, 2] - centre) * (1 + 0.18 * down)], axis=1)
    wave = np.sin(11 * turn + 1.2 * np.sin(2 * turn) + 0.6 * np.sin(5 * down)) + 0.5 * np.sin(17 * turn + 2.0)
    swell = 0.013 * down**1.1 * wave
    points[:, 0] += np.sin(turn) * swell
    points[:, 2] += np.cos(turn) * swell
    shade = (0.84 + 0.16 * (0.5 + 0.5 * np.tanh(1.3 * wave) * np.clip(down * 2, 0, 1)))[:, None]
    skirt = cleared(replace(skirt, points=points, colors=skirt.colors * shade), t, 0.008)
    skirt = evened(apart(skirt, top, 0.004))
    waist = ((-0.024, 0.001), (-0.022, 0.004), (0.002, 0.004), (0.004, 0.002), (0.0, -0.006))
    trims = [
        swept(top, tuple((a * 0.7, b) for a, b in _HEM), where=_at_neck, soft_m=0.03),
        swept(top, _HEM, where=_at_wrist),
        swept(skirt, waist, where=_at_waist, tone=0.85, soft_m=0.03), swept(skirt, _HEM, where=_at_knee, soft_m=0.012),
    ]  # fmt: skip
    top = uncovered(top, skirt, margin_m=0.02)
    own = planned(t.body)
    shod = np.minimum(
        inside(t.skeleton, t.body, t.body.points, FLAT) + 0.006, vamp(t.skeleton, t.body, t.body.points, 0.63)
    )
    legs = np.where(own.is_arm < 0.3, np.minimum(own.leg - 0.75, shod * 10), -1.0)
    bare = np.maximum(_bare(t, _SCOOP, 0.45), legs)
    return [top, *trims, skirt, *_feet(t, FLAT, sock=None)], bare


def _active(t: Tailor) -> tuple[list[Mesh], F64]:
    tee = _loose(
        _top(t, hem_y=-0.2, sleeve=0.70, neck=_TEE),
        t,
        clear=0.007,
        sleeve=(0.068, 0.070, 0.072, 0.05, 0.05),
        taper=0.14,
        folds=0.0045,
        seed=5,
    )
    legs = _trousers(t, ankle=1.86, radii=(0.092, 0.082, 0.070, 0.060, 0.052), folds=0.006)
    tee, legs = _over(t, tee, legs)
    trims = [_neckband(tee, 1.0, 0.9), swept(tee, _HEM, where=_at_hem), swept(tee, _HEM, where=_at_wrist)]
    return [tee, *trims, legs, *_feet(t, SNEAKER, sock=1.80, tone=0.9)], _bare(t, _TEE, 0.52)


def _at_v(neck: Neck) -> Callable[[Mesh], Mask]:
    def chosen(mesh: Mesh) -> Mask:
        plain = mesh.morphs["plain"]
        return _at_neck(mesh) & (np.abs(neck.round(plain)) >= 0.05) & (plain[:, 2] > 0.2)

    return chosen


OUTFITS: dict[str, Callable[[Tailor], tuple[list[Mesh], F64]]] = {
    "linen": _linen, "knit": _knit, "dress": _dress, "denim": _denim, "suit": _suit, "active": _active,
}  # fmt: skip


def dressed(t: Tailor, outfit: str) -> Mesh:
    """Clothes, shoes, and the skin they leave bare below the neckline."""
    cloth, bare = OUTFITS[outfit](t)
    below = -neckline(t.body.morphs["plain"])
    skin = cut(replace(t.body, morphs=t.body.morphs | {"keep": np.repeat(bare[:, None], 3, 1)}), below)
    skin = cut(skin, skin.morphs["keep"][:, 0])
    parts = [
        replace(
            m,
            morphs={n: d for n, d in m.morphs.items() if n in ("wide", "strong", "old", KEPT)},
            normals=np.zeros((0, 3)),
        )
        for m in cloth
    ]
    skin = replace(skin, morphs={n: d for n, d in skin.morphs.items() if n in ("wide", "strong", "old")})
    return joined([skin, *(with_normals(p) for p in parts)])
