"""Tables of avatars that people brought along. Their bytes are files beside the database, by the same name."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from showroom.db.tables import metadata

avatars: Final = Table(
    "avatars",
    metadata,
    Column("id", String(32), primary_key=True),  # the first 128 bits of the content's SHA-256, in hex
    Column("size_bytes", BigInteger, nullable=False),
    Column("triangles", Integer, nullable=False),
    Column("height_m", Float, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger, nullable=False),  # when it was last asked for, to a day
    Column("is_removed", Boolean, nullable=False, default=False),  # by an operator: it does not come back
    Column("removed_by", String(80), nullable=False, default=""),
    Index("ix_avatars_seen_ms", "seen_ms"),
)

avatar_owners: Final = Table(
    "avatar_owners",
    metadata,
    Column("owner", String(80), primary_key=True),
    Column("avatar", String(32), ForeignKey("avatars.id"), primary_key=True),
    Column("created_ms", BigInteger, nullable=False),
    Index("ix_avatar_owners_avatar", "avatar"),
)

avatar_reports: Final = Table(
    "avatar_reports",
    metadata,
    Column("avatar", String(32), ForeignKey("avatars.id"), primary_key=True),
    Column("by", String(80), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("text", Text, nullable=False),
)
