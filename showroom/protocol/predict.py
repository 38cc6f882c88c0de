"""
When a client has to say where it is: only when the server, which goes on predicting, would be wrong.

The same rule as in ``docs/protocol.md`` (POSE); used by our bots, and the pattern for other clients. Cuts what goes up
from 20 messages a second to one or two for somebody who walks.
"""

from msgspec import Struct

from showroom.protocol.messages import Limits
from showroom.protocol.pose import Pose


class Body(Struct, frozen=True, kw_only=True):
    """Where a person truly is: centimetres from the floor's corner, centimetres a second, yaw in turns."""

    x: float
    z: float
    y: float = 0.0
    vx: float = 0.0
    vz: float = 0.0
    yaw: float = 0.0
    """0 looks along +z, a quarter along +x."""
    turn: float = 0.0
    """Turns a second."""
    anim: int = 0
    rig: bytes = b""


class PoseSender:
    """
    Decides, for every sample of one's own body, whether to send it. Who stands still says so once.

    Parameters
    ----------
    limits
        From WELCOME.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sent = 0
        self._last: Pose | None = None

    def offer(self, time_ms: int, body: Body, *, jumped: bool = False) -> Pose | None:
        """
        The pose to send now, if one is needed.

        Parameters
        ----------
        time_ms
            One's own clock; it need not be the server's.
        jumped
            The body was teleported since the last sample.
        """
        last, limits = self._last, self.limits
        if last is not None and not jumped:
            since = (time_ms - last.time_ms) & 0xFFFFFFFF
            if since * limits.pose_hz < 1000:
                return None
            if not self._is_wrong(last, since, body):
                return None
        pose = Pose(
            time_ms=time_ms & 0xFFFFFFFF,
            x=_within(round(body.x), 0, 65535),
            z=_within(round(body.z), 0, 65535),
            y=_within(round(body.y), -32768, 32767),
            vx=_within(round(body.vx * 10), -32768, 32767),
            vz=_within(round(body.vz * 10), -32768, 32767),
            yaw=round(body.yaw * 65536) & 0xFFFF,
            turn=_within(round(body.turn * 256), -128, 127),
            anim=body.anim & 63,
            teleport=jumped,
            rig=body.rig,
        )
        self._last = pose
        self.sent += 1
        return pose

    def reset(self) -> None:
        """The server holds another pose now (CORRECT, coming back): the next one is sent."""
        self._last = None

    def _is_wrong(self, last: Pose, since_ms: int, body: Body) -> bool:
        limits = self.limits
        run_s = min(since_ms, limits.rest_ms) / 1000
        apart_x = last.x + last.vx / 10 * run_s - body.x
        apart_z = last.z + last.vz / 10 * run_s - body.z
        if apart_x**2 + apart_z**2 + (last.y - body.y) ** 2 > limits.error_cm**2:
            return True
        turned = (last.yaw / 65536 + last.turn / 256 * run_s - body.yaw + 0.5) % 1 - 0.5
        if abs(turned) * 256 > limits.error_yaw or last.anim != body.anim or last.rig != body.rig:
            return True
        moves = bool(last.vx or last.vz or last.turn)
        return moves and since_ms >= limits.pose_ms


def _within(value: int, low: int, high: int) -> int:
    return min(max(value, low), high)
