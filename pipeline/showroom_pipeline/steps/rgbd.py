"""
A coloured surface from an RGB-D capture: depth pictures fused in a truncated signed distance field.

What it does: takes the poses given or finds them (see `odometry`), keeps one object by its masks or the dominant
foreground, drops the mixed pixels at depth edges, fuses, extracts, and keeps the colour samples for baking. What was
never seen stays open. What it is not: a depth camera's driver; frames come decoded from ``ingest``.

Source: Curless and Levoy, A Volumetric Method for Building Complex Models from Range Images (1996); open3d's
``t.geometry.VoxelBlockGrid`` (the older ``ScalableTSDFVolume`` gave no triangles at all).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_erosion, maximum_filter, minimum_filter

from showroom_assets.errors import EmptyInput, InputError
from showroom_assets.scene import F32, F64
from showroom_pipeline.ingest.scan import Frame, RgbdCapture
from showroom_pipeline.steps.odometry import estimate_poses
from showroom_pipeline.steps.surface import Surface, colored, scene_of
from showroom_pipeline.steps.topology import I64, Bool, Topology, same_rows, sum_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class RgbdOptions:
    """
    ``object`` — name of the object to keep, of those the capture has masks for; None keeps all that is masked, or the
    dominant foreground.
    ``voxel_m`` — edge of a voxel; None takes two pixels at the median depth, at least a 256th of the object.
    ``max_depth_m`` — farther samples are not used.
    ``max_frames`` — more are thinned out evenly; bounds the time.
    ``max_samples`` — colour samples to keep for baking; bounds the memory.
    """

    object: str | None = None
    voxel_m: float | None = None
    max_depth_m: float = 4.0
    max_frames: int = 300
    max_samples: int = 600_000


@dataclass(frozen=True, slots=True)
class _View:
    depth: F32
    intrinsics: F64
    pose: F64
    points: F64
    rgb: F64


def surface_from_rgbd(capture: RgbdCapture, *, name: str = "", options: RgbdOptions | None = None) -> Surface:
    """
    Raises
    ------
    InputError
        If the object has no mask, the frames do not overlap (without poses), or nothing is left to fuse.
    EmptyInput
        If there is no frame.
    """
    options = options or RgbdOptions()
    if len(capture) == 0:
        raise EmptyInput("The capture has no frames: nothing to convert.")
    if options.object is not None and options.object not in capture.objects:
        known = ", ".join(capture.objects) or "none"
        raise InputError(f"There is no mask for {options.object!r}. Use one of: {known}.", object=options.object)
    notes: list[str] = []
    picked = np.unique(np.linspace(0, len(capture) - 1, min(len(capture), options.max_frames)).round().astype(int))
    poses: list[F64 | None] = [capture.poses[i] for i in picked]
    if any(pose is None for pose in poses):
        poses, fitness = estimate_poses([capture[int(i)] for i in picked], max_depth_m=options.max_depth_m)
        notes.append(f"The poses were estimated from the pictures (overlap {fitness:.0%} at least).")
    if len(capture.objects) > 1 and options.object is None:
        notes.append(f"Kept all masked objects. Say --object NAME for one of: {', '.join(capture.objects)}.")
    views = [
        _view(capture[int(index)], pose, capture.objects, options)
        for index, pose in zip(picked, poses, strict=True)
        if pose is not None
    ]
    views = [view for view in views if len(view.points) > 50]
    if not views:
        raise InputError("No depth is left to fuse: check the masks, the depth scale and --max-depth.")
    points = np.concatenate([view.points for view in views])
    rgb = np.concatenate([view.rgb for view in views])
    if not capture.objects:
        keep = _foreground(points, np.stack([view.pose[:3, 3] for view in views]), notes)
        low, high = np.percentile(points[keep], [0.1, 99.9], axis=0)
        margin = 0.02 * float(np.linalg.norm(high - low))
        views = [_cropped(view, low - margin, high + margin) for view in views]
        points, rgb = points[keep], rgb[keep]
    pixel = float(np.median([np.median(v.depth[v.depth > 0]) / v.intrinsics[0, 0] for v in views if v.depth.any()]))
    extent = float(np.linalg.norm(np.subtract(*np.percentile(points, [99, 1], axis=0))))
    voxel = options.voxel_m or max(2 * pixel, extent / 256)
    positions, faces = _fused(views, voxel, options.max_depth_m)
    positions, faces = _main_parts(positions, faces)
    samples, sample_rgb = _thinned(points, rgb, 0.5 * pixel, options.max_samples)
    return Surface(
        scene=scene_of(
            positions, faces, name=name, rgb=colored(samples, sample_rgb, positions, neighbours=6), double_sided=True
        ),
        color_points=samples.astype(np.float32),
        color_rgb=sample_rgb.astype(np.float32),
        spacing=pixel,
        notes=(*notes, f"Fused {len(views)} frames at {voxel * 1000:.1f} mm; what no frame saw is left open."),
    )


def _view(frame: Frame, pose: F64, objects: tuple[str, ...], options: RgbdOptions) -> _View:
    depth = np.where((frame.depth > 0.05) & (frame.depth < options.max_depth_m), frame.depth, 0).astype(np.float32)
    depth = np.where(_depth_edges(depth), 0, depth).astype(np.float32)
    if objects:
        wanted = (options.object,) if options.object is not None else objects
        mask = np.zeros(frame.depth.shape, bool)
        for name in wanted:
            if name is not None and name in frame.masks:
                # two pixels in: at a mask's rim the depth belongs to the background as often as not
                mask |= binary_erosion(_fitted(frame.masks[name], depth.shape), iterations=2)
        depth = np.where(mask, depth, 0).astype(np.float32)
    rows, columns = np.nonzero(depth)
    z = depth[rows, columns].astype(np.float64)
    k = frame.intrinsics
    local = np.stack([(columns - k[0, 2]) / k[0, 0] * z, (rows - k[1, 2]) / k[1, 1] * z, z], axis=1)
    c = frame.color_intrinsics
    u = np.clip(np.rint(local[:, 0] / z * c[0, 0] + c[0, 2]), 0, frame.color.shape[1] - 1).astype(np.int64)
    v = np.clip(np.rint(local[:, 1] / z * c[1, 1] + c[1, 2]), 0, frame.color.shape[0] - 1).astype(np.int64)
    points = local @ pose[:3, :3].T + pose[:3, 3]
    return _View(depth, k, pose, points, _linear(frame.color[v, u] / 255.0))


def _fitted(mask: Bool, shape: tuple[int, ...]) -> Bool:
    if mask.shape == shape:
        return mask
    rows = (np.arange(shape[0]) * mask.shape[0] / shape[0]).astype(int)
    columns = (np.arange(shape[1]) * mask.shape[1] / shape[1]).astype(int)
    return np.asarray(mask[np.ix_(rows, columns)])


def _depth_edges(depth: F32) -> Bool:
    """Pixels beside a jump in depth of over 2 %: they mix what is before with what is behind."""
    far = maximum_filter(depth, size=3)
    near = minimum_filter(np.where(depth > 0, depth, np.inf), size=3)
    with np.errstate(invalid="ignore"):
        return np.asarray((depth > 0) & (far - near > 0.02 * depth))


def _linear(srgb: npt.NDArray[np.floating[npt.NBitBase]]) -> F64:
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def _cropped(view: _View, low: F64, high: F64) -> _View:
    inside = ((view.points >= low) & (view.points <= high)).all(axis=1)
    depth = np.zeros_like(view.depth)
    rows, columns = np.nonzero(view.depth)
    depth[rows[inside], columns[inside]] = view.depth[rows[inside], columns[inside]]
    return _View(depth, view.intrinsics, view.pose, view.points[inside], view.rgb[inside])


def _foreground(points: F64, cameras: F64, notes: list[str]) -> Bool:
    """
    The dominant foreground ``(n,)``: without the largest plane if everything else stands before it, the cluster that
    holds most of the points, nearer ones counting for more.
    """
    from showroom_pipeline.steps.relief import support

    to_viewer = cameras.mean(axis=0) - points.mean(axis=0)
    to_viewer /= max(float(np.linalg.norm(to_viewer)), 1e-300)
    keep = np.ones(len(points), bool)
    found = support(points, to_viewer)
    if found is not None:
        keep = found[0]
        notes.append(f"The plane behind it ({1 - keep.mean():.0%} of the samples) was left out.")
    chosen = np.flatnonzero(keep)
    cell = float(np.linalg.norm(np.ptp(points[chosen], axis=0))) / 60
    grid = np.floor((points[chosen] - points[chosen].min(axis=0)) / cell).astype(np.int64)
    filled = np.zeros(grid.max(axis=0) + 1, np.int64)
    np.add.at(filled, tuple(grid.T), 1)
    from scipy.ndimage import label

    cluster, count = label(filled >= 3, structure=np.ones((3, 3, 3)))
    of_point = cluster[tuple(grid.T)]
    middle = points[chosen].mean(axis=0)
    distance = np.linalg.norm(points[chosen] - cameras.mean(axis=0), axis=1)
    weight = 1 / (distance * (1 + np.linalg.norm(points[chosen] - middle, axis=1) / max(cell * 20, 1e-9)))
    votes = np.bincount(of_point, weight, count + 1)
    votes[0] = -1
    keep[:] = False
    keep[chosen[of_point == int(votes.argmax())]] = True
    share = keep.mean()
    notes.append(f"Kept the dominant foreground: {share:.0%} of the samples. Give masks to choose another object.")
    return keep


def _fused(views: list[_View], voxel: float, max_depth_m: float) -> tuple[F64, I64]:
    import open3d  # 1.9 CPU-seconds: not on the way of a mesh
    from open3d import core

    extents = [np.ptp(view.points, axis=0) for view in views if len(view.points)]
    blocks = int(np.clip(8 * np.prod(np.max(extents, axis=0) / (16 * voxel) + 2), 2_000, 60_000))
    grid = open3d.t.geometry.VoxelBlockGrid(
        attr_names=("tsdf", "weight"),
        attr_dtypes=(core.float32, core.float32),
        attr_channels=((1), (1)),
        voxel_size=voxel,
        block_resolution=16,
        block_count=blocks,
        device=core.Device("CPU:0"),
    )
    fused = 0
    for view in views:
        if np.count_nonzero(view.depth) < 50:
            continue
        picture = open3d.t.geometry.Image(core.Tensor(np.ascontiguousarray(view.depth)))
        intrinsics = core.Tensor(np.ascontiguousarray(view.intrinsics, np.float64))
        extrinsics = core.Tensor(np.ascontiguousarray(np.linalg.inv(view.pose), np.float64))
        near = grid.compute_unique_block_coordinates(picture, intrinsics, extrinsics, 1.0, max_depth_m, 6.0)
        grid.integrate(near, picture, intrinsics, extrinsics, 1.0, max_depth_m, 6.0)
        fused += 1
    if fused == 0:
        raise InputError("No depth is left to fuse: check the masks, the depth scale and --max-depth.")
    mesh = grid.extract_triangle_mesh(weight_threshold=min(3.0, max(1.0, fused / 5)))
    positions = mesh.vertex.positions.numpy().astype(np.float64)
    faces = mesh.triangle.indices.numpy().astype(np.int64)
    if len(faces) == 0:
        raise InputError("The frames do not agree on a surface: check the poses and the depth scale.")
    order = np.lexsort(positions.T[::-1])  # the hash map's order varies; the surface does not
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    faces = rank[faces]
    faces = np.take_along_axis(faces, (np.arange(3)[None] + faces.argmin(axis=1)[:, None]) % 3, axis=1)
    return positions[order], faces[np.lexsort(faces.T[::-1])]


def _main_parts(positions: F64, faces: I64) -> tuple[F64, I64]:
    """Parts with at least a twentieth of the largest one's triangles, and only the vertices they use."""
    parts, part = Topology.of(faces).face_components()
    size = np.bincount(part, minlength=parts)
    faces = faces[(size >= size.max() / 20)[part]]
    used, compact = np.unique(faces, return_inverse=True)
    return positions[used], compact.reshape(-1, 3).astype(np.int64)


def _thinned(points: F64, rgb: F64, cell: float, most: int) -> tuple[F64, F64]:
    """Samples of one cell become their mean; cells grow until there are no more than ``most``."""
    while True:
        ids, first = same_rows(np.floor((points - points.min(axis=0)) / cell))
        if len(first) <= most:
            break
        cell *= 1.4
    count = np.bincount(ids)[:, None]
    return sum_rows(ids, points, len(first)) / count, sum_rows(ids, rgb, len(first)) / count
