"""
A scene's arrays as meshopt-compressed, quantised views; or, in the plain style, as what core glTF allows.

All streams of one kind (say, 8-bit normals) share one view however many primitives there are: a view costs some 220
bytes of JSON, and the codec learns across primitives.

Source: EXT_meshopt_compression; meshoptimizer's codecs and filters through PyPI ``meshopt``.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from showroom_assets.glb import Binary, PlainEncoding
from showroom_assets.scene import Channel, Json, Primitive, Scene

from . import precision
from .grid import Grid
from .options import Extension, PackOptions
from .uvgrid import Group, UvGrid, groups

Array = npt.NDArray[Any]
Rows = npt.NDArray[np.uint8]


@dataclass(slots=True)
class _Pool:
    view: int
    mode: str
    filter: str
    stride: int
    parts: list[Rows] = field(default_factory=list)
    size: int = 0


class MeshoptBinary(Binary):
    """A ``Binary`` whose pooled streams are compressed when the chunk is asked for."""

    def __init__(self, extension: Extension) -> None:
        super().__init__()
        self._extension = extension
        self._pools: dict[tuple[str, str, int, str], _Pool] = {}
        self._placed: dict[tuple[Any, ...], tuple[int, int]] = {}
        self._finished = False

    def pooled(self, rows: Rows, *, mode: str = "ATTRIBUTES", filter: str = "NONE", use: str = "") -> tuple[int, int]:
        """Add rows ``(n, stride)`` to the pool of their kind; its view, and the byte offset in it."""
        key = (mode, filter, rows.shape[1], use)
        placed = (key, rows.tobytes())
        if placed not in self._placed:
            if key not in self._pools:
                self._pools[key] = _Pool(self.add_view({}), mode, filter, rows.shape[1])
            pool = self._pools[key]
            self._placed[placed] = pool.view, pool.size
            pool.parts.append(rows)
            pool.size += rows.nbytes
        return self._placed[placed]

    def chunk(self) -> bytes:
        if not self._finished:
            self._finished = True
            for key, pool in self._pools.items():
                self._compress(pool, key[3])
        return super().chunk()

    def _compress(self, pool: _Pool, use: str) -> None:
        import meshopt

        rows = np.concatenate(pool.parts)
        if pool.mode == "TRIANGLES":
            rows_typed = rows.reshape(-1).view(np.uint16 if pool.stride == 2 else np.uint32)
            packed = meshopt.encode_index_buffer(rows_typed.astype(np.uint32))
        else:
            packed = meshopt.encode_vertex_buffer_level(rows, 3, 0 if self._extension.startswith("EXT") else 1)
        extension: Json = {
            "buffer": 0,
            "byteOffset": self.append(packed),
            "byteLength": len(packed),
            "byteStride": pool.stride,
            "mode": pool.mode,
            "count": len(rows),
        }
        if pool.filter != "NONE":
            extension["filter"] = pool.filter
        view = self.views[pool.view]
        view |= {"buffer": 1, "byteOffset": self.fallback_bytes, "byteLength": rows.nbytes}
        if use == "vertex":
            view |= {"byteStride": pool.stride, "target": 34962}
        elif use == "index":
            view["target"] = 34963
        view["extensions"] = {self._extension: extension}
        self.fallback_bytes += -(-rows.nbytes // 4) * 4


class MeshoptEncoding:
    """Quantised and compressed; see ``PackOptions`` for the errors allowed."""

    def __init__(
        self,
        scene: Scene,
        options: PackOptions,
        grids: dict[int, Grid],
        errors: dict[int, float],
        uv_grids: dict[Group, UvGrid],
    ) -> None:
        self._pools = MeshoptBinary(options.extension)
        self.binary: Binary = self._pools
        self._scene = scene
        self._options = options
        self._grids = grids
        self._errors = errors
        self._uv_grids = uv_grids
        self._groups = groups(scene)

    def key(self, primitive: Primitive, mesh: int) -> Rows:
        """The bytes by which two vertices are the same once packed."""
        columns = [self._attribute(name, values, primitive, mesh)[0] for name, values in _attributes(primitive)]
        columns += [
            self._attribute(f"target.{name}", values, primitive, mesh)[0]
            for target in primitive.targets
            for name, values in target.items()
        ]
        return np.concatenate(columns, axis=1) if columns else np.zeros((len(primitive.positions), 0), np.uint8)

    def indices(self, triangles: Array) -> int:
        flat = triangles.reshape(-1)
        small = flat.astype(np.uint16 if len(flat) == 0 or int(flat.max()) < 65_535 else np.uint32).reshape(-1, 1)
        view, offset = self._pools.pooled(small.view(np.uint8).reshape(len(small), -1), mode="TRIANGLES", use="index")
        return self.binary.accessor(small, view, offset=offset)

    def attribute(self, name: str, values: Array, primitive: Primitive, mesh: int) -> int:
        rows, typed, normalised, filter_name = self._attribute(name, values, primitive, mesh)
        view, offset = self._pools.pooled(rows, filter=filter_name, use="vertex")
        bounds = name.endswith("POSITION")
        return self.binary.accessor(typed, view, normalised=normalised, bounds=bounds, offset=offset)

    def times(self, values: Array) -> int:
        floats = np.ascontiguousarray(values, np.float32).reshape(-1, 1)
        view, offset = self._pools.pooled(floats.view(np.uint8).reshape(len(floats), -1))
        return self.binary.accessor(floats, view, bounds=True, offset=offset)

    def samples(self, values: Array, channel: Channel) -> int:
        import meshopt

        floats = np.ascontiguousarray(values, np.float32)
        if channel.path == "rotation" and channel.interpolation != "CUBICSPLINE":
            rows = np.ascontiguousarray(meshopt.encode_filter_quat(floats, 8, 16)).view(np.uint8)
            view, offset = self._pools.pooled(rows.reshape(len(floats), 8), filter="QUATERNION")
            return self.binary.accessor(np.zeros((len(floats), 4), np.int16), view, normalised=True, offset=offset)
        if channel.path in {"weights", "pointer"} or channel.interpolation == "CUBICSPLINE":
            view, offset = self._pools.pooled(floats.view(np.uint8).reshape(len(floats), -1))
        else:
            # One exponent a component over the whole track: its error is 2⁻¹⁵ of that component's largest value.
            rows = np.ascontiguousarray(meshopt.encode_filter_exp(floats, 16, "SharedComponent")).view(np.uint8)
            view, offset = self._pools.pooled(rows.reshape(len(floats), -1), filter="EXPONENTIAL")
        return self.binary.accessor(floats, view, offset=offset)

    def matrices(self, values: Array) -> int:
        columns = np.ascontiguousarray(values.transpose(0, 2, 1).reshape(-1, 16), np.float32)
        view, offset = self._pools.pooled(columns.view(np.uint8).reshape(len(columns), 64))
        return self.binary.accessor(columns, view, offset=offset)

    def required(self) -> tuple[str, ...]:
        names = [self._options.extension, "KHR_mesh_quantization"]
        return (*names, "KHR_texture_transform") if self._uv_grids else tuple(names)

    def _attribute(self, name: str, values: Array, primitive: Primitive, mesh: int) -> tuple[Rows, Array, bool, str]:
        """Rows of bytes, an array of the type and width that a reader sees, normalised, and the filter."""
        if name == "POSITION":
            return self._position(values, mesh)
        if name.startswith("target."):
            return self._displacement(name, values, mesh)
        if name in {"NORMAL", "TANGENT"}:
            material = None if primitive.material is None else self._scene.materials[primitive.material]
            bits = self._options.normal_bits or precision.normal_bits(material)
            rows = precision.octahedral(values, bits)
            seen = np.zeros(values.shape, np.int8 if bits <= 8 else np.int16)
            return rows, seen, True, "OCTAHEDRAL"
        if name.startswith("TEXCOORD"):
            grid = None
            if primitive.material is not None:
                grid = self._uv_grids.get((self._groups[primitive.material], int(name[9:])))
            if grid is not None:
                integers = grid.quantise(values).astype(np.uint16)
                return _rows(integers), integers, False, "NONE"
            if len(values) and values.min() >= 0 and values.max() <= 1:
                fractions = precision.unorm(values, 16)
                return _rows(fractions), fractions, True, "NONE"
            return _rows(values.astype(np.float32)), values, False, "NONE"
        if name.startswith("WEIGHTS"):
            weights = _weights(name, primitive)
            return _rows(weights), weights, True, "NONE"
        if name.startswith("JOINTS"):
            joints = _joints(name, primitive)
            return _rows(joints), joints, False, "NONE"
        colors = precision.unorm(values, self._options.color_bits)
        return _rows(colors), colors, True, "NONE"

    def _position(self, values: Array, mesh: int) -> tuple[Rows, Array, bool, str]:
        import meshopt

        grid = self._grids.get(mesh)
        if grid is not None:
            integers = grid.quantise(values).astype(np.uint8 if grid.levels < 256 else np.uint16)
            return _rows(integers), integers, False, "NONE"
        top = float(np.abs(values).max()) if len(values) else 0.0
        step = 2.0 * self._errors.get(mesh, self._options.max_position_error_m) / np.sqrt(3.0)
        bits = int(np.clip(np.ceil(np.log2(max(top / step, 1.0))) + 2, 8, 24))
        rows = np.ascontiguousarray(meshopt.encode_filter_exp(values.astype(np.float32), bits, "SharedVector"))
        seen = meshopt.decode_vertex_buffer(
            meshopt.encode_vertex_buffer_level(rows.view(np.uint8).reshape(len(values), 12), 0, 0),
            len(values), 12, "EXPONENTIAL",
        )  # fmt: skip
        decoded = np.ascontiguousarray(seen).view(np.float32).reshape(-1, 3)
        return rows.view(np.uint8).reshape(len(values), 12), decoded, False, "EXPONENTIAL"

    def _displacement(self, name: str, values: Array, mesh: int) -> tuple[Rows, Array, bool, str]:
        if name == "target.POSITION":
            grid = self._grids.get(mesh)
            if grid is None:
                return _rows(values.astype(np.float32)), values, False, "NONE"
            steps = grid.displacements(values)
            if np.abs(steps).max(initial=0) <= 32_767:
                small = np.rint(steps).astype(np.int16)
                return _rows(small), small, False, "NONE"
            return _rows(steps.astype(np.float32)), steps.astype(np.float32), False, "NONE"
        if np.abs(values).max(initial=0) <= 1.0:
            small = np.rint(values * 127.0).astype(np.int8)
            return _rows(small), small, True, "NONE"
        return _rows(values.astype(np.float32)), values.astype(np.float32), False, "NONE"


class CoreEncoding(PlainEncoding):
    """Plain glTF, with the normalised integers that its core allows: texture coordinates, weights and colours."""

    def attribute(self, name: str, values: Array, primitive: Primitive, mesh: int) -> int:
        normalised: Array | None = None
        if name.startswith("TEXCOORD") and len(values) and values.min() >= 0 and values.max() <= 1:
            normalised = precision.unorm(values, 16)
        elif name.startswith("COLOR"):
            normalised = precision.unorm(values, 8)
        elif name.startswith("WEIGHTS"):
            normalised = _weights(name, primitive)
        elif name.startswith("JOINTS"):
            values = _joints(name, primitive)
        if normalised is None:
            return super().attribute(name, values, primitive, mesh)
        rows = _rows(normalised)
        view = self.binary.view(rows.tobytes(), target=34962, stride=rows.shape[1])
        return self.binary.accessor(normalised, view, normalised=True)


def _attributes(primitive: Primitive) -> list[tuple[str, Array]]:
    out: list[tuple[str, Array | None]] = [
        ("POSITION", primitive.positions), ("NORMAL", primitive.normals), ("TANGENT", primitive.tangents),
        *((f"TEXCOORD_{at}", uv) for at, uv in enumerate(primitive.uvs)), ("COLOR_0", primitive.colors),
    ]  # fmt: skip
    if primitive.joints is not None and primitive.weights is not None:
        for at in range(primitive.joints.shape[1] // 4):
            out += [(f"JOINTS_{at}", primitive.joints[:, 4 * at : 4 * at + 4]), (f"WEIGHTS_{at}", primitive.weights)]
    return [(name, values) for name, values in out if values is not None]


def _weights(name: str, primitive: Primitive) -> Rows:
    """One set of four of the skin's weights, quantised together with the others."""
    assert primitive.weights is not None
    at = 4 * int(name[8:])
    return precision.skin_weights(primitive.weights)[:, at : at + 4]


def _joints(name: str, primitive: Primitive) -> Array:
    assert primitive.weights is not None
    assert primitive.joints is not None
    at = 4 * int(name[7:])
    return precision.skin_joints(primitive.joints, precision.skin_weights(primitive.weights))[:, at : at + 4]


def _rows(values: Array) -> Rows:
    """Rows of bytes, padded to a multiple of four, as vertex attributes and the codec want them."""
    raw = np.ascontiguousarray(values).view(np.uint8).reshape(len(values), -1)
    return np.ascontiguousarray(np.pad(raw, ((0, 0), (0, -raw.shape[1] % 4))))
