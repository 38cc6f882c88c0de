"""
The step: a scene into the bytes that are delivered.

Meshopt styles: positions on a grid whose step follows from the allowed error, octahedral normals, small-integer texture
coordinates, byte colours, joints and weights; equal vertices welded; triangles in the order that compresses best. The
plain style keeps to core glTF.
"""

from showroom_assets.errors import EmptyInput
from showroom_assets.glb import Encoding, write_glb
from showroom_assets.glb.container import split
from showroom_assets.glb.limits import Limits, Meter
from showroom_assets.scene import Scene
from showroom_pipeline.steps.textures import Format, TextureOptions, dimensions, encoded

from . import grid, tidy, uvgrid
from .encode import CoreEncoding, MeshoptEncoding
from .gpu import geometry_bytes, image_bytes
from .options import Packed, PackOptions, Style


def pack(scene: Scene, options: PackOptions | None = None, *, textures: TextureOptions | None = None) -> Packed:
    """
    Deliver a scene.

    Parameters
    ----------
    scene
        What to deliver. Images already in the style's format (say, KTX2 from ``steps.textures.encoded``) go in as
        they are; others are encoded by ``textures``.
    textures
        How to size and encode what is not encoded yet.

    Raises
    ------
    EmptyInput
        The scene draws nothing.
    ToolMissing
        KTX2 was asked for and its encoder is not installed.
    """
    options = options or PackOptions()
    if not any(len(p.positions) for mesh in scene.meshes for p in mesh.primitives):
        raise EmptyInput("there is nothing to deliver: the scene has no triangles. Check the input.")
    lean = tidy.without_idle_attributes(tidy.without_unused(scene))
    lean = _with_textures(lean, options.style, textures)
    notes: list[str] = []
    details: dict[str, object] = {}
    coder: Encoding
    if options.style == "plain":
        ready = tidy.tidy(lean, lambda primitive, _: tidy.exact_key(primitive))
        coder = CoreEncoding()
    else:
        ready, coder = _quantised(lean, options, notes, details)
    data = write_glb(ready, encoding=coder)
    document, _ = split(data, Meter(Limits(json_bytes=1 << 40)))
    gpu = geometry_bytes(document) + sum(image_bytes(image) for image in ready.images)
    return Packed(data, gpu, ready.triangles, tuple(notes), details)


def _quantised(
    scene: Scene, options: PackOptions, notes: list[str], details: dict[str, object]
) -> tuple[Scene, MeshoptEncoding]:
    grids, errors = grid.choose(scene, max_error_m=options.max_position_error_m)
    uv_grids: dict[uvgrid.Group, uvgrid.UvGrid] = {}
    if not _is_rigid(scene):
        error = options.max_uv_error_texels
        uv_grids = uvgrid.choose(scene, lambda at: _size(scene, at), max_error_texels=error)
    coder = MeshoptEncoding(scene, options, grids, errors, uv_grids)
    ready = tidy.tidy(scene, coder.key)
    ready = uvgrid.applied(grid.applied(ready, grids), uv_grids)
    floats = sum(mesh.primitives != () for at, mesh in enumerate(scene.meshes) if at not in grids)
    if floats:
        notes.append(f"positions of {floats} meshes stay float: no 16-bit grid is fine enough")
    details["position_bits"] = sorted({chosen.bits for chosen in grids.values()})
    return ready, coder


def _is_rigid(scene: Scene) -> bool:
    """Whether something addresses materials from outside them, so that they may not be given a transform."""
    pointers = any(channel.pointer for animation in scene.animations for channel in animation.channels)
    return pointers or bool(scene.extensions.keys() & {"VRM", "VRMC_vrm"})


def _size(scene: Scene, texture: int) -> tuple[int, int]:
    return dimensions(scene.images[scene.textures[texture].image])


_FORMAT: dict[Style, tuple[Format, set[str]]] = {
    "meshopt+ktx2": ("ktx2", {"image/ktx2"}),
    "meshopt+webp": ("webp", {"image/webp"}),
    "plain": ("plain", {"image/png", "image/jpeg"}),
}


def _with_textures(scene: Scene, style: Style, textures: TextureOptions | None) -> Scene:
    format, ready = _FORMAT[style]
    if textures is None and all(image.media_type in ready for image in scene.images):
        return scene
    return encoded(scene, format, textures)
