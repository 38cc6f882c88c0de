"""
POSE: where a client says it is. The most frequent message upward, so it has fixed places for everything.

    0   u8   id, 0x02
    1   u8   flags: bit 0 teleport; bits 1 and 2: 0 no rig, 1 head, 3 head and both hands
    2   u32  the client's clock, milliseconds; it only has to run evenly
    6   u16  x, centimetres from the floor's corner
    8   u16  z
    10  i16  y, centimetres from the ground
    12  i16  velocity along x, millimetres a second
    14  i16  velocity along z
    16  u16  yaw, 65536ths of a turn; 0 looks along +z, a quarter along +x
    18  i8   yaw rate, 256ths of a turn a second
    19  u8   animation, 0 to 63
    20  6 B  head, if bit 1
    26  12 B left and right hand, if bits 1 and 2

A part of the rig is i8 x, u8 y, i8 z in centimetres from the root in the avatar's own space (turned by its yaw), and
a rotation in three bytes: see ``rig``.
"""

import struct
from typing import Final

from msgspec import Struct

from showroom.protocol.errors import ProtocolError
from showroom.protocol.ids import Close, ToServer

_POSE: Final = struct.Struct("<BBIHHhhhHbB")
POSE_BYTES: Final = _POSE.size
PART_BYTES: Final = 6
RIG_BYTES: Final = {0: 0, 1: PART_BYTES, 3: 3 * PART_BYTES}
"""Length of the rig by the two rig bits."""
POSE_SIZES: Final = frozenset(POSE_BYTES + size for size in RIG_BYTES.values())

TELEPORT: Final = 1


class Pose(Struct, frozen=True, kw_only=True):
    """A pose in the units of the wire (see the table above)."""

    time_ms: int
    x: int
    z: int
    y: int = 0
    vx: int = 0
    vz: int = 0
    yaw: int = 0
    turn: int = 0
    anim: int = 0
    teleport: bool = False
    rig: bytes = b""
    """0, 6 or 18 bytes."""

    def encode(self) -> bytes:
        """The message's bytes."""
        rig_bits = {0: 0, PART_BYTES: 1, 3 * PART_BYTES: 3}[len(self.rig)]
        flags = (TELEPORT if self.teleport else 0) | rig_bits << 1
        head = _POSE.pack(
            ToServer.POSE, flags, self.time_ms, self.x, self.z, self.y, self.vx, self.vz, self.yaw, self.turn, self.anim
        )
        return head + self.rig

    @classmethod
    def decode(cls, payload: bytes) -> "Pose":
        """Read a message that ``is_pose`` holds for. The hot path reads them by the batch instead (``world``)."""
        if not is_pose(payload):
            raise ProtocolError(Close.MALFORMED, f"POSE of {len(payload)} bytes")
        _, flags, time_ms, x, z, y, vx, vz, yaw, turn, anim = _POSE.unpack_from(payload)
        return cls(
            time_ms=time_ms, x=x, z=z, y=y, vx=vx, vz=vz, yaw=yaw, turn=turn, anim=anim,
            teleport=bool(flags & TELEPORT), rig=payload[POSE_BYTES:],
        )  # fmt: skip


def is_pose(payload: bytes) -> bool:
    """Whether these bytes are a well-formed POSE: all that must be known before one goes into a tick's batch."""
    size = len(payload)
    if size < POSE_BYTES or payload[0] != ToServer.POSE or payload[19] > 63:
        return False
    flags = payload[1]
    return flags < 8 and RIG_BYTES.get(flags >> 1) == size - POSE_BYTES
