"""
Stock of one SKU, and leases on it: claim, release, expire, convert.

Every unit is in exactly one of three places: on hand (free to claim), leased (in a cart or an unpaid order) or sold.
No rule but a merchant's count changes their sum; none makes one of them negative.

A customer has at most one lease on a SKU. To claim says how many that lease shall hold in all, so saying it twice is
saying it once. A lease's deadline is set when it is made and does not move by claiming again: nobody holds the last
pair for ever.
"""

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Meta, Struct
from msgspec.structs import replace

from showroom.shop.errors import CartFull, NoSuchOffer, OverLimit, SoldOut, StockInUse

MOST_UNITS: Final = 10**9
MOST_AT_ONCE: Final = 1000
MOST_LEASES: Final = 50
"""Leases that one customer may have at a time."""

Units = Annotated[int, Meta(ge=0, le=MOST_UNITS)]
Quantity = Annotated[int, Meta(ge=1, le=MOST_AT_ONCE)]


class Stock(Struct, frozen=True):
    """Units of one SKU by where they are."""

    on_hand: Units
    leased: Units = 0
    sold: Units = 0

    @property
    def total(self) -> int:
        return self.on_hand + self.leased + self.sold


class LeaseState(StrEnum):
    HELD = "held"  # in a cart
    ORDERED = "ordered"  # in an order that is not paid yet; ends with the order, not with its deadline
    CONVERTED = "converted"  # sold
    RELEASED = "released"  # given back
    EXPIRED = "expired"  # its time was over


class Lease(Struct, frozen=True, kw_only=True):
    """
    Units of one SKU that are held for one customer.

    Parameters
    ----------
    holder
        Id of the principal.
    deadline_ms
        On the database's clock, milliseconds since 1970.
    """

    id: str
    holder: str
    tenant: str
    sku: str
    quantity: int
    deadline_ms: int
    state: LeaseState = LeaseState.HELD
    order: str | None = None


def take(stock: Stock, units: int, *, sku: str = "") -> Stock:
    """
    Lease ``units``.

    Raises
    ------
    SoldOut
        Fewer are on hand.
    """
    if units > stock.on_hand:
        left = f"Only {stock.on_hand} are left" if stock.on_hand else "None is left"
        raise SoldOut(
            f"{left} of {sku or 'it'}. Take fewer, or look again when claims of others run out.",
            sku=sku,
            available=stock.on_hand,
        )
    return replace(stock, on_hand=stock.on_hand - units, leased=stock.leased + units)


def give_back(stock: Stock, units: int) -> Stock:
    """End a lease unsold: released or expired."""
    return _checked(replace(stock, on_hand=stock.on_hand + units, leased=stock.leased - units))


def sell(stock: Stock, units: int) -> Stock:
    """Convert a lease: it is paid."""
    return _checked(replace(stock, leased=stock.leased - units, sold=stock.sold + units))


def restock(stock: Stock, units: int) -> Stock:
    """Sold units come back to the shelf: cancelled or returned."""
    return _checked(replace(stock, sold=stock.sold - units, on_hand=stock.on_hand + units))


def receive(stock: Stock, units: int) -> Stock:
    """
    A delivery (or, if negative, a loss).

    Raises
    ------
    StockInUse
        More are lost than are on hand.
    """
    return recount(stock, stock.on_hand + stock.leased + units)


def recount(stock: Stock, unsold: int) -> Stock:
    """
    The merchant has counted: ``unsold`` units are there, those in carts and unpaid orders included.

    Raises
    ------
    StockInUse
        Fewer than are leased: what was promised is not taken away.
    """
    if not stock.leased <= unsold <= MOST_UNITS:
        raise StockInUse(
            f"{stock.leased} are held in carts and unpaid orders; stock cannot be set to {unsold}. "
            "Count again when those are over.",
            leased=stock.leased,
        )
    return replace(stock, on_hand=unsold - stock.leased)


def is_alive(lease: Lease, now_ms: int) -> bool:
    """Whether a cart's lease still counts. At the deadline itself it does not."""
    return lease.state is LeaseState.HELD and lease.deadline_ms > now_ms


class Bounds(Struct, frozen=True, kw_only=True):
    """What a claim is measured against besides the stock."""

    is_on_sale: bool
    limit_each: int | None
    bought: int
    leases: int


def claim(stock: Stock, lease: Lease | None, quantity: int, bounds: Bounds, *, fresh: Lease) -> tuple[Stock, Lease]:
    """
    Make a customer's lease hold ``quantity`` units.

    Parameters
    ----------
    lease
        The one that the customer has and that is alive, or None.
    fresh
        What a new lease would be; its quantity is set here.
    bounds
        ``bought`` counts units of this SKU that the customer has ordered already.

    Raises
    ------
    NoSuchOffer, OverLimit, CartFull, SoldOut
        Nothing has changed then.
    """
    if not bounds.is_on_sale:
        raise NoSuchOffer(f"{fresh.sku} is not on sale now. Look at the shop's offers.", sku=fresh.sku)
    check_limit(fresh.sku, quantity, limit_each=bounds.limit_each, bought=bounds.bought)
    if lease is None:
        if bounds.leases >= MOST_LEASES:
            raise CartFull(f"{MOST_LEASES} things are held for you already. Buy or release some.", most=MOST_LEASES)
        return take(stock, quantity, sku=fresh.sku), replace(fresh, quantity=quantity)
    more = quantity - lease.quantity
    after = take(stock, more, sku=fresh.sku) if more >= 0 else give_back(stock, -more)
    return after, replace(lease, quantity=quantity)


def check_limit(sku: str, quantity: int, *, limit_each: int | None, bought: int) -> None:
    """
    Nothing, if one customer may have ``quantity`` more.

    Raises
    ------
    OverLimit
        Otherwise.
    """
    if limit_each is not None and bought + quantity > limit_each:
        already = f", and you have {bought}" if bought else ""
        raise OverLimit(f"{sku} is limited to {limit_each} a customer{already}. Take fewer.", sku=sku, limit=limit_each)


def _checked(stock: Stock) -> Stock:
    """A negative number here would be a fault of ours: stop before it is written."""
    if min(stock.on_hand, stock.leased, stock.sold) < 0:
        raise ArithmeticError(f"stock would become {stock}")
    return stock
