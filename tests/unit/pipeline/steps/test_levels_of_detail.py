from dataclasses import replace

import numpy as np
import pytest
import shapes

from showroom_assets.errors import TargetMissed
from showroom_assets.scene import Primitive, Scene
from showroom_pipeline.closest import ClosestPoints, sample_surface
from showroom_pipeline.compare import Comparison
from showroom_pipeline.render import Studio
from showroom_pipeline.steps.keep import keep
from showroom_pipeline.steps.lod import choose, fitted, switch_below
from showroom_pipeline.steps.pack import PackOptions
from showroom_pipeline.steps.reduce import reduce
from showroom_pipeline.steps.source import source_of
from showroom_pipeline.steps.textures import TextureOptions
from showroom_pipeline.steps.within import within
from showroom_pipeline.surface_error import surface_error


@pytest.fixture(scope="module")
def ball() -> Scene:
    return shapes.painted_sphere(rings=40)


def test_keeping_reaches_the_target_and_moves_no_vertex(ball: Scene) -> None:
    made = keep(ball, target=ball.triangles // 10)
    assert made.triangles <= ball.triangles // 10
    before = {tuple(p) for p in ball.meshes[0].primitives[0].positions.tolist()}
    assert {tuple(p) for p in made.meshes[0].primitives[0].positions.tolist()} <= before


def test_what_is_within_the_target_is_the_very_scene(ball: Scene) -> None:
    assert keep(ball, target=ball.triangles) is ball


def test_a_reduced_ball_is_within_the_target_and_shaded_like_a_ball(ball: Scene) -> None:
    made = reduce(ball, target=300)
    simple = made.simple
    assert len(simple.faces) <= 300
    outward = simple.positions / np.linalg.norm(simple.positions, axis=1, keepdims=True)
    assert np.einsum("ij,ij->i", outward, simple.normals).min() > 0.99


def test_the_same_scan_is_reduced_to_the_same_bytes(ball: Scene) -> None:
    first, second = reduce(ball, target=300), reduce(ball, target=300)
    assert first.simple.positions.tobytes() == second.simple.positions.tobytes()
    assert first.simple.uvs.tobytes() == second.simple.uvs.tobytes()


def test_the_chosen_level_is_the_likest_of_those_tried(ball: Scene) -> None:
    with Studio(256) as studio:
        choice = choose(ball, Comparison(studio, ball, views=3), target=150, texture_px=256)
    assert choice.scene.triangles <= 153
    assert choice.tried[choice.method] == max(choice.tried.values())
    assert {"kept", "baked"} <= set(choice.tried)


def test_a_byte_limit_holds_and_fewer_bytes_look_no_better(ball: Scene) -> None:
    scores = []
    with Studio(256) as studio:
        comparison = Comparison(studio, ball, views=3)
        for limit in (9_000, 30_000):
            fitted = within(
                ball,
                comparison,
                max_bytes=limit,
                most_triangles=30_000,
                exact=False,
                options=PackOptions(style="meshopt+webp"),
                textures=TextureOptions(max_size=128),
            )
            assert fitted.packed.bytes <= limit
            scores.append(max(fitted.tried.values()))
    assert scores[0] <= scores[1] + 0.003


def test_an_impossible_byte_limit_is_refused_with_the_least_that_would_do(ball: Scene) -> None:
    with Studio(256) as studio, pytest.raises(TargetMissed, match="bytes"):
        within(
            ball,
            Comparison(studio, ball, views=2),
            max_bytes=500,
            most_triangles=30_000,
            exact=False,
            options=PackOptions(style="meshopt+webp"),
            textures=TextureOptions(max_size=128),
        )


def test_coarser_levels_switch_farther_away() -> None:
    assert switch_below(0.0, 300.0) == 1.0
    assert 1.0 >= switch_below(0.1, 300.0) > switch_below(1.0, 300.0) > switch_below(10.0, 300.0) > 0


def test_fitting_a_kept_level_lowers_the_error_of_its_surface_its_normals_and_its_picture_mapping(ball: Scene) -> None:
    (mesh,) = ball.meshes
    (skin,) = mesh.primitives
    outward = skin.positions / np.linalg.norm(skin.positions, axis=1, keepdims=True)
    ball = replace(ball, meshes=(replace(mesh, primitives=(replace(skin, normals=outward),)),))
    kept = keep(ball, target=200)
    (mesh,) = kept.meshes
    (skin,) = mesh.primitives
    askew = skin.normals + np.random.default_rng(1).normal(0, 0.2, skin.positions.shape).astype(np.float32)
    kept = replace(kept, meshes=(replace(mesh, primitives=(replace(skin, normals=askew),)),))
    pulled = fitted(kept, ball)
    assert surface_error(ball, pulled).mean < 0.9 * surface_error(ball, kept).mean
    before, after = (scene.meshes[0].primitives[0] for scene in (kept, pulled))
    assert np.array_equal(before.indices, after.indices)
    unmapped = replace(after, uvs=before.uvs, normals=before.normals)
    uv_fitted, normal_fitted = _strays(after, ball)
    uv_left, normal_left = _strays(unmapped, ball)
    assert uv_fitted < 0.9 * uv_left
    assert normal_fitted < 0.5 * normal_left
    assert after.normals is not None
    assert np.linalg.norm(after.normals, axis=1) == pytest.approx(1.0, abs=1e-5)


def _strays(primitive: Primitive, truth: Scene) -> tuple[float, float]:
    """How far UVs and normals at points of a surface are in the median from the truth's where those lie closest."""
    source = source_of(truth)
    faces = primitive.indices.astype(np.int64)
    points, triangles, blend = sample_surface(primitive.positions, faces, 5_000, rng=np.random.default_rng(7))
    there = ClosestPoints(source.positions, source.faces).query(points)
    strays = []
    assert primitive.normals is not None
    for values, wanted in ((primitive.uvs[0], source.uvs), (primitive.normals, source.normals)):
        here = np.einsum("qk,qki->qi", blend, values[faces[triangles]])
        goal = np.einsum("qk,qki->qi", there.barycentric, wanted[there.triangles])
        strays.append(float(np.median(np.linalg.norm(here - goal, axis=1))))
    return strays[0], strays[1]
