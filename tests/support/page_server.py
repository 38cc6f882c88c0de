"""The built page behind the whole server, and things on sale there: for tests that go shopping in a browser."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
import pytest
from api_server import Asker
from whole_server import running

from showroom.http import client
from showroom.server import Prepare
from showroom.services import Services
from showroom.shop.offers import OfferTerms
from showroom.stores.fill import place
from showroom.stores.templates import TEMPLATES
from showroom_assets.manifest import load

REPO: Final = Path(__file__).parents[2]
SITE: Final = Path(os.environ.get("SHOWROOM_SITE", REPO / "webclient" / "dist"))


def page_is_built(*also: Path) -> pytest.MarkDecorator:
    """Skips tests where there is no page, or one of the other files that they need."""
    is_there = all(path.is_file() for path in (SITE / "index.html", *also))
    return pytest.mark.skipif(not is_there, reason="the web client is not built: make setup")


@contextmanager
def served(folder: Path, prepare: Prepare) -> Iterator[Asker]:
    """The server with this page, its data in a folder of this one."""
    patch = pytest.MonkeyPatch()
    patch.setattr(client, "default_folder", lambda: SITE)
    try:
        with running(folder / "data", prepare=prepare) as (ask, _):
            yield ask
    finally:
        patch.undo()


async def sell(services: Services, made: Path, *, unsold: int) -> None:
    """Put a finished product on the shelf, and each of its SKUs on sale."""
    services.library_of("default").publish(made)
    product = load(made)
    terms = OfferTerms(product=product.id, prices={"EUR": 12800, "GBP": 10900})
    for sku in product.skus:
        await services.shop.put_offer("default", sku, terms, caller="test", key=f"offer-{sku}")
        await services.shop.set_stock("default", sku, caller="test", key=f"stock-{sku}", unsold=unsold)


async def furnish(services: Services, **products: str) -> None:
    """Open the boutique with these products in it: ``hero="lamp", island_a="vase"``."""
    store = TEMPLATES["boutique"][0]()
    for spot, product in products.items():
        store = place(store, spot.replace("_", "-"), product)
    exact = msgspec.convert(msgspec.to_builtins(store), type(store))
    await services.stores.put("default", exact, by="test")
    await services.stores.publish("default", "boutique")
