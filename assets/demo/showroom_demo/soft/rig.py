"""
Skins an assembled garment to the humanoid rig.

Each part becomes a root node of its own (glTF ignores the transforms above a skinned mesh, so there should be none),
and the hips become a root beside them.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from showroom_assets.scene import Mesh, Node, Primitive, Scene, Skin, world_matrices
from showroom_demo.kit.assemble import Assembly
from showroom_demo.kit.body import body, rig_nodes
from showroom_demo.kit.shape import F64

WeightsAt = Callable[[F64], F64]


def rigged(assembly: Assembly, weights_at: WeightsAt) -> Scene:
    """
    The same scene, skinned.

    ``weights_at`` gives bone weights ``(n, b)`` in ``body().bones`` order for points in modelling millimetres.
    """
    scene = assembly.scene
    shift = np.asarray(assembly.shift_mm)
    world = world_matrices(scene)
    nodes: list[Node] = []
    meshes: list[Mesh] = []
    used: list[F64] = []
    for index, node in enumerate(scene.nodes):
        if node.mesh is None:
            continue
        matrix = world[index]
        primitives = []
        for primitive in scene.meshes[node.mesh].primitives:
            points = primitive.positions @ matrix[:3, :3].T + matrix[:3, 3]
            weights = weights_at(points * 1000.0 - shift)
            used.append(weights)
            primitives.append(_skinned(primitive, points, weights))
        nodes.append(replace(node, mesh=len(meshes), skin=0, children=(), translation=(0.0, 0.0, 0.0)))
        meshes.append(replace(scene.meshes[node.mesh], primitives=tuple(primitives)))
    bones, inverse_bind = rig_nodes(first=len(nodes), shift_mm=assembly.shift_mm)
    skin = Skin(
        joints=tuple(range(len(nodes), len(nodes) + len(bones))),
        inverse_bind=inverse_bind,
        name="humanoid",
        skeleton=len(nodes),
    )
    return replace(
        scene,
        nodes=(*nodes, *bones),
        roots=(*range(len(nodes)), len(nodes)),
        meshes=tuple(meshes),
        skins=(skin,),
    )


def _skinned(primitive: Primitive, points: F64, weights: F64) -> Primitive:
    assert weights.shape[1] == len(body().bones)
    order = np.argsort(-weights, axis=1, kind="stable")[:, :4]
    share = np.take_along_axis(weights, order, axis=1).astype(np.float32)
    share /= share.sum(axis=1, keepdims=True)
    order = np.where(share > 0, order, 0)  # the specification wants joint 0 where the weight is 0
    return replace(primitive, positions=points.astype(np.float32), joints=order.astype(np.uint16), weights=share)
