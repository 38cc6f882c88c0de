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

from showroom_assets.errors import EmptyInput
from showroom_assets.scene import Scene
from showroom_pipeline.steps.mend import CleanOptions, mend
from showroom_pipeline.steps.tidy import Tally, mend_unusable_normals, tidy

__all__ = ["CleanCounters", "CleanOptions", "Cleaned", "clean", "is_scan"]


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
    tally = Tally()
    parts = [tidy(p, tally) for p in before]
    if as_scan:
        parts = mend(scene, parts, options, tally)
    else:
        parts = [mend_unusable_normals(p, tally) for p in parts]
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


def _separable(scene: Scene) -> bool:
    """Each mesh drawn once: else an edit made for one place would show in another."""
    used = [node.mesh for index, node in enumerate(scene.nodes) if node.mesh is not None and index >= 0]
    return len(used) == len(set(used)) == len(scene.meshes)
