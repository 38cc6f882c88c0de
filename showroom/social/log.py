"""
The log of one room: every event that must not be missed, numbered, with whom it is for.

The log is the queue. An event is numbered here, written to the database (``storage.append``) and only then sent; who
was away asks for what came after the last number it has, and after a restart the same rows come from the table.
Numbers rise and may skip (an event whose write failed was never sent to anybody). Whom an event is for is settled when
it happens, as a list of people: who leaves a party later still gets what was said to it before, who joins later does
not.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Collection, Iterable
from typing import Final

import msgspec
from msgspec import Struct

from showroom.errors import TooLarge

MOST_BYTES: Final = 20 << 10
"""Of one event."""
MOST_PEOPLE: Final = 512
"""Of one audience that is a list; longer lists are the whole room."""


class Entry(Struct, frozen=True, kw_only=True):
    """
    Parameters
    ----------
    seq
        Rising within the room, from 1.
    at_ms
        Unix time.
    kind
        The event's tag: ``said``, ``moderated``, ``held`` …
    audience
        People's ids, sorted; None for everybody in the room. No set: a thousand entries of a hundred people each would
        be eight megabytes of hash tables, and as tuples are one.
    author
        Who caused it; empty for the server. Who blocked the author is not sent it.
    body
        The encoded event, as it goes on the wire behind its cursor.
    """

    room: str
    seq: int
    at_ms: int
    kind: str
    body: bytes
    audience: tuple[str, ...] | None = None
    author: str = ""

    def is_for(self, person: str, blocked: Collection[str] = ()) -> bool:
        """Whether ``person``, who does not want to hear of ``blocked``, gets this."""
        if self.audience is not None:
            place = bisect_left(self.audience, person)
            if place == len(self.audience) or self.audience[place] != person:
                return False
        return not self.author or self.author == person or self.author not in blocked

    @property
    def size_bytes(self) -> int:
        """About what it takes in memory, beside what is the same for every entry."""
        return len(self.body) + 8 * len(self.audience or ())


class Missed(Struct, frozen=True):
    """
    What a person has missed.

    Parameters
    ----------
    entries
        In order.
    last_seq
        Where the log stands; the place to go on from, though nothing of it was for this person.
    is_complete
        False if older events are no longer kept: the client should say that something is missing.
    """

    entries: tuple[Entry, ...]
    last_seq: int
    is_complete: bool


class RoomLog:
    """
    The newest part of a room's log, in memory.

    Parameters
    ----------
    room
        Key of the copy; never used again for another one, since people's numbers belong to it.
    last_seq
        Of the last event ever numbered here (``storage.last_seq``).
    tail
        The newest entries, in order (``storage.newest``).
    most, most_bytes
        How much of it is kept in memory.
    """

    def __init__(
        self,
        room: str,
        *,
        last_seq: int = 0,
        tail: Iterable[Entry] = (),
        most: int = 1000,
        most_bytes: int = 2 << 20,
    ) -> None:
        self.room: Final = room
        self._most = most
        self._most_bytes = most_bytes
        self._tail: deque[Entry] = deque()
        self._bytes = 0
        self._last_seq = last_seq
        self._removed: dict[str, int] = {}
        self._forgotten_seq = last_seq
        entries = list(tail)
        if entries:
            self._forgotten_seq = entries[0].seq - 1
            for entry in entries:
                self.keep(entry)
            self._last_seq = max(last_seq, entries[-1].seq)

    @property
    def last_seq(self) -> int:
        """The number given last."""
        return self._last_seq

    @property
    def forgotten_seq(self) -> int:
        """Entries up to and with this one are in the table only."""
        return self._forgotten_seq

    def number(self) -> int:
        """The number of the next event. Give it out once, write the event, then ``keep`` it."""
        self._last_seq += 1
        return self._last_seq

    def entry(
        self,
        seq: int,
        kind: str,
        body: bytes,
        *,
        at_ms: int,
        audience: Collection[str] | None = None,
        author: str = "",
    ) -> Entry:
        """
        An entry of this room.

        Raises
        ------
        TooLarge
            ``body`` is longer than an event may be.
        """
        if len(body) > MOST_BYTES:
            raise TooLarge(f"That is too much for one message: {len(body)} bytes, {MOST_BYTES} allowed. Send less.")
        people = None if audience is None or len(audience) > MOST_PEOPLE else tuple(sorted(set(audience)))
        return Entry(room=self.room, seq=seq, at_ms=at_ms, kind=kind, body=body, audience=people, author=author)

    def keep(self, entry: Entry) -> None:
        """Remember an entry that is on disk; in the order of their numbers."""
        if entry.kind == "said" and entry.seq <= self._removed.get(entry.author, 0):
            entry = _emptied(entry)  # taken away while it was on its way to the disk
        self._tail.append(entry)
        self._bytes += entry.size_bytes
        while len(self._tail) > self._most or self._bytes > self._most_bytes:
            oldest = self._tail.popleft()
            self._bytes -= oldest.size_bytes
            self._forgotten_seq = oldest.seq

    def remove(self, author: str) -> list[int]:
        """Empty what somebody said (``storage.remove`` does so in the table); the newest 256 numbers, newest first."""
        gone: list[int] = []
        self._removed[author] = self._last_seq
        for i in range(len(self._tail) - 1, -1, -1):
            entry = self._tail[i]
            if entry.author == author and entry.kind == "said":
                if len(gone) < 256:
                    gone.append(entry.seq)
                self._bytes -= entry.size_bytes
                self._tail[i] = _emptied(entry)
        return gone

    def last_words(self, author: str, listener: str) -> str:
        """The last thing that ``author`` said in the hearing of ``listener``; empty if that is not in memory."""
        for entry in reversed(self._tail):
            if entry.kind == "said" and entry.author == author and entry.is_for(listener):
                text = msgspec.msgpack.decode(entry.body).get("text", "")
                return text if isinstance(text, str) else ""
        return ""

    def missed(self, person: str, after_seq: int, *, since_seq: int = 0, blocked: Collection[str] = ()) -> Missed:
        """
        What came for ``person`` after an event.

        Parameters
        ----------
        after_seq
            The last one it has; whatever a client claims.
        since_seq
            Where the log stood when the person came in: nothing before is theirs to read.
        """
        after = min(max(after_seq, since_seq, 0), self._last_seq)
        entries = tuple(e for e in self._tail if e.seq > after and e.is_for(person, blocked))
        last = self._tail[-1].seq if self._tail else self._forgotten_seq
        return Missed(entries, max(last, after), after >= self._forgotten_seq)


def _emptied(entry: Entry) -> Entry:
    return msgspec.structs.replace(entry, kind="removed", audience=(), body=b"")
