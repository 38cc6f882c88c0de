"""Pieces laid onto a draped garment: pockets, labels, facings. They follow its folds and have an edge of their own."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from showroom_demo.kit.garment import Garment
from showroom_demo.kit.shape import F64, Shape, unit
from showroom_demo.kit.solid import triangulated
from showroom_demo.kit.sweep import dense


def patch(
    g: Garment,
    piece: str,
    outline: npt.ArrayLike | Sequence[tuple[float, float]],
    *,
    lift: float = 0.8,
    step: float = 6.0,
) -> Shape:
    """
    A closed outline on the pattern, as cloth ``lift`` mm above the panel; its rim rolls down to it.

    The mesh has its own triangles (``step`` mm); points beyond the piece are held at its edge.
    """
    line = dense(np.asarray(outline, dtype=np.float64), step)
    flat = triangulated(line, step=step)
    where: F64 = flat.points[:, :2]
    rim = _distance(where, line)
    height = lift * np.clip(0.15 + rim / 1.6, 0.0, 1.0)
    points, normals = g.at(piece, where)
    shape = Shape(points + height[:, None] * normals, flat.faces, normals, where * [1.0, -1.0])
    skirt = _skirt(g, piece, line, lift)
    faces = np.concatenate([shape.faces, skirt.faces + len(shape.points)])
    return Shape(
        np.concatenate([shape.points, skirt.points]),
        faces,
        np.concatenate([shape.normals, skirt.normals]),
        np.concatenate([shape.uvs, skirt.uvs]),
    )


def _skirt(g: Garment, piece: str, line: F64, lift: float) -> Shape:
    """The cut edge: from just above the panel's face to just under it."""
    from showroom_demo.kit.cloth import sheet

    points, normals = g.at(piece, line)
    around = np.roll(points, -1, axis=0) - np.roll(points, 1, axis=0)
    out = unit(np.cross(around, normals))
    rows = np.stack([points + 0.16 * lift * normals, points - 0.6 * normals + 0.2 * out])[::-1]
    return sheet(rows, np.stack([out, unit(out + normals)]), closed=True)


def _distance(points: F64, line: F64) -> F64:
    from scipy.spatial import cKDTree

    return np.asarray(cKDTree(dense(line, 0.5)).query(points)[0])
