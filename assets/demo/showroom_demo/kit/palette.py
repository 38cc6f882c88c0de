"""
The season's colours: quiet, earthen, never primary.

Written as sRGB hex, as a designer would; ``linear`` gives what glTF factors want.
"""

import numpy as np

BONE = "#e6dfd1"
CHALK = "#f1eee7"
CLAY = "#b9805f"
RUST = "#9a4a2c"
OLIVE = "#6b6a43"
MOSS = "#4c5340"
INK = "#23283a"
MIDNIGHT = "#161a26"
SAND = "#cdb894"
TOBACCO = "#6f4a2f"
ESPRESSO = "#3a2820"
STONE = "#a39c90"
SLATE = "#5a6068"
FOG = "#c3c7c6"
SAGE = "#9aa48c"
BLUSH = "#d9b3a3"
CHARCOAL = "#2d2c2b"
BUTTER = "#e3cb92"

BRASS = "#d2b06c"
GOLD = "#e9c47c"
ROSE_GOLD = "#e0a88b"
SILVER = "#e3e2df"
STEEL = "#b9b9b8"
GUNMETAL = "#5b5e62"
BLACK_STEEL = "#35353a"


def linear(color: str) -> tuple[float, float, float]:
    """sRGB hex to linear RGB, 0..1 (IEC 61966-2-1), rounded to six digits so that files are stable."""
    srgb = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)]) / 255.0
    value = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return (round(float(value[0]), 6), round(float(value[1]), 6), round(float(value[2]), 6))


def srgb(color: str) -> tuple[int, int, int]:
    """Hex to 0..255, for pictures."""
    return (int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16))
