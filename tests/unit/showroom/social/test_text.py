"""What strangers write is shown without tricks, and compared without disguise."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom.social.text import clean, fold, skeleton

_TRICKY = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from(
            "\u202e\u2066\u200b\u200d\u200c\ufeff\u00ad\u0301\u0488\u3164\u2800\ufe0f\U000e0041 \t\n\u2028aé中👩"
        ),
    ),
    max_size=60,
)


@given(_TRICKY)
def test_cleaned_text_is_clean_for_good(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(_TRICKY)
def test_nothing_invisible_or_turning_the_line_is_shown(text: str) -> None:
    for character in clean(text):
        assert unicodedata.category(character) not in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")
        assert unicodedata.category(character) != "Cf" or character in "\u200c\u200d"
        assert character not in "\u3164\u2800\u115f"


@given(_TRICKY)
def test_marks_do_not_pile_up(text: str) -> None:
    run = 0
    for character in clean(text):
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        # Composing may leave one base with the marks that it has no single form for.
        assert run <= 4


@given(_TRICKY)
def test_text_is_on_one_line_and_without_space_at_its_ends(text: str) -> None:
    shown = clean(text)
    assert shown == shown.strip()
    assert "  " not in shown
    assert "\n" not in shown


@given(_TRICKY)
def test_folding_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "text",
    ["héllo", "你好，世界！", "¿Qué tal?", "👨‍👩‍👧 ❤️", "می‌خواهم", "नमस्ते", "Xin chào thế giới", "สวัสดีครับ"],
)
def test_what_people_really_write_is_left_alone(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text)


def test_one_look_has_one_skeleton() -> None:
    assert (
        len({skeleton(name) for name in ("admin", "Аdmin", "ADМIN", "ad\u200bmin", "4dm1n", "ａｄｍｉｎ", "adrnin")})
        == 1
    )


def test_different_names_keep_different_skeletons() -> None:
    assert len({skeleton(name) for name in ("Ana", "Anna", "Bo", "小明", "小红", "Иван", "Мария")}) == 7
