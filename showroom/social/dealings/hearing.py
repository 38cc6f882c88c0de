"""Voice: who hears whom, and the signals by which two browsers find each other."""

from collections.abc import Collection

import numpy as np

from showroom.protocol import actions, events
from showroom.social.effects import Effects
from showroom.social.moderation import Moderation
from showroom.social.parties import Parties
from showroom.social.people import Occupant, People
from showroom.social.voice import Ears, Voice


class Hearing:
    """Voice among these people."""

    def __init__(self, people: People, voice: Voice, *, moderation: Moderation, parties: Parties) -> None:
        self._voice = voice
        self._people = people
        self._moderation = moderation
        self._parties = parties

    def act(self, effects: Effects, occupant: Occupant, action: actions.Signal | actions.Voice, now_ms: int) -> None:
        """A signal for somebody, or a microphone turned on or off."""
        person = occupant.person
        match action:
            case actions.Signal():
                to = self._people.with_number(action.to)
                self._voice.relay(person, to, action.kind, action.data, now_ms)
                signalled = events.Signalled(who=occupant.member, kind=action.kind, data=action.data)
                self._people.send(effects, signalled, people={to}, author=person)
            case actions.Voice():
                if action.on:
                    self._moderation.check_voice(person, self._people.room, now_ms)
                occupant.is_open = action.on

    def tick(self, effects: Effects, muted: Collection[str]) -> None:
        """Who hears whom now; told to those for whom that changed."""
        hearing = [one for one in self._people if one.hears and not one.is_away]
        if not any(one.is_open for one in hearing) and self._voice.is_silent:
            return
        points = [self._people.place.where(one.person) for one in hearing]
        parties = [self._parties.of(one.person) for one in hearing]
        ears = Ears(
            people=[one.person for one in hearing],
            points_m=np.array([(x / 100, z / 100) for x, _, z in points], float).reshape(-1, 2),
            is_open=np.array([one.is_open and one.person not in muted for one in hearing], bool),
            party=np.array([0 if party is None else party.number for party in parties], np.int64),
            blocked={one.person: frozenset(one.blocked) for one in hearing if one.blocked},
        )
        for person, others in self._voice.update(ears).items():
            members = [one.member for other in others if (one := self._people.get(other)) is not None]
            self._people.send(effects, events.Nearby(members=members), people={person})

    def gone(self, person: str) -> None:
        """The person has left for good."""
        self._voice.gone(person)
