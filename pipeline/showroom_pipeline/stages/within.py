"""A near level that must fit into so many bytes: its triangles and its textures are weighed against each other."""

from typing import Any

from showroom_assets.errors import TargetMissed
from showroom_assets.scene import Json, Scene
from showroom_pipeline.compare import Comparison
from showroom_pipeline.render import Studio
from showroom_pipeline.stages.deliver import Delivered, delivered
from showroom_pipeline.stages.levels import Level
from showroom_pipeline.steps.normalise import Normalised
from showroom_pipeline.steps.pack import PackOptions, Style
from showroom_pipeline.steps.textures import TextureOptions
from showroom_pipeline.steps.within import within
from showroom_pipeline.surface_error import surface_error


def fit(
    normalised: Normalised,
    reference: Scene,
    *,
    style: Style,
    options: Json,
    position_error_mm: float,
    max_bytes: int,
    target: int,
    exact: bool,
    views: int,
) -> Json:
    """
    The best-looking file of at most ``max_bytes``.

    Returns
    -------
    dict
        ``level``: the scene in it as a ``Level`` · ``delivered``: the file.

    Raises
    ------
    TargetMissed
        If nothing is small enough, or ``exact`` and the number of triangles is missed by more than 2 %.
    """
    known: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in options.items()}
    packing = PackOptions(style=style, max_position_error_m=position_error_mm / 1000.0 or 5e-5)
    fitted = within(
        normalised.scene,
        Comparison(Studio(256), reference, views=views),
        max_bytes=max_bytes,
        most_triangles=target,
        exact=exact,
        options=packing,
        textures=TextureOptions(**known),
    )
    if exact and fitted.packed.triangles > 1.02 * target:
        raise TargetMissed(
            f"{fitted.packed.triangles:,} triangles is the nearest to {target:,} within {max_bytes:,} bytes. "
            "Ask for more of either.",
            triangles=fitted.packed.triangles,
            target=target,
        )
    level = Level(
        scene=fitted.scene, method=fitted.method, tried=fitted.tried, error_mm=surface_error(reference, fitted.scene)
    )
    return {"level": level, "delivered": delivered(fitted.packed, fitted.scene)}


def level_of(fitted: Json) -> Level:
    level: Level = fitted["level"]
    return level


def delivered_of(fitted: Json) -> Delivered:
    item: Delivered = fitted["delivered"]
    return item
