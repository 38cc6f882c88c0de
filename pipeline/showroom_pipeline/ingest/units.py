"""A unit that a file declares in a comment."""

import re

_UNIT = re.compile(
    r"\bunits?\b\W{1,5}(mm|millimet\w+|cm|centimet\w+|m|met\w+|in|inch\w*|ft|feet|foot)\b", re.IGNORECASE
)
_METRES = {"mm": 1e-3, "mi": 1e-3, "cm": 1e-2, "ce": 1e-2, "in": 0.0254, "ft": 0.3048, "fe": 0.3048, "fo": 0.3048}


def declared_unit(comments: str) -> float | None:
    """Metres of ``units: mm``, ``File units = inches`` and the like; None if nothing is said."""
    found = _UNIT.search(comments)
    return _METRES.get(found.group(1).lower()[:2], 1.0) if found else None
