"""One person's seat in a copy of a room. It outlives its connections."""

import hashlib
import secrets
from typing import Protocol

from msgspec import Raw

from showroom.accounts.principal import Principal
from showroom.protocol.events import Card
from showroom.protocol.ids import Close
from showroom.realtime.keeping import KeptSeat, pack_seat, pack_visit
from showroom.realtime.look import Look
from showroom.realtime.mailbox import Mailbox
from showroom.realtime.transport import Link
from showroom.social.rate import Bucket


def new_key() -> str:
    """A resume key: 192 bits that nobody guesses."""
    return secrets.token_urlsafe(24)


def hash_of(key: str) -> bytes:
    """How a resume key is kept. It is random, so a plain hash is enough."""
    return hashlib.sha256(key.encode()).digest()


class Caller(Protocol):
    """The connection by which somebody is here, as rooms know it."""

    link: Link | None
    is_embodied: bool

    def answer(self, message: bytes) -> None:
        """Send what was asked for."""

    def close(self, close: Close) -> None:
        """Say goodbye; the seat is kept for the grace time."""

    def leave(self, close: Close | int) -> None:
        """The seat is gone already: end the connection."""


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
        "_seat", "address", "away_since_s", "behind_since_s", "caps", "changes", "code", "connection", "kept",
        "key_hash", "look", "mailbox", "member", "name", "rev", "seat", "seated_ms", "since_seq", "slot", "wears",
        "wears_asked", "who",
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
        self.wears_asked = 0
        """How often they changed it: what is looked up may be old by the time it is found."""
        self.changes: Bucket | None = None
        self.address = address
        self.caps = caps
        self.mailbox = mailbox
        self.since_seq = since_seq
        self.rev = 0
        self.code = ""
        self.seated_ms = 0
        self.connection: Caller | None = None
        self.away_since_s: float | None = None
        self.behind_since_s: float | None = None
        self.kept: Raw | None = None
        self._seat: Raw | None = None

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

    def packed(self, at_cm: tuple[int, int, int], yaw: int) -> Raw:
        """For the database. Most of it is packed once; ``changed`` when it is not true any more."""
        if self._seat is None:
            seat = KeptSeat(
                self.key_hash, self.seat, self.who, self.member, self.name,
                self.look, self.wears, self.address, self.caps, self.since_seq,
            )  # fmt: skip
            self._seat = pack_seat(seat)
        self.kept = pack_visit(self._seat, at_cm, yaw, self.mailbox.mark)
        return self.kept

    def changed(self) -> None:
        """The person looks otherwise, or comes from elsewhere."""
        self._seat = None
