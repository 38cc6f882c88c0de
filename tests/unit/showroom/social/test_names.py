"""Nicknames: readable, unique, and nobody passes for staff."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from showroom.social.errors import NameRefused
from showroom.social.names import LONGEST, NameRules, NamesTaken
from showroom.social.text import skeleton
from showroom.social.words import BlockList, default_words

_RULES = NameRules(blocked=BlockList(default_words()), reserved=["Casa Luma"])


@pytest.mark.parametrize(
    "name", ["Ana", "José", "小明", "Иван", "たろうsan", "O'Neil", "Jean-Luc", "Adminta", "Modesto", "Zoë 2"]
)
def test_a_plain_name_is_taken_as_it_is(name: str) -> None:
    assert _RULES.check(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "Admin", "Adm1n", "Аdmin", "АДМИН", "ⓐⓓⓜⓘⓝ", "ad\u200bmin", "adrnin", "Admin2", "Support Team", "M0DERATOR",
        "Casa-Luma", "casa luma", "管理员小王", "Store 客服", "s-t-a-f-f",
    ],
)  # fmt: skip
def test_nobody_passes_for_staff(name: str) -> None:
    with pytest.raises(NameRefused):
        _RULES.check(name)


def test_staff_may_say_what_they_are() -> None:
    assert _RULES.check("Host Hanna", is_staff=True) == "Host Hanna"


@pytest.mark.parametrize(
    "name",
    ["", "A", "12", "...", "Ana 😀", "Vladмir", "Rоma", "x" * 25, "x" * 5000, "Fuck", "evil.com", "ﷺ" * 3],
)
def test_an_unreadable_or_unwelcome_name_is_refused(name: str) -> None:
    with pytest.raises(NameRefused):
        _RULES.check(name)


@pytest.mark.parametrize("name", ["Walker 807", "Ana 80 7", "Route 66"])
def test_a_number_is_no_word_in_disguise(name: str) -> None:
    assert _RULES.check(name) == name


@pytest.mark.parametrize("name", ["807 b0t", "8OT 1", "4dm1n 7"])
def test_a_disguise_of_digits_among_letters_is_still_seen(name: str) -> None:
    with pytest.raises(NameRefused):
        _RULES.check(name)


def test_what_is_invisible_is_taken_out() -> None:
    assert _RULES.check("\u202eana\u200b") == "ana"


@given(st.text(max_size=120))
def test_whatever_is_taken_is_short_and_stays_taken(name: str) -> None:
    try:
        taken = _RULES.check(name)
    except NameRefused:
        return
    assert 2 <= len(taken) <= LONGEST
    assert _RULES.check(taken) == taken


class TakenNames(RuleBasedStateMachine):
    """People come and go; no two names look alike at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.taken = NamesTaken(random.Random(1))
        self.names: dict[str, str] = {}

    @rule(
        person=st.sampled_from("abcdef"),
        name=st.sampled_from(["", "Ana", "ana", "Аna", "Ana 2", "Guest 2", "x" * LONGEST, "Bob"]),
    )
    def claim(self, person: str, name: str) -> None:
        self.names[person] = self.taken.claim(person, name)

    @rule(person=st.sampled_from("abcdef"))
    def release(self, person: str) -> None:
        self.taken.release(person)
        self.names.pop(person, None)

    @invariant()
    def no_two_look_alike(self) -> None:
        assert len({skeleton(name) for name in self.names.values()}) == len(self.names)
        assert all(0 < len(name) <= LONGEST for name in self.names.values())


TestTakenNames = TakenNames.TestCase


def test_a_thousand_people_of_one_name_are_numbered_without_looking_at_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked = 0

    def counted(text: str) -> str:
        nonlocal looked
        looked += 1
        return skeleton(text)

    monkeypatch.setattr("showroom.social.names.skeleton", counted)
    taken = NamesTaken(random.Random(1))
    names = [taken.claim(f"p{number}", "Ana") for number in range(1000)]
    assert names == ["Ana", *(f"Ana {number}" for number in range(2, 1001))]
    for number in range(100, 200):
        taken.release(f"p{number}")
    assert [taken.claim(f"q{number}", "Ana") for number in range(3)] == ["Ana 101", "Ana 102", "Ana 103"]
    assert looked < 6000
