"""The ticker: even times, honest about being late; and the desk: on disk before anybody hears."""

import asyncio
import gc
import weakref
from pathlib import Path

import pytest

from showroom.db.database import Database, sqlite_url
from showroom.errors import Busy
from showroom.realtime.counters import Counters
from showroom.realtime.desk import Desk
from showroom.realtime.ticker import Ticker
from showroom.social.effects import Effects
from showroom_assets.errors import ShowroomError


class Room:
    """Takes as long for a tick as it is told, by the fake clock."""

    def __init__(self, costs_s: list[float]) -> None:
        self.now_s = 0.0
        self.began: list[float] = []
        self._costs = costs_s

    def clock(self) -> float:
        self.now_s += 0.001
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds

    def tick(self) -> None:
        self.began.append(self.now_s)
        if len(self.began) > len(self._costs):
            raise asyncio.CancelledError
        self.now_s += self._costs[len(self.began) - 1]


def test_late_ticks_are_counted_and_not_made_up_for() -> None:
    room = Room([0.0, 0.0, 0.17, 0.0, 0.0])
    counters = Counters()
    ticker = Ticker(lambda: [room], clock=room.clock, counters=counters, before=lambda: None, sleep=room.sleep)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(ticker.work())
    periods = [round((at - room.began[0]) / 0.05) for at in room.began]
    # The third took 170 ms: the next begins at once, late, and the two in between never do.
    assert periods[:3] == [0, 1, 2]
    assert counters.ticks_skipped == 2 or counters.ticks_skipped == 3
    assert len(set(periods)) == len(periods)
    ticker.measure()
    assert counters.tick_lag_p99_ms > 0
    assert counters.tick_cost_p99_ms >= 170


def test_effects_go_out_in_order_and_only_once_they_are_on_disk(tmp_path: Path) -> None:
    async def main() -> None:
        database = Database(sqlite_url(tmp_path / "x.db"))
        written: list[int] = []
        out: list[int] = []
        known: dict[int, int] = {}

        def deliver(effects: Effects) -> None:
            number = known[id(effects)]
            assert number % 3 == 0 or number in written
            out.append(number)

        desk = Desk(database, deliver)
        task = asyncio.ensure_future(desk.work())
        kept = []
        for number in range(60):
            effects = Effects()
            if number % 3:
                effects.writes.append(lambda _connection, number=number: written.append(number))
            known[id(effects)] = number
            kept.append(effects)
            desk.put(effects)
            if number % 10 == 0:
                await asyncio.sleep(0)
        await desk.flushed()
        assert out == list(range(60))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        database.close()

    asyncio.run(main())


def test_what_cannot_be_written_is_told_to_nobody_but_its_author(tmp_path: Path) -> None:
    async def main() -> None:
        database = Database(sqlite_url(tmp_path / "x.db"))
        out: list[Effects] = []
        failures: list[ShowroomError] = []
        desk = Desk(database, out.append)
        task = asyncio.ensure_future(desk.work())

        def fail(_connection: object) -> None:
            raise Busy("The disk is full. Make room.")

        desk.put(Effects(writes=[fail]), failures.append)
        await desk.flushed()
        assert out == []
        assert [failure.code for failure in failures] == ["server.busy"]
        good = Effects(writes=[lambda _connection: None])
        desk.put(good, failures.append)
        await desk.flushed()
        assert out == [good]
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        database.close()

    asyncio.run(main())


def test_what_was_delivered_is_held_by_nobody_while_the_desk_waits(tmp_path: Path) -> None:
    class Asker:
        def failed(self, _failure: ShowroomError) -> None: ...

    async def main() -> None:
        database = Database(sqlite_url(tmp_path / "x.db"))
        desk = Desk(database, lambda _effects: None)
        task = asyncio.ensure_future(desk.work())
        asker = Asker()
        gone = weakref.ref(asker)
        desk.put(Effects(writes=[lambda _connection: None]), asker.failed)
        del asker
        await desk.flushed()
        await asyncio.sleep(0)
        gc.collect()
        assert gone() is None
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        database.close()

    asyncio.run(main())
