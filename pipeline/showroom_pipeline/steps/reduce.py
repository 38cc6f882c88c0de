"""
A simpler stand-in for a scan: fewer triangles, pulled onto the scan's surface, with a fresh atlas and the scan's
shading.

What it is: simplify, fit, unwrap and the transfer of normals, in that order; all geometry, no pictures. What it is
not: textured; ``bake`` does that, so that another texture size repeats nothing here.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from showroom_assets.errors import EmptyInput
from showroom_assets.scene import Scene
from showroom_pipeline.closest import ClosestPoints
from showroom_pipeline.steps.bake import Simple
from showroom_pipeline.steps.fit import fit
from showroom_pipeline.steps.normals import vertex_normals
from showroom_pipeline.steps.simplify import simplify
from showroom_pipeline.steps.source import Source, source_of, welded
from showroom_pipeline.steps.unwrap import unwrap

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

_AHEAD = 8  # beyond this many times the target, a quick first pass costs no measurable error and saves its time
_ALIKE = 0.3  # cosine between the stand-in's own normal and the scan's, under which its own is kept


@dataclass(frozen=True, slots=True)
class Reduced:
    """The stand-in, and the farthest it strays from the scan as seen by its samples, in metres."""

    simple: Simple
    reach_m: float


def reduce(scene: Scene, *, target: int, texture_px: int = 1024, seed: int = 0) -> Reduced:
    """
    A stand-in of at most ``target`` triangles for all of a static scene's surface.

    Parameters
    ----------
    target
        Upper bound of triangles; a little more where no collapse is left that keeps the topology.
    texture_px
        The texture size the atlas is packed for.
    seed
        Of the surface samples the fit uses.

    Raises
    ------
    EmptyInput
        If the scene has no triangles.
    """
    source = source_of(scene)
    positions, faces = welded(source)
    if not len(faces):
        raise EmptyInput("the scan has no triangles left after cleaning; check that the file holds a surface")
    rng = np.random.default_rng(seed)
    coarse = simplify(*_ahead(positions, faces, target), target=target)
    if len(coarse.faces) < len(faces):
        fitted = fit(coarse.positions, coarse.faces, positions, faces, rng=rng)
    else:
        fitted = coarse.positions
    normals, reach = _normals(source, fitted, coarse.faces)
    atlas = unwrap(fitted, coarse.faces, texture_px=texture_px)
    return Reduced(Simple(fitted[atlas.source], normals[atlas.source], atlas.uvs, atlas.faces), reach)


def _ahead(positions: F64, faces: I64, target: int) -> tuple[F64, I64]:
    if len(faces) <= _AHEAD * target:
        return positions, faces
    import fast_simplification

    place, triangles = fast_simplification.simplify(
        positions.astype(np.float32), faces.astype(np.int32), target_count=_AHEAD * target, agg=2.5
    )
    return np.asarray(place, np.float64), np.asarray(triangles, np.int64)


def _normals(source: Source, positions: F64, faces: I64) -> tuple[F64, float]:
    """The scan's shading normal at each vertex, where it agrees with the stand-in's own; how far off the scan lies."""
    own = vertex_normals(positions, faces)
    near = ClosestPoints(source.positions, source.faces).query(positions)
    theirs = np.einsum("tk,tki->ti", near.barycentric, source.normals[near.triangles].astype(np.float64))
    theirs /= np.maximum(np.linalg.norm(theirs, axis=1, keepdims=True), 1e-12)
    agrees = np.einsum("ti,ti->t", own, theirs) > _ALIKE
    size = float(np.linalg.norm(np.ptp(positions, axis=0)))
    reach = max(4 * float(np.quantile(near.distances, 0.999)), 0.01 * size)
    return np.where(agrees[:, None], theirs, own), reach
