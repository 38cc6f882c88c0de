"""Bots in real rooms: they come in, walk by the rules, talk, come back, and leave nothing behind."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from click.testing import CliRunner
from live_server import HALL, LiveServer
from room_client import Guest
from whole_server import running

from showroom.bots.door import HttpDoor, NoEntry
from showroom.bots.flock import Flock, Plan
from showroom.bots.ground import Ground
from showroom.bots.layout import ground_of
from showroom.bots.mind import Behaviour, Temper
from showroom.cli.bots import bots as command
from showroom.http.moderation import of_hub
from showroom.protocol import actions
from showroom.protocol.ids import Close
from showroom.protocol.messages import encode_to_server
from showroom.social import storage
from showroom.stores.templates.boutique import boutique

_TALKATIVE = Temper(say_per_min=12, react_per_min=20, emote_per_min=10, look_s=(1.0, 2.0))


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 120))


@asynccontextmanager
async def hall(data: Path, **changes: object) -> AsyncIterator[tuple[HttpDoor, LiveServer]]:
    server = LiveServer(data, **changes)
    port = await server.start()
    try:
        yield HttpDoor(f"http://127.0.0.1:{port}", "demo", "hall"), server
    finally:
        await server.stop()


def test_a_crowd_walks_and_talks_by_the_rules_and_leaves_nothing_behind(tmp_path: Path) -> None:
    async def main() -> None:
        async with hall(tmp_path) as (door, server):
            plan = Plan(bots=16, joins_per_s=50, watchers=6, pairs=1.0, temper=_TALKATIVE)
            flock = Flock(plan, door, ground=Ground.of(HALL))
            visit = asyncio.create_task(flock.run(100))
            numbers = flock.measure
            async with asyncio.timeout(90):
                while flock.present < 16 or sum(bot.has_party for bot in flock.bots) < 8:
                    await asyncio.sleep(0.05)
                while not (numbers.heard and numbers.ages_s and numbers.poses_out > 300):
                    await asyncio.sleep(0.05)
            visit.cancel()
            await asyncio.gather(visit, return_exceptions=True)
            assert numbers.joined == 16
            assert numbers.corrected == {}
            assert numbers.closes == {}
            assert server.realtime.counters.poses_refused.total() == 0
            async with asyncio.timeout(30):
                while any(copy.visits for copy in server.realtime.hub.copies.values()):
                    await asyncio.sleep(0.02)

    run(main())


def test_bots_that_lose_their_links_come_back_to_their_seats(tmp_path: Path) -> None:
    async def main() -> None:
        async with hall(tmp_path) as (door, server):
            flock = Flock(Plan(bots=6, joins_per_s=50), door, ground=Ground.of(HALL))
            visit = asyncio.create_task(flock.run(60))
            async with asyncio.timeout(30):
                while flock.present < 6:
                    await asyncio.sleep(0.02)
                for bot in flock.bots:
                    bot.shopper.drop()
                while flock.measure.resumed < 6 or flock.present < 6:
                    await asyncio.sleep(0.02)
            assert flock.measure.joined == 6
            assert server.realtime.counters.resumes_total == 6
            visit.cancel()
            await asyncio.gather(visit, return_exceptions=True)

    run(main())


@pytest.mark.parametrize(("op", "code"), [("kick", Close.KICKED), ("ban", Close.BANNED)])
def test_a_bot_that_a_host_sends_away_goes_home_and_stays_there(
    tmp_path: Path, op: Literal["kick", "ban"], code: Close
) -> None:
    async def main() -> None:
        async with hall(tmp_path) as (door, server):
            flock = Flock(Plan(bots=2, joins_per_s=50), door, ground=Ground.of(HALL))
            visit = asyncio.create_task(flock.run(60))
            host = await Guest().join(door.server, bearer="host:a_hanna")
            await host.until_welcome()
            async with asyncio.timeout(30):
                while flock.present < 2:
                    await asyncio.sleep(0.02)
                sent_away = flock.bots[0].shopper
                assert sent_away.member is not None
                await host.send(encode_to_server(actions.Moderate(op=op, who=sent_away.member, minutes=5)))
                while not flock.bots[0].task.done():
                    await asyncio.sleep(0.02)
            assert dict(flock.measure.closes) == {code: 1}
            assert flock.summary()["sent_away"] == 1
            assert flock.present == 1
            lines = await server.database.read(storage.audited("demo"))
            assert [(line["act"], line["by"]) for line in lines] == [(op, "a_hanna")]
            moderation = await of_hub(server.realtime.hub)("demo")
            assert (moderation.in_force("ban", lines[0]["subject"], "hall", lines[0]["at_ms"]) is None) is (
                op == "kick"
            )
            await host.leave()
            visit.cancel()
            await asyncio.gather(visit, return_exceptions=True)

    run(main())


def test_without_a_plan_of_the_walls_bots_stay_on_the_floor(tmp_path: Path) -> None:
    async def main() -> None:
        async with hall(tmp_path) as (door, _):
            plan = Plan(bots=4, joins_per_s=50, behaviour=Behaviour.WANDER)
            flock = Flock(plan, door)
            visit = asyncio.create_task(flock.run(90))
            async with asyncio.timeout(60):
                while flock.measure.joined < 4 or flock.measure.poses_out <= 8:
                    await asyncio.sleep(0.05)
            visit.cancel()
            await asyncio.gather(visit, return_exceptions=True)
            assert flock.ground is not None
            assert flock.ground.size_m == (20.0, 14.0)
            assert flock.measure.joined == 4

    run(main())


@pytest.mark.parametrize("room", ["attic", "../../etc"])
def test_a_room_that_is_not_there_is_told_in_a_sentence(tmp_path: Path, room: str) -> None:
    async def main() -> None:
        async with hall(tmp_path) as (door, _):
            flock = Flock(Plan(bots=3), HttpDoor(door.server, "demo", room))
            with pytest.raises(NoEntry):
                await flock.run(10)

    run(main())


def test_a_server_that_is_not_there_is_told_in_a_sentence() -> None:
    answer = CliRunner().invoke(command, ["2", "--room", "a/b", "--server", "http://127.0.0.1:1"])
    assert isinstance(answer.exception, NoEntry)
    assert "showroom serve" in answer.exception.message


@pytest.mark.parametrize("room", ["boutique", "/x", "x/", ""])
def test_a_room_is_named_with_its_store(room: str) -> None:
    answer = CliRunner().invoke(command, ["2", "--room", room])
    assert answer.exit_code == 2
    assert "STORE/ROOM" in answer.output


def test_the_command_walks_a_published_store_along_its_shelves(tmp_path: Path) -> None:
    with running(tmp_path) as (ask, server):
        ask.run(server.services.stores.put("default", boutique(), by="test"))
        ask.run(server.services.stores.publish("default", "boutique"))
        address = f"http://127.0.0.1:{ask.port}"
        ground = asyncio.run(ground_of(HttpDoor(address, "boutique", "boutique")))
        assert ground is not None
        assert len(ground.stops) >= 12
        assert len(ground.walls_m) > 10
        answer = CliRunner().invoke(
            command,
            ["8", "--room", "boutique/boutique", "--server", address, "--seconds", "6", "--format", "json"],
        )
        assert answer.exit_code == 0, answer.output
        numbers = json.loads(answer.stdout)
        assert numbers["joined"] == 8
        assert numbers["corrected"] == {}
