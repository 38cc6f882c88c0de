"""Stock on the shelves: each watcher the last number of each SKU they watch, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from showroom.realtime.shelves import Shelves

SKUS = st.sampled_from(["a", "b", "c", "d"])
STEPS = st.lists(
    st.tuples(st.just("watch"), st.integers(0, 2), st.sets(SKUS))
    | st.tuples(st.just("changed"), SKUS, st.integers(0, 9))
    | st.tuples(st.just("due"), st.none(), st.none()),
    max_size=40,
)


@given(STEPS)
def test_watchers_end_up_with_the_last_numbers_and_only_of_their_own(steps: list[tuple[str, object, object]]) -> None:
    shelves, people = Shelves(), [object() for _ in range(3)]
    watching: dict[int, frozenset[str]] = {}
    truth: dict[int, dict[str, int]] = {0: {}, 1: {}, 2: {}}
    held: dict[int, dict[str, int]] = {0: {}, 1: {}, 2: {}}

    def deliver() -> None:
        for person, stock in shelves.due():
            number = people.index(person)
            assert set(stock.left) <= watching[number]
            held[number].update(stock.left)

    for step, one, other in steps:
        if step == "watch":
            deliver()
            watching[one] = frozenset(other)
            shelves.watch(people[one], other)
        elif step == "changed":
            shelves.changed(one, other)
            for number, wanted in watching.items():
                if one in wanted:
                    truth[number][one] = other
        else:
            deliver()
    deliver()
    assert held == truth


def test_a_new_watcher_is_told_what_is_left_now() -> None:
    shelves, person = Shelves(), object()
    shelves.watch(person, ["a"])
    shelves.known(person, {"a": 3, "b": 1})
    assert [(who, stock.left) for who, stock in shelves.due()] == [(person, {"a": 3})]
    assert shelves.due() == []
