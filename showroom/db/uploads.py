"""
Tables of uploads, of the conversions they become, and of what a conversion says while it works.

The table is the truth about a conversion; the queue (``jobs.queue``) is only the bell that wakes a worker.
``attempts``, ``worker`` and ``beat_ms`` are the lease of the worker that runs it: one that has stopped beating has lost
it.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from showroom.db.tables import metadata

tenants: Final = Table(
    "upload_tenants",
    metadata,
    # A row to lock while a tenant's quotas are counted: two uploads at once must not both be the last one.
    Column("tenant", String(80), primary_key=True),
)

uploads: Final = Table(
    "uploads",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("tenant", String(80), nullable=False),
    Column("owner", String(80), nullable=False),
    Column("name", String(200), nullable=False),
    Column("suffix", String(12), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False, default=""),
    Column("offset_bytes", BigInteger, nullable=False, default=0),
    Column("state", String(12), nullable=False),  # open | whole | gone
    Column("options", Text, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("touched_ms", BigInteger, nullable=False),
    Index("ix_uploads_tenant_state", "tenant", "state"),
    Index("ix_uploads_state_touched_ms", "state", "touched_ms"),
)

conversions: Final = Table(
    "conversions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("upload", String(40), ForeignKey("uploads.id"), nullable=False),
    Column("tenant", String(80), nullable=False),
    Column("owner", String(80), nullable=False),
    Column("product", String(80), nullable=False),
    Column("key", String(40), nullable=False),  # opens the draft's report in a browser that is not signed in
    Column("options", Text, nullable=False),
    # queued | running | draft | refused | failed | cancelled | publishing | published | deleted
    Column("state", String(12), nullable=False),
    Column("is_cancelled", Boolean, nullable=False, default=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("worker", String(80), nullable=False, default=""),
    Column("beat_ms", BigInteger, nullable=False, default=0),
    Column("last_event", Integer, nullable=False, default=0),
    Column("step", String(80), nullable=False, default=""),
    Column("fraction", Float, nullable=False, default=0.0),
    Column("error", Text, nullable=False, default=""),
    Column("result", Text, nullable=False, default=""),
    Column("draft_bytes", BigInteger, nullable=False, default=0),
    Column("version", Integer, nullable=False, default=0),
    Column("created_ms", BigInteger, nullable=False),
    Column("started_ms", BigInteger, nullable=False, default=0),
    Column("ended_ms", BigInteger, nullable=False, default=0),
    Index("ix_conversions_tenant_created_ms", "tenant", "created_ms"),
    Index("ix_conversions_state", "state"),
    Index("ix_conversions_upload", "upload"),
)

events: Final = Table(
    "conversion_events",
    metadata,
    # Numbered within a conversion, by the one worker that runs it: a reader that goes on after number n misses nothing.
    Column("conversion", String(40), ForeignKey("conversions.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("step", String(80), nullable=False),
    Column("fraction", Float, nullable=False),
    Column("message", String(500), nullable=False),
)
