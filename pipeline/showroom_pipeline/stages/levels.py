"""Levels of detail: the best-looking scene for each number of triangles, and how far it strays from the scan."""

from collections.abc import Iterator
from dataclasses import dataclass

from showroom_assets.errors import TargetMissed
from showroom_assets.scene import Json, Scene
from showroom_pipeline.compare import Comparison
from showroom_pipeline.render import Studio
from showroom_pipeline.steps import lod
from showroom_pipeline.steps.keep import keep
from showroom_pipeline.steps.normalise import Normalised
from showroom_pipeline.surface_error import Surface, SurfaceError, surface_error

_FAR_OFF = 1.25  # a first look may be this far over its budget before seconds are spent on a new atlas
_LEEWAY = 1.02  # a target counts as met within 2 %
_LITTLE = 0.5
"""
If more than this share of the triangles stays, they are reduced as they are: on 40k to 30k triangles a new atlas cost
14 CPU-seconds and lost to the scan's own on every scan that was tried.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """
    One level. ``method`` says how it was made (original, kept, fitted or baked), ``tried`` the likeness of what was
    weighed; ``error_mm`` is the two-way distance to the scan's surface (None in a first look).
    """

    scene: Scene
    method: str
    tried: dict[str, float]
    error_mm: SurfaceError | None


def level(
    normalised: Normalised,
    reference: Scene,
    *,
    target: int,
    texture_px: int,
    normal_map: bool,
    how: str,
    measured: bool,
    views: int,
    exact: bool,
) -> Level:
    """
    Parameters
    ----------
    target
        Most triangles.
    texture_px
        Edge of a newly baked atlas.
    normal_map
        Whether such an atlas has one: it is the larger half of the file, and not seen on far levels.
    how
        ``best``: by measured likeness · ``keep``: UVs and materials stay, whatever it costs · ``quick``: as
        ``keep``, or baked if the target is missed: by 2 % if it is ``exact``, else by a quarter.
    measured
        Whether the surface error is wanted; a first look has no time for it.
    exact
        Whether missing the target by more than 2 % is an error: the merchant named a number.

    Raises
    ------
    TargetMissed
        If ``exact`` and no way reaches the target.
    """
    scene = normalised.scene
    made, tried = scene, dict[str, float]()
    if how != "best" or target > _LITTLE * scene.triangles:
        made = keep(scene, target=target)
    method = "original" if made is scene else "kept"
    if made.triangles > _LEEWAY * target:
        if how == "best":
            comparison = _Workshop.of(scene, reference, views).comparison
            choice = lod.choose(scene, comparison, target=target, texture_px=texture_px, normal_map=normal_map)
            made, method, tried = choice.scene, str(choice.method), choice.tried
        elif how == "quick" and (exact or made.triangles > _FAR_OFF * target):
            from showroom_pipeline.steps.reduce import reduce

            standing = reduce(scene, target=target, texture_px=texture_px)
            made = lod.textured(scene, standing, texture_px=texture_px, normal_map=normal_map)
            method = "baked"
    if exact and made.triangles > _LEEWAY * target:
        raise TargetMissed(
            f"{made.triangles:,} triangles is as low as this product goes with its materials kept; {target:,} were "
            "asked for. Ask for more, or convert it as a scan.",
            triangles=made.triangles,
            target=target,
        )
    error = None
    if measured:
        error = surface_error(_Workshop.of(scene, reference, views).surface, made)
    return Level(scene=made, method=method, tried=tried, error_mm=error)


def chain(*levels: Level, diagonal_m: float) -> list[Json]:
    """For each level its error and the screen height under which it may be shown; errors never fall along the chain."""
    out: list[Json] = []
    mean = p99 = largest = 0.0
    for index, item in enumerate(levels):
        if item.error_mm is not None:
            mean, p99 = max(mean, item.error_mm.mean), max(p99, item.error_mm.p99)
            largest = max(largest, item.error_mm.max)
        below = lod.switch_below(p99, diagonal_m * 1000.0) if index else None
        if index > 1 and below is not None and out[-1]["switch_below"] is not None:
            below = min(below, round(out[-1]["switch_below"] * 0.9, 4))
        out.append(
            {
                "triangles": item.scene.triangles,
                "error_mm": {"mean": mean, "p99": p99, "max": largest},
                "switch_below": below,
            }
        )
    return out


def listed(files: list[str], steps: list[Json]) -> Iterator[tuple[str, Json]]:
    """The levels worth switching to, with their files: each has fewer triangles than the one before."""
    before: int | None = None
    for file, step in zip(files, steps, strict=False):
        if before is None or step["triangles"] < before:
            before = step["triangles"]
            yield file, step


class _Workshop:
    """
    What all levels of one product share, made when first needed: the scan's pictures and its search tree. The last one
    is remembered by the identity of its scene; it saves 2 CPU-seconds a level and changes no result.
    """

    _last: "tuple[Scene, Scene, int, _Workshop] | None" = None

    def __init__(self, reference: Scene, views: int) -> None:
        self._reference = reference
        self._views = views
        self._comparison: Comparison | None = None
        self._surface: Surface | None = None

    @classmethod
    def of(cls, scene: Scene, reference: Scene, views: int) -> "_Workshop":
        last = cls._last
        if last is not None and last[0] is scene and last[1] is reference and last[2] == views:
            return last[3]
        made = cls(reference, views)
        cls._last = (scene, reference, views, made)
        return made

    @property
    def comparison(self) -> Comparison:
        if self._comparison is None:
            self._comparison = Comparison(Studio(256), self._reference, views=self._views)
        return self._comparison

    @property
    def surface(self) -> Surface:
        if self._surface is None:
            self._surface = Surface(self._reference)
        return self._surface
