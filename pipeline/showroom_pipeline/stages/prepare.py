"""Before the levels: a clean surface of the right size in the right place, and the facts the recipe is chosen by."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from showroom_assets.scene import Json, Primitive, Scene
from showroom_pipeline.ingest.scan import Scan
from showroom_pipeline.stages.pictures import largest_texture
from showroom_pipeline.stages.read import Reconstructed
from showroom_pipeline.steps.clean import CleanOptions
from showroom_pipeline.steps.clean import clean as clean_scene
from showroom_pipeline.steps.normalise import Normalised
from showroom_pipeline.steps.normalise import normalise as normalise_scene
from showroom_pipeline.steps.normals import face_normals
from showroom_pipeline.steps.transform import transform_scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """A scene, and what was done to it in words."""

    scene: Scene
    notes: tuple[str, ...] = ()


def clean(scan: Scan, reconstructed: Reconstructed) -> Clean:
    """A product with its own look is only tidied; a scan is mended."""
    treat_as: Literal["authored", "scan"] = "authored" if scan.authored else "scan"
    cleaned = clean_scene(reconstructed.scene, options=CleanOptions(treat_as=treat_as))
    return Clean(scene=cleaned.scene, notes=(*reconstructed.notes, *cleaned.notes))


def normalise(
    scan: Scan,
    cleaned: Clean,
    *,
    unit: str | None,
    dimensions_m: list[float] | None,
    up: str | None,
    front: str | None,
    tolerance: float,
) -> Normalised:
    """Metres, +Y up, pivot at the bottom centre; what the merchant says wins over what the file says."""
    size = (dimensions_m[0], dimensions_m[1], dimensions_m[2]) if dimensions_m is not None else None
    return normalise_scene(
        cleaned.scene,
        unit=unit,
        dimensions_m=size,
        metres_per_unit_declared=scan.metres_per_unit,
        up=up or scan.up,
        front=front,
        tolerance=tolerance,
    )


def reference(reconstructed: Reconstructed, normalised: Normalised) -> Scene:
    """
    The scan as it came, only moved to where the product stands: what everything is measured against.

    A file without normals leaves the shading to the viewer. It gets what viewers make: smooth normals weighted by area.
    Flat shading, which glTF asks for, would have every facet of the scanner's mesh count as detail that a product must
    keep: two renderings of the very same shoe were 0.93 alike.
    """
    moved = transform_scene(reconstructed.scene, normalised.matrix)
    meshes = tuple(replace(m, primitives=tuple(_shaded(p) for p in m.primitives)) for m in moved.meshes)
    return replace(moved, meshes=meshes)


def _shaded(primitive: Primitive) -> Primitive:
    if primitive.normals is not None or primitive.is_cloud:
        return primitive
    places, place_of = np.unique(primitive.positions, axis=0, return_inverse=True)
    place_of = place_of.reshape(-1)
    faces = place_of[primitive.indices.astype(np.int64)]
    vectors = face_normals(places, faces)
    total = np.stack([np.bincount(faces.ravel(), np.repeat(vectors[:, k], 3), len(places)) for k in range(3)], axis=1)
    normals = total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-30)
    return replace(primitive, normals=np.asarray(normals[place_of], np.float32))


def facts(scan: Scan, normalised: Normalised) -> Json:
    """What the recipe is chosen by. Small, so that nothing else is loaded to choose."""
    scene = normalised.scene
    low, high = normalised.bounds_m
    return {
        "kind": scan.kind,
        "authored": scan.authored,
        "triangles": scene.triangles,
        "is_textured": bool(scene.images),
        "is_animated": bool(scene.animations),
        "texture_px": largest_texture(scene),
        "diagonal_m": float(np.linalg.norm(high - low)),
    }
