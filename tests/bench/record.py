"""
What every benchmark writes: ``build/bench/NAME.json`` with figures, peers and goals, and a table of the goals.

``noise`` states how much the same measurement differed from itself in this run: no ratio closer to its goal than that
is worth believing.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parents[2]
QUICK = bool(os.environ.get("QUICK"))


@dataclass(frozen=True)
class Goal:
    """``goal`` is a sentence with the bound in it, ``value`` what was measured; ``met`` is None where it was not."""

    name: str
    goal: str
    value: float | None
    met: bool | None
    group: str = ""


@dataclass
class Record:
    """A benchmark's results in the making."""

    name: str
    figures: dict[str, Any] = field(default_factory=dict)
    peers: dict[str, Any] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)
    noise: dict[str, Any] = field(default_factory=dict)
    _group: str = ""

    @classmethod
    def read(cls, name: str) -> "Record":
        """What the last run of a benchmark wrote, to add to it."""
        found = json.loads((REPO / "build" / "bench" / f"{name}.json").read_text())
        del found["machine"]
        return cls(**{**found, "goals": [Goal(**goal) for goal in found["goals"]]})

    def at_most(self, name: str, goal: str, value: float | None, bound: float) -> None:
        self._add(name, goal, value, None if value is None else value <= bound)

    def at_least(self, name: str, goal: str, value: float | None, bound: float) -> None:
        self._add(name, goal, value, None if value is None else value >= bound)

    def told(self, name: str, what: str, value: float) -> None:
        """A value that no goal judges, to read the others by."""
        self._add(name, what, value, None)

    def _add(self, name: str, goal: str, value: float | None, met: bool | None) -> None:
        self.goals.append(Goal(name, goal, None if value is None else round(float(value), 5), met, self._group))

    @contextmanager
    def group(self, name: str) -> Iterator[None]:
        """Goals that ``forget`` can take back, to state them again on more data."""
        self._group = name
        yield
        self._group = ""

    def forget(self, group: str) -> None:
        self.goals = [goal for goal in self.goals if goal.group != group]

    def write(self) -> Path:
        """Write what there is so far."""
        path = REPO / "build" / "bench" / f"{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        machine = {"system": platform.platform(), "cpus": os.cpu_count(), "load": os.getloadavg(), "quick": QUICK}
        found = {key: value for key, value in asdict(self).items() if not key.startswith("_")}
        path.write_text(json.dumps({"machine": machine, **found}, indent=1, sort_keys=True) + "\n")
        return path

    def show(self) -> None:
        """The goals as a table, and the noise they must be read against."""
        width = max((len(goal.name) for goal in self.goals), default=0)
        for goal in self.goals:
            mark = {True: "met   ", False: "MISSED", None: "      "}[goal.met]
            print(f"{mark} {goal.name:<{width}}  {goal.value!s:>10}  {goal.goal}")
        print(f"noise: {json.dumps(self.noise)}\nwritten to {self.write().relative_to(REPO)}")


@dataclass(frozen=True)
class Ran:
    """A finished command: exit code, CPU seconds of it and its children, wall seconds, standard output."""

    code: int
    cpu_s: float
    wall_s: float
    out: str


def run(command: Sequence[str | Path], *, log: Path, env: dict[str, str] | None = None) -> Ran:
    """Run a command to its end; its errors go to ``log``. Safe in threads: the CPU is that of this child's own tree."""
    log.parent.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    with log.open("a") as errors, tempfile.TemporaryFile("w+") as out:
        child = subprocess.Popen(
            [str(part) for part in command], stdout=out, stderr=errors, text=True, env={**os.environ, **(env or {})}
        )
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        out.seek(0)
        return Ran(child.returncode, used.ru_utime + used.ru_stime, wall, out.read())


def say(text: str) -> None:
    """Progress, at once and beside the results."""
    print(text, file=sys.stderr, flush=True)
