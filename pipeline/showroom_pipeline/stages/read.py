"""Reading: from the input's path to a ``Scan``, and the few facts the recipe is chosen by."""

from dataclasses import replace
from pathlib import Path

from showroom_assets.scene import Json, Scene
from showroom_pipeline import ingest
from showroom_pipeline.ingest.scan import Scan


def read(path: str) -> Scan:
    """The input as it is. An RGB-D capture stays on disk: its pictures are read again by the step that fuses them."""
    return replace(ingest.read(Path(path)), capture=None)


def facts(scan: Scan) -> Json:
    """What the recipe is chosen by, and the first column of the final table. Small, so that nothing else is loaded."""
    return {
        "kind": scan.kind,
        "authored": scan.authored,
        "triangles": scan.scene.triangles if scan.scene is not None else 0,
        "bytes": sum(source.size_bytes for source in scan.sources),
        "textured": _is_textured(scan.scene),
    }


def _is_textured(scene: Scene | None) -> bool:
    return scene is not None and bool(scene.images)
