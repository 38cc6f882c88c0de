"""The studio: framing, colour, repeatability, and errors that say what to do."""

import math
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from showroom_assets.errors import DamagedFile
from showroom_assets.glb import write_glb
from showroom_assets.scene import Material, single
from showroom_pipeline.compare import Comparison
from showroom_pipeline.light import MEASURE, Light
from showroom_pipeline.prefilter import LEVELS, blurred, cube_directions, irradiance, ktx
from showroom_pipeline.render import Studio, sphere_views, view_from

BOUNDS = ((-0.1, -0.1, -0.1), (0.1, 0.1, 0.1))


def test_the_same_scene_gives_the_same_pixels_whatever_was_shown_before(
    small_studio: Studio, shapes: SimpleNamespace
) -> None:
    glb = write_glb(shapes.textured(shapes.ball(), shapes.checks()))
    cameras = sphere_views(4, bounds=BOUNDS)
    first = small_studio.pictures(glb, cameras)
    small_studio.pictures(write_glb(shapes.textured(shapes.ball(radius_m=0.05), shapes.checks(squares=2))), cameras)
    assert (small_studio.pictures(glb, cameras) == first).all()


def test_every_camera_holds_the_whole_bounding_sphere(small_studio: Studio, shapes: SimpleNamespace) -> None:
    radius = math.sqrt(3) * 0.1  # the sphere round the box
    glb = write_glb(shapes.textured(shapes.ball(radius_m=radius, rings=48), shapes.checks()))
    for i, camera in enumerate(sphere_views(12, bounds=BOUNDS)):
        small_studio.load(glb)
        solid = small_studio.view(camera)[..., 3] > 0
        border = np.concatenate([solid[0], solid[-1], solid[:, 0], solid[:, -1]])
        if i % 3 == 2:
            assert solid.mean() > 0.95  # a close-up
        else:
            assert border.mean() < 0.2  # it touches the border, and no more
            assert solid.mean() == pytest.approx(math.pi / 4, abs=0.03)


def test_cameras_look_from_evenly_spread_sides() -> None:
    cameras = sphere_views(12, bounds=BOUNDS)
    away = np.array([np.subtract(camera.position, camera.target) for camera in cameras])
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    assert np.abs(away.mean(axis=0)).max() < 0.1
    apart = np.degrees(np.arccos(np.clip(away @ away.T - 2 * np.eye(12), -1, 1)))
    assert apart.min() > 40


def test_a_matt_ball_in_even_light_shows_its_own_colour(shapes: SimpleNamespace) -> None:
    """Radiance 1 from everywhere, albedo 0.5: scene-linear 0.5, which the neutral tone curve lowers by 0.04."""
    look = {"baseColorFactor": [0.5, 0.5, 0.5, 1.0], "metallicFactor": 0.0, "roughnessFactor": 1.0}
    scene = single(shapes.ball(), materials=(Material(json={"pbrMetallicRoughness": look}),))
    with Studio(64, light=Light(sky=(1.0, 1.0, 1.0), floor=(1.0, 1.0, 1.0))) as studio:
        studio.load(scene)
        centre = studio.view(view_from((0.0, 0.0, 1.0), BOUNDS))[28:36, 28:36, :3].mean()
    linear = ((centre / 255 + 0.055) / 1.055) ** 2.4
    assert linear == pytest.approx(0.5 - 0.04 + 0.02, abs=0.03)  # and about 0.02 of mirrored light on top


def test_red_up_left_in_the_texture_is_up_left_in_the_picture(small_studio: Studio, shapes: SimpleNamespace) -> None:
    pixels = np.full((64, 64, 3), 40, dtype=np.uint8)
    pixels[:32, :] = (220, 20, 20)  # the northern half, as the texture's origin is its top
    small_studio.load(shapes.textured(shapes.ball(), pixels))
    picture = small_studio.view(view_from((0.0, 0.0, 1.0), BOUNDS))
    north, south = picture[44, 64, :3].astype(int), picture[84, 64, :3].astype(int)
    assert north[0] > 2 * north[1]
    assert abs(south[0] - south[1]) < 12


def test_the_ground_is_clear_and_edges_keep_their_colour(small_studio: Studio, shapes: SimpleNamespace) -> None:
    look = {"baseColorFactor": [0.8, 0.1, 0.1, 1.0], "metallicFactor": 0.0, "roughnessFactor": 1.0}
    small_studio.load(single(shapes.ball(), materials=(Material(json={"pbrMetallicRoughness": look}),)))
    picture = small_studio.view(view_from((0.0, 0.2, 1.0), BOUNDS))
    assert picture[0, 0].tolist() == [0, 0, 0, 0]
    edge = (picture[..., 3] > 60) & (picture[..., 3] < 200)
    assert edge.sum() > 50
    assert (picture[edge][:, 0] > 1.5 * picture[edge][:, 1]).all()  # premultiplied edges would be dark


@pytest.mark.parametrize("data", [b"", b"glTF", b"glTF\x02\x00\x00\x00\x40\x00\x00\x00", b"\x00" * 64])
def test_a_file_that_cannot_be_drawn_is_a_damaged_file(small_studio: Studio, data: bytes) -> None:
    with pytest.raises(DamagedFile, match="showroom inspect"):
        small_studio.load(data)


def test_every_thread_has_its_own_engine_and_they_agree(shapes: SimpleNamespace) -> None:
    glb = write_glb(shapes.textured(shapes.ball(), shapes.checks()))
    found: list[np.ndarray] = []

    def take() -> None:
        with Studio(64) as studio:
            found.append(studio.pictures(glb, sphere_views(2, bounds=BOUNDS)))

    thread = threading.Thread(target=take)
    thread.start()
    thread.join(60)
    take()
    assert (found[0] == found[1]).all()


def test_a_machine_without_a_driver_is_told_what_to_install(tmp_path: Path) -> None:
    code = (
        "from showroom_pipeline.render import Studio\nfrom showroom_assets.errors import ToolMissing\n"
        "try:\n    Studio(16)\nexcept ToolMissing as error:\n    print(error.message)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "__EGL_VENDOR_LIBRARY_DIRS": str(tmp_path), "DISPLAY": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "apt install libegl1" in found.stdout


def test_a_faded_texture_is_further_off_than_a_kept_one(small_studio: Studio, shapes: SimpleNamespace) -> None:
    ball = shapes.ball()
    comparison = Comparison(small_studio, shapes.textured(ball, shapes.checks()), views=4)
    same = comparison.difference(write_glb(shapes.textured(ball, shapes.checks())))
    soft = comparison.difference(shapes.textured(ball, shapes.checks(fade=0.2)))
    softer = comparison.difference(shapes.textured(ball, shapes.checks(fade=0.9)))
    smaller = comparison.difference(shapes.textured(replace(ball, positions=ball.positions * 0.9), shapes.checks()))
    assert same.flip == 0.0
    assert 0.0 < soft.flip < softer.flip
    assert smaller.silhouette_iou < 0.9 < soft.silhouette_iou


def test_even_light_filters_to_itself_at_every_roughness() -> None:
    even = Light(sky=(0.7, 0.7, 0.7), floor=(0.7, 0.7, 0.7))
    for roughness in (0.0, 0.3, 0.6, 1.0):
        found = blurred(even, cube_directions(4), perceptual_roughness=roughness)
        assert np.abs(found - 0.7).max() < 1e-5
    coefficients = irradiance(even)
    assert coefficients[0] == pytest.approx([0.7] * 3, abs=0.01)
    assert np.abs(coefficients[1:]).max() < 0.01


def test_rougher_mirrors_see_softer_light_of_the_same_mean() -> None:
    directions = cube_directions(8)
    found = [blurred(MEASURE, directions, perceptual_roughness=r) for r in (0.0, 0.3, 0.5, 1.0)]
    spread = [float(each.std()) for each in found]
    assert spread == sorted(spread, reverse=True)
    assert max(float(each.mean()) for each in found) < 1.25 * min(float(each.mean()) for each in found)


def test_turning_the_room_turns_its_light() -> None:
    x, y, z = (np.array(v, dtype=np.float32) for v in np.random.default_rng(0).normal(size=(3, 50)))
    length = np.sqrt(x * x + y * y + z * z)
    directions = np.stack([x, y, z], axis=-1) / length[:, None]
    turned = np.stack([directions[:, 2], directions[:, 1], -directions[:, 0]], axis=-1)  # a quarter turn about +Y
    assert np.allclose(MEASURE.turned(math.pi / 2).radiance(turned), MEASURE.radiance(directions), atol=1e-4)


def test_the_light_file_is_as_long_as_its_header_says() -> None:
    data = ktx(MEASURE, size=16)
    texels = sum(6 * (16 >> level) ** 2 for level in range(LEVELS))
    keys = int.from_bytes(data[60:64], "little")
    assert len(data) == 64 + keys + LEVELS * 4 + texels * 8
    with pytest.raises(ValueError, match="power of two"):
        ktx(MEASURE, size=24)
