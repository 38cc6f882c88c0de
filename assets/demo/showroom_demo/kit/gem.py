"""
Gemstones cut as a lapidary cuts them: each facet is a plane ground at its angle, and the stone is what is left.

The round brilliant has 57 facets and a girdle; angles and proportions are those of Tolkowsky's cut.

Source: Tolkowsky 1919, "Diamond Design"; facet names as in the GIA diagram.
"""

import numpy as np

from showroom_demo.kit.shape import F64, Shape, unit, with_normals

CROWN_DEG, STAR_DEG, UPPER_GIRDLE_DEG = 34.5, 21.0, 41.0
PAVILION_DEG, LOWER_GIRDLE_DEG = 40.8, 42.4
TABLE = 0.56
GIRDLE = 0.02


def brilliant(diameter: float, *, length: float | None = None) -> tuple[Shape, Shape]:
    """
    Crown and pavilion of a brilliant, table up (+Y), the girdle at y = 0; ``length`` along X makes it an oval.

    Each facet has one texture coordinate (0..1, 0.5), so that it can have a brightness of its own.
    They come apart, so that the pavilion can be given a mirror's finish: it stands for the total internal
    reflection that real-time transmission does not trace.
    """
    from scipy.spatial import ConvexHull, HalfspaceIntersection

    eighth = np.arange(8, dtype=np.float64) * 45.0
    sixteenth = np.arange(16, dtype=np.float64) * 22.5 + 11.25
    table_height = GIRDLE + (1 - TABLE) * np.tan(np.radians(CROWN_DEG))
    planes = [_plane(0.0, np.zeros(1), table_height * np.ones(1))]
    planes.append(_through(CROWN_DEG, eighth, 1.0, GIRDLE))
    planes.append(_through(STAR_DEG, eighth + 22.5, TABLE * np.cos(np.pi / 8), table_height))
    planes.append(_through(UPPER_GIRDLE_DEG, sixteenth, 0.999, GIRDLE))
    planes.append(_through(180 - PAVILION_DEG, eighth, 1.0, -GIRDLE))
    planes.append(_through(180 - LOWER_GIRDLE_DEG, sixteenth, 0.999, -GIRDLE))
    planes.append(_through(90.0, np.arange(64, dtype=np.float64) * 5.625, 1.0, 0.0))
    corners = HalfspaceIntersection(np.concatenate(planes), np.zeros(3)).intersections
    corners = np.unique(np.round(corners, 7), axis=0)
    hull = ConvexHull(corners)
    faces = hull.simplices.astype(np.int64)
    normal = np.cross(corners[faces[:, 1]] - corners[faces[:, 0]], corners[faces[:, 2]] - corners[faces[:, 0]])
    inward = (normal * corners[faces].mean(axis=1)).sum(axis=1) < 0
    faces = np.where(inward[:, None], faces[:, ::-1], faces)
    faces = faces[np.lexsort(np.sort(faces, axis=1).T)]
    size = np.array([(length or diameter) / 2, diameter / 2, diameter / 2])
    points = corners * size
    whole = Shape(points, faces, unit(points), points[:, [0, 2]])
    below = whole.points[faces].mean(axis=1)[:, 1] < -GIRDLE * size[1] * 0.5
    return _flat(whole, ~below), _flat(whole, below)


def _flat(stone: Shape, keep: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Shape:
    used, index = np.unique(stone.faces[keep], return_inverse=True)
    part = Shape(
        stone.points[used], np.asarray(index, dtype=np.int64).reshape(-1, 3), stone.normals[used], stone.uvs[used]
    )
    part = with_normals(part, crease_deg=0.6)
    _, facet = np.unique(np.round(part.normals, 3), axis=0, return_inverse=True)
    spread = (facet.reshape(-1) * 0.6180339887) % 1.0  # one place in a texture for each facet
    return part.with_uvs(np.stack([spread, np.full_like(spread, 0.5)], axis=1))


def _plane(tilt_deg: float, turn_deg: F64, distance: F64) -> F64:
    """Half-spaces ``n·x - d <= 0`` with normals tilted from +Y and turned about it."""
    tilt, turn = np.radians(tilt_deg), np.radians(turn_deg)
    normal = np.stack(
        [np.sin(tilt) * np.sin(turn), np.full_like(turn, np.cos(tilt)), np.sin(tilt) * np.cos(turn)], axis=1
    )
    return np.column_stack([normal, -distance])


def _through(tilt_deg: float, turn_deg: F64, radius: float, height: float) -> F64:
    tilt = np.radians(tilt_deg)
    return _plane(tilt_deg, turn_deg, np.full(len(turn_deg), radius * np.sin(tilt) + height * np.cos(tilt)))
