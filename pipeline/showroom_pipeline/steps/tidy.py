"""
What may be done to any triangles, because it cannot show: the part of `clean` that looks at one primitive at a time.

Vertices equal in every attribute become one; faces that are broken, without area by index, or repeated go; so do
vertices that nothing uses. Nothing moves.
"""

from dataclasses import replace

import numpy as np

from showroom_assets.scene import F32, Primitive
from showroom_pipeline.steps.shading import bad_normals, face_vectors, unit
from showroom_pipeline.steps.topology import I64, Bool, same_rows, sum_rows


class Tally:
    """What happened so far; the one mutable thing of this step."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.rims: dict[str, int] = {}
        self.normals = "kept"

    def add(self, name: str, count: int) -> None:
        if count:
            self.counts[name] = self.counts.get(name, 0) + int(count)


def tidy(primitive: Primitive, tally: Tally) -> Primitive:
    """Weld equal vertices; drop broken, degenerate and repeated faces, and unused vertices."""
    if primitive.is_cloud:
        return primitive
    faces = primitive.indices.astype(np.int64)
    count = len(primitive.positions)
    usable: Bool = np.asarray(np.isfinite(primitive.positions).all(axis=1))
    sound: Bool = np.asarray((faces < count).all(axis=1))
    sound[sound] = usable[faces[sound]].all(axis=1)
    tally.add("triangles_broken", int((~sound).sum()))
    faces = faces[sound]

    ids, first = same_rows(_attribute_rows(primitive))
    tally.add("vertices_welded", count - len(first))
    faces = ids[faces]
    place, _ = same_rows(primitive.positions[first])
    corners = place[faces]
    distinct = (corners[:, 0] != corners[:, 1]) & (corners[:, 1] != corners[:, 2]) & (corners[:, 0] != corners[:, 2])
    tally.add("triangles_degenerate", int((~distinct).sum()))
    faces = faces[distinct]
    repeated = repeated_faces(faces)
    tally.add("triangles_duplicate", int(repeated.sum()))
    faces = faces[~repeated]
    return take(primitive, first, faces)


def _attribute_rows(primitive: Primitive) -> F32:
    """All attributes of each vertex side by side ``(n, c) float32``."""
    columns: list[F32] = [primitive.positions]
    columns += [a for a in (primitive.normals, primitive.tangents, *primitive.uvs, primitive.colors) if a is not None]
    if primitive.joints is not None:
        columns.append(primitive.joints.astype(np.float32))
    if primitive.weights is not None:
        columns.append(primitive.weights)
    for target in primitive.targets:
        columns += [target[name] for name in sorted(target)]
    return np.concatenate([np.asarray(c, np.float32).reshape(len(primitive.positions), -1) for c in columns], axis=1)


def repeated_faces(faces: I64) -> Bool:
    """Faces with the same corners in the same order round as an earlier one ``(m,)``."""
    if len(faces) == 0:
        return np.zeros(0, bool)
    turn = faces.argmin(axis=1)[:, None]
    turned = np.take_along_axis(faces, (np.arange(3)[None, :] + turn) % 3, axis=1)
    order = np.lexsort((np.arange(len(turned)), turned[:, 2], turned[:, 1], turned[:, 0]))
    same = (turned[order[1:]] == turned[order[:-1]]).all(axis=1)
    out = np.zeros(len(faces), bool)
    out[order[1:][same]] = True
    return out


def take(primitive: Primitive, source: I64, faces: I64) -> Primitive:
    """The primitive with vertices ``source`` (of the old ones) and ``faces`` (of the new ones), unused ones dropped."""
    used = np.zeros(len(source), bool)
    used[faces.reshape(-1)] = True
    if not used.all():
        renumber = np.cumsum(used) - 1
        source, faces = source[used], renumber[faces]
    identity = len(source) == len(primitive.positions) and np.array_equal(source, np.arange(len(source)))
    if identity:
        return replace(primitive, indices=faces.astype(np.uint32))
    return replace(
        primitive,
        positions=primitive.positions[source],
        indices=faces.astype(np.uint32),
        normals=None if primitive.normals is None else primitive.normals[source],
        tangents=None if primitive.tangents is None else primitive.tangents[source],
        uvs=tuple(uv[source] for uv in primitive.uvs),
        colors=None if primitive.colors is None else primitive.colors[source],
        joints=None if primitive.joints is None else primitive.joints[source],
        weights=None if primitive.weights is None else primitive.weights[source],
        targets=tuple({name: rows[source] for name, rows in t.items()} for t in primitive.targets),
    )


def mend_unusable_normals(primitive: Primitive, tally: Tally) -> Primitive:
    """Replace normals that cannot be used; an authored primitive without normals stays flat, as glTF says."""
    if primitive.normals is None or primitive.is_cloud:
        return primitive
    faces = primitive.indices.astype(np.int64)
    vectors = face_vectors(primitive.positions.astype(np.float64), faces)
    unusable, _ = bad_normals(primitive.normals.astype(np.float64), faces, vectors)
    if not unusable.any():
        return primitive
    tally.add("normals_mended", int(unusable.sum()))
    total = sum_rows(faces.reshape(-1), np.repeat(vectors, 3, axis=0), len(primitive.positions))
    fixed = np.where(unusable[:, None], unit(total), primitive.normals)
    return replace(primitive, normals=fixed.astype(np.float32))
