"""
One clock for all rooms of a process: 20 ticks a second, at even times, and honest about being late.

A tick that begins late is not made up for by two at once: the next one comes at its own time, and whole periods missed
are counted as skipped. Between two rooms the loop reads sockets, so that many copies do not hold up each other's input.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, Protocol

from showroom.realtime.counters import Counters

_KEPT: Final = 200  # ten seconds of ticks


class Ticking(Protocol):
    """A room."""

    def tick(self) -> None:
        """Once, 20 times a second."""


class Ticker:
    """
    Parameters
    ----------
    rooms
        Gives the rooms as they are now.
    clock
        Seconds that only rise.
    before
        Called once before the rooms of every tick.
    """

    def __init__(
        self,
        rooms: Callable[[], Iterable[Ticking]],
        *,
        clock: Callable[[], float],
        counters: Counters,
        before: Callable[[], None],
        hz: int = 20,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rooms = rooms
        self._clock = clock
        self._counters = counters
        self._before = before
        self._period_s = 1 / hz
        self._sleep = sleep
        self._lags: deque[float] = deque(maxlen=_KEPT)
        self._costs: deque[float] = deque(maxlen=_KEPT)

    async def work(self) -> None:
        """Tick until cancelled."""
        clock, period = self._clock, self._period_s
        due = clock() + period
        while True:
            await self._sleep(max(due - clock(), 0.0))
            began = clock()
            self._lags.append(began - due)
            self._before()
            for n, room in enumerate(list(self._rooms())):
                if n:
                    await self._sleep(0)
                room.tick()
            now = clock()
            self._costs.append(now - began)
            self._counters.ticks_total += 1
            due += period
            if now > due:
                missed = int((now - due) / period)
                self._counters.ticks_skipped += missed
                due += missed * period

    def measure(self) -> None:
        """Bring the gauges up to date; once a second is enough."""
        lags, costs = sorted(self._lags), sorted(self._costs)
        if lags:
            self._counters.tick_lag_p50_ms = 1000 * lags[len(lags) // 2]
            self._counters.tick_lag_p99_ms = 1000 * lags[int(len(lags) * 0.99)]
            self._counters.tick_cost_p99_ms = 1000 * costs[int(len(costs) * 0.99)]
