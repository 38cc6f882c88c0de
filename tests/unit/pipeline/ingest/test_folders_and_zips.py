"""Which file of a folder or zip is the model, and what belongs to it."""

import hashlib
import os

import pytest
import scan_files as good
from hypothesis import given
from hypothesis import strategies as st

from showroom_assets.errors import InputError, LimitExceeded
from showroom_pipeline.ingest import Limits, find_inputs, read
from showroom_pipeline.ingest.files import inside


@pytest.mark.parametrize("name", sorted(good.every_file()))
def test_a_folder_or_a_zip_of_one_model_is_named_after_itself(tmp_path, name):
    tree = good.every_file()[name]
    if name != "zip":
        assert read(good.write(tmp_path / "My Shoe", tree)).name == "My Shoe"
        (tmp_path / "My Bag.zip").write_bytes(good.zipped({f"deep/er/{key}": data for key, data in tree.items()}))
        scan = read(tmp_path / "My Bag.zip")
        assert scan.name == "My Bag"
        assert scan.scene.triangles in (0, 12)


def test_a_zip_gives_the_same_scene_as_its_folder(tmp_path):
    tree = good.obj_tree()
    folder = read(good.write(tmp_path / "box", tree))
    (tmp_path / "box.zip").write_bytes(good.zipped(tree))
    packed = read(tmp_path / "box.zip")
    assert packed.scene.images == folder.scene.images
    assert packed.scene.materials == folder.scene.materials
    assert packed.sources == folder.sources
    assert (packed.scene.meshes[0].primitives[0].positions == folder.scene.meshes[0].primitives[0].positions).all()


def test_sources_are_what_was_read_with_their_hashes(tmp_path):
    tree = {**good.obj_tree(), "notes.txt": b"unrelated", "LICENSE.txt": b"CC BY 4.0, somebody\n"}
    scan = read(good.write(tmp_path, tree))
    assert {source.name: (source.sha256, source.size_bytes) for source in scan.sources} == {
        name: (hashlib.sha256(tree[name]).hexdigest(), len(tree[name])) for name in good.obj_tree()
    }
    assert scan.licence == "CC BY 4.0, somebody"


def test_of_the_same_model_in_several_formats_the_richest_is_read(tmp_path):
    good.write(tmp_path, {"box.stl": good.stl_binary(), "box.glb": good.glb(), **good.obj_tree()})
    scan = read(tmp_path)
    assert [source.name for source in scan.sources] == ["box.glb"]
    assert scan.notes == ("of 3 formats of the same model, 'box.glb' was read.",)


def test_two_models_in_a_folder_are_named_and_neither_is_guessed(tmp_path):
    good.write(tmp_path, {"left.obj": good.obj_text(), "sub/right.ply": good.ply("ascii")})
    with pytest.raises(InputError, match=r"2 models: 'left.obj', 'sub/right.ply'\. Name one"):
        read(tmp_path)


def test_a_text_file_is_a_cloud_only_if_it_holds_numbers_and_nothing_better_is_there(tmp_path):
    good.write(tmp_path, {"points.txt": good.xyz(), "readme.txt": b"three words here\nand more\n"})
    assert read(tmp_path).kind == "cloud"
    good.write(tmp_path, {"box.ply": good.ply("ascii")})
    assert read(tmp_path).kind == "mesh"


def test_a_file_without_a_suffix_is_known_by_its_first_bytes(tmp_path):
    good.write(tmp_path, {"model": good.ply("ascii"), "other.bin": good.glb()})
    assert read(tmp_path / "model").scene.triangles == 12
    assert read(tmp_path / "other.bin").scene.triangles == 12


def test_a_link_that_is_named_itself_is_followed(tmp_path):
    good.write(tmp_path / "real", good.obj_tree())
    (tmp_path / "link.obj").symlink_to(tmp_path / "real" / "box.obj")
    scan = read(tmp_path / "link.obj")
    assert scan.name == "link"
    assert scan.scene.images[0].data == good.picture()


@pytest.mark.parametrize("stem", [b"new\nline", b"esc\x1b[31m", b"not utf-8 \xe9\xff", "ünïcödé".encode()])
def test_names_that_cannot_be_shown_do_not_break_messages_or_manifests(tmp_path, stem):
    path = tmp_path / os.fsdecode(stem + b".obj")
    path.write_bytes(b"v 0 0 zero\n")
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.message.isprintable()
    path.write_bytes(good.obj_text())
    scan = read(path)
    for text in (scan.name, scan.scene.name, *scan.notes, *(source.name for source in scan.sources)):
        assert text.encode()
    assert scan.name.isprintable()


def test_hidden_files_and_what_macos_packs_are_not_seen(tmp_path):
    tree = {"box/box.stl": good.stl_binary(), "__MACOSX/box/._box.stl": b"x", "box/.DS_Store": b"x"}
    (tmp_path / "box.zip").write_bytes(good.zipped(tree))
    assert read(tmp_path / "box.zip").scene.triangles == 12


def test_limits_are_kept_and_named(tmp_path):
    good.write(tmp_path, good.obj_tree())
    total = sum(map(len, good.obj_tree().values()))
    assert read(tmp_path, limits=Limits(vertices=8, triangles=12, total_bytes=total, pixels=64, corners=4, files=3))
    for limits in (
        Limits(vertices=7), Limits(triangles=11), Limits(file_bytes=50), Limits(total_bytes=total - 1),
        Limits(pixels=63), Limits(files=2), Limits(corners=3),
    ):  # fmt: skip
        with pytest.raises(LimitExceeded, match="allowed"):
            read(tmp_path, limits=limits)


def test_a_file_in_a_crowded_folder_is_still_read_with_what_it_names(tmp_path):
    good.write(tmp_path, {**good.obj_tree(), **{f"other{i}.png": b"x" for i in range(1100)}})
    assert read(tmp_path / "box.obj").scene.images[0].data == good.picture()


def test_what_a_folder_of_scans_holds_is_found_in_order(tmp_path):
    good.write(tmp_path / "b shoe", good.obj_tree())
    good.write(tmp_path / "a" / "deep", {"box.ply": good.ply("ascii")})
    good.write(tmp_path / "capture", good.rgbd_tree("tum"))
    good.write(tmp_path / "cad", {"part.step": b"ISO-10303-21;"})
    good.write(tmp_path, {"c.glb": good.glb(), "d.zip": good.zipped(good.obj_tree()), "notes.txt": b"hello"})
    good.write(tmp_path / "pictures", {"a.png": good.picture()})
    found = [path.relative_to(tmp_path).as_posix() for path in find_inputs(tmp_path)]
    assert found == ["c.glb", "d.zip", "a", "b shoe", "cad", "capture"]
    for path in find_inputs(tmp_path):
        if path.name != "cad":
            read(path)


def test_one_input_is_its_own_list(tmp_path):
    good.write(tmp_path / "kit", {"meshes/box.obj": good.obj_text(), "materials/textures/t.png": good.picture()})
    assert find_inputs(tmp_path / "kit") == (tmp_path / "kit",)
    assert find_inputs(tmp_path / "kit" / "meshes" / "box.obj") == (tmp_path / "kit" / "meshes" / "box.obj",)
    assert find_inputs(tmp_path / "gone") == (tmp_path / "gone",)


@given(st.lists(st.sampled_from(["..", ".", "a", "b", ""]), max_size=8), st.sampled_from(["/", "\\"]))
def test_a_name_is_made_plain_as_the_file_system_would_or_refused(parts, separator):
    name = separator.join(parts)
    depths = [0]
    for part in parts:
        depths.append(depths[-1] + {"..": -1, ".": 0, "": 0}.get(part, 1))
    if name.startswith(separator) or min(depths) < 0 or depths[-1] == 0:
        assert inside(name) is None
    else:
        assert inside(name) == os.path.normpath("/".join(parts))


@pytest.mark.parametrize("name", ["/etc/passwd", "C:\\a", "c:a", "a\0b", "..", "a/../..", "\\\\host\\share"])
def test_a_name_that_leaves_is_refused(name):
    assert inside(name) is None
