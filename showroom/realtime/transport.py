"""
What the rooms need of a WebSocket, and no more: the seam between them and the two adapters.

An adapter checks the handshake through a ``Gate``, opens a ``Receiver`` and gives it whole binary messages. Text,
fragments and extensions are refused in the adapter: our messages are small, and no browser cuts them up.
permessage-deflate is never negotiated (it costs 2 to 8 times the CPU).
"""

from collections.abc import Callable
from typing import Final, Protocol

from msgspec import Struct

from showroom.protocol.ids import Close

CLOSE_WITHIN_S: Final = 1.0
"""How long a peer may take to answer a close before the connection is cut."""

KERNEL_SEND_BYTES: Final = 32_768
"""SO_SNDBUF of a live socket (Linux keeps twice that): ten seconds of frames, so that a stalled reader shows soon."""


class Link(Protocol):
    """The sending half of one WebSocket."""

    peer: str
    """Address of the client: the socket's other end, or what a trusted proxy says."""

    def write(self, prepared: bytes) -> None:
        """Queue WebSocket frames that are ready, header included. Never blocks; check ``buffered`` first."""

    def send(self, message: bytes) -> None:
        """Queue one binary message."""

    def ping(self) -> None:
        """Ask for a sign of life; the answer comes as ``Receiver.heard``."""

    def buffered(self) -> int:
        """Bytes accepted and not yet taken by the kernel."""

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye with a code; cut the connection if the peer does not answer in time."""

    def abort(self) -> None:
        """Cut the connection; nothing more is sent."""


class Receiver(Protocol):
    """What a WebSocket tells; called from the event loop, must not block."""

    def opened(self, link: Link) -> None:
        """The handshake is done."""

    def message(self, payload: bytes) -> None:
        """One binary message."""

    def heard(self) -> None:
        """A pong or ping came."""

    def fault(self, close: Close, detail: str) -> None:
        """The peer sent what we never take (text, fragments). The receiver decides how to close."""

    def closed(self, code: int | None) -> None:
        """The connection is gone. Called once, and only after ``opened``; ``code`` is what our side closed with."""


class Handshake(Struct, frozen=True):
    """
    The request for a WebSocket.

    Parameters
    ----------
    header
        Value of a header by name in any case, or None.
    """

    path: str
    header: Callable[[str], str | None]
    peer: str


class Admission(Struct, frozen=True):
    """Yes: the client's address as far as it is trusted, the subprotocol to confirm (if any), and who listens."""

    peer: str
    subprotocol: str | None
    receiver: Receiver


class HandshakeRefused(Struct, frozen=True):
    """No: an HTTP status and a sentence for the person who reads the browser's console."""

    status: int
    text: str


class Gate(Protocol):
    """Decides on handshakes."""

    def admit(self, handshake: Handshake) -> Admission | HandshakeRefused:
        """Must not raise."""


def frame_header(size: int) -> bytes:
    """The header of an unmasked, unfragmented binary frame (RFC 6455, section 5.2)."""
    if size < 126:
        return bytes((0x82, size))
    if size < 65536:
        return b"\x82\x7e" + size.to_bytes(2, "big")
    return b"\x82\x7f" + size.to_bytes(8, "big")
