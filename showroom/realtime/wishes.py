"""
What people ask for that concerns themselves alone: what they wear, how they look, whether they share how they move, and
which goods they want to hear of.
"""

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from showroom.protocol import actions
from showroom.protocol.messages import Refused
from showroom.realtime.look import Look
from showroom.realtime.shelves import Shelves
from showroom.realtime.visit import Visit
from showroom.social.errors import VoteRefused
from showroom.social.rate import Bucket
from showroom.world.bodies import MOST_SHARING
from showroom.world.world import World

if TYPE_CHECKING:
    from showroom.realtime.clock import Clock


class Wishes:
    """
    Parameters
    ----------
    refuse
        Says no to one person.
    watched, wearing
        As ``RoomCopy``'s, for this copy.
    """

    def __init__(
        self,
        world: World,
        shelves: Shelves,
        *,
        clock: "Clock",
        refuse: Callable[[Visit, Refused], None],
        watched: Callable[[Visit, Collection[str]], None],
        wearing: Callable[[Visit, actions.Wear], None],
    ) -> None:
        self._world = world
        self._shelves = shelves
        self._clock = clock
        self._refuse = refuse
        self._watched = watched
        self._wearing = wearing

    def act(self, visit: Visit, action: actions.AnyAction) -> None:
        """A request of that kind; any other is unknown."""
        match action:
            case actions.Wear():
                if self._may_change(visit, action.n):
                    visit.wears_asked += 1
                    self._wearing(visit, action)
            case actions.Embody():
                self._embody(visit, action)
            case actions.Look():
                if self._may_change(visit, action.n):
                    self.look(visit, Look(avatar=action.avatar, tint=list(action.tint)))
            case actions.Shop():
                self._shelves.watch(visit, action.watch)
                self._watched(visit, action.watch)
            case actions.Rate():
                pass  # frames are shared: they are as many for everybody
            case _:
                self._refuse(visit, Refused(n=action.n, code="request.unknown", text="This server cannot do that."))

    def look(self, visit: Visit, look: Look) -> None:
        """Somebody looks like this from now on. Everybody asks for the card again."""
        visit.look = look
        self._changed(visit)

    def wear(self, visit: Visit, items: Iterable[tuple[str, str | None]]) -> bool:
        """Somebody has these on from now on; of one product the last counts. Whether that is anything new."""
        worn = list(dict(items).items())
        if worn == visit.wears:
            return False
        visit.wears = worn
        self._changed(visit)
        return True

    def check_worn(self, visit: Visit, vote: actions.Vote) -> None:
        """
        A vote is on what one wears.

        Raises
        ------
        VoteRefused
        """
        if vote.product is not None and vote.product not in dict(visit.wears):
            raise VoteRefused("You do not wear that. Put it on first.")

    def _changed(self, visit: Visit) -> None:
        visit.rev = self._world.card_changed(visit.slot)
        visit.changed()

    def _may_change(self, visit: Visit, n: int) -> bool:
        """Each look or dress costs everybody around a question and an answer: a few in a row, then one a second."""
        now_ms = self._clock.ms()
        visit.changes = visit.changes or Bucket(1.0, 8, now_ms=now_ms)
        if visit.changes.take(now_ms):
            return True
        wait_ms = visit.changes.wait_ms(now_ms)
        text = "Too many changes. Wait a moment."
        self._refuse(visit, Refused(n=n, code="room.too_fast", text=text, wait_ms=wait_ms))
        return False

    def _embody(self, visit: Visit, action: actions.Embody) -> None:
        """BODY may come from now on, or not any more; if too many share already, it is let go unseen."""
        connection, bodies = visit.connection, self._world.bodies
        if connection is not None:
            connection.is_embodied = action.on
        if not action.on:
            bodies.end(visit.slot)
        elif not bodies.begin(visit.slot, self._clock.ms()):
            text = f"{MOST_SHARING} people share how they move already. Try again later."
            self._refuse(visit, Refused(n=action.n, code="body.full", text=text, wait_ms=10_000))
