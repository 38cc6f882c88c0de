"""``showroom upload`` as a merchant runs it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import scan_files as good
from upload_house import Running, get, wait_for

from showroom_assets.library import Library
from showroom_assets.manifest import load


def test_from_the_command_line_to_the_shelf(
    start: Callable[..., Running], shared_data: Path, tmp_path: Path, cache: Path
) -> None:
    server = start()
    folder = tmp_path / "mug"
    folder.mkdir()
    for path in (shared_data / "scans" / "gso" / "Room_Essentials_Mug_White_Yellow").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "product.toml").write_text('name = "White mug"\nskus = ["MUG-1"]\n')
    env = {**os.environ, "SHOWROOM_URL": server.url, "SHOWROOM_TOKEN": "anna-1"}

    def upload(*args: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "showroom", "upload", str(folder), "--fast", "--preset", "mobile", "--unit", "m",
             *args],
            capture_output=True, text=True, timeout=280, env=env, check=False,
        )  # fmt: skip

    wrong = upload("--dimensions", "3x3x3m", "--publish")
    assert wrong.returncode == 1
    assert wrong.stderr.splitlines()[-1].startswith("error: mug.zip: The mesh is ")
    done = upload("--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["state"] == "draft"
    assert get(server.url, found["report"].removeprefix(server.url))[0] == 200
    again = upload()
    assert found["report"] in again.stdout
    assert upload("--publish").returncode == 0
    shelf = Library(str(tmp_path / "data" / "library"), namespace="anna")
    assert shelf.show("white-mug").skus == ["MUG-1"]
    shelf.materialise("white-mug", tmp_path / "out")
    assert load(tmp_path / "out").name == "White mug"


def test_one_command_is_enough_to_take_scans(box: Path, tmp_path: Path, cache: Path) -> None:
    """The whole store with all its services, an account, a token; then the worker ends with the server."""
    data = str(tmp_path / "data")
    env = {**os.environ, "SHOWROOM_CACHE": str(cache)}

    def showroom(*args: str) -> str:
        command = [sys.executable, "-m", "showroom", *args]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=env)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    command = [sys.executable, "-m", "showroom", "serve", "--data", data, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip().rstrip("/")
            showroom("account", "add", "mira", "--role", "merchant", "--tenant", "nordlicht", "--no-password",
                     "--data", data)  # fmt: skip
            token = showroom("account", "token", "mira", "--scope", "products:write", "--data", data).splitlines()[-1]
            said = showroom("upload", str(box), "--server", url, "--token", token, "--fast", "--preset", "mobile",
                            "--unit", "m", "--name", "Lunch box", "--publish")  # fmt: skip
            assert "/api/products/nordlicht.lunch-box, version 1" in said
            status, body, _ = get(url, "/api/products/nordlicht.lunch-box")
            assert (status, json.loads(body)["name"]) == (200, "Lunch box")
            children = psutil.Process(server.pid).children()
            assert ["showroom.jobs.worker" in " ".join(child.cmdline()) for child in children] == [True]
        finally:
            server.send_signal(signal.SIGTERM)
            status_code = server.wait(60)
    assert status_code == 0
    assert not psutil.wait_procs(children, timeout=30)[1]


def test_a_command_that_is_killed_goes_on_when_it_is_run_again(start: Callable[..., Running], tmp_path: Path) -> None:
    server = start(worker=False)
    scan = tmp_path / "big.obj"
    scan.write_bytes(good.obj_text() + b"# " + os.urandom(30_000_000).hex().encode())
    command = [sys.executable, "-m", "showroom", "upload", str(scan), "--server", server.url, "--token", "anna-1",
               "--no-wait", "--fast"]  # fmt: skip
    client = server.client()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        before = wait_for(
            lambda: next((row for row in client.call("GET", "/api/uploads")["uploads"] if row["offset"]), None)
        )
        process.send_signal(signal.SIGKILL)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stderr
    (upload,) = client.call("GET", "/api/uploads")["uploads"]
    assert upload["id"] == before["id"]
    assert upload["state"] == "whole"
    assert (tmp_path / "data" / "uploads" / upload["id"] / "scan.obj").read_bytes() == scan.read_bytes()
