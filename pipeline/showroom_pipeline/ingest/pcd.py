"""
PCD, the Point Cloud Library's format: ascii, binary, or binary compressed by LZF.

Kept: x, y, z, normals, and colour from ``rgb`` or ``rgba`` (packed into a float or an unsigned) or from ``r``,
``g``, ``b``. Organised clouds mark their holes by NaN: those points are dropped.

Sources: PCL, "The PCD (Point Cloud Data) file format"; liblzf's lzf_d.c for the compression's layout.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from showroom_assets.errors import DamagedFile, EmptyInput, UnsupportedFormat
from showroom_assets.scene import F32, F64, Scene

from .cloud import scene_of_points
from .files import Files, stem
from .limits import Limits, at_most
from .mesh import linear_of_bytes, with_alpha
from .numbers import blocks, decode, floats, plain, printable

_KINDS = {"F": "f", "U": "u", "I": "i"}
_HEADER = 1 << 16
_NUMBERS = 200_000_000
_LZF_MOST = 88  # a match of 264 bytes takes 3


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class _Header:
    fields: tuple[_Field, ...]
    points: int
    encoding: str
    body: int

    @property
    def row_bytes(self) -> int:
        return sum(np.dtype(each.kind).itemsize * each.count for each in self.fields)


def read_pcd(files: Files, name: str, *, limits: Limits, notes: list[str]) -> tuple[Scene, float | None]:
    """
    The cloud of the PCD ``name``. PCL's own unit is the metre, but the format does not say so: None.

    Raises
    ------
    UnsupportedFormat, DamagedFile, EmptyInput, LimitExceeded
        No PCD; truncated or malformed; without points; with more than allowed.
    """
    data = files.read(name)
    if not data.strip():
        raise EmptyInput(f"'{name:.80}' is empty. Export the cloud again.")
    header = _header(data, name)
    at_most(limits.vertices, header.points, f"points of '{name:.80}'")
    if header.points == 0:
        raise EmptyInput(f"'{name:.80}' has no points. Export the cloud again.")
    if header.encoding == "ascii":
        columns = _ascii(data, header, name)
    elif header.encoding == "binary":
        columns = _binary(data, header, name)
    else:
        columns = _compressed(data, header, name)
    if not {"x", "y", "z"} <= columns.keys():
        raise DamagedFile(f"'{name:.80}' has no fields x, y and z. Export the cloud again.")
    positions = np.stack([np.asarray(columns[axis], np.float64) for axis in "xyz"], axis=1)
    normals: F64 | None = None
    if {"normal_x", "normal_y", "normal_z"} <= columns.keys():
        normals = np.stack([np.asarray(columns[f"normal_{axis}"], np.float64) for axis in "xyz"], axis=1)
    colors = _colors(columns)
    return scene_of_points(positions, stem(name), colors=colors, normals=normals, notes=notes), None


def _header(data: bytes, name: str) -> _Header:
    entries: dict[str, list[str]] = {}
    at = 0
    while "DATA" not in entries:
        feed = data.find(b"\n", at, _HEADER)
        if feed < 0:
            raise DamagedFile(f"'{name:.80}' has no DATA line: it is truncated or no PCD file. Export it again.")
        words = decode(data[at:feed]).split()
        at = feed + 1
        if words and not words[0].startswith("#"):
            entries[words[0].upper()] = words[1:]
    try:
        names = entries.get("FIELDS") or entries["COLUMNS"]
        sizes = [int(word) for word in entries["SIZE"]]
        kinds = [_KINDS[word.upper()] for word in entries["TYPE"]]
        counts = [int(word) for word in entries.get("COUNT") or ["1"] * len(names)]
        width, height = int(entries["WIDTH"][0]), int((entries.get("HEIGHT") or ["1"])[0])
        points = int(entries["POINTS"][0]) if entries.get("POINTS") else width * height
        encoding = entries["DATA"][0].lower()
        valid = {f"{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8)} | {"f4", "f8"}
        fields = tuple(
            _Field(each, f"{kind}{size}", count)
            for each, kind, size, count in zip(names, kinds, sizes, counts, strict=True)
        )
        sound = all(each.kind in valid and 0 <= each.count <= 4096 for each in fields) and len(fields) <= 256
    except (KeyError, ValueError, IndexError) as exc:
        raise DamagedFile(f"'{name:.80}': the PCD header makes no sense. Export the cloud again.") from exc
    if not sound or points < 0 or points > 2**53:
        raise DamagedFile(f"'{name:.80}': the PCD header makes no sense. Export the cloud again.")
    if encoding not in {"ascii", "binary", "binary_compressed"}:
        raise UnsupportedFormat(f"'{name:.80}': PCD data '{printable(encoding)}' is unknown. Save it as binary.")
    return _Header(fields, points, encoding, at)


def _short(name: str, points: int) -> DamagedFile:
    return DamagedFile(
        f"'{name:.80}' is truncated: its header promises {points:,} points, and fewer are there. "
        "Copy or export it again.",
        promised=points,
    )


def _ascii(data: bytes, header: _Header, name: str) -> dict[str, npt.NDArray[np.number]]:
    body = plain(data[header.body :], name)
    width = sum(each.count for each in header.fields)
    if header.points * 2 * width > len(body) + 1:
        raise _short(name, header.points)
    at_most(_NUMBERS, header.points * width, f"numbers of '{name:.80}'")
    parts, missing = [], header.points
    for lines in blocks(body, name):
        take = min(missing, len(lines))
        values, counts = floats(lines, np.arange(take), name)
        if bool((counts < width).any()):
            raise _short(name, header.points)
        if bool((counts != width).any()):
            raise DamagedFile(f"'{name:.80}': a line has more numbers than there are fields. Export the cloud again.")
        parts.append(values.reshape(-1, width))
        missing -= take
        if not missing:
            break
    if missing:
        raise _short(name, header.points)
    table = np.concatenate(parts)
    out: dict[str, npt.NDArray[np.number]] = {}
    at = 0
    for each in header.fields:
        if each.count:
            column = table[:, at]
            # A packed colour declared as a float is written as one; declared as unsigned, as a whole number.
            if each.name in {"rgb", "rgba"} and each.kind == "f4":
                with np.errstate(all="ignore"):
                    column = column.astype(np.float32)
            elif each.name in {"rgb", "rgba"}:
                column = np.clip(np.nan_to_num(column), 0, 2**32 - 1).astype(np.uint32)
            out[each.name] = column
        at += each.count
    return out


def _binary(data: bytes, header: _Header, name: str) -> dict[str, npt.NDArray[np.number]]:
    if header.row_bytes * header.points > len(data) - header.body:
        raise _short(name, header.points)
    # Padding fields are all called "_": numbers keep the names apart.
    layout = np.dtype([(f"{i}", "<" + each.kind, (each.count,)) for i, each in enumerate(header.fields)])
    if layout.itemsize == 0:
        raise DamagedFile(f"'{name:.80}' has no fields. Export the cloud again.")
    table = np.frombuffer(data, layout, header.points, header.body)
    return {each.name: table[f"{i}"][:, 0] for i, each in enumerate(header.fields) if each.count}


def _compressed(data: bytes, header: _Header, name: str) -> dict[str, npt.NDArray[np.number]]:
    """Field after field rather than point after point, so that LZF finds more repetition."""
    sizes = np.frombuffer(data, "<u4", 2, header.body) if len(data) >= header.body + 8 else np.zeros(2, np.uint32)
    packed, unpacked = int(sizes[0]), int(sizes[1])
    start = header.body + 8
    if packed == 0 or packed > len(data) - start or unpacked > packed * _LZF_MOST:
        raise _short(name, header.points)
    if unpacked < header.row_bytes * header.points:
        raise _short(name, header.points)
    plain_bytes = lzf_decompress(data[start : start + packed], header.row_bytes * header.points, name)
    out: dict[str, npt.NDArray[np.number]] = {}
    at = 0
    for each in header.fields:
        kind = np.dtype("<" + each.kind)
        if each.count:
            block = np.frombuffer(plain_bytes, kind, header.points * each.count, at)
            out[each.name] = block.reshape(header.points, each.count)[:, 0]
        at += kind.itemsize * header.points * each.count
    return out


def lzf_decompress(packed: bytes, size: int, name: str) -> bytes:
    """
    The first ``size`` bytes behind an LZF stream.

    Each control byte is a run of 1 to 32 literals, or a match of 3 to 264 bytes up to 8,192 bytes back. What a match
    copies depends on the one before, so this walks in Python: 0.25 s for the 2.1 MB of a Kinect frame.

    Raises
    ------
    DamagedFile
        The stream ends early or looks back too far.
    """
    out = bytearray()
    at, end = 0, len(packed)
    try:
        while at < end and len(out) < size:
            control = packed[at]
            at += 1
            if control < 32:
                out += packed[at : at + control + 1]
                at += control + 1
                continue
            length = control >> 5
            if length == 7:
                length += packed[at]
                at += 1
            back = ((control & 31) << 8 | packed[at]) + 1
            at += 1
            length += 2
            start = len(out) - back
            if start < 0:
                raise IndexError
            if back >= length:
                out += out[start : start + length]
            else:  # the match overlaps itself: it repeats
                piece = out[start:]
                out += (piece * (length // back + 1))[:length]
    except IndexError as exc:
        raise DamagedFile(f"'{name:.80}': the compressed points are damaged. Copy or export the cloud again.") from exc
    if len(out) < size or at > end:
        raise DamagedFile(f"'{name:.80}': the compressed points end early. Copy or export the cloud again.")
    return bytes(out[:size])


def _colors(columns: dict[str, npt.NDArray[np.number]]) -> F32 | None:
    for key in ("rgb", "rgba"):
        if key in columns and columns[key].dtype.itemsize == 4:
            packed = np.ascontiguousarray(columns[key]).view(np.uint32)
            channels = np.stack([packed >> 16 & 255, packed >> 8 & 255, packed & 255], axis=1).astype(np.uint8)
            return with_alpha(linear_of_bytes(channels))
    if {"r", "g", "b"} <= columns.keys():
        table = np.nan_to_num(np.stack([np.asarray(columns[key], np.float64) for key in "rgb"], axis=1))
        scale = 1.0 if float(table.max()) > 1.0 else 255.0
        return with_alpha(linear_of_bytes(np.clip(np.round(table * scale), 0, 255).astype(np.uint8)))
    return None
