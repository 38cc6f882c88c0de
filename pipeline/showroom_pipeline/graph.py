"""
A recipe: an ordered graph of pure steps, as plain data.

What it is: names, versions, parameters and who reads whom; importing it costs nothing, so the decision that nothing has
changed is made before numpy is loaded. What it is not: the steps themselves (``steps/``, ``stages/``), the choice of
steps (``recipe``), or the running of them (``run``).
"""

import functools
import hashlib
import importlib.util
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]

INPUT = "input"
"""The name under which every graph knows the input's path; its digest is that of the files' bytes."""

_FORMAT = 1  # of keys: raise it when the meaning of a key changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One pure step.

    Parameters
    ----------
    name
        Unique in its graph, like ``textures.mobile``.
    call
        ``module:function``, imported when it runs. It is called with the inputs' values by position and the
        parameters by keyword, and must not read a clock, a random source or a file other than ``input``.
    version
        Raise it when the same inputs give another result for a reason outside the code (a library was changed).
        Changes of the code itself are seen by the digest of the source of ``call``'s module and what it imports.
    params
        JSON; part of the key.
    inputs
        Names of earlier steps, or ``input``.
    writes
        ``""`` for an intermediate result; a file name if the result is that file's bytes; ``"*"`` if it is a dict of
        file names and bytes.
    cached
        False for results that are faster made than read.
    geometry
        Whether the step works on the mesh: what a change of texture options must not repeat.
    weight
        Rough share of the work, for the progress bar.
    """

    name: str
    call: str
    version: int = 1
    params: Json = field(default_factory=dict)
    inputs: tuple[str, ...] = (INPUT,)
    writes: str = ""
    cached: bool = True
    geometry: bool = False
    weight: float = 1.0

    def key(self, inputs: Iterable[str]) -> str:
        """What the result is kept under: changes with anything that could change the result; hex SHA-256."""
        module = self.call.partition(":")[0]
        parts = [_FORMAT, self.call, self.version, self.params, list(inputs), source_digest(module)]
        return digest(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """
    Steps in an order in which each finds its inputs made.

    Raises
    ------
    ValueError
        If a name is used twice, or a step reads what does not come before it.
    """

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        known = {INPUT}
        for step in self.steps:
            if step.name in known:
                raise ValueError(f"two steps are called {step.name}")
            missing = [name for name in step.inputs if name not in known]
            if missing:
                raise ValueError(f"{step.name} reads {', '.join(missing)}, which no step before it makes")
            known.add(step.name)

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __getitem__(self, name: str) -> Step:
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    def digest(self) -> str:
        """One hash for all steps, their parameters and their code."""
        return digest([[step.name, step.inputs, step.writes, step.key(())] for step in self.steps])


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of ``value``."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<package>(?:showroom_(?:pipeline|assets)|\.+)[\w.]*)[ \t]+"
    r"import[ \t]+(?P<names>\([^)]*\)|[^\n(]+)"
    r"|import[ \t]+(?P<module>showroom_(?:pipeline|assets)[\w.]*))",
    re.MULTILINE,
)


@functools.cache
def source_digest(module: str) -> str:
    """
    One hash for the source of ``module`` and of every module of our own that it imports, directly or not.

    Editing a step therefore never serves a stale result. Reading and scanning some twenty small files takes 2 ms;
    importing them to ask would take a second.
    """
    seen: dict[str, bytes] = {}
    todo = [module]
    while todo:
        name = todo.pop()
        path = _source(name)
        if path is None or name in seen:
            continue
        source = path.read_bytes()
        seen[name] = hashlib.sha256(source).digest()
        todo += _imports(name, path.name == "__init__.py", source.decode("utf-8", "replace"))
    joined = hashlib.sha256()
    for name in sorted(seen):
        joined.update(name.encode() + seen[name])
    return joined.hexdigest()


def _imports(module: str, is_package: bool, source: str) -> list[str]:
    found: list[str] = []
    for match in _IMPORT.finditer(source):
        if match["module"]:
            found.append(match["module"])
            continue
        base = match["package"]
        if base.startswith("."):
            up = len(base) - len(base.lstrip("."))
            parts = module.split(".")
            parts = parts[: len(parts) - up + is_package]
            base = ".".join([*parts, base.lstrip(".")]).rstrip(".")
        found.append(base)
        names = re.sub(r"#[^\n]*", "", match["names"]).strip("() \n")
        found += [f"{base}.{name.split()[0]}" for name in names.split(",") if name.strip()]
    return found


@functools.cache
def _source(module: str) -> Path | None:
    """The file of a module, found without importing it."""
    top, *rest = module.split(".")
    spec = importlib.util.find_spec(top)
    if spec is None or not spec.submodule_search_locations:
        return Path(spec.origin) if spec is not None and spec.origin and not rest else None
    base = Path(next(iter(spec.submodule_search_locations))).joinpath(*rest)
    for path in (base.with_suffix(".py") if rest else base / "__init__.py", base / "__init__.py"):
        if path.is_file():
            return path
    return None
