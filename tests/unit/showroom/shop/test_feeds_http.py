"""The feeds over HTTP, from a real library and a real shop."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from aiohttp import web
from api_server import Asker, serving
from msgspec.structs import replace
from shelf_files import product_folder

from showroom.accounts.principal import Principal
from showroom.db.database import Database, sqlite_url
from showroom.db.tables import metadata
from showroom.http import feeds
from showroom.http.api import Api
from showroom.http.catalogue import CatalogueService
from showroom.http.limits import Limits, Rate
from showroom.http.metrics import Metrics
from showroom.http.peers import Peers
from showroom.shop.offers import OfferTerms
from showroom.shop.rehearsal import TestProvider
from showroom.shop.service import Shop
from showroom_assets.library import Library
from showroom_assets.manifest import load, write_manifest


class Nobody:
    async def identify(self, *, token: str, session: str) -> Principal | None:
        return None


@pytest.fixture(params=["", "https://shop.example/"])
def ask(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Asker]:
    folder = product_folder(tmp_path / "chair")
    (folder / "product.json").write_bytes(write_manifest(replace(load(folder), skus=["C-1"])))
    library = Library(tmp_path / "library", namespace="nordlicht")
    library.publish(folder)
    database = Database(sqlite_url(tmp_path / "shop.db"))
    with database.engine.begin() as connection:
        metadata.create_all(connection)
    shop = Shop(database, TestProvider(b"a secret of 16 b", clock_s=time.time))

    async def libraries() -> Iterable[tuple[str, Library]]:
        return [("nordlicht", library)]

    def make() -> web.Application:
        catalogue = CatalogueService(libraries)
        plenty = Rate(1e6, 1e6)
        return Api(
            feeds.endpoints(shop, catalogue.now, public_url=request.param),
            gate=Nobody(),
            limits=Limits(dict.fromkeys(("read", "write", "costly"), plenty), address_factor=1, clock=lambda: 0.0),
            peers=Peers(host="127.0.0.1", public_url=request.param, allowed_origins=[], trusted_proxies=[]),
            metrics=Metrics(),
        ).app()

    with serving(make) as asker:
        asker.base = (request.param or f"http://127.0.0.1:{asker.port}").rstrip("/")  # type: ignore[attr-defined]
        terms = OfferTerms(product="chair", prices={"EUR": 100})
        asker.run(shop.put_offer("nordlicht", "C-1", terms, caller="m", key="1"))
        asker.run(shop.set_stock("nordlicht", "C-1", caller="m", key="2", add=1))
        yield asker
    database.close()


def test_feeds_have_whole_addresses_and_the_stock_of_the_moment(ask: Asker) -> None:
    base = ask.base  # type: ignore[attr-defined]
    answer = ask("GET", "/feeds/products/nordlicht.chair.jsonld")
    assert answer.headers["content-type"].startswith("application/ld+json")
    found = answer.json()
    assert found["url"] == f"{base}/#/p/nordlicht.chair"
    assert found["offers"][0]["availability"] == "https://schema.org/InStock"
    whole = ask("GET", "/feeds/merchants/nordlicht/catalogue.jsonld").json()
    assert whole["itemListElement"][0]["item"]["sku"] == "C-1"
    google = ask("GET", "/feeds/merchants/nordlicht/google.xml?currency=EUR")
    assert google.headers["x-left-out"] == "0"
    item = ET.fromstring(google.body).find("channel/item")
    assert item is not None
    assert str(item.findtext("link")).startswith(f"{base}/")


def test_a_feed_that_has_not_changed_is_not_sent_again(ask: Asker) -> None:
    first = ask("GET", "/feeds/merchants/nordlicht/google.xml")
    assert ask("GET", "/feeds/merchants/nordlicht/google.xml", If_None_Match=first.headers["etag"]).status == 304


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/feeds/products/nothing.jsonld", 404),
        ("/feeds/merchants/nobody/google.xml", 404),
        ("/feeds/merchants/nordlicht/google.xml?currency=EUX", 400),
        ("/feeds/merchants/nordlicht/google.xml?currency=e", 400),
    ],
)
def test_what_is_not_there_or_not_sense_is_refused(ask: Asker, path: str, status: int) -> None:
    assert ask("GET", path).status == status
