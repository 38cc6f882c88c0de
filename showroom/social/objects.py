"""
Objects with a handle in a room: who may take, move, give and put down.

``world.things`` has the heart of it, one owner at a time. Here are the people around it: reach, pace, hands that must
be empty, and what becomes of an object whose owner's link is lost (theirs for a grace time, then free where it is).
Owners are members' numbers, which outlive a restart with their seats.
"""

from collections.abc import Collection, Mapping
from typing import Final

import msgspec
from msgspec import Struct

from showroom.social.errors import NobodyThere, ObjectRefused, TooFast
from showroom.social.rate import Bucket
from showroom.world.things import Thing, Things

Point = tuple[int, int, int]
"""x, y, z as on the wire: centimetres from the floor's corner and its ground."""
Turn = tuple[int, int, int, int]

_MOVES_PER_S: Final = 12.0
REACH_CM: Final = 250
"""How far from one's feet a hand may take or put something: an arm, a step, and the delay of a link."""


class _Kept(Struct, frozen=True):
    owner: int | None
    at: Point
    turn: Turn


class Objects:
    """
    The objects of one room.

    Parameters
    ----------
    things
        By id, where the store's manifest puts them.
    grace_ms
        How long an object stays with an owner whose link is lost.
    """

    def __init__(self, things: Mapping[str, Thing], *, grace_ms: int = 60_000, max_held: int = 1) -> None:
        self._things = Things(dict(things), max_held=max_held)
        self._grace_ms: Final = grace_ms
        self._away_since_ms: dict[int, int] = {}
        self._buckets: dict[int, Bucket] = {}

    def all(self) -> dict[str, Thing]:
        """Every object, for who enters."""
        return self._things.all()

    def held_by(self, who: int) -> frozenset[str]:
        """What somebody has in their hands."""
        return self._things.held_by(who)

    def take(self, thing: str, who: int, where: Point) -> Thing:
        """
        Take a free object.

        Parameters
        ----------
        where
            Where the server takes the person to be.

        Raises
        ------
        NobodyThere, ObjectRefused
        """
        now = self._known(thing)
        _check_reach(where, now.at)
        taken = self._things.grab(thing, who)
        if taken is None:
            if now.owner is not None:
                raise ObjectRefused("Somebody else holds that. Ask for it, or wait until it is put down.")
            raise ObjectRefused("Your hands are full. Put something down first.")
        return taken

    def move(self, thing: str, who: int, at: Point, turn: Turn, *, where: Point, now_ms: int) -> Thing:
        """
        Move what one holds.

        Raises
        ------
        NobodyThere, ObjectRefused, TooFast
        """
        self._check_owner(thing, who)
        _check_reach(where, at)
        bucket = self._buckets.setdefault(who, Bucket(_MOVES_PER_S, _MOVES_PER_S, now_ms=now_ms))
        if not bucket.take(now_ms):
            raise TooFast("Too many moves in a second.", retry_after_ms=bucket.wait_ms(now_ms))
        return self._changed(self._things.move(thing, who, at, turn))

    def release(self, thing: str, who: int, at: Point, turn: Turn, *, where: Point) -> Thing:
        """
        Put down what one holds.

        Raises
        ------
        NobodyThere, ObjectRefused
        """
        self._check_owner(thing, who)
        _check_reach(where, at)
        return self._changed(self._things.release(thing, who, at, turn))

    def hand_over(self, thing: str, who: int, to: int, *, where: Point, to_where: Point) -> Thing:
        """
        Give what one holds to somebody near, whose hands are free and whose link is alive.

        Raises
        ------
        NobodyThere, ObjectRefused
        """
        self._check_owner(thing, who)
        _check_reach(where, to_where)
        given = None if to in self._away_since_ms else self._things.hand_over(thing, who, to)
        if given is None:
            raise ObjectRefused("They cannot take it now: their hands are full. Put it down for them.")
        return given

    def lost(self, who: int, now_ms: int) -> None:
        """The person's link is lost: what they hold stays theirs for the grace time."""
        if self._things.held_by(who):
            self._away_since_ms.setdefault(who, now_ms)

    def back(self, who: int) -> frozenset[str]:
        """The person's link is back; what they still hold."""
        self._away_since_ms.pop(who, None)
        return self._things.held_by(who)

    def gone(self, who: int) -> dict[str, Thing]:
        """The person has left the room: what they held is free."""
        self._away_since_ms.pop(who, None)
        self._buckets.pop(who, None)
        return self._things.gone(who)

    def expire(self, now_ms: int) -> dict[str, Thing]:
        """Free what belongs to those away for longer than the grace time; the objects that changed."""
        late = [who for who, since in self._away_since_ms.items() if now_ms - since >= self._grace_ms]
        changed: dict[str, Thing] = {}
        for who in late:
            del self._away_since_ms[who]
            changed |= self._things.gone(who)
        return changed

    def snapshot(self) -> bytes:
        """Owners and places, for ``storage.save_state``."""
        return msgspec.msgpack.encode(
            {name: _Kept(thing.owner, thing.at, thing.turn) for name, thing in self._things.all().items()}
        )

    def restore(self, kept: bytes, now_ms: int, present: Collection[int]) -> None:
        """
        Put back what ``snapshot`` gave, as far as the room still has the objects.

        Parameters
        ----------
        present
            Members whose seats are kept. All of them count as away until they are back.
        """
        for name, old in msgspec.msgpack.decode(kept, type=dict[str, _Kept]).items():
            if self._things.get(name) is None:
                continue
            carrier = -1 if old.owner is None else old.owner
            # Through the rules, so that no snapshot can break them: taken, moved, and put down unless it is still held.
            if self._things.grab(name, carrier) is not None:
                self._things.move(name, carrier, old.at, old.turn)
                if old.owner is None or old.owner not in present:
                    self._things.release(name, carrier, old.at, old.turn)
                else:
                    self._away_since_ms.setdefault(carrier, now_ms)

    def _known(self, thing: str) -> Thing:
        now = self._things.get(thing)
        if now is None:
            raise NobodyThere("There is no such object in this room.")
        return now

    def _check_owner(self, thing: str, who: int) -> None:
        if self._known(thing).owner != who:
            raise ObjectRefused("That is not in your hands. Take it first.")

    def _changed(self, thing: Thing | None) -> Thing:
        if thing is None:
            raise ObjectRefused("That is not in your hands. Take it first.")
        return thing


def _check_reach(where: Point, at: Point) -> None:
    dx, dz = where[0] - at[0], where[2] - at[2]
    if dx * dx + dz * dz > REACH_CM * REACH_CM:
        raise ObjectRefused("That is out of reach. Go closer.")
