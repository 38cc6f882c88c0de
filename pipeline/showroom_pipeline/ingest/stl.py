"""
STL, ascii or binary: bare triangles, whose equal corners are joined so that the mesh has a surface again.

The header's "solid" does not tell ascii from binary, since many binary writers put it there: the size of the file does.
Attribute bytes (colours of some programs) are left out, as their meaning differs from program to program.

Source: 3D Systems, "StereoLithography Interface Specification", 1989.
"""

import numpy as np

from showroom_assets.errors import DamagedFile, EmptyInput
from showroom_assets.scene import F32, Material, Scene

from .files import Files, stem
from .limits import Limits, at_most
from .mesh import PLAIN, Faces, Looks, scene_of_faces
from .numbers import blank, blocks, floats, keywords, plain

_RECORD = np.dtype([("normal", "<f4", (3,)), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
_VERTEX, _FACET = 0x766572746578, 0x6661636574


def read_stl(files: Files, name: str, *, limits: Limits, notes: list[str]) -> tuple[Scene, float | None]:
    """
    The scene of the STL ``name``; STL has no unit.

    Raises
    ------
    DamagedFile, EmptyInput, LimitExceeded
        Truncated, without triangles, or with more than allowed.
    """
    data = files.read(name)
    if not data:
        raise EmptyInput(f"'{name:.80}' is empty. Export the model again.")
    corners = _ascii(data, name, limits) if _is_text(data) else _binary(data, name, limits, notes)
    # Joined by bit pattern; adding 0 makes -0 equal to 0.
    rows = np.ascontiguousarray(corners.reshape(-1, 3) + np.float32(0.0))
    points, indices = np.unique(rows.view("V12")[:, 0], return_inverse=True)
    absent = np.full(len(indices), -1)
    faces = Faces(
        positions=points.view(np.float32).reshape(-1, 3).astype(np.float64),
        corners=np.stack([indices, absent, absent], axis=1),
        sizes=np.full(len(corners), 3, np.int64),
    )
    looks = Looks((Material(name=stem(name), json=PLAIN),))
    return scene_of_faces(faces, stem(name), looks=looks, limits=limits, notes=notes), None


def _is_text(data: bytes) -> bool:
    if len(data) >= 84 and len(data) == 84 + 50 * int.from_bytes(data[80:84], "little"):
        return False
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head[:5].lower() == b"solid" and b"\0" not in head


def _binary(data: bytes, name: str, limits: Limits, notes: list[str]) -> F32:
    if len(data) < 84:
        raise DamagedFile(f"'{name:.80}' is truncated in its header, or no STL. Export it again.")
    count = int.from_bytes(data[80:84], "little")
    there = (len(data) - 84) // 50
    at_most(limits.triangles, count, f"triangles of '{name:.80}'")
    if count > there:
        raise DamagedFile(
            f"'{name:.80}' is truncated: its header promises {count:,} triangles, {there:,} are there. "
            "Copy or export it again.",
            promised=count,
            found=there,
        )
    if count == 0:
        raise EmptyInput(f"'{name:.80}' has no triangles. Export the model again.")
    if len(data) != 84 + 50 * count:
        notes.append(f"{len(data) - 84 - 50 * count:,} bytes after the last triangle were left out.")
    return np.frombuffer(data, _RECORD, count, 84)["corners"].astype(np.float32)


def _ascii(data: bytes, name: str, limits: Limits) -> F32:
    parts = []
    total = facets = 0
    for lines in blocks(plain(data, name), name):
        words = keywords(lines, length=6)
        chosen = np.flatnonzero(words == _VERTEX)
        facets += int(np.count_nonzero(words == _FACET))
        if len(chosen) == 0:
            continue
        blank(lines, chosen, 6)
        values, counts = floats(lines, chosen, name)
        if bool((counts != 3).any()):
            at = lines.line_number(int(chosen[int(np.argmax(counts != 3))]))
            raise DamagedFile(f"'{name:.80}', line {at:,}: a vertex has not three numbers. Export it again.", line=at)
        total += len(chosen)
        at_most(3 * limits.triangles, total, f"corners of '{name:.80}'")
        with np.errstate(over="ignore"):
            parts.append(values.reshape(-1, 3).astype(np.float32))
    if not parts:
        raise EmptyInput(f"'{name:.80}' has no triangles. Export the model again.")
    if total != 3 * facets:
        raise DamagedFile(
            f"'{name:.80}' is truncated or damaged: {facets:,} facets have {total:,} vertices. Export it again."
        )
    return np.concatenate(parts).reshape(-1, 3, 3)
