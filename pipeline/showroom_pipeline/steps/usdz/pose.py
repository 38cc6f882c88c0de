"""
Meshes as they stand still: morphs at their default weights, skins at the pose of the file.

Quick Look plays skeletons poorly, and a shelf wants a still product, so the geometry is posed instead of exported.

Source: glTF 2.0 specification, sections 3.7.2.2 (morph targets) and 3.7.3.3 (skinning).
"""

from dataclasses import replace

import numpy as np

from showroom_assets.scene import F32, F64, Mesh, Node, Primitive, Scene, world_matrices


def posed(scene: Scene) -> Scene:
    """The scene without skins, morph targets and animations, looking the same at rest."""
    world = world_matrices(scene)
    meshes: list[Mesh] = []
    nodes: list[Node] = []
    for at, node in enumerate(scene.nodes):
        if node.mesh is None or at not in world:
            nodes.append(replace(node, mesh=None, skin=None))
            continue
        mesh = scene.meshes[node.mesh]
        primitives = tuple(_morphed(primitive, node.weights or mesh.weights) for primitive in mesh.primitives)
        if node.skin is not None:
            skin = scene.skins[node.skin]
            # A skinned mesh ignores its own node; undo that node here, so that the tree can stay.
            undo = np.linalg.inv(world[at]) if abs(np.linalg.det(world[at])) > 1e-12 else np.eye(4)
            bones = np.stack(
                [
                    undo @ world.get(joint, np.eye(4)) @ bind
                    for joint, bind in zip(skin.joints, skin.inverse_bind, strict=True)
                ]
            )
            primitives = tuple(_skinned(primitive, bones) for primitive in primitives)
        meshes.append(replace(mesh, primitives=primitives, weights=()))
        nodes.append(replace(node, mesh=len(meshes) - 1, skin=None, weights=()))
    return replace(scene, nodes=tuple(nodes), meshes=tuple(meshes), skins=(), animations=())


def _morphed(primitive: Primitive, weights: tuple[float, ...]) -> Primitive:
    positions = primitive.positions
    normals = primitive.normals
    for weight, target in zip(weights, primitive.targets, strict=False):
        if weight and "POSITION" in target:
            positions = positions + np.float32(weight) * target["POSITION"]
        if weight and normals is not None and "NORMAL" in target:
            normals = normals + np.float32(weight) * target["NORMAL"]
    return replace(primitive, positions=positions, normals=None if normals is None else _unit(normals), targets=())


def _skinned(primitive: Primitive, bones: F64) -> Primitive:
    if primitive.joints is None or primitive.weights is None:
        return primitive
    blend = np.einsum("nk,nkij->nij", primitive.weights, bones[primitive.joints], optimize=True)
    positions = np.einsum("nij,nj->ni", blend[:, :3, :3], primitive.positions) + blend[:, :3, 3]
    normals = primitive.normals
    if normals is not None:
        normals = _unit(np.einsum("nij,nj->ni", blend[:, :3, :3], normals).astype(np.float32))
    return replace(primitive, positions=positions.astype(np.float32), normals=normals, joints=None, weights=None)


def _unit(vectors: F32) -> F32:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.where(length > 1e-12, vectors / np.maximum(length, 1e-12), np.float32(0)).astype(np.float32)
