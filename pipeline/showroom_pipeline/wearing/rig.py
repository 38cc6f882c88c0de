"""
Binds a garment that has no bones to those of a standard body, and shows how it stretches when the body moves.

Each point of the cloth takes heat from the bone it lies nearest to and shares it with its neighbours (bone heat): the
weights are smooth along the cloth and do not jump across a gap. The body stands where the garment says: its shoulders
under the sleeves' heads, its arms along the sleeves. What it is not: a fitting; a garment keeps its own size.

Source: Baran & Popović 2007, Automatic Rigging and Animation of 3D Characters, section 4.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import trimesh
from scipy import sparse
from scipy.sparse.linalg import splu

from showroom_assets.errors import InputError
from showroom_assets.scene import F64, Mesh, Node, Primitive, Scene, Skin, world_matrices
from showroom_pipeline.steps.raster import I64
from showroom_pipeline.wearing.bones import SHOULDER_X_M, WAIST_Y_M, Bones, standing

Kind = Literal["top", "jacket", "dress", "trousers", "skirt"]

# Smallest and largest that an adult's garment may be, laid out as worn: width, height, depth, metres.
_EXTENT_M = {
    "top": ((0.34, 1.9), (0.32, 1.0), (0.12, 0.7)), "jacket": ((0.36, 1.95), (0.36, 1.5), (0.14, 0.8)),
    "dress": ((0.3, 1.9), (0.6, 1.8), (0.14, 1.6)), "trousers": ((0.25, 0.95), (0.25, 1.3), (0.14, 0.7)),
    "skirt": ((0.25, 1.6), (0.25, 1.3), (0.14, 1.6)),
}  # fmt: skip
_FROM_WAIST = ("trousers", "skirt")
_MOST_VERTICES = 400_000
_WELD_M = 0.0004
_FLESH_M = 0.056
"""How far below the top of a sleeve's head the shoulder's joint lies."""
_MOST_STRETCH = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rigged:
    """``report``: bones used, the arms' direction, and the stretch in each test pose."""

    scene: Scene
    report: dict[str, Any]
    faults: list[str]


def rig(scene: Scene, *, kind: Kind = "top") -> Rigged:
    """
    Raises
    ------
    InputError
        It has bones already, or is not the size or shape of such a garment.
    """
    if scene.skins:
        raise InputError("The garment has bones already. Nothing was done; `showroom fit` shows how it sits.")
    points, faces = _placed(scene)
    _check_size(points, kind)
    bones = _body(_spread(points, faces), kind)
    welded, of_point, edges = _cloth(points, faces)
    weights = _heat(welded, edges, bones, kind)[of_point]
    scene_out, used = _bound(scene, weights, bones)
    shares = weights.sum(0) / len(weights)
    report: dict[str, Any] = {
        "kind": kind,
        "vertices": len(points),
        "arms_down_deg": round(float(np.degrees(-np.arcsin(bones.turns[bones.at("leftUpperArm")][1, 0]))), 1),
        "bones": [bones.names[i] for i in used],
        "stretch": {
            name: _stretch(welded, edges, weights, of_point, bones, turns) for name, turns in _poses(kind).items()
        },
    }
    faults = [
        f"In the pose {name!r} one edge in a hundred stretches {stretch['p99']:.1f} times. Join parts that belong "
        "together, or check which way the sleeves point."
        for name, stretch in report["stretch"].items() if stretch["p99"] > _MOST_STRETCH
    ]  # fmt: skip
    for side in ("UpperArm", "UpperLeg"):
        left, right = shares[bones.at("left" + side)], shares[bones.at("right" + side)]
        if max(left, right) > 0.02 and abs(left - right) > 0.3 * max(left, right):
            faults.append(f"Left and right {side} move {left:.0%} and {right:.0%} of the cloth. Is it in the middle?")
    return Rigged(scene=scene_out, report=report, faults=faults)


def _placed(scene: Scene) -> tuple[F64, I64]:
    """All points in place, in the order in which ``_bound`` meets them, and their triangles."""
    worlds = world_matrices(scene)
    points: list[F64] = []
    faces: list[I64] = []
    offset = 0
    for index, node in enumerate(scene.nodes):
        if node.mesh is None or index not in worlds:
            continue
        for primitive in scene.meshes[node.mesh].primitives:
            points.append(primitive.positions @ worlds[index][:3, :3].T + worlds[index][:3, 3])
            faces.append(primitive.indices.astype(np.int64) + offset)
            offset += len(primitive.positions)
    if not points or not sum(len(one) for one in faces):
        raise InputError("The file holds no surface. Check it with `showroom inspect`.")
    if offset > _MOST_VERTICES:
        raise InputError(f"The garment has {offset:,} vertices; {_MOST_VERTICES:,} are bound. Convert it first.")
    return np.concatenate(points).astype(np.float64), np.concatenate(faces)


def _check_size(points: F64, kind: Kind) -> None:
    extent = np.ptp(points, axis=0)
    for axis, value, (least, most) in zip(("wide", "high", "deep"), extent, _EXTENT_M[kind], strict=True):
        if not least <= value <= most:
            raise InputError(
                f"This is no {kind} for a body: it is {value:.3g} m {axis}, and they are {least:g} to {most:g} m. "
                "Check its unit and which way is up (`showroom convert`), or say what it is by --as."
            )


def _spread(points: F64, faces: I64) -> F64:
    """Points spread evenly over the cloth: vertices crowd at seams."""
    found, _ = trimesh.sample.sample_surface(trimesh.Trimesh(points, faces, process=False), 20_000, seed=1)
    return np.asarray(found, dtype=np.float64)


def _body(points: F64, kind: Kind) -> Bones:
    """The standard body where this garment has it."""
    low, high = points.min(0), points.max(0)
    x = (low[0] + high[0]) / 2
    core = points[np.abs(points[:, 0] - x) < 0.15]
    if kind in _FROM_WAIST:
        top = core[core[:, 1] > high[1] - 0.06]
        z = (top[:, 2].min() + top[:, 2].max()) / 2
        return standing(shoulders=np.array([x, high[1] - WAIST_Y_M, z]), arm=_direction(48))
    torso = core[(core[:, 1] > high[1] - 0.45) & (core[:, 1] < high[1] - 0.15)]
    z = (torso[:, 2].min() + torso[:, 2].max()) / 2 if len(torso) else (low[2] + high[2]) / 2
    heads = [
        float(np.percentile(points[np.abs(sign * (points[:, 0] - x) - SHOULDER_X_M) < 0.015][:, 1], 99))
        for sign in (1, -1) if (np.abs(sign * (points[:, 0] - x) - SHOULDER_X_M) < 0.015).sum() > 3
    ]  # fmt: skip
    y = (np.mean(heads) if heads else high[1] - 0.06) - _FLESH_M
    # A sleeve's end is what lies farthest from the shoulder; without sleeves the arms hang as in an A-pose.
    out = np.abs(points[:, 0] - x)
    sleeve = points[out > SHOULDER_X_M + 0.1]
    arm = _direction(48)
    if len(sleeve) > 20:
        reach = np.column_stack([np.abs(sleeve[:, 0] - x) - SHOULDER_X_M, sleeve[:, 1] - y])
        far = reach[np.linalg.norm(reach, axis=1) > np.percentile(np.linalg.norm(reach, axis=1), 80)]
        way = far.mean(0)
        arm = _direction(float(np.degrees(np.arctan2(-way[1], way[0]))))
    return standing(shoulders=np.array([x, y, z]), arm=arm)


def _direction(down_deg: float) -> F64:
    turn = np.radians(np.clip(down_deg, -20, 85))
    return np.array([np.cos(turn), -np.sin(turn), 0.0])


def _cloth(points: F64, faces: I64) -> tuple[F64, I64, I64]:
    """Points welded where seams of texture part them, which of these each point is, and the edges between them."""
    keys = np.round(points / _WELD_M).astype(np.int64)
    _, first, of_point = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    of_point = of_point.reshape(-1)
    corners = of_point[faces]
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    return points[first], of_point, pairs


def _heat(points: F64, edges: I64, bones: Bones, kind: Kind) -> F64:
    """Weights ``(n, b)``: rows sum to 1, four bones a point at the most."""
    reach = np.stack(
        [_distance(points, a, b) - r for a, b, r in zip(bones.heads, bones.tails, bones.radii, strict=True)], 1
    )
    for i, name in enumerate(bones.names):
        # Cloth follows a leg only where it goes round that leg; a head and feet wear nothing here.
        is_leg = name.endswith(("UpperLeg", "LowerLeg", "Foot"))
        is_arm = name.endswith(("UpperArm", "LowerArm", "Hand", "Shoulder"))
        if (
            name in {"head"}
            or name.endswith("Foot")
            or (is_leg and kind in {"top", "jacket"})
            or (is_arm and kind in _FROM_WAIST)
        ):
            reach[:, i] = np.inf
        side = 1 if name.startswith("left") else -1 if name.startswith("right") else 0
        if side:
            # The other side's limbs never pull.
            reach[(points[:, 0] - bones.heads[0, 0]) * side < -0.02, i] = np.inf
    near = np.maximum(reach.min(1), 0.004)
    nearest = reach.argmin(1)
    count = len(points)
    lengths = np.maximum(np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1), 1e-4)
    mean = float(lengths.mean())
    pull = mean / lengths
    rows, cols = np.concatenate([edges[:, 0], edges[:, 1]]), np.concatenate([edges[:, 1], edges[:, 0]])
    graph = sparse.csr_matrix((np.concatenate([pull, pull]), (rows, cols)), shape=(count, count))
    laplacian = sparse.diags(np.asarray(graph.sum(1)).ravel()) - graph
    heat = (mean / np.maximum(near, 0.02)) ** 2
    solve = splu((laplacian + sparse.diags(heat)).tocsc())
    weights = np.zeros((count, len(bones.names)))
    for i in np.unique(nearest):
        weights[:, i] = np.maximum(solve.solve(heat * (nearest == i)), 0)
    least = np.sort(weights, axis=1)[:, -4][:, None]
    weights = np.where(weights >= np.maximum(least, 0.01), weights, 0)
    weights /= weights.sum(1, keepdims=True)
    return weights


def _distance(points: F64, a: F64, b: F64) -> F64:
    """From points to a segment."""
    along = b - a
    t = np.clip((points - a) @ along / max(float(along @ along), 1e-12), 0, 1)
    out: F64 = np.linalg.norm(points - a - t[:, None] * along, axis=1)
    return out


def _bound(scene: Scene, weights: F64, bones: Bones) -> tuple[Scene, list[int]]:
    """The scene with every mesh bound; bones are nodes of their own, as VRM names them."""
    worlds = world_matrices(scene)
    nodes: list[Node] = []
    meshes: list[Mesh] = []
    start = 0
    for index, node in enumerate(scene.nodes):
        if node.mesh is None or index not in worlds:
            continue
        primitives = []
        for primitive in scene.meshes[node.mesh].primitives:
            end = start + len(primitive.positions)
            primitives.append(_skinned(primitive, worlds[index], weights[start:end]))
            start = end
        nodes.append(Node(name=node.name, mesh=len(meshes), skin=0, extras=node.extras))
        meshes.append(replace(scene.meshes[node.mesh], primitives=tuple(primitives)))
    first = len(nodes)
    inverse = []
    for i, name in enumerate(bones.names):
        parent = bones.parents[i]
        above = np.eye(3) if parent < 0 else bones.turns[parent]
        origin = np.zeros(3) if parent < 0 else bones.heads[parent]
        x, y, z = (float(v) for v in above.T @ (bones.heads[i] - origin))
        children = tuple(first + at for at, one in enumerate(bones.parents) if one == i)
        nodes.append(
            Node(name=name, children=children, translation=(x, y, z), rotation=_quaternion(above.T @ bones.turns[i]))
        )
        world = np.eye(4)
        world[:3, :3], world[:3, 3] = bones.turns[i], bones.heads[i]
        inverse.append(np.linalg.inv(world))
    skin = Skin(
        joints=tuple(range(first, first + len(bones.names))), inverse_bind=np.array(inverse, np.float32),
        name="humanoid", skeleton=first,
    )  # fmt: skip
    used = [int(i) for i in np.flatnonzero(weights.max(0) > 0.05)]
    out = replace(
        scene, nodes=tuple(nodes), roots=(*range(first), first), meshes=tuple(meshes), skins=(skin,), animations=()
    )
    return out, used


def _skinned(primitive: Primitive, world: F64, weights: F64) -> Primitive:
    order = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    share = np.take_along_axis(weights, order, axis=1).astype(np.float32)
    share /= share.sum(1, keepdims=True)
    order = np.where(share > 0, order, 0)  # the specification wants joint 0 where the weight is 0
    turn = world[:3, :3]
    changed: dict[str, Any] = {
        "positions": (primitive.positions @ turn.T + world[:3, 3]).astype(np.float32),
        "joints": order.astype(np.uint16),
        "weights": share,
    }
    if primitive.normals is not None:
        normals = primitive.normals @ np.linalg.inv(turn)
        changed["normals"] = (normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)).astype(
            np.float32
        )
    if primitive.tangents is not None:
        along = primitive.tangents[:, :3] @ turn.T
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
        changed["tangents"] = np.column_stack([along, primitive.tangents[:, 3]]).astype(np.float32)
    return replace(primitive, **changed)


def _poses(kind: Kind) -> dict[str, dict[str, F64]]:
    """How bodies stand in mirrors: turns about the bones' heads."""

    def arms(turn: float, elbow: float = 0.0) -> dict[str, F64]:
        return {
            "leftUpperArm": _about(2, turn), "rightUpperArm": _about(2, -turn),
            "leftLowerArm": _about(1, -elbow), "rightLowerArm": _about(1, elbow),
        }  # fmt: skip

    lean = {"spine": _about(2, 15), "chest": _about(2, 10)}
    twist = {"spine": _about(1, 15), "chest": _about(1, 15), "upperChest": _about(1, 10)}
    step = {"leftUpperLeg": _about(0, -35), "leftLowerLeg": _about(0, 40), "rightUpperLeg": _about(0, 15)}
    if kind in _FROM_WAIST:
        return {"step": step, "lean": lean}
    poses = {"arms out": arms(40), "arms down": arms(-30), "elbows bent": arms(0, 70), "lean": lean, "twist": twist}
    return {**poses, "step": step} if kind == "dress" else poses


def _stretch(
    points: F64, edges: I64, weights: F64, of_point: I64, bones: Bones, turns: dict[str, F64]
) -> dict[str, float]:
    own = np.zeros((len(points), weights.shape[1]))
    own[of_point] = weights
    matrices = np.tensordot(own, bones.posed(turns), axes=(1, 0))
    moved = np.einsum("nij,nj->ni", matrices[:, :3, :3], points) + matrices[:, :3, 3]
    before = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
    after = np.linalg.norm(moved[edges[:, 0]] - moved[edges[:, 1]], axis=1)
    ratio = after[before > 1e-4] / before[before > 1e-4]
    spread = np.maximum(ratio, 1 / np.maximum(ratio, 1e-6))
    return {"p99": round(float(np.percentile(spread, 99)), 2), "max": round(float(spread.max()), 2)}


def _about(axis: int, degrees: float) -> F64:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    a, b = [(1, 2), (2, 0), (0, 1)][axis]
    out = np.eye(3)
    out[a, a], out[a, b], out[b, a], out[b, b] = cos, -sin, sin, cos
    return out


def _quaternion(turn: F64) -> tuple[float, float, float, float]:
    from scipy.spatial.transform import Rotation

    x, y, z, w = (float(v) for v in Rotation.from_matrix(turn).as_quat())
    return (x, y, z, w)
