"""A preview server on a real port, over a real library, and a client that sends addresses exactly as they are given."""

import asyncio
import http.client
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from shelf_files import product_folder

from showroom.http import client
from showroom.http.preview import Preview, start
from showroom_assets.library import Library


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


Get = Callable[..., Answer]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built client in small."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<!doctype html><title>Showroom</title>" + "<p>quiet</p>" * 200)
    (folder / "assets" / "index-DQw263cf.js").write_text("export {};\n")
    (folder.parent / "secret.txt").write_text("not for you")
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(tmp_path / "library")
    library.publish(product_folder(tmp_path / "chair"))
    return library


@pytest.fixture
def get(library: Library, site: Path) -> Iterator[Get]:
    """Asks a running server: ``get("/", headers={…}, method="GET")``."""
    loop = asyncio.new_event_loop()
    preview = Preview(library=library, offers={"chair": {"EUR": 12800}}, client=client.load(site))
    runner, address = loop.run_until_complete(start(preview, port=0))
    port = int(address.rstrip("/").rpartition(":")[2])
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def ask(path: str, *, method: str = "GET", **headers: str) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            line.request(method, path, headers={key.replace("_", "-"): value for key, value in headers.items()})
            answer = line.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            line.close()

    yield ask
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(20)
    loop.close()
