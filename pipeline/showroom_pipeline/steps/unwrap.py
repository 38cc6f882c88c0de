"""
A new texture atlas for a bare surface: charts that distort little, packed tight.

What it is: xatlas with options measured for scans. What it is not: a judge of whether a new atlas pays; see
``steps.choose``. Decimate first: xatlas takes 0.4 ms a triangle.

Source: xatlas (after Microsoft's UVAtlas and Lévy et al., Least Squares Conformal Maps, 2002).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Atlas:
    """
    ``source (k,)`` the welded vertex each new vertex copies; ``faces (m, 3)``, in the order given; ``uvs (k, 2)
    float32``, origin top left; ``utilisation`` the share of the atlas that charts cover.
    """

    source: I64
    faces: I64
    uvs: F32
    utilisation: float


def unwrap(positions: F64, faces: I64, *, texture_px: int, padding_px: int = 3) -> Atlas:
    """
    Cut and pack a surface into one square atlas.

    Parameters
    ----------
    positions, faces
        ``(n, 3)`` and ``(m, 3)``, welded by position.
    texture_px
        The atlas is packed for this size; smaller mips of it bleed by their share of ``padding_px``.
    """
    import xatlas

    scale = 1.0 / max(float(np.ptp(positions, axis=0).max()), 1e-12)
    atlas = xatlas.Atlas()
    atlas.add_mesh((positions * scale).astype(np.float32), faces.astype(np.uint32))
    charts = xatlas.ChartOptions()
    charts.max_cost = 4.0  # fewer, larger charts than the default 2: fewer split vertices, less padding
    charts.max_iterations = 2
    charts.normal_seam_weight = 1.0
    pack = xatlas.PackOptions()
    pack.resolution = texture_px
    pack.padding = padding_px
    pack.bilinear = True
    pack.rotate_charts = True
    atlas.generate(charts, pack)
    source, indices, uvs = atlas[0]
    # xatlas estimates the scale, so the page may come out a little over the size asked: UVs are already relative to it
    return Atlas(
        source=source.astype(np.int64),
        faces=indices.reshape(-1, 3).astype(np.int64),
        uvs=np.ascontiguousarray(uvs, np.float32),
        utilisation=float(atlas.utilization),
    )
