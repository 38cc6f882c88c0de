"""Saying something, and showing in one sign what one thinks of it."""

from typing import Final

from showroom.protocol import actions, events
from showroom.protocol.messages import Say
from showroom.social.chat import Chat, Scope
from showroom.social.effects import Effects
from showroom.social.errors import ChatRefused, NobodyThere, TooFast
from showroom.social.moderation import Moderation
from showroom.social.parties import Parties
from showroom.social.people import Occupant, People
from showroom.social.rate import Bucket

REACTIONS: Final = frozenset(
    {
        "heart", "clap", "laugh", "wow", "fire", "thumbs_up", "thumbs_down", "wave", "question", "sad", "celebrate",
        "sparkle",
    }
)  # fmt: skip


class Talk:
    """Chat and reactions."""

    def __init__(self, people: People, chat: Chat, *, moderation: Moderation, parties: Parties) -> None:
        self._chat = chat
        self._people = people
        self._moderation = moderation
        self._parties = parties
        self._reactions: dict[str, Bucket] = {}

    def say(self, effects: Effects, occupant: Occupant, message: Say, now_ms: int) -> None:
        """Chat, to those whom its scope names."""
        people, person = self._people, occupant.person
        self._moderation.check_voice(person, people.room, now_ms)
        scope = Scope(message.scope)
        audience = self._audience(person, scope, message)
        said = self._chat.say(
            person,
            message.text,
            scope,
            now_ms=now_ms,
            audience=None if audience is None else people.open_to(person, audience),
            slow_s=self._moderation.switches(people.room).slow_s,
            is_staff=self._moderation.may_moderate(occupant.principal),
        )
        seq = people.log.number()
        event = events.Said(
            id=seq, who=occupant.member, name=occupant.name, text=said.text, scope=scope.value, at_ms=now_ms
        )
        people.keep(effects, event, now_ms, people=said.audience, author=person, seq=seq)

    def react(self, effects: Effects, occupant: Occupant, action: actions.React, now_ms: int) -> None:
        """A sign over one's head, for those who can see it."""
        if action.kind not in REACTIONS:
            raise NobodyThere(f"There is no reaction {action.kind}. Choose one of {', '.join(sorted(REACTIONS))}.")
        if action.to is not None:
            self._people.with_number(action.to)
        person = occupant.person
        bucket = self._reactions.setdefault(person, Bucket(2, 6, now_ms=now_ms))
        if not bucket.take(now_ms):
            raise TooFast("Too many reactions. Wait a moment.", retry_after_ms=bucket.wait_ms(now_ms))
        event = events.Reacted(who=occupant.member, kind=action.kind, to=action.to, product=action.product)
        self._people.send(effects, event, people=self._people.near(person), author=person)

    def gone(self, person: str) -> None:
        """The person has left for good."""
        self._reactions.pop(person, None)

    def forget(self, now_ms: int) -> None:
        """Let go of what is over."""
        self._chat.forget(now_ms)
        self._reactions = {p: b for p, b in self._reactions.items() if not b.is_full(now_ms)}

    def _audience(self, person: str, scope: Scope, message: Say) -> frozenset[str] | None:
        if scope is Scope.NEAR:
            return frozenset(self._people.place.near(person, self._chat.rules.near_m))
        if scope is Scope.PARTY:
            fellows = self._parties.fellows(person)
            if len(fellows) < 2:
                raise ChatRefused("You are in no party. Invite somebody first.")
            return fellows
        if scope is Scope.PRIVATE:
            if message.to is None:
                raise ChatRefused("A private message needs somebody to read it. Choose a person.")
            return frozenset((self._people.with_number(message.to),))
        return None
