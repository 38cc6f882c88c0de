"""
Posing the shared skeleton: angles in terms of people, and limbs that reach a place.

Rotations are local and absolute: identity everywhere is the T-pose. Lengths are the reference skeleton's; whoever plays
a clip on another body scales the hips' way by the heights of the hips.

What it is not: the movements themselves (``clips``).
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial.transform import Rotation

from showroom_demo.avatars.skeleton import BONES, Skeleton, bone, parts_of
from showroom_demo.kit.shape import F64, unit

_SIGN = {"left": 1.0, "right": -1.0}
_FINGERS = ("Index", "Middle", "Ring", "Little")


def turn(*, pitch: float = 0.0, yaw: float = 0.0, roll: float = 0.0) -> F64:
    """Degrees: ``pitch`` nods ahead, ``yaw`` turns to the left, ``roll`` leans to the right; yaw outermost."""
    return np.asarray(Rotation.from_euler("YXZ", [yaw, pitch, roll], degrees=True).as_matrix())


@dataclass(eq=False)
class Pose:
    """A frame being made: call from the hips outwards."""

    skeleton: Skeleton
    rotations: F64 = field(default_factory=lambda: np.tile(np.eye(3), (len(BONES), 1, 1)))
    hips: F64 = field(default_factory=lambda: np.zeros(3))

    def __post_init__(self) -> None:
        self.hips = self.skeleton.head("hips").copy()

    def bend(self, name: str, *, pitch: float = 0.0, yaw: float = 0.0, roll: float = 0.0) -> None:
        self.rotations[bone(name)] = self.rotations[bone(name)] @ turn(pitch=pitch, yaw=yaw, roll=roll)

    def spine(self, *, pitch: float = 0.0, yaw: float = 0.0, roll: float = 0.0) -> None:
        """A bend shared by the three bones of the back."""
        for name, share in (("spine", 0.3), ("chest", 0.35), ("upperChest", 0.35)):
            self.bend(name, pitch=pitch * share, yaw=yaw * share, roll=roll * share)

    def look(
        self, *, pitch: float = 0.0, yaw: float = 0.0, roll: float = 0.0, eyes: tuple[float, float] = (0, 0)
    ) -> None:
        """Neck and head share a look; ``eyes`` (pitch, yaw) turn besides."""
        for name, share in (("neck", 0.4), ("head", 0.6)):
            self.bend(name, pitch=pitch * share, yaw=yaw * share, roll=roll * share)
        for side in ("left", "right"):
            self.bend(side + "Eye", pitch=eyes[0], yaw=eyes[1])

    def world(self) -> F64:
        return self.skeleton.world(self.rotations, self.hips)

    def foot(
        self, side: str, ankle: F64, *, pitch: float = 0.0, yaw: float = 0.0, toes: float = 0.0, pole: F64 | None = None
    ) -> None:
        """Bring an ankle to a place; the sole at ``pitch`` (heel up is positive), the toes bent back by ``toes``."""
        upper, lower, end = (bone(side + part) for part in ("UpperLeg", "LowerLeg", "Foot"))
        world = self.world()
        start, basis = world[upper, :3, 3], world[bone("hips"), :3, :3]
        offsets = self.skeleton.offsets
        thigh, shin = np.linalg.norm(offsets[lower]), np.linalg.norm(offsets[end])
        ahead = turn(yaw=yaw)[:, 2] if pole is None else unit(pole)
        knee = _middle(start, ankle, float(thigh), float(shin), ahead)
        target = knee + unit(ankle - knee) * shin
        first = _frame_down(start - knee, ahead)
        self.rotations[upper] = basis.T @ first
        second = _frame_down(knee - target, ahead)
        self.rotations[lower] = first.T @ second
        self.rotations[end] = second.T @ turn(yaw=yaw, pitch=pitch)
        self.rotations[bone(side + "Toes")] = turn(pitch=-toes)

    def arm(self, side: str, wrist: F64, *, pole: F64, palm: F64 | None = None, along: F64 | None = None) -> None:
        """
        Bring a wrist to a place.

        Parameters
        ----------
        wrist
            World place, metres.
        pole
            Where the elbow points.
        palm, along
            Where the palm faces and the fingers point; along the forearm, palm towards the body, by default.
        """
        sign = _SIGN[side]
        upper, lower, end = (bone(side + part) for part in ("UpperArm", "LowerArm", "Hand"))
        world = self.world()
        start, basis = world[upper, :3, 3], world[bone(side + "Shoulder"), :3, :3]
        offsets = self.skeleton.offsets
        elbow = _middle(
            start, wrist, float(np.linalg.norm(offsets[lower])), float(np.linalg.norm(offsets[end])), unit(pole)
        )
        target = elbow + unit(wrist - elbow) * np.linalg.norm(offsets[end])
        # a flexed elbow's hinge; a straight one's by the pole
        hinge = np.cross(target - elbow, elbow - start) * sign
        by_pole = np.cross(target - start, pole) * sign
        if hinge @ by_pole < 0:
            hinge = -hinge
        hinge = unit(hinge) * min(1.0, float(np.linalg.norm(hinge)) * 40) + 0.05 * unit(by_pole)
        first = _frame_along(elbow - start, hinge, sign)
        second = _frame_along(target - elbow, hinge, sign)
        ahead = unit(target - elbow) if along is None else unit(along)
        facing = np.array([-sign, 0.0, 0.0]) if palm is None else palm
        hand = _frame_along(ahead, -facing, sign)
        # half of the twist between elbow and hand is the forearm's
        x = second[:, 0]
        flat = unit(hand[:, 1] - x * (hand[:, 1] @ x))
        angle = np.arctan2(np.cross(second[:, 1], flat) @ x, second[:, 1] @ flat)
        second = np.asarray(Rotation.from_rotvec(x * angle * 0.55).as_matrix()) @ second
        self.rotations[upper] = basis.T @ first
        self.rotations[lower] = first.T @ second
        self.rotations[end] = second.T @ hand

    def hang(self, side: str, *, ahead: float = 0.0, out: float = 0.0, flex: float = 12.0, inward: float = 0.0) -> None:
        """An arm that hangs: degrees ahead of and away from the body, the elbow's flexion, the forearm's turn in."""
        sign = _SIGN[side]
        world = self.world()
        chest = world[bone("upperChest"), :3, :3]
        upper, lower, end = (bone(side + part) for part in ("UpperArm", "LowerArm", "Hand"))
        offsets = self.skeleton.offsets
        a, b = np.linalg.norm(offsets[lower]), np.linalg.norm(offsets[end])
        way = turn(pitch=-ahead) @ turn(roll=sign * (9.0 + out)) @ np.array([0.0, -1.0, 0.0])
        fore = turn(pitch=-ahead - flex) @ turn(roll=sign * (5.0 + out - inward)) @ np.array([0.0, -1.0, 0.0])
        # roots the body upright: an arm hangs by its weight, the chest carries its shoulder only
        start = world[upper, :3, 3]
        tilt = turn(yaw=float(np.degrees(np.arctan2(chest[0, 2], chest[2, 2]))) * 0.5)
        wrist = start + tilt @ (way * a + fore * b)
        pole = tilt @ np.array([sign * 0.35, 0.0, -1.0])
        self.arm(side, wrist, pole=pole, palm=tilt @ np.array([-sign, 0.0, -0.25]))

    def fingers(
        self, side: str, curl: float | tuple[float, float, float, float], *, thumb: float = 8.0, spread: float = 0.0
    ) -> None:
        """Degrees of curl at each joint of the fingers, from index to little."""
        sign = _SIGN[side]
        curls = curl if isinstance(curl, tuple) else (curl,) * 4
        for finger, amount, fan in zip(_FINGERS, curls, (1.0, 0.3, -0.4, -1.0), strict=True):
            for part, share in zip(parts_of(finger), (0.9, 1.0, 0.7), strict=True):
                at = bone(side + finger + part)
                self.rotations[at] = np.asarray(
                    Rotation.from_euler("z", -sign * amount * share, degrees=True).as_matrix()
                )
            at = bone(side + finger + "Proximal")
            self.rotations[at] = (
                np.asarray(Rotation.from_euler("y", -sign * spread * fan, degrees=True).as_matrix())
                @ self.rotations[at]
            )
        for part, share in zip(parts_of("Thumb"), (0.4, 0.7, 1.0), strict=True):
            at = bone(side + "Thumb" + part)
            self.rotations[at] = np.asarray(Rotation.from_euler("y", sign * thumb * share, degrees=True).as_matrix())


def _middle(start: F64, end: F64, first: float, second: float, pole: F64) -> F64:
    """Where the joint between two bones lies, bent towards ``pole``; stretched if the end is too far."""
    line = end - start
    distance = float(np.clip(np.linalg.norm(line), abs(first - second) + 1e-4, (first + second) * 0.9995))
    way = unit(line)
    along = (first**2 - second**2 + distance**2) / (2 * distance)
    aside = np.sqrt(max(first**2 - along**2, 0.0))
    return np.asarray(start + way * along + unit(pole - way * (pole @ way)) * aside)


def _frame_down(up: F64, ahead: F64) -> F64:
    y = unit(up)
    x = unit(np.cross(y, ahead))
    return np.column_stack([x, y, np.cross(x, y)])


def _frame_along(way: F64, y: F64, sign: float) -> F64:
    x = unit(way) * sign
    z = unit(np.cross(x, y))
    return np.column_stack([x, np.cross(z, x), z])
