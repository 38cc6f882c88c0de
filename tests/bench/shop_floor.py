"""
What ``shop.py`` measures the shop against: the plainest thing that never oversells.

    python shop_floor.py raw FILE SECONDS      no HTTP: one transaction a claim, by sqlite3 itself
    python shop_floor.py serve FILE PORT       the same behind the same HTTP side: ``UPDATE … WHERE on_hand > 0``

Both write a lease and keep the idempotent answer, with ``synchronous = FULL``, as the shop must; neither has limits,
expiry, replays or group commit.
"""

import asyncio
import json
import sqlite3
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import uvloop
from aiohttp import web
from msgspec import Struct

from showroom.accounts.principal import Scope
from showroom.accounts.service import Accounts
from showroom.db.database import Database, sqlite_url
from showroom.db.schema import create_or_upgrade
from showroom.http.api import Api
from showroom.http.endpoint import Call, Endpoint
from showroom.http.limits import Limits, Rate
from showroom.http.metrics import Metrics
from showroom.http.peers import Peers
from showroom.shop.service import random_id

SECRET = b"the floor's secret, 32 bytes long"


class Want(Struct):
    """As the shop's own claim."""

    tenant: str
    sku: str
    quantity: int


class Got(Struct):
    """As the shop's own lease."""

    id: str
    holder: str
    quantity: int
    deadline_ms: int


def connect(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS floor_stock (sku TEXT PRIMARY KEY, on_hand INT, leased INT)")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS floor_leases (id TEXT PRIMARY KEY, holder TEXT, sku TEXT, quantity INT, "
        "deadline_ms INT)"
    )
    connection.execute("CREATE TABLE IF NOT EXISTS floor_answers (caller TEXT, key TEXT, answer TEXT, "
                       "PRIMARY KEY (caller, key))")  # fmt: skip
    connection.executemany(
        "INSERT OR IGNORE INTO floor_stock VALUES (?, 1000000000, 0)", [(f"S{n}",) for n in range(100)]
    )
    return connection


def claim(connection: sqlite3.Connection, holder: str, sku: str, quantity: int) -> Got:
    deadline_ms = int(time.time() * 1000) + 600_000
    got = Got(random_id("c"), holder, quantity, deadline_ms)
    connection.execute("BEGIN IMMEDIATE")
    done = connection.execute(
        "UPDATE floor_stock SET on_hand = on_hand - ?, leased = leased + ? WHERE sku = ? AND on_hand >= ?",
        (quantity, quantity, sku, quantity),
    )
    if not done.rowcount:
        connection.execute("ROLLBACK")
        raise LookupError("sold out")
    connection.execute("INSERT INTO floor_leases VALUES (?, ?, ?, ?, ?)", (got.id, holder, sku, quantity, deadline_ms))
    connection.execute("INSERT INTO floor_answers VALUES (?, ?, ?)", (holder, got.id, got.id))
    connection.execute("COMMIT")
    return got


def raw(path: str, seconds: float) -> None:
    connection = connect(path)
    count, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        claim(connection, f"g{count}", f"S{count % 100}", 1)
        count += 1
    print(json.dumps({"per_s": count / seconds}))


async def serve(path: str, port: int) -> None:
    connection = connect(path)
    database = Database(sqlite_url(Path(path).with_suffix(".accounts")))
    create_or_upgrade(database)
    accounts = Accounts(database, secret=SECRET, session_s=3600, guest_s=3600)
    one = ThreadPoolExecutor(1)

    async def handler(call: Call) -> Got:
        """Claim."""
        want: Want = call.body
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(one, claim, connection, call.who.id, want.sku, want.quantity)

    row = Endpoint(
        method="POST", path="/claims", handler=handler, tag="floor", scope=Scope.SHOP, body=Want, answer=Got,
        status=201, limit="write", is_idempotent=True,
    )  # fmt: skip
    plenty = Rate(1e9, 1e9)
    api = Api(
        [row],
        gate=accounts,
        limits=Limits(dict.fromkeys(("read", "write", "costly"), plenty), address_factor=1, clock=time.monotonic),
        peers=Peers(host="127.0.0.1", public_url="", allowed_origins=[], trusted_proxies=[]),
        metrics=Metrics(),
    )
    runner = web.AppRunner(api.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    if sys.argv[1] == "raw":
        raw(sys.argv[2], float(sys.argv[3]))
    else:
        uvloop.run(serve(sys.argv[2], int(sys.argv[3])))
