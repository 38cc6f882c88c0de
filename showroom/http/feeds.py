"""
Feeds over HTTP: schema.org JSON-LD of a product or a merchant's catalogue, and the feed for Google Merchant Center.

All are made from the manifests on the shelf and the offers of the moment; nothing of them is stored. Addresses in them
are absolute: by the setting ``public_url``, else by the name that the caller used, which the API has checked.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Final
from urllib.parse import quote

from aiohttp import web
from msgspec import Meta, Struct

from showroom.errors import NotFound
from showroom.http.context import PEER
from showroom.http.endpoint import Call, Endpoint
from showroom.http.ranges import is_known
from showroom.http.shelf import Shelf, Shown, address, etag
from showroom.shop.feeds import Addresses, Entry, jsonld, merchant
from showroom.shop.money import exponent
from showroom.shop.service import Shop
from showroom.tenants import public_id
from showroom_assets.product import File

_FRESH: Final = "public, max-age=60"


class FeedQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The one currency of a feed's prices."""

    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217 code, such as EUR.")] = "EUR"


def endpoints(shop: Shop, shelf: Callable[[], Awaitable[Shelf]], *, public_url: str = "") -> list[Endpoint]:
    """
    Parameters
    ----------
    shelf
        Gives what is on the shelf now.
    public_url
        As in the settings.
    """
    feeds = _Feeds(shop, shelf, public_url.rstrip("/"))
    row = Endpoint
    return [
        row(method="GET", path="/feeds/products/{id}.jsonld", handler=feeds.product, tag="feeds", is_public=True),
        row(method="GET", path="/feeds/merchants/{tenant}/catalogue.jsonld", handler=feeds.catalogue, tag="feeds",
            is_public=True),
        row(method="GET", path="/feeds/merchants/{tenant}/google.xml", handler=feeds.google, tag="feeds",
            query=FeedQuery, is_public=True),
    ]  # fmt: skip


class _Feeds:
    """The handlers."""

    def __init__(self, shop: Shop, shelf: Callable[[], Awaitable[Shelf]], public_url: str) -> None:
        self._shop = shop
        self._shelf = shelf
        self._public_url = public_url

    async def product(self, call: Call) -> web.Response:
        """Describe a product in schema.org's words: offers by variant, and its 3D model."""
        shown = (await self._shelf()).products.get(call.path["id"])
        if shown is None:
            raise NotFound("There is no such product. Look at /api/catalogue.")
        row = shown.row
        offers = await self._shop.offers(tenant=row.tenant, product=row.product, limit=1000)
        entry = Entry(tenant=row.tenant, product=shown.manifest, offers=offers)
        return _answer(call, jsonld.encode(jsonld.product(entry, self._addresses(call))), jsonld.MEDIA_TYPE)

    async def catalogue(self, call: Call) -> web.Response:
        """Describe all products of a merchant in schema.org's words."""
        tenant = call.path["tenant"]
        entries = await self._entries(tenant)
        found = jsonld.catalogue(entries, self._addresses(call), name=tenant)
        return _answer(call, jsonld.encode(found), jsonld.MEDIA_TYPE)

    async def google(self, call: Call) -> web.Response:
        """
        List a merchant's products for Google Merchant Center, as RSS.

        The header ``X-Left-Out`` counts SKUs that lack what Google requires: a price in that currency, or a picture.
        """
        tenant, query = call.path["tenant"], call.query
        exponent(query.currency)
        entries = await self._entries(tenant)
        data, left_out = merchant.feed(
            entries, self._addresses(call), name=tenant, home=f"{self._base(call)}/", currency=query.currency
        )
        answer = _answer(call, data, merchant.MEDIA_TYPE)
        answer.headers["X-Left-Out"] = str(left_out)
        return answer

    async def _entries(self, tenant: str) -> list[Entry]:
        shown: list[Shown] = [one for one in (await self._shelf()).products.values() if one.row.tenant == tenant]
        if not shown:
            raise NotFound("That merchant has nothing on the shelf. Look at /api/catalogue.")
        offers = await self._shop.offers_by_product(tenant=tenant)
        return [
            Entry(tenant=tenant, product=one.manifest, offers=offers.get((tenant, one.row.product), ()))
            for one in shown
        ]

    def _base(self, call: Call) -> str:
        return self._public_url or f"{call.request[PEER].scheme}://{call.request.host}"

    def _addresses(self, call: Call) -> Addresses:
        base = self._base(call)

        def page(tenant: str, product: str) -> str:
            return f"{base}/#/p/{quote(public_id(tenant, product))}"

        def file(one: File) -> str:
            return base + address(one)

        return Addresses(page=page, file=file)


def _answer(call: Call, data: bytes, media_type: str) -> web.Response:
    tag = etag(data)
    fixed = {"Cache-Control": _FRESH, "ETag": f'"{tag}"', "Content-Type": f"{media_type}; charset=utf-8"}
    if is_known(call.request.headers.get("If-None-Match"), tag):
        return web.Response(status=304, headers=fixed)
    answer = web.Response(body=data, headers=fixed)
    answer.enable_compression()
    return answer
