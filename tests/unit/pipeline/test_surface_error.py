"""Two-way surface error: against shapes whose distance is known, and against an exact tracer."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from showroom_assets.errors import EmptyInput
from showroom_assets.scene import Mesh, Node, Primitive, Scene, Skin, single
from showroom_pipeline.surface_error import Surface, surface_error, world_triangles


def test_spheres_of_radii_100_and_101_mm_are_one_millimetre_apart(shapes: SimpleNamespace) -> None:
    found = surface_error(single(shapes.ball(radius_m=0.1, rings=64)), single(shapes.ball(radius_m=0.101, rings=64)))
    assert found.mean == pytest.approx(1.0, abs=0.02)
    assert found.rms == pytest.approx(1.0, abs=0.02)
    assert found.p99 == pytest.approx(1.0, abs=0.1)
    assert found.mean <= found.rms <= found.p99 <= found.max


def test_a_scene_is_no_distance_from_itself_to_single_precision(shapes: SimpleNamespace) -> None:
    scene = single(shapes.ball())
    found = surface_error(scene, scene)
    assert found.max < 1e-4  # a millionth of its size: single precision


def test_a_lost_half_shows_in_one_direction_only(shapes: SimpleNamespace) -> None:
    whole = shapes.ball(rings=32)
    upper = replace(whole, indices=whole.indices[whole.positions[whole.indices][..., 1].min(axis=1) >= 0])
    found = surface_error(single(whole), single(upper))
    assert found.missing > 10.0
    assert found.invented < 1e-3
    assert found.max == pytest.approx(141.4, abs=0.5)  # from the south pole to the rim: 100 mm times the root of two


def test_a_spike_too_thin_to_be_sampled_is_found_by_its_vertex(shapes: SimpleNamespace) -> None:
    plain = shapes.ball()
    tip = np.vstack([plain.positions, [[0.0, 0.15, 0.0]]]).astype(np.float32)
    spike = Primitive(positions=tip, indices=np.vstack([plain.indices, [[0, 1, len(tip) - 1]]]).astype(np.uint32))
    assert surface_error(single(plain), single(spike)).max == pytest.approx(50.0, abs=0.5)


def test_the_same_seed_gives_the_same_figures(shapes: SimpleNamespace) -> None:
    one, other = single(shapes.ball(rings=10)), single(shapes.ball(rings=16))
    assert surface_error(one, other, seed=3) == surface_error(one, other, seed=3)
    assert surface_error(one, other, seed=3) != surface_error(one, other, seed=4)


def test_distances_are_exact_beside_slivers(shapes: SimpleNamespace) -> None:
    """The poles of the ball are slivers, where searching near centroids was 8 mm off."""
    surface = Surface(single(shapes.ball(rings=6)))
    points, _ = Surface(single(shapes.ball(rings=40, shift_m=(0.01, 0.0, 0.02)))).samples(
        80, rng=np.random.default_rng(2)
    )
    corners = surface.positions[surface.faces]
    grid = np.array([(i, j, 50 - i - j) for i in range(51) for j in range(51 - i)]) / 50.0
    dense = np.einsum("gk,mki->mgi", grid, corners).reshape(-1, 3)
    brute = np.array([np.sqrt(((dense - point) ** 2).sum(axis=1).min()) for point in points])
    found = surface.distances(points)
    assert (found <= brute + 1e-7).all()
    assert np.abs(found - brute).max() < 5e-4  # the dense grid's own spacing


def test_a_mesh_shown_twice_is_measured_twice_and_in_place(shapes: SimpleNamespace) -> None:
    mesh = Mesh(primitives=(shapes.ball(),))
    scene = Scene(
        nodes=(
            Node(children=(1, 2), scale=(2.0, 2.0, 2.0)),
            Node(mesh=0, translation=(-1.0, 0.0, 0.0)),
            Node(mesh=0, translation=(1.0, 0.0, 0.0)),
        ),
        roots=(0,),
        meshes=(mesh,),
    )
    positions, faces = world_triangles(scene)
    assert len(faces) == 2 * len(mesh.primitives[0].indices)
    assert np.ptp(positions, axis=0) == pytest.approx([4.4, 0.4, 0.4], abs=1e-3)


def test_a_skinned_mesh_is_measured_where_its_joints_put_it(shapes: SimpleNamespace) -> None:
    plain = shapes.ball()
    count = len(plain.positions)
    skinned = replace(
        plain,
        joints=np.zeros((count, 4), dtype=np.uint16),
        weights=np.tile(np.array([1, 0, 0, 0], dtype=np.float32), (count, 1)),
    )
    scene = Scene(
        nodes=(Node(mesh=0, skin=0, translation=(9.0, 9.0, 9.0)), Node(translation=(0.0, 0.5, 0.0))),
        roots=(0, 1),
        meshes=(Mesh(primitives=(skinned,)),),
        skins=(Skin(joints=(1,), inverse_bind=np.eye(4, dtype=np.float32)[None]),),
    )
    positions, _ = world_triangles(scene)
    assert (positions - plain.positions).mean(axis=0) == pytest.approx([0.0, 0.5, 0.0], abs=1e-5)


def test_a_cloud_has_no_surface_to_measure() -> None:
    cloud = Primitive(positions=np.zeros((5, 3), dtype=np.float32), indices=np.empty((0, 3), dtype=np.uint32))
    with pytest.raises(EmptyInput, match="no triangles"):
        Surface(single(cloud))
