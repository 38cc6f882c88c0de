"""
A small read-only server that shows what is in a library.

    /                         the page
    /api/catalogue            the products on the shelf
    /api/products/ID          one product: its manifest and the address of each of its files
    /blobs/SHA256/NAME        a file that one of them lists

It binds to this machine alone, takes GET and HEAD, and every name in an address is looked up in a table, never in a
file system. What it is not: the store. It knows no carts, no accounts and no uploads.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from showroom.http import headers
from showroom.http.client import Asset
from showroom.http.ranges import UnsatisfiableRange, byte_range, is_known
from showroom.http.shelf import Offers, Served, Shelf, etag, shelf
from showroom_assets.errors import ShowroomError
from showroom_assets.library import Library

_FRESH_S: Final = 2.0
_CACHE_BYTES: Final = 96 << 20
_LARGEST_BYTES: Final = 256 << 20
_TEXTURE_WORKER: Final = "basis/worker.js"
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True, kw_only=True)
class Preview:
    """
    The server's state: the library, and what was read of it a moment ago.

    Parameters
    ----------
    library, scans, offers
        As for ``shelf``.
    client
        The built web client.
    """

    library: Library
    client: Mapping[str, Asset]
    scans: Library | None = None
    offers: Offers = field(default_factory=dict)
    _shelf: Shelf | None = None
    _read_at: float = 0.0
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _kept: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    _fetching: dict[str, asyncio.Future[bytes | None]] = field(default_factory=dict)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[_careful], client_max_size=1024)
        app.router.add_get("/", self.page)
        app.router.add_get("/api/catalogue", self.catalogue)
        app.router.add_get("/api/products/{id}", self.product)
        app.router.add_get("/blobs/{sha256}/{name}", self.blob)
        app.router.add_get("/{path:.+}", self.asset)
        return app

    async def page(self, request: web.Request) -> web.Response:
        return _asset(request, self.client["index.html"])

    async def asset(self, request: web.Request) -> web.Response:
        found = self.client.get(request.match_info["path"])
        if found is None:
            raise _missing()
        answer = _asset(request, found)
        if request.match_info["path"] == _TEXTURE_WORKER:
            answer.headers["Content-Security-Policy"] = headers.WORKER_POLICY
        return answer

    async def catalogue(self, request: web.Request) -> web.Response:
        return _json(request, (await self.now()).catalogue)

    async def product(self, request: web.Request) -> web.Response:
        data = (await self.now()).manifests.get(request.match_info["id"])
        if data is None:
            raise _missing()
        return _json(request, data)

    async def blob(self, request: web.Request) -> web.Response:
        served = (await self.now()).blobs.get(request.match_info["sha256"])
        if served is None or served.file.size_bytes > _LARGEST_BYTES:
            raise _missing()
        file = served.file
        fixed = {
            "Cache-Control": headers.FOREVER,
            "ETag": f'"{file.sha256}"',
            "Accept-Ranges": "bytes",
            "Content-Security-Policy": headers.REPORT_POLICY if file.media_type == "text/html" else headers.DATA_POLICY,
        }
        if is_known(request.headers.get("If-None-Match"), file.sha256):
            return web.Response(status=304, headers=fixed)
        # If-Range: a part of something else is of no use (RFC 9110, section 13.1.5).
        same = request.headers.get("If-Range", fixed["ETag"]) == fixed["ETag"]
        try:
            part = byte_range(request.headers.get("Range") if same else None, file.size_bytes)
        except UnsatisfiableRange:
            return web.Response(status=416, headers={**fixed, "Content-Range": f"bytes */{file.size_bytes}"})
        data = await self._bytes(served)
        if data is None:
            raise _missing()
        # The header itself: aiohttp's ``content_type`` takes no parameters.
        fixed["Content-Type"] = file.media_type + ("; charset=utf-8" if file.media_type.startswith("text/") else "")
        if part is None:
            return web.Response(body=data, headers=fixed)
        fixed["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{file.size_bytes}"
        return web.Response(status=206, body=data[part[0] : part[1]], headers=fixed)

    async def now(self) -> Shelf:
        """The shelf as it was at most two seconds ago; read in a thread, once for all who ask."""
        async with self._reading:
            if self._shelf is None or time.monotonic() - self._read_at > _FRESH_S:
                self._shelf = await asyncio.to_thread(shelf, self.library, scans=self.scans, offers=self.offers)
                self._read_at = time.monotonic()
            return self._shelf

    async def _bytes(self, served: Served) -> bytes | None:
        """A verified blob, from memory if it was asked for lately; two who ask at once cause one reading."""
        name = served.file.sha256
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        if name not in self._fetching:
            reading = asyncio.ensure_future(
                asyncio.to_thread(served.library.blobs.read, name, size_bytes=served.file.size_bytes)
            )
            self._fetching[name] = reading
            reading.add_done_callback(lambda _: self._fetching.pop(name, None))
        data = await asyncio.shield(self._fetching[name])
        if data is not None:
            self._kept[name] = data
            while sum(map(len, self._kept.values())) > _CACHE_BYTES:
                self._kept.popitem(last=False)
        return data


def _asset(request: web.Request, asset: Asset) -> web.Response:
    fixed = {
        "Cache-Control": headers.FOREVER if asset.is_hashed else headers.ASK_AGAIN,
        "Content-Type": asset.media_type,
        "ETag": f'"{asset.tag}"',
        "Vary": "Accept-Encoding",
    }
    if is_known(request.headers.get("If-None-Match"), asset.tag):
        return web.Response(status=304, headers=fixed)
    if asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
        return web.Response(body=asset.packed, headers={**fixed, "Content-Encoding": "gzip"})
    return web.Response(body=asset.data, headers=fixed)


def _json(request: web.Request, data: bytes) -> web.Response:
    tag = etag(data)
    fixed = {"Cache-Control": headers.ASK_AGAIN, "ETag": f'"{tag}"'}
    if is_known(request.headers.get("If-None-Match"), tag):
        return web.Response(status=304, headers=fixed)
    answer = web.Response(body=data, content_type="application/json", headers=fixed)
    answer.enable_compression()
    return answer


def _missing() -> web.HTTPNotFound:
    return web.HTTPNotFound(text="There is nothing here.\n")


@web.middleware
async def _careful(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Who may ask, what the answer allows, and one shape for errors."""
    if not headers.is_local(request.host):
        answer: web.StreamResponse = web.json_response(
            {"error": {"code": "host", "message": "Open this page by the address that was printed."}}, status=403
        )
    else:
        try:
            answer = await handler(request)
        except web.HTTPException as exc:
            code = exc.reason.lower().replace(" ", "_")
            answer = web.json_response({"error": {"code": code, "message": exc.text or exc.reason}}, status=exc.status)
            if "Allow" in exc.headers:
                answer.headers["Allow"] = exc.headers["Allow"]
        except ShowroomError as exc:
            answer = web.json_response({"error": exc.to_json()}, status=503)
    answer.headers.setdefault("Content-Security-Policy", headers.PAGE_POLICY)
    answer.headers.update(headers.SECURITY)
    answer.headers["Server"] = "showroom"
    return answer


async def start(preview: Preview, *, port: int, host: str = "127.0.0.1") -> tuple[web.AppRunner, str]:
    """
    Listen; returns the runner, to be cleaned up, and the page's address.

    Parameters
    ----------
    port
        0 takes any that is free.

    Raises
    ------
    OSError
        The port is taken.
    """
    runner = web.AppRunner(preview.app(), access_log=None, handle_signals=False)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner, f"http://{host}:{runner.addresses[0][1]}/"
