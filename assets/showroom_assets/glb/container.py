"""
The two shapes of a glTF file: a binary container of chunks, and JSON with files beside it.

Source: glTF 2.0 specification, section 4.4 (GLB file format) and 2.8 (URIs).
"""

import json
import struct
from pathlib import Path
from typing import Any, NoReturn

from showroom_assets.errors import DamagedFile, UnsupportedFormat
from showroom_assets.scene import Json

from .limits import Meter

MAGIC = b"glTF"
_JSON_CHUNK, _BIN_CHUNK = 0x4E4F534A, 0x004E4942


def split(data: bytes, meter: Meter) -> tuple[Json, bytes | None]:
    """
    The JSON of a GLB or .gltf, and the GLB's binary chunk.

    Raises
    ------
    DamagedFile
        Truncated, a length that lies, or JSON that is none.
    UnsupportedFormat
        Not glTF, or glTF 1.0.
    """
    if data[:4] != MAGIC:
        if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"{":
            raise UnsupportedFormat("this is neither a GLB nor a .gltf file. Export the model as glTF 2.0.")
        return _parse(data, meter), None
    if len(data) < 20:
        raise DamagedFile("the GLB is truncated in its header. Copy or export it again.", size_bytes=len(data))
    _, version, length = struct.unpack_from("<4sII", data)
    if version != 2:
        raise UnsupportedFormat(f"GLB version {version} is not read. Export it as glTF 2.0.", version=version)
    if length > len(data):
        raise DamagedFile(
            f"the GLB is truncated: its header promises {length:,} bytes, the file has {len(data):,}. "
            "Copy or export it again.",
            promised=length,
            size_bytes=len(data),
        )
    json_chunk: bytes | None = None
    binary: bytes | None = None
    offset = 12
    while offset + 8 <= length:
        size, kind = struct.unpack_from("<II", data, offset)
        offset += 8
        if offset + size > length:
            raise DamagedFile("a chunk of the GLB reaches past its end. Copy or export it again.", chunk_bytes=size)
        if json_chunk is None:
            if kind != _JSON_CHUNK:
                raise DamagedFile("the first chunk of the GLB is not JSON. Export it again.")
            json_chunk = data[offset : offset + size]
        elif kind == _BIN_CHUNK and binary is None:
            binary = data[offset : offset + size]
        offset += size
    if json_chunk is None:
        raise DamagedFile("the GLB has no JSON chunk. Export it again.")
    return _parse(json_chunk, meter), binary


def join(document: Json, binary: bytes) -> bytes:
    """A GLB of ``document`` and one binary chunk. Equal arguments give equal bytes."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    parts = [struct.pack("<II", len(text), _JSON_CHUNK), text]
    if binary:
        parts += [struct.pack("<II", len(binary), _BIN_CHUNK), binary]
    body = b"".join(parts)
    return struct.pack("<4sII", MAGIC, 2, 12 + len(body)) + body


def load(path: Path, meter: Meter) -> bytes:
    """The bytes of a file, refused by its size before it is read."""
    from showroom_assets.errors import MissingFile

    try:
        meter.take("file_bytes", path.stat().st_size)
        return path.read_bytes()
    except FileNotFoundError as exc:
        raise MissingFile(f"{path.name} is not there. Check the path.", path=str(path)) from exc
    except OSError as exc:
        raise MissingFile(f"{path.name} cannot be read: {exc.strerror}.", path=str(path)) from exc


def _parse(text: bytes, meter: Meter) -> Json:
    meter.at_most("json_bytes", len(text))
    try:
        document: Any = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as exc:
        raise DamagedFile("the glTF's JSON cannot be parsed. Export it again.", reason=str(exc)[:200]) from exc
    if not isinstance(document, dict):
        raise DamagedFile("the glTF's JSON is not an object. Export it again.")
    asset = document.get("asset")
    version = asset.get("version") if isinstance(asset, dict) else None
    if not isinstance(version, str) or not version.startswith("2."):
        raise UnsupportedFormat(f"glTF version {version!r:.20} is not read. Export it as glTF 2.0.")
    return document


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
