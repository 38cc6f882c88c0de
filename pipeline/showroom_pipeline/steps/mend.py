"""
Mend a scan: the part of `clean` that looks at the whole product, by place.

In order: faces repeated across primitives, membranes and fins; floating crumbs; winding; sheets parted where more than
two faces meet; small holes; normals.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from showroom_assets.scene import Primitive, Scene
from showroom_pipeline.steps.crumbs import find_crumbs
from showroom_pipeline.steps.holes import find_caps
from showroom_pipeline.steps.shading import bent_share, corner_normals
from showroom_pipeline.steps.soup import Soup, gather, scatter, scene_from_primitive
from showroom_pipeline.steps.tidy import Tally, repeated_faces
from showroom_pipeline.steps.topology import F64, Topology, same_rows
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
    max_hole_edges: int = 256
    max_hole_extent: float = 0.05
    min_hole_flatness: float = 0.3
    crease_deg: float | None = None


def mend(scene: Scene, parts: list[Primitive], options: CleanOptions, tally: Tally) -> list[Primitive]:
    matrices = scene_from_primitive(scene)
    soup = gather(parts, matrices)
    if len(soup.place) == 0:
        return parts
    diagonal = float(np.linalg.norm(np.ptp(soup.positions[np.unique(soup.place)], axis=0)))
    if diagonal == 0.0:
        return parts
    # the same triangle in two primitives fights for the same pixels; back to back is a sheet with two sides and stays
    repeated = repeated_faces(soup.place)
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
        scatter(p, soup, number, matrices[number], fan, made if needs[number] else None, caps, tally)
        for number, p in enumerate(parts)
    ]


def _drop_membranes(soup: Soup, topology: Topology, tally: Tally) -> Topology:
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


def _drop_fins(soup: Soup, topology: Topology, tally: Tally) -> Topology:
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


def _drop_crumbs(soup: Soup, topology: Topology, diagonal: float, options: CleanOptions, tally: Tally) -> Topology:
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


def _normals_along(soup: Soup, parts: list[Primitive], matrices: list[F64]) -> F64 | None:
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


def _needs_normals(part: Primitive, soup: Soup, number: int) -> bool:
    """Without normals, or with so many bad ones that the rest are not to be trusted either."""
    if part.normals is None:
        return len(part.indices) > 0
    unusable = ~np.isfinite(part.normals).all(axis=1) | (np.abs(part.normals).max(axis=1, initial=0) < 1e-6)
    return bool(unusable.mean() > 0.3)


def _crease(topology: Topology, soup: Soup, options: CleanOptions) -> float:
    """
    Where edges are sharp, radians.

    Of 21 real scans none has more than 1.4 % of its edge length bent by over 75°, and those bends are noise: splitting
    them costs vertices and shows as facets. A mesh with more than 2.5 % was drawn with sharp edges (a box has 58 %, a
    can of 64 sides 3 %) and is parted at 60°. Folds of over 150° are always parted: their mean normal would lie in the
    sheet.
    """
    if options.crease_deg is not None:
        return float(np.deg2rad(options.crease_deg))
    share = bent_share(topology, soup.vectors(), soup.positions, angle_rad=float(np.deg2rad(75)))
    return float(np.deg2rad(60 if share > 0.025 else 150))
