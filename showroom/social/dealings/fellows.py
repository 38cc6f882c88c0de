"""Parties: invitations, coming together and parting."""

from collections.abc import Iterable

from showroom.protocol import actions, events
from showroom.social import storage
from showroom.social.effects import Effects
from showroom.social.errors import NobodyThere
from showroom.social.parties import Parties
from showroom.social.people import Occupant, People


class Fellows:
    """The store's parties, as far as they concern this room."""

    def __init__(self, people: People, parties: Parties) -> None:
        self._parties = parties
        self._people = people

    def act(self, effects: Effects, occupant: Occupant, action: actions.Party, now_ms: int) -> None:
        """A request about a party."""
        person = occupant.person
        if action.op == "leave":
            self.leave(effects, person, now_ms)
            return
        if action.op in ("create", "join"):
            old = self._parties.fellows(person)
            if action.op == "join":
                self._parties.join(person, action.code, now_ms)
            else:
                self._parties.create(person)
            self._tell(effects, old | self._parties.fellows(person), now_ms)
            return
        if action.who is None:
            raise NobodyThere("That needs somebody to do it with. Choose a person.")
        other = self._people.with_number(action.who)
        match action.op:
            case "invite":
                had_one = self._parties.of(person) is not None
                self._parties.invite(person, other, now_ms)
                invited = events.Invited(who=occupant.member, name=occupant.name)
                self._people.keep(effects, invited, now_ms, people={other}, author=person)
                if not had_one:
                    self._tell(effects, [person], now_ms)
            case "accept":
                old = self._parties.fellows(person)
                self._parties.accept(person, other, now_ms)
                self._tell(effects, old | self._parties.fellows(person), now_ms)
            case "decline":
                self._parties.decline(person, other)
            case "remove":
                old = self._parties.fellows(person)
                self._parties.remove(person, other)
                self._tell(effects, old, now_ms)

    def leave(self, effects: Effects, person: str, now_ms: int) -> None:
        """They are in no party any more."""
        old = self._parties.fellows(person)
        if self._parties.leave(person) is not None:
            self._tell(effects, old, now_ms)

    def event(self, person: str) -> events.PartyIs:
        """Somebody's own party, as it is told."""
        party = self._parties.of(person)
        members = [] if party is None else [one for p in party.members if (one := self._people.get(p)) is not None]
        code = "" if party is None else party.code
        return events.PartyIs(members=[(one.member, one.name) for one in members], code=code)

    def _tell(self, effects: Effects, people: Iterable[str], now_ms: int) -> None:
        """Everybody's own party as it is now. Not logged: it is said again to whoever comes back."""
        for person in sorted(people):
            if self._people.get(person) is not None:
                self._people.send(effects, self.event(person), people={person})
                effects.cards.add(person)
        kept = self._parties.snapshot()
        effects.writes.append(storage.save_state(self._people.store, "parties", kept, at_ms=now_ms))
