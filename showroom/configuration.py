"""
Settings from where operators put them: flags before the environment before a TOML file before the defaults.

Whatever names no setting is refused, with the nearest name that does: a mistyped setting that is silently ignored is
found at the worst moment. What a setting is, and what it may be, says ``settings``.
"""

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from msgspec import inspect

from showroom.settings import ENVIRONMENT_PREFIX, Settings
from showroom_assets.errors import ShowroomError

FILE_NAME: Final = "showroom.toml"
MASKED: Final = "•••"
_MOST_BYTES: Final = 1 << 20
# Variables of the prefix that are no settings of the server.
_OTHERS: Final = frozenset(("CONFIG", "CACHE", "DEBUG", "TEST_DATA", "TOKEN", "URL"))
_YES: Final = frozenset(("1", "true", "yes", "on"))
_NO: Final = frozenset(("0", "false", "no", "off"))

Kind = Literal["text", "number", "whole number", "yes or no", "list"]


class BadSetting(ShowroomError):
    """A setting that does not exist, or a value that it cannot have."""

    code = "settings.invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table: what the setting is."""

    name: str
    kind: Kind
    default: Any
    unit: str
    help: str
    is_secret: bool

    @property
    def variable(self) -> str:
        """In the environment."""
        return ENVIRONMENT_PREFIX + self.name.upper()

    @property
    def flag(self) -> str:
        """On the command line."""
        return "--" + self.name.replace("_", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """
    Parameters
    ----------
    sources
        Where each value that is no default came from: ``--port``, ``SHOWROOM_PORT``, ``showroom.toml``.
    file
        The TOML file that was read, or None.
    """

    settings: Settings
    sources: Mapping[str, str]
    file: Path | None


def rows() -> list[Row]:
    """The table, in its order."""
    found: list[Row] = []
    about = inspect.type_info(Settings)
    assert isinstance(about, inspect.StructType)
    for field in about.fields:
        kind, meta = field.type, {}
        if isinstance(kind, inspect.Metadata):
            meta = kind.extra or {}
            help_text = str((kind.extra_json_schema or {}).get("description", ""))
            kind = kind.type
        else:
            help_text = ""
        found.append(
            Row(
                name=field.name,
                kind=_kind(kind),
                default=field.default,
                unit=str(meta.get("unit", "")),
                help=help_text,
                is_secret=bool(meta.get("secret")),
            )
        )
    return found


def load(
    flags: Mapping[str, Any] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    file: Path | None = None,
    folder: Path | None = None,
) -> Loaded:
    """
    The settings.

    Parameters
    ----------
    flags
        By name; None as a value means that the flag was not given.
    environ
        ``os.environ`` by default.
    file
        A TOML file that must be there; by default ``SHOWROOM_CONFIG``, else ``showroom.toml`` in ``folder`` if it is.
    folder
        The current one by default.

    Raises
    ------
    BadSetting
        See there; the message says where the value came from.
    """
    environ = os.environ if environ is None else environ
    table = {row.name: row for row in rows()}
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    file = file or (Path(environ["SHOWROOM_CONFIG"]) if environ.get("SHOWROOM_CONFIG") else None)
    if file is None and ((folder or Path()) / FILE_NAME).is_file():
        file = (folder or Path()) / FILE_NAME
    if file is not None:
        for name, value in _read(file).items():
            _known(name, table, where=file.name)
            values[name], sources[name] = value, file.name
    for variable, text in environ.items():
        if not variable.startswith(ENVIRONMENT_PREFIX):
            continue
        name = variable.removeprefix(ENVIRONMENT_PREFIX)
        if name.lower() in table and text:
            values[name.lower()] = _parse(text, table[name.lower()], where=variable)
            sources[name.lower()] = variable
        elif name.lower() not in table and name not in _OTHERS and not name.startswith("TEST_"):
            _known(name.lower(), table, where=f"the environment ({variable})")
    for name, value in (flags or {}).items():
        if value is None:
            continue
        row = table[name]
        values[name] = _parse(value, row, where=row.flag) if isinstance(value, str) else value
        sources[name] = row.flag
    for name, value in values.items():
        _check(name, value, where=sources[name])
    return Loaded(settings=msgspec.convert(values, Settings), sources=sources, file=file)


def shown(row: Row, value: Any) -> str:
    """A value for people; a secret's is masked."""
    if row.is_secret and value and value != row.default:
        return MASKED
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def _read(file: Path) -> dict[str, Any]:
    try:
        data = file.read_bytes()
        if len(data) > _MOST_BYTES:
            raise BadSetting(f"{file} is too large for a settings file. Name another by --config.")
        return tomllib.loads(data.decode("utf-8-sig"))
    except OSError as exc:
        raise BadSetting(f"{file} cannot be read ({exc.strerror}). Name another by --config.", path=str(file)) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise BadSetting(f"{file} is not TOML ({' '.join(str(exc).split())}). Mend that line.") from exc


def _known(name: str, table: Mapping[str, Row], *, where: str) -> None:
    if name in table:
        return
    near = difflib.get_close_matches(name.lower().replace("-", "_"), table, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else "See: showroom config"
    raise BadSetting(f"{where}: there is no setting {name}. {hint}", name=name)


def _parse(text: str, row: Row, *, where: str) -> Any:
    """A value from text, as it comes by flags and by the environment."""
    if row.kind == "list":
        return tuple(one.strip() for one in text.split(",") if one.strip())
    if row.kind == "yes or no":
        if text.lower() in _YES | _NO:
            return text.lower() in _YES
        raise BadSetting(f"{where}: {text!r} is neither yes nor no. Write yes or no.", name=row.name)
    if row.kind == "text":
        return text
    try:
        return int(text) if row.kind == "whole number" else float(text)
    except ValueError:
        raise BadSetting(f"{where}: {text!r} is no {row.kind}.", name=row.name) from None


def _check(name: str, value: Any, *, where: str) -> None:
    try:
        msgspec.convert({name: value}, Settings)
    except msgspec.ValidationError as exc:
        why = str(exc).partition(" - at `")[0].replace("`", "")
        row = next(row for row in rows() if row.name == name)
        unit = f" {row.unit}" if row.unit else ""
        help_text = f" It is: {row.help}" if row.help else ""
        got = MASKED if row.is_secret else repr(value)
        raise BadSetting(
            f"{where}: {name} cannot be {got}{unit} ({why[:1].lower() + why[1:]}).{help_text}", name=name
        ) from exc


def _kind(kind: inspect.Type) -> Kind:
    if isinstance(kind, inspect.BoolType):
        return "yes or no"
    if isinstance(kind, inspect.IntType):
        return "whole number"
    if isinstance(kind, inspect.FloatType):
        return "number"
    if isinstance(kind, inspect.VarTupleType | inspect.ListType):
        return "list"
    return "text"
