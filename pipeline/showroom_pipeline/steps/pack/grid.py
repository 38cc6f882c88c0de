"""
Position grids: how finely a mesh must be quantised for an allowed error, and the transform that undoes it.

Positions become unsigned integers ``q`` with ``p = offset + step · q``. The transform goes into the node that shows the
mesh where nothing else depends on that node, else into a new child; for a skinned mesh, whose node's transform is
ignored, into the inverse bind matrices.

Source: KHR_mesh_quantization, "Encoding Quantized Data"; gltfpack takes 14 bits whatever the size.
"""

from dataclasses import dataclass, replace

import numpy as np

from showroom_assets.scene import F32, F64, U32, Animation, Node, Scene, local_matrix, world_matrices

_MOST = 65_535


@dataclass(frozen=True, slots=True)
class Grid:
    """``offset (3,)`` and ``step`` in the mesh's own units; ``levels`` is the largest integer used."""

    offset: F64
    step: float
    levels: int

    @property
    def bits(self) -> int:
        return max(1, int(self.levels).bit_length())

    def quantise(self, positions: F32) -> U32:
        """``(n, 3) uint32``, at most 65,535."""
        return np.rint((positions.astype(np.float64) - self.offset) / self.step).astype(np.uint32)

    def displacements(self, values: F32) -> F64:
        """Morph displacements in steps, not yet rounded."""
        out: F64 = values.astype(np.float64) / self.step
        return out

    @property
    def matrix(self) -> F64:
        """mesh_from_grid."""
        out = np.diag([self.step, self.step, self.step, 1.0])
        out[:3, 3] = self.offset
        return out


def choose(scene: Scene, *, max_error_m: float) -> tuple[dict[int, Grid], dict[int, float]]:
    """
    A grid for each mesh that can have one; the others stay float. And each mesh's allowed error in its own units.

    ``max_error_m`` is in metres of the scene, so a mesh in millimetres under a node that scales by 0.001 gets a step
    a thousand times larger. Meshes that share a skin share a grid. The step is exact rather than rounded up to
    a whole bit: fewer distinct low bits are fewer bytes.
    """
    world = world_matrices(scene)
    group: dict[int, int | str] = {}
    spoiled: set[int | str] = set()
    stretch: dict[int | str, float] = {}
    for at, node in enumerate(scene.nodes):
        if node.mesh is None or at not in world:
            continue
        name: int | str = node.mesh if node.skin is None else f"skin {node.skin}"
        if group.setdefault(node.mesh, name) != name:
            spoiled |= {group[node.mesh], name}
        scale = _scale(world[at]) if node.skin is None else _skin_scale(scene, node.skin, world)
        stretch[name] = max(stretch.get(name, 0.0), scale)
    grids: dict[int, Grid] = {}
    errors: dict[int, float] = {}
    for name in dict.fromkeys(group.values()):
        meshes = [mesh for mesh, other in group.items() if other == name]
        error = max_error_m / max(stretch[name], 1e-30)
        for mesh in meshes:
            errors[mesh] = min(error, errors.get(mesh, error))
        if name in spoiled or any(p.is_cloud for mesh in meshes for p in scene.meshes[mesh].primitives):
            continue
        positions = [p.positions for mesh in meshes for p in scene.meshes[mesh].primitives if len(p.positions)]
        grid = _grid(positions, error) if stretch[name] > 0 and positions else None
        if grid is not None:
            grids |= dict.fromkeys(meshes, grid)
    return grids, errors


def _grid(positions: list[F32], error: float) -> Grid | None:
    low = np.min([p.min(axis=0) for p in positions], axis=0).astype(np.float64)
    extent = float((np.max([p.max(axis=0) for p in positions], axis=0) - low).max())
    # A rounding of half a step on three axes moves a point by at most step·√3/2; float32 in the node costs some more.
    step = 2.0 * error / np.sqrt(3.0) * 0.98
    levels = int(np.ceil(extent / step))
    if levels > _MOST or extent <= 0.0:
        return None
    # The node's translation and scale are stored as float32 by most readers: let the step be one exactly.
    return Grid(low.astype(np.float32).astype(np.float64), float(np.float32(extent / levels)), levels)


def _scale(matrix: F64) -> float:
    return float(np.linalg.norm(matrix[:3, :3], ord=2))


def _skin_scale(scene: Scene, skin: int, world: dict[int, F64]) -> float:
    item = scene.skins[skin]
    joints = [world.get(joint, np.eye(4)) @ bind for joint, bind in zip(item.joints, item.inverse_bind, strict=True)]
    return max(_scale(matrix) for matrix in joints)


def applied(scene: Scene, grids: dict[int, Grid]) -> Scene:
    """The scene with nodes and skins that undo ``grids``; positions are still in the mesh's units."""
    nodes = list(scene.nodes)
    moved: dict[int, int] = {}
    skins = list(scene.skins)
    done: set[int] = set()
    busy = {channel.node for animation in scene.animations for channel in animation.channels}
    busy |= {joint for skin in scene.skins for joint in (*skin.joints, skin.skeleton)}
    for at, node in enumerate(scene.nodes):
        grid = grids.get(node.mesh) if node.mesh is not None else None
        if grid is None:
            continue
        if node.skin is not None:
            if node.skin not in done:
                done.add(node.skin)
                binds = (skins[node.skin].inverse_bind.astype(np.float64) @ grid.matrix).astype(np.float32)
                skins[node.skin] = replace(skins[node.skin], inverse_bind=binds)
        elif node.children or node.extensions or at in busy:
            child = Node(mesh=node.mesh, weights=node.weights)
            moved[at] = len(nodes)
            nodes[at] = replace(node, mesh=None, weights=(), children=(*node.children, len(nodes)))
            nodes.append(_scaled(child, grid))
        else:
            nodes[at] = _scaled(node, grid)
    return replace(scene, nodes=tuple(nodes), skins=tuple(skins), animations=_followed(scene, moved))


def _scaled(node: Node, grid: Grid) -> Node:
    if node.matrix is not None:
        return replace(node, matrix=node.matrix @ grid.matrix)
    # T·R·S·(offset, step) stays T·R·S because the step is the same on all axes.
    x, y, z = (float(v) for v in (local_matrix(node) @ [*grid.offset, 1.0])[:3])
    sx, sy, sz = (component * grid.step for component in node.scale)
    return replace(node, translation=(x, y, z), scale=(sx, sy, sz))


def _followed(scene: Scene, moved: dict[int, int]) -> tuple[Animation, ...]:
    """Animations of morph weights follow their mesh into the new child."""
    return tuple(
        replace(
            animation,
            channels=tuple(
                replace(channel, node=moved[channel.node])
                if channel.path == "weights" and channel.node in moved
                else channel
                for channel in animation.channels
            ),
        )
        for animation in scene.animations
    )
