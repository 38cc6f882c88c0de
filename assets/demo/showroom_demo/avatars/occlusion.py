"""
The shade of creases, a number a vertex: how much of the sky above it a vertex does not see.

Source: ambient occlusion by cosine-weighted rays through embree.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from showroom_demo.avatars.mesh import Mesh, Region, joined
from showroom_demo.kit.shape import F64, unit

_RAYS = 40
_REACH_M = 0.14
_STRENGTH = 0.62


def shaded(mesh: Mesh, others: Sequence[Mesh]) -> Mesh:
    """Colours darkened where the mesh itself and the others are near."""
    from trimesh import Trimesh
    from trimesh.ray.ray_pyembree import RayMeshIntersector

    scene = joined([replace(m, morphs={}) for m in (mesh, *others)])
    caster = RayMeshIntersector(Trimesh(scene.points, scene.faces, process=False), scale_to_box=False)
    k = np.arange(_RAYS)
    radius, angle = np.sqrt((k + 0.5) / _RAYS), k * 2.399963
    disc = np.stack([radius * np.cos(angle), radius * np.sin(angle), np.sqrt(1 - radius**2)], axis=1)
    normal = unit(mesh.normals)
    side = unit(np.cross(normal, np.where(np.abs(normal[:, 1:2]) < 0.9, [[0.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]])))
    way = disc[:, :1] * side[:, None] + disc[:, 1:2] * np.cross(normal, side)[:, None] + disc[:, 2:] * normal[:, None]
    start = np.repeat((mesh.points + normal * 0.0025)[:, None], _RAYS, axis=1)
    hit = _near(caster, start.reshape(-1, 3), way.reshape(-1, 3)).reshape(-1, _RAYS)
    light = 1 - _STRENGTH * hit.mean(axis=1)
    plain = np.isin(mesh.region, [int(Region.EYE_WHITE), int(Region.IRIS), int(Region.BROWS)])
    return replace(mesh, colors=mesh.colors * np.where(plain, 1.0, light)[:, None])


def _near(caster: Any, starts: F64, ways: F64) -> F64:
    """Nearness of the first hit, 1 at once, 0 beyond reach."""
    distance = caster._scene.run(starts.astype(np.float32), ways.astype(np.float32), query="DISTANCE")
    return np.clip(1 - np.asarray(distance) / _REACH_M, 0, 1)
