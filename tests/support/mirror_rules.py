"""
The mirror's numbers, read out of the client's sources: ``python tests/support/mirror_rules.py`` writes them anew for
``showroom fit`` after they were changed there.
"""

import json
import re
from pathlib import Path
from typing import Any

_REPO = Path(__file__).parents[2]
_CLIENT = _REPO / "webclient" / "src" / "tryon"
RULES = _REPO / "pipeline" / "showroom_pipeline" / "wearing" / "rules.json"
_TABLES = {"SPECTACLES": "spectacles", "HAT": "hat", "HEADPHONES": "headphones"}
_ON_LIMB = r"^  (\w+): \{ anchor: \"(\w+)\", rotation: \[(.*?)\] \}"
_ARM = (
    "STEP_M", "FROM_M", "TO_M", "REACH_M", "LEAST_ROWS", "MOST_MISSED", "CLEAR", "DIFFERS", "MOST_BENT_COS", "LUMA",
)  # fmt: skip
_ABOUT = "The mirror's own numbers (webclient/src/tryon); tests/support/mirror_rules.py writes them anew."


def from_client() -> dict[str, Any]:
    """What ``rules.json`` has to hold."""
    wear, face, hides, hand, solved, arm = (
        (_CLIENT / f"{name}.ts").read_text() for name in ("wear", "face", "occluder", "hand", "hand-palm", "hand-arm")
    )
    still = re.search(r"const STILL\b.*?= \[(.*?)\n\];", face, re.DOTALL)
    assert still
    flat = _numbers(still[1])
    palm = _constant(solved, "PALM")
    return {
        "about": _ABOUT,
        "vertical_deg": _constant((_CLIENT / "camera.ts").read_text(), "VERTICAL_DEG")[0],
        "iris_m": _constant(face, "IRIS_M")[0],
        "on_head": {worn: _table(wear, table) for table, worn in _TABLES.items()},
        "on_limb": {
            worn: {"anchor": anchor, "rotation": _numbers(rotation)}
            for worn, anchor, rotation in re.findall(
                r"^  (\w+): \{ anchor: \"(\w+)\", rotation: \[(.*?)\] \}", wear, re.MULTILINE
            )
        },
        "hand": {
            "palm": [palm[i : i + 5] for i in range(0, len(palm), 5)],
            "watch_m": _constant(hand, "WATCH_M")[0],
            "ring_share": _constant(hand, "RING_SHARE")[0],
            "lean": _constant(hand, "LEAN")[0],
            "depth_share": _constant(solved, "DEPTH_SHARE")[0],
            "flat": _constant(hand, "FLAT")[0],
            "scales": _constant(hand, "SCALES"),
        },
        "arm": {
            **{name.lower(): _constant(arm, name)[0] for name in _ARM},
            "half_m": _constant(arm, "HALF_M"),
        },
        "still": [[int(at), across, up] for at, across, up in zip(flat[::3], flat[1::3], flat[2::3], strict=True)],
        "occluder": {
            "inset_m": _constant(hides, "INSET_M")[0],
            **{part: _constant(hides, part.upper()) for part in ("wrist", "finger")},
            **{part: _bulge(_constant(hides, part.upper())) for part in ("skull", "neck", "ear")},
        },
    }


def _table(text: str, name: str) -> dict[str, Any]:
    block = re.search(rf"const {name}\b[^=]*= \{{(.*?)\n\}};", text, re.DOTALL)
    assert block, f"{name} is not in the client any more"
    places = {key: _constant(text, key) for key in ("EAR", "CANAL")}
    out: dict[str, Any] = {}
    for key, place, rest in re.findall(r"^  (\w+): \{ place: (\[.*?\]|\w+), (weight.*?) \},?$", block[1], re.MULTILINE):
        mirrored = re.match(r"\[-(\w+)\[0\]", place)
        if mirrored:
            x, y, z = places[mirrored[1]]
            at = [-x, y, z]
        else:
            at = places[place] if place in places else _numbers(place)
        weight, *off = _numbers(rest)
        out[key] = {"place": at, "weight": weight, **({"off_m": off} if off else {})}
    return out


def _bulge(six: list[float]) -> dict[str, list[float]]:
    return {"at": six[:3], "radii": six[3:]}


def _constant(text: str, name: str) -> list[float]:
    found = re.search(rf"const {name}\b[^=]*= ([^;]*);", text)
    assert found, f"{name} is not in the client any more"
    return _numbers(found[1])


def _numbers(text: str) -> list[float]:
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", text)]


if __name__ == "__main__":
    RULES.write_text(re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda m: "[" + " ".join(m[1].split()) + "]",
                            json.dumps(from_client(), indent=2)) + "\n")  # fmt: skip
