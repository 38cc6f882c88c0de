"""Many inputs, real processes: crashes, hogs, kills and cancels stay where they happen."""

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from showroom_pipeline import batch, inputs
from showroom_pipeline.batch import Settings
from showroom_pipeline.events import Done, Event, Failed, Started, StepStarted
from showroom_pipeline.options import Options
from showroom_pipeline.workers import Stop

RECIPE = """
import os, time
from showroom_assets.errors import DamagedFile
from showroom_pipeline.graph import Graph, Step

FACTS, SUMMARY = "facts", "summary"

def read(path):
    with open(path, "rb") as file:
        data = file.read()
    if data.startswith(b"broken"):
        raise DamagedFile("It is broken. Export it again.")
    if data.startswith(b"abort"):
        os.abort()
    if data.startswith(b"exit"):
        os._exit(3)
    if data.startswith(b"bug"):
        raise ZeroDivisionError("1/0")
    if data.startswith(b"hog"):
        kept = []
        while True:
            kept.append(b"x" * 10_000_000)
    if data.startswith(b"child hog"):
        import subprocess, sys
        subprocess.run([sys.executable, "-c", "import time; kept = b'x' * 600_000_000; time.sleep(60)"])
    if data.startswith(b"sleep"):
        time.sleep(600)
    return data

def count(data):
    return {"bytes": len(data)}

def slow(data, *, wait_s):
    time.sleep(wait_s)
    return data * 1000

def result(data):
    return {"verdict": "passed", "reasons": [], "triangles_before": 1, "triangles_after": 1, "bytes_before": 1,
            "bytes_after": len(data)}

def intake(options):
    return Graph(steps=(Step(name="read", call="trial_recipe:read"),
                        Step(name="facts", call="trial_recipe:count", inputs=("read",))))

def product(options, facts, *, name):
    slow_s = float(os.environ.get("TRIAL_WAIT_S", "0"))
    return Graph(steps=(*intake(options).steps,
        Step(name="one", call="trial_recipe:slow", inputs=("read",), params={"wait_s": 0}, writes="one.bin"),
        Step(name="two", call="trial_recipe:slow", inputs=("one",), params={"wait_s": slow_s}, writes="two.bin"),
        Step(name="summary", call="trial_recipe:result", inputs=("two",))))
"""


@pytest.fixture
def scans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for inputs; the module ``trial_recipe`` converts them."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "trial_recipe.py").write_text(RECIPE)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "code"))
    (tmp_path / "scans").mkdir()
    return tmp_path / "scans"


def put(folder: Path, **contents: str) -> list[inputs.Input]:
    paths = []
    for name, text in contents.items():
        path = folder / f"{name}.stl"
        path.write_text(text)
        paths.append(path)
    return inputs.named(paths)


def settings(folder: Path, **changes: object) -> Settings:
    return Settings(
        **{"cache": folder.parent / "cache", "recipe": "trial_recipe", "memory_bytes": 400_000_000, **changes}
    )  # type: ignore[arg-type]


def convert(
    found: list[inputs.Input], folder: Path, *, told: list[Event] | None = None, **changes: object
) -> list[Done | Failed]:
    return batch.convert(
        found,
        folder.parent / "out",
        options=Options(),
        settings=settings(folder, **changes),
        stop=Stop(),
        emit=(told if told is not None else []).append,
    )


def hashes(out: Path) -> dict[str, str]:
    return {
        str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and ".showroom" not in path.parts
    }


def codes(outcomes: list[Done | Failed]) -> list[str]:
    return [outcome.error["code"] if isinstance(outcome, Failed) else "done" for outcome in outcomes]


def test_whatever_one_input_does_the_others_are_converted(scans: Path) -> None:
    found = put(scans, a="fine", b="broken", c="abort", d="exit", e="bug", f="hog", g="child hog", h="fine too")
    outcomes = convert(found, scans, jobs=2)
    assert codes(outcomes) == [
        "done", "input.damaged", "internal.crash", "internal.crash", "internal", "input.limit", "input.limit", "done",
    ]  # fmt: skip
    for outcome in outcomes:
        if isinstance(outcome, Failed):
            assert "\n" not in outcome.error["message"]
            assert not (scans.parent / "out" / outcome.name).exists()
    assert (scans.parent / "out" / "a" / "two.bin").read_bytes() == b"fine" * 1_000_000


def test_a_time_limit_ends_an_input(scans: Path) -> None:
    begun = time.monotonic()
    assert codes(convert(put(scans, a="sleep"), scans, time_limit_s=0.5)) == ["input.limit"]
    assert time.monotonic() - begun < 200, "it was waited for to the end"


def test_the_number_of_workers_changes_nothing(scans: Path) -> None:
    found = put(scans, **{f"s{n}": f"scan {n}" for n in range(5)})
    seen = []
    for jobs in (1, 2, 4, 1):
        out = scans.parent / f"out-{len(seen)}"
        batch.convert(
            found,
            out,
            options=Options(),
            settings=settings(scans, jobs=jobs, cache=None),
            stop=Stop(),
            emit=lambda _: None,
        )
        seen.append(hashes(out))
    assert len(seen[0]) == 10
    assert seen.count(seen[0]) == len(seen)


def test_nothing_changed_starts_no_worker(scans: Path) -> None:
    found = put(scans, a="fine")
    convert(found, scans)
    told: list[Event] = []
    (outcome,) = convert(found, scans, told=told)
    assert isinstance(outcome, Done)
    assert outcome.unchanged
    assert told == [outcome]


@pytest.mark.parametrize("change", ["input", "output", "missing", "added", "stamp"])
def test_whatever_changed_is_put_right(scans: Path, change: str) -> None:
    found = put(scans, a="fine")
    out = scans.parent / "out"
    convert(found, scans)
    good = hashes(out)
    match change:
        case "input":
            put(scans, a="new!")
        case "output":
            (out / "a" / "one.bin").write_text("meddled with")
        case "missing":
            (out / "a" / "one.bin").unlink()
        case "added":
            (out / "a" / "more.bin").write_text("stray")
        case "stamp":
            (out / ".showroom" / "stamps" / "a.json").write_text("{]")
    (outcome,) = convert(found, scans)
    assert isinstance(outcome, Done)
    assert not outcome.unchanged
    if change == "input":
        assert (out / "a" / "one.bin").read_bytes() == b"new!" * 1000
    else:
        assert hashes(out) == good


def test_a_failed_input_leaves_the_product_of_before_as_it_was(scans: Path) -> None:
    convert(put(scans, a="fine"), scans)
    good = hashes(scans.parent / "out")
    assert codes(convert(put(scans, a="broken"), scans)) == ["input.damaged"]
    assert hashes(scans.parent / "out") == good


def test_after_a_kill_the_next_run_goes_on_where_it_stopped(scans: Path, tmp_path: Path) -> None:
    found = put(scans, a="fine", b="fine as well")
    script = tmp_path / "run.py"
    script.write_text(
        f"""
import sys
from pathlib import Path
from showroom_pipeline import batch, inputs
from showroom_pipeline.batch import Settings
from showroom_pipeline.events import to_line
from showroom_pipeline.options import Options
from showroom_pipeline.workers import Stop
found = [inputs.Input(Path(p), n) for p, n in {[(str(f.path), f.name) for f in found]!r}]
settings = Settings(cache=Path({str(scans.parent / "cache")!r}), recipe="trial_recipe")
batch.convert(found, Path({str(scans.parent / "out")!r}), options=Options(), settings=settings, stop=Stop(),
              emit=lambda e: print(to_line(e), flush=True))
"""
    )
    env = {**os.environ, "TRIAL_WAIT_S": "30"}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, env=env, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line).get("step") == "two":
                break
        workers = _children(process.pid)
        assert workers
        process.kill()
    deadline = time.monotonic() + 60
    while any(_is_running(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_is_running(pid) for pid in workers), "a worker outlived its parent"
    assert hashes(scans.parent / "out") == {}, "half a product was published"

    told: list[Event] = []
    assert codes(convert(found, scans, told=told)) == ["done", "done"]
    ran = [event.step for event in told if isinstance(event, StepStarted) and event.name == "a"]
    assert ran == ["two", "summary"]
    assert list((scans.parent / "out" / ".showroom" / "tmp").iterdir()) == []


def test_cancelling_ends_the_workers_and_leaves_nothing_half(scans: Path) -> None:
    found = put(scans, a="fine", b="sleep", c="never begun")
    stop, seen = Stop(), threading.Event()

    def emit(event: Event) -> None:
        if isinstance(event, Started) and event.name == "b":
            seen.set()

    threading.Thread(target=lambda: (seen.wait(), time.sleep(0.2), stop.set()), daemon=True).start()
    begun = time.monotonic()
    outcomes = batch.convert(
        found, scans.parent / "out", options=Options(), settings=settings(scans, jobs=1), stop=stop, emit=emit
    )
    assert codes(outcomes) == ["done", "cancelled", "cancelled"]
    assert time.monotonic() - begun < 200, "it was waited for to the end"
    assert sorted(path.name for path in (scans.parent / "out").iterdir() if path.name != ".showroom") == ["a"]


def _children(pid: int) -> list[int]:
    import psutil

    return [child.pid for child in psutil.Process(pid).children(recursive=True)]


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
