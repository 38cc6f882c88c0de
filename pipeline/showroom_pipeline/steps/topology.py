"""
What is joined to what, by place rather than by index.

Scans cut their vertices along texture seams, so indices say "open" where the surface is closed. Everything here works
on *places*: one number a distinct position. What it is not: a half-edge structure to edit; it is arrays to ask, built
once a step (40 k triangles: 0.03 CPU-seconds).

Names: a *half* ``3·f + k`` is the directed edge from corner ``k`` to the next corner of face ``f``, and also names that
corner; a *fan* is the corners round one place that are joined edge to edge: a manifold place has one.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]


def same_rows(rows: npt.NDArray[np.float32] | npt.NDArray[np.float64]) -> tuple[I64, I64]:
    """
    Number equal rows alike, in order of first appearance; +0 and -0 are equal.

    Rows are hashed to 64 bits and the hashes sorted: 20 k rows of 8 take 5 ms, against
    24 ms for ``np.unique(axis=0)``.
    The hash is checked, and on a collision the slow way is taken.

    Parameters
    ----------
    rows
        ``(n, c)`` float.

    Returns
    -------
    ids ``(n,)`` and first ``(u,)``: ``rows[first[ids]] == rows``
    """
    flat = np.ascontiguousarray(rows, np.float32) + np.float32(0.0)
    if len(flat) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    bits = flat.view(np.uint32).astype(np.uint64)
    mixed = np.zeros(len(bits), np.uint64)
    for column in range(bits.shape[1]):
        mixed = (mixed ^ bits[:, column]) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    _, first, inverse = np.unique(mixed, return_index=True, return_inverse=True)
    if not np.array_equal(bits[first[inverse]], bits):
        _, first, inverse = np.unique(bits, axis=0, return_index=True, return_inverse=True)
    inverse = inverse.reshape(-1)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(first), np.int64)
    rank[order] = np.arange(len(first))
    return rank[inverse], first[order].astype(np.int64)


def following(halves: I64) -> I64:
    """The next half of the same face: its corner is where the half ends."""
    return np.asarray(np.where(halves % 3 == 2, halves - 2, halves + 1))


def components(links: tuple[I64, I64], count: int) -> tuple[int, I64]:
    """Connected components of ``count`` nodes: how many, and each node's, numbered by first appearance."""
    a, b = links
    graph = coo_matrix((np.ones(len(a), np.int8), (a, b)), shape=(count, count))
    total, label = connected_components(graph, directed=False)
    return int(total), label.astype(np.int64)


def sum_rows(group: I64, rows: npt.NDArray[np.float64], count: int) -> F64:
    """Sum of the ``rows (n, c)`` of each of ``count`` groups ``(count, c)``."""
    return np.stack([np.bincount(group, rows[:, i], count) for i in range(rows.shape[1])], axis=1).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Topology:
    """
    The edges of a triangle soup.

    ``faces (m, 3)`` places · ``edge (3m,)`` each half's undirected edge · ``count (e,)`` halves at each edge ·
    ``forward (3m,)`` whether the half runs from the lower place to the higher · ``order (3m,)`` halves sorted by edge ·
    ``start (e,)`` where each edge begins in ``order``.
    """

    faces: I64
    edge: I64
    count: I64
    forward: Bool
    order: I64
    start: I64

    @classmethod
    def of(cls, faces: I64) -> "Topology":
        """``faces (m, 3)`` of places."""
        begin = faces.reshape(-1)
        end = np.roll(faces, -1, axis=1).reshape(-1)
        high = np.maximum(begin, end)
        size = int(high.max()) + 1 if len(high) else 1
        key = np.minimum(begin, end) * size + high
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        new = np.ones(len(key), bool)
        new[1:] = ordered[1:] != ordered[:-1]
        edge = np.empty(len(key), np.int64)
        edge[order] = np.cumsum(new) - 1
        start = np.flatnonzero(new)
        count = np.diff(np.append(start, len(key)))
        return cls(faces=faces, edge=edge, count=count, forward=begin < end, order=order, start=start)

    @property
    def rim(self) -> I64:
        """Halves that nothing joins ``(b,)``."""
        return np.flatnonzero(self.count[self.edge] == 1)

    def pairs(self) -> tuple[I64, I64]:
        """The two halves of each edge that has exactly two."""
        two = self.start[self.count == 2]
        return self.order[two], self.order[two + 1]

    def face_components(self, *, pairs_only: bool = False) -> tuple[int, I64]:
        """
        Components of faces ``(m,)``: joined by a shared place, or with ``pairs_only`` across edges of two faces.
        """
        if pairs_only:
            a, b = self.pairs()
            return components((a // 3, b // 3), len(self.faces))
        size = int(self.faces.max()) + 1 if len(self.faces) else 0
        links = (self.faces[:, [0, 1]].reshape(-1), self.faces[:, [1, 2]].reshape(-1))
        _, label = components(links, size)
        used, face_label = np.unique(label[self.faces[:, 0]], return_inverse=True)
        return len(used), face_label.astype(np.int64)

    def paired_round_edges(self, positions: F64) -> tuple[I64, I64]:
        """
        Pairs of halves at edges of more than two faces, so that each pair bounds one wedge of matter.

        Seen along the edge, a forward face has matter on its clockwise side and a backward one on its counter-clockwise
        side; each backward face is paired with the next one round if that is forward.

        Source: Guéziec et al., Cutting and Stitching (2001), section 4; ``positions (places, 3)``.
        """
        halves = np.flatnonzero(self.count[self.edge] > 2)
        if len(halves) == 0:
            return halves, halves
        corners = self.faces.reshape(-1)
        begin, end = corners[halves], corners[following(halves)]
        low, high = np.minimum(begin, end), np.maximum(begin, end)
        axis = _unit(positions[high] - positions[low])
        side = np.eye(3)[np.abs(axis).argmin(axis=1)]
        x = _unit(np.cross(axis, side))
        arm = positions[corners[following(following(halves))]] - positions[low]
        angle = np.arctan2((arm * np.cross(axis, x)).sum(axis=1), (arm * x).sum(axis=1))
        order = np.lexsort((halves, angle, self.edge[halves]))
        halves = halves[order]
        edges = self.edge[halves]
        first = np.flatnonzero(np.append(True, edges[1:] != edges[:-1]))
        last = np.append(first[1:], len(edges)) - 1
        successor = np.arange(1, len(edges) + 1)
        successor[last] = first
        chosen = ~self.forward[halves] & self.forward[halves[successor]]
        return halves[chosen], halves[successor[chosen]]

    def fans(self, pairs: tuple[I64, I64]) -> tuple[int, I64]:
        """Fan of each corner ``(3m,)``, joined across ``pairs`` of halves whichever way they run."""
        a, b = pairs
        opposite = self.forward[a] != self.forward[b]
        first = np.where(opposite, following(b), b)
        second = np.where(opposite, b, following(b))
        return components((np.append(a, following(a)), np.append(first, second)), 3 * len(self.faces))


def _unit(vectors: F64) -> F64:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1.0))
