"""A garment without bones is bound to a body's, smoothly and evenly; what is no garment is refused in a line."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh

from showroom_assets.errors import InputError
from showroom_assets.glb import read_glb, write_glb
from showroom_assets.scene import F64, Primitive, Scene, single
from showroom_pipeline.surface_error import world_triangles
from showroom_pipeline.wearing.rig import rig


def scene_of(mesh: trimesh.Trimesh) -> Scene:
    return single(
        Primitive(
            positions=np.asarray(mesh.vertices, np.float32),
            indices=np.asarray(mesh.faces, np.uint32),
            normals=np.asarray(mesh.vertex_normals, np.float32),
        ),
        name="shirt",
    )


def shirt(down_deg: float = 48.0, scale: float = 1.0) -> trimesh.Trimesh:
    """A tube for the trunk and two for the sleeves, in one piece of cloth: a shirt of 1.3 thousand points."""
    torso = trimesh.creation.capsule(height=0.3, radius=0.17, count=[32, 24])
    torso.apply_translation(-torso.centroid)
    torso.apply_transform(trimesh.transformations.rotation_matrix(-np.pi / 2, [1, 0, 0]))
    torso.apply_scale([1.1, 1, 0.75])
    parts = [torso]
    for sign in (1, -1):
        sleeve = trimesh.creation.capsule(height=0.4, radius=0.065, count=[20, 16])
        sleeve.apply_translation([0, 0, 0.2 - sleeve.centroid[2]])
        way = np.radians(down_deg)
        turn = trimesh.geometry.align_vectors([0, 0, 1], [sign * np.cos(way), -np.sin(way), 0])
        turn[:3, 3] = [sign * 0.16, 0.24, 0]
        sleeve.apply_transform(turn)
        parts.append(sleeve)
    whole = trimesh.util.concatenate(parts)
    whole.apply_scale(scale)
    whole.apply_translation([0, 0.2, 0])
    return whole.subdivide()


def test_each_point_follows_at_most_four_bones_wholly_and_stands_still_at_rest() -> None:
    before = scene_of(shirt())
    done = rig(before, kind="top")
    after = read_glb(write_glb(done.scene))
    primitive = after.meshes[0].primitives[0]
    assert primitive.weights is not None
    np.testing.assert_allclose(primitive.weights.sum(1), 1, atol=2e-3)
    np.testing.assert_allclose(world_triangles(after)[0], world_triangles(before)[0], atol=2e-4)
    assert done.faults == []


@pytest.mark.parametrize("down_deg", [5.0, 48.0, 70.0])
def test_arms_lie_along_the_sleeves(down_deg: float) -> None:
    done = rig(scene_of(shirt(down_deg)), kind="top")
    assert done.report["arms_down_deg"] == pytest.approx(down_deg, abs=10)
    assert {"leftUpperArm", "rightUpperArm", "hips", "upperChest"} <= set(done.report["bones"])


def test_a_raised_arm_takes_its_sleeve_along_and_leaves_the_other() -> None:
    done = rig(scene_of(shirt()), kind="top")
    scene = done.scene
    at = next(i for i, node in enumerate(scene.nodes) if node.name == "leftUpperArm")
    half = np.radians(40) / 2
    x, y, z, w = scene.nodes[at].rotation
    turned = (0.0, 0.0, float(z * np.cos(half) + w * np.sin(half)), float(w * np.cos(half) - z * np.sin(half)))
    assert x == pytest.approx(0, abs=1e-6)
    assert y == pytest.approx(0, abs=1e-6)
    nodes = tuple(replace(node, rotation=turned) if i == at else node for i, node in enumerate(scene.nodes))
    rest, _ = world_triangles(scene)
    moved, _ = world_triangles(replace(scene, nodes=nodes))
    far: F64 = np.linalg.norm(moved - rest, axis=1)
    assert far[rest[:, 0] > 0.4].min() > 0.1
    assert far[rest[:, 0] < -0.1].max() < 0.005
    assert far[(rest[:, 1] < 0.0) & (np.abs(rest[:, 0]) < 0.12)].max() < 0.02


@pytest.mark.parametrize(
    ("mesh", "said"),
    [
        (shirt(scale=1000), "m wide, and they are 0.34 to 1.9 m"),
        (shirt(scale=0.1), "no top for a body"),
        (trimesh.creation.box([0.6, 0.7, 0.02]), "deep"),
    ],
)
def test_what_is_no_garment_is_refused_in_a_line(mesh: trimesh.Trimesh, said: str) -> None:
    with pytest.raises(InputError) as caught:
        rig(scene_of(mesh), kind="top")
    assert said in caught.value.message
    assert "--as" in caught.value.message


def test_a_garment_that_has_bones_is_left_alone() -> None:
    with pytest.raises(InputError, match="has bones already"):
        rig(rig(scene_of(shirt())).scene)


def test_loose_pieces_that_would_tear_are_told() -> None:
    """Crumbs off the middle, as a careless scan has them: the cloth's halves no longer match."""
    whole = shirt()
    lopsided = trimesh.Trimesh(whole.vertices[:], whole.faces[(whole.triangles_center[:, 0] > -0.12)])
    lopsided.remove_unreferenced_vertices()
    lopsided.apply_translation([-0.12, 0, 0])
    assert rig(scene_of(lopsided)).faults
