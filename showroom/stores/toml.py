"""A store as TOML that a person likes to edit: a table a thing, its numbers on its own lines."""

from collections.abc import Iterator
from typing import Any

import msgspec

from showroom.stores.manifest import Store

_HEAD = "# A store. What each field is: docs/stores.md. After a change: showroom store check FILE\n"


def to_toml(store: Store) -> str:
    """The whole store; ``read_store`` gives it back."""
    return _HEAD + "\n".join(_table(msgspec.to_builtins(store), ())) + "\n"


def _table(table: dict[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    # Plain values come before the tables below them: TOML wants it so.
    for key, value in table.items():
        if not _is_table(value) and not _is_tables(value):
            yield f"{_key(key)} = {_value(value)}"
    for key, value in table.items():
        name = ".".join(map(_key, (*path, key)))
        if _is_table(value):
            if not all(_is_table(inner) for inner in value.values()):
                yield f"\n[{name}]"
            yield from _table(value, (*path, key))
        elif _is_tables(value):
            for one in value:
                yield f"\n[[{name}]]"
                yield from _table(one, (*path, key))


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _key(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() and key.isascii() else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return repr(value)


def _text(text: str) -> str:
    # JSON's escapes are TOML's, but for the DEL character, which no field of ours may hold.
    return msgspec.json.encode(text).decode()
