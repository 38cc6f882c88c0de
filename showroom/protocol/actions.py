"""
ACTION: everything a person may ask for that is neither a pose nor chat.

Each is a tagged MessagePack map. ``n`` numbers the request, so that a REFUSED can name it; 0 asks for no answer.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from showroom.protocol.fields import I53, U8, U32, CentiDeg, Id, Member, Note, Plan, Point, Sdp, Turn, Word


class Action(Struct, tag_field="do", frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of the requests."""

    n: U32 = 0


class React(Action, frozen=True, tag="react"):
    """A reaction floating up from the person, or given to somebody's message or to a product."""

    kind: Word
    to: Member | None = None
    product: Id | None = None


class Share(Action, frozen=True, tag="share"):
    """
    *Look at this with me*: the same product, variant and angle. Again on every turn of it, at most 10 a second. With a
    ``plan``: at the room one furnishes, ``product`` being what was placed last.
    """

    product: Id
    variant: Id | None = None
    yaw: CentiDeg = 0
    pitch: CentiDeg = 0
    distance_mm: Annotated[int, Meta(ge=10, le=100000)] = 1000
    plan: Plan | None = None
    to: Annotated[list[Member], Meta(max_length=8)] = []
    """Whom; empty: the party."""


class Unshare(Action, frozen=True, tag="unshare"):
    """Stop sharing what is looked at, or stop following what somebody shares."""


class Follow(Action, frozen=True, tag="follow"):
    """Accept what somebody shares."""

    who: Member


class Lead(Action, frozen=True, tag="lead"):
    """Hand the lead of a shared look to somebody who follows it."""

    to: Member


class Grab(Action, frozen=True, tag="grab"):
    """Take an object's handle. First come, first served; EVENT ``held`` says who has it."""

    thing: Id


class Move(Action, frozen=True, tag="move"):
    """Move the object in one's hands; at most 10 a second."""

    thing: Id
    at: Point
    turn: Turn = (0, 0, 0, 10000)


class Release(Action, frozen=True, tag="release"):
    """Put an object down."""

    thing: Id
    at: Point
    turn: Turn = (0, 0, 0, 10000)


class HandOver(Action, frozen=True, tag="hand_over"):
    """Give the object in one's hands to somebody within reach."""

    thing: Id
    to: Member


class Party(Action, frozen=True, tag="party"):
    """Parties: ``who`` for invite, accept and decline (who invited) and remove; ``code`` for join."""

    op: Literal["create", "invite", "accept", "decline", "join", "leave", "remove"]
    who: Member | None = None
    code: Annotated[str, Meta(max_length=16)] = ""


class Wear(Action, frozen=True, tag="wear"):
    """Put on up to eight products; the card's revision goes up."""

    items: Annotated[list[tuple[Id, Id | None]], Meta(max_length=8)]


class Look(Action, frozen=True, tag="look"):
    """Change the avatar itself."""

    avatar: Id
    tint: Annotated[list[Annotated[int, Meta(ge=0, le=0xFFFFFF)]], Meta(max_length=4)] = []


class Embody(Action, frozen=True, tag="embody"):
    """Begin or end to share how one moves: BODY may follow. Holds for this connection alone."""

    on: bool


class Vote(Action, frozen=True, tag="vote"):
    """*Does it suit me?* To open one names a product that one wears; to answer, ``who`` wears it and the ``answer``."""

    op: Literal["open", "answer", "close"]
    product: Id | None = None
    variant: Id | None = None
    scope: Literal["party", "near"] = "party"
    who: Member | None = None
    answer: Literal["yes", "no", "unsure"] | None = None


class Host(Action, frozen=True, tag="host"):
    """A host's command to the room; what commands there are is the room's business."""

    op: Word
    args: Annotated[dict[Word, Note | I53 | bool], Meta(max_length=16)] = {}


class Moderate(Action, frozen=True, tag="moderate"):
    """Enforced by the server, and kept in the audit log. ``who`` is not needed for the room's own switches."""

    op: Literal["mute", "unmute", "kick", "ban", "unban", "lock", "unlock", "slow", "clear"]
    who: Member | None = None
    minutes: Annotated[int, Meta(ge=0, le=525600)] = 0
    """0: until taken back."""
    seconds: Annotated[int, Meta(ge=0, le=3600)] = 0
    """For slow mode: the pause between two messages."""
    reason: Note = ""


class Report(Action, frozen=True, tag="report"):
    """Tell the moderators about somebody."""

    who: Member
    reason: Literal["harassment", "spam", "hate", "sexual", "underage", "impersonation", "cheating", "other"]
    text: Note = ""


class Block(Action, frozen=True, tag="block"):
    """Neither see nor hear somebody any more, for oneself alone."""

    who: Member
    on: bool = True


class Signal(Action, frozen=True, tag="signal"):
    """WebRTC signalling to somebody whom the server lists as near enough to talk to."""

    to: Member
    kind: Literal["offer", "answer", "ice", "bye"]
    data: Sdp = ""


class Voice(Action, frozen=True, tag="voice"):
    """Open or close one's own microphone for the nearest."""

    on: bool


class Shop(Action, frozen=True, tag="shop"):
    """Ask for the live stock of what stands on up to 64 shelves' SKUs; an empty list asks for none."""

    watch: Annotated[list[Id], Meta(max_length=64)]


class Rate(Action, frozen=True, tag="rate"):
    """How many frames a second the client can use (a phone in power saving); the server may send more."""

    hz: U8


AnyAction = (
    React | Share | Unshare | Follow | Lead | Grab | Move | Release | HandOver | Party | Wear | Look | Embody | Vote
    | Host | Moderate | Report | Block | Signal | Voice | Shop | Rate
)  # fmt: skip
