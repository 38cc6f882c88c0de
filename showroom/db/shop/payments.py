"""Payment events, charges and refunds in the database."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, bindparam, insert, select, update

from showroom.db.shop.orders import change, lock, retake
from showroom.db.shop.tables import charges, orders, payment_events
from showroom.db.shop.transaction import Transaction
from showroom.shop.errors import WrongState
from showroom.shop.money import Money
from showroom.shop.orders import Order, OrderState, Step
from showroom.shop.payment import EventKind, Intent, PaymentEvent, Verdict, judge

_FIRST_WAIT_MS: Final = 5_000
_LONGEST_WAIT_MS: Final = 3_600_000


class Refund(Struct, frozen=True, kw_only=True):
    """Money that is to go back."""

    charge: str
    order: str
    amount: Money


def asked(transaction: Transaction, order_id: str, intent: Intent) -> Order:
    """The provider has made an intent for an order. To hear it twice changes nothing."""
    order = lock(transaction, order_id)
    if order.state is not OrderState.PLACED:
        return order
    return change(transaction, order, Step.ASK_PAYMENT, "the payment was asked for", intent=intent.id, page=intent.page)


def heard(transaction: Transaction, provider: str, event: PaymentEvent) -> Verdict:
    """
    Do what an event means, once.

    Raises
    ------
    NoSuchOrder
        The order is not ours.
    """
    connection = transaction.connection
    order = lock(transaction, event.order)
    seen = select(payment_events.c.id).where(payment_events.c.provider == provider, payment_events.c.id == event.id)
    if connection.execute(seen).first() is not None:
        return Verdict.NOTHING
    known = connection.execute(_CHARGE, {"provider": provider, "id": event.charge}).first()
    verdict = judge(
        order.state,
        Money(order.total_minor, order.currency),
        event,
        is_charge_known=known is not None and known.order_id == order.id,
    )
    if event.kind is EventKind.PAID and known is None:
        goes_back = verdict in {Verdict.GIVE_BACK, Verdict.RETURN_LATE}
        connection.execute(
            insert(charges).values(
                provider=provider, id=event.charge, order_id=order.id, amount_minor=event.amount_minor,
                currency=event.currency, state="refunding" if goes_back else "kept", tries=0,
                try_at_ms=transaction.now_ms,
            )
        )  # fmt: skip
    verdict = _do(transaction, provider, order, event, verdict)
    connection.execute(
        insert(payment_events).values(
            provider=provider, id=event.id, order_id=order.id, verdict=verdict, at_ms=transaction.now_ms
        )
    )
    return verdict


def _do(transaction: Transaction, provider: str, order: Order, event: PaymentEvent, verdict: Verdict) -> Verdict:
    if verdict is Verdict.PAY:
        change(transaction, order, Step.PAY, "paid", charge=event.charge)
    elif verdict is Verdict.DECLINE:
        change(transaction, order, Step.DECLINE, "the payment was declined")
    elif verdict is Verdict.PAY_LATE:
        if retake(transaction, order):
            change(transaction, order, Step.PAY_LATE, "paid late; the goods were still there", charge=event.charge)
        else:
            why = "paid late, and the goods are gone: the money goes back"
            _set_charge(transaction, provider, event.charge, state="refunding")
            change(transaction, order, Step.RETURN_LATE, why, charge=event.charge)
            return Verdict.RETURN_LATE
    elif verdict is Verdict.RETURN_LATE:
        why = "paid after it was cancelled: the money goes back"
        change(transaction, order, Step.RETURN_LATE, why, charge=event.charge)
    elif verdict is Verdict.REFUND_DONE:
        _set_charge(transaction, provider, event.charge, state="refunded")
        if order.state is OrderState.REFUNDING and charge_of(transaction.connection, order.id) == event.charge:
            change(transaction, order, Step.REFUND_DONE, "the money is back")
    elif verdict is Verdict.REFUND_AGAIN:
        postpone(transaction, provider, event.charge)
    return verdict


def give_back(transaction: Transaction, provider: str, order_id: str, what: Step, why: str, *, restocks: bool) -> Order:
    """
    Cancel a paid order or refund it: its charge goes back.

    Raises
    ------
    WrongState
        It is not paid, or the money is on its way back already.
    """
    order = lock(transaction, order_id)
    charge = charge_of(transaction.connection, order_id)
    after = change(transaction, order, what, why, restocks=restocks)
    if charge is None:
        raise WrongState("There is no payment to give back.", state=order.state)
    _set_charge(transaction, provider, charge, state="refunding")
    return after


def charge_of(connection: Connection, order_id: str) -> str | None:
    """The charge that paid for an order."""
    found: str | None = connection.execute(select(orders.c.charge).where(orders.c.id == order_id)).scalar()
    return found


def due_refunds(connection: Connection, provider: str, now_ms: int, *, limit: int) -> Sequence[Refund]:
    """Refunds that the provider is to be asked for now."""
    query = (
        select(charges)
        .where(charges.c.state == "refunding", charges.c.provider == provider, charges.c.try_at_ms <= now_ms)
        .order_by(charges.c.try_at_ms)
        .limit(limit)
    )
    return [
        Refund(charge=row.id, order=row.order_id, amount=Money(row.amount_minor, row.currency))
        for row in connection.execute(query)
    ]


def postpone(transaction: Transaction, provider: str, charge: str) -> None:
    """Ask for a refund again later, each time after twice as long."""
    row = transaction.connection.execute(_CHARGE, {"provider": provider, "id": charge}).first()
    if row is not None:
        wait_ms = min(_FIRST_WAIT_MS << min(row.tries, 20), _LONGEST_WAIT_MS)
        transaction.connection.execute(
            update(charges)
            .where(charges.c.provider == provider, charges.c.id == charge)
            .values(tries=row.tries + 1, try_at_ms=transaction.now_ms + wait_ms)
        )


def _set_charge(transaction: Transaction, provider: str, charge: str, *, state: str) -> None:
    transaction.connection.execute(
        update(charges)
        .where(charges.c.provider == provider, charges.c.id == charge)
        .values(state=state, try_at_ms=transaction.now_ms)
    )


_CHARGE: Final = select(charges).where(charges.c.provider == bindparam("provider"), charges.c.id == bindparam("id"))
