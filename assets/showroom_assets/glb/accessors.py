"""
From accessors to arrays: interleaved, sparse, normalised and compressed views all come out as plain numpy.

Source: glTF 2.0 specification, section 3.6; KHR_mesh_quantization; EXT_meshopt_compression and its successor
KHR_meshopt_compression.
"""

import numpy as np
import numpy.typing as npt

from showroom_assets.errors import DamagedFile, MissingFile
from showroom_assets.scene import F32, U32, Json

from . import fields, meshopt
from .limits import Meter
from .resources import Resources, fetch

COMPONENT: dict[int, np.dtype[np.generic]] = {
    code: np.dtype(name)
    for code, name in {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}.items()
}
WIDTH = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}

Array = npt.NDArray[np.generic]
Bytes = npt.NDArray[np.uint8]


class Accessors:
    """
    The binary side of a glTF document. Arrays are decoded once and shared, so a file that uses one accessor a
    million times does not cost a million arrays.
    """

    def __init__(self, document: Json, binary: bytes | None, resources: Resources | None, meter: Meter) -> None:
        self._buffers = fields.objects(document, "buffers")
        self._views = fields.objects(document, "bufferViews")
        self._accessors = fields.objects(document, "accessors")
        self._binary = binary
        self._resources = resources
        self._meter = meter
        self._loaded: dict[int, Bytes] = {}
        self._decompressed: dict[int, Bytes] = {}
        self._raw: dict[int, tuple[Array, bool]] = {}
        self._floats: dict[int, F32] = {}

    def __len__(self) -> int:
        return len(self._accessors)

    def count(self, index: int) -> int:
        """The elements an accessor promises."""
        return fields.integer(self._accessors[index], "count", low=1)

    def floats(self, index: int, *widths: int) -> F32:
        """``(count, width) float32``, normalised integers scaled; ``widths`` are those allowed. All finite."""
        if index not in self._floats:
            values, normalised = self._read(index)
            self._meter.take("decoded_bytes", 0 if values.dtype == np.float32 else values.size * 4)
            out: F32
            if values.dtype == np.float32:
                out = np.ascontiguousarray(values, np.float32)
            elif normalised:
                # Section 3.11: signed ones clamp at -1, so that the range is symmetric.
                top = np.float32(np.iinfo(values.dtype).max)  # type: ignore[type-var]
                out = np.maximum(values.astype(np.float32) / top, np.float32(-1.0))
            else:
                out = values.astype(np.float32)
            if not np.isfinite(out).all():
                bad = int(np.flatnonzero(~np.isfinite(out).all(axis=1))[0])
                fields.damaged(f"accessor {index} holds a NaN or an infinity at element {bad}", accessor=index)
            self._floats[index] = out
        out = self._floats[index]
        if widths and out.shape[1] not in widths:
            fields.damaged(f"accessor {index} has {out.shape[1]} components, not {' or '.join(map(str, widths))}")
        return out

    def integers(self, index: int, width: int = 1) -> U32:
        """``(count, width) uint32`` of an unsigned accessor: indices and joints."""
        values, _ = self._read(index)
        if values.dtype.kind != "u" or values.shape[1] != width:
            fields.damaged(f"accessor {index} is not {width} unsigned integers an element")
        return values.astype(np.uint32)

    def view_bytes(self, index: int) -> bytes:
        """The bytes of one buffer view: an embedded image."""
        return self._view(index).tobytes()

    def checked_view(self, index: int) -> int:
        """``index`` if there is such a buffer view."""
        if index >= len(self._views):
            fields.damaged(f"buffer view {index} is asked for, but there are {len(self._views)}")
        return index

    def is_normalised(self, index: int) -> bool:
        """Whether integers of this accessor stand for fractions."""
        return self._accessors[index].get("normalized") is True

    def _read(self, index: int) -> tuple[Array, bool]:
        if index in self._raw:
            return self._raw[index]
        accessor = self._accessors[index]
        code = fields.integer(accessor, "componentType")
        kind = fields.text(accessor, "type")
        if code not in COMPONENT or kind not in WIDTH:
            fields.damaged(f"accessor {index} is of an unknown type {code} {kind:.20}")
        dtype, width, count = COMPONENT[code], WIDTH[kind], self.count(index)
        normalised = accessor.get("normalized") is True and dtype.kind in "iu"
        self._meter.at_most("vertices", count // (3 if kind == "SCALAR" else 1))
        if "bufferView" in accessor:
            view = fields.index(accessor, "bufferView", len(self._views))
            assert view is not None
            start = fields.integer(accessor, "byteOffset", 0)
            values = self._strided(view, start, count, dtype, kind)
        else:
            self._meter.take("decoded_bytes", count * width * dtype.itemsize)
            values = np.zeros((count, width), dtype)
        if "sparse" in accessor:
            values = self._sparse(fields.mapping(accessor, "sparse"), values, dtype, kind)
        self._raw[index] = values, normalised
        return values, normalised

    def _strided(self, view_index: int, start: int, count: int, dtype: np.dtype[np.generic], kind: str) -> Array:
        view = self._views[view_index]
        data = self._view(view_index)
        size = dtype.itemsize
        rows, columns = (int(kind[3]), int(kind[3])) if kind.startswith("MAT") else (1, WIDTH[kind])
        # Section 3.6.2.4: each column of a matrix starts on a multiple of four bytes.
        pitch = -(-columns * size // 4) * 4 if rows > 1 else columns * size
        element = pitch * rows
        stride = fields.integer(view, "byteStride", element, low=1, high=65_536)
        if "byteStride" in view and stride < columns * size:
            fields.damaged(f"buffer view {view_index} has a stride of {stride}, less than one element")
        used = (count - 1) * stride + element - (pitch - columns * size)
        if start + used > len(data):
            fields.damaged(
                f"an accessor reads {start + used:,} bytes of buffer view {view_index}, which has {len(data):,}"
            )
        self._meter.take("decoded_bytes", count * columns * rows * size)
        shape, strides = (count, rows, columns), (stride, pitch, size)
        window = np.ndarray(shape, dtype, buffer=data.data, offset=start, strides=strides)
        return window.reshape(count, rows * columns).copy()

    def _sparse(self, sparse: Json, base: Array, dtype: np.dtype[np.generic], kind: str) -> Array:
        count = fields.integer(sparse, "count", low=1, high=len(base))
        where, what = fields.mapping(sparse, "indices"), fields.mapping(sparse, "values")
        code = fields.integer(where, "componentType")
        if code not in {5121, 5123, 5125}:
            fields.damaged("sparse indices are of a wrong type")
        views = [fields.index(part, "bufferView", len(self._views)) for part in (where, what)]
        if views[0] is None or views[1] is None:
            fields.damaged("a sparse accessor names no buffer view")
        at = self._strided(views[0], fields.integer(where, "byteOffset", 0), count, COMPONENT[code], "SCALAR")[:, 0]
        values = self._strided(views[1], fields.integer(what, "byteOffset", 0), count, dtype, kind)
        at = at.astype(np.int64)
        if at.max() >= len(base):
            fields.damaged(f"a sparse accessor changes element {at.max()} of {len(base)}")
        out = base.copy()
        out[at] = values
        return out

    def _view(self, index: int) -> Bytes:
        view = self._views[index]
        packed = fields.extension(view, "KHR_meshopt_compression") or fields.extension(view, "EXT_meshopt_compression")
        if packed is None:
            return self._slice(view, index)
        if index not in self._decompressed:
            self._decompressed[index] = meshopt.decode(packed, self._slice(packed, index), self._meter)
        return self._decompressed[index]

    def _slice(self, view: Json, index: int) -> Bytes:
        buffer = fields.index(view, "buffer", len(self._buffers))
        if buffer is None:
            fields.damaged(f"buffer view {index} names no buffer")
        start = fields.integer(view, "byteOffset", 0)
        length = fields.integer(view, "byteLength", low=1)
        data = self._buffer(buffer)
        if start + length > len(data):
            fields.damaged(f"buffer view {index} ends at byte {start + length:,} of a buffer of {len(data):,}")
        return data[start : start + length]

    def _buffer(self, index: int) -> Bytes:
        if index not in self._loaded:
            buffer = self._buffers[index]
            promised = fields.integer(buffer, "byteLength", low=1)
            if "uri" in buffer:
                data = fetch(fields.text(buffer, "uri"), self._resources, self._meter)
            elif index == 0 and self._binary is not None:
                data = self._binary
            else:
                raise MissingFile(f"buffer {index} of the glTF has no data. Export the file again.", buffer=index)
            if len(data) < promised:
                raise DamagedFile(
                    f"buffer {index} promises {promised:,} bytes but has {len(data):,}. Copy or export it again.",
                    promised=promised,
                    size_bytes=len(data),
                )
            self._loaded[index] = np.frombuffer(data, np.uint8)
        return self._loaded[index]
