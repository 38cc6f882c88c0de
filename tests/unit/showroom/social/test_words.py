"""Unwelcome words are found in disguise, and honest ones pass."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom.social.words import BlockList, default_words

_LIST = BlockList(["shit", "hijo de puta", "ass", "他妈的", "# a comment"])


@pytest.mark.parametrize(
    "text",
    [
        "shit", "SHIT!", "oh, shit.", "5h1t", "sh!t!", "shiiiiit", "s h i t", "s.h.i.t", "s-h-i-t", "sh*t", "s**t",
        "ｓｈｉｔ", "shıt", "ѕһіт", "sh\u200bit", "s\u0301hit", "HIJO  DE PUTA", "h1j0 de put4", "a$$", "@ss",
        "你他妈的", "他 妈 的", "他.妈.的",
    ],
)  # fmt: skip
def test_a_word_is_found_in_disguise(text: str) -> None:
    assert _LIST.found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Scunthorpe", "shitake", "class", "a glass, please", "455", "it costs 455 $", "1.55 m", "give it to me",
        "as soon as possible", "hijo", "это сор", "a comment", "", "他的", "#1 in the shop", "ss", "assess",
    ],
)  # fmt: skip
def test_an_honest_word_passes(text: str) -> None:
    assert not _LIST.found(text)


@given(st.sampled_from(["shit", "ass"]), st.data())
def test_any_mix_of_disguises_is_seen_through(word: str, data: st.DataObject) -> None:
    looks = {"s": "s5$Sｓ", "h": "hH", "i": "i1!Ií", "t": "t7Tт", "a": "a4@Aá"}
    written = "".join(
        data.draw(st.sampled_from(looks[letter])) * data.draw(st.integers(1, 3)) for letter in word
    )  # fmt: skip
    if any(letter.isalpha() for letter in written):
        assert _LIST.found(f"well, {written} happens")


@given(st.text(max_size=500))
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(_LIST.found(text), bool)


def test_an_empty_list_finds_nothing() -> None:
    assert not BlockList().found("shit")


def test_the_lists_that_come_with_the_server_know_three_languages() -> None:
    blocked = BlockList(default_words())
    assert blocked.found("what the fuck")
    assert blocked.found("eres un gilipollas")
    assert blocked.found("滚蛋吧")
    assert not blocked.found("Has anybody tried the chair by the window?")


def test_only_so_many_words_are_looked_at() -> None:
    words = [f"{a}{b}{c}zz" for a in "abcdefghijklm" for b in "abcdefghijklm" for c in "abcdefghijklm"]
    blocked = BlockList(words)
    assert blocked.found("aaazz")
    assert not blocked.found("mmmzz")
