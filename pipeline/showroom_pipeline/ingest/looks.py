"""
Materials of an MTL as glTF PBR materials, and pictures as textures.

    Kd, map_Kd (or map_Ka)     base colour            d, Tr, map_d        opacity
    Pr, Pm, map_Pr, map_Pm     roughness, metalness   Ns                  roughness, if Pr is absent
    norm, map_Bump, bump       normal map; a grey height map becomes one
    Ke, map_Ke                 emission               -s, -o              KHR_texture_transform

Specular colours and shaders are left out: glTF has no counterpart. ``Kd`` under a texture is left out too when it
is grey: scanners write 0, 0.8 or 1 there and mean the picture as it is.

Source: glTF 2.0 specification, section 3.9; Alias Wavefront, "Material library files (.mtl)".
"""

from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np
from PIL import Image as Pictures

from showroom_assets.errors import MissingFile
from showroom_assets.scene import Image, Json, Material, Texture

from .files import Files, inside, suffix
from .limits import at_most
from .mesh import Looks
from .mtl import Entry, Map
from .numbers import printable
from .pictures import SUFFIXES, open_picture, png, texture


class LooksBuilder:
    """Makes materials and gathers the textures they need, each picture once."""

    def __init__(self, files: Files, *, base: str, notes: list[str]) -> None:
        self.files = files
        self.base = base
        self.notes = notes
        self.materials: list[Material] = []
        self.textures: list[Texture] = []
        self.images: list[Image] = []
        self._by_file: dict[str, int] = {}
        self._pixels = 0

    def looks(self) -> Looks:
        return Looks(tuple(self.materials), tuple(self.textures), tuple(self.images))

    def open(self, name: str) -> Pictures.Image:
        """A picture of the input, decoded; all of them together are held against the limit."""
        picture = open_picture(self.files.read(name), name, limits=self.files.limits)
        self._count(picture.width * picture.height)
        return picture

    def _count(self, pixels: int) -> None:
        self._pixels += pixels
        at_most(self.files.limits.total_pixels, self._pixels, f"pixels of textures in '{self.files.label:.80}'")

    def add_image(self, image: Image, key: str) -> int:
        """The texture number of ``image``; ``key`` tells pictures apart."""
        if key not in self._by_file:
            self._by_file[key] = len(self.textures)
            self.textures.append(Texture(image=len(self.images)))
            self.images.append(image)
        return self._by_file[key]

    def picture(self, name: str) -> int:
        """The texture number of a file of the input."""
        if name not in self._by_file:
            image, pixels = texture(self.files.read(name), name, limits=self.files.limits)
            self._count(pixels)
            return self.add_image(image, name)
        return self._by_file[name]

    def add(self, entry: Entry, library: str) -> None:
        """Append ``entry`` as a glTF material."""
        wanted = dict(entry.maps)
        if ambient := wanted.pop("ambient", None):  # the only picture some exporters name
            wanted.setdefault("color", ambient)
        values, maps = entry.values, {use: (self._locate(found, library), found) for use, found in wanted.items()}
        diffuse = (*values.get("kd", (1.0, 1.0, 1.0)), 1.0, 1.0, 1.0)[:3]
        tint = max(diffuse) - min(diffuse) > 0.02
        alpha = self._alpha(entry)
        pbr: Json = {"metallicFactor": 0.0, "roughnessFactor": _roughness(values)}
        material: Json = {"pbrMetallicRoughness": pbr}
        if "color" not in maps or tint or alpha < 1.0:
            rgb = diffuse if "color" not in maps or tint else (1.0, 1.0, 1.0)
            pbr["baseColorFactor"] = [*(min(max(part, 0.0), 1.0) for part in rgb), alpha]
        if alpha < 1.0:
            material["alphaMode"] = "BLEND"
        if "color" in maps or "opacity" in maps:
            self._base_color(material, maps.get("color"), maps.get("opacity"))
        if "pm" in values:
            pbr["metallicFactor"] = min(max(values["pm"][0], 0.0), 1.0)
        if "roughness" in maps or "metal" in maps:
            self._roughness_metal(material, maps.get("roughness"), maps.get("metal"))
        if "normal" in maps or "bump" in maps:
            self._normal(material, *(maps.get("normal") or maps["bump"]), is_normal="normal" in maps)
        if "emission" in maps:
            name, found = maps["emission"]
            material["emissiveTexture"] = {"index": self.picture(name), **_transform(found)}
            material["emissiveFactor"] = [1.0, 1.0, 1.0]
        elif any(part > 0 for part in values.get("ke", ())):
            material["emissiveFactor"] = [min(max(part, 0.0), 1.0) for part in (*values["ke"], 0.0, 0.0)[:3]]
        self.materials.append(Material(name=entry.name[:200], json=material))

    def _alpha(self, entry: Entry) -> float:
        values = entry.values
        if "d" in values:
            alpha = values["d"][0]
        elif "tr" in values:
            alpha = 1.0 - values["tr"][0]
        else:
            return 1.0
        if alpha <= 0.0:  # several exporters swap d and Tr; nobody scans the invisible
            self.notes.append(f"material '{printable(entry.name)}' would be invisible: taken as opaque.")
            return 1.0
        return min(alpha, 1.0)

    def _base_color(self, material: Json, color: "tuple[str, Map] | None", opacity: "tuple[str, Map] | None") -> None:
        pbr = material["pbrMetallicRoughness"]
        if opacity is None:
            assert color is not None
            pbr["baseColorTexture"] = {"index": self.picture(color[0]), **_transform(color[1])}
            return
        shape = self.open(opacity[0])
        has_alpha = "A" in shape.getbands() or "transparency" in shape.info
        mask = (shape.convert("RGBA").getchannel("A") if has_alpha else shape.convert("L")).copy()
        if color is None:
            base = Pictures.new("RGB", mask.size, (255, 255, 255))
        else:
            base = self.open(color[0]).convert("RGB")
        if mask.size != base.size:
            mask = mask.resize(base.size, Pictures.Resampling.BILINEAR)
        levels = np.asarray(mask)
        base.putalpha(mask)
        title = PurePosixPath((color or opacity)[0]).stem
        index = self.add_image(Image(data=png(base), name=title), f"{color and color[0]}\0{opacity[0]}")
        pbr["baseColorTexture"] = {"index": index, **_transform((color or opacity)[1])}
        between = float(np.mean((levels > 24) & (levels < 231)))
        if bool((levels < 255).any()):
            material["alphaMode"] = "MASK" if between < 0.02 else "BLEND"
            material["doubleSided"] = True

    def _roughness_metal(
        self, material: Json, roughness: "tuple[str, Map] | None", metal: "tuple[str, Map] | None"
    ) -> None:
        parts = {}
        for key, found in (("g", roughness), ("b", metal)):
            if found is not None:
                parts[key] = self.open(found[0]).convert("L")
        size = next(iter(parts.values())).size
        white = Pictures.new("L", size, 255)
        merged = Pictures.merge("RGB", [white, *(parts.get(k, white).resize(size) for k in "gb")])
        names = [found[0] for found in (roughness, metal) if found]
        index = self.add_image(Image(data=png(merged), name=PurePosixPath(names[0]).stem), "\0pbr\0".join(names))
        pbr = material["pbrMetallicRoughness"]
        pbr["metallicRoughnessTexture"] = {"index": index}
        if roughness is not None:
            pbr["roughnessFactor"] = 1.0
        if metal is not None:
            pbr["metallicFactor"] = 1.0

    def _normal(self, material: Json, name: str, found: Map, *, is_normal: bool) -> None:
        picture = self.open(name)
        if is_normal or _looks_like_normals(picture):
            index = self.picture(name)
        else:
            self.notes.append(f"the height map '{printable(PurePosixPath(name).name)}' was turned into a normal map.")
            strength = (found.options.get("-bm") or (1.0,))[0]
            normals = _normals_of_heights(picture, strength)
            index = self.add_image(replace(normals, name=PurePosixPath(name).stem), f"{name}\0normal")
        material["normalTexture"] = {"index": index, **_transform(found)}

    def _locate(self, found: Map, library: str) -> str:
        """
        The file of the input that a texture statement means.

        Tried in order: as written from the MTL's folder; the same file name anywhere in the input (paths of the
        exporter's machine); the only picture there is.
        """
        folder = PurePosixPath(library).parent.as_posix()
        for start in dict.fromkeys((folder, self.base)):
            plain_name = inside(f"{start}/{found.file}")
            if plain_name and (real := self.files.find(plain_name)):
                return real
        return locate(self.files, found.file, library, self.notes)


def locate(files: Files, wanted: str, by: str, notes: list[str]) -> str:
    """
    A picture that ``by`` names, somewhere in the input.

    Raises
    ------
    MissingFile
        It is not there, and there is not exactly one picture that could be meant.
    """
    title = PurePosixPath(wanted.replace("\\", "/")).name
    same = files.titled(title)
    shown, file = printable(title), PurePosixPath(by).name
    if len(same) == 1:
        notes.append(f"'{file}' names '{printable(wanted)}': '{printable(same[0])}' was used.")
        return same[0]
    images = pictures_of(files)
    if len(images) == 1:
        notes.append(f"'{file}' names '{shown}', which is missing: '{printable(images[0])}' was used.")
        return images[0]
    raise MissingFile(
        f"'{file}' names the texture '{shown}', which is missing. Put '{shown}' beside '{file}'.",
        wanted=wanted[:200],
        by=by[:200],
    )


def pictures_of(files: Files) -> list[str]:
    """The pictures of the input that may be textures."""
    return [name for name in files.names if suffix(name) in SUFFIXES]


def _roughness(values: dict[str, tuple[float, ...]]) -> float:
    if "pr" in values:
        return float(min(max(values["pr"][0], 0.0), 1.0))
    shine = values.get("ns", (0.0,))[0]
    if shine <= 1.0:
        return 0.9
    # Blinn-Phong exponent to GGX: alpha² = 2 / (n + 2), and glTF's roughness is the root of alpha.
    # Source: Walter et al. 2007, section 5; Karis 2013.
    return float(min(0.9, (2.0 / (shine + 2.0)) ** 0.25))


def _transform(found: Map) -> Json:
    scale, offset = found.options.get("-s", ()), found.options.get("-o", ())
    if not scale and not offset:
        return {}
    u, v = (*scale[:2], 1.0, 1.0)[:2] if len(scale) != 1 else (scale[0], 1.0)
    x, y = (*offset[:2], 0.0, 0.0)[:2] if len(offset) != 1 else (offset[0], 0.0)
    if (u, v, x, y) == (1.0, 1.0, 0.0, 0.0):
        return {}
    # v points down in glTF: v' = 1 - (s·(1 - v) + o) = s·v + (1 - s - o)
    return {"extensions": {"KHR_texture_transform": {"scale": [u, v], "offset": [x, 1.0 - v - y]}}}


def _looks_like_normals(picture: Pictures.Image) -> bool:
    """Blue, with red and green around the middle: a tangent-space normal map under the name of a bump map."""
    if picture.mode in {"1", "L", "LA", "I", "F", "I;16"}:
        return False
    small = np.asarray(picture.convert("RGB").resize((64, 64)), np.float64).reshape(-1, 3).mean(axis=0)
    return bool(small[2] > 160 and abs(small[0] - 128) < 40 and abs(small[1] - 128) < 40 and small[2] > small[:2].max())


def _normals_of_heights(picture: Pictures.Image, strength: float) -> Image:
    """A normal map of a grey height map, by central differences over the repeating picture."""
    height = np.asarray(picture.convert("L"), np.float32) / 255.0 * np.float32(min(abs(strength), 100.0) * 4.0)
    across = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) / 2
    down = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) / 2
    normal = np.stack([-across, down, np.ones_like(height)], axis=2)
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    return Image(data=png(Pictures.fromarray(((normal * 0.5 + 0.5) * 255 + 0.5).astype(np.uint8))))
