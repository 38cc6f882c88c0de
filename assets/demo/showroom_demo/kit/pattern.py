"""
Sewing patterns: flat pieces in millimetres, triangulated, and sewn edge to edge into one cloth.

The pieces are what a cutter would cut, so texture coordinates are the pattern itself: the weave runs straight in each
panel, at one scale, and breaks at the seams, as it does on a real garment.

What it is not: a simulation (``drape``), nor a fit to the body: ``Piece.place`` only gives a start near it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from showroom_demo.kit.curve import resample
from showroom_demo.kit.shape import F64, I64

Place = Callable[[F64], F64]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """``flat (n, 2)`` mm · ``faces (m, 3)`` · ``edges``: vertices along each named edge · ``placed (n, 3)`` mm."""

    name: str
    flat: F64
    faces: I64
    edges: dict[str, I64]
    placed: F64


@dataclass(frozen=True, slots=True, eq=False)
class Sewn:
    """
    All pieces as one cloth.

    ``node`` maps each piece's vertices to the cloth's nodes; ``links (e, 2)`` are the cloth's edges with rest length
    ``rest (e,)``; ``faces (m, 3)`` over nodes; ``start (n, 3)``.
    """

    pieces: tuple[Piece, ...]
    node: tuple[I64, ...]
    start: F64
    faces: I64
    links: I64
    rest: F64
    names: dict[str, int] = field(default_factory=dict)

    def piece(self, name: str) -> Piece:
        return self.pieces[self.names[name]]

    def nodes(self, name: str) -> I64:
        return self.node[self.names[name]]

    def along(self, name: str, edge: str) -> I64:
        """The cloth's nodes along one edge of a piece."""
        return np.asarray(self.nodes(name)[self.piece(name).edges[edge]])


def cut(
    name: str,
    edges: Sequence[tuple[str, npt.ArrayLike]],
    *,
    place: Place,
    spacing: float,
    counts: dict[str, int] | None = None,
    scale: tuple[float, float] = (1.0, 1.0),
) -> Piece:
    """
    A piece from its outline, counter-clockwise, filled with near-equilateral triangles.

    Parameters
    ----------
    edges
        Named polylines; each starts where the one before ended.
    place
        Flat millimetres to a start in space.
    spacing
        Triangle edge, mm.
    counts
        Segments of an edge, where it must match the edge it is sewn to; otherwise from ``spacing``.
    """
    outline: list[F64] = []
    index: dict[str, I64] = {}
    total = 0
    lines = [(edge, np.asarray(line, dtype=np.float64)) for edge, line in edges]
    for edge, line in lines:
        length = float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())
        segments = (counts or {}).get(edge) or max(1, round(length / spacing))
        outline.append(resample(line, segments + 1)[:-1])
        index[edge] = np.arange(total, total + segments + 1)
        total += segments
    for edge in index:
        index[edge] = index[edge] % total
    border = np.concatenate(outline)
    flat, faces = _filled(border, spacing)
    return Piece(name, flat * scale, faces, index, place(flat))


def strip(
    name: str, length: float, width: float, *, segments: int, rows: int, placed: F64, closed: bool = False
) -> Piece:
    """
    A rectangular piece on a regular grid (a rib, a waistband): edges ``lower``, ``upper``, ``start`` and ``end``.

    ``placed (rows + 1, segments + 1, 3)``. If ``closed``, sew ``start`` to ``end``.
    """
    u, v = np.meshgrid(np.linspace(0, length, segments + 1), np.linspace(0, width, rows + 1))
    grid = np.arange((rows + 1) * (segments + 1)).reshape(rows + 1, segments + 1)
    a, b, c, d = grid[:-1, :-1].ravel(), grid[:-1, 1:].ravel(), grid[1:, 1:].ravel(), grid[1:, :-1].ravel()
    odd = (np.add.outer(np.arange(rows), np.arange(segments)) % 2 == 1).ravel()
    first = np.where(odd[:, None], np.stack([a, b, c], 1), np.stack([a, b, d], 1))
    second = np.where(odd[:, None], np.stack([a, c, d], 1), np.stack([b, c, d], 1))
    edges = {"lower": grid[0], "upper": grid[-1], "start": grid[:, 0], "end": grid[:, -1]}
    flat = np.stack([u.ravel(), v.ravel()], axis=1)
    return Piece(name, flat, np.concatenate([first, second]), edges, np.asarray(placed).reshape(-1, 3))


def sew(pieces: Sequence[Piece], seams: Sequence[tuple[tuple[str, str], tuple[str, str], bool]]) -> Sewn:
    """
    Join pieces along seams ``((piece, edge), (piece, edge), reversed)``: paired vertices become one node.

    A node starts at the mean of its vertices' places; a link along a seam rests at the mean of its two lengths, which
    is how a longer edge is eased into a shorter one.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    names = {p.name: k for k, p in enumerate(pieces)}
    first = np.cumsum([0] + [len(p.flat) for p in pieces])
    pairs = []
    for (left, left_edge), (right, right_edge), reverse in seams:
        a = pieces[names[left]].edges[left_edge] + first[names[left]]
        b = pieces[names[right]].edges[right_edge] + first[names[right]]
        pairs.append(np.stack([a, b[::-1] if reverse else b], axis=1))
    pair = np.concatenate(pairs) if pairs else np.zeros((0, 2), dtype=np.int64)
    graph = coo_matrix((np.ones(len(pair)), (pair[:, 0], pair[:, 1])), shape=(first[-1], first[-1]))
    count, label = connected_components(graph, directed=False)
    label = label.astype(np.int64)
    placed = np.concatenate([p.placed for p in pieces])
    weight = np.bincount(label, minlength=count)
    start = np.stack([np.bincount(label, placed[:, k], minlength=count) for k in range(3)], axis=1) / weight[:, None]
    flat = np.concatenate([p.flat for p in pieces])
    faces = np.concatenate([p.faces + f for p, f in zip(pieces, first, strict=False)])
    edge = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    length = np.linalg.norm(flat[edge[:, 0]] - flat[edge[:, 1]], axis=1)
    links, inverse, times = np.unique(np.sort(label[edge], axis=1), axis=0, return_inverse=True, return_counts=True)
    rest = np.bincount(inverse.ravel(), length) / times
    node = tuple(label[a:b] for a, b in pairwise(first))
    return Sewn(tuple(pieces), node, start, label[faces], links, rest, names)


def _filled(border: F64, spacing: float) -> tuple[F64, I64]:
    """A hexagonal lattice inside a closed outline, kept 0.6 of a step away from it; Delaunay, concave parts removed."""
    from scipy.spatial import Delaunay, cKDTree

    low, high = border.min(axis=0), border.max(axis=0)
    rows = int((high[1] - low[1]) / (spacing * 0.866)) + 2
    columns = int((high[0] - low[0]) / spacing) + 3
    r, c = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    middle = (low[0] + high[0]) / 2
    lattice = np.stack(
        [middle + (c - columns / 2 + 0.5 * (r % 2)) * spacing, low[1] + (r + 0.5) * spacing * 0.866], axis=2
    ).reshape(-1, 2)
    fine = resample(border, 4 * len(border), closed=True)
    far = cKDTree(fine).query(lattice)[0] > 0.6 * spacing
    lattice = lattice[far & inside(lattice, border)]
    flat = np.concatenate([border, lattice])
    faces = Delaunay(flat).simplices.astype(np.int64)
    corners = flat[faces]
    e1, e2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = e1[:, 0] * e2[:, 1] - e1[:, 1] * e2[:, 0]
    faces = np.where((area < 0)[:, None], faces[:, ::-1], faces)
    keep = inside(corners.mean(axis=1), border) & (np.abs(area) > 0.02 * spacing**2)
    return flat, faces[keep]


def inside(points: F64, outline: F64) -> npt.NDArray[np.bool_]:
    """Whether each point ``(n, 2)`` lies in a closed outline, by the even-odd rule."""
    a, b = outline, np.roll(outline, -1, axis=0)
    crosses = (a[:, 1] > points[:, 1:]) != (b[:, 1] > points[:, 1:])
    rise = np.where(a[:, 1] == b[:, 1], 1.0, b[:, 1] - a[:, 1])
    at = a[:, 0] + (points[:, 1:] - a[:, 1]) / rise * (b[:, 0] - a[:, 0])
    return np.asarray((crosses & (points[:, :1] < at)).sum(axis=1) % 2 == 1)
