"""Avatars for tests: a block of a body on a skeleton, as light or as heavy, as tall and as odd as asked."""

import io
import json
import struct
from typing import Any

import numpy as np
from PIL import Image as Picture

from showroom_assets.glb.write import write_glb
from showroom_assets.scene import Image, Material, Mesh, Node, Primitive, Scene, Skin, Texture


def avatar(
    *,
    triangles: int = 200,
    textures: int = 1,
    texture_px: int = 8,
    bones: int = 20,
    height_m: float = 1.7,
    shift_m: float = 0.0,
    seed: int = 0,
    **parts: Any,
) -> bytes:
    """A GLB; ``shift_m`` moves the bones of its right half aside, which only skinning shows."""
    chance = np.random.default_rng(seed)
    count = max(4, triangles // 2)
    positions = chance.uniform((-0.3, 0, -0.2), (0.3, height_m, 0.2), (count, 3)).astype(np.float32)
    positions[0, 1], positions[1, 1] = 0, height_m
    indices = chance.integers(0, count, (triangles, 3)).astype(np.uint32)
    joints = np.zeros((count, 4), np.uint16)
    if bones:
        joints[:, 0] = np.arange(count) % bones
    weights = np.tile(np.array([1, 0, 0, 0], np.float32), (count, 1))
    uvs = chance.uniform(0, 1, (count, 2)).astype(np.float32)
    skinned = bones > 0
    primitive = Primitive(
        positions=positions, indices=indices, uvs=(uvs,), material=0,
        joints=joints if skinned else None, weights=weights if skinned else None,
    )  # fmt: skip
    body = Node(name="body", mesh=0, skin=0 if skinned else None)
    names = [f"bone{number}" for number in range(bones)]
    moved = [Node(name=name, translation=(shift_m if n % 2 else 0.0, 0.0, 0.0)) for n, name in enumerate(names)]
    picture = io.BytesIO()
    Picture.new("RGB", (texture_px, texture_px), (200, 180, 160)).save(picture, "PNG")
    slots = ["normalTexture", "occlusionTexture", "emissiveTexture"]
    json_: dict[str, Any] = {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}} if textures else {}
    materials = [Material(name="skin", json=json_)]
    materials += [
        Material(name=f"more{number}", json={slots[number % 3]: {"index": number}}) for number in range(1, textures)
    ]
    primitives = [primitive, *(Primitive(positions=positions[:3], indices=np.array([[0, 1, 2]], np.uint32), uvs=(
        uvs[:3],), material=number, joints=joints[:3] if skinned else None, weights=weights[:3] if skinned else None)
        for number in range(1, textures))]  # fmt: skip
    scene = Scene(
        nodes=(body, *moved),
        roots=tuple(range(bones + 1)),
        meshes=(Mesh(name="body", primitives=tuple(primitives)),),
        materials=tuple(materials),
        textures=tuple(Texture(image=number) for number in range(textures)),
        images=tuple(Image(data=picture.getvalue(), name=f"t{number}") for number in range(textures)),
        skins=(Skin(joints=tuple(range(1, bones + 1)), inverse_bind=np.tile(np.eye(4, dtype=np.float32),
               (bones, 1, 1))),) if skinned else (),
        **parts,
    )  # fmt: skip
    return write_glb(scene)


def changed(data: bytes, **root: Any) -> bytes:
    """The same file with members of its JSON root replaced."""
    size = struct.unpack_from("<I", data, 12)[0]
    document = json.loads(data[20 : 20 + size]) | root
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    rest = data[20 + size :]
    head = struct.pack("<4sIIII", b"glTF", 2, 20 + len(text) + len(rest), len(text), 0x4E4F534A)
    return head + text + rest
