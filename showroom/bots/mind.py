"""
What a bot wants: go to a shelf, look, perhaps say something, go on; follow a friend; applaud.

A state machine on the time that is handed in and a random source of its own: the same seed gives the same visit. It
knows no sockets: what it wants to do comes out as messages of the protocol.
"""

import enum
import math
import random
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from showroom.bots.ground import Ground, Point, Stop
from showroom.bots.phrases import PHRASES
from showroom.bots.walker import Walker
from showroom.protocol import actions
from showroom.protocol.ids import Anim, Mode
from showroom.protocol.messages import FromClient, Say, State

REACTIONS: Final = ("heart", "clap", "wow", "laugh", "thumbs_up", "sparkle")
EMOTES: Final = (1, 3, 4, 5, 6)  # wave, applaud, dance, thumbs up, heart: docs/protocol.md
_SPACING_M: Final = 1.1


class Behaviour(enum.StrEnum):
    """What kind of visit."""

    BROWSE = "browse"
    """Shelf to shelf, alone or in pairs: an ordinary afternoon."""
    WANDER = "wander"
    """Always on the move: the most poses."""
    GATHER = "gather"
    """All to one place, and cheer: a launch."""
    STAND = "stand"
    """Nobody moves: what an idle crowd costs."""


class Temper(Struct, frozen=True, kw_only=True):
    """
    How lively a bot is.

    Parameters
    ----------
    say_per_min, react_per_min, emote_per_min
        On average, while it stands somewhere.
    look_s
        Shortest and longest stay in front of a shelf.
    """

    say_per_min: float = 0.5
    react_per_min: float = 1.0
    emote_per_min: float = 0.5
    look_s: tuple[float, float] = (4.0, 14.0)


class Mind:
    """
    Parameters
    ----------
    chance
        This bot's own; all that it does comes from it.
    languages
        It speaks one of these.
    meeting_point
        For ``GATHER``: where to, and where to look.
    """

    def __init__(
        self,
        ground: Ground,
        walker: Walker,
        chance: random.Random,
        *,
        behaviour: Behaviour = Behaviour.BROWSE,
        temper: Temper | None = None,
        language: str = "en",
        meeting_point: Stop | None = None,
        leader: Walker | None = None,
    ) -> None:
        self.walker: Final = walker
        self.language: Final = language
        self._ground = ground
        self._chance = chance
        self._behaviour = behaviour
        self._temper = temper or Temper()
        self._meeting_point = meeting_point
        self._leader = leader
        self._stop: Stop | None = None
        self._until_s = 0.0
        self._plan_s = 0.0
        self._talk_s: dict[str, float] = {}
        self._is_looking = False
        self._view = (0, 0)
        self.said = 0

    @property
    def stop(self) -> Stop | None:
        """What it looks at or walks to."""
        return self._stop

    def think(self, now_s: float, *, has_party: bool = False) -> list[FromClient]:
        """
        Decide; four times a second is enough.

        Parameters
        ----------
        has_party
            Whether it is in a party: then it shows its friends what it looks at.
        """
        out: list[FromClient] = []
        if self._behaviour is not Behaviour.STAND:
            if self._leader is not None:
                self._keep_beside(self._leader)
            elif self.walker.is_there:
                out += self._stand(now_s, has_party=has_party)
        if self.walker.goal is not None and now_s >= self._plan_s:
            self.walker.plan(self._ground)
            self._plan_s = now_s + 0.4
        if self.walker.is_there:
            out += self._talk(now_s)
        return out

    def follow(self, leader: Walker | None) -> None:
        """Walk with somebody from now on; None: alone."""
        self._leader = leader

    def answer(self, now_s: float) -> None:
        """Somebody spoke nearby: likely to say something soon."""
        self._talk_s["say"] = min(self._talk_s.get("say", math.inf), now_s + self._chance.uniform(1.5, 6))

    # ── inside

    def _stand(self, now_s: float, *, has_party: bool) -> list[FromClient]:
        """At a stop: look for a while, then leave for the next."""
        if self._stop is None:
            return self._leave(now_s)
        if not self._is_looking:
            self._is_looking = True
            self.walker.look = self._stop.yaw
            low, high = self._temper.look_s
            self._until_s = now_s + (0 if self._behaviour is Behaviour.WANDER else self._chance.uniform(low, high))
            out: list[FromClient] = []
            if self._stop.slot and self._behaviour is Behaviour.BROWSE:
                mode = Mode.POINTING if self._chance.random() < 0.3 else Mode.INSPECTING
                out.append(State(anim=Anim.LOOK, emote=0, mode=mode, focus=self._stop.slot & 0x1FFF))
                if has_party and self._stop.product:
                    out.append(self._share())
            return out
        if now_s < self._until_s or self._behaviour is Behaviour.GATHER:
            if has_party and self._stop.product and self._chance.random() < 0.3:
                self._view = ((self._view[0] + 900) % 36000, self._chance.randrange(-1500, 1500))
                return [self._share()]
            return []
        return self._leave(now_s)

    def _share(self) -> actions.Share:
        stop = self._stop
        assert stop is not None
        return actions.Share(product=stop.product, variant=stop.variant, yaw=self._view[0], pitch=self._view[1])

    def _leave(self, now_s: float) -> list[FromClient]:
        was_looking = self._is_looking and self._behaviour is Behaviour.BROWSE and self._stop is not None
        self._is_looking = False
        self._stop = self._choose()
        if self._stop is not None:
            self.walker.go(self._spot(self._stop))
            self._plan_s = now_s
        return [State(anim=Anim.AUTO, emote=0, mode=Mode.NONE, focus=0)] if was_looking else []

    def _choose(self) -> Stop | None:
        if self._behaviour is Behaviour.GATHER and self._meeting_point is not None:
            return self._meeting_point
        stops = self._ground.stops
        if not stops:
            return None
        # Three are drawn and the nearest is taken: people go along the shelves more than to and fro.
        drawn = [self._chance.choice(stops) for _ in range(3)]
        others = [stop for stop in drawn if stop is not self._stop] or drawn
        return min(others, key=lambda stop: math.dist(stop.at, self.walker.at))

    def _spot(self, stop: Stop) -> Point:
        """Not all on one spot: a little to the side, or, for a gathering, in a half circle."""
        if self._behaviour is Behaviour.GATHER:
            angle = stop.yaw + math.pi + self._chance.uniform(-1.2, 1.2)
            far = 2 + 6 * math.sqrt(self._chance.random())
            at = (stop.at[0] + far * math.sin(angle), stop.at[1] + far * math.cos(angle))
        else:
            side, back = self._chance.uniform(-0.6, 0.6), self._chance.uniform(0, 0.5)
            sin, cos = math.sin(stop.yaw), math.cos(stop.yaw)
            at = (stop.at[0] + side * cos - back * sin, stop.at[1] - side * sin - back * cos)
        at = (min(max(at[0], 0.4), self._ground.size_m[0] - 0.4), min(max(at[1], 0.4), self._ground.size_m[1] - 0.4))
        return self._ground.free_near(at)

    def _keep_beside(self, leader: Walker) -> None:
        """Half a step behind, to the side; nearer than that there is nothing to do."""
        sin, cos = math.sin(leader.yaw), math.cos(leader.yaw)
        side = _SPACING_M * self.walker.side
        beside = self._ground.free_near(
            (leader.at[0] + side * cos - 0.4 * sin, leader.at[1] - side * sin - 0.4 * cos)
        )  # fmt: skip
        far = math.dist(self.walker.at, beside)
        if far > 0.9 or (self.walker.goal is not None and far > 0.3):
            self.walker.goal = beside
        elif self.walker.goal is not None:
            self.walker.goal = self.walker.waypoint = None
        self.walker.look = leader.yaw

    def _talk(self, now_s: float) -> list[FromClient]:
        temper = self._temper
        out: list[FromClient] = []
        if self._is_due("say", temper.say_per_min, now_s):
            self.said += 1
            text = self._chance.choice(PHRASES[self.language])
            out.append(Say(text=text, scope="near" if self._chance.random() < 0.7 else "room"))
        if self._is_due("react", temper.react_per_min, now_s):
            product = self._stop.product if self._stop is not None and self._stop.product else None
            out.append(actions.React(kind=self._chance.choice(REACTIONS), product=product))
        if self._is_due("emote", temper.emote_per_min, now_s):
            out.append(State(anim=Anim.AUTO, emote=self._chance.choice(EMOTES), mode=Mode.NONE, focus=0))
        return out

    def _is_due(self, what: str, per_min: float, now_s: float) -> bool:
        """Whether it is time, on average ``per_min`` times a minute; the first time comes at random as well."""
        if per_min <= 0:
            return False
        at = self._talk_s.get(what)
        if at is not None and now_s < at:
            return False
        self._talk_s[what] = now_s + self._chance.expovariate(per_min / 60)
        return at is not None


def pick_language(languages: Sequence[str], chance: random.Random) -> str:
    """One of the languages; those it does not speak are English."""
    language = chance.choice(list(languages) or ["en"])
    return language if language in PHRASES else "en"
