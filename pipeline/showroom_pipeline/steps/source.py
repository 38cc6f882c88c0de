"""
The surface a bake looks at: every triangle of a scene in one soup, with whatever colours it.

What it is: a flat, ray-traced view of a Scene that answers "what is the material at this point of that triangle".
What it is not: changed by anything: levels of detail are made from it and measured against it.
"""

import io
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from showroom_assets.scene import Json, Scene, world_matrices
from showroom_pipeline.steps.normals import corner_normals

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Part:
    """One primitive of the soup: the faces ``[first, last)`` share a material."""

    first: int
    last: int
    material: Json
    has_uvs: bool


@dataclass(frozen=True, slots=True)
class Source:
    """
    ``positions (n, 3) float64`` metres in the scene · ``faces (m, 3) int64`` · ``normals (m, 3, 3)`` and ``uvs (m, 3,
    2)`` and ``colors (m, 3, 4)`` linear, one a corner · ``parts`` by face range · ``pictures`` by texture index,
    ``(h, w, 4) float32``: colour slots linear, others as stored.
    """

    positions: F64
    faces: I64
    normals: F32
    uvs: F32
    colors: F32 | None
    parts: tuple[Part, ...]
    scene: Scene
    _pictures: dict[tuple[int, bool], F32] = field(default_factory=dict)

    def picture(self, texture: int, *, srgb: bool) -> F32:
        """The texture's pixels ``(h, w, 4) float32``; sRGB ones made linear. Decoded once."""
        key = (texture, srgb)
        if key not in self._pictures:
            self._pictures[key] = _decode(self.scene.images[self.scene.textures[texture].image].data, srgb)
        return self._pictures[key]

    @property
    def has_orm(self) -> bool:
        """Whether occlusion, roughness or metal vary: over a texture, or from part to part."""
        textured = any(
            "occlusionTexture" in part.material
            or "metallicRoughnessTexture" in part.material.get("pbrMetallicRoughness", {})
            for part in self.parts
        )
        constants = {
            (pbr.get("roughnessFactor", 1.0), pbr.get("metallicFactor", 1.0))
            for pbr in (part.material.get("pbrMetallicRoughness", {}) for part in self.parts)
        }
        return textured or len(constants) > 1

    @property
    def texture_px(self) -> int:
        """The longer side of the largest texture, 0 without any."""
        from PIL import Image as Picture

        return max((max(Picture.open(io.BytesIO(image.data)).size) for image in self.scene.images), default=0)


def source_of(scene: Scene) -> Source:
    """Flatten a scene's triangles into world space, rest pose."""
    world = world_matrices(scene)
    positions, faces, normals, uvs, colors, parts = [], [], [], [], [], []
    vertices = count = 0
    colored = any(p.colors is not None for mesh in scene.meshes for p in mesh.primitives)
    for index, node in enumerate(scene.nodes):
        if node.mesh is None or index not in world:
            continue
        matrix = world[index]
        for primitive in scene.meshes[node.mesh].primitives:
            if primitive.is_cloud:
                continue
            corners = primitive.indices.astype(np.int64)
            if np.linalg.det(matrix[:3, :3]) < 0:
                corners = corners[:, ::-1]
            place = primitive.positions @ matrix[:3, :3].T + matrix[:3, 3]
            if primitive.normals is None:
                turned = corner_normals(place, corners)
            else:
                turned = (primitive.normals @ np.linalg.inv(matrix[:3, :3])).astype(np.float32)[corners]
                turned /= np.maximum(np.linalg.norm(turned, axis=2, keepdims=True), 1e-12)
            positions.append(place)
            faces.append(corners + vertices)
            normals.append(turned)
            uvs.append(primitive.uvs[0][corners] if primitive.uvs else np.zeros((len(corners), 3, 2), np.float32))
            if colored:
                white = np.ones((len(corners), 3, 4), np.float32)
                colors.append(white if primitive.colors is None else primitive.colors[corners])
            material = {} if primitive.material is None else scene.materials[primitive.material].json
            parts.append(Part(count, count + len(corners), material, bool(primitive.uvs)))
            vertices += len(place)
            count += len(corners)
    return Source(
        positions=np.concatenate(positions),
        faces=np.concatenate(faces),
        normals=np.concatenate(normals).astype(np.float32),
        uvs=np.concatenate(uvs).astype(np.float32),
        colors=np.concatenate(colors).astype(np.float32) if colored else None,
        parts=tuple(parts),
        scene=scene,
    )


def welded(source: Source) -> tuple[F64, I64]:
    """The soup as a surface: vertices of equal position merged, collapsed and repeated faces dropped."""
    unique, inverse = np.unique(source.positions, axis=0, return_inverse=True)
    faces = inverse.reshape(-1)[source.faces]
    alive = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    faces = faces[alive]
    _, first = np.unique(np.sort(faces, axis=1), axis=0, return_index=True)
    faces = faces[np.sort(first)]
    used, renumbered = np.unique(faces, return_inverse=True)
    return unique[used], renumbered.reshape(-1, 3)


def linear_from_srgb(values: F32) -> F32:
    """Decode sRGB 0..1. Source: IEC 61966-2-1."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


def srgb_from_linear(values: F32) -> F32:
    """Encode sRGB 0..1. Source: IEC 61966-2-1."""
    values = np.clip(values, 0, 1)
    return np.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055).astype(np.float32)


def _decode(data: bytes, srgb: bool) -> F32:
    from PIL import Image as Picture

    stored = np.asarray(Picture.open(io.BytesIO(data)).convert("RGBA"))
    table: F32 = np.linspace(0, 1, 256, dtype=np.float32)
    plain = np.asarray(table[stored], np.float32)
    if srgb:
        plain[..., :3] = linear_from_srgb(table)[stored[..., :3]]
    return plain
