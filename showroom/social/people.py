"""Everybody whose seat is kept in one copy of a room, and how an event finds those it is for."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from showroom.accounts.principal import Principal
from showroom.protocol.events import AnyEvent
from showroom.protocol.messages import encode_event_body
from showroom.social import storage
from showroom.social.chat import without
from showroom.social.effects import Effects, Sending
from showroom.social.errors import NobodyThere
from showroom.social.log import RoomLog
from showroom.social.objects import Point

_SEEN_M: Final = 25.0
"""How far reactions and objects on the move are told of; beyond, nobody could make them out."""


class Place(Protocol):
    """Where people are: the owner's world."""

    def where(self, person: str) -> Point:
        """x, y, z in centimetres: where the server takes the person to be."""

    def near(self, person: str, radius_m: float) -> Collection[str]:
        """Who stands within so many metres of the person."""


@dataclass(slots=True)
class Occupant:
    """
    Somebody whose seat is kept, present or away.

    Parameters
    ----------
    member
        Their number in the room.
    name
        As it is shown.
    address
        ``moderation.address_key`` of where they come from.
    since_seq
        Where the log stood when they came: nothing before is theirs to read.
    hears
        Whether their client takes part in voice.
    """

    member: int
    principal: Principal
    name: str
    address: str = ""
    since_seq: int = 0
    hears: bool = False
    is_open: bool = False
    is_away: bool = False
    blocked: set[str] = field(default_factory=set)

    @property
    def person(self) -> str:
        """The id that dealings know them by."""
        return self.principal.id


class People:
    """
    Parameters
    ----------
    store, room
        Whose people these are; ``log.room`` is the copy's key.
    """

    def __init__(self, store: str, room: str, *, log: RoomLog, place: Place) -> None:
        self.store: Final = store
        self.room: Final = room
        self.log: Final = log
        self.place: Final = place
        self._occupants: dict[str, Occupant] = {}
        self._by_member: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._occupants)

    def __iter__(self) -> Iterator[Occupant]:
        return iter(self._occupants.values())

    def add(self, occupant: Occupant) -> None:
        """The same person again takes the old one's place."""
        old = self._occupants.get(occupant.person)
        if old is not None:
            del self._by_member[old.member]
        self._occupants[occupant.person] = occupant
        self._by_member[occupant.member] = occupant.person

    def remove(self, occupant: Occupant) -> None:
        """Their seat is free."""
        del self._occupants[occupant.person]
        del self._by_member[occupant.member]

    def get(self, person: str) -> Occupant | None:
        """Who that is, if they have a seat here."""
        return self._occupants.get(person)

    def here(self, person: str) -> Occupant:
        """
        Who that is.

        Raises
        ------
        NobodyThere
        """
        occupant = self._occupants.get(person)
        if occupant is None:
            raise NobodyThere("They are not in this room any more.")
        return occupant

    def with_number(self, member: int) -> str:
        """
        The person who is meant by a number.

        Raises
        ------
        NobodyThere
        """
        person = self._by_member.get(member)
        if person is None:
            raise NobodyThere("They are not in this room any more.")
        return person

    def near(self, person: str) -> Collection[str]:
        """Who is near enough to see what the person does."""
        return self.place.near(person, _SEEN_M)

    def open_to(self, author: str, people: Iterable[str]) -> frozenset[str]:
        """Those of some people who have not blocked the author."""
        people = frozenset(people)
        return without(people, author, {p: self._occupants[p].blocked for p in people if p in self._occupants})

    def recipients(self, sending: Sending) -> list[str]:
        """Who gets it, of those with a seat here; those away get it when they are back, if it is kept."""
        people = self._occupants if sending.people is None else sending.people
        return [
            person
            for person in people
            if (occupant := self._occupants.get(person)) is not None
            and (sending.author == person or sending.author not in occupant.blocked)
        ]

    def send(
        self, effects: Effects, event: AnyEvent, *, people: Collection[str] | None = None, author: str = ""
    ) -> None:
        """Out to people (None: everybody) for now alone."""
        audience = None if people is None else frozenset(people)
        if audience is None or audience:
            effects.sendings.append(Sending(event=event, people=audience, author=author))

    def keep(
        self,
        effects: Effects,
        event: AnyEvent,
        now_ms: int,
        *,
        people: Collection[str] | None = None,
        author: str = "",
        seq: int | None = None,
    ) -> None:
        """Into the log, and out to people once it is on disk."""
        if people is not None and not people:
            return
        entry = self.log.entry(
            self.log.number() if seq is None else seq,
            str(event.__struct_config__.tag),
            encode_event_body(event),
            at_ms=now_ms,
            audience=people,
            author=author,
        )
        effects.entries.append(entry)
        effects.writes.append(storage.append([entry]))
        to = None if entry.audience is None else frozenset(entry.audience)
        effects.sendings.append(Sending(event=event, people=to, author=author, seq=entry.seq))
