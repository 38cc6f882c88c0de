"""
Clean a mesh: the step that every scan passes first.

What it does to a *scan* (one static product, few materials), in this order: welds vertices that are equal in
everything; drops broken, degenerate and duplicate faces; makes the winding consistent; drops fins, inner membranes and
floating crumbs; parts the surface where it is not manifold; closes small holes; turns closed parts outward; sees that
there are good normals; drops what nothing uses. Texture coordinates, materials and colours are kept: nothing is
resampled.

To an *authored* product (skins, morphs, animations, variants, instances, normal maps, many materials) it does only what
cannot show: equal vertices welded, degenerate and repeated faces and unused vertices dropped, unusable normals mended.

What it is not: it does not simplify or move a vertex. 40 k triangles take 0.3 CPU-seconds, numpy and scipy only.
"""

from dataclasses import dataclass, field, fields, replace
from typing import Literal

import numpy as np

from showroom_assets.errors import EmptyInput
from showroom_assets.scene import F32, Primitive, Scene, world_matrices
from showroom_pipeline.steps.crumbs import find_crumbs
from showroom_pipeline.steps.holes import Caps, find_caps
from showroom_pipeline.steps.normals import (
    CornerNormals,
    bad_normals,
    bent_share,
    corner_normals,
    face_vectors,
    unit,
)
from showroom_pipeline.steps.topology import F64, I64, Bool, Topology, following, same_rows
from showroom_pipeline.steps.winding import disagreeing, inside_out


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanOptions:
    """
    ``treat_as`` — scan, authored, or auto: see `is_scan`.
    ``crumb_*`` — see `crumbs`; shares of the product's area and diagonal. ``max_crumb_extent`` 0 keeps all.
    ``hole_*`` — see `holes`; ``max_hole_edges`` 0 closes none.
    ``crease_deg`` — edges bent more are sharp when normals are made; None decides by the mesh, see `_crease`.
    """

    treat_as: Literal["auto", "scan", "authored"] = "auto"
    max_crumb_area: float = 1e-3
    max_crumb_extent: float = 0.03
    min_crumb_gap: float = 0.005
    max_hole_edges: int = 64
    max_hole_extent: float = 0.02
    min_hole_flatness: float = 0.3
    crease_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanCounters:
    """What was found and done; counts of triangles, vertices or places as named."""

    treated_as: str = "scan"
    triangles_before: int = 0
    triangles_after: int = 0
    vertices_before: int = 0
    vertices_after: int = 0
    vertices_welded: int = 0
    triangles_broken: int = 0
    triangles_degenerate: int = 0
    triangles_duplicate: int = 0
    triangles_in_fins: int = 0
    triangles_in_crumbs: int = 0
    crumbs: int = 0
    triangles_flipped: int = 0
    parts_one_sided: int = 0
    non_manifold_edges: int = 0
    non_manifold_places: int = 0
    holes_closed: int = 0
    triangles_in_caps: int = 0
    rims_left: dict[str, int] = field(default_factory=dict)
    normals: str = "kept"
    normals_mended: int = 0

    def notes(self) -> tuple[str, ...]:
        """One short line for each thing that was done."""
        said = []
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, int) and value and not item.name.endswith(("_before", "_after")):
                said.append(f"{item.name.replace('_', ' ')}: {value:,}")
        said.extend(f"rims left open ({reason}): {count}" for reason, count in self.rims_left.items())
        if self.normals != "kept":
            said.append(f"normals {self.normals}")
        return tuple(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    scene: Scene
    counters: CleanCounters

    @property
    def notes(self) -> tuple[str, ...]:
        return self.counters.notes()


def clean(scene: Scene, *, options: CleanOptions | None = None) -> Cleaned:
    """
    Clean a scene; the input is left as it was.

    Raises
    ------
    EmptyInput
        If no triangle is left.
    """
    options = options or CleanOptions()
    as_scan = is_scan(scene) if options.treat_as == "auto" else options.treat_as == "scan"
    if as_scan and not _separable(scene):
        as_scan = False
    before = [p for mesh in scene.meshes for p in mesh.primitives]
    tally = _Tally()
    parts = [_tidy(p, tally) for p in before]
    if as_scan:
        parts = _mend(scene, parts, options, tally)
    else:
        parts = [_mend_normals(p, tally) for p in parts]
    left = sum(len(p.indices) for p in parts)
    if left == 0 and any(not p.is_cloud for p in before):
        raise EmptyInput(
            "No usable triangle is left after cleaning: every face is degenerate or broken. "
            "Export the mesh again, or convert the point cloud it came from."
        )
    counters = CleanCounters(
        treated_as="scan" if as_scan else "authored",
        triangles_before=sum(len(p.indices) for p in before),
        triangles_after=left,
        vertices_before=sum(len(p.positions) for p in before),
        vertices_after=sum(len(p.positions) for p in parts),
        rims_left=tally.rims,
        normals=tally.normals,
        **tally.counts,
    )
    meshes, at = [], 0
    for mesh in scene.meshes:
        mine = tuple(parts[at : at + len(mesh.primitives)])
        at += len(mesh.primitives)
        kept = tuple(p for p, old in zip(mine, mesh.primitives, strict=True) if len(p.indices) or old.is_cloud)
        # glTF has no mesh without primitives: one that lost everything keeps a single empty one for the packer to drop
        meshes.append(replace(mesh, primitives=kept or mine[:1]))
    return Cleaned(scene=replace(scene, meshes=tuple(meshes)), counters=counters)


def is_scan(scene: Scene) -> bool:
    """
    Whether a scene is a static product as a scanner leaves it.

    No skin, animation, morph target or variant; at most four materials, all opaque, none with a normal map or an
    extension other than KHR_materials_unlit and KHR_texture_transform.
    """
    if scene.skins or scene.animations or scene.variants or len(scene.materials) > 4:
        return False
    plain = {"KHR_materials_unlit"}
    for material in scene.materials:
        json = material.json
        if json.get("alphaMode", "OPAQUE") != "OPAQUE" or "normalTexture" in json:
            return False
        if set(json.get("extensions", {})) - plain:
            return False
    return not any(p.targets or p.joints is not None or p.variants for m in scene.meshes for p in m.primitives)


class _Tally:
    """What happened so far; the one mutable thing of this step."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.rims: dict[str, int] = {}
        self.normals = "kept"

    def add(self, name: str, count: int) -> None:
        if count:
            self.counts[name] = self.counts.get(name, 0) + int(count)


def _separable(scene: Scene) -> bool:
    """Each mesh drawn once: else an edit made for one place would show in another."""
    used = [node.mesh for index, node in enumerate(scene.nodes) if node.mesh is not None and index >= 0]
    return len(used) == len(set(used)) == len(scene.meshes)


# --- one primitive at a time: what cannot show ---


def _tidy(primitive: Primitive, tally: _Tally) -> Primitive:
    """Weld equal vertices; drop broken, degenerate and repeated faces, and unused vertices."""
    if primitive.is_cloud:
        return primitive
    faces = primitive.indices.astype(np.int64)
    count = len(primitive.positions)
    usable = np.isfinite(primitive.positions).all(axis=1)
    sound = (faces < count).all(axis=1)
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
    repeated = _repeated(faces)
    tally.add("triangles_duplicate", int(repeated.sum()))
    faces = faces[~repeated]
    return _take(primitive, first, faces)


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


def _repeated(faces: I64) -> Bool:
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


def _take(primitive: Primitive, source: I64, faces: I64) -> Primitive:
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


def _mend_normals(primitive: Primitive, tally: _Tally) -> Primitive:
    """Replace normals that cannot be used; an authored primitive without normals stays flat, as glTF says."""
    if primitive.normals is None or primitive.is_cloud:
        return primitive
    faces = primitive.indices.astype(np.int64)
    vectors = face_vectors(primitive.positions.astype(np.float64), faces)
    unusable, _ = bad_normals(primitive.normals.astype(np.float64), faces, vectors)
    if not unusable.any():
        return primitive
    tally.add("normals_mended", int(unusable.sum()))
    total = np.zeros((len(primitive.positions), 3))
    np.add.at(total, faces.reshape(-1), np.repeat(vectors, 3, axis=0))
    fixed = np.where(unusable[:, None], unit(total), primitive.normals)
    return replace(primitive, normals=fixed.astype(np.float32))


# --- the whole product at once: a rim between two primitives is a seam, not a hole ------------------------------------


@dataclass(slots=True)
class _Soup:
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
        return face_vectors(self.positions, self.place)


def _mend(scene: Scene, parts: list[Primitive], options: CleanOptions, tally: _Tally) -> list[Primitive]:
    matrices = _scene_from_primitive(scene)
    soup = _gather(parts, matrices)
    if len(soup.place) == 0:
        return parts
    diagonal = float(np.linalg.norm(np.ptp(soup.positions[np.unique(soup.place)], axis=0)))
    if diagonal == 0.0:
        return parts
    # the same triangle in two primitives fights for the same pixels; back to back is a sheet with two sides and stays
    repeated = _repeated(soup.place)
    if repeated.any():
        tally.add("triangles_duplicate", int(repeated.sum()))
        soup.keep(~repeated)
    topology = _drop_fins(soup, _drop_membranes(soup, Topology.of(soup.place), tally), tally)
    topology = _drop_crumbs(soup, topology, diagonal, options, tally)

    flip, one_sided = disagreeing(topology, soup.vectors())
    tally.add("parts_one_sided", one_sided)
    topology = soup.flip(flip, topology)
    turn = inside_out(topology, soup.vectors(), soup.positions, along=_normals_along(soup, parts, matrices))
    topology = soup.flip(turn, topology)
    tally.add("triangles_flipped", int((flip ^ turn).sum()))

    a, b = topology.pairs()
    consistent = topology.forward[a] != topology.forward[b]
    more_a, more_b = topology.paired_round_edges(soup.positions)
    fans, fan = topology.fans((np.append(a[consistent], more_a), np.append(b[consistent], more_b)))
    tally.add("non_manifold_edges", int((topology.count > 2).sum()))
    tally.add("non_manifold_places", fans - len(np.unique(soup.place)))
    caps = find_caps(
        topology,
        fan,
        soup.positions,
        soup.vectors(),
        diagonal=diagonal,
        max_edges=options.max_hole_edges,
        max_extent=options.max_hole_extent,
        min_flatness=options.min_hole_flatness,
    )
    tally.rims = caps.openings
    tally.add("holes_closed", len(caps.centres))
    tally.add("triangles_in_caps", len(caps.rim))
    made = None
    needs = [_needs_normals(p, soup, number) for number, p in enumerate(parts)]
    if any(needs):
        crease = _crease(topology, soup, options)
        made = corner_normals(topology, soup.vectors(), crease_rad=crease)
        tally.normals = "made"
    return [
        _scatter(p, soup, number, matrices[number], fan, made if needs[number] else None, caps, tally)
        for number, p in enumerate(parts)
    ]


def _scene_from_primitive(scene: Scene) -> list[F64]:
    """The matrix of each primitive, in the order of meshes; identity for a mesh that is not drawn."""
    world = world_matrices(scene)
    of_mesh = {node.mesh: world[i] for i, node in enumerate(scene.nodes) if node.mesh is not None and i in world}
    return [of_mesh.get(index, np.eye(4)) for index, mesh in enumerate(scene.meshes) for _ in mesh.primitives]


def _gather(parts: list[Primitive], matrices: list[F64]) -> _Soup:
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
    return _Soup(
        owner=np.concatenate(owner).astype(np.int64),
        vertex=indices,
        place=place[indices + np.concatenate(starts)[:, None]] if len(indices) else indices,
        positions=everything[first].astype(np.float64),
    )


def _drop_membranes(soup: _Soup, topology: Topology, tally: _Tally) -> Topology:
    """
    Drop pairs of faces back to back whose every edge has two more faces: the surface is closed without them.

    Other pairs are sheets with two sides (a leaf, a strap) and stay.
    """
    ordered = np.sort(soup.place, axis=1)
    ids, first = same_rows(ordered.astype(np.float64)) if len(soup.place) < 2**24 else (np.arange(0), np.arange(0))
    if len(first) == len(soup.place):
        return topology
    double = np.bincount(ids, minlength=len(first))[ids] == 2
    crowded = (topology.count[topology.edge].reshape(-1, 3) >= 4).all(axis=1)
    drop = double & crowded
    if not drop.any():
        return topology
    tally.add("triangles_in_fins", int(drop.sum()))
    soup.keep(~drop)
    return Topology.of(soup.place)


def _drop_fins(soup: _Soup, topology: Topology, tally: _Tally) -> Topology:
    """
    Drop flaps that hang on an edge of two other faces: patches (joined across edges of two faces only) with an open
    rim, at least one crowded edge, and under a ten-thousandth of the area. Larger flaps are parts of the product.
    """
    crowded = topology.count[topology.edge] > 2
    if not crowded.any():
        return topology
    patches, patch = topology.face_components(pairs_only=True)
    size = np.linalg.norm(soup.vectors(), axis=1)
    area = np.bincount(patch, size, patches)
    on_crowd, on_rim = np.zeros(patches, bool), np.zeros(patches, bool)
    on_crowd[patch[np.flatnonzero(crowded) // 3]] = True
    on_rim[patch[topology.rim // 3]] = True
    drop = (on_crowd & on_rim & (area < 1e-4 * area.sum()))[patch]
    if not drop.any():
        return topology
    tally.add("triangles_in_fins", int(drop.sum()))
    soup.keep(~drop)
    return Topology.of(soup.place)


def _drop_crumbs(soup: _Soup, topology: Topology, diagonal: float, options: CleanOptions, tally: _Tally) -> Topology:
    if options.max_crumb_extent <= 0:
        return topology
    _, part = topology.face_components()
    drop = find_crumbs(
        soup.place,
        part,
        soup.positions,
        soup.vectors(),
        diagonal=diagonal,
        max_area=options.max_crumb_area,
        max_extent=options.max_crumb_extent,
        min_gap=options.min_crumb_gap,
    )
    if not drop.any():
        return topology
    tally.add("triangles_in_crumbs", int(drop.sum()))
    tally.add("crumbs", len(np.unique(part[drop])))
    soup.keep(~drop)
    return Topology.of(soup.place)


def _normals_along(soup: _Soup, parts: list[Primitive], matrices: list[F64]) -> F64 | None:
    """The mean of the file's own normals on each face ``(m, 3)``, in the scene's space."""
    if not any(p.normals is not None for p in parts):
        return None
    out = np.zeros((len(soup.place), 3))
    for number, (part, matrix) in enumerate(zip(parts, matrices, strict=True)):
        if part.normals is not None:
            mine = soup.owner == number
            mean = np.nan_to_num(part.normals[soup.vertex[mine]].astype(np.float64)).sum(axis=1)
            out[mine] = mean @ np.linalg.inv(matrix[:3, :3]) if np.linalg.det(matrix[:3, :3]) else mean
    return out


def _needs_normals(part: Primitive, soup: _Soup, number: int) -> bool:
    """Without normals, or with so many bad ones that the rest are not to be trusted either."""
    if part.normals is None:
        return len(part.indices) > 0
    unusable = ~np.isfinite(part.normals).all(axis=1) | (np.abs(part.normals).max(axis=1, initial=0) < 1e-6)
    return bool(unusable.mean() > 0.3)


def _crease(topology: Topology, soup: _Soup, options: CleanOptions) -> float:
    """
    Where edges are sharp, radians.

    Of 21 real scans none has more than 1.4 % of its edge length bent by over 75°, and those bends are noise: splitting
    them costs vertices and shows as facets. A mesh with more than 2.5 % was drawn with sharp edges (a box has 58 %, a
    64-sided cylinder 9 %) and is parted at 60°. Folds of over 150° are always parted: their mean normal would lie in
    the sheet.
    """
    if options.crease_deg is not None:
        return float(np.deg2rad(options.crease_deg))
    share = bent_share(topology, soup.vectors(), soup.positions, angle_rad=float(np.deg2rad(75)))
    return float(np.deg2rad(60 if share > 0.025 else 150))


def _scatter(
    part: Primitive,
    soup: _Soup,
    number: int,
    matrix: F64,
    fan: I64,
    made: CornerNormals | None,
    caps: Caps,
    tally: _Tally,
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
    out = _take(part, source[order], faces)
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


def _mended(part: Primitive, faces: I64, vectors: F64, tally: _Tally) -> Primitive:
    """The file's normals at unit length; those that cannot be right replaced. ``vectors`` in the primitive's space."""
    if part.normals is None or len(faces) == 0:
        return part
    normals = part.normals.astype(np.float64)
    unusable, averse = bad_normals(normals, faces, vectors)
    length = np.linalg.norm(np.where(unusable[:, None], 1.0, normals), axis=1)
    if not unusable.any() and not averse.any() and np.abs(length - 1).max() < 1e-3:
        return part
    tally.add("normals_mended", int((unusable | averse).sum()))
    total = np.stack(
        [np.bincount(faces.reshape(-1), np.repeat(vectors[:, i], 3), len(normals)) for i in range(3)], axis=1
    )
    normals = np.where((unusable | averse)[:, None], unit(total), normals / length[:, None])
    return replace(part, normals=normals.astype(np.float32))


def _with_caps(part: Primitive, mine: I64, soup: _Soup, matrix: F64, faces: I64, caps: Caps) -> Primitive:
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
        total = np.stack([np.bincount(hole, rim_normal[:, i], len(caps.centres)) for i in range(3)], axis=1)
        normals = np.concatenate([normals, unit(total)[hole].astype(np.float32)])
    colors = part.colors
    if colors is not None:
        hole = caps.hole[chosen]
        rim_color = (colors[begin] + colors[end]).astype(np.float64) * 0.5
        count = np.maximum(np.bincount(hole, minlength=len(caps.centres)), 1)[:, None]
        total = np.stack([np.bincount(hole, rim_color[:, i], len(caps.centres)) for i in range(4)], axis=1)
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
