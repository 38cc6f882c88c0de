"""What reconstruction gives: a surface, and the coloured points it came from."""

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import coo_matrix
from scipy.spatial import cKDTree

from showroom_assets.scene import F32, F64, Material, Primitive, Scene, single
from showroom_pipeline.steps.topology import I64, sum_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """
    ``scene`` one primitive with COLOR_0, fit for `clean` and baking · ``color_points (n, 3)`` and ``color_rgb (n, 3)``
    linear: the samples to bake a texture from (empty for a cloud without colours), in the scene's space ·
    ``result_from_input (4, 4)`` how the points were turned, if they were · ``spacing`` the median distance between
    neighbouring points, input units · ``notes`` what was found and done, one sentence each.
    """

    scene: Scene
    color_points: F32
    color_rgb: F32
    spacing: float
    result_from_input: F64 = field(default_factory=lambda: np.eye(4))
    notes: tuple[str, ...] = ()


def colored(points: F64, rgb: F64, at: F64, *, neighbours: int = 12) -> F64:
    """
    Colour at each place ``(m, 3)``: the ``neighbours`` nearest of ``points (n, 3)``, weighted by inverse distance,
    linear.
    """
    distance, near = cKDTree(points).query(at, k=min(neighbours, len(points)))
    distance, near = distance.reshape(len(at), -1), near.reshape(len(at), -1)
    weight = 1 / (distance + 1e-3 * float(np.median(distance)) + 1e-300)
    weight /= weight.sum(axis=1, keepdims=True)
    return np.asarray(np.einsum("mk,mkc->mc", weight, rgb[near]))


def shading_normals(positions: F64, faces: I64, *, rings: int = 12) -> F64:
    """
    Unit normals ``(n, 3)`` of a surface made from points, averaged over ``rings`` of neighbours.

    A measured point is off by about a spacing, and so is every vertex: the slope from one to the next is noise, which
    shading shows as grain that the product never had, and which no lighter level could keep.
    """
    count = len(positions)
    corners = positions[faces]
    vectors = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = sum_rows(faces.ravel(), np.repeat(vectors, 3, axis=0), count)
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    graph = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count)).tocsr()
    graph = graph + graph.T
    for _ in range(rings):
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
        normals = normals + graph @ normals
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30))


def scene_of(
    positions: F64, faces: I64, *, name: str, rgb: F64 | None, normals: F64 | None = None, double_sided: bool = False
) -> Scene:
    """A scene of one matt primitive; ``rgb (n, 3)`` linear becomes COLOR_0."""
    colors = None
    if rgb is not None:
        colors = np.concatenate([np.clip(rgb, 0, 1), np.ones((len(rgb), 1))], axis=1).astype(np.float32)
    primitive = Primitive(
        positions=np.ascontiguousarray(positions, np.float32),
        indices=np.ascontiguousarray(faces, np.uint32),
        normals=None if normals is None else np.ascontiguousarray(normals, np.float32),
        colors=colors,
        material=0,
    )
    json = {"pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.9}}
    if double_sided:
        json["doubleSided"] = True  # type: ignore[assignment]
    return single(primitive, name=name, materials=(Material(name=name, json=dict(json)),))
