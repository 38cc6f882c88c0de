"""What the demo products cost, for a catalogue without a shop."""

from collections.abc import Mapping, Sequence

from showroom.http.catalogue import OfferNow, Offers
from showroom.tenants import DEFAULT_TENANT


def fixed_offers(prices: Mapping[str, Mapping[str, int]]) -> Offers:
    """
    Parameters
    ----------
    prices
        In minor units by currency, by product.
    """
    found: dict[tuple[str, str], Sequence[OfferNow]] = {
        (DEFAULT_TENANT, product): [OfferNow(sku=product, price_minor=dict(price))] for product, price in prices.items()
    }

    async def offers() -> Mapping[tuple[str, str], Sequence[OfferNow]]:
        return found

    return offers
