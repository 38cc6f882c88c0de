"""
The shoppers of ``shop.py``: a process that asks servers over HTTP, notes every answer, and never believes a silence.

    python shop_load.py rush JSON      everybody wants one of a few; servers die and come back meanwhile
    python shop_load.py pump JSON      claims as fast as they are answered, for some seconds

A request whose answer did not come is asked again with the same key, at another server, until there is one. What was
answered is printed as JSON, to be held against the database.
"""

import asyncio
import json
import random
import sys
import time
from typing import Any

import uvloop

Json = dict[str, Any]
_PATIENCE_S = 20.0


class Lost(Exception):
    """No answer."""


class Line:
    """One connection to one server: HTTP/1.1, one request at a time, as little work as can be."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, token: str, key: str, body: Any = None) -> tuple[int, Any]:
        data = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        try:
            async with asyncio.timeout(_PATIENCE_S):
                if self._writer is None:
                    self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
                assert self._reader is not None
                self._writer.write(head.encode() + data)
                answer = await self._reader.readuntil(b"\r\n\r\n")
                at = answer.lower().index(b"content-length:") + 15
                content = await self._reader.readexactly(int(answer[at : answer.index(b"\r", at)]))
                return int(answer[9:12]), json.loads(content)
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError) as exc:
            self.close()
            raise Lost(str(exc)) from exc

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


class Lines:
    """A connection to each server; asks one after the other until there is an answer."""

    def __init__(self, ports: list[int], chance: random.Random) -> None:
        self._lines = [Line(port) for port in ports]
        self._chance = chance
        self.repeated = 0

    async def ask(self, method: str, path: str, token: str, key: str, body: Any = None) -> tuple[int, Any]:
        until = time.monotonic() + 90
        while True:
            try:
                status, answer = await self._chance.choice(self._lines).ask(method, path, token, key, body)
            except Lost:
                status, answer = 0, None
            if status and status < 500:
                return status, answer
            if time.monotonic() > until:
                raise TimeoutError(f"{method} {path}: no server answers ({status} {answer})")
            self.repeated += 1
            await asyncio.sleep(0.02 + 0.1 * self._chance.random())


async def rush(plan: Json) -> Json:
    """
    Each customer claims one unit, once; a winner pays, releases or walks away.

    ``plan``: ports, tokens, seed, lines (connections at a time), tenant, sku, pays and releases (shares).
    """
    chance = random.Random(plan["seed"])
    waiting = list(enumerate(plan["tokens"]))
    out: Json = {"claimed": [], "paid": [], "released": [], "expired": [], "refused": 0, "claims": 0, "repeated": 0}

    async def one(lines: Lines, token: str) -> None:
        want = {"tenant": plan["tenant"], "sku": plan["sku"], "quantity": 1}
        status, claim = await lines.ask("POST", "/api/shop/claims", token, "claim", want)
        out["claims"] += 1
        if status != 201:
            assert claim["error"]["code"] == "shop.sold_out", claim
            out["refused"] += 1
            return
        out["claimed"].append(claim["id"])
        dice = chance.random()
        if dice < plan["pays"]:
            want = {"tenant": plan["tenant"], "currency": "EUR"}
            status, order = await lines.ask("POST", "/api/shop/orders", token, "order", want)
            if status == 409:
                assert order["error"]["code"] == "shop.cart_empty", order  # the claim lapsed while servers were down
                return
            assert status == 201, order
            while True:  # a payment page that is reloaded until it says paid
                path = f"/api/shop/test-payments/{order['payment']['intent']}"
                status, answer = await lines.ask("POST", path, token, "pay", {"answer": "double"})
                status, now = await lines.ask("GET", f"/api/shop/orders/{order['id']}", token, "look")
                if now["state"] == "paid":
                    out["paid"].append(order["id"])
                    return
                if now["state"] not in {"placed", "paying"}:
                    raise AssertionError((status, answer, now))
                if not order["payment"]["intent"]:
                    status, order = await lines.ask("POST", "/api/shop/orders", token, "order", want)
                await asyncio.sleep(0.05)
        elif dice < plan["pays"] + plan["releases"]:
            status, ended = await lines.ask("DELETE", f"/api/shop/claims/{claim['id']}", token, "release")
            assert status == 200, ended
            out[ended["state"]].append(claim["id"])  # expired, if the servers were away for too long

    async def stand_in_line() -> None:
        lines = Lines(plan["ports"], chance)
        while waiting:
            _, token = waiting.pop()
            await one(lines, token)
        out["repeated"] += lines.repeated

    async with asyncio.TaskGroup() as group:
        for _ in range(plan["lines"]):
            group.create_task(stand_in_line())
    return out


async def pump(plan: Json) -> Json:
    """
    Claims without pause over ``lines`` connections for ``seconds``; each by another customer.

    ``plan``: port, tokens, lines, seconds, tenant, skus, path, warm_s (not counted).
    """
    tokens = iter(plan["tokens"])
    took: list[float] = []
    begin = time.perf_counter() + plan["warm_s"]
    end = begin + plan["seconds"]
    errors = 0

    async def one(number: int) -> None:
        nonlocal errors
        line = Line(plan["port"])
        want = {"tenant": plan["tenant"], "sku": plan["skus"][number % len(plan["skus"])], "quantity": 1}
        for token in tokens:
            before = time.perf_counter()
            if before > end:
                break
            status, _ = await line.ask("POST", plan["path"], token, "k", want)
            after = time.perf_counter()
            if status != 201:
                errors += 1
            elif begin <= after <= end:
                took.append(after - before)
        line.close()

    await asyncio.gather(*(one(number) for number in range(plan["lines"])))
    took.sort()
    return {
        "per_s": len(took) / plan["seconds"],
        "p50_ms": 1000 * took[len(took) // 2],
        "p99_ms": 1000 * took[int(len(took) * 0.99)],
        "max_ms": 1000 * took[-1],
        "count": len(took),
        "errors": errors,
        "ran_dry": next(tokens, None) is None,
    }


if __name__ == "__main__":
    with open(sys.argv[2]) as file:
        given = json.load(file)
    print(json.dumps(uvloop.run({"rush": rush, "pump": pump}[sys.argv[1]](given))))
