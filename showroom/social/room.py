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

from collections.abc import Collection, Mapping
from typing import Final

from showroom.protocol import actions
from showroom.protocol.events import AnyEvent
from showroom.protocol.messages import Refused, Say
from showroom.social.chat import Chat
from showroom.social.dealings.asking import Asking
from showroom.social.dealings.fellows import Fellows
from showroom.social.dealings.handling import Handling
from showroom.social.dealings.hearing import Hearing
from showroom.social.dealings.looking import Looking
from showroom.social.dealings.order import Order
from showroom.social.dealings.talk import Talk
from showroom.social.effects import Effects, Sending
from showroom.social.log import RoomLog
from showroom.social.moderation import Moderation, Switches
from showroom.social.names import NamesTaken
from showroom.social.objects import Objects
from showroom.social.parties import Parties
from showroom.social.people import Occupant, People, Place
from showroom.social.sharing import Shares
from showroom.social.voice import Voice
from showroom.social.votes import Votes
from showroom.world.things import Thing
from showroom_assets.errors import ShowroomError


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
        self.people: Final = People(store, room, log=log, place=place)
        self._talk: Final = Talk(self.people, self.chat, moderation=moderation, parties=parties)
        self._looking: Final = Looking(self.people, self.shares, parties)
        self._asking: Final = Asking(self.people, self.votes, moderation=moderation, parties=parties)
        self._handling: Final = Handling(self.people, self.objects)
        self._fellows: Final = Fellows(self.people, parties)
        self._order: Final = Order(self.people, moderation)
        self._hearing: Final = Hearing(self.people, self.voice, moderation=moderation, parties=parties)

    # ── coming and going

    def enter(self, occupant: Occupant) -> Occupant:
        """
        Let somebody in whose entry was checked (``Moderation.check_entry``); the name gets a number if it is taken.

        The same person again takes the old one's place.
        """
        occupant.name = self.names.claim(occupant.person, occupant.name)
        occupant.since_seq = occupant.since_seq or self.log.last_seq
        self.people.add(occupant)
        return occupant

    def occupant(self, person: str) -> Occupant | None:
        """Who that is, if they have a seat here."""
        return self.people.get(person)

    def greeting(self, person: str, now_ms: int) -> list[AnyEvent]:
        """What somebody who comes in, or back, has to know of now; to be sent after what they missed."""
        told: list[AnyEvent] = [*self._handling.in_hands()]
        if self.parties.of(person) is not None:
            told.append(self._fellows.event(person))
        share = self.shares.of(person)
        if share is not None:
            told.append(self._looking.event(share))
        told += [self._asking.event(vote) for vote in self.votes.waiting_for(person)]
        told += self._order.in_force(person, now_ms)
        return told

    def lost(self, person: str, now_ms: int) -> Effects:
        """The person's link is lost; the seat is kept for a while."""
        occupant = self.people.get(person)
        if occupant is not None:
            occupant.is_away, occupant.is_open = True, False
            self.shares.lost(person, now_ms)
            self.objects.lost(occupant.member, now_ms)
        return Effects()

    def back(self, person: str, now_ms: int) -> Effects:
        """The person's link is back."""
        occupant = self.people.get(person)
        if occupant is not None:
            occupant.is_away = False
            self.shares.back(person)
            self.objects.back(occupant.member)
        return Effects()

    def gone(self, person: str, now_ms: int, *, to_other_room: bool = False) -> Effects:
        """The person has left for good: what they held, showed and led goes on without them."""
        effects = Effects()
        occupant = self.people.get(person)
        if occupant is None:
            return effects
        self._looking.gone(effects, occupant, now_ms)
        self._handling.gone(effects, occupant, now_ms)
        self._asking.close(effects, person)
        if not to_other_room:
            self._fellows.leave(effects, person, now_ms)
        self._hearing.gone(person)
        self._talk.gone(person)
        self._order.gone(person)
        self.names.release(person)
        self.people.remove(occupant)
        return effects

    def tick(self, now_ms: int) -> Effects:
        """What time alone brings about: leads and objects of those away, mutes that end, voice. Twice a second."""
        effects = Effects()
        self._looking.tick(effects, now_ms)
        self._handling.tick(effects, now_ms)
        self._asking.tick(effects, now_ms)
        self._order.tick(effects, now_ms)
        self._hearing.tick(effects, self._order.muted)
        return effects

    def switched(self, before: Switches, now_ms: int) -> Effects:
        """The room's switches are others than before, by a host in another copy of it: people here hear of it too."""
        effects = Effects()
        self._order.switched(effects, before, now_ms)
        return effects

    def forget(self, now_ms: int) -> None:
        """Let go of what is over; about once a minute."""
        self._talk.forget(now_ms)
        self.votes.forget(now_ms)

    # ── requests

    def say(self, person: str, message: Say, now_ms: int) -> Effects:
        """
        Chat.

        Raises
        ------
        ShowroomError
            For the author alone; see ``refusal``.
        """
        effects = Effects()
        self._talk.say(effects, self.people.here(person), message, now_ms)
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
        occupant = self.people.here(person)
        effects = Effects()
        match action:
            case actions.React():
                self._talk.react(effects, occupant, action, now_ms)
            case actions.Share() | actions.Unshare() | actions.Follow() | actions.Lead():
                self._looking.act(effects, occupant, action, now_ms)
            case actions.Grab() | actions.Move() | actions.Release() | actions.HandOver():
                self._handling.act(effects, occupant, action, now_ms)
            case actions.Party():
                self._fellows.act(effects, occupant, action, now_ms)
            case actions.Vote():
                self._asking.act(effects, occupant, action, now_ms)
            case actions.Moderate():
                self._order.moderate(effects, occupant, action, now_ms)
            case actions.Report():
                self._order.report(effects, occupant, action, now_ms)
            case actions.Block():
                self._order.block(effects, occupant, action, now_ms)
            case actions.Host():
                self._order.announce(effects, occupant, action, now_ms)
            case actions.Signal() | actions.Voice():
                self._hearing.act(effects, occupant, action, now_ms)
            case _:
                return None
        return effects

    def taken_off(self, person: str, worn: Collection[str]) -> Effects | None:
        """They wear this now: a vote on something else is over."""
        effects = Effects()
        return effects if self._asking.taken_off(effects, person, worn) else None

    # ── what the owner does with effects

    def settle(self, effects: Effects) -> None:
        """The writes are on disk: remember what was logged, put decisions into force."""
        for entry in effects.entries:
            self.log.keep(entry)
        for decision in effects.decisions:
            self._order.settle(decision)

    def recipients(self, sending: Sending) -> list[str]:
        """Who gets it, of those with a seat here; those away get it when they are back, if it is kept."""
        return self.people.recipients(sending)

    def member(self, person: str) -> int:
        """The person's number in the room."""
        return self.people.here(person).member


def refusal(n: int, error: ShowroomError) -> Refused:
    """An error of this tree as REFUSED, for the one who asked."""
    wait_ms = error.fields.get("retry_after_ms") or 0
    return Refused(n=n, code=error.code[:32], text=error.message[:500], wait_ms=min(int(wait_ms), 0xFFFFFFFF))
