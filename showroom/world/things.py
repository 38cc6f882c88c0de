"""Objects with a handle: one owner at a time, first come, first served. Pure rules, no positions checked here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Thing:
    """An object's state; positions as on the wire."""

    owner: int | None = None
    at: tuple[int, int, int] = (0, 0, 0)
    turn: tuple[int, int, int, int] = (0, 0, 0, 10000)


class Things:
    """
    The objects of a room and who holds them.

    Every method that changes something returns the object's new state, or None if it is not allowed: the caller says
    ``held`` to everybody or refuses.

    Parameters
    ----------
    things
        By id, where they stand.
    max_held
        By one person at a time.
    """

    def __init__(self, things: dict[str, Thing], *, max_held: int = 1) -> None:
        self._things = {name: Thing(None, thing.at, thing.turn) for name, thing in things.items()}
        self._held: dict[int, set[str]] = {}
        self.max_held = max_held

    def __getitem__(self, thing: str) -> Thing:
        return self._things[thing]

    def get(self, thing: str) -> Thing | None:
        """The state of an object, None if there is none of this name."""
        return self._things.get(thing)

    def all(self) -> dict[str, Thing]:
        """A copy of everything, for who enters."""
        return dict(self._things)

    def held_by(self, who: int) -> frozenset[str]:
        """What somebody has in their hands."""
        return frozenset(self._held.get(who, ()))

    def grab(self, thing: str, who: int) -> Thing | None:
        """Take a free object. Taking what one holds already is fine."""
        now = self._things.get(thing)
        if now is None or now.owner not in (None, who):
            return None
        if now.owner is None and len(self._held.get(who, ())) >= self.max_held:
            return None
        return self._set(thing, Thing(who, now.at, now.turn))

    def move(
        self,
        thing: str,
        who: int,
        at: tuple[int, int, int],
        turn: tuple[int, int, int, int],
    ) -> Thing | None:
        """Move what one holds."""
        now = self._things.get(thing)
        return self._set(thing, Thing(who, at, turn)) if now is not None and now.owner == who else None

    def release(
        self,
        thing: str,
        who: int,
        at: tuple[int, int, int],
        turn: tuple[int, int, int, int],
    ) -> Thing | None:
        """Put down what one holds."""
        now = self._things.get(thing)
        return self._set(thing, Thing(None, at, turn)) if now is not None and now.owner == who else None

    def hand_over(self, thing: str, who: int, to: int) -> Thing | None:
        """Give what one holds to somebody whose hands are free."""
        now = self._things.get(thing)
        if now is None or now.owner != who or to == who or len(self._held.get(to, ())) >= self.max_held:
            return None
        return self._set(thing, Thing(to, now.at, now.turn))

    def gone(self, who: int) -> dict[str, Thing]:
        """Somebody left: everything they held is free, where it was last."""
        return {
            name: self._set(name, Thing(None, self._things[name].at, self._things[name].turn))
            for name in sorted(self._held.get(who, ()))
        }

    def _set(self, name: str, thing: Thing) -> Thing:
        before = self._things[name].owner
        if before != thing.owner:
            if before is not None:
                self._held[before].discard(name)
                if not self._held[before]:
                    del self._held[before]
            if thing.owner is not None:
                self._held.setdefault(thing.owner, set()).add(name)
        self._things[name] = thing
        return thing
