"""
Move a whole scene: into the vertices where that is safe, by a wrapping node where it is not.

A static scene whose meshes are each drawn once gets the transform baked in, so that every viewer and every later step
sees metres. Skins, animations and instances keep their own spaces under a new root.
"""

from dataclasses import replace

import numpy as np

from showroom_assets.scene import F32, F64, Node, Primitive, Scene, world_matrices


def can_bake(scene: Scene) -> bool:
    """Whether the transform can go into the vertices: nothing skinned, animated or drawn twice."""
    drawn = [node.mesh for node in scene.nodes if node.mesh is not None]
    return not scene.skins and not scene.animations and len(drawn) == len(set(drawn))


def transform_scene(scene: Scene, matrix: F64, *, name: str = "normalised") -> Scene:
    """
    The scene moved by ``matrix (4, 4)``: rotation, uniform scale and translation.

    Nodes that draw nothing (anchors, sockets) keep their own scale and follow in place and direction.
    """
    return _baked(scene, matrix) if can_bake(scene) else _wrapped(scene, matrix, name)


def transform_primitive(primitive: Primitive, matrix: F64) -> Primitive:
    """
    A primitive moved by any affine ``matrix (4, 4)``; a mirroring one turns the triangles and the tangents' sign round.
    """
    linear = matrix[:3, :3]
    if np.array_equal(matrix, np.eye(4)):
        return primitive
    mirrored = np.linalg.det(linear) < 0
    # normals go by the cofactor matrix, which unlike the inverse transpose exists for flattening matrices too
    cofactor = np.cross(np.roll(linear, -1, axis=1), np.roll(linear, -2, axis=1), axis=0) * (-1 if mirrored else 1)

    def moved(rows: F32, by: F64) -> F32:
        return (rows.astype(np.float64) @ by.T).astype(np.float32)

    def turned(rows: F32, by: F64) -> F32:
        out = rows.astype(np.float64) @ by.T
        length = np.linalg.norm(out, axis=1, keepdims=True)
        return np.where(length > 0, out / np.where(length > 0, length, 1), rows).astype(np.float32)

    tangents = primitive.tangents
    if tangents is not None:
        hand = tangents[:, 3:] * np.float32(-1 if mirrored else 1)
        tangents = np.concatenate([turned(tangents[:, :3], linear), hand], axis=1)
    by_role = {"POSITION": linear, "NORMAL": cofactor / max(float(np.cbrt(abs(np.linalg.det(cofactor)))), 1e-300),
               "TANGENT": linear / max(float(np.cbrt(abs(np.linalg.det(linear)))), 1e-300)}  # fmt: skip
    positions = primitive.positions.astype(np.float64) @ linear.T + matrix[:3, 3]
    return replace(
        primitive,
        positions=positions.astype(np.float32),
        indices=np.ascontiguousarray(primitive.indices[:, ::-1]) if mirrored else primitive.indices,
        normals=None if primitive.normals is None else turned(primitive.normals, cofactor),
        tangents=tangents,
        targets=tuple({role: moved(rows, by_role[role]) for role, rows in t.items()} for t in primitive.targets),
    )


def _baked(scene: Scene, matrix: F64) -> Scene:
    world = world_matrices(scene)
    meshes = list(scene.meshes)
    parents = {child: index for index, node in enumerate(scene.nodes) for child in node.children}
    drawing = {index for index, node in enumerate(scene.nodes) if node.mesh is not None and index in world}
    for index in list(drawing):  # a node above a mesh must not move what was baked below it
        while index in parents:
            index = parents[index]
            drawing.add(index)
    placed: dict[int, F64] = {index: np.eye(4) for index in drawing}
    scale = float(np.cbrt(abs(np.linalg.det(matrix[:3, :3]))))
    unscale = np.diag([1 / scale, 1 / scale, 1 / scale, 1.0])
    nodes = list(scene.nodes)
    for index, node_world in world.items():  # parents come before their children
        node = scene.nodes[index]
        if node.mesh is not None:
            mesh = scene.meshes[node.mesh]
            moved = tuple(transform_primitive(p, matrix @ node_world) for p in mesh.primitives)
            meshes[node.mesh] = replace(mesh, primitives=moved)
        if index not in drawing:
            placed[index] = matrix @ node_world @ unscale
        above = placed[parents[index]] if index in parents else np.eye(4)
        nodes[index] = _with_matrix(node, _relative(above, placed[index]))
    return replace(scene, nodes=tuple(nodes), meshes=tuple(meshes))


def _relative(parent: F64, child: F64) -> F64:
    if np.array_equal(parent, np.eye(4)) or abs(np.linalg.det(parent)) < 1e-30:
        return child
    return np.asarray(np.linalg.inv(parent) @ child)


def _wrapped(scene: Scene, matrix: F64, name: str) -> Scene:
    if np.array_equal(matrix, np.eye(4)):
        return scene
    root = _with_matrix(Node(name=name, children=scene.roots), matrix)
    return replace(scene, nodes=(*scene.nodes, root), roots=(len(scene.nodes),))


def _with_matrix(node: Node, matrix: F64) -> Node:
    """The node with this local transform, as translation, rotation and scale if it has no shear."""
    linear = matrix[:3, :3]
    scale = np.linalg.norm(linear, axis=0)
    if np.linalg.det(linear) < 0:
        scale = -scale
    plain = bool((np.abs(scale) > 1e-30).all())
    rotation = linear / np.where(np.abs(scale) > 1e-30, scale, 1.0)
    plain = plain and bool(np.abs(rotation.T @ rotation - np.eye(3)).max() < 1e-6)
    x, y, z = (float(v) for v in matrix[:3, 3])
    if not plain:
        return replace(node, translation=(0.0, 0.0, 0.0), rotation=(0.0, 0.0, 0.0, 1.0), scale=(1.0, 1.0, 1.0),
                       matrix=matrix)  # fmt: skip
    sx, sy, sz = (float(v) for v in scale)
    return replace(node, translation=(x, y, z), rotation=quaternion(rotation), scale=(sx, sy, sz), matrix=None)


def quaternion(rotation: F64) -> tuple[float, float, float, float]:
    """xyzw of a rotation matrix ``(3, 3)``. Source: Bar-Itzhack (2000): the largest eigenvector, stable everywhere."""
    m = rotation
    k = np.array(
        [
            [m[0, 0] - m[1, 1] - m[2, 2], m[1, 0] + m[0, 1], m[2, 0] + m[0, 2], m[2, 1] - m[1, 2]],
            [m[1, 0] + m[0, 1], m[1, 1] - m[0, 0] - m[2, 2], m[2, 1] + m[1, 2], m[0, 2] - m[2, 0]],
            [m[2, 0] + m[0, 2], m[2, 1] + m[1, 2], m[2, 2] - m[0, 0] - m[1, 1], m[1, 0] - m[0, 1]],
            [m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], np.trace(m)],
        ]
    )
    if np.array_equal(m, np.eye(3)):
        return 0.0, 0.0, 0.0, 1.0
    x, y, z, w = np.linalg.eigh(k)[1][:, -1]
    sign = -1.0 if w < 0 else 1.0
    return float(sign * x), float(sign * y), float(sign * z), float(sign * w)
