import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom.shop.errors import CartFull, NoSuchOffer, OverLimit, SoldOut, StockInUse
from showroom.shop.stock import (
    MOST_LEASES,
    Bounds,
    Lease,
    Stock,
    claim,
    give_back,
    is_alive,
    receive,
    recount,
    restock,
    sell,
    take,
)

FRESH = Lease(id="c_1", holder="g_1", tenant="m", sku="s", quantity=0, deadline_ms=1000)
FREE = Bounds(is_on_sale=True, limit_each=None, bought=0, leases=0)
units = st.integers(0, 1000)
stocks = st.builds(Stock, units, units, units)


@settings(deadline=None)
@given(stocks, st.lists(st.tuples(st.sampled_from([take, give_back, sell, restock]), units), max_size=30))
def test_no_rule_makes_or_loses_a_unit(stock: Stock, steps: list) -> None:
    total = stock.total
    for rule, count in steps:
        try:
            stock = rule(stock, count)
        except (SoldOut, ArithmeticError):
            continue
        assert stock.total == total
        assert min(stock.on_hand, stock.leased, stock.sold) >= 0


@settings(deadline=None)
@given(stocks, st.integers(1, 1000), st.one_of(st.none(), st.integers(1, 500)))
def test_a_claim_leases_exactly_what_it_says(stock: Stock, quantity: int, held: int | None) -> None:
    lease = None
    if held is not None:
        stock = Stock(stock.on_hand, stock.leased + held, stock.sold)
        lease = Lease(id="c_0", holder="g_1", tenant="m", sku="s", quantity=held, deadline_ms=500)
    if quantity - (held or 0) > stock.on_hand:
        with pytest.raises(SoldOut) as refusal:
            claim(stock, lease, quantity, FREE, fresh=FRESH)
        assert refusal.value.fields["available"] == stock.on_hand
        return
    after, now = claim(stock, lease, quantity, FREE, fresh=FRESH)
    assert now.quantity == quantity
    assert after.leased - stock.leased == quantity - (held or 0)
    assert after.total == stock.total
    assert now.deadline_ms == (500 if lease else 1000), "claiming again must not prolong a claim"


def test_the_last_unit_goes_once() -> None:
    after, _ = claim(Stock(1), None, 1, FREE, fresh=FRESH)
    with pytest.raises(SoldOut, match="None is left"):
        claim(after, None, 1, FREE, fresh=FRESH)


def test_what_is_not_on_sale_cannot_be_claimed() -> None:
    with pytest.raises(NoSuchOffer):
        claim(Stock(5), None, 1, Bounds(is_on_sale=False, limit_each=None, bought=0, leases=0), fresh=FRESH)


@pytest.mark.parametrize(
    ("bought", "quantity", "is_allowed"), [(0, 2, True), (1, 1, True), (0, 3, False), (2, 1, False)]
)
def test_a_limit_counts_what_was_bought(bought: int, quantity: int, is_allowed: bool) -> None:
    bounds = Bounds(is_on_sale=True, limit_each=2, bought=bought, leases=0)
    if is_allowed:
        assert claim(Stock(9), None, quantity, bounds, fresh=FRESH)[1].quantity == quantity
    else:
        with pytest.raises(OverLimit):
            claim(Stock(9), None, quantity, bounds, fresh=FRESH)


def test_nobody_holds_everything() -> None:
    with pytest.raises(CartFull):
        claim(Stock(9), None, 1, Bounds(is_on_sale=True, limit_each=None, bought=0, leases=MOST_LEASES), fresh=FRESH)


def test_a_claim_is_over_at_its_deadline() -> None:
    assert is_alive(FRESH, 999)
    assert not is_alive(FRESH, 1000)


def test_a_count_never_takes_what_was_promised() -> None:
    assert recount(Stock(3, 2, 7), 2) == Stock(0, 2, 7)
    assert receive(Stock(3, 2, 7), -3) == Stock(0, 2, 7)
    with pytest.raises(StockInUse):
        recount(Stock(3, 2, 7), 1)
    with pytest.raises(StockInUse):
        receive(Stock(3, 2, 7), -4)
