"""
A draped garment as something to model on: its panels as shapes, points on it by pattern coordinates, hems that turn in.

The pattern is the map: a pocket, a row of stitches or a zip is drawn on the flat piece and lands on the folded cloth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from showroom_demo.kit.body import body, four, skin_weights
from showroom_demo.kit.cloth import sheet, stitches
from showroom_demo.kit.curve import arc_length
from showroom_demo.kit.pattern import Sewn
from showroom_demo.kit.shape import F64, Shape, merge, unit


@dataclass(frozen=True, slots=True, eq=False)
class Garment:
    """``points (n, 3)`` mm of the cloth's nodes and their smooth ``normals``; ``weights (n, b)`` on the rig's bones."""

    sewn: Sewn
    points: F64
    normals: F64
    weights: F64
    tree: Any

    def panel(self, name: str, *, layer_mm: float = 0.0) -> Shape:
        """One piece; texture coordinates are its pattern's. ``layer_mm`` lifts it off the cloth."""
        piece, node = self.sewn.piece(name), self.sewn.nodes(name)
        points = self.points[node] + layer_mm * self.normals[node]
        uvs = piece.flat * [1.0, -1.0]
        return Shape(points, piece.faces, self.normals[node], uvs)

    def at(self, name: str, flat: F64, *, layer_mm: float = 0.0) -> tuple[F64, F64]:
        """Points ``(k, 3)`` and normals on the draped piece for pattern coordinates ``(k, 2)``."""
        from scipy.spatial import cKDTree

        piece, node = self.sewn.piece(name), self.sewn.nodes(name)
        corners = piece.flat[piece.faces]
        tree = cKDTree(corners.mean(axis=1))
        _, near = tree.query(flat, k=min(10, len(corners)))
        a, b, c = (corners[near][:, :, k] for k in range(3))
        q = flat[:, None]
        whole = _area(a, b, c)
        bary = np.stack([_area(q, b, c), _area(a, q, c), _area(a, b, q)], axis=2) / whole[..., None]
        best = bary.min(axis=2).argmax(axis=1)
        pick = np.arange(len(flat))
        share = np.clip(bary[pick, best], 0.0, 1.0)
        share /= share.sum(axis=1, keepdims=True)
        corner = node[piece.faces[near[pick, best]]]
        normal = unit((share[..., None] * self.normals[corner]).sum(axis=1))
        return (share[..., None] * self.points[corner]).sum(axis=1) + layer_mm * normal, normal

    def inset(self, name: str, edge: str, distance: float) -> F64:
        """Pattern coordinates along an edge, moved into the piece."""
        piece = self.sewn.piece(name)
        line = piece.flat[piece.edges[edge]]
        along = np.gradient(line, axis=0)
        inward = np.stack([-along[:, 1], along[:, 0]], axis=1)
        if name.startswith(("rib", "cuff", "band", "collar")) and edge == "upper":
            inward = -inward
        return np.asarray(line + distance * inward / np.linalg.norm(inward, axis=1, keepdims=True))

    def hem(
        self, edges: Sequence[tuple[str, str]], *, depth: float, thickness: float = 1.4, lips: float = 0.5
    ) -> Shape:
        """The cloth turned under along edges: round the lip and up the inside, ``depth`` mm."""
        out = []
        for name, edge in edges:
            rows, normals, uvs = [], [], []
            for inset, drop, tilt in (
                (0.0, 0.0, 0.0),
                (-lips, 0.5, 0.5),
                (0.0, 1.0, 1.0),
                (0.3 * depth, 1.0, 1.0),
                (depth, 1.0, 1.0),
            ):
                flat = self.inset(name, edge, max(inset, 0.0))
                point, normal = self.at(name, flat)
                inward = self.at(name, self.inset(name, edge, 6.0))[0] - self.at(name, self.inset(name, edge, 0.0))[0]
                outward = -unit(inward)
                rows.append(point + max(-inset, 0.0) * outward - drop * thickness * normal)
                angle = np.pi * tilt
                normals.append(unit(np.cos(angle) * normal + np.sin(angle) * outward))
                uvs.append(np.column_stack([arc_length(flat), np.full(len(flat), -inset - drop)]))
            grid, normal3 = np.stack(rows), np.stack(normals)
            shape = sheet(grid, normal3, uvs=np.stack(uvs))
            corner = shape.points[shape.faces]
            face = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
            agrees = (face * shape.normals[shape.faces].sum(axis=1)).sum() > 0
            out.append(shape if agrees else Shape(shape.points, shape.faces[:, ::-1], shape.normals, shape.uvs))
        return merge(out)

    def row(self, name: str, flat: F64, *, step: float = 3.0, layer_mm: float = 0.0, **thread: Any) -> Shape:
        """A row of stitches along a polyline on the pattern."""
        from showroom_demo.kit.curve import resample

        length = float(arc_length(flat)[-1])
        fine = resample(flat, max(2, int(length / step) + 1))
        point, normal = self.at(name, fine, layer_mm=layer_mm)
        return stitches(point, normal, **thread)

    def weights_at(self, points: F64) -> F64:
        """Bone weights for anything that lies on the garment, from its nearest nodes."""
        distance, index = self.tree.query(points, k=4)
        near = 1.0 / (distance + 2.0) ** 2
        return four(np.einsum("nk,nkb->nb", near / near.sum(axis=1, keepdims=True), self.weights[index]))


def garment(
    sewn: Sewn,
    points: F64,
    *,
    seam_mm: float = 0.0,
    smooth: int = 5,
    weight_smoothing: int = 90,
    arms_from: dict[str, tuple[float, float]] | None = None,
) -> Garment:
    """
    From a drape.

    Parameters
    ----------
    seam_mm
        How deep seams draw the cloth in.
    smooth
        Rounds of smoothing that take the lattice's jitter out and leave the folds.
    weight_smoothing
        Rounds of averaging the bone weights over the cloth, so that a raised arm stretches no single edge.
    arms_from
        For torso pieces: the pattern heights between which the arms' hold sets in. By distance alone the side of a
        loose jacket went with the arm beside it (edges three times their length at 60°).
    """
    from scipy.sparse import coo_matrix, diags
    from scipy.spatial import cKDTree

    count = len(points)
    a, b = sewn.links.T
    graph = coo_matrix((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), shape=(count, count)).tocsr()
    mean = diags(1.0 / np.asarray(graph.sum(axis=1)).ravel()) @ graph
    seam, on_line, on_seam = _lines(sewn, count)
    towards = diags(np.where(on_line, 0.0, 1.0)) @ mean + seam
    for _ in range(smooth):  # Taubin: in, then out, so that nothing shrinks
        points = points + 0.5 * (towards @ points - points)
        points = points - 0.52 * (towards @ points - points)
    if seam_mm:
        points = points - np.where(on_seam, seam_mm, 0.0)[:, None] * smooth_normals(points, sewn.faces)
    weights = skin_weights(points)
    arm = np.array([name.endswith(("Arm", "Hand")) for name in body().bones])
    for name, (low, high) in (arms_from or {}).items():
        node, y = sewn.nodes(name), sewn.piece(name).flat[:, 1]
        share = np.clip((y - low) / (high - low), 0, 1)
        held = weights[node]
        held[:, arm] *= (share**2 * (3 - 2 * share))[:, None]
        torso = np.maximum(held[:, ~arm], np.eye(len(arm))[list(body().bones).index("upperChest")][~arm] * 1e-3)
        spare = 1 - held[:, arm].sum(axis=1, keepdims=True)
        held[:, ~arm] = torso / torso.sum(axis=1, keepdims=True) * spare
        weights[node] = held
    for _ in range(weight_smoothing):
        weights = 0.5 * weights + 0.5 * (mean @ weights)
    return Garment(sewn, points, smooth_normals(points, sewn.faces), four(weights), cKDTree(points))


def _lines(sewn: Sewn, count: int) -> tuple[Any, Any, Any]:
    """
    Means along seams and hems alone: averaged with the lattice beside them, they came out scalloped.

    Returns
    -------
    means, on_line, on_seam
        ``means (n, n)`` sparse: for a node inside a line, the mean of its two neighbours on it; for a line's end or a
        crossing, the node itself; empty elsewhere. ``on_line`` and ``on_seam`` (not an open edge) ``(n,) bool``.
    """
    from scipy.sparse import coo_matrix, diags

    pairs, times = [], np.zeros(count)
    for piece, node in zip(sewn.pieces, sewn.node, strict=True):
        for line in piece.edges.values():
            along = node[line]
            pairs.append(np.stack([along[:-1], along[1:]], axis=1))
            times[np.unique(along)] += 1
    pair = np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)
    a, b = pair[pair[:, 0] != pair[:, 1]].T
    graph = coo_matrix((np.ones(2 * len(a)), (np.r_[a, b], np.r_[b, a])), shape=(count, count)).tocsr()
    degree = np.asarray(graph.sum(axis=1)).ravel()
    inner = degree == 2
    means = diags(np.where(inner, 0.5, 0.0)) @ graph + diags(((degree > 0) & ~inner).astype(float))
    return means, degree > 0, (times > 1) & (degree > 0)


def smooth_normals(points: F64, faces: Any) -> F64:
    """Area-weighted vertex normals ``(n, 3)``."""
    corners = points[faces]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total: F64 = np.stack(
        [np.bincount(faces.ravel(), np.repeat(normal[:, k], 3), minlength=len(points)) for k in range(3)], axis=1
    )
    return unit(total)


def _area(a: F64, b: F64, c: F64) -> F64:
    return np.asarray(
        (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])
    )
