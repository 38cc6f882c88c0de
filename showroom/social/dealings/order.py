"""Keeping order: what hosts decide and announce, what people report, whom they block."""

from typing import Final

from showroom.protocol import actions, events
from showroom.protocol.ids import Close
from showroom.social import storage
from showroom.social.effects import Effects
from showroom.social.errors import NobodyThere, TooFast
from showroom.social.moderation import ON_PEOPLE, Act, Decision, Moderation, Switches, Target
from showroom.social.people import Occupant, People

MOST_BLOCKED: Final = 500


class Order:
    """The store's moderation, as far as it concerns this room."""

    def __init__(self, people: People, moderation: Moderation) -> None:
        self._moderation = moderation
        self.muted: set[str] = set()
        """Who was mute at the last tick."""
        self._people = people

    def moderate(self, effects: Effects, occupant: Occupant, action: actions.Moderate, now_ms: int) -> None:
        """A host's decision; in force once it is on disk (``settle``)."""
        act, people = Act(action.op), self._people
        target = None
        if act in ON_PEOPLE:
            if action.who is None:
                raise NobodyThere("That needs a person. Choose one.")
            other = people.here(people.with_number(action.who))
            who = other.principal
            target = Target(person=who.id, role=who.role, tenant=who.tenant, name=other.name, address=other.address)
        decision = self._moderation.decide(
            act,
            occupant.principal,
            now_ms=now_ms,
            # A mute that ends at the next door is none: people's sanctions hold in all rooms of the store.
            room="" if target is not None else people.room,
            target=target,
            minutes=action.minutes,
            slow_s=action.seconds,
            reason=action.reason,
            copy=people.log.room,
        )
        effects.decisions.append(decision)
        effects.writes.append(storage.decide(decision))
        told = events.Moderated(op=act.value, until_ms=decision.until_ms, reason=action.reason, seconds=action.seconds)
        people.keep(effects, told, now_ms, people=None if target is None else {target.person})
        if target is None:
            return
        effects.cards.add(target.person)
        if decision.clears:
            effects.writes.append(storage.remove(people.log.room, target.person))
            people.keep(effects, events.Unsaid(ids=people.log.remove(target.person)), now_ms)
        if decision.leaves:
            effects.leaves.append((target.person, Close.BANNED if act is Act.BAN else Close.KICKED))

    def settle(self, decision: Decision) -> None:
        """It is on disk."""
        self._moderation.apply(decision)
        if decision.act is Act.MUTE:
            muted = self._people.get(decision.audit.subject)
            if muted is not None:
                muted.is_open = False

    def report(self, effects: Effects, occupant: Occupant, action: actions.Report, now_ms: int) -> None:
        """For the store's staff to read, with the last words of the one it is about."""
        people = self._people
        other = people.here(people.with_number(action.who))
        line = self._moderation.report(
            occupant.person,
            Target(person=other.person, name=other.name),
            now_ms=now_ms,
            room=people.room,
            category=action.reason,
            text=action.text,
            quote=people.log.last_words(other.person, occupant.person),
        )
        effects.writes.append(storage.audit(line))

    def block(self, effects: Effects, occupant: Occupant, action: actions.Block, now_ms: int) -> None:
        """Hear and see nothing of somebody any more, or again."""
        other = self._people.with_number(action.who)
        person = occupant.person
        if action.on and len(occupant.blocked) >= MOST_BLOCKED:
            raise TooFast(f"You have blocked {MOST_BLOCKED} people already. Unblock somebody first.")
        if action.on and other != person:
            occupant.blocked.add(other)
        else:
            occupant.blocked.discard(other)
        effects.writes.append(storage.block(person, other, on=action.on and other != person, at_ms=now_ms))

    def announce(self, effects: Effects, occupant: Occupant, action: actions.Host, now_ms: int) -> None:
        """What a host says as a host."""
        self._moderation.check_staff(occupant.principal)
        hosted = events.Hosted(op=action.op, args=action.args, at_ms=now_ms)
        self._people.keep(effects, hosted, now_ms)

    def switched(self, effects: Effects, before: Switches, now_ms: int) -> None:
        """The room's switches are others than before, by a host in another copy of it."""
        now = self._moderation.switches(self._people.room)
        if now.is_locked != before.is_locked:
            op = Act.LOCK if now.is_locked else Act.UNLOCK
            self._people.keep(effects, events.Moderated(op=op.value), now_ms)
        if now.slow_s != before.slow_s:
            self._people.keep(effects, events.Moderated(op=Act.SLOW.value, seconds=now.slow_s), now_ms)

    def in_force(self, person: str, now_ms: int) -> list[events.Moderated]:
        """What somebody who comes in has to know."""
        told = []
        mute = self._moderation.in_force("mute", person, self._people.room, now_ms)
        if mute is not None:
            told.append(events.Moderated(op="mute", until_ms=mute.until_ms, reason=mute.reason))
        slow_s = self._moderation.switches(self._people.room).slow_s
        if slow_s:
            told.append(events.Moderated(op="slow", seconds=slow_s))
        return told

    def tick(self, effects: Effects, now_ms: int) -> None:
        """Mutes that begin or end."""
        room = self._people.room
        muted = {one.person for one in self._people if self._moderation.is_muted(one.person, room, now_ms)}
        effects.cards |= muted ^ self.muted
        for person in self.muted - muted:
            self._people.send(effects, events.Moderated(op="unmute"), people={person})
        self.muted = muted

    def gone(self, person: str) -> None:
        """The person has left for good."""
        self.muted.discard(person)
