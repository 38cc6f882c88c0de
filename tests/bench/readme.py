"""
Put a benchmark's goals into the README: ``python tests/bench/readme.py pipeline`` after ``make bench-pipeline``.

The numbers between the two ``bench-NAME`` comments come from ``build/bench/NAME.json`` and from nowhere else.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parents[2]


def table(name: str, record: dict[str, Any]) -> str:
    """The goals as Markdown."""
    scans = len(record["figures"].get("scans", {}))
    beside = "; ".join(f"{peer} ({what})" for peer, what in sorted(record["peers"].items()))
    lines = [
        f"By `make bench-{name}`{f', {scans} scans' if scans else ''}, beside {beside}:",
        "",
        "| | goal | measured |",
        "|---|---|---|",
    ]
    for goal in record["goals"]:
        unjudged = " (not measured)" if goal["value"] is None else ""
        mark = {True: "", False: " (missed)", None: unjudged}[goal["met"]]
        value = "" if goal["value"] is None else f"{goal['value']:g}"
        says = goal["goal"].replace("|", "\\|")
        lines.append(f"| {goal['name']} | {says} | {value}{mark} |")
    return "\n".join([*lines, "", f"Noise of the same measurement in that run: {_noise(record['noise'])}."])


def _noise(found: dict[str, Any]) -> str:
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
        raise SystemExit("That was a quick run: make the whole one for the README.")
    readme = REPO / "README.md"
    marks = (f"<!-- bench-{name} -->", f"<!-- /bench-{name} -->")
    text, found = re.subn(
        re.escape(marks[0]) + ".*?" + re.escape(marks[1]),
        lambda _: "\n\n".join([marks[0], table(name, record), marks[1]]),
        readme.read_text(),
        flags=re.DOTALL,
    )
    if found != 1:
        raise SystemExit(f"README.md needs one block between {marks[0]} and {marks[1]}.")
    readme.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1])
