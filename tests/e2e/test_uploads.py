"""Uploads as a merchant meets them: real server, real worker, real scans, real kills."""

import asyncio
import contextlib
import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hostile_files as hostile
import postgres
import psutil
import pytest
import redis_server
import scan_files as good
import upload_server
from aiohttp import web

from showroom.jobs.client import Answered, Client
from showroom_assets.library import Library
from showroom_assets.manifest import load

SERVER = Path(upload_server.__file__)
FAST = {"preset": "fast", "deliveries": ["mobile"], "unit": "m"}


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


class Running:
    """A server in a process of its own, with its worker; may be killed and started again on the same port."""

    def __init__(self, folder: Path, cache: Path, **settings: Any) -> None:
        self.folder = folder
        self._cache = cache
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None
        self._clients: list[Client] = []
        self.url = ""

    def start(self) -> None:
        port = int(self.url.rpartition(":")[2]) if self.url else 0
        self._process = subprocess.Popen(
            [sys.executable, str(SERVER), str(self.folder), json.dumps({**self._settings, "port": port})],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "SHOWROOM_CACHE": str(self._cache)},
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url, "the server did not start"

    def kill(self) -> None:
        """As the power does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def workers(self) -> list[psutil.Process]:
        assert self._process is not None
        with contextlib.suppress(psutil.NoSuchProcess):
            return [
                child
                for child in psutil.Process(self._process.pid).children(recursive=True)
                if "showroom.jobs.worker" in child.cmdline()
            ]
        return []

    def client(self, token: str = "anna-1", **more: Any) -> Client:
        found = Client(self.url, token, **{"patience_s": 60.0, **more})
        self._clients.append(found)
        return found

    def close(self) -> None:
        """The end of the test."""
        for client in self._clients:
            client.close()
        self.kill()


@pytest.fixture
def start(tmp_path: Path, cache: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def go(**settings: Any) -> Running:
        found = Running(tmp_path / "data", cache, **settings)
        found.start()
        started.append(found)
        return found

    yield go
    for each in started:
        each.close()


@pytest.fixture
def box(tmp_path: Path) -> Path:
    path = tmp_path / "box.zip"
    path.write_bytes(good.zipped(good.obj_tree()))
    return path


def convert(client: Client, scan: Path, options: dict[str, Any] | None = None, *, name: str = "") -> dict[str, Any]:
    found = client.send(scan, name=name or scan.name, options=options or FAST)
    for _ in client.follow(found["id"]):
        pass
    return dict(client.call("GET", f"/api/conversions/{found['id']}"))


def refusal(client: Client, scan: Path) -> tuple[str, str]:
    """Code and sentence for a scan that cannot be converted, whether it is seen at the first look or later."""
    try:
        found = convert(client, scan)
    except Answered as exc:
        return (exc.fields["fields"]["reason"] if exc.status == 422 else str(exc.status)), exc.message
    return found["error"]["code"], found["error"]["message"]


def wait_for(what: Callable[[], Any], limit_s: float = 90.0) -> Any:
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise TimeoutError("it did not happen")


def get(url: str, path: str, token: str = "") -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = connection.getresponse()
    found = answer.status, answer.read(), dict(answer.getheaders())
    connection.close()
    return found


def test_a_scan_becomes_a_draft_that_only_its_merchant_sees_and_then_a_product(
    start: Callable[..., Running], box: Path, tmp_path: Path
) -> None:
    server = start()
    anna, bert = server.client("anna-1"), server.client("bert-1")
    steps: list[dict[str, Any]] = []
    found = anna.send(box, name="Lovely box.zip", options={**FAST, "facts": {"name": "Lovely Box", "skus": ["B-1"]}})
    steps.extend(anna.follow(found["id"]))
    done = anna.call("GET", f"/api/conversions/{found['id']}")
    assert done["state"] == "draft"
    assert [step["number"] for step in steps] == list(range(1, len(steps) + 1))
    assert [step["fraction"] for step in steps] == sorted(step["fraction"] for step in steps)
    assert steps[-1]["step"] == "draft"

    # Its merchant sees all of it; the report also without signing in, by the address alone.
    draft = anna.call("GET", f"/api/drafts/{found['id']}")
    assert draft["manifest"]["name"] == "Lovely Box"
    assert draft["manifest"]["skus"] == ["B-1"]
    status, report, headers = get(server.url, done["report"])
    assert (status, report[:15].lower()) == (200, b"<!doctype html>")
    assert "sandbox" in headers["Content-Security-Policy"]
    for file in draft["manifest"]["files"]:
        status, data, headers = get(server.url, draft["files"][file["path"]])
        assert (status, hashlib.sha256(data).hexdigest()) == (200, file["sha256"])
        assert "no-store" in headers["Cache-Control"]

    # Nobody else does.
    plain = draft["files"]["report.html"].partition("?")[0]
    for path, token in [
        (plain, ""), (plain, "bert-1"), (plain + "?key=" + "0" * 24, ""), (plain + "?key=", "bert-1"),
        (plain.replace("report.html", "../../../showroom.db"), "anna-1"),
        (plain.replace("report.html", "%2e%2e/product.json"), "anna-1"),
        (f"/api/drafts/{found['id']}", "bert-1"), (f"/api/conversions/{found['id']}", "bert-1"),
        (f"/api/conversions/{found['id']}/events", "bert-1"), (f"/api/uploads/{done['upload']}", "bert-1"),
    ]:  # fmt: skip
        assert get(server.url, path, token)[0] == 404, path
    for method, path in [("POST", "publish"), ("DELETE", "")]:
        with pytest.raises(Answered) as refused:
            bert.call(method, f"/api/drafts/{found['id']}/{path}".rstrip("/"), {} if method == "POST" else None)
        assert refused.value.status == 404
    for path, key in (("uploads", "uploads"), ("conversions", "conversions"), ("drafts", "conversions")):
        assert bert.call("GET", f"/api/{path}")[key] == []
    assert get(server.url, "/api/drafts")[0] == 401
    assert get(server.url, "/api/drafts", "guest")[0] == 401
    shelf = Library(str(tmp_path / "data" / "library"), namespace="anna")
    assert shelf.ids() == []

    # Published, it is on its merchant's shelf and nowhere else; the draft and the scan are gone.
    published = anna.call("POST", f"/api/drafts/{found['id']}/publish", {})
    assert published == {"id": "anna.lovely-box", "product": "lovely-box", "version": 1, "is_new": True}
    assert shelf.show("lovely-box").skus == ["B-1"]
    assert shelf.verify("lovely-box") == []
    assert anna.call("POST", f"/api/drafts/{found['id']}/publish", {})["version"] == 1
    assert get(server.url, done["report"])[0] == 409
    assert [path.name for path in (tmp_path / "data" / "uploads").iterdir()] == []
    assert list((tmp_path / "data" / "drafts").glob("d-*")) == []
    assert list((tmp_path / "data" / "work").iterdir()) == []


def test_progress_is_told_once_in_order_and_a_follower_goes_on_where_it_was(
    box: Path, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOWROOM_CACHE", str(cache))

    async def whole() -> None:
        told: list[tuple[str, int, str]] = []
        published: list[tuple[str, str]] = []

        async def on_progress(owner: str, step: Any) -> None:
            told.append((owner, step.number, step.step))

        async def on_published(tenant: str, product: str) -> None:
            published.append((tenant, product))

        settings = upload_server.settings_of(tmp_path / "data")
        app, service, database = upload_server.make(settings, on_progress=on_progress, on_published=on_published)
        await service.start()
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        client = Client(f"http://127.0.0.1:{runner.addresses[0][1]}", "anna-1", patience_s=60)
        try:
            found = await asyncio.to_thread(client.send, box, name="box.zip", options=FAST)
            steps = await asyncio.to_thread(lambda: list(client.follow(found["id"])))
            assert [step["number"] for step in steps] == list(range(1, len(steps) + 1))
            address = f"/api/conversions/{found['id']}/events?after={len(steps) - 2}"
            rest = await asyncio.to_thread(lambda: list(client._stream(address)))
            assert rest == steps[-2:]
            async with asyncio.timeout(30):
                while len(told) < len(steps):
                    await asyncio.sleep(0.05)
            assert told == [("a_anna-1", step["number"], step["step"]) for step in steps]
            await asyncio.to_thread(client.call, "POST", f"/api/drafts/{found['id']}/publish", {})
            assert published == [("anna", "box")]
            assert {sample.name: sample.value for sample in service.metrics()}["showroom_worker_starts"] == 1
        finally:
            client.close()
            await service.drain()
            await runner.cleanup()
            await service.stop()
            database.close()
        assert service.child is not None
        assert service.child.pid is None

    asyncio.run(whole())


def test_the_curl_session_of_the_documents_runs_as_it_stands(
    start: Callable[..., Running], box: Path, tmp_path: Path
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "uploads.md").read_text()
    script = page.partition("<!-- tested -->\n```sh\n")[2].partition("```")[0]
    server = start()
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=box.parent, env={**os.environ, "SHOWROOM_URL": server.url, "SHOWROOM_TOKEN": "anna-1"},
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    assert '"step":"draft"' in done.stdout
    assert "<!doctype html>" in done.stdout.lower()
    assert '"id":"anna.curly-box"' in done.stdout
    assert Library(str(tmp_path / "data" / "library"), namespace="anna").show("curly-box").skus == ["CB-1"]


def test_it_all_runs_on_postgresql_and_redis_with_workers_of_their_own(
    start: Callable[..., Running], box: Path, tmp_path: Path, cache: Path
) -> None:
    if postgres.programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgres.running() as database, redis_server.running(tmp_path) as queue:
        url = database.new_database()
        server = start(database=url, queue=queue, worker=False)
        client = server.client()
        found = client.send(box, name="box.zip", options=FAST)
        command = [sys.executable, "-m", "showroom", "worker", "--data", str(tmp_path / "data"), "--database", url,
                   "--queue", queue]  # fmt: skip
        env = {**os.environ, "SHOWROOM_CACHE": str(cache)}
        workers = [subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) for _ in range(2)]
        try:
            for _ in client.follow(found["id"]):
                pass
            done = client.call("GET", f"/api/conversions/{found['id']}")
            assert (done["state"], done["attempts"]) == ("draft", 1)
            assert client.call("POST", f"/api/drafts/{found['id']}/publish", {})["version"] == 1
        finally:
            for worker in workers:
                worker.send_signal(signal.SIGINT)
            assert [worker.wait(30) for worker in workers] == [0, 0]
        server.kill()
        server.start()  # so that the fixture has something to end


def test_a_draft_can_be_thrown_away_and_the_scan_converted_in_another_way(
    start: Callable[..., Running], box: Path, tmp_path: Path
) -> None:
    server = start()
    client = server.client()
    first = convert(client, box)
    wrong = convert(client, box, {**FAST, "dimensions": "3x3x3m"})
    assert wrong["id"] != first["id"]
    assert wrong["upload"] == first["upload"]  # it was not sent again
    assert wrong["state"] == "failed"
    assert wrong["error"]["code"] == "input.dimensions"
    assert "10 × 20 × 30 cm" in wrong["error"]["message"]
    client.call("DELETE", f"/api/drafts/{first['id']}")
    assert client.call("GET", f"/api/conversions/{first['id']}")["state"] == "deleted"
    with pytest.raises(Answered) as refused:
        client.call("POST", f"/api/drafts/{first['id']}/publish", {})
    assert refused.value.status == 409
    assert Library(str(tmp_path / "data" / "library"), namespace="anna").ids() == []


def test_a_product_under_the_bar_is_a_refused_draft_with_a_reason(
    start: Callable[..., Running], shared_data: Path, tmp_path: Path
) -> None:
    scan = shared_data / "scans" / "gso" / "Room_Essentials_Mug_White_Yellow"
    server = start()
    client = server.client()
    data = good.zipped({path.name: path.read_bytes() for path in scan.iterdir() if path.is_file()})
    (tmp_path / "mug.zip").write_bytes(data)
    options = {"deliveries": ["mobile"], "unit": "m", "target_triangles": 60, "textures": "webp"}
    found = convert(client, tmp_path / "mug.zip", options)
    assert found["state"] == "refused"
    assert found["error"]["code"] == "quality.refused"
    assert found["error"]["fields"]["reasons"]
    assert get(server.url, found["report"])[0] == 200
    with pytest.raises(Answered) as refused:
        client.call("POST", f"/api/drafts/{found['id']}/publish", {})
    assert refused.value.reason == "quality.refused"
    assert client.call("POST", f"/api/drafts/{found['id']}/publish", {"force": True})["version"] == 1


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
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
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


def test_a_bad_file_gives_one_clear_error_and_the_next_is_none_the_worse(
    start: Callable[..., Running], box: Path, tmp_path: Path
) -> None:
    server = start()
    client = server.client()
    sentences: dict[str, str] = {}
    for name in ("zip-climbs-out", "zip-bomb", "unread-fbx", "truncated-ply", "nan-obj", "header-of-1000000000-ply",
                 "missing-texture", "splats-ply", "image-bomb"):  # fmt: skip
        case = hostile.CASES[name]
        path = case.build(tmp_path / name)
        if path.is_dir():
            data = good.zipped(
                {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}
            )
            path = tmp_path / f"{name}.zip"
            path.write_bytes(data)
        reason, sentence = refusal(client, path)
        assert reason.startswith(case.code), name
        assert str(tmp_path) not in sentence
        assert "--" not in sentence.replace("--dimension", ""), sentence
        assert len(sentence.splitlines()) == 1
        sentences[name] = sentence
    assert len(set(sentences.values())) == len(sentences)
    assert convert(client, box)["state"] == "draft"


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Upload-Offset": "1"}, b"12345", 409),
        ({"Upload-Offset": "-1"}, b"12345", 400),
        ({"Upload-Offset": "9" * 30}, b"12345", 400),
        ({}, b"12345", 400),
        ({"Upload-Offset": "0"}, b"123456", 413),
        ({"Upload-Offset": "0", "Upload-Checksum": "sha256 AAAA"}, b"12345", 400),
        ({"Upload-Offset": "0", "Upload-Checksum": "md5 " + "A" * 24}, b"12345", 400),
        ({"Upload-Offset": "0", "Upload-Checksum": "sha256 " + "A" * 43 + "="}, b"12345", 460),
        ({"Upload-Offset": "0", "Content-Encoding": "gzip"}, b"12345", 400),
        ({"Upload-Offset": "0", "Content-Type": "text/plain"}, b"12345", 400),
        ({"Upload-Offset": "0"}, b"12345", 204),
    ],
)
def test_a_part_is_taken_only_if_everything_about_it_is_right(
    one_server: Running, headers: dict[str, str], body: bytes, status: int
) -> None:
    client = one_server.client()
    upload = client.call("POST", "/api/uploads", {"name": "a.obj", "size_bytes": 5})["id"]
    connection = http.client.HTTPConnection(one_server.url.removeprefix("http://"), timeout=30)
    sent = {"Content-Type": "application/offset+octet-stream", "Authorization": "Bearer anna-1", **headers}
    connection.request("PATCH", f"/api/uploads/{upload}", body, sent)
    answer = connection.getresponse()
    text = answer.read()
    assert answer.status == status, text
    if status == 409:
        assert json.loads(text)["error"]["fields"]["offset"] == 0
    connection.close()  # the server may have done so too: it does not read on after a refusal
    connection.request("HEAD", f"/api/uploads/{upload}", headers={"Authorization": "Bearer anna-1"})
    answer = connection.getresponse()
    answer.read()
    assert answer.getheader("Upload-Offset") == ("5" if status == 204 else "0")
    assert answer.getheader("Upload-Length") == "5"
    connection.close()
    client.call("DELETE", f"/api/uploads/{upload}")


@pytest.fixture(scope="module")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("one")
    found = Running(folder / "data", folder / "cache", worker=False)
    found.start()
    yield found
    found.close()


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a.obj"},
        {"name": "a.obj", "size_bytes": 0},
        {"name": "a.obj", "size_bytes": 1 << 50},
        {"name": "a\nb.obj", "size_bytes": 5},
        {"name": "a.obj", "size_bytes": 5, "sha256": "x"},
        {"name": "a.obj", "size_bytes": 5, "path": "/etc"},
        {"name": "a.obj", "size_bytes": 5, "options": {"product": "../x"}},
        {"name": "a.obj", "size_bytes": 5, "options": {"facts": {"name": 5}}},
        {"name": "a.obj", "size_bytes": 5, "options": {"dimensions": "big"}},
    ],
)
def test_an_upload_that_cannot_be_is_refused_before_a_byte_is_sent(one_server: Running, body: dict[str, Any]) -> None:
    with pytest.raises(Answered) as refused:
        one_server.client().call("POST", "/api/uploads", body)
    assert refused.value.status == 400
    assert one_server.client().call("GET", "/api/uploads")["uploads"] == []


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
