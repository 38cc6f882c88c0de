"""
Textures made smaller: to powers of two, never larger, each role filtered as it is meant to be.

Colours are averaged in linear light and weighted by alpha; normals are averaged as vectors and made unit again; data
is averaged as it is.

Source: texel density as in Unreal's and Unity's streaming: texels a metre of surface.
"""

import numpy as np

from showroom_assets.color import linear, srgb
from showroom_assets.scene import F32, F64, U8, Primitive, Role, Scene, texture_slots, world_matrices


def power_of_two(size: int, most: int) -> int:
    """The largest power of two that is neither above ``size`` nor above ``most``; at least 4, a GPU block."""
    limit = max(4, min(size, most))
    return 1 << (limit.bit_length() - 1)


def resized(pixels: U8, width: int, height: int, *, role: Role) -> U8:
    """
    ``(h, w, c) uint8`` filtered to ``height`` by ``width``.

    Colour is filtered in linear light: in sRGB, a fine black and white pattern comes out at 50 % grey instead of the
    74 % that the eye averages.
    """
    if pixels.shape[:2] == (height, width):
        return pixels
    values = pixels[..., :3].astype(np.float32) / np.float32(255)
    if role == "color":
        values = linear(values)
    elif role == "normal":
        values = values * 2 - 1
    small_alpha: F32 | None
    alpha = pixels[..., 3].astype(np.float32) / np.float32(255) if pixels.shape[2] == 4 else None
    if alpha is not None and role == "color":
        cover = small_alpha = _filtered(alpha, width, height)
        # Under full transparency there is no weight: fall back to the plain average there.
        weighted = np.stack([_filtered(values[..., c] * alpha, width, height) for c in range(3)], axis=-1)
        plain = np.stack([_filtered(values[..., c], width, height) for c in range(3)], axis=-1)
        safe = np.maximum(cover, 1e-4)[..., None]
        values = np.where(cover[..., None] > 1e-3, weighted / safe, plain)
    else:
        small_alpha = None if alpha is None else _filtered(alpha, width, height)
        values = np.stack([_filtered(values[..., c], width, height) for c in range(3)], axis=-1)
    if role == "color":
        values = srgb(values)
    elif role == "normal":
        length = np.linalg.norm(values, axis=-1, keepdims=True)
        values = np.where(length > 1e-6, values / np.maximum(length, 1e-6), [0.0, 0.0, 1.0]) * 0.5 + 0.5
    if small_alpha is not None:
        values = np.concatenate([values, small_alpha[..., None]], axis=-1)
    out: U8 = np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
    return out


def _filtered(channel: F32, width: int, height: int) -> F32:
    import PIL.Image

    picture = PIL.Image.fromarray(np.ascontiguousarray(channel, np.float32))
    # Halving a power of two by a box is exact and does not ring; other ratios need a real filter.
    exact = channel.shape[1] % width == 0 and channel.shape[0] % height == 0
    kind = PIL.Image.Resampling.BOX if exact else PIL.Image.Resampling.LANCZOS
    return np.asarray(picture.resize((width, height), kind), np.float32)


def density(scene: Scene) -> dict[int, float]:
    """
    For each texture, the metres of surface that its whole width spans, in the scene's largest use of it.

    Multiply by texels a metre for the width that density needs. A texture that tiles spans less than the surface.
    """
    spans: dict[int, float] = {}
    for node_matrix, primitive in _shown(scene):
        if not primitive.uvs or primitive.is_cloud:
            continue
        scale = float(np.cbrt(abs(np.linalg.det(node_matrix[:3, :3]))))
        for at in sorted({primitive.material, *primitive.variants.values()} - {None}, key=lambda m: m or 0):
            for _, info, _ in texture_slots(scene.materials[at or 0].json):
                chosen = min(int(info.get("texCoord", 0)), len(primitive.uvs) - 1)
                span = scale * _span(primitive, chosen)
                spans[info["index"]] = max(spans.get(info["index"], 0.0), span)
    return spans


def _span(primitive: Primitive, uv_set: int) -> float:
    """Metres a unit of UV: the 90th percentile over the surface, so that a few stretched triangles do not rule."""
    corners = primitive.positions[primitive.indices].astype(np.float64)
    uv = primitive.uvs[uv_set][primitive.indices].astype(np.float64)
    sides, uv_sides = corners[:, 1:] - corners[:, :1], uv[:, 1:] - uv[:, :1]
    area = np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1) / 2
    uv_area = np.abs(uv_sides[:, 0, 0] * uv_sides[:, 1, 1] - uv_sides[:, 0, 1] * uv_sides[:, 1, 0]) / 2
    kept = (area > 0) & (uv_area > 1e-12)
    if not kept.any():
        return 0.0
    ratio = np.sqrt(area[kept] / uv_area[kept])
    order = np.argsort(ratio, kind="stable")
    share = np.cumsum(area[kept][order])
    return float(ratio[order][np.searchsorted(share, 0.9 * share[-1])])


def _shown(scene: Scene) -> list[tuple[F64, Primitive]]:
    world = world_matrices(scene)
    return [
        (world[at], primitive)
        for at, node in enumerate(scene.nodes)
        if node.mesh is not None and at in world
        for primitive in scene.meshes[node.mesh].primitives
    ]
