"""
Live stock on the shelves of one copy of a room: who watches which SKUs, and what changed since they were told.

Changes are gathered and told at most twice a second, each person only their own SKUs: a rush on one article is one
number on its way, not a thousand.
"""

from collections.abc import Iterable, Mapping

from showroom.protocol.events import Stock
from showroom.realtime.visit import Visit


class Shelves:
    """The watchers of a copy."""

    def __init__(self) -> None:
        self._watching: dict[Visit, frozenset[str]] = {}
        self._changed: dict[str, int] = {}
        self._first: dict[Visit, Mapping[str, int]] = {}

    def watch(self, visit: Visit, skus: Iterable[str]) -> None:
        """From now on these, and no others; none: nothing more."""
        wanted = frozenset(skus)
        self._first.pop(visit, None)
        if wanted:
            self._watching[visit] = wanted
        else:
            self._watching.pop(visit, None)

    def known(self, visit: Visit, left: Mapping[str, int]) -> None:
        """What is left as of now of what somebody began to watch."""
        wanted = self._watching.get(visit, frozenset())
        self._first[visit] = {sku: count for sku, count in left.items() if sku in wanted}

    def changed(self, sku: str, left: int) -> None:
        """So many are left now; the last word counts."""
        if any(sku in wanted for wanted in self._watching.values()):
            self._changed[sku] = left

    def forget(self, visit: Visit) -> None:
        """Somebody left."""
        self.watch(visit, ())

    def due(self) -> list[tuple[Visit, Stock]]:
        """What to tell whom now."""
        changed, self._changed = self._changed, {}
        first, self._first = self._first, {}
        if not changed and not first:
            return []
        told = []
        for visit, wanted in self._watching.items():
            left = {**first.get(visit, {}), **{sku: count for sku, count in changed.items() if sku in wanted}}
            if left:
                told.append((visit, Stock(left=left)))
        return told
