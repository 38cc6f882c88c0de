"""
Between a browser and the server: every byte that the browser sends is kept, and the line can be cut.

It stands at the level of TCP, so whatever in the page, its workers or its beacons sends something is seen here, and it
is parsed only for reading: HTTP requests with their bodies, and the frames of WebSockets without their masks. What it
is not: a proxy for other hosts. The browser is kept from those by a flag (:data:`NOBODY_ELSE`).
"""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

#: Any other name has no address, and media of a call may go only through a proxy, of which there is none.
NOBODY_ELSE: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Sent:
    """
    Something that the browser sent.

    Parameters
    ----------
    kind
        ``"http"`` or ``"frame"``.
    head
        The request's line and fields; of a frame, those of the request that opened its socket.
    body
        What was sent with it.
    at_s
        When its last byte came; monotonic.
    """

    kind: str
    head: bytes
    body: bytes
    at_s: float

    @property
    def line(self) -> str:
        """``POST /api/cart``."""
        return self.head.split(b" HTTP/")[0].decode("latin-1")


@dataclass(slots=True)
class _Stream:
    """What one connection has said, taken apart as it comes."""

    sent: list[Sent]
    data: bytearray = field(default_factory=bytearray)
    upgraded: bytes = b""

    def take(self, more: bytes) -> None:
        self.data += more
        while self._frame() if self.upgraded else self._request():
            pass

    def _request(self) -> bool:
        end = self.data.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self.data[:end])
        fields = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])
        }
        # A browser says how long a body is: it sends chunks only over HTTP/2.
        assert b"transfer-encoding" not in fields, head
        stop = end + 4 + int(fields.get(b"content-length", b"0"))
        if len(self.data) < stop:
            return False
        self.sent.append(Sent("http", head, bytes(self.data[end + 4 : stop]), time.monotonic()))
        del self.data[:stop]
        if fields.get(b"upgrade", b"").lower() == b"websocket":
            self.upgraded = head
        return True

    def _frame(self) -> bool:
        data = self.data
        if len(data) < 2:
            return False
        size, at = data[1] & 127, 2
        if size >= 126:
            wide = 2 if size == 126 else 8
            if len(data) < at + wide:
                return False
            size = int.from_bytes(data[at : at + wide], "big")
            at += wide
        if len(data) < at + 4 + size:
            return False
        mask = bytes(data[at : at + 4]) * (size // 4 + 1)
        veiled = bytes(data[at + 4 : at + 4 + size])
        body = (int.from_bytes(veiled, "big") ^ int.from_bytes(mask[:size], "big")).to_bytes(size, "big")
        self.sent.append(Sent("frame", self.upgraded, body, time.monotonic()))
        del data[: at + 4 + size]
        return True


class Wire:
    """Listens on a port of its own and hands everything on to the server at ``port``."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        #: Where the browser finds the server, as long as the wire is whole.
        self.address: Final = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.is_cut = False
        #: Everything sent so far, in order.
        self.sent: list[Sent] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """From now on nobody answers, and what was open is gone."""
        self.is_cut = True
        self._listener.close()
        with self._lock:
            for one in self._open:
                _close(one)
            self._open.clear()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._to))
                except OSError:
                    _close(browser)
                    continue
                with self._lock:
                    self._open |= {browser, server}
                stream = _Stream(self.sent)
                threading.Thread(target=self._pass, args=(browser, server, stream), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, browser, None), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, stream: _Stream | None) -> None:
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                if stream:
                    stream.take(data)
                target.sendall(data)
        with self._lock:
            self._open -= {source, target}
        _close(source)
        _close(target)


def _close(one: socket.socket) -> None:
    # Closed at once, also if somebody still reads from it in another thread.
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def between(port: int) -> Iterator[Wire]:
    """A wire to the server at ``port``."""
    wire = Wire(port)
    try:
        yield wire
    finally:
        wire.cut()
