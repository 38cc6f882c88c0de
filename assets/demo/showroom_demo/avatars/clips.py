"""
The movements all figures share: thirteen loops on the reference skeleton, 30 frames a second.

Each begins and ends in the same pose; those that are gestures begin and end in a relaxed stand. Feet stand still by
inverse kinematics while the weight goes from one to the other.

What it is not: the walk's mechanics (``gait``).
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from scipy.spatial.transform import Rotation

from showroom_demo.avatars.gait import walk
from showroom_demo.avatars.motion import Pose
from showroom_demo.avatars.skeleton import Skeleton
from showroom_demo.kit.shape import F64

RATE_HZ = 30
SEAT_M = 0.47
"""Height of the seat that ``sit`` and ``roll`` are made for."""

Frame = Callable[[Skeleton, float], Pose]
_SIDES = (("left", 1.0), ("right", -1.0))


def clips(skeleton: Skeleton) -> dict[str, tuple[F64, F64, F64]]:
    """Name → times ``(t,)`` s, local rotations ``(t, b, 4)`` xyzw, places of the hips ``(t, 3)`` m."""
    out = {}
    for name, (seconds, frame) in _CLIPS.items():
        count = round(seconds * RATE_HZ)
        poses = [frame(skeleton, at / count) for at in range(count)]
        out[name] = _track([*poses, poses[0]])
    steps = walk(skeleton, 32)
    out["walk"] = _track([*steps, steps[0]])
    return {name: out[name] for name in NAMES}


def _track(poses: Sequence[Pose]) -> tuple[F64, F64, F64]:
    rotations = np.stack([p.rotations for p in poses])
    quaternions = Rotation.from_matrix(rotations.reshape(-1, 3, 3)).as_quat().reshape(len(poses), -1, 4)
    for at in range(1, len(poses)):  # the short way from frame to frame
        flip = (quaternions[at] * quaternions[at - 1]).sum(axis=1) < 0
        quaternions[at, flip] *= -1
    return np.arange(len(poses)) / RATE_HZ, quaternions, np.stack([p.hips for p in poses])


def wave_of(t: float, times: float = 1.0, shift: float = 0.0) -> float:
    return float(np.sin(2 * np.pi * (times * t + shift)))


def eased(t: float, *keys: tuple[float, float]) -> float:
    """A value that rests at each key and goes smoothly between them; before the first and after the last it holds."""
    for (t0, v0), (t1, v1) in pairwise(keys):
        if t <= t1:
            u = float(np.clip((t - t0) / (t1 - t0), 0, 1))
            return v0 + (v1 - v0) * u * u * u * (u * (6 * u - 15) + 10)
    return keys[-1][1]


def stood(
    skeleton: Skeleton, t: float, *, shift: float = 0.0, breaths: float = 2.0, drop: float = 0.010, yaw: float = 0.0
) -> Pose:
    """A relaxed stand: ``shift`` of the weight, metres to the left; the hips lean over the leg that carries."""
    pose = Pose(skeleton)
    breath = wave_of(t, breaths)
    pose.hips = skeleton.head("hips") + [shift, -drop - 2.2 * abs(shift) ** 1.6, -0.012 + 0.002 * wave_of(t)]
    pose.bend("hips", pitch=1.0, roll=shift * 80, yaw=yaw)
    pose.spine(pitch=-0.5 - 0.7 * breath, roll=-shift * 105, yaw=-yaw * 0.6)
    pose.look(pitch=0.5 + 0.4 * breath, roll=shift * 35)
    for side, sign in _SIDES:
        pose.bend(side + "Shoulder", roll=sign * (0.9 * breath - 1.0))
        ankle = skeleton.head(side + "Foot")
        width = 0.098 if side == "left" else 0.092
        place = np.array([sign * width, ankle[1], ankle[2] + (0.015 if side == "left" else -0.02)])
        pose.foot(side, place, yaw=sign * (9.0 if side == "left" else 12.0))
    return pose


def at_rest(pose: Pose, t: float, *, sides: Sequence[str] = ("left", "right"), sway: float = 1.0) -> None:
    """Arms that hang, and loose hands."""
    for side, sign in _SIDES:
        if side in sides:
            pose.hang(
                side,
                ahead=1.5 + sway * wave_of(t, 1, 0.1 if sign > 0 else 0.4),
                flex=16.0 + sway * wave_of(t, 2, 0.2),
                inward=4.0,
            )
            loose(pose, side)


def loose(pose: Pose, side: str) -> None:
    pose.fingers(side, (14.0, 18.0, 21.0, 23.0), thumb=8.0, spread=1.0)


def _reached(pose: Pose, side: str, by: float, ahead: F64, *, pole: F64, palm: F64, along: F64 | None = None) -> None:
    """
    Between hanging (0) and a place (1): ``ahead`` is the wrist from its shoulder in arm's lengths, the left side at +X;
    ``pole``, ``palm`` and ``along`` likewise mirror for the right.
    """
    sign = 1.0 if side == "left" else -1.0
    mirror = np.array([sign, 1.0, 1.0])
    pose.hang(side, ahead=2.0, flex=16.0, inward=4.0)
    world = pose.world()
    from showroom_demo.avatars.skeleton import bone

    start = world[bone(side + "UpperArm"), :3, 3]
    hand = world[bone(side + "Hand")]
    down, hang_along, hang_palm = hand[:3, 3], hand[:3, 0] * sign, -hand[:3, 1]
    offsets = pose.skeleton.offsets
    length = float(np.linalg.norm(offsets[bone(side + "LowerArm")]) + np.linalg.norm(offsets[bone(side + "Hand")]))
    goal = start + ahead * mirror * length
    # round the shoulder, not through the body
    low, high = down - start, goal - start
    u = float(by)
    way = low * (1 - u) + high * u
    size = np.linalg.norm(low) * (1 - u) + np.linalg.norm(high) * u
    way = way / max(float(np.linalg.norm(way)), 1e-6) * size
    elbow = np.array([sign * 0.35, 0.0, -1.0]) * (1 - u) + pole * mirror * u
    facing = hang_palm * (1 - u) + palm * mirror * u
    end = way / max(float(np.linalg.norm(way)), 1e-6) if along is None else along * mirror
    pointing = hang_along * (1 - u) + end * u
    pose.arm(side, start + way, pole=elbow, palm=facing, along=pointing)


def _idle(s: Skeleton, t: float) -> Pose:
    shift = eased(t, (0, 0.018), (0.08, 0.018), (0.2, -0.02), (0.58, -0.022), (0.7, 0.018), (1, 0.018))
    pose = stood(s, t, shift=shift)
    glance = eased(t, (0, 0), (0.28, 0), (0.34, 16), (0.48, 15), (0.55, -4), (0.78, -3), (0.9, 0), (1, 0))
    eyes = eased(t, (0, 0), (0.27, 0), (0.29, 9), (0.36, 0), (0.48, 0), (0.5, -8), (0.56, 0), (1, 0))
    pose.look(yaw=glance, pitch=-1 + wave_of(t, 1, 0.1), eyes=(0.0, eyes))
    at_rest(pose, t)
    return pose


def _idle2(s: Skeleton, t: float) -> Pose:
    shift = eased(t, (0, -0.02), (0.3, -0.022), (0.42, 0.02), (0.82, 0.022), (0.94, -0.02), (1, -0.02))
    pose = stood(s, t, shift=shift, yaw=3 * wave_of(t))
    down = eased(t, (0, 0), (0.1, 0), (0.18, 12), (0.34, 11), (0.44, -5), (0.6, -4), (0.7, 0), (1, 0))
    pose.look(
        yaw=eased(t, (0, 0), (0.1, 0), (0.2, -14), (0.34, -15), (0.46, 20), (0.62, 18), (0.74, 0), (1, 0)), pitch=down
    )
    at_rest(pose, t, sides=("left",))
    # a hand goes to the other's wrist, and back
    by = eased(t, (0, 0), (0.36, 0), (0.48, 1), (0.78, 1), (0.9, 0), (1, 0))
    _reached(
        pose,
        "right",
        by,
        np.array([-0.42, -0.60, 0.36]),
        pole=np.array([0.8, -0.5, -0.5]),
        palm=np.array([0.0, -0.35, -1.0]),
        along=np.array([-1.0, 0.05, 0.3]),
    )
    loose(pose, "right")
    return pose


def _wave(s: Skeleton, t: float) -> Pose:
    by = eased(t, (0, 0), (0.24, 1), (0.76, 1), (1, 0))
    pose = stood(s, t, shift=0.012 * by, breaths=1)
    pose.spine(roll=-2.0 * by)
    pose.look(pitch=-2 * by, roll=3 * by, yaw=-3 * by)
    at_rest(pose, t, sides=("left",))
    pose.bend("rightShoulder", roll=-9 * by)
    wag = eased(t, (0, 0), (0.18, 0), (0.26, 1), (0.36, -1), (0.46, 1), (0.56, -1), (0.66, 0.8), (0.78, 0), (1, 0))
    lean = np.array([0.14 * wag, 0, 0])
    _reached(
        pose,
        "right",
        by,
        np.array([0.32, 0.36, 0.34]) + lean,
        pole=np.array([0.6, -1.0, -0.1]),
        palm=np.array([0.0, 0.1, 1.0]),
        along=np.array([0.12 + 0.5 * wag, 1.0, 0.08]),
    )
    pose.fingers("right", 16 * (1 - by) + 4, thumb=8 * (1 - by), spread=6 * by)
    return pose


def _point(s: Skeleton, t: float) -> Pose:
    by = eased(t, (0, 0), (0.3, 1), (0.72, 1), (1, 0))
    pose = stood(s, t, shift=0.01 * by, breaths=1)
    pose.spine(yaw=5 * by, pitch=2 * by)
    pose.look(pitch=-1, yaw=-6 * by)
    at_rest(pose, t, sides=("left",))
    pose.bend("rightShoulder", roll=-4 * by, yaw=6 * by)
    _reached(
        pose,
        "right",
        by,
        np.array([0.20, 0.0, 0.94]),
        pole=np.array([0.6, -1.0, -0.2]),
        palm=np.array([-0.6, -0.8, 0.0]),
    )
    curl = 16 * (1 - by)
    pose.fingers("right", (curl + 2 * by, curl + 62 * by, curl + 68 * by, curl + 70 * by), thumb=8 + 30 * by)
    return pose


def _reach(s: Skeleton, t: float) -> Pose:
    by = eased(t, (0, 0), (0.4, 1), (0.62, 1), (1, 0))
    pose = stood(s, t, shift=-0.014 * by, breaths=1, drop=0.010 + 0.012 * by)
    pose.bend("hips", pitch=4 * by)
    pose.spine(pitch=7 * by, yaw=8 * by)
    pose.look(pitch=5 * by, yaw=-4 * by)
    for side, sign in _SIDES:  # the hips moved: feet again
        ankle = s.head(side + "Foot")
        pose.foot(
            side,
            np.array([sign * (0.098 if sign > 0 else 0.092), ankle[1], ankle[2] + (0.015 if sign > 0 else -0.02)]),
            yaw=sign * (9 if sign > 0 else 12),
        )
    at_rest(pose, t, sides=("left",))
    pose.bend("rightShoulder", yaw=8 * by)
    _reached(
        pose,
        "right",
        by,
        np.array([0.10, -0.18, 0.92]),
        pole=np.array([0.7, -1.0, -0.3]),
        palm=np.array([-0.9, -0.3, 0.2]),
    )
    grip = eased(t, (0, 16), (0.25, 10), (0.42, 6), (0.52, 26), (0.7, 24), (1, 16))
    pose.fingers("right", grip, thumb=grip * 0.8, spread=2)
    return pose


def _look(s: Skeleton, t: float) -> Pose:
    by = eased(t, (0, 0), (0.22, 1), (0.8, 1), (1, 0))
    pose = stood(s, t, shift=0.01 * by, breaths=1)
    pose.spine(pitch=6 * by, yaw=3 * wave_of(t) * by)
    pose.look(pitch=13 * by + 2 * wave_of(t, 2) * by, yaw=7 * wave_of(t, 1, 0.05) * by, roll=5 * by)
    at_rest(pose, t, sides=("left",))
    # a hand at the chin
    _reached(
        pose,
        "right",
        by,
        np.array([-0.30, -0.02, 0.34]),
        pole=np.array([0.55, -1.0, 0.15]),
        palm=np.array([-0.55, 0.1, -0.8]),
        along=np.array([-0.35, 1.0, 0.05]),
    )
    pose.fingers("right", (16 + 20 * by, 18 + 34 * by, 20 + 40 * by, 22 + 40 * by), thumb=8)
    return pose


def _talk(s: Skeleton, t: float) -> Pose:
    shift = 0.014 * wave_of(t)
    pose = stood(s, t, shift=shift, breaths=2)
    pose.spine(yaw=3 * wave_of(t, 1, 0.2))
    pose.look(pitch=1 + 2.5 * wave_of(t, 3, 0.1), yaw=5 * wave_of(t, 1, 0.3), roll=2.5 * wave_of(t, 2, 0.4))
    for side, beats in (("right", (0.0, 0.1, 0.35)), ("left", (0.45, 0.55, 0.8))):
        by = eased(
            t,
            (0, 0),
            (beats[0] + 0.02, 0),
            (beats[1] + 0.06, 1),
            (beats[2], 0.9),
            (min(beats[2] + 0.15, 0.98), 0),
            (1, 0),
        )
        beat = 0.06 * wave_of(t, 5) * by
        _reached(
            pose,
            side,
            by * 0.95,
            np.array([-0.02, -0.50 + beat, 0.52]),
            pole=np.array([0.6, -1.0, -0.4]),
            palm=np.array([-0.55, 0.75, 0.2]),
        )
        pose.fingers(side, (12.0, 16.0, 20.0, 22.0), thumb=6, spread=3 * by)
    return pose


def _phone(s: Skeleton, t: float) -> Pose:
    pose = stood(s, t, shift=0.016 + 0.004 * wave_of(t), breaths=2)
    pose.spine(pitch=4)
    pose.look(pitch=24 + wave_of(t), yaw=-4 + wave_of(t, 1, 0.3), eyes=(6.0, 0.0))
    at_rest(pose, t, sides=("left",), sway=0.6)
    _reached(
        pose,
        "right",
        1.0,
        np.array([-0.24, -0.36 + 0.008 * wave_of(t, 2), 0.44]),
        pole=np.array([0.55, -1.0, -0.25]),
        palm=np.array([-0.25, 0.55, -0.9]),
        along=np.array([-0.55, 0.75, 0.35]),
    )
    pose.fingers("right", (34.0, 36.0, 38.0, 40.0), thumb=22 + 8 * wave_of(t, 6))
    return pose


def _applaud(s: Skeleton, t: float) -> Pose:
    pose = stood(s, t, shift=0.008 * wave_of(t), breaths=1)
    pose.spine(pitch=1.5 + 0.8 * wave_of(t, 8))
    pose.look(pitch=-3, yaw=3 * wave_of(t))
    gap = 0.5 + 0.5 * float(np.cos(2 * np.pi * 8 * t))
    for side, _ in _SIDES:
        inward = -0.285 + 0.16 * gap
        _reached(
            pose,
            side,
            1.0,
            np.array([inward, -0.22, 0.50]),
            pole=np.array([0.8, -1.0, -0.3]),
            palm=np.array([-1.0, 0.0, 0.25]),
            along=np.array([-0.30, 0.72, 0.72]),
        )
        pose.fingers(side, 5, thumb=2, spread=2)
    return pose


def _dance(s: Skeleton, t: float) -> Pose:
    beat = 6.0
    bounce = 0.5 - 0.5 * float(np.cos(2 * np.pi * 2 * beat * t))
    side_way = wave_of(t, beat / 2)
    pose = stood(s, t, shift=0.05 * side_way, drop=0.025 + 0.022 * bounce, breaths=2, yaw=7 * wave_of(t, beat / 2, 0.1))
    pose.spine(roll=-4 * side_way, yaw=8 * wave_of(t, beat / 2, 0.2), pitch=2 * bounce)
    pose.look(roll=5 * side_way, pitch=3 * bounce, yaw=6 * wave_of(t, 1))
    for side, sign in _SIDES:
        swing = wave_of(t, beat / 2, 0.25 if sign > 0 else 0.75)
        pose.bend(side + "Shoulder", roll=sign * (3 + 3 * swing))
        _reached(
            pose,
            side,
            1.0,
            np.array([0.10 + 0.06 * swing, -0.46 + 0.12 * swing, 0.40 + 0.10 * swing]),
            pole=np.array([0.9, -0.8, -0.6]),
            palm=np.array([-0.9, -0.3, -0.1]),
        )
        pose.fingers(side, 34, thumb=18)
    return pose


def _seated(s: Skeleton, t: float) -> Pose:
    pose = Pose(s)
    breath = wave_of(t, 2)
    thigh = float(np.linalg.norm(s.head("leftLowerLeg") - s.head("leftUpperLeg")))
    pose.hips = np.array([0.0, SEAT_M + 0.085 + (s.head("hips")[1] - s.head("leftUpperLeg")[1]), -0.10])
    pose.bend("hips", pitch=-6)
    pose.spine(pitch=5 - 0.8 * breath)
    pose.look(pitch=-1 + 0.5 * breath)
    for side, sign in _SIDES:
        ankle = s.head(side + "Foot")
        place = np.array([sign * 0.10, ankle[1], pose.hips[2] + thigh * 0.97])
        pose.foot(side, place, yaw=sign * 6, pole=np.array([sign * 0.16, 0.9, 1.0]))
    return pose


def _sit(s: Skeleton, t: float) -> Pose:
    pose = _seated(s, t)
    pose.look(yaw=eased(t, (0, 0), (0.3, 0), (0.4, 14), (0.6, 12), (0.72, -6), (0.85, -5), (0.95, 0), (1, 0)))
    for side, _ in _SIDES:
        _reached(
            pose,
            side,
            1.0,
            np.array([-0.12, -0.66, 0.50]),
            pole=np.array([0.7, -0.3, -1.0]),
            palm=np.array([-0.25, -1.0, -0.05]),
            along=np.array([-0.30, -0.25, 1.0]),
        )
        pose.fingers(side, (12.0, 14.0, 16.0, 18.0), thumb=6)
    return pose


def _roll(s: Skeleton, t: float) -> Pose:
    pose = _seated(s, t)
    push = eased(t, (0, 0), (0.45, 1), (1, 0))
    lift = eased(t, (0, 0), (0.45, 0), (0.72, 1), (1, 0))
    pose.spine(pitch=6 + 7 * push)
    pose.look(pitch=-5 - 4 * push)
    for side, _ in _SIDES:
        _reached(
            pose,
            side,
            1.0,
            np.array([0.13 + 0.08 * lift, -0.72 + 0.05 * push * (1 - lift) - 0.02 * lift, -0.10 + 0.46 * push]),
            pole=np.array([0.9, 0.1, -1.0]),
            palm=np.array([-0.9, -0.45, 0.0]),
            along=np.array([0.0, -0.75, 0.75]),
        )
        pose.fingers(side, 26 - 12 * lift, thumb=18)
    return pose


_CLIPS: dict[str, tuple[float, Frame]] = {
    "idle": (8.0, _idle),
    "idle2": (9.0, _idle2),
    "wave": (2.4, _wave),
    "point": (2.2, _point),
    "sit": (8.0, _sit),
    "look": (3.0, _look),
    "reach": (2.4, _reach),
    "dance": (4.0, _dance),
    "applaud": (3.0, _applaud),
    "talk": (6.0, _talk),
    "phone": (6.0, _phone),
    "roll": (1.2, _roll),
}
NAMES = ("idle", "idle2", "walk", "wave", "point", "sit", "look", "reach", "dance", "applaud", "talk", "phone", "roll")
