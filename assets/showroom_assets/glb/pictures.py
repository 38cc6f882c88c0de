"""
Textures and images of a glTF document. KTX2 and AVIF become PNG, so that later steps meet PNG, JPEG and WebP only.

Only headers are looked at here, to refuse a bomb before anything is decoded.

Source: glTF 2.0 specification, section 3.8; KHR_texture_basisu, EXT_texture_webp, EXT_texture_avif.
"""

import io
import warnings
from typing import Any

from showroom_assets.errors import DamagedFile, LimitExceeded
from showroom_assets.scene import Image, Json, Texture

from . import fields, ktx2
from .accessors import Accessors
from .geometry import Note
from .limits import Meter
from .resources import Resources, fetch

SOURCES = ("KHR_texture_basisu", "EXT_texture_webp", "EXT_texture_avif")
_READABLE = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "AVIF": "image/avif"}


def read_textures(document: Json, note: Note) -> tuple[Texture, ...]:
    """The textures, in the file's order; one without any image shows the first image (with a note)."""
    samplers = fields.objects(document, "samplers")
    images = len(fields.objects(document, "images"))
    out = []
    for item in fields.objects(document, "textures"):
        source = fields.index(item, "source", images)
        for name in SOURCES:
            packed = fields.extension(item, name)
            other = fields.index(packed, "source", images) if packed is not None else None
            source = other if other is not None else source
        if source is None:
            if not images:
                fields.damaged("a texture names no image")
            note("a texture without an image was given the first image")
            source = 0
        sampler = fields.index(item, "sampler", len(samplers))
        out.append(Texture(image=source, sampler=samplers[sampler] if sampler is not None else {}))
    return tuple(out)


def read_images(
    document: Json, used: set[int], accessors: Accessors, resources: Resources | None, meter: Meter
) -> tuple[Image, ...]:
    """
    The images, in the file's order. Those not in ``used`` (by a texture) are left empty: a pixel.

    Raises
    ------
    DamagedFile
        Not a picture, or one whose header does not parse.
    LimitExceeded
        More pixels than allowed.
    """
    out = []
    for at, item in enumerate(fields.objects(document, "images")):
        name = fields.text(item, "name")
        if at not in used:
            out.append(Image(data=PIXEL, name=name))
            continue
        if "uri" in item:
            uri = fields.text(item, "uri")
            data = fetch(uri, resources, meter)
            if not name and uri[:5].lower() != "data:":
                name = uri.rpartition("/")[2].rpartition(".")[0]
        else:
            data = accessors.view_bytes(accessors.checked_view(fields.integer(item, "bufferView")))
        out.append(checked(data, name, meter))
    return tuple(out)


def checked(data: bytes, name: str, meter: Meter) -> Image:
    """An image whose kind and size were read from its own header, never from a file name or MIME type."""
    if data[:12] == ktx2.MAGIC:
        width, height = ktx2.size(data)
        _count(width, height, meter)
        return Image(data=ktx2.to_png(data), media_type="image/png", name=name)
    kind, width, height = header(data)
    _count(width, height, meter)
    if kind == "image/avif":
        return Image(data=_png(data), media_type="image/png", name=name)
    return Image(data=data, media_type=kind, name=name)


def header(data: bytes) -> tuple[str, int, int]:
    """Media type, width and height of a PNG, JPEG, WebP or AVIF, without decoding its pixels."""
    import PIL.Image

    try:
        with _quiet(), PIL.Image.open(io.BytesIO(data), formats=list(_READABLE)) as picture:
            return _READABLE[picture.format or ""], picture.width, picture.height
    except PIL.Image.DecompressionBombError as exc:
        raise LimitExceeded("an image has too many pixels to be opened. Scale it down.") from exc
    except (OSError, SyntaxError, ValueError, KeyError, IndexError, OverflowError) as exc:
        raise DamagedFile("an image is not a PNG, JPEG, WebP, AVIF or KTX2, or is damaged. Save it again.") from exc


def _count(width: int, height: int, meter: Meter) -> None:
    if width < 1 or height < 1:
        raise DamagedFile("an image has no pixels. Save it again.")
    meter.at_most("pixels", width * height)
    meter.take("total_pixels", width * height)


def _png(data: bytes) -> bytes:
    import PIL.Image

    try:
        with _quiet(), PIL.Image.open(io.BytesIO(data)) as picture:
            out = io.BytesIO()
            picture.convert("RGBA" if picture.mode in {"RGBA", "LA", "P"} else "RGB").save(out, "PNG", compress_level=1)
    except (OSError, SyntaxError, ValueError) as exc:
        raise DamagedFile("an AVIF image does not decode. Save it again.") from exc
    return out.getvalue()


def _quiet() -> Any:
    """Pillow warns of large pictures; ``Limits.pixels`` decides here."""
    return warnings.catch_warnings(action="ignore")


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63f8"
    "0f0001010100b138f6140000000049454e44ae426082"
)
"""A white PNG of one pixel."""
