"""
Variants put into a scene as KHR_materials_variants: new materials, and where needed new pictures.

A picture is recoloured in linear light, so that its seams, grain and baked shading stay what they were.

Source: KHR_materials_variants; Rec. 709 luminance.
"""

import io
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from .color import linear, srgb
from .errors import DamagedFile, InputError, MissingFile
from .glb.limits import Limits, Meter
from .glb.pictures import checked
from .glb.resources import folder
from .scene import F32, U8, Image, Json, Material, Scene, Texture
from .variants import Look, Recolour


def add_variants(scene: Scene, variants: tuple[Recolour, ...], *, textures: Path | None = None) -> Scene:
    """
    The scene with ``variants`` added, after those it has.

    Parameters
    ----------
    textures
        The folder that texture paths are relative to; nothing outside it is read.

    Raises
    ------
    InputError
        A variant names a material that the scene has not, or has a name without looks that the scene has not.
    """
    meter = Meter(Limits())
    read = folder(textures, meter) if textures is not None else None
    names = list(scene.variants)
    builder = _Builder(scene, read, meter)
    for variant in variants:
        if not variant.looks:
            if variant.name not in scene.variants:
                raise InputError(
                    f"variant '{variant.name:.60}' changes no material, and the model has no variant of that name. "
                    f"{_listed('Its variants are', scene.variants)}",
                    variant=variant.name,
                )
            continue
        if variant.name in names:
            raise InputError(
                f"the model already has a variant '{variant.name:.60}'. Rename the new one.",
                variant=variant.name,
            )
        names.append(variant.name)
        builder.add(len(names) - 1, variant)
    return builder.scene(tuple(names))


class _Builder:
    """Gathers new materials, textures and images; equal ones once."""

    def __init__(self, scene: Scene, read: Callable[[str], bytes] | None, meter: Meter) -> None:
        self._scene, self._read, self._meter = scene, read, meter
        self._materials, self._textures = list(scene.materials), list(scene.textures)
        self._images = list(scene.images)
        self._mapped: dict[int, dict[int, int]] = {}
        self._made: dict[tuple[int, str], int] = {}

    def add(self, index: int, variant: Recolour) -> None:
        known = [material.name for material in self._scene.materials]
        for name, look in variant.looks.items():
            owners = [at for at, other in enumerate(known) if other == name]
            if not owners:
                raise InputError(
                    f"variant '{variant.name:.60}' recolours the material '{name:.60}', which the model has not. "
                    f"{_listed('Its materials are', tuple(known))}",
                    variant=variant.name,
                    material=name,
                )
            for owner in owners:
                made = self._material(owner, look, variant.name)
                self._mapped.setdefault(owner, {})[index] = made

    def scene(self, names: tuple[str, ...]) -> Scene:
        meshes = []
        for mesh in self._scene.meshes:
            primitives = []
            for primitive in mesh.primitives:
                new = self._mapped.get(primitive.material, {}) if primitive.material is not None else {}
                primitives.append(replace(primitive, variants={**primitive.variants, **new}))
            meshes.append(replace(mesh, primitives=tuple(primitives)))
        return replace(
            self._scene,
            meshes=tuple(meshes),
            materials=tuple(self._materials),
            textures=tuple(self._textures),
            images=tuple(self._images),
            variants=names,
        )

    def _material(self, owner: int, look: Look, variant: str) -> int:
        key = (owner, repr(look))
        if key not in self._made:
            source = self._scene.materials[owner]
            body = self._changed(source.json, look)
            self._materials.append(Material(name=f"{source.name} {variant}".strip(), json=body))
            self._made[key] = len(self._materials) - 1
        return self._made[key]

    def _changed(self, source: Json, look: Look) -> Json:
        pbr = dict(source.get("pbrMetallicRoughness", {}))
        body: Json = {**source, "pbrMetallicRoughness": pbr}
        factor = [float(v) for v in pbr.get("baseColorFactor", (1.0, 1.0, 1.0, 1.0))]
        if look.color is not None:
            factor[:3] = look.color
        if look.alpha is not None:
            factor[3] = look.alpha
        info = pbr.get("baseColorTexture")
        if look.texture:
            pbr["baseColorTexture"] = {**(info or {}), "index": self._texture(self._load(look.texture), info)}
            factor[:3] = look.color or (1.0, 1.0, 1.0)
        elif info is not None and (look.tint is not None or look.hue_shift_deg):
            pixels = _pixels(self._scene.images[self._scene.textures[info["index"]].image])
            image = Image(data=_png(recoloured(pixels, tint=look.tint, hue_shift_deg=look.hue_shift_deg)))
            pbr["baseColorTexture"] = {**info, "index": self._texture(image, info)}
            factor[:3] = look.color or (1.0, 1.0, 1.0)
        elif look.tint is not None:
            factor[:3] = look.tint
        elif look.hue_shift_deg:
            turned = _turned(np.array(factor[:3], np.float32), look.hue_shift_deg)
            factor[:3] = [float(v) for v in np.clip(turned, 0, 1)]
        if factor != [1.0] * 4 or "baseColorFactor" in pbr:
            pbr["baseColorFactor"] = factor
        if look.roughness is not None:
            pbr["roughnessFactor"] = look.roughness
        if look.metallic is not None:
            pbr["metallicFactor"] = look.metallic
        if look.emissive is not None:
            body["emissiveFactor"] = list(look.emissive)
        return body

    def _texture(self, image: Image, info: Json | None) -> int:
        if image not in self._images:
            self._images.append(image)
        sampler = self._scene.textures[info["index"]].sampler if info else {}
        texture = Texture(image=self._images.index(image), sampler=sampler)
        if texture not in self._textures:
            self._textures.append(texture)
        return self._textures.index(texture)

    def _load(self, name: str) -> Image:
        if self._read is None:
            raise MissingFile(f"the texture '{name:.80}' is asked for, but no folder is given to find it in.", uri=name)
        try:
            return checked(self._read(name), Path(name).stem, self._meter)
        except DamagedFile as exc:
            raise DamagedFile(f"the texture '{name:.80}' of a variant: {exc.message}", uri=name) from exc


def recoloured(pixels: U8, *, tint: tuple[float, float, float] | None = None, hue_shift_deg: float = 0.0) -> U8:
    """
    A picture in another colour, its light and dark kept.

    ``tint`` (linear RGB) replaces the colour: the mean luminance becomes the tint's, and each texel keeps its luminance
    relative to the mean, so seams, grain and shading stay. ``hue_shift_deg`` turns all hues by as much.
    """
    rgb = linear(pixels[..., :3].astype(np.float32) / np.float32(255))
    if tint is not None:
        luminance = rgb @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        mean = max(float(luminance.mean()), 1e-4)
        target = np.asarray(tint, np.float32)
        relative = (luminance / mean)[..., None]
        # Above the tint, highlights go towards white rather than clip to the pure colour.
        bright = np.clip(relative - 1, 0, None)
        rgb = target * np.minimum(relative, 1) + (1 - target) * (1 - np.exp(-bright * target.mean()))
    if hue_shift_deg:
        rgb = _turned(rgb, hue_shift_deg)
    out = np.rint(srgb(rgb) * 255).astype(np.uint8)
    return np.concatenate([out, pixels[..., 3:]], axis=-1) if pixels.shape[2] == 4 else out


def _turned(rgb: F32, degrees: float) -> F32:
    """Turned about the grey axis in linear RGB, which keeps the sum of the channels."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    third, root = (1 - cos) / 3, sin / math.sqrt(3)
    matrix = np.array(
        [
            [cos + third, third - root, third + root],
            [third + root, cos + third, third - root],
            [third - root, third + root, cos + third],
        ],
        np.float32,
    )
    return (rgb @ matrix.T).astype(np.float32)


def _listed(intro: str, names: tuple[str, ...]) -> str:
    shown = ", ".join(f"'{name:.40}'" for name in names[:8])
    return f"{intro} {shown}{' and others' if len(names) > 8 else ''}." if names else f"{intro} none."


def _pixels(image: Image) -> U8:
    import PIL.Image

    try:
        with PIL.Image.open(io.BytesIO(image.data)) as picture:
            return np.asarray(picture.convert("RGBA" if picture.mode in {"RGBA", "LA", "P", "PA"} else "RGB"))
    except (OSError, SyntaxError, ValueError) as exc:
        raise DamagedFile(f"the image '{image.name:.60}' does not decode. Save it again.") from exc


def _png(pixels: U8) -> bytes:
    import PIL.Image

    out = io.BytesIO()
    PIL.Image.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()
