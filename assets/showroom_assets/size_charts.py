"""
Size charts: read from a merchant's TOML, and held against sense before anybody is told to buy by them.

    unit = "cm"                        # mm by default; also in
    system = "EN 13402-3"
    decides = ["chest"]                # by default the measures that every size has, as first named

    [ease]                             # what a regular fit has over the body
    chest = [6, 14]

    [[sizes]]
    label = "M"
    skus = ["TEE-M"]                   # left out where size is chosen apart from the SKU
    body = {chest = [94, 102], waist = [82, 90]}
    item = {chest = 107, length = 69}  # girths all round

What it is: a file beside a scan (``sizes.toml``), the table ``[size_chart]`` of a ``product.toml``, and the rules of a
sound chart. What it is not: the advice to a shopper, which the client gives.

Source: EN 13402-3 (ranges that follow one another); ISO 8559-1 and ISO 7250-3 (what people measure).
"""

import itertools
import math
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args

import msgspec

from .errors import DamagedFile, LimitExceeded
from .product import MeasureName, SizeChart

SIZES_NAME: Final = "sizes.toml"
MAX_SIZES_BYTES: Final = 1 << 18

_Table = dict[str, Any]
_UNITS_MM: Final[Mapping[str, float]] = {"mm": 1.0, "cm": 10.0, "in": 25.4}
_UNIT_WORDS: Final = {"cm": "centimetres", "in": "inches"}

# Smallest and largest that a person from toddler to giant can have: outside, it is a slip of the pen or of the unit.
_POSSIBLE_MM: Final[Mapping[str, tuple[float, float]]] = {
    "height": (500, 2400), "chest": (400, 1900), "waist": (350, 1900), "hip": (400, 2000), "neck": (180, 650),
    "shoulder_width": (180, 650), "arm_length": (200, 950), "back_length": (180, 700), "inseam": (180, 1200),
    "foot_length": (85, 380), "foot_width": (35, 160), "wrist_girth": (85, 280), "finger_girth": (30, 90),
    "head_girth": (380, 700), "head_width": (90, 200), "pupillary_distance": (38, 82), "nose_width": (8, 36),
}  # fmt: skip
_SLACK_MM: Final = 0.05  # rounding of inches
_MOST_OVERLAP: Final = 0.5


def read_size_chart(data: bytes, *, name: str = SIZES_NAME) -> SizeChart:
    """
    The chart in a ``sizes.toml``.

    Raises
    ------
    DamagedFile
        Not TOML, an unknown or wrong field, or a chart that contradicts itself; the message says where.
    LimitExceeded
        Larger than such a file may be.
    """
    if len(data) > MAX_SIZES_BYTES:
        raise LimitExceeded(f"{name} has {len(data):,} bytes; it may have {MAX_SIZES_BYTES:,}. It is no size chart.")
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise DamagedFile(f"{name} is not TOML ({' '.join(str(exc).split())}). Mend that line.") from exc
    table.pop("model", None)  # says which scan is meant
    return size_chart(table, name=name)


def size_chart(table: Any, *, name: str) -> SizeChart:
    """
    The chart in a table of TOML, checked.

    Raises
    ------
    DamagedFile
        See ``read_size_chart``.
    """
    if not isinstance(table, dict):
        raise DamagedFile(f"{name}: a size chart is a table with [[sizes]] in it.")
    unit = table.get("unit", "mm")
    if not isinstance(unit, str) or unit not in _UNITS_MM:
        raise DamagedFile(f"{name}: unit {str(unit)[:40]!r} is not known. Write mm, cm or in.")
    fields = _fields(table, _UNITS_MM[unit], name)
    try:
        chart = msgspec.convert(fields, SizeChart)
    except msgspec.ValidationError as exc:
        why, _, at = str(exc).partition(" - at `")
        place = at.rstrip("`").removeprefix("$.").replace("[...]", "[]")
        reason = " ".join(why.replace("`", "'").split())[:200]
        raise DamagedFile(f"{name}: {place or 'the chart'}: {reason[:1].lower()}{reason[1:]}. Mend it.") from exc
    for fault in chart_faults(chart):
        raise DamagedFile(f"{name}: {fault}")
    return chart


def chart_faults(chart: SizeChart) -> Iterator[str]:
    """What is wrong with a chart, one sentence each, the gravest first; nothing if it is sound."""
    for label, count in Counter(size.label for size in chart.sizes).items():
        if count > 1:
            yield f"size {label!r} is listed {count} times. Keep one."
    for sku, count in Counter(sku for size in chart.sizes for sku in size.skus).items():
        if count > 1:
            yield f"SKU {sku!r} is sold in {count} sizes. An SKU has one."
    for size in chart.sizes:
        for key, (low, high) in size.body_mm.items():
            yield from _range(f"{size.label}: {_words(key)}", key, low, high)
        for name, low in size.item_mm.items():
            body = next((span for key, span in size.body_mm.items() if key == name), None)
            if body is not None and low * (1 + chart.stretch) < body[0]:
                yield (
                    f"{size.label}: the item's {_words(key)} of {low:g} mm goes round no body of {body[0]:g} mm. "
                    "Give it all round, not lying flat, or say how far it stretches."
                )
    for key, (low, high) in chart.ease_mm.items():
        if low > high:
            yield f"ease: {_words(key)} runs backwards, {low:g} to {high:g} mm. Put the smaller one first."
    for key in chart.decides:
        if missing := [size.label for size in chart.sizes if key not in size.body_mm]:
            yield f"{_words(key)} decides, but size {missing[0]!r} does not say it. Add it there."
    for key in get_args(MeasureName):
        rows = [(size.label, *size.body_mm[key]) for size in chart.sizes if key in size.body_mm]
        if len(rows) == len(chart.sizes):
            for smaller, larger in itertools.pairwise(rows):
                yield from _neighbours(key, smaller, larger)


def _range(where: str, key: str, low: float, high: float) -> Iterator[str]:
    if low >= high:
        yield f"{where} runs backwards, {low:g} to {high:g} mm. Put the smaller one first, and let them differ."
    smallest, largest = _POSSIBLE_MM[key]
    for value in (low, high):
        if not smallest <= value <= largest:
            meant = [unit for unit, mm in _UNITS_MM.items() if mm > 1 and smallest <= value * mm <= largest]
            way = f"If these are {_UNIT_WORDS[meant[0]]}, write unit = {meant[0]!r}." if meant else "Measure again."
            yield f"{where} of {value:g} mm is nobody's: people have {smallest:g} to {largest:g} mm. {way}"
            return


def _neighbours(key: str, smaller: tuple[str, float, float], larger: tuple[str, float, float]) -> Iterator[str]:
    (a, a_low, a_high), (b, b_low, b_high) = smaller, larger
    pair = f"{_words(key)}: {a} is {a_low:g} to {a_high:g} mm and {b} is {b_low:g} to {b_high:g} mm"
    if b_low < a_low or b_high < a_high:
        yield f"{pair}, so {b} is the smaller one. List sizes from small to large."
    elif b_low == a_low and b_high == a_high:
        return  # one range for both: this measure does not tell them apart
    elif b_low - a_high > _SLACK_MM:
        yield f"{pair}: nobody says what fits between. Let the ranges meet."
    elif a_high - b_low > _MOST_OVERLAP * min(a_high - a_low, b_high - b_low):
        yield f"{pair}: they overlap by {a_high - b_low:g} mm, more than half. Let the ranges meet."


def _fields(table: _Table, mm: float, name: str) -> _Table:
    """The manifest's own fields from the words of a TOML file."""
    known = {"unit", "system", "rule", "decides", "stretch", "ease", "ease_mm", "sizes"}
    if unknown := sorted(set(table) - known):
        raise DamagedFile(f"{name}: {unknown[0][:60]!r} is not known; a size chart has {', '.join(sorted(known))}.")
    fields: _Table = {key: table[key] for key in ("system", "rule", "decides", "stretch") if key in table}
    fields["ease_mm"] = _scaled(table, "ease", mm, name)
    rows = table.get("sizes", [])
    if isinstance(rows, dict):
        rows = [{"label": label, **row} if isinstance(row, dict) else row for label, row in rows.items()]
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise DamagedFile(f"{name}: there is no [[sizes]].")
    sizes = [_size(row, mm, f"{name}: size {row.get('label', at + 1)}") for at, row in enumerate(rows)]
    if "decides" not in fields:
        bodies = [list(size["body_mm"]) for size in sizes]
        fields["decides"] = [key for key in bodies[0] if all(key in body for body in bodies)]
    _close(sizes, mm)
    return {**fields, "sizes": sizes}


def _size(row: _Table, mm: float, where: str) -> _Table:
    known = {"label", "sku", "skus", "body", "body_mm", "item", "item_mm"}
    if unknown := sorted(set(row) - known):
        raise DamagedFile(f"{where}: {unknown[0][:60]!r} is not known; a size has {', '.join(sorted(known))}.")
    skus = row.get("skus", [row["sku"]] if "sku" in row else [])
    return {
        "label": str(row.get("label", "")), "skus": skus,
        "body_mm": _scaled(row, "body", mm, where), "item_mm": _scaled(row, "item", mm, where),
    }  # fmt: skip


def _scaled(table: _Table, key: str, mm: float, where: str) -> _Table:
    """``key`` in the file's unit and ``key_mm`` in millimetres, in millimetres."""
    out: _Table = {}
    for name, factor in ((key, mm), (f"{key}_mm", 1.0)):
        found = table.get(name, {})
        if not isinstance(found, dict):
            raise DamagedFile(f"{where}: {name} is a table, like {{chest = [940, 1020]}}.")
        for measure, value in found.items():
            words = f"{where}: {key} {_words(measure)}"
            if key == "body" and measure not in _POSSIBLE_MM:
                raise DamagedFile(
                    f"{where}: {measure[:60]!r} is no measure of a body; there are {', '.join(_POSSIBLE_MM)}."
                )
            if key == "body" and not (isinstance(value, list) and len(value) == 2):
                raise DamagedFile(f"{words} is from a smallest to a largest: two numbers in brackets.")
            several = value if isinstance(value, list) else [value]
            lengths = [_length(one, factor, words) for one in several]
            out[measure] = lengths if isinstance(value, list) else lengths[0]
    return out


def _length(value: Any, factor: float, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise DamagedFile(f"{where[:200]} is no number. Write a length, without its unit.")
    if value < 0 and "ease" not in where:
        raise DamagedFile(f"{where[:200]} is negative ({value:g}). Measure again.")
    return round(float(value) * factor, 3)


def _close(sizes: list[_Table], mm: float) -> None:
    """
    Let ranges meet that differ by one step of the unit: a chart that says 94–101 and 102–109 cm means "up to 102".
    """
    for smaller, larger in itertools.pairwise(sizes):
        for key in smaller["body_mm"].keys() & larger["body_mm"].keys():
            a, b = smaller["body_mm"][key], larger["body_mm"][key]
            if len(a) == len(b) == 2 and 0 < b[0] - a[1] <= mm + _SLACK_MM:
                a[1] = b[0]


def _words(key: str) -> str:
    return key.replace("_", " ")
