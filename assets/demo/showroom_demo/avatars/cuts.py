"""
Cuts: which part of the tights a garment is, how loose it hangs, how it falls over what is beneath.

What it is not: what is sewn onto it, see ``edges``.
"""

from dataclasses import replace

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
from showroom_demo.avatars.edges import TURN_UP, at_ankle, at_hem, kept
from showroom_demo.avatars.mesh import Mesh, Region, borders, joined, smoothed, with_normals
from showroom_demo.avatars.necks import Neck
from showroom_demo.avatars.trims import swept
from showroom_demo.kit.shape import F64


def _sleeve(mesh: Mesh, to: float) -> F64:
    plan = planned(mesh)
    return np.asarray(np.where(plan.is_arm > 0.5, to - plan.arm, np.clip(to - plan.arm, 0.2, 1.0)))


def _cut(t: Tailor, *, hem_y: float, sleeve: float, neck: Neck, region: Region) -> Mesh:
    """A top's cut: hem height, sleeve length, opening of the neck."""
    plain = t.tights_plan.plain
    sides = [plain[:, 1] - hem_y, _sleeve(t.tights, sleeve), neck.round(plain)]
    if neck.v_y < 9:
        sides.append(neck.wedge(plain) * np.where(t.tights_plan.is_arm > 0.3, 0.0, 1.0) + (t.tights_plan.is_arm > 0.3))
    return piece(t.tights, *sides, region=region)


def garment(
    t: Tailor,
    *,
    hem_y: float,
    sleeve_to: float,
    neck: Neck,
    clear: float,
    sleeve: tuple[float, ...],
    taper: float,
    folds: float,
    smooth: int = 8,
    hem: float = 1.0,
    seed: int = 0,
    region: Region = Region.TOP,
    shoulder: float = 0.008,
) -> Mesh:
    """
    A top, cut and hung.

    Parameters
    ----------
    hem_y, sleeve_to
        Where it ends: a height on the neutral body, decimetres, and how far along the arm (1 the elbow, 2 the wrist).
    clear, shoulder
        How far it stays off the body, and off the shoulders at most, metres.
    sleeve
        Radii along the arm, metres.
    """
    mesh = evened(_cut(t, hem_y=hem_y, sleeve=sleeve_to, neck=neck, region=region))
    plan = planned(mesh)
    mesh = softened(mesh, smooth * 4, share=0.6)
    mesh = replace(mesh, weights=smoothed(mesh.weights, mesh.faces, times=10))
    arm = np.clip(plan.is_arm * 2 - 0.6, 0, 1)
    reach = float(plan.arm[plan.is_arm > 0.5].max()) - 0.12  # a short sleeve shows the arm at its end
    over = 0.011 * np.clip((1.1 - plan.plain[:, 1]) / 0.6, 0, 1)  # the waistband is beneath
    high = np.clip((plan.plain[:, 1] - 4.6) / 0.8, 0, 1)  # cloth lies on the shoulders
    clear_by = clear + high * (min(clear, shoulder) - clear)
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


def trousers(
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
    hem = swept(mesh, TURN_UP, where=at_ankle, soft_m=0.03, step_m=0.021)
    return joined([mesh, kept(hem)])


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


def over(t: Tailor, top: Mesh, legs: Mesh, gap_m: float = 0.006) -> tuple[Mesh, Mesh]:
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
    return evened(top, 40, where=at_hem(top)), uncovered(legs, top, margin_m=0.07)
