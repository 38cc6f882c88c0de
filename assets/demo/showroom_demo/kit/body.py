"""
The body that garments are cut for: a committed table of a standing person in an A-pose, and the humanoid rig.

Millimetres, +Y up, front +Z, feet on y = 0, the left arm at +X. Bones carry VRM 1.0 names. As in VRM, every bone's axes
are the world's when the body stands in a T-pose; the rest pose here is an A-pose, so the upper and lower arms rest with
a rotation. Set all rotations to identity and the garment stands in a T-pose.

What it is not: an avatar. There is no face, no fingers, no feet: only what a garment touches.

Source: table derived from MakeHuman's CC0 base mesh by ``assets/demo/tools/make_body_table.py``; VRM 1.0 humanoid.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from showroom_assets.scene import F32, Node
from showroom_demo.kit.shape import F64, I64, unit

_TABLE = Path(__file__).with_name("body.npz")
_BRIDGED_BELOW_MM = 930.0


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """
    ``points (n, 3)`` mm · ``faces (m, 3)`` · ``normals (n, 3)`` · ``weights (n, b)`` over ``bones`` (rows sum to 1) ·
    ``heads (b, 3)`` where each bone starts, mm · ``parents`` index of each bone's parent, -1 for the hips ·
    ``rests (b, 3, 3)`` rotation of each bone from the T-pose to the rest pose.
    """

    points: F64
    faces: I64
    normals: F64
    weights: F64
    bones: tuple[str, ...]
    parents: tuple[int, ...]
    heads: F64
    rests: F64
    tree: Any
    shell: tuple[F64, F64, Any]

    def head(self, bone: str) -> F64:
        return np.asarray(self.heads[self.bones.index(bone)])

    def nearest(self, points: F64) -> tuple[F64, F64, I64]:
        """
        Signed distance to what cloth can touch, the outward direction there, and the nearest such point.

        That is the skin, with the gap between the legs bridged. Distance is to the tangent plane of the nearest vertex
        (spacing ~5 mm), which is smooth where a true nearest-triangle query would be faceted; negative inside.
        """
        where, normals, tree = self.shell
        _, index = tree.query(points)
        out = normals[index]
        return ((points - where[index]) * out).sum(axis=1), out, index


@cache
def body() -> Body:
    """The one body of the demo: 1.73 m, chest about 1,000 mm, waist about 810 mm."""
    from scipy.spatial import cKDTree

    with np.load(_TABLE) as table:
        points = table["positions_tenth_mm"] / 10.0
        quads = table["quads"].astype(np.int64)
        bones = tuple(str(b) for b in table["bones"])
        parents = tuple(bones.index(str(p)) if p else -1 for p in table["parents"])
        heads = table["bone_heads_tenth_mm"] / 10.0
        weights = np.zeros((len(points), len(bones)))
        np.put_along_axis(weights, table["joints"].astype(np.int64), table["weights"] / 255.0, axis=1)
    for _ in range(2):
        points, quads, weights = _quartered(points, quads, weights)
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    corners = points[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total: F64 = np.stack(
        [np.bincount(faces.ravel(), np.repeat(normal[:, k], 3), minlength=len(points)) for k in range(3)], axis=1
    )
    rests = np.stack([_rest(name, bones, heads) for name in bones])
    normals = unit(total)
    arm = weights[:, [k for k, n in enumerate(bones) if n.endswith(("Arm", "Hand"))]].sum(axis=1) > 0.5
    above = (points[:, 1] > _BRIDGED_BELOW_MM) | arm
    ring, ring_out = _bridge(points[~arm])
    where, facing = np.concatenate([points[above], ring]), np.concatenate([normals[above], ring_out])
    shell = (where, facing, cKDTree(where))
    return Body(points, faces, normals, weights, bones, parents, heads, rests, cKDTree(points), shell)


def _bridge(points: F64) -> tuple[F64, F64]:
    """Convex rings round hips and thighs: a hem does not go between the legs (without them it was caught there)."""
    from scipy.spatial import ConvexHull

    from showroom_demo.kit.curve import outward
    from showroom_demo.kit.sweep import dense

    heights = np.arange(560.0, _BRIDGED_BELOW_MM, 6.0)
    rings, outs = [], []
    for y in heights:  # a slice at a time
        near = points[np.abs(points[:, 1] - y) < 9.0][:, [0, 2]]
        ring = dense(near[ConvexHull(near).vertices], 6.0)
        out = outward(ring)
        rings.append(np.column_stack([ring[:, 0], np.full(len(ring), y), ring[:, 1]]))
        outs.append(np.column_stack([out[:, 0], np.zeros(len(ring)), out[:, 1]]))
    return np.concatenate(rings), np.concatenate(outs)


def _quartered(points: F64, quads: I64, weights: F64) -> tuple[F64, I64, F64]:
    """Each quad into four, flat: the base mesh has 20 mm edges, too coarse to drape on."""
    edges = np.sort(np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    unique, index = np.unique(edges, axis=0, return_inverse=True)
    middle = len(points) + index.reshape(len(quads), 4)
    centre = len(points) + len(unique) + np.arange(len(quads))
    out = [np.stack([quads[:, k], middle[:, k], centre, middle[:, k - 1]], axis=1) for k in range(4)]
    many = [np.concatenate([v, v[unique].mean(axis=1), v[quads].mean(axis=1)]) for v in (points, weights)]
    return many[0], np.concatenate(out), many[1]


def _rest(name: str, bones: tuple[str, ...], heads: F64) -> F64:
    """Rotation from the T-pose's ±X to the bone's direction in the table, for arms; identity for the rest."""
    chain = {"UpperArm": "LowerArm", "LowerArm": "Hand", "Hand": ""}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        part = name.removeprefix(side)
        if part not in chain or part == name:
            continue
        here = "LowerArm" if part == "Hand" else part
        along = unit(heads[bones.index(side + chain[here])] - heads[bones.index(side + here)])
        start = np.array([sign, 0.0, 0.0])
        v, c = np.cross(start, along), float(start @ along)
        k = np.array([[0.0, -v[2], v[1]], [v[2], 0.0, -v[0]], [-v[1], v[0], 0.0]])
        return np.asarray(np.eye(3) + k + k @ k / (1 + c))
    return np.eye(3)


def skin_weights(points: F64, *, spread: int = 12) -> F64:
    """
    Weights ``(n, b)`` for points on or above the skin: a smooth mean of the nearest body points'.

    At most four bones a point, rows sum to 1.
    """
    b = body()
    distance, index = b.tree.query(points, k=spread)
    near = np.exp(-(((distance - distance[:, :1]) / 12.0) ** 2))
    return four(np.einsum("nk,nkb->nb", near, b.weights[index]))


def four(weights: F64) -> F64:
    """Only the four largest of each row, summing to 1."""
    order = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    kept = np.zeros_like(weights)
    np.put_along_axis(kept, order, np.take_along_axis(weights, order, axis=1), axis=1)
    kept[kept < 0.004] = 0.0
    return np.asarray(kept / kept.sum(axis=1, keepdims=True))


def rig_nodes(*, first: int, shift_mm: tuple[float, float, float]) -> tuple[tuple[Node, ...], F32]:
    """
    The bones as scene nodes, in ``body().bones`` order, and their inverse bind matrices.

    Parameters
    ----------
    first
        Index that the first bone will have in ``Scene.nodes``; bone 0 (the hips) is the only root.
    shift_mm
        How far the garment was moved to stand on the origin.
    """
    b = body()
    heads = (b.heads + shift_mm) / 1000.0
    world = np.tile(np.eye(4), (len(b.bones), 1, 1))
    world[:, :3, :3], world[:, :3, 3] = b.rests, heads
    nodes = []
    for index, name in enumerate(b.bones):
        parent = b.parents[index]
        local = world[index] if parent < 0 else np.linalg.inv(world[parent]) @ world[index]
        x, y, z, w = _quaternion(local[:3, :3])
        children = tuple(first + k for k, p in enumerate(b.parents) if p == index)
        tx, ty, tz = (float(v) for v in local[:3, 3])
        nodes.append(Node(name=name, children=children, translation=(tx, ty, tz), rotation=(x, y, z, w)))
    return tuple(nodes), np.linalg.inv(world).astype(np.float32)


def _quaternion(matrix: F64) -> tuple[float, float, float, float]:
    from scipy.spatial.transform import Rotation

    x, y, z, w = (float(v) for v in Rotation.from_matrix(matrix).as_quat(canonical=True))
    return x, y, z, w


def posed(points: F64, weights: F64, turns: dict[str, F64]) -> F64:
    """
    Linear blend skinning from the rest pose.

    ``turns`` maps a bone to a further world-space rotation ``(3, 3)`` about its head, carried by all its children.
    """
    b = body()
    moves = np.tile(np.eye(4), (len(b.bones), 1, 1))
    for index, name in enumerate(b.bones):
        parent = np.eye(4) if b.parents[index] < 0 else moves[b.parents[index]]
        own = np.eye(4)
        if name in turns:
            own[:3, :3] = turns[name]
            own[:3, 3] = b.heads[index] - turns[name] @ b.heads[index]
        moves[index] = parent @ own
    blended = np.einsum("nb,bij->nij", weights, moves)
    return np.asarray(np.einsum("nij,nj->ni", blended[:, :3, :3], points) + blended[:, :3, 3])
