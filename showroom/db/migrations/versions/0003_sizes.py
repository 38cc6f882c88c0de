"""Sizes of what is offered and ordered."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    # Offers and orders from before say their size in their title, or have none.
    for table in ("shop_offers", "shop_order_lines"):
        op.add_column(table, sa.Column("size", sa.String(length=200), nullable=False, server_default=""))
