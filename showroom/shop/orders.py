"""
Orders as a state machine.

    placed ─► paying ─► paid ─► packed ─► sent ─► delivered
       │         │        └────────┴────────┴────────┴──► refunding ─► refunded
       └─────────┴─► cancelled | failed | expired
                         │          └─────────┴──► paid        (paid late, and the goods are still there)
                         └──────────┴─────────┴──► refunding   (paid late: the money goes back)

``TRANSITIONS`` is all of it: what is not in the table is refused. Which units an order holds follows from its state
alone (``holds``), so stock cannot disagree with orders for long without a test noticing.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from showroom.shop.errors import WrongState
from showroom.shop.money import Currency
from showroom_assets.product import Line


class OrderState(StrEnum):
    PLACED = "placed"  # accepted; the payment provider does not know of it yet
    PAYING = "paying"  # the provider waits for the customer
    PAID = "paid"
    PACKED = "packed"
    SENT = "sent"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"  # before it was paid
    FAILED = "failed"  # the payment was declined
    EXPIRED = "expired"  # nobody paid in time
    REFUNDING = "refunding"  # the money is on its way back
    REFUNDED = "refunded"


class Step(StrEnum):
    ASK_PAYMENT = "ask_payment"
    PAY = "pay"
    DECLINE = "decline"
    EXPIRE = "expire"
    CANCEL = "cancel"
    PACK = "pack"
    SEND = "send"
    DELIVER = "deliver"
    REFUND = "refund"
    REFUND_DONE = "refund_done"
    PAY_LATE = "pay_late"
    RETURN_LATE = "return_late"


_S, _T = OrderState, Step
TRANSITIONS: Final[Mapping[OrderState, Mapping[Step, OrderState]]] = {
    _S.PLACED: {
        _T.ASK_PAYMENT: _S.PAYING,
        _T.PAY: _S.PAID,
        _T.DECLINE: _S.FAILED,
        _T.EXPIRE: _S.EXPIRED,
        _T.CANCEL: _S.CANCELLED,
    },
    _S.PAYING: {_T.PAY: _S.PAID, _T.DECLINE: _S.FAILED, _T.EXPIRE: _S.EXPIRED, _T.CANCEL: _S.CANCELLED},
    _S.PAID: {_T.PACK: _S.PACKED, _T.CANCEL: _S.REFUNDING, _T.REFUND: _S.REFUNDING},
    _S.PACKED: {_T.SEND: _S.SENT, _T.CANCEL: _S.REFUNDING, _T.REFUND: _S.REFUNDING},
    _S.SENT: {_T.DELIVER: _S.DELIVERED, _T.REFUND: _S.REFUNDING},
    _S.DELIVERED: {_T.REFUND: _S.REFUNDING},
    _S.CANCELLED: {_T.RETURN_LATE: _S.REFUNDING},
    _S.FAILED: {_T.PAY_LATE: _S.PAID, _T.RETURN_LATE: _S.REFUNDING},
    _S.EXPIRED: {_T.PAY_LATE: _S.PAID, _T.RETURN_LATE: _S.REFUNDING},
    _S.REFUNDING: {_T.REFUND_DONE: _S.REFUNDED},
    _S.REFUNDED: {},
}

UNPAID: Final = frozenset({_S.PLACED, _S.PAYING})
BOUGHT: Final = frozenset({_S.PLACED, _S.PAYING, _S.PAID, _S.PACKED, _S.SENT, _S.DELIVERED})
"""States that count against the limit for one customer."""
ENDED_UNPAID: Final = frozenset({_S.CANCELLED, _S.FAILED, _S.EXPIRED})


def step(state: OrderState, what: Step) -> OrderState:
    """
    The state after ``what``.

    Raises
    ------
    WrongState
        The order is not in a state that allows it.
    """
    after = TRANSITIONS[state].get(what)
    if after is None:
        allowed = ", ".join(TRANSITIONS[state]) or "nothing more"
        raise WrongState(
            f"The order is {state}; it cannot take the step {what}. It allows: {allowed}.", state=state, step=what
        )
    return after


def holds(before: OrderState, after: OrderState, *, restock: bool) -> Literal["sell", "give_back", "restock", "keep"]:
    """
    What happens to an order's units on a transition.

    Parameters
    ----------
    restock
        Whether goods that were sold come back to the shelf.
    """
    if before in UNPAID:
        return "sell" if after is _S.PAID else "give_back" if after in ENDED_UNPAID else "keep"
    if after is _S.REFUNDING and before not in ENDED_UNPAID and restock:
        return "restock"
    return "keep"


class Contact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an order goes. All of it is optional: a merchant may hand goods over in person."""

    name: Line = ""
    email: Annotated[str, Meta(max_length=200, pattern=r"^(?:[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+)?$(?!\n)")] = ""
    street: Line = ""
    postcode: Annotated[str, Meta(max_length=20, pattern=r"^[\w -]*$(?!\n)")] = ""
    city: Line = ""
    country: Annotated[str, Meta(pattern=r"^(?:[A-Z]{2})?$(?!\n)", description="ISO 3166 code.")] = ""
    note: Line = ""


class OrderLine(Struct, frozen=True, kw_only=True):
    """``price_minor`` is of one, as it was when the order was placed."""

    sku: str
    product: str
    variant: str
    size: str
    title: str
    quantity: int
    price_minor: int


class Moment(Struct, frozen=True, kw_only=True):
    """One transition of an order's history."""

    at_ms: int
    state: OrderState
    why: str


class PaymentNow(Struct, frozen=True, kw_only=True):
    """How to pay: the provider's name for the payment and, if it has one, the page to pay at."""

    provider: str
    intent: str = ""
    page: str = ""


class Order(Struct, frozen=True, kw_only=True):
    """
    An order.

    Parameters
    ----------
    pay_before_ms
        On the database's clock. Paid later, it is still honoured if the goods are there.
    """

    id: str
    tenant: str
    buyer: str
    state: OrderState
    currency: Currency
    total_minor: int
    tax_notes: list[str]
    lines: list[OrderLine]
    contact: Contact
    created_ms: int
    updated_ms: int
    pay_before_ms: int
    payment: PaymentNow
    history: list[Moment]


class OrderRow(Struct, frozen=True, kw_only=True):
    """An order in a list. ``things`` are its first lines by their titles, which name colour and size."""

    id: str
    tenant: str
    state: OrderState
    currency: Currency
    total_minor: int
    units: int
    things: list[str]
    created_ms: int
    updated_ms: int
