"""
How often one may ask: token buckets by class of request, for each person and for each address.

A bucket holds tokens up to its size and is refilled at a steady rate; a request takes one. One person has one bucket a
class; an address has a larger one, for many people may share it. Buckets that are full again are forgotten, and there
are never more than ``most`` of them: who invents addresses only pushes out other invented ones.

Sans I/O; the clock is a parameter.
"""

import ipaddress
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from showroom.errors import TooMany


@dataclass(frozen=True, slots=True)
class Rate:
    """``per_s`` tokens a second, at most ``burst`` at once."""

    per_s: float
    burst: float


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_s: float


class Limits:
    """
    Parameters
    ----------
    rates
        For one person, by class of request.
    address_factor
        How many people's worth one address may ask.
    clock
        Seconds, monotonic.
    most
        Buckets kept at once.
    """

    def __init__(
        self, rates: Mapping[str, Rate], *, address_factor: float, clock: Callable[[], float], most: int = 50_000
    ) -> None:
        self._rates = dict(rates)
        self._factor = address_factor
        self._clock = clock
        self._most: Final = most
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()
        self.refused = 0

    def take(self, kind: str, *, person: str, address: str) -> None:
        """
        Count one request.

        Parameters
        ----------
        kind
            Class of request, one of ``rates``.
        person
            Who asks; empty if nobody knows, then only the address counts.
        address
            As ``network`` gives it.

        Raises
        ------
        TooMany
            Either has asked too often; ``retry_after_s`` says when to try again.
        """
        rate = self._rates[kind]
        wide = Rate(rate.per_s * self._factor, rate.burst * self._factor)
        wait_s = self._wait(kind, "address " + address, wide)
        if person and wait_s <= 0:
            wait_s = self._wait(kind, "person " + person, rate)
        if wait_s > 0:
            self.refused += 1
            retry_s = max(1, -int(-wait_s // 1))
            raise TooMany(f"Too many requests at once. Try again in {retry_s} s.", retry_after_s=retry_s, limit=kind)

    def _wait(self, kind: str, key: str, rate: Rate) -> float:
        """Seconds until there is a token; 0 if one was taken."""
        now = self._clock()
        bucket = self._buckets.get((kind, key))
        if bucket is None:
            bucket = self._buckets[kind, key] = _Bucket(rate.burst, now)
            while len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end((kind, key))
            bucket.tokens = min(rate.burst, bucket.tokens + (now - bucket.at_s) * rate.per_s)
            bucket.at_s = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0.0
        return (1 - bucket.tokens) / rate.per_s

    def __len__(self) -> int:
        return len(self._buckets)


def network(address: str) -> str:
    """
    What counts as one address: all of an IPv4 address, the first 64 bits of an IPv6 one (whoever has one has them all).
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), 64), strict=False))
    return str(found)
