"""A copy of a room and its links: who is behind loses frames, never events, and catches up with a keyframe."""

import asyncio
import random
from collections.abc import Callable, Collection, Coroutine
from pathlib import Path
from typing import Any

import pytest

from showroom.accounts.principal import SCOPES, Principal, Role
from showroom.db.database import Database, sqlite_url
from showroom.db.tables import metadata
from showroom.protocol.actions import Embody, Vote, Wear
from showroom.protocol.body import NOBODY, Body
from showroom.protocol.events import Said
from showroom.protocol.ids import Cap, Close
from showroom.protocol.messages import Numbered, Say, encode_to_server
from showroom.protocol.pose import Pose
from showroom.protocol.session import ClientSession
from showroom.realtime.bus import MemoryBus
from showroom.realtime.clock import Clock
from showroom.realtime.connection import BODY_FLOOD_BURST, Connection
from showroom.realtime.counters import Counters
from showroom.realtime.hub import EMPTY_FOR_S, Hub
from showroom.realtime.inquiries import Inquiries
from showroom.realtime.lines import FRAMES_BEHIND_BYTES, STALLED_S
from showroom.realtime.neighbours import Neighbours
from showroom.realtime.plan import FixedPlans, RoomPlan
from showroom.realtime.reception import Reception
from showroom.realtime.tickets import Tickets
from showroom.settings import Settings
from showroom.social.errors import NameRefused
from showroom.world.floor import Floor

SECRET = bytes(32)


class Wire:
    """A link whose reader can stall; what was read goes into a client's session, as over a socket."""

    peer = "203.0.113.7"

    def __init__(self) -> None:
        self.session = ClientSession()
        self.unread: list[bytes] = []
        self.stuck_bytes = 0
        self.said: list[str] = []
        self.close_code: int | None = None

    def write(self, prepared: bytes) -> None:
        while prepared:
            size, start = prepared[1] & 127, 2
            if size == 126:
                size, start = int.from_bytes(prepared[2:4], "big"), 4
            self.send(prepared[start : start + size])
            prepared = prepared[start + size :]

    def send(self, message: bytes) -> None:
        assert self.close_code is None
        self.unread.append(message)

    def read(self) -> None:
        self.stuck_bytes = 0
        for message in self.unread:
            found = self.session.receive(message)
            if isinstance(found, Numbered) and isinstance(found.event, Said):
                self.said.append(found.event.text)
        self.unread.clear()

    def ping(self) -> None: ...

    def buffered(self) -> int:
        return self.stuck_bytes

    def close(self, code: int, reason: str = "") -> None:
        self.close_code = code

    def abort(self) -> None: ...


class House:
    """A hub with one room, a clock to turn, and people with wires."""

    def __init__(self, folder: Path, settings: Settings | None = None) -> None:
        self.now_s = 100.0
        self.database = Database(sqlite_url(folder / "x.db"))
        metadata.create_all(self.database.engine)
        clock = Clock(lambda: self.now_s, lambda: 1_000_000.0)
        self.counters = Counters()
        plans = FixedPlans(RoomPlan(store="demo", room="hall", floor=Floor((1400, 1400)), seats=20))
        self.hub = Hub(
            settings or Settings(), self.database, plans, secret=SECRET, clock=clock, counters=self.counters,
            tickets=Tickets(SECRET), chance=random.Random(1),
        )  # fmt: skip
        neighbours = Neighbours("main", "", MemoryBus(), clock=lambda: self.now_s)
        self.reception = Reception(self.hub, self.database, Tickets(SECRET), neighbours)

    async def join(self, name: str, caps: int = 0) -> tuple[Wire, Connection]:
        who = Principal(id=f"a_{name}", role=Role.SHOPPER, scopes=SCOPES[Role.SHOPPER])
        granted = await self.reception.grant(who, "demo", "hall", peer=Wire.peer, name=name)
        wire, connection = Wire(), self.hub.receiver(Wire.peer)
        connection.opened(wire)
        connection.message(wire.session.hello(granted.token, caps=caps))
        return wire, connection

    def tick(self, seconds: float = 0.05) -> None:
        self.now_s += seconds
        self.hub.now_s = self.hub.clock.s()
        for copy in self.hub.copies.values():
            copy.tick()

    async def close(self) -> None:
        await self.hub.stop()
        self.database.close()


@pytest.fixture
def run(tmp_path: Path) -> Callable[[Callable[[House], Coroutine[Any, Any, None]]], None]:
    def runner(test: Callable[[House], Coroutine[Any, Any, None]]) -> None:
        async def main() -> None:
            house = House(tmp_path)
            try:
                await test(house)
            finally:
                await house.close()

        asyncio.run(main())

    return runner


def test_a_reader_that_is_behind_loses_frames_and_then_holds_what_everybody_holds(run: Any) -> None:
    async def test(house: House) -> None:
        walker, other, slow = [await house.join(name) for name in ("walker", "other", "slow")]
        copy = next(iter(house.hub.copies.values()))
        house.tick()
        for wire, _ in (walker, other, slow):
            wire.read()
        slow[0].stuck_bytes = FRAMES_BEHIND_BYTES + 1
        x, z, _, _ = copy.world.position(walker[1].visit.slot)
        for n in range(40):
            walker[1].message(Pose(time_ms=50 * n, x=x + 5 * n, z=z).encode())
            house.tick()
            walker[0].read()
            other[0].read()
        assert slow[0].unread == []
        assert house.counters.frames_dropped >= 1
        slow[0].stuck_bytes = 0
        house.tick()
        house.tick()
        slow[0].read()
        here = {slot: (seen.x, seen.z) for slot, seen in other[0].session.crowd.near.items()}
        assert {slot: (seen.x, seen.z) for slot, seen in slow[0].session.crowd.near.items()} == here
        assert slow[0].session.due() == []  # no gap to ask about
        assert slow[0].close_code is None

    run(test)


def test_events_wait_for_a_slow_reader_and_come_in_order(run: Any) -> None:
    async def test(house: House) -> None:
        speaker, slow = [await house.join(name) for name in ("speaker", "slow")]
        copy = next(iter(house.hub.copies.values()))
        house.tick()
        slow[0].read()
        slow[0].stuck_bytes = 1 << 20
        for n in range(3):
            speaker[1].message(encode_to_server(Say(text=f"word {n}")))
            await copy.desk.flushed()
            house.tick(2.0)
        assert slow[0].unread == []
        slow[0].stuck_bytes = 0
        house.tick()
        slow[0].read()
        assert slow[0].said == ["word 0", "word 1", "word 2"]

    run(test)


def test_a_reader_that_stalls_for_long_is_closed_and_may_come_back(run: Any) -> None:
    async def test(house: House) -> None:
        (wire, connection), (_, walker) = await house.join("slow"), await house.join("walker")
        house.tick()
        wire.read()
        key = wire.session.seat.key
        wire.stuck_bytes = FRAMES_BEHIND_BYTES + 1
        x, z, _, _ = next(iter(house.hub.copies.values())).world.position(walker.visit.slot)
        for n in range(int(STALLED_S) + 3):
            walker.message(Pose(time_ms=1000 * n, x=x + 10 * n, z=z).encode())
            house.tick(1.0)
        assert wire.close_code == Close.SLOW_READER
        assert Close(wire.close_code).may_retry
        connection.closed(None)
        again, back = Wire(), house.hub.receiver(Wire.peer)
        again.session = wire.session
        again.session.lost()
        back.opened(again)
        back.message(again.session.hello(None))
        house.tick()
        again.read()
        assert again.session.seat.resumed
        assert key == again.session.seat.key
        assert len(again.session.crowd.near) == 2

    run(test)


def test_silence_ends_a_connection_but_not_after_the_server_itself_slept(run: Any) -> None:
    async def test(house: House) -> None:
        wire, _ = await house.join("ana")
        for seconds in (1.0, 600.0, 1.0):
            house.tick(seconds)
            house.hub.sweep()
        assert wire.close_code is None
        for _ in range(int(house.hub.settings.room_idle_s) + 1):
            house.tick(1.0)
            house.hub.sweep()
        assert wire.close_code == Close.IDLE

    run(test)


def test_an_empty_copy_closes_and_its_successor_has_another_key(run: Any) -> None:
    async def test(house: House) -> None:
        _, connection = await house.join("ana")
        first = next(iter(house.hub.copies.values()))
        first.depart(connection.visit)
        house.tick(EMPTY_FOR_S + 31)
        house.hub.sweep()
        assert not house.hub.copies
        await house.join("ben")
        second = next(iter(house.hub.copies.values()))
        assert second.key != first.key

    run(test)


def test_an_impostor_cannot_acknowledge_or_resume_what_is_not_theirs(run: Any) -> None:
    async def test(house: House) -> None:
        wire, connection = await house.join("ana")
        house.tick()
        wire.read()
        connection.message(b"\x06\xff\x00\x00\x00")
        assert wire.close_code == Close.MALFORMED
        thief, link = house.hub.receiver("198.51.100.1"), Wire()
        thief.opened(link)
        link.session.seat = wire.session.seat
        guess = wire.session.seat.key[:-1] + ("A" if wire.session.seat.key[-1] != "A" else "B")
        hello = wire.session.hello(None).replace(wire.session.seat.key.encode(), guess.encode())
        thief.message(hello)
        assert link.close_code == Close.RESUME_UNKNOWN

    run(test)


def test_the_settings_of_talk_reach_every_room(tmp_path: Path) -> None:
    async def main() -> None:
        words = tmp_path / "words.txt"
        words.write_text("turnip\n")
        house = House(tmp_path, Settings(voice_people=3, chat_radius_m=2.5, party_people=4, chat_words=str(words)))
        await house.join("anna")
        copy = next(iter(house.hub.copies.values()))
        assert copy.social.voice.rules.speakers == 3
        assert copy.social.chat.rules.near_m == 2.5
        with pytest.raises(NameRefused):
            await house.join("Turnip")
        await house.close()

    asyncio.run(main())


SHELF = {"hat": {"hat-red", "hat-blue"}, "scarf": set()}


async def missing(items: Collection[tuple[str, str | None]]) -> Collection[str]:
    return {
        name for name, sku in items if name not in SHELF or (sku is not None and sku not in SHELF[name])
    }  # fmt: skip


async def settled(house: House) -> None:
    """What was asked elsewhere has been answered."""
    for _ in range(10):
        await asyncio.sleep(0)
    house.tick()


def wears(house: House, wire: Wire, connection: Connection) -> list[tuple[str, str | None]]:
    """What somebody's card says, as everybody asks for it."""
    copy = next(iter(house.hub.copies.values()))
    [card] = wire.session.receive(copy.cards([connection.visit.slot]))
    return card.wears


def act(connection: Connection, action: Any) -> None:
    connection.message(encode_to_server(action))


def codes(wire: Wire) -> list[str]:
    """Of the refusals that wait to be read."""
    found = [wire.session.receive(message) for message in wire.unread if message[0] == 0x49]
    wire.unread.clear()
    return [refused.code for refused in found]


def test_only_what_is_on_a_shelf_is_worn_and_everybody_reads_it_on_the_card(run: Any) -> None:
    async def test(house: House) -> None:
        house.hub.inquiries = Inquiries(None, missing)
        ada, connection = await house.join("ada")
        house.tick()
        ada.read()
        rev = connection.visit.rev
        act(connection, Wear(items=[("hat", "hat-red"), ("scarf", None)]))
        await settled(house)
        assert wears(house, ada, connection) == [("hat", "hat-red"), ("scarf", None)]
        assert connection.visit.rev == rev + 1
        for wrong in (("crown", None), ("hat", "hat-gold")):
            ada.read()
            act(connection, Wear(items=[("scarf", None), wrong]))
            await settled(house)
            assert codes(ada) == ["wear.unknown"]
            assert wears(house, ada, connection) == [("hat", "hat-red"), ("scarf", None)]
        act(connection, Wear(items=[]))
        await settled(house)
        assert wears(house, ada, connection) == []

    run(test)


def test_what_is_worn_is_kept_over_a_lost_link(run: Any) -> None:
    async def test(house: House) -> None:
        ada, connection = await house.join("ada")
        bob, beside = await house.join("bob")
        house.tick()
        act(connection, Wear(items=[("hat", None)]))
        await settled(house)
        ada.read()
        bob.read()
        connection.closed(None)
        house.tick()
        assert wears(house, bob, beside) == []
        back = house.hub.receiver(Wire.peer)
        again = Wire()
        again.session = ada.session
        again.session.lost()
        back.opened(again)
        back.message(again.session.hello(None))
        house.tick()
        assert wears(house, bob, back) == [("hat", None)]

    run(test)


def test_changing_clothes_all_the_time_is_refused_and_costs_the_others_nothing(run: Any) -> None:
    async def test(house: House) -> None:
        ada, connection = await house.join("ada")
        house.tick()
        ada.read()
        rev = connection.visit.rev
        for n in range(40):
            act(connection, Wear(items=[(f"hat{n}", None)]))
        await settled(house)
        assert connection.visit.rev - rev <= 8
        assert set(codes(ada)) == {"room.too_fast"}
        assert ada.close_code is None

    run(test)


def test_a_vote_is_on_what_one_wears(run: Any) -> None:
    async def test(house: House) -> None:
        ada, connection = await house.join("ada")
        await house.join("bob")
        house.tick()
        house.tick()
        ada.read()
        act(connection, Vote(op="open", product="hat", scope="near"))
        assert codes(ada) == ["vote.refused"]
        act(connection, Wear(items=[("hat", None)]))
        act(connection, Vote(op="open", product="hat", scope="near"))
        assert codes(ada) == []
        copy = next(iter(house.hub.copies.values()))
        assert [vote.asker for vote in copy.social.votes] == ["a_ada"]
        act(connection, Wear(items=[]))
        assert list(copy.social.votes) == []

    run(test)


BODY = Body.of({"head": (0.0, 0.0, 0.0, 1.0)}).encode()


def test_a_body_without_having_turned_it_on_ends_the_connection(run: Any) -> None:
    async def test(house: House) -> None:
        ada, connection = await house.join("ada")
        connection.message(BODY)
        assert ada.close_code == Close.OUT_OF_ORDER

    run(test)


def test_a_body_is_seen_while_it_is_on_and_never_after_the_link_is_lost(run: Any) -> None:
    async def test(house: House) -> None:
        ada, connection = await house.join("ada")
        bob, _ = await house.join("bob", Cap.BODIES)
        house.tick()
        slot = connection.visit.slot
        for wire in (ada, bob):
            wire.read()
        act(connection, Embody(on=True))
        connection.message(BODY)
        for _ in range(4):
            house.tick()
        bob.read()
        assert bob.session.crowd.near[slot].body == BODY[1:]
        connection.closed(None)
        for _ in range(6):
            house.tick()
        bob.read()
        assert bob.session.crowd.near[slot].body == NOBODY
        again = Wire()
        again.session = ada.session
        again.session.lost()
        back = house.hub.receiver(Wire.peer)
        back.opened(again)
        back.message(again.session.hello(None))
        back.message(BODY)
        assert again.close_code == Close.OUT_OF_ORDER

    run(test)


def test_a_flood_of_bodies_ends_the_connection_and_a_stalled_link_s_does_not(run: Any) -> None:
    async def test(house: House) -> None:
        (stalled, patient), (flooding, connection) = await house.join("ada"), await house.join("bob")
        for one in (patient, connection):
            act(one, Embody(on=True))
        for _ in range(12 * 30):  # half a minute's, all at once
            patient.message(BODY)
        for _ in range(BODY_FLOOD_BURST + 1):
            if flooding.close_code is None:
                connection.message(BODY)
        assert stalled.close_code is None
        assert flooding.close_code == Close.FLOOD

    run(test)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (BODY[:-1], Close.MALFORMED),
        (BODY + b"\0", Close.MALFORMED),
        (bytes([11, 0, 0, 0x10, 1, 2, 3, 4]), Close.MALFORMED),
        (bytes([11, 255, 255, 15]) + bytes(4000), Close.TOO_LARGE),
    ],
)
def test_a_body_wrongly_made_ends_the_connection(run: Any, data: bytes, code: Close) -> None:
    async def test(house: House) -> None:
        ada, connection = await house.join("ada")
        act(connection, Embody(on=True))
        connection.message(data)
        assert ada.close_code == code

    run(test)
