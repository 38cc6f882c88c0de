import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom.shop.errors import BadMoney
from showroom.shop.money import EXPONENTS, MOST_MINOR, Money, check_prices, exponent, parse, plain, total

amounts = st.builds(Money, st.integers(0, MOST_MINOR), st.sampled_from(sorted(EXPONENTS)))


@settings(deadline=None)
@given(amounts)
def test_what_is_written_reads_back_exactly(money: Money) -> None:
    assert parse(plain(money), money.currency) == money


@settings(deadline=None)
@given(amounts)
def test_an_amount_has_as_many_decimals_as_its_currency(money: Money) -> None:
    _, point, decimals = plain(money).partition(".")
    assert len(decimals) == exponent(money.currency)
    assert bool(point) == bool(decimals)


@settings(deadline=None)
@given(st.text(max_size=50))
def test_any_text_is_an_amount_or_a_plain_refusal(text: str) -> None:
    try:
        money = parse(text, "EUR")
    except BadMoney:
        return
    assert 0 <= money.minor <= MOST_MINOR


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("12.80", "EUR", 1280), ("12.8", "EUR", 1280), ("1280", "JPY", 1280), ("1.280", "KWD", 1280), ("0", "EUR", 0)],
)
def test_an_amount_is_read_in_its_currency(text: str, currency: str, minor: int) -> None:
    assert parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("12.801", "EUR"), ("12.8", "JPY"), ("-1", "EUR"), ("nan", "EUR"), ("Infinity", "EUR"), ("1e30", "EUR"),
     ("12,80", "EUR"), ("", "EUR"), ("1", "XXX"), ("1", "eur"), ("1" * 5000, "EUR")],
)  # fmt: skip
def test_what_is_no_price_is_refused(text: str, currency: str) -> None:
    with pytest.raises(BadMoney):
        parse(text, currency)


def test_every_known_currency_has_a_code_of_three_letters_and_at_most_four_decimals() -> None:
    assert len(EXPONENTS) > 150
    assert all(len(code) == 3 and code.isupper() and 0 <= digits <= 4 for code, digits in EXPONENTS.items())
    assert EXPONENTS["EUR"] == 2
    assert EXPONENTS["JPY"] == 0


def test_a_total_counts_quantities() -> None:
    assert total("EUR", [(2, 1280), (1, 99)]) == Money(2659, "EUR")


def test_a_total_beyond_what_money_can_say_is_refused() -> None:
    with pytest.raises(BadMoney, match="Split it"):
        total("EUR", [(1000, MOST_MINOR)])


def test_prices_in_unknown_currencies_are_refused() -> None:
    check_prices({"EUR": 0, "JPY": MOST_MINOR})
    with pytest.raises(BadMoney, match="ISO 4217"):
        check_prices({"EUR": 1, "EUX": 1})
