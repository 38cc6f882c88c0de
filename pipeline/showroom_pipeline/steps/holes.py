"""
Close small holes that a scanner left, and leave real openings open.

A hole is a closed rim of a few edges, small against the product, whose surroundings lie flat in its plane; a tube's
mouth, whose walls stand up from the rim's plane, is an opening. A rim is closed by a fan round one new place, half-way
between the rim's middle and the point where the surrounding surface would meet if it carried straight on: on a sphere
that is the sphere's surface to second order.

Texture: each fan triangle repeats the texture of the face on the other side of its rim edge, mirrored. Interpolating
the rim's texture coordinates instead would read texels inside the hole, which scanners leave unpainted, and cannot
cross a seam.
"""

from dataclasses import dataclass

import numpy as np

from showroom_pipeline.steps.topology import F64, I64, Topology, components, following, sum_rows


@dataclass(frozen=True, slots=True)
class Caps:
    """
    What closes the holes.

    ``rim (k,)`` the half each new triangle leans on: the triangle is (end, begin, centre) · ``hole (k,)`` which hole it
    closes · ``centres (h, 3)`` the new places · ``openings`` rims left as they are, by reason.
    """

    rim: I64
    hole: I64
    centres: F64
    openings: dict[str, int]


def find_caps(
    topology: Topology,
    fan: I64,
    positions: F64,
    vectors: F64,
    *,
    diagonal: float,
    max_edges: int,
    max_extent: float,
    min_flatness: float,
) -> Caps:
    """
    Parameters
    ----------
    topology, fan
        Faces by place, consistently wound, and each corner's fan (so that rims that touch at a place stay apart).
    positions, vectors
        ``(places, 3)``, and ``(m, 3)`` from `normals.face_vectors`.
    diagonal
        Of the whole product, same unit as ``positions``.
    max_edges, max_extent
        Rims of more edges, or wider than this share of ``diagonal``, are openings.
    min_flatness
        Least cosine between the surrounding faces and the hole's plane; -1 takes any. Rims narrower than a tenth of
        ``max_extent`` are closed whatever their walls: nobody sees into them.

    Source for the rim walk: Liepa, Filling Holes in Meshes (2003), section 3.
    """
    rim = topology.rim
    begin_fan, end_fan = fan[rim], fan[following(rim)]
    # a rim passes each fan once; where it does not (left-over non-manifold edges), the rim is left alone
    leaving = np.bincount(begin_fan, minlength=int(fan.max(initial=0)) + 1)
    successor = np.full(len(leaving), -1, np.int64)
    successor[begin_fan] = np.arange(len(rim))
    nxt = successor[end_fan]
    links = np.flatnonzero(nxt >= 0)
    loops, loop = components((links, nxt[links]), len(rim))
    broken = np.zeros(loops, bool)
    broken[loop[(nxt < 0) | (leaving[begin_fan] != 1)]] = True

    corners = topology.faces.reshape(-1)
    begin, end = positions[corners[rim]], positions[corners[following(rim)]]
    edges = np.bincount(loop, minlength=loops)
    length = np.linalg.norm(end - begin, axis=1)
    middle = sum_rows(loop, 0.5 * (begin + end) * length[:, None], loops) / _floor(_sum1(loop, length, loops))[:, None]
    extent = np.zeros(loops)
    np.maximum.at(extent, loop, 2 * np.linalg.norm(begin - middle[loop], axis=1))
    # the rim runs round the surface, so the hole's own front is the other way round
    area = -sum_rows(loop, np.cross(begin - middle[loop], end - middle[loop]), loops)
    face = _unit(vectors[rim // 3])
    around = sum_rows(loop, face * length[:, None], loops)
    flat = np.einsum("ij,ij->i", _unit(area), around / _floor(_sum1(loop, length, loops))[:, None])

    # the rim of a loose patch is not a hole in it
    _, part = topology.face_components()
    part_low, part_high = _bounds(positions[corners], np.repeat(part, 3), int(part.max(initial=-1)) + 1)
    part_extent = np.linalg.norm(part_high - part_low, axis=1)
    home = np.zeros(loops, np.int64)
    home[loop] = part[rim // 3]

    reasons = {
        "not a simple rim": broken | (edges < 3),
        "too many edges": edges > max_edges,
        "too wide": extent > max_extent * diagonal,
        "the edge of a patch": extent > 0.5 * part_extent[home],
        "an opening by its walls": (flat < min_flatness) & (extent > 0.1 * max_extent * diagonal),
    }
    kept = np.zeros(loops, bool)
    openings: dict[str, int] = {}
    for reason, mask in reasons.items():
        fresh = int((mask & ~kept).sum())
        if fresh:
            openings[reason] = fresh
        kept |= mask

    chosen = np.flatnonzero(~kept)
    number = np.full(loops, -1, np.int64)
    number[chosen] = np.arange(len(chosen))
    member = number[loop] >= 0
    hole = number[loop[member]]
    apex = _meeting_point(0.5 * (begin + end)[member], face[member], length[member], hole, middle[chosen])
    step = 0.5 * (apex - middle[chosen])
    reach = 0.25 * extent[chosen]
    size = np.linalg.norm(step, axis=1)
    step *= np.minimum(1.0, reach / _floor(size))[:, None]
    return Caps(rim=rim[member], hole=hole, centres=middle[chosen] + step, openings=openings)


def _meeting_point(points: F64, normals: F64, weight: F64, hole: I64, middle: F64) -> F64:
    """Where the planes round each hole meet, drawn to its middle: least squares, ``(h, 3)``."""
    count = len(middle)
    if count == 0:
        return middle
    outer = normals[:, :, None] * normals[:, None, :] * weight[:, None, None]
    system = sum_rows(hole, outer.reshape(-1, 9), count).reshape(-1, 3, 3)
    offset = np.einsum("ij,ij->i", normals, points - middle[hole]) * weight
    right = sum_rows(hole, normals * offset[:, None], count)
    trace = np.trace(system, axis1=1, axis2=2)
    system = system + (0.02 * trace + 1e-12)[:, None, None] * np.eye(3)
    return np.asarray(middle + np.linalg.solve(system, right[:, :, None])[:, :, 0])


def _bounds(points: F64, group: I64, count: int) -> tuple[F64, F64]:
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, group, points)
    np.maximum.at(high, group, points)
    return low, high


def _sum1(group: I64, values: F64, count: int) -> F64:
    return np.asarray(np.bincount(group, values, count))


def _unit(vectors: F64) -> F64:
    return np.asarray(vectors / _floor(np.linalg.norm(vectors, axis=-1, keepdims=True)))


def _floor(values: F64) -> F64:
    return np.maximum(values, 1e-300)
