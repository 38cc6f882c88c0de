"""
OFF, with its variants C (vertex colours), N (normals) and ST (texture coordinates), in text.

Source: Geomview manual, section 4.1.1 "OFF Files".
"""

import re

import numpy as np

from showroom_assets.errors import DamagedFile, EmptyInput, UnsupportedFormat
from showroom_assets.scene import F32, F64, Material, Scene

from .cloud import scene_of_points
from .files import Files, stem
from .limits import Limits, at_most
from .mesh import PLAIN, Faces, Looks, linear, scene_of_faces, with_alpha
from .numbers import I64, Lines, blocks, floats, plain

_HEADER = re.compile(rb"(?:\s|#[^\n]*\n)*(ST)?(C)?(N)?(4)?(n)?OFF(?=[\s#])", re.ASCII)
_NUMBERS = 300_000_000
_COMMENTS = re.compile(rb"(?m)^[ \t]*#[^\n]*\n?")


def read_off(files: Files, name: str, *, limits: Limits, notes: list[str]) -> tuple[Scene, float | None]:
    """
    The scene of the OFF ``name``; OFF has no unit.

    Raises
    ------
    UnsupportedFormat
        No OFF, binary, or of four dimensions.
    DamagedFile, EmptyInput, LimitExceeded
        Truncated or malformed, without a vertex, or with more than allowed.
    """
    data = files.read(name)
    if not data.strip():
        raise EmptyInput(f"'{name:.80}' is empty. Export the model again.")
    if b"BINARY" in data[:64]:
        raise UnsupportedFormat(f"'{name:.80}' is a binary OFF, which is not read. Export it as text, or as .glb.")
    text = plain(data, name)
    header = _HEADER.match(text)
    if header is None:
        raise UnsupportedFormat(f"'{name:.80}' does not begin with OFF. Check that its suffix is right.")
    if header.group(4) or header.group(5):
        raise UnsupportedFormat(f"'{name:.80}' is an OFF of other than three dimensions. Export it as .glb.")
    rows = _Rows(_COMMENTS.sub(b"", text[header.end() :]), name)
    counts, _ = rows.take(1)
    if len(counts) < 2 or not bool(np.isfinite(counts).all()) or bool((counts < 0).any() | (counts > 2**53).any()):
        raise DamagedFile(f"'{name:.80}': the counts after OFF make no sense. Export it again.")
    vertices, faces = int(counts[0]), int(counts[1])
    at_most(limits.vertices, vertices, f"vertices of '{name:.80}'")
    at_most(limits.triangles, faces, f"faces of '{name:.80}'")
    if vertices == 0:
        raise EmptyInput(f"'{name:.80}' has no vertices. Export the model again.")
    values, widths = rows.take(vertices)
    width = int(widths[0])
    normals, textured = bool(header.group(3)), bool(header.group(1))
    plain_width = 3 + 3 * normals + 2 * textured
    if bool((widths != width).any()) or width < plain_width:
        raise DamagedFile(f"'{name:.80}': the vertices have too few numbers. Export it again.")
    table = values.reshape(vertices, width)
    colors = _colors(table[:, 3 + 3 * normals : width - 2 * textured]) if width >= plain_width + 3 else None
    normal = table[:, 3:6] if normals else None
    if faces == 0:
        return scene_of_points(table[:, :3], stem(name), colors=colors, normals=normal, notes=notes), None
    corner, sizes = _faces(*rows.take(faces), vertices, name)
    absent = np.full(len(corner), -1)
    shape = Faces(
        positions=table[:, :3],
        colors=colors,
        normals=normal,
        uvs=table[:, width - 2 :] if textured else None,
        corners=np.stack([corner, corner if textured else absent, corner if normals else absent], axis=1),
        sizes=sizes,
    )
    looks = Looks((Material(name=stem(name), json=PLAIN),))
    return scene_of_faces(shape, stem(name), looks=looks, limits=limits, notes=notes), None


class _Rows:
    """Hands out the lines of the file in order, as numbers."""

    def __init__(self, text: bytes, name: str) -> None:
        self.name = name
        self.size = len(text)
        self._blocks = blocks(text, name)
        self._lines: Lines | None = None
        self._at = 0
        self._numbers = 0

    def take(self, count: int) -> tuple[F64, I64]:
        """The numbers of the next ``count`` lines, and how many each has."""
        if 2 * count > self.size + 1:
            raise self._short(count)
        values, counts, missing = [], [], count
        while missing:
            if self._lines is None or self._at >= len(self._lines):
                self._lines, self._at = next(self._blocks, None), 0
                if self._lines is None:
                    raise self._short(count)
            step = min(missing, len(self._lines) - self._at)
            part, widths = floats(self._lines, np.arange(self._at, self._at + step), self.name)
            self._numbers += len(part)
            at_most(_NUMBERS, self._numbers, f"numbers of '{self.name:.80}'")
            values.append(part)
            counts.append(widths)
            self._at += step
            missing -= step
        return np.concatenate(values), np.concatenate(counts)

    def _short(self, count: int) -> DamagedFile:
        return DamagedFile(
            f"'{self.name:.80}' is truncated: its header promises {count:,} lines, and fewer are there. "
            "Copy or export it again.",
            promised=count,
        )


def _faces(values: F64, widths: I64, vertices: int, name: str) -> tuple[I64, I64]:
    first = np.cumsum(widths) - widths
    sizes = np.nan_to_num(values[first], nan=-1).astype(np.int64) if bool((widths > 0).all()) else np.array([-1])
    if bool((sizes < 0).any()) or bool((sizes > widths - 1).any()):
        raise DamagedFile(f"'{name:.80}': a face has fewer corners than it says. Copy or export it again.")
    before = np.cumsum(sizes) - sizes
    at = np.repeat(first + 1 - before, sizes) + np.arange(int(sizes.sum()))
    corner = np.nan_to_num(values[at], nan=-1)
    if len(corner) and not 0 <= float(corner.min()) <= float(corner.max()) < vertices:
        raise DamagedFile(
            f"'{name:.80}': a face uses a vertex that is not there; the file has {vertices:,}. Export it again."
        )
    return corner.astype(np.int64), sizes


def _colors(channels: F64) -> F32 | None:
    channels = np.nan_to_num(channels, nan=1.0, posinf=1.0, neginf=0.0)
    unit = np.clip(channels / (255.0 if float(channels.max()) > 1.0 else 1.0), 0.0, 1.0)
    alpha = unit[:, 3].astype(np.float32) if unit.shape[1] > 3 and bool((unit[:, 3] > 0).any()) else None
    return with_alpha(linear(unit[:, :3]), alpha)
