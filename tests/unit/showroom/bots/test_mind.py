"""What bots want: reproducible, lively, and fit for every store's own rules."""

import random

import pytest

from showroom.bots.ground import Ground
from showroom.bots.mind import Behaviour, Mind, Temper, pick_language
from showroom.bots.phrases import NAMES, PHRASES
from showroom.bots.walker import Walker
from showroom.protocol import actions
from showroom.protocol.ids import Mode
from showroom.protocol.messages import FromClient, Say, State, decode_from_client, encode_to_server
from showroom.social.chat import Chat, Scope
from showroom.social.dealings.talk import REACTIONS
from showroom.social.names import NameRules
from showroom.social.words import BlockList, default_words


def _visit(
    ground: Ground, seed: int, *, seconds: int = 120, has_party: bool = False, **how: object
) -> list[FromClient]:
    walker = Walker(ground.stops[0].at)
    mind = Mind(ground, walker, random.Random(seed), **how)  # type: ignore[arg-type]
    done: list[FromClient] = []
    for step in range(seconds * 10):
        if step % 3 == 0:
            done += mind.think(step / 10, has_party=has_party)
        walker.step(0.1, ground)
    return done


def test_the_same_seed_gives_the_same_visit(ground: Ground) -> None:
    assert _visit(ground, 7) == _visit(ground, 7)
    assert _visit(ground, 7) != _visit(ground, 8)


def test_an_afternoon_has_looks_at_several_things_and_some_talk(ground: Ground) -> None:
    done = _visit(ground, 3, seconds=600, temper=Temper(say_per_min=2))
    looked_at = {message.focus for message in done if isinstance(message, State) and message.mode != Mode.NONE}
    assert len(looked_at) >= 5
    assert any(isinstance(message, Say) for message in done)
    assert any(isinstance(message, actions.React) for message in done)


@pytest.mark.parametrize("behaviour", list(Behaviour))
def test_all_that_is_done_can_be_said_on_the_wire(ground: Ground, behaviour: Behaviour) -> None:
    done = _visit(ground, 1, behaviour=behaviour, has_party=True, meeting_point=ground.stops[0])
    for message in done:
        assert decode_from_client(encode_to_server(message)) == message
        if isinstance(message, actions.React):
            assert message.kind in REACTIONS


def test_who_stands_does_not_walk_and_who_wanders_does_not_stand(ground: Ground) -> None:
    for behaviour, is_moving in ((Behaviour.STAND, False), (Behaviour.WANDER, True)):
        walker = Walker(ground.stops[0].at)
        mind = Mind(ground, walker, random.Random(1), behaviour=behaviour)
        moving = 0
        for step in range(600):
            if step % 3 == 0:
                mind.think(step / 10)
            walker.step(0.1, ground)
            moving += walker.speed > 0.2
        assert (moving > 450) is is_moving
        assert (moving == 0) is not is_moving


def test_a_friend_stays_beside(ground: Ground) -> None:
    leader, friend = Walker(ground.stops[0].at), Walker(ground.stops[3].at)
    leading = Mind(ground, leader, random.Random(1))
    following = Mind(ground, friend, random.Random(2), leader=leader)
    apart = []
    for step in range(1200):
        if step % 3 == 0:
            leading.think(step / 10)
            following.think(step / 10)
        for walker in (leader, friend):
            walker.step(0.1, ground)
        apart.append(((leader.at[0] - friend.at[0]) ** 2 + (leader.at[1] - friend.at[1]) ** 2) ** 0.5)
    apart = sorted(apart[300:])
    assert apart[len(apart) // 2] < 2.0
    assert apart[-1] < 7


@pytest.mark.parametrize("language", list(PHRASES))
def test_a_store_with_the_default_filters_lets_the_bots_speak(language: str) -> None:
    chat = Chat(blocked=BlockList(default_words()))
    for number, phrase in enumerate(PHRASES[language]):
        assert chat.say("bot", phrase, Scope.ROOM, now_ms=number * 10_000).text == phrase
    rules = NameRules(blocked=BlockList(default_words()))
    for name in NAMES[language]:
        assert rules.check(f"{name} 12")


def test_a_language_it_does_not_speak_is_english() -> None:
    assert pick_language(["fi"], random.Random(1)) == "en"
    assert pick_language([], random.Random(1)) == "en"
    assert pick_language(["zh"], random.Random(1)) == "zh"
