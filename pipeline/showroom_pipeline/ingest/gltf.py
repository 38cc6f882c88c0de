"""
GLB and glTF through ``showroom_assets.glb``: its limits, its resources found among the input's files, its scene judged.
"""

from dataclasses import dataclass

from showroom_assets.errors import MissingFile, ShowroomError
from showroom_assets.glb import Limits as GlbLimits
from showroom_assets.glb import read_glb
from showroom_assets.scene import Json, Scene

from .files import Files
from .limits import Limits


@dataclass(frozen=True, slots=True)
class Gltf:
    """A glTF scene, whether it is authored, and what it says about its licence."""

    scene: Scene
    authored: bool
    licence: str


def read_gltf(files: Files, name: str, *, limits: Limits, notes: list[str]) -> Gltf:
    """
    The scene of the GLB or glTF ``name``, with its buffers and pictures taken from the same tree.

    Raises
    ------
    InputError
        As ``read_glb``, with the file's name in front.
    """
    folder = name.rpartition("/")[0]

    def resource(wanted: str) -> bytes:
        found = files.find(f"{folder}/{wanted}" if folder else wanted)
        if found is None:
            raise FileNotFoundError(wanted)
        return files.read(found)

    bounds = GlbLimits(
        file_bytes=limits.file_bytes,
        vertices=limits.vertices,
        triangles=limits.triangles,
        pixels=limits.pixels,
        total_pixels=limits.total_pixels,
    )
    try:
        scene = read_glb(files.read(name), resources=resource, limits=bounds, notes=notes)
    except MissingFile:
        raise
    except ShowroomError as exc:
        raise type(exc)(f"'{name:.80}': {exc.message}", **exc.fields) from exc
    return Gltf(scene, is_authored(scene), _licence(scene))


def is_authored(scene: Scene) -> bool:
    """Whether somebody gave the product a look of its own, which a re-bake would destroy."""
    primitives = [primitive for mesh in scene.meshes for primitive in mesh.primitives]
    used = {primitive.material for primitive in primitives}
    return bool(
        len(used) > 1
        or scene.variants
        or scene.skins
        or scene.animations
        or any(primitive.targets for primitive in primitives)
        or any(_has_extensions(material.json) for material in scene.materials)
    )


def _has_extensions(item: Json) -> bool:
    return any(
        (key == "extensions" and bool(value)) or (isinstance(value, dict) and _has_extensions(value))
        for key, value in item.items()
    )


def _licence(scene: Scene) -> str:
    extras = scene.asset.get("extras")
    parts = [scene.asset.get("copyright")]
    if isinstance(extras, dict):  # as Sketchfab writes them
        parts += [extras.get(key) for key in ("title", "author", "license", "source")]
    return "\n".join(part[:2000] for part in parts if isinstance(part, str) and part)
