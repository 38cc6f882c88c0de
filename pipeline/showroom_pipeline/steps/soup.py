"""
All triangles of a scene as one heap, and back: a rim between two primitives is a seam of the product, not a hole in it.

What it is not: a place to change vertices; faces are dropped, turned and added, and a vertex may become several.
"""

from dataclasses import dataclass, replace

import numpy as np

from showroom_assets.scene import F32, Primitive, Scene, world_matrices
from showroom_pipeline.steps.holes import Caps
from showroom_pipeline.steps.shading import CornerNormals, bad_normals, face_vectors, unit
from showroom_pipeline.steps.tidy import Tally, take
from showroom_pipeline.steps.topology import F64, I64, Bool, Topology, following, same_rows, sum_rows


@dataclass(slots=True)
class Soup:
    """All triangles of a scene in the scene's space; ``owner (m,)`` primitive, ``vertex (m, 3)`` index within it."""

    owner: I64
    vertex: I64
    place: I64
    positions: F64

    def keep(self, mask: Bool) -> None:
        self.owner, self.vertex, self.place = self.owner[mask], self.vertex[mask], self.place[mask]

    def flip(self, mask: Bool, topology: Topology) -> Topology:
        if not mask.any():
            return topology
        self.vertex[mask] = self.vertex[mask][:, ::-1]
        self.place[mask] = self.place[mask][:, ::-1]
        return Topology.of(self.place)

    def vectors(self) -> F64:
        vectors: F64 = face_vectors(self.positions, self.place)
        return vectors


def scene_from_primitive(scene: Scene) -> list[F64]:
    """The matrix of each primitive, in the order of meshes; identity for a mesh that is not drawn."""
    world = world_matrices(scene)
    of_mesh = {node.mesh: world[i] for i, node in enumerate(scene.nodes) if node.mesh is not None and i in world}
    return [of_mesh.get(index, np.eye(4)) for index, mesh in enumerate(scene.meshes) for _ in mesh.primitives]


def gather(parts: list[Primitive], matrices: list[F64]) -> Soup:
    owner, vertex, positions, base = [], [], [], 0
    starts = []
    for number, (part, matrix) in enumerate(zip(parts, matrices, strict=True)):
        faces = part.indices.astype(np.int64)
        if np.linalg.det(matrix[:3, :3]) < 0:  # a mirroring node turns the faces round (glTF 2.0, section 3.5.2)
            faces = faces[:, ::-1]
        owner.append(np.full(len(faces), number))
        vertex.append(faces)
        starts.append(np.full(len(faces), base))
        if np.array_equal(matrix, np.eye(4)):
            positions.append(part.positions)
        else:
            moved = part.positions.astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
            positions.append(moved.astype(np.float32))
        base += len(part.positions)
    everything = np.concatenate(positions)
    place, first = same_rows(everything)
    indices = np.concatenate(vertex)
    return Soup(
        owner=np.concatenate(owner).astype(np.int64),
        vertex=indices,
        place=place[indices + np.concatenate(starts)[:, None]] if len(indices) else indices,
        positions=everything[first].astype(np.float64),
    )


def scatter(
    part: Primitive,
    soup: Soup,
    number: int,
    matrix: F64,
    fan: I64,
    made: CornerNormals | None,
    caps: Caps,
    tally: Tally,
) -> Primitive:
    """The soup's triangles of one primitive, and the caps that lean on them, as a primitive again."""
    if part.is_cloud:
        return part
    mine = np.flatnonzero(soup.owner == number)
    halves = (3 * mine[:, None] + np.arange(3)).reshape(-1)
    vertex = soup.vertex[mine].reshape(-1)
    # one vertex becomes several where its corners belong to different sheets, or to different sides of a crease
    group = fan[halves] if made is None else made.group[halves]
    key = vertex * (int(group.max(initial=0)) + 1) + group
    _, first, corner = np.unique(key, return_index=True, return_inverse=True)
    source = vertex[first]
    order = np.argsort(source, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    faces = rank[corner.reshape(-1)].reshape(-1, 3)
    out = take(part, source[order], faces)
    linear = matrix[:3, :3]
    vectors = soup.vectors()[mine]
    if made is not None:
        normals = unit(made.normals[group[first]][order] @ linear)
        out = replace(out, normals=normals.astype(np.float32), tangents=None)
    else:
        out = _mended(out, faces, vectors @ linear, tally)
    out = _with_caps(out, mine, soup, matrix, faces, caps)
    if np.linalg.det(linear) < 0:
        out = replace(out, indices=np.ascontiguousarray(out.indices[:, ::-1]))
    return out


def _mended(part: Primitive, faces: I64, vectors: F64, tally: Tally) -> Primitive:
    """The file's normals at unit length; those that cannot be right replaced. ``vectors`` in the primitive's space."""
    if part.normals is None or len(faces) == 0:
        return part
    normals = part.normals.astype(np.float64)
    unusable, averse = bad_normals(normals, faces, vectors)
    length = np.linalg.norm(np.where(unusable[:, None], 1.0, normals), axis=1)
    if not unusable.any() and not averse.any() and np.abs(length - 1).max() < 1e-3:
        return part
    tally.add("normals_mended", int((unusable | averse).sum()))
    total = sum_rows(faces.reshape(-1), np.repeat(vectors, 3, axis=0), len(normals))
    normals = np.where((unusable | averse)[:, None], unit(total), normals / length[:, None])
    return replace(part, normals=normals.astype(np.float32))


def _with_caps(part: Primitive, mine: I64, soup: Soup, matrix: F64, faces: I64, caps: Caps) -> Primitive:
    """
    Add the caps whose rim lies in this primitive. ``mine`` are the primitive's faces in the soup, ``faces`` the same
    faces in the primitive's vertices.
    """
    at = np.full(len(soup.place), -1, np.int64)
    at[mine] = np.arange(len(mine))
    chosen = np.flatnonzero(at[caps.rim // 3] >= 0)
    if len(chosen) == 0:
        return part
    rim = caps.rim[chosen]
    corners = faces.reshape(-1)
    local = 3 * at[rim // 3] + rim % 3
    begin, end, opposite = corners[local], corners[following(local)], corners[following(following(local))]
    centre = caps.centres[caps.hole[chosen]]

    places = soup.place.reshape(-1)
    middle = 0.5 * (soup.positions[places[rim]] + soup.positions[places[following(rim)]])
    arm = np.linalg.norm(soup.positions[places[following(following(rim))]] - middle, axis=1)
    reach = np.minimum(1.0, np.linalg.norm(centre - middle, axis=1) / np.maximum(arm, 1e-300))[:, None]

    def mirrored(rows: F32) -> F32:
        base = 0.5 * (rows[begin] + rows[end])
        return np.asarray(base + (rows[opposite] - base) * reach, np.float32)

    new = len(part.positions) + np.arange(len(chosen))
    inverse = np.linalg.inv(matrix)
    positions = (centre @ inverse[:3, :3].T + inverse[:3, 3]).astype(np.float32)
    normals = part.normals
    if normals is not None:
        rim_normal = (normals[begin] + normals[end]).astype(np.float64)
        hole = caps.hole[chosen]
        total = sum_rows(hole, rim_normal, len(caps.centres))
        normals = np.concatenate([normals, unit(total)[hole].astype(np.float32)])
    colors = part.colors
    if colors is not None:
        hole = caps.hole[chosen]
        rim_color = (colors[begin] + colors[end]).astype(np.float64) * 0.5
        count = np.maximum(np.bincount(hole, minlength=len(caps.centres)), 1)[:, None]
        total = sum_rows(hole, rim_color, len(caps.centres))
        colors = np.concatenate([colors, (total / count)[hole].astype(np.float32)])
    return replace(
        part,
        positions=np.concatenate([part.positions, positions]),
        indices=np.concatenate([part.indices, np.stack([end, begin, new], axis=1).astype(np.uint32)]),
        normals=normals,
        tangents=None,
        uvs=tuple(np.concatenate([uv, mirrored(uv)]) for uv in part.uvs),
        colors=colors,
    )
