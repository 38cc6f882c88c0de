"""How old news is when it leaves: from a pose's arrival to its frame being with the transports."""

import numpy as np
from numpy.typing import NDArray

BINS = 2000
WINDOW_MS = 15000


class Staleness:
    """A histogram in milliseconds over the last 15 to 30 seconds: two windows that take turns."""

    def __init__(self) -> None:
        self._now = np.zeros(BINS, np.int64)
        self._before = np.zeros(BINS, np.int64)
        self._since_ms = 0.0
        self.total = 0

    def add(self, ages_ms: NDArray[np.float64], now_ms: float) -> None:
        """Count the ages of one tick's poses."""
        if now_ms - self._since_ms > WINDOW_MS:
            self._before, self._now = self._now, self._before
            self._now[:] = 0
            self._since_ms = now_ms
        if len(ages_ms):
            self._now += np.bincount(np.clip(ages_ms, 0, BINS - 1).astype(np.int64), minlength=BINS)
            self.total += len(ages_ms)

    def percentile(self, share: float) -> float | None:
        """Age in milliseconds that ``share`` (0 to 1) of the poses were below; None without any."""
        both = np.cumsum(self._now + self._before)
        if not both[-1]:
            return None
        return float(np.searchsorted(both, share * both[-1]) + 1)
