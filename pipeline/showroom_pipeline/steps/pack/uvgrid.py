"""
Texture coordinates as small integers, undone by KHR_texture_transform on the materials that use them.

The step follows from the texture's size: an eighth of a texel cannot be seen. Materials that one primitive may show (by
variants) share a grid.

Source: KHR_texture_transform; KHR_mesh_quantization.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from showroom_assets.scene import F32, F64, U32, Json, Material, Primitive, Scene, texture_slots

from .tidy import with_textures

NAME = "KHR_texture_transform"
_MOST = 65_535


@dataclass(frozen=True, slots=True)
class UvGrid:
    """``uv = offset + step · q``, one step for each axis."""

    offset: F64
    step: F64

    def quantise(self, uv: F32) -> U32:
        """``(n, 2) uint32``, at most 65,535."""
        return np.rint((uv.astype(np.float64) - self.offset) / self.step).astype(np.uint32)


Group = tuple[int, int]
"""The first material of a group, and the TEXCOORD set."""


def groups(scene: Scene) -> dict[int, int]:
    """Each material's group, by its smallest member."""
    parent = list(range(len(scene.materials)))

    def find(at: int) -> int:
        while parent[at] != at:
            at = parent[at]
        return at

    for mesh in scene.meshes:
        for primitive in mesh.primitives:
            members = sorted({primitive.material, *primitive.variants.values()} - {None}, key=lambda m: m or 0)
            for other in members[1:]:
                one, two = sorted((find(members[0] or 0), find(other or 0)))
                parent[two] = one
    return {at: find(at) for at in range(len(scene.materials))}


def choose(scene: Scene, size: Callable[[int], tuple[int, int]], *, max_error_texels: float) -> dict[Group, UvGrid]:
    """
    A grid for each group and set that 16 bits can hold; the others stay float.

    ``size`` gives a texture's width and height in texels.
    """
    of = groups(scene)
    finest: dict[Group, F64] = {}
    for at, material in enumerate(scene.materials):
        for _, info, _ in texture_slots(material.json):
            moved = info.get("extensions", {}).get(NAME, {})
            key = (of[at], int(moved.get("texCoord", info.get("texCoord", 0))))
            # A rotation mixes the axes: take the larger density for both.
            scale = np.abs(np.asarray(moved.get("scale", (1.0, 1.0)), np.float64))
            density = np.array(size(info["index"]), np.float64) * np.maximum(scale, 1e-9)
            if moved.get("rotation"):
                density[:] = density.max()
            finest[key] = np.maximum(finest.get(key, np.zeros(2)), density)
    low: dict[Group, F64] = {}
    high: dict[Group, F64] = {}
    for primitive in _primitives(scene):
        for at, uv in enumerate(primitive.uvs):
            if primitive.material is not None and len(uv):
                key = (of[primitive.material], at)
                low[key] = np.minimum(low.get(key, np.full(2, np.inf)), uv.min(axis=0))
                high[key] = np.maximum(high.get(key, np.full(2, -np.inf)), uv.max(axis=0))
    out: dict[Group, UvGrid] = {}
    for key in sorted(set(low) & set(finest)):
        step = 2.0 * max_error_texels / finest[key]
        extent = np.maximum(high[key] - low[key], 1e-9)
        levels = np.ceil(extent / step)
        if (levels <= _MOST).all():
            out[key] = UvGrid(low[key].astype(np.float64), extent / levels)
    return out


def _primitives(scene: Scene) -> list[Primitive]:
    return [primitive for mesh in scene.meshes for primitive in mesh.primitives]


def applied(scene: Scene, grids: dict[Group, UvGrid]) -> Scene:
    """The scene whose materials undo ``grids``; coordinates are still fractions."""
    of = groups(scene)
    materials = []
    for at, material in enumerate(scene.materials):
        body = with_textures(material.json, lambda index: index)
        for _, info, _ in texture_slots(body):
            moved = info.get("extensions", {}).get(NAME, {})
            grid = grids.get((of[at], int(moved.get("texCoord", info.get("texCoord", 0)))))
            if grid is not None:
                info["extensions"] = {**info.get("extensions", {}), NAME: composed(moved, grid)}
        materials.append(Material(name=material.name, json=body))
    return replace(scene, materials=tuple(materials))


def composed(moved: Json, grid: UvGrid) -> Json:
    """The transform ``moved`` after the one that undoes ``grid``: T·R·S·(offset, step) is again T·R·S."""
    scale = np.asarray(moved.get("scale", (1.0, 1.0)), np.float64)
    angle = float(moved.get("rotation", 0.0))
    cos, sin = np.cos(angle), np.sin(angle)
    rotation = np.array([[cos, sin], [-sin, cos]])
    offset = np.asarray(moved.get("offset", (0.0, 0.0)), np.float64) + rotation @ (scale * grid.offset)
    out: Json = dict(moved)
    out["offset"] = [float(v) for v in offset]
    out["scale"] = [float(v) for v in scale * grid.step]
    return out
