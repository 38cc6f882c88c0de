"""
A ``Scene`` out as GLB. Plain by default: float attributes, no compression, opened by any viewer.

How arrays become accessors is an ``Encoding``; the pipeline's packing step brings one that quantises and compresses.
Equal scenes give equal bytes.

Source: glTF 2.0 specification.
"""

from typing import Any, Protocol

import numpy as np

from showroom_assets.scene import Animation, Channel, Json, Node, Primitive, Scene, Skin, local_matrix

from .binary import ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER, Array, Binary, padded
from .container import join

GENERATOR = "Showroom"
_IMAGE_EXTENSION = {
    "image/ktx2": "KHR_texture_basisu", "image/webp": "EXT_texture_webp", "image/avif": "EXT_texture_avif",
}  # fmt: skip


class Encoding(Protocol):
    """Turns arrays into accessors of ``binary``; each method gives an accessor's index."""

    binary: Binary

    def indices(self, triangles: Array) -> int: ...

    def attribute(self, name: str, values: Array, primitive: Primitive, mesh: int) -> int:
        """``name`` is the glTF semantic; morph displacements come as ``target.POSITION`` and so on."""
        ...

    def samples(self, values: Array, channel: Channel) -> int: ...

    def times(self, values: Array) -> int: ...

    def matrices(self, values: Array) -> int: ...

    def required(self) -> tuple[str, ...]:
        """Extensions that a reader must know to read these accessors."""
        ...


class PlainEncoding:
    """Core glTF only."""

    def __init__(self) -> None:
        self.binary = Binary()

    def indices(self, triangles: Array) -> int:
        flat = np.ascontiguousarray(triangles).reshape(-1, 1)
        # Section 3.7.2.1: 65535 is primitive restart, so 16 bits hold 65,535 vertices.
        small = flat.astype(np.uint16 if len(flat) == 0 or int(flat.max()) < 65_535 else np.uint32)
        return self.binary.accessor(small, self.binary.view(small.tobytes(), target=ELEMENT_ARRAY_BUFFER))

    def attribute(self, name: str, values: Array, primitive: Primitive, mesh: int) -> int:
        if name.startswith("JOINTS"):
            values = values.astype(np.uint8 if len(values) == 0 or int(values.max()) < 256 else np.uint16)
        return self._rows(values, ARRAY_BUFFER, bounds=name.endswith("POSITION"))

    def samples(self, values: Array, channel: Channel) -> int:
        return self._rows(values, None)

    def times(self, values: Array) -> int:
        return self._rows(values.reshape(-1, 1), None, bounds=True)

    def matrices(self, values: Array) -> int:
        return self._rows(values.transpose(0, 2, 1).reshape(-1, 16), None)

    def required(self) -> tuple[str, ...]:
        return ()

    def _rows(self, values: Array, target: int | None, *, bounds: bool = False) -> int:
        values = np.ascontiguousarray(values, values.dtype if values.dtype.kind == "u" else np.float32)
        data, stride = padded(values)
        view = self.binary.view(data, target=target, stride=stride if target == ARRAY_BUFFER else None)
        return self.binary.accessor(values, view, bounds=bounds)


def write_glb(scene: Scene, *, encoding: Encoding | None = None) -> bytes:
    """
    The scene as a GLB.

    Images go in as they are: WebP makes EXT_texture_webp a required extension, KTX2 KHR_texture_basisu. Meshes without
    primitives are left out of the nodes that name them, as glTF has no empty mesh.
    """
    coder = encoding or PlainEncoding()
    required: list[str] = [*coder.required()]
    document: Json = {"asset": {"version": "2.0", "generator": GENERATOR, **scene.asset}}
    root: Json = dict(scene.extensions)
    if scene.variants:
        root["KHR_materials_variants"] = {"variants": [{"name": name} for name in scene.variants]}
    if root:
        document["extensions"] = root
    document["scene"] = 0
    document["scenes"] = [_clean({"name": scene.name, "nodes": list(scene.roots), "extras": scene.extras})]
    meshes, mesh_at = _meshes(scene, coder)
    document["nodes"] = [_node(node, mesh_at) for node in scene.nodes]
    document["meshes"] = meshes
    document["materials"] = [_clean({"name": material.name, **material.json}) for material in scene.materials]
    document |= _textures(scene, coder.binary, required)
    document["skins"] = [_skin(skin, coder) for skin in scene.skins]
    document["animations"] = [_animation(animation, coder) for animation in scene.animations]
    binary = coder.binary.chunk()
    document["accessors"] = coder.binary.accessors
    document["bufferViews"] = coder.binary.views
    document["buffers"] = _buffers(coder, len(binary))
    used = sorted(_extensions(document) | set(required))
    document["extensionsUsed"] = used
    document["extensionsRequired"] = sorted(set(required))
    return join({key: value for key, value in document.items() if value not in ([], {}, "")}, binary)


def _buffers(coder: Encoding, size: int) -> list[Json]:
    fallback = coder.binary.fallback_bytes
    buffers: list[Json] = [{"byteLength": size}] if size else []
    if fallback:
        (name,) = {name for view in coder.binary.views for name in view.get("extensions", {})}
        buffers.append({"byteLength": fallback, "extensions": {name: {"fallback": True}}})
    return buffers


def _clean(item: Json) -> Json:
    return {key: value for key, value in item.items() if value not in ("", {}, [], (), None)}


def _node(node: Node, mesh_at: dict[int, int]) -> Json:
    out: Json = {"name": node.name, "children": list(node.children)}
    if node.mesh is not None and node.mesh in mesh_at:
        out |= {"mesh": mesh_at[node.mesh], "skin": node.skin, "weights": list(node.weights)}
    if node.matrix is not None:
        out["matrix"] = [float(v) for v in local_matrix(node).T.reshape(-1)]
    default = Node()
    for key in ("translation", "rotation", "scale"):
        value = getattr(node, key)
        if node.matrix is None and tuple(value) != getattr(default, key):
            out[key] = [float(v) for v in value]
    return _clean(out | {"extensions": node.extensions, "extras": node.extras})


def _meshes(scene: Scene, coder: Encoding) -> tuple[list[Json], dict[int, int]]:
    out: list[Json] = []
    at: dict[int, int] = {}
    for index, mesh in enumerate(scene.meshes):
        if not mesh.primitives:
            continue
        at[index] = len(out)
        primitives = [_primitive(primitive, coder, index) for primitive in mesh.primitives]
        out.append(
            _clean({"name": mesh.name, "primitives": primitives, "weights": list(mesh.weights), "extras": mesh.extras})
        )
    return out, at


def _primitive(primitive: Primitive, coder: Encoding, mesh: int) -> Json:
    arrays: dict[str, Any] = {
        "POSITION": primitive.positions, "NORMAL": primitive.normals, "TANGENT": primitive.tangents,
        **{f"TEXCOORD_{at}": uv for at, uv in enumerate(primitive.uvs)}, "COLOR_0": primitive.colors,
    }  # fmt: skip
    for name, values in (("JOINTS", primitive.joints), ("WEIGHTS", primitive.weights)):
        for at in range(0 if values is None else values.shape[1] // 4):
            arrays[f"{name}_{at}"] = values[:, 4 * at : 4 * at + 4] if values is not None else None
    out: Json = {
        "attributes": {
            name: coder.attribute(name, values, primitive, mesh)
            for name, values in arrays.items()
            if values is not None
        }
    }
    if primitive.is_cloud:
        out["mode"] = 0
    else:
        out["indices"] = coder.indices(primitive.indices)
    if primitive.material is not None:
        out["material"] = primitive.material
    if primitive.targets:
        out["targets"] = [
            {name: coder.attribute(f"target.{name}", values, primitive, mesh) for name, values in target.items()}
            for target in primitive.targets
        ]
    if primitive.variants:
        by_material: dict[int, list[int]] = {}
        for variant, material in sorted(primitive.variants.items()):
            by_material.setdefault(material, []).append(variant)
        mappings = [{"material": material, "variants": chosen} for material, chosen in by_material.items()]
        out["extensions"] = {"KHR_materials_variants": {"mappings": mappings}}
    if primitive.extras:
        out["extras"] = primitive.extras
    return out


def _textures(scene: Scene, binary: Binary, required: list[str]) -> Json:
    samplers: list[Json] = []
    place: dict[str, int] = {}
    textures = []
    for texture in scene.textures:
        item: Json = {}
        if texture.sampler:
            key = repr(sorted(texture.sampler.items()))
            if key not in place:
                place[key] = len(samplers)
                samplers.append(texture.sampler)
            item["sampler"] = place[key]
        extension = _IMAGE_EXTENSION.get(scene.images[texture.image].media_type)
        if extension is None:
            item["source"] = texture.image
        else:
            item["extensions"] = {extension: {"source": texture.image}}
            required.append(extension)
        textures.append(item)
    images = [
        _clean({"name": image.name, "mimeType": image.media_type}) | {"bufferView": binary.view(image.data)}
        for image in scene.images
    ]
    return {"samplers": samplers, "textures": textures, "images": images}


def _skin(skin: Skin, coder: Encoding) -> Json:
    item = {"name": skin.name, "joints": list(skin.joints), "skeleton": skin.skeleton}
    return _clean(item) | {"inverseBindMatrices": coder.matrices(skin.inverse_bind)}


def _animation(animation: Animation, coder: Encoding) -> Json:
    samplers: list[Json] = []
    place: dict[str, int] = {}
    channels = []
    for channel in animation.channels:
        target: Json = {"path": channel.path}
        if channel.node is not None:
            target["node"] = channel.node
        if channel.pointer:
            target["extensions"] = {"KHR_animation_pointer": {"pointer": channel.pointer}}
        sampler: Json = {"input": coder.times(channel.times), "output": coder.samples(channel.values, channel)}
        if channel.interpolation != "LINEAR":
            sampler["interpolation"] = channel.interpolation
        key = repr(sampler)
        if key not in place:
            place[key] = len(samplers)
            samplers.append(sampler)
        channels.append({"sampler": place[key], "target": target})
    return _clean({"name": animation.name}) | {"channels": channels, "samplers": samplers}


def _extensions(value: Any) -> set[str]:
    """The names of all extensions in a document; what looks like one inside extras is not."""
    found: set[str] = set()
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if isinstance(item.get("extensions"), dict):
                found |= set(item["extensions"])
            stack.extend(child for key, child in item.items() if key != "extras")
        elif isinstance(item, list):
            stack.extend(item)
    return found
