"""
The mirror's rules (``rules.json``): where on a head a product's anchors lie, and what a head hides.

The numbers are those of the client (``webclient/src/tryon``): ``tests/support/mirror_rules.py`` takes them from there,
and a test fails if they have parted. What it is not: the seating (``head.seat``).
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

Worn = Literal["spectacles", "hat", "headphones", "garment"]

_WORN: dict[str, Worn] = {
    "glasses": "spectacles", "sunglasses": "spectacles", "hat": "hat", "headphones": "headphones",
    "top": "garment", "jacket": "garment", "dress": "garment",
}  # fmt: skip
# What ``product.category`` may say instead of ``wearable.category``.
_ALSO = {"cap": "hat", "beanie": "hat", "t-shirt": "top", "shirt": "top", "coat": "jacket", "eyewear": "glasses"}


@cache
def rules() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name("rules.json").read_bytes())
    return data


def on_head(worn: Worn) -> dict[str, dict[str, Any]]:
    """Anchor name to its rule: ``place`` and ``off_m`` in metres of the canonical head, ``weight``."""
    found: dict[str, dict[str, Any]] = rules()["on_head"].get(worn, {})
    return found


def worn_as(category: str) -> Worn | None:
    """How a category is worn here; None for what only the mirror can put on (watches, rings, shoes)."""
    return _WORN.get(_ALSO.get(category, category))
