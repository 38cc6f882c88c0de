"""
Token buckets: how often something may happen, by any key.

A bucket holds tokens up to its size and is refilled at a steady rate; each event takes one. There are never more than
``most`` of them: who invents keys only pushes out the ones that were not used for longest. The clock is a parameter.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """``per_s`` tokens a second, at most ``burst`` at once."""

    per_s: float
    burst: float


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at_s: float


class Buckets:
    """
    Parameters
    ----------
    clock
        Seconds, monotonic.
    most
        Buckets kept at once.
    """

    def __init__(self, *, clock: Callable[[], float], most: int = 50_000) -> None:
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait_s(self, key: str, rate: Rate) -> float:
        """Seconds until there is a token; 0 if there is one now. Takes none."""
        return max(0.0, (1 - self._filled(key, rate).tokens) / rate.per_s)

    def take(self, key: str, rate: Rate) -> None:
        """Take a token. A bucket may owe one: what has happened has happened."""
        bucket = self._filled(key, rate)
        bucket.tokens = max(bucket.tokens - 1, -1.0)

    def give_back(self, key: str, rate: Rate) -> None:
        """Put one back: what was counted turned out well."""
        bucket = self._filled(key, rate)
        bucket.tokens = min(bucket.tokens + 1, rate.burst)

    def __len__(self) -> int:
        return len(self._buckets)

    def _filled(self, key: str, rate: Rate) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(rate.burst, now)
            while len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
            bucket.tokens = min(rate.burst, bucket.tokens + max(0.0, now - bucket.at_s) * rate.per_s)
            bucket.at_s = now
        return bucket
