"""
The node tree: transforms, cycles, depth and GPU instances.

Source: glTF 2.0 specification, section 3.5; EXT_mesh_gpu_instancing.
"""

from dataclasses import replace

import numpy as np

from showroom_assets.scene import F64, Json, Node

from . import fields
from .accessors import Accessors
from .limits import Meter

INSTANCING = "EXT_mesh_gpu_instancing"


def read_nodes(
    document: Json, accessors: Accessors, meter: Meter, *, keep_extension: frozenset[str]
) -> tuple[tuple[Node, ...], tuple[int, ...]]:
    """
    The nodes, in the file's order with instances appended, and the roots of the scene that is shown.

    Nodes outside that scene stay, so that indices hold, but draw nothing.

    Raises
    ------
    DamagedFile
        A cycle, two parents, or a transform that is not finite.
    LimitExceeded
        Too many nodes, or nested too deeply.
    """
    items = fields.objects(document, "nodes")
    meter.take("nodes", len(items))
    lengths = {key: len(fields.objects(document, key)) for key in ("meshes", "skins")}
    nodes = [_node(item, len(items), lengths, keep_extension) for item in items]
    roots = _roots(document, nodes)
    shown = _walk(nodes, roots, meter)
    for at, item in enumerate(items):
        node = nodes[at]
        if at not in shown:
            nodes[at] = replace(node, mesh=None, skin=None)
            continue
        instancing = fields.extension(item, INSTANCING)
        if instancing is not None and node.mesh is not None:
            added = _instances(node, instancing, accessors, meter)
            nodes[at] = replace(node, mesh=None, children=(*node.children, *range(len(nodes), len(nodes) + len(added))))
            nodes += added
    return tuple(nodes), roots


def _node(item: Json, count: int, lengths: dict[str, int], keep: frozenset[str]) -> Node:
    base = Node(
        name=fields.text(item, "name"),
        children=fields.indices(item, "children", count),
        mesh=fields.index(item, "mesh", lengths["meshes"]),
        skin=fields.index(item, "skin", lengths["skins"]),
        weights=fields.numbers(item, "weights") or (),
        extensions={k: v for k, v in fields.mapping(item, "extensions").items() if k in keep},
        extras=_extras(item),
    )
    matrix = fields.numbers(item, "matrix", 16)
    if matrix is not None:
        return _decomposed(base, np.array(matrix, np.float64).reshape(4, 4).T.copy())
    tx, ty, tz = fields.numbers(item, "translation", 3) or (0.0, 0.0, 0.0)
    rotation = fields.numbers(item, "rotation", 4) or (0.0, 0.0, 0.0, 1.0)
    sx, sy, sz = fields.numbers(item, "scale", 3) or (1.0, 1.0, 1.0)
    length = float(np.linalg.norm(rotation))
    if length < 1e-6:
        fields.damaged("a node has a rotation of no length")
    if abs(length - 1.0) > 1e-4:
        rotation = tuple(component / length for component in rotation)
    qx, qy, qz, qw = rotation
    return replace(base, translation=(tx, ty, tz), rotation=(qx, qy, qz, qw), scale=(sx, sy, sz))


def _extras(item: Json) -> Json:
    extras = item.get("extras", {})
    return extras if isinstance(extras, dict) else {"value": extras}


def _decomposed(node: Node, matrix: F64) -> Node:
    """The TRS of a matrix, or the matrix itself where it shears."""
    linear = matrix[:3, :3]
    scale = np.linalg.norm(linear, axis=0)
    if not np.allclose(matrix[3], (0, 0, 0, 1), atol=1e-6) or (scale < 1e-12).any():
        return replace(node, matrix=matrix)
    if np.linalg.det(linear) < 0:
        scale[0] = -scale[0]
    rotation = linear / scale
    if not np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-5):
        return replace(node, matrix=matrix)
    x, y, z = (float(v) for v in matrix[:3, 3])
    sx, sy, sz = (float(v) for v in scale)
    return replace(node, translation=(x, y, z), rotation=quaternion(rotation), scale=(sx, sy, sz))


def quaternion(rotation: F64) -> tuple[float, float, float, float]:
    """xyzw of a proper ``(3, 3)`` rotation, w ≥ 0. Source: Shepperd 1978."""
    m = rotation
    squares = np.array([1 + m[0, 0] - m[1, 1] - m[2, 2], 1 - m[0, 0] + m[1, 1] - m[2, 2],
                        1 - m[0, 0] - m[1, 1] + m[2, 2], 1 + m[0, 0] + m[1, 1] + m[2, 2]])  # fmt: skip
    sums = [m[1, 0] + m[0, 1], m[2, 0] + m[0, 2], m[2, 1] + m[1, 2]]
    differences = [m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1]]
    candidates = [
        [squares[0], sums[0], sums[1], differences[0]],
        [sums[0], squares[1], sums[2], differences[1]],
        [sums[1], sums[2], squares[2], differences[2]],
        [differences[0], differences[1], differences[2], squares[3]],
    ]
    best = np.array(candidates[int(np.argmax(squares))])
    best *= (-1.0 if best[3] < 0 else 1.0) / np.linalg.norm(best)
    return float(best[0]), float(best[1]), float(best[2]), float(best[3])


def _roots(document: Json, nodes: list[Node]) -> tuple[int, ...]:
    scenes = fields.objects(document, "scenes")
    shown = fields.index(document, "scene", len(scenes))
    if scenes:
        return tuple(dict.fromkeys(fields.indices(scenes[shown or 0], "nodes", len(nodes))))
    children = {child for node in nodes for child in node.children}
    return tuple(at for at in range(len(nodes)) if at not in children)


def _walk(nodes: list[Node], roots: tuple[int, ...], meter: Meter) -> set[int]:
    parent: dict[int, int] = {}
    for at, node in enumerate(nodes):
        for child in node.children:
            if child in parent:
                fields.damaged(f"node {child} has two parents, {parent[child]} and {at}", node=child)
            parent[child] = at
    for root in roots:
        if root in parent:
            fields.damaged(f"node {root} is a root and also a child of node {parent[root]}", node=root)
    # With one parent each, whatever cannot be reached from above is part of a ring, or hangs below one.
    reached = _below(nodes, [at for at in range(len(nodes)) if at not in parent], meter)
    if len(reached) < len(nodes):
        ring = next(at for at in range(len(nodes)) if at not in reached)
        fields.damaged(f"node {ring} is its own ancestor", node=ring)
    return _below(nodes, list(roots), meter)


def _below(nodes: list[Node], tops: list[int], meter: Meter) -> set[int]:
    seen: set[int] = set()
    stack = [(top, 1) for top in tops]
    while stack:
        at, depth = stack.pop()
        meter.at_most("depth", depth)
        seen.add(at)
        stack.extend((child, depth + 1) for child in nodes[at].children)
    return seen


def _instances(node: Node, instancing: Json, accessors: Accessors, meter: Meter) -> list[Node]:
    attributes = fields.mapping(instancing, "attributes")
    columns = {}
    for name, width in (("TRANSLATION", 3), ("ROTATION", 4), ("SCALE", 3)):
        index = fields.index(attributes, name, len(accessors))
        if index is not None:
            columns[name] = accessors.floats(index, width).tolist()
    counts = {len(column) for column in columns.values()}
    if len(counts) != 1:
        fields.damaged("an instanced node's attributes differ in length")
    count = counts.pop()
    meter.take("nodes", count)
    same = Node()
    return [
        Node(
            name=f"{node.name} {at + 1}".strip(),
            mesh=node.mesh,
            skin=node.skin,
            weights=node.weights,
            translation=tuple(columns["TRANSLATION"][at]) if "TRANSLATION" in columns else same.translation,
            rotation=tuple(columns["ROTATION"][at]) if "ROTATION" in columns else same.rotation,
            scale=tuple(columns["SCALE"][at]) if "SCALE" in columns else same.scale,
        )
        for at in range(count)
    ]
