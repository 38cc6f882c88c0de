"""
Camera poses from the pictures themselves, for captures that come without.

Each frame is registered to the one before by colour and depth together, pairs farther apart are tried as loop closures,
and a pose graph spreads the error. What it is not: relocalisation; frames must overlap with the ones before.

Source: Park et al., Colored Point Cloud Registration Revisited (2017); Choi et al., Robust Reconstruction of Indoor
Scenes (2015), for the graph with prunable loops.
"""

from itertools import pairwise
from typing import Any

import numpy as np

from showroom_assets.errors import InputError
from showroom_assets.scene import F64
from showroom_pipeline.ingest.scan import Frame
from showroom_pipeline.steps.topology import I64

_ENOUGH = 0.3
"""The share of one frame's pixels that must find a partner in the other."""


def estimate_poses(frames: list[Frame], *, max_depth_m: float) -> tuple[list[F64 | None], float]:
    """
    World from camera of each frame ``(4, 4)``, the first at the origin with +Y up, and the least overlap of neighbours.

    Raises
    ------
    InputError
        If two frames in a row do not overlap enough to be joined.
    """
    import open3d as _open3d

    registration: Any = _open3d.pipelines.registration

    # OpenCV's camera looks along +Z with +Y down; a house wants +Y up
    first = np.diag([1.0, -1.0, -1.0, 1.0])
    graph = registration.PoseGraph()
    world_from_camera = first.copy()
    graph.nodes.append(registration.PoseGraphNode(world_from_camera))
    least = 1.0
    steps: list[F64] = []
    for index, (before, after) in enumerate(pairwise(range(len(frames)))):
        motion, fitness = _register(frames[after], frames[before], np.eye(4), max_depth_m)
        if fitness < _ENOUGH:
            raise InputError(
                f"Frames {frames[before].name!r} and {frames[after].name!r} do not overlap enough to find the camera's "
                "path. Give the poses, or capture with smaller steps.",
                frames=[index, index + 1],
                overlap=fitness,
            )
        least = min(least, fitness)
        steps.append(motion)
        world_from_camera = world_from_camera @ motion
        graph.nodes.append(registration.PoseGraphNode(world_from_camera.copy()))
        graph.edges.append(registration.PoseGraphEdge(after, before, motion, np.eye(6) * 1e4, uncertain=False))
    stride = max(4, len(frames) // 12)
    for early in range(0, len(frames), stride):
        for late in range(early + stride, len(frames), stride):
            start = np.linalg.inv(graph.nodes[early].pose) @ graph.nodes[late].pose
            if np.arccos(np.clip((np.trace(start[:3, :3]) - 1) / 2, -1, 1)) > np.deg2rad(45):
                continue
            motion, fitness = _register(frames[late], frames[early], start, max_depth_m)
            if fitness >= 0.5:
                graph.edges.append(registration.PoseGraphEdge(late, early, motion, np.eye(6) * 1e4, uncertain=True))
    if len(graph.edges) >= len(frames):
        registration.global_optimization(
            graph,
            registration.GlobalOptimizationLevenbergMarquardt(),
            registration.GlobalOptimizationConvergenceCriteria(),
            registration.GlobalOptimizationOption(
                max_correspondence_distance=0.02, edge_prune_threshold=0.25, reference_node=0
            ),
        )
    return [np.asarray(node.pose).copy() for node in graph.nodes], least


def _rgbd(frame: Frame) -> Any:
    import open3d as _open3d

    open3d: Any = _open3d  # its stubs do not know numpy arrays

    rows = (np.arange(frame.depth.shape[0]) * frame.color.shape[0] / frame.depth.shape[0]).astype(int)
    columns = (np.arange(frame.depth.shape[1]) * frame.color.shape[1] / frame.depth.shape[1]).astype(int)
    color = np.ascontiguousarray(frame.color[np.ix_(rows, columns)])
    image = open3d.t.geometry.Image
    depth = np.ascontiguousarray(frame.depth, np.float32)
    return open3d.t.geometry.RGBDImage(image(open3d.core.Tensor(color)), image(open3d.core.Tensor(depth)))


def _register(source_frame: Frame, target_frame: Frame, start: F64, max_depth_m: float) -> tuple[F64, float]:
    """Target-camera from source-camera, and the share of pixels that agree."""
    import open3d as _open3d

    open3d: Any = _open3d  # its stubs do not know numpy arrays

    odometry = open3d.t.pipelines.odometry
    intrinsics = open3d.core.Tensor(np.ascontiguousarray(target_frame.intrinsics, np.float64))
    try:
        result = odometry.rgbd_odometry_multi_scale(
            _rgbd(source_frame),
            _rgbd(target_frame),
            intrinsics,
            open3d.core.Tensor(start),
            1.0,
            max_depth_m,
            [odometry.OdometryConvergenceCriteria(n) for n in (20, 10, 5)],
            odometry.Method.Hybrid,
            odometry.OdometryLossParams(depth_outlier_trunc=0.05, depth_huber_delta=0.03),
        )
    except RuntimeError:  # a singular system: nothing in common
        return start, 0.0
    motion = result.transformation.numpy()
    if not np.isfinite(motion).all():
        return start, 0.0
    return motion, agreement(source_frame, target_frame, motion)


def agreement(source: Frame, target: Frame, target_from_source: F64) -> float:
    """
    The share of the source's pixels that, moved into the target, land on a pixel of like depth (1.5 %, at least 5 mm)
    and like colour (a sixth of the range). The odometry's own fitness counts depth alone, and a bare floor fits any
    other floor.
    """
    depth = source.depth[::3, ::3]
    rows, columns = np.nonzero(depth)
    if len(rows) < 100:
        return 0.0
    z = depth[rows, columns].astype(np.float64)
    rows, columns = 3 * rows, 3 * columns
    k = source.intrinsics
    points = np.stack([(columns - k[0, 2]) / k[0, 0] * z, (rows - k[1, 2]) / k[1, 1] * z, z], axis=1)
    moved = points @ target_from_source[:3, :3].T + target_from_source[:3, 3]
    ahead = np.maximum(moved[:, 2], 1e-6)
    u = np.rint(moved[:, 0] / ahead * target.intrinsics[0, 0] + target.intrinsics[0, 2])
    v = np.rint(moved[:, 1] / ahead * target.intrinsics[1, 1] + target.intrinsics[1, 2])
    height, width = target.depth.shape
    seen = (moved[:, 2] > 0) & (u >= 0) & (v >= 0) & (u < width) & (v < height)
    row, column = v[seen].astype(np.int64), u[seen].astype(np.int64)
    there = target.depth[row, column]
    near = (there > 0) & (np.abs(there - moved[seen, 2]) < np.maximum(0.005, 0.015 * there))
    ours = _color_at(source, rows[seen], columns[seen])
    difference = np.abs(ours - _color_at(target, row, column)).mean(axis=1)
    return float((near & (difference < 1 / 6)).sum() / len(rows))


def _color_at(frame: Frame, rows: I64, columns: I64) -> F64:
    """Colour 0..1 at pixels of the depth picture."""
    scale = frame.color.shape[0] / frame.depth.shape[0], frame.color.shape[1] / frame.depth.shape[1]
    return np.asarray(frame.color[(rows * scale[0]).astype(np.int64), (columns * scale[1]).astype(np.int64)] / 255.0)
