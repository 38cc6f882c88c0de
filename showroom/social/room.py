"""
One copy of a room, as far as people's dealings go: requests in, effects out.

The owner of the sockets does, for every request:

    effects = room.say(person, message, now_ms)            # or act, lost, back, gone, tick; may raise ShowroomError
    if effects.writes:
        await database.write(together(*effects.writes))    # on disk before anybody is told
    room.settle(effects)
    for sending in effects.sendings:
        for person in room.recipients(sending): …          # push encode_event_body(sending.event)
    for person, code in effects.leaves: …                  # close, and free the seat

Effects have to be settled in the order in which they came: two at once are fine as long as their writes are handed to
the database in that order, for it answers in that order. ``now_ms`` is Unix time that never steps back (the time at the
start and a monotonic clock since). An error's text is for the one who asked (``refusal``).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from msgspec import Struct

from showroom.accounts.principal import Principal
from showroom.protocol import actions, events
from showroom.protocol.events import AnyEvent
from showroom.protocol.ids import Close
from showroom.protocol.messages import Refused, Say, encode_event_body
from showroom.social import storage
from showroom.social.chat import Chat, Scope, without
from showroom.social.errors import ChatRefused, NobodyThere, TooFast
from showroom.social.log import Entry, RoomLog
from showroom.social.moderation import ON_PEOPLE, Act, Decision, Moderation, Switches, Target
from showroom.social.names import NamesTaken
from showroom.social.objects import Objects, Point
from showroom.social.parties import Parties
from showroom.social.rate import Bucket
from showroom.social.sharing import Share, Shares, View
from showroom.social.voice import Ears, Voice
from showroom.social.votes import MOST_ASKED, Vote, Votes
from showroom.world.things import Thing
from showroom_assets.errors import ShowroomError

REACTIONS: Final = frozenset(
    {
        "heart", "clap", "laugh", "wow", "fire", "thumbs_up", "thumbs_down", "wave", "question", "sad", "celebrate",
        "sparkle",
    }
)  # fmt: skip
_SEEN_M: Final = 25.0
"""How far reactions and objects on the move are told of; beyond, nobody could make them out."""
MOST_BLOCKED: Final = 500


class Place(Protocol):
    """Where people are: the owner's world."""

    def where(self, person: str) -> Point:
        """x, y, z in centimetres: where the server takes the person to be."""

    def near(self, person: str, radius_m: float) -> Collection[str]:
        """Who stands within so many metres of the person."""


@dataclass(slots=True)
class Occupant:
    """
    Somebody whose seat is kept, present or away.

    Parameters
    ----------
    member
        Their number in the room.
    name
        As it is shown.
    address
        ``moderation.address_key`` of where they come from.
    since_seq
        Where the log stood when they came: nothing before is theirs to read.
    hears
        Whether their client takes part in voice.
    """

    member: int
    principal: Principal
    name: str
    address: str = ""
    since_seq: int = 0
    hears: bool = False
    is_open: bool = False
    is_away: bool = False
    blocked: set[str] = field(default_factory=set)


class Sending(Struct, frozen=True, kw_only=True):
    """
    An event and whom it is for.

    Parameters
    ----------
    people
        None: everybody in the room.
    author
        Those who blocked them are left out.
    seq
        Its number in the log; None for what is not kept.
    """

    event: AnyEvent
    people: frozenset[str] | None = None
    author: str = ""
    seq: int | None = None


@dataclass(slots=True)
class Effects:
    """What a request comes to; see the module for what to do with each."""

    sendings: list[Sending] = field(default_factory=list)
    writes: list[storage.Write] = field(default_factory=list)
    leaves: list[tuple[str, Close]] = field(default_factory=list)
    cards: set[str] = field(default_factory=set)
    """People whose card (party, muted) reads differently now."""
    entries: list[Entry] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


class SocialRoom:
    """
    Parameters
    ----------
    store, room
        The room that this is a copy of; ``log.room`` is the copy's key.
    moderation, parties
        The store's; shared by all its rooms.
    things
        Objects with handles, from the store's manifest.
    """

    def __init__(
        self,
        store: str,
        room: str,
        *,
        log: RoomLog,
        place: Place,
        moderation: Moderation,
        parties: Parties,
        names: NamesTaken,
        chat: Chat | None = None,
        voice: Voice | None = None,
        things: Mapping[str, Thing] | None = None,
        grace_ms: int = 60_000,
    ) -> None:
        self.store: Final = store
        self.room: Final = room
        self.log: Final = log
        self.moderation: Final = moderation
        self.parties: Final = parties
        self.names: Final = names
        self.chat: Final = chat or Chat()
        self.voice: Final = voice or Voice()
        self.shares: Final = Shares(grace_ms=min(grace_ms, 10_000))
        self.votes: Final = Votes()
        self.objects: Final = Objects(things or {}, grace_ms=grace_ms)
        self._place: Final = place
        self._people: dict[str, Occupant] = {}
        self._by_member: dict[int, str] = {}
        self._reactions: dict[str, Bucket] = {}
        self._muted: set[str] = set()

    # ── coming and going

    def enter(self, occupant: Occupant) -> Occupant:
        """
        Let somebody in whose entry was checked (``Moderation.check_entry``); the name gets a number if it is taken.

        The same person again takes the old one's place.
        """
        person = occupant.principal.id
        old = self._people.get(person)
        if old is not None:
            del self._by_member[old.member]
        occupant.name = self.names.claim(person, occupant.name)
        occupant.since_seq = occupant.since_seq or self.log.last_seq
        self._people[person] = occupant
        self._by_member[occupant.member] = person
        return occupant

    def occupant(self, person: str) -> Occupant | None:
        """Who that is, if they have a seat here."""
        return self._people.get(person)

    def greeting(self, person: str, now_ms: int) -> list[AnyEvent]:
        """What somebody who comes in, or back, has to know of now; to be sent after what they missed."""
        told: list[AnyEvent] = [
            events.Held(thing=name, who=thing.owner, at=thing.at, turn=thing.turn)
            for name, thing in sorted(self.objects.all().items())
            if thing.owner is not None
        ]
        if self.parties.of(person) is not None:
            told.append(self._party_event(person))
        share = self.shares.of(person)
        if share is not None:
            told.append(self._shared_event(share))
        told += [self._vote_event(vote) for vote in self.votes.waiting_for(person)]
        mute = self.moderation.in_force("mute", person, self.room, now_ms)
        if mute is not None:
            told.append(events.Moderated(op="mute", until_ms=mute.until_ms, reason=mute.reason))
        slow_s = self.moderation.switches(self.room).slow_s
        if slow_s:
            told.append(events.Moderated(op="slow", seconds=slow_s))
        return told

    def lost(self, person: str, now_ms: int) -> Effects:
        """The person's link is lost; the seat is kept for a while."""
        occupant = self._people.get(person)
        if occupant is not None:
            occupant.is_away, occupant.is_open = True, False
            self.shares.lost(person, now_ms)
            self.objects.lost(occupant.member, now_ms)
        return Effects()

    def back(self, person: str, now_ms: int) -> Effects:
        """The person's link is back."""
        occupant = self._people.get(person)
        if occupant is not None:
            occupant.is_away = False
            self.shares.back(person)
            self.objects.back(occupant.member)
        return Effects()

    def gone(self, person: str, now_ms: int, *, to_other_room: bool = False) -> Effects:
        """The person has left for good: what they held, showed and led goes on without them."""
        effects = Effects()
        occupant = self._people.get(person)
        if occupant is None:
            return effects
        share = self.shares.of(person)
        was_leader = share is not None and share.leader == person
        asked = share.asked if share is not None else frozenset()
        rest = self.shares.gone(person)
        if was_leader:
            self._keep(effects, events.Unshared(who=occupant.member), now_ms, people=asked)
            if rest is not None:
                self._keep(effects, self._shared_event(rest), now_ms, people=rest.people)
        self._put_down(effects, self.objects.gone(occupant.member), now_ms)
        self._close_vote(effects, self.votes.close(person))
        if not to_other_room:
            self._leave_party(effects, person, now_ms)
        self.voice.gone(person)
        self.names.release(person)
        self._reactions.pop(person, None)
        self._muted.discard(person)
        del self._people[person]
        del self._by_member[occupant.member]
        return effects

    def tick(self, now_ms: int) -> Effects:
        """What time alone brings about: leads and objects of those away, mutes that end, voice. Twice a second."""
        effects = Effects()
        before = {share.leader: share for share in self.shares}
        leaders = {id(share): leader for leader, share in before.items()}
        for share in self.shares.expire(now_ms):
            old = self._people.get(leaders[id(share)])
            if old is not None:
                self._keep(effects, events.Unshared(who=old.member), now_ms, people=share.people | share.asked)
            if share.followers:
                self._keep(effects, self._shared_event(share), now_ms, people=share.people)
        self._put_down(effects, self.objects.expire(now_ms), now_ms)
        changed, over = self.votes.due(now_ms)
        for vote in changed:
            self._send(effects, self._vote_event(vote), people=vote.insiders)
        for vote in over:
            self._close_vote(effects, vote)
        muted = {p for p in self._people if self.moderation.is_muted(p, self.room, now_ms)}
        effects.cards |= muted ^ self._muted
        for person in self._muted - muted:
            self._send(effects, events.Moderated(op="unmute"), people={person})
        self._muted = muted
        self._listen(effects)
        return effects

    def switched(self, before: Switches, now_ms: int) -> Effects:
        """The room's switches are others than before, by a host in another copy of it: people here hear of it too."""
        effects = Effects()
        now = self.moderation.switches(self.room)
        if now.is_locked != before.is_locked:
            op = Act.LOCK if now.is_locked else Act.UNLOCK
            self._keep(effects, events.Moderated(op=op.value), now_ms)
        if now.slow_s != before.slow_s:
            self._keep(effects, events.Moderated(op=Act.SLOW.value, seconds=now.slow_s), now_ms)
        return effects

    def forget(self, now_ms: int) -> None:
        """Let go of what is over; about once a minute."""
        self.chat.forget(now_ms)
        self.votes.forget(now_ms)
        self._reactions = {p: b for p, b in self._reactions.items() if not b.is_full(now_ms)}

    # ── requests

    def say(self, person: str, message: Say, now_ms: int) -> Effects:
        """
        Chat.

        Raises
        ------
        ShowroomError
            For the author alone; see ``refusal``.
        """
        occupant = self._here(person)
        self.moderation.check_voice(person, self.room, now_ms)
        scope = Scope(message.scope)
        audience = self._audience(person, scope, message)
        said = self.chat.say(
            person,
            message.text,
            scope,
            now_ms=now_ms,
            audience=None if audience is None else without(audience, person, self._blocks(audience)),
            slow_s=self.moderation.switches(self.room).slow_s,
            is_staff=self.moderation.may_moderate(occupant.principal),
        )
        effects = Effects()
        seq = self.log.number()
        event = events.Said(
            id=seq, who=occupant.member, name=occupant.name, text=said.text, scope=scope.value, at_ms=now_ms
        )
        self._keep(effects, event, now_ms, people=said.audience, author=person, seq=seq)
        return effects

    def act(self, person: str, action: actions.AnyAction, now_ms: int) -> Effects | None:
        """
        Any other request.

        Returns
        -------
        Effects | None
            None for those that are not dealings between people (Wear, Look, Embody, Shop, Rate): the owner's business.

        Raises
        ------
        ShowroomError
        """
        occupant = self._here(person)
        effects = Effects()
        match action:
            case actions.React():
                self._react(effects, occupant, action, now_ms)
            case actions.Share():
                self._share(effects, occupant, action, now_ms)
            case actions.Unshare():
                self._unshare(effects, occupant, now_ms)
            case actions.Follow():
                share = self.shares.follow(person, self._person(action.who))
                self._send(effects, self._shared_event(share), people={person})
            case actions.Lead():
                self._hand_lead(effects, occupant, self._person(action.to), now_ms)
            case actions.Grab() | actions.Move() | actions.Release() | actions.HandOver():
                self._handle(effects, occupant, action, now_ms)
            case actions.Party():
                self._party(effects, occupant, action, now_ms)
            case actions.Vote():
                self._vote(effects, occupant, action, now_ms)
            case actions.Moderate():
                self._moderate(effects, occupant, action, now_ms)
            case actions.Report():
                self._report(effects, occupant, action, now_ms)
            case actions.Block():
                self._block(effects, occupant, action, now_ms)
            case actions.Signal():
                to = self._person(action.to)
                self.voice.relay(person, to, action.kind, action.data, now_ms)
                signalled = events.Signalled(who=occupant.member, kind=action.kind, data=action.data)
                self._send(effects, signalled, people={to}, author=person)
            case actions.Voice():
                if action.on:
                    self.moderation.check_voice(person, self.room, now_ms)
                occupant.is_open = action.on
            case actions.Host():
                self._host(effects, occupant, action, now_ms)
            case _:
                return None
        return effects

    # ── what the owner does with effects

    def settle(self, effects: Effects) -> None:
        """The writes are on disk: remember what was logged, put decisions into force."""
        for entry in effects.entries:
            self.log.keep(entry)
        for decision in effects.decisions:
            self.moderation.apply(decision)
            if decision.act is Act.MUTE:
                muted = self._people.get(decision.audit.subject)
                if muted is not None:
                    muted.is_open = False

    def recipients(self, sending: Sending) -> list[str]:
        """Who gets it, of those with a seat here; those away get it when they are back, if it is kept."""
        people = self._people if sending.people is None else sending.people
        return [
            person
            for person in people
            if (occupant := self._people.get(person)) is not None
            and (sending.author == person or sending.author not in occupant.blocked)
        ]

    def member(self, person: str) -> int:
        """The person's number in the room."""
        return self._here(person).member

    # ── talk

    def _audience(self, person: str, scope: Scope, message: Say) -> frozenset[str] | None:
        if scope is Scope.NEAR:
            return frozenset(self._place.near(person, self.chat.rules.near_m))
        if scope is Scope.PARTY:
            fellows = self.parties.fellows(person)
            if len(fellows) < 2:
                raise ChatRefused("You are in no party. Invite somebody first.")
            return fellows
        if scope is Scope.PRIVATE:
            if message.to is None:
                raise ChatRefused("A private message needs somebody to read it. Choose a person.")
            return frozenset((self._person(message.to),))
        return None

    def _react(self, effects: Effects, occupant: Occupant, action: actions.React, now_ms: int) -> None:
        if action.kind not in REACTIONS:
            raise NobodyThere(f"There is no reaction {action.kind}. Choose one of {', '.join(sorted(REACTIONS))}.")
        if action.to is not None:
            self._person(action.to)
        person = occupant.principal.id
        bucket = self._reactions.setdefault(person, Bucket(2, 6, now_ms=now_ms))
        if not bucket.take(now_ms):
            raise TooFast("Too many reactions. Wait a moment.", retry_after_ms=bucket.wait_ms(now_ms))
        event = events.Reacted(who=occupant.member, kind=action.kind, to=action.to, product=action.product)
        self._send(effects, event, people=self._place.near(person, _SEEN_M), author=person)

    # ── looking at things together

    def _share(self, effects: Effects, occupant: Occupant, action: actions.Share, now_ms: int) -> None:
        person = occupant.principal.id
        asked = {self._person(member) for member in action.to} or self.parties.fellows(person)
        asked = without(asked, person, self._blocks(asked))
        view = View(
            product=action.product,
            variant=action.variant,
            yaw=action.yaw,
            pitch=action.pitch,
            distance_mm=action.distance_mm,
        )
        share, is_new = self.shares.show(person, view, asked, now_ms)
        event = self._shared_event(share)
        if is_new:
            self._keep(effects, event, now_ms, people=share.asked | frozenset(share.followers), author=person)
        else:
            self._send(effects, event, people=share.followers, author=person)

    def _unshare(self, effects: Effects, occupant: Occupant, now_ms: int) -> None:
        ended = self.shares.stop(occupant.principal.id)
        if ended is not None and ended[1]:
            people = ended[0].asked | frozenset(ended[0].followers)
            self._keep(effects, events.Unshared(who=occupant.member), now_ms, people=people)

    def _hand_lead(self, effects: Effects, occupant: Occupant, to: str, now_ms: int) -> None:
        share = self.shares.hand_over(occupant.principal.id, to)
        self._keep(effects, events.Unshared(who=occupant.member), now_ms, people=share.people | share.asked)
        self._keep(effects, self._shared_event(share), now_ms, people=share.people)

    def _shared_event(self, share: Share) -> events.Shared:
        view = share.view
        return events.Shared(
            who=self._here(share.leader).member,
            product=view.product,
            variant=view.variant,
            yaw=view.yaw,
            pitch=view.pitch,
            distance_mm=view.distance_mm,
        )

    # ── votes

    def _vote(self, effects: Effects, occupant: Occupant, action: actions.Vote, now_ms: int) -> None:
        person = occupant.principal.id
        if action.op == "close":
            self._close_vote(effects, self.votes.close(person))
        elif action.op == "answer":
            if action.who is None or action.answer is None:
                raise NobodyThere("An answer needs a vote. Choose one.")
            vote = self.votes.answer(person, self._person(action.who), action.answer, now_ms)
            self._send(effects, self._vote_event(vote), people={person})
        elif action.product is None:
            raise NobodyThere("A vote is about something that you wear. Choose it.")
        else:
            self.moderation.check_voice(person, self.room, now_ms)
            vote = self.votes.open(person, action.product, action.variant, self._asked(person, action.scope), now_ms)
            self._send(effects, self._vote_event(vote), people=vote.asked | {person}, author=person)

    def taken_off(self, person: str, worn: Collection[str]) -> Effects | None:
        """They wear this now: a vote on something else is over."""
        vote = self.votes.of(person)
        if vote is None or vote.product in worn:
            return None
        effects = Effects()
        self._close_vote(effects, self.votes.close(person))
        return effects

    def _asked(self, person: str, scope: str) -> list[str]:
        """Who is asked: fellows, or who stands near; nobody who is away or has blocked the one who asks."""
        people = self.parties.fellows(person) if scope == "party" else self._place.near(person, _SEEN_M)
        here = [one for one in people if (other := self._people.get(one)) is not None and not other.is_away]
        return sorted(without(here, person, self._blocks(here)))[:MOST_ASKED]

    def _close_vote(self, effects: Effects, vote: Vote | None) -> None:
        if vote is not None:
            event = self._vote_event(vote, is_over=True)
            self._send(effects, event, people=vote.asked | {vote.asker}, author=vote.asker)

    def _vote_event(self, vote: Vote, *, is_over: bool = False) -> events.VoteIs:
        tally = vote.tally
        return events.VoteIs(
            who=self._here(vote.asker).member,
            product=vote.product,
            variant=vote.variant,
            asked=len(vote.asked),
            yes=tally["yes"],
            no=tally["no"],
            unsure=tally["unsure"],
            until_ms=vote.until_ms,
            over=is_over,
        )

    # ── objects

    def _handle(
        self,
        effects: Effects,
        occupant: Occupant,
        action: actions.Grab | actions.Move | actions.Release | actions.HandOver,
        now_ms: int,
    ) -> None:
        who, where = occupant.member, self._place.where(occupant.principal.id)
        match action:
            case actions.Move():
                thing = self.objects.move(action.thing, who, action.at, action.turn, where=where, now_ms=now_ms)
                near = self._place.near(occupant.principal.id, _SEEN_M)
                self._send(effects, _held(action.thing, thing), people=near)
                return
            case actions.Grab():
                thing = self.objects.take(action.thing, who, where)
            case actions.Release():
                thing = self.objects.release(action.thing, who, action.at, action.turn, where=where)
            case actions.HandOver():
                to_where = self._place.where(self._person(action.to))
                thing = self.objects.hand_over(action.thing, who, action.to, where=where, to_where=to_where)
        self._keep(effects, _held(action.thing, thing), now_ms)
        self._save_objects(effects, now_ms)

    def _put_down(self, effects: Effects, changed: Mapping[str, Thing], now_ms: int) -> None:
        for name, thing in changed.items():
            self._keep(effects, _held(name, thing), now_ms)
        if changed:
            self._save_objects(effects, now_ms)

    def _save_objects(self, effects: Effects, now_ms: int) -> None:
        effects.writes.append(storage.save_state(self.log.room, "objects", self.objects.snapshot(), at_ms=now_ms))

    # ── parties

    def _party(self, effects: Effects, occupant: Occupant, action: actions.Party, now_ms: int) -> None:
        person = occupant.principal.id
        if action.op == "leave":
            self._leave_party(effects, person, now_ms)
            return
        if action.op in ("create", "join"):
            old = self.parties.fellows(person)
            if action.op == "join":
                self.parties.join(person, action.code, now_ms)
            else:
                self.parties.create(person)
            self._tell_parties(effects, old | self.parties.fellows(person), now_ms)
            return
        if action.who is None:
            raise NobodyThere("That needs somebody to do it with. Choose a person.")
        other = self._person(action.who)
        match action.op:
            case "invite":
                had_one = self.parties.of(person) is not None
                self.parties.invite(person, other, now_ms)
                invited = events.Invited(who=occupant.member, name=occupant.name)
                self._keep(effects, invited, now_ms, people={other}, author=person)
                if not had_one:
                    self._tell_parties(effects, [person], now_ms)
            case "accept":
                old = self.parties.fellows(person)
                self.parties.accept(person, other, now_ms)
                self._tell_parties(effects, old | self.parties.fellows(person), now_ms)
            case "decline":
                self.parties.decline(person, other)
            case "remove":
                old = self.parties.fellows(person)
                self.parties.remove(person, other)
                self._tell_parties(effects, old, now_ms)

    def _leave_party(self, effects: Effects, person: str, now_ms: int) -> None:
        old = self.parties.fellows(person)
        if self.parties.leave(person) is not None:
            self._tell_parties(effects, old, now_ms)

    def _tell_parties(self, effects: Effects, people: Iterable[str], now_ms: int) -> None:
        """Everybody's own party as it is now. Not logged: it is said again to whoever comes back (``greeting``)."""
        for person in sorted(people):
            if person in self._people:
                self._send(effects, self._party_event(person), people={person})
                effects.cards.add(person)
        effects.writes.append(storage.save_state(self.store, "parties", self.parties.snapshot(), at_ms=now_ms))

    def _party_event(self, person: str) -> events.PartyIs:
        party = self.parties.of(person)
        members = [] if party is None else [self._people[p] for p in party.members if p in self._people]
        code = "" if party is None else party.code
        return events.PartyIs(members=[(one.member, one.name) for one in members], code=code)

    # ── order

    def _moderate(self, effects: Effects, occupant: Occupant, action: actions.Moderate, now_ms: int) -> None:
        act = Act(action.op)
        target = None
        if act in ON_PEOPLE:
            if action.who is None:
                raise NobodyThere("That needs a person. Choose one.")
            other = self._here(self._person(action.who))
            who = other.principal
            target = Target(
                person=who.id, role=who.role, tenant=who.tenant, name=other.name, address=other.address
            )  # fmt: skip
        decision = self.moderation.decide(
            act,
            occupant.principal,
            now_ms=now_ms,
            # A mute that ends at the next door is none: people's sanctions hold in all rooms of the store.
            room="" if target is not None else self.room,
            target=target,
            minutes=action.minutes,
            slow_s=action.seconds,
            reason=action.reason,
            copy=self.log.room,
        )
        effects.decisions.append(decision)
        effects.writes.append(storage.decide(decision))
        told = events.Moderated(
            op=act.value, until_ms=decision.until_ms, reason=action.reason, seconds=action.seconds
        )  # fmt: skip
        self._keep(effects, told, now_ms, people=None if target is None else {target.person})
        if target is not None:
            effects.cards.add(target.person)
        if decision.clears and target is not None:
            effects.writes.append(storage.remove(self.log.room, target.person))
            self._keep(effects, events.Unsaid(ids=self.log.remove(target.person)), now_ms)
        if decision.leaves and target is not None:
            effects.leaves.append((target.person, Close.BANNED if act is Act.BAN else Close.KICKED))

    def _report(self, effects: Effects, occupant: Occupant, action: actions.Report, now_ms: int) -> None:
        other = self._here(self._person(action.who))
        line = self.moderation.report(
            occupant.principal.id,
            Target(person=other.principal.id, name=other.name),
            now_ms=now_ms,
            room=self.room,
            category=action.reason,
            text=action.text,
            quote=self.log.last_words(other.principal.id, occupant.principal.id),
        )
        effects.writes.append(storage.audit(line))

    def _block(self, effects: Effects, occupant: Occupant, action: actions.Block, now_ms: int) -> None:
        other = self._person(action.who)
        person = occupant.principal.id
        if action.on and len(occupant.blocked) >= MOST_BLOCKED:
            raise TooFast(f"You have blocked {MOST_BLOCKED} people already. Unblock somebody first.")
        if action.on and other != person:
            occupant.blocked.add(other)
        else:
            occupant.blocked.discard(other)
        effects.writes.append(storage.block(person, other, on=action.on and other != person, at_ms=now_ms))

    def _host(self, effects: Effects, occupant: Occupant, action: actions.Host, now_ms: int) -> None:
        self.moderation.check_staff(occupant.principal)
        self._keep(effects, events.Hosted(op=action.op, args=action.args, at_ms=now_ms), now_ms)

    # ── voice

    def _listen(self, effects: Effects) -> None:
        people = [p for p, o in self._people.items() if o.hears and not o.is_away]
        if not any(self._people[person].is_open for person in people) and self.voice.is_silent:
            return
        points = [self._place.where(person) for person in people]
        numbers = [0 if (party := self.parties.of(person)) is None else party.number for person in people]
        ears = Ears(
            people=people,
            points_m=np.array([(x / 100, z / 100) for x, _, z in points], float).reshape(-1, 2),
            is_open=np.array([self._people[p].is_open and p not in self._muted for p in people], bool),
            party=np.array(numbers, np.int64),
            blocked={p: frozenset(self._people[p].blocked) for p in people if self._people[p].blocked},
        )
        for person, others in self.voice.update(ears).items():
            members = [self._people[other].member for other in others if other in self._people]
            self._send(effects, events.Nearby(members=members), people={person})

    # ── inside

    def _here(self, person: str) -> Occupant:
        occupant = self._people.get(person)
        if occupant is None:
            raise NobodyThere("They are not in this room any more.")
        return occupant

    def _person(self, member: int) -> str:
        person = self._by_member.get(member)
        if person is None:
            raise NobodyThere("They are not in this room any more.")
        return person

    def _blocks(self, people: Iterable[str]) -> dict[str, Collection[str]]:
        return {p: self._people[p].blocked for p in people if p in self._people}

    def _send(
        self, effects: Effects, event: AnyEvent, *, people: Collection[str] | None = None, author: str = ""
    ) -> None:
        audience = None if people is None else frozenset(people)
        if audience is None or audience:
            effects.sendings.append(Sending(event=event, people=audience, author=author))

    def _keep(
        self,
        effects: Effects,
        event: AnyEvent,
        now_ms: int,
        *,
        people: Collection[str] | None = None,
        author: str = "",
        seq: int | None = None,
    ) -> None:
        """Into the log, and out to people once it is on disk."""
        if people is not None and not people:
            return
        entry = self.log.entry(
            self.log.number() if seq is None else seq,
            str(event.__struct_config__.tag),
            encode_event_body(event),
            at_ms=now_ms,
            audience=people,
            author=author,
        )
        effects.entries.append(entry)
        effects.writes.append(storage.append([entry]))
        to = None if entry.audience is None else frozenset(entry.audience)
        effects.sendings.append(Sending(event=event, people=to, author=author, seq=entry.seq))


def refusal(n: int, error: ShowroomError) -> Refused:
    """An error of this tree as REFUSED, for the one who asked."""
    wait_ms = error.fields.get("retry_after_ms") or 0
    return Refused(n=n, code=error.code[:32], text=error.message[:500], wait_ms=min(int(wait_ms), 0xFFFFFFFF))


def _held(name: str, thing: Thing) -> events.Held:
    return events.Held(thing=name, who=thing.owner, at=thing.at, turn=thing.turn)
