"""
PLY as tables: the header, and each element's properties as arrays. What the tables mean is ``ply_scene.py``'s matter.

All three encodings, scalar and list properties of any type. The header's counts are held against the bytes that
follow before anything is allocated.

Source: Turk 1994, "The PLY Polygon File Format".
"""

import struct
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from showroom_assets.errors import DamagedFile, UnsupportedFormat
from showroom_assets.scene import F64, U8

from .limits import Limits, at_most
from .numbers import I64, blocks, decode, floats, printable

Scalars = npt.NDArray[np.number]

_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8", "int64": "i8", "uint64": "u8", "long": "i8", "ulong": "u8",
}  # fmt: skip
_FORMATS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
_HEADER = 1 << 20
_MANY = 256
_CELLS = 60_000_000


@dataclass(frozen=True, slots=True)
class Property:
    """``kind`` of a scalar or of a list's items, ``count_kind`` of a list's length ("" for a scalar)."""

    name: str
    kind: str
    count_kind: str = ""


@dataclass(slots=True)
class Element:
    """One element of the header, and its columns once read: ``scalars`` ``(count,)``, ``lists`` lengths and items."""

    name: str
    count: int
    properties: list[Property] = field(default_factory=list)
    scalars: dict[str, Scalars] = field(default_factory=dict)
    lists: dict[str, tuple[I64, Scalars]] = field(default_factory=dict)

    def kind(self, name: str) -> str:
        """The numpy kind of a property, as the header declares it."""
        return next(each.kind for each in self.properties if each.name == name)


@dataclass(frozen=True, slots=True)
class Ply:
    """``elements`` by name, and the ``comments`` of the header."""

    elements: dict[str, Element]
    comments: tuple[str, ...]


def parse_ply(data: bytes, name: str, *, limits: Limits, wanted: frozenset[str]) -> Ply:
    """
    Parse a PLY file; elements that are not ``wanted`` are skipped, and nothing after the last wanted one is read.

    Raises
    ------
    UnsupportedFormat
        No PLY, or a version or encoding that does not exist.
    DamagedFile
        A header that makes no sense, or a body that is shorter than the header says.
    LimitExceeded
        More vertices or faces than allowed.
    """
    order, elements, comments, body = _header(data, name)
    for element in elements:
        most = limits.vertices if element.name == "vertex" else limits.triangles
        at_most(most, element.count, f"{printable(element.name)} entries of '{name:.80}'")
    last = max((i for i, element in enumerate(elements) if element.name in wanted), default=-1)
    kept = elements[: last + 1]
    if order:
        _binary(data, body, kept, order, name)
    else:
        _ascii(data[body:], kept, name, limits)
    return Ply({element.name: element for element in kept if element.name in wanted}, tuple(comments))


def _header(data: bytes, name: str) -> tuple[str, list[Element], list[str], int]:
    if data[:3] != b"ply" or data[3:4] not in (b"\n", b"\r", b" "):
        raise UnsupportedFormat(f"'{name:.80}' is no PLY file. Check that its suffix is right.")
    end = data.find(b"end_header", 0, _HEADER)
    feed = data.find(b"\n", end) if end >= 0 else -1
    if end < 0:
        raise DamagedFile(f"'{name:.80}' has no end of header: it is truncated or no PLY file. Export it again.")
    body = feed + 1
    if feed < 0 or data[end + 10 : feed].strip(b"\r \t"):  # a file from an old Mac, or one without a body
        body = end + 11 if data[end + 10 : end + 11] == b"\r" else len(data)
    order: str | None = None
    elements: list[Element] = []
    comments: list[str] = []
    for line in decode(data[:end]).replace("\r", "\n").split("\n")[1:]:
        words = line.split()
        if not words or words[0] == "obj_info":
            continue
        if words[0] == "comment":
            comments.append(line.strip()[7:].strip())
        elif words[0] == "format" and len(words) >= 2:
            if words[1] not in _FORMATS:
                raise UnsupportedFormat(f"'{name:.80}': the PLY encoding '{printable(words[1])}' is unknown.")
            order = _FORMATS[words[1]]
        elif words[0] == "element" and len(words) == 3 and words[2].isdecimal() and len(words[2]) < 19:
            elements.append(Element(words[1], int(words[2])))
        elif words[0] == "property" and elements and (parsed := _property(words)):
            elements[-1].properties.append(parsed)
        else:
            raise DamagedFile(f"'{name:.80}': the header line '{printable(line)}' makes no sense. Export it again.")
    if order is None:
        raise DamagedFile(f"'{name:.80}' has no format line in its header. Export it again.")
    crowded = len(elements) > _MANY or any(len(element.properties) > _MANY for element in elements)
    repeated = len({element.name for element in elements}) < len(elements) or any(
        len({each.name for each in element.properties}) < len(element.properties) for element in elements
    )
    if crowded or repeated:
        raise DamagedFile(f"'{name:.80}': the header repeats names or has too many. Export it again.")
    return order, elements, comments, body


def _property(words: list[str]) -> Property | None:
    if len(words) == 3 and words[1] in _TYPES:
        return Property(words[2], _TYPES[words[1]])
    if len(words) == 5 and words[1] == "list" and words[2] in _TYPES and words[3] in _TYPES:
        count_kind = _TYPES[words[2]]
        return Property(words[4], _TYPES[words[3]], count_kind) if count_kind[0] in "iu" else None
    return None


def _short(name: str, element: Element) -> DamagedFile:
    return DamagedFile(
        f"'{name:.80}' is truncated: its header promises {element.count:,} {printable(element.name)} entries, "
        "and fewer are there. Copy or export it again.",
        promised=element.count,
    )


# --- text ------------------------------------------------------------------------------------------------------------


def _ascii(body: bytes, elements: list[Element], name: str, limits: Limits) -> None:
    pieces: list[list[tuple[F64, I64]]] = [[] for _ in elements]
    for element in elements:
        if element.count * 2 > len(body) + 1 and element.properties:
            raise _short(name, element)
    numbers = [0] * len(elements)
    todo = [element.count if element.properties else 0 for element in elements]
    at = 0
    for lines in blocks(body, name):
        row = 0
        while row < len(lines) and at < len(elements):
            take = min(todo[at], len(lines) - row)
            if take:
                pieces[at].append(floats(lines, np.arange(row, row + take), name))
                numbers[at] += len(pieces[at][-1][0])
                at_most(limits.numbers, numbers[at], f"numbers of '{name:.80}'")
            todo[at] -= take
            row += take
            at += todo[at] == 0
    for element, rest, parts in zip(elements, todo, pieces, strict=True):
        if rest:
            raise _short(name, element)
        if parts:
            values = np.concatenate([each for each, _ in parts])
            _columns(element, values, np.concatenate([counts for _, counts in parts]), name)


def _columns(element: Element, values: F64, counts: I64, name: str) -> None:
    """Walk all rows at once, property after property: ``cursor`` is where each row has got to."""
    ends = np.cumsum(counts)
    cursor = ends - counts
    for each in element.properties:
        if bool((cursor >= ends).any()):
            raise _ragged(element, name)
        head = values[cursor]
        cursor = cursor + 1
        if not each.count_kind:
            element.scalars[each.name] = head
            continue
        if not bool(np.isfinite(head).all()) or bool((head < 0).any()) or bool((head > ends - cursor).any()):
            raise _ragged(element, name)
        length = head.astype(np.int64)
        element.lists[each.name] = (length, values[_ranges(cursor, length)])
        cursor = cursor + length


def _ragged(element: Element, name: str) -> DamagedFile:
    return DamagedFile(
        f"'{name:.80}': a line of '{printable(element.name)}' has too few numbers. Copy or export it again."
    )


def _ranges(starts: I64, lengths: I64, step: int = 1) -> I64:
    """All of ``start, start + step, …`` (``length`` of each), one after the other."""
    total = int(lengths.sum())
    before = np.cumsum(lengths) - lengths
    out: I64 = np.repeat(starts - before * step, lengths) + np.arange(total) * step
    return out


# --- binary ----------------------------------------------------------------------------------------------------------


def _binary(data: bytes, at: int, elements: list[Element], order: str, name: str) -> None:
    buffer = np.frombuffer(data, np.uint8)
    for element in elements:
        if not element.properties or not element.count:
            _nothing(element)
            continue
        kinds = [np.dtype(order + (each.count_kind or each.kind)) for each in element.properties]
        least = sum(kind.itemsize for kind in kinds)
        if element.count * least > len(data) - at:
            raise _short(name, element)
        if any(each.count_kind for each in element.properties):
            end = _even_rows(data, at, element, order) or _uneven_rows(buffer, at, element, order, name)
        else:
            layout = np.dtype([(each.name, kind) for each, kind in zip(element.properties, kinds, strict=True)])
            table = np.frombuffer(data, layout, element.count, at)
            element.scalars.update({each.name: table[each.name] for each in element.properties})
            end = at + element.count * layout.itemsize
        at = end


def _nothing(element: Element) -> None:
    for each in element.properties:
        if each.count_kind:
            element.lists[each.name] = (np.zeros(0, np.int64), np.empty(0))
        else:
            element.scalars[each.name] = np.empty(0)


def _even_rows(data: bytes, at: int, element: Element, order: str) -> int | None:
    """Read rows whose lists are as long as the first row's, all at once; None if some row differs."""
    layout: list[tuple[str, str] | tuple[str, str, tuple[int]]] = []
    cursor = at
    lengths: dict[str, int] = {}
    for each in element.properties:
        kind = np.dtype(order + (each.count_kind or each.kind))
        if cursor + kind.itemsize > len(data):
            return None
        if each.count_kind:
            length = int(np.frombuffer(data, kind, 1, cursor)[0])
            if not 0 <= length <= 64:
                return None
            lengths[each.name] = length
            layout.append(("#" + each.name, kind.str))
            layout.append((each.name, order + each.kind, (length,)))
            cursor += kind.itemsize + length * np.dtype(each.kind).itemsize
        else:
            layout.append((each.name, kind.str))
            cursor += kind.itemsize
    row = np.dtype(layout)
    if element.count * row.itemsize > len(data) - at:
        return None
    table = np.frombuffer(data, row, element.count, at)
    if any(bool((table["#" + each] != length).any()) for each, length in lengths.items()):
        return None
    for each in element.properties:
        if each.count_kind:
            count = np.full(element.count, lengths[each.name], np.int64)
            element.lists[each.name] = (count, np.ascontiguousarray(table[each.name]).reshape(-1))
        else:
            element.scalars[each.name] = table[each.name]
    return at + element.count * row.itemsize


def _uneven_rows(buffer: U8, at: int, element: Element, order: str, name: str) -> int:
    """
    Read rows of different lengths.

    Where a row begins is known only once the row before is read, so this walks in Python (0.8 µs a row); the values
    are then gathered by numpy.
    """
    at_most(_CELLS, element.count * len(element.properties), f"values of '{name:.80}'")
    raw = buffer.tobytes()
    starts = np.empty((len(element.properties), element.count), np.int64)
    lengths = np.zeros((len(element.properties), element.count), np.int64)
    steps = []
    for slot, each in enumerate(element.properties):
        kind = np.dtype(order + (each.count_kind or each.kind))
        reader = struct.Struct(order + kind.char).unpack_from if each.count_kind else None
        steps.append((slot, kind.itemsize, reader, np.dtype(each.kind).itemsize))
    cursor, size = at, len(raw)
    for row in range(element.count):
        for slot, width, reader, item in steps:
            if cursor + width > size:
                raise _short(name, element)
            if reader is None:
                starts[slot, row] = cursor
                cursor += width
                continue
            length = reader(raw, cursor)[0]
            cursor += width
            if length < 0 or length * item > size - cursor:
                raise _short(name, element)
            starts[slot, row], lengths[slot, row] = cursor, length
            cursor += length * item
    for slot, each in enumerate(element.properties):
        kind = np.dtype(order + each.kind)
        bytes_of = np.arange(kind.itemsize)
        if each.count_kind:
            at_items = _ranges(starts[slot], lengths[slot], kind.itemsize)
            items = buffer[at_items[:, None] + bytes_of].view(kind).reshape(-1)
            element.lists[each.name] = (lengths[slot], items)
        else:
            element.scalars[each.name] = buffer[starts[slot][:, None] + bytes_of].view(kind).reshape(-1)
    return cursor
