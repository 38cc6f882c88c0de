"""
The normals of a whole scan: keep the good, mend the bad, make the missing.

What it is: normals weighted by face area, smooth across texture seams (faces meet by place, not by index), parted at
creases. What it is not: a normal map (see ``bake``). Area weights are what viewers use for a file without normals, so
the picture stays what it was.
"""

from dataclasses import dataclass

import numpy as np

from showroom_pipeline.steps.topology import F64, I64, Bool, Topology, sum_rows


@dataclass(frozen=True, slots=True)
class CornerNormals:
    """``normals (g, 3)`` unit, and ``group (3m,)``: which of them each corner has."""

    normals: F64
    group: I64


def face_vectors(positions: F64, faces: I64) -> F64:
    """Twice the area times the unit normal of each face ``(m, 3)``."""
    a, b, c = positions[faces[:, 0]], positions[faces[:, 1]], positions[faces[:, 2]]
    return np.cross(b - a, c - a)


def unit(vectors: F64, fallback: F64 | None = None) -> F64:
    """Vectors of length 1; those of no length become ``fallback``, or +Y."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    safe = np.where(length > 0, length, 1.0)
    other = np.array([0.0, 1.0, 0.0]) if fallback is None else fallback
    return np.asarray(np.where(length > 0, vectors / safe, other))


def corner_normals(topology: Topology, vectors: F64, *, crease_rad: float) -> CornerNormals:
    """
    Smooth normals with creases.

    Corners round a place share a normal when a chain of edges joins them, each bent by less than ``crease_rad``.

    Parameters
    ----------
    topology
        Of the faces by place.
    vectors
        ``(m, 3)`` from `face_vectors`.
    crease_rad
        Edges bent more than this are sharp.
    """
    a, b = topology.pairs()
    direction = unit(vectors)
    consistent = topology.forward[a] != topology.forward[b]
    bend = np.einsum("ij,ij->i", direction[a // 3], direction[b // 3])
    # a sliver without area has no say: it is smooth with whatever it touches
    hollow: Bool = (vectors == 0).all(axis=1)
    smooth = consistent & ((bend > np.cos(crease_rad)) | hollow[a // 3] | hollow[b // 3])
    count, group = topology.fans((a[smooth], b[smooth]))
    owner = np.arange(len(group)) // 3
    return CornerNormals(unit(sum_rows(group, vectors[owner], count)), group)


def bent_share(topology: Topology, vectors: F64, positions: F64, *, angle_rad: float) -> float:
    """The share of edge length that is bent by more than ``angle_rad``; ``positions (places, 3)``."""
    a, b = topology.pairs()
    if len(a) == 0:
        return 0.0
    direction = unit(vectors)
    bend = np.einsum("ij,ij->i", direction[a // 3], direction[b // 3])
    corners = topology.faces.reshape(-1)
    nxt = np.roll(topology.faces, -1, axis=1).reshape(-1)
    length = np.linalg.norm(positions[nxt[a]] - positions[corners[a]], axis=1)
    return float(length[bend < np.cos(angle_rad)].sum() / max(float(length.sum()), 1e-300))


def bad_normals(normals: F64, indices: I64, vectors: F64) -> tuple[Bool, Bool]:
    """
    Which vertex normals cannot be right.

    Returns
    -------
    unusable ``(n,)``
        Not finite, or without length.
    averse ``(n,)``
        More than 100° from the mean of the vertex's own faces: it would shade from behind.
    """
    finite: Bool = np.asarray(np.isfinite(normals).all(axis=1))
    length = np.linalg.norm(np.where(finite[:, None], normals, 0.0), axis=1)
    unusable = ~finite | (length < 1e-6)
    flat = indices.reshape(-1)
    owner = np.arange(len(flat)) // 3
    mean = sum_rows(flat, vectors[owner], len(normals))
    size = np.linalg.norm(mean, axis=1)
    dot = np.einsum("ij,ij->i", np.where(unusable[:, None], 0.0, normals), mean)
    averse = ~unusable & (dot < np.cos(np.deg2rad(100)) * length * size) & (size > 0)
    return unusable, averse
