"""
Consistent winding: neighbours agree, closed parts face outward.

Agreement is a two-colouring: each face has two states, each edge of two faces links equal states (if the faces agree)
or opposite ones, and the connected components of that doubled graph are the answers, without a walk over faces. A part
whose two states meet is one-sided (a Möbius band) and stays as it was.
"""

import numpy as np

from showroom_pipeline.steps.topology import F64, I64, Bool, Topology, components, sum_rows


def disagreeing(topology: Topology, vectors: F64) -> tuple[Bool, int]:
    """
    Faces to turn round so that all neighbours agree: in each part the lesser area is turned.

    Returns
    -------
    flip ``(m,)``, and how many one-sided parts were left alone
    """
    faces = len(topology.faces)
    a, b = topology.pairs()
    same = topology.forward[a] == topology.forward[b]  # both run the same way: one of the two faces is inside out
    if not same.any():
        return np.zeros(faces, bool), 0
    a, b = a // 3, b // 3
    _, state = components((np.append(a, a + faces), np.append(b + faces * same, b + faces * ~same)), 2 * faces)
    up, down = state[:faces], state[faces:]
    part = np.minimum(up, down)
    other = up > down
    size = np.linalg.norm(vectors, axis=1)
    count = int(part.max()) + 1
    turned = np.bincount(part, size * other, count)
    total = np.bincount(part, size, count)
    swap = turned > 0.5 * total
    flip = (other ^ swap[part]) & (up != down)
    return flip, len(np.unique(up[up == down]))


def inside_out(topology: Topology, vectors: F64, positions: F64, *, along: F64 | None) -> Bool:
    """
    Faces ``(m,)`` of closed or nearly closed parts that face inward.

    A part is nearly closed if its rim spans under a quarter of it. An inward part within another part is a cavity and
    is right. Open parts have no inside: they are turned only if the file's own normals (``along (m, 3)``: their mean on
    each face) are against the winding on more than 90 % of the part's area.
    """
    parts, part = topology.face_components(pairs_only=True)
    corners = positions[topology.faces]
    flux = np.einsum("ij,ij->i", corners.mean(axis=1), vectors) / 6
    size = 0.5 * np.linalg.norm(vectors, axis=1)
    area = np.bincount(part, size, parts)
    low, high = np.full((parts, 3), np.inf), np.full((parts, 3), -np.inf)
    np.minimum.at(low, part, corners.min(axis=1))
    np.maximum.at(high, part, corners.max(axis=1))
    extent = np.linalg.norm(high - low, axis=1)
    # about the part's middle, so that an open rim adds little
    drift = sum_rows(part, vectors, parts)
    volume = np.bincount(part, flux, parts) - np.einsum("ij,ij->i", 0.5 * (low + high), drift) / 6

    rim = np.flatnonzero(topology.count[topology.edge] != 2)
    rim_low, rim_high = np.full((parts, 3), np.inf), np.full((parts, 3), -np.inf)
    rim_points = positions[topology.faces.reshape(-1)[rim]]
    np.minimum.at(rim_low, part[rim // 3], rim_points)
    np.maximum.at(rim_high, part[rim // 3], rim_points)
    has_rim = np.isfinite(rim_low).all(axis=1)
    span = np.zeros(parts)
    span[has_rim] = np.linalg.norm(rim_high[has_rim] - rim_low[has_rim], axis=1)
    closed = span < 0.25 * extent
    # a sheet folded flat encloses nothing: its sign is noise (a sphere has 0.094)
    inward = closed & (volume < -1e-3 * area**1.5)
    for number in np.flatnonzero(inward):
        inward[number] = not _within_another(int(number), part, parts, corners, low, high, volume)
    if along is not None:
        against = np.einsum("ij,ij->i", along, vectors) < 0
        inward |= ~closed & (np.bincount(part, size * against, parts) > 0.9 * area)
    return np.asarray(inward[part])


def _within_another(number: int, part: I64, parts: int, corners: F64, low: F64, high: F64, volume: F64) -> bool:
    """Whether a part lies in the solid of a larger one, by winding number."""
    larger = (low <= low[number]).all(axis=1) & (high >= high[number]).all(axis=1) & (np.abs(volume) > -volume[number])
    larger[number] = False
    if not larger.any():
        return False
    point = corners[np.flatnonzero(part == number)[0]].mean(axis=0)
    return any(abs(_winding_number(point, corners[part == outer])) > 0.5 for outer in np.flatnonzero(larger))


def _winding_number(point: F64, corners: F64) -> float:
    """Van Oosterom and Strackee, The Solid Angle of a Plane Triangle (1983)."""
    a, b, c = (corners[:, i] - point for i in range(3))
    la, lb, lc = (np.linalg.norm(x, axis=1) for x in (a, b, c))
    top = np.einsum("ij,ij->i", a, np.cross(b, c))
    bottom = (
        la * lb * lc
        + np.einsum("ij,ij->i", a, b) * lc
        + np.einsum("ij,ij->i", b, c) * la
        + np.einsum("ij,ij->i", c, a) * lb
    )
    return float((2 * np.arctan2(top, bottom)).sum() / (4 * np.pi))
