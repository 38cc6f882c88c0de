"""Clients that speak only when needed are still where they are shown."""

import math
import random

from hypothesis import given
from hypothesis import strategies as st

from showroom.protocol.messages import Limits
from showroom.protocol.pose import Pose
from showroom.protocol.predict import Body, PoseSender

LIMITS = Limits(
    speed_mms=4000, teleport_cm=0, teleport_ms=1000, error_cm=5, error_yaw=4, pose_ms=1000, pose_hz=20, rest_ms=1200,
    text=500,
)  # fmt: skip


def walk(seed: int, steps: int = 400) -> list[Body]:
    random_ = random.Random(seed)
    x = z = 3000.0
    yaw = random_.random()
    bodies = []
    for _ in range(steps):
        if random_.random() < 0.03:
            yaw += (random_.random() - 0.5) * 0.4
        vx, vz = math.sin(yaw * math.tau) * 140, math.cos(yaw * math.tau) * 140
        x, z = x + vx * 0.05, z + vz * 0.05
        bodies.append(Body(x=x, z=z, vx=vx, vz=vz, yaw=yaw % 1))
    return bodies


def shown(pose: Pose, time_ms: int) -> tuple[float, float]:
    run = min(time_ms - pose.time_ms, LIMITS.rest_ms) / 1000
    return pose.x + pose.vx / 10 * run, pose.z + pose.vz / 10 * run


@given(st.integers(0, 10**6))
def test_the_prediction_is_never_further_off_than_the_limit(seed: int) -> None:
    sender = PoseSender(LIMITS)
    last: Pose | None = None
    for index, body in enumerate(walk(seed)):
        last = sender.offer(index * 50, body) or last
        assert last is not None
        x, z = shown(last, index * 50)
        assert math.hypot(x - body.x, z - body.z) <= LIMITS.error_cm + 0.01


def test_a_walker_sends_less_than_two_poses_a_second() -> None:
    sent = 0
    for seed in range(20):
        sender = PoseSender(LIMITS)
        sent += sum(sender.offer(index * 50, body) is not None for index, body in enumerate(walk(seed)))
    assert sent / (20 * 400 / 20) < 2


def test_who_stands_still_says_so_once() -> None:
    sender = PoseSender(LIMITS)
    assert [sender.offer(index * 50, Body(x=10, z=10)) is not None for index in range(100)] == [True] + [False] * 99


def test_a_jump_is_marked_and_sent_at_once() -> None:
    sender = PoseSender(LIMITS)
    sender.offer(0, Body(x=10, z=10))
    pose = sender.offer(10, Body(x=500, z=10), jumped=True)
    assert pose is not None
    assert pose.teleport


def test_after_a_correction_the_next_pose_is_sent() -> None:
    sender = PoseSender(LIMITS)
    body = Body(x=10, z=10)
    sender.offer(0, body)
    assert sender.offer(60, body) is None
    sender.reset()
    assert sender.offer(120, body) is not None
