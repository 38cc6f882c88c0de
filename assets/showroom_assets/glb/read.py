"""
GLB and .gltf in: an untrusted file becomes a ``Scene``, or one clear error.

Geometry comes out decoded (Draco, meshopt, quantisation, sparse and interleaved accessors undone); materials,
metadata and root extensions stay JSON. What cannot be kept is dropped with a note.

Source: glTF 2.0 specification and the ratified extensions listed in ``UNDERSTOOD``.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from showroom_assets.errors import UnsupportedFormat
from showroom_assets.scene import Animation, Channel, Json, Material, Scene, Skin, texture_slots

from . import container, fields, specgloss
from .accessors import Accessors
from .geometry import read_meshes
from .limits import Limits, Meter
from .pictures import read_images, read_textures
from .resources import Resources, folder
from .tree import read_nodes

DECODED = frozenset(
    {
        "EXT_mesh_gpu_instancing", "EXT_meshopt_compression", "EXT_texture_avif", "EXT_texture_webp",
        "KHR_draco_mesh_compression", "KHR_materials_pbrSpecularGlossiness", "KHR_materials_variants",
        "KHR_mesh_quantization", "KHR_meshopt_compression", "KHR_texture_basisu",
    }
)  # fmt: skip
"""Extensions that reading turns into plain data."""

KEPT = frozenset(
    {
        "EXT_lights_image_based", "KHR_animation_pointer", "KHR_lights_punctual", "KHR_materials_anisotropy",
        "KHR_materials_clearcoat", "KHR_materials_diffuse_transmission", "KHR_materials_dispersion",
        "KHR_materials_emissive_strength", "KHR_materials_ior", "KHR_materials_iridescence",
        "KHR_materials_sheen", "KHR_materials_specular", "KHR_materials_transmission", "KHR_materials_unlit",
        "KHR_materials_volume", "KHR_node_visibility", "KHR_texture_transform", "KHR_xmp_json_ld", "VRM",
        "VRMC_materials_mtoon", "VRMC_node_constraint", "VRMC_springBone", "VRMC_vrm",
    }
)  # fmt: skip
"""Extensions that are carried as the JSON they are."""

UNDERSTOOD = DECODED | KEPT


def read_glb(
    source: Path | bytes,
    *,
    resources: Resources | Path | None = None,
    limits: Limits | None = None,
    notes: list[str] | None = None,
) -> Scene:
    """
    Read a GLB or a .gltf.

    Parameters
    ----------
    source
        A file, or the bytes of one.
    resources
        Where external files of a .gltf are: a folder, or a function from a relative name to bytes. By default the
        folder of ``source``, if that is a path; nothing outside it is ever read.
    limits
        What the file may ask for.
    notes
        Receives a line for each thing that was dropped or mended.

    Raises
    ------
    DamagedFile, UnsupportedFormat, MissingFile, LimitExceeded
        See ``showroom_assets.errors``; nothing else is raised, whatever the bytes are.
    """
    meter = Meter(limits or Limits())
    if isinstance(source, Path):
        data = container.load(source, meter)
        resources = source.parent if resources is None else resources
    else:
        data = source
        meter.take("file_bytes", len(data))
    if isinstance(resources, Path):
        resources = folder(resources, meter)
    seen: dict[str, None] = {}
    scene = _scene(data, resources, meter, seen.setdefault)
    if notes is not None:
        notes.extend(seen)
    return scene


def _scene(data: bytes, resources: Resources | None, meter: Meter, note: Callable[[str], None]) -> Scene:
    document, binary = container.split(data, meter)
    _refuse_unknown(document)
    accessors = Accessors(document, binary, resources, meter)
    nodes, roots = read_nodes(document, accessors, meter, keep_extension=KEPT)
    meshes = read_meshes(document, accessors, meter, note)
    for what in ("textures", "images", "materials", "skins", "samplers"):
        meter.at_most("textures", len(fields.objects(document, what)))
    textures = read_textures(document, note)
    materials = tuple(_material(item, len(textures), note) for item in fields.objects(document, "materials"))
    used = {texture.image for texture in textures}
    images = read_images(document, used, accessors, resources, meter)
    if "cameras" in document:
        note("cameras were dropped")
    shown = fields.objects(document, "scenes")
    first = shown[fields.index(document, "scene", len(shown)) or 0] if shown else {}
    scene = Scene(
        name=fields.text(first, "name"),
        nodes=nodes,
        roots=roots,
        meshes=meshes,
        materials=materials,
        textures=textures,
        images=images,
        skins=tuple(_skin(item, accessors, len(nodes)) for item in fields.objects(document, "skins")),
        animations=_animations(document, accessors, len(nodes), meter),
        variants=_variants(document),
        asset=_asset(document),
        extensions={k: v for k, v in fields.mapping(document, "extensions").items() if k in KEPT},
        extras=_extras(first) or _extras(document),
    )
    scene = _without_orphans(scene, note)
    return specgloss.converted(scene, note) if _names(document, "extensionsUsed") & {specgloss.NAME} else scene


def _refuse_unknown(document: Json) -> None:
    unknown = sorted(_names(document, "extensionsRequired") - UNDERSTOOD)
    if unknown:
        raise UnsupportedFormat(
            f"the file needs the extension {unknown[0]:.60}, which is not read. Export it without.", extensions=unknown
        )


def _names(document: Json, key: str) -> set[str]:
    value = document.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        fields.damaged(f"'{key}' is not an array of names")
    return set(value)


def _material(item: Json, textures: int, note: Callable[[str], None]) -> Material:
    name = fields.text(item, "name")
    body = {key: value for key, value in item.items() if key != "name"}
    for _, info, _ in texture_slots(body):
        fields.index(info, "index", textures)
    fields.numbers(body, "emissiveFactor", 3)
    fields.numbers(fields.mapping(body, "pbrMetallicRoughness"), "baseColorFactor", 4)
    extensions = fields.mapping(body, "extensions")
    dropped = sorted(set(extensions) - UNDERSTOOD)
    if dropped:
        note(f"material extensions that are not known were dropped: {', '.join(dropped)[:200]}")
        kept = {key: value for key, value in extensions.items() if key in UNDERSTOOD}
        body = {**body, "extensions": kept} if kept else {k: v for k, v in body.items() if k != "extensions"}
    return Material(name=name, json=body)


def _skin(item: Json, accessors: Accessors, nodes: int) -> Skin:
    joints = fields.indices(item, "joints", nodes)
    if not joints:
        fields.damaged("a skin has no joints")
    at = fields.index(item, "inverseBindMatrices", len(accessors))
    if at is None:
        inverse = np.tile(np.eye(4, dtype=np.float32), (len(joints), 1, 1))
    else:
        columns = accessors.floats(at, 16)
        if len(columns) < len(joints):
            fields.damaged(f"a skin has {len(joints)} joints but {len(columns)} inverse bind matrices")
        inverse = np.ascontiguousarray(columns[: len(joints)].reshape(-1, 4, 4).transpose(0, 2, 1))
    return Skin(
        joints=joints,
        inverse_bind=inverse,
        name=fields.text(item, "name"),
        skeleton=fields.index(item, "skeleton", nodes),
    )


_WIDTHS = {"translation": (3,), "rotation": (4,), "scale": (3,), "weights": (1,)}


def _animations(document: Json, accessors: Accessors, nodes: int, meter: Meter) -> tuple[Animation, ...]:
    out = []
    for item in fields.objects(document, "animations"):
        samplers = fields.objects(item, "samplers")
        meter.take("channels", len(fields.objects(item, "channels")))
        channels = [_channel(channel, samplers, accessors, nodes) for channel in fields.objects(item, "channels")]
        kept = tuple(channel for channel in channels if channel is not None)
        if kept:
            out.append(Animation(name=fields.text(item, "name"), channels=kept))
    return tuple(out)


def _channel(item: Json, samplers: list[Json], accessors: Accessors, nodes: int) -> Channel | None:
    target = fields.mapping(item, "target")
    at = fields.index(item, "sampler", len(samplers))
    pointer = fields.text(fields.extension(target, "KHR_animation_pointer") or {}, "pointer")
    path = fields.text(target, "path")
    node = fields.index(target, "node", nodes)
    if at is None or (node is None and not pointer):
        return None
    sampler = samplers[at]
    keys = fields.index(sampler, "input", len(accessors))
    samples = fields.index(sampler, "output", len(accessors))
    if keys is None or samples is None or (path not in _WIDTHS and path != "pointer"):
        fields.damaged("an animation channel lacks its sampler's input, output or a known path")
    times = accessors.floats(keys, 1)[:, 0]
    values = accessors.floats(samples, *_WIDTHS.get(path, ()))
    interpolation = fields.text(sampler, "interpolation", "LINEAR")
    if interpolation not in {"LINEAR", "STEP", "CUBICSPLINE"}:
        fields.damaged(f"an animation is interpolated by {interpolation:.30}")
    each = len(times) * (3 if interpolation == "CUBICSPLINE" else 1)
    if len(values) % each or (len(values) != each and path not in {"weights", "pointer"}):
        fields.damaged(f"an animation has {len(times):,} times but {len(values):,} values")
    if (np.diff(times) < 0).any() or times[0] < 0:
        fields.damaged("an animation's times do not rise")
    return Channel(times=times, values=values, path=path, node=node, pointer=pointer, interpolation=interpolation)


def _variants(document: Json) -> tuple[str, ...]:
    packed = fields.extension(document, "KHR_materials_variants")
    return tuple(fields.text(variant, "name") for variant in fields.objects(packed or {}, "variants"))


def _asset(document: Json) -> Json:
    asset = fields.mapping(document, "asset")
    return {key: value for key, value in asset.items() if key not in {"version", "minVersion"}}


def _extras(item: Json) -> Json:
    extras = item.get("extras", {})
    return extras if isinstance(extras, dict) else {"value": extras}


def _without_orphans(scene: Scene, note: Callable[[str], None]) -> Scene:
    """Meshes whose every primitive was dropped are let go by their nodes; variants out of range are damage."""
    empty = {at for at, mesh in enumerate(scene.meshes) if not mesh.primitives}
    for mesh in scene.meshes:
        for primitive in mesh.primitives:
            if primitive.variants and max(primitive.variants) >= len(scene.variants):
                fields.damaged(f"a primitive names variant {max(primitive.variants)} of {len(scene.variants)}")
            if primitive.joints is not None and not scene.skins:
                note("a mesh is weighted but no skin is in the file")
    _check_skins(scene)
    if not empty:
        return scene
    nodes = tuple(replace(node, mesh=None, skin=None) if node.mesh in empty else node for node in scene.nodes)
    return replace(scene, nodes=nodes)


def _check_skins(scene: Scene) -> None:
    for node in scene.nodes:
        if node.mesh is None or node.skin is None:
            continue
        joints = len(scene.skins[node.skin].joints)
        for primitive in scene.meshes[node.mesh].primitives:
            if primitive.joints is not None and len(primitive.joints) and int(primitive.joints.max()) >= joints:
                fields.damaged(f"a vertex follows joint {int(primitive.joints.max())} of {joints}")
