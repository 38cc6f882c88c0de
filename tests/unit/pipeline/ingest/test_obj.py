"""OBJ: what an independent writer wrote is what is read, whatever the spelling."""

import io

import numpy as np
import pytest
import scan_files as good
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image as Pictures

from showroom_assets.errors import MissingFile
from showroom_pipeline.ingest import read
from showroom_pipeline.ingest.limits import Limits
from showroom_pipeline.ingest.numbers import blocks, floats
from showroom_pipeline.ingest.obj import parse_obj


def soup(scan):
    """``(t, 3, 3)`` corner positions of all triangles, in order of primitives."""
    return np.concatenate(
        [p.positions[p.indices] for mesh in scan.scene.meshes for p in mesh.primitives], dtype=np.float64
    )


def read_text(tmp_path, text, **beside):
    good.write(tmp_path, {"a.obj": text.encode() if isinstance(text, str) else text, **beside})
    return read(tmp_path / "a.obj")


coordinates = st.floats(-50, 50, width=32).map(lambda value: float(np.float32(value)))


@st.composite
def meshes(draw):
    vertices = draw(st.integers(3, 12))
    points = draw(arrays.arrays(np.float32, (vertices, 3), elements=st.floats(-50, 50, width=32)))
    uvs = draw(arrays.arrays(np.float32, (draw(st.integers(1, 6)), 2), elements=st.floats(-2, 2, width=32)))
    corner = st.tuples(st.integers(0, vertices - 1), st.integers(0, len(uvs) - 1))
    faces = draw(st.lists(st.tuples(corner, corner, corner), min_size=1, max_size=20))
    return points, uvs, np.array(faces)


@given(meshes(), st.booleans(), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from([" ", "  ", "\t "]))
def test_every_corner_comes_back_with_its_position_and_texture_coordinate(tmp_path_factory, mesh, relative, feed, gap):
    points, uvs, faces = mesh
    lines = [gap.join(["v", *map(repr, point.tolist())]) for point in points]
    lines += [gap.join(["vt", *map(repr, uv.tolist())]) for uv in uvs]
    for face in faces:
        written = face - [len(points), len(uvs)] if relative else face + 1
        lines.append(gap.join(["f", *(f"{v}/{t}" for v, t in written.tolist())]))
    scan = read_text(tmp_path_factory.mktemp("obj"), feed.join(lines) + feed)
    primitive = scan.scene.meshes[0].primitives[0]
    assert np.array_equal(primitive.positions[primitive.indices], points[faces[..., 0]])
    expected = uvs[faces[..., 1]] * [1, -1] + [0, 1]
    assert np.allclose(primitive.uvs[0][primitive.indices], expected, atol=1e-6)
    assert len(primitive.positions) == len(np.unique(faces.reshape(-1, 2), axis=0))


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=30))
def test_numbers_are_parsed_exactly_as_python_does(values):
    values = values[: len(values) // 3 * 3]
    text = "".join(f"v {a!r} {b!r} {c!r}\n" for a, b, c in zip(*[iter(values)] * 3, strict=True)).encode()
    obj = parse_obj(text, "a.obj", limits=Limits())
    assert obj.positions.reshape(-1).tolist() == values


def test_the_result_does_not_depend_on_where_blocks_are_cut(monkeypatch):
    rng = np.random.default_rng(3)
    text = "".join(
        "v {} {} {}\n".format(*rng.random(3)) * 3 + ("f -1 -2 -3\n" if i % 2 else "f 1 2 3\n") for i in range(300)
    )
    whole = parse_obj(text.encode(), "a.obj", limits=Limits())
    monkeypatch.setattr("showroom_pipeline.ingest.obj.blocks", lambda data, name: blocks(data, name, size=57))
    pieces = parse_obj(text.encode(), "a.obj", limits=Limits())
    assert np.array_equal(whole.corners, pieces.corners)
    assert np.array_equal(whole.positions, pieces.positions)


def test_line_numbers_of_errors_count_blank_lines_and_comments():
    lines = next(blocks(b"# one\n\n  v 1 2 3\n\nv 1 x 3\n", "a"))
    with pytest.raises(Exception, match="line 5: 'v 1 x 3'"):
        floats(lines, np.array([2]), "a")


def test_vertex_colours_become_linear(tmp_path):
    scan = read_text(tmp_path, "v 0 0 0 0.5 0 1\nv 1 0 0 0.5 0 1\nv 0 1 0 0.5 0 1\nf 1 2 3\n")
    assert np.allclose(scan.scene.meshes[0].primitives[0].colors, [0.21404114, 0, 1, 1], atol=1e-6)


def test_vertex_colours_may_be_bytes(tmp_path):
    scan = read_text(tmp_path, "v 0 0 0 255 0 0\nv 1 0 0 255 0 0\nv 0 1 0 0 0 255\nf 1 2 3\n")
    assert scan.scene.meshes[0].primitives[0].colors.tolist() == [[1, 0, 0, 1], [1, 0, 0, 1], [0, 0, 1, 1]]


def test_an_obj_without_faces_is_a_cloud(tmp_path):
    scan = read_text(tmp_path, "v 0 0 0 1 0 0\nv 1 0 0 0 1 0\n")
    assert scan.kind == "cloud"
    assert scan.scene.meshes[0].primitives[0].colors[1].tolist() == [0, 1, 0, 1]


def test_each_material_becomes_a_primitive_with_its_own_look(tmp_path):
    text = "mtllib m.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\n"
    text += "usemtl a b\nf 1 2 3\nusemtl c\nf 1 2 4\nusemtl a b\nf 2 3 4\n"
    mtl = b"newmtl a b\nKd 1 0 0\nPr 0.25\nPm 1\nnewmtl c\nKd 0 1 0\nd 0.5\nKe 0 0 1\n"
    scan = read_text(tmp_path, text, **{"m.mtl": mtl})
    by_name = {
        scan.scene.materials[p.material].name: (p, scan.scene.materials[p.material].json)
        for p in scan.scene.meshes[0].primitives
    }
    first, look = by_name["a b"]
    assert len(first.indices) == 2
    assert look["pbrMetallicRoughness"] == {
        "metallicFactor": 1.0, "roughnessFactor": 0.25, "baseColorFactor": [1.0, 0.0, 0.0, 1.0]
    }  # fmt: skip
    second, look = by_name["c"]
    assert len(second.indices) == 1
    assert look["alphaMode"] == "BLEND"
    assert look["pbrMetallicRoughness"]["baseColorFactor"] == [0.0, 1.0, 0.0, 0.5]
    assert look["emissiveFactor"] == [0.0, 0.0, 1.0]


def test_vertices_that_are_no_numbers_are_dropped_with_their_triangles(tmp_path):
    scan = read_text(tmp_path, "v 0 0 0\nv 1 0 0\nv 0 1 0\nv nan 0 0\nv 1e300 0 0\nf 1 2 3\nf 1 2 4\nf 2 3 5\n")
    assert scan.scene.triangles == 1
    assert "2 vertices" in scan.notes[0]
    assert "2 triangles" in scan.notes[0]


def test_a_model_in_map_coordinates_keeps_its_millimetres(tmp_path):
    text = "v 500000.001 4000000.001 0\nv 500000.002 4000000.001 0\nv 500000.001 4000000.003 0\nf 1 2 3\n"
    positions = soup(read_text(tmp_path, text))
    assert np.allclose(np.ptp(positions, axis=(0, 1)), [0.001, 0.002, 0], atol=1e-6)


def test_normals_come_back_at_unit_length_and_zero_ones_are_made_from_the_faces(tmp_path):
    text = "v 0 0 0\nv 1 0 0\nv 0 1 0\nvn 0 0 2\nvn 0 0 0\nf 1//1 2//1 3//2\n"
    primitive = read_text(tmp_path, text).scene.meshes[0].primitives[0]
    assert np.allclose(primitive.normals, [0, 0, 1])


def test_continued_lines_comments_and_decimal_commas_are_understood(tmp_path):
    text = "v 0 0 \\\n0 # origin\nv 1,5 0 0\nv 0 1 0\nf 1 2 \\\n3 # done\nl 1 2\np 3\n"
    scan = read_text(tmp_path, text)
    assert soup(scan).max() == 1.5
    assert len(scan.notes) == 2


def test_a_unit_in_a_comment_is_declared(tmp_path):
    assert (
        read_text(tmp_path, "# File units = millimeters\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n").metres_per_unit == 1e-3
    )
    assert read_text(tmp_path, "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n").metres_per_unit is None


# --- textures that are hard to find ----------------------------------------------------------------------------------


def base_color(scan):
    (material,) = scan.scene.materials
    texture = scan.scene.textures[material.json["pbrMetallicRoughness"]["baseColorTexture"]["index"]]
    return scan.scene.images[texture.image]


def only_texture(scan, data):
    return base_color(scan).data == data


@pytest.mark.parametrize(
    "statement",
    [
        "map_Kd box skin.png", "map_Kd  box skin.png  ", "map_Kd ./box skin.png", "map_Kd .\\box skin.png",
        "map_Kd C:\\Users\\me\\box skin.png", "map_Kd /home/me/box skin.png", "map_Kd BOX SKIN.PNG",
        "map_Kd -s 1 1 1 -o 0 0 0 box skin.png", "map_Kd -clamp on box skin.png", 'map_Kd "box skin.png"',
        "map_Kd other.png", "map_Ka box skin.png",
    ],
)  # fmt: skip
def test_a_texture_is_found_however_it_is_named(tmp_path, statement):
    tree = {**good.obj_tree(), "box.mtl": f"newmtl skin\r\n{statement}\r\n".encode()}
    assert only_texture(read(good.write(tmp_path, tree)), tree["box skin.png"])


@pytest.mark.parametrize("place", ["texture.png", "textures/texture.png", "materials/textures/texture.png"])
def test_a_texture_is_found_when_the_library_is_not_shipped(tmp_path, place):
    scan = read(good.write(tmp_path, {"box.obj": good.obj_text("material_0.mtl"), place: good.picture()}))
    assert only_texture(scan, good.picture())
    assert any("material_0.mtl" in note for note in scan.notes)


def test_a_texture_is_found_in_a_sibling_of_the_folder_of_meshes(tmp_path):
    good.write(tmp_path, {"kit/meshes/box.obj": good.obj_text(), "kit/materials/textures/a b.png": good.picture()})
    assert only_texture(read(tmp_path / "kit" / "meshes" / "box.obj"), good.picture())
    assert only_texture(read(tmp_path / "kit"), good.picture())
    assert read(tmp_path / "kit").name == "kit"


def test_of_the_folder_above_nothing_but_textures_is_read(tmp_path):
    good.write(tmp_path, {"models/box.obj": good.obj_text(), "private/holiday.png": good.picture()})
    (tmp_path / "models" / "box.mtl").write_bytes(b"newmtl skin\nmap_Kd ../private/holiday.png\n")
    with pytest.raises(MissingFile, match="holiday"):
        read(tmp_path / "models" / "box.obj")
    (tmp_path / "models" / "holiday.png").symlink_to(tmp_path / "private" / "holiday.png")
    with pytest.raises(MissingFile, match="holiday"):
        read(tmp_path / "models" / "box.obj")


def test_of_several_pictures_the_one_that_sounds_like_colour_is_used(tmp_path):
    pictures = {
        f"box_{use}.png": good.picture(size=(4, size)) for size, use in enumerate(["normal", "albedo", "ao"], 3)
    }
    scan = read(good.write(tmp_path, {"box.obj": good.obj_text("gone.mtl"), **pictures}))
    assert only_texture(scan, pictures["box_albedo.png"])


def test_a_texture_that_is_named_and_missing_is_an_error_with_both_names(tmp_path):
    tree = {**good.obj_tree(), "other.png": good.picture(), "third.png": good.picture()}
    del tree["box skin.png"]
    with pytest.raises(MissingFile, match=r"'box.mtl' names the texture 'box skin.png'.*Put 'box skin.png' beside"):
        read(good.write(tmp_path, tree))


def test_opacity_becomes_the_alpha_of_the_base_colour(tmp_path):
    mask = np.zeros((8, 8), np.uint8)
    mask[:, 4:] = 255
    png = io.BytesIO()
    Pictures.fromarray(mask).save(png, "PNG")
    mtl = b"newmtl skin\nmap_Kd box skin.png\nmap_d mask.png\n"
    scan = read(good.write(tmp_path, {**good.obj_tree(), "box.mtl": mtl, "mask.png": png.getvalue()}))
    assert scan.scene.materials[0].json["alphaMode"] == "MASK"
    rgba = np.asarray(Pictures.open(io.BytesIO(base_color(scan).data)))
    assert np.array_equal(rgba[..., 3], mask)
    assert np.array_equal(rgba[..., :3], np.asarray(Pictures.open(io.BytesIO(good.picture()))))


def test_roughness_and_metalness_are_packed_as_gltf_has_them(tmp_path):
    mtl = b"newmtl skin\nmap_Kd box skin.png\nmap_Pr rough.png\nmap_Pm metal.png\n"
    grey = {"rough.png": good.picture(mode="L"), "metal.png": good.picture(size=(4, 4), mode="L")}
    scan = read(good.write(tmp_path, {**good.obj_tree(), "box.mtl": mtl, **grey}))
    pbr = scan.scene.materials[0].json["pbrMetallicRoughness"]
    packed = scan.scene.images[scan.scene.textures[pbr["metallicRoughnessTexture"]["index"]].image]
    pixels = np.asarray(Pictures.open(io.BytesIO(packed.data)))
    assert np.array_equal(pixels[..., 1], np.asarray(Pictures.open(io.BytesIO(grey["rough.png"]))))
    assert (pbr["roughnessFactor"], pbr["metallicFactor"]) == (1.0, 1.0)


def test_a_height_map_becomes_normals_that_lean_downhill(tmp_path):
    ramp = np.tile(np.minimum(np.arange(16) * 16, 255).astype(np.uint8), (16, 1))
    png = io.BytesIO()
    Pictures.fromarray(ramp).save(png, "PNG")
    mtl = b"newmtl skin\nmap_Kd box skin.png\nmap_Bump -bm 1 bump.png\n"
    scan = read(good.write(tmp_path, {**good.obj_tree(), "box.mtl": mtl, "bump.png": png.getvalue()}))
    slot = scan.scene.materials[0].json["normalTexture"]["index"]
    normals = np.asarray(Pictures.open(io.BytesIO(scan.scene.images[scan.scene.textures[slot].image].data)), float)
    inner = normals[4:12, 4:12] / 127.5 - 1
    assert (inner[..., 0] < -0.1).all()
    assert np.allclose(inner[..., 1], 0, atol=0.02)
    assert np.allclose(np.linalg.norm(inner, axis=2), 1, atol=0.02)


def test_a_normal_map_under_the_name_of_a_bump_map_is_kept(tmp_path):
    flat = io.BytesIO()
    Pictures.new("RGB", (8, 8), (128, 128, 255)).save(flat, "PNG")
    mtl = b"newmtl skin\nmap_Kd box skin.png\nbump n.png\n"
    scan = read(good.write(tmp_path, {**good.obj_tree(), "box.mtl": mtl, "n.png": flat.getvalue()}))
    slot = scan.scene.materials[0].json["normalTexture"]["index"]
    assert scan.scene.images[scan.scene.textures[slot].image].data == flat.getvalue()


@pytest.mark.parametrize("kind", ["BMP", "TGA", "TIFF", "GIF"])
def test_pictures_that_gltf_cannot_carry_become_png_with_the_same_pixels(tmp_path, kind):
    data = good.picture(kind)
    tree = {"box.obj": good.obj_text(), "box.mtl": b"newmtl skin\nmap_Kd a.img.tif\n", "a.img.tif": data}
    image = base_color(read(good.write(tmp_path, tree)))
    assert image.media_type == "image/png"
    with Pictures.open(io.BytesIO(data)) as before, Pictures.open(io.BytesIO(image.data)) as after:
        assert np.array_equal(np.asarray(before.convert("RGB")), np.asarray(after.convert("RGB")))


def test_a_tiling_texture_keeps_its_scale_and_offset(tmp_path):
    mtl = b"newmtl skin\nmap_Kd -s 2 3 1 -o 0.25 0.5 0 box skin.png\n"
    scan = read(good.write(tmp_path, {**good.obj_tree(), "box.mtl": mtl}))
    info = scan.scene.materials[0].json["pbrMetallicRoughness"]["baseColorTexture"]
    transform = info["extensions"]["KHR_texture_transform"]
    uv = np.array([0.3, 0.7])
    gltf = (uv * [1, -1] + [0, 1]) * transform["scale"] + transform["offset"]
    sampled = uv * [2, 3] + [0.25, 0.5]  # where OBJ looks, v upwards
    assert np.allclose(gltf, sampled * [1, -1] + [0, 1])
