"""
Carry a source's look onto a simpler surface's atlas: colour, normal, occlusion-roughness-metal, emission.

What it is: for every texel, a ray from the simple surface to the source it stands for; the material found there is
written down, and the source's shading normal is expressed in the texel's tangent frame. Rays go both ways along the
normal and the nearer hit on a face that looks the same way wins: without that rule thin walls take the colour of
their other side (a frying pan lost 4 dB). What it is not: a lighting bake. Scans come with their light baked in
already.

Source: Cohen, Olano, Manocha, Appearance-Preserving Simplification (SIGGRAPH 1998).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from showroom_assets.scene import Json
from showroom_pipeline.closest import ClosestPoints
from showroom_pipeline.steps.raster import Texels, fill_gutters, rasterise
from showroom_pipeline.steps.source import Source, srgb_from_linear

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

_BLOCK = 65536  # texels
_FACING = 0.2  # cosine between a hit's face and the texel's normal under which the hit is another wall


@dataclass(frozen=True, slots=True)
class Simple:
    """
    A simple surface with its atlas: ``positions (k, 3)``, ``normals (k, 3)`` unit, ``uvs (k, 2)``, ``faces (m, 3)``.
    """

    positions: F64
    normals: F64
    uvs: F32
    faces: I64


@dataclass(frozen=True, slots=True)
class Baked:
    """
    Square maps ``(size, size, 4) uint8``: ``color`` sRGB with coverage alpha, ``normal`` glTF tangent space, ``orm``
    occlusion, roughness, metal; ``emissive`` sRGB. A map is ``None`` where the source is constant there. ``strayed``
    is the share of texels whose rays found nothing and took the closest point instead.
    """

    color: U8
    normal: U8
    orm: U8 | None
    emissive: U8 | None
    strayed: float


@dataclass(frozen=True, slots=True)
class _Hits:
    triangles: I64
    barycentric: F64


class Baker:
    """A source prepared for many bakes: its ray tracer and its closest-point tree are built once."""

    def __init__(self, source: Source) -> None:
        from embreex import rtcore_scene
        from embreex.mesh_construction import TriangleMesh

        self.source = source
        # rays in a unit box: embree works in single precision
        self._centre = source.positions.mean(axis=0)
        self._scale = 1.0 / max(float(np.ptp(source.positions, axis=0).max()), 1e-12)
        corners = ((source.positions - self._centre) * self._scale).astype(np.float32)[source.faces]
        self._rays = rtcore_scene.EmbreeScene()
        TriangleMesh(self._rays, np.ascontiguousarray(corners))
        edges = corners[:, 1:] - corners[:, :1]
        normals = np.cross(edges[:, 0], edges[:, 1])
        self._facing = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
        self._closest: ClosestPoints | None = None

    def bake(self, simple: Simple, *, size: int, reach_m: float) -> Baked:
        """
        Bake every map.

        Parameters
        ----------
        size
            Side of the square maps, texels.
        reach_m
            How far from the simple surface the source may lie: about twice the largest surface error.
        """
        texels = rasterise(simple.uvs, simple.faces, size=size)
        maps: dict[str, F32] = {}
        strayed = 0
        # in blocks that fit the cache: six times faster than all texels at once, and bounded in memory
        for start in range(0, len(texels.rows), _BLOCK):
            block = texels.part(slice(start, start + _BLOCK))
            found, lost = self._look(simple, block, reach_m)
            strayed += lost
            for name, values in found.items():
                if name not in maps:
                    maps[name] = np.zeros((size, size, values.shape[1]), np.float32)
                maps[name][block.rows, block.columns] = values
        covered = np.zeros((size, size), bool)
        covered[texels.rows, texels.columns] = True
        filled = {name: fill_gutters(picture, covered) for name, picture in maps.items()}
        empty = np.zeros((size, size, 4), np.float32)
        color = filled.get("color", empty)
        flat = filled.get("normal", empty[..., :3])
        flat /= np.maximum(np.linalg.norm(flat, axis=2, keepdims=True), 1e-6)
        return Baked(
            color=_bytes(np.concatenate([srgb_from_linear(color[..., :3]), color[..., 3:]], axis=2)),
            normal=_bytes(_opaque((flat / 2 + 0.5).astype(np.float32))),
            orm=_bytes(_opaque(filled["orm"])) if "orm" in filled else None,
            emissive=_bytes(_opaque(srgb_from_linear(filled["emissive"]))) if "emissive" in filled else None,
            strayed=strayed / max(len(texels.rows), 1),
        )

    def _look(self, simple: Simple, texels: Texels, reach_m: float) -> tuple[dict[str, F32], int]:
        """Each map's values at some texels, and how many of their rays found nothing."""
        corners = simple.faces[texels.triangles]
        place = np.einsum("tk,tki->ti", texels.barycentric, simple.positions[corners])
        normal = np.einsum("tk,tki->ti", texels.barycentric, simple.normals[corners])
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
        hits, lost = self._hits(place, normal, reach_m)
        materials = _Materials(self.source, hits)
        maps = {"color": materials.color(), "normal": _tangent_normal(simple, texels, normal, materials.normal())}
        if (orm := materials.orm()) is not None:
            maps["orm"] = orm
        if (emissive := materials.emissive()) is not None:
            maps["emissive"] = emissive
        return maps, lost

    def _hits(self, place: F64, normal: F64, reach_m: float) -> tuple[_Hits, int]:
        origin = ((place - self._centre) * self._scale).astype(np.float32)
        reach = np.float32(reach_m * self._scale)
        direction = normal.astype(np.float32)
        out, out_far, out_bary = self._cast(origin - 1e-5 * direction, direction, reach, direction)
        into, into_far, into_bary = self._cast(origin + 1e-5 * direction, -direction, reach, direction)
        outer = out_far < into_far
        triangles = np.where(outer, out, into)
        barycentric = np.where(outer[:, None], out_bary, into_bary)
        lost = ~np.isfinite(np.minimum(out_far, into_far))
        if lost.any():
            if self._closest is None:
                self._closest = ClosestPoints(self.source.positions, self.source.faces)
            near = self._closest.query(place[lost])
            triangles[lost], barycentric[lost] = near.triangles, near.barycentric
        return _Hits(triangles, barycentric), int(lost.sum())

    def _cast(self, origin: F32, direction: F32, reach: np.float32, normal: F32) -> tuple[I64, F32, F64]:
        """First hit within reach that faces the texel; infinitely far if there is none."""
        found = self._rays.run(
            np.ascontiguousarray(origin), np.ascontiguousarray(direction), query="INTERSECT", output=1
        )
        triangles = np.asarray(found["primID"]).astype(np.int64)
        far = np.asarray(found["tfar"], np.float32).copy()
        missed = triangles < 0
        triangles[missed] = 0
        facing = np.einsum("ti,ti->t", self._facing[triangles], normal)
        far[missed | (far > reach) | (facing < _FACING)] = np.inf
        u, v = np.asarray(found["u"], np.float64), np.asarray(found["v"], np.float64)
        return triangles, far, np.stack([1 - u - v, u, v], axis=1)


class _Materials:
    """The source's material at a set of hits."""

    def __init__(self, source: Source, hits: _Hits) -> None:
        self._source = source
        self._hits = hits
        bounds = np.array([part.last for part in source.parts])
        owner = np.searchsorted(bounds, hits.triangles, side="right")
        self._groups = [
            (part, np.flatnonzero(owner == index)) for index, part in enumerate(source.parts) if (owner == index).any()
        ]
        self._uvs = np.einsum("tk,tki->ti", hits.barycentric, source.uvs[hits.triangles])

    def color(self) -> F32:
        """Linear base colour and alpha ``(t, 4)``."""
        out = np.ones((len(self._uvs), 4), np.float32)
        for part, rows in self._groups:
            pbr = part.material.get("pbrMetallicRoughness", {})
            out[rows] = np.asarray(pbr.get("baseColorFactor", (1, 1, 1, 1)), np.float32)
            out[rows] *= self._sample(pbr.get("baseColorTexture"), rows, srgb=True, missing=1.0)
        if self._source.colors is not None:
            out *= np.einsum("tk,tki->ti", self._hits.barycentric, self._source.colors[self._hits.triangles])
        return out

    def orm(self) -> F32 | None:
        """Occlusion, roughness, metal ``(t, 3)``; ``None`` if one material without such textures says it all."""
        slots = [
            (p.get("occlusionTexture"), p.get("pbrMetallicRoughness", {}).get("metallicRoughnessTexture"))
            for p in (part.material for part, _ in self._groups)
        ]
        if not self._source.has_orm:
            return None
        out = np.ones((len(self._uvs), 3), np.float32)
        for (part, rows), (occlusion, rough_metal) in zip(self._groups, slots, strict=True):
            pbr = part.material.get("pbrMetallicRoughness", {})
            sampled = self._sample(rough_metal, rows, srgb=False, missing=1.0)
            out[rows, 1] = pbr.get("roughnessFactor", 1.0) * sampled[:, 1]
            out[rows, 2] = pbr.get("metallicFactor", 1.0) * sampled[:, 2]
            strength = 1.0 if occlusion is None else float(occlusion.get("strength", 1.0))
            out[rows, 0] = 1 + strength * (self._sample(occlusion, rows, srgb=False, missing=1.0)[:, 0] - 1)
        return out

    def emissive(self) -> F32 | None:
        """Linear emission ``(t, 3)``, or ``None`` where nothing glows."""
        if not any(any(part.material.get("emissiveFactor", ())) for part in self._source.parts):
            return None
        out = np.zeros((len(self._uvs), 3), np.float32)
        for part, rows in self._groups:
            factor = np.asarray(part.material.get("emissiveFactor", (0, 0, 0)), np.float32)
            sampled = self._sample(part.material.get("emissiveTexture"), rows, srgb=True, missing=1.0)
            out[rows] = factor * sampled[:, :3]
        return out

    def normal(self) -> F64:
        """The source's shading normal, its own normal maps applied ``(t, 3)``."""
        weights, triangles = self._hits.barycentric, self._hits.triangles
        smooth: F64 = np.einsum("tk,tki->ti", weights, self._source.normals[triangles].astype(np.float64))
        smooth /= np.maximum(np.linalg.norm(smooth, axis=1, keepdims=True), 1e-12)
        for part, rows in self._groups:
            info = part.material.get("normalTexture")
            if info is None or not part.has_uvs:
                continue
            mapped = self._sample(info, rows, srgb=False, missing=0.5)[:, :3].astype(np.float64) * 2 - 1
            mapped[:, :2] *= float(info.get("scale", 1.0))
            corners = self._source.positions[self._source.faces[triangles[rows]]]
            tangent, bitangent = tangent_frame(corners, self._source.uvs[triangles[rows]], smooth[rows])
            bent = mapped[:, :1] * tangent + mapped[:, 1:2] * bitangent + mapped[:, 2:] * smooth[rows]
            smooth[rows] = bent / np.maximum(np.linalg.norm(bent, axis=1, keepdims=True), 1e-12)
        return smooth

    def _sample(self, info: Json | None, rows: I64, *, srgb: bool, missing: float) -> F32:
        if info is None:
            return np.full((len(rows), 4), missing, np.float32)
        uvs = self._uvs[rows]
        transform = info.get("extensions", {}).get("KHR_texture_transform")
        if transform is not None:
            uvs = transformed(uvs, transform)
        return bilinear(self._source.picture(info["index"], srgb=srgb), uvs)


def transformed(uvs: F64, transform: Json) -> F64:
    """Apply KHR_texture_transform to ``uvs (t, 2)``."""
    angle = float(transform.get("rotation", 0.0))
    scaled = uvs * np.asarray(transform.get("scale", (1, 1)), np.float64)
    cos, sin = np.cos(angle), np.sin(angle)
    turned = np.stack([cos * scaled[:, 0] + sin * scaled[:, 1], -sin * scaled[:, 0] + cos * scaled[:, 1]], axis=1)
    return np.asarray(turned + np.asarray(transform.get("offset", (0, 0)), np.float64))


def bilinear(picture: F32, uvs: F64) -> F32:
    """Sample ``picture (h, w, 4)`` at ``uvs (t, 2)``, wrapping round, as a GPU does."""
    height, width = picture.shape[:2]
    x = uvs[:, 0] * width - 0.5
    y = uvs[:, 1] * height - 0.5
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    fx, fy = (x - left).astype(np.float32)[:, None], (y - top).astype(np.float32)[:, None]
    left, top, right, bottom = left % width, top % height, (left + 1) % width, (top + 1) % height
    flat = picture.reshape(-1, picture.shape[2])
    upper = flat[top * width + left] * (1 - fx) + flat[top * width + right] * fx
    lower = flat[bottom * width + left] * (1 - fx) + flat[bottom * width + right] * fx
    return np.asarray(upper * (1 - fy) + lower * fy)


def tangent_frame(corners: F64, uvs: F32, normal: F64) -> tuple[F64, F64]:
    """
    Tangent (+u) and bitangent (up the picture, −v) ``(t, 3)`` of triangles at unit ``normal``, as shaders derive them
    without stored tangents: from the derivatives of place and UV, made perpendicular to the normal, scaled to the
    longer of the two.

    Source: Schüler, Normal Mapping Without Precomputed Tangents (ShaderX 5, 2007).
    """
    e1, e2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    d1, d2 = (uvs[:, k].astype(np.float64) - uvs[:, 0] for k in (1, 2))
    tangent = np.cross(d1[:, :1] * e2 - d2[:, :1] * e1, normal)
    bitangent = np.cross(d2[:, 1:] * e1 - d1[:, 1:] * e2, normal)
    longest = np.maximum(np.einsum("ti,ti->t", tangent, tangent), np.einsum("ti,ti->t", bitangent, bitangent))
    scale = 1 / np.sqrt(np.maximum(longest, 1e-60))[:, None]
    # the sign of e1 × e2 · normal is positive for every front face, so mirrored charts need no special case
    return tangent * scale, bitangent * scale


def _tangent_normal(simple: Simple, texels: Texels, normal: F64, goal: F64) -> F32:
    """``goal`` (unit, world) in each texel's tangent frame ``(t, 3)``; never pointing into the surface."""
    faces = simple.faces[texels.triangles]
    tangent, bitangent = tangent_frame(simple.positions[faces], simple.uvs[faces], normal)
    # tangent and bitangent are perpendicular to the normal but not to each other: solve the 2×2 system
    tt, bb = np.einsum("ti,ti->t", tangent, tangent), np.einsum("ti,ti->t", bitangent, bitangent)
    tb = np.einsum("ti,ti->t", tangent, bitangent)
    gt, gb = np.einsum("ti,ti->t", goal, tangent), np.einsum("ti,ti->t", goal, bitangent)
    det = np.maximum(tt * bb - tb * tb, 1e-9)
    up = np.maximum(np.einsum("ti,ti->t", goal, normal), 0.05)
    local = np.stack([(gt * bb - gb * tb) / det, (gb * tt - gt * tb) / det, up], axis=1)
    return np.asarray(local / np.linalg.norm(local, axis=1, keepdims=True), np.float32)


def _opaque(values: F32) -> F32:
    return np.concatenate([values, np.ones((*values.shape[:2], 1), np.float32)], axis=2)


def _bytes(values: F32) -> U8:
    return np.asarray(np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)
