"""
How often one may ask: by class of request, for each person and for each address.

One person has one bucket a class; an address has a larger one, for many people may share it (a company, a phone
network). Sans I/O; the clock is a parameter.
"""

import ipaddress
import math
from collections.abc import Callable, Mapping

from showroom.buckets import Buckets, Rate
from showroom.errors import TooMany

__all__ = ["Limits", "Rate", "network"]


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
        self._wide = {
            kind: Rate(rate.per_s * address_factor, rate.burst * address_factor) for kind, rate in rates.items()
        }
        self._buckets = Buckets(clock=clock, most=most)

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
        asked = [(f"{kind} from {address}", self._wide[kind])]
        if person:
            asked.append((f"{kind} by {person}", self._rates[kind]))
        wait_s = max(self._buckets.wait_s(key, rate) for key, rate in asked)
        if wait_s > 0:
            retry_s = max(1, math.ceil(wait_s))
            raise TooMany(f"Too many requests at once. Try again in {retry_s} s.", retry_after_s=retry_s, limit=kind)
        for key, rate in asked:
            self._buckets.take(key, rate)

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
