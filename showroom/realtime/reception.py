"""
Who gets a ticket, and to which copy of a room: with their party, beside their friend, or where people are.

A seat here is promised at once. One in another process's copy is asked for over the bus, and may turn out to be taken:
the socket then says ROOM_FULL, and the client asks again.
"""

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from showroom.accounts.principal import Principal
from showroom.errors import Busy
from showroom.realtime.hub import Group, Hub
from showroom.realtime.look import Look
from showroom.realtime.neighbours import Neighbours
from showroom.realtime.tickets import Ticket, Tickets
from showroom.social import storage
from showroom.social.parties import Parties

if TYPE_CHECKING:
    from showroom.db.database import Database


class CopiesFull(Busy):
    """Every copy of the room is full, and no more may be opened."""

    code = "room.full"


class PartyTooLarge(Busy):
    """The copy where the party is has no seat left."""

    code = "room.party_full"


@dataclass(frozen=True, slots=True)
class Granted:
    """
    A ticket and what goes with it.

    Parameters
    ----------
    url
        Of the socket, if it is not this process's.
    code
        The caller's person code.
    """

    token: str
    store: str
    room: str
    ordinal: int
    people: int
    name: str
    code: str
    is_beside: bool
    url: str


@dataclass(frozen=True, slots=True)
class _Place:
    key: str
    ordinal: int
    people: int
    beside: str = ""
    url: str = ""


class Reception:
    """
    Parameters
    ----------
    neighbours
        Copies in other processes.
    """

    def __init__(self, hub: Hub, database: "Database", tickets: Tickets, neighbours: Neighbours) -> None:
        self._hub: Final = hub
        self._database: Final = database
        self._tickets: Final = tickets
        self._neighbours: Final = neighbours
        self._opening = asyncio.Lock()

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
        """
        Promise a seat.

        Parameters
        ----------
        peer
            Address that the request came from.
        name
            Nickname; empty: the account's, or a guest's number.
        party
            Code of a party to join first.
        beside
            Person code of a friend to land next to.

        Raises
        ------
        NotFound
            No such room.
        CopiesFull, PartyTooLarge
            No seat, or none with the party.
        Banned, RoomLocked, NameRefused, PartyRefused, NobodyThere
            As the names say.
        """
        hub = self._hub
        if hub.is_draining:
            raise Busy("The server is about to restart. Try again in a few seconds.", retry_after_s=5)
        plan = await hub.plan_of(store, room)
        shared = await hub.store_of(plan)
        now_ms = hub.clock.unix_ms()
        is_staff = shared.moderation.may_moderate(who)
        shared.moderation.check_entry(who.id, room, now_ms, address=hub.admission.address_key(peer), is_staff=is_staff)
        wanted = name or who.name
        shown = shared.names.check(wanted, is_staff=is_staff) if wanted else ""
        if party:
            shared.parties.join(who.id, party, now_ms)
            await self._database.write(storage.save_state(store, "parties", shared.parties.snapshot(), at_ms=now_ms))
        # Read here, since sitting down must not wait for the database.
        hub.admission.blocked[who.id] = (await self._database.read(storage.blocked([who.id]))).get(who.id, frozenset())
        seat = secrets.token_urlsafe(12)
        async with self._opening:
            place = await self._place(hub.group_of(plan), who.id, seat, shared.parties, beside)
        ticket = Ticket(
            seat, place.key, store, room, hub.clock.unix_s() + hub.settings.ticket_s,
            Principal(id=who.id, role=who.role, name=who.name, tenant=who.tenant, scopes=who.scopes),
            shown, look or Look(), place.beside, hub.process,
        )  # fmt: skip
        token = self._tickets.seal(ticket)
        code = hub.admission.code_of(who.id)
        return Granted(token, store, room, place.ordinal, place.people, shown, code, bool(place.beside), place.url)

    async def _place(self, group: Group, person: str, seat: str, parties: Parties, beside: str) -> _Place:
        found = self._with_friend(group, seat, beside) or self._with_party(group, person, seat, parties)
        return found or await self._where_people_are(group, person, seat, parties)

    def _with_friend(self, group: Group, seat: str, code: str) -> _Place | None:
        """Beside the friend, if there is one and a seat there."""
        if not code:
            return None
        friend = self._hub.admission.with_code(code)
        if friend is not None and friend[0] in group.copies and friend[0].seats.promise([seat]):
            return _Place(friend[0].key, friend[0].ordinal, friend[0].seats.taken, code)
        there = self._neighbours.with_person(group.plan.store, group.plan.room, code)
        if there is None or there.copy.free < 1:
            return None
        self._neighbours.promise(there, seat)
        return _Place(there.copy.key, there.copy.ordinal, there.copy.taken, code, there.url)

    def _with_party(self, group: Group, person: str, seat: str, parties: Parties) -> _Place | None:
        """Where the party is, or where seats wait for it."""
        party = parties.of(person)
        fellows = parties.fellows(person) - {person}
        if party is None or not fellows:
            return None
        for copy in group.copies:
            kept = _kept(party.number, person)
            is_here = copy.seats.is_promised(kept) or any(
                fellow in copy.visits or copy.seats.is_promised(_kept(party.number, fellow)) for fellow in fellows
            )
            if not is_here:
                continue
            if copy.seats.pass_on(kept, seat) or copy.seats.promise([seat]):
                return _Place(copy.key, copy.ordinal, copy.seats.taken)
            raise _party_is_full()
        for fellow in fellows:
            there = self._neighbours.with_person(group.plan.store, group.plan.room, self._hub.admission.code_of(fellow))
            if there is not None:
                if there.copy.free < 1:
                    raise _party_is_full()
                self._neighbours.promise(there, seat)
                return _Place(there.copy.key, there.copy.ordinal, there.copy.taken, "", there.url)
        return None

    async def _where_people_are(self, group: Group, person: str, seat: str, parties: Parties) -> _Place:
        """
        Fullest first, so that people meet; a whole party must fit, and its seats wait for it a while. Another copy if
        there is no room in any.
        """
        party = parties.of(person)
        fellows = parties.fellows(person) - {person}
        wanted = [seat, *(_kept(party.number, fellow) for fellow in fellows if party is not None)]
        elsewhere = self._neighbours.copies(group.plan.store, group.plan.room)
        busiest_there = max((there.copy.taken for there in elsewhere if there.copy.free > len(fellows)), default=-1)
        for copy in sorted(group.copies, key=lambda copy: (-copy.seats.taken, copy.ordinal)):
            if copy.seats.taken >= busiest_there and copy.seats.promise(wanted):
                return _Place(copy.key, copy.ordinal, copy.seats.taken)
        for there in sorted(elsewhere, key=lambda there: (-there.copy.taken, there.copy.ordinal)):
            if there.copy.free > len(fellows):
                self._neighbours.promise(there, seat)
                return _Place(there.copy.key, there.copy.ordinal, there.copy.taken, "", there.url)
        if len(group.copies) + len(elsewhere) >= self._hub.settings.room_copies:
            raise CopiesFull("Every copy of this room is full. Try again in a minute.", retry_after_s=30)
        group.next_ordinal = max([group.next_ordinal, *(there.copy.ordinal + 1 for there in elsewhere)])
        copy = await self._hub.open_copy(group.plan)
        if not copy.seats.promise(wanted) and not copy.seats.promise([seat]):
            raise CopiesFull("This room has no seats. Try again in a minute.", retry_after_s=30)
        return _Place(copy.key, copy.ordinal, copy.seats.taken)


def _kept(number: int, person: str) -> str:
    """Key of the seat that waits for a member of a party."""
    return f"party:{number}:{person}"


def _party_is_full() -> PartyTooLarge:
    return PartyTooLarge(
        "Your party is in a copy of this room that is full. Wait a moment, or leave the party to go alone.",
        retry_after_s=10,
    )
