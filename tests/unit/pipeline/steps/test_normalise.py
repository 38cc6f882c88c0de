"""Metres, upright, and declared dimensions held to."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom_assets.errors import DimensionMismatch, EmptyInput, InputError
from showroom_assets.scene import (
    Animation,
    Channel,
    Mesh,
    Node,
    Primitive,
    Scene,
    Skin,
    local_matrix,
    single,
    world_matrices,
)
from showroom_pipeline.steps.dimensions import format_dimensions, parse_dimensions, parse_unit
from showroom_pipeline.steps.normalise import normalise, rest_positions, rotation_from
from showroom_pipeline.steps.transform import quaternion, transform_primitive
from showroom_pipeline.steps.upright import guess_up


def box(width: float, height: float, depth: float, low: tuple[float, float, float] = (0, 0, 0)) -> Primitive:
    """A box with outward faces, flat normals and tangents, +Y up."""
    unit = np.array([[-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]], float)
    turns = [np.eye(3), rotation_from("+Y", "+X"), rotation_from("+Y", "-X"), rotation_from("+Y", "-Z"),
             rotation_from("+Z", "+Y").T, rotation_from("-Z", "+Y").T]  # fmt: skip
    corners = np.concatenate([unit @ t.T for t in turns])
    normals = np.concatenate([np.tile(t[:, 2], (4, 1)) for t in turns])
    tangents = np.concatenate([np.tile([*t[:, 0], 1.0], (4, 1)) for t in turns])
    faces = np.concatenate([[[k, k + 1, k + 2], [k, k + 2, k + 3]] for k in range(0, 24, 4)])
    positions = (corners + 1) / 2 * np.array([width, height, depth]) + np.array(low)
    return Primitive(
        positions=positions.astype(np.float32),
        indices=faces.astype(np.uint32),
        normals=normals.astype(np.float32),
        tangents=tangents.astype(np.float32),
        uvs=(np.tile([[0, 1], [1, 1], [1, 0], [0, 0]], (6, 1)).astype(np.float32),),
    )


def outward(part: Primitive) -> bool:
    a, b, c = (part.positions[part.indices[:, i]].astype(np.float64) for i in range(3))
    normals = np.cross(b - a, c - a)
    middle = 0.5 * (part.positions.min(axis=0) + part.positions.max(axis=0))
    agree = (np.einsum("ij,ij->i", normals, (a + b + c) / 3 - middle) > 0).all()
    assert part.normals is not None
    unit = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    return bool(agree) and bool(np.abs(unit - part.normals[part.indices[:, 0]]).max() < 1e-5)


def only(scene: Scene) -> Primitive:
    ((primitive,),) = (mesh.primitives for mesh in scene.meshes)
    return primitive


lengths = st.floats(0.01, 4.0)
matrices = st.tuples(st.floats(-5, 5), st.floats(-5, 5), st.floats(-5, 5), st.booleans())


@settings(max_examples=60, deadline=None)
@given(lengths, lengths, lengths, matrices, st.sampled_from(["mm", "cm", "m", "in", "ft"]),
       st.sampled_from(["+Y", "+Z", "-Y", "-Z", "+X", "-X"]))  # fmt: skip
def test_bounds_stand_on_the_ground_centred_and_the_scale_is_exact(
    width: float, height: float, depth: float, at: tuple[float, float, float, bool], unit: str, up: str
) -> None:
    metres = parse_unit(unit)
    x, y, z, mirrored = at
    node = Node(mesh=0, translation=(x / metres, y, z), rotation=quaternion(rotation_from("+Z", "+X")),
                scale=(-1.0, 1.0, 1.0) if mirrored else (1.0, 1.0, 1.0))  # fmt: skip
    part = box(width / metres, height / metres, depth / metres)
    scene = Scene(nodes=(node,), roots=(0,), meshes=(Mesh(primitives=(part,)),))
    result = normalise(scene, unit=unit, up=up)
    after = only(result.scene)
    linear = result.matrix[:3, :3] / metres
    assert np.abs(linear @ linear.T - np.eye(3)).max() < 1e-9  # rigid but for the scale
    assert np.linalg.det(linear) > 0
    low, high = after.positions.min(axis=0), after.positions.max(axis=0)
    size = max(high - low)
    assert abs(low[1]) <= 1e-5 * (size + abs(x))
    assert np.abs((low + high)[[0, 2]]).max() <= 2e-5 * (size + abs(x))
    assert np.allclose(sorted(high - low), sorted((width, height, depth)), rtol=1e-4, atol=1e-5 * abs(x))
    assert np.allclose(result.bounds_m, [low, high], atol=1e-4 * size + 1e-5 * abs(x))
    assert outward(after)
    points = rest_positions(scene)
    moved = points @ result.matrix[:3, :3].T + result.matrix[:3, 3]
    assert np.allclose(np.sort(rest_positions(result.scene), axis=0), np.sort(moved, axis=0), atol=1e-4)
    assert up == result.up


def test_a_second_run_changes_no_bit() -> None:
    first = normalise(single(box(0.3, 0.2, 0.12, (5, 6, 7))), unit="m", up="+Z")
    again = normalise(first.scene, unit="m", up="+Y")
    assert np.array_equal(again.matrix, np.eye(4))
    assert only(again.scene) is only(first.scene) or np.array_equal(
        only(again.scene).positions, only(first.scene).positions
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_any_affine_transform_keeps_normals_across_and_tangents_along_the_surface(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrix = np.eye(4)
    matrix[:3, :3] = rng.normal(size=(3, 3))
    if abs(np.linalg.det(matrix[:3, :3])) < 0.05:
        return
    part = transform_primitive(box(1, 2, 3), matrix)
    assert outward(part)
    assert part.tangents is not None
    edge = part.positions[1::4] - part.positions[0::4]
    edge /= np.linalg.norm(edge, axis=1, keepdims=True)
    tangent = part.tangents[::4, :3]
    assert np.abs(np.abs(np.einsum("ij,ij->i", edge, tangent)) - 1).max() < 1e-3
    assert (part.tangents[:, 3] == np.sign(np.linalg.det(matrix[:3, :3]))).all()


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("30x20x12cm", (0.3, 0.2, 0.12)),
        ("30 × 20 × 12 cm", (0.3, 0.2, 0.12)),
        ("300mm x 20cm x 0.12m", (0.3, 0.2, 0.12)),
        ("11,8x7.9X4,7 in", (11.8 * 0.0254, 7.9 * 0.0254, 4.7 * 0.0254)),
        ("2' x 3\" x 1ft", (0.6096, 0.0762, 0.3048)),
        (".5*1*2 metres", (0.5, 1.0, 2.0)),
    ],
)
def test_dimensions_are_read_as_people_write_them(text: str, metres: tuple[float, float, float]) -> None:
    assert parse_dimensions(text) == pytest.approx(metres)


@pytest.mark.parametrize(
    "text",
    ["", "30x20", "30x20x12", "30x20x12parsec", "axbxcm", "-3x2x1cm", "0x2x1cm", "1,500x20x30mm", "30cmx20x12cm",
     "1x2x3x4cm", "nanx1x1m", "1e5x1x1m", "x" * 500, "9" * 190 + "x1x1m", "101x1x1m"],
)  # fmt: skip
def test_dimensions_that_are_none_say_what_to_type(text: str) -> None:
    with pytest.raises(InputError, match=r"Write|write|Use one of") as caught:
        parse_dimensions(text)
    assert len(caught.value.message) < 400


@given(st.tuples(lengths, lengths, lengths))
def test_formatted_dimensions_read_back_to_three_figures(size: tuple[float, float, float]) -> None:
    assert parse_dimensions(format_dimensions(size)) == pytest.approx(size, rel=0.02, abs=0.002 * max(size))


def test_a_mesh_that_disagrees_with_its_dimensions_is_refused_with_both_sizes_and_the_axis() -> None:
    scene = single(box(0.30, 0.20, 0.14))
    assert normalise(scene, unit="m", up="+Y", dimensions_m=(0.3, 0.2, 0.135)).metres_per_unit == 1.0
    with pytest.raises(DimensionMismatch) as caught:
        normalise(scene, unit="m", up="+Y", dimensions_m=parse_dimensions("30x20x12cm"))
    message = caught.value.message
    assert "30 × 20 × 14 cm" in message
    assert "30 × 20 × 12 cm" in message
    assert "depth 17% too large" in message
    assert "width" not in message.split("declared:")[1]
    assert caught.value.fields["declared_m"] == [0.3, 0.2, 0.12]
    assert normalise(scene, unit="m", up="+Y", dimensions_m=(0.3, 0.2, 0.12), tolerance=0.2)


def test_the_refusal_names_swapped_sides_or_another_unit_when_that_would_fit() -> None:
    scene = single(box(30, 20, 12))
    with pytest.raises(DimensionMismatch, match="fits as 30 × 20 × 12 cm: check the order"):
        normalise(scene, unit="cm", up="+Y", dimensions_m=parse_dimensions("30x12x20cm"))
    with pytest.raises(DimensionMismatch, match="try --unit cm"):
        normalise(scene, unit="mm", up="+Y", dimensions_m=parse_dimensions("30x20x12cm"))
    with pytest.raises(DimensionMismatch, match="try --unit cm"):
        normalise(scene, unit="m", up="+Y", dimensions_m=parse_dimensions("30x20x12cm"))


@given(st.floats(1e-3, 1e3))
def test_dimensions_alone_set_the_scale(factor: float) -> None:
    scene = single(box(0.3 * factor, 0.2 * factor, 0.12 * factor))
    result = normalise(scene, up="+Y", dimensions_m=(0.3, 0.2, 0.12))
    assert result.size_m == pytest.approx((0.3, 0.2, 0.12), rel=0.05)
    with pytest.raises(DimensionMismatch):
        normalise(scene, up="+Y", dimensions_m=(0.3, 0.2, 0.15))


def test_dimensions_tell_which_way_is_up() -> None:
    lying = single(box(0.3, 0.12, 0.2, (-0.15, -0.06, 0.4)))  # as a Z-up tool writes a box of height 0.2
    result = normalise(lying, unit="m", dimensions_m=(0.3, 0.2, 0.12))
    assert result.up == "+Z"
    assert result.size_m == pytest.approx((0.3, 0.2, 0.12))


@pytest.mark.parametrize(("longest", "unit"), [(0.21, "m"), (215.0, "mm"), (26.0, "cm"), (1.9, "m"), (1900.0, "mm")])
def test_without_a_declaration_the_unit_is_a_plausible_guess_that_is_said(longest: float, unit: str) -> None:
    result = normalise(single(box(0.6 * longest, longest, 0.5 * longest)), up="+Y")
    assert result.metres_per_unit == parse_unit(unit)
    assert any(f"Took the unit to be {unit}" in note for note in result.notes)


def test_no_unit_makes_a_galaxy_a_product() -> None:
    with pytest.raises(InputError, match="Declare --unit or --dimensions"):
        normalise(single(box(1e7, 1e7, 1e7)), up="+Y")


def test_a_format_that_says_metres_is_believed_unless_it_makes_a_tower() -> None:
    chair = single(box(0.5, 0.9, 0.5))
    assert normalise(chair, up="+Y", metres_per_unit_declared=1.0).notes == ()
    tower = normalise(single(box(500, 900, 500)), up="+Y", metres_per_unit_declared=1.0)
    assert tower.metres_per_unit == 0.001
    assert "Its format says metres" in tower.notes[0]


def test_front_and_up_turn_the_product_to_face_plus_z() -> None:
    nose = np.array([[0, -1, 0.5]])
    assert np.allclose(nose @ rotation_from("+Z").T, [[0, 0.5, 1]])
    assert np.allclose(np.array([[1, 0, 0.5]]) @ rotation_from("+Z", "+X").T, [[0, 0.5, 1]])
    for up in ("+X", "-X", "+Y", "-Y", "+Z", "-Z"):
        assert np.linalg.det(rotation_from(up)) == pytest.approx(1)
    with pytest.raises(InputError, match="lie on one line"):
        rotation_from("+Z", "-Z")
    with pytest.raises(InputError, match="is not a direction"):
        rotation_from("up")


def skinned(animated: bool) -> Scene:
    part = box(0.5, 1.0, 0.2)
    joints = np.zeros((24, 4), np.uint16)
    weights = np.tile(np.array([1, 0, 0, 0], np.float32), (24, 1))
    part = replace(part, joints=joints, weights=weights)
    nodes = (Node(name="bone", translation=(3, 0, 0)), Node(name="body", mesh=0, skin=0))
    skin = Skin(joints=(0,), inverse_bind=np.eye(4, dtype=np.float32)[None])
    times, values = np.array([0, 1], np.float32), np.zeros((2, 3), np.float32)
    animation = Animation(channels=(Channel(times=times, values=values, path="translation", node=0),))
    return Scene(nodes=nodes, roots=(0, 1), meshes=(Mesh(primitives=(part,)),), skins=(skin,),
                 animations=(animation,) if animated else ())  # fmt: skip


@pytest.mark.parametrize("animated", [False, True])
def test_a_skinned_product_is_wrapped_not_baked_and_stands_where_its_bones_put_it(animated: bool) -> None:
    scene = skinned(animated)
    result = normalise(scene, unit="cm", up="+Z")
    assert result.scene.meshes is scene.meshes
    assert len(result.scene.nodes) == len(scene.nodes) + 1
    assert result.scene.nodes[:2] == scene.nodes
    (root,) = result.scene.roots
    assert np.allclose(local_matrix(result.scene.nodes[root]), result.matrix, atol=1e-12)
    points = rest_positions(result.scene)
    assert points.min(axis=0) == pytest.approx([-0.0025, 0, -0.005], abs=1e-7)
    assert points.max(axis=0) == pytest.approx([0.0025, 0.002, 0.005], abs=1e-7)


def test_anchors_move_with_the_product_and_keep_their_own_scale() -> None:
    anchor = Node(name="bridge", translation=(0, 500, 120))
    above = Node(name="group", children=(1, 2), translation=(10, 0, 0))
    drawn = Node(name="frame", mesh=0)
    scene = Scene(nodes=(above, drawn, anchor), roots=(0,), meshes=(Mesh(primitives=(box(200, 500, 100),)),))
    result = normalise(scene, unit="mm", up="+Y")
    world = world_matrices(result.scene)[2]
    assert world[:3, 3] == pytest.approx([-0.1, 0.5, 0.07])
    assert np.allclose(world[:3, :3], np.eye(3))
    assert [node.name for node in result.scene.nodes] == ["group", "frame", "bridge"]


def test_vertices_that_nothing_draws_have_no_say_in_the_size() -> None:
    part = box(0.3, 0.2, 0.1)
    stray = replace(part, positions=np.concatenate([part.positions, [[9, 9, 9]]]).astype(np.float32), normals=None,
                    tangents=None, uvs=())  # fmt: skip
    assert normalise(single(stray), unit="m", up="+Y").size_m == pytest.approx((0.3, 0.2, 0.1))


def test_nothing_to_measure_is_one_clear_error() -> None:
    with pytest.raises(EmptyInput):
        normalise(Scene())
    point = Primitive(positions=np.zeros((3, 3), np.float32), indices=np.array([[0, 1, 2]], np.uint32))
    with pytest.raises(EmptyInput, match="one place"):
        normalise(single(point))
    broken = Primitive(positions=np.full((3, 3), np.nan, np.float32), indices=np.array([[0, 1, 2]], np.uint32))
    with pytest.raises(InputError, match="not numbers"):
        normalise(single(broken))


@pytest.mark.scans
def test_every_real_scan_is_found_to_be_z_up_and_in_metres(shared_data: Path) -> None:
    from showroom_pipeline.ingest import read

    folders = [*sorted((shared_data / "scans" / "gso").iterdir()), *sorted((shared_data / "scans" / "ycb").iterdir())]
    for folder in folders:
        scan = read(folder)
        assert scan.scene is not None
        assert guess_up(rest_positions(scan.scene))[0] == "+Z", folder.name
        result = normalise(scan.scene)
        assert result.metres_per_unit == 1.0, folder.name
        assert 0.05 < max(result.size_m) < 0.4
