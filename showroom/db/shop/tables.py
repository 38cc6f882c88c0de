"""
The tables themselves; the works on them are in the modules beside this one.

Who locks what, always in this order, so that no two transactions wait for each other in a ring: the order's row, then
rows of ``shop_stock`` in the order of their keys. A lease changes only while its stock row is locked.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from showroom.db.tables import metadata


def _tenant() -> "Column[str]":
    return Column("tenant", String(80), primary_key=True)


def _sku() -> "Column[str]":
    return Column("sku", String(200), primary_key=True)


offers: Final = Table(
    "shop_offers",
    metadata,
    _tenant(),
    _sku(),
    Column("product", String(80), nullable=False, index=True),
    Column("variant", String(200), nullable=False),
    Column("size", String(200), nullable=False, server_default=""),
    Column("title", String(200), nullable=False),
    Column("prices", Text, nullable=False),  # JSON: minor units by currency
    Column("tax_note", String(200), nullable=False),
    Column("limit_each", Integer),
    Column("is_on_sale", Boolean, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)

stock: Final = Table(
    "shop_stock",
    metadata,
    _tenant(),
    _sku(),
    Column("on_hand", BigInteger, nullable=False),
    Column("leased", BigInteger, nullable=False),
    Column("sold", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("changed_ms", BigInteger, nullable=False, index=True),
    # The last line of defence: whatever the code does, the database refuses to oversell.
    CheckConstraint("on_hand >= 0 AND leased >= 0 AND sold >= 0", name="never_negative"),
)

leases: Final = Table(
    "shop_leases",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("holder", String(80), nullable=False),
    Column("tenant", String(80), nullable=False),
    Column("sku", String(200), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("deadline_ms", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),
    Column("order_id", String(40), index=True),
    Column("changed_ms", BigInteger, nullable=False),
    CheckConstraint("quantity > 0", name="holds_something"),
)
_held = text("state = 'held'")
Index("uq_shop_leases_held", leases.c.holder, leases.c.tenant, leases.c.sku, unique=True,
      sqlite_where=_held, postgresql_where=_held)  # fmt: skip
Index("ix_shop_leases_due", leases.c.deadline_ms, sqlite_where=_held, postgresql_where=_held)
Index("ix_shop_leases_changed", leases.c.changed_ms)

cart_lines: Final = Table(
    "shop_cart_lines",
    metadata,
    Column("holder", String(80), primary_key=True),
    _tenant(),
    _sku(),
    Column("quantity", Integer, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)

cart_codes: Final = Table(
    "shop_cart_codes",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256: a copy of the database moves no carts
    Column("holder", String(80), nullable=False, unique=True),
    Column("deadline_ms", BigInteger, nullable=False),
)

orders: Final = Table(
    "shop_orders",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("tenant", String(80), nullable=False),
    Column("buyer", String(80), nullable=False, index=True),
    Column("state", String(12), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("total_minor", BigInteger, nullable=False),
    Column("contact", Text, nullable=False),  # JSON
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("pay_before_ms", BigInteger, nullable=False),
    Column("provider", String(40), nullable=False),
    Column("intent", String(200), nullable=False),
    Column("page", Text, nullable=False),
    Column("charge", String(200)),  # the one that paid for it
)
Index("ix_shop_orders_tenant", orders.c.tenant, orders.c.id)
_unpaid = text("state IN ('placed', 'paying')")
Index("ix_shop_orders_unpaid", orders.c.pay_before_ms, sqlite_where=_unpaid, postgresql_where=_unpaid)

order_lines: Final = Table(
    "shop_order_lines",
    metadata,
    Column("order_id", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("tenant", String(80), nullable=False),
    Column("sku", String(200), nullable=False),
    Column("product", String(80), nullable=False),
    Column("variant", String(200), nullable=False),
    Column("size", String(200), nullable=False, server_default=""),
    Column("title", String(200), nullable=False),
    Column("tax_note", String(200), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("price_minor", BigInteger, nullable=False),
)

order_history: Final = Table(
    "shop_order_history",
    metadata,
    Column("order_id", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("state", String(12), nullable=False),
    Column("why", String(200), nullable=False),
)

charges: Final = Table(
    "shop_charges",
    metadata,
    Column("provider", String(40), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("order_id", String(40), nullable=False, index=True),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("state", String(12), nullable=False),  # kept, refunding, refunded
    Column("tries", Integer, nullable=False),
    Column("try_at_ms", BigInteger, nullable=False),
)
_refunding = text("state = 'refunding'")
Index("ix_shop_charges_refunding", charges.c.try_at_ms, sqlite_where=_refunding, postgresql_where=_refunding)

payment_events: Final = Table(
    "shop_payment_events",
    metadata,
    Column("provider", String(40), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("order_id", String(40), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)

answers: Final = Table(
    "shop_answers",
    metadata,
    Column("caller", String(80), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("fingerprint", String(32), nullable=False),
    Column("answer", Text, nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
)

__all__ = [
    "answers",
    "cart_codes",
    "cart_lines",
    "charges",
    "leases",
    "offers",
    "order_history",
    "order_lines",
    "orders",
    "payment_events",
    "stock",
]
