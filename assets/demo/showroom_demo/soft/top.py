"""What every top has: places where it hangs on the rig, and sizes graded from the one that was draped."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from showroom_demo.kit.assemble import Assembly
from showroom_demo.kit.body import body
from showroom_demo.kit.garment import Garment
from showroom_demo.kit.product import Anchor
from showroom_demo.kit.shape import F64
from showroom_demo.soft.block import Block


def middle(g: Garment, name: str) -> F64:
    """The point of a piece that lies nearest the middle of the body."""
    nodes = g.sewn.nodes(name)
    return np.asarray(g.points[nodes[np.argmin(np.abs(g.points[nodes, 0]))]])


def anchors(made: Assembly, g: Garment) -> tuple[Anchor, ...]:
    """Where it sits on somebody."""
    b = body()
    return (
        made.anchor("collar_back", middle(g, "rib_back"), (0, 1, 0)),
        made.anchor("collar_front", middle(g, "rib_front"), (0, 0, 1)),
        made.anchor("shoulder_left", b.head("leftUpperArm")),
        made.anchor("shoulder_right", b.head("rightUpperArm")),
        made.anchor("hips", b.head("hips")),
    )


def measures(
    kind: str,
    made: Assembly,
    block: Block,
    sizes: Mapping[str, tuple[int, int]],
    *,
    length_mm: int,
    sleeve_mm: int,
    sleeve_step_mm: int,
) -> dict[str, Any]:
    """
    What the mirror has to know to dress somebody.

    Parameters
    ----------
    sizes
        The chest and waist, mm, that each is cut for, smallest first; M is the one that was draped.
    length_mm, sleeve_mm
        Of the M.
    """
    drawn = list(sizes).index("M")
    return {
        "kind": kind,
        "size": "M",
        "sizes": {
            size: {
                "chest_mm": chest,
                "waist_mm": waist,
                "garment_chest_mm": round(4 * block.half_chest / 2) + chest - 1000,
                "length_mm": length_mm + 15 * (k - drawn),
                "sleeve_mm": sleeve_mm + sleeve_step_mm * (k - drawn),
            }
            for k, (size, (chest, waist)) in enumerate(sizes.items())
        },
        "rig": "vrm1",
        "rest_pose": "A",
        "floor_y_mm": round(made.shift_mm[1], 3),
        "body_height_mm": 1730,
    }
