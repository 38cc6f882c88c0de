"""The real-time server as one thing to start, drain and stop: what ``showroom/server.py`` puts together."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from showroom.accounts.principal import Principal
from showroom.protocol.events import AnyEvent, Told
from showroom.protocol.ids import Close
from showroom.realtime import keeping, picows_adapter, websockets_adapter
from showroom.realtime.clock import Clock
from showroom.realtime.counters import Counters
from showroom.realtime.door import Door, Protocols
from showroom.realtime.gate import LiveGate
from showroom.realtime.hub import Granted, Hub, StockOf
from showroom.realtime.look import Look
from showroom.realtime.plan import Plans
from showroom.realtime.room import RoomCopy
from showroom.realtime.ticker import Ticker, quiet_garbage
from showroom.realtime.tickets import Tickets

if TYPE_CHECKING:
    from showroom.db.database import Database
    from showroom.http.peers import Peers
    from showroom.settings import Settings

_log: Final = logging.getLogger("showroom.realtime")
_ADAPTERS: Final = {"picows": picows_adapter.factory, "websockets": websockets_adapter.factory}
_RESTART_S: Final = 600.0
"""How long a server may be down and still find its rooms as they were."""
_BACKLOG: Final = 4096
_DRAINING: Final = Told(code="server.draining", text="The server restarts. You will be back in a moment.")


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
    peers
        Which origins, hosts and proxies are ours (``showroom.http.peers``).
    secret
        At least 32 bytes; tickets and resume keys are signed with keys derived from it.
    monotonic
        Seconds that only rise.
    unix
        Seconds since 1970, for what outlives the process.
    ice
        Servers for WebRTC that a person is told of.
    stock
        What is left of some SKUs of a merchant: asked when somebody begins to watch them.
    process
        Name of this process among those that share a database.
    """

    def __init__(
        self,
        settings: "Settings",
        database: "Database",
        plans: Plans,
        *,
        peers: "Peers",
        secret: bytes,
        monotonic: Callable[[], float] = time.monotonic,
        unix: Callable[[], float] = time.time,
        chance: random.Random | None = None,
        ice: Callable[[str], list[dict[str, str]]] = lambda _person: [],
        stock: StockOf | None = None,
        process: str = "main",
    ) -> None:
        self.settings: Final = settings
        self.counters: Final = Counters()
        self.clock: Final = Clock(monotonic, unix)
        self.hub: Final = Hub(
            settings,
            database,
            plans,
            secret=secret,
            clock=self.clock,
            counters=self.counters,
            tickets=Tickets(secret),
            chance=chance or random.Random(),
            ice=ice,
            stock=stock,
        )
        self.gate: Final = LiveGate(
            self.hub.receiver, peers=peers, per_address=settings.connections_per_address, counters=self.counters
        )
        self.hub.entered, self.hub.left = self.gate.entered, self.gate.left
        self._database = database
        self._process = process
        self._door: Door | None = None
        self._server: asyncio.Server | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._ticker = Ticker(self._rooms, clock=monotonic, counters=self.counters, before=self._before_tick)

    # ── life

    async def start(self, *, http: Protocols | None = None, owns_process: bool = True) -> None:
        """
        Bring back what the database holds, start ticking and, if ``http`` is given, open the one door.

        Parameters
        ----------
        http
            aiohttp's protocol factory (``AppRunner(app).server`` after ``setup()``): all that is not ``/live``.
        owns_process
            Whether the garbage collector may be set to suit us.

        Raises
        ------
        OSError
            The port is taken.
        """
        since_ms = self.clock.unix_ms() - int(1000 * (self.settings.room_grace_s + _RESTART_S))
        kept = await self._database.read(keeping.kept(self._process, since_ms=since_ms))
        await self._database.write(keeping.forget(self._process))
        await self.hub.restore(kept)
        await self._keep(anew=True)
        loop = asyncio.get_running_loop()
        self._tasks = [
            loop.create_task(self._guarded("ticker", self._ticker.work)),
            loop.create_task(self._guarded("housekeeping", self._housekeeping)),
        ]
        if http is not None:
            self._door = Door(live=_ADAPTERS[self.settings.transport](self.gate), http=http, counters=self.counters)
            self._server = await loop.create_server(
                self._door.protocol, self.settings.host, self.settings.port, backlog=_BACKLOG
            )
        if owns_process:
            quiet_garbage()

    @property
    def addresses(self) -> Sequence[tuple[str, int]]:
        """Where the door is open: host and port."""
        return [socket.getsockname()[:2] for socket in self._server.sockets] if self._server is not None else []

    async def drain(self, *, within_s: float = 10.0) -> None:
        """
        Take no more joins, flush events, write what resume needs, tell clients to come back, close. Bounded.

        Pages can still be asked for until the caller closes aiohttp's side; ``stop`` comes after.
        """
        self.gate.is_open = False
        self.hub.is_draining = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s / 2):
                for copy in list(self.hub.copies.values()):
                    for visit in list(copy.visits.values()):
                        copy.tell(visit, _DRAINING)
                    await copy.desk.flushed()
        for copy in list(self.hub.copies.values()):
            copy.close_all(Close.GOING_AWAY)
        for connection in list(self.hub.connections):
            connection.close(Close.GOING_AWAY)
        await self._keep(anew=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s / 2):
                while self.hub.connections:
                    await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Close the door and end all tasks. Without ``drain`` before it, as sudden as a crash to clients."""
        if self._server is not None:
            self._server.close()
        if self._door is not None:
            self._door.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self.hub.stop()
        for connection in list(self.hub.connections):
            if connection.link is not None:
                connection.link.abort()

    # ── for the API

    async def grant(
        self,
        who: Principal,
        store: str,
        room: str,
        *,
        peer: str,
        name: str = "",
        look: Look | None = None,
        party: str = "",
        beside: str = "",
    ) -> Granted:
        """Promise a seat; see ``Hub.grant``."""
        return await self.hub.grant(who, store, room, peer=peer, name=name, look=look, party=party, beside=beside)

    def copies(self, store: str) -> list[RoomCopy]:
        """The open copies of a store's rooms."""
        return [copy for copy in self.hub.copies.values() if copy.plan.store == store]

    async def rooms(self, store: str) -> list[str]:
        """
        The rooms of a store.

        Raises
        ------
        NotFound
            No such store.
        """
        return [plan.room for plan in await self.hub.plans.rooms(store)]

    # ── for other services

    def tell(self, person: str, event: AnyEvent) -> None:
        """
        An event for one person, wherever they are in a room now: ``Cart`` when their cart changed elsewhere, ``Job``
        for the progress of their upload. Not kept: who is away asks the API when they are back.
        """
        for copy in self.hub.copies.values():
            visit = copy.visits.get(person)
            if visit is not None:
                copy.tell(visit, event)

    def tell_stock(self, tenant: str, sku: str, left: int) -> None:
        """So many are left: to be told to whoever watches the SKU in the merchant's rooms (``Shop.watch`` takes it)."""
        for copy in self.hub.copies.values():
            if copy.plan.tenant == tenant:
                copy.shelves.changed(sku, left)

    # ── time

    def _rooms(self) -> Iterable[RoomCopy]:
        return self.hub.copies.values()

    def _before_tick(self) -> None:
        self.hub.now_s = self.clock.s()

    async def _housekeeping(self) -> None:
        seconds = 0
        while True:
            await asyncio.sleep(1.0)
            seconds += 1
            self.hub.sweep()
            self._ticker.measure()
            if seconds % 60 == 0:
                self.hub.forget()
            await self._keep()

    async def _keep(self, *, anew: bool = False) -> None:
        """Write down all copies in one go."""
        hub = self.hub
        closed, hub.closed_copies[:] = list(hub.closed_copies), []
        copies = [copy.kept(anew=anew) for copy in hub.copies.values()]
        if copies or closed:
            await self._database.write(keeping.keep(self._process, copies, closed, at_ms=self.clock.unix_ms()))

    async def _guarded(self, name: str, work: Callable[[], Coroutine[None, None, None]]) -> None:
        """Rooms must not stop for an error of ours: log it and go on."""
        while True:
            try:
                await work()
            except asyncio.CancelledError:
                raise
            except Exception:  # noqa: BLE001 - whatever it is, the crowd goes on
                _log.exception("%s failed and goes on", name)
                await asyncio.sleep(0.05)
