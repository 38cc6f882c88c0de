"""Links are found however they are written; sentences are not links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom.social.links import has_link


@pytest.mark.parametrize(
    "text",
    [
        "see http://a.b/c", "HTTPS://EVIL.example", "https : //evil.example", "example.com", "go to example.com!",
        "sub.example.co", "www.anything.zzz", "www . evil . com", "evil (dot) com", "evil [dot] com", "evil dot com",
        "evil punto com", "t.me/abc", "bit.ly/3x", "a@b.example", "ｅｘａｍｐｌｅ．ｃｏｍ", "example。com",
        "javascript:alert(1)",
        "ex\u200bample.com", "discord.gg/xyz", "https://例え.jp", "tg://join",
    ],
)  # fmt: skip
def test_a_link_is_found(text: str) -> None:
    assert has_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "I like it.It is nice", "wait...what", "1.5/2", "v1.2", "10:30", "and/or", "e.g. this", "great.thanks",
        "你好。去吧",
        "¿Lo hay en otro color?", "3.14", "data: five", "he said: no", "...", "a.b.c", "well dot dot dot",
    ],
)  # fmt: skip
def test_a_sentence_is_none(text: str) -> None:
    assert not has_link(text)


@pytest.mark.parametrize(
    ("text", "is_link"),
    [
        ("example.com", False),
        ("https://shop.example.com/chair?x=1", False),
        ("www.example.com!", False),
        ("https://evil.example/example.com", True),
        ("http://example.com@evil.example", True),
        ("notexample.com", True),
        ("example.com.evil.com", True),
        ("ftp://example.com", True),
        ("example.com and evil.com", True),
    ],
)
def test_a_store_allows_its_own_hosts_and_no_others(text: str, is_link: bool) -> None:
    assert has_link(text, allowed=["example.com"]) is is_link


@given(st.text(alphabet="a.@/-:w ", max_size=500))
def test_any_row_of_dots_is_answered(text: str) -> None:
    assert isinstance(has_link(text), bool)
