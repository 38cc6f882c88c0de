"""What is delivered is what was asked for: within the allowed error, and valid once decoded."""

import io
import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from showroom_assets.errors import EmptyInput
from showroom_assets.glb import read_glb, write_glb
from showroom_assets.scene import (
    F64,
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
    single,
    world_matrices,
)
from showroom_pipeline import tools
from showroom_pipeline.steps.pack import PackOptions, decoded, pack
from showroom_pipeline.steps.pack.precision import skin_joints, skin_weights
from showroom_pipeline.steps.textures import TextureOptions
from showroom_pipeline.validator import validate

WEBP = PackOptions(style="meshopt+webp")
needs_tools = pytest.mark.skipif(not tools.installed("ktx2-encoder"), reason="run `make setup` for the Node tools")


def picture(size: int = 64, seed: int = 0) -> bytes:
    rng = np.random.default_rng(seed)
    coarse = PIL.Image.fromarray(rng.integers(0, 255, (8, 8, 3)).astype(np.uint8))
    out = io.BytesIO()
    coarse.resize((size, size), PIL.Image.Resampling.BICUBIC).save(out, "PNG")
    return out.getvalue()


def sphere(side: int = 24, radius: float = 0.1) -> Primitive:
    """A closed textured ball with vertices split at every triangle, as scanners write them."""
    u, v = np.meshgrid(np.linspace(0, 1, side), np.linspace(0.02, 0.98, side), indexing="ij")
    uv = np.stack([u, v], axis=-1).reshape(-1, 2)
    angle, height = uv[:, 0] * 2 * np.pi, uv[:, 1] * np.pi
    normals = np.stack([np.sin(height) * np.cos(angle), np.cos(height), np.sin(height) * np.sin(angle)], axis=1)
    at = np.arange(side * side).reshape(side, side)
    a, b, c, d = (part.reshape(-1) for part in (at[:-1, :-1], at[1:, :-1], at[:-1, 1:], at[1:, 1:]))
    corners = np.concatenate([np.stack([a, c, b], 1), np.stack([b, c, d], 1)]).reshape(-1)
    return Primitive(
        positions=(normals[corners] * radius).astype(np.float32),
        indices=np.arange(len(corners), dtype=np.uint32).reshape(-1, 3),
        normals=normals[corners].astype(np.float32),
        uvs=(uv[corners].astype(np.float32),),
        material=0,
    )


def product(primitive: Primitive | None = None, **parts: Any) -> Scene:
    body = {"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicFactor": 0.0}}
    return single(
        primitive or sphere(),
        materials=(Material(name="clay", json=body),),
        textures=(Texture(image=0),),
        images=(Image(data=picture()),),
        **parts,
    )


def surface(scene: Scene) -> F64:
    """``(m, 3, 3)`` corners of all triangles in the scene's space, sorted by their centres."""
    corners = []
    world = world_matrices(scene)
    for at, node in enumerate(scene.nodes):
        if node.mesh is None:
            continue
        for primitive in scene.meshes[node.mesh].primitives:
            points = primitive.positions.astype(np.float64)
            if node.skin is None:
                points = points @ world[at][:3, :3].T + world[at][:3, 3]
            else:
                skin = scene.skins[node.skin]
                bones = np.stack([world[j] @ b for j, b in zip(skin.joints, skin.inverse_bind, strict=True)])
                assert primitive.joints is not None
                assert primitive.weights is not None
                blend = np.einsum("nk,nkij->nij", primitive.weights, bones[primitive.joints])
                points = np.einsum("nij,nj->ni", blend[:, :3, :3], points) + blend[:, :3, 3]
            corners.append(points[primitive.indices])
    return np.concatenate(corners)


def worst_move(before: Scene, after: Scene) -> float:
    """The largest distance from a vertex to where it went, paired by the nearest."""
    from scipy.spatial import cKDTree

    old, new = surface(before).reshape(-1, 3), surface(after).reshape(-1, 3)
    return float(max(cKDTree(new).query(old)[0].max(), cKDTree(old).query(new)[0].max()))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.floats(1e-6, 1e-2),
    st.floats(0.01, 30.0),
    st.tuples(st.floats(-5, 5), st.floats(-5, 5), st.floats(-5, 5)),
    st.floats(0.001, 100.0),
)
def test_no_vertex_moves_further_than_allowed(
    error: float, size: float, place: tuple[float, float, float], scale: float
) -> None:
    ball = sphere(8)
    points = (ball.positions.astype(np.float64) * size * 10 / scale).astype(np.float32)
    scene = product(replace(ball, positions=points))
    turned = Node(mesh=0, translation=place, rotation=(0.5, 0.5, -0.5, 0.5), scale=(scale, scale, scale))
    scene = replace(scene, nodes=(turned,))
    packed = pack(scene, replace(WEBP, max_position_error_m=error))
    # Float32 itself cannot hold a point finer than this, whatever the grid.
    rounding = 4e-7 * (size + max(map(abs, place)))
    assert worst_move(scene, read_glb(packed.data)) <= error + rounding


def test_a_coarser_error_costs_fewer_bytes_and_fewer_bits() -> None:
    fine, coarse = (pack(product(), replace(WEBP, max_position_error_m=error)) for error in (5e-6, 2e-4))
    assert coarse.bytes < fine.bytes
    assert coarse.details["position_bits"] < fine.details["position_bits"]


def test_packing_is_deterministic_and_packs_its_own_result_to_the_same_surface() -> None:
    first, second = pack(product(), WEBP), pack(product(), WEBP)
    assert first == second
    again = pack(read_glb(first.data), WEBP)
    assert again.triangles == first.triangles
    assert worst_move(read_glb(first.data), read_glb(again.data)) <= 2 * WEBP.max_position_error_m


def test_split_vertices_are_welded_and_triangles_kept() -> None:
    scene = product()
    packed = pack(scene, WEBP)
    (primitive,) = read_glb(packed.data).meshes[0].primitives
    assert packed.triangles == len(primitive.indices) == scene.triangles
    assert len(primitive.positions) <= 24 * 24


def test_normals_and_texture_coordinates_stay_close() -> None:
    scene = product()
    seen = read_glb(decoded(pack(scene, WEBP).data))
    (old,), (new,) = scene.meshes[0].primitives, seen.meshes[0].primitives
    # A vertex on the seam or the pole has several coordinates: compare by the corners nearest in all attributes.
    from scipy.spatial import cKDTree

    def features(p: Primitive, positions: F64) -> F64:
        assert p.normals is not None
        return np.concatenate([positions * 10, p.normals, p.uvs[0]], axis=1)

    world = world_matrices(seen)[seen.roots[0]]
    placed = new.positions @ world[:3, :3].T + world[:3, 3]
    _, near = cKDTree(features(new, placed)).query(features(old, old.positions.astype(np.float64)))
    assert old.normals is not None
    assert new.normals is not None
    angle = np.degrees(np.arccos(np.clip((old.normals * new.normals[near]).sum(1), -1, 1)))
    assert angle.max() < 2.0  # half a step of 8-bit octahedral normals, and the pairing itself
    assert np.abs(old.uvs[0] - new.uvs[0][near]).max() * 64 <= 0.13


@pytest.mark.parametrize("style", ["meshopt+webp", "plain", pytest.param("meshopt+ktx2", marks=needs_tools)])
def test_every_style_is_valid_as_delivered_and_as_decoded(style: Any) -> None:
    if not tools.installed("gltf-validator"):
        pytest.skip("run `make setup` for the Node tools")
    packed = pack(product(), PackOptions(style=style), textures=TextureOptions(max_size=32))
    for verdict in validate([packed.data, decoded(packed.data)]):
        assert verdict.errors == 0, verdict.first
    body = json.loads(packed.data[20 : 20 + struct.unpack_from("<I", packed.data, 12)[0]])
    needed = set(body.get("extensionsRequired", []))
    assert needed == {
        "plain": set(),
        "meshopt+webp": {
            "EXT_meshopt_compression", "EXT_texture_webp", "KHR_mesh_quantization", "KHR_texture_transform",
        },
        "meshopt+ktx2": {
            "EXT_meshopt_compression", "KHR_texture_basisu", "KHR_mesh_quantization", "KHR_texture_transform",
        },
    }[style]  # fmt: skip


def test_the_decoded_file_needs_no_extension() -> None:
    plain = decoded(pack(product(), WEBP).data)
    body = json.loads(plain[20 : 20 + struct.unpack_from("<I", plain, 12)[0]])
    assert "extensionsRequired" not in body
    assert "extensionsUsed" not in body
    assert [image["mimeType"] for image in body["images"]] == ["image/png"]


def test_an_existing_texture_transform_is_kept_by_composition() -> None:
    moved = {"offset": [0.25, 0.5], "rotation": 0.7, "scale": [2.0, 3.0]}
    info = {"index": 0, "extensions": {"KHR_texture_transform": moved}}
    body = {"pbrMetallicRoughness": {"baseColorTexture": info}}
    scene = replace(product(), materials=(Material(json=body),))
    (want,) = read_glb(decoded(write_glb(scene))).meshes[0].primitives
    (seen,) = read_glb(decoded(pack(scene, WEBP).data)).meshes[0].primitives
    cos, sin = np.cos(0.7), np.sin(0.7)
    uv = scene.meshes[0].primitives[0].uvs[0] * (2.0, 3.0) @ np.array([[cos, sin], [-sin, cos]]).T + (0.25, 0.5)
    assert np.allclose(want.uvs[0], uv, atol=1e-5)
    # The same cloud of coordinates, welded and reordered.
    distance = np.abs(seen.uvs[0][:, None] - want.uvs[0][None]).max(axis=-1).min(axis=1)
    assert distance.max() * 64 < 0.2


def test_variants_names_and_extras_survive() -> None:
    scene = product()
    red = Material(name="red", json={"pbrMetallicRoughness": {"baseColorFactor": [1.0, 0.0, 0.0, 1.0]}})
    ball = replace(scene.meshes[0].primitives[0], variants={0: 0, 1: 1}, extras={"anchor": "wrist"})
    mesh = Mesh(name="ball", primitives=(ball,), extras={"a": 1})
    scene = replace(scene, meshes=(mesh,), materials=(*scene.materials, red), variants=("Clay", "Red"))
    seen = read_glb(pack(scene, WEBP).data)
    assert seen.variants == ("Clay", "Red")
    assert seen.meshes[0].primitives[0].variants == {0: 0, 1: 1}
    assert seen.meshes[0].primitives[0].extras == {"anchor": "wrist"}
    assert [m.name for m in seen.materials] == ["clay", "red"]
    assert seen.meshes[0].name == "ball"


def test_what_nothing_uses_is_not_delivered() -> None:
    scene = product()
    spare = Image(data=picture(seed=9))
    twin = Image(data=scene.images[0].data)
    scene = replace(
        scene,
        images=(*scene.images, spare, twin),
        textures=(*scene.textures, Texture(image=1), Texture(image=2)),
        materials=(
            Material(
                json={
                    "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}},
                    "emissiveTexture": {"index": 2},
                }
            ),
            Material(name="unused", json={"emissiveTexture": {"index": 1}}),
        ),
    )
    tangents = np.tile(np.float32([1, 0, 0, 1]), (len(scene.meshes[0].primitives[0].positions), 1))
    ball = replace(scene.meshes[0].primitives[0], tangents=tangents)
    seen = read_glb(pack(replace(scene, meshes=(Mesh(primitives=(ball,)),)), WEBP).data)
    assert len(seen.images) == len(seen.materials) == 1
    assert seen.meshes[0].primitives[0].tangents is None


def rigged() -> Scene:
    ball = sphere(10)
    count = len(ball.positions)
    joints = np.zeros((count, 4), np.uint16)
    joints[:, 1] = 1
    weights = np.zeros((count, 4), np.float32)
    weights[:, 0] = (ball.positions[:, 1] > 0) * 0.75 + 0.125
    weights[:, 1] = 1 - weights[:, 0]
    lift = {"POSITION": np.tile(np.float32([0, 0.02, 0]), (count, 1))}
    skinned = replace(ball, joints=joints, weights=weights, targets=(lift,))
    binds = np.tile(np.eye(4, dtype=np.float32), (2, 1, 1))
    binds[1, 1, 3] = 0.05
    times = np.linspace(0, 1, 9).astype(np.float32)
    rise = times[:, None]
    turns = np.stack([np.sin(times / 2), 0 * times, 0 * times, np.cos(times / 2)], axis=1).astype(np.float32)
    return replace(
        product(),
        nodes=(
            Node(name="hips", children=(1,)),
            Node(name="spine", translation=(0, -0.05, 0)),
            Node(mesh=0, skin=0, weights=(0.5,)),
        ),
        roots=(0, 2),
        meshes=(Mesh(name="shirt", primitives=(skinned,), weights=(0.0,)),),
        skins=(Skin(joints=(0, 1), inverse_bind=binds, name="rig", skeleton=0),),
        animations=(
            Animation(
                name="turn",
                channels=(
                    Channel(times=times, values=turns, path="rotation", node=1),
                    Channel(times=times, values=rise, path="weights", node=2),
                    Channel(times=times, values=np.tile(rise, (1, 3)), path="translation", node=0),
                ),
            ),
        ),
    )


def test_a_rigged_garment_keeps_bones_skin_morphs_and_motion() -> None:
    scene = rigged()
    packed = pack(scene, WEBP)
    seen = read_glb(packed.data)
    assert [node.name for node in seen.nodes[:2]] == ["hips", "spine"]
    assert worst_move(scene, seen) < 2e-4  # positions, and weights in 8 bits
    (old,), (new,) = scene.animations, seen.animations
    for before, after in zip(old.channels, new.channels, strict=True):
        assert np.array_equal(before.times, after.times)
        assert np.allclose(before.values, after.values, atol=2e-4)
    (target,) = seen.meshes[0].primitives[0].targets
    # Morphs are in the mesh's quantised units, which the skin's inverse bind matrices undo.
    step = np.linalg.norm(seen.skins[0].inverse_bind[0][:3, 0]) / np.linalg.norm(scene.skins[0].inverse_bind[0][:3, 0])
    assert np.allclose(target["POSITION"] * step, [0, 0.02, 0], atol=1e-4)


def test_a_moving_node_keeps_its_own_transform() -> None:
    scene = product()
    times = np.array([0, 1], np.float32)
    swing = Channel(times=times, values=np.float32([[1, 1, 1], [2, 2, 2]]), path="scale", node=0)
    scene = replace(scene, animations=(Animation(channels=(swing,)),))
    seen = read_glb(pack(scene, WEBP).data)
    assert seen.nodes[0].scale == (1.0, 1.0, 1.0)
    assert seen.nodes[0].mesh is None
    assert worst_move(scene, seen) <= WEBP.max_position_error_m * 1.01


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([4, 8]))
def test_byte_weights_add_up_to_255_and_stay_within_one(seed: int, width: int) -> None:
    weights = np.random.default_rng(seed).random((40, width)).astype(np.float32) ** 3
    weights /= weights.sum(axis=1, keepdims=True)
    out = skin_weights(weights)
    assert (out.sum(axis=1, dtype=int) == 255).all()
    assert np.abs(out - weights * 255).max() < 1
    joints = skin_joints(np.full((40, width), 7, np.uint16), out)
    assert ((joints == 0) == (out == 0)).all()


def test_gpu_bytes_count_mips_and_formats() -> None:
    body = product()
    webp = pack(body, WEBP)
    geometry = pack(replace(body, materials=(Material(),), textures=(), images=()), WEBP)
    levels = sum(4 * 4**k for k in range(7))  # 64² to 1², 32 bits a texel
    (primitive,) = read_glb(webp.data).meshes[0].primitives
    # Without a texture the coordinates are not delivered either: 4 bytes a vertex.
    (bare,) = read_glb(geometry.data).meshes[0].primitives
    assert webp.gpu_bytes - geometry.gpu_bytes == levels + 16 * len(primitive.positions) - 12 * len(bare.positions)


def test_an_empty_scene_is_refused() -> None:
    with pytest.raises(EmptyInput):
        pack(Scene(nodes=(Node(),), roots=(0,)))


def test_the_newer_extension_is_smaller_and_reads_back_the_same() -> None:
    old, new = (
        pack(product(), replace(WEBP, extension=name))
        for name in ("EXT_meshopt_compression", "KHR_meshopt_compression")  # type: ignore[arg-type]
    )
    assert new.bytes < old.bytes
    assert np.array_equal(surface(read_glb(old.data)), surface(read_glb(new.data)))


@pytest.mark.scans
@pytest.mark.parametrize("name", ["gltf/SunglassesKhronos/SunglassesKhronos.glb", "avatars/CesiumMan.glb"])
def test_real_products_stay_within_the_error_and_valid(shared_data: Path, name: str) -> None:
    if not tools.installed("gltf-validator"):
        pytest.skip("run `make setup` for the Node tools")
    scene = read_glb(shared_data / name)
    packed = pack(scene, WEBP)
    assert packed.triangles == scene.triangles
    for verdict in validate([packed.data, decoded(packed.data)]):
        assert verdict.errors == 0, verdict.first
    limit = WEBP.max_position_error_m if not scene.skins else 5e-3  # 8-bit weights on a man of 1.8 m
    assert worst_move(scene, read_glb(packed.data)) <= limit * 1.01 + 1e-7
