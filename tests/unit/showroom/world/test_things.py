"""Objects have one owner, whatever is asked in whatever order."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from showroom.world.things import Thing, Things

people = st.integers(1, 4)
things = st.sampled_from(["lamp", "mug", "vase", "no such thing"])
HERE = (1, 2, 3)
UPRIGHT = (0, 0, 0, 10000)


class OneOwner(RuleBasedStateMachine):
    """Beside the rules runs the plainest model: who holds what."""

    @initialize(most=st.integers(1, 2))
    def fill_the_shelf(self, most: int) -> None:
        self.most = most
        self.things = Things({name: Thing(at=(0, 0, 0)) for name in ("lamp", "mug", "vase")}, max_held=most)
        self.owner: dict[str, int] = {}

    def free_hand(self, who: int) -> bool:
        return sum(owner == who for owner in self.owner.values()) < self.most

    @rule(thing=things, who=people)
    def grab(self, thing: str, who: int) -> None:
        held = self.owner.get(thing)
        may = thing != "no such thing" and (held == who or (held is None and self.free_hand(who)))
        assert (self.things.grab(thing, who) is not None) == may
        if may:
            self.owner[thing] = who

    @rule(thing=things, who=people)
    def move(self, thing: str, who: int) -> None:
        moved = self.things.move(thing, who, HERE, UPRIGHT)
        assert (moved is not None) == (thing in self.owner and self.owner[thing] == who)
        assert moved is None or moved.at == HERE

    @rule(thing=things, who=people)
    def release(self, thing: str, who: int) -> None:
        mine = thing in self.owner and self.owner[thing] == who
        assert (self.things.release(thing, who, HERE, UPRIGHT) is not None) == mine
        if mine:
            del self.owner[thing]

    @rule(thing=things, who=people, to=people)
    def hand_over(self, thing: str, who: int, to: int) -> None:
        may = self.owner.get(thing) == who and to != who and self.free_hand(to)
        assert (self.things.hand_over(thing, who, to) is not None) == may
        if may:
            self.owner[thing] = to

    @rule(who=people)
    def go_away(self, who: int) -> None:
        mine = {thing for thing, owner in self.owner.items() if owner == who}
        assert set(self.things.gone(who)) == mine
        for thing in mine:
            del self.owner[thing]

    @invariant()
    def all_agree(self) -> None:
        if hasattr(self, "things"):
            assert {name: thing.owner for name, thing in self.things.all().items() if thing.owner} == self.owner
            for who in range(1, 5):
                assert self.things.held_by(who) == {name for name, owner in self.owner.items() if owner == who}


TestOneOwner = OneOwner.TestCase
