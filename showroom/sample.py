"""One number that a service shows to the operator, read at the moment of a scrape. Not a metrics library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """
    Parameters
    ----------
    name
        As Prometheus writes it: ``showroom_room_staleness_seconds``; base units; no ``_total`` (counters get it).
    labels
        The same keys, in the same order, in every sample of one name; few values, never anything personal.
    """

    name: str
    help: str
    value: float
    kind: Literal["counter", "gauge"] = "gauge"
    labels: Mapping[str, str] = field(default_factory=dict)
