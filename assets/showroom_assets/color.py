"""
The sRGB curve, and single colours by their hexadecimal names.

Source: IEC 61966-2-1.
"""

import numpy as np

from .scene import F32


def linear(values: F32) -> F32:
    """sRGB fractions 0..1 to linear light."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4).astype(np.float32)


def srgb(values: F32) -> F32:
    """Linear light, clipped to 0..1, to sRGB fractions."""
    value = np.clip(values, 0, 1)
    return np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055).astype(np.float32)


def from_hex(name: str) -> tuple[float, float, float]:
    """``#rrggbb`` (sRGB) as linear RGB."""
    channels = np.array([int(name[at : at + 2], 16) for at in (1, 3, 5)], np.float32) / np.float32(255)
    r, g, b = (float(value) for value in linear(channels))
    return r, g, b


def to_hex(color: tuple[float, float, float]) -> str:
    """Linear RGB as ``#rrggbb``."""
    return "#" + "".join(f"{round(float(value) * 255):02x}" for value in srgb(np.asarray(color, np.float32)))
