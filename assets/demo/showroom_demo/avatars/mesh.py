"""
A skinned surface with morphs, and what may be done to it: join, take a part, cut along a line, refine, smooth.

Every operation carries all attributes along, so weights and morphs stay true on what is derived from the body.

What it is not: a scene or a file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt
from scipy import sparse

from showroom_demo.kit.shape import F64, I64, unit

Mask = npt.NDArray[np.bool_]

KEPT = "kept"
"""Beside the morphs, a mark: the nearest level keeps these vertices."""


class Region(IntEnum):
    """What a vertex is made of; the client tints by it."""

    SKIN = 0
    HAIR = 1
    TOP = 2
    BOTTOM = 3
    SHOES = 4
    EYE_WHITE = 5
    IRIS = 6
    MOUTH = 7
    BROWS = 8
    METAL = 9


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """
    ``points (n, 3)`` m · ``faces (m, 3)`` · ``weights (n, b)`` rows sum to 1 · ``region (n,)`` · ``colors (n, 3)``
    linear factors of the region's tint, with the shade of creases · ``morphs`` name → ``(n, 3)`` · ``normals (n, 3)``,
    computed by ``with_normals``.
    """

    points: F64
    faces: I64
    weights: F64
    region: I64
    colors: F64
    morphs: dict[str, F64] = field(default_factory=dict)
    normals: F64 = field(default_factory=lambda: np.zeros((0, 3)))


def joined(parts: Sequence[Mesh]) -> Mesh:
    """All parts as one; a morph that a part lacks leaves it where it is."""
    names = sorted({name for p in parts for name in p.morphs})
    starts = np.cumsum([0, *(len(p.points) for p in parts)])
    return Mesh(
        points=np.concatenate([p.points for p in parts]),
        faces=np.concatenate([p.faces + s for p, s in zip(parts, starts, strict=False)]),
        weights=np.concatenate([p.weights for p in parts]),
        region=np.concatenate([p.region for p in parts]),
        colors=np.concatenate([p.colors for p in parts]),
        morphs={n: np.concatenate([p.morphs.get(n, np.zeros_like(p.points)) for p in parts]) for n in names},
        normals=np.concatenate([p.normals for p in parts]),
    )


def rows(mesh: Mesh, index: I64, faces: I64) -> Mesh:
    """The vertices ``index`` under new ``faces``."""
    return Mesh(
        mesh.points[index], faces, mesh.weights[index], mesh.region[index], mesh.colors[index],
        {n: d[index] for n, d in mesh.morphs.items()}, mesh.normals[index] if len(mesh.normals) else mesh.normals,
    )  # fmt: skip


def taken(mesh: Mesh, keep: Mask | I64) -> Mesh:
    """Only the faces chosen by ``keep`` (a mask or indices), and the vertices they use."""
    faces = mesh.faces[keep]
    used, inverse = np.unique(faces, return_inverse=True)
    return rows(mesh, used, inverse.reshape(-1, 3))


def mixed(mesh: Mesh, weights: sparse.csr_matrix, faces: I64) -> Mesh:
    """New vertices as mixtures of old ones: ``weights (k, n)``, rows summing to 1."""
    weights = weights.tocsr()
    size = np.diff(weights.indptr)
    top = np.repeat(np.maximum.reduceat(weights.data, weights.indptr[:-1]), size)
    first = np.flatnonzero(weights.data == top)
    row = np.repeat(np.arange(len(size)), size)[first]
    strongest = weights.indices[first[np.unique(row, return_index=True)[1]]]
    return Mesh(
        weights @ mesh.points, faces, weights @ mesh.weights, mesh.region[strongest], weights @ mesh.colors,
        {n: weights @ d for n, d in mesh.morphs.items()},
        unit(weights @ mesh.normals) if len(mesh.normals) else mesh.normals,
    )  # fmt: skip


def cut(mesh: Mesh, values: F64) -> Mesh:
    """The part where ``values (n,)`` are positive, its border exactly on their zero."""
    sign = values > 0
    faces = mesh.faces
    inside = sign[faces].sum(axis=1)
    whole = faces[inside == 3]
    crossing = faces[(inside == 1) | (inside == 2)]
    # turn each so that the odd corner comes first
    odd = np.where(
        sign[crossing].sum(axis=1) == 1, np.argmax(sign[crossing], axis=1), np.argmin(sign[crossing], axis=1)
    )
    order = (odd[:, None] + np.arange(3)) % 3
    a, b, c = np.take_along_axis(crossing, order, axis=1).T
    pairs = np.concatenate([np.stack([a, b], 1), np.stack([a, c], 1)])
    unique, index, _ = edges_of(pairs, len(mesh.points))
    ab, ac = len(mesh.points) + index.reshape(2, -1)
    lone = sign[a]
    corner = np.stack([a, ab, ac], 1)[lone]
    rest = np.concatenate([np.stack([ab, b, c], 1)[~lone], np.stack([ab, c, ac], 1)[~lone]])
    low, high = values[unique[:, 0]], values[unique[:, 1]]
    t = np.clip(low / np.where(low == high, 1.0, low - high), 0.02, 0.98)
    n, k = len(mesh.points), len(unique)
    at = n + np.arange(k)
    matrix = sparse.csr_matrix(
        (
            np.concatenate([np.ones(n), 1 - t, t]),
            (np.concatenate([np.arange(n), at, at]), np.concatenate([np.arange(n), unique[:, 0], unique[:, 1]])),
        ),
        shape=(n + k, n),
    )
    out = mixed(mesh, matrix, np.concatenate([whole, corner, rest]))
    return taken(out, np.ones(len(out.faces), bool))


def refined(mesh: Mesh) -> Mesh:
    """Each triangle into four by Loop's rule: smoother as well as finer; a border stays a smooth border."""
    n = len(mesh.points)
    half = np.concatenate([mesh.faces[:, [0, 1]], mesh.faces[:, [1, 2]], mesh.faces[:, [2, 0]]])
    other = np.concatenate([mesh.faces[:, 2], mesh.faces[:, 0], mesh.faces[:, 1]])
    edges, inverse, count = edges_of(half, n)
    e = len(edges)
    border = count == 1
    end = np.where(border, 0.5, 0.375)
    opposite = np.where(border[inverse], 0.0, 0.25 / count[inverse])
    row = np.arange(e)
    middle = sparse.csr_matrix(
        (
            np.concatenate([end, end, opposite]),
            (np.concatenate([row, row, inverse]), np.concatenate([edges[:, 0], edges[:, 1], other])),
        ),
        shape=(e, n),
    )
    middle = sparse.diags(1.0 / np.asarray(middle.sum(axis=1)).ravel()) @ middle
    on_border = np.zeros(n, bool)
    on_border[edges[border].ravel()] = True
    links = edges[~border]
    links = links[~(on_border[links[:, 0]] & on_border[links[:, 1]])]
    inner = np.concatenate([links, links[:, ::-1]])
    inner = inner[~on_border[inner[:, 0]]]
    around = np.concatenate([inner, edges[border], edges[border][:, ::-1]])
    valence = np.bincount(around[:, 0], minlength=n)
    beta = np.where(on_border, 0.125, np.where(valence == 3, 0.1875, 0.375 / np.maximum(valence, 1)))
    own = 1.0 - beta * valence
    corner = sparse.csr_matrix(
        (
            np.concatenate([own, beta[around[:, 0]]]),
            (np.concatenate([np.arange(n), around[:, 0]]), np.concatenate([np.arange(n), around[:, 1]])),
        ),
        shape=(n, n),
    )
    ab, bc, ca = n + inverse.reshape(3, -1)
    a, b, c = mesh.faces.T
    faces = np.concatenate([np.stack(t, 1) for t in ((a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca))])
    return mixed(mesh, sparse.vstack([corner, middle]).tocsr(), faces)


def edges_of(half: I64, count: int) -> tuple[I64, I64, I64]:
    """Unique undirected edges, which of them each half-edge is, and how many faces each has."""
    low, high = half.min(axis=1), half.max(axis=1)
    keys, inverse, times = np.unique(low * count + high, return_inverse=True, return_counts=True)
    return np.stack([keys // count, keys % count], axis=1), inverse.ravel(), times


def adjacency(faces: I64, count: int) -> sparse.csr_matrix:
    """Rows are means over a vertex's neighbours."""
    half = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    both = np.concatenate([half, half[:, ::-1]])
    matrix = sparse.csr_matrix((np.ones(len(both)), (both[:, 0], both[:, 1])), shape=(count, count))
    matrix.data[:] = 1.0
    return sparse.diags(1.0 / np.maximum(np.asarray(matrix.sum(axis=1)).ravel(), 1e-9)) @ matrix


def borders(faces: I64, count: int) -> Mask:
    """Which vertices lie on a border, ``(n,) bool``."""
    half = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges, _, times = edges_of(half, count)
    out = np.zeros(count, bool)
    out[edges[times == 1].ravel()] = True
    return np.asarray(out)


def smoothed(values: F64, faces: I64, *, times: int, share: float = 0.5, keep: Mask | None = None) -> F64:
    """Laplacian smoothing of any vertex attribute; vertices in the mask ``keep`` stay."""
    near = adjacency(faces, len(values))
    out = values
    for _ in range(times):
        moved = out + share * (near @ out - out)
        if keep is not None:
            moved[keep] = values[keep]
        out = moved
    return out


def vertex_normals(points: F64, faces: I64) -> F64:
    """Unit normals, weighted by angle; vertices at one place share theirs."""
    p = points[faces]
    normal = np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0])
    normal = unit(normal)
    total = np.zeros_like(points)
    for k in range(3):
        u, v = unit(p[:, (k + 1) % 3] - p[:, k]), unit(p[:, (k + 2) % 3] - p[:, k])
        angle = np.arccos(np.clip((u * v).sum(axis=1), -1, 1))[:, None]
        for axis in range(3):
            total[:, axis] += np.bincount(faces[:, k], (normal * angle)[:, axis], minlength=len(points))
    grid = np.round(points * 2e4).astype(np.int64)
    grid -= grid.min(axis=0)
    _, same = np.unique((grid[:, 0] << 42) | (grid[:, 1] << 21) | grid[:, 2], return_inverse=True)
    same = same.ravel()
    joint: F64 = np.stack([np.bincount(same, total[:, k]) for k in range(3)], axis=1)
    return unit(joint[same])


def with_normals(mesh: Mesh) -> Mesh:
    return replace(mesh, normals=vertex_normals(mesh.points, mesh.faces))


def fan(quads: I64) -> I64:
    """Quads as triangles."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
