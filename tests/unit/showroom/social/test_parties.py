"""Parties under any interleaving: one party a person, never too many members, nobody in without being asked."""

import random

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from showroom.social.errors import NobodyThere, PartyRefused, TooFast
from showroom.social.parties import Parties

_PEOPLE = [f"p{n}" for n in range(7)]
_MOST = 4
_PERSON = st.sampled_from(_PEOPLE)


class AnyParties(RuleBasedStateMachine):
    """Everybody does anything at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.parties = Parties(random.Random(1), most=_MOST)
        self.now = 0
        self.asked: dict[tuple[str, str], int] = {}
        self.codes: list[str] = []

    @rule(seconds=st.integers(0, 200))
    def wait(self, seconds: int) -> None:
        self.now += seconds * 1000
        self.parties.forget(self.now)

    @rule(person=_PERSON)
    def create(self, person: str) -> None:
        self.codes.append(self.parties.create(person).code)

    @rule(person=_PERSON, whom=_PERSON)
    def invite(self, person: str, whom: str) -> None:
        try:
            self.parties.invite(person, whom, self.now)
        except (PartyRefused, TooFast):
            return
        self.asked[whom, person] = self.now

    @rule(person=_PERSON, by=_PERSON)
    def accept(self, person: str, by: str) -> None:
        try:
            party = self.parties.accept(person, by, self.now)
        except PartyRefused:
            return
        assert self.now - self.asked.pop((person, by)) < 120_000
        assert person in party.members
        assert by in party.members

    @precondition(lambda self: self.codes)
    @rule(person=_PERSON, data=st.data())
    def join(self, person: str, data: st.DataObject) -> None:
        code = data.draw(st.sampled_from(self.codes))
        try:
            party = self.parties.join(person, code.lower(), self.now)
        except (PartyRefused, NobodyThere, TooFast):
            return
        assert party.code == code

    @rule(person=_PERSON)
    def leave(self, person: str) -> None:
        self.parties.leave(person)
        assert self.parties.of(person) is None

    @rule(leader=_PERSON, whom=_PERSON)
    def remove(self, leader: str, whom: str) -> None:
        party = self.parties.of(leader)
        old_code = party.code if party is not None else ""
        try:
            self.parties.remove(leader, whom)
        except PartyRefused:
            return
        assert self.parties.of(whom) is None
        with pytest.raises((NobodyThere, TooFast)):
            self.parties.join(whom, old_code, self.now)

    @rule()
    def restart(self) -> None:
        self.parties = Parties.restore(self.parties.snapshot(), random.Random(self.now), most=_MOST)
        self.asked.clear()

    @invariant()
    def everybody_is_in_one_party_at_most_and_none_is_too_large_or_empty(self) -> None:
        members = [person for party in self.parties for person in party.members]
        assert len(members) == len(set(members))
        assert all(1 <= len(party.members) <= _MOST for party in self.parties)
        for party in self.parties:
            assert all(self.parties.of(person) is party for person in party.members)
            assert party.leader == party.members[0]
        assert len({party.code for party in self.parties}) == len(list(self.parties))
        assert len({party.number for party in self.parties}) == len(list(self.parties))


TestAnyParties = AnyParties.TestCase


def test_a_code_is_understood_as_it_is_spoken() -> None:
    parties = Parties(random.Random(1))
    code = parties.create("ana").code
    assert parties.join("bob", f" {code[:4].lower()}-{code[4:]} ", 0).members == ["ana", "bob"]


def test_codes_cannot_be_guessed_quickly() -> None:
    parties = Parties(random.Random(1))
    parties.create("ana")
    refusals = [_try(parties, f"{number:08}") for number in range(100)]
    assert refusals.count(NobodyThere) < 20
    assert set(refusals[20:]) == {TooFast}


def _try(parties: Parties, code: str) -> type[Exception]:
    try:
        parties.join("eve", code, 0)
    except (NobodyThere, TooFast) as exc:
        return type(exc)
    raise AssertionError("the code was guessed")


def test_members_who_never_come_do_not_fill_a_party_for_ever() -> None:
    parties = Parties(random.Random(1), most=2)
    code = parties.create("ana").code
    parties.join("ghost", code, 0)
    with pytest.raises(PartyRefused):
        parties.join("bob", code, 1)
    assert parties.forget(0, {"ana"}) == []
    assert parties.forget(100_000, {"ana", "ghost"}) == []  # was there for a moment: counted anew
    assert parties.forget(200_000, {"ana"}) == []
    assert parties.forget(380_000, {"ana"}) == ["ghost"]
    assert parties.join("bob", code, 380_000).members == ["ana", "bob"]
    assert parties.forget(10**9) == []


def test_when_the_leader_goes_the_next_one_leads() -> None:
    parties = Parties(random.Random(1))
    code = parties.create("ana").code
    parties.join("bob", code, 0)
    parties.join("cy", code, 0)
    parties.leave("ana")
    party = parties.of("bob")
    assert party is not None
    assert party.leader == "bob"
    assert parties.fellows("bob") == {"bob", "cy"}
    assert parties.fellows("ana") == {"ana"}
