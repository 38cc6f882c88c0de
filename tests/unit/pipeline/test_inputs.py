"""Names, folders and hashes of what is to be converted."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from showroom_assets.errors import MissingFile
from showroom_pipeline import inputs
from showroom_pipeline.options import Options


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")


def found(*paths: Path) -> dict[str, Path]:
    scans, refused = inputs.find(paths)
    assert refused == []
    return {scan.name: scan.path for scan in scans}


def test_a_folder_with_one_model_is_one_product_of_its_name(tmp_path: Path) -> None:
    put(tmp_path, "Blue Chair/model.obj", "Blue Chair/texture.png")
    assert found(tmp_path / "Blue Chair") == {"Blue Chair": tmp_path / "Blue Chair"}


def test_a_folder_of_scans_is_many_products(tmp_path: Path) -> None:
    put(tmp_path, "a/model.obj", "b/model.obj", "c.ply")
    assert found(tmp_path) == {"a": tmp_path / "a", "b": tmp_path / "b", "c": tmp_path / "c.ply"}


def test_equal_names_are_both_kept_in_the_order_given(tmp_path: Path) -> None:
    put(tmp_path, "one/chair.obj", "two/Chair.obj", "three/chair.stl")
    paths = [tmp_path / "two/Chair.obj", tmp_path / "one/chair.obj", tmp_path / "three/chair.stl"]
    assert list(found(*paths).items()) == [("Chair", paths[0]), ("chair-2", paths[1]), ("chair-3", paths[2])]


def test_the_same_path_twice_is_one_input(tmp_path: Path) -> None:
    put(tmp_path, "a.obj")
    assert len(found(tmp_path / "a.obj", tmp_path / "a.obj")) == 1


def test_a_file_called_model_takes_its_folders_name(tmp_path: Path) -> None:
    put(tmp_path, "Red Shoe/model.obj")
    assert list(found(tmp_path / "Red Shoe" / "model.obj")) == ["Red Shoe"]


def test_an_inbox_with_one_scan_is_no_scan_itself(tmp_path: Path) -> None:
    put(tmp_path, "chair/model.obj", "readme.txt", "lamp.glb")
    assert inputs.waiting(tmp_path) == [tmp_path / "chair", tmp_path / "lamp.glb"]


def test_a_missing_path_is_refused_and_the_others_are_found(tmp_path: Path) -> None:
    put(tmp_path, "a.obj")
    scans, refused = inputs.find([tmp_path / "no.obj", tmp_path / "a.obj"])
    assert [scan.name for scan in scans] == ["a"]
    assert isinstance(refused[0][1], MissingFile)


@given(st.text(max_size=200))
def test_any_name_becomes_one_plain_folder_name(text: str) -> None:
    safe = inputs.safe_name(text)
    assert safe == os.path.basename(safe)
    assert safe not in {"", ".", ".."}
    assert not safe.startswith(".")
    assert 0 < len(safe) <= 80
    assert not set(safe) & set('/\\:*?"<>|\0\n\r')


def test_the_files_of_an_obj_are_it_and_the_pictures_and_materials_beside_it(tmp_path: Path) -> None:
    put(tmp_path, "a.obj", "a.mtl", "my texture.png", "b.obj", ".hidden.png", "notes.txt")
    assert sorted(path.name for path in inputs.files_of(tmp_path / "a.obj")) == ["a.mtl", "a.obj", "my texture.png"]
    assert inputs.files_of(tmp_path / "a.stl") == [tmp_path / "a.stl"]


def test_a_file_is_read_again_only_if_its_state_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.stl", "b.stl")
    first = inputs.states(tmp_path)
    (tmp_path / "b.stl").write_text("other")
    read: list[str] = []
    whole = inputs._hash
    monkeypatch.setattr(inputs, "_hash", lambda path: (read.append(path.name), whole(path))[1])
    second = inputs.states(tmp_path, first)
    assert read == ["b.stl"]
    assert inputs.content_digest(tmp_path, first) != inputs.content_digest(tmp_path, second)
    assert inputs.states(tmp_path) == second


def test_the_content_digest_does_not_depend_on_where_the_input_lies(tmp_path: Path) -> None:
    put(tmp_path, "x/scan/model.obj", "y/scan/model.obj")
    digests = {inputs.content_digest(p, inputs.states(p)) for p in (tmp_path / "x/scan", tmp_path / "y/scan")}
    assert len(digests) == 1


def test_options_travel_as_json_unchanged() -> None:
    import json

    options = Options(fast=True, deliveries=("mobile",), dimensions_m=(1.0, 2.0, 3.0), variants={"a": [1]}, force=True)
    assert Options.from_json(json.loads(json.dumps(options.to_json()))) == options
