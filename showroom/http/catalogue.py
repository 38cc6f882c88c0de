"""
The catalogue over HTTP: products, found by words and price, each with the files for the device that asks.

Files are served by the hash of their content: kept for ever by browsers and proxies, in parts on request, and only if a
product on the shelf names them. Prices and stock come from the shop at the moment of asking.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any, Final, Literal

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from showroom.errors import BadRequest, NotFound
from showroom.http import headers
from showroom.http.embedding import CLOSED, EMBEDDING
from showroom.http.endpoint import Call, Endpoint
from showroom.http.ranges import UnsatisfiableRange, byte_range, is_known
from showroom.http.shelf import Device, Row, Scan, Served, Shelf, Shown, addresses, best_delivery, etag, shelf
from showroom_assets.library import Library
from showroom_assets.manifest import DeliveryName, Level, Product

_CACHE_BYTES: Final = 96 << 20
_WHOLE_BYTES: Final = 32 << 20
_CHUNK_BYTES: Final = 1 << 20
_QUICK_S: Final = 0.25
_OFFERS_S: Final = 0.5
_AT_ONCE: Final = 4
_REPLACED_S: Final = 3600.0
"""How long the files of a version that was replaced are served to the pages that were opened before."""

Libraries = Callable[[], Awaitable[Iterable[tuple[str, Library]]]]
"""Each merchant's id and library."""


class OfferNow(Struct, frozen=True, kw_only=True):
    """What a SKU costs, in minor units by currency, and how many can be had; None if that is not counted."""

    sku: str
    price_minor: dict[str, int]
    variant: str = ""
    size: str = ""
    title: str = ""
    available: int | None = None
    is_on_sale: bool = True


Offers = Callable[[], Awaitable[Mapping[tuple[str, str], Sequence[OfferNow]]]]
"""What is offered now, by merchant and product."""


class CatalogueQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to show; without anything, all products by name of merchant and product."""

    q: Annotated[str, Meta(max_length=200, description="Words; typing errors are forgiven.")] = ""
    category: Annotated[str, Meta(max_length=200)] = ""
    merchant: Annotated[str, Meta(max_length=80)] = ""
    currency: Annotated[str, Meta(pattern="^([A-Z]{3})?$", description="Of the prices to filter and sort by.")] = ""
    price_min: Annotated[int, Meta(ge=0, le=10**12, description="In minor units.")] | None = None
    price_max: Annotated[int, Meta(ge=0, le=10**12, description="In minor units.")] | None = None
    in_stock: bool = False
    sort: Literal["best", "name", "cheapest", "dearest", "newest"] = "best"
    page: Annotated[int, Meta(ge=1, le=100_000)] = 1
    per_page: Annotated[int, Meta(ge=1, le=200)] = 100


class Item(Row, frozen=True, kw_only=True):
    """A row of the catalogue with what it costs from (minor units by currency) and how many there are."""

    price_minor: dict[str, int] | None
    available: int | None
    is_on_sale: bool


class Catalogue(Struct, frozen=True, kw_only=True):
    """A page of products. ``categories`` counts all that were found, before the filter by category."""

    schema: Literal["showroom.catalogue/1"] = "showroom.catalogue/1"
    products: list[Item]
    total: int
    page: int
    pages: int
    categories: dict[str, int]


class ProductQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For which device; by default the browser's own hints decide."""

    device: Device | None = None


class DeliveryNow(Struct, frozen=True, kw_only=True):
    """The files for the device that asked: the first look's, and its levels of detail."""

    device: Device
    name: DeliveryName
    url: str
    size_bytes: int
    gpu_bytes: int
    triangles: int
    levels: list[Level]


class ProductNow(Item, frozen=True, kw_only=True):
    """A product: its manifest, the address of each of its files, what suits the device, offers, its scan."""

    manifest: Product
    files: dict[str, str]
    delivery: DeliveryNow
    offers: list[OfferNow]
    scan: Scan | None


async def no_offers() -> Mapping[tuple[str, str], Sequence[OfferNow]]:
    """Where there is no shop."""
    return {}


class CatalogueService:
    """
    Parameters
    ----------
    libraries, offers
        See there.
    scans
        As for ``shelf``.
    fresh_s
        How old the shelf may be.
    clock
        Seconds, monotonic.
    """

    def __init__(
        self,
        libraries: Libraries,
        *,
        offers: Offers = no_offers,
        scans: Library | None = None,
        fresh_s: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._libraries = libraries
        self._offers = offers
        self._scans = scans
        self._fresh_s = fresh_s
        self._clock = clock
        self._shelf: Shelf | None = None
        self._replaced: dict[str, tuple[float, Mapping[str, Served]]] = {}
        self._read_at = 0.0
        self._took_s = 0.0
        self._reading: asyncio.Task[Shelf] | None = None
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._kept_bytes = 0
        self._offered: tuple[float, Mapping[tuple[str, str], Sequence[OfferNow]]] = (float("-inf"), {})
        self._fetching: dict[str, asyncio.Task[bytes | None]] = {}
        self._disk = asyncio.Semaphore(_AT_ONCE)

    def endpoints(self) -> list[Endpoint]:
        """The rows of the API."""
        row = Endpoint
        return [
            row(method="GET", path="/api/catalogue", handler=self.catalogue, tag="catalogue", query=CatalogueQuery,
                answer=Catalogue, is_public=True),
            row(method="GET", path=r"/api/products/{id:[a-z0-9.-]{1,170}}", handler=self.product, tag="catalogue",
                query=ProductQuery, answer=ProductNow, is_public=True),
            row(method="GET", path=r"/blobs/{sha256:[0-9a-f]{64}}/{name}", handler=self.blob, tag="catalogue",
                most_bytes=None, responses={206: "A part of it.", 416: "There is no such part."}, is_public=True),
        ]  # fmt: skip

    async def stop(self) -> None:
        """Wait for what is being read."""
        tasks = [*self._fetching.values(), *([self._reading] if self._reading else [])]
        await asyncio.gather(*tasks, return_exceptions=True)

    def changed(self) -> None:
        """Something was published: the next to ask reads the shelf anew."""
        self._read_at = float("-inf")

    async def catalogue(self, call: Call) -> web.Response:
        """Find products: all of them, or by words, category and price."""
        query: CatalogueQuery = call.query
        on_shelf = await self.now()
        offers = await self._offers_now()
        if (query.price_min is not None or query.price_max is not None) and not query.currency:
            raise BadRequest("Prices need their currency: add currency=EUR, for instance.", field="currency")
        ids = on_shelf.index.find(query.q) if query.q.strip() else [*on_shelf.products]
        items = [_item(on_shelf.products[one], offers) for one in ids]
        items = [item for item in items if _is_wanted(item, query)]
        categories = dict(sorted(Counter(item.category for item in items if item.category).items()))
        if query.category:
            items = [item for item in items if item.category == query.category]
        _sort(items, query)
        first = (query.page - 1) * query.per_page
        found = Catalogue(
            products=items[first : first + query.per_page],
            total=len(items),
            page=query.page,
            pages=max(1, -(-len(items) // query.per_page)),
            categories=categories,
        )
        return _json(call.request, msgspec.json.encode(found))

    async def product(self, call: Call) -> web.Response:
        """One product, with the files that suit the device."""
        shown = (await self.now()).products.get(call.path["id"])
        if shown is None:
            raise NotFound("There is no such product on the shelf. See /api/catalogue.")
        offers = await self._offers_now()
        item = _item(shown, offers)
        device = call.query.device or _device(call.request)
        found = ProductNow(
            **{name: getattr(item, name) for name in Item.__struct_fields__},
            manifest=shown.manifest,
            files=addresses(shown.manifest),
            delivery=_delivery(shown.manifest, device),
            offers=[*offers.get((shown.row.tenant, shown.row.product), ())],
            scan=shown.scan,
        )
        answer = _json(call.request, msgspec.json.encode(found))
        answer.headers["Vary"] = "Accept-Encoding, Sec-CH-UA-Mobile, Sec-CH-UA-Form-Factors, User-Agent"
        return answer

    async def blob(self, call: Call) -> web.StreamResponse:
        """A file of a product, by the hash of its content; in parts on request."""
        request = call.request
        served = (await self.now()).blobs.get(call.path["sha256"]) or self._replaced_file(call.path["sha256"])
        if served is None:
            raise NotFound("No product on the shelf has such a file. See /api/catalogue.")
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
        # The header itself: aiohttp's ``content_type`` takes no parameters.
        fixed["Content-Type"] = file.media_type + ("; charset=utf-8" if file.media_type.startswith("text/") else "")
        first, end = part or (0, file.size_bytes)
        if part is not None:
            fixed["Content-Range"] = f"bytes {first}-{end - 1}/{file.size_bytes}"
        status = 200 if part is None else 206
        if file.size_bytes > _WHOLE_BYTES:
            return await self._stream(request, served, first, end, status=status, fixed=fixed)
        data = await self._bytes(served)
        if data is None:
            raise NotFound("That file is not in the library any more. Ask for the product again.")
        return web.Response(status=status, body=data[first:end], headers=fixed)

    async def now(self) -> Shelf:
        """
        The shelf as it is, or was a moment ago.

        A library that is quick to read is read anew for whoever asks; a slow one is read behind their backs, and at
        most a tenth of the time.
        """
        patience_s = self._fresh_s if self._took_s < _QUICK_S else max(self._fresh_s, 10 * self._took_s)
        if self._reading is None and (self._shelf is None or self._clock() - self._read_at > patience_s):
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(self._has_read)
        if self._reading is not None and (self._shelf is None or self._took_s < _QUICK_S):
            return await asyncio.shield(self._reading)
        assert self._shelf is not None
        return self._shelf

    async def fresh(self) -> Shelf:
        """The shelf as it is at this moment, for who has just published something; however long it takes to read."""
        if self._reading is not None:
            await asyncio.wait([self._reading])  # begun before: it may have missed what came since
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
            self._reading.add_done_callback(self._has_read)
        return await asyncio.shield(self._reading)

    async def _offers_now(self) -> Mapping[tuple[str, str], Sequence[OfferNow]]:
        """As of a moment ago: a crowd that opens the catalogue together asks the shop twice a second."""
        if self._clock() - self._offered[0] > _OFFERS_S:
            self._offered = (self._clock(), await self._offers())
        return self._offered[1]

    async def _read(self) -> Shelf:
        begun = self._clock()
        libraries = [*await self._libraries()]
        found = await asyncio.to_thread(shelf, libraries, scans=self._scans)
        self._took_s = self._clock() - begun
        self._keep_replaced(found)
        self._shelf, self._read_at = found, self._clock()
        return found

    def _keep_replaced(self, found: Shelf) -> None:
        """Remember the files of versions that ``found`` replaces; forget those of products that are gone from it."""
        now = self._clock()
        kept = {one: left for one, left in self._replaced.items() if one in found.products and left[0] > now}
        if (before := self._shelf) is not None:
            for one, shown in before.products.items():
                if one in found.products and found.products[one].row.version != shown.row.version:
                    files = {file.sha256: before.blobs[file.sha256] for file in shown.manifest.files}
                    kept[one] = (now + _REPLACED_S, files)
        self._replaced = kept

    def _replaced_file(self, sha256: str) -> Served | None:
        now = self._clock()
        return next(
            (files[sha256] for until, files in self._replaced.values() if sha256 in files and until > now), None
        )

    def _has_read(self, task: asyncio.Task[Shelf]) -> None:
        self._reading = None
        if not task.cancelled() and task.exception() is not None:
            self._took_s = 0.0  # the next to ask tries again, and is told

    async def _bytes(self, served: Served) -> bytes | None:
        """A verified blob, from memory if it was asked for lately; two who ask at once cause one reading."""
        name = served.file.sha256
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        if name not in self._fetching:
            reading = asyncio.create_task(self._fetch(served))
            self._fetching[name] = reading
            reading.add_done_callback(lambda _: self._fetching.pop(name, None))
        return await asyncio.shield(self._fetching[name])

    async def _fetch(self, served: Served) -> bytes | None:
        file = served.file
        async with self._disk:
            data = await asyncio.to_thread(served.library.blobs.read, file.sha256, size_bytes=file.size_bytes)
        if data is not None:
            self._kept[file.sha256] = data
            self._kept_bytes += len(data)
            while self._kept_bytes > _CACHE_BYTES:
                self._kept_bytes -= len(self._kept.popitem(last=False)[1])
        return data

    async def _stream(
        self, request: web.Request, served: Served, first: int, end: int, *, status: int, fixed: dict[str, str]
    ) -> web.StreamResponse:
        """A large blob piece by piece; the verifying reader holds back its last piece until all of it was right."""
        chunks = await asyncio.to_thread(
            served.library.blobs.stream, served.file.sha256, size_bytes=served.file.size_bytes
        )
        if chunks is None:
            raise NotFound("That file is not in the library any more. Ask for the product again.")
        answer = web.StreamResponse(status=status, headers={**headers.SECURITY, **fixed})
        answer.content_length = end - first
        request.get(EMBEDDING, CLOSED).allow(request, answer.headers)
        await answer.prepare(request)
        at = 0
        while at < end and (chunk := await asyncio.to_thread(next, chunks, None)) is not None:
            begin, stop = max(first - at, 0), min(end - at, len(chunk))
            if begin < stop:
                await answer.write(chunk[begin:stop])
            at += len(chunk)
        await answer.write_eof()
        return answer


def _item(shown: Shown, offers: Mapping[tuple[str, str], Sequence[OfferNow]]) -> Item:
    row = shown.row
    found = offers.get((row.tenant, row.product), ())
    on_sale = [one for one in found if one.is_on_sale]
    prices: dict[str, int] = {}
    for one in on_sale:
        for currency, minor in one.price_minor.items():
            prices[currency] = min(minor, prices.get(currency, minor))
    counted = [one.available for one in on_sale if one.available is not None]
    return Item(
        **{name: getattr(row, name) for name in Row.__struct_fields__},
        price_minor=prices or None,
        available=sum(counted) if counted else None,
        is_on_sale=bool(on_sale),
    )


def _is_wanted(item: Item, query: CatalogueQuery) -> bool:
    if query.merchant and item.tenant != query.merchant:
        return False
    if query.in_stock and not item.available:
        return False
    if query.price_min is None and query.price_max is None:
        return True
    price = (item.price_minor or {}).get(query.currency)
    if price is None:
        return False
    return (query.price_min or 0) <= price <= (query.price_max if query.price_max is not None else price)


def _sort(items: list[Item], query: CatalogueQuery) -> None:
    def price(item: Item) -> tuple[bool, int]:
        prices = item.price_minor or {}
        found = prices.get(query.currency) if query.currency else next(iter(sorted(prices.items())), ("", None))[1]
        return found is None, (found or 0) * (-1 if query.sort == "dearest" else 1)

    if query.sort == "name":
        items.sort(key=lambda item: (item.name.casefold(), item.id))
    elif query.sort == "newest":
        items.sort(key=lambda item: item.published_at, reverse=True)
    elif query.sort in {"cheapest", "dearest"}:
        items.sort(key=price)


def _delivery(product: Product, device: Device) -> DeliveryNow:
    name = best_delivery(product, device)
    delivery = product.deliveries[name]
    file = next(file for file in product.files if file.path == delivery.file)
    return DeliveryNow(
        device=device,
        name=name,
        url=addresses(product)[delivery.file],
        size_bytes=file.size_bytes,
        gpu_bytes=delivery.gpu_bytes,
        triangles=delivery.triangles,
        levels=delivery.levels,
    )


def _device(request: web.Request) -> Device:
    """By the browser's hints (UA Client Hints), else by its name."""
    factors = request.headers.get("Sec-CH-UA-Form-Factors", "")
    agent = request.headers.get("User-Agent", "")
    if "XR" in factors or any(word in agent for word in ("OculusBrowser", "Quest", " VR", "Wolvic", "PicoBrowser")):
        return "headset"
    hint = request.headers.get("Sec-CH-UA-Mobile", "")
    if hint == "?1" or (not hint and any(word in agent for word in ("Mobi", "Android", "iPhone", "iPad"))):
        return "mobile"
    return "desktop"


def _json(request: web.Request, data: bytes) -> web.Response:
    tag = etag(data)
    fixed: dict[str, Any] = {"Cache-Control": headers.ASK_AGAIN, "ETag": f'W/"{tag}"'}
    if is_known(request.headers.get("If-None-Match"), tag):
        return web.Response(status=304, headers=fixed)
    answer = web.Response(body=data, content_type="application/json", headers=fixed)
    answer.enable_compression()
    return answer
