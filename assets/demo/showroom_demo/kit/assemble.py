"""
Puts parts together into a scene: named nodes, one primitive a material, colourways as KHR_materials_variants.

Parts are modelled where they sit, in millimetres; a part with a ``pivot`` gets a node there, so that a temple folds
and a crown turns about the right place. The result is in metres, +Y up, front +Z, standing on the origin.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from showroom_assets.scene import F32, Image, Json, Material, Mesh, Node, Primitive, Scene, Texture
from showroom_demo.kit.material import Finish
from showroom_demo.kit.picture import Picture
from showroom_demo.kit.product import Anchor, HotSpot, Variant
from showroom_demo.kit.shape import F64, Shape, merge, unit

_REPEAT: Json = {"magFilter": 9729, "minFilter": 9987, "wrapS": 10497, "wrapT": 10497}
_CLAMP: Json = {"magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071}


@dataclass(frozen=True, slots=True)
class Part:
    """
    A named node. ``surfaces`` pairs a slot (a finish by name) with the shape that wears it, in product millimetres.
    ``parent`` is another part's name; ``pivot`` is in product millimetres.
    """

    name: str
    surfaces: Sequence[tuple[str, Shape]]
    parent: str | None = None
    pivot: tuple[float, float, float] = (0.0, 0.0, 0.0)
    extras: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Colourway:
    """A variant, and the finish it puts into each slot; slots it leaves out wear the first colourway's."""

    variant: Variant
    finishes: dict[str, Finish]


@dataclass(frozen=True, slots=True)
class Assembly:
    """A scene, and the way from modelling millimetres to it: ``scene = (model + shift_mm) / 1000``."""

    scene: Scene
    shift_mm: tuple[float, float, float]
    dimensions_m: tuple[float, float, float]

    def point(self, model_mm: npt.ArrayLike) -> tuple[float, float, float]:
        """A place of the model, in the scene's metres."""
        x, y, z = (np.asarray(model_mm, dtype=np.float64) + self.shift_mm) / 1000
        return (round(float(x), 6), round(float(y), 6), round(float(z), 6))

    def anchor(self, name: str, model_mm: npt.ArrayLike, direction: npt.ArrayLike | None = None) -> Anchor:
        if direction is None:
            return Anchor(name=name, point=self.point(model_mm))
        x, y, z = unit(np.asarray(direction, dtype=np.float64))
        way = (round(float(x), 6), round(float(y), 6), round(float(z), 6))
        return Anchor(name=name, point=self.point(model_mm), direction=way)

    def hotspot(self, part: str, model_mm: npt.ArrayLike, text: str) -> HotSpot:
        return HotSpot(part=part, point=self.point(model_mm), text=text)


def assemble(
    name: str, parts: Sequence[Part], colourways: Sequence[Colourway], *, shared: dict[str, Finish] | None = None
) -> Assembly:
    """
    The scene of a product; the first colourway is what one sees before choosing.

    ``shared`` finishes are the same in all colourways. Wherever the parts were modelled, the product's bounding box
    ends up standing on the origin, centred on X and Z.
    """
    everything = merge([shape for part in parts for _, shape in part.surfaces])
    shift = standing_shift(everything)
    stock = _Stock()
    default = {**(shared or {}), **colourways[0].finishes}
    index = {part.name: k + 1 for k, part in enumerate(parts)}
    pivots = {part.name: np.asarray(part.pivot, dtype=np.float64) for part in parts}

    nodes: list[Node] = []
    meshes: list[Mesh] = []
    for part in parts:
        by_slot: dict[str, list[Shape]] = {}
        for slot, shape in part.surfaces:
            by_slot.setdefault(slot, []).append(shape)
        primitives = []
        for slot, shapes in by_slot.items():
            finish = default[slot]
            own = stock.material(finish)
            choices = {k: stock.material(way.finishes.get(slot, finish)) for k, way in enumerate(colourways)}
            varied = len(set(choices.values())) > 1
            primitives.append(_primitive(merge(shapes), pivots[part.name], finish, own, choices if varied else {}))
        mesh = None
        if primitives:
            mesh = len(meshes)
            meshes.append(Mesh(name=part.name, primitives=tuple(primitives)))
        from_parent = pivots[part.name] - (pivots[part.parent] if part.parent else -shift)
        children = tuple(index[other.name] for other in parts if other.parent == part.name)
        x, y, z = (round(float(value) / 1000, 9) for value in from_parent)
        nodes.append(Node(name=part.name, mesh=mesh, children=children, translation=(x, y, z), extras=part.extras))
    root = Node(name=name, children=tuple(index[part.name] for part in parts if part.parent is None))
    scene = Scene(
        name=name,
        nodes=(root, *nodes),
        roots=(0,),
        meshes=tuple(meshes),
        materials=tuple(stock.materials),
        textures=tuple(stock.textures),
        images=tuple(stock.images),
        variants=tuple(way.variant.label for way in colourways),
    )
    low, high = everything.bounds
    width, height, depth = (round(float(extent) / 1000, 6) for extent in high - low)
    x, y, z = (float(value) for value in shift)
    return Assembly(scene, (x, y, z), (width, height, depth))


def standing_shift(shape: Shape) -> F64:
    """What to add, in millimetres, so that the shape stands on the origin, centred."""
    low, high = shape.bounds
    return np.array([-(low[0] + high[0]) / 2, -low[1], -(low[2] + high[2]) / 2])


def _primitive(shape: Shape, pivot: F64, finish: Finish, material: int, variants: dict[int, int]) -> Primitive:
    return Primitive(
        positions=((shape.points - pivot) / 1000).astype(np.float32),
        indices=shape.faces.astype(np.uint32),
        normals=_unit32(shape),
        uvs=((shape.uvs / finish.tile_mm).astype(np.float32),),
        material=material,
        variants=variants,
    )


def _unit32(shape: Shape) -> F32:
    normals = shape.normals.astype(np.float32)
    return np.asarray(normals / np.linalg.norm(normals, axis=1, keepdims=True), dtype=np.float32)


class _Stock:
    """Materials, textures and images, each kept once."""

    def __init__(self) -> None:
        self.materials: list[Material] = []
        self.textures: list[Texture] = []
        self.images: list[Image] = []
        self._material: dict[int, int] = {}
        self._texture: dict[tuple[str, bool], int] = {}
        self._image: dict[str, int] = {}
        self._kept: list[Finish] = []

    def material(self, finish: Finish) -> int:
        if id(finish) not in self._material:
            json = copy.deepcopy(finish.json)
            for slot, picture in finish.pictures.items():
                *path, last = slot.split(".")
                place = json
                for key in path:
                    place = place.setdefault(key, {})
                place[last] = {"index": self._texture_of(picture, finish.clamp), **finish.settings.get(slot, {})}
            self._material[id(finish)] = len(self.materials)
            self._kept.append(finish)  # keeps the id from being reused
            self.materials.append(Material(name=finish.name, json=json))
        return self._material[id(finish)]

    def _texture_of(self, picture: Picture, clamp: bool) -> int:
        key = (picture.name, clamp)
        if key not in self._texture:
            if picture.name not in self._image:
                self._image[picture.name] = len(self.images)
                self.images.append(Image(data=picture.png(), name=picture.name))
            self._texture[key] = len(self.textures)
            self.textures.append(Texture(image=self._image[picture.name], sampler=_CLAMP if clamp else _REPEAT))
        return self._texture[key]


def bounds_m(scene: Scene) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """Lowest and highest corner of a scene without skins, in metres."""
    from showroom_assets.scene import world_matrices

    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for k, matrix in world_matrices(scene).items():
        mesh = scene.nodes[k].mesh
        for primitive in scene.meshes[mesh].primitives if mesh is not None else ():
            points = primitive.positions @ matrix[:3, :3].T + matrix[:3, 3]
            low, high = np.minimum(low, points.min(axis=0)), np.maximum(high, points.max(axis=0))
    return (float(low[0]), float(low[1]), float(low[2])), (float(high[0]), float(high[1]), float(high[2]))
