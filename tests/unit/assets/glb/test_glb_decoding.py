"""Every way that glTF stores geometry and pictures comes out as the same plain arrays."""

import io
import json
import struct
from pathlib import Path
from typing import Any

import meshopt
import numpy as np
import PIL.Image
import pytest
import zstandard

from showroom_assets.glb import ktx2, read_glb, write_glb
from showroom_assets.glb.container import join
from showroom_assets.glb.geometry import normalised, topology
from showroom_assets.glb.specgloss import metallic_roughness
from showroom_assets.scene import Image, Material, Node, Primitive, Scene, Texture, single, world_matrices

Json = dict[str, Any]
RNG = np.random.default_rng(5)


def parts(data: bytes) -> tuple[Json, bytes]:
    size = struct.unpack_from("<I", data, 12)[0]
    return json.loads(data[20 : 20 + size]), data[28 + size :]


def grid_mesh(side: int = 8) -> Primitive:
    x, y = np.meshgrid(np.arange(side), np.arange(side), indexing="ij")
    positions = np.stack([x, y, np.sin(x + y)], axis=-1).reshape(-1, 3).astype(np.float32) / 10
    corner = (x[:-1, :-1] * side + y[:-1, :-1]).reshape(-1, 1)
    pair = np.array([[0, side, 1], [1, side, side + 1]])
    triangles = (corner[None] + pair[:, None]).reshape(-1, 3).astype(np.uint32)
    return Primitive(positions=positions, indices=triangles)


class Builder:
    """A glTF document put together view by view."""

    def __init__(self) -> None:
        self.chunk = b""
        self.body: Json = {"asset": {"version": "2.0"}, "bufferViews": [], "accessors": [], "buffers": []}
        self.body |= {"scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}]}

    def view(self, data: bytes, **more: Any) -> int:
        self.chunk += b"\0" * (-len(self.chunk) % 4)
        self.body["bufferViews"].append({"buffer": 0, "byteOffset": len(self.chunk), "byteLength": len(data)} | more)
        self.chunk += data
        return len(self.body["bufferViews"]) - 1

    def accessor(self, **fields: Any) -> int:
        self.body["accessors"].append(fields)
        return len(self.body["accessors"]) - 1

    def scene(self, primitive: Json, **changes: Any) -> Scene:
        self.body["meshes"] = [{"primitives": [primitive]}]
        self.body["buffers"] = [{"byteLength": len(self.chunk)}]
        return read_glb(join(self.body | changes, self.chunk))


def test_interleaved_attributes_are_taken_apart() -> None:
    count = 12
    positions, uv = RNG.random((count, 3)).astype(np.float32), RNG.random((count, 2)).astype(np.float32)
    build = Builder()
    view = build.view(np.concatenate([positions, uv], axis=1).tobytes(), byteStride=20)
    at = build.accessor(bufferView=view, componentType=5126, type="VEC3", count=count)
    uv_at = build.accessor(bufferView=view, byteOffset=12, componentType=5126, type="VEC2", count=count)
    (primitive,) = build.scene({"attributes": {"POSITION": at, "TEXCOORD_0": uv_at}}).meshes[0].primitives
    assert np.array_equal(primitive.positions, positions)
    assert np.array_equal(primitive.uvs[0], uv)
    assert np.array_equal(primitive.indices, np.arange(count).reshape(-1, 3))


def test_sparse_accessors_change_what_they_name() -> None:
    build = Builder()
    base = build.view(np.zeros((6, 3), np.float32).tobytes())
    where, what = build.view(np.array([1, 4], np.uint16).tobytes()), build.view(np.ones((2, 3), np.float32).tobytes())
    sparse = {
        "count": 2, "indices": {"bufferView": where, "componentType": 5123}, "values": {"bufferView": what},
    }  # fmt: skip
    at = build.accessor(bufferView=base, componentType=5126, type="VEC3", count=6, sparse=sparse)
    bare = build.accessor(componentType=5126, type="VEC3", count=6, sparse=sparse)
    expected = np.zeros((6, 3), np.float32)
    expected[[1, 4]] = 1
    for chosen in (at, bare):
        (primitive,) = build.scene({"attributes": {"POSITION": chosen}}).meshes[0].primitives
        assert np.array_equal(primitive.positions, expected)


@pytest.mark.parametrize(
    ("code", "dtype", "top"),
    [(5120, np.int8, 127), (5121, np.uint8, 255), (5122, np.int16, 32767), (5123, np.uint16, 65535)],
)
def test_normalised_integers_are_fractions(code: int, dtype: type, top: int) -> None:
    info = np.iinfo(dtype)
    values = np.array([[info.min, 0], [info.max, top // 2], [info.min + 1, 1]], dtype)
    rows = np.zeros((3, 4 // min(4, values.itemsize * 2) * 2 if values.itemsize == 1 else 2), dtype)
    rows[:, :2] = values
    build = Builder()
    position = build.accessor(
        bufferView=build.view(np.eye(3, dtype=np.float32).tobytes()), componentType=5126, type="VEC3", count=3
    )
    view = build.view(rows.tobytes(), byteStride=4)
    uv = build.accessor(bufferView=view, componentType=code, type="VEC2", count=3, normalized=True)
    scene = build.scene({"attributes": {"POSITION": position, "TEXCOORD_0": uv}})
    (primitive,) = scene.meshes[0].primitives
    assert np.allclose(primitive.uvs[0], np.maximum(values / top, -1), atol=1e-7)
    assert primitive.uvs[0].min() >= -1


def test_strips_and_fans_become_the_triangles_that_the_specification_lists() -> None:
    flat = np.arange(5, dtype=np.uint32)
    assert topology(flat, 5).tolist() == [[0, 1, 2], [1, 3, 2], [2, 3, 4]]
    assert topology(flat, 6).tolist() == [[1, 2, 0], [2, 3, 0], [3, 4, 0]]
    assert topology(np.array([0, 1, 1, 2, 3], np.uint32), 5).tolist() == [[1, 2, 3]]
    assert topology(flat[:2], 5).shape == (0, 3)


def test_lines_are_dropped_with_a_note_and_points_stay_only_alone() -> None:
    build = Builder()
    view = build.view(np.eye(3, dtype=np.float32).tobytes())
    at = build.accessor(bufferView=view, componentType=5126, type="VEC3", count=3)
    lines, points = {"attributes": {"POSITION": at}, "mode": 1}, {"attributes": {"POSITION": at}, "mode": 0}
    build.body["buffers"] = [{"byteLength": len(build.chunk)}]
    build.body["meshes"] = [{"primitives": [{"attributes": {"POSITION": at}}, lines, points]}]
    notes: list[str] = []
    scene = read_glb(join(build.body, build.chunk), notes=notes)
    assert [p.is_cloud for p in scene.meshes[0].primitives] == [False]
    assert notes == ["lines were dropped", "loose points were dropped"]
    build.body["meshes"] = [{"primitives": [points]}]
    assert read_glb(join(build.body, build.chunk)).meshes[0].primitives[0].is_cloud


@pytest.mark.parametrize("name", ["EXT_meshopt_compression", "KHR_meshopt_compression"])
def test_meshopt_views_are_decompressed(name: str) -> None:
    mesh = grid_mesh()
    packed = [
        meshopt.encode_vertex_buffer_level(mesh.positions, 3, 0 if name.startswith("EXT") else 1),
        meshopt.encode_index_buffer(mesh.indices.reshape(-1)),
    ]
    build = Builder()
    for data, array, mode, stride in zip(
        packed, (mesh.positions, mesh.indices), ("ATTRIBUTES", "TRIANGLES"), (12, 4), strict=True
    ):
        view = build.view(data)
        count = array.nbytes // stride
        extension = build.body["bufferViews"][view] | {"mode": mode, "byteStride": stride, "count": count}
        build.body["bufferViews"][view] = {"buffer": 1, "byteLength": array.nbytes, "extensions": {name: extension}}
        code, kind = (5126, "VEC3") if mode == "ATTRIBUTES" else (5125, "SCALAR")
        build.accessor(bufferView=view, componentType=code, type=kind, count=count)
    build.body["meshes"] = [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}]
    build.body["buffers"] = [{"byteLength": len(build.chunk)}, {"byteLength": 10_000}]
    build.body["extensionsRequired"] = [name]
    (primitive,) = read_glb(join(build.body, build.chunk)).meshes[0].primitives
    assert np.array_equal(primitive.positions, mesh.positions)
    assert np.array_equal(np.sort(primitive.indices, axis=1), np.sort(mesh.indices, axis=1))


def test_draco_primitives_are_decompressed_by_their_unique_ids() -> None:
    import DracoPy

    mesh = grid_mesh()
    colors = RNG.integers(0, 255, (len(mesh.positions), 3)).astype(np.uint8)
    stream = DracoPy.encode(mesh.positions, mesh.indices, colors=colors, quantization_bits=16)
    ids = {attribute["attribute_type"]: attribute["unique_id"] for attribute in DracoPy.decode(stream).attributes}
    build = Builder()
    view = build.view(stream)
    count = len(mesh.positions)
    position = build.accessor(componentType=5126, type="VEC3", count=count)
    color = build.accessor(componentType=5121, type="VEC3", count=count, normalized=True)
    extension = {"bufferView": view, "attributes": {"POSITION": ids[0], "COLOR_0": ids[2]}}
    scene = build.scene(
        {
            "attributes": {"POSITION": position, "COLOR_0": color},
            "extensions": {"KHR_draco_mesh_compression": extension},
        }
    )
    (primitive,) = scene.meshes[0].primitives
    assert primitive.colors is not None
    assert len(primitive.indices) == len(mesh.indices)
    # Draco reorders: pair each vertex with its nearest original.
    nearest = np.linalg.norm(primitive.positions[:, None] - mesh.positions[None], axis=-1).argmin(axis=1)
    assert np.abs(primitive.positions - mesh.positions[nearest]).max() < 1e-4
    assert np.abs(primitive.colors[:, :3] * 255 - colors[nearest]).max() < 0.01


def test_instances_become_nodes_of_their_own() -> None:
    build = Builder()
    view = build.view(np.eye(3, dtype=np.float32).tobytes())
    position = build.accessor(bufferView=view, componentType=5126, type="VEC3", count=3)
    moves = np.array([[0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0]], np.float32)
    shift = build.accessor(bufferView=build.view(moves.tobytes()), componentType=5126, type="VEC3", count=4)
    node = {
        "mesh": 0,
        "translation": [0, 5, 0],
        "extensions": {"EXT_mesh_gpu_instancing": {"attributes": {"TRANSLATION": shift}}},
    }
    scene = build.scene({"attributes": {"POSITION": position}}, nodes=[node])
    world = world_matrices(scene)
    places = sorted(tuple(world[at][:3, 3]) for at, n in enumerate(scene.nodes) if n.mesh is not None)
    assert places == [(0, 5, 0), (1, 5, 0), (2, 5, 0), (3, 5, 0)]
    assert scene.triangles == 4


def test_skin_weights_add_up_to_one() -> None:
    weights = RNG.random((50, 4)).astype(np.float32)
    weights[0] = 0
    out = normalised(weights)
    assert np.allclose(out[1:].sum(axis=1), 1, atol=1e-6)
    assert (out[0] == 0).all()
    assert normalised(out) is out


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_pictures_are_known_by_their_bytes_and_not_by_their_mime_type(kind: str) -> None:
    out = io.BytesIO()
    PIL.Image.new("RGB", (8, 8), (200, 30, 30)).save(out, kind)
    scene = single(
        Primitive(positions=np.eye(3, dtype=np.float32), indices=np.array([[0, 1, 2]], np.uint32), material=0),
        materials=(Material(json={"emissiveTexture": {"index": 0}}),),
        textures=(Texture(image=0),),
        images=(Image(data=out.getvalue(), media_type="image/png"),),
    )
    (image,) = read_glb(write_glb(scene)).images
    assert image.media_type == {"AVIF": "image/png"}.get(kind, f"image/{kind.lower()}")
    with PIL.Image.open(io.BytesIO(image.data)) as picture:
        assert np.abs(np.asarray(picture.convert("RGB")).astype(int) - (200, 30, 30)).max() < 12


def plain_ktx2(pixels: Any, vk_format: int, scheme: int) -> bytes:
    body = pixels.tobytes()
    packed = zstandard.compress(body) if scheme == 2 else body
    height, width = pixels.shape[:2]
    head = ktx2.MAGIC + struct.pack("<9I", vk_format, 1, width, height, 0, 0, 1, 1, scheme)
    head += struct.pack("<4I2Q", 104, 4, 0, 0, 0, 0) + struct.pack("<3Q", 108, len(packed), len(body)) + bytes(4)
    return head + packed


@pytest.mark.parametrize("scheme", [0, 2])
@pytest.mark.parametrize(("vk_format", "channels"), [(9, 1), (16, 2), (23, 3), (43, 4)])
def test_uncompressed_ktx2_is_read(vk_format: int, channels: int, scheme: int) -> None:
    pixels = RNG.integers(0, 255, (6, 5, channels)).astype(np.uint8)
    seen = ktx2.pixels(plain_ktx2(pixels, vk_format, scheme))
    assert np.array_equal(seen[..., :channels], pixels)


def test_a_zstd_bomb_in_ktx2_is_stopped_at_the_promised_size() -> None:
    from showroom_assets.errors import DamagedFile

    bomb = bytearray(plain_ktx2(np.zeros((4000, 4000, 4), np.uint8), 43, 2))
    bomb[20:28] = struct.pack("<2I", 8, 8)
    with pytest.raises(DamagedFile):
        ktx2.pixels(bytes(bomb))


def test_specular_glossiness_of_known_materials() -> None:
    # A plastic of 4 % reflectance stays what it was; a gold mirror with no diffuse colour becomes a metal.
    diffuse = np.array([[0.5, 0.2, 0.1], [0, 0, 0]], np.float32)
    specular = np.array([[0.04, 0.04, 0.04], [1.0, 0.77, 0.34]], np.float32)
    base, metallic, roughness = metallic_roughness(diffuse, specular, np.array([0.2, 0.9], np.float32))
    assert np.allclose(metallic, [0, 1], atol=0.02)
    assert np.allclose(base, [[0.5, 0.2, 0.1], [1.0, 0.77, 0.34]], atol=0.02)
    assert np.allclose(roughness, [0.8, 0.1], atol=1e-6)


@pytest.mark.scans
def test_products_keep_their_triangles_extensions_and_pictures(shared_data: Path) -> None:
    expected = {
        "gltf/AnisotropyBarnLamp/AnisotropyBarnLamp.gltf": (10_203, "KHR_materials_anisotropy"),
        "gltf/ChessBoard/chess-board.glb": (178_848, "KHR_materials_clearcoat"),
        "gltf/SheenCloth/SheenCloth.glb": (115_200, "KHR_materials_sheen"),
        "gltf/SunglassesKhronos/SunglassesKhronos.glb": (13_396, "KHR_materials_iridescence"),
        "avatars/CesiumMan.glb": (4_672, ""),
        "avatars/Crimsom.vrm": (3_776, "KHR_materials_unlit"),
    }
    for name, (triangles, extension) in expected.items():
        scene = read_glb(shared_data / name)
        assert scene.triangles == triangles, name
        names = {key for material in scene.materials for key in material.json.get("extensions", {})}
        assert not extension or extension in names, name
        assert all(image.media_type in {"image/png", "image/jpeg"} for image in scene.images), name
        assert read_glb(write_glb(scene)).triangles == triangles, name


@pytest.mark.scans
def test_a_rigged_walk_keeps_its_skin_and_animation(shared_data: Path) -> None:
    scene = read_glb(shared_data / "avatars" / "CesiumMan.glb")
    (animation,) = scene.animations
    (skin,) = scene.skins
    assert len(skin.joints) == 19
    assert len(animation.channels) == 57
    (primitive,) = scene.meshes[0].primitives
    assert primitive.weights is not None
    assert np.allclose(primitive.weights.sum(axis=1), 1, atol=1e-5)


def test_a_node_that_another_scene_shows_draws_nothing() -> None:
    scene = single(grid_mesh())
    body, binary = parts(write_glb(scene))
    body["nodes"].append({"mesh": 0})
    body["scenes"].append({"nodes": [1]})
    assert read_glb(join(body, binary)).triangles == scene.triangles
    assert isinstance(scene.nodes[0], Node)
