"""
``product.toml``: what a product's GLB cannot say, in the words of the product manifest (``showroom_assets.product``).

Name, price, SKUs of the variants, anchors for try-on, real measures in millimetres. Reading it needs nothing but
``tomllib``.
"""

import json
import math
from collections import Counter
from typing import Any

from showroom_demo.kit.product import Anchor, DemoProduct, Variant

SURFACE = {"shelf": "table", "plinth": "table", "table": "table", "floor": "floor", "hanger": "wall", "wall": "wall"}
"""Placement on a kind of furniture, as the manifest's kind of surface."""


def sidecar(product: DemoProduct) -> str:
    """The text of ``product.toml``."""
    lines = [
        f"id = {_value(product.id)}",
        f"name = {_value(product.name)}",
        f"description = {_value(product.description)}",
        f"category = {_value(product.category)}",
        f"model = {_value(product.id + '.glb')}",
        f"dimensions_m = {_value(product.dimensions_m)}",
        f"skus = {_value([sku for variant in product.variants for sku in variant.skus])}",
    ]
    lines += _table("price_minor", product.price_minor)
    lines += _table("placement", {"surface": SURFACE[product.placement], "display": product.placement})
    if product.wearable:
        measures = {key.removesuffix("_mm"): v for key, v in product.wearable.items() if _is_measure(key, v)}
        rest = {key: v for key, v in product.wearable.items() if not _is_measure(key, v) and key != "kind"}
        lines += _table("wearable", {"category": product.wearable.get("kind", product.category), **rest})
        lines += _table("wearable.measures_mm", measures)
    for variant in product.variants:
        lines += _table("[variants]", _variant(variant, shown=product.wearable.get("size", "")))
    for anchor in product.anchors:
        lines += _table("[anchors]", _anchor(anchor))
    seen: Counter[str] = Counter()
    for spot in product.hotspots:
        seen[spot.part] += 1
        name = spot.part if seen[spot.part] == 1 else f"{spot.part}_{seen[spot.part]}"  # a manifest lists a name once
        lines += _table("[hot_spots]", {"name": name, "label": spot.text, "position_m": spot.point})
    return "\n".join(lines) + "\n"


def _variant(variant: Variant, *, shown: str) -> dict[str, Any]:
    out: dict[str, Any] = {"name": variant.label, "label": variant.label, "sku": variant.sku_in(shown)}
    if variant.sizes:
        out["skus"] = variant.skus
    return {**out, "swatch": variant.swatch}


def _anchor(anchor: Anchor) -> dict[str, Any]:
    out: dict[str, Any] = {"name": anchor.name, "position_m": anchor.point}
    if anchor.direction is not None:
        out |= {"direction": anchor.direction, "rotation_xyzw": turn_from_front(anchor.direction)}
    return out


def turn_from_front(direction: tuple[float, float, float]) -> tuple[float, float, float, float]:
    """The shortest turn (quaternion xyzw) that takes +Z, the front, to a unit direction."""
    x, y, z = direction
    if z < -0.999999:
        return (0.0, 1.0, 0.0, 0.0)
    length = math.sqrt(2 * (1 + z))
    return (round(-y / length, 9), round(x / length, 9), 0.0, round(length / 2, 9))


def _is_measure(key: str, value: Any) -> bool:
    return key.endswith("_mm") and isinstance(value, int | float)


def _table(name: str, content: dict[str, Any]) -> list[str]:
    head = f"[[{name[1:-1]}]]" if name.startswith("[") else f"[{name}]"
    return ["", head, *(f"{_key(key)} = {_value(value)}" for key, value in content.items())]


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else json.dumps(key)


def _value(value: Any) -> str:
    """A TOML value; JSON strings are TOML basic strings, but for DEL."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(str(key))} = {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    raise TypeError(f"TOML cannot hold {type(value).__name__}")
