"""Avatars that people bring along."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "avatars",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("triangles", sa.Integer(), nullable=False),
        sa.Column("height_m", sa.Float(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("is_removed", sa.Boolean(), nullable=False),
        sa.Column("removed_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avatars")),
    )
    op.create_index("ix_avatars_seen_ms", "avatars", ["seen_ms"], unique=False)

    op.create_table(
        "avatar_owners",
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("avatar", sa.String(length=32), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["avatar"], ["avatars.id"], name=op.f("fk_avatar_owners_avatar_avatars")),
        sa.PrimaryKeyConstraint("owner", "avatar", name=op.f("pk_avatar_owners")),
    )
    op.create_index("ix_avatar_owners_avatar", "avatar_owners", ["avatar"], unique=False)

    op.create_table(
        "avatar_reports",
        sa.Column("avatar", sa.String(length=32), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["avatar"], ["avatars.id"], name=op.f("fk_avatar_reports_avatar_avatars")),
        sa.PrimaryKeyConstraint("avatar", "by", name=op.f("pk_avatar_reports")),
    )
