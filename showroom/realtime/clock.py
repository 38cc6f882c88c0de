"""The times of the real-time server: one running clock, and Unix time that never steps back."""

import time
from collections.abc import Callable
from typing import Final


class Clock:
    """
    Parameters
    ----------
    monotonic
        Seconds that only rise.
    unix
        Seconds since 1970, read once.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, unix: Callable[[], float] = time.time) -> None:
        self.monotonic: Final = monotonic
        self._start = monotonic()
        self._unix = unix()

    def s(self) -> float:
        """Seconds since the start."""
        return self.monotonic() - self._start

    def ms(self) -> int:
        """Milliseconds since the start: the clock that frames are stamped with."""
        return int((self.monotonic() - self._start) * 1000)

    def unix_s(self) -> float:
        """Unix time as of the start, gone on by the running clock: a corrected system clock moves nobody's ban."""
        return self._unix + self.monotonic() - self._start

    def unix_ms(self) -> int:
        """The same in milliseconds."""
        return int(self.unix_s() * 1000)
