"""
All rooms of this process: copies opened and closed, connections looked after. Who gets a ticket to which copy is
``reception``'s, who sits where ``admission``'s.
"""

import asyncio
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from showroom.errors import NotFound
from showroom.protocol.ids import Close
from showroom.protocol.messages import Hello
from showroom.realtime.admission import Admission
from showroom.realtime.clock import Clock
from showroom.realtime.connection import Connection
from showroom.realtime.counters import Counters
from showroom.realtime.desk import Desk
from showroom.realtime.inquiries import Inquiries, StockOf, WornOf
from showroom.realtime.keeping import KeptCopy
from showroom.realtime.mailbox import Mailbox
from showroom.realtime.place import PlaceOf
from showroom.realtime.plan import Plans, RoomPlan
from showroom.realtime.room import RoomCopy
from showroom.realtime.seats import Seats
from showroom.realtime.stores import Store, Stores
from showroom.realtime.tickets import Tickets
from showroom.realtime.visit import Visit
from showroom.social import storage
from showroom.social.effects import Effects
from showroom.social.errors import Banned
from showroom.social.log import RoomLog
from showroom.social.names import NamesTaken
from showroom.social.policy import Policy
from showroom.social.room import SocialRoom
from showroom.world.world import World

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
        self.decided: Callable[[RoomCopy, Effects], None] = lambda _copy, _effects: None
        self.process: Final = process
        self._database = database
        self.plans: Final = plans
        self.admission: Final = Admission(
            self.copies, tickets, secret=secret, clock=clock, counters=counters, process=process
        )
        self.inquiries = Inquiries(stock, missing)
        self._chance = chance
        self._ice = ice
        self._desks: dict[str, asyncio.Task[None]] = {}
        self._swept_s = clock.s()

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
            self.admission.resume(connection, hello.resume.key, hello.resume.cursor)
        else:
            self.admission.join(connection, hello)

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
            watched=self.inquiries.watched,
            wearing=self.inquiries.wearing,
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
            self.admission.know(copy, visit)
        objects = await self._database.read(storage.load_state(copy.key, "objects"))
        if objects:
            present = {visit.member for visit in copy.visits.values()}
            copy.social.objects.restore(objects, self.clock.unix_ms(), present)

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
                self.admission.forget(visit)
            is_old = copy.empty_since_s is not None and now_s - copy.empty_since_s > EMPTY_FOR_S
            if is_old and copy.seats.is_idle:
                self.close_copy(copy)
        self.counters.rooms = [copy.gauges for copy in self.copies.values()]
        self.admission.sweep()

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
        self.admission.forget_used()
        present: dict[str, set[str]] = {}
        for copy in self.copies.values():
            present.setdefault(copy.plan.store, set()).update(copy.visits)
        return self.stores.forget(now_ms, present if is_alone else None)

    async def stop(self) -> None:
        """End the desks."""
        await self.inquiries.stop()
        tasks = list(self._desks.values())
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
                    self.admission.dismiss(name, visit.person, Close.BANNED)

    def group_of(self, plan: RoomPlan) -> Group:
        """A room's copies here."""
        group = self.rooms.setdefault((plan.store, plan.room), Group(plan))
        group.plan = plan
        return group

    def _copies_of(self, store: str) -> list[RoomCopy]:
        return [copy for copy in self.copies.values() if copy.plan.store == store]
