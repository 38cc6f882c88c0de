"""The built web client: its page at ``/``, its files below it. Names are looked up in a table, never on a disk."""

from typing import Final

from aiohttp import hdrs, web

from showroom.http import headers
from showroom.http.client import Asset, Client
from showroom.http.embedding import CLOSED, FRAMED, Embedding
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
    embedding
        Which other sites may frame the product page and load the client's files.
    page_policy
        Content-Security-Policy of pages.
    """

    def __init__(
        self, client: Client | None, *, embedding: Embedding = CLOSED, page_policy: str = headers.PAGE_POLICY
    ) -> None:
        self._client = client
        self._embedding = embedding
        self._framed_policy: Final = embedding.page_policy(page_policy)

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Its routes, which must come last: the second takes every address."""
        router.add_get("/", self.page)
        router.add_get("/{path:.+}", self.asset)

    async def page(self, request: web.Request) -> web.StreamResponse:
        if self._client is None:
            return web.Response(text=_NOT_BUILT, content_type="text/html", headers={"Cache-Control": "no-store"})
        return await self._answer(request, self._client, self._client["index.html"])

    async def asset(self, request: web.Request) -> web.StreamResponse:
        path = request.match_info["path"]
        found = None if self._client is None else self._client.get(path)
        if self._client is None or found is None:
            raise web.HTTPNotFound
        answer = await self._answer(request, self._client, found)
        if path == _TEXTURE_WORKER:
            answer.headers["Content-Security-Policy"] = headers.WORKER_POLICY
        elif path == FRAMED:
            answer.headers["Content-Security-Policy"] = self._framed_policy
        if not found.media_type.startswith("text/html"):
            self._embedding.allow(request, answer.headers)
        return answer

    async def _answer(self, request: web.Request, client: Client, asset: Asset) -> web.StreamResponse:
        fixed = {
            "Cache-Control": headers.FOREVER if asset.is_hashed else headers.ASK_AGAIN,
            "Content-Type": asset.media_type,
            "Vary": "Accept-Encoding",
        }
        is_packed = "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "")
        if asset.data is None:
            return await _from_disk(request, client, asset, fixed, is_packed=is_packed)
        fixed["ETag"] = f'"{asset.tag}"'
        if is_known(request.headers.get(hdrs.IF_NONE_MATCH), asset.tag):
            return web.Response(status=304, headers=fixed)
        packed = await client.packed(asset, asset.tag) if is_packed and asset.is_packable else None
        if packed is not None:
            return web.Response(body=packed, headers={**fixed, "Content-Encoding": "gzip"})
        return web.Response(body=asset.data, headers=fixed)


async def _from_disk(
    request: web.Request, client: Client, asset: Asset, fixed: dict[str, str], *, is_packed: bool
) -> web.StreamResponse:
    """A large file: packed from memory, else piece by piece from the disk, in parts on request."""
    try:
        found = asset.path.stat()
    except OSError:
        raise web.HTTPNotFound from None
    tag = f"{found.st_mtime_ns:x}-{found.st_size:x}"  # as ``FileResponse`` makes it
    fixed["ETag"] = f'"{tag}"'
    if is_known(request.headers.get(hdrs.IF_NONE_MATCH), tag):
        return web.Response(status=304, headers=fixed)
    if is_packed and asset.is_packable and hdrs.RANGE not in request.headers:
        packed = await client.packed(asset, tag)
        if packed is not None:
            return web.Response(body=packed, headers={**fixed, "Content-Encoding": "gzip"})
    del fixed["ETag"]
    return web.FileResponse(asset.path, headers=fixed)
