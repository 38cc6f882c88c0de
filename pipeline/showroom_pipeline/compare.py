"""
How different a candidate looks from the original: one call for a step that must choose.

A ``Comparison`` holds the original's pictures and the prepared half of the metrics, so that trying ten candidates costs
ten renderings and ten comparisons, not twenty. Four views of 256 by 256 pixels of a 4 k-triangle candidate take about
0.4 CPU-seconds, twelve of 512 by 512 about 2.
"""

from collections.abc import Sequence

from showroom_assets.scene import Scene
from showroom_pipeline.metrics import Difference, Reference
from showroom_pipeline.render import Bounds, Camera, Studio, sphere_views


class Comparison:
    """
    The original, photographed once.

    Parameters
    ----------
    studio
        Where all pictures are taken; its size sets theirs.
    reference
        The original: a scene, or the bytes of a GLB.
    views
        How many cameras, evenly around the original; every third is a close-up.
    bounds
        What the cameras frame, metres; the original's own by default.
    """

    def __init__(
        self, studio: Studio, reference: Scene | bytes, *, views: int = 12, bounds: Bounds | None = None
    ) -> None:
        self.studio = studio
        found = studio.load(reference)
        self.bounds = found if bounds is None else bounds
        self.cameras: Sequence[Camera] = sphere_views(views, bounds=self.bounds)
        self.reference = Reference(studio.views(self.cameras))
        studio.clear()

    def difference(self, candidate: Scene | bytes, *, maps: bool = False) -> Difference:
        """Photograph ``candidate`` with the same cameras and compare; ``maps`` keeps the FLIP maps."""
        return self.reference.compare(self.studio.pictures(candidate, self.cameras), maps=maps)


def quick_difference(
    studio: Studio, reference: Scene | bytes, candidate: Scene | bytes, *, views: int = 4, bounds: Bounds | None = None
) -> Difference:
    """Compare two once, from few views. To try several candidates, keep a ``Comparison``."""
    return Comparison(studio, reference, views=views, bounds=bounds).difference(candidate)
