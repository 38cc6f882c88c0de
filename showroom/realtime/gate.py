"""Who may open a socket at all: path, origin, subprotocol and how many from one address. Tickets come after that."""

import ipaddress
from collections import Counter
from collections.abc import Callable
from typing import Final

from showroom.http.peers import Peers
from showroom.protocol.ids import SUBPROTOCOL
from showroom.realtime.counters import Counters
from showroom.realtime.door import LIVE_PATH
from showroom.realtime.transport import Admission, Handshake, HandshakeRefused, Receiver


class LiveGate:
    """
    Parameters
    ----------
    receiver
        Makes who listens to a connection, from the client's address.
    peers
        Which pages are ours or allowed, which names this server has, which proxies are believed.
    per_address
        Most connections from one address that is not this machine's own; half a school may share one.
    """

    def __init__(
        self,
        receiver: Callable[[str], Receiver],
        *,
        peers: Peers,
        per_address: int = 500,
        counters: Counters,
    ) -> None:
        self._receiver = receiver
        self._peers = peers
        self._per_address = per_address
        self._counters = counters
        self.open_by_address: Final[Counter[str]] = Counter()
        self.is_open = True

    def admit(self, handshake: Handshake) -> Admission | HandshakeRefused:
        """As ``Gate.admit``."""
        forwarded = handshake.header("x-forwarded-for") or ""
        peer = self._peers.peer(handshake.peer, "http", forwarded_for=forwarded).address
        if handshake.path.partition("?")[0] != LIVE_PATH:
            return self._no(404, "path", f"Rooms are entered at {LIVE_PATH}.")
        if handshake.header("sec-websocket-version") != "13":
            return self._no(426, "version", "WebSocket version 13 (RFC 6455) is needed. Update the client.")
        if not self.is_open:
            return self._no(503, "draining", "The server is about to restart. Try again in a few seconds.")
        host = handshake.header("host") or ""
        if not self._peers.is_own_host(host):
            return self._no(421, "host", "This server does not have that name. Set public_url to the one it has.")
        if not self._is_welcome(handshake.header("origin"), host):
            return self._no(403, "origin", "Pages of this site may not enter. Add its origin to allowed_origins.")
        offered = handshake.header("sec-websocket-protocol")
        if offered is not None and SUBPROTOCOL not in (name.strip() for name in offered.split(",")):
            return self._no(400, "subprotocol", f"This server speaks {SUBPROTOCOL}. Update the client.")
        if self.open_by_address[peer] >= self._per_address and not _is_loopback(peer):
            return self._no(429, "address", "Too many connections from this address. Close some and try again.")
        return Admission(peer, SUBPROTOCOL if offered else None, self._receiver(peer))

    def entered(self, peer: str) -> None:
        """Count a connection."""
        self.open_by_address[peer] += 1

    def left(self, peer: str) -> None:
        """Count one less."""
        self.open_by_address[peer] -= 1
        if self.open_by_address[peer] <= 0:
            del self.open_by_address[peer]

    def _is_welcome(self, origin: str | None, host: str) -> bool:
        if origin is None:
            return True  # not a browser: nothing is carried along that a foreign page could abuse
        return self._peers.is_own_origin(origin, host) or origin in self._peers.allowed

    def _no(self, status: int, reason: str, text: str) -> HandshakeRefused:
        self._counters.refused[f"handshake_{reason}"] += 1
        return HandshakeRefused(status, text)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
