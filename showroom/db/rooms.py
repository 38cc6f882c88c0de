"""
Tables of what happens in rooms: the log of events, sanctions, the rooms' switches, the moderators' audit, reports.

Who sits where, for resume, is in ``visits``. The audit is append-only: nothing in the server updates or deletes it.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text
from sqlalchemy.schema import PrimaryKeyConstraint

from showroom.db.tables import metadata

_Number: Final = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only an INTEGER key

room_events: Final = Table(
    "room_events",
    metadata,
    Column("room", String(200), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("author", String(64), nullable=False),
    Column("audience", Text, nullable=True),  # JSON list of people; NULL: the whole room
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("room", "seq"),
    Index("ix_room_events_at_ms", "at_ms"),
)

room_sanctions: Final = Table(
    "room_sanctions",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=True),
    Column("store", String(64), nullable=False),
    Column("room", String(64), nullable=False),  # empty: all rooms of the store
    Column("kind", String(16), nullable=False),  # mute, ban
    Column("subject", String(80), nullable=False),  # a person's id, or net:HASH
    Column("from_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=True),  # NULL: until taken back
    Column("by", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_room_sanctions_store_subject", "store", "subject"),
)

room_switches: Final = Table(
    "room_switches",
    metadata,
    Column("store", String(64), nullable=False),
    Column("room", String(64), nullable=False),
    Column("is_locked", Integer, nullable=False),
    Column("slow_s", Integer, nullable=False),
    PrimaryKeyConstraint("store", "room"),
)

room_audit: Final = Table(
    "room_audit",
    metadata,
    Column("id", _Number, primary_key=True, autoincrement=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("store", String(64), nullable=False),
    Column("room", String(64), nullable=False),
    Column("act", String(16), nullable=False),
    Column("by", String(64), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("subject_name", String(64), nullable=False),  # as it read at that time
    Column("reason", Text, nullable=False),
    Column("details", Text, nullable=False),  # JSON: until, seconds, report category
    Index("ix_room_audit_store_at_ms", "store", "at_ms"),
)

room_blocks: Final = Table(
    "room_blocks",
    metadata,
    Column("person", String(64), nullable=False),
    Column("blocked", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("person", "blocked"),
)

room_states: Final = Table(
    "room_states",
    metadata,
    Column("place", String(200), nullable=False),
    Column("kind", String(32), nullable=False),  # parties, objects
    Column("at_ms", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("place", "kind"),
)
