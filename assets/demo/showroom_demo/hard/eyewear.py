"""
What every pair of glasses has: a pane before each eye, two temples on hinges, places where it sits, printed sizes.

The wearer looks along +Z; left is the wearer's left, +X. What is modelled is the left half; the right is its mirror
image.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from showroom_demo.kit.assemble import Assembly, Part
from showroom_demo.kit.product import Anchor
from showroom_demo.kit.shape import F64, Shape

_MIRROR = np.array([-1.0, 1.0, 1.0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Millimetres, as printed inside a temple: lens width and height, bridge, temple."""

    lens_width: float
    lens_height: float
    bridge: float
    temple: float

    @property
    def lens_x(self) -> float:
        """Of the left lens's middle."""
        return (self.lens_width + self.bridge) / 2

    def panes(self, left: Shape) -> list[Part]:
        """The lenses, of the one before the left eye."""
        return [
            Part("lens_left", [("lens", left)], parent="front", pivot=(self.lens_x, 0, 0)),
            Part("lens_right", [("lens", left.mirrored())], parent="front", pivot=(-self.lens_x, 0, 0)),
        ]

    def measures(self, kind: str, made: Assembly, *, pupils_mm: float) -> dict[str, Any]:
        """What the mirror has to know to put it on somebody; ``pupils_mm``: whose eyes it suits best."""
        return {
            "kind": kind,
            "lens_width_mm": self.lens_width,
            "lens_height_mm": self.lens_height,
            "bridge_mm": self.bridge,
            "temple_mm": self.temple,
            "frame_width_mm": round(made.dimensions_m[0] * 1000, 1),
            "lens_centres_mm": 2 * self.lens_x,
            "pd_mm": pupils_mm,
        }


def temples(left: Sequence[tuple[str, Shape]], hinge: F64) -> list[Part]:
    """Both temples, of the pieces of the left one by what they are made of; they turn about their hinges."""
    x, y, z = map(float, hinge)
    right = [(finish, shape.mirrored()) for finish, shape in left]
    return [
        Part("temple_left", list(left), parent="front", pivot=(x, y, z)),
        Part("temple_right", right, parent="front", pivot=(-x, y, z)),
    ]


def anchors(
    made: Assembly, *, bridge: tuple[float, float, float], hinge: F64, ear: F64, lens: F64
) -> tuple[Anchor, ...]:
    """Where it sits on the nose and on the ears, where it folds, what one looks through; of the left half."""
    return (
        made.anchor("bridge", bridge, (0, 0, 1)),
        made.anchor("hinge_left", hinge, (0, 1, 0)),
        made.anchor("hinge_right", hinge * _MIRROR, (0, 1, 0)),
        made.anchor("ear_left", ear),
        made.anchor("ear_right", ear * _MIRROR),
        made.anchor("lens_left", lens, (0, 0, 1)),
        made.anchor("lens_right", lens * _MIRROR, (0, 0, 1)),
    )
