"""
Who sits where in this process: tickets redeemed once, seats found again by resume keys, people found by their codes.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Final

from showroom.keys import derive
from showroom.protocol.ids import Close
from showroom.protocol.messages import Hello
from showroom.realtime.clock import Clock
from showroom.realtime.connection import Connection
from showroom.realtime.counters import Counters
from showroom.realtime.room import RoomCopy, new_mailbox
from showroom.realtime.tickets import Ticket, TicketRefused, Tickets
from showroom.realtime.visit import Visit, hash_of, new_key
from showroom.social.errors import Banned, RoomLocked
from showroom.social.moderation import address_key
from showroom.world.slots import RoomIsFull

_MOST_BLOCK_LISTS: Final = 10_000


class Admission:
    """
    Parameters
    ----------
    copies
        All that are open here, by key.
    process
        Whose tickets stand on a promise that we gave ourselves.
    """

    def __init__(
        self,
        copies: Mapping[str, RoomCopy],
        tickets: Tickets,
        *,
        secret: bytes,
        clock: Clock,
        counters: Counters,
        process: str,
    ) -> None:
        self.blocked: Final[dict[str, frozenset[str]]] = {}
        """Whom those who are about to come in have blocked."""
        self.seated: Callable[[str, Visit], None] = lambda _store, _visit: None
        self._copies = copies
        self._tickets = tickets
        self._clock = clock
        self._counters = counters
        self._process = process
        self._address_secret = derive(secret, "addresses")
        self._code_secret = derive(secret, "person codes")
        self._by_key: dict[bytes, tuple[RoomCopy, Visit]] = {}
        self._by_code: dict[str, tuple[RoomCopy, Visit]] = {}
        self._used: dict[str, float] = {}

    def code_of(self, person: str) -> str:
        """What a person gives to friends (``?with=…``); says nothing about the person's id."""
        return hmac.new(self._code_secret, person.encode(), hashlib.sha256).hexdigest()[:16]

    def with_code(self, code: str) -> tuple[RoomCopy, Visit] | None:
        """Where the person of a code is now."""
        return self._by_code.get(code)

    def address_key(self, peer: str) -> str:
        """How an address is kept."""
        return address_key(self._address_secret, peer)

    # ── coming in

    def join(self, connection: Connection, hello: Hello) -> None:
        """Seat a connection by its ticket, or close it."""
        try:
            ticket = self._tickets.open(hello.ticket or "", now_s=self._clock.unix_s())
        except TicketRefused:
            connection.close(Close.TICKET)
            return
        copy = self._copies.get(ticket.copy)
        if copy is None or not self._is_good(copy, ticket):
            connection.close(Close.TICKET)
            return
        moderation = copy.social.moderation
        address = self.address_key(connection.peer)
        try:
            moderation.check_entry(
                ticket.who.id,
                ticket.room,
                self._clock.unix_ms(),
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
        visit.seated_ms = self._clock.unix_ms()
        try:
            friend = self._by_code.get(ticket.beside)
            beside = friend[1].person if friend is not None else ""
            copy.enter(visit, beside=beside, blocked=self.blocked.pop(visit.person, ()))
        except RoomIsFull:
            copy.seats.leave(ticket.id)
            connection.close(Close.ROOM_FULL)
            return
        self.know(copy, visit)
        self.seated(ticket.store, visit)
        self._counters.joins_total += 1
        connection.visit, connection.room = visit, copy
        copy.greet(visit, connection, key, resumed_at=None)

    def resume(self, connection: Connection, key: str, cursor: int) -> None:
        """Give a connection the seat of its resume key, or close it."""
        found = self._by_key.get(hash_of(key))
        if found is None or found[0].visits.get(found[1].person) is not found[1]:
            connection.close(Close.RESUME_UNKNOWN)
            return
        copy, visit = found
        address = self.address_key(connection.peer)
        try:
            # A lock keeps newcomers out, not those whose seat is kept.
            copy.social.moderation.check_ban(visit.person, copy.plan.room, self._clock.unix_ms(), address=address)
        except Banned:
            copy.depart(visit)
            self.forget(visit)
            connection.close(Close.BANNED)
            return
        old = visit.connection
        visit.connection = None
        if old is not None:
            old.leave(Close.REPLACED)
        visit.address = address
        visit.changed()
        self._counters.resumes_total += 1
        connection.visit, connection.room = visit, copy
        copy.greet(visit, connection, key, resumed_at=cursor)

    def know(self, copy: RoomCopy, visit: Visit) -> None:
        """Somebody has a seat: by key and code they are found again."""
        self._by_key[visit.key_hash] = (copy, visit)
        visit.code = self.code_of(visit.person)
        self._by_code[visit.code] = (copy, visit)

    def _is_good(self, copy: RoomCopy, ticket: Ticket) -> bool:
        """Whether a ticket that is ours still stands: once, with its promise, or from another process."""
        if ticket.id in self._used:
            return False
        if copy.seats.is_promised(ticket.id):
            return True
        # Its promise may not have come to us yet; the seat is taken if there is one.
        return ticket.process != self._process and copy.seats.promise([ticket.id])

    # ── going

    def dismiss(self, store: str, person: str, close: Close, *, before_ms: int | None = None) -> None:
        """
        End somebody's seats in a store, those taken before a time (Unix) if there is one: they sat down elsewhere, or
        a moderator elsewhere said so.
        """
        for copy in [copy for copy in self._copies.values() if copy.plan.store == store]:
            visit = copy.visits.get(person)
            if visit is not None and (before_ms is None or visit.seated_ms < before_ms):
                old = visit.connection
                copy.depart(visit, to_other_room=close is Close.REPLACED)
                self.forget(visit)
                if old is not None:
                    old.leave(close)

    def forget(self, visit: Visit) -> None:
        """They have no seat any more."""
        self._by_key.pop(visit.key_hash, None)
        if (known := self._by_code.get(visit.code)) is not None and known[1] is visit:
            del self._by_code[visit.code]

    def sweep(self) -> None:
        """About once a second: those who left by themselves are forgotten."""
        stale = [visit for copy, visit in self._by_key.values() if copy.visits.get(visit.person) is not visit]
        for visit in stale:
            self.forget(visit)

    def forget_used(self) -> None:
        """About once a minute: tickets that are over need not be remembered."""
        now_s = self._clock.unix_s()
        for used in [used for used, until_s in self._used.items() if until_s <= now_s]:
            del self._used[used]
        if len(self.blocked) > _MOST_BLOCK_LISTS:
            self.blocked.clear()
