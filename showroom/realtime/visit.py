"""One person's seat in a copy of a room. It outlives its connections."""

import hashlib
import secrets
from typing import TYPE_CHECKING

from showroom.accounts.principal import Principal
from showroom.protocol.events import Card
from showroom.realtime.keeping import KeptVisit
from showroom.realtime.look import Look
from showroom.realtime.mailbox import Mailbox

if TYPE_CHECKING:
    from showroom.realtime.connection import Connection


def new_key() -> str:
    """A resume key: 192 bits that nobody guesses."""
    return secrets.token_urlsafe(24)


def hash_of(key: str) -> bytes:
    """How a resume key is kept. It is random, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).digest()


class Visit:
    """
    Parameters
    ----------
    seat
        Key of the seat in ``Seats``.
    member
        Number in the copy, never given again.
    slot
        Row in the world.
    address
        ``moderation.address_key`` of where they come from.
    """

    __slots__ = (
        "address", "away_since_s", "behind_since_s", "caps", "connection", "key_hash", "look", "mailbox", "member",
        "name", "rev", "seat", "since_seq", "slot", "wears", "who",
    )  # fmt: skip

    def __init__(
        self,
        *,
        who: Principal,
        seat: str,
        key_hash: bytes,
        member: int,
        slot: int,
        name: str,
        look: Look,
        address: str,
        caps: int,
        mailbox: Mailbox,
        wears: list[tuple[str, str | None]] | None = None,
        since_seq: int = 0,
    ) -> None:
        self.who = who
        self.seat = seat
        self.key_hash = key_hash
        self.member = member
        self.slot = slot
        self.name = name
        self.look = look
        self.wears = wears or []
        self.address = address
        self.caps = caps
        self.mailbox = mailbox
        self.since_seq = since_seq
        self.rev = 0
        self.connection: Connection | None = None
        self.away_since_s: float | None = None
        self.behind_since_s: float | None = None

    @property
    def person(self) -> str:
        """The principal's id."""
        return self.who.id

    def card(self, *, party: int, is_muted: bool) -> Card:
        """What others are told of this person."""
        return Card(
            slot=self.slot,
            rev=self.rev,
            member=self.member,
            name=self.name,
            role=str(self.who.role),
            avatar=self.look.avatar,
            tint=self.look.tint,
            wears=self.wears,
            party=party,
            muted=is_muted,
        )

    def kept(self, at_cm: tuple[int, int, int], yaw: int) -> KeptVisit:
        """For the database."""
        return KeptVisit(
            key_hash=self.key_hash,
            seat=self.seat,
            who=self.who,
            member=self.member,
            name=self.name,
            look=self.look,
            wears=self.wears,
            address=self.address,
            caps=self.caps,
            at_cm=at_cm,
            yaw=yaw,
            mark=self.mailbox.mark,
            since_seq=self.since_seq,
        )
