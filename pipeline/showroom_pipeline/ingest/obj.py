"""
Wavefront OBJ, parsed by numpy.

Kept: vertices with or without colours (``v x y z r g b``), texture coordinates, normals, polygons (triangulated),
negative indices, line continuations and ``usemtl``. Left out, as a product does not need them: free-form curves,
lines, and the split into objects and groups. An OBJ without faces is a cloud.

trimesh's reader is as quick (0.13 s for a scan of 40k triangles, as here), but costs 1 s of import, which is a fifth of
what a first look may take, and neither its memory nor its errors are bounded.

Source: Alias Wavefront, Advanced Visualizer manual, appendix B1 "Object files (.obj)".
"""

from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from showroom_assets.errors import DamagedFile, EmptyInput
from showroom_assets.scene import F64, U8

from .limits import Limits, at_most
from .numbers import I64, SPACE, Lines, blank, blocks, decode, floats, keywords, plain, printable, stream, token_counts
from .units import declared_unit

I32 = npt.NDArray[np.int32]

_V, _VT, _VN, _F, _USE, _MTL = 0x76, 0x7674, 0x766E, 0x66, 0x757365, 0x6D746C
_IGNORED = {0x6C: "lines", 0x70: "points", 0x637572: "free-form curves", 0x737572: "free-form surfaces"}
_INDEX = SPACE.copy()
_INDEX[list(b"0123456789+-/")] = True
_SWITCHES = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Obj:
    """
    What an OBJ file says, indices from 0.

    ``positions (n, 3) float64`` · ``colors (n, 3)`` sRGB 0..1 or None · ``uvs (t, 2)``, v upwards ·
    ``normals (k, 3)`` · ``corners (c, 3) int32``: vertex, texture coordinate and normal, -1 where absent ·
    ``sizes (f,)`` corners a face · ``materials (f,)`` into ``names``, where ``names[0]`` is "" for none.
    """

    positions: F64
    colors: F64 | None
    uvs: F64
    normals: F64
    corners: I32
    sizes: I64
    materials: I32
    names: tuple[str, ...]
    libraries: tuple[str, ...]
    metres_per_unit: float | None
    notes: tuple[str, ...]


class _Reader:
    """Collects the arrays of one block after the other."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.tables: dict[int, list[F64]] = {_V: [], _VT: [], _VN: []}
        self.counts = {_V: 0, _VT: 0, _VN: 0}
        self.corners: list[I32] = []
        self.sizes: list[I64] = []
        self.materials: list[I32] = []
        self.names: dict[str, int] = {"": 0}
        self.current = 0
        self.switches = 0
        self.corner_count = 0
        self.libraries: list[str] = []
        self.ignored: dict[str, int] = {}
        self.colored = False

    def block(self, lines: Lines) -> None:
        words = keywords(lines)
        chosen = {word: np.flatnonzero(words == word) for word in (_V, _VT, _VN, _F, _USE, _MTL)}
        for word, what in _IGNORED.items():
            if count := int(np.count_nonzero(words == word)):
                self.ignored[what] = self.ignored.get(what, 0) + count
        before = dict(self.counts)
        for word, least in ((_V, 3), (_VT, 1), (_VN, 3)):
            self._table(lines, chosen[word], word, least)
        self._libraries(lines, chosen[_MTL])
        switch_lines, switch_to = self._switches(lines, chosen[_USE])
        faces = chosen[_F]
        if len(faces) == 0:
            self.current = int(switch_to[-1])
            return
        self.materials.append(switch_to[np.searchsorted(switch_lines, faces)])
        self.current = int(switch_to[-1])
        blank(lines, faces, 1)
        corners, sizes = self._corners(lines, faces)
        if bool((corners < 0).any()):  # relative indices count back from what was read before their line
            line_of = np.repeat(faces, sizes)
            for slot, word in enumerate((_V, _VT, _VN)):
                known = before[word] + np.searchsorted(chosen[word], line_of)
                column = corners[:, slot].copy()
                corners[:, slot] = np.where(column < 0, np.maximum(known + column, -1) + 1, column)
                if bool(((column < 0) & (known + column < 0)).any()):
                    self._out_of_range(word, "a relative index before the first")
        self.corner_count += len(corners)
        at_most(3 * self.limits.triangles, self.corner_count, f"face corners of '{self.name:.80}'")
        self.corners.append(np.minimum(corners, 2**31 - 1).astype(np.int32) - np.int32(1))
        self.sizes.append(sizes)

    def _table(self, lines: Lines, chosen: I64, word: int, least: int) -> None:
        if len(chosen) == 0:
            return
        blank(lines, chosen, 1 if word == _V else 2)
        values, counts = floats(lines, chosen, self.name)
        if int(counts.min()) < least:
            index = int(chosen[int(np.argmax(counts < least))])
            raise DamagedFile(
                f"'{self.name:.80}', line {lines.line_number(index):,} has too few numbers. "
                "The file seems damaged or cut; export it again.",
                line=lines.line_number(index),
            )
        width = 6 if word == _V and int(counts.max()) >= 6 else 2 if word == _VT else 3
        self.colored |= width == 6
        self.tables[word].append(_columns(values, counts, width))
        self.counts[word] += len(chosen)
        at_most(self.limits.vertices, self.counts[word], f"vertices of '{self.name:.80}'")

    def _libraries(self, lines: Lines, chosen: I64) -> None:
        for index in chosen[:64]:
            word, _, rest = lines.text(int(index)).partition(" ")
            if word == "mtllib" and rest.strip() and rest.strip() not in self.libraries:
                self.libraries.append(rest.strip())

    def _switches(self, lines: Lines, chosen: I64) -> tuple[I64, I32]:
        """The lines that switch material, and the material before the first and after each."""
        self.switches += len(chosen)
        at_most(_SWITCHES, self.switches, f"usemtl lines of '{self.name:.80}'")
        at, to = [], [self.current]
        for index in chosen:
            word, *rest = lines.text(int(index)).split(None, 1)
            if word == "usemtl":
                at.append(int(index))
                to.append(self.names.setdefault(rest[0].strip() if rest else "", len(self.names)))
        at_most(self.limits.materials, len(self.names), f"materials of '{self.name:.80}'")
        return np.asarray(at, np.int64), np.asarray(to, np.int32)

    def _corners(self, lines: Lines, faces: I64) -> tuple[I64, I64]:
        """Raw indices ``(c, 3)`` as written, 0 where absent, and the corners of each face."""
        text, offsets = stream(lines, faces)
        bad = np.flatnonzero(~_INDEX[text])
        if len(bad):
            self._bad_face(lines, faces, int(np.searchsorted(offsets, bad[0], side="right")) - 1)
        space, slash = SPACE[text], text == 47
        begins = ~space
        begins[1:] &= space[:-1]
        field = ~(space | slash)
        field[1:] &= (space | slash)[:-1]
        at = np.flatnonzero(field)
        token = np.cumsum(begins, dtype=np.int64)[at] - 1
        slashes = np.cumsum(slash, dtype=np.int64)
        token_at = np.flatnonzero(begins)
        slot = slashes[at] - (slashes[token_at] - slash[token_at])[token]
        sizes = token_counts(text, offsets)
        values = _integers(np.where(slash, np.uint8(32), text))
        if values is None or len(values) != len(at) or (len(slot) and int(slot.max()) > 2):
            self._bad_face(lines, faces, -1)
        out = np.zeros((len(token_at), 3), np.int64)
        out[token, slot] = values
        if bool((out[:, 0] == 0).any()):
            row = int(np.argmax(out[:, 0] == 0))
            self._bad_face(lines, faces, int(np.searchsorted(np.cumsum(sizes), row, side="right")))
        return out, sizes

    def _bad_face(self, lines: Lines, faces: I64, index: int) -> NoReturn:
        where = text = ""
        if index >= 0:
            where = f", line {lines.line_number(int(faces[index])):,}"
            text = f" 'f {printable(lines.text(int(faces[index]), 40))}'"
        raise DamagedFile(f"'{self.name:.80}'{where}: the face{text} is malformed. Export it again.")

    def _out_of_range(self, word: int, what: str) -> NoReturn:
        kind = {_V: "vertex", _VT: "texture coordinate", _VN: "normal"}[word]
        raise DamagedFile(
            f"'{self.name:.80}': a face uses {what} {kind}, the file has {self.counts[word]:,}. "
            "The file seems cut or damaged; export it again."
        )

    def finish(self, metres_per_unit: float | None) -> Obj:
        width = 6 if self.colored else 3
        vertices = _stack(self.tables[_V], width)
        corners = np.concatenate(self.corners) if self.corners else np.empty((0, 3), np.int32)
        for slot, word in enumerate((_V, _VT, _VN)):
            if len(corners) and int(corners[:, slot].max()) >= self.counts[word]:
                self._out_of_range(word, f"number {int(corners[:, slot].max()) + 1:,} of")
        if len(vertices) == 0:
            raise EmptyInput(f"'{self.name:.80}' has no vertices. Export the model again.")
        notes = tuple(f"{count:,} {what} were left out." for what, count in sorted(self.ignored.items()))
        return Obj(
            positions=vertices[:, :3],
            colors=_unit_colors(vertices[:, 3:6]) if self.colored else None,
            uvs=_stack(self.tables[_VT], 2),
            normals=_stack(self.tables[_VN], 3),
            corners=corners,
            sizes=np.concatenate(self.sizes) if self.sizes else np.empty(0, np.int64),
            materials=np.concatenate(self.materials) if self.materials else np.empty(0, np.int32),
            names=tuple(self.names),
            libraries=tuple(self.libraries),
            metres_per_unit=metres_per_unit,
            notes=notes,
        )


def parse_obj(data: bytes, name: str, *, limits: Limits) -> Obj:
    """
    Parse an OBJ file.

    Raises
    ------
    DamagedFile
        Malformed lines, indices out of range, nothing that an OBJ has.
    EmptyInput
        No vertices.
    LimitExceeded
        More than ``limits`` allow.
    """
    if not data.strip():
        raise EmptyInput(f"'{name:.80}' is empty. Export the model again.")
    text = plain(data, name)
    if b"\\\n" in text or b"\\\r\n" in text:
        text = text.replace(b"\\\r\n", b"   ").replace(b"\\\n", b"  ")
    reader = _Reader(name, limits)
    for lines in blocks(text, name):
        if len(lines):
            reader.block(lines)
    if reader.counts[_V] == 0 and not reader.corners:
        raise EmptyInput(f"'{name:.80}' has no vertices: it is empty or no OBJ file. Export the model again.")
    return reader.finish(_declared_unit(text))


def _declared_unit(text: bytes) -> float | None:
    comments = [line for line in decode(text[:4096]).splitlines() if line.startswith("#")]
    return declared_unit("\n".join(comments))


def _columns(values: F64, counts: I64, width: int) -> F64:
    """``(n, width)``: the first numbers of each line; absent ones are 1 for colours and 0 else."""
    if int(counts.min()) == int(counts.max()):
        rows = values.reshape(len(counts), -1)
        have = min(width, rows.shape[1])
        if have == width:
            return np.ascontiguousarray(rows[:, :width])
    offsets = np.cumsum(counts) - counts
    out = np.full((len(counts), width), 1.0 if width == 6 else 0.0)
    full = counts >= width
    for column in range(width):
        has = full if column >= 3 else counts > column
        out[has, column] = values[offsets[has] + column]
    return out


def _stack(tables: list[F64], width: int) -> F64:
    if not tables:
        return np.empty((0, width))
    wide = [
        table if table.shape[1] == width else np.hstack([table, np.ones((len(table), width - table.shape[1]))])
        for table in tables
    ]
    return wide[0] if len(wide) == 1 else np.concatenate(wide)


def _unit_colors(colors: F64) -> F64:
    """0..255 brought to 0..1."""
    colors = np.nan_to_num(colors, nan=1.0, posinf=1.0, neginf=0.0)
    scale = 255.0 if float(colors.max()) > 1.5 else 1.0
    return np.clip(colors / scale, 0.0, 1.0)


def _integers(text: U8) -> I64 | None:
    if bool(SPACE[text].all()):
        return np.empty(0, np.int64)
    try:
        return np.fromstring(text.tobytes(), dtype=np.int64, sep=" ")
    except (ValueError, DeprecationWarning):
        return None
