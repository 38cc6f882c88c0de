"""
What the demo catalogue sells: a scene, its colourways with their SKUs, and what a shelf or a try-on must know of it.

Anchors are in the scene's own metres. Names a try-on looks for are listed in ``Anchor``; everything else is free.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from showroom_assets.scene import Scene

Placement = Literal["shelf", "plinth", "table", "floor", "hanger", "wall"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """
    A named place on the product: ``point`` in metres, optionally a unit ``direction`` (an axis, a normal).

    Glasses: bridge, hinge_left, hinge_right, ear_left, ear_right, lens_left, lens_right. Watch: wrist_center
    (direction: the forearm). Ring: finger_center (direction: the finger). Headphones: ear_left, ear_right, head_top.
    Left and right are the **wearer's**: the wearer looks along +Z, so the wearer's left is +X.
    """

    name: str
    point: tuple[float, float, float]
    direction: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """
    A colourway one can buy. ``label`` is the name of the KHR_materials_variants entry; ``swatch`` sRGB hex.

    ``sizes`` are those it is made in, each under a SKU of its own that begins with ``sku``; none: in one size, by
    ``sku``. The size chart lists the same SKUs.
    """

    label: str
    sku: str
    swatch: str
    sizes: tuple[str, ...] = ()

    @property
    def skus(self) -> tuple[str, ...]:
        """All that is sold in this colour, in the order of sizes."""
        return tuple(self.sku_in(size) for size in self.sizes) or (self.sku,)

    def sku_in(self, size: str) -> str:
        return f"{self.sku}-{size.upper()}" if self.sizes else self.sku


@dataclass(frozen=True, slots=True, kw_only=True)
class HotSpot:
    """Something worth pointing at: a node of the scene by name, a place in metres, and a sentence."""

    part: str
    point: tuple[float, float, float]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoProduct:
    """
    One product, ready to write.

    ``dimensions_m`` are width (X), height (Y), depth (Z) of the bounding box. ``wearable`` is empty or holds
    ``kind`` and its sizes, lengths in millimetres with names that end in ``_mm``. ``price_minor`` by ISO currency.
    """

    id: str
    name: str
    description: str
    category: str
    scene: Scene
    variants: tuple[Variant, ...]
    dimensions_m: tuple[float, float, float]
    placement: Placement
    price_minor: dict[str, int]
    anchors: tuple[Anchor, ...] = ()
    hotspots: tuple[HotSpot, ...] = ()
    wearable: Json = field(default_factory=dict)
