"""Surfaces from points and depth pictures, measured against the shapes the points were taken from."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from showroom_assets.errors import EmptyInput, InputError
from showroom_assets.scene import F64, Primitive, Scene, single
from showroom_pipeline.closest import ClosestPoints
from showroom_pipeline.ingest.scan import Frame
from showroom_pipeline.steps.orient import directions, face_outward, plane_normals
from showroom_pipeline.steps.reconstruct import (
    CloudOptions,
    RgbdOptions,
    Surface,
    surface_from_cloud,
    surface_from_rgbd,
)
from showroom_pipeline.steps.topology import Topology, same_rows

RADIUS_M = 0.05


def cloud(points: F64, rgb: F64 | None = None) -> Scene:
    colors = None if rgb is None else np.concatenate([rgb, np.ones((len(rgb), 1))], axis=1).astype(np.float32)
    part = Primitive(positions=points.astype(np.float32), indices=np.empty((0, 3), np.uint32), colors=colors)
    return single(part, name="cloud")


def bottle(count: int, *, noise_m: float = 0.0, seed: int = 1) -> tuple[F64, F64]:
    """A ball on a ball, like a gourd: points on its skin and colours by height."""
    rng = np.random.default_rng(seed)
    ways = rng.normal(size=(count, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    upper = rng.random(count) < 0.3
    centre = np.where(upper, 1.2 * RADIUS_M, 0)[:, None] * np.array([0, 1, 0])
    points = centre + ways * np.where(upper, 0.6 * RADIUS_M, RADIUS_M)[:, None]
    inside = np.where(upper, np.linalg.norm(points, axis=1) < RADIUS_M,
                      np.linalg.norm(points - [0, 1.2 * RADIUS_M, 0], axis=1) < 0.6 * RADIUS_M)  # fmt: skip
    points, ways = points[~inside], ways[~inside]
    height = (points[:, 1] + RADIUS_M) / (2.8 * RADIUS_M)
    rgb = np.stack([height, 0.3 + 0 * height, 1 - height], axis=1).clip(0, 1)
    return points + ways * rng.normal(size=(len(points), 1)) * noise_m, rgb


def off_the_bottle(points: F64) -> F64:
    """Distance from the gourd's skin."""
    lower = np.linalg.norm(points, axis=1) - RADIUS_M
    upper = np.linalg.norm(points - np.array([0, 1.2 * RADIUS_M, 0]), axis=1) - 0.6 * RADIUS_M
    return np.abs(np.minimum(lower, upper))


def parts_of(surface: Surface) -> Primitive:
    ((primitive,),) = (mesh.primitives for mesh in surface.scene.meshes)
    return primitive


def p99_spacings(surface: Surface, points: F64) -> float:
    part = parts_of(surface)
    distances = ClosestPoints(part.positions, part.indices.astype(np.int64)).query(points).distances
    return float(np.percentile(distances, 99)) / surface.spacing


def test_a_noisy_cloud_with_strays_and_repeats_becomes_its_true_shape_closed_outward_and_coloured() -> None:
    points, rgb = bottle(40_000, noise_m=2e-4)
    rng = np.random.default_rng(5)
    strays = rng.uniform(-2 * RADIUS_M, 2 * RADIUS_M, (80, 3))
    everything = np.concatenate([points, strays, points[:5000]])
    colors = np.concatenate([rgb, rng.random((80, 3)), rgb[:5000]])
    surface = surface_from_cloud(cloud(everything, colors))
    part = parts_of(surface)
    error = off_the_bottle(part.positions.astype(np.float64))
    assert np.median(error) < 2e-4
    assert np.percentile(error, 99) < 8e-4
    assert p99_spacings(surface, points) <= 3
    place, _ = same_rows(part.positions)
    topology = Topology.of(place[part.indices.astype(np.int64)])
    assert len(topology.rim) == 0
    a, b, c = (part.positions[part.indices[:, i]].astype(np.float64) for i in range(3))
    inside_m3 = np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6
    whole = 4 / 3 * np.pi * RADIUS_M**3
    assert 1.1 * whole < inside_m3 < 1.22 * whole  # one ball and most of a smaller one: faces point outward
    assert part.colors is not None
    height = np.clip((part.positions[:, 1] + RADIUS_M) / (2.8 * RADIUS_M), 0, 1)
    assert np.percentile(np.abs(part.colors[:, 0] - height), 99) < 0.05
    assert len(surface.color_points) == len(surface.color_rgb) > 30_000


def test_the_same_cloud_gives_the_same_bytes_whatever_it_is_called_twice() -> None:
    points, rgb = bottle(5_000)
    one, two = (parts_of(surface_from_cloud(cloud(points, rgb))) for _ in range(2))
    assert one.positions.tobytes() == two.positions.tobytes()
    assert one.indices.tobytes() == two.indices.tobytes()
    assert one.colors is not None
    assert two.colors is not None
    assert one.colors.tobytes() == two.colors.tobytes()


def test_normals_turn_outward_even_in_a_deep_cup() -> None:
    from scipy.spatial import cKDTree

    rng = np.random.default_rng(3)
    turn, height = rng.uniform(0, 2 * np.pi, 30_000), rng.uniform(0, 0.1, 30_000)
    inner = rng.random(30_000) < 0.45
    radius = np.where(inner, 0.036, 0.04)
    points = np.stack([radius * np.cos(turn), height, radius * np.sin(turn)], axis=1)
    truth = np.stack([np.cos(turn), 0 * turn, np.sin(turn)], axis=1) * np.where(inner, -1, 1)[:, None]
    _, near = cKDTree(points).query(points, k=20)
    normals = face_outward(points, plane_normals(points, near), near[:, :12], pixel=1.6e-3)
    middle = (height > 0.01) & (height < 0.09)
    assert (np.einsum("ij,ij->i", normals, truth)[middle] > 0).mean() > 0.995


def test_directions_are_even() -> None:
    ways = directions(64)
    assert np.abs(np.linalg.norm(ways, axis=1) - 1).max() < 1e-12
    assert np.abs(ways.mean(axis=0)).max() < 0.02


def table_with_boxes() -> tuple[F64, F64]:
    """What a depth camera at the origin, looking along +Z and down on a table, sees of two boxes."""
    rays_y, rays_x = np.meshgrid(np.linspace(-0.4, 0.4, 240), np.linspace(-0.5, 0.5, 300), indexing="ij")
    rays = np.stack([rays_x, rays_y, np.ones_like(rays_x)], axis=-1).reshape(-1, 3)
    normal = np.array([0, -0.8, -0.6])  # the table's, towards the camera
    distance = np.full(len(rays), np.inf)
    rgb = np.zeros((len(rays), 3))

    def meet(origin: F64, half: F64, color: tuple[float, float, float]) -> None:
        axes = np.stack([[1, 0, 0], normal, np.cross([1, 0, 0], normal)])
        start, way = axes @ (-origin), rays @ axes.T
        with np.errstate(divide="ignore"):
            t1, t2 = (-half - start) / way, (half - start) / way
        enter, leave = np.minimum(t1, t2).max(axis=1), np.maximum(t1, t2).min(axis=1)
        hit = (enter < leave) & (enter > 0) & (enter < distance)
        distance[hit] = enter[hit]
        rgb[hit] = color

    table = np.array([0, 0.2, 0.8])
    meet(table, np.array([0.5, 1e-4, 0.5]), (0.8, 0.7, 0.6))
    meet(table + 0.05 * normal + np.array([-0.1, 0, 0]), np.array([0.05, 0.05, 0.03]), (0.9, 0.1, 0.1))
    meet(table + 0.03 * normal + np.array([0.1, 0, 0]), np.array([0.04, 0.03, 0.04]), (0.1, 0.1, 0.9))
    seen = np.isfinite(distance)
    return rays[seen] * distance[seen, None], rgb[seen]


def test_a_depth_picture_of_things_on_a_table_gives_the_things_upright() -> None:
    points, rgb = table_with_boxes()
    surface = surface_from_cloud(cloud(points, rgb))
    part = parts_of(surface)
    low, high = part.positions.min(axis=0), part.positions.max(axis=0)
    assert low[1] > 0
    assert high[1] == pytest.approx(0.1, abs=2e-3)
    assert high[0] - low[0] == pytest.approx(0.29, abs=0.01)
    assert surface.scene.materials[0].json["doubleSided"] is True
    assert any("table" in note for note in surface.notes)
    red = part.positions[np.asarray(part.colors)[:, 0] > 0.85]
    assert np.ptp(red[:, 0]) == pytest.approx(0.1, abs=6e-3)
    turned = points @ surface.result_from_input[:3, :3].T + surface.result_from_input[:3, 3]
    above = turned[:, 1] > 0.015
    assert p99_spacings(surface, turned[above]) <= 5  # sides seen at a grazing angle are sampled sparsely, and left out
    kept = surface_from_cloud(cloud(points, rgb), options=CloudOptions(keep_support=True))
    assert np.array_equal(kept.result_from_input, np.eye(4))
    assert p99_spacings(kept, points) <= 3


@pytest.mark.parametrize(
    ("points", "error"),
    [
        (np.zeros((0, 3)), EmptyInput),
        (np.zeros((5000, 3)), EmptyInput),
        (np.random.default_rng(0).random((99, 3)), EmptyInput),
        (np.linspace(0, 1, 500)[:, None] * np.array([[1.0, 2, 3]]), InputError),
        (np.full((500, 3), np.nan), EmptyInput),
    ],
)
def test_what_is_no_surface_is_refused_in_one_sentence(points: F64, error: type[InputError]) -> None:
    with pytest.raises(error, match="Export the cloud"):
        surface_from_cloud(cloud(points))


def test_more_points_than_the_limit_are_merged_first() -> None:
    points, rgb = bottle(20_000)
    surface = surface_from_cloud(cloud(points, rgb), options=CloudOptions(max_points=4_000))
    assert len(surface.color_points) <= 4_000
    assert any("merged" in note for note in surface.notes)
    assert np.percentile(off_the_bottle(parts_of(surface).positions.astype(np.float64)), 95) < 2e-3


@dataclass(frozen=True)
class Turntable:
    """Depth and colour pictures of a box of 12 × 20 × 8 cm with a printed pattern, drawn by ray casting."""

    frames: tuple[Frame, ...]
    depth_scale: float = 1000.0
    intrinsics: F64 = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, index: int) -> Frame:
        return self.frames[index]

    def __iter__(self) -> Iterator[Frame]:
        return iter(self.frames)

    @property
    def poses(self) -> tuple[F64 | None, ...]:
        return tuple(frame.pose for frame in self.frames)

    @property
    def objects(self) -> tuple[str, ...]:
        return tuple(sorted({name for frame in self.frames for name in frame.masks}))


HALF = np.array([0.06, 0.10, 0.04])


def turntable(
    *, step_deg: float, count: int, posed: bool = True, masked: bool = True, noise_m: float = 0.0
) -> Turntable:
    rng = np.random.default_rng(2)
    width, height, focal = 200, 160, 220.0
    k = np.array([[focal, 0, width / 2], [0, focal, height / 2], [0, 0, 1.0]])
    v, u = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    rays = np.stack([(u - k[0, 2]) / focal, (v - k[1, 2]) / focal, np.ones_like(u, float)], axis=-1)
    frames = []
    for index in range(count):
        turn = np.deg2rad(step_deg) * index
        eye = np.array([0.4 * np.sin(turn), 0.16, 0.4 * np.cos(turn)])
        forward = -eye / np.linalg.norm(eye)
        right = np.cross(forward, [0, 1, 0])
        right /= np.linalg.norm(right)
        pose = np.eye(4)
        pose[:3, :3] = np.stack([right, np.cross(forward, right), forward], axis=1)
        pose[:3, 3] = eye
        way = rays @ pose[:3, :3].T
        with np.errstate(divide="ignore"):
            t1, t2 = (-HALF - eye) / way, (HALF - eye) / way
        enter, leave = np.minimum(t1, t2).max(axis=-1), np.maximum(t1, t2).min(axis=-1)
        on_box = enter < leave
        floor = (-HALF[1] - eye[1]) / way[..., 1]
        on_floor = ~on_box & (floor > 0) & (floor < 1.2)
        z = np.where(on_box, enter, np.where(on_floor, floor, 0))
        point = eye + way * z[..., None]
        pattern = 0.5 + 0.4 * np.sin(point @ np.array([[180.0, 40, 0], [0, 150, 90], [60, 0, 200]]).T)
        color = np.where(
            on_box[..., None], pattern, 0.3 + 0.3 * np.sin(point[..., :1] * 90) * np.sin(point[..., 2:] * 70)
        )
        noisy = z + rng.normal(size=z.shape) * noise_m * (z > 0)
        frames.append(
            Frame(
                name=f"frame-{index:03}", color=(np.clip(color, 0, 1) * 255).astype(np.uint8),
                depth=noisy.astype(np.float32), intrinsics=k, color_intrinsics=k, pose=pose if posed else None,
                masks={"box": on_box} if masked else {},
            )
        )  # fmt: skip
    return Turntable(frames=tuple(frames), intrinsics=k)


def off_the_box(points: F64) -> F64:
    beyond = np.abs(points) - HALF
    return np.abs(np.linalg.norm(np.maximum(beyond, 0), axis=1) + np.minimum(beyond.max(axis=1), 0))


def test_depth_pictures_with_poses_fuse_to_the_true_box_in_its_true_size() -> None:
    surface = surface_from_rgbd(turntable(step_deg=30, count=12, noise_m=5e-4))
    part = parts_of(surface)
    error = off_the_box(part.positions.astype(np.float64))
    # pixels of 1.8 mm, voxels of 3.5 mm: surfaces within a pixel, corners within a voxel
    assert np.median(error) < 1e-3
    assert np.percentile(error, 99) < 5e-3
    size = np.ptp(part.positions, axis=0)
    assert size == pytest.approx(2 * HALF, abs=0.01)
    sides = part.indices[np.abs(part.positions[part.indices][:, :, 1]).max(axis=1) < 0.08]
    a, b, c = (part.positions[sides[:, i]].astype(np.float64) for i in range(3))
    assert (np.einsum("ij,ij->i", np.cross(b - a, c - a), (a + b + c) / 3 * [1, 0, 1]) > 0).mean() > 0.98
    sample = surface.color_points.astype(np.float64)
    pattern = np.clip(0.5 + 0.4 * np.sin(sample @ np.array([[180.0, 40, 0], [0, 150, 90], [60, 0, 200]]).T), 0, 1)
    linear = np.where(pattern <= 0.04045, pattern / 12.92, ((pattern + 0.055) / 1.055) ** 2.4)
    assert np.median(np.abs(surface.color_rgb - linear)) < 0.05


def test_without_masks_the_floor_is_left_out_and_the_box_kept() -> None:
    surface = surface_from_rgbd(turntable(step_deg=30, count=12, masked=False))
    size = np.ptp(parts_of(surface).positions, axis=0)
    assert size == pytest.approx(2 * HALF, abs=0.015)
    assert any("plane" in note for note in surface.notes)


def test_without_poses_the_path_is_found_from_the_pictures() -> None:
    capture = turntable(step_deg=4, count=8, posed=False)
    truth = turntable(step_deg=4, count=8)
    surface = surface_from_rgbd(capture)
    assert any("estimated" in note for note in surface.notes)
    first = truth.frames[0].pose
    assert first is not None
    world = first @ np.diag([1.0, -1, -1, 1])  # the estimate's own world: the first camera's, turned +Y up
    back = parts_of(surface).positions.astype(np.float64) @ world[:3, :3].T + world[:3, 3]
    assert np.percentile(off_the_box(back), 90) < 5e-3


def test_frames_that_do_not_overlap_are_refused_by_name() -> None:
    with pytest.raises(InputError, match="'frame-000' and 'frame-001' do not overlap"):
        surface_from_rgbd(turntable(step_deg=120, count=3, posed=False))


def test_an_unknown_object_is_answered_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="Use one of: box"):
        surface_from_rgbd(turntable(step_deg=30, count=2), options=RgbdOptions(object="vase"))
    with pytest.raises(EmptyInput):
        surface_from_rgbd(Turntable(frames=()))


@pytest.mark.scans
@pytest.mark.parametrize(
    "name", ["cloud_b_plush_bear", "dasani_water_bottle", "easter_turtle_sippy_cup", "womens_knit_gloves"]
)
def test_real_clouds_lie_within_three_spacings_of_their_surface(shared_data: Path, name: str) -> None:
    from showroom_pipeline.ingest import read

    scan = read(shared_data / "pointclouds" / "apc" / f"{name}.ply")
    assert scan.scene is not None
    surface = surface_from_cloud(scan.scene)
    raw = scan.scene.meshes[0].primitives[0].positions
    assert p99_spacings(surface, raw[::5].astype(np.float64)) <= 3


@pytest.mark.scans
def test_a_real_capture_gives_the_book_in_its_size(shared_data: Path) -> None:
    from showroom_pipeline.ingest import read

    capture = read(shared_data / "rgbd" / "apc_scene-0000").capture
    assert capture is not None
    surface = surface_from_rgbd(capture, options=RgbdOptions(object="i_am_a_bunny_book"))
    size = np.sort(np.ptp(parts_of(surface).positions, axis=0))
    assert 0.15 < size[2] < 0.25
    assert 0.11 < size[1] < 0.2
    assert len(surface.color_points) > 20_000
