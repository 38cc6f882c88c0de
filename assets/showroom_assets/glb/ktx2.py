"""
KTX2 pictures in: Basis Universal payloads (ETC1S, UASTC), and the few uncompressed ones that exporters write.

The encoder is the pipeline's (``showroom_pipeline.ktx2``): reading must work wherever a product is kept, encoding only
where it is made.

Source: KTX 2.0 specification, sections 3 and 4; KHR_texture_basisu.
"""

import io
import struct
import zlib
from typing import Any

import numpy as np

from showroom_assets.errors import DamagedFile, UnsupportedFormat
from showroom_assets.scene import U8

MAGIC = b"\xabKTX 20\xbb\r\n\x1a\n"
_CHANNELS = {9: 1, 15: 1, 16: 2, 22: 2, 23: 3, 29: 3, 37: 4, 43: 4}
"""VkFormat to channels: R8, R8G8, R8G8B8 and R8G8B8A8, UNORM and SRGB."""
_NONE, _ZSTD, _ZLIB = 0, 2, 3


def size(data: bytes) -> tuple[int, int]:
    """Width and height from a KTX2 header."""
    if len(data) < 104 or data[:12] != MAGIC:
        raise DamagedFile("a KTX2 image is truncated. Save it again.")
    width, height, depth, layers, faces, levels = struct.unpack_from("<6I", data, 20)
    if not width or not height or depth > 1 or layers > 1 or faces != 1 or levels > 32:
        raise DamagedFile("a KTX2 image is not a plain 2D picture. Save it again.")
    return width, height


def levels(data: bytes) -> int:
    """How many mip levels are stored."""
    return max(1, int(struct.unpack_from("<I", data, 40)[0]))


def codec(data: bytes) -> str:
    """``etc1s``, ``uastc`` or ``raw``, by the data format descriptor's colour model."""
    at = struct.unpack_from("<I", data, 48)[0]
    model = data[at + 12] if at + 12 < len(data) else 0
    return {163: "etc1s", 166: "uastc"}.get(model, "raw")


def pixels(data: bytes, level: int = 0) -> U8:
    """
    One level as ``(h, w, 4) uint8`` RGBA.

    Raises
    ------
    DamagedFile
        The stream does not decode.
    UnsupportedFormat
        A GPU block format that is not a Basis Universal one.
    """
    width, height = size(data)
    vk_format = struct.unpack_from("<I", data, 12)[0]
    if vk_format:
        return _raw(data, width, height, vk_format)
    import opengl_basisu

    try:
        image = opengl_basisu.open(data).transcode(opengl_basisu.Target.RGBA8, level)
    except (ValueError, RuntimeError, IndexError) as exc:
        raise DamagedFile("a KTX2 image does not decode. Save it again.", reason=str(exc)[:100]) from exc
    return np.asarray(image.data, np.uint8).reshape(image.height, image.width, 4)


def to_png(data: bytes) -> bytes:
    """The largest level as PNG; without alpha where all of it is opaque."""
    import PIL.Image

    rgba = pixels(data)
    opaque = bool((rgba[..., 3] == 255).all())
    out = io.BytesIO()
    PIL.Image.fromarray(np.ascontiguousarray(rgba[..., :3]) if opaque else rgba).save(out, "PNG", compress_level=1)
    return out.getvalue()


def _raw(data: bytes, width: int, height: int, vk_format: int) -> U8:
    channels = _CHANNELS.get(vk_format)
    if channels is None:
        raise UnsupportedFormat(
            f"a KTX2 image of Vulkan format {vk_format} is not read. Save it as PNG, or as ETC1S or UASTC.",
            vk_format=vk_format,
        )
    scheme = struct.unpack_from("<I", data, 44)[0]
    offset, length, expected = struct.unpack_from("<3Q", data, 80)
    wanted = width * height * channels
    if offset + length > len(data) or (scheme != _NONE and expected != wanted):
        raise DamagedFile("a KTX2 image is truncated or lies about its size. Save it again.")
    body = _inflated(data[offset : offset + length], scheme, wanted)
    if len(body) != wanted:
        raise DamagedFile("a KTX2 image has more or fewer bytes than its size asks for. Save it again.")
    values = np.frombuffer(body, np.uint8).reshape(height, width, channels)
    rgba = np.full((height, width, 4), 255, np.uint8)
    rgba[..., :channels] = values
    if channels < 3:
        rgba[..., channels:3] = 0
    return rgba


def _inflated(body: bytes, scheme: int, wanted: int) -> bytes:
    """Never more than ``wanted`` bytes, whatever the stream claims."""
    try:
        if scheme == _NONE:
            return body
        if scheme == _ZLIB:
            return zlib.decompressobj().decompress(body, wanted)
        if scheme == _ZSTD:
            import zstandard

            reader: Any = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(body)
            return bytes(reader.read(wanted))
    except Exception as exc:
        raise DamagedFile("a KTX2 image does not decompress. Save it again.") from exc
    raise UnsupportedFormat(f"KTX2 compression scheme {scheme} is not read. Save the image as PNG.", scheme=scheme)
