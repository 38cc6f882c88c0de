"""The engine runs what must run, and nothing else."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from showroom_pipeline import graph as graphs
from showroom_pipeline.cache import Cache
from showroom_pipeline.events import Event, Note, StepDone, StepStarted
from showroom_pipeline.graph import Graph, Json, Step
from showroom_pipeline.run import Run

STEPS = """
CALLS = []

def shape(path, *, size):
    CALLS.append("shape")
    return {"vertices": list(range(size))}

def tidy(shape, *, keep):
    CALLS.append("tidy")
    return {"vertices": shape["vertices"][:keep]}

def paint(tidy, *, quality):
    CALLS.append("paint")
    return b"%d:%d" % (len(tidy["vertices"]), quality)

def both(painted):
    return {"a.bin": painted, "b.bin": painted[::-1]}
"""


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the steps called so far, from a module of steps made for the test."""
    (tmp_path / "trial_steps.py").write_text(STEPS)
    monkeypatch.syspath_prepend(str(tmp_path))
    graphs._source.cache_clear()
    graphs.source_digest.cache_clear()
    import trial_steps

    yield trial_steps.CALLS
    del sys.modules["trial_steps"]


def graph(*, size: int = 5, keep: int = 3, quality: int = 80) -> Graph:
    def step(name: str, inputs: tuple[str, ...], params: Json, writes: str = "") -> Step:
        return Step(name=name, call=f"trial_steps:{name}", inputs=inputs, params=params, writes=writes)

    return Graph(
        steps=(
            step("shape", ("input",), {"size": size}),
            step("tidy", ("shape",), {"keep": keep}),
            step("paint", ("tidy",), {"quality": quality}, "paint.bin"),
            step("both", ("paint",), {}, "*"),
        )
    )


def run(
    steps: Graph, cache: Cache | None, *, content: str = "c", emit: Callable[[Event], None] = lambda _: None
) -> Run:
    made = Run(name="n", path="/scan.obj", content=content, cache=cache, emit=emit)
    made.extend(steps)
    made.settle()
    return made


def files(made: Run) -> dict[str, bytes]:
    return dict(made.files())


EXPECTED = {"paint.bin": b"3:80", "a.bin": b"3:80", "b.bin": b"08:3"}


@pytest.mark.parametrize("kept", [True, False])
def test_each_step_runs_once_and_the_files_are_those_of_the_steps_that_write(
    tmp_path: Path, calls: list[str], kept: bool
) -> None:
    assert files(run(graph(), Cache(tmp_path / "c") if kept else None)) == EXPECTED
    assert calls == ["shape", "tidy", "paint"]


def test_a_second_run_runs_nothing_and_gives_the_same_files(tmp_path: Path, calls: list[str]) -> None:
    run(graph(), Cache(tmp_path / "c"))
    calls.clear()
    again = run(graph(), Cache(tmp_path / "c"))
    assert files(again) == EXPECTED
    assert calls == []
    assert again.ran == []


def test_changing_texture_quality_runs_no_geometry_step(tmp_path: Path, calls: list[str]) -> None:
    run(graph(), Cache(tmp_path / "c"))
    calls.clear()
    assert files(run(graph(quality=50), Cache(tmp_path / "c")))["paint.bin"] == b"3:50"
    assert calls == ["paint"]


def test_a_step_whose_inputs_come_out_equal_is_not_run_again(tmp_path: Path, calls: list[str]) -> None:
    run(graph(size=5), Cache(tmp_path / "c"))
    calls.clear()
    run(graph(size=6), Cache(tmp_path / "c"))  # tidy keeps the first three of either
    assert calls == ["shape", "tidy"]


def test_other_input_bytes_run_everything_that_differs(tmp_path: Path, calls: list[str]) -> None:
    run(graph(), Cache(tmp_path / "c"))
    calls.clear()
    run(graph(), Cache(tmp_path / "c"), content="d")
    assert calls == ["shape"]  # which happens to give the same, so the rest is known


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty", "header"])
def test_damaged_entries_are_noticed_and_made_again(tmp_path: Path, calls: list[str], damage: str) -> None:
    run(graph(), Cache(tmp_path / "c"))
    for path in (tmp_path / "c").rglob("*.value"):
        data = bytearray(path.read_bytes())
        if damage == "flip":
            data[-1] ^= 1
        elif damage == "header":
            data[20] ^= 1
        path.write_bytes(data[: len(data) // 2] if damage == "truncate" else b"" if damage == "empty" else data)
    assert files(run(graph(), Cache(tmp_path / "c"))) == EXPECTED
    calls.clear()
    assert files(run(graph(), Cache(tmp_path / "c"))) == EXPECTED


def test_a_change_of_a_steps_code_runs_it_again(tmp_path: Path, calls: list[str]) -> None:
    before = graph().digest()
    graphs.source_digest.cache_clear()
    (tmp_path / "trial_steps.py").write_text(STEPS.replace("%d:%d", "%d;%d"))
    after = graph().digest()
    graphs.source_digest.cache_clear()
    assert before != after


def test_a_cache_that_cannot_be_written_is_a_note_and_no_failure(tmp_path: Path, calls: list[str]) -> None:
    (tmp_path / "c").write_text("a file where the folder should be")
    told: list[Event] = []
    assert files(run(graph(), Cache(tmp_path / "c"), emit=told.append)) == EXPECTED
    assert len([event for event in told if isinstance(event, Note)]) == 1
    assert calls == ["shape", "tidy", "paint"]


def test_progress_never_goes_back_and_ends_at_one(tmp_path: Path, calls: list[str]) -> None:
    told: list[Event] = []
    run(graph(), Cache(tmp_path / "c"), emit=told.append)
    fractions = [event.fraction for event in told if isinstance(event, StepDone | StepStarted)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0


def test_steps_in_a_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="no step before it makes"):
        Graph(steps=(Step(name="b", call="m:f", inputs=("a",)), Step(name="a", call="m:f")))


def test_the_digest_of_a_modules_source_covers_what_it_imports() -> None:
    source = (
        "from showroom_assets.scene import Scene\n"
        "def f():\n    from showroom_pipeline.steps import clean, holes as h\n    import showroom_pipeline.run\n"
        "from . import files\nfrom .scan import (\n    Scan,\n    Frame,  # why\n)\nimport numpy\n"
    )
    assert set(graphs._imports("showroom_pipeline.ingest", True, source)) >= {
        "showroom_assets.scene",
        "showroom_pipeline.steps.clean",
        "showroom_pipeline.steps.holes",
        "showroom_pipeline.run",
        "showroom_pipeline.ingest.files",
        "showroom_pipeline.ingest.scan",
    }
    assert "numpy" not in graphs._imports("showroom_pipeline.ingest", True, source)
