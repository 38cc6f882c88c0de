"""The search: forgiving, ranked, at home in several writings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom.search import Entry, Index, within, words

SHOP = Index(
    [
        Entry("chair", [(8.0, "Lund chair"), (1.0, "A light dining chair with turned legs")]),
        Entry("lamp", [(8.0, "Halo lamp"), (1.0, "stands beside a chair")]),
        Entry("sofa", [(8.0, "Dune sofa"), (2.0, "Bone bouclé"), (1.0, "curly bouclé")]),
        Entry("gafas", [(8.0, "Gafas de sol"), (1.0, "Montura metálica, niño y niña")]),
        Entry("stool", [(8.0, "北欧餐椅"), (1.0, "实木 橡木")]),
        Entry("strasse", [(8.0, "Straßenschuh")]),
    ]
)


@given(st.text(max_size=60))
def test_whatever_is_asked_an_answer_names_each_product_once(query: str) -> None:
    found = SHOP.find(query)
    assert len(found) == len(set(found))


@given(st.text("abcdef", max_size=9), st.text("abcdef", max_size=9))
def test_a_typing_error_is_the_same_in_both_directions(a: str, b: str) -> None:
    assert within(a, b, 2) == within(b, a, 2)
    assert within(a, a, 0)


@given(st.text("abcdef", min_size=2, max_size=9), st.data())
def test_one_slip_of_the_fingers_is_one_error(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    dropped = word[:at] + word[at + 1 :]
    assert within(word, swapped, 1)
    assert within(word, dropped, 1)
    assert within(dropped, word, 1)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("chair", ["chair", "lamp"]),  # the name counts more than a mention
        ("CHAIR lund", ["chair"]),
        ("chiar", ["chair", "lamp"]),
        ("bouclé", ["sofa"]),
        ("boucle", ["sofa"]),
        ("metalica", ["gafas"]),
        ("niño", ["gafas"]),
        ("餐椅", ["stool"]),
        ("椅", ["stool"]),
        ("橡木餐椅", ["stool"]),
        ("STRASSEN", ["strasse"]),
        ("du", ["sofa"]),
        ("x", []),
        ("", []),
        ("…—!", []),
        ("ｌａｍｐ", ["lamp"]),
    ],
)
def test_a_query_finds_what_was_meant(query: str, found: list[str]) -> None:
    assert SHOP.find(query) == found


def test_a_word_too_many_still_finds_what_has_the_others() -> None:
    assert SHOP.find("light dining chair mahogany") == ["chair"]


def test_words_are_bounded() -> None:
    assert max(map(len, words("x" * 10_000))) <= 40
