"""
Offers: what a merchant sells, bound to the SKUs of a product's manifest.

The manifest says what there is (product, variants, sizes and their SKUs); the offer adds what only a merchant can say:
prices, the limit for one customer, whether it is on sale. Stock is beside it, in ``stock``.
"""

from typing import Annotated

from msgspec import Meta, Struct

from showroom.shop.errors import NotInProduct
from showroom.shop.money import Prices
from showroom.shop.stock import Units
from showroom_assets.product import Label, Line, Product, Slug
from showroom_assets.sizing import sizes_sold, skus_of_variant

Sku = Label
Tenant = Slug
"""The merchant."""


class OfferTerms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    What the merchant decides about a SKU.

    Parameters
    ----------
    product
        Id of the product whose manifest lists the SKU.
    title
        For carts and orders; by default the product's name with its variant and size.
    variant, size
        In words; by default those of the manifest.
    tax_note
        What the price contains, in the merchant's words: "incl. 19 % VAT".
    limit_each
        Units that one customer may have in all; None for no limit.
    """

    product: Slug
    prices: Prices
    title: Line = ""
    variant: Line = ""
    size: Line = ""
    tax_note: Line = ""
    limit_each: Annotated[int, Meta(ge=1, le=1000)] | None = None
    is_on_sale: bool = True


class Offer(Struct, frozen=True, kw_only=True):
    """An offer as shoppers see it. ``available`` can be claimed right now."""

    tenant: str
    sku: str
    product: str
    variant: str
    size: str = ""
    title: str
    prices: dict[str, int]
    tax_note: str
    limit_each: int | None
    is_on_sale: bool
    available: int


class StockNow(Struct, frozen=True, kw_only=True):
    """Stock as the merchant sees it. ``version`` grows with every change."""

    tenant: str
    sku: str
    on_hand: Units
    leased: Units
    sold: Units
    version: int


class Sold(Struct, frozen=True, kw_only=True):
    """What a manifest says of a SKU: the variant and size sold under it, by their labels; both may be empty."""

    sku: str
    variant: str = ""
    size: str = ""

    @property
    def label(self) -> str:
        return ", ".join(part for part in (self.variant, self.size) if part)


def skus_of(product: Product) -> dict[str, Sold]:
    """Every SKU of a manifest, with what is sold under it, in the manifest's order."""
    variants = {sku: one.label or one.name for one in product.variants for sku in skus_of_variant(one)}
    sizes = {sku: label for label, skus in sizes_sold(product).items() for sku in skus}
    return {
        sku: Sold(sku=sku, variant=variants.get(sku, ""), size=sizes.get(sku, ""))
        for sku in dict.fromkeys([*product.skus, *variants, *sizes])
    }


def bind(terms: OfferTerms, sku: str, product: Product) -> OfferTerms:
    """
    The terms with title, variant and size filled in from the manifest.

    Raises
    ------
    NotInProduct
        The manifest does not list the SKU.
    """
    sold = skus_of(product).get(sku)
    if sold is None:
        raise NotInProduct(
            f"{product.id} has no SKU {sku!r}. Add it to its product.toml and publish again.",
            sku=sku,
            product=product.id,
        )
    title = terms.title or ", ".join(part for part in (product.name, sold.label) if part)[:200]
    return OfferTerms(
        product=terms.product,
        prices=terms.prices,
        title=title,
        variant=terms.variant or sold.variant,
        size=terms.size or sold.size,
        tax_note=terms.tax_note,
        limit_each=terms.limit_each,
        is_on_sale=terms.is_on_sale,
    )
