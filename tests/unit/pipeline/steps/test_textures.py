"""Textures keep what their role needs: light for colours, directions for normals, and the byte budget."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom_assets.errors import DamagedFile, LimitExceeded, TargetMissed
from showroom_assets.glb import ktx2 as reading
from showroom_assets.scene import U8, Image, Material, Primitive, Scene, Texture, single
from showroom_pipeline import ktx2, tools
from showroom_pipeline.steps.textures import (
    TextureOptions,
    decode,
    density,
    encode_webp,
    encoded,
    jpeg,
    normal_error_deg,
    png,
    power_of_two,
    psnr_db,
    resized,
    roles,
    webp,
)

needs_tools = pytest.mark.skipif(not tools.installed("ktx2-encoder"), reason="run `make setup` for the Node tools")


def smooth(size: int, channels: int = 3, seed: int = 0) -> U8:
    rng = np.random.default_rng(seed)
    layers = [
        np.asarray(
            PIL.Image.fromarray(rng.integers(0, 255, (8, 8)).astype(np.uint8)).resize(
                (size, size), PIL.Image.Resampling.BICUBIC
            )
        )
        for _ in range(channels)
    ]
    return np.stack(layers, axis=-1)


def bumps(size: int) -> U8:
    y, x = np.mgrid[0:size, 0:size] / size * 2 * np.pi * 4
    normal = np.stack([0.4 * np.cos(x), 0.4 * np.cos(y), np.ones_like(x)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return np.rint((normal * 0.5 + 0.5) * 255).astype(np.uint8)


def textured(images: list[bytes], body: dict[str, Any], size_m: float = 1.0) -> Scene:
    quad = Primitive(
        positions=np.float32([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]) * np.float32(size_m),
        indices=np.array([[0, 1, 2], [0, 2, 3]], np.uint32),
        uvs=(np.float32([[0, 1], [1, 1], [1, 0], [0, 0]]),),
        material=0,
    )
    return single(
        quad,
        materials=(Material(json=body),),
        textures=tuple(Texture(image=at) for at in range(len(images))),
        images=tuple(Image(data=data) for data in images),
    )


BODY = {
    "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicRoughnessTexture": {"index": 2}},
    "normalTexture": {"index": 1},
}


@given(st.integers(1, 9000), st.integers(1, 9000))
def test_sizes_are_powers_of_two_that_are_never_larger(size: int, most: int) -> None:
    out = power_of_two(size, most)
    assert out & (out - 1) == 0
    assert 4 <= out <= max(4, min(size, most))
    assert out * 2 > max(4, min(size, most))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([3, 4]))
def test_png_keeps_every_texel(seed: int, channels: int) -> None:
    pixels = smooth(16, channels, seed)
    assert np.array_equal(decode(png(pixels)), pixels)
    assert png(pixels) == png(pixels.copy())


def test_a_checkerboard_shrinks_to_the_grey_that_the_eye_sees() -> None:
    board = np.zeros((64, 64, 3), np.uint8)
    board[::2, ::2] = board[1::2, 1::2] = 255
    assert np.unique(resized(board, 8, 8, role="color")).tolist() == [188]
    assert np.unique(resized(board, 8, 8, role="data")).tolist() == [128]


def test_colour_under_transparent_texels_does_not_bleed() -> None:
    pixels = np.zeros((32, 32, 4), np.uint8)
    pixels[:, :15] = (255, 0, 0, 255)
    pixels[:, 15:] = (0, 255, 0, 0)
    small = resized(pixels, 8, 8, role="color")
    seen = small[small[..., 3] > 8]
    assert (seen[:, 0] > 250).all()
    assert (seen[:, 1] < 5).all()


def test_normals_stay_unit_when_they_shrink() -> None:
    small = resized(bumps(256), 64, 64, role="normal")
    length = np.linalg.norm(small.astype(float) / 127.5 - 1, axis=-1)
    assert np.abs(length - 1).max() < 0.01


def test_roles_follow_the_slots_and_the_most_delicate_wins() -> None:
    scene = textured([png(smooth(8))] * 3, BODY)
    assert roles(scene) == {0: "color", 1: "normal", 2: "data"}
    shared = replace(scene, textures=tuple(Texture(image=0) for _ in range(3)))
    assert roles(shared) == {0: "normal"}


def test_texel_density_follows_the_surface() -> None:
    scene = textured([png(smooth(512))], {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}, size_m=0.25)
    assert density(scene) == {0: pytest.approx(0.25)}
    out = encoded(scene, "webp", TextureOptions(texels_per_m=1000))
    assert decode(out.images[0]).shape == (256, 256, 3)
    assert decode(encoded(scene, "webp", TextureOptions(texels_per_m=10_000)).images[0]).shape == (512, 512, 3)


def test_one_colour_needs_four_texels() -> None:
    flat = np.full((512, 512, 3), 77, np.uint8)
    out = encoded(textured([png(flat)] * 3, BODY), "plain")
    assert {decode(image).shape for image in out.images} == {(4, 4, 3)}


@settings(max_examples=8, deadline=None)
@given(st.integers(600, 9000))
def test_webp_fits_its_budget_and_one_step_more_would_not(budget: int) -> None:
    pixels = smooth(128)
    rng = np.random.default_rng(3)
    pixels = np.clip(pixels.astype(int) + rng.integers(-20, 20, pixels.shape), 0, 255).astype(np.uint8)
    try:
        data, quality = encode_webp(pixels, max_bytes=budget)
    except TargetMissed as error:
        assert len(webp(pixels, 1)) > budget
        assert error.fields["allowed"] == budget  # noqa: PT017
        return
    assert len(data) <= budget
    assert quality == 98 or len(webp(pixels, quality + 1)) > budget


def test_plain_textures_are_jpeg_where_that_is_smaller_and_png_where_alpha_counts() -> None:
    rng = np.random.default_rng(0)
    grain = np.clip(smooth(256).astype(int) + rng.integers(-9, 9, (256, 256, 3)), 0, 255).astype(np.uint8)
    holes = np.dstack([grain, np.where(np.arange(256) % 32 < 16, 255, 0)[None].repeat(256, 0).astype(np.uint8)])
    out = encoded(textured([png(grain), png(bumps(64)), png(holes)], BODY), "plain")
    assert [image.media_type for image in out.images][::2] == ["image/jpeg", "image/png"]
    assert np.array_equal(decode(out.images[2])[..., 3], holes[..., 3])
    again = encoded(out, "plain")
    assert again.images[0] is out.images[0]  # a JPEG that fits is not encoded a second time


def test_a_webp_that_is_too_large_is_made_smaller_and_one_that_fits_is_left_alone() -> None:
    body = {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}
    scene = textured([png(smooth(128))], body)
    first = encoded(scene, "webp", TextureOptions(max_size=64))
    assert encoded(first, "webp", TextureOptions(max_size=64)).images[0] is first.images[0]
    assert decode(encoded(first, "webp", TextureOptions(max_size=32)).images[0]).shape == (32, 32, 3)


def test_damaged_and_huge_pictures_are_one_clear_error() -> None:
    good = png(smooth(64))
    with pytest.raises(DamagedFile):
        decode(good[: len(good) // 2])
    with pytest.raises(DamagedFile):
        decode(b"nothing")
    with pytest.raises(LimitExceeded):
        decode(good, most_texels=1000)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "1", "I;16", "CMYK", "RGBA"])
def test_every_kind_of_picture_becomes_rgb_or_rgba(mode: str) -> None:
    source = PIL.Image.fromarray(smooth(16)[..., 0])
    picture = (
        PIL.Image.fromarray(smooth(16)[..., 0].astype(np.uint16) * 257) if mode == "I;16" else source.convert(mode)
    )
    out = io.BytesIO()
    picture.save(out, "TIFF" if mode == "CMYK" else "PNG")
    pixels = decode(out.getvalue())
    assert pixels.shape[:2] == (16, 16)
    assert pixels.shape[2] in {3, 4}
    if mode in {"L", "I;16"}:
        assert np.abs(pixels[..., 0].astype(int) - smooth(16)[..., 0]).max() <= 1


def test_jpeg_of_data_keeps_its_channels_apart() -> None:
    pixels = smooth(64)
    full, half = (decode(jpeg(pixels, 92, full_chroma=chroma)) for chroma in (True, False))
    assert psnr_db(full, pixels) > psnr_db(half, pixels)


@needs_tools
def test_ktx2_holds_mip_levels_the_right_codec_and_the_picture() -> None:
    pictures = [
        (smooth(64), ktx2.Settings(codec="etc1s")),
        (smooth(64, 4), ktx2.Settings(codec="uastc")),
        (bumps(64), ktx2.Settings(codec="uastc", role="normal", rdo=1.0)),
    ]
    files = ktx2.encode(pictures)
    assert files == ktx2.encode(pictures, processes=2)
    assert [reading.codec(data) for data in files] == ["etc1s", "uastc", "uastc"]
    for (pixels, _), data in zip(pictures, files, strict=True):
        assert reading.levels(data) == 7
        assert reading.size(data) == (64, 64)
        seen = reading.pixels(data)[..., : pixels.shape[2]]
        assert psnr_db(seen, pixels) > 20  # three channels of unlike noise are the worst case for ETC1S
    assert normal_error_deg(reading.pixels(files[2]), bumps(64)) < 1.5


@needs_tools
def test_normals_get_the_codec_that_keeps_them() -> None:
    rng = np.random.default_rng(1)
    flat = np.full((64, 64, 3), (128, 128, 255), np.uint8)
    flat[0, 0] = (129, 128, 255)
    rough = rng.normal(size=(64, 64, 3)) * (0.5, 0.5, 0) + (0, 0, 1)
    rough /= np.linalg.norm(rough, axis=-1, keepdims=True)
    hard = np.rint((rough * 0.5 + 0.5) * 255).astype(np.uint8)
    body = {"normalTexture": {"index": 0}, "extensions": {"KHR_materials_clearcoat": {"clearcoatFactor": 1.0}}}
    body["extensions"]["KHR_materials_clearcoat"]["clearcoatNormalTexture"] = {"index": 1}  # type: ignore[index]
    out = encoded(textured([png(flat), png(hard)], body), "ktx2")
    assert [reading.codec(image.data) for image in out.images] == ["etc1s", "uastc"]


@needs_tools
def test_a_texture_too_large_for_the_encoder_is_refused_before_it_runs() -> None:
    with pytest.raises(LimitExceeded):
        ktx2.encode([(np.broadcast_to(np.uint8(0), (4096, 4096, 3)), ktx2.Settings())])


def test_a_missing_tool_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    from showroom_assets.errors import ToolMissing
    from showroom_pipeline.validator import validate

    monkeypatch.setenv("SHOWROOM_TOOLS", str(tmp_path))
    for call in (lambda: ktx2.encode([(smooth(4), ktx2.Settings())]), lambda: validate([b"glTF"])):
        with pytest.raises(ToolMissing, match="make setup"):
            call()


def test_a_jpeg_of_pure_noise_is_written_too() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (512, 512, 3), np.uint8)
    assert jpeg(noise, 98, full_chroma=True).startswith(b"\xff\xd8")
