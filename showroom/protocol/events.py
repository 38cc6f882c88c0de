"""
EVENT: what a client must not miss, in order. Each has a cursor, is kept until it is acknowledged and sent again on
resume. Unknown fields and unknown tags are to be skipped by clients, so that a server may learn new ones.
"""

from typing import Annotated

from msgspec import Meta, Struct

from showroom.protocol.fields import (
    I53,
    U8,
    U16,
    U32,
    U53,
    CentiDeg,
    Id,
    Member,
    Name,
    Note,
    Plan,
    Point,
    Sdp,
    Text,
    Turn,
    Word,
)


class Event(Struct, tag_field="is", frozen=True, kw_only=True):
    """Base of the events."""


class Said(Event, frozen=True, tag="said"):
    """A chat message."""

    id: U53
    who: Member
    name: Name
    text: Text
    scope: Word
    """``room``, ``near``, ``party`` or ``private``."""
    at_ms: U53
    """Unix time."""


class Unsaid(Event, frozen=True, tag="unsaid"):
    """A moderator took messages away."""

    ids: Annotated[list[U53], Meta(max_length=256)]


class Reacted(Event, frozen=True, tag="reacted"):
    """A reaction."""

    who: Member
    kind: Word
    to: Member | None = None
    product: Id | None = None


class Shared(Event, frozen=True, tag="shared"):
    """Somebody shows a product, same variant, same angle; or with a ``plan`` the room that they furnish."""

    who: Member
    product: Id
    variant: Id | None = None
    yaw: CentiDeg = 0
    pitch: CentiDeg = 0
    distance_mm: U32 = 1000
    plan: Plan | None = None


class Unshared(Event, frozen=True, tag="unshared"):
    """The showing is over."""

    who: Member


class Held(Event, frozen=True, tag="held"):
    """An object changed hands, was put down (``who`` is None) or moved."""

    thing: Id
    who: Member | None
    at: Point | None = None
    turn: Turn | None = None


class PartyIs(Event, frozen=True, tag="party"):
    """One's party as it is now; no members: none."""

    members: Annotated[list[tuple[Member, Name]], Meta(max_length=16)]
    """The first one leads."""
    code: Annotated[str, Meta(max_length=16)] = ""
    """Lets in who has it: for a friend's link."""


class Invited(Event, frozen=True, tag="invited"):
    """Somebody asks one into a party."""

    who: Member
    name: Name


class Moderated(Event, frozen=True, tag="moderated"):
    """What a moderator did to oneself or to the room."""

    op: Word
    until_ms: U53 | None = None
    reason: Note = ""
    seconds: U16 = 0


class Hosted(Event, frozen=True, tag="hosted"):
    """A host's command, carried out."""

    op: Word
    args: Annotated[dict[Word, Note | I53 | bool], Meta(max_length=16)] = {}
    at_ms: U53 = 0


class Stock(Event, frozen=True, tag="stock"):
    """How many are left, for the SKUs one watches."""

    left: Annotated[dict[Id, U32], Meta(max_length=64)]


class Cart(Event, frozen=True, tag="cart"):
    """One's cart changed elsewhere: fetch it."""

    revision: U53


class Nearby(Event, frozen=True, tag="nearby"):
    """Whom to be connected with for voice, nearest first, decided by the server."""

    members: Annotated[list[Member], Meta(max_length=32)]


class Signalled(Event, frozen=True, tag="signalled"):
    """WebRTC signalling from somebody."""

    who: Member
    kind: Word
    data: Sdp = ""


class VoteIs(Event, frozen=True, tag="vote"):
    """How a vote on what somebody wears stands: to all asked at its begin and end, in between to those who answered."""

    who: Member
    product: Id
    asked: U16
    """How many may answer."""
    until_ms: U53
    """Unix time of its end."""
    variant: Id | None = None
    yes: U16 = 0
    no: U16 = 0
    unsure: U16 = 0
    over: bool = False


class Job(Event, frozen=True, tag="job"):
    """Progress of an upload of one's own."""

    job: Id
    step: Note
    done: Annotated[int, Meta(ge=0, le=1000)]
    """In thousandths."""


class Told(Event, frozen=True, tag="told"):
    """The server or an operator says something to everybody."""

    code: Word
    text: Note


AnyEvent = (
    Said | Unsaid | Reacted | Shared | Unshared | Held | PartyIs | Invited | Moderated | Hosted | Stock | Cart
    | Nearby | Signalled | VoteIs | Job | Told
)  # fmt: skip


class Card(Struct, frozen=True, kw_only=True):
    """Who stands in a slot: what WHO asks for. Good as long as slot and revision are those of the frames."""

    slot: U16
    rev: U8
    member: Member
    name: Name
    role: Word = "guest"
    avatar: Id = "guest"
    tint: Annotated[list[Annotated[int, Meta(ge=0, le=0xFFFFFF)]], Meta(max_length=4)] = []
    wears: Annotated[list[tuple[Id, Id | None]], Meta(max_length=8)] = []
    party: U32 = 0
    """0: none. People of one party have the same number."""
    muted: bool = False
