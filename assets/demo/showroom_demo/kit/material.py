"""
glTF PBR materials as the trade names them: brushed steel, acetate, glazed ceramic, crystal, leather.

Each function returns a ``Finish``: the material's JSON, with pictures in place of texture indices and the size of one
tile in millimetres. ``assemble`` turns a finish into a ``Material`` of the scene.

Source: glTF 2.0 section 3.9 and the ratified KHR_materials_* extensions; metal reflectances from measured spectra
as published with Filament's material guide.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from showroom_demo.kit.palette import linear
from showroom_demo.kit.picture import Maps, Picture

Json = dict[str, Any]


@dataclass(frozen=True, eq=False, slots=True)
class Finish:
    """
    ``json`` is a glTF material without textures; ``pictures`` maps a slot like
    ``"pbrMetallicRoughness.baseColorTexture"`` to its picture (missing objects on the way are made); ``tile_mm`` is
    one repeat; ``settings`` holds further fields of a texture info, as ``scale`` of a normal map.
    """

    name: str
    json: Json
    pictures: dict[str, Picture] = field(default_factory=dict)
    tile_mm: float = 1.0
    settings: dict[str, Json] = field(default_factory=dict)
    clamp: bool = False

    def extended(self, extension: str, value: Json) -> "Finish":
        """With one more extension."""
        extensions = {**self.json.get("extensions", {}), extension: value}
        return replace(self, json={**self.json, "extensions": extensions})

    def named(self, name: str) -> "Finish":
        return replace(self, name=name)

    def with_picture(self, slot: str, picture: Picture, **settings: Any) -> "Finish":
        return replace(
            self,
            pictures={**self.pictures, slot: picture},
            settings={**self.settings, slot: settings} if settings else self.settings,
        )


def pbr(
    name: str,
    color: str,
    *,
    roughness: float,
    metal: float = 0.0,
    maps: Maps | None = None,
    normal_scale: float = 1.0,
    alpha: float = 1.0,
    double_sided: bool = False,
) -> Finish:
    """
    The base every other finish starts from.

    With an ``orm`` map, ``roughness`` and ``metal`` multiply it: give 1.0 to take the map as it is.
    """
    red, green, blue = linear(color)
    json: Json = {
        "pbrMetallicRoughness": {
            "baseColorFactor": [red, green, blue, alpha],
            "metallicFactor": metal,
            "roughnessFactor": roughness,
        }
    }
    if alpha < 1.0:
        json["alphaMode"] = "BLEND"
    if double_sided:
        json["doubleSided"] = True
    finish = Finish(name, json)
    if maps is None:
        return finish
    finish = replace(finish, tile_mm=maps.tile_mm)
    if maps.color is not None:
        finish = finish.with_picture("pbrMetallicRoughness.baseColorTexture", maps.color)
    if maps.orm is not None:
        finish = finish.with_picture("pbrMetallicRoughness.metallicRoughnessTexture", maps.orm)
        finish = finish.with_picture("occlusionTexture", maps.orm)
    if maps.normal is not None:
        settings = {} if normal_scale == 1.0 else {"scale": normal_scale}
        finish = finish.with_picture("normalTexture", maps.normal, **settings)
    return finish


def metal(
    name: str, color: str, *, roughness: float = 0.25, maps: Maps | None = None, anisotropy: float = 0.0
) -> Finish:
    """Bare metal; with ``anisotropy`` the highlight is drawn out across the brushing (which runs along u)."""
    finish = pbr(name, color, roughness=1.0 if maps and maps.orm else roughness, metal=1.0, maps=maps)
    if anisotropy:
        finish = finish.extended(
            "KHR_materials_anisotropy", {"anisotropyStrength": anisotropy, "anisotropyRotation": 0.0}
        )
    return finish


def coated(finish: Finish, *, coat: float = 1.0, roughness: float = 0.05) -> Finish:
    """Under a clear coat: lacquer, glaze, polished acetate."""
    return finish.extended("KHR_materials_clearcoat", {"clearcoatFactor": coat, "clearcoatRoughnessFactor": roughness})


def sheened(finish: Finish, color: str, *, roughness: float = 0.5) -> Finish:
    """With the soft rim light of fibres: cloth, felt, suede."""
    return finish.extended(
        "KHR_materials_sheen", {"sheenColorFactor": list(linear(color)), "sheenRoughnessFactor": roughness}
    )


def glass(
    name: str,
    *,
    tint: str = "#ffffff",
    roughness: float = 0.0,
    thickness_mm: float = 0.0,
    ior: float = 1.5,
    depth_mm: float = 5.0,
    transmission: float = 1.0,
) -> Finish:
    """
    Clear or tinted glass.

    ``thickness_mm = 0`` is a thin pane (no refraction): right for lenses, domes and shades, and cheap. With a
    thickness the tint deepens over ``depth_mm``.
    """
    finish = pbr(name, "#ffffff" if thickness_mm else tint, roughness=roughness)
    finish = finish.extended("KHR_materials_transmission", {"transmissionFactor": transmission})
    finish = finish.extended("KHR_materials_ior", {"ior": ior})
    if thickness_mm:
        finish = finish.extended(
            "KHR_materials_volume",
            {
                "thicknessFactor": round(thickness_mm / 1000, 6),
                "attenuationDistance": round(depth_mm / 1000, 6),
                "attenuationColor": list(linear(tint)),
            },
        )
    return finish


def iridescent(
    finish: Finish, *, strength: float = 1.0, ior: float = 1.3, low_nm: float = 100, high_nm: float = 400
) -> Finish:
    """With a thin film: anti-reflection coatings, mirrored lenses, pearl."""
    return finish.extended(
        "KHR_materials_iridescence",
        {
            "iridescenceFactor": strength,
            "iridescenceIor": ior,
            "iridescenceThicknessMinimum": low_nm,
            "iridescenceThicknessMaximum": high_nm,
        },
    )


def dull(finish: Finish, *, specular: float) -> Finish:
    """With a weaker dielectric highlight than the usual 4 %: matt rubber, unglazed clay."""
    return finish.extended("KHR_materials_specular", {"specularFactor": specular})


def glowing(finish: Finish, color: str, *, strength: float = 1.0) -> Finish:
    """Giving light of its own; strengths over 1 need the emissive-strength extension."""
    finish = replace(finish, json={**finish.json, "emissiveFactor": list(linear(color))})
    return (
        finish
        if strength == 1.0
        else finish.extended("KHR_materials_emissive_strength", {"emissiveStrength": strength})
    )
