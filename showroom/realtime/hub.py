"""
All rooms of this process: copies opened and closed, tickets redeemed, seats found again by resume keys. Who gets a
ticket to which copy is ``reception``'s.
"""

import asyncio
import hashlib
import hmac
import logging
import random
import secrets
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from showroom.errors import NotFound
from showroom.keys import derive
from showroom.protocol.actions import Wear
from showroom.protocol.ids import Close
from showroom.protocol.messages import Hello, Refused
from showroom.realtime.clock import Clock
from showroom.realtime.connection import Connection
from showroom.realtime.counters import Counters
from showroom.realtime.desk import Desk
from showroom.realtime.keeping import KeptCopy
from showroom.realtime.mailbox import Mailbox
from showroom.realtime.place import PlaceOf
from showroom.realtime.plan import Plans, RoomPlan
from showroom.realtime.room import RoomCopy, new_mailbox
from showroom.realtime.seats import Seats
from showroom.realtime.stores import Store, Stores
from showroom.realtime.tickets import Ticket, TicketRefused, Tickets
from showroom.realtime.visit import Visit, hash_of, new_key
from showroom.social import storage
from showroom.social.effects import Effects
from showroom.social.errors import Banned, RoomLocked
from showroom.social.log import RoomLog
from showroom.social.moderation import address_key
from showroom.social.names import NamesTaken
from showroom.social.policy import Policy
from showroom.social.room import SocialRoom, refusal
from showroom.world.slots import RoomIsFull
from showroom.world.world import World
from showroom_assets.errors import ShowroomError

if TYPE_CHECKING:
    from showroom.db.database import Database
    from showroom.settings import Settings

HELLO_WITHIN_S: Final = 5.0
EMPTY_FOR_S: Final = 30.0
"""A copy that nobody came to for so long is closed."""
SLEPT_S: Final = 3.0
"""A gap this long between two sweeps is our own: a machine that was paused must not close everybody at once."""
SPARE_SLOTS: Final = 32
"""Rows of the world beyond the seats, for those whose row rests after they left."""

_MOST_BLOCK_LISTS: Final = 10_000
_MOST_ASKING: Final = 64
_log: Final = logging.getLogger("showroom.realtime")

WornOf = Callable[[Collection[tuple[str, str | None]]], Awaitable[Collection[str]]]
"""Which of some products (id, SKU or variant) are not to be had: ids."""

StockOf = Callable[[str, list[str]], Awaitable[Mapping[str, int]]]
"""What is left of SKUs of a merchant (tenant, SKUs)."""


@dataclass(slots=True)
class Group:
    """A room: its plan and its open copies here."""

    plan: RoomPlan
    copies: list[RoomCopy] = field(default_factory=list)
    next_ordinal: int = 1


class Hub:
    """
    Parameters
    ----------
    chance
        For names of nameless guests; keys and codes come from the system's own source.
    """

    def __init__(
        self,
        settings: "Settings",
        database: "Database",
        plans: Plans,
        *,
        secret: bytes,
        clock: Clock,
        counters: Counters,
        tickets: Tickets,
        chance: random.Random,
        ice: Callable[[str], list[dict[str, str]]] = lambda _person: [],
        stock: "StockOf | None" = None,
        missing: "WornOf | None" = None,
        process: str = "main",
    ) -> None:
        self.settings: Final = settings
        self.clock: Final = clock
        self.counters: Final = counters
        self.now_s = clock.s()
        self.is_draining = False
        self.rooms: Final[dict[tuple[str, str], Group]] = {}
        self.copies: Final[dict[str, RoomCopy]] = {}
        self.connections: Final[set[Connection]] = set()
        self.policy: Final = Policy(settings)
        self.stores: Final = Stores(database, clock, self.policy)
        self.closed_copies: Final[list[str]] = []
        self.entered: Callable[[str], None] = lambda _peer: None
        self.left: Callable[[str], None] = lambda _peer: None
        self.seated: Callable[[str, Visit], None] = lambda _store, _visit: None
        self.decided: Callable[[RoomCopy, Effects], None] = lambda _copy, _effects: None
        self.process: Final = process
        self._database = database
        self.plans: Final = plans
        self._tickets = tickets
        self._chance = chance
        self._ice = ice
        self._stock = stock
        self._missing = missing
        self._asking: set[asyncio.Task[None]] = set()
        self._address_secret = derive(secret, "addresses")
        self._code_secret = derive(secret, "person codes")
        self._by_key: dict[bytes, tuple[RoomCopy, Visit]] = {}
        self._by_code: dict[str, tuple[RoomCopy, Visit]] = {}
        self._desks: dict[str, asyncio.Task[None]] = {}
        self._used: dict[str, float] = {}
        self._swept_s = clock.s()
        self.blocked: Final[dict[str, frozenset[str]]] = {}

    def code_of(self, person: str) -> str:
        """What a person gives to friends (``?with=…``); says nothing about the person's id."""
        return hmac.new(self._code_secret, person.encode(), hashlib.sha256).hexdigest()[:16]

    def with_code(self, code: str) -> tuple[RoomCopy, Visit] | None:
        """Where the person of a code is now."""
        return self._by_code.get(code)

    def address_key(self, peer: str) -> str:
        """How an address is kept."""
        return address_key(self._address_secret, peer)

    # ── connections

    def receiver(self, peer: str) -> Connection:
        """Who listens to a new connection."""
        return Connection(self, peer)

    def opened(self, connection: Connection) -> None:
        """A WebSocket is open."""
        self.connections.add(connection)
        self.counters.connections = len(self.connections)
        self.counters.connections_total += 1
        self.entered(connection.peer)

    def closed(self, connection: Connection) -> None:
        """A WebSocket is gone."""
        if connection in self.connections:
            self.connections.discard(connection)
            self.counters.connections = len(self.connections)
            self.left(connection.peer)

    def hello(self, connection: Connection, hello: Hello) -> None:
        """Seat a connection by its ticket or its resume key, or close it."""
        if self.is_draining:
            connection.close(Close.GOING_AWAY)
        elif hello.resume is not None:
            self._resume(connection, hello.resume.key, hello.resume.cursor)
        else:
            self._join(connection, hello)

    def _join(self, connection: Connection, hello: Hello) -> None:
        try:
            ticket = self._tickets.open(hello.ticket or "", now_s=self.clock.unix_s())
        except TicketRefused:
            connection.close(Close.TICKET)
            return
        copy = self.copies.get(ticket.copy)
        if copy is None or not self._is_good(copy, ticket):
            connection.close(Close.TICKET)
            return
        moderation = copy.social.moderation
        address = address_key(self._address_secret, connection.peer)
        try:
            moderation.check_entry(
                ticket.who.id,
                ticket.room,
                self.clock.unix_ms(),
                address=address,
                is_staff=moderation.may_moderate(ticket.who),
            )
        except Banned:
            connection.close(Close.BANNED)
            return
        except RoomLocked:
            connection.close(Close.ROOM_CLOSED)
            return
        self._used[ticket.id] = ticket.until_s
        if not copy.seats.take(ticket.id):
            connection.close(Close.ROOM_FULL)
            return
        self.dismiss(ticket.store, ticket.who.id, Close.REPLACED)
        key = new_key()
        visit = Visit(
            who=ticket.who,
            seat=ticket.id,
            key_hash=hash_of(key),
            member=copy.next_member,
            slot=0,
            name=ticket.name,
            look=ticket.look,
            address=address,
            caps=hello.caps,
            mailbox=new_mailbox(copy),
        )
        visit.seated_ms = self.clock.unix_ms()
        try:
            friend = self._by_code.get(ticket.beside)
            beside = friend[1].person if friend is not None else ""
            copy.enter(visit, beside=beside, blocked=self.blocked.pop(visit.person, ()))
        except RoomIsFull:
            copy.seats.leave(ticket.id)
            connection.close(Close.ROOM_FULL)
            return
        self._know(copy, visit)
        self.seated(ticket.store, visit)
        self.counters.joins_total += 1
        connection.visit, connection.room = visit, copy
        copy.greet(visit, connection, key, resumed_at=None)

    def _is_good(self, copy: RoomCopy, ticket: Ticket) -> bool:
        """Whether a ticket that is ours still stands: once, with its promise, or from another process."""
        if ticket.id in self._used:
            return False
        if copy.seats.is_promised(ticket.id):
            return True
        # Its promise may not have come to us yet; the seat is taken if there is one.
        return ticket.process != self.process and copy.seats.promise([ticket.id])

    def dismiss(self, store: str, person: str, close: Close, *, before_ms: int | None = None) -> None:
        """
        End somebody's seats in a store, those taken before a time (Unix) if there is one: they sat down elsewhere, or
        a moderator elsewhere said so.
        """
        for copy in self._copies_of(store):
            visit = copy.visits.get(person)
            if visit is not None and (before_ms is None or visit.seated_ms < before_ms):
                old = visit.connection
                copy.depart(visit, to_other_room=close is Close.REPLACED)
                self._forget(visit)
                if old is not None:
                    old.leave(close)

    def _resume(self, connection: Connection, key: str, cursor: int) -> None:
        found = self._by_key.get(hash_of(key))
        if found is None or found[0].visits.get(found[1].person) is not found[1]:
            connection.close(Close.RESUME_UNKNOWN)
            return
        copy, visit = found
        address = address_key(self._address_secret, connection.peer)
        try:
            # A lock keeps newcomers out, not those whose seat is kept.
            copy.social.moderation.check_ban(visit.person, copy.plan.room, self.clock.unix_ms(), address=address)
        except Banned:
            copy.depart(visit)
            self._forget(visit)
            connection.close(Close.BANNED)
            return
        old = visit.connection
        visit.connection = None
        if old is not None:
            old.leave(Close.REPLACED)
        visit.address = address
        visit.changed()
        self.counters.resumes_total += 1
        connection.visit, connection.room = visit, copy
        copy.greet(visit, connection, key, resumed_at=cursor)

    def _know(self, copy: RoomCopy, visit: Visit) -> None:
        self._by_key[visit.key_hash] = (copy, visit)
        visit.code = self.code_of(visit.person)
        self._by_code[visit.code] = (copy, visit)

    def _forget(self, visit: Visit) -> None:
        self._by_key.pop(visit.key_hash, None)
        if (known := self._by_code.get(visit.code)) is not None and known[1] is visit:
            del self._by_code[visit.code]

    # ── copies

    async def open_copy(self, plan: RoomPlan, kept: KeptCopy | None = None) -> RoomCopy:
        """Another copy of a room; with ``kept``, the one that was open before a restart, everybody away."""
        shared = await self.store_of(plan)
        # The ways round the walls are solved once a plan: half a second for a large one, which no room should wait for.
        await asyncio.to_thread(lambda: plan.floor.routes)
        group = self.group_of(plan)
        key = kept.copy if kept is not None else f"{plan.store[:24]}/{plan.room[:24]}/{secrets.token_hex(6)}"
        tail = await self._database.read(storage.newest(key)) if kept is not None else []
        ordinal = kept.ordinal if kept is not None else group.next_ordinal
        group.next_ordinal = max(group.next_ordinal, ordinal + 1)
        seats = plan.seats or self.settings.room_seats
        place = PlaceOf()
        social = SocialRoom(
            plan.store,
            plan.room,
            log=RoomLog(key, tail=tail),
            place=place,
            moderation=shared.moderation,
            parties=shared.parties,
            names=NamesTaken(self._chance),
            chat=self.policy.chat(),
            voice=self.policy.voice(),
            things=plan.things,
            grace_ms=int(self.settings.room_grace_s * 1000),
        )

        def deliver(effects: Effects) -> None:
            before = social.moderation.switches(social.room)
            place.room.deliver(effects)
            if any(decision.switches is not None for decision in effects.decisions):
                for other in self._copies_of(plan.store):
                    if other is not place.room and other.plan.room == plan.room:
                        other.switched(before)
            if effects.decisions or effects.cards:
                self.decided(place.room, effects)

        desk = Desk(self._database, deliver)
        copy = place.room = RoomCopy(
            key=key,
            ordinal=ordinal,
            plan=plan,
            world=World(plan.floor, capacity=seats + SPARE_SLOTS),
            social=social,
            seats=Seats(seats, clock=self.clock.monotonic, hold_s=self.settings.ticket_s),
            desk=desk,
            clock=self.clock,
            counters=self.counters,
            ice=self._ice,
            watched=self._watched,
            wearing=self._wearing if self._missing is not None else None,
        )
        if kept is not None:
            await self._reseat(copy, kept)
        self._desks[key] = asyncio.get_running_loop().create_task(desk.work(), name=f"desk of {key}")
        group.copies.append(copy)
        self.copies[key] = copy
        return copy

    async def _reseat(self, copy: RoomCopy, kept: KeptCopy) -> None:
        """Give everybody their place back after a restart; they are away until their client resumes."""
        copy.next_member = kept.next_member
        blocked = await self._database.read(storage.blocked([one.seat.who.id for one in kept.visits]))
        for one in kept.visits:
            seat = one.seat
            if not copy.seats.retake(seat.seat):
                continue
            visit = Visit(
                who=seat.who,
                seat=seat.seat,
                key_hash=seat.key_hash,
                member=seat.member,
                slot=0,
                name=seat.name,
                look=seat.look,
                address=seat.address,
                caps=seat.caps,
                mailbox=Mailbox.at(one.mark),
                wears=seat.wears,
                since_seq=seat.since_seq,
            )
            copy.enter(visit, at_cm=one.at_cm, yaw=one.yaw, blocked=blocked.get(visit.person, ()), is_away=True)
            self._know(copy, visit)
        objects = await self._database.read(storage.load_state(copy.key, "objects"))
        if objects:
            present = {visit.member for visit in copy.visits.values()}
            copy.social.objects.restore(objects, self.clock.unix_ms(), present)

    def _watched(self, copy: RoomCopy, visit: Visit, skus: Collection[str]) -> None:
        """Look up what is left of what somebody began to watch; a few at a time, the rest hears of changes alone."""
        if self._stock is None or not skus or len(self._asking) >= _MOST_ASKING:
            return
        stock = self._stock

        async def ask() -> None:
            try:
                copy.shelves.known(visit, await stock(copy.plan.tenant, list(skus)))
            except ShowroomError as exc:
                _log.warning("stock for the shelves could not be read: %s", exc.message)

        self._ask(ask())

    def _wearing(self, copy: RoomCopy, visit: Visit, action: Wear) -> None:
        """Look whether there is what somebody wants to put on. The last wish counts."""
        missing, turn = self._missing, visit.wears_asked
        if missing is None or len(self._asking) >= _MOST_ASKING:
            text = "Too much at once. Try again in a moment."
            copy.refuse(visit, Refused(n=action.n, code="room.busy", text=text, wait_ms=1000))
            return

        async def ask() -> None:
            try:
                lacking = await missing(action.items)
            except ShowroomError as exc:
                copy.refuse(visit, refusal(action.n, exc))
                return
            if lacking:
                text = f"{', '.join(sorted(lacking))[:200]} is not on our shelves. Choose something else."
                copy.refuse(visit, Refused(n=action.n, code="wear.unknown", text=text))
            elif turn == visit.wears_asked:
                copy.wear(visit, action.items)

        self._ask(ask())

    def _ask(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    def close_copy(self, copy: RoomCopy) -> None:
        """Close an empty copy."""
        group = self.rooms[(copy.plan.store, copy.plan.room)]
        group.copies.remove(copy)
        del self.copies[copy.key]
        self._desks.pop(copy.key).cancel()
        self.closed_copies.append(copy.key)

    async def restore(self, copies: list[KeptCopy]) -> None:
        """Open again what was open before a restart, as far as the stores still have those rooms."""
        for kept in copies:
            try:
                plan = await self.plan_of(kept.store, kept.room)
            except NotFound:
                continue
            await self.open_copy(plan, kept)

    def sweep(self) -> None:
        """About once a second: who is away too long, who is silent, which copies are empty."""
        settings, now_s = self.settings, self.clock.s()
        has_slept = now_s - self._swept_s > SLEPT_S
        self._swept_s = now_s
        for connection in list(self.connections):
            connection.second()
            if has_slept:  # it was us who did not listen
                connection.heard_s = connection.opened_s = now_s
            if connection.visit is None and not connection.is_closing:
                if now_s - connection.opened_s > HELLO_WITHIN_S:
                    connection.close(Close.HELLO_TIMEOUT)
                continue
            silent_s = now_s - connection.heard_s
            if silent_s > settings.room_idle_s:
                connection.close(Close.IDLE)
            elif silent_s > settings.room_idle_s / 2 and not connection.is_pinged and connection.link is not None:
                connection.is_pinged = True
                connection.link.ping()
        for copy in list(self.copies.values()):
            for visit in copy.sweep(grace_s=settings.room_grace_s):
                self._forget(visit)
            is_old = copy.empty_since_s is not None and now_s - copy.empty_since_s > EMPTY_FOR_S
            if is_old and copy.seats.is_idle:
                self.close_copy(copy)
        self.counters.rooms = [copy.gauges for copy in self.copies.values()]
        stale = [key for key, (copy, visit) in self._by_key.items() if copy.visits.get(visit.person) is not visit]
        for key in stale:
            self._forget(self._by_key[key][1])

    def forget(self, *, is_alone: bool) -> dict[str, bytes]:
        """
        About once a minute: rules let go of what is over.

        Parameters
        ----------
        is_alone
            No other process has rooms, so that who is not seen here is nowhere.

        Returns
        -------
        dict[str, bytes]
            As ``Stores.forget``.
        """
        now_ms = self.clock.unix_ms()
        for copy in self.copies.values():
            copy.social.forget(now_ms)
        now_s = self.clock.unix_s()
        for used in [used for used, until_s in self._used.items() if until_s <= now_s]:
            del self._used[used]
        if len(self.blocked) > _MOST_BLOCK_LISTS:
            self.blocked.clear()
        present: dict[str, set[str]] = {}
        for copy in self.copies.values():
            present.setdefault(copy.plan.store, set()).update(copy.visits)
        return self.stores.forget(now_ms, present if is_alone else None)

    async def stop(self) -> None:
        """End the desks."""
        tasks = [*self._desks.values(), *self._asking]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._desks.clear()

    # ── look-ups

    async def plan_of(self, store: str, room: str) -> RoomPlan:
        """
        A room's plan as it is published now.

        Raises
        ------
        NotFound
        """
        for plan in await self.plans.rooms(store):
            if plan.room == room:
                return plan
        raise NotFound("There is no such room. Look at the store's list of rooms.", store=store, room=room)

    async def store_of(self, plan: RoomPlan) -> Store:
        """What the rooms of a store share; read at the first use."""
        return await self.stores.of(plan)

    async def reload(self, name: str) -> None:
        """Read sanctions, switches and parties of a store again: another process changed them."""
        before = {copy.key: copy.social.moderation.switches(copy.plan.room) for copy in self._copies_of(name)}
        await self.stores.reload(name)
        now_ms = self.clock.unix_ms()
        for copy in self._copies_of(name):
            if copy.key in before:
                copy.switched(before[copy.key])
            for visit in list(copy.visits.values()):
                try:
                    copy.social.moderation.check_ban(visit.person, copy.plan.room, now_ms, address=visit.address)
                except Banned:
                    self.dismiss(name, visit.person, Close.BANNED)

    def group_of(self, plan: RoomPlan) -> Group:
        """A room's copies here."""
        group = self.rooms.setdefault((plan.store, plan.room), Group(plan))
        group.plan = plan
        return group

    def _copies_of(self, store: str) -> list[RoomCopy]:
        return [copy for copy in self.copies.values() if copy.plan.store == store]
