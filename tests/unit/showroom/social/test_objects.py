"""Objects with a handle: one owner at most under any interleaving, and none for ever."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from showroom.social.errors import NobodyThere, ObjectRefused, TooFast
from showroom.social.objects import Objects
from showroom.world.things import Thing

_WHO = st.integers(1, 5)
_THING = st.sampled_from(["lamp", "cup", "ghost"])
_GRACE = 60_000
_STRAIGHT = (0, 0, 0, 10000)
_HERE = (0, 0, 0)


def _objects() -> Objects:
    return Objects({"lamp": Thing(None, (100, 0, 0)), "cup": Thing(None, (0, 0, 100))}, grace_ms=_GRACE)


class AnyHands(RuleBasedStateMachine):
    """Everybody grabs, gives, drops, loses links; the server restarts."""

    def __init__(self) -> None:
        super().__init__()
        self.objects = _objects()
        self.now = 0
        self.owner: dict[str, int | None] = {"lamp": None, "cup": None}
        self.away: dict[int, int] = {}

    @rule(ms=st.integers(0, 90_000))
    def wait(self, ms: int) -> None:
        self.now += ms
        for name in self.objects.expire(self.now):
            owner = self.owner[name]
            assert owner is not None
            assert self.now - self.away[owner] >= _GRACE
            self.owner[name] = None

    @rule(who=_WHO, thing=_THING)
    def take(self, who: int, thing: str) -> None:
        was = self.owner.get(thing)
        try:
            self.objects.take(thing, who, _HERE)
        except (NobodyThere, ObjectRefused):
            assert thing == "ghost" or was not in (None, who) or who in self.owner.values()
            return
        assert was in (None, who)
        self.owner[thing] = who

    @rule(who=_WHO, to=_WHO, thing=_THING)
    def hand_over(self, who: int, to: int, thing: str) -> None:
        try:
            self.objects.hand_over(thing, who, to, where=_HERE, to_where=_HERE)
        except (NobodyThere, ObjectRefused):
            return
        assert self.owner[thing] == who
        assert to not in self.owner.values() or to == who
        self.owner[thing] = to

    @rule(who=_WHO, thing=_THING)
    def release(self, who: int, thing: str) -> None:
        try:
            put = self.objects.release(thing, who, (50, 0, 50), _STRAIGHT, where=_HERE)
        except (NobodyThere, ObjectRefused):
            assert self.owner.get(thing) != who
            return
        assert self.owner[thing] == who
        assert put.at == (50, 0, 50)
        self.owner[thing] = None

    @rule(who=_WHO, thing=_THING)
    def move(self, who: int, thing: str) -> None:
        try:
            self.objects.move(thing, who, (10, 0, 10), _STRAIGHT, where=_HERE, now_ms=self.now)
        except (NobodyThere, ObjectRefused):
            assert self.owner.get(thing) != who
        except TooFast:
            assert self.owner[thing] == who

    @rule(who=_WHO)
    def lose(self, who: int) -> None:
        self.objects.lost(who, self.now)
        if who in self.owner.values():
            self.away.setdefault(who, self.now)

    @rule(who=_WHO)
    def come_back(self, who: int) -> None:
        held = self.objects.back(who)
        self.away.pop(who, None)
        assert held == {thing for thing, owner in self.owner.items() if owner == who}

    @rule(who=_WHO)
    def go(self, who: int) -> None:
        self.objects.gone(who)
        self.away.pop(who, None)
        self.owner = {thing: None if owner == who else owner for thing, owner in self.owner.items()}

    @rule(present=st.sets(_WHO))
    def restart(self, present: set[int]) -> None:
        kept = self.objects.snapshot()
        self.objects = _objects()
        self.objects.restore(kept, self.now, present)
        self.owner = {thing: owner if owner in present else None for thing, owner in self.owner.items()}
        self.away = {owner: self.now for owner in self.owner.values() if owner is not None}

    @invariant()
    def the_owners_are_those_of_the_model(self) -> None:
        assert {name: thing.owner for name, thing in self.objects.all().items()} == self.owner
        held = [owner for owner in self.owner.values() if owner is not None]
        assert len(held) == len(set(held))


TestAnyHands = AnyHands.TestCase


def test_what_is_far_away_cannot_be_touched() -> None:
    objects = _objects()
    with pytest.raises(ObjectRefused):
        objects.take("lamp", 1, (1000, 0, 0))
    objects.take("lamp", 1, _HERE)
    with pytest.raises(ObjectRefused):
        objects.move("lamp", 1, (5000, 0, 0), _STRAIGHT, where=_HERE, now_ms=0)
    with pytest.raises(ObjectRefused):
        objects.hand_over("lamp", 1, 2, where=_HERE, to_where=(900, 0, 0))


def test_nothing_is_given_to_somebody_whose_link_is_lost() -> None:
    objects = _objects()
    objects.take("cup", 2, _HERE)
    objects.lost(2, 0)
    objects.take("lamp", 1, _HERE)
    with pytest.raises(ObjectRefused):
        objects.hand_over("lamp", 1, 2, where=_HERE, to_where=_HERE)


def test_after_the_grace_the_object_is_free_where_it_was() -> None:
    objects = _objects()
    objects.take("lamp", 1, _HERE)
    objects.move("lamp", 1, (7, 8, 9), _STRAIGHT, where=_HERE, now_ms=0)
    objects.lost(1, 1000)
    assert objects.expire(1000 + _GRACE - 1) == {}
    assert objects.expire(1000 + _GRACE) == {"lamp": Thing(None, (7, 8, 9), _STRAIGHT)}
