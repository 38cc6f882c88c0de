"""Step results survive the way to disk and back, and nothing foreign ever does."""

import hashlib
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from showroom_assets.scene import Image, Material, Primitive, Scene, Texture, single
from showroom_pipeline import values


def through(value: object) -> object:
    return values.decode(bytearray(b"".join(values.encode(value).chunks)))


def sample_scene(*, triangles: int, texture_bytes: int) -> Scene:
    rng = np.random.default_rng(7)
    vertices = triangles // 2
    primitive = Primitive(
        positions=rng.random((vertices, 3), dtype=np.float32),
        indices=rng.integers(0, vertices, (triangles, 3), dtype=np.uint32),
        normals=rng.random((vertices, 3), dtype=np.float32),
        uvs=(rng.random((vertices, 2), dtype=np.float32),),
        material=0,
        variants={0: 0},
    )
    return single(
        primitive,
        name="sample",
        materials=(Material(name="m", json={"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}),),
        textures=(Texture(image=0),),
        images=(Image(data=rng.bytes(texture_bytes)),),
    )


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.uint8, np.uint16, np.uint32, np.int64, np.bool_]),
        hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4),
        elements={"allow_nan": False},
    ),
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(st.text(), inner)
        | st.dictionaries(st.integers(), inner)
    ),
    max_leaves=12,
)


def same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray):
        return (
            isinstance(other, np.ndarray)
            and one.dtype == other.dtype
            and one.shape == other.shape
            and np.array_equal(one, other)
        )
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        assert isinstance(other, dict)
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        assert isinstance(other, list | tuple)
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return one == other


@given(plain)
def test_every_plain_value_comes_back_equal_and_of_the_same_type(value: object) -> None:
    assert same(through(value), value)


@given(plain)
def test_equal_values_have_equal_digests_however_they_share_memory(value: object) -> None:
    assert values.encode([value, value]).digest == values.encode([value, through(value)]).digest


def test_a_scene_comes_back_whole() -> None:
    scene = sample_scene(triangles=100, texture_bytes=1000)
    back = through(scene)
    assert isinstance(back, Scene)
    assert values.encode(back).digest == values.encode(scene).digest
    before, after = scene.meshes[0].primitives[0], back.meshes[0].primitives[0]
    assert np.array_equal(after.positions, before.positions)
    assert after.variants == {0: 0}
    assert after.tangents is None
    assert replace(back, meshes=()) == replace(scene, meshes=())


def test_a_picture_shared_by_levels_is_stored_once() -> None:
    scene = sample_scene(triangles=10, texture_bytes=100_000)
    assert values.encode([scene, scene, replace(scene, name="other")]).size_bytes < 110_000


def test_a_scan_of_40k_triangles_is_written_and_read_in_50_ms_each() -> None:
    scene = sample_scene(triangles=40_000, texture_bytes=2_000_000)
    begun = time.process_time()
    data = bytearray(b"".join(values.encode(scene).chunks))
    encoded = time.process_time()
    values.decode(data)
    assert encoded - begun < 0.05
    assert time.process_time() - encoded < 0.05


@given(st.data())
def test_any_altered_byte_is_noticed(data: st.DataObject) -> None:
    whole = bytearray(b"".join(values.encode([np.arange(40), b"picture", {"a": 1}]).chunks))
    blobs = [i for i in range(len(whole)) if not _is_padding(whole, i)]
    whole[data.draw(st.sampled_from(blobs))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(values.Unreadable):
        values.decode(whole)


def _is_padding(whole: bytearray, index: int) -> bool:
    header_end = values.PREFIX_BYTES + int.from_bytes(whole[values.PREFIX_BYTES - 4 : values.PREFIX_BYTES], "little")
    first = header_end + -header_end % 64
    second = first + 40 * 8 + -(first + 40 * 8) % 64
    return header_end <= index < first or first + 40 * 8 <= index < second


@given(st.integers(0, 600))
def test_a_truncated_file_is_noticed(length: int) -> None:
    whole = bytearray(b"".join(values.encode([np.arange(60), {"a": 1}]).chunks))
    with pytest.raises(values.Unreadable):
        values.decode(whole[: min(length, len(whole) - 1)])


@pytest.mark.parametrize("value", [{1, 2}, object(), len, np.array([object()]), Path("/etc"), 1j])
def test_what_has_no_safe_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"safe form|our own"):
        values.encode(value)


def test_a_forged_file_cannot_name_a_foreign_class() -> None:
    whole = b"".join(values.encode({"x": 1}).chunks)
    header = b'{"value":{"!c":"subprocess:Popen","f":{"args":"true"}},"blobs":[]}'
    forged = whole[:8] + hashlib.sha256(header).digest() + len(header).to_bytes(4, "little") + header
    with pytest.raises(values.Unreadable, match="not one of our own"):
        values.decode(bytearray(forged))
