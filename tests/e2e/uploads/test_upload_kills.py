"""Uploads and conversions under kills, limits and cancelling: what was acknowledged is never lost."""

import hashlib
import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import scan_files as good
from upload_house import FAST, Running, convert, wait_for


def test_what_was_acknowledged_survives_the_servers_death(start: Callable[..., Running], tmp_path: Path) -> None:
    server = start(worker=False)
    data = good.obj_text() + b"# " + b"a comment\n" * 3_000_000
    scan = tmp_path / "big.obj"
    scan.write_bytes(data)
    client = server.client()
    upload = client.call(
        "POST", "/api/uploads", {"name": "big.obj", "size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    )
    # Some acknowledged parts, then one without an end that the kill cuts off.
    client._part(f"/api/uploads/{upload['id']}", 0, data[:1_000_000])
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=120)
    connection.putrequest("PATCH", f"/api/uploads/{upload['id']}")
    for name, value in {
        "Authorization": "Bearer anna-1", "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": "1000000", "Content-Length": str(len(data) - 1_000_000),
    }.items():  # fmt: skip
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(data[1_000_000:12_000_000])
    file = tmp_path / "data" / "uploads" / upload["id"] / "scan.obj"
    wait_for(lambda: file.stat().st_size > 10_000_000)
    server.kill()
    connection.close()
    client.close()

    server.start()
    client = server.client()
    offset = client.call("GET", f"/api/uploads/{upload['id']}")["offset"]
    assert 1_000_000 <= offset <= 12_000_000
    assert file.read_bytes()[:offset] == data[:offset]
    seen: list[int] = []
    found = client.send(scan, name="big.obj", options=FAST, on_bytes=lambda done, total: seen.append(done))
    assert found["upload"] == upload["id"]
    assert seen[0] == offset  # nothing that had arrived was sent again
    assert file.read_bytes() == data


def test_a_client_outlives_a_server_that_is_killed_and_started_again(
    start: Callable[..., Running], tmp_path: Path
) -> None:
    server = start(worker=False)
    data = good.obj_text() + b"# " + b"a comment\n" * 4_000_000
    scan = tmp_path / "big.obj"
    scan.write_bytes(data)
    kills = iter([8_000_000, 24_000_000])
    at = next(kills)

    def on_bytes(done: int, total: int) -> None:
        nonlocal at
        if done >= at:
            at = next(kills, len(data) * 2)
            server.kill()
            server.start()

    found = server.client().send(scan, name="big.obj", options=FAST, on_bytes=on_bytes)
    assert found["state"] == "queued"
    assert at == len(data) * 2, "it was not killed twice"
    assert (tmp_path / "data" / "uploads" / found["upload"] / "scan.obj").read_bytes() == data


def test_a_killed_workers_conversion_is_run_again_by_the_next(
    start: Callable[..., Running], box: Path, tmp_path: Path
) -> None:
    server = start()
    client = server.client()
    found = client.send(box, name="box.zip", options={**FAST, "facts": {"name": "Killed once"}})
    wait_for(lambda: client.call("GET", f"/api/conversions/{found['id']}")["state"] == "running")
    for worker in server.workers():
        worker.kill()
    for _ in client.follow(found["id"]):
        pass
    done = client.call("GET", f"/api/conversions/{found['id']}")
    assert done["state"] == "draft"
    assert done["attempts"] == 2
    assert wait_for(lambda: not list((tmp_path / "data" / "work").iterdir()))


def test_a_killed_servers_conversion_ends_after_it_is_started_again(start: Callable[..., Running], box: Path) -> None:
    server = start()
    client = server.client()
    found = client.send(box, name="box.zip", options={**FAST, "facts": {"name": "Power cut"}})
    wait_for(lambda: client.call("GET", f"/api/conversions/{found['id']}")["state"] == "running")
    workers = server.workers()
    server.kill()
    # A worker does not outlive its server: two would run when there should be one.
    psutil.wait_procs(workers, timeout=30)
    assert not [worker for worker in workers if worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE]
    client.close()
    server.start()
    client = server.client()
    for _ in client.follow(found["id"]):
        pass
    assert client.call("GET", f"/api/conversions/{found['id']}")["state"] == "draft"


def test_a_conversion_that_kills_every_worker_is_given_up(start: Callable[..., Running], box: Path) -> None:
    server = start(conversion_tries=2)
    client = server.client()
    found = client.send(box, name="box.zip", options={**FAST, "facts": {"name": "Deadly"}})
    address = f"/api/conversions/{found['id']}"
    for attempt in (1, 2):
        wait_for(
            lambda attempt=attempt: (
                (now := client.call("GET", address))["state"] == "running"  # type: ignore[misc]
                and now["attempts"] == attempt
            )
        )
        for worker in server.workers():
            worker.kill()
    done = wait_for(lambda: (now := client.call("GET", address))["state"] == "failed" and now)
    assert done["error"]["code"] == "upload.worker_died"
    assert convert(client, box)["state"] == "draft"  # the next one is none the worse


@pytest.mark.parametrize(
    ("settings", "words"), [({"worker_time_s": 1}, "longer than 1 s"), ({"worker_memory_bytes": 40_000_000}, "0.0 GB")]
)
def test_a_conversion_beyond_its_limits_is_ended_with_a_sentence(
    start: Callable[..., Running], box: Path, settings: dict[str, int], words: str
) -> None:
    server = start(**settings)
    found = convert(server.client(), box, {**FAST, "facts": {"name": f"Too much {words}"}})
    assert found["state"] == "failed"
    assert found["error"]["code"] == "input.limit"
    assert words in found["error"]["message"]


def test_a_worker_that_is_sent_home_gives_its_conversion_back_and_lost_rings_cost_nothing(
    start: Callable[..., Running], box: Path, tmp_path: Path, cache: Path
) -> None:
    server = start(worker=False)
    client = server.client()
    address = f"/api/conversions/{client.send(box, name='box.zip', options={**FAST, 'facts': {'name': 'Home'}})['id']}"
    for file in (tmp_path / "data").glob("queue.db*"):
        file.unlink()
    command = [sys.executable, "-m", "showroom", "worker", "--data", str(tmp_path / "data")]
    env = {**os.environ, "SHOWROOM_CACHE": str(cache)}
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as worker:
        wait_for(lambda: client.call("GET", address)["state"] == "running")
        worker.send_signal(signal.SIGTERM)
    assert worker.returncode == 0
    now = client.call("GET", address)
    assert (now["state"], now["attempts"]) == ("queued", 0)
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as worker:
        wait_for(lambda: client.call("GET", address)["state"] == "draft")
        worker.send_signal(signal.SIGINT)
    assert worker.returncode == 0
    assert client.call("GET", address)["attempts"] == 1
    assert list((tmp_path / "data" / "workers").iterdir()) == []


def test_a_conversion_can_be_cancelled_while_it_waits_and_while_it_runs(
    start: Callable[..., Running], box: Path
) -> None:
    server = start()
    client = server.client()
    # The whole recipe: long enough to be met while it runs.
    first = client.send(box, name="box.zip", options={"unit": "m", "facts": {"name": "First"}})
    other = box.with_name("other.zip")
    other.write_bytes(good.zipped({"other.ply": good.ply("ascii")}))
    second = client.send(other, name="other.zip", options=FAST)
    assert client.call("POST", f"/api/conversions/{second['id']}/cancel")["state"] == "cancelled"
    wait_for(lambda: client.call("GET", f"/api/conversions/{first['id']}")["state"] == "running")
    client.call("POST", f"/api/conversions/{first['id']}/cancel")
    *_, last = client.follow(first["id"])
    assert last["step"] == "cancelled"
    client.call("DELETE", f"/api/uploads/{first['upload']}")
