"""Reading: from the input's path to a ``Scan`` that can be kept, and to the surface all later steps work on."""

from dataclasses import dataclass, replace
from pathlib import Path

from showroom_assets.scene import Scene
from showroom_pipeline import ingest
from showroom_pipeline.ingest.scan import Scan


def read(path: str) -> Scan:
    """The input as it is. An RGB-D capture stays on disk: its pictures are read again by the step that fuses them."""
    return replace(ingest.read(Path(path)), capture=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconstructed:
    """A surface, and what had to be assumed to make it."""

    scene: Scene
    notes: tuple[str, ...] = ()


def reconstruct(path: str, scan: Scan, *, object: str | None, max_depth_m: float | None) -> Reconstructed:
    """The scan's own mesh, or the one made from its points or its depth pictures."""
    if scan.kind == "mesh":
        assert scan.scene is not None
        return Reconstructed(scene=scan.scene)
    from showroom_pipeline.steps import reconstruct as steps

    if scan.kind == "cloud":
        assert scan.scene is not None
        made = steps.surface_from_cloud(scan.scene)
    else:
        capture = ingest.read(Path(path)).capture
        assert capture is not None
        options = steps.RgbdOptions(object=object)
        if max_depth_m is not None:
            options = replace(options, max_depth_m=max_depth_m)
        made = steps.surface_from_rgbd(capture, options=options)
    return Reconstructed(scene=made.scene, notes=made.notes)
