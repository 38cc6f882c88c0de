"""
What stands before the scanner: the product as bare triangles with colour, and rays to look at it with.

Lengths are **millimetres**, axes still the product's (+Y up). Glass lets the rays pass, as it does on a real rig.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from showroom_assets.scene import Material, Scene, world_matrices

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
CLEAR = 0.5
"""Transmission from which a surface is invisible to the scanner."""


@dataclass(frozen=True, slots=True)
class Hits:
    """``ray (h,)`` which ray hit · ``face (h,)`` what · ``distance (h,)`` mm · ``weights (h, 3)`` barycentric."""

    ray: I64
    face: I64
    distance: F64
    weights: F64


class Target:
    """
    A scene's opaque triangles, ready for rays.

    ``points (n, 3)`` mm · ``faces (m, 3)`` · ``normals (m, 3)`` and ``areas (m,)`` of the faces · ``uvs (n, 2)`` ·
    ``material (m,)``.
    """

    def __init__(self, scene: Scene) -> None:
        points, faces, uvs, material = [], [], [], []
        start = 0
        for index, matrix in sorted(world_matrices(scene).items()):
            node = scene.nodes[index]
            if node.mesh is None:
                continue
            where = np.eye(4) if node.skin is not None else matrix  # a skin's joints place it, not its node
            for primitive in scene.meshes[node.mesh].primitives:
                if primitive.is_cloud or _is_clear(scene, primitive.material):
                    continue
                count = len(primitive.positions)
                points.append(primitive.positions.astype(np.float64) @ where[:3, :3].T + where[:3, 3])
                uvs.append(primitive.uvs[0].astype(np.float64) if primitive.uvs else np.zeros((count, 2)))
                faces.append(primitive.indices.astype(np.int64) + start)
                material.append(
                    np.full(len(primitive.indices), -1 if primitive.material is None else primitive.material)
                )
                start += count
        self.points = np.concatenate(points) * 1000.0
        self.faces = np.concatenate(faces)
        self.uvs = np.concatenate(uvs)
        self.material = np.concatenate(material)
        corners = self.points[self.faces]
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        area = np.linalg.norm(cross, axis=1)
        solid = area > 1e-9
        self.faces, self.material, cross, area = self.faces[solid], self.material[solid], cross[solid], area[solid]
        self.normals = cross / area[:, None]
        self.areas = area / 2
        self._scene = scene
        self._paint: dict[int, tuple[F64, F64 | None]] = {}
        self._embree: Any = None

    @property
    def bounds(self) -> F64:
        used = self.points[self.faces.ravel()]
        return np.stack([used.min(axis=0), used.max(axis=0)])

    @property
    def size(self) -> float:
        """The longest side of the bounding box, mm."""
        return float((self.bounds[1] - self.bounds[0]).max())

    def cast(self, origins: F64, directions: F64) -> Hits:
        """First hits of rays ``(r, 3)`` with unit directions."""
        from embreex.mesh_construction import TriangleMesh
        from embreex.rtcore_scene import EmbreeScene

        if self._embree is None:
            self._embree = EmbreeScene()
            self._mesh = TriangleMesh(self._embree, self.points[self.faces].astype(np.float32))
        out = self._embree.run(origins.astype(np.float32), directions.astype(np.float32), output=True)
        ray = np.flatnonzero(out["primID"] >= 0)
        face = out["primID"][ray].astype(np.int64)
        # the distance again in double precision: single leaves steps of 1e-4 of the range
        corner, normal = self.points[self.faces[face, 0]], self.normals[face]
        along = (directions[ray] * normal).sum(axis=1)
        exact = ((corner - origins[ray]) * normal).sum(axis=1) / np.where(np.abs(along) < 1e-6, 1.0, along)
        rough = out["tfar"][ray].astype(np.float64)
        distance = np.where((np.abs(along) < 1e-6) | (np.abs(exact - rough) > 0.05 * rough), rough, exact)
        u, v = out["u"][ray].astype(np.float64), out["v"][ray].astype(np.float64)
        return Hits(ray, face, distance, np.stack([1 - u - v, u, v], axis=1))

    def colors(self, face: I64, weights: F64) -> F64:
        """Base colours, linear RGB ``(h, 3)``, at places on faces."""
        uv = (self.uvs[self.faces[face]] * weights[:, :, None]).sum(axis=1)
        out = np.full((len(face), 3), 0.5)
        for material in np.unique(self.material[face]):
            here = self.material[face] == material
            factor, texture = self._painted(int(material))
            color = np.broadcast_to(factor, (int(here.sum()), 3))
            if texture is not None:
                height, width = texture.shape[:2]
                x = np.floor((uv[here, 0] % 1.0) * width).astype(int) % width
                y = np.floor((uv[here, 1] % 1.0) * height).astype(int) % height
                color = color * texture[y, x]
            out[here] = color
        return out

    def _painted(self, material: int) -> tuple[F64, F64 | None]:
        if material not in self._paint:
            self._paint[material] = _paint(self._scene, material)
        return self._paint[material]


def _is_clear(scene: Scene, material: int | None) -> bool:
    if material is None:
        return False
    extension = scene.materials[material].json.get("extensions", {}).get("KHR_materials_transmission", {})
    return float(extension.get("transmissionFactor", 0.0)) >= CLEAR


def _paint(scene: Scene, index: int) -> tuple[F64, F64 | None]:
    from PIL import Image

    material = scene.materials[index] if index >= 0 else Material()
    pbr = material.json.get("pbrMetallicRoughness", {})
    factor = np.array(pbr.get("baseColorFactor", [1.0, 1.0, 1.0, 1.0])[:3], dtype=np.float64)
    info = pbr.get("baseColorTexture")
    if info is None:
        return factor, None
    data = scene.images[scene.textures[info["index"]].image].data
    with Image.open(BytesIO(data)) as picture:
        srgb = np.asarray(picture.convert("RGB"), dtype=np.float64) / 255.0
    return factor, to_linear(srgb)


def to_linear(srgb: F64) -> F64:
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def to_srgb(linear: F64) -> F64:
    value = np.clip(linear, 0.0, 1.0)
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055)
