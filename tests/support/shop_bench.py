"""A shop on a real database, with a clock that the test moves, and short ways to say things."""

import asyncio
import time
from typing import Any

from showroom.db.database import Database
from showroom.db.shop.orders import Checkout
from showroom.shop.offers import OfferTerms
from showroom.shop.orders import Contact, Order
from showroom.shop.payment import Verdict
from showroom.shop.rehearsal import TestProvider
from showroom.shop.service import Catalogue, Shop, ShopRules

START_MS = 1_700_000_000_000
WANTED = Checkout(tenant="m", currency="EUR", contact=Contact(name="Ann"))


class Bench:
    """A shop with a clock that the test moves, and short ways to say things."""

    def __init__(self, database: Database, *, catalogue: Catalogue | None = None) -> None:
        self.catalogue = catalogue
        self.database = database
        self.now_ms = START_MS
        self.runner = asyncio.Runner()
        self.told: list[tuple[str, str, int]] = []
        self.provider = TestProvider(b"a secret of 16 b", clock_s=time.time)
        self.shop = self.another()
        self.shop.watch(lambda *change: self.told.append(change))
        self.keys = 0

    def another(self) -> Shop:
        """Another server on the same database."""
        rules = ShopRules(lease_s=60, pay_s=120, provider_grace_s=60)
        return Shop(self.database, self.provider, rules=rules, clock=lambda _: self.now_ms, catalogue=self.catalogue)

    def __call__(self, work: Any) -> Any:
        async def awaited() -> Any:
            return await work

        return self.runner.run(awaited())

    def key(self) -> str:
        self.keys += 1
        return f"k{self.keys}"

    def offer(self, sku: str = "s", *, units: int = 5, **terms: Any) -> None:
        wanted = OfferTerms(**{"product": "p", "prices": {"EUR": 100}} | terms)
        self(self.shop.put_offer("m", sku, wanted, caller="mira", key=self.key()))
        self(self.shop.set_stock("m", sku, caller="mira", key=self.key(), add=units))

    def claim(self, who: str = "ann", sku: str = "s", units: int = 1, *, key: str = "") -> Any:
        return self(self.shop.claim(who, "m", sku, units, key=key or self.key()))

    def order(self, who: str = "ann", sku: str = "s", units: int = 1) -> Order:
        self.claim(who, sku, units)
        found: Order = self(self.shop.checkout(who, WANTED, key=self.key()))
        return found

    def paid(self, who: str = "ann", units: int = 1) -> Order:
        order = self.order(who, units=units)
        self.pay(order)
        found: Order = self(self.shop.order(order.id))
        return found

    def pay(self, order: Order, answer: Any = "paid") -> list[Verdict]:
        hooks = self.provider.pay(order.payment.intent, answer)
        return [self(self.shop.webhook(hook.body, hook.signature)) for hook in hooks]

    def stock(self, sku: str = "s") -> tuple[int, int, int]:
        row = next(one for one in self(self.shop.stock("m")) if one.sku == sku)
        return row.on_hand, row.leased, row.sold
