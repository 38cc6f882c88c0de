"""
What conversions say, to all who listen: one look at the table a moment, however many listen.

The workers are other processes, perhaps on other machines, so the table is where they are heard. Whoever follows a
conversion gets every event in order, from the number on that it names; nothing is kept here that a restart could lose.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from showroom.db.database import Database
from showroom.jobs import conversions
from showroom.jobs.errors import UploadsBusy
from showroom_assets.errors import ShowroomError

_log = logging.getLogger("showroom.uploads")
Row = dict[str, Any]
Listener = Callable[[str, Row], Awaitable[None]]
_LOOK_S: Final = 0.25
_IDLE_LOOK_S: Final = 1.0
_QUIET_S: Final = 15.0
_RECENT_MS: Final = 60_000
_MOST: Final = 500
_MOST_OF_ONE: Final = 20
_MOST_KNOWN: Final = 10_000


class Tail:
    """
    Parameters
    ----------
    listener
        Called with the owner's id and each event of every conversion, as it comes; or None.
    """

    def __init__(self, database: Database, *, clock_ms: Callable[[], int], listener: Listener | None = None) -> None:
        self._db = database
        self._now = clock_ms
        self._listener = listener
        self._watching: dict[str, set[asyncio.Event]] = {}
        self._of_one: dict[str, int] = {}
        self._known: dict[str, int] = {}
        self._awake = asyncio.Event()
        self._is_open = True

    def wake(self) -> None:
        """Something was queued: look again soon."""
        self._awake.set()

    async def run(self) -> None:
        """Look for ever."""
        with contextlib.suppress(ShowroomError, SQLAlchemyError):
            self._known = {row["id"]: row["last_event"] for row in await self._heads()}
        while True:
            is_idle = True
            try:
                rows = await self._heads() if self._watching or self._listener else []
                is_idle = not rows
                await self._spread(rows)
            except (ShowroomError, SQLAlchemyError) as exc:  # the database is away for a moment
                _log.warning("%s", exc)
            self._awake.clear()
            with contextlib.suppress(TimeoutError):
                if is_idle:
                    async with asyncio.timeout(_IDLE_LOOK_S):
                        await self._awake.wait()
                else:
                    await asyncio.sleep(_LOOK_S)

    async def follow(self, conversion: str, *, who: str, after: int) -> AsyncGenerator[list[Row], None]:
        """
        The events of a conversion after number ``after``, in order, for ever; an empty list when it has been quiet.

        Raises
        ------
        UploadsBusy
            Too many follow already.
        """
        if sum(self._of_one.values()) >= _MOST or self._of_one.get(who, 0) >= _MOST_OF_ONE:
            raise UploadsBusy("Too many are following conversions. Ask for the state now and then.", retry_after_s=10)
        self._of_one[who] = self._of_one.get(who, 0) + 1
        news = asyncio.Event()
        self._watching.setdefault(conversion, set()).add(news)
        self._awake.set()
        try:
            while self._is_open:
                found = await self._db.read(lambda db, after=after: conversions.events_after(db, conversion, after))  # type: ignore[misc]
                if found:
                    after = found[-1]["number"]
                    yield found
                    continue
                try:
                    async with asyncio.timeout(_QUIET_S):
                        await news.wait()
                except TimeoutError:
                    yield []
                news.clear()
        finally:
            self._of_one[who] -= 1
            if not self._of_one[who]:
                del self._of_one[who]
            self._watching[conversion].discard(news)
            if not self._watching[conversion]:
                del self._watching[conversion]

    def close(self) -> None:
        """Let all who follow go."""
        self._is_open = False
        for all_news in self._watching.values():
            for news in all_news:
                news.set()

    async def _heads(self) -> list[Row]:
        ids = list(self._watching)
        since = self._now() - _RECENT_MS
        return await self._db.read(lambda db: conversions.heads(db, ids, since_ms=since))

    async def _spread(self, rows: list[Row]) -> None:
        for row in rows:
            before = self._known.get(row["id"], 0)
            if row["last_event"] <= before:
                continue
            for news in self._watching.get(row["id"], ()):
                news.set()
            if self._listener is not None:
                await self._tell(row, before)
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        self._known |= {row["id"]: row["last_event"] for row in rows}

    async def _tell(self, row: Row, before: int) -> None:
        assert self._listener is not None
        for event in await self._db.read(lambda db: conversions.events_after(db, row["id"], before)):
            try:
                await self._listener(row["owner"], event)
            except Exception:  # noqa: BLE001 - whoever listens must not stop the others
                _log.exception("a listener of conversions failed")
