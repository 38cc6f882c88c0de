"""
Opening day of the demo store: what is put into a fresh server before its door opens.

Offers for every SKU of the demo products at the prices of their ``product.toml``, some of each in stock (some hardly
any, one sold out, as in a real shop), and a store with all of them in their places. What is there already stays.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from showroom.services import Services
from showroom.shop.errors import NoSuchOffer
from showroom.shop.offers import OfferTerms, skus_of
from showroom.stores.fill import fill
from showroom.stores.records import NoSuchStore
from showroom.stores.templates import TEMPLATES
from showroom.tenants import DEFAULT_TENANT
from showroom_assets.manifest import Product

_STOCK: Final = (12, 3, 24, 1, 8, 0, 16, 5)
_HERO: Final = "lund-chair"
_CALLER: Final = "opening"


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
        for sku in skus_of(product):
            number += 1
            if prices.get(name):
                await _offer(services, sku, product, prices[name], _STOCK[number % len(_STOCK)])
    await _store(services, products)


async def _offer(services: Services, sku: str, product: Product, price: Mapping[str, int], stock: int) -> None:
    try:
        await services.shop.offer(DEFAULT_TENANT, sku)
    except NoSuchOffer:
        terms = OfferTerms(product=product.id, prices=dict(price), tax_note="incl. VAT", limit_each=5)
        await services.shop.put_offer(DEFAULT_TENANT, sku, terms, caller=_CALLER, key=f"offer-{sku}")
        await services.shop.set_stock(DEFAULT_TENANT, sku, caller=_CALLER, key=f"stock-{sku}", unsold=stock)


async def _store(services: Services, products: Mapping[str, Product]) -> None:
    for template in ("boutique", "home-gallery", "launch-hall"):
        make, _ = TEMPLATES[template]
        try:
            await services.stores.newest(DEFAULT_TENANT, template)
        except NoSuchStore:
            ordered = dict(sorted(products.items(), key=lambda item: (item[0] != _HERO, item[0])))
            store, _ = fill(make(), ordered)
            exact = msgspec.convert(msgspec.to_builtins(store), type(store))
            await services.stores.put(DEFAULT_TENANT, exact, by=_CALLER)
            await services.stores.publish(DEFAULT_TENANT, template)
