"""What a merchant may ask of a conversion, as one frozen value that travels between processes as JSON."""

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

from showroom_assets.errors import InputError

Json = dict[str, Any]
DELIVERIES = ("mobile", "desktop", "headset", "plain")
UNITS_M = {"mm": 0.001, "cm": 0.01, "m": 1.0, "in": 0.0254, "ft": 0.3048}


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
    unit, dimensions_m, up
        What the scan does not say itself: a key of ``UNITS_M``; width, height and depth in metres; ``+Y`` or ``+Z``.
    textures
        ``ktx2`` or ``webp`` for the packed deliveries.
    variants
        The variants file and its textures (``stages.declared.pack_variants``), or None.
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
    textures: Literal["ktx2", "webp"] | None = None
    variants: Json | None = None
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


_DIMENSIONS = re.compile(r"(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)(mm|cm|m|in|ft)")


def parse_dimensions(text: str) -> tuple[float, float, float]:
    """
    ``30x20x12cm`` as metres: width, height, depth.

    Raises
    ------
    InputError
        If it does not look like that, or a side is 0 or over 1 km.
    """
    match = _DIMENSIONS.fullmatch(re.sub(r"[\s]", "", text.lower().replace("×", "x")))
    if match is None:
        raise InputError(f"'{text:.40}' is not a size. Write width x height x depth and a unit, like 30x20x12cm.")
    metres = UNITS_M[match[4]]
    sides = (float(match[1]) * metres, float(match[2]) * metres, float(match[3]) * metres)
    if not all(0 < side <= 1000 for side in sides):
        raise InputError(f"'{text:.40}' has a side of nothing or of more than a kilometre. Check the unit.")
    return sides
