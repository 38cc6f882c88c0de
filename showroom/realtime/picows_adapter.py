"""
WebSockets by picows: the default. Its parser is C, and a prepared frame goes to the transport as it is.

picows offers a server of its own but no protocol to put behind another door, so ``factory`` builds the protocol class
the way ``picows.ws_create_server`` does. A test holds the installed version to that.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Any, Final, cast

from picows import (
    WSAutoPingStrategy,
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
)
from picows import api as picows_api

from showroom.protocol.ids import MAX_TO_SERVER, Close
from showroom.realtime.door import Protocols
from showroom.realtime.transport import (
    CLOSE_WITHIN_S,
    KERNEL_SEND_BYTES,
    Gate,
    Handshake,
    HandshakeRefused,
    Receiver,
)

_BINARY: Final = WSMsgType.BINARY
_READ_BYTES: Final = 2048


class _Reporter:
    """
    Takes what picows would log of one connection: nothing is written, a broken frame stops the reading.

    picows logs a line for every connection and an error for every peer that misbehaves, so anybody could fill the log;
    we count instead. And (2.3.1) it goes on to parse after its own error, from the state it was in: a frame refused as
    too long would be collected nevertheless, however long, until the connection ends a second later.
    """

    __slots__ = ("protocol",)

    protocol: Any

    def isEnabledFor(self, _level: int) -> bool:
        return False

    def error(self, _message: str, *_args: object) -> None:
        transport: WSTransport = self.protocol.transport
        transport.underlying_transport.pause_reading()
        asyncio.get_running_loop().call_later(CLOSE_WITHIN_S, transport.disconnect, False)

    exception = error

    def info(self, _message: str, *_args: object) -> None:
        """Nothing."""

    debug = warning = info


class PicowsLink(WSListener):
    """One connection: picows's listener and our ``Link`` in one object, to keep calls and memory few."""

    def __init__(self, peer: str, receiver: Receiver) -> None:
        self.peer = peer
        self._receiver: Receiver | None = receiver
        self._message: Callable[[bytes], None] = receiver.message
        self._transport: WSTransport | None = None
        self.write = self.buffered = cast("Any", None)

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        beneath = transport.underlying_transport
        # Straight to the transport beneath, without a Python frame between: the hot path.
        self.write = beneath.write
        self.buffered = beneath.get_write_buffer_size
        beneath.set_write_buffer_limits(high=1 << 20)  # we look at the size ourselves
        raw = beneath.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_SEND_BYTES)
        assert self._receiver is not None
        self._receiver.opened(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind is _BINARY and frame.fin and not (frame.rsv1 or frame.rsv2 or frame.rsv3):
            self._message(frame.get_payload_as_bytes())
            return
        receiver = self._receiver
        if receiver is None:
            return
        if transport.is_close_frame_sent and kind is not WSMsgType.CLOSE:
            return
        if kind is WSMsgType.PONG:
            receiver.heard()
        elif kind is WSMsgType.PING:
            receiver.heard()
            transport.send_pong(frame.get_payload_as_bytes())
        elif kind is WSMsgType.CLOSE:
            if not transport.is_close_frame_sent:
                transport.send_close(frame.get_close_code())
            transport.disconnect()
        elif kind is WSMsgType.TEXT:
            receiver.fault(Close.MALFORMED, "a text message")
        else:
            receiver.fault(Close.MALFORMED, "a message in fragments or with reserved bits")

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        receiver, self._receiver = self._receiver, None
        self._message = _ignore
        if receiver is not None:
            handshake = transport.close_handshake
            code = cast("int", handshake.sent.code) if handshake and handshake.sent else None
            receiver.closed(None if code is None else int(code))

    def pause_writing(self) -> None:
        """Nothing: senders look at ``buffered``."""

    def resume_writing(self) -> None:
        """Nothing."""

    def send(self, message: bytes) -> None:
        if self._transport is not None:
            self._transport.send(_BINARY, message)

    def ping(self) -> None:
        if self._transport is not None:
            self._transport.send_ping(b"")

    def close(self, code: int, reason: str = "") -> None:
        transport = self._transport
        if transport is None or transport.is_disconnected or transport.is_close_frame_sent:
            return
        self._message = _ignore
        transport.send_close(cast("WSCloseCode", code), reason.encode()[:120])
        asyncio.get_running_loop().call_later(CLOSE_WITHIN_S, transport.disconnect, False)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.disconnect(False)


def factory(gate: Gate) -> Protocols:
    """A factory of protocols, one for each connection, that ask ``gate``."""

    def protocol() -> asyncio.BaseProtocol:
        made: Any = None
        reporter = _Reporter()

        def listen(request: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
            return _listen(gate, request, made.transport)

        made = picows_api.WSProtocol(  # type: ignore[attr-defined]
            None,  # host and port: clients only
            None,  # path: clients only
            False,  # is_client_side
            listen,
            reporter,
            True,  # disconnect_on_exception
            5.0,  # websocket_handshake_timeout; the door has read the whole head already
            False,  # enable_auto_ping: it would be a task for each connection
            20.0,
            20.0,
            WSAutoPingStrategy.PING_WHEN_IDLE,
            False,  # enable_auto_pong: pings count as a sign of life
            MAX_TO_SERVER,
            None,  # extra_headers: clients only
            _READ_BYTES,
        )
        reporter.protocol = made
        return cast("asyncio.BaseProtocol", made)

    return protocol


def _listen(gate: Gate, request: WSUpgradeRequest, transport: WSTransport) -> WSUpgradeResponseWithListener:
    peername = transport.underlying_transport.get_extra_info("peername")
    peer = str(peername[0]) if peername else ""
    answer = gate.admit(Handshake(request.path.decode("ascii", "replace"), request.headers.get, peer))
    if isinstance(answer, HandshakeRefused):
        refusal = WSUpgradeResponse.create_error_response(answer.status, answer.text.encode())
        return WSUpgradeResponseWithListener(refusal, None)
    headers = {"Sec-WebSocket-Protocol": answer.subprotocol} if answer.subprotocol else None
    return WSUpgradeResponseWithListener(
        WSUpgradeResponse.create_101_response(headers), PicowsLink(answer.peer, answer.receiver)
    )


def _ignore(_payload: bytes) -> None:
    pass
