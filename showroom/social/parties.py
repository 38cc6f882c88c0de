"""
Parties: small groups that stay together, talk among themselves and land in the same copy of a room.

A person is in one party at most; the first member leads, and when the leader goes the next in line does. One gets in by
being invited or with the party's code. Parties belong to the store, not to a room: they outlive a walk next door, and
``snapshot`` outlives a restart.
"""

import random
from collections.abc import Collection, Iterator
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from showroom.social.errors import NobodyThere, PartyRefused, TooFast
from showroom.social.rate import Bucket

MOST_MEMBERS: Final = 8
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that reads like something else
_CODE_LENGTH: Final = 8
_INVITED_MS: Final = 120_000
_MOST_INVITED: Final = 32
_ABSENT_MS: Final = 180_000

Person = Annotated[str, Meta(max_length=64)]


class Party(Struct):
    """
    Parameters
    ----------
    number
        Never given again; avatars of one party show the same one.
    code
        Lets in whoever has it, until it is renewed.
    members
        In order of coming; the first leads.
    """

    number: int
    code: str
    members: list[Person]

    @property
    def leader(self) -> str:
        """Who may remove others and renew the code."""
        return self.members[0]


class _Kept(Struct, frozen=True):
    next_number: int
    parties: list[Party]


class Parties:
    """
    All parties of a store.

    Parameters
    ----------
    chance
        Of the codes: ``random.SystemRandom()`` outside of tests, since a code lets people in.
    most
        Members of a party.
    """

    def __init__(self, chance: random.Random, *, most: int = MOST_MEMBERS) -> None:
        self._chance = chance
        self._most: Final = most
        self._next_number = 1
        self._by_code: dict[str, Party] = {}
        self._by_person: dict[str, Party] = {}
        self._invited: dict[tuple[str, str], int] = {}  # (whom, by whom) -> until
        self._buckets: dict[str, Bucket] = {}
        self._absent_since_ms: dict[str, int] = {}

    def of(self, person: str) -> Party | None:
        """The party a person is in."""
        return self._by_person.get(person)

    def fellows(self, person: str) -> frozenset[str]:
        """The members of the person's party, themself included; just themself without one."""
        party = self._by_person.get(person)
        return frozenset((person,)) if party is None else frozenset(party.members)

    def create(self, person: str) -> Party:
        """A party of one, or the one they are in already."""
        party = self._by_person.get(person)
        if party is None:
            party = Party(self._next_number, self._new_code(), [person])
            self._next_number += 1
            self._by_code[party.code] = party
            self._by_person[person] = party
        return party

    def invite(self, person: str, whom: str, now_ms: int) -> Party:
        """
        Ask ``whom`` in; makes a party if there is none yet. Good for two minutes.

        Raises
        ------
        PartyRefused, TooFast
            It is full, they are in it already, or too many were asked.
        """
        if whom == person:
            raise PartyRefused("That would be yourself. Choose somebody else.")
        bucket = self._buckets.setdefault(person, Bucket(0.2, 8, now_ms=now_ms))
        if not bucket.take(now_ms):
            raise TooFast("Too many invitations. Wait a little.", retry_after_ms=bucket.wait_ms(now_ms))
        party = self.create(person)
        if whom in party.members:
            raise PartyRefused("They are in your party already.")
        self._check_room(party)
        self._invited = {pair: until for pair, until in self._invited.items() if until > now_ms}
        if sum(by == person for _, by in self._invited) >= _MOST_INVITED:
            raise TooFast("Too many invitations are open. Wait a little.", retry_after_ms=_INVITED_MS)
        self._invited[whom, person] = now_ms + _INVITED_MS
        return party

    def accept(self, person: str, by: str, now_ms: int) -> Party:
        """
        Come into the party of ``by``, who has asked; leaves the old one.

        Raises
        ------
        PartyRefused
            Nobody asked, it is too late, or the party is full or over.
        """
        until = self._invited.get((person, by), 0)
        party = self._by_person.get(by)
        if until <= now_ms or party is None:
            self._invited.pop((person, by), None)
            raise PartyRefused("That invitation is over. Ask for another one.")
        party = self._join(person, party)
        del self._invited[person, by]
        return party

    def decline(self, person: str, by: str) -> None:
        """Say no; silently, and without an error if nobody asked."""
        self._invited.pop((person, by), None)

    def join(self, person: str, code: str, now_ms: int) -> Party:
        """
        Come in with the party's code, as it is written or spoken: case, spaces and dashes do not matter.

        Raises
        ------
        NobodyThere
            No party has this code.
        PartyRefused
            It is full.
        TooFast
            Codes are being guessed.
        """
        bucket = self._buckets.setdefault(person, Bucket(0.2, 8, now_ms=now_ms))
        if not bucket.take(now_ms):
            raise TooFast("Too many tries. Wait a little.", retry_after_ms=bucket.wait_ms(now_ms))
        party = self._by_code.get(code[:32].upper().replace(" ", "").replace("-", ""))
        if party is None:
            raise NobodyThere("No party has this code. Ask your friend for the present one.")
        return self._join(person, party)

    def leave(self, person: str) -> Party | None:
        """Go; the party as it is now, None if they were in none. A party of nobody is over."""
        party = self._by_person.pop(person, None)
        if party is None:
            return None
        party.members.remove(person)
        self._invited = {pair: until for pair, until in self._invited.items() if pair[1] != person}
        if not party.members:
            del self._by_code[party.code]
        return party

    def remove(self, leader: str, whom: str) -> Party:
        """
        Put somebody out. The code is renewed, or they would be back at once.

        Raises
        ------
        PartyRefused
            Only the leader may.
        """
        party = self._by_person.get(leader)
        if party is None or party.leader != leader or whom == leader or whom not in party.members:
            raise PartyRefused("Only the leader can remove somebody from a party. You can leave it yourself.")
        self.leave(whom)
        old, party.code = party.code, self._new_code()  # drawn while the old one is taken: never the same again
        del self._by_code[old]
        self._by_code[party.code] = party
        return party

    def forget(self, now_ms: int, present: Collection[str] | None = None) -> list[str]:
        """
        Drop what is over; call about once a minute.

        Parameters
        ----------
        present
            Everybody who has a seat in one of the store's rooms. Members who had none for three minutes leave: they
            asked for a ticket and never came, or did not come back after a restart. None: nobody leaves.

        Returns
        -------
        list[str]
            Who has left; their party's card and snapshot are to be renewed.
        """
        absent = [] if present is None else [person for person in self._by_person if person not in present]
        self._absent_since_ms = {person: self._absent_since_ms.get(person, now_ms) for person in absent}
        left = [person for person, since in self._absent_since_ms.items() if now_ms - since >= _ABSENT_MS]
        for person in left:
            self.leave(person)
            del self._absent_since_ms[person]
        self._invited = {pair: until for pair, until in self._invited.items() if until > now_ms}
        self._buckets = {person: bucket for person, bucket in self._buckets.items() if not bucket.is_full(now_ms)}
        return left

    def __iter__(self) -> Iterator[Party]:
        return iter(self._by_code.values())

    def snapshot(self) -> bytes:
        """All parties, for ``storage.save_state``; open invitations are not kept."""
        return msgspec.msgpack.encode(_Kept(self._next_number, list(self._by_code.values())))

    @classmethod
    def restore(cls, kept: bytes | None, chance: random.Random, *, most: int = MOST_MEMBERS) -> "Parties":
        """What ``snapshot`` gave, or none."""
        parties = cls(chance, most=most)
        if kept is not None:
            state = msgspec.msgpack.decode(kept, type=_Kept)
            parties._next_number = state.next_number
            for party in state.parties:
                parties._by_code[party.code] = party
                parties._by_person.update(dict.fromkeys(party.members, party))
        return parties

    def _join(self, person: str, party: Party) -> Party:
        if person in party.members:
            return party
        self._check_room(party)
        self.leave(person)
        party.members.append(person)
        self._by_person[person] = party
        return party

    def _check_room(self, party: Party) -> None:
        if len(party.members) >= self._most:
            raise PartyRefused(f"A party holds {self._most} people, and this one is full.", most=self._most)

    def _new_code(self) -> str:
        while True:
            code = "".join(self._chance.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
            if code not in self._by_code:
                return code
