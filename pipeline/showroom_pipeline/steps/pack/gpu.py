"""
Bytes on the GPU once a delivery is decoded and uploaded: what phones run out of.

Geometry as uploaded; textures with their mip levels in the format a device transcodes to: ETC1S to 4 bits a texel (8
with alpha), UASTC to 8, anything else to 32.
"""

from showroom_assets.glb import ktx2
from showroom_assets.scene import Image, Json
from showroom_pipeline.steps.textures import decode, dimensions


def geometry_bytes(document: Json) -> int:
    """Vertex and index buffers, each distinct accessor once."""
    size = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
    width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
    used: set[int] = set()
    for mesh in document.get("meshes", []):
        for primitive in mesh["primitives"]:
            used |= set(primitive["attributes"].values())
            used |= {at for target in primitive.get("targets", []) for at in target.values()}
            used |= {primitive["indices"]} if "indices" in primitive else set()
    total = 0
    for at in sorted(used):
        accessor = document["accessors"][at]
        element = size[accessor["componentType"]] * width[accessor["type"]]
        stride = document["bufferViews"][accessor["bufferView"]].get("byteStride", element)
        total += accessor["count"] * stride
    return total


def image_bytes(image: Image) -> int:
    """One image with its mip levels."""
    width, height = dimensions(image)
    if image.media_type != "image/ktx2":
        return sum(4 * w * h for w, h in _levels(width, height))
    bits = 8
    if ktx2.codec(image.data) == "etc1s" and decode(image).shape[2] == 3:
        bits = 4
    return sum(-(-w // 4) * -(-h // 4) * 16 * bits // 8 for w, h in _levels(width, height))


def _levels(width: int, height: int) -> list[tuple[int, int]]:
    out = [(width, height)]
    while out[-1] != (1, 1):
        out.append((max(out[-1][0] // 2, 1), max(out[-1][1] // 2, 1)))
    return out
