"""A payment provider that hangs, fails in ways of its own, or is changed: the shop goes on, and nothing is lost."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from showroom.db.database import Database
from showroom.db.shop.orders import Checkout
from showroom.errors import Busy
from showroom.shop import service
from showroom.shop.money import Money
from showroom.shop.offers import OfferTerms
from showroom.shop.orders import Contact
from showroom.shop.payment import Intent, PaymentEvent
from showroom.shop.rehearsal import TestProvider
from showroom.shop.service import Shop, ShopRules


class Faulty(TestProvider):
    """Fails in some call, as the test says."""

    fault: Callable[[], Awaitable[None]] | None = None

    async def intent(self, order: str, amount: Money) -> Intent:
        if self.fault:
            await self.fault()
        return await super().intent(order, amount)

    async def close(self, intent: str) -> PaymentEvent | None:
        if self.fault:
            await self.fault()
        return await super().close(intent)


async def breaks() -> None:
    raise KeyError("a bug of the provider's own")


async def hangs() -> None:
    await asyncio.sleep(3600)


@pytest.fixture(params=[breaks, hangs])
def provider(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Faulty:
    monkeypatch.setattr(service, "_PROVIDER_S", 0.02)
    found = Faulty(b"a secret of 16 b", clock_s=time.time)
    found.fault = request.param
    return found


def test_an_order_stands_while_the_provider_fails_and_is_asked_for_later(database: Database, provider: Faulty) -> None:
    now_ms = [1_000_000_000_000]

    async def story() -> list[str]:
        shop = Shop(database, provider, rules=ShopRules(pay_s=60), clock=lambda _: now_ms[0])
        await shop.put_offer("m", "s", OfferTerms(product="p", prices={"EUR": 1}), caller="m", key="1")
        await shop.set_stock("m", "s", caller="m", key="2", add=1)
        await shop.claim("ann", "m", "s", 1, key="3")
        wanted = Checkout(tenant="m", currency="EUR", contact=Contact())
        order = await shop.checkout("ann", wanted, key="4")
        states = [order.state]
        now_ms[0] += 20_000
        await shop.sweep()
        states.append((await shop.order(order.id)).state)
        provider.fault = None
        await shop.sweep()
        states.append((await shop.order(order.id)).state)
        return states

    assert asyncio.run(story()) == ["placed", "placed", "paying"]


def test_an_order_is_over_after_the_grace_even_if_the_provider_never_answers(
    database: Database, provider: Faulty
) -> None:
    now_ms = [1_000_000_000_000]
    fault, provider.fault = provider.fault, None

    async def story() -> list[Any]:
        rules = ShopRules(pay_s=60, provider_grace_s=60)
        shop = Shop(database, provider, rules=rules, clock=lambda _: now_ms[0])
        await shop.put_offer("m", "s", OfferTerms(product="p", prices={"EUR": 1}), caller="m", key="1")
        await shop.set_stock("m", "s", caller="m", key="2", add=1)
        await shop.claim("ann", "m", "s", 1, key="3")
        order = await shop.checkout("ann", Checkout(tenant="m", currency="EUR", contact=Contact()), key="4")
        provider.fault = fault
        seen: list[Any] = []
        for seconds in (610, 40, 30):  # a claim of ten minutes is never cut short by the order made of it
            now_ms[0] += seconds * 1000
            await shop.sweep()
            seen.append(((await shop.order(order.id)).state, (await shop.stock("m"))[0].on_hand))
        return seen

    assert asyncio.run(story()) == [("paying", 0), ("paying", 0), ("expired", 1)]


def test_a_listener_that_fails_does_not_fail_the_shopper(database: Database) -> None:
    def listener(_tenant: str, _sku: str, _available: int) -> None:
        raise ValueError("broken")

    async def story() -> int:
        shop = Shop(database, TestProvider(b"a secret of 16 b", clock_s=time.time), on_stock=listener)
        await shop.put_offer("m", "s", OfferTerms(product="p", prices={"EUR": 1}), caller="m", key="1")
        return (await shop.set_stock("m", "s", caller="m", key="2", add=1)).on_hand

    assert asyncio.run(story()) == 1


def test_a_closed_database_refuses_instead_of_never_answering(database: Database) -> None:
    database.close()
    with pytest.raises(Busy):
        database.write_now(lambda connection: None)
