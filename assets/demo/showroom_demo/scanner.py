"""
The virtual scanner: turns a product into a raw scan with noise and holes, and keeps the truth.

A rig of cameras on rings looks at the product on its turntable. What none of them sees is missing; ranges are noisy;
the surface is fused from range maps and textured from pictures with vignetting and sensor noise; crumbs float
about; the result is in millimetres with +Z up. All of it comes from one seed.

What it is not: a simulator of any one device. Its figures are those of a good hand-held scanner.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from showroom_assets.errors import EmptyInput
from showroom_assets.scene import Scene
from showroom_demo.scan import files as save
from showroom_demo.scan.atlas import Atlas, bake, unwrap
from showroom_demo.scan.dirt import crumbs, dropouts, jitter
from showroom_demo.scan.fuse import compact, fuse, pieces, vertex_normals
from showroom_demo.scan.rig import Sight, developed, eyes, lit, look
from showroom_demo.scan.target import F64, I64, Target

Kind = Literal["mesh", "cloud", "rgbd"]
U8 = npt.NDArray[np.uint8]
Z_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Scan axes from product axes: what was up (+Y) is +Z, what was front (+Z) is −Y."""
FINEST = 260
"""Voxels along the longest side, at most."""
FACES = 70_000
"""About as many triangles as a fused mesh is to have, from the area that was seen."""
DEPTH_SCALE = 10_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """
    What the scan should have been.

    ``scene`` in metres, +Y up · ``scan_from_scene (4, 4)`` to the scan's own unit and axes · ``noise_mm`` the deviation
    that was asked for · ``crumb_faces``/``crumb_points`` how many of the last faces or points are dirt.
    """

    scene: Scene
    scan_from_scene: F64
    noise_mm: float
    crumb_faces: int = 0
    crumb_points: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RawScan:
    """
    A scan as it comes off the device, in millimetres, +Z up.

    ``points (n, 3)`` · ``faces (m, 3)``, none for a cloud · ``uvs (k, 2)`` with ``corners (m, 3)`` and ``texture`` for
    a mesh · ``colors (n, 3) uint8`` and ``normals (n, 3)`` for a cloud · ``frames`` the files of an RGB-D capture.
    """

    kind: Kind
    truth: Truth
    points: F64
    faces: I64
    uvs: F64 = field(default_factory=lambda: np.zeros((0, 2)))
    corners: I64 = field(default_factory=lambda: np.zeros((0, 3), dtype=np.int64))
    texture: U8 = field(default_factory=lambda: np.zeros((0, 0, 3), dtype=np.uint8))
    colors: U8 = field(default_factory=lambda: np.zeros((0, 3), dtype=np.uint8))
    normals: F64 = field(default_factory=lambda: np.zeros((0, 3)))
    frames: dict[str, bytes] = field(default_factory=dict)

    def files(self, name: str) -> dict[str, bytes]:
        """The files a scanner would have saved, by name."""
        if self.kind == "mesh":
            return save.obj(name, self.points, self.faces, self.uvs, self.corners, save.png(self.texture))
        if self.kind == "cloud":
            return save.ply(name, self.points, self.colors, self.normals)
        return dict(self.frames)

    def truth_json(self) -> str:
        """What a test must know to compare: the transform, the noise, the unit."""
        facts: dict[str, Any] = {
            "kind": self.kind,
            "unit": "m" if self.kind == "rgbd" else "mm",
            "up": "+Z",
            "noise_mm": self.truth.noise_mm,
            "crumb_faces": self.truth.crumb_faces,
            "crumb_points": self.truth.crumb_points,
            "scan_from_scene": self.truth.scan_from_scene.tolist(),
        }
        return json.dumps(facts, indent=1) + "\n"


def scan(
    scene: Scene,
    *,
    seed: int,
    noise_mm: float | None = None,
    holes: bool = True,
    texture_px: int = 1024,
    camera_px: int = 400,
    kind: Kind = "mesh",
) -> RawScan:
    """
    Scan a product.

    Parameters
    ----------
    scene
        In metres, +Y up. Transmissive surfaces are not seen; skins are scanned in their bind pose.
    noise_mm
        Standard deviation of a surface point along its normal (of a range, for clouds and RGB-D); by default a
        1,200th of the longest side, at least 0.02.
    holes
        Leave out what the turntable hides and a few dropouts; without, cameras look from below too.
    texture_px
        Width of a mesh's texture.
    camera_px
        Width of a camera's square range map; RGB-D pictures have it too.

    Raises
    ------
    EmptyInput
        If the scene has no opaque triangles.
    """
    try:
        target = Target(scene)
    except ValueError as exc:
        raise EmptyInput("The scene has no opaque triangles to scan. Give it some.") from exc
    rng = np.random.default_rng(seed)
    noise = max(0.02, target.size / 1200) if noise_mm is None else noise_mm
    offset = rng.uniform(-30, 30, 3) * np.array([1, 1, 0])
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = Z_UP * 1000.0, offset
    truth = Truth(scene=scene, scan_from_scene=matrix, noise_mm=noise)
    sights = look(target, eyes(target, rng, pixels=camera_px, from_below=not holes))
    if kind == "rgbd":
        return _rgbd(target, truth, sights, rng)
    if kind == "cloud":
        return _cloud(target, truth, sights, rng, holes=holes)
    return _mesh(target, truth, sights, rng, holes=holes, texture_px=texture_px)


def _to_scan(points: F64, truth: Truth) -> F64:
    """Product millimetres to the scan's."""
    return np.asarray(points @ Z_UP.T + truth.scan_from_scene[:3, 3])


def _mesh(
    target: Target, truth: Truth, sights: list[Sight], rng: np.random.Generator, *, holes: bool, texture_px: int
) -> RawScan:
    seen = np.unique(np.concatenate([sight.hits.face for sight in sights]))
    voxel = max(target.size / FINEST, float(np.sqrt(3.0 * target.areas[seen].sum() / FACES)))
    points, faces = fuse(sights, bounds=target.bounds, voxel_mm=voxel)
    label = pieces(faces, len(points))
    big = np.bincount(label)[label] >= 40  # the fusion's own flecks; dirt is added on purpose below
    points, faces = compact(points, faces[big])
    if holes:
        points, faces = compact(points, faces[~dropouts(points, faces, target.size, rng)])
    atlas = unwrap(points, faces, texture_px=texture_px)
    texture = bake(target, points, faces, atlas, texture_px=texture_px, reach_mm=2.0 * voxel, rng=rng)
    noisy = jitter(points, vertex_normals(points, faces), faces, truth.noise_mm, rng)
    dirt_points, dirt_faces = crumbs(target.bounds, rng)
    uvs, corners = _with_dirt(atlas, dirt_faces)
    done = Truth(
        scene=truth.scene, scan_from_scene=truth.scan_from_scene, noise_mm=truth.noise_mm,
        crumb_faces=len(dirt_faces), crumb_points=len(dirt_points),
    )  # fmt: skip
    return RawScan(
        kind="mesh",
        truth=done,
        points=_to_scan(np.concatenate([noisy, dirt_points]), truth),
        faces=np.concatenate([faces, dirt_faces + len(points)]),
        uvs=uvs,
        corners=corners,
        texture=texture,
    )


def _with_dirt(atlas: Atlas, dirt_faces: I64) -> tuple[F64, I64]:
    """Crumbs take the colour of one texel."""
    corner = np.full(dirt_faces.shape, len(atlas.uvs), dtype=np.int64)
    return np.concatenate([atlas.uvs, atlas.uvs[:1]]), np.concatenate([atlas.corners, corner])


def _cloud(target: Target, truth: Truth, sights: list[Sight], rng: np.random.Generator, *, holes: bool) -> RawScan:
    places, normals, colors = [], [], []
    for sight in sights:
        origins, directions = sight.eye.rays()
        way, hits = directions[sight.hits.ray], sight.hits
        measured = hits.distance + truth.noise_mm * rng.standard_normal(len(hits.ray))
        places.append(origins[hits.ray] + way * measured[:, None])
        normal = target.normals[hits.face]
        normals.append(normal * -np.sign((normal * way).sum(axis=1, keepdims=True)))
        colors.append(developed(lit(target.colors(hits.face, hits.weights), normal, -way), rng))
    points, normal = np.concatenate(places), np.concatenate(normals)
    color = np.concatenate(colors)
    if holes:
        keep = ~dropouts(points, np.repeat(np.arange(len(points))[:, None], 3, axis=1), target.size, rng)
        points, normal, color = points[keep], normal[keep], color[keep]
    if len(points) > 200_000:
        chosen = np.sort(rng.choice(len(points), 200_000, replace=False))
        points, normal, color = points[chosen], normal[chosen], color[chosen]
    dirt, _ = crumbs(target.bounds, rng)
    points = np.concatenate([points, dirt])
    normal = np.concatenate([normal, np.tile([0.0, 1.0, 0.0], (len(dirt), 1))])
    color = np.concatenate([color, np.full((len(dirt), 3), 0.5)])
    done = Truth(
        scene=truth.scene, scan_from_scene=truth.scan_from_scene, noise_mm=truth.noise_mm, crumb_points=len(dirt)
    )
    return RawScan(
        kind="cloud",
        truth=done,
        points=_to_scan(points, truth),
        faces=np.zeros((0, 3), dtype=np.int64),
        colors=np.asarray(np.clip(np.floor(color * 255 + 0.5), 0, 255), dtype=np.uint8),
        normals=normal @ Z_UP.T,
    )


def _rgbd(target: Target, truth: Truth, sights: list[Sight], rng: np.random.Generator) -> RawScan:
    """Depth in tenths of a millimetre along the axis; poses in metres, +Z up."""
    matrix = truth.scan_from_scene.copy()
    matrix[:3] /= 1000.0
    colors, depths, poses = [], [], []
    for sight in sights:
        pixels, hits = sight.eye.pixels, sight.hits
        _, directions = sight.eye.rays()
        way = directions[hits.ray]
        color = np.zeros((pixels * pixels, 3))
        color[hits.ray] = lit(target.colors(hits.face, hits.weights), target.normals[hits.face], -way)
        along = way @ sight.eye.pose[:3, 2]
        depth = np.zeros(pixels * pixels)
        depth[hits.ray] = (hits.distance + truth.noise_mm * rng.standard_normal(len(hits.ray))) * along
        picture = developed(color, rng).reshape(pixels, pixels, 3)
        colors.append(np.asarray(np.clip(np.floor(picture * 255 + 0.5), 0, 255), dtype=np.uint8))
        raw = np.floor(depth / 1000.0 * DEPTH_SCALE + 0.5).reshape(pixels, pixels)
        depths.append(np.asarray(np.clip(raw, 0, 65535), dtype=np.uint16))
        pose = np.eye(4)
        pose[:3, :3] = Z_UP @ sight.eye.pose[:3, :3]
        pose[:3, 3] = _to_scan(sight.eye.position[None], truth)[0] / 1000.0
        poses.append(pose)
    frames = save.rgbd(colors, depths, [s.eye for s in sights], poses, depth_scale=DEPTH_SCALE)
    done = Truth(scene=truth.scene, scan_from_scene=matrix, noise_mm=truth.noise_mm)
    nothing = np.zeros((0, 3))
    return RawScan(kind="rgbd", truth=done, points=nothing, faces=nothing.astype(np.int64), frames=frames)
