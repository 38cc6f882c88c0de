"""Blobs: what comes out is what went in, or an error; a name is taken once, by one."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom_assets.blobs import Blobs
from showroom_assets.errors import BlobDamaged, LibraryError
from showroom_assets.manifest import hash_file
from showroom_assets.objects import Objects


@pytest.fixture(params=["folder", "memory"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    return Objects(str(tmp_path / "store") if request.param == "folder" else "memory://")


@settings(max_examples=30)
@given(st.binary(max_size=5000))
def test_bytes_come_back_as_they_went_in(data: bytes) -> None:
    blobs = Blobs(Objects("memory://"), "n/blobs")
    digest = blobs.put_bytes(data)
    assert blobs.put_bytes(data) == digest
    assert blobs.read(digest, size_bytes=len(data)) == data
    assert list(blobs.entries()) == [digest]


def test_a_large_file_goes_in_and_out_piece_by_piece(objects: Objects, tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(os.urandom(1 << 20) * 12)
    digest, size_bytes = hash_file(path)
    blobs = Blobs(objects, "n/blobs")
    assert blobs.put_file(path, sha256=digest, size_bytes=size_bytes)
    assert not blobs.put_file(path, sha256=digest, size_bytes=size_bytes)
    chunks = blobs.stream(digest, size_bytes=size_bytes)
    assert chunks is not None
    pieces = list(chunks)
    assert b"".join(pieces) == path.read_bytes()
    assert len(pieces) > 1 or objects.url == "memory://"


@pytest.mark.parametrize("size", [10, 9 << 20])
def test_a_file_that_changed_since_it_was_hashed_is_not_stored(objects: Objects, tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a" * size)
    digest, size_bytes = hash_file(path)
    path.write_bytes(b"b" * size)
    blobs = Blobs(objects, "n/blobs")
    with pytest.raises(BlobDamaged):
        blobs.put_file(path, sha256=digest, size_bytes=size_bytes)
    path.write_bytes(b"a" * (size + 1))
    with pytest.raises(BlobDamaged):
        blobs.put_file(path, sha256=digest, size_bytes=size_bytes)
    assert blobs.entries() == {}


def test_a_blob_that_rotted_is_never_returned(objects: Objects) -> None:
    blobs = Blobs(objects, "n/blobs")
    data = b"0123456789" * 300_000
    digest = blobs.put_bytes(data)
    for rotten in (data[:-1], data + b"x", b"x" + data[1:], b""):
        objects.replace(f"n/blobs/{digest[:2]}/{digest}", (rotten,))
        with pytest.raises(BlobDamaged):
            blobs.read(digest, size_bytes=len(data))
        got: list[bytes] = []
        chunks = blobs.stream(digest, size_bytes=len(data))
        assert chunks is not None
        with pytest.raises(BlobDamaged):
            got.extend(chunks)
        assert len(b"".join(got)) < len(data)


def test_a_truncated_blob_is_mended_by_storing_it_again(objects: Objects, tmp_path: Path) -> None:
    blobs = Blobs(objects, "n/blobs")
    path = tmp_path / "file"
    path.write_bytes(b"content")
    digest, size_bytes = hash_file(path)
    for again in (
        lambda: blobs.put_file(path, sha256=digest, size_bytes=size_bytes),
        lambda: blobs.put_bytes(b"content"),
    ):
        objects.replace(f"n/blobs/{digest[:2]}/{digest}", (b"cont",))
        again()
        assert blobs.read(digest, size_bytes=size_bytes) == b"content"


def test_what_is_not_there_is_none(objects: Objects) -> None:
    blobs = Blobs(objects, "n/blobs")
    assert blobs.read("0" * 64, size_bytes=1) is None
    assert not blobs.has("0" * 64, size_bytes=1)
    blobs.delete("0" * 64)


def test_of_many_writers_of_one_key_exactly_one_succeeds(objects: Objects) -> None:
    for number in range(20):
        key = f"n/log/{number}"
        start = threading.Barrier(4)
        won: list[bytes] = []

        def write(me: bytes, key: str = key, start: threading.Barrier = start, won: list[bytes] = won) -> None:
            start.wait()
            if objects.create(key, me * 1000):
                won.append(me)

        threads = [threading.Thread(target=write, args=(bytes([65 + i]),)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1
        assert objects.read(key) == won[0] * 1000


def test_a_writer_that_fails_half_way_changes_nothing(objects: Objects) -> None:
    objects.replace("n/key", (b"before",))

    def half() -> Iterator[bytes]:
        yield b"x" * 9_000_000
        raise BlobDamaged("no")

    with pytest.raises(BlobDamaged):
        objects.replace("n/key", half())
    assert objects.read("n/key") == b"before"
    assert [stat.key for stat in objects.entries("n")] == ["n/key"]


def test_nothing_is_left_in_the_staging_place(tmp_path: Path) -> None:
    objects = Objects(str(tmp_path))
    objects.create("n/key", b"1")
    objects.create("n/key", b"2")
    objects.replace("n/key", (b"3",))
    assert list((tmp_path / ".staging").iterdir()) == []
    (tmp_path / ".staging" / "left-by-a-killed-writer").write_bytes(b"x")
    now = (tmp_path / ".staging" / "left-by-a-killed-writer").stat().st_mtime
    assert objects.sweep(older_than_s=10, now=now + 5) == 0
    assert objects.sweep(older_than_s=10, now=now + 15) == 1
    assert list((tmp_path / ".staging").iterdir()) == []


@pytest.mark.parametrize("key", ["../x", "/x", "a//b", "a/../b", "", "a/", "A", ".staging/x", "a\n", "a\\b", "a/.b"])
def test_a_key_that_could_climb_is_refused_everywhere(objects: Objects, key: str) -> None:
    for act in (
        lambda: objects.create(key, b""),
        lambda: objects.replace(key, ()),
        lambda: objects.read(key),
        lambda: objects.stat(key),
        lambda: objects.delete(key),
        lambda: objects.entries(key),
        lambda: objects.folders(key),
    ):
        with pytest.raises(ValueError, match="not a key"):
            act()


@pytest.mark.parametrize("url", ["ftp://x/y", "http://x", "s3://", "/proc/nowhere/library", "/dev/null/x"])
def test_an_address_that_is_no_library_says_so_in_one_line(url: str) -> None:
    with pytest.raises(LibraryError) as caught:
        Objects(url)
    assert "\n" not in caught.value.message


def test_files_are_synced_before_they_get_their_name_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    real_fsync, real_link, real_replace = os.fsync, os.link, os.replace

    def fsync(descriptor: int) -> None:
        done.append("sync folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "sync file")
        real_fsync(descriptor)

    def link(a: Path, b: Path) -> None:
        done.append("name")
        real_link(a, b)

    def replace(a: Path, b: Path) -> None:
        done.append("name")
        real_replace(a, b)

    objects = Objects(str(tmp_path))
    objects.create("n/first", b"")
    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "link", link)
    monkeypatch.setattr(os, "replace", replace)
    for act in (lambda: objects.create("n/a", b"1"), lambda: objects.replace("n/b", (b"1",))):
        done.clear()
        act()
        assert done == ["sync file", "name", "sync folder"]
    done.clear()
    assert not objects.create("n/a", b"2")
    assert done[-1] == "sync folder", "another writer's name must be safe before it is relied on"
