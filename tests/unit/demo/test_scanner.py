"""The virtual scanner: its noise is what was asked for, its holes are holes, its truth is the truth."""

import json
from functools import cache

import numpy as np
import pytest

from showroom_assets.errors import EmptyInput
from showroom_assets.scene import Material, Primitive, Scene, single
from showroom_demo.kit.assemble import Colourway, Part, assemble
from showroom_demo.kit.material import glass, pbr
from showroom_demo.kit.product import Variant
from showroom_demo.kit.shape import Shape, merge
from showroom_demo.kit.solid import box, sphere
from showroom_demo.kit.texture import powder_coat
from showroom_demo.scan.target import Target
from showroom_demo.scanner import RawScan, scan


def scene_of(shape: Shape) -> Scene:
    finish = pbr("Clay", "#b9805f", roughness=1.0, maps=powder_coat())
    way = Colourway(Variant(label="Clay", sku="X", swatch="#b9805f"), {"body": finish})
    return assemble("thing", [Part("body", [("body", shape)])], [way]).scene


@cache
def ball() -> Scene:
    return scene_of(sphere(60.0, segments=192))


@cache
def scanned(kind: str = "mesh", holes: bool = True, noise: float = 0.2, seed: int = 5) -> RawScan:
    return scan(ball(), seed=seed, noise_mm=noise, holes=holes, texture_px=512, camera_px=240, kind=kind)  # type: ignore[arg-type]


def in_product_mm(raw: RawScan) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    back = np.linalg.inv(raw.truth.scan_from_scene)
    points = raw.points[: len(raw.points) - raw.truth.crumb_points]
    return np.asarray((points @ back[:3, :3].T + back[:3, 3]) * 1000)


def error(raw: RawScan) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(np.linalg.norm(in_product_mm(raw) - [0, 60, 0], axis=1) - 60)


@pytest.mark.parametrize("noise", [0.1, 0.3])
def test_a_mesh_lies_off_the_truth_by_the_noise_asked_for(noise: float) -> None:
    away = error(scanned("mesh", noise=noise))
    assert away.std() == pytest.approx(noise, rel=0.2, abs=0.04)
    assert abs(np.median(away)) < 0.1


@pytest.mark.parametrize("noise", [0.1, 0.4])
def test_a_cloud_is_noisy_along_its_rays(noise: float) -> None:
    away = error(scanned("cloud", noise=noise))
    assert abs(np.median(away)) < 0.02
    assert 0.6 * noise < away.std() < 1.05 * noise  # rays that graze move points along the surface


def boundary(raw: RawScan) -> int:
    faces = raw.faces[: len(raw.faces) - raw.truth.crumb_faces]
    edges = np.sort(np.concatenate([faces[:, :2], faces[:, 1:], faces[:, [2, 0]]]), axis=1)
    return int((np.unique(edges, axis=0, return_counts=True)[1] == 1).sum())


def test_there_are_holes_unless_none_are_wanted() -> None:
    assert boundary(scanned(holes=True)) > 100
    assert boundary(scanned(holes=False)) < 40


def test_the_underside_is_missing() -> None:
    assert in_product_mm(scanned(holes=True))[:, 1].min() > 5
    assert in_product_mm(scanned(holes=False))[:, 1].min() < 1


def test_faces_look_outwards() -> None:
    raw = scanned()
    points, faces = in_product_mm(raw) - [0, 60, 0], raw.faces[: len(raw.faces) - raw.truth.crumb_faces]
    a, b, c = (points[faces[:, k]] for k in range(3))
    assert ((np.cross(b - a, c - a) * a).sum(axis=1) > 0).mean() > 0.995


def test_crumbs_float_clear_of_the_product() -> None:
    raw = scanned()
    back = np.linalg.inv(raw.truth.scan_from_scene)
    dirt = (raw.points[-raw.truth.crumb_points :] @ back[:3, :3].T + back[:3, 3]) * 1000
    assert raw.truth.crumb_points >= 5 * 4
    assert (np.linalg.norm(dirt - [0, 60, 0], axis=1) > 61).all()


def test_the_texture_shows_the_colour_of_the_product() -> None:
    raw = scanned()
    x, y = np.clip((raw.uvs[raw.corners].mean(axis=1) * 512).astype(int), 0, 511).T
    seen = np.median(raw.texture[y, x], axis=0)
    assert seen[0] > seen[1] > seen[2]
    assert np.abs(seen - [0xB9, 0x80, 0x5F]).max() < 30
    assert raw.texture.reshape(-1, 3).std(axis=0).min() > 2


def test_texture_coordinates_stay_inside_the_picture() -> None:
    raw = scanned()
    assert raw.uvs.min() >= 0
    assert raw.uvs.max() <= 1
    assert raw.corners.max() < len(raw.uvs)


@pytest.mark.parametrize("kind", ["mesh", "cloud", "rgbd"])
def test_one_seed_gives_one_scan_and_another_another(kind: str) -> None:
    small = scene_of(box(30, 20, 10, bevel=2))
    one, again, other = (
        scan(small, seed=seed, texture_px=256, camera_px=120, kind=kind).files("s") for seed in (1, 1, 2)
    )  # type: ignore[arg-type]
    assert one == again
    assert one != other


def test_glass_is_not_seen() -> None:
    clear, solid = glass("Pane"), pbr("Clay", "#b9805f", roughness=0.8)
    way = Colourway(Variant(label="A", sku="X", swatch="#ffffff"), {"pane": clear, "body": solid})
    scene = assemble("jar", [Part("jar", [("pane", sphere(50)), ("body", sphere(20))])], [way]).scene
    target = Target(scene)
    assert target.size == pytest.approx(40, abs=0.01)


def test_nothing_to_see_is_said_clearly() -> None:
    pane = single(
        Primitive(positions=np.eye(3, dtype=np.float32), indices=np.array([[0, 1, 2]], dtype=np.uint32), material=0),
        materials=(Material(json=glass("Pane").json),),
    )
    with pytest.raises(EmptyInput, match="no opaque triangles"):
        scan(pane, seed=1)


def test_a_mesh_scan_saves_an_obj_that_names_its_texture() -> None:
    files = scanned().files("ball")
    assert set(files) == {"ball.obj", "ball.mtl", "ball.png"}
    assert b"map_Kd ball.png" in files["ball.mtl"]
    text = files["ball.obj"].decode().splitlines()
    assert sum(line.startswith("f ") for line in text) == len(scanned().faces)


def test_depth_and_pose_give_back_the_surface() -> None:
    from io import BytesIO

    from PIL import Image

    raw = scanned("rgbd", noise=0.0)
    camera = json.loads(raw.frames["camera_intrinsic.json"])
    k = np.array(camera["intrinsic_matrix"]).reshape(3, 3).T
    rows = raw.frames["trajectory.log"].decode().splitlines()
    pose = np.array([[float(v) for v in line.split()] for line in rows[1:5]])
    depth = np.asarray(Image.open(BytesIO(raw.frames["depth/000000.png"]))).astype(float) / camera["depth_scale"]
    v, u = np.nonzero(depth)
    local = np.stack([(u - k[0, 2]) / k[0, 0], (v - k[1, 2]) / k[1, 1], np.ones(len(u))], axis=1) * depth[v, u][:, None]
    world = local @ pose[:3, :3].T + pose[:3, 3]
    back = np.linalg.inv(raw.truth.scan_from_scene)
    product = (world @ back[:3, :3].T + back[:3, 3]) * 1000
    assert np.abs(np.linalg.norm(product - [0, 60, 0], axis=1) - 60).max() < 0.25


def test_what_is_merged_for_the_scanner_keeps_its_place() -> None:
    parts = merge([sphere(10).moved(x=-40), sphere(10).moved(x=40)])
    target = Target(scene_of(parts))
    assert target.bounds == pytest.approx(np.array([[-50, 0, -10], [50, 20, 10]]), abs=1e-3)
