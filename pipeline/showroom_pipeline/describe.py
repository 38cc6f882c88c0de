"""
What is in a GLB: triangles, textures, memory, extensions, size. The back end of ``showroom inspect``.

It reads the file twice: its JSON for what is stored (compressed or not), and the decoded scene for what is drawn.
"""

import io
import json
import struct
from typing import Any

import numpy as np
import numpy.typing as npt

from showroom_assets.glb import read_glb
from showroom_assets.scene import F64, Json, Scene, texture_slots
from showroom_pipeline.surface_error import world_triangles

I64 = npt.NDArray[np.int64]

_COMPONENT_BYTES = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
_COMPONENTS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
_KTX2 = b"\xabKTX 20\xbb\r\n\x1a\n"


def describe(glb: bytes) -> dict[str, Any]:
    """
    Describe a GLB.

    Returns
    -------
    dict
        JSON-serialisable: ``bytes``, ``triangles``, ``vertices``, ``draw_calls``, ``meshes``, ``materials``,
        ``textures`` (each with ``roles``, ``width``, ``height``, ``media_type``, ``bytes``, ``gpu_bytes``),
        ``gpu_bytes``, ``extensions``, ``bounds_m``, ``size_m``, ``solid`` (``closed``, ``pieces``, ``area_m2``,
        ``volume_l``), ``variants``, ``animations``, ``skins``.

    Raises
    ------
    ShowroomError
        As ``read_glb``.
    """
    scene = read_glb(glb)
    document, binary = _stored_form(glb)
    textures = _textures(document, binary, scene)
    positions, faces = world_triangles(scene)
    low, high = (positions.min(axis=0), positions.max(axis=0)) if len(positions) else (np.zeros(3), np.zeros(3))
    drawn = [node.mesh for node in scene.nodes if node.mesh is not None]
    return {
        "bytes": len(glb),
        "triangles": scene.triangles,
        "vertices": sum(len(p.positions) for mesh in scene.meshes for p in mesh.primitives),
        "draw_calls": sum(len(scene.meshes[mesh].primitives) for mesh in drawn),
        "meshes": len(scene.meshes),
        "materials": [material.name for material in scene.materials],
        "textures": textures,
        "gpu_bytes": _geometry_bytes(document) + sum(texture["gpu_bytes"] for texture in textures),
        "extensions": sorted({str(name) for name in document.get("extensionsUsed", ())}),
        "bounds_m": [[round(float(v), 6) for v in corner] for corner in (low, high)],
        "size_m": [round(float(v), 6) for v in high - low],
        "solid": _solid(positions, faces),
        "variants": list(scene.variants),
        "animations": [animation.name for animation in scene.animations],
        "skins": len(scene.skins),
    }


def _stored_form(glb: bytes) -> tuple[Json, bytes]:
    """The JSON and the binary chunk as stored (of a .gltf, nothing); ``read_glb`` has checked the file by now."""
    from pygltflib import GLTF2

    if glb.startswith(b"glTF"):
        document = GLTF2.load_from_bytes(glb)
    else:
        document = GLTF2.gltf_from_json(glb.decode("utf-8-sig"))
    return json.loads(document.to_json()), document.binary_blob() or b""


def _solid(positions: F64, faces: I64) -> Json:
    """
    The product as a body: whether its surface is closed (by place: texture seams do not count), of how many pieces,
    its area and, if it is closed, its volume. What a carrier asks for, and what a printer refuses without.
    """
    import trimesh

    if not len(faces):
        return {"closed": False, "pieces": 0, "area_m2": 0.0, "volume_l": None}
    body = trimesh.Trimesh(positions, faces, process=False)
    body.merge_vertices(merge_tex=True, merge_norm=True)
    closed = bool(body.is_watertight)
    return {
        "closed": closed,
        "pieces": int(body.body_count),
        "area_m2": round(float(body.area), 6),
        "volume_l": round(abs(float(body.volume)) * 1000.0, 4) if closed else None,
    }


def _geometry_bytes(document: Json) -> int:
    """Bytes of the vertex and index data as uploaded: the accessors that primitives use, in their stored types."""
    used: set[int] = set()
    for mesh in document.get("meshes", ()):
        for primitive in mesh.get("primitives", ()):
            used.update(primitive.get("attributes", {}).values())
            used.update(at for target in primitive.get("targets", ()) for at in target.values())
            if "indices" in primitive:
                used.add(primitive["indices"])
    total = 0
    for index in used:
        accessor = document["accessors"][index]
        element = _COMPONENT_BYTES[accessor["componentType"]] * _COMPONENTS[accessor["type"]]
        aligned = element if accessor["type"] == "SCALAR" else -(-element // 4) * 4
        total += accessor["count"] * aligned
    return total


def _textures(document: Json, binary: bytes, scene: Scene) -> list[dict[str, Any]]:
    roles: dict[int, set[str]] = {}
    for material in scene.materials:
        for path, info, _ in texture_slots(material.json):
            roles.setdefault(info["index"], set()).add(path.rpartition(".")[2].removesuffix("Texture"))
    stored = _stored(document, binary)
    out = []
    for index, texture in enumerate(scene.textures):
        width, height = _size(scene.images[texture.image].data)
        media_type, data = stored[index] if index < len(stored) else ("", b"")
        out.append(
            {
                "roles": sorted(roles.get(index, ())),
                "width": width,
                "height": height,
                "media_type": media_type or scene.images[texture.image].media_type,
                "bytes": len(data) or len(scene.images[texture.image].data),
                "gpu_bytes": int(width * height * _bytes_per_texel(data) * 4 / 3),
            }
        )
    return out


def _stored(document: Json, binary: bytes) -> list[tuple[str, bytes]]:
    """Media type and bytes of each texture as stored, KTX2 and WebP before their fallbacks."""
    out = []
    for texture in document.get("textures", ()):
        extensions = texture.get("extensions", {})
        source = texture.get("source")
        for name in ("KHR_texture_basisu", "EXT_texture_webp"):
            source = extensions.get(name, {}).get("source", source) if name in extensions else source
            if name in extensions:
                break
        image = document["images"][source] if source is not None else {}
        view = document["bufferViews"][image["bufferView"]] if "bufferView" in image else None
        start = 0 if view is None else view.get("byteOffset", 0)
        data = b"" if view is None else binary[start : start + view["byteLength"]]
        out.append((str(image.get("mimeType", "")), data))
    return out


def _bytes_per_texel(data: bytes) -> float:
    """On the GPU: KTX2 stays compressed (ETC1S half a byte, one with alpha; UASTC one), all else becomes RGBA."""
    if not data.startswith(_KTX2) or len(data) < 80:
        return 4.0
    (scheme,) = struct.unpack_from("<I", data, 44)
    (dfd,) = struct.unpack_from("<I", data, 48)
    if scheme != 1:  # not BasisLZ: UASTC, or plain texels that we did not write
        (vk_format,) = struct.unpack_from("<I", data, 12)
        return 1.0 if vk_format == 0 else 4.0
    if len(data) < dfd + 12:
        return 0.5
    (block,) = struct.unpack_from("<H", data, dfd + 4 + 6)
    samples = (block - 24) // 16
    return 1.0 if samples > 1 else 0.5


def _size(data: bytes) -> tuple[int, int]:
    from PIL import Image

    with Image.open(io.BytesIO(data)) as picture:
        width, height = picture.size
    return width, height
