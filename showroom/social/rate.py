"""How often is too often: a token bucket on the caller's clock."""

from typing import Final


class Bucket:
    """
    Allows bursts of ``burst`` and ``per_s`` a second in the long run.

    Parameters
    ----------
    per_s
        Tokens that come back each second.
    burst
        Most tokens it holds; it starts full.
    now_ms
        The time of its making.
    """

    __slots__ = ("_at_ms", "_burst", "_per_ms", "_tokens")

    def __init__(self, per_s: float, burst: float, *, now_ms: int) -> None:
        self._per_ms: Final = per_s / 1000
        self._burst: Final = burst
        self._tokens = burst
        self._at_ms = now_ms

    def take(self, now_ms: int, tokens: float = 1.0) -> bool:
        """Whether there was enough; nothing is taken if not. A clock that steps back changes nothing."""
        self._refill(now_ms)
        if self._tokens + 1e-9 < tokens:
            return False
        self._tokens -= tokens
        return True

    def wait_ms(self, now_ms: int, tokens: float = 1.0) -> int:
        """How long until ``tokens`` could be taken; 0 if they are there."""
        self._refill(now_ms)
        missing = tokens - self._tokens
        return 0 if missing <= 1e-9 else int(missing / self._per_ms) + 1

    def is_full(self, now_ms: int) -> bool:
        """Whether it may be forgotten: a new one would be the same."""
        self._refill(now_ms)
        return self._tokens >= self._burst

    def _refill(self, now_ms: int) -> None:
        if now_ms > self._at_ms:
            self._tokens = min(self._burst, self._tokens + (now_ms - self._at_ms) * self._per_ms)
            self._at_ms = now_ms
