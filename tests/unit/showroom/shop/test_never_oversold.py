"""
Whatever happens, in whatever order: nothing is sold twice, no accepted order is lost, no money is kept for nothing.

Two servers share a database. Shoppers claim, release, order, pay (also late, twice, without a word from the provider),
cancel and move their carts; the merchant counts, sends and refunds; the provider goes away; servers crash and come
back; time passes.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Connection, delete, select

from showroom.db.database import Database
from showroom.db.shop import tables
from showroom.db.shop.orders import Checkout
from showroom.errors import Busy
from showroom.shop.money import Money
from showroom.shop.offers import OfferTerms
from showroom.shop.orders import ENDED_UNPAID, UNPAID, Contact, OrderState, Step
from showroom.shop.payment import Answer, Intent, PaymentEvent, ProviderGone
from showroom.shop.rehearsal import TestProvider, Webhook
from showroom.shop.service import Shop, ShopRules
from showroom.shop.stock import LeaseState
from showroom_assets.errors import ShowroomError

SKUS = {"plenty": 30, "few": 3, "limited": 8}
LIMIT = 2
PEOPLE = ["ann", "ben", "cid"]
GOODS_GONE = {OrderState.PAID, OrderState.PACKED, OrderState.SENT, OrderState.DELIVERED}

person = st.sampled_from(PEOPLE)
sku = st.sampled_from(sorted(SKUS))
quantity = st.integers(1, 4)
server = st.integers(0, 1)
answers = st.sampled_from(["paid", "declined", "double", "twice_charged", "late", "missing"])


class Moody(TestProvider):
    """The test provider, which may be away."""

    is_away = False

    async def intent(self, order: str, amount: Money) -> Intent:
        self._present()
        return await super().intent(order, amount)

    async def close(self, intent: str) -> PaymentEvent | None:
        self._present()
        return await super().close(intent)

    async def refund(self, charge: str, amount: Money) -> PaymentEvent | None:
        self._present()
        return await super().refund(charge, amount)

    def _present(self) -> None:
        if self.is_away:
            raise ProviderGone("away")


class Market(RuleBasedStateMachine):
    """The shop, and beside it what must be true."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = 1_700_000_000_000
        self.runner = asyncio.Runner()
        self.provider = Moody(b"a secret of 16 b", clock_s=_wall)
        self.databases = [Database(self.url), Database(self.url)]
        self.shops = [self.open(database) for database in self.databases]
        self.count = 0
        self.totals = Counter(SKUS)
        self.orders: dict[str, Any] = {}
        self.never_back: set[str] = set()
        self.webhooks: list[Webhook] = []
        self.writes: list[tuple[Callable[[Shop], Awaitable[Any]], Any]] = []
        self.databases[0].write_now(_empty)

    def open(self, database: Database) -> Shop:
        rules = ShopRules(lease_s=60, pay_s=120, provider_grace_s=60)
        return Shop(database, self.provider, rules=rules, clock=lambda _: self.now_ms)

    def run(self, *works: Awaitable[Any]) -> list[Any]:
        """Run works at the same time; what they refuse is an answer too."""

        async def together() -> list[Any]:
            return await asyncio.gather(*works, return_exceptions=True)

        answers = self.runner.run(together())
        for answer in answers:
            # Busy would be a refusal that no rule of the shop asks for: a clash that was not resolved.
            is_refusal = isinstance(answer, ShowroomError) and not isinstance(answer, Busy)
            if isinstance(answer, BaseException) and not is_refusal:
                raise answer
        return answers

    def key(self) -> str:
        self.count += 1
        return f"key {self.count}"

    def write(self, shop: int, work: Callable[[Shop], Awaitable[Any]], *, repeatable: bool = False) -> Any:
        answer = self.run(work(self.shops[shop]))[0]
        if repeatable and not isinstance(answer, ShowroomError):
            self.writes.append((work, answer))
        return answer

    # ── what happens

    @initialize(refunds=st.sampled_from(["at_once", "webhook", "failed"]))
    def open_the_shop(self, refunds: Any) -> None:
        self.provider.refunds = refunds
        for name, units in SKUS.items():
            terms = OfferTerms(product="thing", prices={"EUR": 100}, limit_each=LIMIT if name == "limited" else None)
            self.write(0, lambda shop, n=name, t=terms: shop.put_offer("m", n, t, caller="m", key=self.key()))
            self.write(0, lambda shop, n=name, u=units: shop.set_stock("m", n, caller="m", key=self.key(), unsold=u))

    @rule(shop=server, who=person, what=sku, units=quantity)
    def claim(self, shop: int, who: str, what: str, units: int) -> None:
        key = self.key()
        self.write(shop, lambda s: s.claim(who, "m", what, units, key=key), repeatable=True)

    @rule(wants=st.lists(st.tuples(server, person, sku, quantity), min_size=2, max_size=12))
    def claim_all_at_once(self, wants: list[tuple[int, str, str, int]]) -> None:
        self.run(*(self.shops[s].claim(who, "m", what, n, key=self.key()) for s, who, what, n in wants))

    @rule(shop=server, who=person)
    def release(self, shop: int, who: str) -> None:
        held = [line.claim for line in self.run(self.shops[shop].cart(who))[0].lines if line.claim]
        self.run(*(self.shops[shop].release(who, claim, key=self.key()) for claim in held[:1]))

    @rule(shop=server, who=person, what=sku, units=st.integers(0, 4))
    def put_into_the_cart(self, shop: int, who: str, what: str, units: int) -> None:
        key = self.key()
        self.write(shop, lambda s: s.put_line(who, "m", what, units, key=key))

    @rule(giver=person, taker=person, what=sku, shop=server)
    def claim_on_two_devices_and_move_the_cart(self, giver: str, taker: str, what: str, shop: int) -> None:
        for who, units in ((giver, 1), (taker, 2)):
            self.write(shop, lambda s, w=who, n=units: s.claim(w, "m", what, n, key=self.key()))
        self.move_the_cart(giver, taker, shop)

    @rule(giver=person, taker=person, shop=server)
    def move_the_cart(self, giver: str, taker: str, shop: int) -> None:
        code = self.write(shop, lambda s: s.cart_code(giver, key=self.key())).code
        self.run(*(one.move_cart(code, taker, key=self.key()) for one in self.shops))

    @rule(shop=server, who=person)
    def check_out(self, shop: int, who: str) -> None:
        key = self.key()
        order = self.write(shop, lambda s: s.checkout(who, WANTED, key=key), repeatable=True)
        self.accepted(order)

    @rule(who=person)
    def check_out_on_both_servers(self, who: str) -> None:
        for order in self.run(*(shop.checkout(who, WANTED, key=self.key()) for shop in self.shops)):
            self.accepted(order)

    @rule(shop=server, who=person, what=sku, units=quantity, answer=answers)
    def buy(self, shop: int, who: str, what: str, units: int, answer: Answer) -> None:
        self.write(shop, lambda s: s.claim(who, "m", what, units, key=self.key()))
        order = self.write(1 - shop, lambda s: s.checkout(who, WANTED, key=self.key()))
        self.accepted(order)
        if not isinstance(order, ShowroomError):
            self.answered(order, answer)

    @rule(answer=answers, data=st.data())
    def pay(self, answer: Answer, data: st.DataObject) -> None:
        order = self.some_order(data)
        if order is not None:
            self.answered(order, answer)

    def answered(self, order: Any, answer: Answer) -> None:
        if order.payment.intent:
            try:
                hooks = self.provider.pay(order.payment.intent, answer)
            except ShowroomError:
                return
            self.webhooks += [hook for hook in hooks if hook.is_late]
            now = [hook for hook in hooks if not hook.is_late]
            self.run(*(self.shops[i % 2].webhook(hook.body, hook.signature) for i, hook in enumerate(now)))

    @rule(data=st.data(), shop=server)
    def a_webhook_comes_late_and_stays_in_the_queue(self, data: st.DataObject, shop: int) -> None:
        waiting = self.webhooks + self.provider.waiting
        if waiting:
            hook = data.draw(st.sampled_from(waiting))
            self.run(self.shops[shop].webhook(hook.body, hook.signature))

    @rule(data=st.data(), shop=server)
    def cancel(self, data: st.DataObject, shop: int) -> None:
        order = self.some_order(data)
        if order is not None:
            key = self.key()
            self.write(shop, lambda s: s.cancel(order.id, caller=order.buyer, key=key))

    @rule(data=st.data(), restocks=st.booleans())
    def refund(self, data: st.DataObject, restocks: bool) -> None:
        order = self.some_order(data)
        if order is not None:
            answer = self.write(0, lambda s: s.refund(order.id, caller="m", key=self.key(), restocks=restocks))
            if not isinstance(answer, ShowroomError) and not restocks:
                was = [moment.state for moment in answer.history]
                if GOODS_GONE & set(was):
                    self.never_back.add(order.id)

    @rule(data=st.data(), what=st.sampled_from([Step.PACK, Step.SEND, Step.DELIVER]))
    def send(self, data: st.DataObject, what: Step) -> None:
        order = self.some_order(data)
        if order is not None:
            self.write(1, lambda s: s.advance(order.id, what, caller="m", key=self.key()))

    @rule(what=sku, units=st.integers(-3, 5))
    def a_delivery_or_a_loss(self, what: str, units: int) -> None:
        answer = self.write(1, lambda s: s.set_stock("m", what, caller="m", key=self.key(), add=units))
        if not isinstance(answer, ShowroomError):
            self.totals[what] += units

    @rule(seconds=st.sampled_from([1, 30, 61, 121, 200]))
    def time_passes(self, seconds: int) -> None:
        self.now_ms += seconds * 1000

    @rule(both=st.booleans())
    def sweep(self, both: bool) -> None:
        self.run(*(shop.sweep() for shop in self.shops[: 1 + both]))

    @rule(away=st.booleans())
    def the_provider_goes_or_comes(self, away: bool) -> None:
        self.provider.is_away = away

    @rule(which=server)
    def a_server_crashes(self, which: int) -> None:
        self.databases[which].close()
        self.databases[which] = Database(self.url)
        self.shops[which] = self.open(self.databases[which])

    @rule(data=st.data(), shop=server)
    def an_answer_was_lost_and_the_request_repeated(self, data: st.DataObject, shop: int) -> None:
        if self.writes:
            work, before = data.draw(st.sampled_from(self.writes))
            again = self.run(work(self.shops[shop]))[0]
            assert again.id == before.id

    # ── what must be true

    @invariant()
    def units_are_conserved(self) -> None:
        stock, leases, orders, _ = self.databases[0].read_now(_everything)
        leased, sold = Counter[str](), Counter[str]()
        for lease in leases:
            if lease.state in {LeaseState.HELD, LeaseState.ORDERED}:
                leased[lease.sku] += lease.quantity
        for order_id, (state, lines) in orders.items():
            if state in GOODS_GONE or order_id in self.never_back:
                sold.update(dict(lines))
        for what, (on_hand, now_leased, now_sold) in stock.items():
            assert (now_leased, now_sold) == (leased[what], sold[what]), what
            assert on_hand >= 0
            assert on_hand + now_leased + now_sold == self.totals[what], what

    @invariant()
    def accepted_orders_are_there_and_hold_what_they_must(self) -> None:
        _, leases, orders, _ = self.databases[1].read_now(_everything)
        assert self.orders.keys() <= orders.keys()
        for order_id, (state, lines) in orders.items():
            states = {(one.sku, one.state): one.quantity for one in leases if one.order_id == order_id}
            wanted = (
                LeaseState.ORDERED if state in UNPAID
                else LeaseState.RELEASED if state in ENDED_UNPAID
                else None
            )  # fmt: skip
            if wanted is not None:
                assert states == {(what, wanted): units for what, units in lines}, order_id

    @invariant()
    def nobody_has_more_than_the_limit(self) -> None:
        rows = self.databases[0].read_now(_bought_limited)
        assert all(units <= LIMIT for units in rows.values()), rows

    def teardown(self) -> None:
        """In the end everything is settled: no lease is left over, and money was kept only for goods."""
        try:
            self.provider.is_away = False
            for _ in range(4):
                self.now_ms += 4_000_000
                self.run(*(shop.sweep() for shop in self.shops))
                hooks = self.webhooks + self.provider.waiting
                self.run(*(self.shops[0].webhook(hook.body, hook.signature) for hook in hooks))
            self.units_are_conserved()
            self.accepted_orders_are_there_and_hold_what_they_must()
            self.nobody_has_more_than_the_limit()
            stock, leases, orders, charges = self.databases[0].read_now(_everything)
            assert not [one for one in leases if one.state in {LeaseState.HELD, LeaseState.ORDERED}]
            assert all(leased == 0 for _, leased, _ in stock.values())
            kept = Counter(order_id for order_id, state in charges if state == "kept")
            assert set(kept.values()) <= {1}
            assert set(kept) == {order_id for order_id, (state, _) in orders.items() if state in GOODS_GONE}
            assert {state for _, state in charges} <= {"kept", "refunded"}
            assert not [state for state, _ in orders.values() if state is OrderState.REFUNDING]
        finally:
            for database in self.databases:
                database.close()
            self.runner.close()

    def accepted(self, order: Any) -> None:
        if not isinstance(order, ShowroomError):
            self.orders[order.id] = order

    def some_order(self, data: st.DataObject) -> Any:
        if not self.orders:
            return None
        order_id = data.draw(st.sampled_from(sorted(self.orders)))
        return self.run(self.shops[0].order(order_id))[0]


WANTED = Checkout(tenant="m", currency="EUR", contact=Contact())


def _wall() -> float:
    import time

    return time.time()


def _empty(connection: Connection) -> None:
    for name in tables.__all__:
        connection.execute(delete(getattr(tables, name)))


def _everything(connection: Connection) -> Any:
    stock = {row.sku: (row.on_hand, row.leased, row.sold) for row in connection.execute(select(tables.stock))}
    leases = connection.execute(select(tables.leases)).all()
    lines: dict[str, list[tuple[str, int]]] = {}
    for row in connection.execute(select(tables.order_lines)):
        lines.setdefault(row.order_id, []).append((row.sku, row.quantity))
    orders = {row.id: (OrderState(row.state), lines[row.id]) for row in connection.execute(select(tables.orders))}
    charges = [(row.order_id, row.state) for row in connection.execute(select(tables.charges))]
    return stock, leases, orders, charges


def _bought_limited(connection: Connection) -> Counter[str]:
    out: Counter[str] = Counter()
    joined = select(tables.orders, tables.order_lines).join(
        tables.order_lines, tables.order_lines.c.order_id == tables.orders.c.id
    )
    for row in connection.execute(joined):
        if row.sku == "limited" and (row.state in UNPAID or row.state in GOODS_GONE):
            out[row.buyer] += row.quantity
    return out


@pytest.mark.timeout(900)
def test_nothing_is_oversold_lost_or_kept_for_nothing(new_url: Callable[[], str]) -> None:
    Market.url = new_url()
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Market,
        settings=settings(
            max_examples=30,
            stateful_step_count=35,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
