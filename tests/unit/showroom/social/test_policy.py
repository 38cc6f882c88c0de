"""Settings become rules; filters are on without any."""

import random
from pathlib import Path

import pytest

from showroom.settings import Settings, with_changes
from showroom.social.chat import Chat, Scope
from showroom.social.errors import ChatRefused, NameRefused, PartyRefused
from showroom.social.names import NameRules
from showroom.social.policy import Policy
from showroom_assets.errors import MissingFile


def test_a_stores_own_words_are_refused_beside_those_that_come_with_the_server(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("# ours\nrivalshop\n", encoding="utf-8")
    policy = Policy(with_changes(Settings(), chat_words=str(words), chat_hosts=("casa.example",)))
    for text in ("go to R1valshop", "oh fuck", "see evil.example/x"):
        with pytest.raises(ChatRefused):
            policy.chat().say("ana", text, Scope.ROOM, now_ms=0)
    assert policy.chat().say("ana", "see casa.example/chairs", Scope.ROOM, now_ms=0)
    with pytest.raises(NameRefused):
        policy.names().check("Rivalshop")
    with pytest.raises(NameRefused):
        policy.names(["Casa Luma"]).check("Casa Luma")


def test_numbers_of_the_settings_are_those_of_the_rules() -> None:
    policy = Policy(with_changes(Settings(), party_people=2, chat_radius_m=3.5, voice_people=2, voice_radius_m=5.0))
    parties = policy.parties(None, random.Random(1))
    code = parties.create("ana").code
    parties.join("bob", code, 0)
    with pytest.raises(PartyRefused):
        parties.join("cy", code, 0)
    assert policy.chat().rules.near_m == 3.5
    assert (policy.voice().rules.speakers, policy.voice().rules.radius_m) == (2, 5.0)


def test_a_file_of_words_that_is_not_there_stops_the_server_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="chat_words"):
        Policy(with_changes(Settings(), chat_words=str(tmp_path / "none.txt")))


def test_rules_that_are_told_nothing_still_filter() -> None:
    with pytest.raises(ChatRefused):
        Chat().say("ana", "fuck off", Scope.ROOM, now_ms=0)
    with pytest.raises(NameRefused):
        NameRules().check("Fuck")
