"""The best quality that fits a byte budget."""

from collections.abc import Callable

from showroom_assets.errors import TargetMissed
from showroom_assets.scene import U8

from . import pixels as codec


def encode_webp(
    pixels: U8, *, max_bytes: int | None = None, quality: int = 80, lowest: int = 1, highest: int = 98
) -> tuple[bytes, int]:
    """
    WebP of ``(h, w, 3 or 4) uint8``: at ``quality``, or the highest quality within ``max_bytes``.

    Returns
    -------
    data, quality

    Raises
    ------
    TargetMissed
        Even the lowest quality is larger than ``max_bytes``: make the picture smaller.
    """
    if max_bytes is None:
        return codec.webp(pixels, quality), quality
    return largest_within(lambda q: codec.webp(pixels, q), max_bytes, lowest=lowest, highest=highest)


def largest_within(encode: Callable[[int], bytes], max_bytes: int, *, lowest: int, highest: int) -> tuple[bytes, int]:
    """Bisect ``encode`` over integer qualities, whose sizes rise: at most seven encodings for 1 to 98."""
    best: tuple[bytes, int] | None = None
    low, high = lowest, highest
    smallest = 0
    while low <= high:
        middle = (low + high) // 2
        data = encode(middle)
        if len(data) <= max_bytes:
            best, low = (data, middle), middle + 1
        else:
            smallest, high = len(data), middle - 1
    if best is None:
        raise TargetMissed(
            f"a texture needs at least {smallest:,} bytes, but {max_bytes:,} are left. Use a smaller texture size.",
            needed=smallest,
            allowed=max_bytes,
        )
    return best
