"""What a merchant may ask of a conversion, as one frozen value that travels between processes as JSON."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

Json = dict[str, Any]
DELIVERIES = ("mobile", "desktop", "headset", "plain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """
    Parameters
    ----------
    fast
        A first look: WebP only, no USDZ and turntable, a quick check instead of the whole proof.
    deliveries
        Which of ``DELIVERIES`` to make, in that order.
    target_triangles
        Of every delivery's first level; missed by more than 2 % is an error.
    max_bytes
        Of every delivery's file.
    unit, dimensions_m, up, front
        What the scan does not say itself: mm, cm, m, in or ft; width, height and depth in metres; directions, ``+Z``.
    dimension_tolerance
        Share by which the mesh may differ from ``dimensions_m``; None takes the preset's.
    object
        Of an RGB-D capture with masks: the one to keep.
    max_depth_m
        Of an RGB-D capture: farther samples are not used.
    textures
        ``ktx2`` or ``webp`` for the packed deliveries.
    variants
        The variants file and its textures (``stages.declared.pack_variants``), or None.
    sizes
        The text of a size chart (``showroom_assets.size_charts``), or None.
    licence, attribution
        Text for the manifest.
    force
        Publish even under the quality bar.
    """

    fast: bool = False
    deliveries: tuple[str, ...] = DELIVERIES
    target_triangles: int | None = None
    max_bytes: int | None = None
    unit: str | None = None
    dimensions_m: tuple[float, float, float] | None = None
    up: str | None = None
    front: str | None = None
    dimension_tolerance: float | None = None
    object: str | None = None
    max_depth_m: float | None = None
    textures: Literal["ktx2", "webp"] | None = None
    variants: Json | None = None
    sizes: str | None = None
    licence: str = ""
    attribution: str = ""
    force: bool = False

    @property
    def is_order(self) -> bool:
        """
        Whether the product is published even under the quality bar: because of ``force``, or because the merchant named
        a number of triangles or bytes. Then the manifest and the report say what falls short.
        """
        return self.force or self.target_triangles is not None or self.max_bytes is not None

    def to_json(self) -> Json:
        return asdict(self)

    @classmethod
    def from_json(cls, fields: Json) -> "Options":
        known = dict(fields)
        for name in ("deliveries", "dimensions_m"):
            if known.get(name) is not None:
                known[name] = tuple(known[name])
        return cls(**known)
