"""Processes that sell on one database are killed at random moments: what they acknowledged is there, and no more."""

import asyncio
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shop_worker
from postgres import programs, running
from sqlalchemy import select

from showroom.db.database import Database, sqlite_url
from showroom.db.shop import tables
from showroom.db.tables import metadata
from showroom.shop.offers import OfferTerms
from showroom.shop.rehearsal import TestProvider
from showroom.shop.service import Shop, ShopRules

UNITS = 30
ROUNDS = 4


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "shop.db")
    elif programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    else:
        with running() as server:
            yield server.new_database()


def sell_and_die(url: str, name: str, lines: int) -> list[list[str]]:
    """Run a worker until it has said so much, then kill it, in the middle of whatever it does; what it said."""
    worker = subprocess.Popen([sys.executable, shop_worker.__file__, url, name], stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    said = []
    for line in worker.stdout:
        said.append(line.split())
        if len(said) == lines:
            worker.kill()
    # What was still in the pipe was acknowledged too; a line that was cut short was not.
    worker.wait(30)
    worker.stdout.close()
    return [words for words in said if len(words) == 2]


@pytest.mark.timeout(300)
def test_what_was_acknowledged_survives_any_kill_and_nothing_is_sold_twice(url: str) -> None:
    database = Database(url)
    with database.engine.begin() as connection:
        metadata.create_all(connection, tables=[getattr(tables, name) for name in tables.__all__])
    provider = TestProvider(shop_worker.SECRET, clock_s=time.time)
    shop = Shop(database, provider, rules=ShopRules(lease_s=1, pay_s=1))
    chance = random.Random(3)
    said: list[list[str]] = []

    async def story() -> None:
        await shop.put_offer("m", "hot", OfferTerms(product="p", prices={"EUR": 1}), caller="m", key="1")
        await shop.set_stock("m", "hot", caller="m", key="2", unsold=UNITS)
        for turn in range(ROUNDS):
            workers = (
                asyncio.to_thread(sell_and_die, url, f"{turn}-{number}", chance.randint(2, 40)) for number in range(2)
            )
            for words in await asyncio.gather(*workers):
                said.extend(words)
        deadline = time.monotonic() + 30
        while database.read_now(_left_over) and time.monotonic() < deadline:
            await shop.sweep()
            await asyncio.sleep(0.1)

    asyncio.run(story())
    stock, leases, orders = database.read_now(_books)
    database.close()
    assert {word for kind, word in said if kind == "claim"} <= leases.keys()
    assert {word for kind, word in said if kind == "order"} <= orders.keys()
    assert all(orders[word] == "paid" for kind, word in said if kind == "paid")
    states = Counter(leases.values())
    assert not states["held"] + states["ordered"], "a lease is left over"
    assert stock.on_hand + stock.leased + stock.sold == UNITS
    assert (stock.leased, stock.sold) == (0, states["converted"])
    assert stock.sold == Counter(orders.values())["paid"]
    assert len(said) > ROUNDS, "the workers have done something"


def _left_over(connection: Any) -> bool:
    query = select(tables.leases.c.id).where(tables.leases.c.state.in_(["held", "ordered"])).limit(1)
    return connection.execute(query).first() is not None


def _books(connection: Any) -> Any:
    def states(table: Any) -> dict[str, str]:
        return {row.id: row.state for row in connection.execute(select(table.c.id, table.c.state))}

    return connection.execute(select(tables.stock)).one(), states(tables.leases), states(tables.orders)
