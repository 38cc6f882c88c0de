"""The built web client: its page at ``/``, its files below it. Names are looked up in a table, never on a disk."""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from showroom.http import headers
from showroom.http.client import Asset
from showroom.http.ranges import is_known

_TEXTURE_WORKER: Final = "basis/worker.js"
_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Showroom</title>
<h1>The store is open, but its page is not built yet</h1>
<p>Run <code>make setup</code> and start the server again. The API is at
<a href="/openapi.json">/openapi.json</a>, the products at <a href="/api/catalogue">/api/catalogue</a>.</p>
</html>
"""


class Site:
    """
    Parameters
    ----------
    client
        The files; None if the client is not built: then the page says so.
    """

    def __init__(self, client: Mapping[str, Asset] | None) -> None:
        self._client = client

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Its routes, which must come last: the second takes every address."""
        router.add_get("/", self.page)
        router.add_get("/{path:.+}", self.asset)

    async def page(self, request: web.Request) -> web.Response:
        if self._client is None:
            return web.Response(text=_NOT_BUILT, content_type="text/html", headers={"Cache-Control": "no-store"})
        return _answer(request, self._client["index.html"])

    async def asset(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        found = (self._client or {}).get(path)
        if found is None:
            raise web.HTTPNotFound
        answer = _answer(request, found)
        if path == _TEXTURE_WORKER:
            answer.headers["Content-Security-Policy"] = headers.WORKER_POLICY
        return answer


def _answer(request: web.Request, asset: Asset) -> web.Response:
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
