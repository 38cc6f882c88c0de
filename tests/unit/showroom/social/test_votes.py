"""Votes under any interleaving: one answer a member, counted by the server, over when they are over."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from showroom.social.errors import NobodyThere, TooFast, VoteRefused
from showroom.social.votes import VOTE_S, Votes

_PEOPLE = [f"p{n}" for n in range(6)]
_PERSON = st.sampled_from(_PEOPLE)


class AnyVotes(RuleBasedStateMachine):
    """Everybody asks, answers, answers again, ends and leaves at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.votes = Votes()
        self.now = 0
        self.given: dict[str, dict[str, str]] = {}
        self.asked: dict[str, set[str]] = {}
        self.until: dict[str, int] = {}

    def over(self, asker: str) -> None:
        for kept in (self.given, self.asked, self.until):
            kept.pop(asker, None)

    @rule(ms=st.integers(0, 40_000))
    def wait(self, ms: int) -> None:
        self.now += ms
        _, over = self.votes.due(self.now)
        assert {vote.asker for vote in over} == {asker for asker, until in self.until.items() if until <= self.now}
        for vote in over:
            self.over(vote.asker)

    @rule(asker=_PERSON, asked=st.sets(_PERSON))
    def open(self, asker: str, asked: set[str]) -> None:
        try:
            vote = self.votes.open(asker, "hat", None, asked, self.now)
        except VoteRefused:
            assert asker in self.given or not asked - {asker}
            return
        except TooFast:
            return
        assert asker not in self.given
        assert vote.asked == asked - {asker}
        self.given[asker], self.asked[asker] = {}, asked - {asker}
        self.until[asker] = self.now + VOTE_S * 1000

    @rule(person=_PERSON, asker=_PERSON, answer=st.sampled_from(["yes", "no", "unsure"]))
    def answer(self, person: str, asker: str, answer: str) -> None:
        try:
            self.votes.answer(person, asker, answer, self.now)
        except NobodyThere:
            assert person not in self.asked.get(asker, set())
        except VoteRefused:
            assert person in self.given[asker]
        else:
            assert person in self.asked[asker]
            assert person not in self.given[asker]
            self.given[asker][person] = answer

    @rule(asker=_PERSON)
    def close(self, asker: str) -> None:
        vote = self.votes.close(asker)
        assert (vote is not None) == (asker in self.given)
        self.over(asker)

    @invariant()
    def the_count_is_what_was_said(self) -> None:
        assert {vote.asker: vote.answers for vote in self.votes} == self.given
        for vote in self.votes:
            assert sum(vote.tally.values()) == len(self.given[vote.asker]) <= len(vote.asked)
            assert vote.asker not in vote.asked


TestAnyVotes = AnyVotes.TestCase


def test_one_question_after_the_other_is_too_fast() -> None:
    votes = Votes()
    for n in range(3):
        votes.open("ana", "hat", None, ["bob"], n)
        votes.close("ana")
    with pytest.raises(TooFast) as caught:
        votes.open("ana", "hat", None, ["bob"], 3)
    assert caught.value.fields["retry_after_ms"] > 0
    votes.open("ana", "hat", None, ["bob"], 60_000)
