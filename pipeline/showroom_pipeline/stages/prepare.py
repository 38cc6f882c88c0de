"""Before the levels: a clean surface of the right size in the right place."""

from dataclasses import dataclass

from showroom_assets.scene import Scene
from showroom_pipeline.ingest.scan import Scan
from showroom_pipeline.steps.clean import CleanOptions
from showroom_pipeline.steps.clean import clean as clean_scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A scene, and what was done to it in words."""

    scene: Scene
    notes: tuple[str, ...] = ()


def scanned_surface(scan: Scan) -> Scene:
    """The scan's own mesh."""
    assert scan.scene is not None  # only RGB-D has none, and it takes another way
    return scan.scene


def clean(scene: Scene, *, authored: bool) -> Prepared:
    cleaned = clean_scene(scene, options=CleanOptions(treat_as="authored" if authored else "scan"))
    return Prepared(scene=cleaned.scene, notes=cleaned.notes)
