"""
Pictures for materials: an array with a name, encoded once to PNG, and the tools that make tiling ones.

All noise is periodic, made in the frequency domain from a seed: a tile never shows its edge, and one seed gives one
picture on every machine. Values are quantised to 8 bits well away from rounding ties.
"""

from dataclasses import dataclass
from functools import cache
from io import BytesIO

import numpy as np
import numpy.typing as npt

from showroom_demo.kit.shape import F64

U8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False, slots=True)
class Picture:
    """``pixels (h, w, 3 or 4) uint8``, top row first; two pictures of one name are one picture."""

    name: str
    pixels: U8

    @cache  # noqa: B019  (pictures live as long as the process: so do the maps that hold them)
    def png(self) -> bytes:
        from PIL import Image

        out = BytesIO()
        Image.fromarray(self.pixels).save(out, format="PNG", compress_level=6)
        return out.getvalue()


@dataclass(frozen=True, eq=False, slots=True)
class Maps:
    """
    The maps of one finish, over a tile of ``tile_mm``.

    ``color`` is usually pale and near grey, so that a base colour factor tints it: one picture serves all colourways.
    ``orm`` holds occlusion, roughness and metalness in R, G, B.
    """

    tile_mm: float
    color: Picture | None = None
    orm: Picture | None = None
    normal: Picture | None = None


def noise(rng: np.random.Generator, size: int, *, beta: float = 2.0, low: float = 1.0, stretch: float = 1.0) -> F64:
    """
    ``(size, size)`` tiling noise with a 1/f^beta spectrum, scaled to mean 0 and deviation 1.

    ``low`` is the lowest frequency in cycles a tile (nothing larger than tile/low); ``stretch`` > 1 draws it out
    along u, as brushing and grain are.
    """
    fx = np.fft.rfftfreq(size, 1 / size)[None, :] * stretch
    fy = np.fft.fftfreq(size, 1 / size)[:, None]
    f = np.hypot(fx, fy)
    with np.errstate(divide="ignore"):
        amplitude = np.where(f >= low, f ** (-beta / 2), 0.0)
    amplitude[0, 0] = 0.0
    spectrum = np.fft.rfft2(rng.standard_normal((size, size))) * amplitude
    field = np.fft.irfft2(spectrum, s=(size, size))
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-12))


def cells(rng: np.random.Generator, size: int, count: int) -> tuple[F64, F64, npt.NDArray[np.int64]]:
    """
    Worley noise on a torus: distance to the nearest and second nearest of ``count`` seeds, in tiles, and whose it is.

    Leather pores, terrazzo chips and hammered dimples are all cut from it.

    Source: Worley 1996, "A cellular texture basis function".
    """
    from scipy.spatial import cKDTree

    seeds = rng.random((count, 2))
    x, y = np.meshgrid((np.arange(size) + 0.5) / size, (np.arange(size) + 0.5) / size)
    distance, index = cKDTree(seeds, boxsize=1.0).query(np.stack([x.ravel(), y.ravel()], axis=1), k=2)
    shape = (size, size)
    nearest = np.asarray(index[:, 0], dtype=np.int64).reshape(shape)
    return distance[:, 0].reshape(shape), distance[:, 1].reshape(shape), nearest


def blur(field: F64, pixels: float) -> F64:
    """Gaussian blur that wraps round."""
    fx = np.fft.rfftfreq(field.shape[1])[None, :]
    fy = np.fft.fftfreq(field.shape[0])[:, None]
    kernel = np.exp(-2 * (np.pi * pixels) ** 2 * (fx**2 + fy**2))
    return np.asarray(np.fft.irfft2(np.fft.rfft2(field) * kernel, s=field.shape))


def normal_from_height(name: str, height_mm: F64, tile_mm: float, *, wrap: bool = True) -> Picture:
    """
    A tangent-space normal map (+X right, +Y up, as glTF has it) from heights in millimetres.

    Parameters
    ----------
    height_mm
        ``(h, w)``; ``tile_mm`` is the width of the picture on the product.
    """
    step = tile_mm / height_mm.shape[1]
    if wrap:
        du = (np.roll(height_mm, -1, axis=1) - np.roll(height_mm, 1, axis=1)) / (2 * step)
        dv = (np.roll(height_mm, -1, axis=0) - np.roll(height_mm, 1, axis=0)) / (2 * step)
    else:
        dv, du = np.gradient(height_mm, step)
    vector = np.stack([-du, dv, np.ones_like(du)], axis=2)
    vector /= np.linalg.norm(vector, axis=2, keepdims=True)
    return Picture(name, to_bytes(vector * 0.5 + 0.5))


def orm(name: str, roughness: F64, *, metal: F64 | float = 0.0, occlusion: F64 | float = 1.0) -> Picture:
    """Occlusion, roughness and metalness, each 0..1, in one picture."""
    channels = np.broadcast_arrays(np.asarray(occlusion), roughness, np.asarray(metal))
    return Picture(name, to_bytes(np.stack(channels, axis=2)))


def grey(name: str, value: F64) -> Picture:
    """A colour picture of equal channels (0..1, sRGB), to be tinted by a base colour factor."""
    return Picture(name, to_bytes(np.repeat(value[..., None], 3, axis=2)))


def to_bytes(value: F64) -> U8:
    return np.asarray(np.clip(np.floor(value * 255.0 + 0.5), 0, 255), dtype=np.uint8)


def ramp(value: F64, stops: list[tuple[float, tuple[int, int, int]]]) -> F64:
    """Colours (0..1, sRGB) for values, interpolated between stops."""
    at = [stop for stop, _ in stops]
    return np.stack([np.interp(value, at, [color[k] / 255.0 for _, color in stops]) for k in range(3)], axis=-1)
