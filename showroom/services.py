"""
Every service of the store, put together: who is handed what, what starts before what.

Services know nothing of each other beyond what they are handed here. What it is not: the door (see ``server``).
"""

import asyncio
import importlib
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from showroom.accounts.service import Accounts
from showroom.avatars.shelf import Avatars
from showroom.db.database import Database, sqlite_url
from showroom.db.shop.offers import offers_at
from showroom.http import accounts as http_accounts
from showroom.http import avatars as http_avatars
from showroom.http import feeds as http_feeds
from showroom.http import moderation as http_moderation
from showroom.http import rooms as http_rooms
from showroom.http import shop as http_shop
from showroom.http import stores as http_stores
from showroom.http.catalogue import CatalogueService, OfferNow
from showroom.http.endpoint import Endpoint
from showroom.http.peers import Peers
from showroom.http.uploads import Progress, Uploads
from showroom.keys import derive, secret
from showroom.protocol.events import Cart, Job
from showroom.realtime import Realtime
from showroom.sample import Sample
from showroom.samples import live_samples
from showroom.settings import Settings
from showroom.shop.payment import Provider
from showroom.shop.rehearsal import TestProvider
from showroom.shop.service import Shop, ShopRules
from showroom.social.turn import ice_servers
from showroom.stores.service import Stores
from showroom.tenants import DEFAULT_TENANT
from showroom_assets.errors import NotInLibrary, ShowroomError
from showroom_assets.library import Library
from showroom_assets.manifest import Product


class NoDataFolder(ShowroomError):
    """The data folder cannot be made."""

    code = "settings.data"


class NoProvider(ShowroomError):
    """The payment provider of the settings cannot be used."""

    code = "settings.payments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are, after all defaults: the data folder, the database's URL, the library's address."""

    data: Path
    database: str
    library: str


def places(settings: Settings) -> Places:
    """
    Where a server of these settings keeps things. Makes the data folder.

    Raises
    ------
    NoDataFolder
        It cannot be made.
    """
    data = Path(settings.data)
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as exc:
        raise NoDataFolder(
            f"The data folder {data} cannot be made ({exc.strerror}). Choose another by --data.", path=str(data)
        ) from exc
    return Places(
        data=data,
        database=settings.database or sqlite_url(data / "showroom.db"),
        library=settings.library or str(data / "library"),
    )


class Services:
    """
    Parameters
    ----------
    settings
        All of them.
    scans
        See ``CatalogueService``: the demo's.
    """

    def __init__(self, settings: Settings, *, scans: Library | None = None) -> None:
        self.settings: Final = settings
        self.places: Final = places(settings)
        key = secret(self.places.data / "secret.key")
        self.peers: Final = Peers(
            host=settings.host,
            public_url=settings.public_url,
            allowed_origins=settings.allowed_origins,
            trusted_proxies=settings.trusted_proxies,
        )
        self.database: Final = Database(self.places.database)
        self._libraries: dict[str, Library] = {}
        self.accounts: Final = Accounts(
            self.database,
            secret=key,
            session_s=settings.session_days * 86_400,
            guest_s=settings.guest_days * 86_400,
        )
        self.catalogue: Final = CatalogueService(self.libraries, offers=self._offers, scans=scans)
        self.stores: Final = Stores(self.database, products=self.products)
        self.shop: Final = Shop(
            self.database,
            provider(settings, key),
            rules=ShopRules(lease_s=settings.lease_s, pay_s=settings.pay_s, provider_grace_s=settings.payment_grace_s),
            catalogue=_Manifests(self.library_of),
        )
        self.realtime: Final = Realtime(
            settings,
            self.database,
            self.stores,
            peers=self.peers,
            secret=derive(key, "rooms"),
            ice=ice(settings),
            stock=self._stock,
            missing=self._missing,
        )
        self.shop.watch(self.realtime.tell_stock)
        self.shop.watch_carts(lambda holder, turn: self.realtime.tell(holder, Cart(revision=turn)))
        self.avatars: Final = Avatars(
            self.database,
            self.places.data / "avatars",
            each=settings.avatar_each,
            most_bytes=settings.avatar_bytes,
            keep_days=settings.avatar_days,
            on_removed=self.realtime.undress,
        )
        self.uploads: Final = Uploads(
            settings, self.database, self.library_of, on_progress=self._progress, on_published=self._published
        )

    def library_of(self, tenant: str) -> Library:
        """A merchant's products."""
        name = tenant or DEFAULT_TENANT
        if name not in self._libraries:
            self._libraries[name] = Library(self.places.library, namespace=name)
        return self._libraries[name]

    async def libraries(self) -> Iterable[tuple[str, Library]]:
        """The house's own merchant and all others, with their libraries."""
        merchants = {DEFAULT_TENANT, *(merchant.id for merchant in await self.accounts.merchants())}
        return [(tenant, self.library_of(tenant)) for tenant in sorted(merchants)]

    async def products(self) -> Mapping[str, Product]:
        """What is on the shelf at this moment, by public id."""
        return {name: shown.manifest for name, shown in (await self.catalogue.fresh()).products.items()}

    def endpoints(self) -> list[Endpoint]:
        """Every row of the API."""
        return [
            *http_accounts.endpoints(self.accounts),
            *self.catalogue.endpoints(),
            *http_stores.endpoints(self.stores),
            *http_rooms.endpoints(
                self.realtime, live_url=self.settings.live_url or http_rooms.live_url_of(self.settings.public_url)
            ),
            *http_moderation.endpoints(
                self.database, http_moderation.of_hub(self.realtime.hub), clock_ms=lambda: int(time.time() * 1000)
            ),
            *http_shop.endpoints(self.shop),
            *http_avatars.endpoints(self.avatars),
            *http_feeds.endpoints(self.shop, self.catalogue.now, public_url=self.settings.public_url),
            *self.uploads.endpoints(),
        ]

    def samples(self) -> Iterable[Sample]:
        """What the services show of themselves."""
        return live_samples(self.realtime.counters)

    async def start(self) -> None:
        """Begin what runs beside requests; rooms are started with the door."""
        await self.shop.start()
        await self.uploads.start()

    async def _offers(self) -> Mapping[tuple[str, str], Sequence[OfferNow]]:
        return await http_shop.offers_now(self.shop)

    async def _stock(self, tenant: str, skus: list[str]) -> Mapping[str, int]:
        """What is left of some SKUs of a merchant."""
        found = await self.database.read(partial(offers_at, places=[(tenant, sku) for sku in skus]))
        return {sku: offer.available for (_, sku), offer in found.items()}

    async def _missing(self, items: Collection[tuple[str, str | None]]) -> Collection[str]:
        """Which of some products, or variants of them by SKU or name, are on no shelf."""
        shelf = await self.products()
        return {
            product
            for product, variant in items
            if (found := shelf.get(product)) is None
            or (variant is not None and variant not in {*found.skus, *(one.name for one in found.variants)})
        }

    async def _progress(self, owner: str, progress: Progress) -> None:
        """A step of somebody's conversion, told to them wherever they are."""
        done = round(1000 * min(1.0, max(0.0, progress.fraction)))
        self.realtime.tell(owner, Job(job=progress.conversion, step=progress.step, done=done))

    async def _published(self, tenant: str, product: str) -> None:
        self.catalogue.changed()


class _Manifests:
    """Published manifests, as the shop asks for them."""

    def __init__(self, library_of: Callable[[str], Library]) -> None:
        self._library_of = library_of

    async def product(self, tenant: str, product: str) -> Product | None:
        """The current version that a merchant has published, or None."""
        try:
            return await asyncio.to_thread(self._library_of(tenant).show, product)
        except NotInLibrary:
            return None


def provider(settings: Settings, key: bytes) -> Provider:
    """
    Who takes payments: the test provider, or a function of the operator's own, which is called with the secret.

    Raises
    ------
    NoProvider
        That function cannot be found, or fails.
    """
    if settings.payments == "test":
        return TestProvider(settings.payment_secret.encode() or derive(key, "test payments"), clock_s=time.time)
    module, _, name = settings.payments.partition(":")
    try:
        make: Any = getattr(importlib.import_module(module), name)
        made: Provider = make(settings.payment_secret.encode())
    except Exception as exc:
        raise NoProvider(
            f"The payment provider {settings.payments} cannot be used ({exc}). Mend the setting 'payments'."
        ) from exc
    return made


def ice(settings: Settings) -> Callable[[str], list[dict[str, str]]]:
    """The servers that help two people's voices to find each other, with credentials for one person."""

    def servers(person: str) -> list[dict[str, str]]:
        return ice_servers(
            person,
            stun=settings.stun,
            turn=settings.turn,
            secret=settings.turn_secret,
            now_ms=int(time.time() * 1000),
            ttl_s=settings.turn_ttl_s,
        )

    return servers
