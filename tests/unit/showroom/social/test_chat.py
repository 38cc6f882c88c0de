"""Chat: bounds of length and pace, slow mode, repeats, and silence for who goes on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom.social.chat import Chat, ChatRules, Scope, within, without
from showroom.social.errors import ChatRefused, ChatTooFast, Muted
from showroom.social.words import BlockList

_MINUTE = 60_000


@given(st.lists(st.tuples(st.integers(0, 3000), st.sampled_from("ab"), st.text(max_size=30)), max_size=100))
def test_nobody_is_heard_more_often_than_the_rules_allow(tries: list[tuple[int, str, str]]) -> None:
    rules = ChatRules()
    chat = Chat(rules)
    now, heard = 0, {"a": 0, "b": 0}
    for step, person, text in tries:
        now += step
        try:
            message = chat.say(person, text, Scope.ROOM, now_ms=now)
        except (ChatRefused, ChatTooFast, Muted):
            continue
        assert 0 < len(message.text) <= rules.longest
        heard[person] += 1
        assert heard[person] <= rules.burst + rules.per_s * now / 1000 + 1e-6


def test_what_is_said_is_cleaned() -> None:
    message = Chat().say("ana", "  hello\n\u202e there\u200b ", Scope.ROOM, now_ms=0)
    assert message.text == "hello there"


def test_the_author_is_always_among_those_who_hear() -> None:
    assert Chat().say("ana", "hi", Scope.NEAR, now_ms=0, audience=["bob"]).audience == {"ana", "bob"}
    assert Chat().say("ana", "hi", Scope.ROOM, now_ms=0).audience is None


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "x" * 501, "see http://evil.example", "fuck you"])
def test_what_is_not_fit_is_refused_to_its_author(text: str) -> None:
    with pytest.raises(ChatRefused):
        Chat(blocked=BlockList(["fuck"])).say("ana", text, Scope.ROOM, now_ms=0)


def test_staff_may_name_links() -> None:
    message = Chat().say("host", "the list is at https://shop.example", Scope.ROOM, now_ms=0, is_staff=True)
    assert "https" in message.text


def test_slow_mode_spaces_messages_but_not_those_of_a_party_or_of_staff() -> None:
    chat = Chat()
    chat.say("ana", "one", Scope.ROOM, now_ms=0, slow_s=10)
    with pytest.raises(ChatTooFast) as refused:
        chat.say("ana", "two", Scope.ROOM, now_ms=4_000, slow_s=10)
    assert refused.value.fields["retry_after_ms"] == 6_000
    chat.say("ana", "two", Scope.PARTY, now_ms=4_000, slow_s=10)
    chat.say("host", "one", Scope.ROOM, now_ms=0, slow_s=10, is_staff=True)
    chat.say("host", "two", Scope.ROOM, now_ms=1_000, slow_s=10, is_staff=True)
    chat.say("ana", "three", Scope.ROOM, now_ms=14_000, slow_s=10)


def test_the_same_again_and_again_is_refused_however_it_is_written() -> None:
    chat = Chat(ChatRules(per_s=10, burst=100))
    for text in ("Buy now", "BUY NOW!", "buy... now"):
        chat.say("ana", text, Scope.ROOM, now_ms=0)
    with pytest.raises(ChatRefused):
        chat.say("ana", "buy nów", Scope.ROOM, now_ms=1_000)
    chat.say("ana", "Buy now", Scope.ROOM, now_ms=31_000)


def test_a_flood_from_many_accounts_is_cut_off() -> None:
    chat = Chat()
    text = "come all to the other shop"
    for number in range(6):
        chat.say(f"bot{number}", text, Scope.ROOM, now_ms=number)
    with pytest.raises(ChatRefused):
        chat.say("bot7", text, Scope.ROOM, now_ms=100)
    for number in range(8):
        chat.say(f"bot{number}", "👏", Scope.ROOM, now_ms=10_000 + number)


def test_who_goes_on_all_the_same_is_silent_for_a_minute_and_then_not() -> None:
    chat = Chat()
    for number in range(6):
        with pytest.raises((ChatRefused, ChatTooFast)):
            chat.say("ana", "http://evil.example", Scope.ROOM, now_ms=number * 2000)
    with pytest.raises(Muted) as muted:
        chat.say("ana", "hello", Scope.ROOM, now_ms=12_000)
    assert muted.value.fields["retry_after_ms"] > 0
    chat.say("bob", "hello", Scope.ROOM, now_ms=12_000)
    chat.say("ana", "hello", Scope.ROOM, now_ms=12_000 + _MINUTE)


def test_who_was_silent_long_ago_is_forgotten_and_who_was_silenced_is_not() -> None:
    chat = Chat(ChatRules(silence_s=100_000))
    chat.say("ana", "hello", Scope.ROOM, now_ms=0)
    for number in range(6):
        with pytest.raises((ChatRefused, ChatTooFast)):
            chat.say("eve", "http://evil.example", Scope.ROOM, now_ms=number)
    chat.forget(90 * _MINUTE)
    with pytest.raises(Muted):
        chat.say("eve", "hello", Scope.ROOM, now_ms=90 * _MINUTE)


def test_nearby_is_a_circle_and_blockers_are_left_out() -> None:
    places = {"ana": (0.0, 0.0), "bob": (3.0, 4.0), "cy": (5.1, 0.0)}
    assert within("ana", places, 5.0) == {"ana", "bob"}
    assert without({"ana", "bob", "cy"}, "ana", {"bob": {"ana"}, "cy": {"bob"}}) == {"ana", "cy"}
