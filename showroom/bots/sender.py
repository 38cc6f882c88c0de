"""
When a pose is worth a message: only if the server's prediction would be off, or has been silent for too long.

The same arithmetic as the server's: the last pose and its velocity, onward for ``rest_ms`` at most.
"""

import math
from typing import Final

from showroom.bots.walker import Walker
from showroom.protocol.messages import Limits
from showroom.protocol.pose import Pose

_TAU: Final = math.tau


class Sender:
    """
    The poses of one body.

    Parameters
    ----------
    limits
        From WELCOME.
    """

    __slots__ = ("_last", "_limits", "_sent_ms", "sent")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._last: Pose | None = None
        self._sent_ms = 0
        self.sent = 0

    def reset(self) -> None:
        """The server holds another pose now (a correction, a resume): the next call sends."""
        self._last = None

    def due(self, walker: Walker, now_ms: int, *, anim: int = 0) -> bytes | None:
        """
        The message to send now, if one is.

        Parameters
        ----------
        now_ms
            The client's own clock; only has to run evenly.
        """
        last = self._last
        if last is not None:
            since_ms = now_ms - self._sent_ms
            if since_ms * self._limits.pose_hz < 1000:
                return None
            if since_ms < self._limits.pose_ms and last.anim == anim and not self._is_off(last, walker, since_ms):
                return None
        pose = Pose(
            time_ms=now_ms & 0xFFFFFFFF,
            x=_clip(walker.at[0] * 100, 0, 65535),
            z=_clip(walker.at[1] * 100, 0, 65535),
            vx=_clip(walker.velocity[0] * 1000, -32767, 32767),
            vz=_clip(walker.velocity[1] * 1000, -32767, 32767),
            yaw=round(walker.yaw / _TAU * 65536) & 0xFFFF,
            turn=_clip(walker.turn / _TAU * 256, -127, 127),
            anim=anim,
        )
        self._last, self._sent_ms = pose, now_ms
        self.sent += 1
        return pose.encode()

    def _is_off(self, last: Pose, walker: Walker, since_ms: int) -> bool:
        ahead_ms = min(since_ms, self._limits.rest_ms)
        x = last.x + last.vx * ahead_ms * 1e-4
        z = last.z + last.vz * ahead_ms * 1e-4
        if math.hypot(x - walker.at[0] * 100, z - walker.at[1] * 100) > self._limits.error_cm:
            return True
        yaw = last.yaw / 256 + last.turn * ahead_ms * 1e-3
        off = (yaw - walker.yaw / _TAU * 256 + 128) % 256 - 128
        return abs(off) > self._limits.error_yaw


def _clip(value: float, low: int, high: int) -> int:
    return min(max(round(value), low), high)
