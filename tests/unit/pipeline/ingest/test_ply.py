"""PLY: three encodings, lists of any length, and what trimesh and an independent writer wrote."""

import struct

import numpy as np
import pytest
import scan_files as good
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from showroom_assets.errors import DamagedFile, MissingFile
from showroom_pipeline.ingest import read


def read_bytes(tmp_path, data, **beside):
    good.write(tmp_path, {"a.ply": data, **beside})
    return read(tmp_path / "a.ply")


def primitive(scan):
    (only,) = scan.scene.meshes[0].primitives
    return only


@pytest.mark.parametrize("encoding", ["ascii", "binary_little_endian", "binary_big_endian"])
def test_the_three_encodings_give_the_same_box(tmp_path, encoding):
    box = primitive(read_bytes(tmp_path, good.ply(encoding)))
    assert np.array_equal(box.positions, good.CORNERS)
    assert np.array_equal(box.indices, good.TRIANGLES)
    srgb = good.COLORS / 255
    assert np.allclose(box.colors[:, :3], np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4))


@st.composite
def polygon_rows(draw):
    """Faces of 3 to 6 corners on a regular polygon's points, in any mix."""
    sizes = draw(st.lists(st.integers(3, 6), min_size=1, max_size=25))
    return [draw(st.permutations(range(6)))[:size] for size in sizes]


@given(
    polygon_rows(),
    st.sampled_from(["ascii", "binary_little_endian", "binary_big_endian"]),
    st.sampled_from([("uchar", "B"), ("ushort", "H"), ("int", "i")]),
    st.sampled_from([("int", "i"), ("uint", "I"), ("short", "h"), ("uchar", "B")]),
    st.booleans(),
)
def test_faces_of_any_length_and_type_give_their_triangles(tmp_path_factory, rows, encoding, count, item, flagged):
    angles = np.arange(6) * np.pi / 3
    points = np.stack([np.cos(angles), np.sin(angles), angles * 0], axis=1).astype(np.float32)
    order = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}[encoding]
    head = f"ply\nformat {encoding} 1.0\nelement vertex 6\nproperty float x\nproperty float y\nproperty float z\n"
    head += f"element face {len(rows)}\n" + "property uchar flags\n" * flagged
    head += f"property list {count[0]} {item[0]} vertex_index\nproperty float quality\nend_header\n"
    if order:
        body = points.astype(order + "f4").tobytes()
        for row in rows:
            body += struct.pack("B", 7) * flagged + struct.pack(order + count[1], len(row))
            body += struct.pack(f"{order}{len(row)}{item[1]}f", *row, 0.5)
    else:
        lines = [" ".join(map(repr, point.tolist())) for point in points]
        lines += [" ".join(map(str, [*([7] * flagged), len(row), *row, 0.5])) for row in rows]
        body = "\n".join(lines).encode()
    scan = read_bytes(tmp_path_factory.mktemp("ply"), head.encode() + body)
    assert scan.scene.triangles == sum(len(row) - 2 for row in rows)
    mesh = primitive(scan)
    at = 0
    for row in rows:
        part = mesh.positions[mesh.indices[at : at + len(row) - 2]].reshape(-1, 3)
        assert {tuple(p) for p in part.tolist()} == {tuple(p) for p in points[row].tolist()}
        at += len(row) - 2


def test_corner_texture_coordinates_and_their_picture_are_kept(tmp_path):
    head = b"ply\nformat ascii 1.0\ncomment TextureFile my skin.png\nelement vertex 4\n"
    head += b"property float x\nproperty float y\nproperty float z\nelement face 2\n"
    head += b"property list uchar int vertex_indices\nproperty list uchar float texcoord\nend_header\n"
    body = b"0 0 0\n1 0 0\n1 1 0\n0 1 0\n3 0 1 2 6 0 0 1 0 1 1\n3 0 2 3 6 0 0 1 1 0 1\n"
    scan = read_bytes(tmp_path, head + body, **{"my skin.png": good.picture()})
    mesh = primitive(scan)
    assert len(mesh.positions) == 4  # equal coordinates of a shared corner are one vertex
    assert np.allclose(mesh.uvs[0], mesh.positions[:, :2] * [1, -1] + [0, 1])
    assert scan.scene.images[0].data == good.picture()
    (tmp_path / "my skin.png").unlink()
    with pytest.raises(MissingFile, match=r"'a.ply' names the texture 'my skin.png'"):
        read(tmp_path / "a.ply")


def test_vertex_texture_coordinates_take_the_only_picture_beside(tmp_path):
    head = b"ply\nformat ascii 1.0\nelement vertex 3\n"
    head += b"".join(b"property float %s\n" % each for each in (b"x", b"y", b"z", b"s", b"t"))
    head += b"element face 1\nproperty list uchar int vertex_indices\nend_header\n"
    scan = read_bytes(tmp_path, head + b"0 0 0 0 0\n1 0 0 1 0\n0 1 0 0 1\n3 0 1 2\n", **{"skin.png": good.picture()})
    assert primitive(scan).uvs[0].tolist() == [[0, 1], [1, 1], [0, 0]]
    assert len(scan.scene.images) == 1


def test_triangle_strips_turn_the_same_way(tmp_path):
    head = b"ply\nformat ascii 1.0\nelement vertex 6\nproperty float x\nproperty float y\nproperty float z\n"
    head += b"element tristrips 1\nproperty list int int vertex_indices\nend_header\n"
    points = b"0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 2 0\n1 2 0\n"
    mesh = primitive(read_bytes(tmp_path, head + points + b"10 0 1 2 3 4 -1 2 3 4 5\n"))
    a, b, c = (mesh.positions[mesh.indices[:, i]] for i in range(3))
    assert len(mesh.indices) == 5
    assert (np.cross(b - a, c - a)[:, 2] > 0).all()


def test_a_ply_without_faces_is_a_cloud_with_its_colours_and_normals(tmp_path):
    head = b"ply\nformat ascii 1.0\nelement vertex 2\n"
    names = (b"x", b"y", b"z", b"nx", b"ny", b"nz", b"red", b"green", b"blue")
    head += b"".join(b"property float %s\n" % each for each in names) + b"element face 0\n"
    head += b"property list uchar int vertex_indices\nend_header\n"
    scan = read_bytes(tmp_path, head + b"0 0 0 0 0 2 1 0 0\n1 0 0 0 3 0 0 0 1\n")
    assert scan.kind == "cloud"
    assert primitive(scan).normals.tolist() == [[0, 0, 1], [0, 1, 0]]
    assert primitive(scan).colors.tolist() == [[1, 0, 0, 1], [0, 0, 1, 1]]


@given(arrays.arrays(np.float32, (7, 3), elements=st.floats(-9, 9, width=32)))
def test_what_trimesh_writes_is_read_back(tmp_path_factory, points):
    trimesh = pytest.importorskip("trimesh")
    faces = np.array([[0, 1, 2], [2, 3, 4], [4, 5, 6], [1, 5, 3]])
    mesh = trimesh.Trimesh(points, faces, process=False)
    folder = tmp_path_factory.mktemp("trimesh")
    for name in ("a.ply", "a.stl", "a.off", "a.obj"):
        mesh.export(folder / name)
        found = primitive(read(folder / name))
        assert np.allclose(found.positions[found.indices], points[faces], atol=1e-6), name


def test_rows_after_the_wanted_elements_are_not_even_looked_at(tmp_path):
    data = good.ply("binary_little_endian").replace(b"end_header", b"element x 99999999\nproperty int y\nend_header")
    with pytest.raises(Exception, match="allowed"):
        read_bytes(tmp_path, data)
    data = data.replace(b"element x 99999999", b"element x 999999")
    assert read_bytes(tmp_path, data).scene.triangles == 12


def test_a_header_may_not_repeat_a_name(tmp_path):
    data = good.ply("ascii").replace(b"property float y", b"property float x")
    with pytest.raises(DamagedFile, match="repeats"):
        read_bytes(tmp_path, data)
