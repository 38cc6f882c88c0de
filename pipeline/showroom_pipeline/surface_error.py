"""
How far two surfaces are apart, both ways, in millimetres.

What it is: samples spread evenly by area over each surface, and vertices, each measured to the nearest point of the
other surface. Both ways, because a lost part shows only from the original's side and an invented one only from the
other's.

Distances are exact (see ``closest``): a proof must not depend on how even the triangles are.

What it is not: a comparison of pictures (see ``metrics``). Skinned meshes are measured in the pose their joints stand
in; morph targets and animations are not played.

Source: Cignoni, Rocchini & Scopigno, "Metro: measuring error on simplified surfaces" (1998).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from showroom_assets.errors import EmptyInput
from showroom_assets.scene import F64, Primitive, Scene, Skin, world_matrices
from showroom_pipeline.closest import ClosestPoints, sample_surface

I64 = npt.NDArray[np.int64]

MAX_VERTICES = 20_000
"""Vertices measured a side, at most, evenly picked: they find spikes that samples miss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceError:
    """
    Distances in millimetres.

    ``mean`` and ``rms`` are over both directions alike, ``p99`` over the samples of both, ``max`` over samples and
    vertices. ``missing`` is the mean from the original to the result (what was lost), ``invented`` from the result
    to the original (what was added).
    """

    mean: float
    rms: float
    p99: float
    max: float
    missing: float
    invented: float


class Surface:
    """
    A scene's triangles, in metres and in place, ready to be measured against.

    Raises
    ------
    EmptyInput
        If the scene draws no triangle.
    """

    def __init__(self, scene: Scene) -> None:
        self.positions, self.faces = world_triangles(scene)
        if len(self.faces) == 0:
            raise EmptyInput("The model has no triangles to measure. Convert point clouds to a surface first.")
        self._closest: ClosestPoints | None = None

    def distances(self, points: F64) -> F64:
        """Distance in metres from each of ``points (q, 3)`` to this surface, to about 1e-7 of its size."""
        if self._closest is None:
            self._closest = ClosestPoints(self.positions, self.faces)
        return self._closest.query(points).distances

    def samples(self, count: int, *, rng: np.random.Generator) -> tuple[F64, F64]:
        """``count`` points spread by area, and at most ``MAX_VERTICES`` of the vertices in use."""
        points = sample_surface(self.positions, self.faces, count, rng=rng)[0]
        used = np.unique(self.faces)
        every = max(1, -(-len(used) // MAX_VERTICES))
        return points, self.positions[used[::every]]


def surface_error(
    reference: Surface | Scene, candidate: Surface | Scene, *, samples: int = 20_000, seed: int = 1
) -> SurfaceError:
    """
    Two-way distance between two surfaces.

    Parameters
    ----------
    reference, candidate
        Two scenes in the same place and unit (metres). Pass a ``Surface`` for the one that is compared again.
    samples
        Points spread over each surface. The mean of 20,000 stays within 1 % of that of 200,000, p99 within 2 %.
    seed
        Same seed, same result.
    """
    rng = np.random.default_rng(seed)
    one = reference if isinstance(reference, Surface) else Surface(reference)
    other = candidate if isinstance(candidate, Surface) else Surface(candidate)
    missing, missing_corners = _one_way(one, other, samples, rng)
    invented, invented_corners = _one_way(other, one, samples, rng)
    both = np.concatenate([missing, invented])
    return SurfaceError(
        mean=float(both.mean()),
        rms=float(np.sqrt(np.mean(both * both))),
        p99=float(np.percentile(both, 99)),
        max=float(max(both.max(), missing_corners.max(), invented_corners.max())),
        missing=float(missing.mean()),
        invented=float(invented.mean()),
    )


def _one_way(source: Surface, target: Surface, samples: int, rng: np.random.Generator) -> tuple[F64, F64]:
    """Millimetres from samples and from vertices of ``source`` to ``target``."""
    points, vertices = source.samples(samples, rng=rng)
    distances = target.distances(np.concatenate([points, vertices])) * 1000.0
    return distances[: len(points)], distances[len(points) :]


def world_triangles(scene: Scene) -> tuple[F64, I64]:
    """
    All triangles of a scene in place: positions ``(n, 3) float64`` metres and faces ``(m, 3) int64``.

    A mesh that two nodes show is there twice; a skinned one is posed by its joints.
    """
    worlds = world_matrices(scene)
    positions: list[F64] = [np.empty((0, 3))]
    faces: list[I64] = [np.empty((0, 3), dtype=np.int64)]
    offset = 0
    for index in sorted(worlds):
        node = scene.nodes[index]
        if node.mesh is None:
            continue
        for primitive in scene.meshes[node.mesh].primitives:
            if primitive.is_cloud:
                continue
            skin = None if node.skin is None else scene.skins[node.skin]
            if skin is not None and primitive.joints is not None and primitive.weights is not None:
                placed = _posed(primitive, skin, worlds)
            else:
                placed = primitive.positions @ worlds[index][:3, :3].T + worlds[index][:3, 3]
            positions.append(np.asarray(placed, dtype=np.float64))
            faces.append(primitive.indices.astype(np.int64) + offset)
            offset += len(placed)
    return np.concatenate(positions), np.concatenate(faces)


def _posed(primitive: Primitive, skin: Skin, worlds: dict[int, F64]) -> F64:
    """Linear blend skinning, glTF 2.0 section 3.7.3.3; the node's own transform does not count."""
    still = np.eye(4)
    joints = np.stack([worlds.get(joint, still) for joint in skin.joints]) @ skin.inverse_bind
    assert primitive.joints is not None
    assert primitive.weights is not None
    blend = np.einsum("nk,nkij->nij", primitive.weights.astype(np.float64), joints[primitive.joints])
    posed: F64 = np.einsum("nij,nj->ni", blend[:, :3, :3], primitive.positions) + blend[:, :3, 3]
    return posed
