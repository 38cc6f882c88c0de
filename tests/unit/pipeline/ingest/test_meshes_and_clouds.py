"""STL, OFF, PCD, XYZ and glTF: the same box and the same cloud, whatever the format."""

import contextlib

import numpy as np
import pytest
import scan_files as good
from hypothesis import given
from hypothesis import strategies as st

from showroom_assets.errors import DamagedFile
from showroom_pipeline.ingest import read
from showroom_pipeline.ingest.pcd import lzf_decompress


def primitive(scan):
    (only,) = scan.scene.meshes[0].primitives
    return only


def triangles_of(scan):
    """The triangles as a sorted list of corner triples: the same for any order of faces and vertices."""
    box = primitive(scan)
    corners = np.round(box.positions[box.indices].astype(np.float64), 6)
    rolled = [np.roll(corner, -int(np.lexsort(corner.T[::-1])[0]), axis=0) for corner in corners]
    return sorted(tuple(corner.reshape(-1)) for corner in rolled)


EXPECTED = {"stl-binary", "stl-ascii", "ply-ascii", "ply-big", "glb", "gltf"}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_triangle_format_gives_the_same_box(tmp_path, name):
    tree = good.every_file()[name]
    scan = read(good.write(tmp_path, tree) / next(iter(tree)))
    corners = np.round(good.CORNERS[good.TRIANGLES].astype(np.float64), 6)
    rolled = [np.roll(corner, -int(np.lexsort(corner.T[::-1])[0]), axis=0) for corner in corners]
    assert triangles_of(scan) == sorted(tuple(corner.reshape(-1)) for corner in rolled)
    assert scan.name == "box"
    assert scan.kind == "mesh"


@pytest.mark.parametrize("name", ["obj", "off", "coff"])
def test_quads_become_a_closed_box_of_the_same_volume(tmp_path, name):
    tree = good.every_file()[name]
    box = primitive(read(good.write(tmp_path, tree) / next(iter(tree))))
    a, b, c = (box.positions[box.indices[:, i]].astype(np.float64) for i in range(3))
    assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6 == pytest.approx(np.prod(good.CORNERS.max(axis=0)))
    assert len(box.indices) == 12


def test_the_corners_of_an_stl_are_joined(tmp_path):
    for data in (good.stl_binary(), good.stl_ascii()):
        good.write(tmp_path, {"a.stl": data})
        assert len(primitive(read(tmp_path / "a.stl")).positions) == 8


def test_colours_of_off_are_kept(tmp_path):
    good.write(tmp_path, {"a.off": good.off(colors=True), "b.ply": good.ply("ascii")})
    assert np.allclose(
        np.unique(primitive(read(tmp_path / "a.off")).colors, axis=0),
        np.unique(primitive(read(tmp_path / "b.ply")).colors, axis=0),
    )


def test_off_counts_may_stand_in_the_first_line(tmp_path):
    good.write(tmp_path, {"a.off": b"OFF 3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2 255 0 0\n"})
    assert read(tmp_path / "a.off").scene.triangles == 1


# --- clouds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pcd-ascii", "pcd-binary", "pcd-lzf", "xyz"])
def test_every_cloud_format_gives_the_same_points_and_colours(tmp_path, name):
    tree = good.every_file()[name]
    scan = read(good.write(tmp_path, tree) / next(iter(tree)))
    points, colors = good.cloud()
    assert scan.kind == "cloud"
    assert np.array_equal(primitive(scan).positions, points)
    srgb = colors / 255
    expected = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    assert np.allclose(primitive(scan).colors[:, :3], expected, atol=1e-6)


def lzf_greedy(data: bytes) -> bytes:
    """A small LZF compressor with matches near and far, long and overlapping: the decoder's counterpart."""
    out, literals, at = bytearray(), bytearray(), 0

    def flush() -> None:
        for start in range(0, len(literals), 32):
            part = literals[start : start + 32]
            out.extend([len(part) - 1, *part])
        literals.clear()

    while at < len(data):
        best, back = 0, 0
        for start in range(max(0, at - 300), at):
            length = 0
            while at + length < len(data) and length < 264 and data[start + length] == data[at + length]:
                length += 1
            if length > best:
                best, back = length, at - start
        if best >= 3:
            flush()
            size, offset = best - 2, back - 1
            head = [size << 5 | offset >> 8] if size < 7 else [7 << 5 | offset >> 8, size - 7]
            out.extend([*head, offset & 255])
            at += best
        else:
            literals.append(data[at])
            at += 1
    flush()
    return bytes(out)


@given(st.lists(st.sampled_from([b"a", b"bc", b"abcabc", b"\0" * 40, b"xyz" * 30, bytes(range(50))])).map(b"".join))
def test_lzf_gives_back_what_was_packed(data):
    assert lzf_decompress(lzf_greedy(data), len(data), "a.pcd") == data


@given(st.binary(max_size=60), st.integers(1, 4000))
def test_lzf_of_noise_ends(data, size):
    with contextlib.suppress(DamagedFile):
        assert len(lzf_decompress(data, size, "a.pcd")) == size


def test_a_compressed_cloud_is_read_through_matches_too(tmp_path):
    good.write(tmp_path, {"a.pcd": good.pcd("binary_compressed", packer=lzf_greedy)})
    assert np.array_equal(primitive(read(tmp_path / "a.pcd")).positions, good.cloud()[0])


def test_what_open3d_writes_is_read_back(tmp_path):
    open3d = pytest.importorskip("open3d")
    points, colors = good.cloud(500)
    points[100:300] = points[:200]  # something to compress
    cloud = open3d.geometry.PointCloud(open3d.utility.Vector3dVector(points.astype(np.float64)))
    cloud.colors = open3d.utility.Vector3dVector(colors / 255.0)
    for name, options in {
        "ascii.pcd": {"write_ascii": True}, "binary.pcd": {}, "packed.pcd": {"compressed": True},
        "ascii.ply": {"write_ascii": True}, "binary.ply": {}, "plain.xyzrgb": {}, "plain.pts": {},
    }.items():  # fmt: skip
        assert open3d.io.write_point_cloud(str(tmp_path / name), cloud, **options)
        found = primitive(read(tmp_path / name))
        srgb = colors / 255
        expected = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
        assert np.allclose(found.positions, points, atol=1e-6), name
        assert np.allclose(found.colors[:, :3], expected, atol=1e-2), name


def test_the_holes_of_an_organised_cloud_are_dropped(tmp_path):
    text = b"VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 2\nHEIGHT 2\nPOINTS 4\nDATA ascii\n"
    good.write(tmp_path, {"a.pcd": text + b"0 0 0\nnan nan nan\n1 2 3\n-nan -nan -nan\n"})
    scan = read(tmp_path / "a.pcd")
    assert primitive(scan).positions.tolist() == [[0, 0, 0], [1, 2, 3]]
    assert scan.notes == ("2 of 4 points are no finite numbers: dropped.",)


@pytest.mark.parametrize(
    "text",
    [
        "3\n0 0 1 9 255 0 0\n0 1 0 8 255 0 0\n1 0 0 7 255 0 0\n",  # PTS: a count, then an intensity
        "x,y,z,r,g,b\n0,0,1,255,0,0\n0,1,0,255,0,0\n1,0,0,255,0,0\n",
        "//X Y Z R G B\n0.0 0.0 1.0 255 0 0\r\n0 1 0 255 0 0\r\n1 0 0 255 0 0\r\n",
        "# made by hand\n0;0;1;255;0;0\n0;1;0;255;0;0\n1;0;0;255;0;0\n",
        "0,0 0,0 1,0 255 0 0\n0,0 1,0 0,0 255 0 0\n1,0 0,0 0,0 255 0 0\n",
        "r g b x y z\n255 0 0 0 0 1\n255 0 0 0 1 0\n255 0 0 1 0 0\n",
        "0 0 1 1.0 0 0 0 0 1\n0 1 0 1.0 0 0 0 1 0\n1 0 0 1.0 0 0 1 0 0\n",
    ],
)
def test_points_are_understood_however_they_are_listed(tmp_path, text):
    good.write(tmp_path, {"a.xyz": text.encode()})
    cloud = primitive(read(tmp_path / "a.xyz"))
    assert cloud.positions.tolist() == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    assert cloud.colors.tolist() == [[1, 0, 0, 1]] * 3


def test_three_columns_of_length_one_are_normals(tmp_path):
    rng = np.random.default_rng(2)
    normals = rng.normal(size=(20, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    rows = np.hstack([rng.random((20, 3)), normals])
    good.write(tmp_path, {"a.xyz": "\n".join(" ".join(map(repr, row)) for row in rows.tolist()).encode()})
    cloud = primitive(read(tmp_path / "a.xyz"))
    assert cloud.colors is None
    assert np.allclose(cloud.normals, normals, atol=1e-6)


# --- glTF ------------------------------------------------------------------------------------------------------------


def test_a_glb_is_metric_and_says_whether_it_is_authored(tmp_path):
    good.write(tmp_path, {"box.glb": good.glb(), **good.gltf_tree(), "LICENSE.txt": b"CC0\n"})
    scan = read(tmp_path / "box.glb")
    assert (scan.metres_per_unit, scan.up, scan.authored) == (1.0, "+Y", False)
    scan = read(tmp_path / "box.gltf")
    assert scan.licence == "nobody\nCC0"
    assert [source.name for source in scan.sources] == ["box data.bin", "box.gltf"]
