"""
Typed access to untrusted JSON: every wrong type, missing key or index out of range is one ``DamagedFile``.

Not a schema validator: only what the reader touches is checked.
"""

import math
from typing import Any, NoReturn

from showroom_assets.errors import DamagedFile
from showroom_assets.scene import Json


def damaged(message: str, **fields: Any) -> NoReturn:
    """Raise ``DamagedFile`` with the one piece of advice that fits all of them."""
    raise DamagedFile(f"not a valid glTF file: {message}. Export it again.", **fields)


def objects(parent: Json, key: str) -> list[Json]:
    """The array of objects at ``key``; empty if absent."""
    value = parent.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        damaged(f"'{key}' is not an array of objects")
    return value


def mapping(parent: Json, key: str) -> Json:
    """The object at ``key``; empty if absent."""
    value = parent.get(key, {})
    if not isinstance(value, dict):
        damaged(f"'{key}' is not an object")
    return value


def extension(parent: Json, name: str) -> Json | None:
    """The extension ``name`` of an object, or None."""
    value = mapping(parent, "extensions").get(name)
    if value is not None and not isinstance(value, dict):
        damaged(f"extension {name} is not an object")
    return value


def integer(parent: Json, key: str, default: int | None = None, *, low: int = 0, high: int = 2**53) -> int:
    """An integer in ``[low, high]``; an absent one without a default is damage."""
    value = parent.get(key, default)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        damaged(f"'{key}' is {value!r:.60}, not an integer from {low} to {high}")
    return value


def index(parent: Json, key: str, length: int) -> int | None:
    """An index into an array of ``length``, or None if absent."""
    if key not in parent:
        return None
    value = parent[key]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < length:
        damaged(f"'{key}' is {value!r:.60}, but there are {length}")
    return value


def indices(parent: Json, key: str, length: int) -> tuple[int, ...]:
    """An array of indices into an array of ``length``; empty if absent."""
    value = parent.get(key, [])
    if not isinstance(value, list):
        damaged(f"'{key}' is not an array")
    for item in value:
        if not isinstance(item, int) or isinstance(item, bool) or not 0 <= item < length:
            damaged(f"'{key}' holds {item!r:.60}, but there are {length}")
    return tuple(value)


def numbers(parent: Json, key: str, count: int | None = None) -> tuple[float, ...] | None:
    """An array of finite numbers, of ``count`` if given, or None if absent."""
    value = parent.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or (count is not None and len(value) != count):
        damaged(f"'{key}' is not an array of {count or 'some'} numbers")
    for item in value:
        if not isinstance(item, int | float) or isinstance(item, bool) or not _is_finite(item):
            damaged(f"'{key}' holds {item!r:.60}, not a finite number")
    return tuple(float(item) for item in value)


def text(parent: Json, key: str, default: str = "") -> str:
    """A string."""
    value = parent.get(key, default)
    if not isinstance(value, str):
        damaged(f"'{key}' is not a string")
    return value


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False
