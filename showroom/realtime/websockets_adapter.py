"""
WebSockets by the sans-I/O part of ``websockets``: the portable adapter, for platforms that picows has no wheel for.

https://websockets.readthedocs.io/en/stable/howto/sansio.html
"""

import asyncio
import socket
from typing import Any, cast

from websockets.datastructures import Headers, MultipleValuesError
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from showroom.protocol.ids import MAX_TO_SERVER, Close
from showroom.realtime.door import Protocols
from showroom.realtime.transport import (
    CLOSE_WITHIN_S,
    KERNEL_SEND_BYTES,
    Gate,
    Handshake,
    HandshakeRefused,
    Receiver,
    frame_header,
)

_PIECE_BYTES = 4096
"""Of received data, looked at in one go; also what is still read while a connection closes."""


class WebsocketsLink(asyncio.Protocol):
    """One connection: the asyncio protocol and our ``Link`` in one object."""

    def __init__(self, gate: Gate) -> None:
        self.peer = ""
        self._gate = gate
        # No extensions: no deflate. max_size bounds a message, fragments together.
        self._protocol = ServerProtocol(max_size=MAX_TO_SERVER)
        self._receiver: Receiver | None = None
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._left_bytes = _PIECE_BYTES
        self.write = self.buffered = cast("Any", None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        self._transport = transport
        self.write = transport.write
        self.buffered = transport.get_write_buffer_size
        peername = transport.get_extra_info("peername")
        self.peer = str(peername[0]) if peername else ""
        transport.set_write_buffer_limits(high=1 << 20)  # senders look at ``buffered``
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_SEND_BYTES)
        self._cut_after(5.0)

    def data_received(self, data: bytes) -> None:
        # The protocol answers pings by itself, at once: in small pieces a flood ends before its answers pile up.
        for start in range(0, len(data), _PIECE_BYTES):
            if self._left_bytes <= 0:
                return
            piece = data[start : start + _PIECE_BYTES]
            if self._protocol.state is State.CLOSING:
                self._left_bytes -= len(piece)
            self._protocol.receive_data(piece)
            self._work()

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._work()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            sent = self._protocol.close_sent
            receiver.closed(sent.code if sent else None)

    def send(self, message: bytes) -> None:
        if self._protocol.state is State.OPEN:
            self.write(frame_header(len(message)) + message)

    def ping(self) -> None:
        if self._protocol.state is State.OPEN:
            self._protocol.send_ping(b"")
            self._flush()

    def close(self, code: int, reason: str = "") -> None:
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, reason.encode()[:120].decode(errors="ignore"))
            self._flush()
            self._cut_after(CLOSE_WITHIN_S)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _work(self) -> None:
        receiver = self._receiver
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._answer(event)
                receiver = self._receiver
            elif receiver is not None and self._protocol.state is State.OPEN:
                self._take(receiver, cast("Frame", event))
        self._flush()

    def _answer(self, request: Request) -> None:
        response = self._protocol.accept(request)
        if response.status_code == 101:
            answer = self._gate.admit(Handshake(request.path, _getter(request.headers), self.peer))
            if isinstance(answer, HandshakeRefused):
                response = self._protocol.reject(answer.status, answer.text)
            else:
                if answer.subprotocol:
                    response.headers["Sec-WebSocket-Protocol"] = answer.subprotocol
                self.peer = answer.peer
                self._receiver = answer.receiver
        self._protocol.send_response(response)
        self._flush()
        if self._receiver is not None:
            if self._deadline is not None:
                self._deadline.cancel()
            self._receiver.opened(self)

    def _take(self, receiver: Receiver, frame: Frame) -> None:
        if frame.opcode is Opcode.BINARY and frame.fin:
            receiver.message(bytes(frame.data))
        elif frame.opcode in (Opcode.PONG, Opcode.PING):
            receiver.heard()
        elif frame.opcode is Opcode.TEXT:
            receiver.fault(Close.MALFORMED, "a text message")
        elif frame.opcode is not Opcode.CLOSE:
            receiver.fault(Close.MALFORMED, "a message in fragments")

    def _flush(self) -> None:
        transport = self._transport
        assert transport is not None
        for data in self._protocol.data_to_send():
            if data:
                transport.write(data)
            else:
                transport.close()  # b"" is the sign for half-closing; the peer has nothing more to say to us
        if self._protocol.close_expected() and self._deadline is None:
            self._cut_after(CLOSE_WITHIN_S)

    def _cut_after(self, seconds: float) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = asyncio.get_running_loop().call_later(seconds, self.abort)


def factory(gate: Gate) -> Protocols:
    """A factory of protocols, one for each connection, that ask ``gate``."""
    return lambda: WebsocketsLink(gate)


def _getter(headers: Headers) -> Any:
    def get(name: str) -> str | None:
        try:
            return headers.get(name)
        except MultipleValuesError:
            return None

    return get
