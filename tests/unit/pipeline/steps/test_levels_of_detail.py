import numpy as np
import pytest
import shapes

from showroom_assets.errors import TargetMissed
from showroom_assets.scene import Scene
from showroom_pipeline.compare import Comparison
from showroom_pipeline.render import Studio
from showroom_pipeline.steps.keep import keep
from showroom_pipeline.steps.lod import choose, fitted, switch_below
from showroom_pipeline.steps.pack import PackOptions
from showroom_pipeline.steps.reduce import reduce
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


def test_fitting_a_kept_level_lowers_its_error_and_leaves_its_picture_mapping(ball: Scene) -> None:
    kept = keep(ball, target=200)
    pulled = fitted(kept, ball)
    assert surface_error(ball, pulled).mean < 0.9 * surface_error(ball, kept).mean
    before, after = (scene.meshes[0].primitives[0] for scene in (kept, pulled))
    assert np.array_equal(before.indices, after.indices)
    assert np.array_equal(before.uvs[0], after.uvs[0])
