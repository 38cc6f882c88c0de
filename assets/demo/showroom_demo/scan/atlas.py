"""
The texture of a raw scan: charts cut by camera direction, packed on shelves, baked from what the cameras saw.

Much as photogrammetry tools leave it: many charts, seams in exposure between them, vignetting, sensor noise.
"""

from dataclasses import dataclass

import numpy as np

from showroom_demo.scan.fuse import face_normals
from showroom_demo.scan.rig import developed, lit
from showroom_demo.scan.target import F64, I64, Target

U8 = np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]
GUTTER = 2


@dataclass(frozen=True, slots=True)
class Atlas:
    """``uvs (k, 2)`` 0..1, origin top left · ``corners (m, 3)`` index them · ``chart (m,)`` of each face."""

    uvs: F64
    corners: I64
    chart: I64
    axis: I64


def unwrap(points: F64, faces: I64, *, texture_px: int) -> Atlas:
    """Charts of faces that look the same of six ways, projected flat and packed into a square."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    normal = face_normals(points, faces)
    way = np.argmax(np.concatenate([normal, -normal], axis=1), axis=1)
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    owner = np.tile(np.arange(len(faces)), 3)
    order = np.lexsort((owner, edges[:, 1], edges[:, 0]))
    edges, owner = edges[order], owner[order]
    same = (edges[1:] == edges[:-1]).all(axis=1)
    a, b = owner[1:][same], owner[:-1][same]
    for _ in range(4):  # a face follows its neighbours: fewer one-face charts
        votes = np.zeros((len(faces), 6))
        np.add.at(votes, (a, way[b]), 1.0)
        np.add.at(votes, (b, way[a]), 1.0)
        facing = np.concatenate([normal, -normal], axis=1)
        way = np.argmax(np.where(facing > 0.2, votes + 2.2 * facing, -1.0), axis=1)
    join = way[a] == way[b]
    graph = coo_matrix((np.ones(int(join.sum()), dtype=np.int8), (a[join], b[join])), shape=(len(faces), len(faces)))
    count, chart = connected_components(graph, directed=False)
    chart = chart.astype(np.int64)

    key = chart[:, None] * len(points) + faces  # one texture corner for each vertex of a chart
    unique, corners = np.unique(key, return_inverse=True)
    corners = corners.reshape(-1, 3)
    vertex, of_chart = unique % len(points), unique // len(points)
    first = np.zeros(count, dtype=np.int64)
    first[chart[::-1]] = way[::-1]
    axis = first[of_chart] % 3
    flat = np.take_along_axis(points[vertex], np.stack([(axis + 1) % 3, (axis + 2) % 3], axis=1), axis=1)
    flat[:, 0] *= np.where(first[of_chart] < 3, 1.0, -1.0)
    low = np.full((count, 2), np.inf)
    high = np.full((count, 2), -np.inf)
    np.minimum.at(low, of_chart, flat)
    np.maximum.at(high, of_chart, flat)
    place, scale = _packed(high - low, texture_px)
    texel = (flat - low[of_chart]) * scale + place[of_chart]
    return Atlas(texel / texture_px, corners, chart, first[chart])


def _packed(sizes: F64, texture_px: int) -> tuple[F64, float]:
    """Shelf packing, tallest first; the largest scale that fits, by bisection. Positions in texels."""
    order = np.argsort(-sizes[:, 1], kind="stable")
    small, large = 0.0, texture_px / max(float(sizes.max()), 1e-9)
    best, scale = np.zeros_like(sizes), 0.0
    for _ in range(14):
        middle = (small + large) / 2
        place, fits = _shelves(sizes[order] * middle, texture_px)
        if fits:
            best[order], scale, small = place, middle, middle
        else:
            large = middle
    return best, scale


def _shelves(sizes: F64, texture_px: int) -> tuple[F64, bool]:
    box = np.ceil(sizes) + 2 * GUTTER + 1
    place = np.zeros_like(sizes)
    x = y = height = 0.0
    for k, (wide, tall) in enumerate(box):  # over charts: hundreds, not vertices
        if x + wide > texture_px:
            x, y, height = 0.0, y + height, 0.0
        height = max(height, tall)
        place[k] = (x + GUTTER, y + GUTTER)
        x += wide
        if y + height > texture_px or wide > texture_px:
            return place, False
    return place, True


def bake(
    target: Target, points: F64, faces: I64, atlas: Atlas, *, texture_px: int, reach_mm: float, rng: np.random.Generator
) -> U8:
    """``(texture_px, texture_px, 3) uint8``: what the cameras saw, chart by chart."""
    from scipy.ndimage import distance_transform_edt

    face, weights, row, column = _texels(atlas, texture_px)
    where = (points[faces[face]] * weights[:, :, None]).sum(axis=1)
    normal = face_normals(points, faces)[face]
    hits = target.cast(where + normal * reach_mm, -normal)
    close = hits.distance < 2.2 * reach_mm
    color = np.zeros((len(face), 3))
    seen = np.zeros(len(face), dtype=bool)
    ray = hits.ray[close]
    color[ray] = lit(
        target.colors(hits.face[close], hits.weights[close]), target.normals[hits.face[close]], normal[ray]
    )
    seen[ray] = True
    # each chart was taken by one camera: its exposure, and light falling off towards the picture's corner
    charts = int(atlas.chart.max()) + 1
    exposure = 1.0 + 0.025 * rng.standard_normal(charts)
    centre, size = target.bounds.mean(axis=0), target.size
    axis = np.eye(3)[atlas.axis[face] % 3]
    beside = (where - centre) - ((where - centre) * axis).sum(axis=1, keepdims=True) * axis
    vignette = 1.0 - 0.16 * (np.linalg.norm(beside, axis=1) / (0.75 * size)) ** 2
    color *= (exposure[atlas.chart[face]] * vignette)[:, None]

    picture = np.zeros((texture_px, texture_px, 3))
    filled = np.zeros((texture_px, texture_px), dtype=bool)
    picture[row[seen], column[seen]] = developed(color[seen], rng)
    filled[row[seen], column[seen]] = True
    if filled.any():
        nearest = distance_transform_edt(~filled, return_distances=False, return_indices=True)
        picture = picture[nearest[0], nearest[1]]
    return np.asarray(np.clip(np.floor(picture * 255 + 0.5), 0, 255), dtype=np.uint8)


def _texels(atlas: Atlas, texture_px: int) -> tuple[I64, F64, I64, I64]:
    """Texels whose centres lie in a face (with a hair's tolerance): face, barycentric weights, row, column."""
    corner = atlas.uvs[atlas.corners] * texture_px - 0.5
    low = np.floor(corner.min(axis=1)).astype(np.int64)
    extent = np.ceil(corner.max(axis=1)).astype(np.int64) - low + 1
    cells = extent[:, 0] * extent[:, 1]
    face = np.repeat(np.arange(len(cells)), cells)
    within = np.arange(len(face)) - np.repeat(np.cumsum(cells) - cells, cells)
    column = low[face, 0] + within % extent[face, 0]
    row = low[face, 1] + within // extent[face, 0]
    p = np.stack([column, row], axis=1).astype(np.float64)
    a, b, c = (corner[face, k] for k in range(3))
    e1, e2, d = b - a, c - a, p - a
    cross = e1[:, 0] * e2[:, 1] - e1[:, 1] * e2[:, 0]
    safe = np.where(np.abs(cross) < 1e-12, 1.0, cross)
    v = (d[:, 0] * e2[:, 1] - d[:, 1] * e2[:, 0]) / safe
    w = (e1[:, 0] * d[:, 1] - e1[:, 1] * d[:, 0]) / safe
    weights = np.stack([1 - v - w, v, w], axis=1)
    slack = 0.35 / np.maximum(np.sqrt(np.abs(cross)), 0.35)
    good = (weights.min(axis=1) >= -slack) & (np.abs(cross) > 1e-12)
    good &= (row >= 0) & (column >= 0) & (row < texture_px) & (column < texture_px)
    weights = np.clip(weights[good], 0, 1)
    return face[good], weights / weights.sum(axis=1, keepdims=True), row[good], column[good]
