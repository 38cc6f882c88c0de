"""
A sleeveless dress for a mean body, made of rings: bodice, waist, and a skirt to the knees that both thighs move.

Rigged as common tools do it: VRM's bones in a T-pose, the skirt shared between the hips and both upper legs (left and
right blend across the middle). What it is not: tailored; it shows whether a skirt is worn, not whether it suits.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from showroom_assets.glb import write_glb
from showroom_assets.scene import Material, Mesh, Node, Primitive, Scene, Skin

F64 = NDArray[np.float64]

#: Metres in a T-pose on the floor; MakeHuman's mean body.
BONES: Final[dict[str, tuple[str, tuple[float, float, float]]]] = {
    "hips": ("", (0, 0.955, 0.0)),
    "spine": ("hips", (0, 1.045, 0.008)),
    "chest": ("spine", (0, 1.148, -0.006)),
    "upperChest": ("chest", (0, 1.271, -0.04)),
    "neck": ("upperChest", (0, 1.461, 0.0)),
    "leftShoulder": ("upperChest", (0.063, 1.421, 0.0)),
    "leftUpperArm": ("leftShoulder", (0.186, 1.366, 0.0)),
    "leftLowerArm": ("leftUpperArm", (0.438, 1.366, 0.0)),
    "leftHand": ("leftLowerArm", (0.70, 1.366, 0.0)),
    "rightShoulder": ("upperChest", (-0.063, 1.421, 0.0)),
    "rightUpperArm": ("rightShoulder", (-0.186, 1.366, 0.0)),
    "rightLowerArm": ("rightUpperArm", (-0.438, 1.366, 0.0)),
    "rightHand": ("rightLowerArm", (-0.70, 1.366, 0.0)),
    "leftUpperLeg": ("hips", (0.1, 0.905, -0.014)),
    "leftLowerLeg": ("leftUpperLeg", (0.1, 0.49, -0.01)),
    "leftFoot": ("leftLowerLeg", (0.1, 0.08, -0.03)),
    "rightUpperLeg": ("hips", (-0.1, 0.905, -0.014)),
    "rightLowerLeg": ("rightUpperLeg", (-0.1, 0.49, -0.01)),
    "rightFoot": ("rightLowerLeg", (-0.1, 0.08, -0.03)),
}
NAMES: Final = tuple(BONES)
#: Height, half the width and half the depth of the cloth, and how far its middle lies ahead; from hem to neckline.
RINGS: Final = (
    (0.46, 0.33, 0.27, 0.0), (0.60, 0.285, 0.235, 0.0), (0.74, 0.24, 0.195, 0.0), (0.86, 0.205, 0.16, -0.005),
    (0.94, 0.19, 0.145, 0.0), (1.02, 0.165, 0.128, 0.008), (1.09, 0.152, 0.118, 0.008), (1.17, 0.16, 0.125, 0.006),
    (1.25, 0.176, 0.14, 0.005), (1.32, 0.186, 0.135, 0.0), (1.38, 0.18, 0.115, -0.005), (1.42, 0.14, 0.1, -0.01),
)  # fmt: skip
AROUND: Final = 64
SPINE: Final = ("hips", "spine", "chest", "upperChest")


def dress(colour: tuple[float, float, float] = (0.32, 0.05, 0.09)) -> bytes:
    """The file."""
    points, faces = _surface()
    weights = _weights(points)
    order = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    share = np.take_along_axis(weights, order, axis=1)
    share /= share.sum(axis=1, keepdims=True)
    normals = np.zeros_like(points)
    corners = points[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    for k in range(3):
        np.add.at(normals, faces[:, k], across)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    cloth = Primitive(
        positions=points.astype(np.float32), indices=faces.astype(np.uint32), normals=normals.astype(np.float32),
        joints=np.where(share > 0, order, 0).astype(np.uint16), weights=share.astype(np.float32), material=0,
    )  # fmt: skip
    skin, nodes = skeleton()
    satin = {"pbrMetallicRoughness": {"baseColorFactor": [*colour, 1], "metallicFactor": 0, "roughnessFactor": 0.7}}
    scene = Scene(
        nodes=(Node(name="dress", mesh=0, skin=0), *nodes),
        roots=(0, 1),
        meshes=(Mesh(name="dress", primitives=(cloth,)),),
        materials=(Material(name="cloth", json={**satin, "doubleSided": True}),),
        skins=(skin,),
    )
    return write_glb(scene)


def skeleton() -> tuple[Skin, tuple[Node, ...]]:
    """The bones, for a file whose first node is the cloth and whose others are these."""
    heads = np.array([BONES[name][1] for name in NAMES], np.float64)
    inverse = np.tile(np.eye(4, dtype=np.float32), (len(NAMES), 1, 1))
    inverse[:, :3, 3] = -heads
    nodes = []
    for name, (above, at) in BONES.items():
        start = np.array(BONES[above][1] if above else (0, 0, 0))
        x, y, z = (float(v) for v in np.array(at) - start)
        children = tuple(1 + NAMES.index(other) for other, (parent, _) in BONES.items() if parent == name)
        nodes.append(Node(name=name, children=children, translation=(x, y, z)))
    joints = tuple(range(1, 1 + len(NAMES)))
    return Skin(joints=joints, inverse_bind=inverse, name="humanoid", skeleton=1), tuple(nodes)


def _surface() -> tuple[F64, NDArray[np.int64]]:
    """Rings drawn finer, the skirt with folds, holes for the arms by how the bodice ends; the wall is one layer."""
    heights = np.linspace(RINGS[0][0], RINGS[-1][0], 44)
    known = np.array(RINGS)
    wide, deep, ahead = (np.interp(heights, known[:, 0], known[:, k]) for k in (1, 2, 3))
    theta = np.arange(AROUND) / AROUND * 2 * np.pi
    fold = 1 + 0.05 * np.clip((0.86 - heights) / 0.4, 0, 1)[:, None] * np.sin(9 * theta)[None]
    points = np.stack(
        [
            wide[:, None] * np.cos(theta) * fold,
            np.repeat(heights[:, None], AROUND, 1),
            ahead[:, None] + deep[:, None] * np.sin(theta) * fold,
        ],
        axis=2,
    ).reshape(-1, 3)
    at = np.arange(len(heights) - 1)[:, None] * AROUND + np.arange(AROUND)
    beside = np.arange(len(heights) - 1)[:, None] * AROUND + (np.arange(AROUND) + 1) % AROUND
    quads = np.stack([at, at + AROUND, beside + AROUND, beside], axis=2).reshape(-1, 4)
    return points, np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def _weights(points: F64) -> F64:
    """Up the spine by height; below the hips to both thighs, the nearer one more."""
    weights = np.zeros((len(points), len(NAMES)))
    up = [BONES[name][1][1] for name in SPINE]
    for k, name in enumerate(SPINE):
        shares = np.zeros(len(SPINE))
        shares[k] = 1
        weights[:, NAMES.index(name)] = np.interp(points[:, 1], up, shares)
    legs = np.clip((0.93 - points[:, 1]) / 0.2, 0, 1)
    weights *= (1 - legs)[:, None]
    left = np.clip(0.5 + points[:, 0] / 0.24, 0, 1)
    weights[:, NAMES.index("leftUpperLeg")] += legs * left
    weights[:, NAMES.index("rightUpperLeg")] += legs * (1 - left)
    return weights
