"""
One copy of a room: its people, their links, and its share of every tick.

Movement is the world's, dealings are the social room's; here both meet sockets. The receive path only puts poses on a
list; the tick gives the list to the world, and writes each of the world's frames to everybody it is for.
"""

from collections.abc import Callable, Collection, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from showroom.protocol import actions
from showroom.protocol.events import Card, Told
from showroom.protocol.fields import LONGEST_PLAN
from showroom.protocol.ids import VERSION, Anim, Cap, Close, Mode
from showroom.protocol.messages import (
    Refused,
    Say,
    State,
    Welcome,
    encode_cards,
    encode_event_body,
    encode_refused,
    encode_welcome,
)
from showroom.realtime.counters import Counters, RoomGauges
from showroom.realtime.desk import Desk
from showroom.realtime.keeping import PackedCopy
from showroom.realtime.lines import Lines
from showroom.realtime.look import Look
from showroom.realtime.mailbox import Mailbox
from showroom.realtime.seats import Seats
from showroom.realtime.shelves import Shelves
from showroom.realtime.visit import Caller, Visit
from showroom.realtime.wishes import Wishes
from showroom.social.effects import Effects
from showroom.social.moderation import Switches
from showroom.social.people import Occupant
from showroom.social.room import SocialRoom, refusal
from showroom.social.votes import VOTE_S
from showroom.world.world import World
from showroom_assets.errors import ShowroomError

if TYPE_CHECKING:
    from showroom.realtime.clock import Clock
    from showroom.realtime.plan import RoomPlan

HZ: Final = 20
_REPLAY_BYTES: Final = 32 << 10


class RoomCopy:
    """
    Parameters
    ----------
    key
        Of the copy, never used again.
    ordinal
        For people: the first copy is 1.
    social
        Its ``place`` is a ``PlaceOf`` that knows this copy.
    ice
        Servers for WebRTC, for one person.
    watched
        Told when somebody begins to watch SKUs: gives ``shelves.known`` what is left of them.
    wearing
        Told when somebody wants to put something on: looks whether there is such a thing, and calls ``wear`` or
        ``refuse``. None: whatever it is, it is worn.
    """

    def __init__(
        self,
        *,
        key: str,
        ordinal: int,
        plan: "RoomPlan",
        world: World,
        social: SocialRoom,
        seats: Seats,
        desk: Desk,
        clock: "Clock",
        counters: Counters,
        ice: Callable[[str], list[dict[str, str]]],
        watched: "Callable[[RoomCopy, Visit, Collection[str]], None]" = lambda _copy, _visit, _skus: None,
        wearing: "Callable[[RoomCopy, Visit, actions.Wear], None] | None" = None,
    ) -> None:
        self.key: Final = key
        self.ordinal: Final = ordinal
        self.plan: Final = plan
        self.world: Final = world
        self.social: Final = social
        self.seats: Final = seats
        self.desk: Final = desk
        self.shelves: Final = Shelves()
        self.gauges: Final = RoomGauges(plan.store, plan.room, str(ordinal))
        self.next_member = 1
        self.empty_since_s: float | None = clock.s()
        self.visits: Final[dict[str, Visit]] = {}
        self._lines: Final = Lines(world, clock=clock, counters=counters)
        self._wishes: Final = Wishes(
            world,
            self.shelves,
            clock=clock,
            refuse=self.refuse,
            watched=lambda visit, skus: watched(self, visit, skus),
            wearing=self._look_for,
        )
        self._clock = clock
        self._counters = counters
        self._ice = ice
        self._wearing = wearing
        self.pose_slots: list[int] = []
        self.poses: list[bytes] = []
        self.pose_times: list[int] = []
        self.tick_number = 0
        self._next_social_s = 0.0

    # ── coming and going

    def enter(
        self,
        visit: Visit,
        *,
        at_cm: tuple[int, int, int] | None = None,
        yaw: int = 0,
        beside: str = "",
        blocked: Collection[str] = (),
        is_away: bool = False,
    ) -> Visit:
        """
        Give somebody whose seat is taken their place. ``visit.slot`` and ``visit.name`` are set here.

        Raises
        ------
        RoomIsFull
            The world has no slot (people who left a moment ago keep theirs for two seconds).
        """
        friend = self.visits.get(beside)
        if at_cm is None and friend is not None:
            at_cm, yaw = self.world.beside(friend.slot)
        visit.slot = self.world.enter(
            self._clock.ms(),
            at_cm=at_cm,
            yaw=yaw,
            teleports=bool(visit.caps & Cap.VR),
            far=bool(visit.caps & Cap.FAR),
            bodies=bool(visit.caps & Cap.BODIES),
            attached=not is_away,
        )
        visit.rev = self.world.rev(visit.slot)
        if not is_away:
            visit.since_seq = self.social.log.last_seq  # nothing before is theirs to read
        occupant = Occupant(
            member=visit.member,
            principal=visit.who,
            name=visit.name,
            address=visit.address,
            since_seq=visit.since_seq,
            hears=bool(visit.caps & Cap.VOICE),
            blocked=set(blocked),
        )
        self.social.enter(occupant)
        visit.name, occupant.since_seq = occupant.name, visit.since_seq
        self.visits[visit.person] = visit
        self._lines.seat(visit)
        self.next_member = max(self.next_member, visit.member + 1)
        self.empty_since_s = None
        if is_away:
            self.lost(visit)
        return visit

    def greet(self, visit: Visit, connection: Caller, key: str, *, resumed_at: int | None) -> None:
        """
        Bind a connection to a visit: WELCOME, what was missed, what holds now, and a keyframe with the next tick.

        Parameters
        ----------
        resumed_at
            The client's cursor, or None for a new visit.
        """
        link = connection.link
        assert link is not None
        now_ms = self._clock.unix_ms()
        visit.connection = connection
        visit.away_since_s = None
        is_complete = resumed_at is None or self._replay(visit, resumed_at)
        welcome = Welcome(
            version=VERSION,
            slot=visit.slot,
            member=visit.member,
            room=f"{self.plan.store}/{self.plan.room}",
            key=key,
            cursor=visit.mailbox.written,
            resumed=resumed_at is not None,
            hz=HZ,
            time_ms=self._clock.ms() & 0xFFFFFFFF,
            floor=self.world.floor_info,
            limits=replace(self.world.limits, vote_s=VOTE_S, plan=LONGEST_PLAN),
            store=self.plan.store,
            ice=self._ice(visit.person),
        )
        link.send(encode_welcome(welcome))
        self._lines.open(visit, link)
        if resumed_at is not None:
            self.world.set_state(visit.slot, anim=Anim.AUTO, emote=0, mode=Mode.NONE, focus=0)
            self._put(self.social.back(visit.person, now_ms))
        if not is_complete:
            lost = Told(code="events.gap", text="Some of what happened while you were away is not kept any more.")
            self._lines.push(visit, encode_event_body(lost))
        for event in self.social.greeting(visit.person, now_ms):
            self._lines.push(visit, encode_event_body(event))
        self._lines.flush(visit)

    def lost(self, visit: Visit) -> None:
        """The link is gone; the seat is kept for the grace time, and others see that the person is away."""
        visit.connection = None
        visit.away_since_s = self._clock.s()
        self._lines.cut(visit)
        self.world.bodies.end(visit.slot)  # sharing holds for a connection alone
        self.world.set_state(visit.slot, anim=Anim.AWAY, emote=0, mode=Mode.NONE, focus=0)
        self._put(self.social.lost(visit.person, self._clock.unix_ms()))

    def depart(self, visit: Visit, *, to_other_room: bool = False) -> None:
        """Gone for good: out of the world, hands empty, seat free. No ghost stays behind."""
        if self.visits.get(visit.person) is visit:
            del self.visits[visit.person]
            self._put(self.social.gone(visit.person, self._clock.unix_ms(), to_other_room=to_other_room))
        visit.connection = None
        self._lines.free(visit)
        self.world.leave(visit.slot)
        self.shelves.forget(visit)
        self.seats.leave(visit.seat)
        if not self.visits:
            self.empty_since_s = self._clock.s()

    def at_slot(self, slot: int) -> Visit | None:
        """Who stands in a row of the world."""
        return self._lines.at_slot(slot)

    # ── requests

    def set_state(self, visit: Visit, state: State) -> None:
        """STATE."""
        self.world.set_state(visit.slot, anim=state.anim, emote=state.emote, mode=state.mode, focus=state.focus)

    def ask(self, visit: Visit, message: Say | actions.AnyAction) -> None:
        """Chat and everything else people do with each other; a no goes to the one who asked."""
        now_ms = self._clock.unix_ms()
        if self.desk.is_full:
            self.refuse(visit, Refused(n=message.n, code="room.busy", text="The room is very busy.", wait_ms=2000))
            return
        try:
            if isinstance(message, actions.Vote) and message.op == "open":
                self._wishes.check_worn(visit, message)
            if isinstance(message, Say):
                effects = self.social.say(visit.person, message, now_ms)
            else:
                others = self.social.act(visit.person, message, now_ms)
                if others is None:
                    self._wishes.act(visit, message)
                    return
                effects = others
        except ShowroomError as exc:
            self.refuse(visit, refusal(message.n, exc))
            return
        self._put(effects, visit, message.n)

    def wear(self, visit: Visit, items: Iterable[tuple[str, str | None]]) -> None:
        """Somebody has these on from now on; of one product the last counts. Everybody asks for the card again."""
        if self.visits.get(visit.person) is not visit or not self._wishes.wear(visit, items):
            return
        taken_off = self.social.taken_off(visit.person, {product for product, _ in visit.wears})
        if taken_off is not None:
            self._put(taken_off)

    def _look_for(self, visit: Visit, action: actions.Wear) -> None:
        if self._wearing is None or not action.items:
            self.wear(visit, action.items)
        else:
            self._wearing(self, visit, action)

    def refuse(self, visit: Visit, refused: Refused) -> None:
        """Say no to one person."""
        if visit.connection is not None:
            visit.connection.answer(encode_refused(refused))

    def cards(self, slots: Collection[int]) -> bytes:
        """CARDS for WHO; empty slots are left out."""
        found: list[Card] = []
        now_ms = self._clock.unix_ms()
        for slot in dict.fromkeys(slots):
            visit = self.at_slot(slot)
            if visit is not None:
                party = self.social.parties.of(visit.person)
                is_muted = self.social.moderation.is_muted(visit.person, self.plan.room, now_ms)
                found.append(visit.card(party=party.number if party else 0, is_muted=is_muted))
        return encode_cards(found)

    def tell(self, visit: Visit, body: bytes) -> None:
        """An encoded event for one person who is here now; not kept for those away."""
        if visit.connection is not None:
            self._lines.push(visit, body)
            self._lines.flush(visit)

    def switched(self, before: Switches) -> None:
        """A host in another copy of this room has locked or slowed it."""
        self._put(self.social.switched(before, self._clock.unix_ms()))

    def undress(self, avatar: str) -> None:
        """Whoever wears this avatar has the plain one from now on."""
        for visit in self.visits.values():
            if visit.look.avatar == avatar:
                self._wishes.look(visit, Look(tint=visit.look.tint))

    def close_all(self, close: Close) -> None:
        """Say goodbye to every connection; seats are kept."""
        for visit in list(self.visits.values()):
            if visit.connection is not None:
                visit.connection.close(close)

    # ── time

    def tick(self) -> None:
        """Take over the poses that came, move everybody on, write the frames."""
        self.tick_number += 1
        now_ms = self._clock.ms()
        world = self.world
        slots, poses, times = self.pose_slots, self.poses, self.pose_times
        self.pose_slots, self.poses, self.pose_times = [], [], []
        if poses:
            self._apply(now_ms, slots, poses, times)
        self._lines.write(world.tick(now_ms))
        world.sent(self._clock.ms())
        self._lines.catch_up()
        # A twentieth of the people each tick: all at once would make every twentieth frame late.
        self._write_down(islice(self.visits.values(), self.tick_number % HZ, None, HZ))
        if self._clock.s() >= self._next_social_s:
            self._next_social_s = self._clock.s() + 0.5
            if self.visits:
                self._put(self.social.tick(self._clock.unix_ms()))
            for visit, stock in self.shelves.due():
                self.tell(visit, encode_event_body(stock))

    def sweep(self, *, grace_s: float) -> list[Visit]:
        """About once a second: lets go of those away for too long, brings the gauges up to date. Who left."""
        now_s = self._clock.s()
        over = [
            visit
            for visit in self.visits.values()
            if visit.away_since_s is not None and now_s - visit.away_since_s >= grace_s
        ]
        for visit in over:
            self.depart(visit)
        gauges, staleness = self.gauges, self.world.staleness
        gauges.people = len(self.visits)
        gauges.away = sum(visit.connection is None for visit in self.visits.values())
        gauges.staleness_p50_ms = staleness.percentile(0.5) or 0.0
        gauges.staleness_p99_ms = staleness.percentile(0.99) or 0.0
        gauges.buffered_bytes = self._lines.buffered_bytes
        return over

    def kept(self, *, anew: bool = False) -> PackedCopy:
        """For the database: everybody as of their last turn, or as they are now."""
        if anew:
            self._write_down(list(self.visits.values()))
        visits = [visit.kept for visit in self.visits.values() if visit.kept is not None]
        return PackedCopy(self.key, self.plan.store, self.plan.room, self.ordinal, self.next_member, visits)

    def _write_down(self, visits: Iterable[Visit]) -> None:
        position = self.world.position
        for visit in visits:
            x, z, y, yaw = position(visit.slot)
            visit.packed((x, z, y), yaw)

    # ── events

    def _put(self, effects: Effects, visit: Visit | None = None, n: int = 0) -> None:
        if visit is None:
            self.desk.put(effects)
        else:
            asker = visit
            self.desk.put(effects, lambda exc: self.refuse(asker, refusal(n, exc)))

    def deliver(self, effects: Effects) -> None:
        """Effects that are on disk: put into force and handed out."""
        self.social.settle(effects)
        for sending in effects.sendings:
            body = encode_event_body(sending.event)
            for person in self.social.recipients(sending):
                visit = self.visits.get(person)
                if visit is None or (sending.seq is None and visit.connection is None):
                    continue
                self._lines.push(visit, body, sending.seq or 0)
                self._lines.flush(visit)
        for person in effects.cards:
            visit = self.visits.get(person)
            if visit is not None:
                visit.rev = self.world.card_changed(visit.slot)
        for person, close in effects.leaves:
            visit = self.visits.get(person)
            if visit is not None:
                connection = visit.connection
                self.depart(visit)
                if connection is not None:
                    connection.leave(close)

    def _replay(self, visit: Visit, cursor: int) -> bool:
        """Make the mailbox go on after the client's cursor; False if older events are not kept any more."""
        if visit.mailbox.resume(cursor):
            return True
        occupant = self.social.occupant(visit.person)
        blocked = occupant.blocked if occupant is not None else ()
        since = visit.mailbox.mark.seq_at(cursor)
        missed = self.social.log.missed(visit.person, since, since_seq=visit.since_seq, blocked=blocked)
        entries, size = [], 0
        for entry in reversed(missed.entries):
            size += len(entry.body) + 5
            if size > _REPLAY_BYTES:
                break
            entries.append(entry)
        visit.mailbox.restart(cursor, since)
        for entry in reversed(entries):
            visit.mailbox.push(entry.body, entry.seq)
        return missed.is_complete and len(entries) == len(missed.entries)

    def _apply(self, now_ms: int, slots: list[int], poses: list[bytes], times: list[int]) -> None:
        applied = self.world.apply(now_ms, slots, poses, times)
        self._counters.poses_total += len(poses)
        for reason, count in applied.refused.items():
            self._counters.poses_refused[reason.name.lower()] += count
        for slot in applied.malformed:
            self._lines.close(slot, Close.MALFORMED)
        for slot in applied.flooding:
            self._lines.close(slot, Close.FLOOD)


def new_mailbox(room: RoomCopy) -> Mailbox:
    """For somebody who comes in now: what was said before is not theirs to read."""
    return Mailbox(seq=room.social.log.last_seq)
