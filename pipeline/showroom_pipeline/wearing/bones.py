"""
A standard body as bones: where each begins, its parent, and how thick flesh lies around it. 1.73 m tall, metres.

Heights are above the middle between both shoulder joints, z is ahead of it; the arms are a side's own, laid along a
direction by whoever poses it. Names are VRM 1.0's. What it is not: a body's surface.

Source: means of MakeHuman's CC0 bodies, as the client's (``webclient/src/tryon/body-bones.ts``).
"""

from dataclasses import dataclass

import numpy as np

from showroom_assets.scene import F64

HEIGHT_M = 1.73
SHOULDER_X_M = 0.187
UPPER_ARM_M, LOWER_ARM_M, HAND_M = 0.252, 0.262, 0.09
WAIST_Y_M = -0.33
"""The natural waist, below the shoulders: where trousers and skirts end."""

# Parent, place (x of the left side, y, z), radius.
_TRUNK: dict[str, tuple[str, tuple[float, float, float], float]] = {
    "hips": ("", (0.0, -0.411, -0.009), 0.13),
    "spine": ("hips", (0.0, -0.325, 0.005), 0.12),
    "chest": ("spine", (0.0, -0.225, -0.005), 0.12),
    "upperChest": ("chest", (0.0, -0.103, -0.02), 0.11),
    "neck": ("upperChest", (0.0, 0.1, -0.004), 0.055),
    "head": ("neck", (0.0, 0.147, 0.005), 0.08),
}
_SIDE: dict[str, tuple[str, tuple[float, float, float], float]] = {
    "Shoulder": ("upperChest", (0.063, 0.06, -0.005), 0.045),
    "UpperArm": ("Shoulder", (SHOULDER_X_M, 0.0, 0.0), 0.05),
    "LowerArm": ("UpperArm", (0.0, 0.0, 0.0), 0.042),
    "Hand": ("LowerArm", (0.0, 0.0, 0.0), 0.035),
    "UpperLeg": ("hips", (0.108, -0.461, -0.015), 0.085),
    "LowerLeg": ("UpperLeg", (0.15, -0.874, 0.01), 0.06),
    "Foot": ("LowerLeg", (0.155, -1.28, -0.02), 0.05),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bones:
    """
    ``names`` and ``parents`` (index, -1 for the hips), ``heads (b, 3)``, ``tails (b, 3)``, ``radii (b,)``; ``turns
    (b, 3, 3)`` from a T-pose, the same for all of an arm.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    heads: F64
    tails: F64
    radii: F64
    turns: F64

    def at(self, name: str) -> int:
        return self.names.index(name)

    def posed(self, turns: dict[str, F64]) -> F64:
        """What each bone does to the points bound to it, ``(b, 4, 4)``, under turns about the bones' heads."""
        out = np.empty((len(self.names), 4, 4))
        for i, (name, parent) in enumerate(zip(self.names, self.parents, strict=True)):
            own = np.eye(4)
            own[:3, :3] = turns.get(name, np.eye(3))
            own[:3, 3] = self.heads[i] - own[:3, :3] @ self.heads[i]
            out[i] = own if parent < 0 else out[parent] @ own
        return out


def standing(*, shoulders: F64, arm: F64, scale: float = 1.0) -> Bones:
    """
    The body with the middle of its shoulders at ``shoulders (3,)`` and its left arm along the unit vector ``arm``.
    """
    places: dict[str, tuple[str, F64, float]] = {
        name: (parent, np.array(place), radius) for name, (parent, place, radius) in _TRUNK.items()
    }
    for side, sign in (("left", 1), ("right", -1)):
        mirror = np.array([sign, 1, 1])
        upper = np.array([SHOULDER_X_M, 0.0, 0.0])
        elbow = upper + np.array(arm) * UPPER_ARM_M
        wrist = elbow + np.array(arm) * LOWER_ARM_M
        along = {"LowerArm": elbow, "Hand": wrist}
        for part, (parent, place, radius) in _SIDE.items():
            whole = parent if parent in _TRUNK else side + parent
            places[side + part] = (whole, along.get(part, np.array(place)) * mirror, radius)
    names = tuple(places)
    heads = np.array([place for _, place, _ in places.values()]) * scale + shoulders
    tails = heads.copy()
    ends = {
        "hips": "spine", "spine": "chest", "chest": "upperChest", "upperChest": "neck", "neck": "head",
        "Shoulder": "UpperArm", "UpperArm": "LowerArm", "LowerArm": "Hand", "UpperLeg": "LowerLeg", "LowerLeg": "Foot",
    }  # fmt: skip
    turns = np.tile(np.eye(3), (len(names), 1, 1))
    for i, name in enumerate(names):
        side = "left" if name.startswith("left") else "right" if name.startswith("right") else ""
        end = ends.get(name.removeprefix(side))
        flip = np.array([-1.0 if side == "right" else 1.0, 1, 1])
        if end:
            tails[i] = heads[names.index(side + end)]
        elif name.endswith("Hand"):
            tails[i] = heads[i] + np.array(arm) * flip * HAND_M * scale
        elif name.endswith("Foot"):
            tails[i] = heads[i] + np.array([0, -0.05, 0.12]) * scale
        else:
            tails[i] = heads[i] + np.array([0, 0.18, 0]) * scale
        if name.endswith(("UpperArm", "LowerArm", "Hand")):
            turns[i] = _arc(np.array([1.0, 0, 0]) * flip, np.array(arm) * flip)
    return Bones(
        names=names,
        parents=tuple(names.index(parent) if parent else -1 for parent, _, _ in places.values()),
        heads=heads, tails=tails, radii=np.array([radius for _, _, radius in places.values()]) * scale, turns=turns,
    )  # fmt: skip


def _arc(a: F64, b: F64) -> F64:
    """The shortest turn from one unit vector to another."""
    axis = np.cross(a, b)
    cos = float(a @ b)
    k = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    out: F64 = np.eye(3) + k + k @ k / (1 + cos)
    return out
