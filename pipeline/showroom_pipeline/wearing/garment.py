"""
A rigged garment on a body in a photo: the joints in metres, the bones brought to them, the cloth bent along.

The body is as tall as said (1.73 m if nothing is); each joint lies on its own ray at the depth that the whole body
gives it, as in the mirror. The garment keeps its millimetres. What it is not: cloth that swings, or a mask of the real
arms; bare forearms and hands are taken for bars.

Source: ``webclient/src/tryon/body.ts`` and ``garment.ts``; linear blend skinning, glTF 2.0 section 3.7.3.3.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import trimesh
from scipy.spatial.transform import Rotation, Slerp

from showroom_assets.errors import EmptyInput, InputError
from showroom_assets.scene import F64, U8, Mesh, Node, Primitive, Scene
from showroom_pipeline.surface_error import world_triangles
from showroom_pipeline.wearing import depth, picture, shut
from showroom_pipeline.wearing.bones import HEIGHT_M, SHOULDER_X_M, standing
from showroom_pipeline.wearing.depth import Mesh as Shape
from showroom_pipeline.wearing.fit import Fitted
from showroom_pipeline.wearing.head import Lens
from showroom_pipeline.wearing.item import Item
from showroom_pipeline.wearing.verdict import Check

# MediaPipe's landmarks; left and right are the subject's.
_AT = {
    "leftUpperArm": 11, "rightUpperArm": 12, "leftLowerArm": 13, "rightLowerArm": 14, "leftHand": 15, "rightHand": 16,
    "leftUpperLeg": 23, "rightUpperLeg": 24, "leftLowerLeg": 25, "rightLowerLeg": 26, "leftFoot": 27, "rightFoot": 28,
}  # fmt: skip
_NEEDED = ("leftUpperArm", "rightUpperArm", "leftUpperLeg", "rightUpperLeg")
_TORSO_M = 0.461
_SEEN = 0.5
_TRUNK = ("hips", "spine", "chest", "upperChest", "neck", "head", "leftShoulder", "rightShoulder")


def fit(item: Item, photo: U8, *, models: Path, height_m: float = HEIGHT_M) -> Fitted:
    """
    Raises
    ------
    InputError
        The garment has no bones, or not those of a body.
    EmptyInput
        Nobody whose shoulders and hips are seen.
    """
    heads, parents = _bones(item.scene)
    lens = Lens(photo.shape[1], photo.shape[0])
    found = shut.track(photo, ["pose"], models)
    bodies = [
        joints for marks, metres in zip(found.bodies, found.bodies_m, strict=True)
        if (joints := _joints(marks, metres, lens, height_m)) is not None
    ]  # fmt: skip
    if not bodies:
        raise EmptyInput("Nobody whose shoulders and hips are seen is in the photo. Take one from further away.")
    joints = max(bodies, key=lambda one: float(one["leftUpperArm"][2]))
    moves = _moves(heads, parents, joints)
    placed = _bent(item.scene, moves)
    mesh = world_triangles(placed)
    png = picture.draw(
        photo, placed, product_m=depth.depth_map(mesh, lens), hides_m=depth.depth_map(_bare(joints), lens), lens=lens
    )
    return Fitted(
        png=png,
        checks=_checks(item, heads, joints),
        measures={"bodies": len(bodies), "height_m": height_m, "shoulder_joints_mm": round(_span_mm(joints), 0)},
        locks=found.locks,
    )


def _bones(scene: Scene) -> tuple[dict[str, F64], dict[str, str]]:
    """Where bones begin when the garment is bound, and each one's parent."""
    if not scene.skins:
        raise InputError("The garment has no bones. Bind it first: showroom rig GARMENT.glb")
    skin = scene.skins[0]
    names = {joint: scene.nodes[joint].name for joint in skin.joints}
    heads = {
        names[joint]: np.linalg.inv(inverse.astype(np.float64))[:3, 3]
        for joint, inverse in zip(skin.joints, skin.inverse_bind, strict=True)
    }
    parents = {
        names[child]: names[joint] for joint in skin.joints for child in scene.nodes[joint].children if child in names
    }
    missing = [name for name in ("hips", "upperChest", "leftUpperArm", "rightUpperArm") if name not in heads]
    if missing:
        raise InputError(f"The garment's bones lack {', '.join(missing)}; they are named as in VRM. Bind it anew.")
    return heads, parents


def landmarks(marks: F64, metres: F64, lens: Lens, height_m: float) -> F64 | None:
    """All of a body's landmarks in camera space, ``(33, 3)`` metres; None if shoulders or hips are not seen."""
    if any(marks[_AT[name], 3] < _SEEN for name in _NEEDED):
        return None
    body = metres * [1, -1, -1]
    shoulders = (body[11] + body[12]) / 2
    hips = (body[23] + body[24]) / 2
    # Both lengths a body is known by; landmarks of the hips lie deeper than the thighs' heads, so shoulders weigh more.
    tall = height_m / HEIGHT_M
    torso = _TORSO_M * tall / max(float(np.linalg.norm(shoulders - hips)), 1e-3)
    across = 2 * SHOULDER_X_M * tall / max(float(np.linalg.norm(body[11] - body[12])), 1e-3)
    body = body * (torso**0.3 * across**0.7)
    rays = lens.rays(marks[:, :2] * [lens.width, lens.height])
    # (X + t) lies on its ray: x = -rx z and y = -ry z, linear in t; what is seen better counts more.
    rows, right = [], []
    for i in range(len(body)):
        sure = marks[i, 3]
        for k in (0, 1):
            row = [0.0, 0.0, float(rays[i, k])]
            row[k] = 1.0
            rows.append(np.array(row) * sure)
            right.append(-(body[i, k] + rays[i, k] * body[i, 2]) * sure)
    shift = np.linalg.lstsq(np.array(rows), np.array(right), rcond=None)[0]
    depths = body[:, 2] + shift[2]
    if not (depths[[11, 12, 23, 24]] < -0.2).all():
        return None
    out: F64 = rays * np.maximum(-depths, 0.1)[:, None]
    return out


def _joints(marks: F64, metres: F64, lens: Lens, height_m: float) -> dict[str, F64] | None:
    """Joints in camera space, metres; None if shoulders or hips are not seen."""
    on_rays = landmarks(marks, metres, lens, height_m)
    if on_rays is None:
        return None
    out = {name: on_rays[at] for name, at in _AT.items() if marks[at, 3] > 0.3 or name in _NEEDED}
    for side in ("left", "right"):  # an arm that is not seen hangs
        upper = out[f"{side}UpperArm"]
        down = (out["leftUpperLeg"] + out["rightUpperLeg"] - out["leftUpperArm"] - out["rightUpperArm"]) / 2
        down = down / np.linalg.norm(down)
        out.setdefault(f"{side}LowerArm", upper + down * 0.26)
        out.setdefault(f"{side}Hand", out[f"{side}LowerArm"] + down * 0.25)
    out["nose"] = on_rays[0]
    return out


def _frame(across: F64, up: F64) -> F64:
    """Axes of a part of the trunk: x to its left, y up, z ahead, as columns."""
    x = across / np.linalg.norm(across)
    y = up - x * (up @ x)
    y /= np.linalg.norm(y)
    return np.column_stack([x, y, np.cross(x, y)])


def _moves(heads: dict[str, F64], parents: dict[str, str], joints: dict[str, F64]) -> dict[str, F64]:
    """What each bone does to the points bound to it, ``(4, 4)``, camera from bound garment."""
    shoulders = (joints["leftUpperArm"] + joints["rightUpperArm"]) / 2
    hips = (joints["leftUpperLeg"] + joints["rightUpperLeg"]) / 2
    up = shoulders - hips
    ends = Rotation.from_matrix(
        [_frame(joints[f"left{part}"] - joints[f"right{part}"], up) for part in ("UpperLeg", "UpperArm")]
    )
    between = Slerp([0.0, 1.0], ends)
    shares = {"hips": 0.0, "spine": 0.3, "chest": 0.65}
    turns: dict[str, F64] = {name: between([shares.get(name, 1.0)]).as_matrix()[0] for name in _TRUNK if name in heads}
    limbs = [("UpperArm", "LowerArm"), ("LowerArm", "Hand"), ("UpperLeg", "LowerLeg"), ("LowerLeg", "Foot")]
    for side in ("left", "right"):
        for part, end in limbs:
            bone, tip = side + part, side + end
            if bone not in heads:
                continue
            above = turns.get(parents.get(bone, ""), turns["hips"])
            has_way = tip in heads and tip in joints and bone in joints
            turns[bone] = (
                _arc(above @ (heads[tip] - heads[bone]), joints[tip] - joints[bone]) @ above if has_way else above
            )
        for part in ("Hand", "Foot"):
            turns[side + part] = turns.get(side + ("LowerArm" if part == "Hand" else "LowerLeg"), turns["hips"])
    # Parents before children, from the hips; then all hang from the shoulders.
    places: dict[str, F64] = {}

    def place(name: str) -> F64:
        if name not in places:
            parent = parents.get(name)
            places[name] = np.zeros(3) if parent is None else (
                place(parent) + turns.get(parent, turns["hips"]) @ (heads[name] - heads[parent]))  # fmt: skip
        return places[name]

    for name in heads:
        place(name)
    shift = shoulders - (places["leftUpperArm"] + places["rightUpperArm"]) / 2
    out = {}
    for name, head in heads.items():
        turn = turns.get(name, turns["upperChest"])
        matrix = np.eye(4)
        matrix[:3, :3], matrix[:3, 3] = turn, places[name] + shift - turn @ head
        out[name] = matrix
    return out


def _arc(a: F64, b: F64) -> F64:
    """The shortest turn from one direction to another."""
    turn: F64 = (
        Rotation.align_vectors(b[None], a[None])[0].as_matrix() if np.linalg.norm(np.cross(a, b)) > 1e-9 else np.eye(3)
    )
    return turn


def _bent(scene: Scene, moves: dict[str, F64]) -> Scene:
    """The garment in camera space, without bones."""
    skin = scene.skins[0]
    matrices = np.stack([moves.get(scene.nodes[joint].name, moves["hips"]) for joint in skin.joints])
    # Bound points are where the bones' inverses put them: in the garment's own space.
    meshes, nodes = [], []
    for node in scene.nodes:
        if node.mesh is None:
            continue
        mesh = scene.meshes[node.mesh]
        meshes.append(Mesh(name=mesh.name, primitives=tuple(_moved(one, matrices) for one in mesh.primitives)))
        nodes.append(Node(name=node.name, mesh=len(meshes) - 1))
    return replace(
        scene, nodes=tuple(nodes), roots=tuple(range(len(nodes))), meshes=tuple(meshes), skins=(), animations=()
    )


def _moved(primitive: Primitive, matrices: F64) -> Primitive:
    if primitive.joints is None or primitive.weights is None:
        return primitive
    blend = np.einsum("nk,nkij->nij", primitive.weights.astype(np.float64), matrices[primitive.joints])
    positions = np.einsum("nij,nj->ni", blend[:, :3, :3], primitive.positions) + blend[:, :3, 3]
    normals = None
    if primitive.normals is not None:
        normals = np.einsum("nij,nj->ni", blend[:, :3, :3], primitive.normals)
        normals = (normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return replace(
        primitive, positions=positions.astype(np.float32), normals=normals, tangents=None, joints=None, weights=None
    )


def _bare(joints: dict[str, F64]) -> Shape:
    """What of a body hides a garment: forearms and hands, the neck, the head."""
    shoulders = (joints["leftUpperArm"] + joints["rightUpperArm"]) / 2
    up = shoulders - (joints["leftUpperLeg"] + joints["rightUpperLeg"]) / 2
    up /= np.linalg.norm(up)
    bars = [(shoulders + up * 0.02, shoulders + up * 0.16, 0.056), (shoulders + up * 0.2, shoulders + up * 0.26, 0.085)]
    for side in ("left", "right"):
        elbow, wrist = joints[f"{side}LowerArm"], joints[f"{side}Hand"]
        way = (wrist - elbow) / max(float(np.linalg.norm(wrist - elbow)), 1e-6)
        bars += [(elbow, wrist, 0.036), (wrist, wrist + way * 0.12, 0.042)]
    points: list[F64] = []
    faces: list[np.ndarray[tuple[int, ...], np.dtype[np.int64]]] = []
    count = 0
    for a, b, radius in bars:
        bar = trimesh.creation.capsule(height=float(np.linalg.norm(b - a)), radius=radius, count=[16, 12])
        turned = bar.vertices @ _arc(np.array([0.0, 0.0, 1.0]), b - a).T + a
        points.append(turned)
        faces.append(np.asarray(bar.faces, dtype=np.int64) + count)
        count += len(turned)
    return np.concatenate(points), np.concatenate(faces)


def _span_mm(joints: dict[str, F64]) -> float:
    return float(np.linalg.norm(joints["leftUpperArm"] - joints["rightUpperArm"]) * 1000)


def _checks(item: Item, heads: dict[str, F64], joints: dict[str, F64]) -> list[Check]:
    wide = float(np.linalg.norm(heads["leftUpperArm"] - heads["rightUpperArm"]) * 1000)
    middle = abs(float(heads["leftUpperArm"][0] + heads["rightUpperArm"][0])) * 500
    standard = standing(shoulders=np.zeros(3), arm=np.array([0.7, -0.7, 0.0]))
    usual = float(np.linalg.norm(standard.heads[standard.at("leftUpperArm")] * 2) * 1000)
    weights = [one.weights for mesh in item.scene.meshes for one in mesh.primitives if one.weights is not None]
    off = max((float(np.abs(one.sum(1) - 1).max()) for one in weights), default=1.0)
    return [
        Check(name="shoulders_of_rig", value=wide - usual, least=-90, most=90, unit="mm",
              says=f"its shoulders are {wide:.0f} mm apart, a body's {usual:.0f}"),
        Check(name="rig_off_middle", value=middle, least=0, most=25, unit="mm", says="left against right"),
        Check(name="weights_off_one", value=off, least=0, most=0.02, unit="", says="at the worst point"),
        Check(name="narrower_than_body", value=_span_mm(joints) - wide, least=-120, most=70, unit="mm",
              says="this body's shoulder joints against the garment's"),
    ]  # fmt: skip
