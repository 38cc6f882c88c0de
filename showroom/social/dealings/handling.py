"""Things with handles: taken up, carried, put down, handed over."""

from collections.abc import Mapping

from showroom.protocol import actions, events
from showroom.social import storage
from showroom.social.effects import Effects
from showroom.social.objects import Objects
from showroom.social.people import Occupant, People
from showroom.world.things import Thing


class Handling:
    """Objects in people's hands."""

    def __init__(self, people: People, objects: Objects) -> None:
        self._objects = objects
        self._people = people

    def act(
        self,
        effects: Effects,
        occupant: Occupant,
        action: actions.Grab | actions.Move | actions.Release | actions.HandOver,
        now_ms: int,
    ) -> None:
        """A request about a thing."""
        people = self._people
        who, where = occupant.member, people.place.where(occupant.person)
        match action:
            case actions.Move():
                thing = self._objects.move(action.thing, who, action.at, action.turn, where=where, now_ms=now_ms)
                people.send(effects, held(action.thing, thing), people=people.near(occupant.person))
                return
            case actions.Grab():
                thing = self._objects.take(action.thing, who, where)
            case actions.Release():
                thing = self._objects.release(action.thing, who, action.at, action.turn, where=where)
            case actions.HandOver():
                to_where = people.place.where(people.with_number(action.to))
                thing = self._objects.hand_over(action.thing, who, action.to, where=where, to_where=to_where)
        self._changed(effects, {action.thing: thing}, now_ms)

    def in_hands(self) -> list[events.Held]:
        """What somebody holds now."""
        return [held(name, thing) for name, thing in sorted(self._objects.all().items()) if thing.owner is not None]

    def gone(self, effects: Effects, occupant: Occupant, now_ms: int) -> None:
        """What they held is put down."""
        self._changed(effects, self._objects.gone(occupant.member), now_ms)

    def tick(self, effects: Effects, now_ms: int) -> None:
        """What those hold who are away for too long is put down."""
        self._changed(effects, self._objects.expire(now_ms), now_ms)

    def _changed(self, effects: Effects, changed: Mapping[str, Thing], now_ms: int) -> None:
        for name, thing in changed.items():
            self._people.keep(effects, held(name, thing), now_ms)
        if changed:
            key, kept = self._people.log.room, self._objects.snapshot()
            effects.writes.append(storage.save_state(key, "objects", kept, at_ms=now_ms))


def held(name: str, thing: Thing) -> events.Held:
    """Where a thing is, as it is told."""
    return events.Held(thing=name, who=thing.owner, at=thing.at, turn=thing.turn)
