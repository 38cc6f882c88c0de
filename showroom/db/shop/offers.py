"""Offers and stock: what merchants set and what shoppers look at."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, bindparam, insert, select, tuple_, update

from showroom.db.shop.tables import offers, stock
from showroom.db.shop.transaction import Transaction
from showroom.shop.cart import Place
from showroom.shop.errors import NoSuchOffer
from showroom.shop.offers import Offer, OfferTerms, StockNow
from showroom.shop.stock import Stock, receive, recount


def put_offer(transaction: Transaction, tenant: str, sku: str, terms: OfferTerms) -> Offer:
    """Make an offer, or change one. A new one has no stock yet."""
    connection = transaction.connection
    values = {
        "product": terms.product,
        "variant": terms.variant,
        "size": terms.size,
        "title": terms.title or sku,
        "prices": msgspec.json.encode(terms.prices, order="sorted").decode(),
        "tax_note": terms.tax_note,
        "limit_each": terms.limit_each,
        "is_on_sale": terms.is_on_sale,
        "updated_ms": transaction.now_ms,
    }
    transaction.lock([(tenant, sku)])
    if (tenant, sku) in transaction.stock:
        connection.execute(update(offers).where(offers.c.tenant == tenant, offers.c.sku == sku).values(**values))
    else:
        connection.execute(insert(offers).values(tenant=tenant, sku=sku, **values))
        connection.execute(
            insert(stock).values(
                tenant=tenant, sku=sku, on_hand=0, leased=0, sold=0, version=0, changed_ms=transaction.now_ms
            )
        )
    return offer(connection, tenant, sku)


def set_stock(transaction: Transaction, tenant: str, sku: str, *, unsold: int | None, add: int) -> StockNow:
    """
    Count (``unsold``) or receive (``add``) units.

    Raises
    ------
    NoSuchOffer
        No such SKU.
    StockInUse
        Less than what is held.
    """
    place = tenant, sku
    transaction.lock([place])
    before = transaction.stock_of(place)
    transaction.stock[place] = receive(before if unsold is None else recount(before, unsold), add)
    now = transaction.stock[place]
    return StockNow(
        tenant=tenant,
        sku=sku,
        on_hand=now.on_hand,
        leased=now.leased,
        sold=now.sold,
        version=transaction.version(place) + (now != before),
    )


def offer(connection: Connection, tenant: str, sku: str) -> Offer:
    """
    One offer.

    Raises
    ------
    NoSuchOffer
        No such SKU.
    """
    row = connection.execute(_ALL.where(offers.c.tenant == tenant, offers.c.sku == sku)).first()
    if row is None:
        raise NoSuchOffer("Nothing is sold under that SKU. Look at the shop's offers.", sku=sku)
    return offer_of(row)


def offers_at(connection: Connection, places: Sequence[Place]) -> dict[Place, Offer]:
    """The offers of some SKUs; those that do not exist are left out."""
    if not places:
        return {}
    rows = connection.execute(_SOME, {"places": list(places)})
    return {(row.tenant, row.sku): offer_of(row) for row in rows}


def list_offers(
    connection: Connection, *, tenant: str = "", product: str = "", after: str = "", limit: int, hidden: bool = False
) -> list[Offer]:
    """
    Offers in the order of tenant and SKU.

    Parameters
    ----------
    after
        ``tenant/sku`` of the last one of the page before.
    hidden
        Those that are not on sale too.
    """
    query: Select[Any] = _ALL.order_by(offers.c.tenant, offers.c.sku).limit(limit)
    if tenant:
        query = query.where(offers.c.tenant == tenant)
    if product:
        query = query.where(offers.c.product == product)
    if not hidden:
        query = query.where(offers.c.is_on_sale)
    if after:
        query = query.where(tuple_(offers.c.tenant, offers.c.sku) > tuple_(*after.partition("/")[::2]))
    return [offer_of(row) for row in connection.execute(query)]


def stock_now(connection: Connection, tenant: str, *, after: str = "", limit: int) -> list[StockNow]:
    """A merchant's stock, in the order of SKUs."""
    query = select(stock).where(stock.c.tenant == tenant, stock.c.sku > after).order_by(stock.c.sku).limit(limit)
    return [stock_of(row) for row in connection.execute(query)]


def changed_since(connection: Connection, since_ms: int, *, limit: int) -> list[StockNow]:
    """Stock that changed at or after a moment, oldest first, whoever changed it."""
    query = select(stock).where(stock.c.changed_ms >= since_ms).order_by(stock.c.changed_ms).limit(limit)
    return [stock_of(row) for row in connection.execute(query)]


def totals(connection: Connection, tenant: str, sku: str) -> Stock:
    """The counters of one SKU."""
    row = connection.execute(select(stock).where(stock.c.tenant == tenant, stock.c.sku == sku)).one()
    return Stock(row.on_hand, row.leased, row.sold)


def stock_of(row: Any) -> StockNow:
    return StockNow(
        tenant=row.tenant, sku=row.sku, on_hand=row.on_hand, leased=row.leased, sold=row.sold, version=row.version
    )


def offer_of(row: Any) -> Offer:
    return Offer(
        tenant=row.tenant,
        sku=row.sku,
        product=row.product,
        variant=row.variant,
        size=row.size,
        title=row.title,
        prices=_prices.decode(row.prices),
        tax_note=row.tax_note,
        limit_each=row.limit_each,
        is_on_sale=row.is_on_sale,
        available=row.on_hand,
    )


_prices: Final = msgspec.json.Decoder(dict[str, int])
_ALL: Final = select(offers, stock.c.on_hand).join(
    stock, (stock.c.tenant == offers.c.tenant) & (stock.c.sku == offers.c.sku)
)
_SOME: Final = _ALL.where(tuple_(offers.c.tenant, offers.c.sku).in_(bindparam("places", expanding=True)))
