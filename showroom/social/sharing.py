"""
*Look at this with me*: several people see one product in the same variant at the same angle, or the room that one
of them furnishes.

Who shows leads: the others' views follow. A share is known by its leader; a person is in one at most, as the leader or
as a follower. The lead can be handed to a follower. When the leader is gone for longer than the grace time, whoever
followed first leads. Turns are for now only: the last one counts, and nobody needs the ones before.
"""

from collections.abc import Collection, Iterator
from typing import Final

from msgspec import Struct

from showroom.social.errors import NobodyThere, ShareRefused, TooFast
from showroom.social.rate import Bucket

MOST_FOLLOWERS: Final = 32
_TURNS_PER_S: Final = 12.0


class View(Struct, frozen=True, kw_only=True):
    """
    What is looked at, and from where.

    Parameters
    ----------
    yaw, pitch
        Hundredths of a degree, as on the wire.
    plan
        The room that is furnished, if that is what is looked at.
    """

    product: str
    variant: str | None = None
    yaw: int = 0
    pitch: int = 0
    distance_mm: int = 1000
    plan: str | None = None

    def is_same_thing(self, other: "View") -> bool:
        """Whether only the angle differs, or how one and the same room is furnished."""
        if self.plan is not None and other.plan is not None:
            return True
        return (self.product, self.variant, self.plan) == (other.product, other.variant, other.plan)


class Share:
    """
    One shared look.

    Parameters
    ----------
    asked
        Who may follow.
    """

    __slots__ = ("asked", "away_since_ms", "bucket", "followers", "leader", "view")

    def __init__(self, leader: str, view: View, asked: frozenset[str], now_ms: int) -> None:
        self.leader = leader
        self.view = view
        self.asked = asked
        self.followers: list[str] = []
        self.away_since_ms: int | None = None
        self.bucket = Bucket(_TURNS_PER_S, _TURNS_PER_S, now_ms=now_ms)

    @property
    def people(self) -> frozenset[str]:
        """The leader and all who follow."""
        return frozenset((self.leader, *self.followers))


class Shares:
    """
    All shared looks of a room.

    Parameters
    ----------
    grace_ms
        How long a leader whose link is lost stays the leader.
    """

    def __init__(self, *, grace_ms: int = 10_000) -> None:
        self._grace_ms: Final = grace_ms
        self._by_person: dict[str, Share] = {}

    def of(self, person: str) -> Share | None:
        """The share a person is in."""
        return self._by_person.get(person)

    def show(self, person: str, view: View, asked: Collection[str], now_ms: int) -> tuple[Share, bool]:
        """
        Show something, or turn what one shows already.

        Parameters
        ----------
        asked
            Who may follow from now on; empty: as before.

        Returns
        -------
        Share, bool
            And whether it is new to those asked: another product or variant, more people. False is a mere turn.

        Raises
        ------
        TooFast
            More turns than a client makes. The client sends its last one a moment later.
        ShareRefused
            The person follows somebody: it must stop that first.
        """
        share = self._by_person.get(person)
        if share is None:
            share = Share(person, view, frozenset(asked) - {person}, now_ms)
            share.bucket.take(now_ms)
            self._by_person[person] = share
            return share, True
        if share.leader != person:
            raise ShareRefused("You follow somebody's look. Stop following, or ask for the lead.")
        if not share.bucket.take(now_ms):
            raise TooFast("Too many turns in a second.", retry_after_ms=share.bucket.wait_ms(now_ms))
        more = frozenset(asked) - {person} - share.asked
        is_new = bool(more) or not share.view.is_same_thing(view)
        share.asked |= more
        share.view = view
        share.away_since_ms = None
        return share, is_new

    def follow(self, person: str, leader: str) -> Share:
        """
        See what ``leader`` shows; ends the person's own share, or the following of another.

        Raises
        ------
        NobodyThere
            Nobody of that id shows anything to this person.
        ShareRefused
            Too many follow already.
        """
        share = self._by_person.get(leader)
        if share is None or share.leader != leader or person == leader:
            raise NobodyThere("That is not being shown any more.")
        if person in share.followers:
            return share
        if person not in share.asked:
            raise NobodyThere("That is not being shown any more.")  # sounds the same: nobody is told what is private
        if len(share.followers) >= MOST_FOLLOWERS:
            raise ShareRefused(f"{MOST_FOLLOWERS} people look at that already. Ask somebody to show it to you.")
        self.stop(person)
        share.followers.append(person)
        self._by_person[person] = share
        return share

    def stop(self, person: str) -> tuple[Share, bool] | None:
        """
        Stop showing or following.

        Returns
        -------
        tuple[Share, bool] | None
            The share as it was left, and whether it is over (the leader stopped: ``followers`` are those to be told).
            None if they were in none.
        """
        share = self._by_person.pop(person, None)
        if share is None:
            return None
        if share.leader == person:
            for follower in share.followers:
                del self._by_person[follower]
            return share, True
        share.followers.remove(person)
        return share, False

    def hand_over(self, person: str, to: str) -> Share:
        """
        Let a follower lead; the old leader follows.

        Raises
        ------
        ShareRefused
            Not theirs to give, or ``to`` does not follow.
        """
        share = self._by_person.get(person)
        if share is None or share.leader != person or to not in share.followers:
            raise ShareRefused("The lead can be given to somebody who follows, by who leads.")
        share.followers[share.followers.index(to)] = person
        share.leader = to
        share.away_since_ms = None
        return share

    def lost(self, person: str, now_ms: int) -> None:
        """The person's link is lost."""
        share = self._by_person.get(person)
        if share is not None and share.leader == person and share.away_since_ms is None:
            share.away_since_ms = now_ms

    def back(self, person: str) -> Share | None:
        """The person's link is back; what they look at with others, to be told again."""
        share = self._by_person.get(person)
        if share is not None and share.leader == person:
            share.away_since_ms = None
        return share

    def gone(self, person: str) -> Share | None:
        """The person has left the room: the next leads. The share if it goes on, for its people to be told."""
        share = self._by_person.get(person)
        if share is None:
            return None
        if share.leader == person:
            if not share.followers:
                self.stop(person)
                return None
            self._next_leads(share)
            share.followers.remove(person)
            del self._by_person[person]
            return share
        self.stop(person)
        return share

    def expire(self, now_ms: int) -> list[Share]:
        """Give the lead of those away for too long to the next; the shares that changed. Those alone are over."""
        changed = []
        for share in list(self):
            if share.away_since_ms is None or now_ms - share.away_since_ms < self._grace_ms:
                continue
            if share.followers:
                self._next_leads(share)
            else:
                self.stop(share.leader)
            changed.append(share)
        return changed

    def __iter__(self) -> Iterator[Share]:
        return (share for person, share in self._by_person.items() if share.leader == person)

    def _next_leads(self, share: Share) -> None:
        """The first follower leads, and the old leader follows last."""
        old, share.leader = share.leader, share.followers.pop(0)
        share.followers.append(old)
        share.away_since_ms = None
