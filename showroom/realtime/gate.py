"""Who may open a socket at all: path, origin, subprotocol and how many from one address. Tickets come after that."""

import ipaddress
from collections import Counter
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

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
    origins
        Sites whose pages may enter beside our own, as ``scheme://host[:port]``.
    proxies
        Addresses or networks of proxies whose ``X-Forwarded-For`` is believed.
    per_address
        Most connections from one address that is not this machine's own; half a school may share one.
    """

    def __init__(
        self,
        receiver: Callable[[str], Receiver],
        *,
        origins: tuple[str, ...] = (),
        proxies: tuple[str, ...] = (),
        per_address: int = 500,
        counters: Counters,
    ) -> None:
        self._receiver = receiver
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)
        self._proxies = tuple(ipaddress.ip_network(proxy, strict=False) for proxy in proxies)
        self._per_address = per_address
        self._counters = counters
        self.open_by_address: Final[Counter[str]] = Counter()
        self.is_open = True

    def admit(self, handshake: Handshake) -> Admission | HandshakeRefused:
        """As ``Gate.admit``."""
        peer = client_address(handshake, self._proxies)
        if handshake.path.partition("?")[0] != LIVE_PATH:
            return self._no(404, "path", f"Rooms are entered at {LIVE_PATH}.")
        if handshake.header("sec-websocket-version") != "13":
            return self._no(426, "version", "WebSocket version 13 (RFC 6455) is needed. Update the client.")
        if not self.is_open:
            return self._no(503, "draining", "The server is about to restart. Try again in a few seconds.")
        if not self._is_welcome(handshake.header("origin"), handshake.header("host")):
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

    def _is_welcome(self, origin: str | None, host: str | None) -> bool:
        if origin is None:
            return True  # not a browser: nothing is carried along that a foreign page could abuse
        origin = origin.lower()
        return origin in self._origins or (host is not None and urlsplit(origin).netloc == host.lower())

    def _no(self, status: int, reason: str, text: str) -> HandshakeRefused:
        self._counters.refused[f"handshake_{reason}"] += 1
        return HandshakeRefused(status, text)


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def client_address(handshake: Handshake, proxies: tuple[Network, ...]) -> str:
    """
    The client's address: the socket's peer, or behind trusted proxies the last hop that none of them is.

    Whatever stands further left in X-Forwarded-For was written by the client and means nothing.
    """
    address = handshake.peer
    hops = [hop.strip() for hop in (handshake.header("x-forwarded-for") or "").split(",") if hop.strip()]
    while hops and _is_in(address, proxies):
        try:
            address = str(ipaddress.ip_address(hops.pop()))
        except ValueError:
            break
    return address


def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    if not networks:
        return False
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
