"""
Clothes grown from the body: MakeHuman's smooth tights and skirt, cut to a pattern, loosened, hung, and folded.

A garment starts as the part of the tights between its edges. Sleeves and legs are widened to a tube's radius, what
hangs from chest and hips hangs straight, the whole is kept off the skin, and folds are laid where cloth bunches: in
bends, over wrists and shoes, below the waist. Edges get the thickness of a hem; collars and cuffs grow from them.

What it is not: a simulation; ``kit.drape`` is, for the products.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from showroom_demo.avatars.human import Human
from showroom_demo.avatars.mesh import (
    Mask,
    Mesh,
    Region,
    borders,
    cut,
    edges_of,
    fan,
    refined,
    smoothed,
    taken,
    vertex_normals,
    with_normals,
)
from showroom_demo.avatars.skeleton import BONES, Skeleton
from showroom_demo.avatars.source import MakeHuman
from showroom_demo.kit.shape import F64, unit


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """
    Where vertices are on the neutral body: ``plain`` there (decimetres, x mirrored to the left) · ``x`` with its sign ·
    ``arm`` 0 at the shoulder, 1 elbow, 2 wrist · ``leg`` 0 hip, 1 knee, 2 ankle · ``is_arm`` share of arm bones.
    """

    plain: F64
    x: F64
    arm: F64
    leg: F64
    is_arm: F64


_ARM = np.array([[1.68, 5.25, 0.15], [3.13, 3.49, 0.13], [4.31, 2.45, 1.76]])
_LEG = np.array([[1.10, 0.49, 0.12], [1.58, -3.69, 0.32], [2.20, -7.45, -0.01]])


def plan_of(plain: F64, weights: F64) -> Plan:
    left = plain.copy()
    left[:, 0] = np.abs(left[:, 0])
    arms = [
        k
        for k, n in enumerate(BONES)
        if any(p in n for p in ("Arm", "Hand", *("Thumb", "Index", "Middle", "Ring", "Little")))
    ]
    return Plan(left, plain[:, 0], _along(left, _ARM), _along(left, _LEG), weights[:, arms].sum(axis=1))


def _along(points: F64, chain: F64) -> F64:
    parts = []
    for a, b in ((0, 1), (1, 2)):
        way = chain[b] - chain[a]
        parts.append((points - chain[a]) @ way / (way @ way))
    return np.asarray(np.minimum(parts[0], 1.0) + np.maximum(parts[1], 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Tailor:
    """What garments of one body are made with: the tights and skirt refined, their plan, and the skin to stay off."""

    skeleton: Skeleton
    tights: Mesh
    tights_plan: Plan
    skirt: Mesh
    skirt_plan: Plan
    body: Mesh
    under: Mesh
    tree: cKDTree


def tailor(data: MakeHuman, human: Human, skeleton: Skeleton, weights: F64, body: Mesh) -> Tailor:
    made = []
    for group in ("helper-tights", "helper-skirt"):
        quads, _ = data.quads(group)
        count = len(human.points)
        morphs = {n: human.morphs[n] for n in ("wide", "strong", "old")} | {"plain": data.points}
        mesh = Mesh(human.points, fan(quads), weights, np.zeros(count, np.int64), np.ones((count, 3)), morphs)
        mesh = refined(refined(taken(mesh, np.ones(2 * len(quads), bool))))
        made.append((mesh, plan_of(mesh.morphs["plain"], mesh.weights)))
    (tights, tights_plan), (skirt, skirt_plan) = made
    under = with_normals(replace(body, points=smoothed(body.points, body.faces, times=6)))
    return Tailor(skeleton, tights, tights_plan, skirt, skirt_plan, body, under, cKDTree(under.points))


def planned(mesh: Mesh) -> Plan:
    return plan_of(mesh.morphs["plain"], mesh.weights)


def piece(source: Mesh, *fields: F64, region: Region) -> Mesh:
    """The part of a surface where all fields are positive."""
    out = replace(source, morphs=source.morphs | {f"f{k}": np.repeat(f[:, None], 3, 1) for k, f in enumerate(fields)})
    for k in range(len(fields)):
        out = cut(out, out.morphs[f"f{k}"][:, 0])
    morphs = {n: d for n, d in out.morphs.items() if not (n[0] == "f" and n[1:].isdigit())}
    return replace(out, morphs=morphs, region=np.full(len(out.points), int(region)))


def tube(mesh: Mesh, skeleton: Skeleton, limb: str, radii: Sequence[float], share: F64) -> Mesh:
    """
    At least ``radii`` (metres at 0, 0.5, 1, 1.5, 2 of the limb) away from its bones, as far as ``share (n,)`` says.

    A sleeve lies on top of shoulder and arm and hangs below them: the way up gets little of it.
    """
    plan = planned(mesh)
    t = plan.arm if limb == "arm" else plan.leg
    parts = ("UpperArm", "LowerArm", "Hand") if limb == "arm" else ("UpperLeg", "LowerLeg", "Foot")
    points = mesh.points.copy()
    for side, sign in (("left", 1.0), ("right", -1.0)):
        mine = sign * plan.x > 0
        heads = np.array([skeleton.head(side + p) for p in parts])
        at = np.clip(t[mine], 0, 2)
        k = np.minimum(at.astype(int), 1)
        u = (at - k)[:, None]
        centre = heads[k] * (1 - u) + heads[k + 1] * u
        way = unit(heads[k + 1] - heads[k])
        aside = points[mine] - centre
        aside -= way * (aside * way).sum(axis=1, keepdims=True)
        now = np.linalg.norm(aside, axis=1)
        want = np.interp(at, [0, 0.5, 1, 1.5, 2], radii)
        more = np.maximum(want - now, 0) * share[mine]
        if limb == "arm":
            up = unit(np.array([sign * 0.35, 1.0, 0.0]) - way * (way @ [sign * 0.35, 1.0, 0.0])[:, None])
            high = 0.5 + 0.5 * (unit(aside) * up).sum(axis=1)
            least = np.interp(at, [0, 0.3, 0.8, 1.2, 2], [0.0, 0.05, 0.35, 0.6, 0.9])
            more *= least + (1 - least) * (1 - np.clip(high * 1.25 - 0.1, 0, 1)) ** 1.2
        offset = np.zeros_like(points)
        offset[mine] = unit(aside) * more[:, None]
        points += smoothed(offset, mesh.faces, times=6)
    return replace(mesh, points=points)


def hung(mesh: Mesh, *, from_y: float, to_y: float, taper: float, share: F64) -> Mesh:
    """
    Below ``from_y`` cloth hangs from what is widest above: radii about the body's axis shrink by at most ``taper``.

    Each level is made convex first: cloth spans the hollow of a chest and of a back.
    """
    points = mesh.points
    axis_z = float(np.median(points[:, 2]))
    theta = np.arctan2(points[:, 0], points[:, 2] - axis_z)
    radius = np.hypot(points[:, 0], points[:, 2] - axis_z)
    rows, columns = 80, 72
    y0 = float(points[:, 1].max())
    v = (y0 - points[:, 1]) / max(y0 - to_y, 1e-6) * (rows - 1)
    u = (theta + np.pi) / (2 * np.pi) * columns
    grid = np.zeros((rows, columns))
    chosen = share > 0.5
    np.maximum.at(
        grid,
        (np.clip(np.rint(v[chosen]), 0, rows - 1).astype(int), np.rint(u[chosen]).astype(int) % columns),
        radius[chosen],
    )
    for _ in range(6):  # fill gaps from the neighbours
        near = np.maximum(np.roll(grid, 1, 1), np.roll(grid, -1, 1))
        near[1:] = np.maximum(near[1:], grid[:-1])
        grid = np.where(grid == 0, near * 0.998, grid)
    grid = gaussian_filter(grid, (0.8, 1.2), mode=("nearest", "wrap"))
    grid = 0.1 * grid + 0.9 * _convex(grid)
    step = (y0 - to_y) / (rows - 1)
    start = int((y0 - from_y) / step)
    for row in range(max(start, 1), rows):
        grid[row] = np.maximum(grid[row], grid[row - 1] - taper * step)
    grid = gaussian_filter(grid, (1.0, 1.5), mode=("nearest", "wrap"))
    vi, ui = np.clip(v, 0, rows - 1.001), u % columns
    a, b = vi.astype(int), ui.astype(int) % columns
    fv, fu = vi - a, ui - np.floor(ui)
    want = ((grid[a, b] * (1 - fu) + grid[a, (b + 1) % columns] * fu) * (1 - fv)
            + (grid[a + 1, b] * (1 - fu) + grid[a + 1, (b + 1) % columns] * fu) * fv)  # fmt: skip
    more = np.maximum(want - radius, 0) * share * np.clip((from_y - points[:, 1]) / 0.08, 0, 1)
    more = smoothed(more, mesh.faces, times=4)
    out = points.copy()
    out[:, 0] += np.sin(theta) * more
    out[:, 2] += np.cos(theta) * more
    return replace(mesh, points=out)


def _convex(radii: F64) -> F64:
    """Radii ``(rows, columns)`` of the convex hulls of sections given by radii."""
    turn = np.arange(radii.shape[1]) / radii.shape[1] * 2 * np.pi
    cos = np.cos(turn[:, None] - turn[None, :])
    reach = (radii[:, :, None] * cos[None]).max(axis=1)  # the support in each direction
    ahead = cos > 0.15
    return np.asarray(np.where(ahead[None], reach[:, None, :] / np.where(ahead, cos, 1.0)[None], np.inf).min(axis=2))


def cleared(mesh: Mesh, tailor: Tailor, clearance_m: float | F64, *, times: int = 3) -> Mesh:
    """Off the skin by at least ``clearance_m``, smoothly."""
    return _pushed(mesh, tailor.under.points, tailor.under.normals, tailor.tree, clearance_m, 0.06, times)


def apart(outer: Mesh, inner: Mesh, gap_m: float, *, times: int = 4, within_m: float = 0.03) -> Mesh:
    """The outer layer off the inner one by at least ``gap_m``."""
    normals = vertex_normals(inner.points, inner.faces)
    return _pushed(outer, inner.points, normals, cKDTree(inner.points), gap_m, within_m, times)


def _pushed(
    mesh: Mesh, under: F64, normals: F64, tree: cKDTree, clearance_m: float | F64, reach_m: float, times: int
) -> Mesh:
    points = mesh.points
    for _ in range(times):
        distance, index = tree.query(points, k=3)
        near = np.exp(-((distance / np.maximum(distance[:, :1], 0.004)) ** 2))
        near /= near.sum(axis=1, keepdims=True)
        normal = unit((normals[index] * near[..., None]).sum(axis=1))
        depth = (((points[:, None] - under[index]) * normals[index]).sum(axis=2) * near).sum(axis=1)
        push = np.maximum(np.asarray(clearance_m) - depth, 0) * (distance[:, 0] < reach_m)
        push = np.maximum(smoothed(push, mesh.faces, times=3), push * 0.85)
        points = points + normal * push[:, None]
    return replace(mesh, points=points)


def uncovered(inner: Mesh, outer: Mesh, *, margin_m: float = 0.03, reach_m: float = 0.06) -> Mesh:
    """The inner layer without what the outer one hides: farther than ``margin_m`` from the outer one's edges."""
    distance, near = cKDTree(outer.points).query(inner.points)
    edge = cKDTree(outer.points[borders(outer.faces, len(outer.points))]).query(inner.points)[0]
    normals = vertex_normals(inner.points, inner.faces)
    way = outer.points[near] - inner.points
    above = (way * normals).sum(axis=1)
    aside = np.linalg.norm(way - normals * above[:, None], axis=1)  # large beyond the outer one's edge
    hidden = (distance < reach_m) & (above > -0.003) & (aside < 0.012 + 0.5 * np.abs(above))
    return cut(inner, smoothed(np.where(hidden, margin_m - edge, 0.05), inner.faces, times=2))


def evened(mesh: Mesh, times: int = 12, *, where: Mask | None = None) -> Mesh:
    """Edges as one smooth line; only their vertices move, of those in ``where``."""
    half = np.concatenate([mesh.faces[:, [0, 1]], mesh.faces[:, [1, 2]], mesh.faces[:, [2, 0]]])
    edges, _, count = edges_of(half, len(mesh.points))
    lone = edges[count == 1]
    both = np.concatenate([lone, lone[:, ::-1]])
    total = np.bincount(both[:, 0], minlength=len(mesh.points))
    points = mesh.points.copy()
    for _ in range(times):
        near = np.zeros_like(points)
        np.add.at(near, both[:, 0], points[both[:, 1]])
        on = (total == 2) & (True if where is None else where)
        points[on] += 0.5 * (near[on] / 2 - points[on])
    return replace(mesh, points=points)


def softened(mesh: Mesh, times: int, *, share: float = 0.5) -> Mesh:
    """Without the body's detail; edges keep their line but lose their jags."""
    edge = borders(mesh.faces, len(mesh.points))
    return replace(mesh, points=smoothed(mesh.points, mesh.faces, times=times, share=share, keep=edge))


def folded(mesh: Mesh, skeleton: Skeleton, *, amount_m: float, hem: float = 1.0, seed: int = 0) -> Mesh:
    """Folds along the normal where cloth bunches or hangs; they also darken their valleys."""
    plan = planned(mesh)
    p = plan.plain
    normals = vertex_normals(mesh.points, mesh.faces)
    side = 1.05 - 1.05 * np.tanh(plan.x / 0.9) + seed * 1.7  # even across the middle
    warp = np.sin(p[:, 1] * 1.9 + side) + 0.7 * np.sin(p[:, 0] * 2.7 + p[:, 2] * 2.2 + side * 2)
    arm, leg = np.clip(plan.is_arm * 1.6 - 0.3, 0, 1), (p[:, 1] < 0.6) * 1.0
    around = np.arctan2(p[:, 2] - np.interp(np.clip(plan.arm, 0, 2), [0, 1, 2], _ARM[:, 2]), 0.35 + p[:, 0] * 0.12)
    h = np.zeros(len(p))
    # bends: rings that lean, deep on the inside of elbow and knee
    elbow = np.exp(-(((plan.arm - 0.98) / 0.24) ** 2)) * arm
    h += (
        0.6
        * elbow
        * (0.55 + 0.45 * np.sin(around))
        * np.sin(2 * np.pi * (plan.arm * 5.5 + 0.18 * warp + 0.25 * around))
    )
    h += 0.55 * np.exp(-(((plan.arm - 1.80) / 0.16) ** 2)) * arm * np.sin(2 * np.pi * (plan.arm * 9 + 0.2 * warp))
    h += (
        0.5
        * np.exp(-(((plan.arm - 0.25) / 0.25) ** 2))
        * arm
        * np.sin(2 * np.pi * (plan.arm * 3.2 + 0.3 * around + 0.2 * warp))
    )
    knee = np.exp(-(((plan.leg - 1.02) / 0.15) ** 2)) * leg
    back = np.clip(0.6 - (p[:, 2] - 0.25) * 0.9, 0.15, 1.1)
    h += 0.6 * knee * back * np.sin(2 * np.pi * (plan.leg * 6.5 + 0.20 * warp))
    h += (
        0.4
        * np.exp(-(((plan.leg - 1.90) / 0.13) ** 2))
        * leg
        * np.sin(2 * np.pi * (plan.leg * 9.5 + 0.25 * warp + 0.12 * p[:, 2]))
    )
    h += (
        0.55
        * np.exp(-(((plan.leg - 0.06) / 0.13) ** 2))
        * leg
        * np.sin(2 * np.pi * (plan.leg * 6 - p[:, 0] * 0.55 + 0.15 * warp))
    )
    # long soft folds that run down a leg and below the chest
    h += 0.35 * leg * np.sin(p[:, 0] * 5.2 + p[:, 2] * 3.1 + 0.8 * warp)
    torso = np.clip((4.6 - p[:, 1]) / 1.6, 0, 1) * (1 - arm) * (p[:, 1] > 0.0)
    turn = np.arctan2(plan.x, p[:, 2])
    h += 0.65 * hem * torso * np.sin(7.0 * turn + 0.9 * warp + p[:, 1] * 0.35)
    h += (
        0.45
        * hem
        * np.exp(-(((p[:, 1] - 1.6) / 0.8) ** 2))
        * (1 - arm)
        * np.sin(p[:, 1] * 6.0 + 0.9 * warp + 1.2 * np.abs(plan.x))
    )
    h += (
        0.4
        * np.exp(-(((p[:, 1] - 4.4) / 0.7) ** 2) - ((p[:, 0] - 1.55) / 0.5) ** 2)
        * np.sin(2.4 * p[:, 1] - 5.5 * p[:, 0] + warp)
    )
    edge = smoothed(borders(mesh.faces, len(p)).astype(np.float64), mesh.faces, times=3)
    h *= 1 - 0.75 * np.clip(edge * 2, 0, 1)
    shade = 0.5 + 0.5 * np.tanh(1.6 * h)
    colors = mesh.colors * (0.80 + 0.20 * shade)[:, None]
    return replace(mesh, points=mesh.points + normals * (h * amount_m)[:, None], colors=colors)
