"""
What changed between two stores, thing by thing: for people who review a layout, and for programs.

Things with an id are matched by it, so that a shelf moved up in a file is no change; everything else by its place.
"""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from msgspec import Struct

from showroom.stores.manifest import Store


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    One change. ``path`` names it as ``rooms.boutique.shelves.front.width_m``; a thing that is new or gone is whole in
    ``after`` or ``before``.
    """

    kind: Literal["added", "removed", "changed"]
    path: str
    before: Any = None
    after: Any = None


def diff(before: Store, after: Store) -> list[Change]:
    """All changes, in the order of the manifest."""
    return [*_changes("", msgspec.to_builtins(before), msgspec.to_builtins(after))]


def words(change: Change) -> str:
    """A change as one line."""
    if change.kind == "added":
        return f"+ {change.path}{_short(change.after)}"
    if change.kind == "removed":
        return f"- {change.path}{_short(change.before)}"
    return f"~ {change.path}: {_text(change.before)} → {_text(change.after)}"


def _changes(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from _entry(f"{path}.{key}" if path else key, before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and _have_ids(before) and _have_ids(after):
        yield from _changes(path, {one["id"]: one for one in before}, {one["id"]: one for one in after})
    elif isinstance(before, list) and isinstance(after, list) and _are_objects(before) and _are_objects(after):
        for index in range(max(len(before), len(after))):
            one = before[index] if index < len(before) else None
            other = after[index] if index < len(after) else None
            yield from _entry(f"{path}[{index}]", one, other)
    else:
        yield Change(kind="changed", path=path, before=before, after=after)


def _entry(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before is None and after is None:
        return
    if before is None:
        yield Change(kind="added", path=path, after=after)
    elif after is None:
        yield Change(kind="removed", path=path, before=before)
    else:
        yield from _changes(path, before, after)


def _have_ids(items: list[Any]) -> bool:
    return all(isinstance(one, dict) and "id" in one for one in items) and (
        len({one["id"] for one in items}) == len(items)
    )


def _are_objects(items: list[Any]) -> bool:
    return all(isinstance(one, dict) for one in items)


def _short(value: Any) -> str:
    return "" if isinstance(value, dict | list) else f": {_text(value)}"


def _text(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 80 else text[:77] + "…"
