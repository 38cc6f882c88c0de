"""The mirror in the browser and ``showroom fit`` seat products by the same numbers."""

import re
from pathlib import Path

import pytest

from showroom_pipeline.wearing.rules import on_head, rules, worn_as

CLIENT = Path(__file__).parents[4] / "webclient" / "src" / "tryon"


def numbers(text: str) -> list[float]:
    return [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", text)]


def source(name: str) -> str:
    return (CLIENT / name).read_text()


def constant(text: str, name: str) -> list[float]:
    found = re.search(rf"const {name}\b[^=]*= ([^;]*);", text)
    assert found, f"{name} is not in the client any more"
    return numbers(found[1])


@pytest.mark.parametrize(
    ("table", "worn"), [("SPECTACLES", "spectacles"), ("HAT", "hat"), ("HEADPHONES", "headphones")]
)
def test_anchors_have_the_places_that_the_mirror_gives_them(table: str, worn: str) -> None:
    text = source("wear.ts")
    block = re.search(rf"const {table}\b[^=]*= \{{(.*?)\n\}};", text, re.DOTALL)
    assert block
    named = {name: constant(text, name) for name in ("EAR", "CANAL")}
    found = {}
    for name, place, rest in re.findall(
        r"^  (\w+): \{ place: (\[.*?\]|\w+), (weight.*?) \},?$", block[1], re.MULTILINE
    ):
        mirrored = re.match(r"\[-(\w+)\[0\]", place)
        if mirrored:
            x, y, z = named[mirrored[1]]
            at = [-x, y, z]
        else:
            at = named[place] if place in named else numbers(place)
        weight, *off = numbers(rest)
        found[name] = (at, weight, off)
    ours = {name: (rule["place"], rule["weight"], rule.get("off_m", [])) for name, rule in on_head(worn).items()}  # type: ignore[arg-type]
    assert found == ours


def test_a_head_is_found_and_hides_as_in_the_mirror() -> None:
    face = source("face.ts")
    still = re.search(r"const STILL\b.*?= \[(.*?)\n\];", face, re.DOTALL)
    assert still
    assert [[a, b] for a, b in zip(*[iter(numbers(still[1]))] * 2, strict=True)] == rules()["still"]
    assert constant(face, "IRIS_M") == [rules()["iris_m"]]
    assert constant(source("camera.ts"), "VERTICAL_DEG") == [rules()["vertical_deg"]]
    hides = source("occluder.ts")
    assert constant(hides, "INSET_M") == [rules()["occluder"]["inset_m"]]
    for part in ("skull", "neck", "ear"):
        spec = rules()["occluder"][part]
        assert constant(hides, part.upper()) == [*spec["at"], *spec["radii"]]


def test_what_shops_call_things_is_worn_as_what_they_are() -> None:
    assert [worn_as(kind) for kind in ("sunglasses", "cap", "t-shirt", "headphones")] == [
        "spectacles", "hat", "garment", "headphones",
    ]  # fmt: skip
    assert worn_as("sofa") is None
    assert worn_as("watch") is None
