"""What is written down of open copies, and read back after a restart. Works for ``Database.write`` and ``read``."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from msgspec import Raw, Struct
from sqlalchemy import Connection, bindparam, delete, insert, select

from showroom.accounts.principal import Principal
from showroom.db.visits import room_copies
from showroom.realtime.look import Look
from showroom.realtime.mailbox import Mark

Write = Callable[[Connection], None]


class KeptSeat(Struct, frozen=True, array_like=True):
    """
    What hardly ever changes of one person's seat.

    Parameters
    ----------
    key_hash
        SHA-256 of the resume key; the key itself is nowhere but with its owner.
    since_seq
        Where the room's log stood when they came.
    """

    key_hash: bytes
    seat: str
    who: Principal
    member: int
    name: str
    look: Look
    wears: list[tuple[str, str | None]]
    address: str
    caps: int
    since_seq: int


class KeptVisit(Struct, frozen=True, array_like=True):
    """
    One person's seat.

    Parameters
    ----------
    at_cm, yaw
        Where they stood: x, z, y and 65536ths of a turn.
    """

    seat: KeptSeat
    at_cm: tuple[int, int, int]
    yaw: int
    mark: Mark


class KeptCopy(Struct, frozen=True, array_like=True):
    """One copy of a room with all its seats; numbers of people go on from ``next_member``."""

    copy: str
    store: str
    room: str
    ordinal: int
    next_member: int
    visits: list[KeptVisit]


class PackedCopy(Struct, frozen=True, array_like=True):
    """A ``KeptCopy`` whose visits are packed already, each when its turn came."""

    copy: str
    store: str
    room: str
    ordinal: int
    next_member: int
    visits: list[Raw]


_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(KeptCopy)
# Made once, for they run every second: statements are cycles, which only the collector finds.
_REMOVE: Final = delete(room_copies).where(room_copies.c.copy == bindparam("gone"))
_ADD: Final = insert(room_copies)


def pack_seat(seat: KeptSeat) -> Raw:
    """Packed once, as long as it does not change."""
    return Raw(_encoder.encode(seat))


def pack_visit(seat: Raw, at_cm: tuple[int, int, int], yaw: int, mark: Mark) -> Raw:
    """A ``KeptVisit``."""
    return Raw(_encoder.encode((seat, at_cm, yaw, mark)))


def keep(process: str, copies: Sequence[PackedCopy], closed: Sequence[str], *, at_ms: int) -> Write:
    """Write down open copies as they are now, and forget closed ones. One transaction for all rooms of a process."""
    rows = [
        {
            "copy": one.copy, "process": process, "store": one.store, "room": one.room, "at_ms": at_ms,
            "body": _encoder.encode(one),
        }
        for one in copies
    ]  # fmt: skip
    gone = [{"gone": copy} for copy in (*closed, *(one.copy for one in copies))]

    def work(connection: Connection) -> None:
        if gone:
            connection.execute(_REMOVE, gone)
        if rows:
            connection.execute(_ADD, rows)

    return work


def kept(process: str, *, since_ms: int) -> Callable[[Connection], list[KeptCopy]]:
    """Copies that were open in this process a short while ago. What does not read any more is left out."""

    def work(connection: Connection) -> list[KeptCopy]:
        rows = connection.execute(
            select(room_copies.c.body).where(room_copies.c.process == process, room_copies.c.at_ms >= since_ms)
        ).all()
        found = []
        for row in rows:
            try:
                found.append(_decoder.decode(row.body))
            except msgspec.MsgspecError:
                continue
        return found

    return work


def forget(process: str) -> Write:
    """Drop what a process of this name wrote."""

    def work(connection: Connection) -> None:
        connection.execute(delete(room_copies).where(room_copies.c.process == process))

    return work
