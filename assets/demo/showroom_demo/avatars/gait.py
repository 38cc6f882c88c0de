"""
A walk in place: feet roll over heel, sole and ball on a floor that moves back evenly, so they do not slide on it.

The stance is exact; the rest follows it: the hips ride as high as both legs allow, pelvis and shoulders counter-turn,
arms swing against the legs.

Source: Perry & Burnfield, Gait Analysis (2010): stance 60 % of the cycle, heel, ankle and forefoot rockers.
"""

from itertools import pairwise

import numpy as np
from scipy.ndimage import gaussian_filter1d

from showroom_demo.avatars.motion import Pose
from showroom_demo.avatars.skeleton import Skeleton
from showroom_demo.kit.shape import F64

STANCE = 0.6
_STRIDE_IN_HIPS = 1.40
_HALF_WIDTH_IN_HIPS = 0.075
_HEEL_M = 0.045  # behind the ankle
_STRIKE, _PUSH = -17.0, 50.0  # pitch of the foot, degrees: toes up is negative
_FLAT, _RISE = 0.09, 0.34


def stride_m(skeleton: Skeleton) -> float:
    """What a full cycle of two steps covers."""
    return float(skeleton.head("hips")[1]) * _STRIDE_IN_HIPS


def walk(skeleton: Skeleton, frames: int) -> list[Pose]:
    """``frames`` poses of one cycle, without the repeated last; the left heel strikes at 0."""
    phase = np.arange(frames) / frames
    stride = stride_m(skeleton)
    feet = {
        "left": _foot(skeleton, "left", phase, stride),
        "right": _foot(skeleton, "right", (phase + 0.5) % 1.0, stride),
    }
    hips = _hips(skeleton, feet, phase)
    return [
        _pose(skeleton, p, hips[at], {side: [v[at] for v in foot] for side, foot in feet.items()})
        for at, p in enumerate(phase)
    ]


def _foot(skeleton: Skeleton, side: str, phase: F64, stride: float) -> tuple[F64, F64]:
    """Places of the ankle ``(n, 3)`` and pitches of the sole ``(n,)``."""
    ankle, ball = skeleton.head(side + "Foot"), skeleton.head(side + "Toes")
    reach = float(np.hypot(*(ball - ankle)[[0, 2]]))
    width = _HALF_WIDTH_IN_HIPS * float(skeleton.head("hips")[1]) * (1 if side == "left" else -1)
    start = stride * STANCE * 0.40

    def standing(p: F64) -> tuple[F64, F64]:
        pitch = np.interp(p, [0, _FLAT, _RISE, STANCE - 0.06, STANCE], [_STRIKE, 0, 0, 0.72 * _PUSH, _PUSH])
        a = np.radians(pitch)
        flat = start - p * stride
        up = float(ankle[1])
        heel = np.stack(
            [flat - _HEEL_M + _HEEL_M * np.cos(a) + up * np.sin(a), up * np.cos(a) - _HEEL_M * np.sin(a)], 1
        )
        drop = up - float(ball[1])
        toe = np.stack(
            [
                flat + reach - reach * np.cos(a) + drop * np.sin(a),
                float(ball[1]) + drop * np.cos(a) + reach * np.sin(a),
            ],
            1,
        )
        return np.where(pitch[:, None] < 0, heel, toe), pitch

    placed, pitch = standing(np.minimum(phase, STANCE))
    swing = np.clip((phase - STANCE) / (1 - STANCE), 0, 1)
    (off, _), (on, _) = standing(np.array([STANCE])), standing(np.array([0.0]))
    t = swing[:, None]
    h = np.stack([2 * t**3 - 3 * t**2 + 1, t**3 - 2 * t**2 + t, -2 * t**3 + 3 * t**2, t**3 - t**2])
    leave, land = np.array([0.10, 0.30]), np.array([-0.25, -0.10])
    path = h[0] * off + h[1] * leave + h[2] * on + h[3] * land
    path[:, 1] += 0.022 * np.sin(np.pi * np.clip(swing * 1.15, 0, 1)) ** 2
    swung = np.interp(swing, [0, 0.18, 0.45, 0.75, 1.0], [_PUSH, 0.95 * _PUSH, 0.1 * _PUSH, 0.9 * _STRIKE, _STRIKE])
    is_swing = phase > STANCE
    yz = np.where(is_swing[:, None], path, placed)
    return np.stack([np.full(len(phase), width), yz[:, 1], yz[:, 0]], 1), np.where(is_swing, swung, pitch)


def _hips(skeleton: Skeleton, feet: dict[str, tuple[F64, F64]], phase: F64) -> F64:
    home = skeleton.head("hips")
    side = 0.016 * np.sin(2 * np.pi * (phase - 0.05))
    ahead = -0.008 + 0.006 * np.cos(4 * np.pi * (phase + 0.12))
    ceiling = np.full(len(phase), home[1] - 0.014)
    for name, (ankles, _) in feet.items():
        joint = skeleton.head(name + "UpperLeg") - home
        chain = [skeleton.head(name + part) for part in ("UpperLeg", "LowerLeg", "Foot")]
        length = sum(float(np.linalg.norm(b - a)) for a, b in pairwise(chain)) * 0.992
        dx = ankles[:, 0] - (side + joint[0])
        dz = ankles[:, 2] - (ahead + joint[2])
        rise = np.sqrt(np.maximum(length**2 - dx**2 - dz**2, 0.01))
        ceiling = np.minimum(ceiling, ankles[:, 1] + rise - joint[1])
    y = np.minimum(gaussian_filter1d(ceiling, 0.05 * len(phase), mode="wrap"), ceiling)
    y = gaussian_filter1d(y, 0.02 * len(phase), mode="wrap")
    return np.stack([home[0] + side, y, home[2] + ahead], 1)


def _pose(skeleton: Skeleton, p: float, hips: F64, feet: dict[str, list[F64]]) -> Pose:
    pose = Pose(skeleton)
    pose.hips = hips
    c, s = np.cos(2 * np.pi * p), np.sin(2 * np.pi * p)
    pose.bend("hips", pitch=2.0, yaw=-5.0 * c, roll=-2.6 * s)
    pose.spine(pitch=1.5 + 0.8 * np.cos(4 * np.pi * p), yaw=10.0 * c, roll=2.8 * s)
    pose.look(pitch=-2.0, yaw=-5.0 * c, roll=0.0)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        ankle, pitch = feet[side]
        pose.foot(
            side,
            ankle,
            pitch=float(pitch),
            yaw=4.0 * sign,
            toes=max(0.0, float(pitch)) * (1.0 if ankle[2] < 0 else 0.3),
        )
        swing = -sign * c
        pose.bend(side + "Shoulder", yaw=4.0 * swing * -sign)
        pose.hang(side, ahead=21.0 * swing + 1.0, flex=17.0 + 11.0 * swing, inward=3.0 + 3.0 * swing)
        pose.fingers(side, (16.0, 20.0, 23.0, 25.0), thumb=10.0)
    return pose
