"""USDZ for Quick Look: ``usdz(scene)``, with variants as a variant set."""

from .package import VARIANT_SET, usdz

__all__ = ["VARIANT_SET", "usdz"]
