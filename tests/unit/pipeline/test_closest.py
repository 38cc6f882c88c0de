import numpy as np
import pytest
import shapes

from showroom_pipeline.closest import ClosestPoints, sample_surface


def _brute(points: np.ndarray, faces: np.ndarray, queries: np.ndarray) -> np.ndarray:
    """Distances by every triangle: the same exact test, no candidates."""
    every = [ClosestPoints(points, faces[k : k + 1]).query(queries).distances for k in range(len(faces))]
    return np.min(every, axis=0)


def test_distances_to_a_sphere_are_those_of_trying_every_triangle() -> None:
    points, faces = shapes.sphere(rings=6)
    queries = np.random.default_rng(0).normal(size=(500, 3)) * 0.1
    found = ClosestPoints(points, faces).query(queries)
    assert found.distances == pytest.approx(_brute(points, faces, queries), abs=1e-7)


def test_the_point_the_distance_and_the_weights_agree() -> None:
    points, faces = shapes.sphere(rings=8)
    queries = np.random.default_rng(1).normal(size=(300, 3)) * 0.1
    found = ClosestPoints(points, faces).query(queries)
    rebuilt = np.einsum("qk,qki->qi", found.barycentric, points[faces[found.triangles]])
    assert np.allclose(rebuilt, found.points, atol=1e-9)
    assert np.allclose(np.linalg.norm(queries - found.points, axis=1), found.distances)
    assert found.barycentric.min() >= -1e-12
    assert np.allclose(found.barycentric.sum(axis=1), 1)


def test_a_query_near_the_far_end_of_a_long_thin_triangle_finds_it() -> None:
    small, faces = shapes.sphere(rings=6, radius=0.01)
    points = np.concatenate([small, [[0.05, 0, 0], [1.0, 0, 0], [1.0, 0.001, 0]]])
    faces = np.concatenate([faces, [[len(small), len(small) + 1, len(small) + 2]]])
    found = ClosestPoints(points, faces).query(np.array([[0.99, 0.0, 0.002]]))
    assert found.triangles[0] == len(faces) - 1
    assert found.distances[0] == pytest.approx(0.002)


def test_triangles_without_area_are_still_a_distance_away() -> None:
    points = np.array([[0.0, 0, 0], [1, 0, 0], [2, 0, 0]])
    found = ClosestPoints(points, np.array([[0, 1, 2], [0, 0, 0]])).query(np.array([[1.0, 1.0, 0.0]]))
    assert found.distances[0] == pytest.approx(1.0)


def test_no_queries_give_no_answers() -> None:
    points, faces = shapes.sphere(rings=4)
    assert len(ClosestPoints(points, faces).query(np.empty((0, 3))).distances) == 0


def test_samples_lie_on_the_surface_and_spread_by_area() -> None:
    points, faces, _ = shapes.plate(cells=4)
    found, triangles, weights = sample_surface(points, faces, 20_000, rng=np.random.default_rng(0))
    assert np.allclose(found[:, 2], 0)
    assert np.allclose(np.einsum("qk,qki->qi", weights, points[faces[triangles]]), found)
    each = np.bincount(triangles, minlength=len(faces))
    assert each.min() > 0.95 * 20_000 / len(faces)
