"""What is done now and then: expiring claims, forgetting what nobody needs any more."""

from typing import Final

from sqlalchemy import delete, select

from showroom.db.shop.tables import answers, cart_codes, leases
from showroom.db.shop.transaction import Transaction
from showroom.shop.idempotency import KEPT_MS
from showroom.shop.stock import LeaseState

ENDED_KEPT_MS: Final = 7 * 24 * 3600 * 1000
"""How long leases that ended unsold are kept, for whoever asks what happened."""


def expire_some(transaction: Transaction, *, limit: int) -> int:
    """
    Expire claims whose time is over; gives how many were found, to be called again while it is ``limit``.
    """
    query = (
        select(leases.c.tenant, leases.c.sku)
        .where(leases.c.state == "held", leases.c.deadline_ms <= transaction.now_ms)
        .order_by(leases.c.deadline_ms)
        .limit(limit)
    )
    found = [(row.tenant, row.sku) for row in transaction.connection.execute(query)]
    transaction.lock(found)
    transaction.expire(sorted(set(found)))
    return len(found)


def forget(transaction: Transaction) -> None:
    """Remove kept answers, codes and ended leases that are old."""
    connection, now_ms = transaction.connection, transaction.now_ms
    connection.execute(delete(answers).where(answers.c.at_ms < now_ms - KEPT_MS))
    connection.execute(delete(cart_codes).where(cart_codes.c.deadline_ms < now_ms))
    connection.execute(
        delete(leases).where(
            leases.c.state.in_([LeaseState.RELEASED, LeaseState.EXPIRED]),
            leases.c.changed_ms < now_ms - ENDED_KEPT_MS,
        )
    )
