"""
The one seam to the KTX2 codec (Basis Universal). Everything else knows only these functions.

Source: KTX 2.0 specification; KHR_texture_basisu.
"""

import struct

from showroom_assets.errors import DamagedFile

MAGIC = b"\xabKTX 20\xbb\r\n\x1a\n"


def size(data: bytes) -> tuple[int, int]:
    """Width and height from a KTX2 header."""
    if len(data) < 80 or data[:12] != MAGIC:
        raise DamagedFile("a KTX2 image is truncated. Save it again.")
    width, height, depth, layers, faces, levels = struct.unpack_from("<6I", data, 20)
    if depth > 1 or layers > 1 or faces != 1 or levels > 32:
        raise DamagedFile("a KTX2 image is not a plain 2D picture. Save it again.")
    return width, height


def to_png(data: bytes) -> bytes:
    """The largest level of a KTX2 picture as PNG."""
    import alktx2

    try:
        return bytes(alktx2.decode_ktx2_to_bytes(data, format="png")[0])
    except (ValueError, RuntimeError) as exc:
        raise DamagedFile("a KTX2 image does not decode. Save it again.") from exc
