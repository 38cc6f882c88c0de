"""The recipe: which steps there are, and which of them an option touches."""

from dataclasses import replace
from typing import Any

import pytest

from showroom_assets.budgets import DEFAULT_BUDGETS
from showroom_pipeline import presets, recipe
from showroom_pipeline.graph import Graph, Step
from showroom_pipeline.options import DELIVERIES, Options

SCAN = {
    "kind": "mesh",
    "authored": False,
    "triangles": 40_000,
    "is_textured": True,
    "is_animated": False,
    "texture_px": 1024,
    "diagonal_m": 0.3,
}


def graph(options: Options | None = None, **facts: Any) -> Graph:
    return recipe.product(options or Options(), {**SCAN, **facts}, name="shoe")


def keys(steps: Graph) -> dict[str, str]:
    """The key each step would have, if every step's result depended on nothing but its own key."""
    known = {"input": "content"}
    for step in steps:
        known[step.name] = step.key(known[name] for name in step.inputs)
    return known


def unlike(one: Graph, other: Graph) -> list[Step]:
    """Steps of ``other`` that would run after ``one`` had run."""
    before = set(keys(one).values())
    after = keys(other)
    return [step for step in other if after[step.name] not in before]


@pytest.mark.parametrize(
    "change",
    [
        {"textures": "webp"},
        {"licence": "CC0-1.0"},
        {"force": True},
        {"deliveries": ("mobile", "plain")},
    ],
)
def test_a_texture_option_runs_no_geometry_step(change: dict[str, Any]) -> None:
    run = unlike(graph(), graph(replace(Options(), **change)))
    assert run
    assert [step.name for step in run if step.geometry] == []


def test_in_a_first_look_a_byte_limit_runs_no_geometry_step() -> None:
    run = unlike(graph(Options(fast=True)), graph(Options(fast=True, max_bytes=500_000)))
    assert run
    assert [step.name for step in run if step.geometry] == []


def test_another_unit_repeats_the_geometry_but_not_the_reading() -> None:
    run = {step.name for step in unlike(graph(), graph(Options(unit="cm")))}
    assert "normalise" in run
    assert not run & {"read", "reconstruct", "clean"}


def test_every_delivery_has_its_file_and_at_least_three_levels_but_the_plain_one() -> None:
    steps = graph()
    written = {step.writes for step in steps}
    assert {f"{name}.glb" for name in DELIVERIES} <= written
    assert {"webp.glb", "product.usdz", "poster.webp", "product.json"} <= written
    deliveries = steps["product"].params["deliveries"]
    assert {name: len(files) >= 3 for name, files in deliveries.items()} == {
        **dict.fromkeys((*DELIVERIES, "webp"), True),
        "plain": False,
    }


def test_a_first_look_makes_no_ktx2_no_usdz_and_no_turntable() -> None:
    steps = graph(Options(fast=True))
    assert not any(step.params.get("style") == "meshopt+ktx2" for step in steps)
    assert not {"show usdz", "show turntable"} & {step.name for step in steps}


@pytest.mark.parametrize("triangles", [12, 500, 40_000, 3_000_000])
@pytest.mark.parametrize("target", [None, 100, 4000])
def test_levels_never_have_more_triangles_than_the_one_before(triangles: int, target: int | None) -> None:
    steps = graph(Options(target_triangles=target), triangles=triangles)
    for step in steps:
        if step.name.startswith("levels of"):
            targets = [steps[name].params["target"] for name in step.inputs]
            assert targets == sorted(targets, reverse=True)
            assert targets[0] <= min(target or triangles, triangles)


@pytest.mark.parametrize("name", DELIVERIES)
def test_the_presets_keep_the_budgets(name: str) -> None:
    preset, budget = presets.load(name), DEFAULT_BUDGETS[name]
    assert budget.triangles is not None
    assert preset["triangles"] <= budget.triangles
    assert budget.size_bytes is not None
    assert preset["max_bytes"] <= budget.size_bytes
    assert budget.texture_px is not None
    assert max(preset["texture_px"].values()) <= budget.texture_px


def test_devices_that_need_the_same_share_their_steps() -> None:
    files = {step.writes: step.inputs for step in graph() if step.writes}
    assert files["desktop.glb"] == files["headset.glb"]  # 40k triangles and a 1k texture are within both budgets
    assert files["desktop.glb"] != files["mobile.glb"]


def test_choosing_the_steps_loads_no_numpy() -> None:
    import subprocess
    import sys

    code = (
        "import sys\nfrom showroom_pipeline import batch, inputs, recipe\n"
        "from showroom_pipeline.options import Options\n"
        f"recipe.product(Options(), {SCAN!r}, name='a').digest()\n"
        "assert not {'numpy', 'rich', 'scipy', 'msgspec'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
