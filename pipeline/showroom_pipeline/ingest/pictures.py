"""
Texture files: checked, decoded once to be sure, and turned into what glTF may carry (PNG, JPEG or WebP).

Only the decoders named here are ever asked; the size in pixels is held against the limit before anything is decoded.
"""

import io
import warnings
from pathlib import PurePosixPath

import numpy as np
from PIL import Image as Pictures
from PIL import UnidentifiedImageError

from showroom_assets.errors import DamagedFile, LimitExceeded, UnsupportedFormat
from showroom_assets.scene import U8, Image

from .limits import Limits, at_most

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".webp", ".bmp", ".tga", ".tif", ".tiff", ".gif"})
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TGA", "TIFF", "GIF")
_KEPT = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


def open_picture(data: bytes, name: str, *, limits: Limits, depth: bool = False) -> Pictures.Image:
    """
    A decoded picture; ``depth`` admits PGM too, as depth cameras write it.

    Raises
    ------
    DamagedFile
        Truncated or broken.
    LimitExceeded
        More pixels than allowed: nothing was decoded.
    UnsupportedFormat
        Not one of the formats above.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own, larger, bomb limit and remarks on metadata
            picture = Pictures.open(io.BytesIO(data), formats=(*_FORMATS, "PPM") if depth else _FORMATS)
            at_most(limits.pixels, picture.width * picture.height, f"pixels of '{name:.80}'")
            picture.load()
    except UnidentifiedImageError as exc:
        raise UnsupportedFormat(f"'{name:.80}' is no picture that is read. Save it as PNG or JPEG.") from exc
    except Pictures.DecompressionBombError as exc:
        raise LimitExceeded(f"'{name:.80}' has far too many pixels. Scale it down.") from exc
    except MemoryError as exc:
        raise LimitExceeded(f"'{name:.80}' does not fit into memory. Scale it down.") from exc
    except LimitExceeded:
        raise
    except Exception as exc:  # Pillow's decoders raise OSError, ValueError, SyntaxError, struct.error, zlib.error, …
        raise DamagedFile(f"'{name:.80}' is a damaged picture. Export or copy it again.") from exc
    return picture


def texture(data: bytes, name: str, *, limits: Limits) -> tuple[Image, int]:
    """A texture for the scene, the file's own bytes if glTF may carry them, else the same as PNG; and its pixels."""
    picture = open_picture(data, name, limits=limits)
    pixels = picture.width * picture.height
    title = PurePosixPath(name).stem
    media_type = _KEPT.get(picture.format or "")
    frames = int(getattr(picture, "n_frames", 1))
    if media_type is not None and frames == 1 and picture.mode in {"1", "L", "LA", "P", "PA", "RGB", "RGBA"}:
        return Image(data=data, media_type=media_type, name=title), pixels
    return Image(data=png(picture), media_type="image/png", name=title), pixels


def png(picture: Pictures.Image) -> bytes:
    """Lossless bytes of a picture, brought to 8 bits a channel."""
    if picture.mode.startswith(("I", "F")):
        values = np.asarray(picture, np.float64)
        top = 65535.0 if picture.mode.startswith("I") else 1.0
        picture = Pictures.fromarray((np.clip(values / top, 0, 1) * 255 + 0.5).astype(np.uint8))
    elif picture.mode not in {"L", "LA", "RGB", "RGBA"}:
        has_alpha = "transparency" in picture.info or picture.mode in {"PA", "La", "RGBa"}
        picture = picture.convert("RGBA" if has_alpha else "RGB")
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def rgb(picture: Pictures.Image) -> U8:
    """``(h, w, 3) uint8``."""
    return np.asarray(picture.convert("RGB"))
