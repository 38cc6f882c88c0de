"""Polygons to triangles: the area is kept and nothing turns over, however the polygon is bent."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from showroom_pipeline.ingest.triangulate import triangulate


def areas(points, triangles):
    a, b, c = (points[triangles[:, i]] for i in range(3))
    return np.cross(b - a, c - a) / 2


def area_vector(ring):
    return np.cross(ring, np.roll(ring, -1, axis=0)).sum(axis=0) / 2


@st.composite
def stars(draw):
    """A star-shaped polygon, mostly concave, turned anyhow in space."""
    count = draw(st.integers(3, 40))
    radii = draw(arrays.arrays(np.float64, count, elements=st.floats(0.1, 1)))
    angles = np.arange(count) * 2 * np.pi / count
    ring = np.stack([np.cos(angles) * radii, np.sin(angles) * radii, np.zeros(count)], axis=1)
    rotation, _ = np.linalg.qr(np.random.default_rng(draw(st.integers(0, 99))).normal(size=(3, 3)))
    return ring @ rotation.T + [1, 2, 3]


@given(st.lists(stars(), min_size=1, max_size=6))
def test_a_polygon_keeps_its_area_and_its_side(rings):
    points = np.concatenate(rings)
    sizes = np.array([len(ring) for ring in rings])
    triangles, owners = triangulate(sizes, points)
    assert len(triangles) == (sizes - 2).sum()
    first = np.cumsum(sizes) - sizes
    for index, ring in enumerate(rings):
        own = triangles[owners == index]
        assert ((own >= first[index]) & (own < first[index] + sizes[index])).all()
        parts, whole = areas(points, own), area_vector(ring)
        assert np.allclose(parts.sum(axis=0), whole)
        # Not one triangle faces the other way: their unsigned areas sum to the polygon's too.
        assert np.isclose(np.linalg.norm(parts, axis=1).sum(), np.linalg.norm(whole), rtol=1e-6)


def test_faces_with_fewer_than_three_corners_give_nothing():
    triangles, owners = triangulate(np.array([2, 3, 1, 0, 4]), np.random.default_rng(0).random((10, 3)))
    assert owners.tolist() == [1, 4, 4]
    assert triangles[0].tolist() == [2, 3, 4]


def test_a_polygon_that_crosses_itself_still_ends():
    rng = np.random.default_rng(5)
    triangles, _ = triangulate(np.array([200]), np.hstack([rng.random((200, 2)), np.zeros((200, 1))]))
    assert len(triangles) == 198


def test_corners_that_are_no_numbers_do_no_harm():
    points = np.full((9, 3), np.nan)
    triangles, _ = triangulate(np.array([4, 5]), points)
    assert len(triangles) == 5
