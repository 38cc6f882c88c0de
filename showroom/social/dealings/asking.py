"""Asking others whether what one wears suits: votes opened, answered and closed."""

from collections.abc import Collection

from showroom.protocol import actions, events
from showroom.social.effects import Effects
from showroom.social.errors import NobodyThere
from showroom.social.moderation import Moderation
from showroom.social.parties import Parties
from showroom.social.people import Occupant, People
from showroom.social.votes import MOST_ASKED, Vote, Votes


class Asking:
    """Votes."""

    def __init__(self, people: People, votes: Votes, *, moderation: Moderation, parties: Parties) -> None:
        self._votes = votes
        self._people = people
        self._moderation = moderation
        self._parties = parties

    def act(self, effects: Effects, occupant: Occupant, action: actions.Vote, now_ms: int) -> None:
        """A request about a vote."""
        people, person = self._people, occupant.person
        if action.op == "close":
            self.close(effects, person)
        elif action.op == "answer":
            if action.who is None or action.answer is None:
                raise NobodyThere("An answer needs a vote. Choose one.")
            vote = self._votes.answer(person, people.with_number(action.who), action.answer, now_ms)
            people.send(effects, self.event(vote), people={person})
        elif action.product is None:
            raise NobodyThere("A vote is about something that you wear. Choose it.")
        else:
            self._moderation.check_voice(person, people.room, now_ms)
            vote = self._votes.open(person, action.product, action.variant, self._asked(person, action.scope), now_ms)
            people.send(effects, self.event(vote), people=vote.asked | {person}, author=person)

    def taken_off(self, effects: Effects, person: str, worn: Collection[str]) -> bool:
        """They wear this now: a vote on something else is over. Whether there was one."""
        vote = self._votes.of(person)
        if vote is None or vote.product in worn:
            return False
        self.close(effects, person)
        return True

    def close(self, effects: Effects, person: str) -> None:
        """The person's own vote is over, if they have one."""
        vote = self._votes.close(person)
        if vote is not None:
            self._over(effects, vote)

    def tick(self, effects: Effects, now_ms: int) -> None:
        """Counts that changed, votes whose time is up."""
        changed, over = self._votes.due(now_ms)
        for vote in changed:
            self._people.send(effects, self.event(vote), people=vote.insiders)
        for vote in over:
            self._over(effects, vote)

    def event(self, vote: Vote, *, is_over: bool = False) -> events.VoteIs:
        """As it is told."""
        tally = vote.tally
        return events.VoteIs(
            who=self._people.here(vote.asker).member,
            product=vote.product,
            variant=vote.variant,
            asked=len(vote.asked),
            yes=tally["yes"],
            no=tally["no"],
            unsure=tally["unsure"],
            until_ms=vote.until_ms,
            over=is_over,
        )

    def _over(self, effects: Effects, vote: Vote) -> None:
        event = self.event(vote, is_over=True)
        self._people.send(effects, event, people=vote.asked | {vote.asker}, author=vote.asker)

    def _asked(self, person: str, scope: str) -> list[str]:
        """Who is asked: fellows, or who stands near; nobody who is away or has blocked the one who asks."""
        people = self._parties.fellows(person) if scope == "party" else self._people.near(person)
        here = [one for one in people if (other := self._people.get(one)) is not None and not other.is_away]
        return sorted(self._people.open_to(person, here))[:MOST_ASKED]
