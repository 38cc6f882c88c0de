"""What a request comes to: whom to tell what, what to write, who has to leave. ``room`` says what is done with each."""

from dataclasses import dataclass, field

from msgspec import Struct

from showroom.protocol.events import AnyEvent
from showroom.protocol.ids import Close
from showroom.social import storage
from showroom.social.log import Entry
from showroom.social.moderation import Decision


class Sending(Struct, frozen=True, kw_only=True):
    """
    An event and whom it is for.

    Parameters
    ----------
    people
        None: everybody in the room.
    author
        Those who blocked them are left out.
    seq
        Its number in the log; None for what is not kept.
    """

    event: AnyEvent
    people: frozenset[str] | None = None
    author: str = ""
    seq: int | None = None


@dataclass(slots=True)
class Effects:
    """In the order in which they came about."""

    sendings: list[Sending] = field(default_factory=list)
    writes: list[storage.Write] = field(default_factory=list)
    leaves: list[tuple[str, Close]] = field(default_factory=list)
    cards: set[str] = field(default_factory=set)
    """People whose card (party, muted) reads differently now."""
    entries: list[Entry] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
