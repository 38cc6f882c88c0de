"""
Whether a file is an avatar that can be shown to others: a GLB or VRM of a person's size, light, whole, and rigged.

Strict, because it is drawn on other people's machines: nothing in it may point outside the file, no picture may be a
bomb, no body may fill the room. The bytes are kept as they are; what is read here is only looked at. Takes some tens of
milliseconds: call it in a thread.

Source: glTF 2.0 specification; VRM 1.0 (the fifteen bones that a humanoid must have).
"""

from typing import Any, Final

import numpy as np

from showroom.avatars.errors import AvatarRefused
from showroom.avatars.facts import MOST_BYTES, Facts
from showroom_assets.errors import InputError, LimitExceeded
from showroom_assets.glb import container
from showroom_assets.glb.limits import Limits, Meter
from showroom_assets.glb.read import read_glb
from showroom_assets.scene import F64, Scene, world_matrices

MOST_TRIANGLES: Final = 30_000
MOST_TEXTURES: Final = 6
MOST_TEXTURE_PX: Final = 2048
LEAST_BONES: Final = 15
LOWEST_M: Final = 0.3
TALLEST_M: Final = 3.0
_WIDEST_M: Final = 3.0
_LIMITS: Final = Limits(
    file_bytes=MOST_BYTES,
    json_bytes=2 << 20,
    decoded_bytes=64 << 20,
    vertices=4 * MOST_TRIANGLES,
    triangles=MOST_TRIANGLES,
    nodes=2000,
    depth=128,
    primitives=64,
    channels=4000,
    textures=64,
    pixels=MOST_TEXTURE_PX * MOST_TEXTURE_PX,
    total_pixels=MOST_TEXTURES * MOST_TEXTURE_PX * MOST_TEXTURE_PX,
)
_NOT_SHOWN: Final = {
    "KHR_draco_mesh_compression": "Draco compression",
    "KHR_texture_basisu": "KTX2 textures",
    "EXT_texture_avif": "AVIF textures",
    "EXT_mesh_gpu_instancing": "instancing",
}
"""What every page would have to fetch another decoder for, or what no avatar needs."""
_AT_ONCE: Final = 4096
_ADVICE: Final = "Export a lighter one."


def check(data: bytes) -> Facts:
    """
    What is in the file.

    Raises
    ------
    AvatarRefused
        With a sentence for whoever brought it.
    """
    try:
        document, _ = container.split(data, Meter(_LIMITS))
        _check_document(document)
        scene = read_glb(data, limits=_LIMITS)
    except LimitExceeded as exc:
        what = str(exc.fields.get("what", "")).replace("_", " ")
        allowed = exc.fields.get("allowed")
        count = f"{allowed:,}" if isinstance(allowed, int) else "few"
        raise AvatarRefused(f"This avatar has too many {what}: {count} are allowed. {_ADVICE}", what=what) from exc
    except InputError as exc:
        raise AvatarRefused(f"This is no avatar that can be read: {exc.message}") from exc
    return _facts(scene)


def _check_document(document: dict[str, Any]) -> None:
    for kind in ("buffers", "images"):
        parts = document.get(kind, [])
        if not isinstance(parts, list) or any(not isinstance(part, dict) or "uri" in part for part in parts):
            raise AvatarRefused("This avatar is not in one file. Export it as GLB or VRM, with everything inside.")
    used = document.get("extensionsUsed", [])
    for name, what in _NOT_SHOWN.items():
        if isinstance(used, list) and name in used:
            raise AvatarRefused(f"This avatar uses {what}, which is not shown. Export it without.", extension=name)


def _facts(scene: Scene) -> Facts:
    if scene.triangles > MOST_TRIANGLES:
        raise AvatarRefused(
            f"This avatar has {scene.triangles:,} triangles: {MOST_TRIANGLES:,} are allowed. {_ADVICE}",
            triangles=scene.triangles,
        )
    if len(scene.textures) > MOST_TEXTURES:
        raise AvatarRefused(
            f"This avatar has {len(scene.textures)} textures: {MOST_TEXTURES} are allowed. Merge them into an atlas.",
            textures=len(scene.textures),
        )
    worn = {node.skin for node in scene.nodes if node.mesh is not None and node.skin is not None}
    bones = max((len(scene.skins[skin].joints) for skin in worn), default=0)
    if bones < LEAST_BONES:
        raise AvatarRefused(
            f"This avatar has no skeleton of at least {LEAST_BONES} bones. Rig it as a humanoid, then export it again.",
            bones=bones,
        )
    points = _standing(scene)
    if not len(points) or not np.isfinite(points).all():
        raise AvatarRefused("This avatar has no body. Export it again, with its mesh.")
    size = points.max(axis=0) - points.min(axis=0)
    height = float(size[1])
    if not LOWEST_M <= height <= TALLEST_M or max(size[0], size[2]) > _WIDEST_M or np.abs(points).max() > TALLEST_M:
        raise AvatarRefused(
            f"This avatar is {height:.2f} m tall. Bring one of {LOWEST_M} to {TALLEST_M:.0f} m that stands at the "
            "origin, in metres.",
            height_m=round(height, 3),
        )
    return Facts(
        triangles=scene.triangles,
        textures=len(scene.textures),
        bones=bones,
        height_m=round(height, 3),
        is_vrm=bool({"VRM", "VRMC_vrm"} & set(scene.extensions)),
    )


def _standing(scene: Scene) -> F64:
    """Where all vertices are in the pose of the file, ``(n, 3)``: skinned by their bones, as it is drawn."""
    world = world_matrices(scene)
    found = []
    for index, node in enumerate(scene.nodes):
        if node.mesh is None or index not in world:
            continue
        for primitive in scene.meshes[node.mesh].primitives:
            points = np.c_[primitive.positions.astype(np.float64), np.ones(len(primitive.positions))]
            if node.skin is None or primitive.joints is None or primitive.weights is None:
                found.append((points @ world[index].T)[:, :3])
                continue
            skin = scene.skins[node.skin]
            bones = np.array([world.get(joint, np.eye(4)) for joint in skin.joints]) @ skin.inverse_bind
            joints = np.minimum(primitive.joints, len(bones) - 1)
            for at in range(0, len(points), _AT_ONCE):  # a matrix for each bone of each vertex: not for all at once
                part = slice(at, at + _AT_ONCE)
                moved = np.einsum("nkij,nj,nk->ni", bones[joints[part]], points[part], primitive.weights[part])
                found.append(moved[:, :3])
    return np.concatenate(found) if found else np.empty((0, 3))
