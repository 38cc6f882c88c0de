import numpy as np
import pytest
import shapes
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom_pipeline.closest import ClosestPoints, sample_surface
from showroom_pipeline.steps.fit import fit
from showroom_pipeline.steps.simplify import simplify


def _euler(faces: np.ndarray) -> int:
    edges = np.unique(np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1), axis=0)
    return len(np.unique(faces)) - len(edges) + len(faces)


def _volume(points: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = (points[faces[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def _mean_error(points: np.ndarray, faces: np.ndarray, of: tuple[np.ndarray, np.ndarray]) -> float:
    rng = np.random.default_rng(5)
    there, _, _ = sample_surface(*of, 20_000, rng=rng)
    back, _, _ = sample_surface(points, faces, 20_000, rng=rng)
    out = ClosestPoints(points, faces).query(there).distances.mean()
    return float(out + ClosestPoints(*of).query(back).distances.mean()) / 2


@given(share=st.floats(0.03, 0.9), rings=st.integers(6, 20))
@settings(max_examples=15, deadline=None)
def test_a_sphere_reaches_any_target_and_stays_a_sphere(share: float, rings: int) -> None:
    points, faces = shapes.sphere(rings=rings)
    target = max(8, int(share * len(faces)))
    made = simplify(points, faces, target=target)
    assert target - 2 <= len(made.faces) <= target
    assert _euler(made.faces) == 2
    assert np.isfinite(made.positions).all()


def test_collapses_keep_the_volume() -> None:
    points, faces = shapes.sphere(rings=30)
    made = simplify(points, faces, target=300)
    assert _volume(made.positions, made.faces) == pytest.approx(_volume(points, faces), rel=2e-3)


def test_a_flat_plate_keeps_its_outline_to_the_last_triangles() -> None:
    points, faces, _ = shapes.plate(cells=20)
    made = simplify(points, faces, target=20)
    assert np.allclose(made.positions[:, 2], 0, atol=1e-9)
    a, b, c = (made.positions[made.faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2
    assert area == pytest.approx(0.04, rel=1e-3)


def test_it_does_not_matter_where_or_how_large_the_surface_is() -> None:
    points, faces = shapes.sphere(rings=12)
    far = simplify(points * 1000 + 5000, faces, target=200)
    near = simplify(points, faces, target=200)
    assert len(near.faces) == len(far.faces)
    there = _mean_error((far.positions - 5000) / 1000, far.faces, (points, faces))
    assert there == pytest.approx(_mean_error(near.positions, near.faces, (points, faces)), rel=0.05)


def test_it_beats_the_usual_quadric_collapse_in_mean_error() -> None:
    import fast_simplification

    points, faces = shapes.sphere(rings=40)
    points = points * (1 + 0.1 * np.sin(40 * points[:, :1]) * np.cos(30 * points[:, 1:2]))
    ours = simplify(points, faces, target=600)
    place, triangles = fast_simplification.simplify(points.astype(np.float32), faces.astype(np.int32), target_count=600)
    theirs = _mean_error(np.asarray(place, np.float64), np.asarray(triangles, np.int64), (points, faces))
    assert len(triangles) >= len(ours.faces)
    assert _mean_error(ours.positions, ours.faces, (points, faces)) < 0.9 * theirs


def test_an_edge_with_three_faces_is_left_alone_and_stops_nothing() -> None:
    points, faces, _ = shapes.plate(cells=10)
    fin = np.array([[60, 61, len(points)]])
    points = np.concatenate([points, [[0.0, 0.0, 0.1]]])
    made = simplify(points, np.concatenate([faces, fin]), target=40)
    assert len(made.faces) <= 40
    assert np.isclose(made.positions, [0, 0, 0.1]).all(axis=1).any()


def test_fitting_lowers_the_mean_error_and_keeps_the_triangles() -> None:
    points, faces = shapes.sphere(rings=40)
    points = points * (1 + 0.1 * np.sin(40 * points[:, :1]))
    coarse = simplify(points, faces, target=400)
    fitted = fit(coarse.positions, coarse.faces, points, faces, rng=np.random.default_rng(0), samples=20_000)
    before = _mean_error(coarse.positions, coarse.faces, (points, faces))
    assert _mean_error(fitted, coarse.faces, (points, faces)) < 0.95 * before
    assert fitted.shape == coarse.positions.shape


def test_fitting_what_fits_already_changes_next_to_nothing() -> None:
    points, faces, _ = shapes.plate(cells=6)
    fitted = fit(points, faces, points, faces, rng=np.random.default_rng(0), samples=5_000)
    assert np.abs(fitted - points).max() < 1e-6
