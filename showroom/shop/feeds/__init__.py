"""Feeds: the same products and offers in the words that search engines and comparison shops read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from showroom.shop.offers import Offer, Sold, skus_of
from showroom_assets.product import File, Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """
    Where things are on the web; all three give absolute addresses.

    Parameters
    ----------
    page
        Of a product, by tenant and product id.
    file
        Of a product's file.
    """

    page: Callable[[str, str], str]
    file: Callable[[File], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A published product with its offers that are on sale."""

    tenant: str
    product: Product
    offers: Sequence[Offer]

    def sold(self) -> list[tuple[Offer, Sold]]:
        """Each offer with what the manifest says of its SKU, in the manifest's order; others are left out."""
        known = skus_of(self.product)
        by_sku = {offer.sku: offer for offer in self.offers if offer.is_on_sale}
        return [(by_sku[sku], sold) for sku, sold in known.items() if sku in by_sku]


def poster(product: Product) -> File | None:
    """The picture of a product."""
    return next((file for file in product.files if file.role == "poster"), None)


def models(product: Product) -> list[File]:
    """The 3D models to show elsewhere: the plainest GLB first, which the most viewers read, then USDZ."""
    paths = {file.path: file for file in product.files}
    names = [name for name in ("plain", "mobile", "webp", "desktop", "headset") if name in product.deliveries]
    glb = [paths[product.deliveries[name].file] for name in names if product.deliveries[name].file in paths]
    usdz = [file for file in product.files if file.role == "usdz"]
    return [*glb[:1], *usdz[:1]]
