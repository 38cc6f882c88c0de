"""The bytes of uploads: one writer at a time, what was not acknowledged is cut off, no name is a path."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom.jobs.errors import UploadGone, UploadTaken
from showroom.jobs.parts import Parts

ID = "abcdef0123"


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    found = Parts(tmp_path / "uploads")
    found.create(ID, ".obj")
    return found


def test_what_was_not_acknowledged_is_cut_off_before_more_is_written(parts: Parts) -> None:
    part = parts.open(ID, ".obj")
    part.begin(0)
    part.write(b"known")
    assert part.sync() == 5
    part.write(b" and lost")
    part.close()
    again = parts.open(ID, ".obj")
    again.begin(5)
    again.write(b"!")
    again.sync()
    again.close()
    assert parts.path(ID, ".obj").read_bytes() == b"known!"


def test_two_never_write_at_once_and_the_second_may_when_the_first_has_gone(parts: Parts) -> None:
    first = parts.open(ID, ".obj")
    first.begin(0)
    with pytest.raises(UploadTaken):
        parts.open(ID, ".obj")
    first.close()
    first.close()
    parts.open(ID, ".obj").close()


def test_a_part_that_is_taken_back_leaves_no_byte(parts: Parts) -> None:
    part = parts.open(ID, ".obj")
    part.begin(0)
    part.write(b"good")
    part.sync()
    part.close()
    part = parts.open(ID, ".obj")
    part.begin(4)
    part.write(b"bad")
    part.take_back()
    part.write(b"better")
    part.close()
    assert parts.path(ID, ".obj").read_bytes() == b"goodbetter"


def test_bytes_that_the_disk_lost_are_noticed(parts: Parts) -> None:
    part = parts.open(ID, ".obj")
    assert part.begin(100) == 0
    part.close()


def test_writing_to_a_removed_upload_is_gone(parts: Parts) -> None:
    parts.remove(ID)
    with pytest.raises(UploadGone):
        parts.open(ID, ".obj")
    assert parts.ids() == []


@given(st.text(max_size=20), st.text(max_size=20))
def test_only_the_servers_own_ids_and_plain_suffixes_are_paths(
    tmp_path_factory: pytest.TempPathFactory, upload: str, suffix: str
) -> None:
    parts = Parts(tmp_path_factory.getbasetemp() / "uploads")
    try:
        path = parts.path(upload, suffix)
    except ValueError:
        return
    assert path.parent.parent == parts.root
    assert path.name.startswith("scan")


@pytest.mark.parametrize("upload", ["..", "../../etc", "a/b", "", "ABCDEFGHI", "abcdefgh\n", "a" * 41])
def test_what_is_no_id_is_no_path(parts: Parts, upload: str) -> None:
    with pytest.raises(ValueError, match="not an id"):
        parts.folder(upload)


def test_to_open_a_file_cuts_nothing_off(parts: Parts) -> None:
    part = parts.open(ID, ".obj")
    part.begin(0)
    part.write(b"known")
    part.sync()
    part.close()
    parts.open(ID, ".obj").close()
    assert parts.path(ID, ".obj").read_bytes() == b"known"
