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
from showroom.realtime.look import Look
from showroom.realtime.mailbox import Mailbox
from showroom.realtime.seats import Seats
from showroom.realtime.shelves import Shelves
from showroom.realtime.transport import Link
from showroom.realtime.visit import Visit
from showroom.social.effects import Effects
from showroom.social.errors import VoteRefused
from showroom.social.moderation import Switches
from showroom.social.people import Occupant
from showroom.social.rate import Bucket
from showroom.social.room import SocialRoom, refusal
from showroom.social.votes import VOTE_S
from showroom.world.bodies import MOST_SHARING
from showroom.world.world import World
from showroom_assets.errors import ShowroomError

if TYPE_CHECKING:
    from showroom.realtime.clock import Clock
    from showroom.realtime.connection import Connection
    from showroom.realtime.plan import RoomPlan

FRAMES_BEHIND_BYTES: Final = 16 << 10
"""A reader with more than this unread gets no frames until it has caught up, then a keyframe."""
EVENTS_BEHIND_BYTES: Final = 48 << 10
"""And no events either beyond this; they wait in the mailbox. With a frame in flight that stays below 64 kB."""
STALLED_S: Final = 15.0
"""Behind for this long is as good as gone: resume may bring it back."""
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
        self._by_slot: list[Visit | None] = [None] * world.capacity
        self._links: list[Link | None] = [None] * world.capacity
        self._clock = clock
        self._counters = counters
        self._ice = ice
        self._watched = watched
        self._wearing = wearing
        self._behind: dict[int, Visit] = {}
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
        self._by_slot[visit.slot] = visit
        self.next_member = max(self.next_member, visit.member + 1)
        self.empty_since_s = None
        if is_away:
            self.lost(visit)
        return visit

    def greet(self, visit: Visit, connection: "Connection", key: str, *, resumed_at: int | None) -> None:
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
        visit.away_since_s = visit.behind_since_s = None
        self._behind.pop(visit.slot, None)
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
            limits=replace(self.world.limits, vote_s=VOTE_S),
            store=self.plan.store,
            ice=self._ice(visit.person),
        )
        link.send(encode_welcome(welcome))
        self._links[visit.slot] = link
        self.world.attach(visit.slot)
        if resumed_at is not None:
            self.world.set_state(visit.slot, anim=Anim.AUTO, emote=0, mode=Mode.NONE, focus=0)
            self._put(self.social.back(visit.person, now_ms))
        if not is_complete:
            lost = Told(code="events.gap", text="Some of what happened while you were away is not kept any more.")
            self._push(visit, encode_event_body(lost), 0)
        for event in self.social.greeting(visit.person, now_ms):
            self._push(visit, encode_event_body(event), 0)
        self.flush(visit)

    def lost(self, visit: Visit) -> None:
        """The link is gone; the seat is kept for the grace time, and others see that the person is away."""
        visit.connection = None
        visit.away_since_s = self._clock.s()
        self._links[visit.slot] = None
        self._behind.pop(visit.slot, None)
        self.world.detach(visit.slot)
        self.world.bodies.end(visit.slot)  # sharing holds for a connection alone
        self.world.set_state(visit.slot, anim=Anim.AWAY, emote=0, mode=Mode.NONE, focus=0)
        self._put(self.social.lost(visit.person, self._clock.unix_ms()))

    def depart(self, visit: Visit, *, to_other_room: bool = False) -> None:
        """Gone for good: out of the world, hands empty, seat free. No ghost stays behind."""
        if self.visits.get(visit.person) is visit:
            del self.visits[visit.person]
            self._put(self.social.gone(visit.person, self._clock.unix_ms(), to_other_room=to_other_room))
        visit.connection = None
        self._links[visit.slot] = None
        self._by_slot[visit.slot] = None
        self._behind.pop(visit.slot, None)
        self.world.leave(visit.slot)
        self.shelves.forget(visit)
        self.seats.leave(visit.seat)
        if not self.visits:
            self.empty_since_s = self._clock.s()

    def at_slot(self, slot: int) -> Visit | None:
        """Who stands in a row of the world."""
        return self._by_slot[slot] if slot < len(self._by_slot) else None

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
                self._check_worn(visit, message)
            if isinstance(message, Say):
                effects = self.social.say(visit.person, message, now_ms)
            else:
                others = self.social.act(visit.person, message, now_ms)
                if others is None:
                    self._own(visit, message)
                    return
                effects = others
        except ShowroomError as exc:
            self.refuse(visit, refusal(message.n, exc))
            return
        self._put(effects, visit, message.n)

    def wear(self, visit: Visit, items: Iterable[tuple[str, str | None]]) -> None:
        """Somebody has these on from now on; of one product the last counts. Everybody asks for the card again."""
        worn = list(dict(items).items())
        if worn == visit.wears or self.visits.get(visit.person) is not visit:
            return
        visit.wears = worn
        visit.rev = self.world.card_changed(visit.slot)
        visit.changed()
        taken_off = self.social.taken_off(visit.person, {product for product, _ in worn})
        if taken_off is not None:
            self._put(taken_off)

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
            self._push(visit, body, 0)
            self.flush(visit)

    def switched(self, before: Switches) -> None:
        """A host in another copy of this room has locked or slowed it."""
        self._put(self.social.switched(before, self._clock.unix_ms()))

    def undress(self, avatar: str) -> None:
        """Whoever wears this avatar has the plain one from now on."""
        for visit in self.visits.values():
            if visit.look.avatar == avatar:
                visit.look = Look(tint=visit.look.tint)
                visit.rev = self.world.card_changed(visit.slot)
                visit.changed()

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
        counters, world, links = self._counters, self.world, self._links
        slots, poses, times = self.pose_slots, self.poses, self.pose_times
        self.pose_slots, self.poses, self.pose_times = [], [], []
        if poses:
            self._apply(now_ms, slots, poses, times)
        tick = world.tick(now_ms)
        sent = dropped = size = 0
        for data, receivers in tick.frames:
            length = len(data)
            for slot in receivers:
                link = links[slot]
                if link is None:
                    continue
                if link.buffered() + length > FRAMES_BEHIND_BYTES:
                    dropped += 1
                    self._fall_behind(slot)
                else:
                    link.write(data)
                    sent += 1
                    size += length
        for slot, data in tick.private:
            link = links[slot]
            if link is None:
                continue
            if link.buffered() > FRAMES_BEHIND_BYTES:
                dropped += 1
                self._fall_behind(slot)
            else:
                link.write(data)
                sent += 1
                size += len(data)
        world.sent(self._clock.ms())
        counters.frames_total += sent
        counters.frame_bytes_total += size
        counters.frames_dropped += dropped
        if self._behind:
            self._catch_up()
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
        gauges.buffered_bytes = sum(link.buffered() for link in self._links if link is not None)
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

    def flush(self, visit: Visit) -> None:
        """Write what waits in somebody's mailbox, as far as their link takes it."""
        connection = visit.connection
        if connection is None or connection.link is None:
            return
        link, mailbox = connection.link, visit.mailbox
        for message in mailbox.unwritten():
            if link.buffered() + len(message) > EVENTS_BEHIND_BYTES:
                self._fall_behind(visit.slot)
                return
            link.send(message)
            mailbox.written += 1
            self._counters.events_total += 1

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
                self._push(visit, body, sending.seq or 0)
                self.flush(visit)
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

    def _push(self, visit: Visit, body: bytes, seq: int) -> None:
        if not visit.mailbox.push(body, seq) and visit.connection is not None:
            # Nothing is lost: what was logged is replayed from there when the client resumes.
            visit.connection.close(Close.SLOW_READER)

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

    # ── inside

    def _own(self, visit: Visit, action: actions.AnyAction) -> None:
        """Requests that concern a person's own looks and wishes."""
        match action:
            case actions.Wear():
                if not self._may_change(visit, action.n):
                    return
                visit.wears_asked += 1
                if self._wearing is None or not action.items:
                    self.wear(visit, action.items)
                else:
                    self._wearing(self, visit, action)
            case actions.Embody():
                self._embody(visit, action)
            case actions.Look():
                if not self._may_change(visit, action.n):
                    return
                visit.look = Look(avatar=action.avatar, tint=list(action.tint))
                visit.rev = self.world.card_changed(visit.slot)
                visit.changed()
            case actions.Shop():
                self.shelves.watch(visit, action.watch)
                self._watched(self, visit, action.watch)
            case actions.Rate():
                pass  # frames are shared: they are as many for everybody
            case _:
                self.refuse(visit, Refused(n=action.n, code="request.unknown", text="This server cannot do that."))

    def _may_change(self, visit: Visit, n: int) -> bool:
        """Each look or dress costs everybody around a question and an answer: a few in a row, then one a second."""
        now_ms = self._clock.ms()
        visit.changes = visit.changes or Bucket(1.0, 8, now_ms=now_ms)
        if visit.changes.take(now_ms):
            return True
        wait_ms = visit.changes.wait_ms(now_ms)
        self.refuse(visit, Refused(n=n, code="room.too_fast", text="Too many changes. Wait a moment.", wait_ms=wait_ms))
        return False

    def _check_worn(self, visit: Visit, vote: actions.Vote) -> None:
        if vote.product is not None and vote.product not in dict(visit.wears):
            raise VoteRefused("You do not wear that. Put it on first.")

    def _embody(self, visit: Visit, action: actions.Embody) -> None:
        """BODY may come from now on, or not any more; if too many share already, it is let go unseen."""
        connection, bodies = visit.connection, self.world.bodies
        if connection is not None:
            connection.is_embodied = action.on
        if not action.on:
            bodies.end(visit.slot)
        elif not bodies.begin(visit.slot, self._clock.ms()):
            text = f"{MOST_SHARING} people share how they move already. Try again later."
            self.refuse(visit, Refused(n=action.n, code="body.full", text=text, wait_ms=10_000))

    def _apply(self, now_ms: int, slots: list[int], poses: list[bytes], times: list[int]) -> None:
        applied = self.world.apply(now_ms, slots, poses, times)
        self._counters.poses_total += len(poses)
        for reason, count in applied.refused.items():
            self._counters.poses_refused[reason.name.lower()] += count
        for slot in applied.malformed:
            self._close_slot(slot, Close.MALFORMED)
        for slot in applied.flooding:
            self._close_slot(slot, Close.FLOOD)

    def _close_slot(self, slot: int, close: Close) -> None:
        visit = self._by_slot[slot]
        if visit is not None and visit.connection is not None:
            visit.connection.close(close)

    def _fall_behind(self, slot: int) -> None:
        visit = self._by_slot[slot]
        if visit is not None and slot not in self._behind:
            self._behind[slot] = visit
            visit.behind_since_s = self._clock.s()
            self.world.detach(slot)

    def _catch_up(self) -> None:
        """Readers that were behind: those with nothing unread are let back in, those that stall are closed."""
        now_s = self._clock.s()
        for slot, visit in list(self._behind.items()):
            link = self._links[slot]
            if link is None:
                continue
            if not link.buffered():
                del self._behind[slot]
                visit.behind_since_s = None
                self.world.attach(slot)
                self.flush(visit)
            elif now_s - (visit.behind_since_s or now_s) > STALLED_S and visit.connection is not None:
                visit.connection.close(Close.SLOW_READER)


def new_mailbox(room: RoomCopy) -> Mailbox:
    """For somebody who comes in now: what was said before is not theirs to read."""
    return Mailbox(seq=room.social.log.last_seq)
