"""A running API on a real port, and a client that sends exactly what it is told."""

import asyncio
import http.client
import json
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """Of the error."""
        return str(self.json()["error"]["code"])


class Asker:
    """``ask("POST", "/api/carts", json={…}, Authorization="Bearer …")``; underscores in header names become hyphens."""

    def __init__(self, port: int, loop: asyncio.AbstractEventLoop) -> None:
        self.port = port
        self.loop = loop

    def __call__(
        self, method: str, path: str, *, json: Any = None, body: bytes | None = None, **headers: str
    ) -> Answer:
        sent = {key.replace("_", "-"): value for key, value in headers.items()}
        if json is not None:
            body = _encode(json)
            sent.setdefault("Content-Type", "application/json")
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            line.request(method, path, body=body, headers=sent)
            answer = line.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            line.close()

    def run(self, work: Awaitable[Any]) -> Any:
        """Await something on the server's loop."""

        async def awaited() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(awaited(), self.loop).result(120)


def _encode(value: Any) -> bytes:
    return json.dumps(value).encode()


@contextmanager
def serving(make: Callable[[], web.Application]) -> Iterator[Asker]:
    """The application on a free port, in a loop of its own."""
    loop = asyncio.new_event_loop()

    async def start() -> tuple[web.AppRunner, int]:
        runner = web.AppRunner(make(), access_log=None, handle_signals=False)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner, runner.addresses[0][1]

    runner, port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield Asker(port, loop)
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(120)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()
