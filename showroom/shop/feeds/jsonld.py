"""
schema.org JSON-LD: Product or ProductGroup, 3DModel, Offer.

Sources: schema.org 28.1 (Product, ProductGroup, hasVariant, 3DModel, MediaObject, Offer); Google's "Product variant"
and "3D model" notes for the shapes that are read in practice.
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from showroom.shop.feeds import Addresses, Entry, models, poster
from showroom.shop.money import Money, plain
from showroom.shop.offers import Offer, Sold

Json = dict[str, Any]
CONTEXT: Final = "https://schema.org"
MEDIA_TYPE: Final = "application/ld+json"


def product(entry: Entry, addresses: Addresses) -> Json:
    """
    One product: a ``Product``, or a ``ProductGroup`` if several SKUs of it are sold.
    """
    return {"@context": CONTEXT, **_product(entry, addresses)}


def catalogue(entries: Iterable[Entry], addresses: Addresses, *, name: str) -> Json:
    """All products of a merchant as one ``OfferCatalog``."""
    items = [_product(entry, addresses) for entry in entries]
    return {
        "@context": CONTEXT,
        "@type": "OfferCatalog",
        "name": name,
        "numberOfItems": len(items),
        "itemListElement": [
            {"@type": "ListItem", "position": place, "item": item} for place, item in enumerate(items, start=1)
        ],
    }


def encode(document: Json) -> bytes:
    """
    JSON that may also stand inside a ``<script>`` of an HTML page: no character in it can end that.
    """
    text = msgspec.json.encode(document).decode()
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode()


def _product(entry: Entry, addresses: Addresses) -> Json:
    found = entry.product
    sold = entry.sold()
    page = addresses.page(entry.tenant, found.id)
    out: Json = {"@id": page, "name": found.name, "url": page}
    if found.description:
        out["description"] = found.description
    if found.brand:
        out["brand"] = {"@type": "Brand", "name": found.brand}
    if found.category:
        out["category"] = found.category
    picture = poster(found)
    if picture:
        out["image"] = addresses.file(picture)
    for key, metres in zip(("width", "height", "depth"), found.dimensions_m, strict=True):
        out[key] = {"@type": "QuantitativeValue", "value": round(metres, 4), "unitCode": "MTR"}
    model = _model(entry, addresses)
    if model:
        out["subjectOf"] = model
    if len(sold) > 1:
        out |= {"@type": "ProductGroup", "productGroupID": found.id, "variesBy": _varies_by([one for _, one in sold])}
        out["hasVariant"] = [_variant(entry, offer, one, addresses) for offer, one in sold]
        return out
    out["@type"] = "Product"
    if found.gtin:
        out["gtin"] = found.gtin
    if sold:
        out["sku"] = sold[0][0].sku
        out["offers"] = _offers(sold[0][0], page)
    return out


def _variant(entry: Entry, offer: Offer, sold: Sold, addresses: Addresses) -> Json:
    page = addresses.page(entry.tenant, entry.product.id)
    out: Json = {"@type": "Product", "sku": offer.sku, "name": offer.title, "offers": _offers(offer, page)}
    picture = poster(entry.product)
    if picture:
        out["image"] = addresses.file(picture)
    if sold.variant:
        out["color"] = sold.variant
    if sold.size:
        out["size"] = sold.size
    return out


def _varies_by(sold: list[Sold]) -> list[str]:
    return [
        f"{CONTEXT}/{word}"
        for word, values in (("color", {one.variant for one in sold}), ("size", {one.size for one in sold}))
        if len(values) > 1
    ]


def _offers(offer: Offer, page: str) -> list[Json]:
    availability = "InStock" if offer.available > 0 else "OutOfStock"
    return [
        {
            "@type": "Offer",
            "url": page,
            "price": plain(Money(minor, currency)),
            "priceCurrency": currency,
            "availability": f"{CONTEXT}/{availability}",
            "itemCondition": f"{CONTEXT}/NewCondition",
        }
        for currency, minor in sorted(offer.prices.items())
    ]


def _model(entry: Entry, addresses: Addresses) -> Json | None:
    found = models(entry.product)
    if not found:
        return None
    return {
        "@type": "3DModel",
        "name": entry.product.name,
        "encoding": [
            {
                "@type": "MediaObject",
                "contentUrl": addresses.file(file),
                "encodingFormat": file.media_type,
                "contentSize": str(file.size_bytes),
                "sha256": file.sha256,
            }
            for file in found
        ],
    }
