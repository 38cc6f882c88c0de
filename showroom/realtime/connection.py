"""
One connection's life: handshake done, HELLO, a seat, messages, the end. Plain callbacks from the adapter, no task: a
task and a queue for each connection cost more than the whole receive path does.

A POSE is put on its room's list and nothing else; every other message goes through ``protocol.session``.
"""

from typing import TYPE_CHECKING, Final, Protocol

from showroom.protocol.body import is_body
from showroom.protocol.errors import ProtocolError
from showroom.protocol.ids import MAX_BYTES, Close, ToServer
from showroom.protocol.messages import (
    Ack,
    Bye,
    FromClient,
    Hello,
    Ping,
    Resync,
    Say,
    State,
    Who,
    encode_pong,
)
from showroom.protocol.session import Phase, ServerSession
from showroom.realtime.transport import Link

if TYPE_CHECKING:
    from showroom.realtime.clock import Clock
    from showroom.realtime.counters import Counters
    from showroom.realtime.room import RoomCopy
    from showroom.realtime.visit import Visit

_POSE: Final = int(ToServer.POSE)
_BODY: Final = int(ToServer.BODY)
MOST_POSES_A_TICK: Final = 700
"""A link that stalled for half a minute delivers 600 at once; what honest clients send never comes near in a tick."""

BODY_FLOOD_HZ: Final = 30
"""Bodies a second, on average..."""
BODY_FLOOD_BURST: Final = 450
"""...over what a link that stalled for half a minute delivers at once."""

MOST_SIGNS_A_SECOND: Final = 50
"""WebSocket pings and pongs."""
MOST_UNREAD_BYTES: Final = 60 << 10
"""What may wait for a reader, all in all."""


class House(Protocol):
    """What a connection knows of the hub."""

    now_s: float
    """As of this tick: the receive path asks no clock."""

    @property
    def clock(self) -> "Clock": ...

    @property
    def counters(self) -> "Counters": ...

    def opened(self, connection: "Connection") -> None:
        """A WebSocket is open."""

    def closed(self, connection: "Connection") -> None:
        """A WebSocket is gone."""

    def hello(self, connection: "Connection", hello: Hello) -> None:
        """Seat a connection by its ticket or its resume key, or close it."""


class Connection:
    """
    Parameters
    ----------
    hub
        Knows tickets, resume keys and rooms.
    peer
        The client's address, as far as it is trusted.
    """

    __slots__ = (
        "_bodies", "_bodies_ms", "_hub", "_poses", "_session", "_signs", "_tick", "heard_s", "is_closing",
        "is_embodied", "is_pinged", "link", "opened_s", "peer", "room", "visit",
    )  # fmt: skip

    def __init__(self, hub: House, peer: str) -> None:
        self.peer = peer
        self.link: Link | None = None
        self.room: RoomCopy | None = None
        self.visit: Visit | None = None
        self.heard_s = self.opened_s = hub.now_s
        self.is_closing = False
        self.is_pinged = False
        self._hub = hub
        self._session = ServerSession(hub.clock.ms())
        self._tick = -1
        self._poses = 0
        self._signs = 0
        self.is_embodied = False
        """Whether this connection has asked to share how its person moves; whether it may is another matter."""
        self._bodies = 0.0
        self._bodies_ms = hub.clock.ms()

    # ── what the adapter tells

    def opened(self, link: Link) -> None:
        """As ``Receiver.opened``."""
        self.link = link
        self._hub.opened(self)

    def message(self, payload: bytes) -> None:
        """As ``Receiver.message``: the hot path."""
        room = self.room
        if room is None or not payload or payload[0] != _POSE:
            self._other(payload)
            return
        if room.tick_number != self._tick:
            self._tick = room.tick_number
            self._poses = 0
        self._poses += 1
        if self._poses > MOST_POSES_A_TICK:
            self.close(Close.FLOOD)
            return
        hub = self._hub
        self.heard_s = hub.now_s
        room.pose_slots.append(self.visit.slot)  # type: ignore[union-attr]  # set together with room
        room.poses.append(payload)
        room.pose_times.append(hub.clock.ms())

    def heard(self) -> None:
        """As ``Receiver.heard``; a ping is answered by the adapter, so it counts like a message."""
        self.heard_s = self._hub.now_s
        self.is_pinged = False
        self._signs += 1
        if self._signs > MOST_SIGNS_A_SECOND:
            self.close(Close.FLOOD)

    def fault(self, close: Close, detail: str) -> None:
        """As ``Receiver.fault``."""
        self.close(close)

    def closed(self, code: int | None) -> None:
        """As ``Receiver.closed``."""
        if not self.is_closing and code in (1002, 1007, 1009):
            self._hub.counters.refused["websocket"] += 1  # the adapter itself found the frame wrong
        self._hub.closed(self)
        self._end()

    # ── what the server does

    def answer(self, message: bytes) -> None:
        """Send what was asked for. Who asks and does not read is closed: nothing piles up on anybody's wish."""
        link = self.link
        if link is None or self.is_closing:
            return
        if link.buffered() + len(message) > MOST_UNREAD_BYTES:
            self.close(Close.SLOW_READER)
        else:
            link.send(message)

    def second(self) -> None:
        """Called about once a second."""
        self._signs = 0

    def close(self, close: Close) -> None:
        """Say goodbye with a private code; the seat is kept for the grace time."""
        if self.is_closing:
            return
        self.is_closing = True
        self._hub.counters.refused[close.name.lower()] += 1
        self._session.close()
        if self.link is not None:
            self.link.close(int(close), close.name.lower())
        self._end()

    def leave(self, close: Close | int) -> None:
        """The seat is gone already (kicked, taken over, left): end the connection."""
        self.visit = self.room = None
        if isinstance(close, Close):
            self.close(close)
        elif not self.is_closing and self.link is not None:
            self.is_closing = True
            self._session.close()
            self.link.close(close)

    def _end(self) -> None:
        visit, room = self.visit, self.room
        self.visit = self.room = None
        if visit is not None and room is not None and visit.connection is self:
            room.lost(visit)

    def _body(self, payload: bytes, visit: "Visit", room: "RoomCopy") -> None:
        """BODY goes round the session as POSE does: the newest is kept, and the tick tells it on."""
        hub = self._hub
        self.heard_s = hub.now_s
        now_ms = hub.clock.ms()
        self._bodies = max(self._bodies - (now_ms - self._bodies_ms) * BODY_FLOOD_HZ / 1000, 0.0) + 1
        self._bodies_ms = now_ms
        if len(payload) > MAX_BYTES[ToServer.BODY]:
            self.close(Close.TOO_LARGE)
        elif not is_body(payload):
            self.close(Close.MALFORMED)
        elif not self.is_embodied:
            self.close(Close.OUT_OF_ORDER)
        elif self._bodies > BODY_FLOOD_BURST:
            self.close(Close.FLOOD)
        else:
            room.world.bodies.take(visit.slot, payload[1:], now_ms)

    def _other(self, payload: bytes) -> None:
        if self.is_closing:
            return
        if payload and payload[0] == _BODY and self.visit is not None and self.room is not None:
            self._body(payload, self.visit, self.room)
            return
        hub = self._hub
        self.heard_s = hub.now_s
        hub.counters.messages_total += 1
        try:
            self._take(self._session.receive(payload, hub.clock.ms()))
        except ProtocolError as exc:
            self.close(exc.close)

    def _take(self, message: FromClient) -> None:
        visit, room = self.visit, self.room
        if isinstance(message, Hello):
            self._hub.hello(self, message)
            if self.visit is not None:
                self._session.phase = Phase.OPEN
            return
        if visit is None or room is None:
            return
        match message:
            case State():
                room.set_state(visit, message)
            case Ack():
                visit.mailbox.ack(message.cursor)
            case Who():
                self.answer(room.cards(message.slots))
            case Ping():
                self.answer(encode_pong(message.token, self._hub.clock.ms()))
            case Resync():
                room.world.attach(visit.slot)
            case Bye():
                room.depart(visit)
                self.leave(1000)
            case Say():
                room.ask(visit, message)
            case _:
                room.ask(visit, message)  # type: ignore[arg-type]  # HELLO and POSE went elsewhere
