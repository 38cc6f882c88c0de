"""A catalogue on a real port, over a real library."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from aiohttp import web
from api_server import Answer, Asker, serving
from shelf_files import product_folder

from showroom.accounts.principal import Principal
from showroom.http import client
from showroom.http.api import Api
from showroom.http.catalogue import CatalogueService, OfferNow
from showroom.http.limits import Limits, Rate
from showroom.http.metrics import Metrics
from showroom.http.peers import Peers
from showroom.http.site import Site
from showroom_assets.library import Library

Get = Callable[..., Answer]


class Nobody:
    async def identify(self, *, token: str, session: str) -> Principal | None:
        return None


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
def neighbour(tmp_path: Path) -> Library:
    """Another merchant's products, in the same store."""
    return Library(tmp_path / "library", namespace="nordlicht")


async def offers() -> Mapping[tuple[str, str], Sequence[OfferNow]]:
    return {
        ("default", "chair"): [
            OfferNow(sku="C1", price_minor={"EUR": 12800}, available=2),
            OfferNow(sku="C2", price_minor={"EUR": 14900, "USD": 15900}, available=0),
        ]
    }


@pytest.fixture
def ask(library: Library, neighbour: Library, site: Path) -> Iterator[Asker]:
    async def libraries() -> Iterable[tuple[str, Library]]:
        return [("default", library), ("nordlicht", neighbour)]

    def make() -> web.Application:
        service = CatalogueService(libraries, offers=offers, fresh_s=0.0)
        plenty = Rate(1e6, 1e6)
        peers = Peers(host="127.0.0.1", public_url="", allowed_origins=[], trusted_proxies=[])
        limits = Limits(dict.fromkeys(("read", "write", "costly"), plenty), address_factor=1, clock=lambda: 0.0)
        return Api(
            service.endpoints(),
            gate=Nobody(),
            limits=limits,
            peers=peers,
            metrics=Metrics(),
            pages=Site(client.load(site)).add_to,
        ).app()

    with serving(make) as asker:
        yield asker


@pytest.fixture
def get(ask: Asker) -> Get:
    """``get("/", Range="bytes=0-9", method="HEAD")``."""
    return lambda path, *, method="GET", **headers: ask(method, path, **headers)
