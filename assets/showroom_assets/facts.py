"""
``product.toml``: what no scan can say of a product, written by the merchant, and put into its manifest.

The keys are the manifest's own (``showroom_assets.product``): name, description, brand, gtin, category, skus, tags,
licence, placement, wearable, variants, anchors, parts, hot_spots; and ``size_chart``, which reads as ``size_charts``
says. In ``[wearable]`` a shorthand is read too:
``chest_mm = 980`` is a measure, ``fits_mm = [560, 610]`` a range, ``sizes.M = {chest_mm = 980}`` a row of the chart.

Wrong values are refused; unknown keys are left out and named in a note, for the file may hold what other programs
want (prices, stock).
"""

import tomllib
from collections.abc import Mapping
from typing import Any, Final, get_args

import msgspec

from .errors import DamagedFile, LimitExceeded
from .product import (
    Anchor,
    Category,
    HotSpot,
    Licence,
    Part,
    Placement,
    Product,
    SizeChart,
    Variant,
    Wearable,
)
from .size_charts import size_chart

FACTS_NAME: Final = "product.toml"
MAX_FACTS_BYTES: Final = 1 << 20

_Table = dict[str, Any]
_PLAIN: Final = ("name", "description", "brand", "gtin", "category", "skus", "tags")
_ONE: Final[Mapping[str, type[msgspec.Struct]]] = {"licence": Licence, "placement": Placement, "wearable": Wearable}
_MANY: Final[Mapping[str, type[msgspec.Struct]]] = {
    "variants": Variant, "anchors": Anchor, "parts": Part, "hot_spots": HotSpot,
}  # fmt: skip
# What shops call things that the manifest has one word for.
_CATEGORIES: Final = {
    "cap": "hat",
    "sneaker": "shoe",
    "boot": "shoe",
    "t-shirt": "top",
    "shirt": "top",
    "coat": "jacket",
}


def read_facts(data: bytes, *, name: str = FACTS_NAME) -> tuple[_Table, list[str]]:
    """
    The fields of a ``Product`` that a ``product.toml`` declares, and a note on each key that was left out.

    Use it as ``msgspec.structs.replace(product, **fields)``; SKUs of variants and sizes are among ``skus`` then.

    Raises
    ------
    DamagedFile
        Not TOML, or a field of the wrong kind or out of range; the message names it.
    LimitExceeded
        Larger than such a file may be.
    """
    if len(data) > MAX_FACTS_BYTES:
        raise LimitExceeded(f"{name} has {len(data):,} bytes; it may have {MAX_FACTS_BYTES:,}. It is no product.toml.")
    try:
        table: _Table = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise DamagedFile(f"{name} is not TOML ({' '.join(str(exc).split())}). Mend that line.") from exc
    notes: list[str] = []
    kinds = {field.name: field.type for field in msgspec.structs.fields(Product)}
    fields: _Table = {}
    for key, value in table.items():
        if key in _PLAIN:
            fields[key] = _convert(value, kinds[key], where=key, name=name)
        elif key in _ONE:
            known = _wearable(value) if key == "wearable" and isinstance(value, dict) else value
            fields[key] = _convert(_known(known, _ONE[key], key, notes), _ONE[key], where=key, name=name)
        elif key in _MANY:
            rows = value if isinstance(value, list) else [value]
            fields[key] = [
                _convert(_known(row, _MANY[key], key, notes), _MANY[key], where=f"{key}[{index}]", name=name)
                for index, row in enumerate(rows)
            ]
        elif key == "size_chart":
            fields[key] = size_chart(value, name=f"{name}: size_chart")
        else:
            notes.append(f"{name}: {key} is not for the manifest.")
    if variants := fields.get("variants"):
        fields["variants"] = [_shown(variant, fields) for variant in variants]
    skus = all_skus(fields)
    if skus:
        fields["skus"] = skus
    return fields, sorted(set(notes))


def _shown(variant: Variant, fields: Mapping[str, Any]) -> Variant:
    """The variant with a SKU of its own, if it only lists those of its sizes: that of the size that the model shows."""
    if variant.sku or not variant.skus:
        return variant
    wearable, chart = fields.get("wearable"), fields.get("size_chart")
    label = wearable.size if isinstance(wearable, Wearable) else ""
    sizes = chart.sizes if isinstance(chart, SizeChart) else []
    modelled = [sku for size in sizes if size.label == label for sku in size.skus]
    return msgspec.structs.replace(variant, sku=next((sku for sku in variant.skus if sku in modelled), variant.skus[0]))


def all_skus(fields: Mapping[str, Any]) -> list[str]:
    """All SKUs among a product's fields, each once, in the order in which they are named."""
    wearable, chart = fields.get("wearable"), fields.get("size_chart")
    variants = fields.get("variants", [])
    coloured = [sku for variant in variants for sku in (variant.sku, *variant.skus)]
    rows = [row.sku for row in (wearable.sizes if isinstance(wearable, Wearable) else [])]
    sized = [sku for size in chart.sizes for sku in size.skus] if isinstance(chart, SizeChart) else []
    return list(dict.fromkeys([*fields.get("skus", []), *(sku for sku in (*coloured, *rows) if sku), *sized]))


def _wearable(table: _Table) -> _Table:
    """The shorthand of ``[wearable]`` in the manifest's words."""
    out: _Table = {}
    measures: _Table = {}
    ranges: _Table = {}
    for key, value in table.items():
        short = key.removesuffix("_mm")
        if key in {"measures_mm", "ranges_mm"} or short == key:
            out[key] = value
        elif isinstance(value, list) and len(value) == 3:
            # Three lengths are a size in space, not a range.
            measures |= {f"{short}_{side}": mm for side, mm in zip(("width", "height", "depth"), value, strict=True)}
        elif isinstance(value, list):
            ranges[short] = value
        else:
            measures[short] = value
    for key, found in (("measures_mm", measures), ("ranges_mm", ranges)):
        given = out.get(key, {})
        if found and isinstance(given, dict):
            out[key] = {**given, **found}
    category = out.get("category", out.pop("kind", None))
    if category is not None:
        out["category"] = category if category in get_args(Category) else _CATEGORIES.get(str(category), category)
    if "size" in out:
        out["size"] = str(out["size"])
    if isinstance(out.get("sizes"), dict):
        out["sizes"] = [_size_row(label, row) for label, row in out["sizes"].items()]
    return out


def _size_row(label: str, row: Any) -> Any:
    if not isinstance(row, dict):
        return row
    measures = {key.removesuffix("_mm"): value for key, value in row.items() if key.endswith("_mm")}
    return {"label": label, "measures_mm": measures, **({"sku": row["sku"]} if "sku" in row else {})}


def _known(table: Any, kind: type[msgspec.Struct], where: str, notes: list[str]) -> Any:
    if not isinstance(table, dict):
        return table
    names = set(kind.__struct_fields__)
    notes += [f"{where}.{key} is not for the manifest." for key in table if key not in names]
    return {key: value for key, value in table.items() if key in names}


def _convert(value: Any, kind: Any, *, where: str, name: str) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as exc:
        why, _, at = str(exc).partition(" - at `")
        field = where + at.rstrip("`").removeprefix("$")
        reason = why[:1].lower() + why[1:].replace("`", "'")
        raise DamagedFile(f"{name}: {field}: {' '.join(reason.split())[:300]}. Mend it.", field=field) from exc
