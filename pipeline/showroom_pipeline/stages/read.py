"""Reading: from the input's path to a ``Scan`` that can be kept, and to the surface all later steps work on."""

from dataclasses import replace
from pathlib import Path

from showroom_assets.scene import Scene
from showroom_pipeline import ingest
from showroom_pipeline.ingest.scan import Scan


def read(path: str) -> Scan:
    """The input as it is. An RGB-D capture stays on disk: its pictures are read again by the step that fuses them."""
    return replace(ingest.read(Path(path)), capture=None)


def surface(path: str, scan: Scan) -> Scene:
    """The scan's own mesh, or the one made from its points or its depth pictures."""
    if scan.kind == "mesh":
        assert scan.scene is not None
        return scan.scene
    from showroom_pipeline.steps import reconstruct

    if scan.kind == "cloud":
        assert scan.scene is not None
        return reconstruct.surface_from_cloud(scan.scene).scene
    capture = ingest.read(Path(path)).capture
    assert capture is not None
    return reconstruct.surface_from_rgbd(capture).scene
