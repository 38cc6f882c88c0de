"""
Measures what ``showroom fit --set-anchors`` and ``showroom rig`` find against what was set by hand, on demo products.

    python tests/bench/wearing.py [FOLDER]

FOLDER holds the demo's source (``build/demo/source``). Floor for anchors: each in the middle of the model's box; for
the rig: every point bound wholly to its strongest bone.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from showroom_assets.glb import read_glb
from showroom_assets.scene import F64, Scene, world_matrices
from showroom_pipeline.surface_error import world_triangles
from showroom_pipeline.wearing import item, propose
from showroom_pipeline.wearing.rig import Kind, rig

POSES = {"arms out": ("UpperArm", 2, 40.0), "arms down": ("UpperArm", 2, -30.0), "twist": ("spine", 1, 25.0)}


def anchors(folder: Path) -> None:
    print("anchor proposals against those set by hand, mm (in brackets: the box's middle)")
    for name in ("marlo-glasses", "solen-sunglasses", "field-cap", "aria-headphones"):
        one = item.load(folder / name / f"{name}.glb")
        mesh = world_triangles(one.scene)
        found = {anchor.name: np.array(anchor.position_m) for anchor in propose.propose(one.worn, mesh)}
        middle = (mesh[0].min(0) + mesh[0].max(0)) / 2
        for anchor in one.anchors:
            if anchor.name in found:
                far, floor = (np.linalg.norm(at - anchor.position_m) * 1000 for at in (found[anchor.name], middle))
                print(f"  {name:18} {anchor.name:14} {far:5.1f}  ({floor:.0f})")


def bones(folder: Path) -> None:
    print("garments stripped of their bones and bound anew, against the hand-made rig, mm over all points")
    kinds: tuple[tuple[str, Kind], ...] = (("alder-tee", "top"), ("rove-bomber", "jacket"))
    for name, kind in kinds:
        ours = read_glb((folder / name / f"{name}.glb").read_bytes())
        made = rig(_bare(ours), kind=kind).scene
        stiff = _nearest_only(made)
        for pose, (bone, axis, degrees) in POSES.items():
            truth = _posed(ours, bone, axis, degrees)
            far, floor = (
                np.linalg.norm(_posed(scene, bone, axis, degrees) - truth, axis=1) * 1000 for scene in (made, stiff)
            )
            print(
                f"  {name:12} {pose:10} mean {far.mean():4.1f} ({floor.mean():.1f})  "
                f"95 % {np.percentile(far, 95):5.1f} ({np.percentile(floor, 95):.1f})  largest {far.max():.0f}"
            )


def _bare(scene: Scene) -> Scene:
    meshes = tuple(
        replace(mesh, primitives=tuple(replace(one, joints=None, weights=None) for one in mesh.primitives))
        for mesh in scene.meshes
    )
    nodes = tuple(replace(node, skin=None, children=()) for node in scene.nodes if node.mesh is not None)
    return replace(scene, nodes=nodes, roots=tuple(range(len(nodes))), meshes=meshes, skins=(), animations=())


def _nearest_only(scene: Scene) -> Scene:
    def alone(weights: F64) -> F64:
        return np.eye(weights.shape[1], dtype=np.float32)[weights.argmax(1)]

    meshes = tuple(
        replace(mesh, primitives=tuple(replace(one, weights=alone(one.weights)) for one in mesh.primitives))
        for mesh in scene.meshes
    )
    return replace(scene, meshes=meshes)


def _posed(scene: Scene, bone: str, axis: int, degrees: float) -> F64:
    """All points after turning a bone, or both sides of it, about an axis of the room."""
    worlds = world_matrices(scene)
    parents = {child: index for index, node in enumerate(scene.nodes) for child in node.children}
    nodes = list(scene.nodes)
    for index, node in enumerate(scene.nodes):
        if node.mesh is not None or node.name not in {bone, f"left{bone}", f"right{bone}"}:
            continue
        sign = -1 if node.name.startswith("right") else 1
        above = worlds[parents[index]][:3, :3]
        turn = Rotation.from_rotvec(np.eye(3)[axis] * np.radians(degrees * sign)).as_matrix()
        own = above.T @ turn @ above @ Rotation.from_quat(node.rotation).as_matrix()
        x, y, z, w = Rotation.from_matrix(own).as_quat()
        nodes[index] = replace(node, rotation=(x, y, z, w))
    return world_triangles(replace(scene, nodes=tuple(nodes)))[0]


if __name__ == "__main__":
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "build/demo/source")
    anchors(source)
    bones(source)
