"""
Step results as bytes: JSON for the structure, raw arrays beside it, no pickle.

What it handles: ``None``, numbers, strings, bytes, numpy arrays, lists, tuples, dicts, enums and frozen dataclasses of
our own packages (a ``Scene``, or whatever a step returns). What it refuses: everything else, so a cache written by a
stranger can build plain values and nothing more.

Layout, little endian::

    magic "SRVALUE1" · header digest (32) · header length (u32) · header JSON · padding · blobs, each 64-byte aligned

The header lists each blob's length and SHA-256; equal blobs are stored once. The digest of the header therefore
names the whole value, whatever objects it happened to share in memory, and is read without reading the value.
"""

import dataclasses
import enum
import hashlib
import importlib
import json
import sys
from typing import Any

MAGIC = b"SRVALUE1"
_ALIGN = 64
_PREFIX = len(MAGIC) + 32 + 4
_OWN_PACKAGES = ("showroom_assets", "showroom_pipeline", "showroom_demo")


class Unreadable(ValueError):
    """The bytes are not a value: truncated, altered, or of a class that is gone. The step is run again."""


@dataclasses.dataclass(frozen=True, slots=True)
class Encoded:
    """A value ready to be written: ``digest`` (hex SHA-256) names it; ``chunks`` joined are the file."""

    digest: str
    chunks: tuple[Any, ...]

    @property
    def size_bytes(self) -> int:
        return sum(len(chunk) for chunk in self.chunks)


def encode(value: Any) -> Encoded:
    """
    Lay a value out as bytes.

    Raises
    ------
    TypeError
        If it holds something that has no safe form (a function, a set, an object array, a foreign class).
    """
    writer = _Writer()
    tree = writer.tree(value)
    header = json.dumps(
        {"value": tree, "blobs": [[len(blob), digest] for blob, digest in writer.blobs]}, separators=(",", ":")
    ).encode()
    digest = hashlib.sha256(header)
    chunks: list[Any] = [MAGIC + digest.digest() + len(header).to_bytes(4, "little"), header]
    at = _PREFIX + len(header)
    for blob, _ in writer.blobs:
        pad = -at % _ALIGN
        chunks += [bytes(pad), blob]
        at += pad + len(blob)
    return Encoded(digest.hexdigest(), tuple(chunks))


def decode(data: bytearray) -> Any:
    """
    The value that ``encode`` wrote, every byte checked. Arrays are writable views into ``data``.

    Raises
    ------
    Unreadable
        If anything does not match its digest.
    """
    digest, header_bytes = _split(data)
    if hashlib.sha256(header_bytes).hexdigest() != digest:
        raise Unreadable("the header was altered")
    header = json.loads(header_bytes)
    view = memoryview(data)
    at = _PREFIX + len(header_bytes)
    blobs: list[memoryview] = []
    for size, blob_digest in header["blobs"]:
        at += -at % _ALIGN
        blob = view[at : at + size]
        if len(blob) != size or hashlib.sha256(blob).hexdigest() != blob_digest:
            raise Unreadable("a blob was truncated or altered")
        blobs.append(blob)
        at += size
    if at != len(data):
        raise Unreadable("the file is longer than its contents")
    return _Reader(blobs).value(header["value"])


def peek(prefix: bytes, file_size: int) -> str:
    """
    A value's digest from the first bytes of its file; only truncation inside the header is noticed here.

    Raises
    ------
    Unreadable
        If this is no value file, or it is shorter than its header says.
    """
    if len(prefix) < _PREFIX or prefix[: len(MAGIC)] != MAGIC:
        raise Unreadable("not a value file")
    if _PREFIX + int.from_bytes(prefix[_PREFIX - 4 : _PREFIX], "little") > file_size:
        raise Unreadable("truncated")
    return prefix[len(MAGIC) : len(MAGIC) + 32].hex()


PREFIX_BYTES = _PREFIX


def _split(data: bytearray) -> tuple[str, bytes]:
    digest = peek(bytes(data[:_PREFIX]), len(data))
    length = int.from_bytes(data[_PREFIX - 4 : _PREFIX], "little")
    return digest, bytes(data[_PREFIX : _PREFIX + length])


class _Writer:
    """Turns a value into a JSON tree and a list of distinct blobs."""

    def __init__(self) -> None:
        self.blobs: list[tuple[Any, str]] = []
        self._by_digest: dict[str, int] = {}
        self._by_object: dict[int, tuple[Any, int]] = {}  # holds the object, so that its id stays its own

    def tree(self, value: Any) -> Any:
        match value:
            case enum.Enum():
                return {"!e": _class_name(type(value)), "v": self.tree(value.value)}
            case None | bool() | str():
                return value
            case int():
                return int(value)
            case float():
                return float(value)
            case bytes() | bytearray() | memoryview():
                return {"!b": self._blob(value, value)}
            case list():
                return [self.tree(item) for item in value]
            case tuple():
                return {"!t": [self.tree(item) for item in value]}
            case dict():
                if all(isinstance(key, str) and not key.startswith("!") for key in value):
                    return {key: self.tree(item) for key, item in value.items()}
                return {"!m": [[self.tree(key), self.tree(item)] for key, item in value.items()]}
            case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
                return {
                    "!c": _class_name(type(value)),
                    "f": {f.name: self.tree(getattr(value, f.name)) for f in dataclasses.fields(value) if f.init},
                }
            case _:
                return self._array(value)

    def _array(self, value: Any) -> Any:
        numpy = sys.modules.get("numpy")  # a value can only hold an array if numpy is already imported
        if numpy is not None and isinstance(value, numpy.generic):
            return self.tree(value.item())
        if numpy is None or not isinstance(value, numpy.ndarray):
            raise TypeError(
                f"a step returned {type(value).__module__}.{type(value).__qualname__}, which has no safe form"
            )
        if value.dtype.hasobject or value.dtype.names:
            raise TypeError(f"a step returned an array of {value.dtype}, which has no safe form")
        flat = numpy.ascontiguousarray(value).reshape(-1).view(numpy.uint8)
        return {"!a": self._blob(value, memoryview(flat)), "d": value.dtype.str, "s": list(value.shape)}

    def _blob(self, owner: Any, data: Any) -> int:
        known = self._by_object.get(id(owner))
        if known is not None:
            return known[1]
        digest = hashlib.sha256(data).hexdigest()
        index = self._by_digest.setdefault(digest, len(self.blobs))
        if index == len(self.blobs):
            self.blobs.append((data, digest))
        self._by_object[id(owner)] = (owner, index)
        return index


class _Reader:
    """Builds the value back from its tree."""

    def __init__(self, blobs: list[memoryview]) -> None:
        self._blobs = blobs
        self._arrays: dict[tuple[int, str, tuple[int, ...]], Any] = {}
        self._bytes: dict[int, bytes] = {}

    def value(self, tree: Any) -> Any:
        if isinstance(tree, list):
            return [self.value(item) for item in tree]
        if not isinstance(tree, dict):
            return tree
        if "!a" in tree:
            return self._array(tree)
        if "!b" in tree:
            index = tree["!b"]
            if index not in self._bytes:
                self._bytes[index] = bytes(self._blobs[index])
            return self._bytes[index]
        if "!t" in tree:
            return tuple(self.value(item) for item in tree["!t"])
        if "!m" in tree:
            return {self.value(key): self.value(item) for key, item in tree["!m"]}
        if "!c" in tree:
            return self._dataclass(tree)
        if "!e" in tree:
            return _own_class(tree["!e"])(self.value(tree["v"]))
        return {key: self.value(item) for key, item in tree.items()}

    def _array(self, tree: dict[str, Any]) -> Any:
        import numpy as np

        key = (tree["!a"], tree["d"], tuple(tree["s"]))
        if key not in self._arrays:
            self._arrays[key] = np.frombuffer(self._blobs[key[0]], dtype=np.dtype(key[1])).reshape(key[2])
        return self._arrays[key]

    def _dataclass(self, tree: dict[str, Any]) -> Any:
        kind = _own_class(tree["!c"])
        if "__dataclass_fields__" not in vars(kind):
            raise Unreadable(f"{tree['!c']} is not a dataclass")
        try:
            return kind(**{name: self.value(item) for name, item in tree["f"].items()})
        except TypeError as exc:
            raise Unreadable(f"{tree['!c']} has other fields now") from exc


def _class_name(kind: type) -> str:
    name = f"{kind.__module__}:{kind.__qualname__}"
    if kind.__module__.split(".")[0] not in _OWN_PACKAGES:
        raise TypeError(f"a step returned a {name}, which is not one of our own classes")
    return name


def _own_class(name: str) -> Any:
    module, _, path = name.partition(":")
    if module.split(".")[0] not in _OWN_PACKAGES:
        raise Unreadable(f"{name} is not one of our own classes")
    try:
        found: Any = importlib.import_module(module)
        for part in path.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as exc:
        raise Unreadable(f"{name} is gone") from exc
    if not isinstance(found, type):
        raise Unreadable(f"{name} is not a class")
    return found
