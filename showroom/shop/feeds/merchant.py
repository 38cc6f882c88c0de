"""
The feed that Google Merchant Center reads: RSS 2.0 with the ``g:`` namespace, one item a SKU.

Items without what Google requires (a price in the feed's currency, a picture) are left out, and counted.

Source: Google's product data specification, read in 2026; limits of length are from there.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree as ET

from showroom.shop.feeds import Addresses, Entry, models, poster
from showroom.shop.money import Money
from showroom.shop.offers import Offer, Sold

NAMESPACE: Final = "http://base.google.com/ns/1.0"
MEDIA_TYPE: Final = "application/rss+xml"
_MOST_ID: Final = 50
# XML 1.0, section 2.2: everything else may not stand in a document, not even escaped.
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

ET.register_namespace("g", NAMESPACE)


def feed(entries: Iterable[Entry], addresses: Addresses, *, name: str, home: str, currency: str) -> tuple[bytes, int]:
    """
    Parameters
    ----------
    name, home
        Of the shop: its title and the address of its page.
    currency
        Of all prices in the feed; Google wants one a country.

    Returns
    -------
    The XML, and how many SKUs were left out.
    """
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _plain(channel, "title", name, 150)
    _plain(channel, "link", home, 2000)
    _plain(channel, "description", f"Products of {name}", 500)
    left_out = 0
    for entry in entries:
        for offer, sold in entry.sold():
            if currency in offer.prices and poster(entry.product) is not None:
                _item(channel, entry, offer, sold, addresses, currency)
            else:
                left_out += 1
    return ET.tostring(rss, encoding="utf-8", xml_declaration=True), left_out


def _item(channel: ET.Element, entry: Entry, offer: Offer, sold: Sold, addresses: Addresses, currency: str) -> None:
    found = entry.product
    item = ET.SubElement(channel, "item")
    _g(item, "id", short_id(offer.sku))
    _plain(item, "title", offer.title, 150)
    _plain(item, "description", found.description or offer.title, 5000)
    _plain(item, "link", addresses.page(entry.tenant, found.id), 2000)
    picture = poster(found)
    if picture is not None:
        _g(item, "image_link", addresses.file(picture))
    glb = next((file for file in models(found) if file.media_type == "model/gltf-binary"), None)
    if glb is not None:
        _g(item, "virtual_model_link", addresses.file(glb))
    _g(item, "availability", "in_stock" if offer.available > 0 else "out_of_stock")
    _g(item, "price", str(Money(offer.prices[currency], currency)))
    _g(item, "condition", "new")
    if found.brand:
        _g(item, "brand", found.brand[:70])
    is_only_one = len(entry.sold()) == 1
    # The manifest's GTIN is of the product; of several variants it can be the number of one at most.
    if found.gtin and is_only_one:
        _g(item, "gtin", found.gtin)
    elif found.brand:
        _g(item, "mpn", offer.sku[:70])
    else:
        _g(item, "identifier_exists", "no")
    if found.category:
        _g(item, "product_type", found.category[:750])
    if not is_only_one:
        _g(item, "item_group_id", short_id(found.id))
    if sold.variant:
        _g(item, "color", sold.variant[:100])
    if sold.size:
        _g(item, "size", sold.size[:100])


def short_id(name: str) -> str:
    """A name of at most 50 characters: the name itself, or its beginning with a part of its hash."""
    if len(name) <= _MOST_ID:
        return name
    return f"{name[:37]}-{hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _plain(parent: ET.Element, tag: str, text: str, most: int) -> None:
    ET.SubElement(parent, tag).text = _FORBIDDEN.sub("", text)[:most]


def _g(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, f"{{{NAMESPACE}}}{tag}").text = _FORBIDDEN.sub("", text)
