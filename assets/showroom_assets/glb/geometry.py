"""
Meshes of a glTF document as float arrays: triangles from any topology, Draco decoded, indices checked.

Source: glTF 2.0 specification, sections 3.7.2 (meshes) and 3.7.2.1 (primitive topologies).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from showroom_assets.scene import F32, U16, U32, Json, Mesh, Primitive

from . import draco, fields
from .accessors import Accessors
from .limits import Meter

Note = Callable[[str], None]
FARTHEST_M = 1e9
"""Beyond this, squares of float32 coordinates overflow sooner or later."""
_POINTS, _TRIANGLES, _STRIP, _FAN = 0, 4, 5, 6


def read_meshes(document: Json, accessors: Accessors, meter: Meter, note: Note) -> tuple[Mesh, ...]:
    """
    All meshes. Lines are dropped with a note; points too, unless the file holds nothing else.

    Raises
    ------
    DamagedFile
        An index out of range, a NaN, or arrays of unequal length.
    """
    items = fields.objects(document, "meshes")
    modes = {fields.integer(p, "mode", 4, high=6) for mesh in items for p in fields.objects(mesh, "primitives")}
    keep_points = not modes & {_TRIANGLES, _STRIP, _FAN}
    materials = len(fields.objects(document, "materials"))
    reader = _Reader(accessors, meter, note, materials, keep_points)
    return tuple(reader.mesh(item) for item in items)


class _Reader:
    def __init__(self, accessors: Accessors, meter: Meter, note: Note, materials: int, keep_points: bool) -> None:
        self.accessors, self.meter, self.note = accessors, meter, note
        self.materials, self.keep_points = materials, keep_points
        self.checked: dict[tuple[int | None, int, int], U32] = {}

    def mesh(self, item: Json) -> Mesh:
        primitives = fields.objects(item, "primitives")
        self.meter.take("primitives", len(primitives))
        read = [self.primitive(primitive) for primitive in primitives]
        extras = item.get("extras", {})
        return Mesh(
            name=fields.text(item, "name"),
            primitives=tuple(primitive for primitive in read if primitive is not None),
            weights=fields.numbers(item, "weights") or (),
            extras=extras if isinstance(extras, dict) else {"value": extras},
        )

    def primitive(self, item: Json) -> Primitive | None:
        mode = fields.integer(item, "mode", _TRIANGLES, high=6)
        if mode not in {_TRIANGLES, _STRIP, _FAN} and not (mode == _POINTS and self.keep_points):
            self.note("lines were dropped" if mode else "loose points were dropped")
            return None
        attributes = fields.mapping(item, "attributes")
        packed = fields.extension(item, "KHR_draco_mesh_compression")
        arrays, triangles = self.compressed(packed, attributes) if packed is not None else ({}, None)

        def read(semantic: str, *widths: int) -> F32 | None:
            if semantic in arrays:
                if arrays[semantic].shape[1] not in widths:
                    fields.damaged(f"the Draco attribute {semantic} has {arrays[semantic].shape[1]} components")
                return arrays[semantic]
            at = fields.index(attributes, semantic, len(self.accessors))
            return None if at is None else self.accessors.floats(at, *widths)

        positions = read("POSITION", 3)
        if positions is None:
            self.note("a primitive without positions was dropped")
            return None
        if len(positions) and max(positions.max(), -positions.min()) > FARTHEST_M:
            fields.damaged("a vertex is more than a million kilometres away")
        if triangles is None:
            triangles = self.triangles(item, mode, len(positions))
        elif len(triangles) and triangles.max() >= len(positions):
            fields.damaged(f"a Draco primitive names vertex {triangles.max():,} of {len(positions):,}")
        self.meter.at_most("triangles", len(triangles))
        if mode != _POINTS and len(triangles) == 0:
            self.note("a primitive without triangles was dropped")
            return None
        parts: dict[str, Any] = {
            "normals": unit(read("NORMAL", 3)),
            "tangents": unit(read("TANGENT", 4)),
            "colors": _rgba(read("COLOR_0", 3, 4)),
            "uvs": tuple(self.sets("TEXCOORD", attributes, lambda name: read(name, 2))),
            "joints": self.joints(attributes, arrays),
            "weights": _joined(self.sets("WEIGHTS", attributes, lambda name: read(name, 4))),
            "targets": tuple(self.target(target, len(positions)) for target in fields.objects(item, "targets")),
        }
        for name, values in parts.items():
            group = values if isinstance(values, tuple) else (values,)
            lengths = [len(v) for v in group if isinstance(v, np.ndarray)]
            if any(length != len(positions) for length in lengths):
                fields.damaged(f"a primitive has {len(positions):,} positions but {lengths[0]:,} {name}")
        if (parts["joints"] is None) != (parts["weights"] is None) or (
            parts["joints"] is not None and parts["joints"].shape != parts["weights"].shape
        ):
            fields.damaged("a primitive has joints and weights of different shapes")
        if parts["weights"] is not None:
            parts["weights"] = normalised(parts["weights"])
        extras = item.get("extras", {})
        return Primitive(
            positions=positions,
            indices=triangles,
            material=fields.index(item, "material", self.materials),
            variants=self.variants(item),
            extras=extras if isinstance(extras, dict) else {"value": extras},
            **parts,
        )

    def compressed(self, packed: Json, attributes: Json) -> tuple[dict[str, F32], U32]:
        view = fields.integer(packed, "bufferView")
        triangles, raw = draco.decode(packed, self.accessors.view_bytes(self.accessors.checked_view(view)), self.meter)
        out: dict[str, F32] = {}
        for semantic, values in raw.items():
            at = fields.index(attributes, semantic, len(self.accessors))
            normalised = at is not None and self.accessors.is_normalised(at)
            scale = np.float32(np.iinfo(values.dtype).max) if normalised and values.dtype.kind in "iu" else None  # type: ignore[type-var]
            array = values.astype(np.float32)
            out[semantic] = np.maximum(array / scale, np.float32(-1)) if scale is not None else array
            if not np.isfinite(out[semantic]).all():
                fields.damaged(f"the Draco attribute {semantic:.40} holds a NaN or an infinity")
        return out, triangles

    def triangles(self, item: Json, mode: int, vertices: int) -> U32:
        at = fields.index(item, "indices", len(self.accessors))
        key = (at, mode, vertices)
        if key in self.checked:
            return self.checked[key]
        if at is None:
            flat = np.arange(vertices if mode != _POINTS else 0, dtype=np.uint32)
        else:
            flat = self.accessors.integers(at)[:, 0]
        if len(flat) and flat.max() >= vertices:
            fields.damaged(f"a primitive names vertex {flat.max():,} but has {vertices:,}", index=int(flat.max()))
        self.checked[key] = topology(flat, mode)
        return self.checked[key]

    def sets(self, prefix: str, attributes: Json, read: Callable[[str], F32 | None]) -> list[F32]:
        out: list[F32] = []
        while f"{prefix}_{len(out)}" in attributes and len(out) < 8:
            values = read(f"{prefix}_{len(out)}")
            assert values is not None
            out.append(values)
        return out

    def joints(self, attributes: Json, arrays: dict[str, F32]) -> U16 | None:
        def read(name: str) -> F32:
            if name in arrays:
                return arrays[name]
            at = fields.index(attributes, name, len(self.accessors))
            assert at is not None
            return self.accessors.integers(at, 4).astype(np.float32)

        joined = _joined(self.sets("JOINTS", attributes, read))
        return None if joined is None else joined.astype(np.uint16)

    def target(self, item: Json, vertices: int) -> dict[str, F32]:
        out: dict[str, F32] = {}
        for name in ("POSITION", "NORMAL", "TANGENT"):
            at = fields.index(item, name, len(self.accessors))
            if at is not None:
                out[name] = self.accessors.floats(at, 3)
                if len(out[name]) != vertices:
                    fields.damaged(f"a morph target has {len(out[name]):,} of {vertices:,} displacements")
        return out

    def variants(self, item: Json) -> dict[int, int]:
        packed = fields.extension(item, "KHR_materials_variants")
        out: dict[int, int] = {}
        for mapped in fields.objects(packed or {}, "mappings"):
            material = fields.index(mapped, "material", self.materials)
            if material is not None:
                out.update(dict.fromkeys(fields.indices(mapped, "variants", 1 << 16), material))
        return dict(sorted(out.items()))


def topology(flat: U32, mode: int) -> U32:
    """``(m, 3)`` triangles of a list, strip or fan of vertex numbers; degenerate ones of a strip are dropped."""
    if mode == _POINTS:
        return np.zeros((0, 3), np.uint32)
    if mode == _TRIANGLES:
        return np.ascontiguousarray(flat[: len(flat) // 3 * 3].reshape(-1, 3))
    count = max(len(flat) - 2, 0)
    first = np.arange(count)
    if mode == _FAN:
        corners = np.stack([first + 1, first + 2, np.zeros_like(first)], axis=1)
    else:
        odd = first % 2
        corners = np.stack([first, first + 1 + odd, first + 2 - odd], axis=1)
    triangles = flat[corners] if count else np.zeros((0, 3), np.uint32)
    a, b, c = triangles.T
    return np.ascontiguousarray(triangles[(a != b) & (b != c) & (c != a)])


def normalised(weights: F32) -> F32:
    """Skin weights that add up to one; rows that already do, and rows of zeros, are left as they are."""
    total = weights.sum(axis=1, dtype=np.float64)
    wrong = (np.abs(total - 1.0) > 1e-6) & (total > 0)
    if not wrong.any():
        return weights
    out = weights.copy()
    out[wrong] = (weights[wrong] / total[wrong, None]).astype(np.float32)
    return out


def unit(vectors: F32 | None) -> F32 | None:
    """
    Normals or tangents of length one; those that are, are left as they are, so that they survive a round trip.

    Exporters write unnormalised ones, and 8-bit ones are 0.5 % off. One of no length becomes +Z.
    """
    if vectors is None:
        return None
    length = np.linalg.norm(vectors[:, :3].astype(np.float64), axis=1)
    wrong = np.abs(length - 1.0) > 5e-4
    if not wrong.any():
        return vectors
    out = vectors.copy()
    out[wrong, :3] = vectors[wrong, :3] / np.maximum(length[wrong, None], 1e-30)
    out[length < 1e-12, :3] = (0.0, 0.0, 1.0)
    if vectors.shape[1] == 4:
        out[:, 3] = np.where(out[:, 3] < 0, -1.0, 1.0)
    return out


def _rgba(colors: F32 | None) -> F32 | None:
    if colors is None or colors.shape[1] == 4:
        return colors
    return np.concatenate([colors, np.ones((len(colors), 1), np.float32)], axis=1)


def _joined(parts: list[F32]) -> F32 | None:
    if not parts:
        return None
    if len({len(part) for part in parts}) != 1:
        fields.damaged("the sets of an attribute differ in length")
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
