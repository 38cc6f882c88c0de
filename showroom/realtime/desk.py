"""
Where a copy's dealings wait for the disk: an event is written down before anybody is told, in the order it happened.

One task for each copy takes whatever waits, writes it in one go, then hands it out. What needs no writing and finds
nobody waiting goes out at once. The queue is bounded: a room whose disk does not keep up says so to those who ask.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showroom.social.effects import Effects
from showroom.social.storage import together
from showroom_assets.errors import ShowroomError

if TYPE_CHECKING:
    from showroom.db.database import Database

MOST_WAITING: Final = 2000
_MOST_AT_ONCE: Final = 256
_log: Final = logging.getLogger("showroom.realtime")


@dataclass(slots=True)
class _Waiting:
    effects: Effects
    failed: Callable[[ShowroomError], None] | None


class Desk:
    """
    Parameters
    ----------
    deliver
        Hands out effects that are on disk. Must not raise.
    """

    def __init__(self, database: "Database", deliver: Callable[[Effects], None]) -> None:
        self._database = database
        self._deliver = deliver
        self._waiting: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be begun."""
        return len(self._waiting) >= MOST_WAITING

    def put(self, effects: Effects, failed: Callable[[ShowroomError], None] | None = None) -> None:
        """
        Take effects.

        Parameters
        ----------
        failed
            Told if they could not be written; nobody else hears of them then.
        """
        if not effects.writes and not self._waiting and self._idle.is_set():
            self._deliver(effects)
            return
        self._waiting.append(_Waiting(effects, failed))
        self._idle.clear()
        self._wake.set()

    async def flushed(self) -> None:
        """Comes back when nothing waits."""
        await self._idle.wait()

    async def work(self) -> None:
        """Write and hand out until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                await self._settle()
            self._idle.set()

    async def _settle(self) -> None:
        """One batch. Not in ``work``, which would hold the last batch, and who asked for it, until the next one."""
        some = [self._waiting[n] for n in range(min(len(self._waiting), _MOST_AT_ONCE))]
        failure = await self._write(some)
        for _ in some:
            self._waiting.popleft()
        for one in some:
            if failure is None:
                self._deliver(one.effects)
            elif one.failed is not None:
                one.failed(failure)

    async def _write(self, some: list[_Waiting]) -> ShowroomError | None:
        writes = [write for one in some for write in one.effects.writes]
        if not writes:
            return None
        try:
            await self._database.write(together(*writes))
        except ShowroomError as exc:
            _log.error("events of a room were not written: %s", exc.message)
            return exc
        return None
