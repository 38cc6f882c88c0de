"""Deliveries: a scene becomes the bytes of a file, with the numbers that the manifest says about it."""

import io
from dataclasses import dataclass

from showroom_assets.glb import write_glb
from showroom_assets.scene import F64, Scene, world_matrices
from showroom_pipeline.stages.prepare import Prepared

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One file for one class of device."""

    data: bytes
    triangles: int
    draw_calls: int
    texture_max_px: int
    gpu_bytes: int
    bounds_m: tuple[Point, Point]


def plain(prepared: Prepared) -> Delivered:
    """A GLB without any extension for compression: what every viewer opens."""
    return delivered(write_glb(prepared.scene), prepared.scene)


def file_of(item: Delivered) -> bytes:
    return item.data


def delivered(data: bytes, scene: Scene) -> Delivered:
    """``data`` with the numbers of the scene it holds; textures are counted as RGBA with their mip chain."""
    import numpy as np
    from PIL import Image

    sizes = []
    for image in scene.images:
        with Image.open(io.BytesIO(image.data)) as opened:
            sizes.append(opened.size)
    vertex_bytes, draws = 0, 0
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    placed = world_matrices(scene)
    for index, matrix in placed.items():
        mesh = scene.nodes[index].mesh
        if mesh is None:
            continue
        for primitive in scene.meshes[mesh].primitives:
            draws += 1
            points = primitive.positions @ matrix[:3, :3].T + matrix[:3, 3]
            low, high = np.minimum(low, points.min(axis=0)), np.maximum(high, points.max(axis=0))
    for each in scene.meshes:
        for primitive in each.primitives:
            arrays = (primitive.positions, primitive.indices, primitive.normals, primitive.tangents, primitive.colors)
            vertex_bytes += sum(a.nbytes for a in (*arrays, *primitive.uvs) if a is not None)
    return Delivered(
        data=data,
        triangles=scene.triangles,
        draw_calls=draws,
        texture_max_px=max((max(size) for size in sizes), default=0),
        gpu_bytes=vertex_bytes + sum(w * h * 4 * 4 // 3 for w, h in sizes),
        bounds_m=(_point(low), _point(high)),
    )


def _point(values: F64) -> Point:
    x, y, z = (float(value) for value in values)
    return x, y, z
