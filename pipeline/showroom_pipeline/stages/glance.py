"""
The quick check of a first look: as ``inspect.prove``, with few small pictures and without the ray caster.

The ray caster is exact, and its import takes 1.2 CPU-seconds of the five that a first look may have. A search tree over
4,000 samples a side takes 0.15, and its mean stays within 3 % of the exact one.
"""

from collections.abc import Mapping

import numpy as np

from showroom_assets.glb import read_glb
from showroom_assets.scene import F64, Scene
from showroom_pipeline.closest import ClosestPoints
from showroom_pipeline.compare import Comparison
from showroom_pipeline.inspect import Candidate, Proof, Proven
from showroom_pipeline.render import Studio
from showroom_pipeline.surface_error import Surface, surface_error

_SAMPLES = 4000


def glance(reference: Scene, candidates: Mapping[str, Candidate], *, views: int, size: int) -> Proof:
    """Compare each candidate with the scan; nothing is judged."""
    surface = _Quick(reference)
    studio = Studio(size)
    try:
        comparison = Comparison(studio, reference, views=views)
        deliveries = {key: _seen(candidate, comparison, surface) for key, candidate in candidates.items()}
    finally:
        studio.close()
    low, high = surface.positions.min(axis=0), surface.positions.max(axis=0)
    width, height, depth = (float(side) * 1000.0 for side in high - low)
    return Proof(
        triangles=reference.triangles,
        diagonal_mm=float(np.linalg.norm(high - low)) * 1000.0,
        size_mm=(width, height, depth),
        cameras=tuple(comparison.cameras),
        pictures=comparison.reference.pictures,
        deliveries=deliveries,
    )


def _seen(candidate: Candidate, comparison: Comparison, surface: Surface) -> Proven:
    scene = candidate.glb if isinstance(candidate.glb, Scene) else read_glb(candidate.glb)
    pictures = comparison.studio.pictures(candidate.glb, comparison.cameras)
    return Proven(
        candidate=candidate,
        triangles=scene.triangles,
        difference=comparison.reference.compare(pictures, maps=True),
        surface=surface_error(surface, _Quick(scene), samples=_SAMPLES),
        pictures=pictures,
        misses=(),
    )


class _Quick(Surface):
    """A surface measured by its nearest samples' triangles instead of by rays."""

    def distances(self, points: F64) -> F64:
        return ClosestPoints(self.positions, self.faces).query(points).distances

    def samples(self, count: int, *, rng: np.random.Generator) -> tuple[F64, F64]:
        points, vertices = super().samples(count, rng=rng)
        return points, vertices[:: max(1, -(-len(vertices) // count))]
