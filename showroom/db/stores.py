"""Tables of stores: every version of a layout as it was put, and which one is open to visitors."""

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, String, Table, Text

from showroom.db.tables import metadata

stores: Final = Table(
    "stores",
    metadata,
    Column("tenant", String(80), nullable=False),
    Column("id", String(80), nullable=False),
    Column("newest", Integer, nullable=False),
    Column("published", Integer, nullable=True),  # the version that visitors see; none: only its merchant knows it
    Column("changed_ms", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant", "id"),
)

versions: Final = Table(
    "store_versions",
    metadata,
    Column("tenant", String(80), nullable=False),
    Column("id", String(80), nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("manifest", Text, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("made_by", String(40), nullable=False),
    PrimaryKeyConstraint("tenant", "id", "version"),
)
