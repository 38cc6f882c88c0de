"""
The test provider: a payment provider for rehearsals, in memory, that moves no money.

It plays every part that a real one may play, good or bad (``Answer``):

    paid            one webhook
    declined        one webhook that says so
    double          the same webhook twice
    twice_charged   the customer paid twice: two charges
    late            paid, but the webhook comes only when it is asked to, whatever ``close`` said meanwhile
    missing         paid, but no webhook ever; ``close`` tells

Its intents vouch for themselves (order, amount and a MAC are in the name), so they outlive a restart of the server;
what was paid does not.
"""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Literal, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from showroom.shop.errors import NoSuchOrder, WeakSecret, WrongState
from showroom.shop.money import Money
from showroom.shop.payment import Answer, EventKind, Intent, PaymentEvent, read_event, sign, verify

V = TypeVar("V")
_MOST_KEPT: Final = 10_000


class Webhook(Struct, frozen=True):
    """A request to the shop's webhook. ``is_late``: to be sent after the others, when the rehearsal wants it."""

    body: bytes
    signature: str
    is_late: bool = False


class TestProvider:
    """
    Parameters
    ----------
    secret
        Of the webhooks; at least 16 bytes.
    clock_s
        Seconds since 1970, for the signatures' time.
    refunds
        How it answers a refund: ``at_once``, by ``webhook`` (see ``waiting``), or ``failed`` every first time.
    """

    __test__ = False  # a provider for tests, not a test
    name: Final = "test"

    def __init__(
        self,
        secret: bytes,
        *,
        clock_s: Callable[[], float],
        refunds: Literal["at_once", "webhook", "failed"] = "at_once",
    ) -> None:
        if len(secret) < 16:
            raise WeakSecret("The setting payment_secret is too short: give it 16 characters at least, by chance.")
        self.refunds: Literal["at_once", "webhook", "failed"] = refunds
        self.waiting: list[Webhook] = []
        """Webhooks about refunds that have not been sent yet."""
        self._secret = secret
        self._clock_s = clock_s
        self._paid: OrderedDict[str, PaymentEvent] = OrderedDict()
        self._late: set[str] = set()
        self._closed: OrderedDict[str, None] = OrderedDict()
        self._refused: set[str] = set()

    async def intent(self, order: str, amount: Money) -> Intent:
        return Intent(id=self._name_of(order, amount))

    async def close(self, intent: str) -> PaymentEvent | None:
        self._read_name(intent)
        _keep(self._closed, intent, None)
        return None if intent in self._late else self._paid.get(intent)

    async def refund(self, charge: str, amount: Money) -> PaymentEvent | None:
        done = PaymentEvent(
            id=f"ev_refund_{charge}",
            kind=EventKind.REFUNDED,
            order=self._read_name(charge.partition("_")[2].rpartition("_")[0])[0],
            charge=charge,
            amount_minor=amount.minor,
            currency=amount.currency,
        )
        if self.refunds == "webhook":
            self.waiting.append(self.webhook(done))
            return None
        if self.refunds == "failed" and charge not in self._refused:
            self._refused.add(charge)
            return replace(done, id=f"ev_refund_failed_{charge}", kind=EventKind.REFUND_FAILED)
        return done

    def read(self, body: bytes, signature: str, *, now_s: float) -> PaymentEvent:
        verify(body, signature, [self._secret], now_s=now_s)
        return read_event(body)

    def pay(self, intent: str, answer: Answer = "paid") -> list[Webhook]:
        """
        The customer pays, or fails to; gives the webhooks that the shop is to receive, in order.

        Raises
        ------
        NoSuchOrder
            Not an intent of this provider.
        WrongState
            It takes no payment any more.
        """
        order, amount = self._read_name(intent)
        if intent in self._closed or (intent in self._paid and answer != "twice_charged"):
            raise WrongState("This payment is closed: it was paid, or its time is over. Check out again.")
        first = PaymentEvent(
            id=f"ev_{intent}_1",
            kind=EventKind.DECLINED if answer == "declined" else EventKind.PAID,
            order=order,
            charge=f"ch_{intent}_1",
            amount_minor=amount.minor,
            currency=amount.currency,
        )
        if answer == "declined":
            return [self.webhook(replace(first, id=f"ev_{intent}_0", charge=f"ch_{intent}_0"))]
        _keep(self._paid, intent, first)
        if answer == "missing":
            return []
        if answer == "late":
            self._late.add(intent)
            return [self.webhook(first, is_late=True)]
        if answer == "double":
            return [self.webhook(first)] * 2
        if answer == "twice_charged":
            return [self.webhook(first), self.webhook(replace(first, id=f"ev_{intent}_2", charge=f"ch_{intent}_2"))]
        return [self.webhook(first)]

    def webhook(self, event: PaymentEvent, *, is_late: bool = False) -> Webhook:
        """An event, signed now."""
        body = msgspec.json.encode(event)
        return Webhook(body, sign(body, self._secret, at_s=int(self._clock_s())), is_late)

    def _name_of(self, order: str, amount: Money) -> str:
        what = f"{order}.{amount.minor}.{amount.currency}"
        mac = hmac.new(self._secret, f"intent:{what}".encode(), hashlib.sha256).hexdigest()[:24]
        return f"{what}.{mac}"

    def _read_name(self, intent: str) -> tuple[str, Money]:
        order, minor, currency, _ = (*intent[:200].split("."), "", "", "", "")[:4]
        if minor.isascii() and minor.isdigit():
            amount = Money(int(minor), currency)
            if hmac.compare_digest(self._name_of(order, amount).encode(), intent.encode()):
                return order, amount
        raise NoSuchOrder("The test provider knows no such payment. Take the intent from the order.")


def _keep(table: OrderedDict[str, V], key: str, value: V) -> None:
    table[key] = value
    while len(table) > _MOST_KEPT:
        table.popitem(last=False)
