"""What is known of other processes: the last word, for a few seconds."""

from showroom.realtime.bus import AnyNotice, CopyNotice, Gone, Here, MemoryBus, Promise, decode, encode
from showroom.realtime.neighbours import FORGET_S, Neighbours


class Said(MemoryBus):
    """Keeps what is published."""

    def __init__(self) -> None:
        super().__init__()
        self.notices: list[AnyNotice] = []

    def publish(self, notice: AnyNotice) -> None:
        self.notices.append(notice)


class Times:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def here(process: str = "two", *, people: dict[str, list[str]] | None = None, taken: int = 3) -> Here:
    return Here(process, "wss://two/live", [CopyNotice("k", "demo", "hall", 4, taken, 7)], people)


def test_notices_come_back_as_they_were_and_others_are_skipped() -> None:
    for notice in (here(people={"k": ["c"]}), here(), Gone("one"), Promise("one", "k", "seat")):
        assert decode(encode(notice)) == notice
    assert decode(b"\x93\xa6future\x01\x02") is None
    assert decode(b"") is None


def test_a_process_that_falls_silent_is_forgotten() -> None:
    clock = Times()
    known = Neighbours("one", "", Said(), clock=clock)
    known.heard(here())
    assert [there.url for there in known.copies("demo", "hall")] == ["wss://two/live"]
    clock.now_s = FORGET_S + 0.1
    assert known.copies("demo", "hall") == []
    known.heard(here())
    known.heard(Gone("two"))
    assert known.copies("demo", "hall") == []


def test_ones_own_words_are_not_news() -> None:
    known = Neighbours("two", "", Said(), clock=Times())
    known.heard(here("two"))
    assert known.copies("demo", "hall") == []


def test_people_are_known_until_somebody_says_otherwise() -> None:
    known = Neighbours("one", "", Said(), clock=Times())
    known.heard(here(people={"k": ["anna", "ben"]}))
    known.heard(here(taken=2))  # nothing new about people
    there = known.with_person("demo", "hall", "ben")
    assert there is not None
    assert there.copy.taken == 2
    assert known.with_person("demo", "nook", "ben") is None
    known.heard(here(people={"k": ["anna"]}))
    assert known.with_person("demo", "hall", "ben") is None


def test_people_are_told_only_when_they_changed_and_now_and_then_for_newcomers() -> None:
    bus = Said()
    known = Neighbours("one", "ws://one/live", bus, clock=Times())
    for people in (["a"], ["a"], ["a"], ["b"], ["b"], ["b"]):
        known.announce([], {"k": people})
    assert [notice.people is not None for notice in bus.notices if isinstance(notice, Here)] == [
        True, False, False, True, True, False,
    ]  # fmt: skip
