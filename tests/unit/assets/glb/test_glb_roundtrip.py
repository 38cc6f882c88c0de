"""What is written reads back as what it was: any scene, every field."""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pygltflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from showroom_assets.glb import read_glb, write_glb
from showroom_assets.scene import (
    Animation,
    Channel,
    Image,
    Material,
    Mesh,
    Node,
    Primitive,
    Scene,
    Skin,
    Texture,
)

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c63f80f0001010100b138f6140000000049454e44ae426082"
)


def same(one: Any, two: Any) -> bool:
    if isinstance(one, np.ndarray):
        return isinstance(two, np.ndarray) and one.dtype == two.dtype and np.array_equal(one, two)
    if is_dataclass(one):
        return type(one) is type(two) and all(same(getattr(one, f.name), getattr(two, f.name)) for f in fields(one))
    if isinstance(one, tuple | list):
        return len(one) == len(two) and all(same(a, b) for a, b in zip(one, two, strict=True))
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    return bool(one == two)


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=8)
fractions = st.floats(0, 1, width=32)


@st.composite
def primitives(draw: st.DrawFn, materials: int, variants: int, joints: int) -> Primitive:
    count = draw(st.integers(3, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def unit(width: int) -> Any:
        values = rng.normal(size=(count, 3))
        out = np.ones((count, width), np.float32)
        out[:, :3] = values / np.linalg.norm(values, axis=1, keepdims=True)
        return out

    skinned = joints > 0 and draw(st.booleans())
    weights = np.zeros((count, 4), np.float32)
    weights[:, :2] = 0.5
    chosen = draw(st.lists(st.integers(0, max(variants - 1, 0)), unique=True, max_size=variants)) if materials else []
    return Primitive(
        positions=rng.normal(size=(count, 3)).astype(np.float32),
        indices=rng.integers(0, count, (draw(st.integers(1, 9)), 3)).astype(np.uint32),
        normals=unit(3) if draw(st.booleans()) else None,
        tangents=unit(4) if draw(st.booleans()) else None,
        uvs=tuple(rng.random((count, 2)).astype(np.float32) for _ in range(draw(st.integers(0, 2)))),
        colors=rng.random((count, 4)).astype(np.float32) if draw(st.booleans()) else None,
        joints=rng.integers(0, joints, (count, 4)).astype(np.uint16) if skinned else None,
        weights=weights if skinned else None,
        targets=tuple(
            {"POSITION": rng.normal(size=(count, 3)).astype(np.float32)} for _ in range(draw(st.integers(0, 2)))
        ),
        material=draw(st.integers(0, materials - 1)) if materials else None,
        variants={at: draw(st.integers(0, materials - 1)) for at in sorted(chosen)},
        extras=draw(st.sampled_from([{}, {"anchor": [1, 2.5, "x"]}])),
    )


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    materials = draw(st.integers(0, 3))
    variants = draw(st.integers(0, 3)) if materials else 0
    textures = draw(st.integers(0, 2))
    meshes = tuple(
        Mesh(
            name=draw(names),
            primitives=tuple(draw(primitives(materials, variants, 2)) for _ in range(draw(st.integers(1, 2)))),
            extras=draw(st.sampled_from([{}, {"targetNames": ["a"]}])),
        )
        for _ in range(draw(st.integers(1, 2)))
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rotation = rng.normal(size=4)
    rotation /= np.linalg.norm(rotation)
    turned = tuple(float(np.float32(v)) for v in rotation)
    bones = (Node(name="hip", children=(1,)), Node(name="knee", translation=(0.0, -0.5, 0.0)))
    drawn = [
        Node(
            name=draw(names),
            mesh=at,
            skin=0 if any(p.joints is not None for p in mesh.primitives) else None,
            rotation=turned,  # type: ignore[arg-type]
            scale=(draw(st.floats(0.25, 4)), 1.0, 2.0),
            extras=draw(st.sampled_from([{}, {"part": "lid"}])),
        )
        for at, mesh in enumerate(meshes)
    ]
    times = np.array([0, 0.5, 1], np.float32)
    body = {"pbrMetallicRoughness": {"roughnessFactor": 0.5}, "extensions": {"KHR_materials_ior": {"ior": 1.33}}}
    if textures:
        body["pbrMetallicRoughness"]["baseColorTexture"] = {"index": 0, "texCoord": 0}  # type: ignore[index]
    return Scene(
        name=draw(names),
        nodes=(*bones, *drawn),
        roots=(0, *range(2, 2 + len(drawn))),
        meshes=meshes,
        materials=tuple(Material(name=draw(names), json=body) for _ in range(materials)),
        textures=tuple(Texture(image=0, sampler={"wrapS": 33071} if at else {}) for at in range(textures)),
        images=(Image(data=PIXEL, name="white"),) if textures else (),
        skins=(Skin(joints=(0, 1), inverse_bind=rng.normal(size=(2, 4, 4)).astype(np.float32), name="rig"),),
        animations=(
            Animation(
                name="nod",
                channels=(
                    Channel(times=times, values=np.tile(np.float32(rotation), (3, 1)), path="rotation", node=1),
                    Channel(times=times[:2], values=rng.random((2, 3)).astype(np.float32), path="scale", node=0),
                ),
            ),
        ),
        variants=tuple(f"variant {at}" for at in range(variants)),
        asset={"copyright": "© someone", "generator": "a scanner"},
        extensions={"KHR_xmp_json_ld": {"packets": [{"dc:title": "Chair"}]}} if draw(st.booleans()) else {},
        extras=draw(st.sampled_from([{}, {"sku": "A-1"}])),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(scenes())
def test_reading_what_was_written_gives_the_same_scene(scene: Scene) -> None:
    again = read_glb(write_glb(scene))
    for part in fields(Scene):
        assert same(getattr(again, part.name), getattr(scene, part.name)), part.name


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(scenes())
def test_equal_scenes_are_written_as_equal_bytes_that_an_independent_reader_opens(scene: Scene) -> None:
    data = write_glb(scene)
    assert data == write_glb(scene)
    other = pygltflib.GLTF2.load_from_bytes(data)
    assert len(other.meshes) == len(scene.meshes)
    first = other.accessors[other.meshes[0].primitives[0].attributes.POSITION]
    positions = scene.meshes[0].primitives[0].positions
    assert first.count == len(positions)
    assert first.min == positions.min(axis=0).tolist()


def test_a_matrix_that_shears_is_kept_and_one_that_does_not_becomes_translation_rotation_scale() -> None:
    triangle = Primitive(positions=np.eye(3, dtype=np.float32), indices=np.array([[0, 1, 2]], np.uint32))
    shear = np.eye(4)
    shear[0, 1] = 0.5
    turn = np.diag([2.0, 3.0, 4.0, 1.0])
    turn[:3, :3] = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]]) @ turn[:3, :3]
    nodes = (Node(mesh=0, matrix=shear), Node(mesh=0, matrix=turn))
    scene = Scene(nodes=nodes, roots=(0, 1), meshes=(Mesh(primitives=(triangle,)),))
    sheared, turned = read_glb(write_glb(scene)).nodes
    assert sheared.matrix is not None
    assert np.array_equal(sheared.matrix, shear)
    assert turned.matrix is None
    assert np.allclose(turned.scale, (2, 3, 4))
    assert np.allclose(np.abs(turned.rotation), 0.5)
