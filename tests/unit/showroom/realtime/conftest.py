"""Loops, adapters and a listener that remembers, for the tests of sockets. Everything here is the real thing."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

import pytest
import uvloop
from aiohttp import web

from showroom.http.peers import Peers
from showroom.protocol.ids import Close
from showroom.realtime import picows_adapter, websockets_adapter
from showroom.realtime.counters import Counters
from showroom.realtime.door import Door
from showroom.realtime.gate import LiveGate
from showroom.realtime.transport import Link

T = TypeVar("T")
FACTORIES = {"picows": picows_adapter.factory, "websockets": websockets_adapter.factory}


class Run(Protocol):
    def __call__(self, main: Coroutine[Any, Any, T]) -> T: ...


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a coroutine to its end on either event loop; nothing may take a minute."""
    factory = asyncio.new_event_loop if request.param == "asyncio" else uvloop.new_event_loop

    def runner(main: Coroutine[Any, Any, T]) -> T:
        with asyncio.Runner(loop_factory=factory) as loop:
            return loop.run(asyncio.wait_for(main, 60))

    return runner


class Listener:
    """Remembers what a connection told, and echoes messages that begin with ``echo``."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self.link: Link | None = None
        self.messages: list[bytes] = []
        self.faults: list[Close] = []
        self.signs = 0
        self.ends: list[int | None] = []
        self.changed = asyncio.Event()

    def opened(self, link: Link) -> None:
        self.link = link
        self.changed.set()

    def message(self, payload: bytes) -> None:
        self.messages.append(payload)
        if payload.startswith(b"echo") and self.link is not None:
            self.link.send(payload)
        self.changed.set()

    def heard(self) -> None:
        self.signs += 1
        self.changed.set()

    def fault(self, close: Close, detail: str) -> None:
        self.faults.append(close)
        assert self.link is not None
        self.link.close(int(close), detail)
        self.changed.set()

    def closed(self, code: int | None) -> None:
        self.ends.append(code)
        self.changed.set()

    async def until(self, is_so: Callable[["Listener"], bool]) -> None:
        while not is_so(self):
            self.changed.clear()
            await self.changed.wait()


class Server:
    """A door with an adapter and a small aiohttp site behind it."""

    def __init__(
        self, adapter: str, *, origins: tuple[str, ...] = (), proxies: tuple[str, ...] = (), head_within_s: float = 60.0
    ) -> None:
        self._head_within_s = head_within_s
        self.counters = Counters()
        self.listeners: list[Listener] = []
        peers = Peers(host="127.0.0.1", public_url="", allowed_origins=origins, trusted_proxies=proxies)
        self.gate = LiveGate(self._listener, peers=peers, counters=self.counters)
        self._factory = FACTORIES[adapter](self.gate)
        self.port = 0

    def _listener(self, peer: str) -> Listener:
        self.listeners.append(Listener(peer))
        return self.listeners[-1]

    async def __aenter__(self) -> "Server":
        app = web.Application(client_max_size=64 << 20)
        app.router.add_get("/hello", _hello)
        app.router.add_post("/upload", _upload)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        assert self._runner.server is not None
        self.door = Door(
            live=self._factory, http=self._runner.server, counters=self.counters, head_within_s=self._head_within_s
        )
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self.door.protocol, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.door.close()
        for listener in self.listeners:
            if listener.link is not None:
                listener.link.abort()
        await self._runner.cleanup()
        await asyncio.sleep(0)

    async def until_open(self) -> Listener:
        while not self.listeners:
            await asyncio.sleep(0.005)
        await self.listeners[-1].until(lambda listener: listener.link is not None)
        return self.listeners[-1]


async def _hello(request: web.Request) -> web.Response:
    return web.Response(text=f"hello {request.query_string}")


async def _upload(request: web.Request) -> web.Response:
    size = 0
    async for chunk in request.content.iter_chunked(1 << 16):
        size += len(chunk)
    return web.json_response({"size": size})


@pytest.fixture(params=list(FACTORIES))
def server(request: pytest.FixtureRequest) -> Callable[..., Server]:
    """Makes a server with either adapter; enter it inside of ``run``."""
    return lambda **gate: Server(request.param, **gate)


Serve = Callable[..., Server]
Main = Callable[[], Awaitable[None]]
