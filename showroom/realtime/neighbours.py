"""
The rooms of other processes, as far as this one heard of them lately, and what it tells them.

A process that says nothing for a few seconds is forgotten: nobody is sent there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from showroom.realtime.bus import AnyNotice, Bus, CopyNotice, Gone, Here, Promise

FORGET_S: Final = 5.0


@dataclass(slots=True)
class _Process:
    url: str
    heard_s: float
    copies: dict[str, CopyNotice] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A copy in another process, and the socket that leads there."""

    copy: CopyNotice
    url: str


class Neighbours:
    """
    Parameters
    ----------
    process
        This one's own name, whose notices are not looked at.
    clock
        Seconds that only rise.
    """

    def __init__(self, process: str, url: str, bus: Bus, *, clock: Callable[[], float]) -> None:
        self.process: Final = process
        self.url = url
        self._bus = bus
        self._clock = clock
        self._others: dict[str, _Process] = {}
        self._told: dict[str, list[str]] | None = None
        self._tells = 0

    def heard(self, notice: AnyNotice) -> None:
        """Take what another process says of its copies."""
        if notice.process == self.process:
            return
        if isinstance(notice, Here):
            other = self._others.setdefault(notice.process, _Process(notice.url, 0))
            other.url, other.heard_s = notice.url, self._clock()
            other.copies = {copy.key: copy for copy in notice.copies}
            if notice.people is not None:
                other.people = {code: key for key, codes in notice.people.items() for code in codes}
        elif isinstance(notice, Gone):
            self._others.pop(notice.process, None)

    def announce(self, copies: list[CopyNotice], people: Mapping[str, list[str]]) -> None:
        """Say which copies are here; who is there only if it changed, and now and then for newcomers."""
        now = {key: sorted(codes) for key, codes in people.items()}
        self._tells += 1
        is_news = now != self._told or self._tells % 5 == 0
        self._told = now
        self._bus.publish(Here(self.process, self.url, copies, now if is_news else None))

    def copies(self, store: str, room: str) -> list[Elsewhere]:
        """Copies of a room in other processes."""
        return [
            Elsewhere(copy, other.url)
            for other in self._alive()
            for copy in other.copies.values()
            if (copy.store, copy.room) == (store, room)
        ]

    def with_person(self, store: str, room: str, code: str) -> Elsewhere | None:
        """The copy elsewhere where the person of this code is."""
        for other in self._alive():
            copy = other.copies.get(other.people.get(code, ""))
            if copy is not None and (copy.store, copy.room) == (store, room):
                return Elsewhere(copy, other.url)
        return None

    def promise(self, there: Elsewhere, seat: str) -> None:
        """Ask the process that has the copy to keep the seat; it will find out at the latest when the ticket comes."""
        self._bus.publish(Promise(self.process, there.copy.key, seat))

    def _alive(self) -> list[_Process]:
        since = self._clock() - FORGET_S
        return [other for other in self._others.values() if other.heard_s >= since]
