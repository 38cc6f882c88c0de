"""Which files are avatars that others are shown."""

import random
import tracemalloc

import pytest
from avatar_files import avatar, changed
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom.avatars.check import MOST_TRIANGLES, check
from showroom.avatars.errors import AvatarRefused


def test_an_avatar_is_taken_and_described() -> None:
    facts = check(avatar(triangles=500, textures=3, bones=22, height_m=1.65))
    assert (facts.triangles, facts.textures, facts.bones) == (502, 3, 22)
    assert facts.height_m == pytest.approx(1.65, abs=1e-3)
    assert not facts.is_vrm


def test_a_vrm_is_one_too() -> None:
    vrm = changed(avatar(), extensions={"VRMC_vrm": {"specVersion": "1.0"}}, extensionsUsed=["VRMC_vrm"])
    assert check(vrm).is_vrm


@pytest.mark.parametrize(
    ("file", "word"),
    [
        (lambda: avatar(triangles=MOST_TRIANGLES + 1), "triangles"),
        (lambda: avatar(textures=7), "7 textures"),
        (lambda: avatar(texture_px=4096), "pixels"),
        (lambda: avatar(bones=14), "skeleton"),
        (lambda: avatar(bones=0), "skeleton"),
        (lambda: avatar(height_m=0.1), "0.10 m tall"),
        (lambda: avatar(height_m=30), "30.00 m tall"),
        (lambda: avatar(shift_m=40), "stands at the origin"),
        (lambda: changed(avatar(), images=[{"uri": "https://spy.example/a.png"}]), "one file"),
        (lambda: changed(avatar(), buffers=[{"byteLength": 4, "uri": "data.bin"}]), "one file"),
        (lambda: changed(avatar(), extensionsUsed=["KHR_draco_mesh_compression"]), "Draco"),
        (lambda: changed(avatar(), extensionsUsed=["X"], extensionsRequired=["X"]), "extension"),
        (lambda: changed(avatar(), meshes=[]), "cannot|no "),
        (lambda: b"", "GLB|glTF|empty"),
        (lambda: b"MZ" + bytes(4000), "GLB|glTF"),
        (lambda: avatar()[:-200], "cannot be read|no avatar"),
    ],
)  # fmt: skip
def test_what_nobody_should_be_shown_is_refused_with_what_to_do(file: object, word: str) -> None:
    with pytest.raises(AvatarRefused, match=word) as caught:
        check(file())  # type: ignore[operator]
    assert "raise the limit" not in caught.value.message


def test_numbers_that_lie_allocate_nothing() -> None:
    data = avatar()
    vast = [{"bufferView": 0, "componentType": 5126, "count": 2**31 - 1, "type": "MAT4"}] * 20
    tracemalloc.start()
    try:
        with pytest.raises(AvatarRefused):
            check(changed(data, accessors=vast))
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 4 << 20


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_whatever_is_broken_is_refused_and_never_an_error_of_ours(seed: int, flips: int) -> None:
    chance = random.Random(seed)
    data = bytearray(_PLAIN)
    for _ in range(flips):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        check(bytes(data))
    except AvatarRefused:
        return


_PLAIN = avatar(triangles=40)
