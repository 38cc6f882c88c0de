"""The modelling kit: closed solids are closed, faces turn outwards, normals are unit, measures are true."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom_demo.kit.curve import (
    area,
    circle,
    fillet,
    offset,
    rounded_polygon,
    rounded_rectangle,
    spline,
    superellipse,
)
from showroom_demo.kit.gem import brilliant
from showroom_demo.kit.shape import Shape, merge, rotation
from showroom_demo.kit.solid import box, capsule, cylinder, plate, sphere, torus
from showroom_demo.kit.sweep import lathe, loft, ribbon, sweep, tube


def volume(shape: Shape) -> float:
    a, b, c = (shape.points[shape.faces[:, k]] for k in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def open_edges(shape: Shape) -> int:
    """Directed edges without their opposite, vertices at one place taken as one."""
    _, place = np.unique(np.round(shape.points * 1e4).astype(np.int64), axis=0, return_inverse=True)
    faces = place.reshape(-1)[shape.faces]
    faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])]
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    there = {tuple(edge) for edge in edges.tolist()}
    return sum((b, a) not in there for a, b in there)


CLOSED = {
    "box": lambda: box(30, 20, 10, bevel=3),
    "cylinder": lambda: cylinder(10, 20),
    "sphere": lambda: sphere(10),
    "torus": lambda: torus(20, 4),
    "capsule": lambda: capsule(3, 20),
    "plate with holes": lambda: plate(superellipse(60, 40), 4, holes=[superellipse(30, 20)], bevel=1.2, step=1.5),
    "cushion": lambda: plate(rounded_rectangle(60, 40, 8), 12, edge=[(0, 6), (0.5, 4), (3, 1.5), (9, 0)], step=1.5),
    "tube": lambda: tube([(0, 0, 0), (10, 0, 0), (20, 10, 5), (30, 10, 30)], 2, samples=40),
    "closed sweep": lambda: sweep(np.c_[circle(30, 60), np.zeros(60)], circle(3, 12), closed=True),
    "ribbon": lambda: ribbon(np.c_[circle(30, 60), np.zeros(60)][:40], 18, 3, bevel=1, up=(1, 0, 0)),
    "loft": lambda: loft(np.stack([np.c_[circle(10 - k, 24), np.full(24, 5.0 * k)] for k in range(4)])),
    "brilliant": lambda: merge(list(brilliant(6.0, length=8.0))),
}


@pytest.mark.parametrize("name", CLOSED)
def test_a_solid_is_closed_and_faces_outwards(name: str) -> None:
    shape = CLOSED[name]()
    assert open_edges(shape) == 0
    assert volume(shape) > 0


@pytest.mark.parametrize("name", CLOSED)
def test_normals_are_unit_and_agree_with_the_faces(name: str) -> None:
    shape = CLOSED[name]()
    assert np.allclose(np.linalg.norm(shape.normals, axis=1), 1)
    a, b, c = (shape.points[shape.faces[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    face /= np.maximum(np.linalg.norm(face, axis=1, keepdims=True), 1e-12)
    assert (face[:, None] * shape.normals[shape.faces]).sum(axis=2).min() > 0.5


def test_volumes_are_those_of_geometry() -> None:
    assert volume(cylinder(10, 20, bevel=0.01, segments=256)) == pytest.approx(np.pi * 100 * 20, rel=2e-3)
    assert volume(sphere(10, segments=128)) == pytest.approx(4 / 3 * np.pi * 1000, rel=3e-3)
    assert volume(torus(20, 4, segments=256, sides=64)) == pytest.approx(2 * np.pi**2 * 20 * 16, rel=3e-3)


def test_mirroring_keeps_a_solid_inside_in() -> None:
    part = tube([(0, 0, 0), (10, 0, 0), (20, 10, 5)], 2, samples=20).moved(x=30)
    assert volume(part.mirrored()) == pytest.approx(volume(part))
    assert part.mirrored().bounds[0, 0] == pytest.approx(-part.bounds[1, 0])


def test_a_brilliant_has_its_facets() -> None:
    crown, pavilion = brilliant(6.0)

    def facets(shape: Shape) -> int:
        a, b, c = (shape.points[shape.faces[:, k]] for k in range(3))
        normal = np.cross(b - a, c - a)
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        slope = np.abs(normal[:, 1]) > 1e-3  # without the girdle
        return len(np.unique(np.round(normal[slope], 3), axis=0))

    assert facets(crown) == 1 + 8 + 8 + 16
    assert facets(pavilion) == 8 + 16


@settings(max_examples=40, deadline=None)
@given(st.floats(10, 200), st.floats(10, 200), st.floats(0, 100))
def test_a_rounded_rectangle_keeps_its_outer_size(width: float, height: float, radius: float) -> None:
    outline = rounded_rectangle(width, height, radius)
    assert np.ptp(outline[:, 0]) == pytest.approx(width)
    assert np.ptp(outline[:, 1]) == pytest.approx(height)
    assert 0 < area(outline) <= width * height * (1 + 1e-9)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-50, 50)] * 3), min_size=3, max_size=8, unique=True), st.integers(8, 80))
def test_a_spline_goes_from_its_first_point_to_its_last(points: list[tuple[float, float, float]], samples: int) -> None:
    curve = spline(points, samples)
    assert curve.shape == (samples, 3)
    assert np.isfinite(curve).all()
    assert curve[0] == pytest.approx(np.array(points[0]), abs=1e-6)
    assert curve[-1] == pytest.approx(np.array(points[-1]), abs=1e-6)


@given(st.floats(-180, 180), st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1))
def test_a_rotation_is_one(degrees: float, axis: tuple[float, float, float]) -> None:
    matrix = rotation(axis, degrees)
    assert np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(matrix) == pytest.approx(1)


def test_offsetting_an_outline_moves_it_by_the_distance() -> None:
    assert np.linalg.norm(offset(circle(20, 200), 3), axis=1) == pytest.approx(23, rel=1e-3)


def test_a_fillet_is_an_arc_of_its_radius() -> None:
    line = fillet([(0, 0), (10, 0), (10, 10)], 2.0)
    assert np.linalg.norm(line[1:-1] - [8, 2], axis=1) == pytest.approx(2.0)


def test_corners_too_tight_for_their_radius_do_not_cross_over() -> None:
    assert area(rounded_polygon([(5, -1), (5, 1), (-5, 1), (-5, -1)], 50)) > 0


def test_texture_coordinates_are_millimetres() -> None:
    turned = lathe([(20.0, 0.0), (20.0, 50.0)], segments=64)
    assert np.ptp(turned.uvs[:, 0]) == pytest.approx(2 * np.pi * 20)
    assert np.ptp(turned.uvs[:, 1]) == pytest.approx(50)
