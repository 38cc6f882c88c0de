"""The real-time server as one thing to start, drain and stop: what ``showroom/server.py`` puts together."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from showroom.realtime.counters import Counters
from showroom.realtime.plan import Plans

if TYPE_CHECKING:
    from showroom.db.database import Database
    from showroom.settings import Settings

Protocols = Callable[[], asyncio.BaseProtocol]


class Realtime:
    """
    Parameters
    ----------
    settings
        Its section *rooms*, and where to listen.
    database
        For the log of rooms and for resume. Tables: ``showroom/db/visits.py`` and ``showroom/db/rooms.py``.
    plans
        Where rooms are looked up.
    secret
        At least 32 bytes; tickets and resume keys are signed with keys derived from it.
    clock
        Monotonic seconds.
    unix
        Seconds since 1970, for what outlives the process.
    """

    def __init__(
        self,
        settings: "Settings",
        database: "Database",
        plans: Plans,
        *,
        secret: bytes,
        clock: Callable[[], float] = time.monotonic,
        unix: Callable[[], float] = time.time,
        chance: random.Random | None = None,
    ) -> None:
        self.settings = settings
        self.counters = Counters()

    async def start(self, *, http: Protocols | None = None) -> None:
        """
        Bring back what the database holds, start ticking and, if ``http`` is given, open the one door.

        Parameters
        ----------
        http
            aiohttp's protocol factory (``AppRunner(app).server`` after ``setup()``): all that is not ``/live``.

        Raises
        ------
        OSError
            The port is taken.
        """
        raise NotImplementedError

    @property
    def addresses(self) -> Sequence[tuple[str, int]]:
        """Where the door is open: host and port."""
        raise NotImplementedError

    async def drain(self, *, within_s: float = 10.0) -> None:
        """Take no more joins, tell clients to come back, flush events, write what resume needs, close. Bounded."""
        raise NotImplementedError
