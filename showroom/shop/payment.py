"""
Payments: what the shop asks of a provider, and what it makes of the provider's answers.

The shop never sees a card. It asks the provider for an *intent* (so much money for that order), sends the customer
there, and hears of the outcome by signed webhooks. Answers come late, twice, in any order or never, so: every event has
an id and counts once; every charge has an id and counts once; what an event means is decided by the order's state
(``judge``); and after a silence the shop asks (``Provider.look``).

Signatures are HMAC-SHA256 over ``timestamp.body``, in the header ``t=…,v1=…``, as several providers do it; several
``v1`` allow for secrets being changed.
"""

import hashlib
import hmac
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final, Literal, Protocol

import msgspec
from msgspec import Meta, Struct

from showroom.shop.errors import BadSignature
from showroom.shop.money import Money
from showroom.shop.orders import UNPAID, OrderState

SIGNATURE_HEADER: Final = "Showroom-Signature"
TOLERANCE_S: Final = 300
MOST_WEBHOOK_BYTES: Final = 64 << 10

_Id = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$(?!\n)")]


class EventKind(StrEnum):
    PAID = "payment.succeeded"
    DECLINED = "payment.failed"
    REFUNDED = "refund.succeeded"
    REFUND_FAILED = "refund.failed"


class PaymentEvent(Struct, frozen=True, kw_only=True):
    """
    What a provider says.

    Parameters
    ----------
    id
        The event's; the same answer sent twice has the same.
    charge
        The movement of money. A customer who pays one order twice causes two charges.
    """

    id: _Id
    kind: EventKind
    order: _Id
    charge: _Id
    amount_minor: Annotated[int, Meta(ge=0, le=10**13)]
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)")]


class Intent(Struct, frozen=True, kw_only=True):
    """A payment that a provider waits for; ``page`` is where the customer pays, or empty."""

    id: str
    page: str = ""


class ProviderGone(Exception):
    """The provider could not be reached or did not answer in time; ask again later."""


class Provider(Protocol):
    """
    A payment provider. Every call may be repeated with the same order or charge and then does nothing new.

    Any call may raise ``ProviderGone``.
    """

    @property
    def name(self) -> str: ...

    async def intent(self, order: str, amount: Money) -> Intent:
        """Ask for a payment."""
        ...

    async def close(self, intent: str) -> PaymentEvent | None:
        """
        Take no payment for this intent any more. If one was made already, that is the answer.
        """
        ...

    async def refund(self, charge: str, amount: Money) -> PaymentEvent | None:
        """Give a charge back. The outcome, if it is known at once; else it comes by webhook."""
        ...

    def read(self, body: bytes, signature: str, *, now_s: float) -> PaymentEvent:
        """
        The event of a webhook.

        Raises
        ------
        BadSignature
            Not signed by this provider, or not lately.
        """
        ...


class Verdict(StrEnum):
    """What a payment event means for an order."""

    PAY = "pay"  # it is paid
    PAY_LATE = "pay_late"  # paid after the order had ended: honour it if the goods are there, else give it back
    DECLINE = "decline"
    GIVE_BACK = "give_back"  # this charge alone goes back; the order stays as it is
    RETURN_LATE = "return_late"  # this charge goes back, and the order with it
    REFUND_DONE = "refund_done"
    REFUND_AGAIN = "refund_again"  # try once more later
    NOTHING = "nothing"


def judge(state: OrderState, total: Money, event: PaymentEvent, *, is_charge_known: bool) -> Verdict:
    """
    What to do about an event that was not seen before.

    Parameters
    ----------
    state, total
        Of the order.
    is_charge_known
        The same money was heard of in another event.
    """
    if event.kind is EventKind.REFUNDED:
        return Verdict.REFUND_DONE if is_charge_known else Verdict.NOTHING
    if event.kind is EventKind.REFUND_FAILED:
        return Verdict.REFUND_AGAIN if is_charge_known else Verdict.NOTHING
    if event.kind is EventKind.DECLINED:
        return Verdict.DECLINE if state in UNPAID and not is_charge_known else Verdict.NOTHING
    if is_charge_known:
        return Verdict.NOTHING
    if Money(event.amount_minor, event.currency) != total:
        return Verdict.GIVE_BACK
    if state in UNPAID:
        return Verdict.PAY
    if state in {OrderState.EXPIRED, OrderState.FAILED}:
        return Verdict.PAY_LATE
    if state is OrderState.CANCELLED:
        return Verdict.RETURN_LATE
    return Verdict.GIVE_BACK


def sign(body: bytes, secret: bytes, *, at_s: int) -> str:
    """The header that vouches for a webhook's body."""
    return f"t={at_s},v1={_digest(body, secret, at_s)}"


def verify(
    body: bytes, header: str, secrets: Sequence[bytes], *, now_s: float, tolerance_s: float = TOLERANCE_S
) -> None:
    """
    Nothing, if the header vouches for the body by one of the secrets and is not too old or from the future.

    Raises
    ------
    BadSignature
        Otherwise; why is not told to whoever may be forging.
    """
    at_s, given = _fields(header)
    expected = [_digest(body, secret, at_s) for secret in secrets]
    # Every pair is compared, in constant time each: neither a prefix nor a position can be found by timing.
    matches = [hmac.compare_digest(one.encode(), other.encode()) for one in expected for other in given]
    if not any(matches) or abs(now_s - at_s) > tolerance_s:
        raise BadSignature(
            "The webhook's signature or time is wrong. Check the secret on both sides and the clock here."
        )


def read_event(body: bytes) -> PaymentEvent:
    """
    The event in a body whose signature was right.

    Raises
    ------
    BadSignature
        It is none: a signed body that cannot be read comes from a provider we do not know.
    """
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise BadSignature(f"The webhook is signed but is no payment event: {str(exc)[:200]}.") from exc


def _fields(header: str) -> tuple[int, list[str]]:
    at_s, given = 0, []
    for part in header[:1000].split(",")[:8]:
        name, _, value = part.strip().partition("=")
        if name == "t" and value.isascii() and value.isdigit() and len(value) <= 12:
            at_s = int(value)
        elif name == "v1" and value.isascii():
            given.append(value[:128])
    return at_s, given


def _digest(body: bytes, secret: bytes, at_s: int) -> str:
    return hmac.new(secret, b"%d." % at_s + body, hashlib.sha256).hexdigest()


_decoder: Final = msgspec.json.Decoder(PaymentEvent)
Answer = Literal["paid", "declined", "double", "twice_charged", "late", "missing"]
"""How the test provider answers: see ``rehearsal``."""
