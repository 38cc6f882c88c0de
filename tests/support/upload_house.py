"""A server of uploads in a process of its own, with its worker, and what merchants ask of it."""

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import upload_server

from showroom.jobs.client import Answered, Client

SERVER = Path(upload_server.__file__)


FAST = {"preset": "fast", "deliveries": ["mobile"], "unit": "m"}


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
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=120)
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
    answer = connection.getresponse()
    found = answer.status, answer.read(), dict(answer.getheaders())
    connection.close()
    return found
