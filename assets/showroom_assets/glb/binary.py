"""
The binary chunk being written: aligned views, accessors with bounds, each distinct array stored once.

Source: glTF 2.0 specification, sections 3.6.2.4 (alignment) and 3.6.2.5 (bounds).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from showroom_assets.scene import Json

ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
CODE = {"int8": 5120, "uint8": 5121, "int16": 5122, "uint16": 5123, "uint32": 5125, "float32": 5126}
_TYPE = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}

Array = npt.NDArray[Any]


class Binary:
    """Collects views and accessors; ``chunk()`` is the bytes so far."""

    def __init__(self) -> None:
        self.fallback_bytes = 0  # of a second buffer that is never sent: where compressed views would decode to
        self.views: list[Json] = []
        self.accessors: list[Json] = []
        self._parts: list[bytes] = []
        self._size = 0
        self._known: dict[tuple[Any, ...], int] = {}

    def append(self, data: bytes) -> int:
        """Store bytes on a multiple of four; their offset."""
        self._parts.append(data + b"\0" * (-len(data) % 4))
        offset = self._size
        self._size += len(self._parts[-1])
        return offset

    def view(self, data: bytes, *, target: int | None = None, stride: int | None = None) -> int:
        """A plain buffer view; the same bytes for the same use are stored once."""
        key = (data, target, stride)
        if key not in self._known:
            view: Json = {"buffer": 0, "byteOffset": self.append(data), "byteLength": len(data)}
            if stride is not None:
                view["byteStride"] = stride
            if target is not None:
                view["target"] = target
            self._known[key] = self.add_view(view)
        return self._known[key]

    def add_view(self, view: Json) -> int:
        """A ready-made view; its index."""
        self.views.append(view)
        return len(self.views) - 1

    def accessor(
        self,
        values: Array,
        view: int,
        *,
        normalised: bool = False,
        bounds: bool = False,
        offset: int = 0,
    ) -> int:
        """An accessor ``(n, width)`` at ``offset`` bytes into a view, in the type that ``values`` have."""
        rows = values.reshape(len(values), -1)
        accessor: Json = {
            "bufferView": view,
            "componentType": CODE[values.dtype.name],
            "count": len(rows),
            "type": _TYPE[rows.shape[1]],
        }
        if offset:
            accessor["byteOffset"] = offset
        if normalised:
            accessor["normalized"] = True
        if bounds:
            accessor["min"] = [number(v) for v in rows.min(axis=0)]
            accessor["max"] = [number(v) for v in rows.max(axis=0)]
        key = ("accessor", *(str(item) for item in accessor.items()))
        if key not in self._known:
            self.accessors.append(accessor)
            self._known[key] = len(self.accessors) - 1
        return self._known[key]

    def chunk(self) -> bytes:
        """All bytes stored so far."""
        return b"".join(self._parts)


def number(value: Any) -> int | float:
    """A JSON number that reads back as the same float32."""
    return int(value) if float(value).is_integer() and abs(float(value)) < 2**53 else float(value)


def padded(values: Array) -> tuple[bytes, int]:
    """Rows as bytes, each padded to a multiple of four; the bytes and their stride."""
    rows = np.ascontiguousarray(values.reshape(len(values), -1))
    size = rows.shape[1] * rows.dtype.itemsize
    stride = -(-size // 4) * 4
    raw = rows.view(np.uint8).reshape(len(rows), size)
    if stride != size:
        raw = np.pad(raw, ((0, 0), (0, stride - size)))
    return raw.tobytes(), stride
