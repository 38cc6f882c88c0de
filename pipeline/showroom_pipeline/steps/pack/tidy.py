"""
What a delivery does not need: unused attributes, materials, textures and images; vertices that are equal; empty meshes.

Source: Sander, Nehab & Barczak 2007 for the triangle order (meshoptimizer's strip variant, which compresses better).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from showroom_assets.scene import Image, Json, Material, Mesh, Primitive, Scene, Texture, texture_slots
from showroom_pipeline.steps.keep import taken

Rows = npt.NDArray[np.uint8]
Key = Callable[[Primitive, int], Rows]
"""The bytes ``(n, k)`` by which two vertices of a primitive of a mesh are the same once delivered."""


def without_unused(scene: Scene) -> Scene:
    """Only the materials, textures and images that something drawn uses; equal images and textures are shared."""
    used = sorted({m for mesh in scene.meshes for p in mesh.primitives for m in _materials(p)})
    if scene.extensions.keys() & {"VRM", "VRMC_vrm"}:
        return scene  # these name textures and materials by index from places that only they know
    materials = [scene.materials[at] for at in used]
    textures: list[Texture] = []
    images: list[Image] = []
    renamed: dict[int, int] = {}

    def texture(old: int) -> int:
        if old not in renamed:
            source = scene.images[scene.textures[old].image]
            same = [at for at, image in enumerate(images) if image.data == source.data]
            if not same:
                images.append(source)
            item = replace(scene.textures[old], image=same[0] if same else len(images) - 1)
            if item not in textures:
                textures.append(item)
            renamed[old] = textures.index(item)
        return renamed[old]

    rebuilt = tuple(Material(name=m.name, json=with_textures(m.json, texture)) for m in materials)
    place = {old: new for new, old in enumerate(used)}
    meshes = tuple(
        replace(mesh, primitives=tuple(_with_materials(primitive, place) for primitive in mesh.primitives))
        for mesh in scene.meshes
    )
    return replace(scene, meshes=meshes, materials=rebuilt, textures=tuple(textures), images=tuple(images))


def with_textures(body: Json, renumber: Callable[[int], int]) -> Json:
    """A material's JSON with each texture index renumbered."""

    def copy(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: copy(item) for key, item in value.items()}
        return [copy(item) for item in value] if isinstance(value, list) else value

    out: Json = copy(body)
    for _, info, _ in sorted(texture_slots(out), key=lambda slot: slot[0]):
        info["index"] = renumber(info["index"])
    return out


def _materials(primitive: Primitive) -> set[int]:
    own = set() if primitive.material is None else {primitive.material}
    return own | set(primitive.variants.values())


def _with_materials(primitive: Primitive, place: dict[int, int]) -> Primitive:
    return replace(
        primitive,
        material=None if primitive.material is None else place[primitive.material],
        variants={variant: place[material] for variant, material in primitive.variants.items()},
    )


def without_idle_attributes(scene: Scene) -> Scene:
    """No UVs that no texture reads, no tangents without a normal map or anisotropy to use them."""

    def lean(primitive: Primitive) -> Primitive:
        bodies = [scene.materials[at].json for at in sorted(_materials(primitive))]
        slots = [(path, info) for body in bodies for path, info, _ in texture_slots(body)]
        sets = {_set(info) for _, info in slots}
        tangents = any("ormalTexture" in path for path, _ in slots) or any(
            "KHR_materials_anisotropy" in body.get("extensions", {}) for body in bodies
        )
        unlit = bool(bodies) and all("KHR_materials_unlit" in body.get("extensions", {}) for body in bodies)
        return with_matching_targets(
            replace(
                primitive,
                uvs=primitive.uvs[: max(sets) + 1] if sets else (),
                tangents=primitive.tangents if tangents else None,
                normals=None if unlit else primitive.normals,
            )
        )

    meshes = (replace(mesh, primitives=tuple(lean(p) for p in mesh.primitives)) for mesh in scene.meshes)
    return replace(scene, meshes=tuple(meshes))


def with_matching_targets(primitive: Primitive) -> Primitive:
    """No displacements of attributes that the primitive has not: glTF forbids them."""
    lacking = {name for name, base in (("NORMAL", primitive.normals), ("TANGENT", primitive.tangents)) if base is None}
    if not lacking or not any(lacking & target.keys() for target in primitive.targets):
        return primitive
    kept = ({name: v for name, v in target.items() if name not in lacking} for target in primitive.targets)
    return replace(primitive, targets=tuple(kept))


def _set(info: Json) -> int:
    moved = info.get("extensions", {}).get("KHR_texture_transform", {})
    return int(moved.get("texCoord", info.get("texCoord", 0)))


def exact_key(primitive: Primitive) -> Rows:
    """All of a vertex's own bytes."""
    parts: list[Any] = [primitive.positions, primitive.normals, primitive.tangents, *primitive.uvs, primitive.colors]
    parts += [primitive.joints, primitive.weights, *(v for target in primitive.targets for v in target.values())]
    columns = [np.ascontiguousarray(part).view(np.uint8).reshape(len(part), -1) for part in parts if part is not None]
    return np.concatenate(columns, axis=1)


def welded(primitive: Primitive, keys: Rows) -> Primitive:
    """Vertices with equal ``keys (n, k)`` become one; triangles that collapse, and unused vertices, go."""
    if primitive.is_cloud or len(primitive.positions) == 0:
        return primitive
    rows = np.ascontiguousarray(keys)
    void = rows.view(f"V{rows.shape[1]}").reshape(-1)
    _, first, inverse = np.unique(void, return_index=True, return_inverse=True)
    triangles = inverse.reshape(-1)[primitive.indices].astype(np.uint32)
    a, b, c = triangles.T
    triangles = triangles[(a != b) & (b != c) & (c != a)]
    return taken(primitive, first, triangles)


def reordered(primitive: Primitive) -> Primitive:
    """Triangles in strip order, vertices in the order of their first use; unused ones go."""
    import meshopt

    if primitive.is_cloud:
        return taken(primitive, meshopt.reorder_points(primitive.positions).astype(np.int64), primitive.indices)
    indices, remap, unique = meshopt.reorder_mesh(primitive.indices.reshape(-1), True, True)
    order = np.empty(unique, np.int64)
    kept = remap < unique
    order[remap[kept]] = np.flatnonzero(kept)
    return taken(primitive, order, np.asarray(indices, np.uint32).reshape(-1, 3))


def tidy(scene: Scene, key: Key) -> Scene:
    """Every primitive welded by ``key`` and put in an order that caches and codecs like."""

    def each(mesh: Mesh, at: int) -> Mesh:
        primitives = (reordered(welded(primitive, key(primitive, at))) for primitive in mesh.primitives)
        return replace(mesh, primitives=tuple(p for p in primitives if len(p.indices) or p.is_cloud))

    return replace(scene, meshes=tuple(each(mesh, at) for at, mesh in enumerate(scene.meshes)))
