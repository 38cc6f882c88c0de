"""
Carts: what a customer means to buy, and what of it is held for them.

A line is a wish and costs the shop nothing; a claim (``stock``) holds units for a while. A cart shows both: a claimed
SKU without a line is in the cart too. Carts belong to a principal, guests included, and outlive links and processes.
To go on at another device, the cart is called for by a short code there: lines and claims move over.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from showroom.shop.errors import CartFull
from showroom.shop.stock import MOST_AT_ONCE

MOST_LINES: Final = 100
CODE_S: Final = 600
"""Life of a code that moves a cart, seconds."""
CODE_LETTERS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0 O 1 I, which people mistake for one another; eight of these are 40 bits."""
CODE_LENGTH: Final = 8

Place = tuple[str, str]
"""Tenant and SKU."""


class CartLine(Struct, frozen=True, kw_only=True):
    """
    One SKU in a cart.

    Parameters
    ----------
    prices
        Of one, in minor units by currency; empty if it is not on sale any more.
    held, held_until_ms, claim
        What of it is claimed, until when, and the claim's id.
    """

    tenant: str
    sku: str
    quantity: int
    title: str = ""
    product: str = ""
    variant: str = ""
    size: str = ""
    prices: dict[str, int] = {}
    available: int = 0
    held: int = 0
    held_until_ms: int | None = None
    claim: str | None = None


class Cart(Struct, frozen=True, kw_only=True):
    """``totals_minor``: by currency, for those currencies in which every line has a price."""

    lines: list[CartLine]
    totals_minor: dict[str, int]


class CartCode(Struct, frozen=True, kw_only=True):
    code: str
    expires_ms: int


def cart(lines: list[CartLine]) -> Cart:
    """A cart of these lines, with its totals."""
    totals: dict[str, int] = {}
    if lines:
        for currency in sorted(set.intersection(*(set(line.prices) for line in lines))):
            totals[currency] = sum(line.quantity * line.prices[currency] for line in lines)
    return Cart(lines=lines, totals_minor=totals)


def merge(mine: Mapping[Place, int], theirs: Mapping[Place, int]) -> dict[Place, int]:
    """
    Lines of two carts as one: of each SKU the larger quantity, for the same wish on two devices is one wish.

    Raises
    ------
    CartFull
        More lines than a cart may have.
    """
    out = {
        place: min(max(mine.get(place, 0), theirs.get(place, 0)), MOST_AT_ONCE)
        for place in dict.fromkeys([*mine, *theirs])
    }
    check_lines(len(out))
    return out


def check_lines(count: int) -> None:
    """
    Nothing, if a cart may have so many lines.

    Raises
    ------
    CartFull
        Otherwise.
    """
    if count > MOST_LINES:
        raise CartFull(f"A cart holds {MOST_LINES} different things. Buy or remove some first.", most=MOST_LINES)


def tidy_code(text: str) -> str:
    """A code as typed: case, spaces and hyphens do not matter."""
    return "".join(text.upper().split()).replace("-", "")[:32]
