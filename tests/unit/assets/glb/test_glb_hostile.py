"""Whatever the bytes are: one ``ShowroomError``, soon, and without much memory."""

import base64
import json
import os
import random
import struct
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from showroom_assets.errors import (
    DamagedFile,
    LimitExceeded,
    MissingFile,
    ShowroomError,
    UnsupportedFormat,
)
from showroom_assets.glb import Limits, read_glb, write_glb
from showroom_assets.glb.container import join
from showroom_assets.scene import Image, Material, Mesh, Node, Primitive, Scene, Texture, single

Json = dict[str, Any]


def png(width: int, height: int, body: bytes | None = None) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"\0\xff" * height if body is None else body)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def triangle(**parts: Any) -> Primitive:
    return Primitive(positions=np.eye(3, dtype=np.float32), indices=np.array([[0, 1, 2]], np.uint32), **parts)


def document(**changes: Any) -> tuple[Json, bytes]:
    """A valid triangle as JSON and binary, with root keys replaced."""
    data = write_glb(single(triangle()))
    size = struct.unpack_from("<I", data, 12)[0]
    body = json.loads(data[20 : 20 + size])
    return body | changes, data[28 + size :]


def refused(error: type[ShowroomError], body: Json, binary: bytes = b"", match: str | None = None) -> ShowroomError:
    with pytest.raises(error, match=match) as caught:
        read_glb(join(body, binary))
    assert "\n" not in caught.value.message
    assert caught.value.message.endswith(".")
    return caught.value


VALID = write_glb(
    single(
        triangle(normals=np.tile(np.float32([0, 0, 1]), (3, 1)), uvs=(np.zeros((3, 2), np.float32),), material=0),
        materials=(Material(json={"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}),),
        textures=(Texture(image=0),),
        images=(Image(data=png(1, 1)),),
    )
)


@pytest.mark.parametrize("length", range(0, len(VALID) - 1, 37))
def test_a_file_cut_short_anywhere_is_refused(length: int) -> None:
    with pytest.raises(ShowroomError):
        read_glb(VALID[:length])


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(VALID) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_flipped_bytes_give_a_scene_or_one_clear_error(changes: list[tuple[int, int]]) -> None:
    data = bytearray(VALID)
    for at, value in changes:
        data[at] = value
    with suppress(ShowroomError):  # and nothing else
        write_glb(read_glb(bytes(data)))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**70) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=5), children, max_size=3),
    max_leaves=6,
)  # fmt: skip


def paths(value: Any, prefix: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [prefix, *(path for key, item in items for path in paths(item, (*prefix, key)))]


BODY = json.loads(VALID[20 : 20 + struct.unpack_from("<I", VALID, 12)[0]])
BINARY = VALID[28 + struct.unpack_from("<I", VALID, 12)[0] :]
PATHS = [path for path in paths(BODY) if path]


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PATHS), json_values)
def test_any_value_in_place_of_any_part_gives_a_scene_or_one_clear_error(path: tuple[Any, ...], value: Any) -> None:
    body = json.loads(json.dumps(BODY))
    owner = body
    for key in path[:-1]:
        owner = owner[key]
    owner[path[-1]] = value
    with suppress(ShowroomError):  # and nothing else
        write_glb(read_glb(join(body, BINARY)))


def test_random_bytes_behind_a_right_header_are_refused() -> None:
    rng = random.Random(7)
    for size in (0, 1, 8, 100):
        with pytest.raises(ShowroomError):
            read_glb(struct.pack("<4sII", b"glTF", 2, 12 + size) + rng.randbytes(size))


def test_a_header_that_promises_a_billion_vertices_costs_neither_time_nor_memory() -> None:
    accessor = {"componentType": 5126, "type": "VEC3", "count": 10**9}
    body, binary = document(accessors=[accessor, {"componentType": 5123, "type": "SCALAR", "count": 3}])
    process = psutil.Process(os.getpid())
    before, start = process.memory_info().rss, time.process_time()
    refused(LimitExceeded, body, binary, match="vertices")
    assert time.process_time() - start < 1
    assert process.memory_info().rss - before < 50 << 20


def test_many_small_lies_are_counted_together() -> None:
    accessor = {"componentType": 5126, "type": "VEC4", "count": 15_000_000}
    body, binary = document(accessors=[accessor] * 30)
    body["meshes"] = [{"primitives": [{"attributes": {"POSITION": 0}}]}]
    body["skins"] = [{"joints": [0], "inverseBindMatrices": at} for at in range(30)]
    with pytest.raises(ShowroomError):
        read_glb(join(body, binary), limits=Limits(decoded_bytes=1 << 20))


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"nodes": [{"children": [1]}, {"children": [0]}], "scenes": [{"nodes": []}]}, "ancestor"),
        ({"nodes": [{"children": [0]}], "scenes": [{"nodes": [0]}]}, "child"),
        ({"nodes": [{"children": [2]}, {"children": [2]}, {}], "scenes": [{"nodes": [0, 1]}]}, "two parents"),
        ({"nodes": [{"mesh": 4}]}, "mesh"),
        ({"scenes": [{"nodes": [99]}]}, "nodes"),
        ({"nodes": [{"rotation": [0, 0, 0, 0], "mesh": 0}]}, "rotation"),
        ({"nodes": [{"translation": [1e999, 0, 0], "mesh": 0}]}, "JSON|finite"),
        ({"bufferViews": [{"buffer": 0, "byteOffset": 10**12, "byteLength": 36}]}, "ends at byte"),
        ({"buffers": [{"byteLength": 10**12}]}, "promises"),
    ],
)
def test_a_structure_that_contradicts_itself_is_damage(changes: Json, match: str) -> None:
    body, binary = document()
    if changes.get("nodes", [{}])[0].get("translation"):
        text = json.dumps(body | changes).replace("Infinity", "1e999").encode()
        text += b" " * (-len(text) % 4)
        data = struct.pack("<II", len(text), 0x4E4F534A) + text
        with pytest.raises(DamagedFile, match=match):
            read_glb(struct.pack("<4sII", b"glTF", 2, 12 + len(data)) + data)
        return
    refused(DamagedFile, body | changes, binary, match=match)


@pytest.mark.parametrize("what", ["channels", "textures", "materials"])
def test_a_million_small_things_are_refused(what: str) -> None:
    body, binary = document()
    if what == "channels":
        body["animations"] = [{"channels": [{}] * 1_000_000}]
    else:
        body[what] = [{}] * 1_000_000
    start = time.process_time()
    refused(LimitExceeded, body, binary)
    assert time.process_time() - start < 5


def test_nodes_nested_too_deeply_are_refused_without_recursion() -> None:
    nodes = [{"children": [at + 1]} for at in range(50_000)] + [{"mesh": 0}]
    body, binary = document(nodes=nodes, scenes=[{"nodes": [0]}])
    start = time.process_time()
    refused(LimitExceeded, body, binary, match="depth")
    assert time.process_time() - start < 3


def test_a_long_ring_of_nodes_is_found_soon() -> None:
    nodes = [{"children": [(at + 1) % 50_000]} for at in range(50_000)]
    body, binary = document(nodes=nodes, scenes=[{"nodes": []}])
    start = time.process_time()
    refused(ShowroomError, body, binary)
    assert time.process_time() - start < 3


def test_json_nested_too_deeply_is_refused() -> None:
    text = b'{"asset":{"version":"2.0"},"extras":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    with pytest.raises(DamagedFile):
        read_glb(text)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_positions_that_are_no_numbers_are_refused(value: float) -> None:
    positions = np.eye(3, dtype=np.float32)
    positions[1, 1] = value
    body, _ = document()
    binary = positions.tobytes() + np.array([0, 1, 2, 0], np.uint16).tobytes()
    body["bufferViews"] = [{"buffer": 0, "byteLength": 36}, {"buffer": 0, "byteOffset": 36, "byteLength": 6}]
    body["accessors"] = [
        {"bufferView": 0, "componentType": 5126, "type": "VEC3", "count": 3},
        {"bufferView": 1, "componentType": 5123, "type": "SCALAR", "count": 3},
    ]
    body["buffers"] = [{"byteLength": len(binary)}]
    refused(DamagedFile, body, binary, match="NaN")


def test_an_index_beyond_the_vertices_is_refused() -> None:
    scene = single(Primitive(positions=np.eye(3, dtype=np.float32), indices=np.array([[0, 1, 7]], np.uint32)))
    with pytest.raises(DamagedFile, match="vertex 7"):
        read_glb(write_glb(scene))


def test_a_joint_that_the_skin_has_not_is_refused() -> None:
    from showroom_assets.scene import Skin

    joints = np.full((3, 4), 5, np.uint16)
    weights = np.tile(np.float32([1, 0, 0, 0]), (3, 1))
    scene = Scene(
        nodes=(Node(), Node(mesh=0, skin=0)),
        roots=(0, 1),
        meshes=(Mesh(primitives=(triangle(joints=joints, weights=weights),)),),
        skins=(Skin(joints=(0,), inverse_bind=np.eye(4, dtype=np.float32)[None]),),
    )
    with pytest.raises(DamagedFile, match="joint 5"):
        read_glb(write_glb(scene))


def with_image(data: bytes) -> bytes:
    return write_glb(
        single(
            triangle(material=0),
            materials=(Material(json={"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}),),
            textures=(Texture(image=0),),
            images=(Image(data=data),),
        )
    )


def test_an_image_bomb_is_refused_by_its_header() -> None:
    start = time.process_time()
    with pytest.raises(LimitExceeded, match="pixels"):
        read_glb(with_image(png(60_000, 60_000, b"\0")))
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a" + b"\0" * 50, b"\x89PNG\r\n\x1a\n", b"\xabKTX 20\xbb\r\n\x1a\n", b"x" * 99]
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ShowroomError):
        read_glb(with_image(data))


@pytest.mark.parametrize(
    "uri",
    [
        "../secret.bin", "a/../../secret.bin", "/etc/passwd", "..%2Fsecret.bin", "C:\\secret.bin", "..\\secret.bin",
        "file:///etc/passwd", "http://example.com/x.bin", "//host/x.bin", "a%00b",
    ],
)  # fmt: skip
def test_a_name_that_climbs_out_of_the_folder_is_refused(tmp_path: Path, uri: str) -> None:
    (tmp_path / "secret.bin").write_bytes(bytes(64))
    (tmp_path / "in").mkdir()
    body, _ = document(buffers=[{"byteLength": 44, "uri": uri}])
    (tmp_path / "in" / "a.gltf").write_text(json.dumps(body))
    with pytest.raises(UnsupportedFormat):
        read_glb(tmp_path / "in" / "a.gltf")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.bin").write_bytes(bytes(64))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.bin").symlink_to(tmp_path / "secret.bin")
    body, _ = document(buffers=[{"byteLength": 44, "uri": "x.bin"}])
    (tmp_path / "in" / "a.gltf").write_text(json.dumps(body))
    with pytest.raises(UnsupportedFormat):
        read_glb(tmp_path / "in" / "a.gltf")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    body, _ = document(buffers=[{"byteLength": 44, "uri": "my%20mesh.bin"}])
    (tmp_path / "a.gltf").write_text(json.dumps(body))
    with pytest.raises(MissingFile, match=r"my mesh\.bin"):
        read_glb(tmp_path / "a.gltf")
    with pytest.raises(MissingFile, match="not there"):
        read_glb(tmp_path / "b.gltf")


def test_an_unknown_required_extension_is_named() -> None:
    body, binary = document(extensionsRequired=["ACME_wobble"])
    refused(UnsupportedFormat, body, binary, match="ACME_wobble")


def test_gltf_1_is_refused() -> None:
    body, binary = document(asset={"version": "1.0"})
    refused(UnsupportedFormat, body, binary, match="1.0")


@pytest.mark.parametrize("count", [3, 300, 3 * 10**8])
@pytest.mark.parametrize("mode", ["ATTRIBUTES", "TRIANGLES", "INDICES"])
@pytest.mark.parametrize("name", ["EXT_meshopt_compression", "KHR_meshopt_compression"])
def test_a_meshopt_stream_of_rubbish_is_refused(mode: str, name: str, count: int) -> None:
    packed = {"buffer": 0, "byteLength": 40, "byteStride": 4, "count": count, "mode": mode}
    views = [{"buffer": 1, "byteLength": count * 4, "extensions": {name: packed}}]
    accessor = {"bufferView": 0, "componentType": 5125, "type": "SCALAR", "count": count}
    body, _ = document(bufferViews=views, accessors=[accessor], buffers=[{"byteLength": 40}, {"byteLength": count * 4}])
    body["meshes"] = [{"primitives": [{"attributes": {"POSITION": 0}}]}]
    refused(ShowroomError, body, bytes(range(40)))


def test_a_draco_stream_of_rubbish_is_refused() -> None:
    packed = {"bufferView": 0, "attributes": {"POSITION": 0}}
    body, _ = document(bufferViews=[{"buffer": 0, "byteLength": 64}], buffers=[{"byteLength": 64}])
    body["meshes"][0]["primitives"][0]["extensions"] = {"KHR_draco_mesh_compression": packed}
    rng = random.Random(1)
    for head in (b"", b"DRACO", b"DRACO\x02\x02\x01\x01\x00\x00"):
        refused(DamagedFile, body, head + rng.randbytes(64 - len(head)), match="Draco")


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4))
def test_flipped_bytes_in_a_draco_stream_never_do_worse_than_an_error(changes: list[tuple[int, int]]) -> None:
    import DracoPy

    rng = np.random.default_rng(0)
    points = rng.random((60, 3)).astype(np.float32)
    stream = bytearray(DracoPy.encode(points, rng.integers(0, 60, (40, 3)).astype(np.uint32)))
    for at, value in changes:
        stream[5 + at % (len(stream) - 5)] = value
    packed = {"bufferView": 0, "attributes": {"POSITION": 0}}
    views = [{"buffer": 0, "byteLength": len(stream)}]
    body, _ = document(bufferViews=views, buffers=[{"byteLength": len(stream)}])
    body["meshes"][0]["primitives"][0]["extensions"] = {"KHR_draco_mesh_compression": packed}
    with suppress(ShowroomError):  # and nothing else
        read_glb(join(body, bytes(stream)))


def test_a_bad_data_uri_is_refused() -> None:
    for uri in ("data:application/octet-stream;base64", "data:;base64,@@@@", "data:;base64,A"):
        body, _ = document(buffers=[{"byteLength": 44, "uri": uri}])
        with pytest.raises(DamagedFile):
            read_glb(json.dumps(body).encode())


def test_a_data_uri_and_a_name_with_a_space_are_read(tmp_path: Path) -> None:
    body, binary = document()
    body["buffers"][0]["uri"] = "data:application/octet-stream;base64," + base64.b64encode(binary).decode()
    assert read_glb(json.dumps(body).encode()).triangles == 1
    for uri in ("my mesh.bin", "my%20mesh.bin"):
        body["buffers"][0]["uri"] = uri
        (tmp_path / "my mesh.bin").write_bytes(binary)
        (tmp_path / "a.gltf").write_text(json.dumps(body))
        assert read_glb(tmp_path / "a.gltf").triangles == 1
