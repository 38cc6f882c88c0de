"""The first look, in its own process: what cannot be converted is refused before it is queued."""

import zipfile
from pathlib import Path

import hostile_files as hostile
import pytest
import scan_files as good

from showroom.jobs.check import refusal

# What the first look must find: the kind, the size, and everything about a zip's index. The rest is the converter's.
_BEGIN = ("zip-climbs", "zip-abs", "zip-drive", "zip-link", "zip-in", "zip-bomb", "zip-of", "zip-enc", "unread-")
_FOUND = sorted(
    name for name in hostile.CASES if name.startswith(_BEGIN) or name in {"truncated-zip", "empty-zip", "noise-zip"}
)


@pytest.mark.parametrize("name", _FOUND)
def test_a_hostile_file_is_refused_at_the_first_look(name: str, tmp_path: Path) -> None:
    case = hostile.CASES[name]
    found = refusal(case.build(tmp_path))
    assert found is not None
    assert found["code"].startswith(case.code)
    assert case.words in found["message"]
    assert str(tmp_path) not in str(found)


def test_a_zip_of_two_models_is_refused(tmp_path: Path) -> None:
    (tmp_path / "scan.zip").write_bytes(good.zipped({"a.obj": good.obj_text(), "b/b.stl": good.stl_binary()}))
    found = refusal(tmp_path / "scan.zip")
    assert found is not None
    assert "2 models" in found["message"]


@pytest.mark.parametrize("name", ["scan.obj", "scan.ply", "scan.glb", "scan.zip", "scan"])
def test_good_files_pass(name: str, tmp_path: Path) -> None:
    data = {
        "scan.obj": good.obj_text(),
        "scan.ply": good.ply("ascii"),
        "scan.glb": good.glb(),
        "scan.zip": good.zipped(good.obj_tree()),
        "scan": good.glb(),
    }[name]
    (tmp_path / name).write_bytes(data)
    assert refusal(tmp_path / name) is None


def test_a_zip_of_depth_pictures_passes(tmp_path: Path) -> None:
    (tmp_path / "scan.zip").write_bytes(good.zipped(good.rgbd_tree("open3d")))
    assert refusal(tmp_path / "scan.zip") is None


def test_a_look_that_takes_too_long_is_a_refusal_not_a_hang(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "scan.zip", "w") as archive:
        archive.writestr("a.obj", good.obj_text())
    found = refusal(tmp_path / "scan.zip", timeout_s=0.001)
    assert found is not None
    assert found["code"] == "input.limit"
