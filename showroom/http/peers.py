"""
Where a request comes from, and whether a page elsewhere is behind it.

What is believed: the connection's own address; ``X-Forwarded-For`` and ``-Proto`` only from proxies that the settings
name; a Host header that names this server; an Origin that is the server's own or was allowed. Sans I/O: strings in.
"""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from showroom.errors import BadRequest

_UNSAFE: Final = frozenset(("POST", "PUT", "PATCH", "DELETE"))
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Peer:
    """The caller's address and the scheme it used (``http`` or ``https``)."""

    address: str
    scheme: str

    @property
    def is_local(self) -> bool:
        """On this very machine."""
        try:
            return ipaddress.ip_address(self.address).is_loopback
        except ValueError:
            return False


class Peers:
    """
    Parameters
    ----------
    host
        The address that the server listens on.
    public_url
        The address that shoppers type, or empty.
    allowed_origins
        Other sites whose pages may call.
    trusted_proxies
        Addresses or networks (``10.0.0.0/8``) whose ``X-Forwarded-…`` headers are believed.

    Raises
    ------
    BadRequest
        A setting is no address or no origin.
    """

    def __init__(
        self, *, host: str, public_url: str, allowed_origins: Iterable[str], trusted_proxies: Iterable[str]
    ) -> None:
        self._names = {"localhost", "127.0.0.1", "::1", host.lower(), *_own_names()} - {"", "0.0.0.0", "::"}
        self._any_address = host not in {"localhost", "127.0.0.1", "::1"}
        self.public_origin = origin_of(public_url) if public_url else ""
        if public_url:
            self._names.add(_name(urlsplit(public_url).netloc))
        self.allowed: Final = frozenset(origin_of(one) for one in allowed_origins)
        self._proxies: Final = tuple(_network(one) for one in trusted_proxies)

    def peer(self, address: str, scheme: str, *, forwarded_for: str = "", forwarded_proto: str = "") -> Peer:
        """Who is really calling: the first address from the right that is no trusted proxy."""
        if not self._is_proxy(address):
            return Peer(address, scheme)
        if forwarded_proto.rpartition(",")[2].strip().lower() in {"http", "https"}:
            scheme = forwarded_proto.rpartition(",")[2].strip().lower()
        for hop in reversed([one.strip() for one in forwarded_for[-2000:].split(",") if one.strip()]):
            address = hop.removeprefix("[").partition("]")[0]
            if not self._is_proxy(address):
                break
        return Peer(address, scheme)

    def is_own_host(self, host: str) -> bool:
        """
        Whether a Host header names this server. A page elsewhere whose name was made to point here (DNS rebinding)
        does not; an address in digits cannot be made to.
        """
        name = _name(host)
        if name in self._names:
            return True
        if not self._any_address:
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def is_own_origin(self, origin: str, host: str) -> bool:
        """Whether a page of that origin is one of ours."""
        if self.public_origin and origin == self.public_origin:
            return True
        return origin in {f"http://{host.lower()}", f"https://{host.lower()}"}

    def may_change(self, method: str, *, origin: str, host: str, fetch_site: str, has_cookie: bool) -> bool:
        """
        Whether a request may change anything (or is not meant to): no page of another site may use a visitor's cookie.

        Browsers send Origin with every unsafe request, so one without it comes from no page, unless
        ``Sec-Fetch-Site`` says that it does.
        """
        if method not in _UNSAFE:
            return True
        if origin:
            return self.is_own_origin(origin, host) or origin in self.allowed
        return not has_cookie or fetch_site in {"", "same-origin", "none"}

    def _is_proxy(self, address: str) -> bool:
        return _is_within(address, self._proxies)


def origin_of(url: str) -> str:
    """
    ``https://shop.example`` of any address there; the default port is left out.

    Raises
    ------
    BadRequest
        No address of the web.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadRequest(f"{url!r} is no address of a site. Write https://shop.example.", url=url)
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.lower()
    plain = port is None or port == {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{name}" + ("" if plain else f":{port}")


def _name(host: str) -> str:
    """A Host header without its port."""
    if host.startswith("["):
        name, closed, rest = host[1:].partition("]")
        return name.lower() if closed and (not rest or rest.startswith(":")) else ""
    return host.rsplit(":", 1)[0].lower() if host.count(":") <= 1 else host.lower()


def _network(text: str) -> _Network:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise BadRequest(f"{text!r} is no address or network. Write 10.0.0.7 or 10.0.0.0/8.", value=text) from None


@lru_cache(4096)
def _is_within(address: str, networks: tuple[_Network, ...]) -> bool:
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in one for one in networks)


def _own_names() -> set[str]:
    name = socket.gethostname().lower()
    return {name, name.partition(".")[0], name.partition(".")[0] + ".local"}
