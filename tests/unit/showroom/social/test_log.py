"""The log is the queue: everybody gets what was for them, once, in order, after any interruption."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom.errors import TooLarge
from showroom.social.log import MOST_BYTES, Entry, RoomLog

_PEOPLE = st.sampled_from("abcd")
_EVENTS = st.lists(
    st.tuples(st.one_of(st.none(), st.frozensets(_PEOPLE)), st.sampled_from(["", "a", "b"])), max_size=60
)


def _filled(events: list[tuple[frozenset[str] | None, str]], **bounds: int) -> tuple[RoomLog, list[Entry]]:
    log = RoomLog("shop/main/1", **bounds)
    entries = []
    for audience, author in events:
        entry = log.entry(log.number(), "said", b"x", at_ms=0, audience=audience, author=author)
        log.keep(entry)
        entries.append(entry)
    return log, entries


@given(_EVENTS, st.lists(st.integers(0, 70), max_size=8), _PEOPLE)
def test_who_resumes_at_any_moment_misses_nothing_and_gets_nothing_twice(
    events: list[tuple[frozenset[str] | None, str]], cuts: list[int], person: str
) -> None:
    log = RoomLog("shop/main/1")
    got: list[int] = []
    cursor, every = 0, []
    for number, (audience, author) in enumerate(events):
        entry = log.entry(log.number(), "said", b"x", at_ms=0, audience=audience, author=author)
        log.keep(entry)
        every.append(entry)
        if number in cuts:
            missed = log.missed(person, cursor)
            assert missed.is_complete
            got += [e.seq for e in missed.entries]
            cursor = missed.last_seq
    got += [e.seq for e in log.missed(person, cursor).entries]
    assert got == [e.seq for e in every if e.is_for(person)]


@given(_EVENTS, st.integers(1, 10), st.integers(0, 70))
def test_it_says_when_memory_does_not_reach_back_far_enough(
    events: list[tuple[frozenset[str] | None, str]], most: int, after: int
) -> None:
    log, entries = _filled(events, most=most)
    missed = log.missed("a", after)
    if missed.is_complete:
        assert list(missed.entries) == [e for e in entries if e.seq > after and e.is_for("a")]
    else:
        assert after < log.forgotten_seq


@given(_EVENTS, st.integers(0, 70))
def test_nobody_reads_what_was_before_they_came(events: list[tuple[frozenset[str] | None, str]], came: int) -> None:
    log, _ = _filled(events)
    assert all(entry.seq > came for entry in log.missed("a", 0, since_seq=came).entries)


@given(_EVENTS, st.integers(0, 5000))
def test_memory_is_bounded_by_bytes_too(events: list[tuple[frozenset[str] | None, str]], most_bytes: int) -> None:
    log = RoomLog("r", most_bytes=most_bytes)
    for audience, _ in events:
        log.keep(log.entry(log.number(), "said", b"x" * 100, at_ms=0, audience=audience))
        assert sum(len(e.body) for e in log.missed("a", log.forgotten_seq).entries) <= most_bytes


def test_a_thousand_entries_for_a_hundred_people_each_take_a_megabyte_and_no_more() -> None:
    people = [f"g_{number:020d}" for number in range(120)]
    log = RoomLog("r")
    tracemalloc.start()
    try:
        for number in range(3000):
            near = people[number % 20 :][:100]
            log.keep(log.entry(log.number(), "said", bytes(80), at_ms=0, audience=near))
        taken = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert len(log.missed(people[50], log.forgotten_seq).entries) == 1000
    assert taken < 1_400_000


def test_long_audiences_count_as_much_as_long_messages() -> None:
    people = [f"g_{number}" for number in range(500)]
    log = RoomLog("r", most_bytes=100_000)
    for _ in range(100):
        log.keep(log.entry(log.number(), "said", b"x", at_ms=0, audience=people))
    assert len(log.missed("g_1", log.forgotten_seq).entries) == 24


def test_what_is_for_others_is_not_for_oneself() -> None:
    log, _ = _filled([(frozenset("bc"), "b"), (None, "b"), (frozenset("a"), "b")])
    assert [e.seq for e in log.missed("a", 0).entries] == [2, 3]
    assert [e.seq for e in log.missed("a", 0, blocked={"b"}).entries] == []
    assert [e.seq for e in log.missed("b", 0, blocked={"b"}).entries] == [1, 2]


def test_a_lying_cursor_gets_nothing_new() -> None:
    log, _ = _filled([(None, "a")] * 3)
    assert log.missed("a", 10**9).entries == ()
    assert log.missed("a", -5, since_seq=2).entries[0].seq == 3


def test_what_is_numbered_but_not_on_disk_yet_is_not_passed_over() -> None:
    log = RoomLog("r")
    first, second = log.number(), log.number()
    log.keep(log.entry(first, "said", b"1", at_ms=0))
    missed = log.missed("a", 0)
    assert missed.last_seq == first
    log.keep(log.entry(second, "said", b"2", at_ms=0))
    assert [e.seq for e in log.missed("a", missed.last_seq).entries] == [second]


def test_numbers_go_on_after_a_restart() -> None:
    log, entries = _filled([(None, "a")] * 5)
    again = RoomLog("shop/main/1", tail=entries)
    assert again.number() == log.last_seq + 1
    assert again.missed("a", 2).entries == tuple(entries[2:])


def test_taken_away_words_do_not_come_back_even_if_they_were_still_on_their_way() -> None:
    log = RoomLog("r")
    log.keep(log.entry(log.number(), "said", b"bad", at_ms=0, author="eve"))
    late = log.entry(log.number(), "said", b"bad", at_ms=0, author="eve")
    log.keep(log.entry(log.number(), "said", b"good", at_ms=0, author="ana"))
    assert log.remove("eve") == [1]
    log.keep(late)
    log.keep(log.entry(log.number(), "said", b"sorry", at_ms=0, author="eve"))
    assert [e.body for e in log.missed("a", 0).entries] == [b"good", b"sorry"]


def test_an_event_is_bounded() -> None:
    log = RoomLog("r")
    with pytest.raises(TooLarge):
        log.entry(log.number(), "said", b"x" * (MOST_BYTES + 1), at_ms=0)
