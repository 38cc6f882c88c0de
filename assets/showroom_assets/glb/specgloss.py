"""
KHR_materials_pbrSpecularGlossiness to metallic-roughness, factors and pictures.

The old workflow names two colours, diffuse and specular; the new one a base colour and a metalness. Metalness is solved
from both perceived brightnesses, as the extension's own appendix does, and the base colour blended by it.

Source: KHR_materials_pbrSpecularGlossiness (archived), appendix "Speculative implementation of conversion".
"""

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from showroom_assets.color import linear, srgb
from showroom_assets.errors import DamagedFile
from showroom_assets.scene import F32, U8, Image, Json, Material, Scene, Texture

NAME = "KHR_materials_pbrSpecularGlossiness"
_DIELECTRIC = 0.04
_EPSILON = 1e-6


def converted(scene: Scene, note: Callable[[str], None]) -> Scene:
    """The scene with every such material in metallic-roughness; others are untouched."""
    materials, textures, images = list(scene.materials), list(scene.textures), list(scene.images)
    for at, material in enumerate(scene.materials):
        old = material.json.get("extensions", {}).get(NAME)
        if isinstance(old, dict):
            materials[at] = _material(material, old, textures, images)
            note("specular-glossiness materials were converted to metallic-roughness")
    return replace(scene, materials=tuple(materials), textures=tuple(textures), images=tuple(images))


def metallic_roughness(diffuse: F32, specular: F32, glossiness: F32) -> tuple[F32, F32, F32]:
    """
    Linear colours to the new workflow.

    Parameters
    ----------
    diffuse, specular
        ``(…, 3)`` linear.
    glossiness
        ``(…)``.

    Returns
    -------
    base_color (…, 3), metallic (…), roughness (…)
    """
    strength = 1.0 - specular.max(axis=-1)
    metallic = _metallic(_brightness(diffuse), _brightness(specular), strength)[..., None]
    from_diffuse = diffuse * strength[..., None] / (1 - _DIELECTRIC) / np.maximum(1 - metallic, _EPSILON)
    from_specular = (specular - _DIELECTRIC * (1 - metallic)) / np.maximum(metallic, _EPSILON)
    base = from_diffuse + (from_specular - from_diffuse) * metallic**2
    return (
        np.clip(base, 0, 1).astype(np.float32),
        metallic[..., 0].astype(np.float32),
        (1 - glossiness).astype(np.float32),
    )


def _brightness(color: F32) -> F32:
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    out: F32 = np.sqrt((weights * color**2).sum(axis=-1))
    return out


def _metallic(diffuse: F32, specular: F32, strength: F32) -> F32:
    a = _DIELECTRIC
    b = diffuse * strength / (1 - _DIELECTRIC) + specular - 2 * _DIELECTRIC
    c = _DIELECTRIC - specular
    root = (-b + np.sqrt(np.maximum(b * b - 4 * a * c, 0))) / (2 * a)
    return np.where(specular < _DIELECTRIC, 0, np.clip(root, 0, 1)).astype(np.float32)


def _material(material: Material, old: Json, textures: list[Texture], images: list[Image]) -> Material:
    others = {key: value for key, value in material.json["extensions"].items() if key != NAME}
    body = {k: v for k, v in material.json.items() if k not in {"extensions", "pbrMetallicRoughness"}}
    if others:
        body["extensions"] = others
    diffuse = np.asarray(old.get("diffuseFactor", (1, 1, 1, 1)), np.float32)
    specular = np.asarray(old.get("specularFactor", (1, 1, 1)), np.float32)
    gloss = np.float32(old.get("glossinessFactor", 1))
    infos = [old.get("diffuseTexture"), old.get("specularGlossinessTexture")]
    if not isinstance(infos[1], dict):
        base, metallic, roughness = metallic_roughness(diffuse[:3], specular, np.full((), gloss, np.float32))
        if isinstance(infos[0], dict):  # the picture keeps the diffuse colour, which no factor can turn to metal
            base, metallic = diffuse[:3], np.float32(0)  # type: ignore[assignment]
        body["pbrMetallicRoughness"] = {
            "baseColorFactor": [float(v) for v in (*base, diffuse[3])],
            "metallicFactor": float(metallic),
            "roughnessFactor": float(roughness),
        }
        if isinstance(infos[0], dict):
            body["pbrMetallicRoughness"]["baseColorTexture"] = infos[0]
        return Material(name=material.name, json=body)
    gloss_map = _pixels(images[textures[infos[1]["index"]].image])
    diffuse_map = _pixels(images[textures[infos[0]["index"]].image]) if isinstance(infos[0], dict) else None
    if diffuse_map is None:
        diffuse_map = np.full_like(gloss_map, 255)
    elif diffuse_map.shape != gloss_map.shape:
        diffuse_map = _scaled(diffuse_map, gloss_map.shape)
    base, metallic, roughness = metallic_roughness(
        linear(diffuse_map[..., :3].astype(np.float32) / np.float32(255)) * diffuse[:3],
        linear(gloss_map[..., :3].astype(np.float32) / np.float32(255)) * specular,
        gloss_map[..., 3].astype(np.float32) / np.float32(255) * gloss,
    )
    alpha = diffuse_map[..., 3:].astype(np.float32) / 255
    color = np.concatenate([srgb(base), alpha], axis=-1)
    data = np.stack([np.zeros_like(metallic), roughness, metallic], axis=-1)
    transform = {k: v for k, v in (infos[0] or infos[1]).items() if k != "index"}
    sampler = textures[infos[1]["index"]].sampler
    slots = {}
    for slot, pixels in (("baseColorTexture", color), ("metallicRoughnessTexture", data)):
        images.append(_png(pixels, f"{material.name} {slot}".strip()))
        textures.append(Texture(image=len(images) - 1, sampler=sampler))
        slots[slot] = {"index": len(textures) - 1, **transform}
    body["pbrMetallicRoughness"] = {"baseColorFactor": [1.0, 1.0, 1.0, float(diffuse[3])], **slots}
    return Material(name=material.name, json=body)


def _pixels(image: Image) -> U8:
    import PIL.Image

    try:
        with PIL.Image.open(io.BytesIO(image.data)) as picture:
            return np.asarray(picture.convert("RGBA"))
    except (OSError, SyntaxError, ValueError) as exc:
        raise DamagedFile(f"the image '{image.name:.60}' does not decode. Save it again.") from exc


def _scaled(pixels: U8, shape: tuple[int, ...]) -> U8:
    import PIL.Image

    scaled = PIL.Image.fromarray(pixels).resize((shape[1], shape[0]), PIL.Image.Resampling.LANCZOS)
    return np.asarray(scaled)


def _png(pixels: F32, name: str) -> Image:
    import PIL.Image

    out = io.BytesIO()
    PIL.Image.fromarray(np.round(pixels * 255).astype(np.uint8)).save(out, "PNG", compress_level=1)
    return Image(data=out.getvalue(), media_type="image/png", name=name)
