"""Uploads as a merchant meets them: from a scan to a draft, and from there to a product."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import postgres
import pytest
import redis_server
import scan_files as good
import upload_server
from aiohttp import web
from upload_house import FAST, Running, convert, get

from showroom.jobs.client import Answered, Client
from showroom_assets.library import Library


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
    page = (Path(__file__).parents[3] / "docs" / "uploads.md").read_text()
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
