"""
Try-on against known truth: heads, bodies, and furniture in a room.

Synthetic people with known pose (MakeHuman's CC0 data) before a synthetic camera; the product's own trackers look at
those very frames. Layers are never mixed: *true landmarks in* is our maths alone, *product* has the tracker's landmarks
in, and MediaPipe's stock face matrix stands in the same table as the peer. Software rendering on the CPU throughout.

``make bench-tryon`` takes under eight minutes, ``QUICK=1`` a minute and a half.
``tryon.py heads bodies place`` runs parts.
"""

import importlib
import sys
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "tryon"))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from record import QUICK, Goal, Record, say

HERE = Path(__file__).parent
PARTS = {"heads": "faces", "bodies": "bodies", "place": "place"}


def main() -> None:
    record = Record("tryon")
    record.peers = {"stock": "MediaPipe tasks-vision 0.10.35, facialTransformationMatrixes"}
    for part in sys.argv[1:] or PARTS:
        say(f"{part} …")
        found = measured(PARTS[part])
        record.figures[part] = found["figures"]
        for name, goal, value, met, group in found["goals"]:
            shown = None if value is None else round(float(value), 5)
            record.goals.append(Goal(name, goal, shown, met, group or part))
        if part == "heads" and "layers" in found["figures"]:
            importlib.import_module("faces").printed(found)
            record.noise["heads"] = found["figures"].get("noise", {})
    record.show()


def measured(module: str) -> dict[str, Any]:
    """A part's figures and goals; one that is not there, or breaks, is a goal that is not met."""
    if not (HERE / "tryon" / f"{module}.py").is_file():
        return {
            "figures": {},
            "goals": [(module, "is measured: there is nothing to measure it yet", None, False, module)],
        }
    try:
        found: dict[str, Any] = importlib.import_module(module).measure(QUICK)
    except Exception:  # noqa: BLE001 - the other parts are still worth having
        traceback.print_exc()
        return {"figures": {}, "goals": [(module, "is measured: it broke, see above", None, False, module)]}
    return found


if __name__ == "__main__":
    main()
