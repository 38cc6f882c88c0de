"""Looks of bots."""

import random
import re
from collections import Counter

import msgspec

from showroom.bots.looks import BODIES, HAIRS, OUTFITS, SKIN, look
from showroom.realtime.look import Look

_WRITTEN = re.compile(r"(\w+)/(\w+)/(\w+)/x((?:[hwsa]-?[1-4])*)(c?)")


def test_every_look_is_one_that_the_server_takes_and_the_client_reads() -> None:
    chance = random.Random(7)
    for _ in range(2000):
        one = look(chance)
        assert msgspec.convert(msgspec.to_builtins(one), Look) == one
        found = _WRITTEN.fullmatch(one.avatar)
        assert found is not None, one.avatar
        assert found[1] in BODIES
        assert found[2] in HAIRS
        assert found[3] in OUTFITS
        assert len(one.tint) == 4


def test_a_crowd_is_mixed_and_nobody_looks_like_the_next() -> None:
    chance = random.Random(1)
    crowd = [look(chance) for _ in range(600)]
    assert len({(one.avatar, *one.tint) for one in crowd}) > 590
    parts = [Counter(one.avatar.split("/")[n] for one in crowd) for n in range(3)]
    assert [len(part) for part in parts] == [len(BODIES), len(HAIRS), len(OUTFITS)]
    assert max(parts[0].values()) < 2 * min(parts[0].values())
    assert {one.tint[0] for one in crowd} == set(SKIN)
    assert all(one.tint[2] != one.tint[3] for one in crowd)


def test_the_same_seed_dresses_the_same_crowd() -> None:
    first, again = (look(random.Random(3)) for _ in range(2))
    assert first == again
