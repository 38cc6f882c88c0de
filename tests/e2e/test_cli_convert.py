"""``showroom convert`` as a merchant types it, on real scans."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

import pytest

from showroom_assets.glb import read_glb
from showroom_assets.manifest import check_manifest, load

SCAN = "scans/gso/Nescafe_Momento_Mocha_Specialty_Coffee_Mix_8_ct"


@pytest.fixture
def scan(shared_data: Path, tmp_path: Path) -> Path:
    """A small real scan in a folder that may be changed."""
    folder = tmp_path / "scans" / "coffee"
    shutil.copytree(shared_data / SCAN, folder)
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def showroom(*args: object, cache: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "showroom.cli", *map(str, args)],
        capture_output=True,
        text=True,
        timeout=280,
        env={**os.environ, "SHOWROOM_CACHE": str(cache), **env},
        check=False,
    )


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".showroom" not in path.parts
    }


def cpu_s() -> float:
    """What the commands that have ended took of the processor, all together."""
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def rows(done: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_a_first_look_is_whole_and_a_second_run_does_nothing(scan: Path, tmp_path: Path, cache: Path) -> None:
    out = tmp_path / "out"
    done = showroom("convert", scan, "-o", out, "--fast", "--format", "json", cache=cache)
    assert done.returncode == 0, done.stderr
    (row,) = rows(done)
    assert row["status"] == "done"
    assert row["cpu_s"] > 0
    product = load(out / "coffee")
    assert check_manifest(product, out / "coffee") == []
    assert {"mobile", "desktop", "headset", "plain"} <= set(product.deliveries)
    for name, delivery in product.deliveries.items():
        scene = read_glb(out / "coffee" / delivery.file)
        assert scene.triangles == delivery.triangles, name
        assert delivery.triangles <= row["triangles_before"]
    report = json.loads((out / "coffee" / "report.json").read_text())
    assert report["deliveries"]["desktop"]["ssim"] > 0.9
    assert not list(out.glob(".showroom/tmp/*"))

    before = hashes(out)
    begun, first = cpu_s(), row["cpu_s"]
    (again,) = rows(showroom("convert", scan, "-o", out, "--fast", "--format", "json", cache=cache))
    assert again["status"] == "unchanged"
    assert cpu_s() - begun < 0.5 * first, "it was looked at, and not converted"
    assert hashes(out) == before


def test_one_bad_input_of_three_is_one_line_and_exit_1(scan: Path, tmp_path: Path, cache: Path) -> None:
    bad = tmp_path / "truncated.glb"
    bad.write_bytes(b"glTF\x02\x00\x00\x00\xff\xff\x00\x00")
    fbx = tmp_path / "chair.fbx"
    fbx.write_bytes(b"Kaydara FBX Binary  \x00")
    out = tmp_path / "out"
    done = showroom("convert", bad, scan, fbx, "-o", out, "--fast", "--preset", "mobile", cache=cache)
    assert done.returncode == 1
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert [line.split(":")[1].strip() for line in errors] == ["truncated", "chair"]
    assert "glTF" in errors[1]
    assert sorted(path.name for path in out.iterdir() if path.name != ".showroom") == ["coffee"]
    assert "Traceback" not in done.stderr


def test_the_number_of_jobs_changes_no_byte(scan: Path, tmp_path: Path) -> None:
    other = tmp_path / "scans" / "b" / "coffee"
    shutil.copytree(scan, other)
    (other / "texture.png").write_bytes((other / "texture.png").read_bytes() + b"\0")
    seen = []
    for jobs in (1, 2):
        out = tmp_path / f"out-{jobs}"
        done = showroom(
            "convert", scan, other, "-o", out, "--fast", "--no-cache", "--jobs", jobs, cache=tmp_path / "unused"
        )
        assert done.returncode == 0, done.stderr
        seen.append(hashes(out))
    assert {name.split("/")[0] for name in seen[0]} == {"coffee", "coffee-2"}
    assert seen[0] == seen[1]
    assert not (tmp_path / "unused").exists()


def test_ctrl_c_exits_130_and_leaves_nothing_half(scan: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "showroom.cli", "convert", str(scan), "-o", str(out)]
    with subprocess.Popen(
        [*command, "--progress", "json", "--no-cache"], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if json.loads(line).get("step", "").startswith("level"):
                break
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 130
    assert [path.name for path in out.iterdir() if path.name != ".showroom"] == []
    assert not list(out.glob(".showroom/tmp/*"))


@pytest.fixture
def watching(tmp_path: Path, cache: Path) -> Iterator["subprocess.Popen[str]"]:
    (tmp_path / "inbox").mkdir()
    args = ["convert", "inbox", "-o", "out", "--fast", "--preset", "mobile", "--watch", "--progress", "plain"]
    with subprocess.Popen(
        [sys.executable, "-m", "showroom.cli", *args],
        cwd=tmp_path,
        env={**os.environ, "SHOWROOM_CACHE": str(cache)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


def test_a_watched_folder_is_converted_as_scans_come(
    scan: Path, tmp_path: Path, watching: "subprocess.Popen[str]"
) -> None:
    shutil.copytree(scan, tmp_path / "inbox" / "coffee")
    deadline = time.monotonic() + 120
    while not (tmp_path / "out" / "coffee" / "product.json").exists():
        assert time.monotonic() < deadline, "nothing was converted"
        assert watching.poll() is None
        time.sleep(0.2)
    watching.send_signal(signal.SIGINT)
    assert watching.wait(timeout=30) == 130
    assert check_manifest(load(tmp_path / "out" / "coffee"), tmp_path / "out" / "coffee") == []


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["scan.obj"],
        ["scan.obj", "-o", "out", "--dimensions", "3x4"],
        ["scan.obj", "-o", "out", "--max-bytes", "lots"],
        ["scan.obj", "-o", "out", "--jobs", "0"],
        ["a.obj", "b.obj", "-o", "out", "--name", "x"],
        [".", "-o", "out", "--watch"],
    ],
)
def test_wrong_usage_exits_2(args: list[str], tmp_path: Path) -> None:
    from showroom.cli import run

    for name in ("scan.obj", "a.obj", "b.obj"):
        (tmp_path / name).write_text("")
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        assert run(["convert", *args]) == 2
    finally:
        os.chdir(before)
    assert not (tmp_path / "out").exists()


def test_a_dry_run_writes_nothing(scan: Path, tmp_path: Path, cache: Path) -> None:
    done = showroom("convert", scan.parent, "-o", tmp_path / "out", "--dry-run", "--format", "json", cache=cache)
    assert done.returncode == 0
    assert [row["action"] for row in rows(done)] == ["converted"]
    assert not (tmp_path / "out").exists()
