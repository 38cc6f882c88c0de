"""
Points made into a glTF primitive without indices: what every reader of a cloud shares.
"""

import numpy as np

from showroom_assets.errors import EmptyInput
from showroom_assets.scene import F32, F64, Primitive, Scene, single

from .mesh import centred
from .numbers import Bool


def scene_of_points(
    positions: F64, name: str, *, colors: F32 | None = None, normals: F64 | None = None, notes: list[str]
) -> Scene:
    """
    A cloud of the points that are finite.

    Parameters
    ----------
    positions
        ``(n, 3)``, in the file's own units. Organised clouds mark holes by NaN.
    colors
        ``(n, 4)`` linear.
    normals
        ``(n, 3)``; dropped as a whole if some are no direction.

    Raises
    ------
    EmptyInput, DamagedFile
        No points, or none that is finite.
    """
    if len(positions) == 0:
        raise EmptyInput(f"'{name:.80}' has no points. Export it again.")
    _, moved = centred(positions, name, notes)
    keep: Bool = np.asarray(np.isfinite(moved).all(axis=1))
    dropped = int(np.count_nonzero(~keep))
    if dropped:
        notes.append(f"{dropped:,} of {len(keep):,} points are no finite numbers: dropped.")
        moved = moved[keep]
        colors = None if colors is None else colors[keep]
        normals = None if normals is None else normals[keep]
    unit: F32 | None = None
    if normals is not None:
        with np.errstate(all="ignore"):
            length = np.linalg.norm(normals, axis=1)
        if bool(((length > 1e-6) & np.isfinite(length)).all()):
            unit = (normals / length[:, None]).astype(np.float32)
        elif bool((length > 1e-6).any()):
            notes.append("some normals are no direction: all normals were left out.")
    return single(
        Primitive(
            positions=np.ascontiguousarray(moved), indices=np.empty((0, 3), np.uint32), normals=unit, colors=colors
        ),
        name=name,
    )
