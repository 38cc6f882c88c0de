"""
One port for pages and rooms: reads the head of a connection's first request and hands the connection over.

``GET /live`` goes to the WebSocket adapter, everything else to aiohttp's own protocol. What was read is given on as it
came, so either side parses for itself and nothing is interpreted twice. A head must be whole within a few seconds and
a few kilobytes: half-open sockets and slow senders of headers end here, before they cost a parser or a task.
See ``docs/decisions/one-port.md`` for what was tried.
"""

import asyncio
from collections.abc import Callable
from typing import Final, cast

from showroom.realtime.counters import Counters

Protocols = Callable[[], asyncio.BaseProtocol]

LIVE_PATH: Final = "/live"

_LIVE: Final = b"GET " + LIVE_PATH.encode()
_HEAD_END: Final = b"\r\n\r\n"
MOST_HEAD_BYTES: Final = 16_384
HEAD_WITHIN_S: Final = 10.0
MOST_WAITING: Final = 4096
_REFUSAL: Final = b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Door:
    """
    Makes the protocol of every accepted connection: give ``Door(...).protocol`` to ``loop.create_server``.

    Parameters
    ----------
    live, http
        Factories of the protocols behind the door.
    """

    def __init__(
        self,
        *,
        live: Protocols,
        http: Protocols,
        counters: Counters,
        head_within_s: float = HEAD_WITHIN_S,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self.live = live
        self.http = http
        self.counters = counters
        self.head_within_s = head_within_s
        self.most_waiting = most_waiting
        self.waiting: set[_Waiting] = set()

    def protocol(self) -> asyncio.Protocol:
        """A protocol that waits for the head of one connection."""
        return _Waiting(self)

    def close(self) -> None:
        """Let go of everybody who has not said yet what they want."""
        for protocol in list(self.waiting):
            protocol.abort()


class _Waiting(asyncio.Protocol):
    __slots__ = ("_deadline", "_door", "_head", "_transport")

    def __init__(self, door: Door) -> None:
        self._door = door
        self._head = bytearray()
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        self._transport = transport
        if len(self._door.waiting) >= self._door.most_waiting:
            self._refuse("handshake_crowded", None)
            return
        self._door.waiting.add(self)
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._door.head_within_s, self._refuse, "handshake_timeout", b"408 Timeout")

    def data_received(self, data: bytes) -> None:
        if self._transport is None:
            return
        head = self._head
        seen = max(0, len(head) - len(_HEAD_END) + 1)
        head += data
        # An upload's body may come with its head, so it is the head's own length that counts.
        end = head.find(_HEAD_END, seen)
        if (len(head) if end < 0 else end) > MOST_HEAD_BYTES:
            self._refuse("handshake_too_large", b"431 Request Header Fields Too Large")
            return
        if end < 0:
            return
        is_live = head.startswith(_LIVE) and head[len(_LIVE)] in b" ?"
        self._hand_over(self._door.live() if is_live else self._door.http())

    def eof_received(self) -> None:
        self._forget()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()

    def abort(self) -> None:
        """End the connection without a word."""
        if self._transport is not None:
            self._transport.abort()
        self._forget()

    def _hand_over(self, protocol: asyncio.BaseProtocol) -> None:
        transport, head = self._transport, bytes(self._head)
        assert transport is not None
        self._forget()
        # Both loops choose their way of reading (bytes, or into the protocol's own buffer) when reading starts, so
        # it must stop and start around the change. Reading goes on before the head is given on: the new protocol may
        # want to pause it again.
        transport.pause_reading()
        transport.set_protocol(protocol)
        transport.resume_reading()
        protocol.connection_made(transport)
        feed(protocol, head)

    def _refuse(self, reason: str, status: bytes | None) -> None:
        transport = self._transport
        self._forget()
        if transport is None:
            return
        self._door.counters.refused[reason] += 1
        if status is None:
            transport.abort()
        else:
            transport.write(_REFUSAL % status)
            transport.close()

    def _forget(self) -> None:
        self._door.waiting.discard(self)
        self._transport = None
        self._head.clear()
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def feed(protocol: asyncio.BaseProtocol, data: bytes) -> None:
    """Give received bytes to a protocol of either kind, as an event loop would."""
    if isinstance(protocol, asyncio.Protocol):
        protocol.data_received(data)
        return
    protocol = cast("asyncio.BufferedProtocol", protocol)
    view = memoryview(data)
    while view:
        buffer = memoryview(protocol.get_buffer(len(view))).cast("B")
        size = min(len(buffer), len(view))
        buffer[:size] = view[:size]
        protocol.buffer_updated(size)
        view = view[size:]
