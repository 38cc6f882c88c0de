"""
Every number on the wire, in one place. A number is never reused for something else, and never taken from the order
of a list.
"""

from enum import IntEnum
from typing import Final

VERSION: Final = 1
"""Of the protocol. HELLO carries the range a client speaks; WELCOME says which one is used."""

SUBPROTOCOL: Final = "showroom.v1"
"""Offered and confirmed in ``Sec-WebSocket-Protocol``."""


class ToServer(IntEnum):
    """First byte of a client's message."""

    HELLO = 0x01
    POSE = 0x02
    STATE = 0x03
    SAY = 0x04
    ACTION = 0x05
    ACK = 0x06
    WHO = 0x07
    PING = 0x08
    RESYNC = 0x09
    BYE = 0x0A
    BODY = 0x0B


class ToClient(IntEnum):
    """First byte of a server's message."""

    WELCOME = 0x41
    FRAME = 0x42
    KEYFRAME = 0x43
    FAR = 0x44
    CORRECT = 0x45
    EVENT = 0x46
    CARDS = 0x47
    PONG = 0x48
    REFUSED = 0x49
    RIGS = 0x4A
    BODIES = 0x4B


MAX_BYTES: Final[dict[ToServer, int]] = {
    ToServer.HELLO: 2048,
    ToServer.POSE: 38,
    ToServer.STATE: 6,
    ToServer.SAY: 2560,
    ToServer.ACTION: 20480,
    ToServer.ACK: 5,
    ToServer.WHO: 130,
    ToServer.PING: 5,
    ToServer.RESYNC: 1,
    ToServer.BYE: 1,
    ToServer.BODY: 84,
}
"""Longest payload of each client message, id byte included. Anything longer closes with TOO_LARGE."""

MAX_TO_SERVER: Final = max(MAX_BYTES.values())
"""Longest WebSocket message a server reads at all."""

MAX_TO_CLIENT: Final = 1 << 20
"""Longest WebSocket message a client need read."""


class Close(IntEnum):
    """
    Private close codes. 4000 to 4499: the client may try again; 4500 to 4999: trying again the same way is useless.
    """

    GOING_AWAY = 4000
    """The server restarts or drains: resume after a second."""
    FLOOD = 4001
    """More messages than a person makes: resume after ten seconds."""
    SLOW_READER = 4002
    """Reliable events piled up unread beyond the bound: resume."""
    IDLE = 4003
    """Nothing heard for too long: resume."""
    HELLO_TIMEOUT = 4004
    """No HELLO within the time limit: connect again."""
    ROOM_FULL = 4005
    """No seat left, the seat expired: ask for another ticket."""
    INTERNAL = 4006
    """The server's own fault: resume after a second."""

    MALFORMED = 4500
    """A known message that does not follow its table."""
    UNKNOWN_MESSAGE = 4501
    """An id that a client may not send."""
    TOO_LARGE = 4502
    """Longer than the message's bound."""
    OUT_OF_ORDER = 4503
    """Anything before HELLO, a second HELLO, or a BODY without having asked for it."""
    VERSION = 4504
    """No common version: the client must be updated."""
    TICKET = 4505
    """The ticket is forged, expired, used or for another room: ask for another one."""
    RESUME_UNKNOWN = 4506
    """Nothing is kept under this resume key any more: join with a ticket."""
    REPLACED = 4507
    """The same seat was taken over by a newer connection."""
    KICKED = 4508
    """A moderator's decision."""
    BANNED = 4509
    """A moderator's decision, for longer."""
    ROOM_CLOSED = 4510
    """The room is gone."""

    @property
    def may_retry(self) -> bool:
        """Whether a client may come back by itself (after a pause that doubles)."""
        return self < 4500


class Refusal(IntEnum):
    """Why a pose was not taken. The client is put back by CORRECT; nothing else happens to it."""

    SPEED = 1
    """Further than anybody walks in the time that the client's own clock says has passed."""
    CLOCK = 2
    """The client's clock runs ahead of ours by more than a delayed link explains."""
    WALL = 3
    """Through a wall, with no way round it that short."""
    BOUNDS = 4
    """Outside the floor, or above or below it."""
    TELEPORT = 5
    """Too far, out of sight, too soon or not allowed here."""
    REACH = 6
    """A head or hand further from the body than arms are long."""


class Mode(IntEnum):
    """What a member does with the product in its focus."""

    NONE = 0
    POINTING = 1
    INSPECTING = 2
    HOLDING = 3
    TRYING_ON = 4


class Anim(IntEnum):
    """Animation states that every client knows; others (up to 63) are a store's own."""

    AUTO = 0
    """Standing, walking or running, as the speed says."""
    SIT = 1
    LOOK = 2
    REACH = 3
    DANCE = 4
    APPLAUD = 5
    TALK = 6
    PHONE = 7
    AWAY = 8


class Cap(IntEnum):
    """Bits of HELLO's capabilities."""

    VR = 1 << 0
    """Sends a head and hands; may teleport where the room allows it."""
    VOICE = 1 << 1
    FAR = 1 << 2
    """Wants the coarse crowd beyond the neighbourhood."""
    BODIES = 1 << 3
    """Wants to see those move who share how they move."""
