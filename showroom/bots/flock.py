"""
Many bots in one process: joins at a steady pace, ten steps a second for all of them, pairs that follow each other, and
the measuring.

All of one process's bots know where the others truly are and step aside; whom only the frames show (people) they see
through the watchers' eyes.
"""

import asyncio
import contextlib
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct

from showroom.bots.door import Door, NoEntry
from showroom.bots.ground import Ground, Stop
from showroom.bots.looks import look
from showroom.bots.measure import Measure, Trail
from showroom.bots.mind import Behaviour, Mind, Temper, pick_language
from showroom.bots.phrases import NAMES
from showroom.bots.shopper import Shopper
from showroom.bots.walker import Neighbour, Walker
from showroom.protocol import actions, events
from showroom.protocol.messages import Numbered

STEP_S: Final = 0.1
_THINK_EVERY: Final = 3
"""Steps; the bots take turns."""
_NEAR_M: Final = 2.0
_MOST_STEPS_BEHIND: Final = 3


class Plan(Struct, frozen=True, kw_only=True):
    """
    How a run goes.

    Parameters
    ----------
    seed
        The same seed gives the same bots; what they meet is up to the others.
    joins_per_s
        How fast they come in.
    watchers
        How many of them read every frame.
    pairs
        Share of bots that walk with a friend.
    lost_links_per_min
        How often a bot loses its link on purpose, all together.
    """

    bots: int
    seed: int = 1
    behaviour: Behaviour = Behaviour.BROWSE
    languages: tuple[str, ...] = ("en", "zh", "es")
    joins_per_s: float = 20.0
    watchers: int = 10
    pairs: float = 0.3
    lost_links_per_min: float = 0.0
    temper: Temper = Temper()


@dataclass(slots=True, eq=False)
class Bot:
    """One of them, whole."""

    shopper: Shopper
    walker: Walker
    mind: Mind
    trail: Trail = field(default_factory=Trail)
    friend: "Bot | None" = None
    leads: bool = False
    has_party: bool = False
    asked_s: float = -1e9
    task: "asyncio.Task[None] | None" = None


class Flock:
    """
    Parameters
    ----------
    door
        Where tickets come from.
    ground
        Walls and shelves; None: an empty floor of the size that WELCOME tells, and obstacles are learnt by being put
        back.
    clock
        Seconds, monotonic.
    """

    def __init__(
        self,
        plan: Plan,
        door: Door,
        *,
        ground: Ground | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.plan: Final = plan
        self.bots: Final[list[Bot]] = []
        self.ground = ground
        self._learns = ground is None
        self._chance = random.Random(plan.seed)
        self.measure: Final = Measure(random.Random(plan.seed + 1))
        self._door = door
        self._clock = clock
        self._names: set[str] = set()
        self._by_seat: dict[tuple[tuple[str, int], int], Bot] = {}
        self._by_member: dict[tuple[tuple[str, int], int], Bot] = {}
        self._steps = 0
        self._stepped_s = clock()
        self._cpu_s = 0.0
        self._began_s = clock()
        self._ended_s = 0.0
        self._watched: dict[Bot, tuple[int, float]] = {}

    async def run(self, seconds: float | None = None) -> None:
        """
        Let them in, walk for so long (counted from the first; None: until cancelled), and say good-bye.

        Raises
        ------
        NoEntry
            Not one of them is let in.
        """
        self._began_s = self._clock()
        cpu_s = time.process_time()
        walking = asyncio.create_task(self._walk())
        joining = asyncio.create_task(self._let_in())
        try:
            async with asyncio.timeout(seconds):
                # ``wait``, not ``gather``: the end of the visit must not cut links before good-byes are said.
                done, _ = await asyncio.wait((walking, joining), return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        except TimeoutError:
            pass
        finally:
            self._cpu_s = time.process_time() - cpu_s
            self._ended_s = self._clock()
            await self._say_goodbye()
            for task in (walking, joining):
                task.cancel()
            for task in (walking, joining):
                with contextlib.suppress(asyncio.CancelledError, NoEntry):
                    await task

    def summary(self) -> dict[str, float | int | dict[str, int] | None]:
        """The numbers so far, as ``Measure.summary``."""
        cpu_s = self._cpu_s or time.process_time()
        return self.measure.summary(
            bots=sum(bot.shopper.is_placed for bot in self.bots),
            seconds=(self._ended_s or self._clock()) - self._began_s,
            cpu_s=cpu_s,
        )

    @property
    def present(self) -> int:
        """How many are in the room right now."""
        return sum(bot.shopper.is_open and bot.shopper.is_placed for bot in self.bots)

    # ── coming and going

    async def _let_in(self) -> None:
        for number in range(self.plan.bots):
            bot = self._make(number)
            self.bots.append(bot)
            bot.task = asyncio.create_task(bot.shopper.run())
            if number == 0:
                await self._first(bot)
            await asyncio.sleep(1 / self.plan.joins_per_s)
        tasks = [bot.task for bot in self.bots if bot.task is not None]
        await asyncio.wait(tasks)
        for task in tasks:
            task.result()

    async def _first(self, bot: Bot) -> None:
        """Wait for the first one to be inside: if it is refused, all would be; and it tells how large the floor is."""
        assert bot.task is not None
        while not bot.shopper.is_placed:
            if bot.task.done():
                bot.task.result()
                raise NoEntry("The first bot was sent away at once. Look at the server's log.")
            await asyncio.sleep(0.02)
        if self.ground is None:
            seat = bot.shopper.session.seat
            assert seat is not None
            size = (seat.floor.size_cm[0] / 100, seat.floor.size_cm[1] / 100)
            self.ground = Ground(size).with_stops(self._chance)
        self.ground = self.ground.with_stops(self._chance)
        for one in self.bots:
            one.mind = self._mind(one.walker, len(self.bots) - 1)

    def _make(self, number: int) -> Bot:
        chance = random.Random(f"{self.plan.seed}/{number}")
        walker = Walker((0.0, 0.0), pace=chance.uniform(1.0, 1.5), side=1 if number % 2 else -1)
        mind = self._mind(walker, number)
        name = chance.choice(NAMES.get(mind.language, NAMES["en"]))
        if name in self._names:
            name = f"{name} {number + 1}"
        self._names.add(name)
        shopper = Shopper(
            name,
            door=self._door,
            walker=walker,
            measure=self.measure,
            clock=self._clock,
            chance=chance,
            look=look(chance),
            is_watching=number < self.plan.watchers,
            on_event=self._heard,
        )
        bot = Bot(shopper, walker, mind)
        if bot.shopper.is_watching:
            shopper.on_frame = lambda _: self._look(bot)
        if number % 2 and chance.random() < self.plan.pairs and self.bots:
            friend = self.bots[-1]
            friend.friend, bot.friend, friend.leads = bot, friend, True
        return bot

    def _mind(self, walker: Walker, number: int) -> Mind:
        chance = random.Random(f"{self.plan.seed}/{number}/mind")
        ground = self.ground or Ground((10, 10))
        return Mind(
            ground,
            walker,
            chance,
            behaviour=self.plan.behaviour,
            temper=self.plan.temper,
            language=pick_language(self.plan.languages, chance),
            meeting_point=_meeting_point(ground),
        )

    async def _say_goodbye(self) -> None:
        leaving = [asyncio.create_task(bot.shopper.leave()) for bot in self.bots]
        if leaving:
            await asyncio.wait(leaving, timeout=3)
        tasks = [bot.task for bot in self.bots if bot.task is not None] + leaving
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ── walking

    async def _walk(self) -> None:
        due_s = self._clock()
        while True:
            self.step(self._clock())
            due_s += STEP_S
            behind_s = self._clock() - due_s
            if behind_s > STEP_S * _MOST_STEPS_BEHIND:
                due_s = self._clock()  # too much to do: walk slower rather than in jumps
            await asyncio.sleep(max(due_s - self._clock(), 0))

    def step(self, now_s: float) -> None:
        """One step of every bot that is placed: think now and then, walk, send what is worth it."""
        ground = self.ground
        if ground is None:
            return
        self._steps += 1
        placed = [bot for bot in self.bots if bot.shopper.is_placed and bot.shopper.is_open]
        around = _Around(placed, self._strangers())
        for index, bot in enumerate(placed):
            self._find_seat(bot)
            if (self._steps + index) % _THINK_EVERY == 0:
                for message in bot.mind.think(now_s, has_party=bot.has_party):
                    bot.shopper.post(message)
                self._befriend(bot, now_s)
            bot.walker.step(STEP_S, ground, around.of(bot.walker))
            bot.trail.add(now_s, bot.walker.at, bot.shopper.jumps)
            if bot.shopper.sender is not None:
                pose = bot.shopper.sender.offer(int(now_s * 1000), bot.walker.body())
                if pose is not None:
                    self.measure.poses_out += 1
                    bot.shopper.post(pose.encode())
        self.measure.client_s += len(placed) * min(now_s - self._stepped_s, 2.0)
        self._stepped_s = now_s
        self.measure.said = sum(bot.mind.said for bot in self.bots)
        if self._steps % 10 == 0:
            self._each_second(placed, now_s)

    def _each_second(self, placed: Sequence[Bot], now_s: float) -> None:
        for bot in placed:
            for due in bot.shopper.session.due(now=True):
                bot.shopper.post(due)
            if bot.shopper.is_watching:
                self._count_delivered(bot, now_s)
        lose = self.plan.lost_links_per_min / 60
        while placed and lose > 0:
            if self._chance.random() < min(lose, 1):
                self._chance.choice(placed).shopper.drop()
            lose -= 1

    def _find_seat(self, bot: Bot) -> None:
        seat = bot.shopper.session.seat
        if seat is not None:
            where = bot.shopper.where
            self._by_seat[where, seat.slot] = bot
            self._by_member[where, seat.member] = bot

    def _strangers(self) -> list[Neighbour]:
        """People who are no bots of ours, as one watcher sees them."""
        for bot in self.bots[: self.plan.watchers]:
            seat = bot.shopper.session.seat
            if seat is None or not bot.shopper.is_open:
                continue
            near = bot.shopper.session.crowd.near.values()
            where = bot.shopper.where
            return [(p.x / 100, p.z / 100, 0.0, 0.0) for p in near if (where, p.slot) not in self._by_seat]
        return []

    # ── friends

    def _befriend(self, bot: Bot, now_s: float) -> None:
        """Two friends in the same room make a party, and walk together."""
        friend = bot.friend
        if friend is None or not bot.leads:
            return
        seat, other = bot.shopper.session.seat, friend.shopper.session.seat
        if seat is None or other is None or bot.shopper.where != friend.shopper.where or not friend.shopper.is_placed:
            friend.mind.follow(None)
            return
        friend.mind.follow(bot.walker)
        if not bot.has_party and now_s - bot.asked_s > 10:
            bot.asked_s = now_s
            bot.shopper.post(actions.Party(op="invite", who=other.member))

    def _heard(self, shopper: Shopper, message: Numbered) -> None:
        event = message.event
        seat = shopper.session.seat
        if seat is None:
            return
        bot = self._by_seat.get((shopper.where, seat.slot))
        match event:
            case events.Said():
                self.measure.heard += 1
                if bot is not None and event.who != seat.member and bot.mind.language and self._chance.random() < 0.01:
                    bot.mind.answer(self._clock())
            case events.Invited():
                asking = self._by_member.get((shopper.where, event.who))
                is_friend = bot is not None and asking is not None and bot.friend is asking
                shopper.post(actions.Party(op="accept" if is_friend else "decline", who=event.who))
            case events.PartyIs():
                if bot is not None:
                    bot.has_party = len(event.members) > 1
            case events.Shared():
                friend = None if bot is None or bot.leads else bot.friend
                if friend is not None and friend.shopper.member == event.who:
                    shopper.post(actions.Follow(who=event.who))

    # ── measuring

    def _look(self, watcher: Bot) -> None:
        """On a watcher's frame: how old is what it shows of one moving bot, in turn?"""
        seat = watcher.shopper.session.seat
        crowd = watcher.shopper.session.crowd
        if seat is None or not crowd.near:
            return
        now_s = self._clock()
        slots = list(crowd.near)
        for _ in range(2):
            slot = slots[self._chance.randrange(len(slots))]
            bot = self._by_seat.get((watcher.shopper.where, slot))
            if bot is None or bot is watcher or not bot.shopper.is_open or not bot.trail.is_moving():
                continue
            seen = crowd.near[slot]
            self.measure.age(*bot.trail.age_s(seen.x, seen.z, now_s))

    def _count_delivered(self, watcher: Bot, now_s: float) -> None:
        seat, crowd = watcher.shopper.session.seat, watcher.shopper.session.crowd
        if seat is None:
            return
        seen, since_s = self._watched.get(watcher, (crowd.updates, now_s))
        self._watched[watcher] = (crowd.updates, now_s)
        elapsed_s = now_s - since_s
        if crowd.updates < seen or not 0 < elapsed_s < 5:
            return  # a new connection
        column, row = _cell(watcher, seat.floor.cell_cm)
        due = sum((watcher.shopper.where, slot) not in self._by_seat for slot in crowd.near)
        for bot in self.bots:
            other = bot.shopper.session.seat
            if other is None or bot.shopper.where != watcher.shopper.where or not bot.shopper.is_placed:
                continue
            x, z = _cell(bot, seat.floor.cell_cm)
            due += abs(x - column) <= 1 and abs(z - row) <= 1
        self.measure.updates += crowd.updates - seen
        self.measure.updates_due += due * seat.hz * elapsed_s


class _Around:
    """Who is near whom: a grid of two metres."""

    def __init__(self, bots: Sequence[Bot], strangers: Sequence[Neighbour]) -> None:
        self._grid: dict[tuple[int, int], list[tuple[Walker | None, Neighbour]]] = {}
        for bot in bots:
            body = bot.walker
            self._put(body, (*body.at, *body.velocity))
        for stranger in strangers:
            self._put(None, stranger)

    def _put(self, walker: Walker | None, neighbour: Neighbour) -> None:
        key = (int(neighbour[0] / _NEAR_M), int(neighbour[1] / _NEAR_M))
        self._grid.setdefault(key, []).append((walker, neighbour))

    def of(self, walker: Walker) -> list[Neighbour]:
        column, row = int(walker.at[0] / _NEAR_M), int(walker.at[1] / _NEAR_M)
        return [
            neighbour
            for x in (column - 1, column, column + 1)
            for z in (row - 1, row, row + 1)
            for other, neighbour in self._grid.get((x, z), ())
            if other is not walker
        ]


def _cell(bot: Bot, cell_cm: int) -> tuple[int, int]:
    return int(bot.walker.at[0] * 100 / cell_cm), int(bot.walker.at[1] * 100 / cell_cm)


def _meeting_point(ground: Ground) -> Stop | None:
    """The stop nearest to the middle of the floor."""
    middle = (ground.size_m[0] / 2, ground.size_m[1] / 2)
    return min(ground.stops, key=lambda stop: math.dist(stop.at, middle), default=None)
