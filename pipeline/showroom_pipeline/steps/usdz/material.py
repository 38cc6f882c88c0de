"""
glTF materials as UsdPreviewSurface, the one material model that Quick Look and every USD viewer share.

What it cannot say is approximated: transmission becomes partial opacity; sheen, anisotropy, iridescence and volumes are
left out.

Source: UsdPreviewSurface specification 2.6; USDZ specification.
"""

from collections.abc import Callable
from typing import Any

from showroom_assets.scene import Json, Scene

FileOf = Callable[[int], str]
"""The package path of a texture's image."""

_WRAP = {33071: "clamp", 33648: "mirror", 10497: "repeat"}
_GLASS_OPACITY = 0.2
"""Opacity of a fully transmitting surface: clear enough to see through, dense enough to see."""


class MaterialWriter:
    """Defines one UsdShade material a glTF material, under ``root``."""

    def __init__(self, stage: Any, root: str, scene: Scene, file_of: FileOf) -> None:
        self._stage, self._root, self._scene, self._file_of = stage, root, scene, file_of

    def define(self, index: int) -> Any:
        """The material of ``scene.materials[index]``."""
        from pxr import Sdf, UsdShade

        body = self._scene.materials[index].json
        path = f"{self._root}/Material_{index}"
        material = UsdShade.Material.Define(self._stage, path)
        surface = UsdShade.Shader.Define(self._stage, f"{path}/Surface")
        surface.CreateIdAttr("UsdPreviewSurface")
        material.CreateSurfaceOutput().ConnectToSource(surface.ConnectableAPI(), "surface")
        pbr = body.get("pbrMetallicRoughness", {})
        color = [float(v) for v in pbr.get("baseColorFactor", (1.0, 1.0, 1.0, 1.0))]
        base = self._texture(path, "baseColor", pbr.get("baseColorTexture"), scale=color)
        self._set(surface, "diffuseColor", Sdf.ValueTypeNames.Color3f, tuple(color[:3]), base, "rgb")
        self._opacity(surface, body, color[3], base)
        rough = pbr.get("metallicRoughnessTexture")
        for name, factor, channel in (("roughness", "roughnessFactor", "g"), ("metallic", "metallicFactor", "b")):
            value = float(pbr.get(factor, 1.0))
            # One reader a channel: each has its own factor, and a reader scales all of its channels.
            node = self._texture(path, name, rough, scale=[value] * 4, raw=True)
            self._set(surface, name, Sdf.ValueTypeNames.Float, value, node, channel)
        occlusion = body.get("occlusionTexture")
        strength = float((occlusion or {}).get("strength", 1.0))
        bias = [1.0 - strength] * 4
        node = self._texture(path, "occlusion", occlusion, scale=[strength] * 4, bias=bias, raw=True)
        self._set(surface, "occlusion", Sdf.ValueTypeNames.Float, 1.0, node, "r")
        normal = body.get("normalTexture")
        if normal:
            bump = float(normal.get("scale", 1.0))
            # The specification fixes scale 2 and bias -1; the bump's own strength goes on x and y.
            node = self._texture(
                path, "normal", normal, scale=[2 * bump, 2 * bump, 2.0, 1.0], bias=[-bump, -bump, -1.0, 0.0], raw=True
            )
            self._set(surface, "normal", Sdf.ValueTypeNames.Normal3f, (0.0, 0.0, 1.0), node, "rgb")
        self._emission(surface, path, body)
        self._extras(surface, body)
        return material

    def _opacity(self, surface: Any, body: Json, alpha: float, base: Any) -> None:
        from pxr import Sdf

        mode = body.get("alphaMode", "OPAQUE")
        glass = body.get("extensions", {}).get("KHR_materials_transmission", {}).get("transmissionFactor", 0.0)
        if mode != "OPAQUE":
            self._set(surface, "opacity", Sdf.ValueTypeNames.Float, alpha, base, "a")
        elif glass:
            value = 1.0 - float(glass) * (1.0 - _GLASS_OPACITY)
            self._set(surface, "opacity", Sdf.ValueTypeNames.Float, value, None, "")
        if mode == "MASK":
            cutoff = float(body.get("alphaCutoff", 0.5))
            self._set(surface, "opacityThreshold", Sdf.ValueTypeNames.Float, max(cutoff, 1e-3), None, "")

    def _emission(self, surface: Any, path: str, body: Json) -> None:
        from pxr import Sdf

        factor = [float(v) for v in body.get("emissiveFactor", (0.0, 0.0, 0.0))]
        strength = float(
            body.get("extensions", {}).get("KHR_materials_emissive_strength", {}).get("emissiveStrength", 1.0)
        )
        glow = [v * strength for v in factor]
        if any(glow):
            node = self._texture(path, "emissive", body.get("emissiveTexture"), scale=[*glow, 1.0])
            self._set(surface, "emissiveColor", Sdf.ValueTypeNames.Color3f, tuple(glow), node, "rgb")

    def _extras(self, surface: Any, body: Json) -> None:
        from pxr import Sdf

        extensions = body.get("extensions", {})
        if "KHR_materials_ior" in extensions:
            value = float(extensions["KHR_materials_ior"].get("ior", 1.5))
            self._set(surface, "ior", Sdf.ValueTypeNames.Float, value, None, "")
        coat = extensions.get("KHR_materials_clearcoat", {})
        if coat.get("clearcoatFactor"):
            value = float(coat["clearcoatFactor"])
            self._set(surface, "clearcoat", Sdf.ValueTypeNames.Float, value, None, "")
            rough = float(coat.get("clearcoatRoughnessFactor", 0.0))
            self._set(surface, "clearcoatRoughness", Sdf.ValueTypeNames.Float, rough, None, "")

    def _set(self, surface: Any, name: str, kind: Any, value: Any, node: Any, channel: str) -> None:
        socket = surface.CreateInput(name, kind)
        if node is None:
            socket.Set(value)
        else:
            socket.ConnectToSource(node.ConnectableAPI(), channel)

    def _texture(
        self,
        path: str,
        name: str,
        info: Json | None,
        *,
        scale: list[float],
        bias: list[float] | None = None,
        raw: bool = False,
    ) -> Any:
        from pxr import Gf, Sdf, UsdShade

        if not info:
            return None
        types = Sdf.ValueTypeNames
        uv_set = int(info.get("texCoord", 0))
        reader = UsdShade.Shader.Define(self._stage, f"{path}/st{uv_set or ''}")
        reader.CreateIdAttr("UsdPrimvarReader_float2")
        reader.CreateInput("varname", types.String).Set(f"st{uv_set or ''}")
        reader.CreateOutput("result", types.Float2)
        texture = UsdShade.Shader.Define(self._stage, f"{path}/{name}")
        texture.CreateIdAttr("UsdUVTexture")
        texture.CreateInput("file", types.Asset).Set(Sdf.AssetPath(self._file_of(int(info["index"]))))
        texture.CreateInput("st", types.Float2).ConnectToSource(reader.ConnectableAPI(), "result")
        sampler = self._scene.textures[int(info["index"])].sampler
        for axis in ("S", "T"):
            texture.CreateInput(f"wrap{axis}", types.Token).Set(_WRAP.get(sampler.get(f"wrap{axis}", 10497), "repeat"))
        texture.CreateInput("sourceColorSpace", types.Token).Set("raw" if raw else "sRGB")
        if scale != [1.0] * 4:
            texture.CreateInput("scale", types.Float4).Set(Gf.Vec4f(*scale))
        if bias is not None and any(bias):
            texture.CreateInput("bias", types.Float4).Set(Gf.Vec4f(*bias))
        for channel, kind in (("r", types.Float), ("g", types.Float), ("b", types.Float), ("a", types.Float)):
            texture.CreateOutput(channel, kind)
        texture.CreateOutput("rgb", types.Float3)
        return texture
