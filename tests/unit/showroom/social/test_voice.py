"""Who hears whom: bounded, near, steady, and never against anybody's will."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom.social.errors import SignalRefused, TooFast
from showroom.social.voice import Ears, Voice, VoiceRules

_RULES = VoiceRules(speakers=3, listeners=5, radius_m=10, party_m=25)
_PLACE = st.tuples(st.floats(0, 40), st.floats(0, 40))


def _ears(
    points: list[tuple[float, float]],
    *,
    closed: frozenset[int] = frozenset(),
    party: list[int] | None = None,
    blocked: dict[str, frozenset[str]] | None = None,
) -> Ears:
    return Ears(
        people=[f"p{n}" for n in range(len(points))],
        points_m=np.array(points, float).reshape(-1, 2),
        is_open=np.array([n not in closed for n in range(len(points))], bool),
        party=np.array(party or [0] * len(points), np.int64),
        blocked=blocked or {},
    )


@given(
    st.lists(st.lists(_PLACE, min_size=8, max_size=8), min_size=1, max_size=5),
    st.frozensets(st.integers(0, 7)),
    st.lists(st.integers(0, 2), min_size=8, max_size=8),
    st.dictionaries(st.integers(0, 7), st.frozensets(st.integers(0, 7))),
)
def test_nobody_hears_too_many_or_from_too_far_or_against_a_will(
    steps: list[list[tuple[float, float]]],
    closed: frozenset[int],
    party: list[int],
    blocks: dict[int, frozenset[int]],
) -> None:
    voice = Voice(_RULES)
    blocked = {f"p{who}": frozenset(f"p{other}" for other in others) for who, others in blocks.items()}
    told: dict[str, set[str]] = {}
    for points in steps:
        for person, others in voice.update(_ears(points, closed=closed, party=party, blocked=blocked)).items():
            told[person] = set(others)
        heard_by: dict[str, int] = {}
        for listener in range(8):
            speakers = voice.hears(f"p{listener}")
            assert len(speakers) <= _RULES.speakers
            for name in speakers:
                speaker = int(name[1:])
                heard_by[name] = heard_by.get(name, 0) + 1
                assert speaker != listener
                assert speaker not in closed
                assert name not in blocked.get(f"p{listener}", ())
                assert f"p{listener}" not in blocked.get(name, ())
                together = party[speaker] == party[listener] > 0
                reach = (_RULES.party_m if together else _RULES.radius_m) / _RULES.keep
                assert math.dist(points[listener], points[speaker]) <= reach + 1e-9
        assert all(count <= _RULES.listeners for count in heard_by.values())
        for person in (f"p{n}" for n in range(8)):
            # Both ends of a connection are told of it, and what was told adds up to what is.
            assert set(voice.linked(person)) == told.get(person, set())
            assert all(person in voice.linked(other) for other in voice.linked(person))


def test_the_nearest_are_heard_first() -> None:
    voice = Voice(_RULES)
    voice.update(_ears([(0, 0), (4, 0), (1, 0), (3, 0), (2, 0), (30, 0)]))
    assert voice.hears("p0") == ("p2", "p4", "p3")


def test_side_by_side_nobody_is_switched_on_and_off() -> None:
    voice = Voice(VoiceRules(speakers=1, listeners=8, radius_m=10))
    changes = 0
    for step in range(50):
        sway = 0.1 * (-1) ** step
        ears = _ears([(0, 0), (2 + sway, 0), (-2 + sway, 0)], closed=frozenset({0}))
        changes += "p0" in voice.update(ears)
    assert changes == 1


def test_at_the_edge_a_voice_is_kept_until_clearly_away() -> None:
    voice = Voice(_RULES)
    heard = []
    for distance in (10.5, 9.5, 10.5, 13.0, 13.5, 10.5):
        voice.update(_ears([(0, 0), (distance, 0)], closed=frozenset({0})))
        heard.append(voice.hears("p0") == ("p1",))
    assert heard == [False, True, True, True, False, False]


def test_ones_party_comes_first() -> None:
    voice = Voice(VoiceRules(speakers=1, radius_m=10, party_m=25))
    voice.update(_ears([(0, 0), (3, 0), (5, 0)], closed=frozenset({0}), party=[7, 0, 7]))
    assert voice.hears("p0") == ("p2",)
    voice.update(_ears([(0, 0), (30, 0), (20, 0)], closed=frozenset({0}), party=[7, 0, 7]))
    assert voice.hears("p0") == ("p2",)


def test_a_closed_microphone_is_not_connected() -> None:
    voice = Voice(_RULES)
    voice.update(_ears([(0, 0), (1, 0)]))
    assert voice.linked("p0") == ("p1",)
    changes = voice.update(_ears([(0, 0), (1, 0)], closed=frozenset({0, 1})))
    assert changes == {"p0": (), "p1": ()}


def test_without_voice_nothing_is_decided() -> None:
    assert Voice(VoiceRules(speakers=0)).update(_ears([(0, 0), (1, 0)])) == {}
    assert Voice().update(_ears([])) == {}


def test_signals_pass_only_between_the_connected_and_within_bounds() -> None:
    voice = Voice(_RULES)
    voice.update(_ears([(0, 0), (1, 0), (30, 30)], closed=frozenset({0, 2})))
    voice.relay("p0", "p1", "offer", "v=0", 0)
    voice.relay("p1", "p0", "answer", "v=0", 0)
    for to, kind, data in (
        ("p2", "offer", ""),
        ("p1", "offer", "x" * 20_000),
        ("p1", "ice", "x" * 2000),
        ("p1", "?", ""),
    ):
        with pytest.raises(SignalRefused):
            voice.relay("p0", to, kind, data, 0)
    voice.relay("p0", "p2", "bye", "", 0)
    voice.gone("p1")
    with pytest.raises(SignalRefused):
        voice.relay("p0", "p1", "ice", "", 0)


def test_signals_are_bounded_in_pace() -> None:
    voice = Voice(_RULES)
    voice.update(_ears([(0, 0), (1, 0)]))
    for _ in range(120):
        voice.relay("p0", "p1", "ice", "", 0)
    with pytest.raises(TooFast):
        voice.relay("p0", "p1", "ice", "", 0)
    voice.relay("p1", "p0", "ice", "", 0)
