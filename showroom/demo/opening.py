"""
Opening day of the demo store: what is put into a fresh server before its door opens.

Offers for every SKU of the demo products at the prices of their ``product.toml``, some of each in stock (some hardly
any, one sold out, as in a real shop; of what comes in sizes the largest in the first colour), and a store with all of
them in their places. What is there already stays.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from showroom.services import Services
from showroom.shop.errors import NoSuchOffer
from showroom.shop.offers import OfferTerms, skus_of
from showroom.stores.fill import fill, place
from showroom.stores.records import NoSuchStore
from showroom.stores.templates import TEMPLATES
from showroom.tenants import DEFAULT_TENANT
from showroom_assets.manifest import Product
from showroom_assets.sizing import sizes_sold

_STOCK: Final = (12, 3, 24, 1, 8, 0, 16, 5)
_STOCK_OF_SIZES: Final = (4, 7, 12, 9, 5, 8, 3, 6, 2)
_CALLER: Final = "opening"

# What stands where: three to seven things in one glance, and one hero.
_WINDOWS: Final[Mapping[str, Mapping[str, str]]] = {
    "boutique": {
        "hero": "lund-chair",
        "island-a": "aria-headphones",
        "island-b": "aurelin-watch",
        "island-c": "halo-lamp",
        "shelf-front-1-a": "court-sneaker",
        "shelf-front-2-a": "mere-tote",
        "shelf-front-2-b": "tarn-bottle",
        "shelf-front-3-a": "field-cap",
        "shelf-front-3-b": "marlo-glasses",
        "shelf-back-1-b": "terra-vase",
        "shelf-back-2-a": "solen-sunglasses",
        "shelf-back-3-b": "lume-ring",
    },
    "home-gallery": {
        "hero": "dune-sofa",
        "side": "halo-lamp",
        "reading": "lund-chair",
        "library-1-a": "mere-tote",
        "library-2-a": "terra-vase",
        "library-2-b": "aria-headphones",
        "library-3-b": "tarn-bottle",
        "table": "orlo-table",
        "chair-a": "lund-chair",
        "chair-b": "lund-chair",
        "plinth-1": "terra-vase",
        "plinth-2": "tarn-bottle",
        "plinth-3": "halo-lamp",
        "plinth-4": "mere-tote",
    },
    "launch-hall": {
        "hero": "lund-chair",
        "drop-1": "court-sneaker",
        "drop-2": "aurelin-watch",
        "drop-3": "solen-sunglasses",
        "drop-4": "aria-headphones",
        "stand-1": "field-cap",
        "stand-2": "tarn-bottle",
        "stand-3": "mere-tote",
        "stand-4": "lume-ring",
        "stand-5": "marlo-glasses",
        "stand-6": "terra-vase",
    },
}


async def open_store(services: Services, prices: Mapping[str, Mapping[str, int]]) -> None:
    """
    Parameters
    ----------
    prices
        In minor units by currency, by product.
    """
    products = await services.products()
    number = 0
    for name, product in products.items():
        units, number = _units(product, number)
        for sku in skus_of(product):
            if prices.get(name):
                await _offer(services, sku, product, prices[name], units[sku])
    await _stores(services, products)


def _units(product: Product, number: int) -> tuple[dict[str, int], int]:
    """How many there are of each SKU, and where in the row of numbers the next product goes on."""
    sizes = [*sizes_sold(product)]
    units: dict[str, int] = {}
    colours = list(dict.fromkeys(sold.variant for sold in skus_of(product).values()))
    for sku, sold in skus_of(product).items():
        if len(sizes) < 2 or sold.size not in sizes:
            number += 1
            units[sku] = _STOCK[number % len(_STOCK)]
        else:
            colour, size = colours.index(sold.variant), sizes.index(sold.size)
            is_gone = colour == 0 and size == len(sizes) - 1
            units[sku] = 0 if is_gone else _STOCK_OF_SIZES[(colour + size) % len(_STOCK_OF_SIZES)]
    return units, number if len(sizes) < 2 else number + len(colours)


async def _offer(services: Services, sku: str, product: Product, price: Mapping[str, int], stock: int) -> None:
    try:
        await services.shop.offer(DEFAULT_TENANT, sku)
    except NoSuchOffer:
        terms = OfferTerms(product=product.id, prices=dict(price), tax_note="incl. VAT", limit_each=5)
        await services.shop.put_offer(DEFAULT_TENANT, sku, terms, caller=_CALLER, key=f"offer-{sku}")
        await services.shop.set_stock(DEFAULT_TENANT, sku, caller=_CALLER, key=f"stock-{sku}", unsold=stock)


async def _stores(services: Services, products: Mapping[str, Product]) -> None:
    for template, window in _WINDOWS.items():
        try:
            await services.stores.newest(DEFAULT_TENANT, template)
        except NoSuchStore:
            store = TEMPLATES[template][0]()
            for slot, product in window.items():
                if product in products:
                    store = place(store, slot, product)
            if not any(slot.product for room in store.rooms for slot in room.slots):
                # Not one of the products that were thought of: show what there is.
                store, _ = fill(store, products)
            exact = msgspec.convert(msgspec.to_builtins(store), type(store))
            await services.stores.put(DEFAULT_TENANT, exact, by=_CALLER)
            await services.stores.publish(DEFAULT_TENANT, template)
