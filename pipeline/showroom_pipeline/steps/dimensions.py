"""
Lengths as people write them: units, and "30x20x12cm".

Width × height × depth, as a shop lists them. What it is not: a general quantity parser.
"""

import math
import re

from showroom_assets.errors import InputError

METRES_PER_UNIT: dict[str, float] = {"mm": 0.001, "cm": 0.01, "m": 1.0, "in": 0.0254, "ft": 0.3048}
"""International inch and foot."""

LONGEST_M = 100
"""No side that can be declared is longer."""

_NAMES = {
    "mm": "mm", "millimetre": "mm", "millimetres": "mm", "millimeter": "mm", "millimeters": "mm",
    "cm": "cm", "centimetre": "cm", "centimetres": "cm", "centimeter": "cm", "centimeters": "cm",
    "m": "m", "metre": "m", "metres": "m", "meter": "m", "meters": "m",
    "in": "in", "inch": "in", "inches": "in", '"': "in", "″": "in",
    "ft": "ft", "foot": "ft", "feet": "ft", "'": "ft", "′": "ft",
}  # fmt: skip
_PART = re.compile(r"\s*([0-9]+(?:[.,][0-9]+)?|[.,][0-9]+)\s*([a-z\"″'′]*)\s*", re.IGNORECASE)


def parse_unit(text: str) -> float:
    """
    Metres per unit of a unit's name: mm, cm, m, in, ft, or the word in full.

    Raises
    ------
    InputError
        If there is no such unit.
    """
    name = _NAMES.get(text.strip().lower())
    if name is None:
        raise InputError(f"{text!r} is not a unit of length. Use one of mm, cm, m, in, ft.", unit=text)
    return METRES_PER_UNIT[name]


def parse_dimensions(text: str) -> tuple[float, float, float]:
    """
    Width, height and depth in metres.

    Takes ``30x20x12cm``, ``30 × 20 × 12 cm``, ``300mm x 20cm x 0.12m``, ``11,8x7,9x4,7 in``: signs ``x``, ``×`` or
    ``*``, a decimal point or comma, one unit at the end or one on each number.

    Raises
    ------
    InputError
        If it is not three positive lengths with a unit; the message says what to type.
    """
    hint = "Write width x height x depth with a unit, like 30x20x12cm."
    if len(text) > 200:
        raise InputError(f"The dimensions are {len(text)} characters long. {hint}")
    # the sign "x" never follows a letter of a unit's name, save in no unit's name at all, so a plain split is safe
    parts = re.split(r"[x×*]", text.strip(), flags=re.IGNORECASE)
    if len(parts) != 3:
        raise InputError(f"{text!r} has {len(parts)} numbers, not three. {hint}", dimensions=text)
    numbers, units = [], []
    for part in parts:
        match = _PART.fullmatch(part)
        if match is None:
            raise InputError(f"{part.strip()!r} in {text!r} is not a length. {hint}", dimensions=text)
        if re.fullmatch(r"[1-9][0-9]{0,2},[0-9]{3}", match[1]):
            plain = match[1].replace(",", "")
            pointed = match[1].replace(",", ".")
            raise InputError(f"{match[1]} could be {plain} or {pointed}: write the one you mean.", dimensions=text)
        numbers.append(float(match[1].replace(",", ".")))
        units.append(match[2])
    if not units[2]:
        raise InputError(f"{text!r} has no unit. {hint}", dimensions=text)
    if bool(units[0]) != bool(units[1]):
        raise InputError(f"{text!r} has a unit on some numbers only. {hint}", dimensions=text)
    width, height, depth = (number * parse_unit(unit or units[2]) for number, unit in zip(numbers, units, strict=True))
    if min(width, height, depth) <= 0 or not math.isfinite(width * height * depth):
        raise InputError(f"{text!r} has a length that is not positive. {hint}", dimensions=text)
    if max(width, height, depth) > LONGEST_M:
        raise InputError(
            f"A side of more than {LONGEST_M} m is no product's. {hint}", longest_m=max(width, height, depth)
        )
    return width, height, depth


def format_dimensions(size_m: tuple[float, float, float]) -> str:
    """``30 × 20 × 12 cm``, in the unit that reads best, to three figures."""
    largest = max(size_m)
    unit = "mm" if largest < 0.1 else "cm" if largest < 2 else "m"
    each = (_three_figures(length / METRES_PER_UNIT[unit]) for length in size_m)
    return f"{' × '.join(each)} {unit}"


def _three_figures(value: float) -> str:
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"
