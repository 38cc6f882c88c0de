"""
A coloured surface from a point cloud.

What it does: repeated points merged, stray ones dropped, normals found and turned outward by who sees them, screened
Poisson surface at a cell of two spacings, crumbs dropped, the surface pulled onto the points, colours from the nearest
points. A cloud that one view sees entirely (a depth picture, a sheet) is made into a relief instead, see `relief`:
Poisson would invent its back. What it is not: a scanner's registration; the points must already be in one space.

Source: Kazhdan and Hoppe, Screened Poisson Surface Reconstruction (2013), as open3d ships it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from showroom_assets.errors import EmptyInput, InputError
from showroom_assets.scene import F64, Scene, world_matrices
from showroom_pipeline.steps.orient import face_outward, plane_normals
from showroom_pipeline.steps.pull import pull
from showroom_pipeline.steps.relief import relief, single_view
from showroom_pipeline.steps.surface import Surface, colored, scene_of, shading_normals
from showroom_pipeline.steps.topology import I64, Bool, Topology, same_rows, sum_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudOptions:
    """
    ``max_points`` — more are merged into cells until it fits; bounds time and memory.
    ``p99_spacings`` — how near 99 of 100 points should be to the surface, in spacings.
    ``max_loneliness`` — points whose mean distance to 16 neighbours is this many times the median are strays.
    ``keep_support`` — keep the table under the things on it, in a cloud of one view.
    ``max_depth`` — of the Poisson octree: each step more is four times the triangles and the time.
    """

    max_points: int = 400_000
    p99_spacings: float = 2.0
    max_loneliness: float = 4.0
    keep_support: bool = False
    max_depth: int = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Points ``(n, 3)``, linear colours ``(n, 3)`` or None, outward unit normals ``(n, 3)`` or None."""

    points: F64
    rgb: F64 | None = None
    normals: F64 | None = None

    def take(self, which: Bool | I64) -> "Cloud":
        return Cloud(
            points=self.points[which],
            rgb=None if self.rgb is None else self.rgb[which],
            normals=None if self.normals is None else self.normals[which],
        )


FEWEST_POINTS = 100


def surface_from_cloud(scene: Scene, *, options: CloudOptions | None = None) -> Surface:
    """
    Parameters
    ----------
    scene
        Primitives without triangles; those with triangles are ignored.

    Raises
    ------
    EmptyInput
        If there are too few different points to be a surface.
    InputError
        If the points lie on a line, or no surface could be made.
    """
    options = options or CloudOptions()
    cloud = gather(scene)
    return surface_from_points(cloud, name=scene.name, options=options)


def surface_from_points(cloud: Cloud, *, name: str, options: CloudOptions) -> Surface:
    """As `surface_from_cloud`, from arrays."""
    notes: list[str] = []
    everything = len(cloud.points)
    cloud = _merged(cloud, cell=0.0)
    _refuse_too_few(cloud)
    spacing = point_spacing(cloud.points)
    while len(cloud.points) > options.max_points:
        cell = spacing * max(1.1, 0.8 * np.sqrt(len(cloud.points) / options.max_points))
        cloud = _merged(cloud, cell=cell)
        spacing = point_spacing(cloud.points)
        notes.append(f"{everything:,} points were merged into {len(cloud.points):,}.")
    lonely = _lonely(cloud.points, options.max_loneliness)
    if lonely.any():
        notes.append(f"{int(lonely.sum()):,} stray points ({lonely.mean():.1%}) were dropped.")
        cloud = cloud.take(~lonely)
        _refuse_too_few(cloud)
    colors = cloud
    view = None if cloud.normals is not None else single_view(cloud.points, spacing=spacing)
    if view is not None:
        made = relief(cloud.points, view, spacing=spacing, keep_support=options.keep_support)
        notes.extend(made.notes)
        turned = cloud.points @ made.turn[:3, :3].T + made.turn[:3, 3]
        colors = Cloud(points=turned, rgb=cloud.rgb)
        positions, faces, turn = made.positions, made.faces, made.turn
        normals = None
    else:
        positions, faces = _poisson(cloud, spacing, options)
        positions, faces = _without_crumbs(positions, faces)
        positions, p99 = pull(
            positions, faces, cloud.points, spacing=spacing, p99_spacings=options.p99_spacings, rounds=12
        )
        notes.append(f"99 % of the points lie within {p99:.1f} spacings ({spacing:.3g} units) of the surface.")
        normals = shading_normals(positions, faces)
        turn = np.eye(4)
    rgb = None if colors.rgb is None else colored(colors.points, colors.rgb, positions)
    empty = np.empty((0, 3), np.float32)
    return Surface(
        scene=scene_of(positions, faces, name=name, rgb=rgb, normals=normals, double_sided=view is not None),
        color_points=empty if colors.rgb is None else colors.points.astype(np.float32),
        color_rgb=empty if colors.rgb is None else colors.rgb.astype(np.float32),
        spacing=spacing,
        result_from_input=turn,
        notes=tuple(notes),
    )


def gather(scene: Scene) -> Cloud:
    """All points of a scene in the scene's space; colours and normals only if every part has them."""
    points, colors, normals = [], [], []
    for index, matrix in world_matrices(scene).items():
        mesh = scene.nodes[index].mesh
        for primitive in scene.meshes[mesh].primitives if mesh is not None else ():
            if not primitive.is_cloud:
                continue
            moved = primitive.positions.astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
            usable = np.isfinite(moved).all(axis=1)
            points.append(moved[usable])
            colors.append(None if primitive.colors is None else primitive.colors[usable, :3].astype(np.float64))
            identity = np.array_equal(matrix, np.eye(4))
            known = primitive.normals is not None and identity
            normals.append(primitive.normals[usable].astype(np.float64) if known and primitive.normals is not None
                           else None)  # fmt: skip
    if not points:
        raise EmptyInput("There are no points in it: nothing to convert. Export the cloud again.")
    every_color = [c for c in colors if c is not None]
    every_normal = [n for n in normals if n is not None]
    return Cloud(
        points=np.concatenate(points),
        rgb=np.concatenate(every_color) if len(every_color) == len(points) else None,
        normals=np.concatenate(every_normal) if len(every_normal) == len(points) else None,
    )


def point_spacing(points: F64) -> float:
    """The median distance from a point to its nearest neighbour; points must differ."""
    sample = points[:: max(1, len(points) // 50_000)]
    distance, _ = cKDTree(points).query(sample, k=2)
    return float(np.median(distance[:, 1]))


def _refuse_too_few(cloud: Cloud) -> None:
    count = len(cloud.points)
    if count < FEWEST_POINTS:
        raise EmptyInput(
            f"There are {count} different points: too few for a surface, which takes {FEWEST_POINTS}. "
            "Export the cloud at a higher density.",
            points=count,
        )
    spread = np.linalg.svd(cloud.points - cloud.points.mean(axis=0), compute_uv=False)
    if spread[1] < 1e-4 * spread[0]:
        raise InputError("The points lie on a line: there is no surface in them. Export the cloud again.")


def _merged(cloud: Cloud, *, cell: float) -> Cloud:
    """Points in one cell (or, with ``cell`` 0, in one place) become their mean."""
    if cell > 0:
        grid = np.floor((cloud.points - cloud.points.min(axis=0)) / cell)
        ids, first = same_rows(grid)
    else:
        ids, first = same_rows(cloud.points.astype(np.float32))
    if len(first) == len(ids):
        return cloud
    count = np.bincount(ids)[:, None]

    def mean(rows: F64) -> F64:
        return np.asarray(sum_rows(ids, rows, len(first)) / count)

    normals = None
    if cloud.normals is not None:
        normals = mean(cloud.normals)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    return Cloud(points=mean(cloud.points), rgb=None if cloud.rgb is None else mean(cloud.rgb), normals=normals)


def _lonely(points: F64, factor: float) -> Bool:
    distance, _ = cKDTree(points).query(points, k=17)
    mean = distance[:, 1:].mean(axis=1)
    return np.asarray(mean > factor * np.median(mean))


def _poisson(cloud: Cloud, spacing: float, options: CloudOptions) -> tuple[F64, I64]:
    import open3d as _open3d  # 1.9 CPU-seconds: not on the way of a mesh

    open3d: Any = _open3d

    even = _merged(cloud, cell=spacing)
    points = even.points
    _, near = cKDTree(points).query(points, k=min(30, len(points)))
    normals = even.normals
    if normals is None:
        normals = face_outward(points, plane_normals(points, near), near[:, :12], pixel=2.5 * spacing)
    side = float(np.ptp(points, axis=0).max())
    # 1.3: the surface may bulge out of the points' own box where it closes a gap; at 1.05 the box cut a bottle's base
    # off
    depth = int(np.clip(np.ceil(np.log2(1.3 * side / (2 * spacing)) - 0.3), 5, options.max_depth))
    given = open3d.geometry.PointCloud(open3d.utility.Vector3dVector(points))
    given.normals = open3d.utility.Vector3dVector(normals)
    # one thread: with two the last bits change from run to run
    mesh, _ = open3d.geometry.TriangleMesh.create_from_point_cloud_poisson(
        given, depth=depth, scale=1.3, linear_fit=False, n_threads=1
    )
    positions, faces = np.asarray(mesh.vertices).copy(), np.asarray(mesh.triangles).astype(np.int64)
    # a balloon blown far from any point is fantasy; a closed underside is not
    distance, _ = cKDTree(points).query(positions)
    faces = faces[(distance[faces] < 0.2 * np.linalg.norm(np.ptp(points, axis=0))).all(axis=1)]
    if len(faces) == 0:
        raise InputError("No surface could be made of the points. Export them with normals, or as a mesh.")
    return positions, faces


def _without_crumbs(positions: F64, faces: I64) -> tuple[F64, I64]:
    """Keep the parts with at least a thousandth of the largest part's area, and only the vertices they use."""
    topology = Topology.of(faces)
    parts, part = topology.face_components()
    corners = positions[faces]
    size = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    area = np.bincount(part, size, parts)
    faces = faces[(area >= 1e-3 * area.max())[part]]
    used, compact = np.unique(faces, return_inverse=True)
    return positions[used], compact.reshape(-1, 3).astype(np.int64)
