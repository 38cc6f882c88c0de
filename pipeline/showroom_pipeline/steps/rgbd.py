"""
A coloured surface from an RGB-D capture: depth pictures fused in a truncated signed distance field.

What it does: takes the poses given or finds them (see `odometry`), keeps one object by its masks or the dominant
foreground, drops the mixed pixels at depth edges, fuses, extracts, and keeps the colour samples for baking. What was
never seen stays open. What it is not: a depth camera's driver; frames come decoded from ``ingest``.

Source: Curless and Levoy, A Volumetric Method for Building Complex Models from Range Images (1996); open3d's
``t.geometry.VoxelBlockGrid`` (the older ``ScalableTSDFVolume`` gave no triangles at all).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import binary_dilation, binary_erosion, label, maximum_filter, minimum_filter, uniform_filter
from scipy.spatial import cKDTree

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
    max_frames: int = 150
    max_samples: int = 600_000


_TRUNCATION = 6.0
"""Voxels on each side of a surface that a depth sample reaches."""


@dataclass(frozen=True, slots=True)
class _View:
    """
    One frame: ``whole (h, w)`` all its depth, metres, 0 where unknown; ``depth`` the part that is kept; its pixels'
    ``points (n, 3)`` in the world, linear ``rgb (n, 3)``, ``wanted (n,)`` whether a mask of the object covers them;
    ``pose`` world from camera.
    """

    depth: F32
    whole: F32
    intrinsics: F64
    pose: F64
    points: F64
    rgb: F64
    wanted: Bool

    def only(self, keep: Bool) -> "_View":
        """The view with the pixels ``keep (n,)``."""
        depth = np.zeros_like(self.depth)
        rows, columns = np.nonzero(self.depth)
        depth[rows[keep], columns[keep]] = self.depth[rows[keep], columns[keep]]
        return _View(
            depth, self.whole, self.intrinsics, self.pose, self.points[keep], self.rgb[keep], self.wanted[keep]
        )


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
    count = min(len(capture), options.max_frames)
    picked = [int(i) for i in np.unique(np.linspace(0, len(capture) - 1, count).round())]
    poses: list[F64 | None] = [capture.poses[i] for i in picked]
    if any(pose is None for pose in poses):
        poses, fitness = estimate_poses([capture[i] for i in picked], max_depth_m=options.max_depth_m)
        notes.append(f"The poses were estimated from the pictures (overlap {fitness:.0%} at least).")
    wanted = capture.objects if options.object is None else (options.object,)
    if len(wanted) > 1:
        notes.append(f"Kept all masked objects. Say --object NAME for one of: {', '.join(wanted)}.")
    posed = [(index, pose) for index, pose in zip(picked, poses, strict=True) if pose is not None]

    # first pass: where in space the object is, from every 9th pixel; second pass: all pixels that lie there
    sketch = [_view(capture[index], pose, wanted, options, every=3) for index, pose in posed]
    region = _region(sketch, masked=bool(capture.objects), notes=notes)
    views = []
    for index, pose in posed:
        view = _view(capture[index], pose, wanted, options)
        view = view.only(region.holds(view.points, view.wanted))
        if len(view.points) > 50:
            views.append(view)
    if not views:
        raise InputError("No depth is left to fuse: check the masks, the depth scale and --max-depth.")
    pixel = float(np.median([np.median(v.depth[v.depth > 0]) / v.intrinsics[0, 0] for v in views]))
    points, rgb = np.concatenate([v.points for v in views]), np.concatenate([v.rgb for v in views])
    extent = float(np.linalg.norm(np.subtract(*np.percentile(points, [99, 1], axis=0))))
    voxel = options.voxel_m or max(2 * pixel, extent / 256)
    positions, faces = _main_parts(*_fused(views, voxel, options.max_depth_m))
    samples, sample_rgb = _thinned(points, rgb, 0.5 * pixel, options.max_samples)
    near = samples_near(samples, positions, reach=4 * voxel)
    samples, sample_rgb = samples[near], sample_rgb[near]
    return Surface(
        scene=scene_of(
            positions, faces, name=name, rgb=colored(samples, sample_rgb, positions, neighbours=6), double_sided=True
        ),
        color_points=samples.astype(np.float32),
        color_rgb=sample_rgb.astype(np.float32),
        spacing=pixel,
        notes=(*notes, f"Fused {len(views)} frames at {voxel * 1000:.1f} mm; what no frame saw is left open."),
    )


def samples_near(samples: F64, positions: F64, *, reach: float) -> Bool:
    """Which samples belong to the surface that is left: those within ``reach`` of a vertex."""
    distance, _ = cKDTree(positions).query(samples, distance_upper_bound=reach)
    near: Bool = np.isfinite(distance)
    return near if near.any() else np.ones(len(samples), bool)


def _view(frame: Frame, pose: F64, wanted: tuple[str, ...], options: RgbdOptions, *, every: int = 1) -> _View:
    depth = np.where((frame.depth > 0.05) & (frame.depth < options.max_depth_m), frame.depth, 0).astype(np.float32)
    depth = _mended(depth)
    depth = np.where(_depth_edges(depth), 0, depth).astype(np.float32)
    mask = np.full(depth.shape, not wanted)
    for name in wanted:
        if name in frame.masks:
            # two pixels in: at a mask's rim the depth belongs to the background as often as not
            mask |= binary_erosion(_fitted(frame.masks[name], depth.shape), iterations=2)
    whole = depth
    if every > 1:
        thin = np.zeros_like(depth)
        thin[::every, ::every] = depth[::every, ::every]
        depth = thin
    rows, columns = np.nonzero(depth)
    z = depth[rows, columns].astype(np.float64)
    k = frame.intrinsics
    local = np.stack([(columns - k[0, 2]) / k[0, 0] * z, (rows - k[1, 2]) / k[1, 1] * z, z], axis=1)
    c = frame.color_intrinsics
    u = np.clip(np.rint(local[:, 0] / z * c[0, 0] + c[0, 2]), 0, frame.color.shape[1] - 1).astype(np.int64)
    v = np.clip(np.rint(local[:, 1] / z * c[1, 1] + c[1, 2]), 0, frame.color.shape[0] - 1).astype(np.int64)
    points = local @ pose[:3, :3].T + pose[:3, 3]
    return _View(depth, whole, k, pose, points, _linear(frame.color[v, u] / 255.0), mask[rows, columns])


def _mended(depth: F32) -> F32:
    """
    Fill unknown pixels between known ones of like depth. Depth registered to a sharper colour camera comes as a lattice
    of single pixels; left alone, half of each surface is missing.
    """
    for _ in range(2):
        known = depth > 0
        count = uniform_filter(known.astype(np.float32), size=3) * 9
        mean = uniform_filter(depth, size=3) * 9 / np.maximum(count, 1)
        far = maximum_filter(depth, size=3)
        near = minimum_filter(np.where(known, depth, np.inf), size=3)
        fill = ~known & (count > 2.5) & (far - near < 0.02 * far)
        depth = np.where(fill, mean, depth).astype(np.float32)
    return depth


@dataclass(frozen=True, slots=True)
class _Region:
    """
    Cells of space on a grid from ``low`` with edge ``cell``: ``sure`` ones hold the object, ``near`` ones are those and
    the ones beside them, where a pixel counts only if its own frame's mask says so.
    """

    low: F64
    cell: float
    sure: Bool
    near: Bool

    def holds(self, points: F64, wanted: Bool) -> Bool:
        grid = np.floor((points - self.low) / self.cell).astype(np.int64)
        inside: Bool = np.asarray(((grid >= 0) & (grid < self.sure.shape)).all(axis=1))
        at = tuple(grid[inside].T)
        inside[inside] = self.sure[at] | (self.near[at] & wanted[inside])
        return inside


def _region(sketch: list[_View], *, masked: bool, notes: list[str]) -> _Region:
    """
    Where the object is. With masks: the cells that the masks of all frames agree on (masks made by a network are
    ragged, and their errors differ from frame to frame). Without: the dominant foreground.
    """
    points = np.concatenate([v.points for v in sketch])
    votes = np.concatenate([v.wanted for v in sketch])
    if masked and not votes.any():
        raise InputError("The masks cover no pixel with a depth. Check that masks and depth belong together.")
    if len(points) < 100:
        raise InputError("The frames hold hardly any depth: check the depth scale and --max-depth.")
    chosen = votes if masked else _foreground(points, np.stack([v.pose[:3, 3] for v in sketch]), notes)
    low, high = np.percentile(points[chosen], [1, 99], axis=0)
    pitch = float(
        np.median([3 * np.median(v.depth[v.depth > 0]) / v.intrinsics[0, 0] for v in sketch if v.depth.any()])
    )
    cell = max(float(np.linalg.norm(high - low)) / 48, 1.5 * pitch, 1e-4)
    low, high = low - 3 * cell, high + 3 * cell
    inside = ((points >= low) & (points < high)).all(axis=1)
    shape = tuple(int(n) for n in np.ceil((high - low) / cell) + 1)
    at = tuple(np.floor((points[inside] - low) / cell).astype(np.int64).T)
    seen, agreed = np.zeros(shape), np.zeros(shape)
    np.add.at(seen, at, 1)
    np.add.at(agreed, at, chosen[inside])
    share = agreed / np.maximum(seen, 1)
    solid = (share >= (0.3 if masked else 0.5)) & (agreed >= 2)
    parts, count = label(binary_dilation(solid, iterations=1) & (seen > 0), structure=np.ones((3, 3, 3)))
    if count == 0:
        raise InputError("The masks of the frames do not agree on an object. Check the poses and the masks.")
    weight = np.bincount(parts.reshape(-1), (agreed * solid).reshape(-1), count + 1)
    weight[0] = 0
    kept = np.isin(parts, np.flatnonzero(weight >= 0.2 * weight.max()))
    return _Region(low, cell, kept & solid, np.asarray(binary_dilation(kept & solid, iterations=1)))


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
    cell = float(np.linalg.norm(np.ptp(points[chosen], axis=0))) / 24
    grid = np.floor((points[chosen] - points[chosen].min(axis=0)) / cell).astype(np.int64)
    filled = np.zeros(grid.max(axis=0) + 1, np.int64)
    np.add.at(filled, tuple(grid.T), 1)
    cluster, count = label(filled >= 2, structure=np.ones((3, 3, 3)))
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
    import open3d as _open3d  # 1.9 CPU-seconds: not on the way of a mesh

    open3d: Any = _open3d  # its stubs do not know numpy arrays
    core = open3d.core

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
    pictures = []
    blocks_near = []
    for view in views:
        kept, whole = (open3d.t.geometry.Image(core.Tensor(np.ascontiguousarray(d))) for d in (view.depth, view.whole))
        intrinsics = core.Tensor(np.ascontiguousarray(view.intrinsics, np.float64))
        extrinsics = core.Tensor(np.ascontiguousarray(np.linalg.inv(view.pose), np.float64))
        near = grid.compute_unique_block_coordinates(kept, intrinsics, extrinsics, 1.0, max_depth_m, _TRUNCATION)
        blocks_near.append(near.numpy())
        pictures.append((whole, intrinsics, extrinsics))
    # the blocks are those round what is kept, but all depth goes in: what is seen beside the object carves away the
    # skirts that a field grows along the rays at its outline (without it a box of 12 cm came out 14.5 cm wide)
    everywhere = core.Tensor(np.unique(np.concatenate(blocks_near), axis=0))
    for whole, intrinsics, extrinsics in pictures:
        grid.integrate(everywhere, whole, intrinsics, extrinsics, 1.0, max_depth_m, _TRUNCATION)
    mesh = grid.extract_triangle_mesh(weight_threshold=min(3.0, max(1.0, len(views) / 5)))
    positions = mesh.vertex.positions.numpy().astype(np.float64)
    faces = mesh.triangle.indices.numpy().astype(np.int64)
    if len(faces) == 0:
        raise InputError("The frames do not agree on a surface: check the poses and the depth scale.")
    distance, _ = cKDTree(np.concatenate([view.points for view in views])).query(positions)
    faces = faces[(distance[faces] < voxel).all(axis=1)]  # what is beside the object was fused too
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
