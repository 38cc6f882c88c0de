"""See-through products: the cut-out shows on its ground what the renderer would, and lenses are not black."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom_assets.glb import write_glb
from showroom_assets.scene import F32, U8, Material, Scene, single
from showroom_pipeline.glass import GREY, cut_out
from showroom_pipeline.render import Studio, view_from

BOUNDS = ((-0.1, -0.1, -0.1), (0.1, 0.1, 0.1))


def _picture(scene: F32) -> U8:
    """Scene-linear to sRGB bytes through the toe of the Khronos neutral curve (written anew, from its definition)."""
    least = scene.min(axis=-1, keepdims=True)
    shown = scene - np.where(least < 0.08, least - 6.25 * least**2, 0.04)
    srgb = np.where(shown > 0.0031308, 1.055 * shown.clip(1e-6) ** (1 / 2.4) - 0.055, shown * 12.92)
    return (srgb.clip(0, 1) * 255 + 0.5).astype(np.uint8)


@given(own=st.floats(0.0, 0.2), through=st.floats(0.0, 1.0), tint=st.floats(0.6, 1.0))
def test_on_its_ground_the_cut_out_is_what_the_renderer_would_show(own: float, through: float, tint: float) -> None:
    light = np.full((1, 1, 3), own) * [1.0, 0.9, 0.8]
    share = np.full((1, 1, 3), through) * [1.0, tint, tint]
    ground = 0.5
    found = cut_out(_picture(light), _picture(light + share * GREY), ground=ground)[0, 0].astype(float) / 255
    scene_ground = ((ground + 0.055) / 1.055) ** 2.4 + 0.04  # what the tone curve shows as the ground
    expected = _picture(light + share * scene_ground)[0, 0].astype(float) / 255
    assert found[:3] * found[3] + ground * (1 - found[3]) == pytest.approx(expected, abs=0.03)


def test_nothing_lets_all_through_and_a_wall_lets_nothing() -> None:
    empty = cut_out(_picture(np.zeros((2, 2, 3))), _picture(np.full((2, 2, 3), GREY)), ground=0.5)
    assert empty[..., 3].max() <= 2
    wall = _picture(np.full((2, 2, 3), 0.3))
    found = cut_out(wall, wall, ground=0.5)
    assert (found[..., 3] == 255).all()
    assert np.abs(found[..., :3].astype(int) - wall).max() <= 1


def _ball(shapes: SimpleNamespace, *, transmission: float) -> Scene:
    look = {"baseColorFactor": [1.0, 1.0, 1.0, 1.0], "metallicFactor": 0.0, "roughnessFactor": 0.0}
    json = {
        "pbrMetallicRoughness": look,
        "extensions": {"KHR_materials_transmission": {"transmissionFactor": transmission}},
    }
    return single(shapes.ball(), materials=(Material(json=json),))


def test_clear_glass_lets_the_ground_through_and_frosted_white_does_not(
    small_studio: Studio, shapes: SimpleNamespace
) -> None:
    middle = (slice(58, 70), slice(58, 70))
    alphas = []
    for transmission in (1.0, 0.5, 0.0):
        small_studio.load(write_glb(_ball(shapes, transmission=transmission)))
        picture = small_studio.view(view_from((0.0, 0.0, 1.0), BOUNDS))
        assert picture[0, 0, 3] <= 2
        alphas.append(float(picture[middle][..., 3].mean()))
    assert alphas[0] < 60 < alphas[1] < 180 < alphas[2]
