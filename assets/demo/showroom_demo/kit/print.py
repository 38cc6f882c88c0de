"""
Flat artwork: what is printed on a dial, a label, a box. Drawn large, then reduced, so that edges are clean.

Text uses the face that Pillow carries with it, so that pictures do not depend on the fonts of a machine.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from showroom_demo.kit.shape import F64

if TYPE_CHECKING:
    pass

OVERSAMPLE = 3


class Sheet:
    """
    A square sheet of ink coverage, drawn in units of its own.

    Parameters
    ----------
    size_px
        Width and height of the result.
    extent
        Half the width of the sheet in drawing units (millimetres, say); (0, 0) is the centre, +y up.
    """

    def __init__(self, size_px: int, extent: float) -> None:
        from PIL import Image, ImageDraw

        self._size = size_px
        self._extent = extent
        self._image: Any = Image.new("L", (size_px * OVERSAMPLE, size_px * OVERSAMPLE), 0)
        self._draw: ImageDraw.ImageDraw = ImageDraw.Draw(self._image)

    def _at(self, place: npt.ArrayLike) -> tuple[float, float]:
        x, y = (float(value) for value in np.asarray(place, dtype=np.float64))
        scale = self._size * OVERSAMPLE / (2 * self._extent)
        return (x + self._extent) * scale, (self._extent - y) * scale

    def _units(self, length: float) -> int:
        return max(1, round(length * self._size * OVERSAMPLE / (2 * self._extent)))

    def line(self, start: npt.ArrayLike, stop: npt.ArrayLike, width: float) -> None:
        self._draw.line([self._at(start), self._at(stop)], fill=255, width=self._units(width))

    def dot(self, centre: npt.ArrayLike, radius: float, *, ink: int = 255) -> None:
        x, y = self._at(centre)
        r = self._units(radius)
        self._draw.ellipse([x - r, y - r, x + r, y + r], fill=ink)

    def ring(self, centre: npt.ArrayLike, radius: float, width: float) -> None:
        x, y = self._at(centre)
        r = self._units(radius)
        self._draw.ellipse([x - r, y - r, x + r, y + r], outline=255, width=self._units(width))

    def text(self, centre: npt.ArrayLike, words: str, height: float, *, spacing: float = 0.0) -> None:
        """One line centred on a point; ``height`` is the size of the face, ``spacing`` extra space between letters."""
        from PIL import ImageFont

        font = ImageFont.load_default(size=self._units(height))
        widths = [font.getlength(letter) for letter in words]
        gap = spacing * self._units(1.0)
        x, y = self._at(centre)
        x -= (sum(widths) + gap * (len(words) - 1)) / 2
        for letter, width in zip(words, widths, strict=True):
            self._draw.text((x, y), letter, fill=255, font=font, anchor="lm")
            x += width + gap

    def polygon(self, corners: Sequence[npt.ArrayLike]) -> None:
        self._draw.polygon([self._at(corner) for corner in corners], fill=255)

    def coverage(self) -> F64:
        """``(size, size)`` 0..1."""
        whole = np.asarray(self._image, dtype=np.float64) / 255.0
        cell = whole.reshape(self._size, OVERSAMPLE, self._size, OVERSAMPLE)
        return np.asarray(cell.mean(axis=(1, 3)))
