"""
What a conversion says while it works: small frozen events, one JSON line each.

The same lines travel from a worker process to its parent, to ``--progress json`` and to whoever relays them further.
Not a logger: an event is meant for a program first; the sentences for people are made where they are shown.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A worker took up the input. ``steps`` is how many steps the recipe has as far as is known."""

    name: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A step runs now. ``fraction`` 0..1 is the share of the whole input's work that is already done."""

    name: str
    step: str
    fraction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone:
    """A step is settled: it ran for ``wall_s``, or its result was found in the cache (``cached``)."""

    name: str
    step: str
    fraction: float
    cached: bool
    wall_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something worth telling that stops nothing: a hole was closed, the cache cannot be written."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """
    The product is in its folder. ``result`` is the summary that the final table shows: ``triangles_before``,
    ``triangles_after``, ``bytes_before``, ``bytes_after``, ``verdict`` and, for a refused product, ``reason``.
    ``unchanged`` says that nothing had to be done.
    """

    name: str
    folder: str
    result: Json
    unchanged: bool = False
    cpu_s: float = 0.0
    wall_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The input could not be converted; ``error`` is the one JSON shape of an error: code, message, fields."""

    name: str
    error: Json
    cpu_s: float = 0.0
    wall_s: float = 0.0
    folder: str = ""
    result: Json = field(default_factory=dict)


Event = Started | StepStarted | StepDone | Note | Done | Failed
Listener = Callable[[Event], None]

_KINDS: dict[str, type[Any]] = {
    "started": Started,
    "step": StepStarted,
    "step_done": StepDone,
    "note": Note,
    "done": Done,
    "failed": Failed,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def to_line(event: Event) -> str:
    """One JSON object without a line break; ``event`` is its first key."""
    return json.dumps({"event": _NAMES[type(event)], **asdict(event)}, ensure_ascii=False, separators=(",", ":"))


def from_line(line: str) -> Event:
    """
    The event that ``to_line`` wrote.

    Raises
    ------
    ValueError
        If the line is not such an event.
    """
    fields = json.loads(line)
    try:
        kind = _KINDS[fields.pop("event")]
        event: Event = kind(**fields)
    except (KeyError, TypeError, AttributeError) as exc:
        raise ValueError(f"not an event: {line[:200]}") from exc
    return event
