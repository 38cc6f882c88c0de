"""
Draping: a sewn cloth falls onto the body and comes to rest, with the folds that its cut and its stiffness give it.

Projective dynamics: each step alternates a local projection of every link to its rest length with one global solve of
a matrix that never changes, so it is factorised once. Bending is the quadratic hinge energy, which is linear in the
positions and sits in that matrix. Contact is a projection out of the body after each solve, with friction.

What it is not: a dynamic simulator. Self-collision is a mild repulsion, and time is only a way to reach rest.

Source: Bouaziz, Martin, Liu, Kavan & Pauly 2014, "Projective dynamics"; Bergou, Wardetzky, Harmon, Zorin & Grinspun
2006, "A quadratic bending model for inextensible surfaces".
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from showroom_demo.kit.body import body
from showroom_demo.kit.pattern import Sewn
from showroom_demo.kit.shape import F64, I64

GRAVITY_MM_S2 = 5000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fabric:
    """
    Stiffness by unit mass: ``stretch`` and ``bend`` in 1/s² (jersey ~2e6 and 2e4; a lined bomber ~6e6 and 3e5),
    ``friction`` the share of sliding that contact stops in a step, ``clearance_mm`` kept to the skin.
    """

    stretch: float = 2e6
    bend: float = 2e4
    friction: float = 0.4
    clearance_mm: float = 3.0
    contact: float = 1e6
    damping: float = 0.92


def drape(
    cloth: Sewn,
    fabric: Fabric,
    *,
    steps: int = 60,
    iterations: int = 5,
    step_s: float = 1 / 40,
    bend_scale: F64 | None = None,
    pull: tuple[I64, F64, float] | None = None,
) -> F64:
    """
    Where the nodes come to rest, ``(n, 3)`` mm.

    Parameters
    ----------
    bend_scale
        A factor of the bending stiffness for each node (a fused collar is stiffer than the panel it sits on).
    pull
        Nodes, targets and stiffness of soft springs to fixed places (a zip that keeps a front straight).
    """
    from scipy.sparse import coo_matrix, diags
    from scipy.sparse.linalg import splu

    count = len(cloth.start)
    e = len(cloth.links)
    row = np.arange(e)
    incidence = coo_matrix(
        (np.r_[np.ones(e), -np.ones(e)], (np.r_[row, row], np.r_[cloth.links[:, 0], cloth.links[:, 1]])),
        shape=(e, count),
    ).tocsr()
    hinge, hinge_weight = _hinges(cloth, count)
    if bend_scale is not None:
        hinge_weight = hinge_weight * (abs(hinge) @ bend_scale) / np.asarray(abs(hinge).sum(axis=1)).ravel()
    inertia = 1.0 / step_s**2
    anchor = np.zeros(count)
    goal = np.zeros((count, 3))
    if pull is not None:
        anchor[pull[0]] = pull[2]
        goal[pull[0]] = pull[1]
    elastic = (
        diags(inertia + anchor)
        + fabric.stretch * incidence.T @ incidence
        + fabric.bend * hinge.T @ diags(hinge_weight) @ hinge
    ).tocsc()
    back = (fabric.stretch * incidence.T).tocsr()
    x = _outside(cloth.start, fabric.clearance_mm)
    velocity = np.zeros_like(x)
    fall = np.array([0.0, -GRAVITY_MM_S2, 0.0])
    solver = None
    for step in range(steps):
        before = x
        distance, out, _ = body().nearest(x)
        ground = x - distance[:, None] * out  # the tangent plane stands for the body during one step
        if solver is None or step % 2 == 0:
            hold = np.where(distance < fabric.clearance_mm + 2.0, fabric.contact, 0.0)
            solver = splu(
                elastic + diags(hold, format="csc"), permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True}
            )
        ahead = x + step_s * velocity + step_s**2 * fall
        x = x + 0.5 * (ahead - x)
        for _ in range(iterations):
            depth = fabric.clearance_mm - ((x - ground) * out).sum(axis=1)
            lifted = x + np.maximum(depth, 0.0)[:, None] * out
            span = incidence @ x
            span *= (cloth.rest / np.maximum(np.linalg.norm(span, axis=1), 1e-9))[:, None]
            x = solver.solve(inertia * ahead + anchor[:, None] * goal + hold[:, None] * lifted + back @ span)
        x = _contact(x, before, fabric)
        if step > steps // 3:
            x = _apart(x, cloth)
        velocity = fabric.damping * (x - before) / step_s
        velocity *= np.minimum(1.0, 800.0 / np.maximum(np.linalg.norm(velocity, axis=1, keepdims=True), 1e-9))
    return np.asarray(_outside(x, 0.8 * fabric.clearance_mm))


def _hinges(cloth: Sewn, count: int) -> tuple[Any, F64]:
    """The bending stencil ``(h, n)`` of each inner edge, its weight, from rest lengths alone: it works across seams."""
    from scipy.sparse import coo_matrix

    faces = cloth.faces
    edge = np.stack([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]], axis=1)
    opposite = faces[:, [2, 0, 1]]
    key = np.sort(edge, axis=2)
    _, link = np.unique(np.concatenate([cloth.links, key.reshape(-1, 2)]), axis=0, return_inverse=True)
    link = link.ravel()[len(cloth.links) :].reshape(-1, 3)
    length = cloth.rest[link]
    a, b, c = length[:, 0], length[:, 1], length[:, 2]
    half = (a + b + c) / 2
    area = np.sqrt(np.maximum(half * (half - a) * (half - b) * (half - c), 1e-3))
    # cotangent at the corner opposite to each edge
    squares = length**2
    cot = (squares.sum(axis=1, keepdims=True) - 2 * squares) / (4 * area[:, None])
    order = np.argsort(link.ravel(), kind="stable")
    at = link.ravel()[order]
    twin = np.flatnonzero(at[1:] == at[:-1])
    one, two = order[twin], order[twin + 1]
    f1, k1, f2, k2 = one // 3, one % 3, two // 3, two % 3
    x0, x1 = edge[f1, k1, 0], edge[f1, k1, 1]
    # corner at edge start faces the next edge; at its end, the one after
    start1, stop1 = cot[f1, (k1 + 1) % 3], cot[f1, (k1 + 2) % 3]
    same = edge[f2, k2, 0] == x0
    start2 = np.where(same, cot[f2, (k2 + 1) % 3], cot[f2, (k2 + 2) % 3])
    stop2 = np.where(same, cot[f2, (k2 + 2) % 3], cot[f2, (k2 + 1) % 3])
    rows = np.arange(len(one))
    stencil = coo_matrix(
        (
            np.concatenate([stop1 + stop2, start1 + start2, -(start1 + stop1), -(start2 + stop2)]),
            (np.tile(rows, 4), np.concatenate([x0, x1, opposite[f1, k1], opposite[f2, k2]])),
        ),
        shape=(len(one), count),
    ).tocsr()
    return stencil, 3.0 / (area[f1] + area[f2])


def _outside(points: F64, clearance: float) -> F64:
    distance, out, _ = body().nearest(points)
    return np.asarray(points + np.maximum(clearance - distance, 0.0)[:, None] * out)


def _contact(x: F64, before: F64, fabric: Fabric) -> F64:
    distance, out, _ = body().nearest(x)
    deep = fabric.clearance_mm - distance
    touching = deep > -0.3
    x = x + np.maximum(deep, 0.0)[:, None] * out
    move = x - before
    slide = move - (move * out).sum(axis=1, keepdims=True) * out
    return np.asarray(np.where(touching[:, None], x - fabric.friction * slide, x))


def _apart(x: F64, cloth: Sewn, *, gap: float = 4.0) -> F64:
    """Push nodes that came close without being neighbours away from each other: the sleeve stays off the side."""
    from scipy.spatial import cKDTree

    pair = cKDTree(x).query_pairs(gap, output_type="ndarray")
    if len(pair) == 0:
        return x
    key = np.sort(pair, axis=1) @ np.array([len(x), 1])
    links = np.sort(cloth.links, axis=1) @ np.array([len(x), 1])
    pair = pair[~np.isin(key, links)]
    delta = x[pair[:, 0]] - x[pair[:, 1]]
    distance = np.maximum(np.linalg.norm(delta, axis=1, keepdims=True), 1e-6)
    push = 0.25 * (gap - distance) * delta / distance
    moved = np.zeros_like(x)
    for k in range(3):
        moved[:, k] = np.bincount(pair[:, 0], push[:, k], len(x)) - np.bincount(pair[:, 1], push[:, k], len(x))
    return np.asarray(x + moved)
