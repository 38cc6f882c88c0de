"""Picture metrics: equal to the reference implementations, and to themselves whatever the crop."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import binary_dilation, gaussian_filter

from showroom_assets.scene import F32, U8
from showroom_pipeline import flip, metrics


def _scene(seed: int, *, size: int = 96, offset: tuple[int, int] = (0, 0)) -> U8:
    """A blob with smooth random colours on a transparent ground."""
    rng = np.random.default_rng(seed)
    colours = gaussian_filter(rng.uniform(0, 255, (size, size, 3)), (2, 2, 0))
    y, x = np.mgrid[:size, :size]
    blob = ((x - 44 - offset[0]) ** 2 / 900 + (y - 50 - offset[1]) ** 2 / 600) < 1
    alpha = gaussian_filter(blob.astype(float), 0.6) * 255
    return np.dstack([np.clip((colours - 127) * 4 + 127, 0, 255), alpha]).astype(np.uint8)


def _composite(picture: U8) -> F32:
    rgba = picture.astype(np.float32) / 255
    return (rgba[..., :3] * rgba[..., 3:] + 0.5 * (1 - rgba[..., 3:])).astype(np.float32)


def _noisy(picture: U8, amount: float, seed: int = 0) -> U8:
    noise = np.random.default_rng(seed).normal(0, amount, (*picture.shape[:2], 3))
    out = picture.copy()
    out[..., :3] = np.clip(picture[..., :3] + noise, 0, 255)
    return out


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_figure_equals_the_reference_implementations(seed: int) -> None:
    from skimage.metrics import structural_similarity

    before, after = _scene(seed), _noisy(_scene(seed, offset=(seed, 1)), 12.0 * seed)
    found = metrics.compare(before[None], after[None]).views[0]
    a, b = _composite(before), _composite(after)
    solid_a, solid_b = before[..., 3] > 127, after[..., 3] > 127
    mask = binary_dilation(solid_a | solid_b, iterations=3)
    _, ssim = structural_similarity(
        a, b, channel_axis=2, data_range=1, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, full=True
    )
    assert found.ssim == pytest.approx(float(ssim.mean(axis=2)[mask].mean()), abs=1e-4)
    assert found.psnr == pytest.approx(10 * np.log10(1 / float(((a - b)[mask] ** 2).mean())), abs=1e-3)
    assert found.silhouette_iou == pytest.approx((solid_a & solid_b).sum() / (solid_a | solid_b).sum())
    reference = _flip_evaluator(a, b)
    assert found.flip == pytest.approx(float(reference[mask].mean()), abs=5e-4)


@pytest.mark.parametrize("kind", ["noise", "blur", "tint", "grey"])
def test_the_flip_map_is_the_library_s_to_within_two_thousandths(kind: str) -> None:
    a = _composite(_scene(5, size=128))
    b = {
        "noise": np.clip(a + np.random.default_rng(1).normal(0, 0.08, a.shape), 0, 1),
        "blur": gaussian_filter(a, (2, 2, 0)),
        "tint": np.clip(a * [0.85, 1.0, 1.15], 0, 1),
        "grey": np.full_like(a, 0.5),
    }[kind].astype(np.float32)
    found = flip.difference(flip.see(_planes(a)), flip.see(_planes(b)))
    assert np.abs(found - _flip_evaluator(a, b)).max() < 2e-3


def test_equal_pictures_are_equal() -> None:
    picture = _scene(1)[None]
    found = metrics.compare(picture, picture.copy())
    assert (found.psnr, found.flip, found.silhouette_iou) == (99.0, 0.0, 1.0)
    assert found.ssim == pytest.approx(1.0, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(-18, 18), st.integers(-18, 18))
def test_a_part_that_sticks_out_of_the_reference_counts_as_if_nothing_were_cropped(seed: int, dx: int, dy: int) -> None:
    before, after = _scene(seed), _scene(seed + 1, offset=(dx, dy))
    shared = metrics.Reference(before[None])
    shared.compare(before[None])  # prepares the crop for the reference alone
    found = shared.compare(after[None]).views[0]
    solid = (before[..., 3] > 127) | (after[..., 3] > 127)
    mask = binary_dilation(solid, iterations=3)
    a, b = _composite(before), _composite(after)
    whole = flip.difference(flip.see(_planes(a)), flip.see(_planes(b)))
    assert found.flip == pytest.approx(float(whole[mask].mean()), abs=1e-5)
    assert found.psnr == pytest.approx(10 * np.log10(1 / float(((a - b)[mask] ** 2).mean())), abs=1e-3)


def test_more_noise_is_never_called_more_alike() -> None:
    before = _scene(4)
    found = [metrics.compare(before[None], _noisy(before, amount)[None]) for amount in (2.0, 8.0, 24.0, 60.0)]
    for name, sign in (("psnr", -1), ("ssim", -1), ("flip", 1)):
        values = [sign * getattr(each, name) for each in found]
        assert values == sorted(values)
        assert len(set(values)) == len(values)


def test_the_worst_view_is_named_and_empty_views_are_left_out() -> None:
    good, empty = _scene(6), np.zeros_like(_scene(6))
    before = np.stack([good, empty, good])
    after = np.stack([_noisy(good, 3), empty, _noisy(good, 50)])
    found = metrics.compare(before, after, maps=True)
    assert [view.view for view in found.views] == [0, 2]
    assert found.worst_view == 2
    assert found.flip_max == found.views[1].flip
    error = found.views[1].error
    assert error is not None
    assert error.shape == good.shape[:2]
    assert error.max() > 0
    assert error[:4].max() == 0  # nothing is said about the empty ground


def test_pictures_that_show_nothing_or_do_not_match_are_refused() -> None:
    empty = np.zeros((1, 32, 32, 4), dtype=np.uint8)
    with pytest.raises(ValueError, match="no view"):
        metrics.compare(empty, empty)
    with pytest.raises(ValueError, match="do not match"):
        metrics.compare(empty, np.zeros((1, 32, 16, 4), dtype=np.uint8))


def _planes(picture: F32) -> F32:
    return np.ascontiguousarray(np.moveaxis(picture, -1, 0))


def _flip_evaluator(a: F32, b: F32) -> F32:
    import flip_evaluator

    return np.asarray(flip_evaluator.evaluate(a, b, "LDR", inputsRGB=True, applyMagma=False)[0]).squeeze()
