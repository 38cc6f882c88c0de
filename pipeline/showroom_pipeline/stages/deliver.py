"""Deliveries: a level becomes the bytes of a file, with the numbers that the manifest says about it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from showroom_assets.errors import TargetMissed
from showroom_assets.scene import Json, Scene
from showroom_pipeline.stages.levels import Level
from showroom_pipeline.steps.pack import Packed, PackOptions, Style, pack
from showroom_pipeline.steps.textures import Format, TextureOptions, dimensions, encoded

_FORMATS: dict[Style, Format] = {"meshopt+ktx2": "ktx2", "meshopt+webp": "webp", "plain": "plain"}
_LEAST_PX = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One file for one class of device."""

    data: bytes
    triangles: int
    draw_calls: int
    texture_max_px: int
    gpu_bytes: int
    notes: tuple[str, ...] = ()


def textures(level: Level, *, style: Style, options: Json) -> Scene:
    """The level with its pictures sized and encoded; its geometry is not touched."""
    return encoded(level.scene, _FORMATS[style], _texture_options(options))


def deliver(scene: Scene, *, style: Style, position_error_mm: float) -> Delivered:
    """The packed file of a scene whose textures are encoded."""
    return delivered(_pack(scene, style, position_error_mm), scene)


def fit(level: Level, *, style: Style, options: Json, position_error_mm: float, max_bytes: int) -> Delivered:
    """
    The packed file with the best textures that keep it within ``max_bytes``: first less quality, then a smaller size.

    Raises
    ------
    TargetMissed
        If even textures of 64 px are too large: the geometry alone needs more.
    """
    smallest = None
    for chosen in _ladder(_texture_options(options), _FORMATS[style]):
        scene = encoded(level.scene, _FORMATS[style], chosen)
        packed = _pack(scene, style, position_error_mm)
        if packed.bytes <= max_bytes:
            return delivered(packed, scene)
        smallest = min(smallest or packed.bytes, packed.bytes)
        if not level.scene.images:
            break
    raise TargetMissed(
        f"The file cannot be smaller than {smallest:,} bytes with {level.scene.triangles:,} triangles; "
        f"{max_bytes:,} were asked for. Ask for fewer triangles by --target-triangles, or for more bytes.",
        bytes=smallest,
        max_bytes=max_bytes,
    )


def file_of(item: Delivered) -> bytes:
    return item.data


def draw_calls(scene: Scene) -> int:
    """One a primitive, as often as nodes show it."""
    shown = [node.mesh for node in scene.nodes if node.mesh is not None]
    return sum(len(scene.meshes[index].primitives) for index in shown)


def _pack(scene: Scene, style: Style, position_error_mm: float) -> Packed:
    error_m = position_error_mm / 1000.0
    return pack(scene, PackOptions(style=style, max_position_error_m=error_m) if error_m else PackOptions(style=style))


def delivered(packed: Packed, scene: Scene) -> Delivered:
    """A packed file with the numbers of the scene in it."""
    return Delivered(
        data=packed.data,
        triangles=packed.triangles,
        draw_calls=draw_calls(scene),
        texture_max_px=max((max(dimensions(image)) for image in scene.images), default=0),
        gpu_bytes=packed.gpu_bytes,
        notes=packed.notes,
    )


def _texture_options(options: Json) -> TextureOptions:
    known: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in options.items()}
    return TextureOptions(**known)


def _ladder(first: TextureOptions, format: Format) -> Iterator[TextureOptions]:
    """From the wished textures down: three qualities at each size, then half the size."""
    size = first.max_size
    while size >= _LEAST_PX:
        for share in (1.0, 0.7, 0.4):
            at_size = replace(first, max_size=size)
            if format == "ktx2":
                yield replace(at_size, etc1s_quality=max(1, int(first.etc1s_quality * share)))
            else:
                color, normal, data = first.webp_quality if format == "webp" else first.jpeg_quality
                lower = (int(color * share), int(normal * share), int(data * share))
                yield replace(at_size, webp_quality=lower) if format == "webp" else replace(at_size, jpeg_quality=lower)
        size //= 2
