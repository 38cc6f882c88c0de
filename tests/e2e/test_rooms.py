"""Rooms as people meet them: join, walk, talk, lose the link, come back; also after the server was killed."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from live_server import LiveServer
from room_client import Guest, ticket

from showroom.protocol import actions, events
from showroom.protocol.ids import Anim, Close
from showroom.protocol.messages import Bye, encode_to_server
from showroom.realtime.keeping import KeptCopy

SCRIPT = Path(__file__).parent.parent / "support" / "live_server.py"
Test = Callable[[str], Coroutine[Any, Any, None]]


@asynccontextmanager
async def serving(data: Path, **changes: object) -> AsyncIterator[tuple[str, LiveServer]]:
    server = LiveServer(data, **changes)
    port = await server.start()
    try:
        yield f"http://127.0.0.1:{port}", server
    finally:
        await server.stop()


class Process:
    """A server that can be killed."""

    def __init__(self, data: Path, *changes: str) -> None:
        self._data = data
        self._changes = changes
        self._port = "0"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> str:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, str(SCRIPT), str(self._data), self._port, *self._changes, stdout=asyncio.subprocess.PIPE
        )
        assert self._process.stdout is not None
        self._port = (await asyncio.wait_for(self._process.stdout.readline(), 60)).decode().strip()
        return f"http://127.0.0.1:{self._port}"

    async def kill(self, how: signal.Signals = signal.SIGKILL) -> int:
        assert self._process is not None
        os.kill(self._process.pid, how)
        return await asyncio.wait_for(self._process.wait(), 30)


@pytest.fixture(params=["picows", "websockets"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def until_kept(data: Path, member: int, at_cm: tuple[int, int], *, people: int) -> None:
    """The database has so many people of a room, this one of them where they stand: it is written once a second."""
    async with asyncio.timeout(30):
        while True:
            with closing(sqlite3.connect(data / "live.db")) as database:
                bodies = [body for (body,) in database.execute("select body from room_copies")]
            visits = [visit for body in bodies for visit in msgspec.msgpack.decode(body, type=KeptCopy).visits]
            if len(visits) == people and any((v.seat.member, *v.at_cm[:2]) == (member, *at_cm) for v in visits):
                return
            await asyncio.sleep(0.05)


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 120))


def test_what_a_host_says_of_a_room_is_heard_in_all_its_copies(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as (base, server):
            host = await Guest().join(base, "nook", bearer="host:a_hanna", nickname="Hanna")
            others = [await Guest().join(base, "nook", nickname=f"Guest of {number}") for number in range(4)]
            for one in (host, *others):
                await one.until_welcome()
            assert len(server.realtime.hub.copies) == 2
            await host.send(encode_to_server(actions.Moderate(op="slow", seconds=30)))
            await host.send(encode_to_server(actions.Moderate(op="lock")))
            for one in (host, *others):
                await one.until(
                    lambda it: (
                        [(e.op, e.seconds) for e in it.events if isinstance(e, events.Moderated)]
                        == [("slow", 30), ("lock", 0)]
                    )
                )
            for one in (host, *others):
                await one.leave()

    run(main())


def test_two_people_see_each_other_walk_and_talk(tmp_path: Path, transport: str) -> None:
    async def main() -> None:
        async with serving(tmp_path, transport=transport) as (base, _):
            ana, ben = await Guest().join(base, nickname="Ana"), await Guest().join(base, nickname="Ben")
            await ana.until_welcome()
            slot = ana.session.seat.slot
            await ben.until(lambda it: slot in it.session.crowd.near)
            assert ben.session.crowd.near[slot].x == 300
            await ana.walk([(300 + 8 * n, 300) for n in range(20)])
            await ben.until(lambda it: abs(it.session.crowd.near[slot].x - 452) <= 2)
            await ana.say("Have you seen the lamp?")
            await ben.until(lambda it: it.said == ["Have you seen the lamp?"])
            await ana.leave()
            await ben.leave()

    run(main())


def test_a_wall_stops_people_and_the_others_never_see_them_behind_it(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as (base, server):
            ana = await Guest().join(base)
            await ana.until_welcome()
            await ana.until(lambda it: bool(it.corrections))
            await ana.walk([(x, 300) for x in range(300, 980, 9)], pause_s=0.025)
            await ana.walk([(x, 300) for x in range(980, 1100, 9)], pause_s=0.025)
            await ana.until(lambda it: any(c.reason for c in it.corrections))
            assert all(c.x <= 1000 for c in ana.corrections)
            assert server.realtime.counters.poses_refused["wall"] >= 1
            await ana.leave()

    run(main())


def test_full_rooms_open_copies_and_nobody_is_seated_twice(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path, room_copies=2) as (base, server):
            answers = await asyncio.gather(*(ticket(base, "nook") for _ in range(10)))
            copies = sorted(answer["copy"] for answer in answers if answer["status"] == 201)
            assert copies == [1, 1, 1, 2, 2, 2]
            refused = [answer for answer in answers if answer["status"] != 201]
            assert {answer["status"] for answer in refused} == {503}
            assert {answer["error"]["code"] for answer in refused} == {"room.full"}
            assert all(copy.seats.free == 0 for copy in server.realtime.hub.copies.values())

    run(main())


def test_a_friends_link_lands_beside_the_friend(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as (base, _):
            others = [await Guest().join(base, "nook") for _ in range(4)]
            friend = others[-1]
            await friend.until_welcome()
            code = friend.code
            visitor = await Guest().join(base, "nook", friend=code)
            seat = await visitor.until_welcome()
            await visitor.until(lambda it: {friend.session.seat.slot, seat.slot} <= set(it.session.crowd.near))
            near = visitor.session.crowd.near
            one, other = near[seat.slot], near[friend.session.seat.slot]
            assert 30 <= ((one.x - other.x) ** 2 + (one.z - other.z) ** 2) ** 0.5 <= 250
            for guest in (*others, visitor):
                await guest.leave()

    run(main())


def test_a_party_lands_in_one_copy_or_is_told_why_not(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as (base, _):
            await Guest().join(base, "nook", nickname="Stranger")
            leader = await Guest().join(base, "nook", nickname="Leader", bearer="shopper:a_lea")
            await leader.until_welcome()
            await leader.send(encode_to_server(actions.Party(op="create")))
            await leader.until(lambda it: any(isinstance(event, events.PartyIs) for event in it.events))
            code = next(event.code for event in leader.events if isinstance(event, events.PartyIs))
            first = await ticket(base, "nook", bearer="shopper:a_first", party=code)
            assert (first["status"], first["copy"]) == (201, 1)
            second = await ticket(base, "nook", bearer="shopper:a_second", party=code)
            assert second["status"] == 503
            assert second["error"]["code"] == "room.party_full"
            # A whole party finds a copy where all of it fits, and its seats wait for it.
            elsewhere = await ticket(base, "hall", bearer="shopper:a_lea")
            assert elsewhere["status"] == 201
            again = await ticket(base, "hall", bearer="shopper:a_second")
            assert again["copy"] == elsewhere["copy"]

    run(main())


def test_tickets_are_good_once_and_for_a_while(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path / "once") as (base, _):
            granted = await ticket(base)
            good = Guest()
            good.url = granted["url"]
            await good.connect(granted["ticket"])
            await good.until_welcome()
            for text in (granted["ticket"], granted["ticket"][:-2] + "AA", "x"):
                await refused(granted["url"], text)
            await good.leave()
        async with serving(tmp_path / "short", ticket_s=1) as (base, _):
            granted = await ticket(base)
            await asyncio.sleep(1.1)
            await refused(granted["url"], granted["ticket"])

    async def refused(url: str, text: str) -> None:
        bad = Guest()
        bad.url = url
        await bad.connect(text)
        assert await bad.ended() == Close.TICKET

    run(main())


def test_a_lost_link_keeps_the_seat_and_what_was_missed(tmp_path: Path, transport: str) -> None:
    async def main() -> None:
        async with serving(tmp_path, transport=transport) as (base, server):
            ana, ben = await Guest().join(base, nickname="Ana"), await Guest().join(base, nickname="Ben")
            seat = await ana.until_welcome()
            await ben.until_welcome()
            await ana.walk([(300 + 8 * n, 300) for n in range(10)])
            await ben.until(lambda it: seat.slot in it.session.crowd.near and it.session.crowd.near[seat.slot].x >= 370)
            await ana.cut()
            await ben.until(lambda it: it.session.crowd.near[seat.slot].anim == Anim.AWAY)
            for n in range(3):
                await ben.say(f"Are you still there? {n}")
                await asyncio.sleep(0.05)
            await ben.until(lambda it: len(it.said) == 3)
            await ana.resume()
            await ana.until(lambda it: it.said == [f"Are you still there? {n}" for n in range(3)])
            again = ana.session.seat
            assert again.resumed
            assert (again.member, again.slot) == (seat.member, seat.slot)
            await ana.until(lambda it: again.slot in it.session.crowd.near)
            assert abs(ana.session.crowd.near[again.slot].x - 372) <= 2
            await ben.until(lambda it: it.session.crowd.near[seat.slot].anim == Anim.AUTO)
            assert len(server.realtime.copies("demo")[0].visits) == 2
            await ana.leave()
            await ben.leave()

    run(main())


def test_a_second_connection_takes_the_seat_over(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as (base, server):
            ana = await Guest().join(base)
            await ana.until_welcome()
            twin = Guest()
            twin.url, twin.session = ana.url, ana.session
            key = ana.session.seat.key
            await twin.connect(None)
            assert await ana.ended() == Close.REPLACED
            assert len(server.realtime.copies("demo")[0].visits) == 1
            assert server.realtime.copies("demo")[0].seats.taken == 1
            assert key
            await twin.leave()

    run(main())


def test_no_ghost_stays_after_the_grace_time_or_a_goodbye(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path, room_grace_s=1) as (base, server):
            ben = await Guest().join(base)
            gone, bye = await Guest().join(base), await Guest().join(base)
            slots = {(await guest.until_welcome()).slot for guest in (gone, bye)}
            await ben.until(lambda it: slots <= set(it.session.crowd.near))
            await gone.cut()
            await bye.send(encode_to_server(Bye()))
            assert await bye.ended() == 1000
            await ben.until(lambda it: not slots & set(it.session.crowd.near))
            copy = server.realtime.copies("demo")[0]
            assert (len(copy.visits), copy.seats.taken) == (1, 1)
            late = Guest()
            late.url, late.session = gone.url, gone.session
            await late.connect(None)
            assert await late.ended() == Close.RESUME_UNKNOWN
            await ben.leave()

    run(main())


def test_after_a_kill_people_are_back_where_they_were_with_what_they_held(tmp_path: Path, transport: str) -> None:
    async def main() -> None:
        process = Process(tmp_path, f"transport={transport}")
        base = await process.start()
        ana, ben = await Guest().join(base, nickname="Ana"), await Guest().join(base, nickname="Ben")
        host = await Guest().join(base, nickname="Hanna", bearer="host:a_hanna")
        for guest in (ana, ben, host):
            await guest.until_welcome()
        await ana.walk([(ana.at[0], ana.at[1])])
        await ana.send(encode_to_server(actions.Grab(thing="vase", n=1)))
        await ana.until(lambda it: any(isinstance(e, events.Held) and e.who is not None for e in it.events))
        await ana.say("Before the crash")
        await ben.until(lambda it: it.said == ["Before the crash"])
        await host.send(encode_to_server(actions.Moderate(op="mute", who=ben.session.seat.member, minutes=5)))
        await ben.until(lambda it: any(isinstance(e, events.Moderated) for e in it.events))
        await ana.until(lambda it: it.session.seat.slot in it.session.crowd.near)
        was, seat = ana.session.crowd.near[ana.session.seat.slot], ana.session.seat
        await until_kept(tmp_path, seat.member, (was.x, was.z), people=3)
        await ana.cut()
        await ben.until(lambda it: it.session.crowd.near[seat.slot].anim == Anim.AWAY)
        await host.say("Ana misses this")
        await ben.until(lambda it: it.said[-1] == "Ana misses this")

        assert await process.kill() == -signal.SIGKILL
        assert await ben.ended() == 1006
        await host.ended()
        assert await process.start() == base
        for guest in (ana, ben, host):
            await guest.resume()
        again = ana.session.seat
        assert again.resumed
        assert again.member == seat.member
        await ana.until(lambda it: again.slot in it.session.crowd.near)
        now = ana.session.crowd.near[again.slot]
        assert abs(now.x - was.x) <= 1
        assert abs(now.z - was.z) <= 1
        await ana.until(lambda it: it.said == ["Before the crash", "Ana misses this"])
        held = [event for event in ana.events if isinstance(event, events.Held)][-1]
        assert (held.thing, held.who) == ("vase", seat.member)
        await ben.say("Nobody hears me")
        await ben.until(lambda it: bool(it.refused))
        assert ben.refused[-1].code == "chat.muted"
        await host.say("Welcome back")
        await ana.until(lambda it: it.said[-1] == "Welcome back")
        assert ana.said == ["Before the crash", "Ana misses this", "Welcome back"]
        assert len(ana.session.crowd.near) == 3  # no ghosts
        for guest in (ana, ben, host):
            await guest.leave()
        assert await process.kill(signal.SIGTERM) == 0

    run(main())


def test_a_ban_holds_over_a_restart_for_resume_and_for_tickets(tmp_path: Path) -> None:
    async def main() -> None:
        process = Process(tmp_path)
        base = await process.start()
        ben = await Guest().join(base, bearer="shopper:a_ben")
        host = await Guest().join(base, bearer="host:a_hanna")
        await ben.until_welcome()
        await host.until_welcome()
        await host.send(encode_to_server(actions.Moderate(op="ban", who=ben.session.seat.member, minutes=5)))
        assert await ben.ended() == Close.BANNED
        await process.kill()
        await process.start()
        await ben.connect(None)
        assert await ben.ended() in (Close.BANNED, Close.RESUME_UNKNOWN)
        refused = await ticket(base, bearer="shopper:a_ben")
        assert (refused["status"], refused["error"]["code"]) == (403, "moderation.banned")
        assert (await ticket(base, bearer="shopper:a_other"))["status"] == 201
        await host.leave()
        await process.kill(signal.SIGTERM)

    run(main())


def test_a_draining_server_says_goodbye_and_lets_everybody_back_in(tmp_path: Path, transport: str) -> None:
    async def main() -> None:
        process = Process(tmp_path, f"transport={transport}")
        base = await process.start()
        ana = await Guest().join(base)
        seat = await ana.until_welcome()
        assert await process.kill(signal.SIGTERM) == 0
        assert await ana.ended() == Close.GOING_AWAY
        assert ana.close_code is not None
        assert Close(ana.close_code).may_retry
        assert any(isinstance(event, events.Told) for event in ana.events)
        await process.start()
        await ana.resume()
        assert ana.session.seat.member == seat.member
        await ana.leave()
        await process.kill(signal.SIGTERM)

    run(main())
