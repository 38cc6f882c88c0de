"""
Recolour variants from a TOML file, each bound to a SKU. ``recolour.add_variants`` puts them into a scene.

    [[variant]]
    name = "Cognac"
    sku = "BAG-COG"
    label = "Cognac leather"

    [variant.materials.Leather]
    base_color = "#8a4b20"      # or base_color_factor = [r, g, b, a], linear
    roughness = 0.5
    tint = "#c07040"            # for a textured material: its picture recoloured, its light and dark kept
    hue_shift_deg = 30          # or turned around the colour circle
    texture = "cognac.png"      # or replaced

A material that a variant does not name keeps its own look. Variants that the file already has stay, and may be bound to
a SKU by giving their name alone.

Source: KHR_materials_variants.
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from .color import from_hex, to_hex
from .errors import InputError, MissingFile
from .scene import Json

_MOST_VARIANTS = 200
_MOST_BYTES = 1 << 20
_KEYS = {
    "base_color", "base_color_factor", "roughness", "metallic", "texture", "tint", "hue_shift_deg", "emissive", "alpha",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """
    What a variant changes of one material; None leaves it. Colours are linear RGB, ``hue_shift_deg`` degrees,
    ``texture`` a path beside the TOML file.
    """

    color: tuple[float, float, float] | None = None
    alpha: float | None = None
    roughness: float | None = None
    metallic: float | None = None
    emissive: tuple[float, float, float] | None = None
    tint: tuple[float, float, float] | None = None
    hue_shift_deg: float = 0.0
    texture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recolour:
    """One entry of the file. ``looks`` are by material name; none means: bind the SKU to a variant that exists."""

    name: str
    sku: str
    label: str = ""
    looks: dict[str, Look] = field(default_factory=dict)

    def swatch(self) -> str | None:
        """``#rrggbb`` of the first colour it sets, for a shop's colour dots."""
        colors = [look.tint or look.color for look in self.looks.values()]
        first = next((color for color in colors if color is not None), None)
        return None if first is None else to_hex(first)


def read_variants(source: Path | str) -> tuple[Recolour, ...]:
    """
    The entries of a TOML file, or of TOML text.

    Raises
    ------
    InputError
        Bad TOML, an unknown key, a colour that is none, two variants of one name or SKU.
    MissingFile
        The file is not there.
    """
    name = source.name if isinstance(source, Path) else "the variants"
    text = _text(source) if isinstance(source, Path) else source
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as exc:
        raise InputError(f"{name} is not valid TOML: {str(exc)[:160]}. Mend that line.") from exc
    items = document.get("variant", [])
    unknown = sorted(set(document) - {"variant"})
    if unknown:
        _refuse(name, f"'{unknown[0]:.60}' is not known; use [[variant]]")
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        _refuse(name, "there is no [[variant]]")
    if len(items) > _MOST_VARIANTS:
        _refuse(name, f"there are {len(items)} variants; at most {_MOST_VARIANTS} are allowed")
    variants = tuple(_recolour(item, at, name) for at, item in enumerate(items))
    for what in ("name", "sku"):
        values = [getattr(variant, what) for variant in variants]
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            _refuse(name, f"two variants have the {what} '{twice[0]:.60}'")
    return variants


def _recolour(item: Json, at: int, where: str) -> Recolour:
    place = f"variant {at + 1}"
    unknown = sorted(set(item) - {"name", "sku", "label", "materials"})
    if unknown:
        _refuse(where, f"{place} has the unknown key '{unknown[0]:.60}'")
    strings: dict[str, str] = {}
    for key in ("name", "sku", "label"):
        value = item.get(key, "")
        if not isinstance(value, str) or len(value) > 200 or (key != "label" and not value.strip()):
            _refuse(where, f"{place} needs a {key} of 1 to 200 characters")
        strings[key] = value
    materials = item.get("materials", {})
    if not isinstance(materials, dict) or not all(isinstance(look, dict) for look in materials.values()):
        _refuse(where, f"the materials of {place} are not tables like [variant.materials.Leather]")
    looks = {name: _look(look, f"material '{name:.60}' of {place}", where) for name, look in materials.items()}
    return Recolour(looks=looks, **strings)


def _look(item: Json, place: str, where: str) -> Look:
    unknown = sorted(set(item) - _KEYS)
    if unknown:
        _refuse(where, f"{place} has the unknown key '{unknown[0]:.60}'; known are {', '.join(sorted(_KEYS))}")
    if not item:
        _refuse(where, f"{place} changes nothing")

    def fraction(key: str) -> float | None:
        value = item.get(key)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
            _refuse(where, f"{key} of {place} is not a number from 0 to 1")
        return float(value)

    def color(key: str) -> tuple[float, float, float] | None:
        value = item.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
            _refuse(where, f'{key} of {place} is not a colour like "#8a4b20"')
        return from_hex(value)

    alpha = fraction("alpha")
    base = color("base_color")
    if "base_color_factor" in item:
        factor = item["base_color_factor"]
        numbers = isinstance(factor, list) and len(factor) in {3, 4}
        if not numbers or not all(isinstance(v, int | float) and 0 <= v <= 1 for v in factor):
            _refuse(where, f"base_color_factor of {place} is not 3 or 4 numbers from 0 to 1")
        if base is not None:
            _refuse(where, f"{place} has both base_color and base_color_factor")
        base = (float(factor[0]), float(factor[1]), float(factor[2]))
        alpha = float(factor[3]) if len(factor) == 4 else alpha
    turn = item.get("hue_shift_deg", 0.0)
    if not isinstance(turn, int | float) or isinstance(turn, bool) or not -360 <= turn <= 360:
        _refuse(where, f"hue_shift_deg of {place} is not a number from -360 to 360")
    texture = item.get("texture", "")
    if not isinstance(texture, str) or len(texture) > 500:
        _refuse(where, f"texture of {place} is not a file name")
    if texture and ("tint" in item or turn):
        _refuse(where, f"{place} replaces its texture, so it cannot tint it as well")
    return Look(
        color=base, alpha=alpha, roughness=fraction("roughness"), metallic=fraction("metallic"),
        emissive=color("emissive"), tint=color("tint"), hue_shift_deg=float(turn), texture=texture,
    )  # fmt: skip


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path.name} is larger than 1 MB. Variants need far less.")
        return path.read_text("utf-8")
    except UnicodeDecodeError as exc:
        raise InputError(f"{path.name} is not UTF-8 text. Save it as such.") from exc
    except OSError as exc:
        raise MissingFile(f"{path.name} cannot be read. Check the path.", path=str(path)) from exc


def _refuse(where: str, what: str) -> NoReturn:
    raise InputError(f"{where}: {what}. Mend it and run again.")
