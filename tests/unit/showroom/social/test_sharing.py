"""Looking at things together, under any interleaving: one leader, everybody in one share at most."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from showroom.social.errors import NobodyThere, ShareRefused, TooFast
from showroom.social.sharing import Shares, View

_PEOPLE = [f"p{n}" for n in range(6)]
_PERSON = st.sampled_from(_PEOPLE)
_GRACE = 10_000


class AnyShares(RuleBasedStateMachine):
    """Everybody shows, follows, stops, loses their link and comes back at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.shares = Shares(grace_ms=_GRACE)
        self.now = 0
        self.asked: dict[str, set[str]] = {}

    @rule(ms=st.integers(0, 15_000))
    def wait(self, ms: int) -> None:
        self.now += ms
        self.shares.expire(self.now)

    @rule(person=_PERSON, product=st.sampled_from(["chair", "lamp"]), yaw=st.integers(0, 3), asked=st.sets(_PERSON))
    def show(self, person: str, product: str, yaw: int, asked: set[str]) -> None:
        before = self.shares.of(person)
        try:
            share, is_new = self.shares.show(person, View(product=product, yaw=yaw), asked, self.now)
        except (ShareRefused, TooFast):
            assert before is not None
            return
        assert share.leader == person
        assert share.view == View(product=product, yaw=yaw)
        assert is_new or before is share

    @rule(person=_PERSON, leader=_PERSON)
    def follow(self, person: str, leader: str) -> None:
        try:
            share = self.shares.follow(person, leader)
        except (NobodyThere, ShareRefused):
            return
        assert share.leader == leader
        assert person in share.asked
        assert self.shares.of(person) is share

    @rule(person=_PERSON)
    def stop(self, person: str) -> None:
        self.shares.stop(person)
        assert self.shares.of(person) is None

    @rule(person=_PERSON, to=_PERSON)
    def hand_over(self, person: str, to: str) -> None:
        try:
            share = self.shares.hand_over(person, to)
        except ShareRefused:
            return
        assert share.leader == to
        assert person in share.followers

    @rule(person=_PERSON)
    def lose(self, person: str) -> None:
        self.shares.lost(person, self.now)

    @rule(person=_PERSON)
    def come_back(self, person: str) -> None:
        self.shares.back(person)

    @rule(person=_PERSON)
    def go(self, person: str) -> None:
        self.shares.gone(person)
        assert self.shares.of(person) is None

    @invariant()
    def everybody_is_in_one_share_and_each_has_one_leader(self) -> None:
        seen: list[str] = []
        for share in self.shares:
            people = [share.leader, *share.followers]
            assert len(people) == len(set(people))
            assert all(self.shares.of(person) is share for person in people)
            seen += people
        assert len(seen) == len(set(seen))

    @invariant()
    def nobody_leads_who_is_away_for_longer_than_the_grace(self) -> None:
        self.shares.expire(self.now)
        for share in self.shares:
            assert share.away_since_ms is None or self.now - share.away_since_ms < _GRACE


TestAnyShares = AnyShares.TestCase


def test_followers_see_the_last_turn_and_only_changes_are_news() -> None:
    shares = Shares()
    _, is_new = shares.show("ana", View(product="chair"), {"bob"}, 0)
    assert is_new
    shares.follow("bob", "ana")
    share, is_new = shares.show("ana", View(product="chair", yaw=900), (), 100)
    assert not is_new
    assert share.view.yaw == 900
    _, is_new = shares.show("ana", View(product="lamp"), (), 200)
    assert is_new


def test_turns_are_bounded_in_pace() -> None:
    shares = Shares()
    shares.show("ana", View(product="chair"), {"bob"}, 0)
    for yaw in range(11):
        shares.show("ana", View(product="chair", yaw=yaw), (), 10)
    with pytest.raises(TooFast):
        shares.show("ana", View(product="chair", yaw=99), (), 10)
    shares.show("ana", View(product="chair", yaw=99), (), 200)


def test_what_was_not_offered_cannot_be_followed() -> None:
    shares = Shares()
    shares.show("ana", View(product="chair"), {"bob"}, 0)
    with pytest.raises(NobodyThere):
        shares.follow("eve", "ana")


def test_a_leader_who_comes_back_in_time_still_leads_and_later_follows() -> None:
    shares = Shares(grace_ms=_GRACE)
    shares.show("ana", View(product="chair"), {"bob"}, 0)
    shares.follow("bob", "ana")
    shares.lost("ana", 1000)
    assert shares.expire(1000 + _GRACE - 1) == []
    shares.back("ana")
    assert shares.expire(1000 + _GRACE) == []
    shares.lost("ana", 20_000)
    (share,) = shares.expire(20_000 + _GRACE)
    assert (share.leader, share.followers) == ("bob", ["ana"])
