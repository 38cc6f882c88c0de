"""
The attacks of ``attacks/``: each is refused with its code, while an honest client in the same room notices nothing.

One server a test, both adapters. The honest client walks all the time; it must see no close, no refusal and no
correction, and what the server holds for anybody must stay bounded.
"""

import asyncio
import re
import tomllib
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from live_server import LiveServer
from room_client import Guest, ticket

from showroom.protocol import actions
from showroom.protocol.ids import Close
from showroom.protocol.messages import Hello, encode_to_server
from showroom.protocol.pose import Pose
from showroom.realtime.mailbox import MOST_BYTES

ATTACKS = Path(__file__).parent / "attacks"
HANDSHAKES = tomllib.loads((ATTACKS / "handshakes.toml").read_text())
MESSAGES = tomllib.loads((ATTACKS / "messages.toml").read_text())["attack"]
MOST_BUFFERED = 64 << 10


@pytest.fixture(params=["picows", "websockets"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 150))


def spelled(pattern: str) -> str:
    """``{xx*3}`` written out."""
    return re.sub(r"\{(.*?)\*(\d+)\}", lambda m: m[1] * int(m[2]), pattern, flags=re.DOTALL)


class Honest:
    """Somebody who walks to and fro and has a right to be left alone."""

    def __init__(self, base: str, server: LiveServer) -> None:
        self.base, self.server = base, server
        self.guest = Guest()
        self.most_buffered = 0

    async def __aenter__(self) -> "Honest":
        await self.guest.join(self.base, nickname="Honest")
        await self.guest.until(lambda it: bool(it.corrections))  # where to begin
        self._begun = len(self.guest.corrections)
        self._walk = asyncio.ensure_future(self._go())
        return self

    async def _go(self) -> None:
        x, z = self.guest.at
        step = 5
        while True:
            x += step
            step = -step if not 200 < x < 600 else step
            await self.guest.walk([(x, z)])
            for connection in self.server.realtime.hub.connections:
                if connection.link is not None and connection.link.buffered is not None:
                    self.most_buffered = max(self.most_buffered, connection.link.buffered())

    async def __aexit__(self, kind: Any, *_: object) -> None:
        self._walk.cancel()
        if kind is None:
            updates = self.guest.session.crowd.updates
            await self.guest.until(lambda it: it.session.crowd.updates > updates or True)
            assert self.guest.close_code is None
            assert self.guest.refused == []
            assert self.guest.corrections[self._begun :] == []
            await self.guest.say("Still here")
            await self.guest.until(lambda it: it.said[-1:] == ["Still here"])
            assert self.most_buffered <= MOST_BUFFERED
            for copy in self.server.realtime.hub.copies.values():
                assert all(visit.mailbox.bytes <= MOST_BYTES for visit in copy.visits.values())
        await self.guest.leave()


@asynccontextmanager
async def serving(data: Path, **changes: object) -> AsyncIterator[tuple[str, int, LiveServer, Honest]]:
    server = LiveServer(data, **changes)
    port = await server.start()
    base = f"http://127.0.0.1:{port}"
    try:
        async with Honest(base, server) as honest:
            yield base, port, server, honest
    finally:
        await server.stop()


def frame(first: int, payload: bytes, *, is_masked: bool = True) -> bytes:
    size = len(payload)
    bit = 0x80 if is_masked else 0
    head = bytes((first, bit | size)) if size < 126 else bytes((first, bit | 126)) + size.to_bytes(2, "big")
    mask = b"\x13\x37\xc0\xde"
    if not is_masked:
        return head + payload
    return head + mask + bytes(byte ^ mask[n % 4] for n, byte in enumerate(payload))


async def opened(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = "GET /live HTTP/1.1\r\n" + HANDSHAKES["head"] + HANDSHAKES["tail"]
    writer.write(request.encode())
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def messages(reader: asyncio.StreamReader) -> AsyncIterator[tuple[int, bytes]]:
    """Frames of the server: opcode and payload, until the connection ends."""
    try:
        while True:
            first, size = await reader.readexactly(2)
            if size == 126:
                size = int.from_bytes(await reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await reader.readexactly(8), "big")
            yield first & 15, await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        return


async def closing_code(reader: asyncio.StreamReader) -> int:
    async with asyncio.timeout(20):
        async for opcode, payload in messages(reader):
            if opcode == 8:
                return int.from_bytes(payload[:2], "big")
    return 0


async def seated(base: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    granted = await ticket(base, nickname="Mallory")
    reader, writer = await opened(port)
    writer.write(frame(0x82, encode_to_server(Hello(ticket=granted["ticket"]))))
    async for _, payload in messages(reader):
        if payload[:1] == b"\x41":
            break
    return reader, writer


def test_no_bad_handshake_gets_a_socket(tmp_path: Path, transport: str) -> None:
    async def main() -> None:
        async with serving(tmp_path, transport=transport) as (_, port, _, _):
            for attack in HANDSHAKES["attack"]:
                text = spelled(attack["request"])
                text = text.replace("HEAD", HANDSHAKES["head"]).replace("TAIL", HANDSHAKES["tail"])
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(text.encode())
                line = await asyncio.wait_for(reader.readline(), 20)
                status = int(line.split(b" ")[1]) if line else 0
                assert status in attack["status"], (attack["name"], line)
                writer.close()

    run(main())


def test_every_bad_message_closes_with_its_code(tmp_path: Path, transport: str) -> None:
    async def main() -> None:
        process = psutil.Process()
        async with serving(tmp_path, transport=transport) as (base, port, server, _):
            before = process.memory_info().rss
            for attack in MESSAGES:
                start = seated(base, port) if attack["at"] == "seated" else opened(port)
                reader, writer = await start
                if "frames" in attack:
                    frames = [(int(first, 16), bytes.fromhex(spelled(load))) for first, load in attack["frames"]]
                else:
                    frames = [(0x82, bytes.fromhex(spelled(attack["hex"]).replace(" ", "")))]
                is_masked = attack.get("mask", True)
                once = b"".join(frame(first, load, is_masked=is_masked) for first, load in frames)
                answer = asyncio.ensure_future(closing_code(reader))
                writer.write(once * attack.get("times", 1))
                code = await answer
                assert code in attack["close"], (attack["name"], code)
                writer.close()
            assert process.memory_info().rss - before < 60 << 20
            while len(server.realtime.hub.connections) > 1:
                await asyncio.sleep(0.01)
            assert server.realtime.counters.refused["malformed"] > 10

    run(main())


def test_tickets_cannot_be_used_twice_nor_by_two_at_once(tmp_path: Path, transport: str) -> None:
    async def main() -> None:
        async with serving(tmp_path, transport=transport) as (base, _, server, _):
            granted = await ticket(base)
            thieves = [Guest() for _ in range(8)]
            for thief in thieves:
                thief.url = granted["url"]
            await asyncio.gather(*(thief.connect(granted["ticket"]) for thief in thieves))
            await asyncio.wait(
                [asyncio.ensure_future(thief.ended()) for thief in thieves], return_when=asyncio.FIRST_COMPLETED
            )
            while sum(thief.close_code == Close.TICKET for thief in thieves) < 7:
                await asyncio.sleep(0.01)
            assert sum(thief.welcomed.is_set() for thief in thieves) == 1
            assert server.realtime.counters.joins_total == 2
            for thief in thieves:
                await thief.leave()

    run(main())


def test_the_silent_are_let_go(tmp_path: Path, transport: str) -> None:
    async def main() -> None:
        async with serving(tmp_path, transport=transport, room_idle_s=2) as (base, port, _, _):
            reader, writer = await opened(port)  # never says hello
            assert await closing_code(reader) == Close.HELLO_TIMEOUT
            writer.close()
            reader, writer = await seated(base, port)  # never answers a ping
            assert await closing_code(reader) == Close.IDLE
            writer.close()

    run(main())


def test_a_reader_that_stalls_is_closed_and_nothing_piles_up(tmp_path: Path, transport: str) -> None:
    async def main() -> None:
        async with serving(tmp_path, transport=transport) as (base, port, server, honest):
            host = await Guest().join(base, bearer="host:a_hanna")
            await host.until_welcome()
            stalled = [await seated(base, port) for _ in range(3)]
            for _, writer in stalled:
                writer.transport.pause_reading()
            note = "x" * 450
            for n in range(200):
                if server.realtime.counters.refused["slow_reader"] >= 3:
                    break
                await host.send(encode_to_server(actions.Host(op="light", args={f"a{k}": note for k in range(16)})))
                await asyncio.sleep(0.06)
                assert honest.most_buffered <= MOST_BUFFERED, n
            assert server.realtime.counters.refused["slow_reader"] >= 3
            await host.leave()
            for _, writer in stalled:
                writer.close()

    run(main())


def test_who_asks_and_does_not_read_is_closed(tmp_path: Path, transport: str) -> None:
    async def main() -> None:
        async with serving(tmp_path, transport=transport) as (base, port, server, _):
            crowd = [await seated(base, port) for _ in range(40)]
            reader, writer = await seated(base, port)
            writer.transport.pause_reading()
            who = b"\x07\x28" + b"".join(n.to_bytes(2, "little") for n in range(40))
            while server.realtime.counters.refused["slow_reader"] == 0:
                writer.write(frame(0x82, who))
                await asyncio.sleep(0.03)
            for _, one in [*crowd, (reader, writer)]:
                one.close()

    run(main())


@pytest.mark.parametrize(
    ("reason", "steps"),
    [
        pytest.param("speed", [(300 + 60 * n, 300, 50) for n in range(1, 9)], id="runs at 12 m/s"),
        pytest.param("teleport", [(900, 1200, 50)], id="jumps without the right to"),
        pytest.param("wall", [(300 + 9 * n, 300, 50) for n in range(1, 100)], id="walks through a wall"),
        pytest.param("bounds", [(60_000, 300, 50)], id="leaves the floor"),
        pytest.param("clock", [(300 + 9 * n, 300, 4000) for n in range(1, 9)], id="has a clock that runs ahead"),
    ],
)
def test_cheats_are_put_back_and_stay(tmp_path: Path, reason: str, steps: list[tuple[int, int, int]]) -> None:
    async def main() -> None:
        async with serving(tmp_path) as (base, _, server, _):
            cheat = await Guest().join(base)
            await cheat.until(lambda it: bool(it.corrections))
            x, z = cheat.at
            clock_ms = 5000
            await cheat.send(Pose(time_ms=clock_ms, x=x, z=z).encode())
            for to_x, to_z, wait_ms in steps:
                clock_ms += wait_ms
                jump = reason == "teleport"
                await cheat.send(Pose(time_ms=clock_ms, x=to_x, z=to_z, teleport=jump).encode())
                await asyncio.sleep(0.02)
            await cheat.until(lambda it: any(correction.reason for correction in it.corrections))
            copy = server.realtime.copies("demo")[0]
            slot = cheat.session.seat.slot
            assert copy.world.position(slot)[0] <= 1000
            assert sum(server.realtime.counters.poses_refused.values()) >= 1
            assert cheat.close_code is None  # put back, not thrown out
            await cheat.leave()

    run(main())
