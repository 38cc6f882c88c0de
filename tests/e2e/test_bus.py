"""Two servers that share a database and a real Redis: one crowd, wherever one asks."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from live_server import LiveServer
from room_client import Guest, ticket

from showroom.protocol import actions
from showroom.protocol.events import Cart
from showroom.protocol.ids import Close
from showroom.protocol.messages import encode_to_server

pytestmark = pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server (.ci/system test)")


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 120))


class Redis:
    """A Redis of our own, without a file."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            "redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()


@asynccontextmanager
async def two(data: Path) -> AsyncIterator[tuple[tuple[str, LiveServer], tuple[str, LiveServer], Redis]]:
    redis = Redis()
    await redis.start()
    servers = [LiveServer(data, bus=redis.url, process=name, room_seats=10) for name in ("one", "two")]
    try:
        bases = [f"http://127.0.0.1:{await server.start()}" for server in servers]
        yield (bases[0], servers[0]), (bases[1], servers[1]), redis
    finally:
        for server in servers:
            await server.stop()
        await redis.kill()


async def until_known(server: LiveServer, room: str, *, people: int) -> None:
    """The server has heard of so many people elsewhere."""
    async with asyncio.timeout(20):
        while sum(there.copy.taken for there in server.realtime.neighbours.copies("demo", room)) < people:
            await asyncio.sleep(0.02)


def test_a_friend_is_found_in_another_process_and_people_meet(tmp_path: Path) -> None:
    async def main() -> None:
        async with two(tmp_path) as ((one, first), (other, second), _):
            friend = await Guest().join(one, nickname="Friend")
            await friend.until_welcome()
            await until_known(second, "hall", people=1)
            asked = await ticket(other, friend=friend.code)
            assert asked["url"] == f"ws://127.0.0.1:{first.realtime.addresses[0][1]}/live"
            assert asked["beside_friend"] is True
            visitor = await Guest().join(other, friend=friend.code)
            seat = await visitor.until_welcome()
            await friend.until(lambda it: seat.slot in it.session.crowd.near)
            stranger = await ticket(other)
            assert stranger["url"] == asked["url"]  # where people are
            assert first.realtime.copies("demo")[0].seats.taken == 2
            assert not second.realtime.copies("demo")
            await friend.leave()
            await visitor.leave()

    run(main())


def test_a_full_copy_elsewhere_opens_one_here_with_a_number_of_its_own(tmp_path: Path) -> None:
    async def main() -> None:
        async with two(tmp_path) as ((one, _), (other, second), _):
            guests = [await Guest().join(one, "nook") for _ in range(3)]
            await until_known(second, "nook", people=3)
            asked = await ticket(other, "nook")
            assert asked["copy"] == 2
            assert asked["url"] == f"ws://127.0.0.1:{second.realtime.addresses[0][1]}/live"
            for guest in guests:
                await guest.leave()

    run(main())


def test_a_person_is_in_one_place_and_a_ban_holds_in_all(tmp_path: Path) -> None:
    async def main() -> None:
        async with two(tmp_path) as ((one, _), (other, second), _):
            ben = await Guest().join(one, "hall", bearer="shopper:a_ben")
            await ben.until_welcome()
            again = await Guest().join(other, "nook", bearer="shopper:a_ben")
            await again.until_welcome()
            assert await ben.ended() == Close.REPLACED
            host = await Guest().join(other, "nook", bearer="host:a_hanna")
            await host.until_welcome()
            # A word for one person finds them in whatever process they are.
            second.realtime.tell("a_ben", Cart(revision=7))
            await again.until(lambda it: Cart(revision=7) in it.events)
            await host.send(encode_to_server(actions.Moderate(op="ban", who=again.session.seat.member, minutes=5)))
            assert await again.ended() == Close.BANNED
            async with asyncio.timeout(20):
                while (await ticket(one, bearer="shopper:a_ben"))["status"] != 403:
                    await asyncio.sleep(0.05)
            await host.leave()

    run(main())


def test_rooms_go_on_without_redis_and_catch_up_with_it(tmp_path: Path) -> None:
    async def main() -> None:
        async with two(tmp_path) as ((one, _), (other, _), redis):
            ben = await Guest().join(one, "hall", bearer="shopper:a_ben")
            host = await Guest().join(one, "hall", bearer="host:a_hanna")
            await ben.until_welcome()
            await host.until_welcome()
            assert (await ticket(other, "nook", bearer="shopper:a_ben"))["status"] == 201
            await redis.kill()
            await host.say("Still here?")
            await ben.until(lambda it: it.said == ["Still here?"])
            await host.send(encode_to_server(actions.Moderate(op="ban", who=ben.session.seat.member, minutes=5)))
            assert await ben.ended() == Close.BANNED
            await redis.start()
            async with asyncio.timeout(30):
                while (await ticket(other, "nook", bearer="shopper:a_ben"))["status"] != 403:
                    await asyncio.sleep(0.05)
            await host.leave()

    run(main())
