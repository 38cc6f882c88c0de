"""
Pictures to pixels and back: PNG, JPEG, WebP and KTX2, all bounded and deterministic.

What it is not: a resizer (``resize``), nor a chooser of codecs (``encode``).
"""

import io
import warnings

import numpy as np

from showroom_assets.errors import DamagedFile, LimitExceeded
from showroom_assets.glb import ktx2
from showroom_assets.scene import U8, Image

MOST_TEXELS = 16_384 * 8_192


def decode(image: Image | bytes, *, most_texels: int = MOST_TEXELS) -> U8:
    """
    ``(h, w, 3) uint8``, or ``(h, w, 4)`` if any texel is not opaque; greys and palettes become RGB.

    Raises
    ------
    DamagedFile
        Not a picture, truncated, or otherwise broken.
    LimitExceeded
        More than ``most_texels``; nothing was decoded.
    """
    import PIL.Image

    data = image if isinstance(image, bytes) else image.data
    name = "" if isinstance(image, bytes) else image.name
    if data[:12] == ktx2.MAGIC:
        width, height = ktx2.size(data)
        _check(width, height, most_texels, name)
        return opaque(ktx2.pixels(data))
    try:
        with warnings.catch_warnings(action="ignore"), PIL.Image.open(io.BytesIO(data)) as picture:
            _check(picture.width, picture.height, most_texels, name)
            if picture.mode in {"I;16", "I", "F"}:
                values = np.asarray(picture, np.float64)
                top = 65_535.0 if picture.mode != "F" else 1.0
                grey = np.rint(np.clip(values / top, 0, 1) * 255).astype(np.uint8)
                return np.repeat(grey[..., None], 3, axis=2)
            has_alpha = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
            return opaque(np.asarray(picture.convert("RGBA" if has_alpha else "RGB")))
    except PIL.Image.DecompressionBombError as exc:
        raise LimitExceeded(f"the image '{name:.60}' is too large to be opened. Scale it down.") from exc
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, OverflowError) as exc:
        raise DamagedFile(f"the image '{name:.60}' does not decode. Save it again.", name=name) from exc


def opaque(pixels: U8) -> U8:
    """Without the alpha channel, if all of it is opaque."""
    if pixels.shape[2] == 4 and bool((pixels[..., 3] == 255).all()):
        return np.ascontiguousarray(pixels[..., :3])
    return pixels


def png(pixels: U8, *, level: int = 1) -> bytes:
    """Lossless PNG. Level 1 is for intermediate results: four times as fast as 6 and 15 % larger."""
    return _saved(pixels, "PNG", compress_level=level)


def jpeg(pixels: U8, quality: int, *, full_chroma: bool = False) -> bytes:
    """Baseline JPEG of the RGB channels; ``full_chroma`` for data, whose channels are not a colour."""
    from PIL import ImageFile

    # libjpeg optimises only what it can hold at once, and Pillow's guess of a byte a pixel is too small for noise
    ImageFile.MAXBLOCK = max(ImageFile.MAXBLOCK, 2 * pixels.nbytes)
    return _saved(pixels[..., :3], "JPEG", quality=quality, optimize=True, subsampling=0 if full_chroma else 2)


def webp(pixels: U8, quality: int, *, lossless: bool = False) -> bytes:
    """WebP with the encoder's best effort: 8 % smaller than its default, at the same cost to decode."""
    # ``exact`` keeps colour under transparent texels, where bilinear filtering picks it up.
    return _saved(pixels, "WEBP", quality=quality, method=6, lossless=lossless, exact=True)


def dimensions(image: Image) -> tuple[int, int]:
    """Width and height from the header."""
    import PIL.Image

    if image.data[:12] == ktx2.MAGIC:
        return ktx2.size(image.data)
    try:
        with warnings.catch_warnings(action="ignore"), PIL.Image.open(io.BytesIO(image.data)) as picture:
            return picture.width, picture.height
    except (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError) as exc:
        raise DamagedFile(f"the image '{image.name:.60}' does not decode. Save it again.") from exc


def _check(width: int, height: int, most: int, name: str) -> None:
    if width * height > most:
        raise LimitExceeded(
            f"the image '{name:.60}' has {width:,} × {height:,} texels; at most {most:,} are allowed. Scale it down.",
            width=width,
            height=height,
            allowed=most,
        )


def _saved(pixels: U8, kind: str, **settings: object) -> bytes:
    import PIL.Image

    out = io.BytesIO()
    PIL.Image.fromarray(np.ascontiguousarray(pixels)).save(out, kind, **settings)
    return out.getvalue()
