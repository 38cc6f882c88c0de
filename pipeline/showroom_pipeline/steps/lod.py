"""
Levels of detail: candidates for each, the better one by measured picture error, its surface error, and when to switch
to it.

What it is: the choice between the scan as it is, the scan with fewer triangles on its own atlas, and a stand-in with
a new, baked atlas. What it is not: a rule of thumb: all candidates are photographed from the same cameras as the
original.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from showroom_assets.scene import F32, Image, Material, Primitive, Scene, Texture, single, world_matrices
from showroom_pipeline.closest import ClosestPoints, sample_surface
from showroom_pipeline.compare import Comparison
from showroom_pipeline.steps.bake import Baked, Baker, Simple
from showroom_pipeline.steps.fit import fit, fit_values
from showroom_pipeline.steps.keep import keep
from showroom_pipeline.steps.reduce import Reduced, reduce
from showroom_pipeline.steps.source import source_of, welded

Method = Literal["original", "kept", "fitted", "baked"]

_CLEAR = 0.98
"""At this likeness nobody sees a difference, and nothing else is tried."""

_MOST_UNWRAPPED = 40_000
"""Triangles beyond which a new atlas is made only if nothing else reaches the target: xatlas takes 0.4 ms for each."""

_NEAR_UV = 0.02  # of the texture: farther off is another chart
_NEAR_NORMAL = 1.18  # the chord of some 72 degrees: farther off is beyond a sharp edge

_SCREEN_PX = 1080  # the screen on which a switch must not show
_STEP_PX = 0.75  # an error of less than this many pixels is not seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One way to make a level, with its likeness to the original: mean SSIM less mean FLIP of a few views."""

    method: Method
    scene: Scene
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The chosen candidate, and every one that was tried: method to likeness."""

    method: Method
    scene: Scene
    tried: dict[str, float]


def choose(
    scene: Scene,
    comparison: Comparison,
    *,
    target: int,
    texture_px: int,
    normal_map: bool = True,
    reduced: Reduced | None = None,
) -> Choice:
    """
    The best-looking way to show ``scene`` with at most ``target`` triangles.

    Parameters
    ----------
    comparison
        The original's pictures.
    reduced
        A stand-in made before, to be baked; made here if it is needed and missing.

    Notes
    -----
    A scan within the target is kept as it is. ``kept`` costs 10 ms and ``baked`` seconds, so the latter is tried
    only if the former shows.
    """
    if scene.triangles <= target:
        return Choice(method="original", scene=scene, tried={"original": 1.0})
    candidates: list[Candidate] = []

    def weigh(method: Method, made: Scene) -> None:
        seen = comparison.difference(made)
        candidates.append(Candidate(method=method, scene=made, likeness=round(seen.ssim - seen.flip, 5)))

    kept = keep(scene, target=target)
    if kept.triangles <= 1.02 * target:
        weigh("kept", kept)
    is_clear = any(candidate.likeness >= _CLEAR for candidate in candidates)
    if candidates and not is_clear and _is_plain(kept):
        weigh("fitted", fitted(kept, scene))
    if not candidates or (not is_clear and target <= _MOST_UNWRAPPED):
        standing = reduced or reduce(scene, target=target, texture_px=texture_px)
        weigh("baked", textured(scene, standing, texture_px=texture_px, normal_map=normal_map))
    best = max(candidates, key=lambda candidate: candidate.likeness)
    return Choice(method=best.method, scene=best.scene, tried={c.method: c.likeness for c in candidates})


def fitted(kept: Scene, scene: Scene, *, seed: int = 0, samples: int = 60_000) -> Scene:
    """
    ``kept`` with its vertices pulled onto the surface of ``scene``, and their UVs and normals to what that surface has
    there. Collapses that may not move a vertex leave a third more error than those that may.
    """
    source = source_of(scene)
    rng = np.random.default_rng(seed)
    (mesh,) = kept.meshes
    (primitive,) = mesh.primitives
    places, corner = np.unique(primitive.positions, axis=0, return_inverse=True)
    corner = corner.reshape(-1)
    faces = primitive.indices.astype(np.int64)
    moved = fit(places.astype(np.float64), corner[faces], *welded(source), rng=rng)[corner]

    points, triangles, blend = sample_surface(moved, faces, samples, rng=rng)
    there = ClosestPoints(source.positions, source.faces).query(points)

    def carried(values: F32, of_source: F32, near: float) -> F32:
        wanted = np.einsum("qk,qki->qi", there.barycentric, of_source[there.triangles].astype(np.float64))
        fitting = fit_values(values.astype(np.float64), faces[triangles], blend, wanted, near=near, faces=faces)
        return fitting.astype(np.float32)

    pulled = replace(primitive, positions=moved.astype(np.float32))
    if primitive.uvs:
        pulled = replace(pulled, uvs=(carried(primitive.uvs[0], source.uvs, _NEAR_UV), *primitive.uvs[1:]))
    if primitive.normals is not None and primitive.tangents is None:
        normals = carried(primitive.normals, source.normals, _NEAR_NORMAL)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        pulled = replace(pulled, normals=normals)
    return replace(kept, meshes=(replace(mesh, primitives=(pulled,)),))


def _is_plain(scene: Scene) -> bool:
    """Whether the scene is one still primitive, standing where its numbers say."""
    shown = [node for node in scene.nodes if node.mesh is not None]
    if len(scene.meshes) != 1 or len(scene.meshes[0].primitives) != 1 or len(shown) != 1 or scene.skins:
        return False
    still = scene.meshes[0].primitives[0].targets == () and not scene.animations
    return still and all(np.allclose(matrix, np.eye(4)) for matrix in world_matrices(scene).values())


def textured(scene: Scene, reduced: Reduced, *, texture_px: int, normal_map: bool = True) -> Scene:
    """The stand-in as a scene of one material, every map baked from ``scene``."""
    source = source_of(scene)
    baked = Baker(source).bake(reduced.simple, size=texture_px, reach_m=reduced.reach_m)
    first = dict(source.parts[0].material)
    return assemble(reduced.simple, baked, like=first, name=scene.name, normal_map=normal_map)


def assemble(simple: Simple, baked: Baked, *, like: Mapping[str, object], name: str, normal_map: bool) -> Scene:
    """One mesh, one material: the baked maps, and the constants of the material ``like``."""
    images: list[Image] = []
    textures: list[Texture] = []

    def slot(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], label: str) -> dict[str, int]:
        images.append(Image(data=_png(pixels), name=label))
        textures.append(Texture(image=len(images) - 1))
        return {"index": len(textures) - 1}

    constants = like.get("pbrMetallicRoughness", {})
    assert isinstance(constants, dict)
    pbr = {key: value for key, value in constants.items() if not key.endswith("Texture") and key != "baseColorFactor"}
    material = {key: value for key, value in like.items() if key in {"doubleSided", "alphaMode", "alphaCutoff"}}
    alpha = material.get("alphaMode", "OPAQUE") != "OPAQUE"
    pbr["baseColorTexture"] = slot(baked.color if alpha else baked.color[..., :3], "color")
    if baked.orm is not None:
        packed = slot(baked.orm[..., :3], "orm")
        pbr |= {"metallicRoughnessTexture": packed, "metallicFactor": 1.0, "roughnessFactor": 1.0}
        material["occlusionTexture"] = dict(packed)
    if normal_map:
        material["normalTexture"] = slot(baked.normal[..., :3], "normal")
    if baked.emissive is not None:
        material |= {"emissiveTexture": slot(baked.emissive[..., :3], "emissive"), "emissiveFactor": [1.0, 1.0, 1.0]}
    primitive = Primitive(
        positions=simple.positions.astype(np.float32),
        indices=simple.faces.astype(np.uint32),
        normals=simple.normals.astype(np.float32),
        uvs=(simple.uvs,),
        material=0,
    )
    return single(
        primitive,
        name=name,
        materials=(Material(name="baked", json={**material, "pbrMetallicRoughness": pbr}),),
        textures=tuple(textures),
        images=tuple(images),
    )


def switch_below(error_mm: float, diagonal_mm: float) -> float:
    """
    The share of the screen's height under which a level may stand in for the one above it: where ``error_mm`` is less
    than three quarters of a pixel on a screen 1080 pixels high.
    """
    if error_mm <= 0:
        return 1.0
    return round(min(_STEP_PX / _SCREEN_PX * diagonal_mm / error_mm, 1.0), 4)


def without_normal_map(scene: Scene) -> Scene:
    """The scene, its materials bare of normal maps; unused images are dropped when it is packed."""
    bare = tuple(
        replace(m, json={key: value for key, value in m.json.items() if key != "normalTexture"})
        for m in scene.materials
    )
    return replace(scene, materials=bare)


def _png(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    from PIL import Image as Picture

    out = io.BytesIO()
    Picture.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()
