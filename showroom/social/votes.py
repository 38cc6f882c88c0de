"""
*Does it suit me?* Who wears something asks, who was asked answers once, and the count is the server's.

A person has one vote running at most, asks those who are here when it begins, and ends it or lets it run out. Nobody is
told who answered what. An answer stays when its giver leaves; a vote ends when its asker does. What it is not: who may
be asked (``room``), or whether the asker wears it (the owner of the sockets).
"""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final

from showroom.social.errors import NobodyThere, TooFast, VoteRefused
from showroom.social.rate import Bucket

VOTE_S: Final = 60
MOST_ASKED: Final = 200
"""The nearest are asked; more would be a poll of the street."""


class Vote:
    """
    One question.

    Parameters
    ----------
    asked
        Who may answer; the asker is not among them.
    """

    __slots__ = ("answers", "asked", "asker", "is_changed", "product", "until_ms", "variant")

    def __init__(self, asker: str, product: str, variant: str | None, asked: frozenset[str], until_ms: int) -> None:
        self.asker: Final = asker
        self.product: Final = product
        self.variant: Final = variant
        self.asked: Final = asked
        self.until_ms: Final = until_ms
        self.answers: dict[str, str] = {}
        self.is_changed = False

    @property
    def tally(self) -> Counter[str]:
        """How many answered what."""
        return Counter(self.answers.values())

    @property
    def insiders(self) -> frozenset[str]:
        """Who knows how it stands before its end: the asker, and who has answered already."""
        return frozenset((self.asker, *self.answers))


class Votes:
    """All votes of a room."""

    def __init__(self) -> None:
        self._by_asker: dict[str, Vote] = {}
        self._buckets: dict[str, Bucket] = {}

    def of(self, asker: str) -> Vote | None:
        """The vote that somebody has opened, if it runs."""
        return self._by_asker.get(asker)

    def open(self, asker: str, product: str, variant: str | None, asked: Collection[str], now_ms: int) -> Vote:
        """
        Ask.

        Raises
        ------
        VoteRefused
            Nobody is there to be asked, or one's own vote is still running.
        TooFast
            One question after the other.
        """
        whom = frozenset(asked) - {asker}
        if asker in self._by_asker:
            raise VoteRefused("Your vote is still running. End it first.")
        if not whom:
            raise VoteRefused("Nobody is here to be asked. Invite somebody first.")
        bucket = self._buckets.setdefault(asker, Bucket(1 / 20, 3, now_ms=now_ms))
        if not bucket.take(now_ms):
            raise TooFast("Too many votes. Wait a little.", retry_after_ms=bucket.wait_ms(now_ms))
        vote = self._by_asker[asker] = Vote(asker, product, variant, whom, now_ms + VOTE_S * 1000)
        return vote

    def answer(self, person: str, asker: str, answer: str, now_ms: int) -> Vote:
        """
        Answer, once.

        Raises
        ------
        NobodyThere
            It is over, or they were not asked; both sound the same.
        VoteRefused
            They have answered.
        """
        vote = self._by_asker.get(asker)
        if vote is None or person not in vote.asked or now_ms >= vote.until_ms:
            raise NobodyThere("That vote is over.")
        if person in vote.answers:
            raise VoteRefused("You have answered already. One answer counts.")
        vote.answers[person] = answer
        vote.is_changed = True
        return vote

    def close(self, asker: str) -> Vote | None:
        """End one's own vote; None if there is none."""
        return self._by_asker.pop(asker, None)

    def due(self, now_ms: int) -> tuple[list[Vote], list[Vote]]:
        """Those that run and read differently since the last time; those that have run out, which are over now."""
        over = [vote for vote in self if now_ms >= vote.until_ms]
        for vote in over:
            del self._by_asker[vote.asker]
        changed = [vote for vote in self if vote.is_changed]
        for vote in changed:
            vote.is_changed = False
        return changed, over

    def waiting_for(self, person: str) -> list[Vote]:
        """What somebody who comes back has to know of: their own vote, and what they were asked."""
        return [vote for vote in self if person == vote.asker or person in vote.asked]

    def forget(self, now_ms: int) -> None:
        """Let go of what is over; about once a minute."""
        self._buckets = {person: bucket for person, bucket in self._buckets.items() if not bucket.is_full(now_ms)}

    def __iter__(self) -> Iterator[Vote]:
        return iter(list(self._by_asker.values()))
