"""
An OBJ file of the input as a scene: its geometry, its material libraries, and its textures wherever they lie.

What scanners leave out is found again: a library that is not shipped while the texture is, in the same folder or in a
sibling like ``../materials/textures``; a library under another name; a texture named by a path of another machine.
"""

from pathlib import PurePosixPath

import numpy as np

from showroom_assets.scene import Json, Material, Scene

from .cloud import scene_of_points
from .files import Files, inside, stem, suffix
from .limits import Limits
from .looks import LooksBuilder, pictures_of
from .mesh import PLAIN, Faces, Looks, linear, scene_of_faces, with_alpha
from .mtl import Entry, parse_mtl
from .numbers import printable
from .obj import Obj, parse_obj

_COLOR_WORDS = ("basecolor", "base_color", "albedo", "diffuse", "color", "colour", "texture", "tex", "map_kd", "diff")
_LIBRARIES = 16
_OTHER_WORDS = (
    "normal", "rough", "metal", "occlusion", "ao", "height", "bump", "disp", "spec", "gloss", "mask", "preview",
    "thumb", "poster", "emissive", "orm",
)  # fmt: skip


def read_obj(files: Files, name: str, *, limits: Limits, notes: list[str]) -> tuple[Scene, float | None]:
    """
    The scene of the OBJ ``name`` and the metres of its unit, if it says.

    Raises
    ------
    InputError
        See ``obj.parse_obj`` and ``looks.LooksBuilder``.
    """
    obj = parse_obj(files.read(name), name, limits=limits)
    notes.extend(obj.notes)
    title = stem(name)
    colors = None if obj.colors is None else with_alpha(linear(obj.colors))
    if len(obj.sizes) == 0:
        return scene_of_points(obj.positions, title, colors=colors, notes=notes), obj.metres_per_unit
    faces = Faces(
        positions=obj.positions,
        colors=colors,
        uvs=obj.uvs if len(obj.uvs) else None,
        normals=obj.normals if len(obj.normals) else None,
        corners=obj.corners,
        sizes=obj.sizes,
        materials=obj.materials,
    )
    looks = _looks(files, name, obj, notes)
    return scene_of_faces(faces, title, looks=looks, limits=limits, notes=notes), obj.metres_per_unit


def _looks(files: Files, name: str, obj: Obj, notes: list[str]) -> Looks:
    """One material for each of ``obj.names``, so that a face's number is its material's."""
    base = PurePosixPath(name).parent.as_posix()
    builder = LooksBuilder(files, base=base, notes=notes)
    entries: dict[str, tuple[Entry, str]] = {}
    for library in _libraries(files, name, obj, notes):
        for entry in parse_mtl(files.read(library), library, limits=files.limits):
            entries.setdefault(entry.name, (entry, library))
    used = np.unique(obj.materials)
    texture = None
    if not entries and len(obj.uvs):
        texture = lone_texture(files, name, notes)
    for number, wanted in enumerate(obj.names):
        if number not in used:
            builder.materials.append(Material(name=wanted[:200], json=PLAIN))
        elif wanted in entries:
            builder.add(*entries[wanted])
        elif len(entries) == 1 and len(used) == 1:
            only = next(iter(entries.values()))
            builder.add(*only)
        else:
            if entries and wanted:
                notes.append(f"no library has the material '{printable(wanted)}': it is plain.")
            material: Json = {"pbrMetallicRoughness": dict(PLAIN["pbrMetallicRoughness"])}
            if texture is not None:
                material["pbrMetallicRoughness"]["baseColorTexture"] = {"index": builder.picture(texture)}
            builder.materials.append(Material(name=wanted[:200], json=material))
    return builder.looks()


def _libraries(files: Files, name: str, obj: Obj, notes: list[str]) -> list[str]:
    """The MTL files that are there: as named (a name may hold spaces, or be several), else by the OBJ's own name."""
    base = PurePosixPath(name).parent.as_posix()
    out: list[str] = []
    missing: list[str] = []
    for statement in obj.libraries[:_LIBRARIES]:
        whole = _find(files, base, statement)
        parts = [statement] if whole or not statement.lower().endswith(".mtl") else _split_mtl(statement)
        for part in parts:
            real = whole or _find(files, base, part)
            if real:
                out.append(real)
            else:
                missing.append(part)
    if missing and not out:
        spare = [known for known in files.names if suffix(known) == ".mtl"]
        for guess in (f"{stem(name)}.mtl", f"{PurePosixPath(name).name}.mtl"):
            found = [known for known in spare if PurePosixPath(known).name.lower() == guess.lower()]
            if len(found) == 1:
                spare = found
        if len(spare) == 1:
            notes.append(f"'{printable(missing[0])}' is missing: '{printable(spare[0])}' was used.")
            return spare
        notes.append(f"'{printable(missing[0])}' is named but missing.")
    return list(dict.fromkeys(out))


def _split_mtl(statement: str) -> list[str]:
    out, current = [], ""
    for word in statement.split(" "):
        current = f"{current} {word}".strip()
        if word.lower().endswith(".mtl"):
            out.append(current)
            current = ""
    return out


def _find(files: Files, base: str, written: str) -> str | None:
    plain_name = inside(f"{base}/{written}")
    return files.find(plain_name) if plain_name else None


def lone_texture(files: Files, name: str, notes: list[str]) -> str | None:
    """The picture to put on a model that names none: the only one, or the only one that sounds like colour."""
    images = pictures_of(files)
    base = PurePosixPath(name).parent
    here = [image for image in images if PurePosixPath(image).parent == base]
    for group in (here, images):
        chosen = group
        if len(group) > 1:
            words = [(image, stem(image).lower()) for image in group]
            own = [image for image, word in words if word == stem(name).lower()]
            chosen = own or [
                image
                for image, word in words
                if any(hint in word for hint in _COLOR_WORDS) and not any(hint in word for hint in _OTHER_WORDS)
            ]
        if len(chosen) == 1:
            notes.append(f"no material names a texture: '{printable(chosen[0])}' was used.")
            return chosen[0]
    if images:
        notes.append(f"{len(images)} pictures are beside the model and none is named: it is untextured.")
    else:
        notes.append("the model has texture coordinates and no texture is beside it: it is untextured.")
    return None
