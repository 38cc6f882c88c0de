"""
What hides what: depths of a product and of a head in a photo's pixels, and heights of a face to measure gaps by.

The head is the canonical face, a skull, a neck and two ears, as in the mirror (``webclient/src/tryon/occluder.ts``).
"""

import numpy as np
import trimesh

from showroom_assets.scene import F64
from showroom_pipeline.steps.raster import I64, rasterise
from showroom_pipeline.wearing.head import Face, Lens
from showroom_pipeline.wearing.rules import rules

Mesh = tuple[F64, I64]


def occluder(face: Face, scale: float) -> Mesh:
    """What a head hides behind itself, head space, metres at its true scale."""
    spec = rules()["occluder"]
    skin = trimesh.Trimesh(face.points, face.faces, process=False)
    parts: list[Mesh] = [(face.points - spec["inset_m"] * skin.vertex_normals, face.faces)]
    ear = spec["ear"]
    x, y, z = ear["at"]
    ball = trimesh.creation.icosphere(subdivisions=3)
    bulges = (spec["skull"], spec["neck"], ear, {**ear, "at": [-x, y, z]})
    parts += [(ball.vertices * bulge["radii"] + bulge["at"], np.asarray(ball.faces)) for bulge in bulges]
    offsets = np.cumsum([0, *(len(points) for points, _ in parts)])
    faces = np.concatenate([one + offset for (_, one), offset in zip(parts, offsets, strict=False)])
    return np.concatenate([points for points, _ in parts]) * scale, faces


def depth_map(mesh: Mesh, lens: Lens) -> F64:
    """Distance along the view of the nearest surface in each pixel, ``(h, w)`` metres; infinity where nothing is."""
    points, faces = mesh
    size = max(lens.width, lens.height)
    faces = faces[(points[faces][:, :, 2] < -0.02).all(1)]
    near = -points[faces][:, :, 2].mean(1)
    faces = faces[np.argsort(-near, kind="stable")]  # the later triangle wins
    pixels = lens.project(points) + [(size - lens.width) / 2, (size - lens.height) / 2]
    out = np.full((size, size), np.inf)
    if len(faces):
        texels = rasterise((pixels / size).astype(np.float32), faces, size=size)
        depths = (-points[faces[texels.triangles]][:, :, 2] * texels.barycentric).sum(1)
        out[texels.rows, texels.columns] = depths
    top, left = (size - lens.height) // 2, (size - lens.width) // 2
    return out[top : top + lens.height, left : left + lens.width]


class Relief:
    """
    The outermost surface of a head along an axis, as heights over a grid of 0.5 mm.

    ``axis`` 2: the front, heights z over (x, y); ``axis`` 0 with ``side`` ±1: a side, heights ±x over (z, y).
    """

    _SPAN_M = 0.4
    _SIZE = 800

    def __init__(self, mesh: Mesh, *, axis: int, side: int = 1) -> None:
        points, faces = mesh
        self._axis, self._side = axis, side
        heights = points[:, axis] * side
        faces = faces[np.argsort(heights[faces].mean(1), kind="stable")]
        texels = rasterise(self._flat(points).astype(np.float32), faces, size=self._SIZE)
        self._heights = np.full((self._SIZE, self._SIZE), np.nan)
        self._heights[texels.rows, texels.columns] = (heights[faces[texels.triangles]] * texels.barycentric).sum(1)

    def _flat(self, points: F64) -> F64:
        other = points[:, 0] if self._axis == 2 else points[:, 2]
        return np.column_stack([other / self._SPAN_M + 0.5, points[:, 1] / self._SPAN_M + 0.5])

    def clearance(self, points: F64) -> F64:
        """How far outside of the head each point lies along the axis, metres; nan beside the head."""
        at = np.clip((self._flat(points) * self._SIZE).astype(np.int64), 0, self._SIZE - 1)
        out: F64 = points[:, self._axis] * self._side - self._heights[at[:, 1], at[:, 0]]
        return out
