"""
The mirror's rules (``rules.json``): where on a head, wrist, finger or foot a product's anchors lie, and what hides it.

The numbers are those of the client (``webclient/src/tryon``): ``tests/support/mirror_rules.py`` takes them from there,
and a test fails if they have parted. What it is not: the seating (``head.seat``).
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

Worn = Literal["spectacles", "hat", "headphones", "garment", "watch", "ring", "shoes"]

_WORN: dict[str, Worn] = {
    "glasses": "spectacles", "sunglasses": "spectacles", "hat": "hat", "headphones": "headphones",
    "top": "garment", "jacket": "garment", "dress": "garment", "watch": "watch", "ring": "ring", "shoe": "shoes",
}  # fmt: skip
# What ``product.category`` may say instead of ``wearable.category``.
_ALSO = {
    "cap": "hat", "beanie": "hat", "t-shirt": "top", "shirt": "top", "coat": "jacket", "eyewear": "glasses",
    "bracelet": "watch", "shoes": "shoe", "sneaker": "shoe", "boot": "shoe", "sandal": "shoe",
}  # fmt: skip


@cache
def rules() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name("rules.json").read_bytes())
    return data


def on_head(worn: Worn) -> dict[str, dict[str, Any]]:
    """Anchor name to its rule: ``place`` and ``off_m`` in metres of the canonical head, ``weight``."""
    found: dict[str, dict[str, Any]] = rules()["on_head"].get(worn, {})
    return found


def needed(worn: Worn) -> tuple[tuple[str, ...], int]:
    """The anchors that say where a thing sits, and how many of them may be missing."""
    if worn == "shoes":
        return ("ankle_left", "ankle_right"), 0
    if worn in rules()["on_limb"]:
        return (rules()["on_limb"][worn]["anchor"],), 0
    names = tuple(on_head(worn))
    return names, max(0, len(names) - 3)


def worn_as(category: str) -> Worn | None:
    """How a category is worn here; None for what only the mirror can put on (bags, jewellery)."""
    return _WORN.get(_ALSO.get(category, category))
