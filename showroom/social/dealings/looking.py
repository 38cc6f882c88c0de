"""Looking at things together: one shows, others follow, the lead goes from hand to hand."""

from showroom.protocol import actions, events
from showroom.social.effects import Effects
from showroom.social.parties import Parties
from showroom.social.people import Occupant, People
from showroom.social.sharing import Share, Shares, View


class Looking:
    """Shared looks."""

    def __init__(self, people: People, shares: Shares, parties: Parties) -> None:
        self._shares = shares
        self._people = people
        self._parties = parties

    def act(
        self,
        effects: Effects,
        occupant: Occupant,
        action: actions.Share | actions.Unshare | actions.Follow | actions.Lead,
        now_ms: int,
    ) -> None:
        """A request about what is looked at together."""
        people, person = self._people, occupant.person
        match action:
            case actions.Share():
                self._show(effects, person, action, now_ms)
            case actions.Unshare():
                ended = self._shares.stop(person)
                if ended is not None and ended[1]:
                    told = ended[0].asked | frozenset(ended[0].followers)
                    people.keep(effects, events.Unshared(who=occupant.member), now_ms, people=told)
            case actions.Follow():
                share = self._shares.follow(person, people.with_number(action.who))
                people.send(effects, self.event(share), people={person})
            case actions.Lead():
                share = self._shares.hand_over(person, people.with_number(action.to))
                people.keep(effects, events.Unshared(who=occupant.member), now_ms, people=share.people | share.asked)
                self._tell(effects, share, now_ms, share.people)

    def gone(self, effects: Effects, occupant: Occupant, now_ms: int) -> None:
        """Who followed first leads on."""
        share = self._shares.of(occupant.person)
        was_leader = share is not None and share.leader == occupant.person
        asked = share.asked if share is not None else frozenset()
        rest = self._shares.gone(occupant.person)
        if was_leader:
            self._people.keep(effects, events.Unshared(who=occupant.member), now_ms, people=asked)
            if rest is not None:
                self._tell(effects, rest, now_ms, rest.people)

    def tick(self, effects: Effects, now_ms: int) -> None:
        """Who leads is away for too long."""
        leaders = {id(share): share.leader for share in self._shares}
        for share in self._shares.expire(now_ms):
            old = self._people.get(leaders[id(share)])
            if old is not None:
                told = share.people | share.asked
                self._people.keep(effects, events.Unshared(who=old.member), now_ms, people=told)
            if share.followers:
                self._tell(effects, share, now_ms, share.people)

    def event(self, share: Share) -> events.Shared:
        """As it is told."""
        view = share.view
        return events.Shared(
            who=self._people.here(share.leader).member,
            product=view.product,
            variant=view.variant,
            yaw=view.yaw,
            pitch=view.pitch,
            distance_mm=view.distance_mm,
            plan=view.plan,
        )

    def _show(self, effects: Effects, person: str, action: actions.Share, now_ms: int) -> None:
        people = self._people
        asked = {people.with_number(member) for member in action.to} or self._parties.fellows(person)
        view = View(
            product=action.product,
            variant=action.variant,
            yaw=action.yaw,
            pitch=action.pitch,
            distance_mm=action.distance_mm,
            plan=action.plan,
        )
        share, is_new = self._shares.show(person, view, people.open_to(person, asked), now_ms)
        if is_new:
            self._tell(effects, share, now_ms, share.asked | frozenset(share.followers), author=person)
        else:
            people.send(effects, self.event(share), people=share.followers, author=person)

    def _tell(self, effects: Effects, share: Share, now_ms: int, people: frozenset[str], author: str = "") -> None:
        """News of a share. A plan is of somebody's home: it is passed on, and never written down."""
        if share.view.plan is None:
            self._people.keep(effects, self.event(share), now_ms, people=people, author=author)
        else:
            self._people.send(effects, self.event(share), people=people, author=author)
