"""Where a garment opens at the neck, and where head and body are parted."""

from dataclasses import dataclass

import numpy as np

from showroom_demo.kit.shape import F64


def neckline(plain: F64) -> F64:
    """Positive on the head's side of the line where head and body are two files; decimetres."""
    return np.asarray(plain[:, 1] - (5.72 - 0.42 * plain[:, 2]) - 3.0 * np.maximum(np.abs(plain[:, 0]) - 1.25, 0))


@dataclass(frozen=True, slots=True)
class Neck:
    """
    A neck opening on the neutral body, decimetres: an ellipsoid about the base of the neck, whose cut is a round line
    on any body, and a wedge in front that comes to a point at ``v_y`` and widens by ``v_slope``.
    """

    wide: float
    tall: float
    front: float
    back: float
    v_y: float = 9.0
    v_slope: float = 0.36

    def round(self, plain: F64) -> F64:
        """Positive outside."""
        z = plain[:, 2] - 0.2
        deep = np.where(z > 0, self.front, self.back)
        share = np.clip((plain[:, 2] + 0.35) / 0.6, 0, 1)
        share = share * share * (3 - 2 * share)
        tall = self.tall * (0.48 + 0.52 * share)  # flat behind, or the cut would run along the back
        square = (plain[:, 0] / self.wide) ** 2 + ((plain[:, 1] - 5.95) / tall) ** 2 + (z / deep) ** 2
        return np.asarray(np.sqrt(square) - 1.0)

    def wedge(self, plain: F64) -> F64:
        """Positive outside."""
        half = np.where(plain[:, 1] > self.v_y, self.v_slope * (plain[:, 1] - self.v_y), plain[:, 1] - self.v_y)
        return np.asarray(np.abs(plain[:, 0]) - half + np.maximum(0.25 - plain[:, 2], 0) * 8.0)

    def bare(self, plain: F64, margin: float = 0.20) -> F64:
        """Positive on skin seen in the opening, and some way beneath its edge."""
        return np.asarray(np.maximum(margin - self.round(plain), 0.8 * margin - self.wedge(plain)))


CREW = Neck(0.90, 0.82, 0.98, 0.86)
TEE = Neck(1.00, 0.92, 1.04, 0.88)
SCOOP = Neck(1.22, 1.12, 1.18, 0.94)
SHIRT = Neck(0.76, 0.64, 0.84, 0.80)
OPEN_SHIRT = Neck(0.80, 0.66, 0.86, 0.80, v_y=4.75, v_slope=0.42)
JACKET = Neck(0.90, 0.78, 1.00, 0.84, v_y=3.15, v_slope=0.34)
TRUCKER = Neck(0.88, 0.76, 0.98, 0.84, v_y=3.75, v_slope=0.42)
