"""
The photo with the product on it: drawn by the studio through the photo's own camera, and cut where a head hides it.
"""

import io
import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from showroom_assets.errors import DamagedFile, LimitExceeded, MissingFile, UnsupportedFormat
from showroom_assets.glb import write_glb
from showroom_assets.scene import F64, U8, Node, Scene
from showroom_pipeline.light import MEASURE
from showroom_pipeline.render import Camera, Studio
from showroom_pipeline.wearing.head import Lens

_MOST_BYTES = 64 << 20
_MOST_PIXELS = 50_000_000
_EDGE_PX = 1280
"""Photos are made this small: trackers see no better in larger ones, and drawing stays quick."""


def read_photo(path: Path) -> U8:
    """
    A photo upright and not too large, ``(h, w, 3)``.

    Raises
    ------
    MissingFile, UnsupportedFormat, DamagedFile, LimitExceeded
        Not there; not a picture; damaged; larger than a photo may be.
    """
    import PIL.Image
    import PIL.ImageOps

    try:
        size_bytes = path.stat().st_size
        if size_bytes > _MOST_BYTES:
            raise LimitExceeded(f"{path} has {size_bytes:,} bytes; a photo may have {_MOST_BYTES:,}. Save it smaller.")
        data = path.read_bytes()
    except OSError as exc:
        raise MissingFile(f"{path} cannot be read ({exc.strerror}). Name a photo.") from exc
    try:
        with PIL.Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "BMP", "TIFF")) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise LimitExceeded(
                    f"{path} has {picture.width} × {picture.height} pixels; a photo may have {_MOST_PIXELS:,}. "
                    "Save it smaller."
                )
            upright = PIL.ImageOps.exif_transpose(picture).convert("RGB")
    except PIL.UnidentifiedImageError as exc:
        raise UnsupportedFormat(f"{path} is not a picture. Name a JPEG, PNG or WebP.") from exc
    except PIL.Image.DecompressionBombError as exc:
        raise LimitExceeded(f"{path} has more than {_MOST_PIXELS:,} pixels. Save it smaller.") from exc
    except (OSError, SyntaxError, ValueError) as exc:
        raise DamagedFile(f"{path} does not decode. Save it again.") from exc
    upright.thumbnail((_EDGE_PX, _EDGE_PX))
    if min(upright.size) < 64:
        raise UnsupportedFormat(f"{path} is {upright.width} × {upright.height} pixels: too small to find anybody in.")
    return np.asarray(upright)


def draw(photo: U8, placed: Scene, *, product_m: F64, hides_m: F64, lens: Lens) -> bytes:
    """
    A PNG of ``photo`` with ``placed``, a scene in camera space, in front of it.

    Parameters
    ----------
    product_m, hides_m
        Depths of the product and of what may hide it, ``(h, w)``.
    """
    import PIL.Image

    size = max(lens.width, lens.height)
    camera = Camera(
        position=(0.0, 0.0, 0.0),
        target=(0.0, 0.0, -1.0),
        fov_y_deg=math.degrees(2 * math.atan(size / 2 / lens.focal)),
        near_m=0.05,
        far_m=8.0,
    )
    with Studio(size, light=MEASURE, samples=4, sharpness=128) as studio:
        studio.load(write_glb(placed))
        drawn = studio.view(camera)
    top, left = (size - lens.height) // 2, (size - lens.width) // 2
    drawn = drawn[top : top + lens.height, left : left + lens.width]
    # At a silhouette's edge, and on wire, colour is drawn where the depth fell between samples: the neighbours' counts.
    product_m = np.where(np.isfinite(product_m), product_m, _nearest(product_m))
    is_hidden = np.isfinite(product_m) & (product_m > hides_m + 0.001)
    alpha = drawn[..., 3:].astype(np.float32) / 255 * (1 - _softened(is_hidden))[..., None]
    light = np.clip(_brightness(photo), 0.55, 1.15)
    colour = np.clip(drawn[..., :3].astype(np.float32) * light, 0, 255)
    out = photo.astype(np.float32) * (1 - alpha) + colour * alpha
    file = io.BytesIO()
    PIL.Image.fromarray(np.rint(out).astype(np.uint8)).save(file, "PNG", compress_level=4)
    return file.getvalue()


def in_camera(scene: Scene, matrix: F64) -> Scene:
    """The scene moved by ``matrix (4, 4)``, camera from product."""
    root = Node(name="camera_from_product", children=scene.roots, matrix=matrix)
    return replace(scene, nodes=(*scene.nodes, root), roots=(len(scene.nodes),), animations=())


def _brightness(photo: U8) -> float:
    """How bright the picture is against a fairly lit one, as a factor on sRGB."""
    return float(np.percentile(photo.astype(np.float32) @ [0.2126, 0.7152, 0.0722], 75) / 165)


def _nearest(depth_m: F64) -> F64:
    """The least of each pixel's surroundings, two pixels far."""
    padded = np.pad(depth_m, 2, mode="edge")
    height, width = depth_m.shape
    out: F64 = np.min([padded[y : y + height, x : x + width] for y in range(5) for x in range(5)], axis=0)
    return out


def _softened(
    mask: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]",
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    """Edges a pixel wide instead of stairs."""
    padded = np.pad(mask.astype(np.float32), 1, mode="edge")
    height, width = mask.shape
    rows = [padded[dy : dy + height, dx : dx + width] for dy in range(3) for dx in range(3)]
    mean: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = np.mean(rows, axis=0, dtype=np.float32)
    return mean
