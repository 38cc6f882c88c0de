"""
The shop under a rush, under kills, and beside the plainest thing that could do its work.

**Never oversold, never lost.** Thousands of customers in several processes want one of 100 units. The servers, several
``showroom serve`` on one database, are killed (-9) at random moments and started again. Some customers pay, some
release, some walk away. Then the books are held against what was answered: sold is 100 exactly, every acknowledged
claim and order is there, every lease is converted, released or expired. On SQLite and on PostgreSQL.

**Claims a second.** One server on core 0, the customers on core 1, each claim by another customer over HTTP: sign-in,
limits, checks, idempotency, group commit. Beside it two floors in the same run: one ``sqlite3`` transaction a claim
without any HTTP, and a plain ``UPDATE … WHERE on_hand > 0`` behind the same HTTP side. PostgreSQL is on core 1 too.

``make bench-shop`` takes about four minutes; ``QUICK=1`` less than one. ``shop.py kills`` or ``shop.py claims`` runs
one part.
"""

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from postgres import programs, running
from record import QUICK, REPO, Record, say
from sqlalchemy import func, select

from showroom.accounts.service import Accounts
from showroom.db.database import Database, sqlite_url
from showroom.db.schema import create_or_upgrade
from showroom.db.shop import tables
from showroom.keys import secret
from showroom.shop.offers import OfferTerms
from showroom.shop.rehearsal import TestProvider
from showroom.shop.service import Shop

HERE = Path(__file__).parent
WORK = REPO / "build" / "bench" / "shop"
SHOWROOM = [sys.executable, "-m", "showroom"]
UNITS = 100
CUSTOMERS = 2_000 if QUICK else 10_000
SERVERS, CROWDS = 3, 2
SECONDS = 3.0 if QUICK else 10.0
LINES = 128
SKUS = [f"S{n}" for n in range(100)]
TURNS = 1 if QUICK else 3

Json = dict[str, Any]


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that PostgreSQL is stopped then, too
    record = Record("shop")
    record.peers = {
        "sqlite3": "one transaction a claim, synchronous = FULL, no HTTP",
        "plain UPDATE": "UPDATE … WHERE on_hand > 0, one transaction a claim, behind the same HTTP side",
    }
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    parts = set(sys.argv[1:]) or {"kills", "claims"}
    with databases() as urls:
        if "kills" in parts:
            for name, new_url in urls.items():
                kills(record, name, new_url)
        if "claims" in parts:
            throughput(record, urls)
    record.show()


@contextlib.contextmanager
def databases() -> Iterator[dict[str, Callable[[Path], str]]]:
    """What makes an empty database of each kind for a data folder."""
    found: dict[str, Callable[[Path], str]] = {"SQLite": lambda folder: sqlite_url(folder / "showroom.db")}
    if programs() is None:
        say("PostgreSQL is not installed: SQLite alone")
        yield found
        return
    with running() as server:
        yield {**found, "PostgreSQL": lambda _: server.new_database()}


class Store:
    """A data folder, its database, and servers on it."""

    def __init__(self, name: str, new_url: Callable[[Path], str], **settings: Any) -> None:
        self.folder = WORK / name
        self.folder.mkdir()
        self.url = new_url(self.folder)
        self._settings = {
            "data": self.folder, "database": self.url, "worker": "false", "log_level": "error", "rate_read": 100_000,
            "rate_write": 100_000, "rate_costly": 100_000, "rate_per_address": 100_000, **settings,
        }  # fmt: skip
        self.database = Database(self.url)
        create_or_upgrade(self.database)
        self._accounts = Accounts(
            self.database, secret=secret(self.folder / "secret.key"), session_s=3600, guest_s=24 * 3600
        )
        self._guests = 0

    def offer(self, units: dict[str, int]) -> None:
        async def put() -> None:
            shop = Shop(self.database, TestProvider(b"nobody pays here", clock_s=time.time))
            for sku, count in units.items():
                terms = OfferTerms(product="thing", prices={"EUR": 100})
                await shop.put_offer("default", sku, terms, caller="bench", key=f"offer {sku}")
                await shop.set_stock("default", sku, caller="bench", key=f"stock {sku}", unsold=count)

        asyncio.run(put())

    def guests(self, count: int) -> list[str]:
        """Passes of so many new customers."""
        out = []
        for _ in range(count):
            self._guests += 1
            out.append(self._accounts.guest(f"Guest {self._guests}")[1])
        return out

    def serve(self, port: int, *, core: int | None = None) -> "subprocess.Popen[str]":
        """A server process; it is open when it has printed its address."""
        pinned = [] if core is None else ["taskset", "-c", str(core)]
        env = {**os.environ, **{f"SHOWROOM_{key.upper()}": str(value) for key, value in self._settings.items()}}
        log = (self.folder / "log").open("ab")
        with log:
            return subprocess.Popen(
                [*pinned, *SHOWROOM, "serve", "--port", str(port)],
                env=env,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def close(self) -> None:
        self.database.close()


def kills(record: Record, name: str, new_url: Callable[[Path], str]) -> None:
    chance = random.Random(7)
    store = Store(f"kills-{name}", new_url, lease_s=10)
    store.offer({"HOT": UNITS})
    servers = Servers(store, chance)
    seen: list[Json] = []
    say(f"{name}: {CUSTOMERS:,} customers for {UNITS} units, {SERVERS} servers, killed at random")
    begun = time.monotonic()
    try:
        seen += crowds(store, servers.ports, CUSTOMERS, pays=0.2, releases=0.5, seed=1)
        rush_s = time.monotonic() - begun
        for turn in range(20):
            if store.database.read_now(_sold) == UNITS:
                break
            if turn == 2:
                servers.spare()
            time.sleep(2)
            seen += crowds(store, servers.ports, 200, pays=0.9, releases=0.1, seed=10 + turn)
        servers.spare()
        servers.settle()
        until = time.monotonic() + 60
        while store.database.read_now(_open_leases) and time.monotonic() < until:
            time.sleep(0.2)
        found = audit(store.database, seen)
    finally:
        servers.end()
        store.close()
    found |= {"kills": servers.kills, "rush_s": round(rush_s, 1), "total_s": round(time.monotonic() - begun, 1),
              "repeated_requests": sum(one["repeated"] for one in seen),
              "claims": sum(one["claims"] for one in seen)}  # fmt: skip
    record.figures[f"kills, {name}"] = found
    say(f"{name}: {found}")
    record.at_least(f"{name}: kills -9", f"servers killed meanwhile >= {1 if QUICK else 3}", found["kills"],
                    1 if QUICK else 3)  # fmt: skip
    record.at_most(f"{name}: sold", f"sold - {UNITS} = 0", abs(found["sold"] - UNITS), 0)
    record.at_most(f"{name}: lost", "acknowledged claims, payments and releases that are not in the books: 0",
                   found["lost_in_all"], 0)  # fmt: skip
    record.at_most(f"{name}: leases left over", "neither converted, released nor expired: 0", found["open_leases"], 0)
    record.at_most(f"{name}: units astray", "|on hand + leased + sold - 100| and |sold - paid orders| = 0",
                   found["astray"], 0)  # fmt: skip


class Servers:
    """Several servers on one database, and somebody who kills them."""

    def __init__(self, store: Store, chance: random.Random) -> None:
        self.ports = [free_port() for _ in range(SERVERS)]
        self.kills = 0
        self._store = store
        self._chance = chance
        begun = time.monotonic()
        self._processes = [store.serve(port) for port in self.ports]
        for process in self._processes:
            _ready(process)
        self._start_s = time.monotonic() - begun
        self._is_over = threading.Event()
        self._killer = threading.Thread(target=self._kill_for_ever)
        self._killer.start()

    def _kill_for_ever(self) -> None:
        # By the time a start takes here: killed faster than that, no server would ever answer anybody.
        while not self._is_over.wait(self._start_s * self._chance.uniform(0.1, 1.1)):
            at = self._chance.randrange(SERVERS)
            if not _is_open(self.ports[at]):
                continue  # still starting
            self._processes[at].send_signal(signal.SIGKILL)
            _gone(self._processes[at])
            self.kills += 1
            self._processes[at] = self._store.serve(self.ports[at])

    def spare(self) -> None:
        """No more kills."""
        self._is_over.set()
        self._killer.join()

    def settle(self) -> None:
        """Wait until a server is open again, so that somebody sweeps."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for port in self.ports:
                if _is_open(port):
                    return
            time.sleep(0.1)

    def end(self) -> None:
        self.spare()
        for process in self._processes:
            process.kill()
            _gone(process)


def crowds(store: Store, ports: list[int], customers: int, *, pays: float, releases: float, seed: int) -> list[Json]:
    """Customers in several processes; what each of them was told."""
    started = []
    for crowd in range(CROWDS):
        plan = {
            "ports": ports, "tokens": store.guests(customers // CROWDS), "seed": seed * 100 + crowd, "lines": 100,
            "tenant": "default", "sku": "HOT", "pays": pays, "releases": releases,
        }  # fmt: skip
        started.append(_load("rush", plan, store.folder / f"rush-{seed}-{crowd}.json"))
    return [_told(process) for process in started]


def audit(database: Database, seen: list[Json]) -> Json:
    """The books against what the customers were told."""

    def look(connection: Any) -> Json:
        stock = connection.execute(select(tables.stock)).one()
        leases = {row.id: row.state for row in connection.execute(select(tables.leases.c.id, tables.leases.c.state))}
        orders = {row.id: row.state for row in connection.execute(select(tables.orders.c.id, tables.orders.c.state))}
        lost = {
            "claims": sum(claim not in leases for one in seen for claim in one["claimed"]),
            "payments": sum(orders.get(order) != "paid" for one in seen for order in one["paid"]),
            "ends": sum(
                leases.get(claim) != state for one in seen for state in ("released", "expired") for claim in one[state]
            ),
        }
        paid = sum(state == "paid" for state in orders.values())
        return {
            "sold": stock.sold,
            "paid_orders": paid,
            "acknowledged_claims": sum(len(one["claimed"]) for one in seen),
            "acknowledged_payments": sum(len(one["paid"]) for one in seen),
            "lost": lost,
            "lost_in_all": sum(lost.values()),
            "open_leases": sum(state in {"held", "ordered"} for state in leases.values()),
            "astray": abs(stock.on_hand + stock.leased + stock.sold - UNITS) + abs(stock.sold - paid),
            "leases": {state: [*leases.values()].count(state) for state in sorted(set(leases.values()))},
        }

    found: Json = database.read_now(look)
    return found


def throughput(record: Record, urls: dict[str, Callable[[Path], str]]) -> None:
    """Ours and the floors in turn, several times: the machine's moods meet all of them."""
    rows: dict[str, list[Json]] = {}
    stores = {name: Store(f"pump-{name}", new_url) for name, new_url in urls.items()}
    for store in stores.values():
        store.offer(dict.fromkeys(SKUS, 10**8))
    tokens = int((SECONDS + 2) * 6000)
    for turn in range(TURNS):
        rows.setdefault("sqlite3", []).append(raw_floor(turn))
        rows.setdefault("plain UPDATE", []).append(http_floor(stores["SQLite"], turn, tokens // 2))
        for name, store in stores.items():
            port = free_port()
            server = store.serve(port, core=0)
            try:
                _ready(server)
                rows.setdefault(name, []).append(pumped(store, server, port, f"pump-{turn}", tokens))
            finally:
                server.terminate()
                _gone(server)
        say("; ".join(f"{name} {found[-1]['per_s']:,.0f}/s" for name, found in rows.items()))
    for store in stores.values():
        store.close()
    for name, found in rows.items():
        record.figures[f"claims, {name}"] = found
        rates = [one["per_s"] for one in found]
        record.noise[name] = "one turn only" if TURNS == 1 else round(max(rates) / max(min(rates), 1e-9) - 1, 3)
    ours = rows["SQLite"]
    rate = _middle([one["per_s"] for one in ours])
    record.at_least("SQLite: claims a second over HTTP", ">= 2,000 on one core", rate, 2000)
    record.at_least("SQLite: claims a CPU second", ">= 2,000", _middle([one["per_cpu_s"] for one in ours]), 2000)
    record.at_most("SQLite: p99", "<= 250 ms", max(one["p99_ms"] for one in ours), 250)
    times = {name: rate / _middle([one["per_s"] for one in rows[name]]) for name in ("sqlite3", "plain UPDATE")}
    record.figures["times the floor"] = {name: round(one, 2) for name, one in times.items()}
    say(f"SQLite over HTTP is {times['sqlite3']:.2f} times sqlite3 without HTTP")
    record.at_least("beside plain UPDATE", "claims a second, times that one's: >= 1", times["plain UPDATE"], 1)
    if "PostgreSQL" in rows:
        theirs = rows["PostgreSQL"]
        record.figures["PostgreSQL beside SQLite"] = {
            "per_s": _middle([one["per_s"] for one in theirs]), "p99_ms": max(one["p99_ms"] for one in theirs),
            "times": _middle([one["per_s"] for one in theirs]) / rate,
        }  # fmt: skip


def pumped(store: Store, server: "subprocess.Popen[str]", port: int, name: str, tokens: int) -> Json:
    plan = {
        "port": port, "tokens": store.guests(tokens), "lines": LINES, "seconds": SECONDS, "warm_s": 1.0,
        "tenant": "default", "skus": SKUS, "path": "/api/shop/claims",
    }  # fmt: skip
    before = _schedule(server.pid)
    found = _told(_load("pump", plan, store.folder / f"{name}.json", core=1))
    after = _schedule(server.pid)
    # Share of the time that the server could have run and had to wait: other work on its core.
    found["server_waited"] = round((after[1] - before[1]) / ((SECONDS + 1.0) * 1e9), 3)
    # What one core would do if it were the server's alone: holds still when other work disturbs the wall clock.
    found["per_cpu_s"] = round(found["per_s"] * (SECONDS + 1.0) / max((after[0] - before[0]) / 1e9, 1e-9))
    assert not found["errors"], f"{found['errors']} claims were refused; see {store.folder}/log"
    assert not found["ran_dry"], "too few customers for so quick a server"
    return found


def raw_floor(turn: int) -> Json:
    command = [sys.executable, HERE / "shop_floor.py", "raw", WORK / f"raw-{turn}.db", str(SECONDS / 2)]
    ran = subprocess.run(["taskset", "-c", "0", *map(str, command)], stdout=subprocess.PIPE, check=True)
    found: Json = json.loads(ran.stdout)
    return found


def http_floor(store: Store, turn: int, tokens: int) -> Json:
    import shop_floor

    port = free_port()
    path = WORK / f"floor-{turn}.db"
    server = subprocess.Popen(
        ["taskset", "-c", "0", sys.executable, str(HERE / "shop_floor.py"), "serve", str(path), str(port)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        _ready(server)
        passes = Accounts(store.database, secret=shop_floor.SECRET, session_s=3600, guest_s=3600)
        plan = {
            "port": port, "tokens": [passes.guest("G")[1] for _ in range(tokens)], "lines": LINES, "seconds": SECONDS,
            "warm_s": 1.0, "tenant": "default", "skus": SKUS, "path": "/claims",
        }  # fmt: skip
        found = _told(_load("pump", plan, WORK / f"floor-{turn}.json", core=1))
        assert not found["errors"]
        assert not found["ran_dry"]
        return found
    finally:
        server.kill()
        _gone(server)


def _load(what: str, plan: Json, path: Path, *, core: int | None = None) -> "subprocess.Popen[str]":
    path.write_text(json.dumps(plan))
    pinned = [] if core is None else ["taskset", "-c", str(core)]
    return subprocess.Popen(
        [*pinned, sys.executable, str(HERE / "shop_load.py"), what, str(path)], stdout=subprocess.PIPE, text=True
    )


def _told(process: "subprocess.Popen[str]") -> Json:
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 0, "the customers' process failed; see above"
    found: Json = json.loads(out)
    return found


def _ready(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    assert process.stdout.readline(), "the server did not start"


def _gone(process: "subprocess.Popen[str]") -> None:
    process.wait(60)
    if process.stdout is not None:
        process.stdout.close()


def _is_open(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _schedule(pid: int) -> tuple[int, int]:
    """Nanoseconds that a process's threads ran, and that they waited for a core."""
    ran = waited = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        fields = (thread / "schedstat").read_text().split()
        ran, waited = ran + int(fields[0]), waited + int(fields[1])
    return ran, waited


def _sold(connection: Any) -> int:
    return int(connection.execute(select(tables.stock.c.sold)).scalar_one())


def _open_leases(connection: Any) -> int:
    query = select(func.count()).select_from(tables.leases).where(tables.leases.c.state.in_(["held", "ordered"]))
    return int(connection.execute(query).scalar_one())


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
