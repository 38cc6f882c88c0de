"""
A process that sells without pause and says aloud what was acknowledged: ``python shop_worker.py URL NAME``.

Made to be killed at any moment; ``test_shop_kills`` compares what it said with what is in the database.
"""

import asyncio
import sys
import time
from itertools import count

from showroom.db.database import Database
from showroom.db.shop.orders import Checkout
from showroom.shop.errors import SoldOut
from showroom.shop.orders import Contact
from showroom.shop.rehearsal import TestProvider
from showroom.shop.service import Shop, ShopRules

SECRET = b"a secret of 16 b"
WANTED = Checkout(tenant="m", currency="EUR", contact=Contact())


async def main(url: str, name: str) -> None:
    provider = TestProvider(SECRET, clock_s=time.time)
    shop = Shop(Database(url), provider, rules=ShopRules(lease_s=1, pay_s=1, sweep_s=0.05))
    await shop.start()
    print("ready", flush=True)

    async def customer(number: int) -> None:
        for turn in count():
            who = f"{name}-{number}-{turn}"
            try:
                claim = await shop.claim(who, "m", "hot", 1, key="claim")
            except SoldOut:
                await asyncio.sleep(0.02)
                continue
            print("claim", claim.id, flush=True)
            if turn % 3 == 0:
                continue  # walks away
            if turn % 3 == 1:
                await shop.release(who, claim.id, key="release")
                continue
            order = await shop.checkout(who, WANTED, key="order")
            print("order", order.id, flush=True)
            if number % 2:
                for hook in provider.pay(order.payment.intent, "double"):
                    await shop.webhook(hook.body, hook.signature)
                print("paid", order.id, flush=True)

    await asyncio.gather(*(customer(number) for number in range(8)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
