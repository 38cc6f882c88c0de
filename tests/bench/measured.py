"""
State what a benchmark measured: ``python tests/bench/measured.py pipeline`` after ``make bench-pipeline``.

The table between the two ``bench-NAME`` comments of docs/measured.md, and the benchmark's row in the README, come from
``build/bench/NAME.json`` and from nowhere else.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any, Final

REPO = Path(__file__).resolve().parents[2]

Json = dict[str, Any]

#: The goals that a benchmark's row in the README names, next to all that were missed.
HEADLINES: Final[dict[str, tuple[str, ...]]] = {
    "pipeline": ("PSNR gain", "surface error", "everything"),
    "client": ("first product", "draw calls", "first-load code"),
    "tryon": ("yaw, product", "still", "garment silhouette, product", "place_fit_right"),
    "realtime": ("crowd", "beside Colyseus", "bytes a client"),
    "shop": ("SQLite: claims a second over HTTP", "beside plain UPDATE", "PostgreSQL: lost"),
    "resume": ("back, half of them", "lost their seat"),
    "memory": ("flat",),
}


def table(name: str, record: Json) -> str:
    """All goals as Markdown, with the peers and the noise of the run."""
    scans = len(record["figures"].get("scans", {}))
    lines = [
        f"By `make bench-{name}`{f', {scans} scans' if scans else ''}, {_beside(record['peers'])}:",
        "",
        "| | goal | measured |",
        "|---|---|---|",
    ]
    lines += [f"| {goal['name']} | {_says(goal)} | {_value(goal)}{_mark(goal)} |" for goal in record["goals"]]
    return "\n".join([*lines, "", f"Noise of the same measurement in that run: {_noise(record['noise'])}."])


def row(name: str, record: Json) -> str:
    """One line for the README: how many goals were met, which were not, and a few of the others."""
    judged = [goal for goal in record["goals"] if goal["met"] is not None]
    missed = [goal for goal in judged if not goal["met"]]
    goals = {goal["name"]: goal for goal in record["goals"]}
    told = [f"{one} **{_value(goals[one])}** ({_says(goals[one])})" for one in HEADLINES[name] if one in goals]
    told += [f"*missed:* {goal['name']} {_value(goal)} ({_says(goal)})" for goal in missed]
    return f"| `bench-{name}` | {len(judged) - len(missed)} of {len(judged)} | {'<br>'.join(told)} |"


def _beside(peers: dict[str, str]) -> str:
    if set(peers) == {"none"}:
        return peers["none"]
    return "beside " + "; ".join(f"{peer} ({what})" for peer, what in sorted(peers.items()))


def _says(goal: Json) -> str:
    return str(goal["goal"]).replace("|", "\\|")


def _value(goal: Json) -> str:
    value = goal["value"]
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"


def _mark(goal: Json) -> str:
    if goal["value"] is None:
        return "not measured"
    return " (missed)" if goal["met"] is False else ""


def _noise(found: Json) -> str:
    def said(value: Any) -> str:
        if isinstance(value, dict):
            return ", ".join(f"{key} {said(one)}" for key, one in value.items())
        if isinstance(value, list):
            return " to ".join(said(one) for one in (min(value), max(value))) if value else "none"
        return f"{value:.3g}" if isinstance(value, float) else str(value)

    return "; ".join(f"{what}: {said(value)}" for what, value in found.items())


def main(name: str) -> None:
    record = json.loads((REPO / "build" / "bench" / f"{name}.json").read_text())
    if record["machine"]["quick"]:
        raise SystemExit("That was a quick run: make the whole one to state it.")
    marks = (f"<!-- bench-{name} -->", f"<!-- /bench-{name} -->")
    _put(
        REPO / "docs" / "measured.md",
        re.escape(marks[0]) + ".*?" + re.escape(marks[1]),
        "\n\n".join([marks[0], table(name, record), marks[1]]),
    )
    _put(REPO / "README.md", rf"^\| `bench-{name}` \|.*?$", row(name, record))


def _put(page: Path, place: str, text: str) -> None:
    put, found = re.subn(place, lambda _: text, page.read_text(), flags=re.DOTALL | re.MULTILINE)
    if found != 1:
        raise SystemExit(f"{page.name} needs one place like {place}")
    page.write_text(put)


if __name__ == "__main__":
    main(sys.argv[1])
