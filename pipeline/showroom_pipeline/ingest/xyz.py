"""
Points as lines of numbers: XYZ, TXT, PTS, ASC, CSV.

The columns are told from the numbers: three are a position; three more are colours if they are whole and reach
beyond 1, normals if their length is 1, else colours from 0 to 1; a single one between is an intensity. A first
line of names or a count is understood or skipped.
"""

import re

import numpy as np

from showroom_assets.errors import DamagedFile, EmptyInput, UnsupportedFormat
from showroom_assets.scene import F32, F64, Scene

from .cloud import scene_of_points
from .files import Files, stem
from .limits import Limits, at_most
from .mesh import linear, with_alpha
from .numbers import blocks, decode, floats, plain, printable

_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
_NAMED = {
    "x": "x", "y": "y", "z": "z", "r": "r", "g": "g", "b": "b", "red": "r", "green": "g", "blue": "b",
    "nx": "nx", "ny": "ny", "nz": "nz",
}  # fmt: skip


def read_xyz(files: Files, name: str, *, limits: Limits, notes: list[str]) -> tuple[Scene, float | None]:
    """
    The cloud of the text file ``name``; the format has no unit.

    Raises
    ------
    UnsupportedFormat, DamagedFile, EmptyInput, LimitExceeded
        No table of numbers; lines that are cut; no points; more than allowed.
    """
    data = files.read(name)
    if not data.strip():
        raise EmptyInput(f"'{name:.80}' is empty. Export the cloud again.")
    text = plain(data, name)
    if b"," in text[: 1 << 16] or b";" in text[: 1 << 16]:
        # "1,5 2,5" has decimal commas, "1.5,2.5" separating ones: a point in the line tells.
        commas = (b"," in text and b"." in text[: 1 << 16]) or b", " in text[: 1 << 16] or b" " not in text[: 1 << 16]
        text = text.replace(b",", b" ") if commas else text.replace(b",", b".")
        text = text.replace(b";", b" ")
    text, columns = _without_header(text, name)
    parts: list[F64] = []
    total = width = 0
    for lines in blocks(text, name):
        if len(lines) == 0:
            continue
        values, counts = floats(lines, np.arange(len(lines)), name)
        if not parts and len(counts) > 1 and counts[0] == 1:  # PTS begins with the number of points
            values, counts = values[1:], counts[1:]
        width = width or int(counts[0])
        if bool((counts != width).any()) or width < 3:
            at = lines.line_number(min(int(np.argmax(counts != width)), len(lines) - 1))
            raise DamagedFile(
                f"'{name:.80}', line {at:,} has not as many numbers as the others. Export the cloud again.", line=at
            )
        total += len(counts)
        at_most(limits.vertices, total, f"points of '{name:.80}'")
        at_most(limits.numbers, total * width, f"numbers of '{name:.80}'")
        parts.append(values.reshape(-1, width))
    if not parts:
        raise EmptyInput(f"'{name:.80}' has no points. Export the cloud again.")
    table = np.concatenate(parts)
    named = columns if columns is not None and len(columns) == width else None
    positions, colors, normals = _by_name(table, named) if named else _by_look(table)
    return scene_of_points(positions, stem(name), colors=colors, normals=normals, notes=notes), None


def _without_header(text: bytes, name: str) -> tuple[bytes, list[str] | None]:
    """The text without comments and a line of names in front, and these names."""
    columns: list[str] | None = None
    start = 0
    for _ in range(64):
        feed = text.find(b"\n", start)
        end = feed if feed >= 0 else len(text)
        shown = decode(text[start : min(end, start + 4096)]).strip()
        if not shown and feed >= 0:
            start = feed + 1
            continue
        words = _WORD.findall(shown)
        is_comment = shown.startswith(("#", "//"))
        is_names = bool(words) and not re.match(r"[-+.\d]", shown) and not shown.lower().startswith(("nan", "inf"))
        if not is_comment and not is_names:
            break
        lowered = [_NAMED.get(word.lower(), word.lower()) for word in words]
        if {"x", "y", "z"} <= set(lowered):
            columns = lowered
        elif not is_comment:
            raise UnsupportedFormat(
                f"'{name:.80}' begins with '{printable(shown, 40)}': it is no list of points. Export a PLY cloud."
            )
        if feed < 0:
            return b"", columns
        start = feed + 1
    return text[start:], columns


def _by_name(table: F64, names: list[str]) -> tuple[F64, F32 | None, F64 | None]:
    at = {each: place for place, each in reversed(list(enumerate(names)))}
    colors = normals = None
    if {"r", "g", "b"} <= at.keys():
        colors = _colors(table[:, [at["r"], at["g"], at["b"]]])
    if {"nx", "ny", "nz"} <= at.keys():
        normals = table[:, [at["nx"], at["ny"], at["nz"]]]
    return table[:, [at["x"], at["y"], at["z"]]], colors, normals


def _by_look(table: F64) -> tuple[F64, F32 | None, F64 | None]:
    positions, rest = table[:, :3], table[:, 3:]
    if rest.shape[1] % 3 == 1:  # PTS and others: an intensity before the colour
        rest = rest[:, 1:]
    colors: F32 | None = None
    normals: F64 | None = None
    for start in range(0, rest.shape[1] - 2, 3):
        triple = rest[:, start : start + 3]
        if normals is None and _are_normals(triple):
            normals = triple
        elif (
            colors is None and bool(np.isfinite(triple).all()) and 0 <= float(triple.min()) <= float(triple.max()) < 256
        ):
            colors = _colors(triple)
    return positions, colors, normals


def _are_normals(triple: F64) -> bool:
    with np.errstate(all="ignore"):
        length = np.linalg.norm(triple, axis=1)
    return bool(np.median(np.abs(length - 1.0)) < 1e-3) and bool((triple < 0).any() | (triple % 1 != 0).any())


def _colors(channels: F64) -> F32:
    channels = np.nan_to_num(channels, nan=0.0, posinf=255.0, neginf=0.0)
    scale = 255.0 if float(channels.max()) > 1.0 else 1.0
    return with_alpha(linear(np.clip(channels / scale, 0.0, 1.0)))
