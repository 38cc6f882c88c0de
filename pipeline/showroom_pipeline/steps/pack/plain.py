"""
A delivery as a shopper's device sees it, in plain glTF: nothing compressed, nothing quantised, PNG and JPEG only.

The Khronos validator cannot look inside meshopt and KTX2 data, and simple renderers read neither: both get this.
"""

from dataclasses import replace

import numpy as np

from showroom_assets.glb import Limits, read_glb, write_glb
from showroom_assets.scene import F32, Json, Material, Scene, texture_slots
from showroom_pipeline.steps.textures import decode, png

from .tidy import with_textures
from .uvgrid import NAME, groups


def decoded(glb: bytes, *, limits: Limits | None = None) -> bytes:
    """The same product as a plain GLB. Raises what ``read_glb`` raises."""
    return write_glb(plain(read_glb(glb, limits=limits)))


def plain(scene: Scene) -> Scene:
    """WebP to PNG, and texture transforms folded into the coordinates where all of a material's agree."""
    images = tuple(
        replace(image, data=png(decode(image)), media_type="image/png") if image.media_type == "image/webp" else image
        for image in scene.images
    )
    return without_transforms(replace(scene, images=images))


def without_transforms(scene: Scene) -> Scene:
    """KHR_texture_transform applied to the coordinates, for each group of materials that agrees on one."""
    of = groups(scene)
    transforms: dict[tuple[int, int], list[str]] = {}
    found: dict[tuple[int, int], Json] = {}
    for at, material in enumerate(scene.materials):
        for _, info, _ in texture_slots(material.json):
            moved = info.get("extensions", {}).get(NAME, {})
            key = (of[at], int(moved.get("texCoord", info.get("texCoord", 0))))
            # "texCoord" in the extension would move the lookup to another set: leave such a group alone.
            kept = {name: value for name, value in moved.items() if name != "texCoord"}
            transforms.setdefault(key, []).append(repr(sorted(kept.items())) + str("texCoord" in moved))
            found[key] = kept
    agreed = {key for key, all_ in transforms.items() if len(set(all_)) == 1 and all_[0].endswith("False")}
    agreed = {key for key in agreed if found[key]}
    if not agreed:
        return scene
    meshes = []
    for mesh in scene.meshes:
        primitives = []
        for primitive in mesh.primitives:
            uvs = tuple(
                _moved(uv, found[key])
                if primitive.material is not None and (key := (of[primitive.material], at)) in agreed
                else uv
                for at, uv in enumerate(primitive.uvs)
            )
            primitives.append(replace(primitive, uvs=uvs))
        meshes.append(replace(mesh, primitives=tuple(primitives)))
    materials = []
    for at, material in enumerate(scene.materials):
        body = with_textures(material.json, lambda index: index)
        for _, info, _ in texture_slots(body):
            if (of[at], int(info.get("texCoord", 0))) in agreed and NAME in info.get("extensions", {}):
                rest = {name: value for name, value in info["extensions"].items() if name != NAME}
                info.pop("extensions")
                if rest:
                    info["extensions"] = rest
        materials.append(Material(name=material.name, json=body))
    return replace(scene, meshes=tuple(meshes), materials=tuple(materials))


def _moved(uv: F32, moved: Json) -> F32:
    scale = np.asarray(moved.get("scale", (1.0, 1.0)), np.float64)
    offset = np.asarray(moved.get("offset", (0.0, 0.0)), np.float64)
    angle = float(moved.get("rotation", 0.0))
    cos, sin = np.cos(angle), np.sin(angle)
    rotation = np.array([[cos, sin], [-sin, cos]])
    return np.ascontiguousarray(((uv * scale) @ rotation.T + offset).astype(np.float32))
