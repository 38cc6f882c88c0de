"""``showroom serve`` as an operator has it: nothing is set up, one command, and it closes in good order."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jsonschema.validators import Draft202012Validator


@contextmanager
def serve(
    folder: Path, *flags: str, expect: int = 0, end: signal.Signals = signal.SIGTERM
) -> Iterator[tuple[int, Path]]:
    """A server started in an empty folder; its port and its log."""
    log = folder / "log.txt"
    command = [sys.executable, "-m", "showroom", "serve", "--port", "0"]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("SHOWROOM_")}
    with log.open("ab") as said:
        running = subprocess.Popen(
            [*command, "--worker", "no", "--drain-s", "5", *flags],
            cwd=folder, stdout=subprocess.PIPE, stderr=said, text=True, env=environ,
        )  # fmt: skip
    try:
        assert running.stdout is not None
        line = running.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", line), log.read_text()
        yield int(line.rstrip("/").rpartition(":")[2]), log
        running.send_signal(end)
        assert running.wait(30) == expect, log.read_text()
    finally:
        if running.poll() is None:
            running.kill()
            running.wait(30)
        if running.stdout is not None:
            running.stdout.close()


def get(port: int, path: str) -> tuple[int, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path, Path]]:
    folder = tmp_path_factory.mktemp("serve")
    with serve(folder) as (port, log):
        yield port, folder, log


def test_it_needs_no_set_up_and_says_what_to_do_next(running: tuple[int, Path, Path]) -> None:
    port, folder, log = running
    assert get(port, "/healthz")[0] == 200
    status, body = get(port, "/readyz")
    assert (status, json.loads(body)["parts"]) == (200, {"database": "ok", "library": "ok", "disk": "ok"})
    assert get(port, "/")[0] == 200
    assert json.loads(get(port, "/api/catalogue")[1])["products"] == []
    assert (folder / "showroom-data" / "secret.key").stat().st_mode & 0o077 == 0
    assert (folder / "showroom-data").stat().st_mode & 0o077 == 0
    said = log.read_text()
    assert "showroom publish" in said
    assert "showroom store new" in said


def test_its_log_is_json_and_holds_nothing_of_a_person(running: tuple[int, Path, Path]) -> None:
    port, _, log = running
    get(port, "/api/catalogue?q=a-private-search")
    get(port, "/somebody%40example.com")
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert {line["route"] for line in lines if line["message"] == "request"} >= {"/api/catalogue", "/{path}"}
    for word in ("a-private-search", "somebody", "127.0.0.1:"):
        assert word not in "".join(json.dumps(line) for line in lines if line["logger"] == "showroom.http")


def test_the_document_is_openapi(running: tuple[int, Path, Path]) -> None:
    document = json.loads(get(running[0], "/openapi.json")[1])
    assert document["openapi"] == "3.1.0"
    names: set[str] = set()
    for path, methods in document["paths"].items():
        wanted = set(re.findall(r"\{(\w+)\}", path))
        for operation in methods.values():
            names.add(operation["operationId"])
            declared = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
            assert declared == wanted, path
            assert operation["summary"], path
            assert set(operation["responses"]) >= {"429", "500"}, path
            for parameter in operation.get("parameters", []):
                assert parameter["in"] != "path" or parameter["required"]
    assert len(names) == sum(len(methods) for methods in document["paths"].values())
    for name, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert re.fullmatch(r"[A-Za-z0-9._-]+", name)
    text = json.dumps(document)
    for name in re.findall(r'"#/components/schemas/([^"]+)"', text):
        assert name in document["components"]["schemas"]
    Draft202012Validator(OPENAPI).validate(document)


# The parts of https://spec.openapis.org/oas/3.1/schema that this document uses, by hand: the whole is not vendored.
OPENAPI = {
    "type": "object",
    "required": ["openapi", "info", "paths"],
    "additionalProperties": False,
    "properties": {
        "openapi": {"pattern": r"^3\.1\.\d+$"},
        "info": {"type": "object", "required": ["title", "version"]},
        "servers": {"type": "array", "items": {"required": ["url"]}},
        "tags": {"type": "array", "items": {"required": ["name"]}},
        "components": {"type": "object"},
        "paths": {
            "type": "object",
            "propertyNames": {"pattern": "^/"},
            "additionalProperties": {
                "propertyNames": {"enum": ["get", "put", "post", "delete", "patch", "head"]},
                "additionalProperties": {
                    "required": ["responses"],
                    "properties": {
                        "responses": {
                            "propertyNames": {"pattern": "^[1-5][0-9]{2}$"},
                            "additionalProperties": {"required": ["description"]},
                        },
                        "parameters": {
                            "items": {
                                "required": ["name", "in", "schema"],
                                "properties": {"in": {"enum": ["path", "query", "header"]}},
                            }
                        },
                        "requestBody": {"required": ["content"]},
                    },
                },
            },
        },
    },
}


def test_a_request_that_has_begun_is_finished_before_the_server_ends(tmp_path: Path) -> None:
    statuses: list[int] = []
    with serve(tmp_path) as (port, _):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        body = json.dumps({"name": "Ada"}).encode()
        line.putrequest("POST", "/api/guests")
        line.putheader("Content-Type", "application/json")
        line.putheader("Content-Length", str(len(body)))
        line.endheaders()
        line.send(body[:5])
        get(port, "/healthz")  # the server has read what was sent before

        def finish() -> None:
            line.send(body[5:])
            statuses.append(line.getresponse().status)

        later = threading.Timer(0.7, finish)
        later.start()
    later.join()
    line.close()
    assert statuses == [201]


def test_what_was_kept_is_there_after_the_server_was_killed(tmp_path: Path) -> None:
    environ = {**os.environ, "SHOWROOM_DATA": str(tmp_path / "showroom-data")}
    command = [sys.executable, "-m", "showroom"]
    with serve(tmp_path, expect=-signal.SIGKILL, end=signal.SIGKILL):
        made = subprocess.run(
            [*command, "account", "add", "ada", "--role", "operator", "--no-password"], env=environ, check=True,
            capture_output=True, text=True,
        )  # fmt: skip
        assert "operator" in made.stdout
        token = subprocess.run(
            [*command, "account", "token", "ada", "--scope", "operate"], env=environ, check=True, capture_output=True,
            text=True,
        ).stdout.strip()  # fmt: skip
    with serve(tmp_path) as (port, _):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        line.request("GET", "/api/accounts", headers={"Authorization": f"Bearer {token}"})
        answer = line.getresponse()
        assert answer.status == 200
        assert [one["login"] for one in json.loads(answer.read())["accounts"]] == ["ada"]
        line.close()


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path: Path, running: tuple[int, Path, Path]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "showroom", "serve", "--port", str(running[0]), "--worker", "no"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith(f"error: 127.0.0.1:{running[0]} is taken.")


def test_a_data_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "showroom", "serve", "--port", "0", "--data", "file/x"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("error: The data folder file/x cannot be made")
