"""
Wavefront MTL, statement by statement. What the statements mean in glTF is ``looks.py``'s matter.

Source: Alias Wavefront, "Material library files (.mtl)"; the PBR extension of exocortex (Pr, Pm, norm).
"""

from dataclasses import dataclass, field

import numpy as np

from .limits import Limits, at_most
from .numbers import decode, plain

_MAPS = {
    "map_kd": "color", "map_ka": "ambient",
    "map_d": "opacity", "map_bump": "bump", "bump": "bump", "norm": "normal", "map_kn": "normal",
    "map_pr": "roughness", "map_pm": "metal", "map_ke": "emission",
}  # fmt: skip
_OPTION_VALUES = {
    "-blendu": 1, "-blendv": 1, "-boost": 1, "-mm": 2, "-texres": 1, "-clamp": 1, "-bm": 1, "-imfchan": 1,
    "-type": 1, "-cc": 1, "-colorspace": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Map:
    """A texture statement: the file as it is named, and its options."""

    file: str
    options: dict[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One ``newmtl``: numbers by keyword in lower case, maps by what they are for."""

    name: str
    values: dict[str, tuple[float, ...]] = field(default_factory=dict)
    maps: dict[str, Map] = field(default_factory=dict)


def parse_mtl(data: bytes, name: str, *, limits: Limits) -> tuple[Entry, ...]:
    """The materials of an MTL file; what cannot be understood is skipped, as other readers do."""
    at_most(4 << 20, len(data), f"bytes of '{name:.80}'")
    entries: list[Entry] = []
    for line in decode(plain(data, name)).splitlines():
        words = line.split(None, 1)
        if not words or words[0].startswith("#"):
            continue
        key, rest = words[0].lower(), words[1].strip() if len(words) > 1 else ""
        if key == "newmtl":
            entries.append(Entry(name=rest))
            at_most(limits.materials, len(entries), f"materials of '{name:.80}'")
        elif entries and key in _MAPS:
            if found := _map(rest):
                entries[-1].maps.setdefault(_MAPS[key], found)
        elif entries:
            values = _numbers(rest.split())
            if values:
                entries[-1].values[key] = values
    return tuple(entries)


def _map(text: str) -> Map | None:
    options: dict[str, tuple[float, ...]] = {}
    while text.startswith("-"):
        option, _, rest = text.partition(" ")
        words = rest.split()
        if option in {"-s", "-o", "-t"}:  # one to three numbers
            count = len(_numbers(words[:3]))
        elif option in _OPTION_VALUES:
            count = _OPTION_VALUES[option]
        else:
            break
        options[option] = _numbers(words[:count])
        text = rest
        for _ in range(count):
            text = text.lstrip().partition(" ")[2]
        text = text.lstrip()
    text = text.strip().strip('"')
    return Map(file=text, options=options) if text else None


def _numbers(words: list[str]) -> tuple[float, ...]:
    out = []
    for word in words[:4]:
        try:
            value = float(word.replace(",", "."))
        except ValueError:
            break
        if not np.isfinite(value):
            break
        out.append(value)
    return tuple(out)
