"""
Things that can be worn, made of boxes: small files that load at once, in colours that no person and no room has.

Two colourways each, by ``KHR_materials_variants``, as the demo's products have them; anchors where theirs are.
"""

import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from dress import NAMES, skeleton
from msgspec.structs import replace
from numpy.typing import NDArray
from page_server import furnish, sell, served
from shelf_files import product_folder
from small_store import picture

from showroom.services import Services
from showroom_assets.glb import write_glb
from showroom_assets.manifest import Anchor, Bounds, Variant, load, write_manifest
from showroom_assets.scene import Material, Mesh, Node, Primitive, Scene

Box = tuple[tuple[float, float, float], tuple[float, float, float]]
Rgb = tuple[float, float, float]

GREEN: Final[Rgb] = (0.02, 0.7, 0.06)
BLUE: Final[Rgb] = (0.03, 0.08, 0.9)
_NORMALS: Final = np.repeat(np.array([(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)]), 4, axis=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Boxes in metres, and where they sit."""

    title: str
    category: str
    boxes: Sequence[Box]
    anchors: Mapping[str, tuple[float, float, float]]
    #: Of a garment: which bone each box hangs on.
    bones: Sequence[str] = ()


def _ring(radius: float, wide: float, along: int) -> list[Box]:
    """Four plates round an axis."""
    plates = []
    for axis in {0, 1, 2} - {along}:
        other = ({0, 1, 2} - {along, axis}).pop()
        for sign in (-1, 1):
            low, high = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
            low[along], high[along] = -wide, wide
            low[other], high[other] = -radius, radius
            low[axis], high[axis] = sorted((sign * radius, sign * (radius + 0.003)))
            plates.append(((low[0], low[1], low[2]), (high[0], high[1], high[2])))
    return plates


GLASSES: Final = Thing(
    title="Box glasses",
    category="glasses",
    boxes=(
        ((0.012, 0.004, 0.066), (0.062, 0.044, 0.070)),
        ((-0.062, 0.004, 0.066), (-0.012, 0.044, 0.070)),
        ((-0.012, 0.030, 0.066), (0.012, 0.036, 0.070)),
        ((0.062, 0.034, -0.040), (0.066, 0.040, 0.070)),
        ((-0.066, 0.034, -0.040), (-0.062, 0.040, 0.070)),
    ),
    anchors={
        "bridge": (0, 0.0308, 0.0689),
        "ear_left": (0.0667, 0.0318, -0.0372),
        "ear_right": (-0.0667, 0.0318, -0.0372),
    },
)
HAT: Final = Thing(
    title="Box hat",
    category="hat",
    boxes=(((-0.085, 0.03, -0.13), (0.085, 0.16, 0.07)), ((-0.075, 0.03, 0.07), (0.075, 0.036, 0.14))),
    anchors={
        "brow_center": (0, 0.030421, 0.066088),
        "head_top": (0, 0.152421, -0.041912),
        "temple_left": (0.083, 0.030421, -0.034912),
        "temple_right": (-0.083, 0.030421, -0.034912),
        "nape": (0, 0.030421, -0.135912),
    },
)
WATCH: Final = Thing(
    title="Box watch",
    category="watch",
    boxes=(*_ring(0.03, 0.011, 0), ((-0.02, -0.02, 0.032), (0.02, 0.02, 0.042))),
    anchors={"wrist_center": (0, 0, 0), "dial_center": (0, 0, 0.042)},
)
#: Trunk and sleeves, in a T-pose on the floor.
JACKET: Final = Thing(
    title="Box jacket",
    category="jacket",
    boxes=(
        ((-0.19, 1.10, -0.13), (0.19, 1.42, 0.15)),
        ((-0.18, 0.86, -0.13), (0.18, 1.12, 0.15)),
        ((0.17, 1.30, -0.07), (0.44, 1.43, 0.07)),
        ((-0.44, 1.30, -0.07), (-0.17, 1.43, 0.07)),
        ((0.43, 1.31, -0.06), (0.64, 1.42, 0.06)),
        ((-0.64, 1.31, -0.06), (-0.43, 1.42, 0.06)),
    ),
    anchors={},
    bones=("upperChest", "spine", "leftUpperArm", "rightUpperArm", "leftLowerArm", "rightLowerArm"),
)
BARE: Final = Thing(title="Hat without anchors", category="hat", boxes=HAT.boxes, anchors={})
THINGS: Final[Mapping[str, Thing]] = {"glasses": GLASSES, "hat": HAT, "watch": WATCH, "jacket": JACKET, "bare": BARE}


def model(boxes: Sequence[Box], colours: Mapping[str, Rgb]) -> bytes:
    """A GLB of boxes, one material a colourway."""
    points, faces = _triangles(boxes)
    normals = np.tile(_NORMALS, (len(boxes), 1)).astype(np.float32)
    parts = [points.tobytes(), normals.tobytes(), faces.tobytes()]
    starts = np.cumsum([0, *(len(part) for part in parts)])
    variants = "KHR_materials_variants"
    gltf = {
        "asset": {"version": "2.0"},
        "extensionsUsed": [variants],
        "extensions": {variants: {"variants": [{"name": name} for name in colours]}},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [_primitive(variants, len(colours))]}],
        "materials": [
            {"pbrMetallicRoughness": {"baseColorFactor": [*rgb, 1], "metallicFactor": 0, "roughnessFactor": 0.9}}
            for rgb in colours.values()
        ],
        "buffers": [{"byteLength": int(starts[-1])}],
        "bufferViews": [
            {"buffer": 0, "byteOffset": int(start), "byteLength": len(part)}
            for start, part in zip(starts, parts, strict=False)
        ],
        "accessors": [
            {
                "bufferView": 0,
                "componentType": 5126,
                "count": len(points),
                "type": "VEC3",
                "min": points.min(0).tolist(),
                "max": points.max(0).tolist(),
            },
            {"bufferView": 1, "componentType": 5126, "count": len(points), "type": "VEC3"},
            {"bufferView": 2, "componentType": 5123, "count": faces.size, "type": "SCALAR"},
        ],
    }
    head = json.dumps(gltf).encode()
    head += b" " * (-len(head) % 4)
    body = b"".join(parts)
    body += b"\0" * (-len(body) % 4)
    whole = struct.pack("<4sII", b"glTF", 2, 28 + len(head) + len(body))
    return whole + struct.pack("<I4s", len(head), b"JSON") + head + struct.pack("<I4s", len(body), b"BIN\0") + body


def rigged(boxes: Sequence[Box], bones: Sequence[str], colours: Mapping[str, Rgb]) -> bytes:
    """The same on a body's bones, each box wholly on its own."""
    points, faces = _triangles(boxes)
    joints = np.zeros((len(points), 4), np.uint16)
    joints[:, 0] = np.repeat([NAMES.index(bone) for bone in bones], 24)
    cloth = Primitive(
        positions=points,
        indices=faces.reshape(-1, 3).astype(np.uint32),
        normals=np.tile(_NORMALS, (len(boxes), 1)).astype(np.float32),
        joints=joints,
        weights=np.tile(np.array([1, 0, 0, 0], np.float32), (len(points), 1)),
        material=0,
        variants={i: i for i in range(len(colours))},
    )
    skin, nodes = skeleton()
    look = {"metallicFactor": 0, "roughnessFactor": 0.9}
    scene = Scene(
        nodes=(Node(name="jacket", mesh=0, skin=0), *nodes),
        roots=(0, 1),
        meshes=(Mesh(name="jacket", primitives=(cloth,)),),
        materials=tuple(
            Material(name=name, json={"pbrMetallicRoughness": {"baseColorFactor": [*rgb, 1], **look}})
            for name, rgb in colours.items()
        ),
        skins=(skin,),
        variants=tuple(colours),
    )
    return write_glb(scene)


def _primitive(variants: str, count: int) -> dict[str, object]:
    mappings = [{"material": i, "variants": [i]} for i in range(count)]
    attributes = {"POSITION": 0, "NORMAL": 1}
    return {"attributes": attributes, "indices": 2, "material": 0, "extensions": {variants: {"mappings": mappings}}}


def _triangles(boxes: Sequence[Box]) -> tuple[NDArray[np.float32], NDArray[np.uint16]]:
    """Four corners a side, so that every side has a normal of its own."""
    points = np.zeros((len(boxes), 24, 3), np.float32)
    for i, box in enumerate(boxes):
        for side in range(6):
            axis, is_low = side // 2, side % 2
            u, v = [(1, 2), (2, 0), (0, 1)][axis]
            ring = [(0, 0), (1, 0), (1, 1), (0, 1)]
            for corner, (a, b) in enumerate(reversed(ring) if is_low else ring):
                points[i, side * 4 + corner, axis] = box[1 - is_low][axis]
                points[i, side * 4 + corner, u] = box[a][u]
                points[i, side * 4 + corner, v] = box[b][v]
    quads = 4 * np.arange(6 * len(boxes), dtype=np.uint16)[:, None]
    faces = (quads + np.array([0, 1, 2, 0, 2, 3], np.uint16)).astype(np.uint16)
    return points.reshape(-1, 3), faces.ravel()


def on_shelf(folder: Path, name: str, thing: Thing) -> Path:
    """A finished product in green and in blue."""
    colours = {"Green": GREEN, "Blue": BLUE}
    file = rigged(thing.boxes, thing.bones, colours) if thing.bones else model(thing.boxes, colours)
    made = product_folder(folder / name, name=name, model=file, more={"poster.webp": picture()})
    skus = [f"{name.upper()}-{colour.upper()}" for colour in colours]
    corners = np.array(thing.boxes, np.float64).reshape(-1, 3)
    low, high = corners.min(0).tolist(), corners.max(0).tolist()
    product = replace(
        load(made),
        name=thing.title,
        category=thing.category,
        skus=skus,
        variants=[
            Variant(name=colour, sku=sku, swatch=swatch)
            for colour, sku, swatch in zip(colours, skus, ("#05b30f", "#0814e6"), strict=True)
        ],
        anchors=[Anchor(name=anchor, position_m=at) for anchor, at in thing.anchors.items()],
        bounds_m=Bounds(min=tuple(low), max=tuple(high)),
        dimensions_m=tuple(np.subtract(high, low).tolist()),
    )
    (made / "product.json").write_bytes(write_manifest(product))
    return made


@contextmanager
def opened(folder: Path, *names: str, hero: str = "") -> Iterator[int]:
    """The port of a server that sells these things, with the built page; ``hero``: which stands in its boutique."""

    async def prepare(services: Services) -> None:
        for name in names:
            await sell(services, on_shelf(folder, name, THINGS[name]), unsold=9)
        if hero:
            await furnish(services, hero=hero)

    with served(folder, prepare) as ask:
        yield ask.port
