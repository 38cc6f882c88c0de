"""The commands around the library, as a merchant types them: real processes, real exit codes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from shelf_files import product_of

from showroom_assets.glb import write_glb
from showroom_assets.scene import Primitive, single

Showroom = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def showroom(tmp_path: Path) -> Showroom:
    """Runs the command in a folder and with a library of its own."""

    def run(*args: object, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "showroom", *map(str, args)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "SHOWROOM_LIBRARY": str(tmp_path / "library"), **environment},
            timeout=120,
            check=False,
        )

    return run


def model(triangles: int = 12) -> bytes:
    import numpy as np

    angles = np.linspace(0, 2 * np.pi, triangles, endpoint=False)
    rim = np.stack([np.cos(angles), np.zeros(triangles), np.sin(angles)], axis=1)
    positions = np.vstack([rim, [[0, 1, 0]]]).astype(np.float32)
    around = np.arange(triangles)
    indices = np.stack([around, np.full(triangles, triangles), (around + 1) % triangles], axis=1).astype(np.uint32)
    return write_glb(single(Primitive(positions=positions, indices=indices), name="cone"))


def product(folder: Path, *, name: str = "Chair", triangles: int = 12, verdict: str = "passed") -> Path:
    files = {"mobile.glb": model(triangles)}
    return product_of(folder, files, name=name, triangles=triangles, half_m=1.0, verdict=verdict)


def test_a_merchant_publishes_looks_rolls_back_and_gets_a_product_out_again(showroom: Showroom, tmp_path: Path) -> None:
    product(tmp_path / "chair", triangles=12)
    assert "new version" in showroom("publish", "chair").stdout
    assert "unchanged" in showroom("publish", "chair").stdout
    product(tmp_path / "chair", triangles=20)
    product(tmp_path / "lamp", name="Lamp")
    done = showroom("publish", "chair", "lamp", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    assert [(row["product"], row["version"]) for row in json.loads(done.stdout)] == [("chair", 2), ("lamp", 1)]

    listed = json.loads(showroom("library", "list", "--format", "json").stdout)
    assert [(row["id"], row["version"], row["versions"]) for row in listed] == [("chair", 2, 2), ("lamp", 1, 1)]
    assert re.search(r"chair\s+Chair\s+2\s+2\s", showroom("library", "list").stdout)

    assert "would go from version 2 to 1" in showroom("library", "rollback", "chair", "1", "--dry-run").stdout
    assert "from version 2 to 1" in showroom("library", "rollback", "chair", "1").stdout
    shown = json.loads(showroom("library", "show", "chair", "--verify", "--format", "json").stdout)
    assert (shown["version"], shown["faults"]) == (1, [])
    assert [event["kind"] for event in shown["events"]] == ["publish", "publish", "rollback"]
    assert shown["manifest"]["deliveries"]["mobile"]["triangles"] == 12

    assert showroom("library", "get", "chair", "copy", "--version", "2").returncode == 0
    assert showroom("check", "copy").returncode == 0
    assert showroom("library", "get", "chair", "copy").returncode == 1

    assert "would be withdrawn" in showroom("library", "withdraw", "lamp", "--dry-run").stdout
    assert "withdrawn, was at version 1" in showroom("library", "withdraw", "lamp").stdout
    listed = json.loads(showroom("library", "list", "--format", "json").stdout)
    assert [row["id"] for row in listed] == ["chair"]
    assert showroom("library", "show", "lamp").returncode == 0
    assert "from withdrawn to 1" in showroom("library", "rollback", "lamp", "1").stdout

    assert "version 2 would go" in showroom("library", "gc", "--keep", "0", "--grace", "0s", "--dry-run").stdout
    done = showroom("library", "gc", "--keep", "0", "--grace", "0s", "--format", "json")
    assert json.loads(done.stdout)["removed"] == 2
    done = showroom("library", "rollback", "chair", "2")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "tidied away" in done.stderr


def test_a_folder_that_may_not_be_published_is_reported_and_does_not_stop_the_others(
    showroom: Showroom, tmp_path: Path
) -> None:
    product(tmp_path / "good")
    product(tmp_path / "refused", name="Refused", verdict="refused")
    (product(tmp_path / "broken", name="Broken") / "mobile.glb").write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    done = showroom("publish", "refused", "broken", "empty", "nowhere", "good", "--format", "json")
    assert done.returncode == 1
    assert done.stderr.count("error: ") == done.stderr.count("\n") == 4
    rows = json.loads(done.stdout)
    assert [row.get("error", {}).get("code") for row in rows] == [
        "quality.refused",
        "input.damaged",
        "input.missing",
        "input.missing",
        None,
    ]
    assert "ssim 0.8" in rows[0]["error"]["message"]
    assert [row["id"] for row in json.loads(showroom("library", "list", "--format", "json").stdout)] == ["chair"]
    assert showroom("publish", "refused", "--force").returncode == 0


def test_a_dry_run_writes_nothing(showroom: Showroom, tmp_path: Path) -> None:
    product(tmp_path / "chair")
    done = showroom("publish", "chair", "--dry-run")
    assert (done.returncode, "would be published" in done.stdout) == (0, True)
    assert not (tmp_path / "library").exists()


def test_whoever_expects_another_version_is_told(showroom: Showroom, tmp_path: Path) -> None:
    product(tmp_path / "chair")
    assert showroom("publish", "chair", "--expect-version", "0").returncode == 0
    product(tmp_path / "chair", triangles=20)
    done = showroom("publish", "chair", "--expect-version", "0")
    assert (done.returncode, "current version is 1, not 0" in done.stderr) == (1, True)


def test_check_holds_products_and_files_to_budgets(showroom: Showroom, tmp_path: Path) -> None:
    product(tmp_path / "chair")
    (tmp_path / "cone.glb").write_bytes(model(50))
    (tmp_path / "small.toml").write_text("[mobile]\ntriangles = 20\n[watch]\ndraw_calls = 1\n")
    assert showroom("check", "chair", "cone.glb", "--budget", "mobile").returncode == 0
    done = showroom("check", "chair", "cone.glb", "--budget", "mobile", "--budgets", "small.toml", "--format", "json")
    assert done.returncode == 1
    chair, cone = json.loads(done.stdout)
    assert (chair["ok"], cone["ok"]) == (True, False)
    assert cone["findings"] == [
        {
            "code": "budget.triangles",
            "message": "cone.glb has 50 triangles; mobile allows 20. Try --preset mobile.",
            "value": 50,
            "limit": 20,
        }
    ]
    assert showroom("check", "cone.glb", "--budget", "watch", "--budgets", "small.toml").returncode == 0
    (tmp_path / "cone.glb").write_bytes(model(50)[:-5])
    done = showroom("check", "cone.glb", "nowhere.glb", "chair", "--format", "json")
    assert [one["ok"] for one in json.loads(done.stdout)] == [False, False, True]


@pytest.mark.parametrize("what", ["cone.glb", "chair"])
def test_inspect_tells_triangles_and_size(showroom: Showroom, tmp_path: Path, what: str) -> None:
    product(tmp_path / "chair", triangles=50)
    (tmp_path / "cone.glb").write_bytes(model(50))
    found = json.loads(showroom("inspect", what, "--format", "json").stdout)
    triangles = found["triangles"] if "triangles" in found else found["deliveries"][0]["triangles"]
    assert triangles == 50
    assert found["size_m"] == pytest.approx([2, 1, 2], abs=0.005)
    done = showroom("inspect", what)
    assert (done.returncode, "50" in done.stdout) == (0, True)


COMMANDS = [
    ["convert"], ["check"], ["inspect"], ["publish"], ["library"],
    *(["library", one] for one in ("list", "show", "rollback", "withdraw", "get", "gc")),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_says_when_to_use_it_and_shows_an_example(showroom: Showroom, command: list[str]) -> None:
    done = showroom(*command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"\bUse (it|this)\b|Example", done.stdout)
    assert f"showroom {command[0]}" in done.stdout.partition("\n")[2]


@pytest.mark.parametrize(
    "args",
    [
        ["publish"],
        ["nonsense"],
        ["library", "nonsense"],
        ["library", "rollback", "chair"],
        ["library", "rollback", "chair", "zero"],
        ["library", "list", "--format", "xml"],
        ["library", "gc", "--grace", "soon"],
        ["library", "gc", "--keep", "-1"],
        ["publish", "a", "b", "--expect-version", "1"],
        ["check", "x", "--budget", "toaster"],
        ["inspect"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(showroom: Showroom, args: list[str]) -> None:
    done = showroom(*args)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "args",
    [
        ["library", "show", "nothing"],
        ["library", "show", "../../etc"],
        ["library", "rollback", "nothing", "1"],
        ["library", "list", "--namespace", ".."],
        ["library", "list"],
        ["library", "gc", "--library", "nowhere"],
        ["library", "list", "--library", "ftp://x/y"],
        ["library", "list", "--library", "/dev/null/x"],
        ["inspect", "nothing.glb"],
        ["check", "chair", "--budgets", "nothing.toml"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_one_line_and_exit_1(showroom: Showroom, args: list[str]) -> None:
    done = showroom(*args)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    debug = showroom(*args, SHOWROOM_DEBUG="1")
    assert "Traceback" in debug.stderr


def test_only_publishing_makes_a_library(showroom: Showroom, tmp_path: Path) -> None:
    for command in (["list"], ["show", "chair"], ["gc"], ["rollback", "chair", "1"], ["get", "chair", "copy"]):
        done = showroom("library", *command)
        assert (done.returncode, "there is no library at" in done.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_help_is_quick(showroom: Showroom) -> None:
    from resource import RUSAGE_CHILDREN, getrusage

    def cpu_s() -> float:
        usage = getrusage(RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    spent = []
    for _ in range(3):
        before = cpu_s()
        assert showroom("--help").returncode == 0
        spent.append(cpu_s() - before)
    assert min(spent) < 0.3


def test_an_interrupt_exits_with_130_and_no_traceback(tmp_path: Path) -> None:
    product(tmp_path / "chair")
    library = tmp_path / "library"
    (library / "default" / "marks").mkdir(parents=True)
    (library / "default" / "marks" / "0.json").write_bytes(b"{}")  # as if somebody was tidying: publishing waits
    command = [sys.executable, "-m", "showroom", "publish", str(tmp_path / "chair"), "--library", str(library)]
    # A shell that runs the tests in the background has interrupts ignored, and children inherit that.
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:  # fmt: skip
        until = time.monotonic() + 60
        while not list(library.glob("default/leases/*")):
            assert time.monotonic() < until, "it never began"
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, fault = process.communicate(timeout=30)
    assert (process.returncode, fault.strip()) == (130, "interrupted")
    assert list(library.glob("default/leases/*")) == []
    assert list(library.glob("default/products/*")) == []


def test_a_pipe_in_place_of_a_file_does_not_hang(showroom: Showroom, tmp_path: Path) -> None:
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / "product.json")
    os.mkfifo(tmp_path / "model.glb")
    for args in (
        ["publish", "pipe"],
        ["check", "pipe"],
        ["inspect", "pipe"],
        ["check", "model.glb"],
        ["inspect", "model.glb"],
    ):
        assert showroom(*args).returncode == 1, args


def test_a_reader_that_leaves_early_causes_no_traceback(showroom: Showroom, tmp_path: Path) -> None:
    product(tmp_path / "chair")
    showroom("publish", "chair")
    command = f"{sys.executable} -m showroom library show chair --format json --library {tmp_path / 'library'} | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""
