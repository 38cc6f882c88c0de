"""
The common currency of the pipeline: a glTF-shaped scene of numpy arrays.

What it is: plain data, in glTF 2.0's own conventions: metres, right-handed, +Y up, +Z the product's front,
quaternions xyzw, texture origin top left, counter-clockwise front faces. Materials, extensions and extras stay the JSON
objects that glTF defines, so every ratified extension survives a round trip untouched; geometry is decoded to
float arrays, so no step ever meets a codec.

What it is not: a file format (see ``glb``), nor a renderer. Steps never change a scene in place: they make a new one,
sharing the arrays they did not touch (``dataclasses.replace``).

Source: glTF 2.0 specification, sections 3.4 to 3.11.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Json = dict[str, Any]
F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
U16 = npt.NDArray[np.uint16]
U32 = npt.NDArray[np.uint32]
U8 = npt.NDArray[np.uint8]

Role = Literal["color", "normal", "data"]
"""How a texture is sampled: sRGB ``color``, tangent-space ``normal``, or linear ``data`` (roughness, occlusion, …)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Primitive:
    """
    Triangles (or points) with one material.

    ``positions (n, 3) float32`` metres · ``indices (m, 3) uint32``, with ``m = 0`` for a point cloud ·
    ``normals (n, 3)`` unit · ``tangents (n, 4)`` xyz unit, w ±1 · ``uvs`` a tuple of ``(n, 2)``, one a TEXCOORD set ·
    ``colors (n, 4)`` linear RGBA 0..1 · ``joints (n, 4k) uint16`` and ``weights (n, 4k)`` · ``targets`` one dict a
    morph target, of POSITION/NORMAL/TANGENT displacements.
    ``material`` indexes ``Scene.materials``; ``variants`` maps a variant's index to a material's
    (KHR_materials_variants).
    """

    positions: F32
    indices: U32
    normals: F32 | None = None
    tangents: F32 | None = None
    uvs: tuple[F32, ...] = ()
    colors: F32 | None = None
    joints: U16 | None = None
    weights: F32 | None = None
    targets: tuple[dict[str, F32], ...] = ()
    material: int | None = None
    variants: dict[int, int] = field(default_factory=dict)
    extras: Json = field(default_factory=dict)

    @property
    def is_cloud(self) -> bool:
        return len(self.indices) == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mesh:
    """A named group of primitives; ``weights`` are the default morph weights."""

    name: str = ""
    primitives: tuple[Primitive, ...] = ()
    weights: tuple[float, ...] = ()
    extras: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """
    A node of the tree. Its transform is ``translation · rotation (xyzw) · scale``; a glTF ``matrix`` is decomposed
    on reading when it can be, else kept in ``matrix`` ``(4, 4)`` row-major, column vectors.
    ``extensions`` keeps node extensions as JSON (EXT_mesh_gpu_instancing is expanded on reading).
    """

    name: str = ""
    children: tuple[int, ...] = ()
    mesh: int | None = None
    skin: int | None = None
    translation: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 1.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    matrix: F64 | None = None
    weights: tuple[float, ...] = ()
    extensions: Json = field(default_factory=dict)
    extras: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """
    ``json`` is the glTF material object, without its name; each ``textureInfo.index`` in it indexes
    ``Scene.textures``.
    """

    name: str = ""
    json: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texture:
    """``image`` indexes ``Scene.images``; ``sampler`` is the glTF sampler object."""

    image: int
    sampler: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """
    An encoded picture: ``image/png``, ``image/jpeg``, ``image/webp`` (KTX2 is decoded to PNG on reading).
    Intermediate results are PNG too: lossless and hashable.
    """

    data: bytes
    media_type: str = "image/png"
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skin:
    """``joints`` index ``Scene.nodes``; ``inverse_bind (j, 4, 4) float32`` row-major, column vectors."""

    joints: tuple[int, ...]
    inverse_bind: F32
    name: str = ""
    skeleton: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """
    One animated property: ``path`` is translation, rotation, scale or weights (or ``pointer`` with a JSON pointer in
    ``pointer``: KHR_animation_pointer); ``times (k,)`` seconds; ``values (k·v, c)`` as glTF lays them out.
    """

    times: F32
    values: F32
    path: str
    node: int | None = None
    pointer: str = ""
    interpolation: str = "LINEAR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Animation:
    name: str = ""
    channels: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """
    Everything a product's file holds. ``roots`` are the top nodes. ``variants`` are the names of
    KHR_materials_variants. ``asset`` keeps ``copyright`` and the like, ``extensions`` the root extensions that
    are not modelled here (KHR_xmp_json_ld). ``extensions_used`` are kept names of extensions carried as JSON.
    """

    name: str = ""
    nodes: tuple[Node, ...] = ()
    roots: tuple[int, ...] = ()
    meshes: tuple[Mesh, ...] = ()
    materials: tuple[Material, ...] = ()
    textures: tuple[Texture, ...] = ()
    images: tuple[Image, ...] = ()
    skins: tuple[Skin, ...] = ()
    animations: tuple[Animation, ...] = ()
    variants: tuple[str, ...] = ()
    asset: Json = field(default_factory=dict)
    extensions: Json = field(default_factory=dict)
    extras: Json = field(default_factory=dict)

    @property
    def triangles(self) -> int:
        """Triangles drawn: a mesh used by two nodes counts twice."""
        each = [sum(len(p.indices) for p in mesh.primitives) for mesh in self.meshes]
        return sum(each[node.mesh] for node in self.nodes if node.mesh is not None)


def single(primitive: Primitive, *, name: str = "", **parts: Any) -> Scene:
    """A scene of one node and one mesh; ``parts`` are further ``Scene`` fields (materials, textures, images, …)."""
    return Scene(
        name=name,
        nodes=(Node(name=name, mesh=0),),
        roots=(0,),
        meshes=(Mesh(name=name, primitives=(primitive,)),),
        **parts,
    )


def local_matrix(node: Node) -> F64:
    """``(4, 4) float64``, row-major for column vectors: parent_from_node."""
    if node.matrix is not None:
        return node.matrix
    x, y, z, w = node.rotation
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = rotation * np.asarray(node.scale)
    matrix[:3, 3] = node.translation
    return matrix


def world_matrices(scene: Scene) -> dict[int, F64]:
    """``scene_from_node`` for each node reachable from the roots. The tree was checked to be acyclic on reading."""
    out: dict[int, F64] = {}
    stack = [(root, np.eye(4)) for root in scene.roots]
    while stack:
        index, parent = stack.pop()
        node = scene.nodes[index]
        out[index] = parent @ local_matrix(node)
        stack.extend((child, out[index]) for child in node.children)
    return out


def texture_slots(material: Json) -> Iterator[tuple[str, Json, Role]]:
    """
    The texture infos of a glTF material and its extensions.

    Yields
    ------
    path, info, role
        ``path`` like ``"pbrMetallicRoughness.baseColorTexture"``; ``info`` the live JSON object, whose ``index``
        may be rewritten on a copy; ``role`` how it is sampled.
    """
    stack: list[tuple[str, Json]] = [("", material)]
    while stack:
        prefix, node = stack.pop()
        for key, value in node.items():
            if not isinstance(value, dict):
                continue
            path = f"{prefix}.{key}" if prefix else key
            if key.endswith("Texture") and isinstance(value.get("index"), int):
                yield path, value, _role(key)
            else:
                stack.append((path, value))


def _role(slot: str) -> Role:
    if slot in {"normalTexture", "clearcoatNormalTexture"}:
        return "normal"
    color = {
        "baseColorTexture", "emissiveTexture", "diffuseTexture", "specularGlossinessTexture",
        "sheenColorTexture", "specularColorTexture", "diffuseTransmissionColorTexture",
    }  # fmt: skip
    return "color" if slot in color else "data"
