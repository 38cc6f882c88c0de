"""
A surface from points that one view sees: a depth picture, or a sheet.

The points are joined in the picture plane (Delaunay), and triangles that span a jump in depth are dropped. What was
never seen stays open: the result is drawn from both sides, and says so. If the view shows things on a table, the table
is found and left out, and the things are turned to stand upright.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.spatial import Delaunay, QhullError

from showroom_assets.errors import InputError
from showroom_assets.scene import F64
from showroom_pipeline.steps.orient import directions, image_axes, seen_along, seen_from_origin
from showroom_pipeline.steps.topology import I64, Bool, Topology


@dataclass(frozen=True, slots=True)
class View:
    kind: Literal["origin", "far"]
    direction: F64


@dataclass(frozen=True, slots=True)
class Relief:
    """``positions (n, 3)``, ``faces (m, 3)``, ``turn (4, 4)`` that was applied to the points, and what was noticed."""

    positions: F64
    faces: I64
    turn: F64
    notes: tuple[str, ...]


def single_view(points: F64, *, spacing: float) -> View | None:
    """
    The view that sees nearly all of the points, if there is one: the origin (where depth cameras put
    themselves), else one of 32 directions. A closed product shows at most about 60 % from one side.
    """
    sample = points if len(points) <= 60_000 else points[:: len(points) // 60_000 + 1]
    apart = spacing * np.sqrt(len(points) / len(sample))
    low, high = points.min(axis=0), points.max(axis=0)
    middle, radius = 0.5 * (low + high), 0.5 * float(np.linalg.norm(high - low))
    to_camera = -middle / max(float(np.linalg.norm(middle)), 1e-300)
    if np.linalg.norm(middle) > 1.05 * radius and seen_from_origin(sample, pixel=2 * apart).mean() >= 0.92:
        return View("origin", to_camera)
    for direction in directions(32):
        if seen_along(sample, direction, pixel=2 * apart).mean() >= 0.97:
            return View("far", direction)
    return None


def relief(points: F64, view: View, *, spacing: float, keep_support: bool) -> Relief:
    """
    Raises
    ------
    InputError
        If the points span no area in the view.
    """
    axis = -view.direction
    x, y = image_axes(axis)
    ray = np.broadcast_to(axis, points.shape)
    u, v = points @ x, points @ y
    if view.kind == "origin":
        depth = np.maximum(points @ axis, 1e-9)
        u, v = u / depth, v / depth
        ray = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-300)
    try:
        faces = Delaunay(np.stack([u, v], axis=1)).simplices.astype(np.int64)
    except QhullError as exc:
        raise InputError("The points lie on a line in every view: there is no surface in them.") from exc
    a, b, c = (points[faces[:, i]] for i in range(3))
    normal = np.cross(b - a, c - a)
    facing = np.einsum("ij,ij->i", normal, ray[faces].mean(axis=1))
    faces[facing > 0] = faces[facing > 0][:, ::-1]  # towards the viewer
    longest = np.sqrt(np.max([((a - b) ** 2).sum(1), ((b - c) ** 2).sum(1), ((c - a) ** 2).sum(1)], axis=0))
    # depth cameras space their points by range, so the limit is a share of the range, not one length
    far = np.linalg.norm(a + b + c, axis=1) / 3 if view.kind == "origin" else np.ones(len(a))
    limit = 10 * spacing * far / np.median(far)
    steep = np.abs(facing) < np.cos(np.deg2rad(85)) * np.linalg.norm(normal, axis=1)
    faces = faces[(longest < limit) & ~steep]
    notes = ["One view sees all of it, so what faces away is left open."]
    turn = np.eye(4)
    if not keep_support:
        found = support(points, view.direction)
        if found is not None:
            above, turn = found
            notes.append(f"The table it stands on ({1 - above.mean():.0%} of the points) was left out.")
            faces = faces[above[faces].all(axis=1)]
    faces = _large_parts(faces)
    if len(faces) == 0:
        raise InputError("No surface could be made of the points. Export them denser, or as a mesh.")
    used, compact = np.unique(faces, return_inverse=True)
    positions = points[used] @ turn[:3, :3].T + turn[:3, 3]
    return Relief(positions, compact.reshape(-1, 3).astype(np.int64), turn, tuple(notes))


def _large_parts(faces: I64) -> I64:
    """Parts with at least a fiftieth of the largest part's triangles."""
    if len(faces) == 0:
        return faces
    parts, part = Topology.of(faces).face_components()
    size = np.bincount(part, minlength=parts)
    kept: I64 = faces[(size >= size.max() / 50)[part]]
    return kept


def support(points: F64, to_viewer: F64) -> tuple[Bool, F64] | None:
    """
    The table, if there is one: which points ``(n,)`` are above it, and the transform that lays it on the ground, +Y up.

    A plane that holds at least a third of the points, with the rest on the viewer's side of it (the front of a box is a
    plane too, but the rest of the box is behind it), and which is at least 1.5 times as large as what stands on it.
    """
    rng = np.random.default_rng(20)  # a fixed seed: same cloud, same table
    sample = points[rng.permutation(len(points))[:4000]]
    diagonal = float(np.linalg.norm(np.ptp(points, axis=0)))
    thickness = 0.006 * diagonal
    triples = sample[rng.integers(0, len(sample), (400, 3))]
    normals = np.cross(triples[:, 1] - triples[:, 0], triples[:, 2] - triples[:, 0])
    length = np.linalg.norm(normals, axis=1)
    sound = length > 1e-9 * diagonal * diagonal
    normals, anchors = normals[sound] / length[sound, None], triples[sound, 0]
    if len(normals) == 0:
        return None
    offsets = np.einsum("ij,ij->i", normals, anchors)
    best = int((np.abs(sample @ normals.T - offsets) < thickness).sum(axis=0).argmax())
    normal, offset = normals[best], offsets[best]
    for _ in range(3):  # least squares on the inliers
        inlier = points[np.abs(points @ normal - offset) < thickness]
        if len(inlier) < 10:
            return None
        middle = inlier.mean(axis=0)
        normal = np.linalg.svd(inlier[:: max(1, len(inlier) // 20_000)] - middle, full_matrices=False)[2][2]
        normal = normal if normal @ to_viewer > 0 else -normal
        offset = float(normal @ middle)
    height = points @ normal - offset
    on_table = np.abs(height) < thickness
    above, below = height >= thickness, height <= -thickness
    if on_table.mean() < 1 / 3 or above.sum() < 100 or below.sum() > 0.5 * above.sum():
        return None
    x, z = image_axes(normal)
    across = np.stack([x, z])
    table, things = (
        np.prod(np.diff(np.percentile(points[which] @ across.T, [2, 98], axis=0), axis=0))
        for which in (on_table, above)
    )
    if table < 1.5 * things:
        return None
    # the near side of the things, where the viewer stands, becomes the front
    front = to_viewer - (to_viewer @ normal) * normal
    front = front / np.linalg.norm(front) if np.linalg.norm(front) > 0.1 else z
    turn = np.eye(4)
    turn[:3, :3] = np.stack([np.cross(normal, front), normal, front])
    turn[:3, 3] = -turn[:3, :3] @ (normal * offset)
    return above, turn
