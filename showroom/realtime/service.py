"""The real-time server as one thing to start, drain and stop: what ``showroom/server.py`` puts together."""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlunsplit

from showroom.protocol.events import AnyEvent, Told
from showroom.protocol.ids import Close
from showroom.protocol.messages import encode_event_body
from showroom.realtime import garbage, keeping, picows_adapter, websockets_adapter
from showroom.realtime.bus import AnyNotice, Bus, Changed, CopyNotice, Gone, MemoryBus, Promise, Seated, ToPerson
from showroom.realtime.clock import Clock
from showroom.realtime.counters import Counters
from showroom.realtime.door import LIVE_PATH, Door, Protocols
from showroom.realtime.gate import LiveGate
from showroom.realtime.hub import Hub
from showroom.realtime.inquiries import StockOf, WornOf
from showroom.realtime.neighbours import Neighbours
from showroom.realtime.plan import Plans
from showroom.realtime.reception import Reception
from showroom.realtime.redis_bus import bus_of
from showroom.realtime.room import RoomCopy
from showroom.realtime.ticker import Ticker
from showroom.realtime.tickets import Tickets
from showroom.realtime.visit import Visit
from showroom.social import storage, voice
from showroom.social.effects import Effects

if TYPE_CHECKING:
    from showroom.db.database import Database
    from showroom.http.peers import Peers
    from showroom.settings import Settings

_log: Final = logging.getLogger("showroom.realtime")
_ADAPTERS: Final = {"picows": picows_adapter.factory, "websockets": websockets_adapter.factory}
_RESTART_S: Final = 600.0
"""How long a server may be down and still find its rooms as they were."""
_PRUNE_EVERY_S: Final = 3600
_PREPARE_AFTER_S: Final = 15
"""By then everybody is back after a restart."""
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
    missing
        Which of some products there are not: asked when somebody puts them on. None: everything may be worn.
    bus
        The way to other processes; None: what the setting says.
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
        missing: WornOf | None = None,
        bus: Bus | None = None,
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
            missing=missing,
            process=settings.process,
        )
        self._bus: Bus = bus if bus is not None else bus_of(settings.bus)
        self.neighbours: Final = Neighbours(settings.process, settings.live_url, self._bus, clock=monotonic)
        self.reception: Final = Reception(self.hub, database, Tickets(secret), self.neighbours)
        self.hub.admission.seated = self._seated
        self.hub.decided = self._decided
        self.gate: Final = LiveGate(
            self.hub.receiver, peers=peers, per_address=settings.connections_per_address, counters=self.counters
        )
        self.hub.entered, self.hub.left = self.gate.entered, self.gate.left
        self._database = database
        self._process = settings.process
        self._stale: set[str] = set()
        self._owns_process = False
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
        await self._bus.start(self._heard, self._missed)
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
        self._owns_process = owns_process
        if owns_process:
            garbage.quiet()

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
        self._bus.publish(Gone(self._process))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s / 2):
                for copy in list(self.hub.copies.values()):
                    for visit in list(copy.visits.values()):
                        copy.tell(visit, encode_event_body(_DRAINING))
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
        await self._bus.stop()
        for connection in list(self.hub.connections):
            if connection.link is not None:
                connection.link.abort()

    # ── for the API

    def copies(self, store: str) -> list[RoomCopy]:
        """The open copies of a store's rooms in this process."""
        return [copy for copy in self.hub.copies.values() if copy.plan.store == store]

    def copies_everywhere(self, store: str, room: str) -> list[CopyNotice]:
        """The open copies of a room in all processes, by number."""
        here = [_notice(copy) for copy in self.copies(store) if copy.plan.room == room]
        there = [elsewhere.copy for elsewhere in self.neighbours.copies(store, room)]
        return sorted([*here, *there], key=lambda copy: copy.ordinal)

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
        self._bus.publish(ToPerson(self._process, person, encode_event_body(event)))

    def tell_stock(self, tenant: str, sku: str, left: int) -> None:
        """So many are left: to be told to whoever watches the SKU in the merchant's rooms (``Shop.watch`` takes it)."""
        for copy in self.hub.copies.values():
            if copy.plan.tenant == tenant:
                copy.shelves.changed(sku, left)

    def undress(self, avatar: str) -> None:
        """Nobody wears this avatar any more: it was taken away."""
        for copy in self.hub.copies.values():
            copy.undress(avatar)

    # ── time

    def _rooms(self) -> Iterable[RoomCopy]:
        return self.hub.copies.values()

    def _before_tick(self) -> None:
        self.hub.now_s = self.clock.s()

    # ── other processes

    def _announce(self) -> None:
        if self._bus.is_alone or self.hub.is_draining:
            return
        if not self.neighbours.url and self.addresses:
            host, port = self.addresses[0]
            self.neighbours.url = urlunsplit(("ws", f"{host}:{port}", LIVE_PATH, "", ""))
        copies = self.hub.copies.values()
        people = {copy.key: [visit.code for visit in copy.visits.values()] for copy in copies}
        self.neighbours.announce([_notice(copy) for copy in copies], people)

    def _seated(self, store: str, visit: Visit) -> None:
        self._bus.publish(Seated(self._process, store, visit.person, visit.seated_ms))

    def _decided(self, copy: RoomCopy, _effects: Effects) -> None:
        self._bus.publish(Changed(self._process, copy.plan.store))

    def _heard(self, notice: AnyNotice) -> None:
        match notice:
            case ToPerson():
                self._tell(notice.person, notice.body)
            case _ if notice.process == self._process:
                return
            case Promise():
                copy = self.hub.copies.get(notice.copy)
                if copy is not None:
                    copy.seats.promise([notice.seat])
            case Seated():
                self.hub.admission.dismiss(notice.store, notice.person, Close.REPLACED, before_ms=notice.at_ms)
            case Changed():
                self._stale.add(notice.store)
            case _:
                self.neighbours.heard(notice)

    def _missed(self) -> None:
        """The bus was interrupted: everything may have changed."""
        self._stale.update(self.hub.stores)

    def _tell(self, person: str, body: bytes) -> None:
        for copy in self.hub.copies.values():
            visit = copy.visits.get(person)
            if visit is not None:
                copy.tell(visit, body)

    async def _housekeeping(self) -> None:
        seconds = 0
        while True:
            await asyncio.sleep(1.0)
            seconds += 1
            self.hub.sweep()
            self._announce()
            while self._stale:
                await self.hub.reload(self._stale.pop())
            self._ticker.measure()
            if seconds == _PREPARE_AFTER_S:
                await asyncio.to_thread(voice.prepare)
            if seconds % 60 == 0:
                await self._forget()
            if self._owns_process and seconds % garbage.EVERY_S == 0:
                garbage.collect()
            if seconds % _PRUNE_EVERY_S == 0:
                await self._prune()
            await self._keep()

    async def _forget(self) -> None:
        """Let go of what is over, and write down whose parties changed by it."""
        now_ms = self.clock.unix_ms()
        for store, parties in self.hub.forget(is_alone=isinstance(self._bus, MemoryBus)).items():
            await self._database.write(storage.save_state(store, "parties", parties, at_ms=now_ms))

    async def _prune(self) -> None:
        """Keep the rooms' logs within what the settings say."""
        policy = self.hub.policy
        before_ms = self.clock.unix_ms() - policy.keep_ms
        live = None if not isinstance(self._bus, MemoryBus) else set(self.hub.copies)
        await self._database.write(storage.prune(before_ms=before_ms, most_a_room=policy.keep_events, live=live))

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


def _notice(copy: RoomCopy) -> CopyNotice:
    return CopyNotice(copy.key, copy.plan.store, copy.plan.room, copy.ordinal, copy.seats.taken, copy.seats.free)
