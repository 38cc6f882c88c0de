"""What the figures wear: lines swept along edges, shoes on a last, and layers that keep apart."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree

from showroom_assets.errors import MissingFile
from showroom_demo.avatars.cloth import Tailor, apart, tailor, uncovered
from showroom_demo.avatars.human import human
from showroom_demo.avatars.mesh import KEPT, Mesh, Region, vertex_normals
from showroom_demo.avatars.outfits import OUTFITS, dressed
from showroom_demo.avatars.people import person
from showroom_demo.avatars.shoes import FLAT, LEATHER, SNEAKER, frame, shoes
from showroom_demo.avatars.skeleton import BONES, skeleton, vertex_weights
from showroom_demo.avatars.skin import skin
from showroom_demo.avatars.source import MakeHuman, fetched
from showroom_demo.avatars.trims import lines, swept

CACHE = Path(__file__).parents[4] / "build" / "cache"


@pytest.fixture(scope="module")
def ada() -> Tailor:
    try:
        data = MakeHuman(fetched(CACHE))
    except MissingFile as exc:
        pytest.skip(f"MakeHuman's data: {exc.message}")
    shape = human(data, person("ada"))
    bones = skeleton(data, shape.points)
    weights = vertex_weights(data)
    bare = skin(data, shape, bones, weights)
    body = replace(bare.mesh, morphs=bare.mesh.morphs | {"plain": data.points[bare.base]})
    return tailor(data, shape, bones, weights, body)


def tube(radius: float, height: float = 0.2, around: int = 40, rows: int = 6, jag: float = 0.0) -> Mesh:
    turn = np.arange(around) / around * 2 * np.pi
    y = np.linspace(0, height, rows)
    x = np.stack(np.broadcast_arrays(radius * np.cos(turn), y[:, None], -radius * np.sin(turn)), axis=2)
    x[-1, ::2, 1] += jag
    at = (np.arange(rows - 1)[:, None] * around + np.arange(around)).ravel()
    beside = (np.arange(rows - 1)[:, None] * around + (np.arange(around) + 1) % around).ravel()
    faces = np.concatenate(
        [np.stack([at, beside, beside + around], axis=1), np.stack([at, beside + around, at + around], axis=1)]
    )
    n = x.size // 3
    return Mesh(x.reshape(-1, 3), faces, np.ones((n, 1)), np.zeros(n, np.int64), np.ones((n, 3)))


def test_a_strip_along_a_jagged_edge_is_even_and_has_no_jags() -> None:
    mesh = tube(0.08, jag=0.004)
    (line,) = lines(mesh, lambda m: m.points[:, 1] > 0.15)
    assert line.is_closed
    assert np.ptp(line.points[:, 1]) < 0.001
    gaps = np.linalg.norm(np.roll(line.points, -1, 0) - line.points, axis=1)
    assert gaps.max() < 1.5 * gaps.min()
    assert (line.onward[:, 1] > 0.95).all()
    assert ((line.outward * line.points)[:, [0, 2]].sum(axis=1) > 0).all()


def test_a_strip_turns_its_face_to_the_outside_of_the_cloth() -> None:
    strip = swept(tube(0.08), ((-0.02, 0.002), (0.0, 0.002)), where=lambda m: m.points[:, 1] > 0.15)
    normals = vertex_normals(strip.points, strip.faces)
    assert ((normals * strip.points)[:, [0, 2]].sum(axis=1) > 0).all()


def test_an_outer_layer_is_pushed_off_the_inner_one_and_hides_all_but_a_margin_of_it() -> None:
    inner, outer = tube(0.080, 0.3, rows=40), tube(0.078, 0.2, rows=30)
    moved = apart(outer, inner, 0.004)
    assert np.hypot(moved.points[:, 0], moved.points[:, 2]).min() > 0.0835
    left = uncovered(inner, moved, margin_m=0.03)
    middle = (left.points[:, 1] > 0.05) & (left.points[:, 1] < 0.15)
    assert not middle.any()
    assert left.points[:, 1].max() == pytest.approx(0.3)


@pytest.mark.parametrize("last", [SNEAKER, LEATHER, FLAT])
def test_shoes_stand_on_the_floor_around_the_foot_without_toes(ada: Tailor, last: object) -> None:
    pair = shoes(ada.skeleton, ada.body, last)  # type: ignore[arg-type]
    assert 0 <= pair.points[:, 1].min() < 0.002
    assert np.abs(pair.weights.sum(axis=1) - 1).max() < 1e-9
    assert pair.weights.shape[1] == len(BONES)
    assert set(pair.region.tolist()) == {int(Region.SHOES)}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        heel, ahead, length = frame(ada.skeleton, ada.body, side)
        along = (pair.points[pair.points[:, 0] * sign > 0] - heel) @ ahead
        assert -0.006 < along.min() < 0.0
        assert length < along.max() < length + 0.008


def test_skin_that_is_seen_is_never_inside_a_trouser_leg_or_a_shoe(ada: Tailor) -> None:
    for name in ("knit", "suit"):
        mesh = dressed(ada, name)
        bare = mesh.points[mesh.region == int(Region.SKIN)]
        assert bare[:, 1].min() > 0.6, name


def test_every_outfit_is_finite_and_its_weights_sum_to_one(ada: Tailor) -> None:
    for name in OUTFITS:
        mesh = dressed(ada, name)
        assert np.isfinite(mesh.points).all(), name
        assert np.isfinite(mesh.normals).all(), name
        assert np.abs(mesh.weights.sum(axis=1) - 1).max() < 1e-6, name
        assert KEPT in mesh.morphs, name
        assert mesh.points[:, 1].min() > -0.001, name


def test_the_suit_s_jacket_stays_four_millimetres_off_the_body(ada: Tailor) -> None:
    mesh = dressed(ada, "suit")
    jacket = (mesh.region == int(Region.BOTTOM)) & (mesh.points[:, 1] > 1.05) & (np.abs(mesh.points[:, 0]) < 0.14)
    distance, near = cKDTree(ada.under.points).query(mesh.points[jacket])
    depth = ((mesh.points[jacket] - ada.under.points[near]) * ada.under.normals[near]).sum(axis=1)
    assert np.quantile(depth, 0.05) > 0.004
    assert distance.max() < 0.12
