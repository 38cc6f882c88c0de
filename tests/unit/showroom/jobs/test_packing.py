"""What is sent of a scan on a disk."""

import os
import zipfile
from pathlib import Path

import pytest
import scan_files as good

from showroom.jobs.packing import facts_of, packed
from showroom_assets.errors import EmptyInput, MissingFile
from showroom_pipeline.ingest import read


def test_the_same_folder_is_the_same_zip_whenever_it_is_packed(tmp_path: Path) -> None:
    folder = good.write(tmp_path / "chair", good.obj_tree())
    with packed(folder) as (one, name):
        before = one.read_bytes()
    for path in folder.rglob("*"):
        os.utime(path, (0, 10**9))
        path.chmod(0o700)
    with packed(folder) as (other, _):
        assert other.read_bytes() == before
    assert name == "chair.zip"
    assert not one.exists()


def test_a_model_takes_its_materials_and_textures_along(tmp_path: Path) -> None:
    folder = good.write(tmp_path / "chair", good.obj_tree())
    with packed(folder / "box.obj") as (file, name):
        copy = tmp_path / name
        copy.write_bytes(file.read_bytes())
    scan = read(copy)
    assert scan.scene is not None
    assert {source.name for source in scan.sources} >= {"box.obj", "box.mtl", "box skin.png"}


def test_what_lies_about_beside_a_model_stays_at_home(tmp_path: Path) -> None:
    folder = good.write(tmp_path / "downloads", good.obj_tree())
    good.write(folder, {"holiday.jpg": good.picture("JPEG"), "deep/er/private.png": good.picture()})
    with packed(folder / "box.obj") as (file, _), zipfile.ZipFile(file) as archive:
        assert sorted(archive.namelist()) == sorted(good.obj_tree())


def test_a_picture_that_a_scanner_named_otherwise_goes_along(tmp_path: Path) -> None:
    tree = {"a.obj": good.obj_text("missing.mtl"), "texture.png": good.picture()}
    folder = good.write(tmp_path / "scan", tree)
    with packed(folder / "a.obj") as (file, _), zipfile.ZipFile(file) as archive:
        assert sorted(archive.namelist()) == sorted(tree)


def test_a_gltf_takes_its_buffers_along_and_nothing_from_outside(tmp_path: Path) -> None:
    folder = good.write(tmp_path / "scan", good.gltf_tree())
    with packed(folder / "box.gltf") as (file, name):
        copy = tmp_path / name
        copy.write_bytes(file.read_bytes())
    assert read(copy).scene is not None
    (tmp_path / "secret.bin").write_bytes(b"secret")
    text = good.gltf_tree()["box.gltf"].replace(b"box%20data.bin", b"../secret.bin")
    (folder / "box.gltf").write_bytes(text)
    with packed(folder / "box.gltf") as (file, _):
        assert b"secret" not in file.read_bytes().replace(b"../secret.bin", b"")


def test_a_file_that_stands_alone_is_sent_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "chair.glb").write_bytes(good.glb())
    with packed(tmp_path / "chair.glb") as (file, name):
        assert (file, name) == (tmp_path / "chair.glb", "chair.glb")


def test_links_and_hidden_files_are_not_sent(tmp_path: Path) -> None:
    folder = good.write(tmp_path / "chair", {**good.obj_tree(), ".ssh": b"secret"})
    (tmp_path / "outside.png").write_bytes(b"secret")
    (folder / "link.png").symlink_to(tmp_path / "outside.png")
    with packed(folder) as (file, _), zipfile.ZipFile(file) as archive:
        assert not {".ssh", "link.png"} & set(archive.namelist())


def test_facts_come_from_the_product_toml_that_means_this_scan(tmp_path: Path) -> None:
    text = b"model = 'chair.glb'\nname = 'Chair'\nprice = 3\n"
    folder = good.write(tmp_path / "a", {"chair.glb": good.glb(), "other.glb": good.glb(), "product.toml": text})
    assert facts_of(folder / "chair.glb") == {"name": "Chair"}
    assert facts_of(folder / "other.glb") == {}
    assert facts_of(folder) == {"name": "Chair"}


def test_nothing_to_send_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingFile), packed(tmp_path / "none.obj"):
        pass
    (tmp_path / "empty").mkdir()
    with pytest.raises(EmptyInput), packed(tmp_path / "empty"):
        pass
