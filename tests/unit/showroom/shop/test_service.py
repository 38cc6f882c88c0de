"""The shop on a real database, step by step; ``test_never_oversold`` does the same in any order."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from shop_bench import WANTED, Bench
from sqlalchemy import select

from showroom.db.database import Database
from showroom.db.shop import tables
from showroom.db.shop.orders import Checkout
from showroom.shop.errors import (
    BadSignature,
    CartEmpty,
    CartFull,
    CodeOver,
    KeyNeeded,
    KeyReused,
    NoSuchClaim,
    NoSuchOffer,
    NoSuchOrder,
    NotPriced,
    OverLimit,
    PriceChanged,
    SoldOut,
    StockInUse,
    WrongState,
)
from showroom.shop.offers import OfferTerms
from showroom.shop.orders import Contact, Order, Step
from showroom.shop.payment import EventKind, PaymentEvent, Verdict
from showroom.shop.rehearsal import TestProvider
from showroom.shop.service import Shop, ShopRules


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    found = Bench(database)
    yield found
    found.runner.close()


def test_ten_thousand_asks_for_a_hundred_units_give_a_hundred(bench: Bench) -> None:
    bench.offer(units=100)
    shops = [bench.shop, bench.another()]

    async def rush() -> list[Any]:
        asks = (shops[n % 2].claim(f"g{n}", "m", "s", 1, key="k") for n in range(10_000))
        return await asyncio.gather(*asks, return_exceptions=True)

    answers = bench.runner.run(rush())
    assert sum(not isinstance(answer, BaseException) for answer in answers) == 100
    assert {type(answer) for answer in answers if isinstance(answer, BaseException)} == {SoldOut}
    assert bench.stock() == (0, 100, 0)


def test_a_lapsed_claim_is_free_for_the_next_one_without_any_sweep(bench: Bench) -> None:
    bench.offer(units=1)
    bench.claim("ann")
    with pytest.raises(SoldOut):
        bench.claim("ben")
    bench.now_ms += 60_000
    assert bench.claim("ben").quantity == 1
    assert bench.stock() == (0, 1, 0)


def test_a_lapsed_claim_can_be_made_again(bench: Bench) -> None:
    bench.offer()
    first = bench.claim(units=2)
    bench.now_ms += 61_000
    second = bench.claim(units=3)
    assert first.id != second.id
    assert second.deadline_ms > bench.now_ms
    assert bench.stock() == (2, 3, 0)


def test_claiming_again_changes_the_number_and_not_the_time(bench: Bench) -> None:
    bench.offer()
    first = bench.claim(units=1)
    bench.now_ms += 30_000
    second = bench.claim(units=4)
    assert (second.id, second.deadline_ms, second.quantity) == (first.id, first.deadline_ms, 4)
    assert bench.claim(units=2).quantity == 2
    assert bench.stock() == (3, 2, 0)


def test_the_same_key_is_the_same_claim_and_another_request_under_it_is_refused(bench: Bench) -> None:
    bench.offer()
    first = bench.claim(key="one")
    bench.claim(units=3)
    assert bench.claim(key="one") == first
    assert bench.stock() == (2, 3, 0)
    with pytest.raises(KeyReused):
        bench.claim(units=2, key="one")
    assert bench.claim("ben", key="one").holder == "ben", "keys of others are others"


@pytest.mark.parametrize("key", ["", "x" * 201, "a\nb", "ключ"])
def test_a_write_needs_a_usable_key(bench: Bench, key: str) -> None:
    bench.offer()
    with pytest.raises(KeyNeeded):
        bench(bench.shop.claim("ann", "m", "s", 1, key=key))
    with pytest.raises(KeyNeeded):
        bench(bench.shop.checkout("ann", WANTED, key=key))


def test_only_the_holder_releases_and_only_once(bench: Bench) -> None:
    bench.offer()
    claim = bench.claim(units=2)
    with pytest.raises(NoSuchClaim):
        bench(bench.shop.release("ben", claim.id, key=bench.key()))
    assert bench(bench.shop.release("ann", claim.id, key=bench.key())).state == "released"
    assert bench(bench.shop.release("ann", claim.id, key=bench.key())).state == "released"
    assert bench.stock() == (5, 0, 0)


def test_the_cart_shows_wishes_and_claims_as_one(bench: Bench) -> None:
    bench.offer("s")
    bench.offer("t", prices={"EUR": 7, "JPY": 9})
    bench(bench.shop.put_line("ann", "m", "t", 2, key=bench.key()))
    bench.claim("ann", "s", 3)
    cart = bench(bench.shop.cart("ann"))
    assert [(line.sku, line.quantity, line.held) for line in cart.lines] == [("t", 2, 0), ("s", 3, 3)]
    assert cart.totals_minor == {"EUR": 314}
    bench(bench.shop.put_line("ann", "m", "s", 0, key=bench.key()))
    assert bench.stock("s") == (5, 0, 0), "taking it out of the cart releases it"


def test_whoever_changes_a_cart_anywhere_its_holder_hears_of_it(bench: Bench) -> None:
    heard: list[tuple[str, int]] = []
    bench.shop.watch_carts(lambda holder, turn: heard.append((holder, turn)))
    bench.offer()
    bench(bench.shop.put_line("ann", "m", "s", 2, key=bench.key()))
    claim = bench.claim("ben")
    bench(bench.shop.release("ben", claim.id, key=bench.key()))
    code = bench(bench.shop.cart_code("ann", key=bench.key())).code
    bench(bench.shop.move_cart(code, "cat", key=bench.key()))
    assert [holder for holder, _ in heard] == ["ann", "ben", "ben", "cat"]
    assert [turn for _, turn in heard] == sorted({turn for _, turn in heard}), "later is higher"
    with pytest.raises(NoSuchOffer):
        bench(bench.shop.put_line("ann", "m", "no such", 1, key=bench.key()))
    assert len(heard) == 4, "what was refused changed nothing"


def test_a_cart_outlives_the_server(bench: Bench) -> None:
    bench.offer()
    bench(bench.shop.put_line("ann", "m", "s", 2, key=bench.key()))
    assert bench(bench.another().cart("ann")).lines[0].quantity == 2


def test_a_cart_has_a_limit(bench: Bench) -> None:
    for number in range(3):
        bench.offer(f"s{number}")
    many = [{"holder": "ann", "tenant": "m", "sku": f"x{n}", "quantity": 1, "changed_ms": 0} for n in range(99)]
    bench.database.write_now(lambda connection: connection.execute(tables.cart_lines.insert(), many).rowcount)
    bench(bench.shop.put_line("ann", "m", "s0", 1, key=bench.key()))
    with pytest.raises(CartFull):
        bench(bench.shop.put_line("ann", "m", "s1", 1, key=bench.key()))
    bench(bench.shop.put_line("ann", "m", "s0", 5, key=bench.key()))


def test_a_cart_moves_once_with_its_claims_and_their_time(bench: Bench) -> None:
    bench.offer("s")
    bench.offer("t")
    claim = bench.claim("ann", "s", 2)
    bench(bench.shop.put_line("ann", "m", "t", 1, key=bench.key()))
    code = bench(bench.shop.cart_code("ann", key=bench.key())).code
    typed = f" {code[:4].lower()}-{code[4:]} "
    cart = bench(bench.shop.move_cart(typed, "phone", key=bench.key()))
    assert {(line.sku, line.quantity, line.held_until_ms) for line in cart.lines} == {
        ("s", 2, claim.deadline_ms), ("t", 1, None),
    }  # fmt: skip
    assert bench(bench.shop.cart("ann")).lines == []
    with pytest.raises(CodeOver):
        bench(bench.shop.move_cart(code, "thief", key=bench.key()))


def test_a_code_ends(bench: Bench) -> None:
    code = bench(bench.shop.cart_code("ann", key=bench.key())).code
    bench.now_ms += 600_000
    with pytest.raises(CodeOver):
        bench(bench.shop.move_cart(code, "phone", key=bench.key()))


def test_an_order_uses_the_claim_and_takes_the_rest(bench: Bench) -> None:
    bench.offer()
    bench.claim("ann", units=2)
    bench(bench.shop.put_line("ann", "m", "s", 3, key=bench.key()))
    order = bench(bench.shop.checkout("ann", WANTED, key=bench.key()))
    assert (order.state, order.total_minor, order.lines[0].quantity) == ("paying", 300, 3)
    assert bench.stock() == (2, 3, 0)
    assert bench(bench.shop.cart("ann")).lines == []


def test_of_two_who_order_the_same_cart_at_once_one_finds_it_empty(bench: Bench) -> None:
    bench.offer()
    bench.claim("ann", units=2)
    shops = [bench.shop, bench.another()]

    async def both() -> list[Any]:
        asks = (shop.checkout("ann", WANTED, key=f"o{n}") for n, shop in enumerate(shops))
        return await asyncio.gather(*asks, return_exceptions=True)

    answers = bench.runner.run(both())
    assert {type(one) for one in answers} == {Order, CartEmpty}
    assert bench.stock() == (3, 2, 0)


def test_an_order_that_cannot_be_served_changes_nothing(bench: Bench) -> None:
    bench.offer("s", units=2)
    bench.offer("t", units=1, limit_each=1, prices={"JPY": 5})
    with pytest.raises(CartEmpty):
        bench(bench.shop.checkout("ann", WANTED, key=bench.key()))
    bench(bench.shop.put_line("ann", "m", "s", 3, key=bench.key()))
    with pytest.raises(SoldOut) as refusal:
        bench(bench.shop.checkout("ann", WANTED, key=bench.key()))
    assert refusal.value.fields["available"] == 2
    bench(bench.shop.put_line("ann", "m", "s", 2, key=bench.key()))
    with pytest.raises(PriceChanged):
        bench(bench.shop.checkout("ann", Checkout(tenant="m", currency="EUR", contact=Contact(),
                                                  expected_total_minor=199), key=bench.key()))  # fmt: skip
    bench(bench.shop.put_line("ann", "m", "t", 1, key=bench.key()))
    with pytest.raises(NotPriced):
        bench(bench.shop.checkout("ann", WANTED, key=bench.key()))
    assert len(bench(bench.shop.cart("ann")).lines) == 2
    assert bench.stock("s") == (2, 0, 0)


def test_a_limit_holds_over_claims_and_orders(bench: Bench) -> None:
    bench.offer(limit_each=2)
    with pytest.raises(OverLimit):
        bench.claim(units=3)
    bench.paid(units=1)
    with pytest.raises(OverLimit):
        bench.claim(units=2)
    order = bench.order(units=1)
    bench(bench.shop.cancel(order.id, caller="ann", key=bench.key()))
    bench.claim(units=1)


def test_what_is_off_sale_cannot_be_claimed_or_ordered(bench: Bench) -> None:
    bench.offer()
    bench(bench.shop.put_line("ann", "m", "s", 1, key=bench.key()))
    bench.offer(is_on_sale=False, units=0)
    with pytest.raises(NoSuchOffer):
        bench.claim()
    with pytest.raises(NoSuchOffer):
        bench(bench.shop.checkout("ann", WANTED, key=bench.key()))
    assert bench(bench.shop.offers(tenant="m")) == []
    assert len(bench(bench.shop.offers(tenant="m", hidden=True))) == 1
    with pytest.raises(NoSuchOffer):
        bench.claim(sku="never was")


def test_stock_that_is_held_cannot_be_counted_away(bench: Bench) -> None:
    bench.offer()
    bench.claim(units=4)
    with pytest.raises(StockInUse):
        bench(bench.shop.set_stock("m", "s", caller="mira", key=bench.key(), unsold=3))
    bench(bench.shop.set_stock("m", "s", caller="mira", key=bench.key(), unsold=4))
    assert bench.stock() == (0, 4, 0)


def test_an_order_goes_its_way(bench: Bench) -> None:
    bench.offer()
    order = bench.paid(units=2)
    assert order.state == "paid"
    assert bench.stock() == (3, 0, 2)
    for step, state in ((Step.PACK, "packed"), (Step.SEND, "sent"), (Step.DELIVER, "delivered")):
        order = bench(bench.shop.advance(order.id, step, caller="mira", key=bench.key()))
        assert order.state == state
    with pytest.raises(WrongState):
        bench(bench.shop.cancel(order.id, caller="ann", key=bench.key()))
    order = bench(bench.shop.refund(order.id, caller="mira", key=bench.key(), restocks=False))
    assert order.state == "refunded"
    assert bench.stock() == (3, 0, 2), "the goods are with the customer"
    assert [moment.state for moment in order.history] == [
        "placed", "paying", "paid", "packed", "sent", "delivered", "refunding", "refunded",
    ]  # fmt: skip


@pytest.mark.parametrize("is_paid", [False, True])
def test_a_cancelled_order_gives_everything_back(bench: Bench, is_paid: bool) -> None:
    bench.offer()
    order = bench.paid() if is_paid else bench.order()
    order = bench(bench.shop.cancel(order.id, caller="ann", key=bench.key()))
    assert order.state == ("refunded" if is_paid else "cancelled")
    assert bench.stock() == (5, 0, 0)


@pytest.mark.parametrize(
    ("answer", "verdicts", "state", "charges"),
    [
        ("paid", ["pay"], "paid", ["kept"]),
        ("declined", ["decline"], "failed", []),
        ("double", ["pay", "nothing"], "paid", ["kept"]),
        ("twice_charged", ["pay", "give_back"], "paid", ["kept", "refunded"]),
    ],
)
def test_whatever_the_provider_answers_money_is_kept_once(
    bench: Bench, answer: str, verdicts: list[str], state: str, charges: list[str]
) -> None:
    bench.offer()
    order = bench.order()
    assert bench.pay(order, answer) == verdicts
    bench(bench.shop.sweep())
    assert bench(bench.shop.order(order.id)).state == state
    assert sorted(_charges(bench)) == charges
    assert bench.stock() == ((4, 0, 1) if state == "paid" else (5, 0, 0))


def test_a_missing_answer_is_asked_for_before_the_order_is_given_up(bench: Bench) -> None:
    bench.offer()
    paid, unpaid = bench.order("ann"), bench.order("ben")
    bench.pay(paid, "missing")
    bench.now_ms += 121_000
    bench(bench.shop.sweep())
    assert bench(bench.shop.order(paid.id)).state == "paid"
    assert bench(bench.shop.order(unpaid.id)).state == "expired"
    assert bench.stock() == (4, 0, 1)


@pytest.mark.parametrize("is_left", [True, False])
def test_a_late_payment_is_honoured_if_the_goods_are_there_and_else_goes_back(bench: Bench, is_left: bool) -> None:
    bench.offer(units=1)
    order = bench.order("ann")
    (hook,) = bench.provider.pay(order.payment.intent, "late")
    bench.now_ms += 121_000
    bench(bench.shop.sweep())
    assert bench(bench.shop.order(order.id)).state == "expired"
    if not is_left:
        bench.claim("ben")
    bench(bench.shop.webhook(hook.body, hook.signature))
    bench(bench.shop.sweep())
    assert bench(bench.shop.order(order.id)).state == ("paid" if is_left else "refunded")
    assert bench.stock() == ((0, 0, 1) if is_left else (0, 1, 0))


def test_another_amount_does_not_pay_and_goes_back(bench: Bench) -> None:
    bench.offer()
    order = bench.order()
    event = PaymentEvent(
        id="e",
        kind=EventKind.PAID,
        order=order.id,
        charge=f"ch_{order.payment.intent}_9",
        amount_minor=1,
        currency="EUR",
    )
    hook = bench.provider.webhook(event)
    assert bench(bench.shop.webhook(hook.body, hook.signature)) is Verdict.GIVE_BACK
    bench(bench.shop.sweep())
    assert bench(bench.shop.order(order.id)).state == "paying"
    assert _charges(bench) == ["refunded"]


def test_a_refund_that_fails_is_tried_again_later(bench: Bench) -> None:
    bench.offer()
    bench.provider.refunds = "failed"
    order = bench.paid()
    assert bench(bench.shop.cancel(order.id, caller="ann", key=bench.key())).state == "refunding"
    bench(bench.shop.sweep())
    assert bench(bench.shop.order(order.id)).state == "refunding"
    bench.now_ms += 60_000
    bench(bench.shop.sweep())
    assert bench(bench.shop.order(order.id)).state == "refunded"


def test_a_forged_webhook_changes_nothing(bench: Bench) -> None:
    bench.offer()
    order = bench.order()
    (hook,) = bench.provider.pay(order.payment.intent)
    with pytest.raises(BadSignature):
        bench(bench.shop.webhook(hook.body.replace(b"100", b"001"), hook.signature))
    assert bench(bench.shop.order(order.id)).state == "paying"


def test_orders_are_seen_by_their_buyer_and_their_merchant(bench: Bench) -> None:
    bench.offer()
    order = bench.order("ann")
    assert bench(bench.shop.order(order.id, buyer="ann")).id == order.id
    assert bench(bench.shop.order(order.id, tenant="m")).id == order.id
    for other in ({"buyer": "ben"}, {"tenant": "n"}):
        with pytest.raises(NoSuchOrder):
            bench(bench.shop.order(order.id, **other))
    assert [row.id for row in bench(bench.shop.orders(buyer="ann"))] == [order.id]
    assert bench(bench.shop.orders(buyer="ben")) == []


def test_lists_come_in_pages(bench: Bench) -> None:
    bench.offer(units=50)
    made = [bench.order(f"g{n}").id for n in range(5)]
    first = bench(bench.shop.orders(tenant="m", limit=3))
    rest = bench(bench.shop.orders(tenant="m", limit=3, before=first[-1].id))
    assert sorted(row.id for row in [*first, *rest]) == sorted(made)


def test_the_rooms_hear_of_stock_also_when_another_server_changed_it(bench: Bench) -> None:
    bench.offer(units=5)
    bench.claim(units=2)
    assert bench.told[-1] == ("m", "s", 3)
    count = len(bench.told)
    bench(bench.another().claim("ben", "m", "s", 1, key="k"))
    assert len(bench.told) == count
    bench(bench.shop.sweep())
    assert bench.told[count:] == [("m", "s", 2)]
    bench(bench.shop.sweep())
    assert len(bench.told) == count + 1, "what was told is not told again"


def test_a_server_sweeps_by_itself_by_the_database_s_clock(database: Database) -> None:
    async def live() -> list[int]:
        provider = TestProvider(b"a secret of 16 b", clock_s=time.time)
        left: list[int] = []
        over = asyncio.Event()

        def on_stock(_tenant: str, _sku: str, available: int) -> None:
            left.append(available)
            if left[-2:] == [4, 5]:
                over.set()

        shop = Shop(database, provider, rules=ShopRules(lease_s=0, sweep_s=0.01), on_stock=on_stock)
        await shop.start()
        terms = OfferTerms(product="p", prices={"EUR": 1})
        await shop.put_offer("m", "s", terms, caller="mira", key="1")
        await shop.set_stock("m", "s", caller="mira", key="2", add=5)
        await shop.claim("ann", "m", "s", 1, key="3")
        async with asyncio.timeout(20):
            await over.wait()
        await shop.stop()
        return left

    assert asyncio.run(live()) == [5, 4, 5]


def _charges(bench: Bench) -> list[str]:
    return bench.database.read_now(lambda connection: [row.state for row in connection.execute(select(tables.charges))])
