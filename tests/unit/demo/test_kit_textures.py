"""Finishes: every map tiles, keeps its mean, and is the same from the same seed."""

import numpy as np
import pytest

from showroom_demo.kit import texture
from showroom_demo.kit.picture import Maps, Picture, noise, normal_from_height
from showroom_demo.kit.print import Sheet

FINISHES = {
    "brushed_metal": texture.brushed_metal,
    "satin_metal": texture.satin_metal,
    "powder_coat": texture.powder_coat,
    "matt_plastic": texture.matt_plastic,
    "leather": texture.leather,
    "wood": texture.wood,
    "terrazzo": texture.terrazzo,
    "glaze": texture.glaze,
    "raw_clay": texture.raw_clay,
    "limewash": texture.limewash,
}


def pictures(maps: Maps) -> list[Picture]:
    return [picture for picture in (maps.color, maps.orm, maps.normal) if picture is not None]


@pytest.mark.parametrize("name", FINISHES)
def test_a_finish_tiles_without_a_seam(name: str) -> None:
    for picture in pictures(FINISHES[name]()):
        pixels = picture.pixels.astype(float)
        for axis in (0, 1):
            inside = np.abs(np.diff(pixels, axis=axis)).mean()
            seam = np.abs(pixels.take(0, axis=axis) - pixels.take(-1, axis=axis)).mean()
            assert seam < 2.5 * inside + 1.0, picture.name


@pytest.mark.parametrize("name", FINISHES)
def test_normal_maps_hold_unit_vectors_that_point_out(name: str) -> None:
    normal = FINISHES[name]().normal
    if normal is None:
        assert name == "satin_metal"
        return
    vectors = normal.pixels / 255 * 2 - 1
    assert np.abs(np.linalg.norm(vectors, axis=2) - 1).max() < 0.02
    assert vectors[..., 2].min() > 0
    assert np.abs(vectors[..., :2].mean(axis=(0, 1))).max() < 0.02


@pytest.mark.parametrize("name", FINISHES)
def test_roughness_varies_and_stays_off_the_ends(name: str) -> None:
    orm = FINISHES[name]().orm
    assert orm is not None
    roughness = orm.pixels[..., 1] / 255
    assert roughness.std() > 0.005
    assert 0.05 < roughness.mean() < 0.95


def test_noise_is_the_same_from_the_same_seed_and_another_from_another() -> None:
    one, again, other = (noise(np.random.default_rng(seed), 64) for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_a_slope_up_to_the_right_leans_the_normal_left() -> None:
    height = np.tile(np.linspace(0, 1, 64), (64, 1))
    normal = normal_from_height("slope", height, 1.0, wrap=False).pixels / 255 * 2 - 1
    assert normal[32, 32, 0] < -0.5
    assert abs(normal[32, 32, 1]) < 0.02


def test_a_slope_up_to_the_top_leans_the_normal_down() -> None:
    height = np.tile(np.linspace(1, 0, 64)[:, None], (1, 64))  # high at the top row
    normal = normal_from_height("slope-v", height, 1.0, wrap=False).pixels / 255 * 2 - 1
    assert normal[32, 32, 1] < -0.5


def test_print_is_drawn_where_it_was_put() -> None:
    sheet = Sheet(128, 10.0)
    sheet.dot((5.0, 5.0), 2.0)
    ink = sheet.coverage()
    row, column = (ink * np.indices(ink.shape)).sum(axis=(1, 2)) / ink.sum()
    assert column == pytest.approx(95.5, abs=1.0)
    assert row == pytest.approx(31.5, abs=1.0)
