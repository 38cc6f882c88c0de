"""
Who sits where, for resume after a restart: one row for each open copy of a room, written about once a second.

The body is MessagePack (``showroom.realtime.keeping``): a row each for thousands of people who walk would be thousands
of writes a second, and nobody ever asks for one of them alone.
"""

from typing import Final

from sqlalchemy import BigInteger, Column, LargeBinary, String, Table

from showroom.db.tables import metadata

room_copies: Final = Table(
    "room_copies",
    metadata,
    Column("copy", String(200), primary_key=True),
    Column("process", String(64), nullable=False),
    Column("store", String(64), nullable=False),
    Column("room", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
