"""
What may be said when: the state of one connection, for the server and for a client. Bytes in, messages out.

No sockets and no clock: the time comes with the call. A session says no by raising ProtocolError; the owner closes the
connection with its code, and the session is CLOSED from then on.

POSE goes round the session on the server's hot path: ``pose.is_pose`` and the state OPEN are all it needs, the world
counts them.
"""

from enum import Enum
from typing import Final

from msgspec import Struct

from showroom.protocol.errors import ProtocolError
from showroom.protocol.ids import VERSION, Close, ToClient, ToServer
from showroom.protocol.messages import (
    Ack,
    FromClient,
    FromServer,
    Hello,
    Numbered,
    Resume,
    Resync,
    Welcome,
    decode_from_client,
    decode_from_server,
    encode_to_server,
    encode_welcome,
)
from showroom.protocol.receiver import Correction, Crowd
from showroom.protocol.reliable import Inbox


class Phase(Enum):
    """Of a connection."""

    NEW = "new"
    GREETED = "greeted"
    """HELLO is there, WELCOME is not: the server looks at the ticket. Nothing else is taken meanwhile."""
    OPEN = "open"
    CLOSED = "closed"


class Budget(Struct, frozen=True):
    """Tokens for messages: what a hurried person needs, several times over."""

    per_s: float = 40.0
    burst: float = 160.0


COST: Final[dict[int, float]] = {
    ToServer.HELLO: 0,
    ToServer.STATE: 1,
    ToServer.SAY: 4,
    ToServer.ACTION: 2,
    ToServer.ACK: 0.5,
    ToServer.WHO: 1,
    ToServer.PING: 1,
    ToServer.RESYNC: 8,
    ToServer.BYE: 0,
    ToServer.POSE: 0.5,
    ToServer.BODY: 0.5,
}
"""Tokens that a message costs: RESYNC makes a keyframe, SAY is written to everybody."""


class ServerSession:
    """
    The server's side of one connection.

    Parameters
    ----------
    now_ms
        The server's clock, milliseconds, at the time of the connection.
    budget
        How many messages it may send.
    """

    def __init__(self, now_ms: int, budget: Budget | None = None) -> None:
        self.phase = Phase.NEW
        self.heard_ms = now_ms
        """When the last message came; the owner closes with IDLE or HELLO_TIMEOUT by it."""
        self.version = VERSION
        self._budget = budget or Budget()
        self._tokens = self._budget.burst
        self._filled_ms = now_ms

    def receive(self, payload: bytes, now_ms: int) -> FromClient:
        """
        Read one binary WebSocket message.

        Raises
        ------
        ProtocolError
            With the code to close with. The session is closed then.
        """
        try:
            return self._receive(payload, now_ms)
        except ProtocolError:
            self.phase = Phase.CLOSED
            raise

    def _receive(self, payload: bytes, now_ms: int) -> FromClient:
        if self.phase is Phase.CLOSED:
            raise ProtocolError(Close.OUT_OF_ORDER, "a message after the end")
        self.heard_ms = now_ms
        if payload:
            self._pay(COST.get(payload[0], 0), now_ms)
        greeting = bool(payload) and payload[0] == ToServer.HELLO
        if greeting != (self.phase is Phase.NEW):
            raise ProtocolError(Close.OUT_OF_ORDER, "a second HELLO" if greeting else "something else before HELLO")
        if self.phase is Phase.GREETED:
            raise ProtocolError(Close.OUT_OF_ORDER, "something else before WELCOME")
        message = decode_from_client(payload)
        if isinstance(message, Hello):
            lowest, highest = message.versions
            if not lowest <= VERSION <= highest:
                raise ProtocolError(Close.VERSION, f"versions {lowest} to {highest}, here is {VERSION}")
            self.phase = Phase.GREETED
        return message

    def _pay(self, cost: float, now_ms: int) -> None:
        refill = max(now_ms - self._filled_ms, 0) * self._budget.per_s / 1000
        self._filled_ms = max(now_ms, self._filled_ms)
        self._tokens = min(self._tokens + refill, self._budget.burst) - cost
        if self._tokens < 0:
            raise ProtocolError(Close.FLOOD, f"more than {self._budget.per_s:g} messages a second")

    def welcome(self, welcome: Welcome) -> bytes:
        """The ticket is good: WELCOME's bytes. The connection is open."""
        if self.phase is not Phase.GREETED:
            raise RuntimeError(f"WELCOME in phase {self.phase.value}")
        self.phase = Phase.OPEN
        return encode_welcome(welcome)

    def close(self) -> None:
        """The connection is gone."""
        self.phase = Phase.CLOSED


class ClientSession:
    """
    A client's side of one seat: survives its connections.

    ``crowd`` holds who is seen where. After a lost link, ``hello(None)`` resumes.
    """

    def __init__(self) -> None:
        self.phase = Phase.NEW
        self.crowd = Crowd()
        self.seat: Welcome | None = None
        self.inbox = Inbox()

    def hello(self, ticket: str | None, *, caps: int = 0, client: str = "") -> bytes:
        """The first message of a new connection: with a ticket, or to resume the seat one has."""
        resume = None
        if ticket is None:
            if self.seat is None:
                raise ValueError("nothing to resume: a ticket is needed")
            resume = Resume(self.seat.key, self.inbox.cursor)
        self.phase = Phase.GREETED
        return encode_to_server(
            Hello(versions=(VERSION, VERSION), ticket=ticket, resume=resume, caps=caps, client=client)
        )

    def receive(self, payload: bytes) -> FromServer | Correction | None:
        """
        Read one message. Frames go into ``crowd`` and events seen before are nothing: None.

        Raises
        ------
        ProtocolError
            The server broke the protocol: close, and resume.
        """
        if not payload or self.phase not in (Phase.GREETED, Phase.OPEN):
            raise ProtocolError(Close.MALFORMED, "an empty message, or one out of turn")
        kind = payload[0]
        if (kind == ToClient.WELCOME) != (self.phase is Phase.GREETED):
            raise ProtocolError(Close.OUT_OF_ORDER, f"message {kind:#04x} in phase {self.phase.value}")
        if kind in (ToClient.FRAME, ToClient.KEYFRAME, ToClient.FAR, ToClient.RIGS, ToClient.BODIES):
            self.crowd.receive(payload)
            return None
        if kind == ToClient.CORRECT:
            return Correction.decode(payload)
        message = decode_from_server(payload)
        if isinstance(message, Welcome):
            if not message.resumed or self.inbox.cursor != message.cursor:
                self.inbox = Inbox(message.cursor)
            self.seat, self.phase = message, Phase.OPEN
            self.crowd = Crowd(cell_cm=message.floor.cell_cm, columns=message.floor.columns, rows=message.floor.rows)
        if isinstance(message, Numbered) and not self.inbox.take(message.cursor):
            return None
        return message

    def due(self, *, now: bool = False) -> list[bytes]:
        """What the protocol itself wants sent: ACK (``now``: once a second) and RESYNC."""
        out = []
        cursor = self.inbox.due(now=now)
        if cursor is not None:
            out.append(encode_to_server(Ack(cursor)))
        if self.crowd.take_gap():
            out.append(encode_to_server(Resync()))
        return out

    def lost(self) -> None:
        """The connection is gone; the seat may still be resumed."""
        self.phase = Phase.CLOSED
