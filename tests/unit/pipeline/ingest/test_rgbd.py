"""RGB-D captures: four layouts of the same capture, and the real one."""

import io
import pickle

import numpy as np
import pytest
import scan_files as good
from PIL import Image as Pictures

from showroom_assets.errors import DamagedFile, InputError
from showroom_pipeline.ingest import read

LAYOUTS = ["apc", "7scenes", "tum", "open3d"]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("packed", [False, True])
def test_every_layout_gives_the_same_capture(tmp_path, layout, packed):
    tree = good.rgbd_tree(layout)
    if packed:
        (tmp_path / "shoe.zip").write_bytes(good.zipped({f"shoe/{name}": data for name, data in tree.items()}))
        path = tmp_path / "shoe.zip"
    else:
        path = good.write(tmp_path / "shoe", tree)
    scan = read(path)
    assert (scan.kind, scan.name, scan.metres_per_unit, scan.scene) == ("rgbd", "shoe", 1.0, None)
    assert len(scan.capture) == 3
    assert np.allclose(scan.capture.intrinsics, [[20, 0, 8], [0, 20, 6], [0, 0, 1]])
    for frame in scan.capture:
        assert frame.color.shape == (12, 16, 3)
        assert frame.depth.dtype == np.float32
        assert np.allclose(frame.depth[1:], 0.5)
        assert np.allclose(frame.pose, good.POSE, atol=1e-6)
    assert {source.name for source in scan.sources} == set(tree)


def test_depth_zero_and_the_kinects_unknown_are_unknown(tmp_path):
    tree = good.rgbd_tree("7scenes", frames=1)
    tree["frame-000000.depth.png"] = good.depth_picture(65.535)
    tree["frame-000001.depth.png"] = good.depth_picture()
    tree["frame-000001.color.png"] = tree["frame-000000.color.png"]
    first, second = read(good.write(tmp_path, tree)).capture
    assert not first.depth.any()
    assert second.depth[0, 0] == 0
    assert second.pose is None


def test_masks_are_given_by_object(tmp_path):
    scan = read(good.write(tmp_path, good.rgbd_tree("apc")))
    assert scan.capture.objects == ("a_box",)
    mask = scan.capture[1].masks["a_box"]
    assert mask.dtype == bool
    assert 0.2 < mask.mean() < 0.8


def test_a_capture_without_poses_says_so(tmp_path):
    tree = {name: data for name, data in good.rgbd_tree("open3d").items() if name != "trajectory.log"}
    scan = read(good.write(tmp_path, tree))
    assert scan.capture.poses == (None, None, None)
    assert any("poses" in note for note in scan.notes)


def test_poses_of_a_lost_tracker_are_none(tmp_path):
    tree = good.rgbd_tree("7scenes")
    tree["frame-000001.pose.txt"] = b"-inf " * 16
    tree["frame-000002.pose.txt"] = b"0 " * 16
    scan = read(good.write(tmp_path, tree))
    assert [pose is not None for pose in scan.capture.poses] == [True, False, False]
    assert "2 of 3 frames have no usable pose." in scan.notes


def test_a_larger_colour_picture_gets_its_own_intrinsics(tmp_path):
    tree = {name: data for name, data in good.rgbd_tree("open3d").items() if not name.startswith("color")}
    tree |= {f"color/{index:05}.jpg": good.picture("JPEG", (64, 48)) for index in range(3)}
    frame = read(good.write(tmp_path, tree)).capture[0]
    assert np.allclose(frame.intrinsics, [[20, 0, 8], [0, 20, 6], [0, 0, 1]])
    assert np.allclose(frame.color_intrinsics, [[80, 0, 32], [0, 80, 24], [0, 0, 1]])


def test_pictures_of_different_shape_are_refused(tmp_path):
    tree = good.rgbd_tree("open3d", frames=1)
    tree["color/00000.jpg"] = good.picture("JPEG", (16, 16))
    with pytest.raises(DamagedFile, match="Register"):
        _ = read(good.write(tmp_path, tree)).capture[0]


def test_open3d_json_trajectories_are_turned_into_poses(tmp_path):
    import json

    tree = good.rgbd_tree("open3d", frames=2)
    del tree["trajectory.log"]
    extrinsic = np.linalg.inv(good.POSE).T.reshape(-1).tolist()
    tree["trajectory.json"] = json.dumps({"parameters": [{"extrinsic": extrinsic}] * 2}).encode()
    assert np.allclose(read(good.write(tmp_path, tree)).capture[1].pose, good.POSE)


def test_two_captures_in_one_folder_are_told_apart(tmp_path):
    good.write(tmp_path / "a", good.rgbd_tree("apc"))
    good.write(tmp_path / "b", good.rgbd_tree("apc"))
    with pytest.raises(InputError, match=r"2 captures: 'a', 'b'"):
        read(tmp_path)


@pytest.mark.parametrize("packed", [False, True])
def test_a_capture_can_be_sent_to_another_process(tmp_path, packed):
    path = good.write(tmp_path / "shoe", good.rgbd_tree("tum"))
    if packed:
        path = tmp_path / "shoe.zip"
        path.write_bytes(good.zipped(good.rgbd_tree("tum")))
    capture = read(path).capture
    again = pickle.loads(pickle.dumps(capture))
    assert np.array_equal(again[2].depth, capture[2].depth)


@pytest.mark.parametrize("swapped", [False, True])
def test_tum_associations_pair_pictures_whatever_their_names(tmp_path, swapped):
    tree = good.rgbd_tree("tum")
    lines = []
    for index in range(3):
        pair = [f"{100 + index}.0 rgb/{100 + index}.000000.png", f"{100 + index}.01 depth/{100 + index}.010000.png"]
        lines.append(" ".join(reversed(pair) if swapped else pair))
    tree["associations.txt"] = ("# comment\n" + "\n".join(lines[:2])).encode()
    capture = read(good.write(tmp_path, tree)).capture
    assert len(capture) == 2
    assert np.allclose(capture[1].depth[1:], 0.5)
    assert np.allclose(capture[1].pose, good.POSE, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("intrinsics.txt", "20 20 8 6"),
        ("intrinsics.txt", "# width height fx fy cx cy\n16 12 20 20 8 6"),
        ("camera-intrinsics.txt", "20 0 8\n0 20 6\n0 0 1"),
        ("intrinsic/intrinsic_depth.txt", "20 0 8 0\n0 20 6 0\n0 0 1 0\n0 0 0 1"),
        ("camera_intrinsic.json", '{"intrinsic_matrix": [20, 0, 0, 0, 20, 0, 8, 6, 1]}'),
        ("camera_intrinsic.json", '{"intrinsic_matrix": [20, 0, 8, 0, 20, 6, 0, 0, 1]}'),
        ("intrinsics.json", '{"intrinsic_matrix": [[20, 0, 8], [0, 20, 6], [0, 0, 1]]}'),
        ("intrinsics.json", '{"fx": 20, "fy": 20, "cx": 8, "cy": 6, "depth_scale": 1000}'),
        ("camera.json", '{"K": [[20, 0, 8], [0, 20, 6], [0, 0, 1]], "depth_scale": 0.001}'),
        ("camera.json", '{"intrinsic": {"intrinsic_matrix": [20, 0, 0, 0, 20, 0, 8, 6, 1]}}'),
    ],
)
def test_intrinsics_are_understood_in_every_common_notation(tmp_path, name, text):
    tree = {key: data for key, data in good.rgbd_tree("open3d").items() if not key.endswith(".json")}
    capture = read(good.write(tmp_path, {**tree, name: text.encode()})).capture
    assert np.allclose(capture.intrinsics, [[20, 0, 8], [0, 20, 6], [0, 0, 1]])
    assert capture.depth_scale == pytest.approx(1000)


def test_depth_may_be_a_picture_of_floats_in_metres_or_a_pgm(tmp_path):
    values = np.full((12, 16), 0.75, np.float32)
    values[0, 0], values[0, 1] = np.nan, -1
    tiff = io.BytesIO()
    Pictures.fromarray(values).save(tiff, "TIFF")
    pgm = b"P5 16 12 65535\n" + np.full((12, 16), 750, ">u2").tobytes()
    for suffix, data in ((".tiff", tiff.getvalue()), (".pgm", pgm)):
        tree = {key: each for key, each in good.rgbd_tree("open3d").items() if not key.startswith("depth")}
        tree |= {f"depth/{index:05}{suffix}": data for index in range(3)}
        frame = read(good.write(tmp_path / suffix[1:], tree)).capture[0]
        assert np.allclose(frame.depth[1:], 0.75)
        assert (frame.depth >= 0).all()
