"""Seats: promised or taken, never more than there are."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from showroom.realtime.seats import Seats


class SeatsMachine(RuleBasedStateMachine):
    """Any interleaving of promises, joins, leaves and time, against a plain count."""

    keys = Bundle("keys")

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.seats = Seats(5, clock=lambda: self.now_s, hold_s=10)
        self.taken: set[str] = set()
        self.promised: dict[str, float] = {}
        self.count = 0

    def _alive(self) -> dict[str, float]:
        self.promised = {key: until for key, until in self.promised.items() if until > self.now_s}
        return self.promised

    @rule(target=keys)
    def somebody(self) -> str:
        self.count += 1
        return f"k{self.count}"

    @rule(wanted=st.lists(keys, max_size=7))
    def promise(self, wanted: list[str]) -> None:
        new = {key for key in wanted if key not in self.taken and key not in self._alive()}
        fits = len(self.taken) + len(self.promised) + len(new) <= 5
        assert self.seats.promise(wanted) == fits
        if fits:
            self.promised.update({key: self.now_s + 10 for key in wanted if key not in self.taken})

    @rule(key=keys)
    def take(self, key: str) -> None:
        may = key in self._alive()
        assert self.seats.take(key) == may
        if may:
            del self.promised[key]
            self.taken.add(key)
            assert not self.seats.take(key)  # once

    @rule(key=keys, to=keys)
    def pass_on(self, key: str, to: str) -> None:
        if to in self.taken or to in self._alive():
            return
        may = key in self._alive()
        assert self.seats.pass_on(key, to) == may
        if may:
            del self.promised[key]
            self.promised[to] = self.now_s + 10

    @rule(key=keys)
    def leave(self, key: str) -> None:
        self.seats.leave(key)
        self.taken.discard(key)
        self.promised.pop(key, None)

    @rule(key=keys)
    def retake(self, key: str) -> None:
        may = key in self.taken or len(self.taken) + len(self._alive()) < 5
        if key in self.promised:
            return
        assert self.seats.retake(key) == may
        if may:
            self.taken.add(key)

    @rule(seconds=st.floats(0, 15))
    def time_passes(self, seconds: float) -> None:
        self.now_s += seconds

    @invariant()
    def never_overfull(self) -> None:
        assert self.seats.free >= 0
        assert self.seats.free == 5 - len(self.taken) - len(self._alive())
        assert self.seats.taken == len(self.taken)


TestSeatsAreNeverOverfull = SeatsMachine.TestCase
TestSeatsAreNeverOverfull.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
