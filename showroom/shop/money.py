"""
Money: whole minor units of an ISO 4217 currency, and price lists of them.

No floats and no exchange rates: a price exists in a currency or it does not. What a price contains (tax) is a note that
the merchant writes; nothing is computed from it.

Source: ISO 4217 list one, active codes and their minor units.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Final

from msgspec import Meta, Struct

from showroom.shop.errors import BadMoney

MOST_MINOR: Final = 10**13
"""Largest amount, minor units. Well below 2**53, so that JavaScript keeps it exact."""

_UNUSUAL: Final[Mapping[int, str]] = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_USUAL: Final = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP "
    "CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES "
    "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK "
    "NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB "
    "TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG"
)
EXPONENTS: Final[Mapping[str, int]] = dict.fromkeys(_USUAL.split(), 2) | {
    code: digits for digits, codes in _UNUSUAL.items() for code in codes.split()
}
"""Decimal places of a currency's minor unit, by its code."""

Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="ISO 4217 code, such as EUR.")]
Minor = Annotated[int, Meta(ge=0, le=MOST_MINOR, description="Minor units of the currency: cents for EUR.")]
Prices = Annotated[dict[Currency, Minor], Meta(max_length=60, description="Price of one, in minor units, by currency.")]


class Money(Struct, frozen=True):
    """An amount: ``Money(1280, "EUR")`` is 12.80 €."""

    minor: Minor
    currency: Currency

    def __str__(self) -> str:
        return f"{plain(self)} {self.currency}"


def exponent(currency: str) -> int:
    """
    Decimal places of a currency.

    Raises
    ------
    BadMoney
        No such currency.
    """
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise BadMoney(
            f"{currency[:8]!r} is no currency of ISO 4217. Write a code such as EUR.", currency=currency[:8]
        ) from None


def plain(money: Money) -> str:
    """Major units with a point, as feeds want them: ``12.80``, ``1280`` for yen."""
    digits = exponent(money.currency)
    return f"{Decimal(money.minor).scaleb(-digits):.{digits}f}"


def parse(text: str, currency: str) -> Money:
    """
    An amount as people write it: ``parse("12.80", "EUR")``.

    Raises
    ------
    BadMoney
        Not a number, more decimal places than the currency has, negative or too large.
    """
    digits = exponent(currency)
    try:
        minor = Decimal(text.strip()[:40]).scaleb(digits)
        if not minor.is_finite() or minor != minor.to_integral_value() or not 0 <= minor <= MOST_MINOR:
            raise InvalidOperation
    except InvalidOperation:
        raise BadMoney(
            f"{text.strip()[:40]!r} is no price in {currency}. Write it with a point and at most {digits} decimals."
        ) from None
    return Money(int(minor), currency)


def check_prices(prices: Mapping[str, int]) -> None:
    """
    Nothing, if every currency is known and every amount within bounds.

    Raises
    ------
    BadMoney
        Otherwise.
    """
    for currency, minor in prices.items():
        exponent(currency)
        if not 0 <= minor <= MOST_MINOR:
            raise BadMoney(f"A price must be from 0 to {MOST_MINOR:,} minor units.", currency=currency)


def total(currency: str, lines: Iterable[tuple[int, int]]) -> Money:
    """
    The sum of ``(quantity, price_minor)`` lines.

    Raises
    ------
    BadMoney
        Larger than an amount may be.
    """
    exponent(currency)
    minor = sum(quantity * price_minor for quantity, price_minor in lines)
    if minor > MOST_MINOR:
        raise BadMoney("The order is larger than the shop can take at once. Split it.", currency=currency)
    return Money(minor, currency)
