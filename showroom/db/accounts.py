"""Tables of merchants, accounts, sessions and API tokens. Passwords and tokens are kept as hashes alone."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table, Text

from showroom.db.tables import metadata

merchants: Final = Table(
    "merchants",
    metadata,
    Column("id", String(80), primary_key=True),  # the tenant: also the namespace of its products in the library
    Column("name", String(200), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

accounts: Final = Table(
    "accounts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("login", String(120), nullable=False, unique=True),  # folded: case does not tell people apart
    Column("name", String(120), nullable=False),
    Column("role", String(20), nullable=False),
    Column("tenant", String(80), ForeignKey("merchants.id"), nullable=True),
    Column("password", Text, nullable=False),  # argon2id, with its parameters; empty: no sign-in, tokens only
    Column("is_disabled", Boolean, nullable=False, default=False),
    Column("created_ms", BigInteger, nullable=False),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("account", String(40), ForeignKey("accounts.id"), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Index("ix_sessions_account", "account"),
    Index("ix_sessions_expires_ms", "expires_ms"),
)

tokens: Final = Table(
    "api_tokens",
    metadata,
    Column("id", String(40), primary_key=True),  # shown: it is also the part that a token is looked up by
    Column("account", String(40), ForeignKey("accounts.id"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("name", String(120), nullable=False),
    Column("scopes", Text, nullable=False),  # separated by spaces
    Column("created_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Index("ix_api_tokens_account", "account"),
)
