import asyncio

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom.shop.errors import BadSignature, NoSuchOrder, WeakSecret, WrongState
from showroom.shop.money import Money
from showroom.shop.payment import EventKind, PaymentEvent, read_event, sign, verify
from showroom.shop.rehearsal import TestProvider

OLD, NEW = b"the old secret, long", b"the new secret, long"
BODY = b'{"id":"e1"}'


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, 10**10), st.integers(-300, 300))
def test_what_was_signed_lately_is_believed(body: bytes, at_s: int, late_s: int) -> None:
    verify(body, sign(body, NEW, at_s=at_s), [OLD, NEW], now_s=at_s + late_s)


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, 10**10), st.sampled_from([-301, 301, 10**6]))
def test_an_old_or_future_signature_is_refused(body: bytes, at_s: int, late_s: int) -> None:
    with pytest.raises(BadSignature):
        verify(body, sign(body, NEW, at_s=at_s), [NEW], now_s=at_s + late_s)


@settings(deadline=None)
@given(st.binary(max_size=100), st.binary(max_size=100))
def test_a_signature_is_of_one_body(body: bytes, other: bytes) -> None:
    if body != other:
        with pytest.raises(BadSignature):
            verify(other, sign(body, NEW, at_s=1000), [NEW], now_s=1000)


def test_moving_the_time_breaks_the_signature() -> None:
    header = sign(BODY, NEW, at_s=1000).replace("t=1000", "t=5000")
    with pytest.raises(BadSignature):
        verify(BODY, header, [NEW], now_s=5000)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_header_is_believed_by_chance_or_breaks_anything(header: str) -> None:
    with pytest.raises(BadSignature):
        verify(BODY, header, [NEW], now_s=1000)


def test_two_signatures_let_a_secret_be_changed() -> None:
    both = sign(BODY, OLD, at_s=1000) + "," + sign(BODY, NEW, at_s=1000).partition(",")[2]
    verify(BODY, both, [NEW], now_s=1000)
    verify(BODY, both, [OLD], now_s=1000)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_body_is_an_event_or_refused(body: bytes) -> None:
    try:
        event = read_event(body)
    except BadSignature:
        return
    assert isinstance(event, PaymentEvent)


def test_an_event_with_hostile_fields_is_refused() -> None:
    good = {"id": "e", "kind": "payment.succeeded", "order": "o", "charge": "c", "amount_minor": 1, "currency": "EUR"}
    assert read_event(msgspec.json.encode(good)).kind is EventKind.PAID
    for field, value in (
        ("id", ""), ("id", "x" * 201), ("id", "a b"), ("order", "\n"), ("amount_minor", -1),
        ("amount_minor", 2**80), ("currency", "EURO"), ("kind", "payment.maybe"),
    ):  # fmt: skip
        with pytest.raises(BadSignature):
            read_event(msgspec.json.encode(good | {field: value}))


def provider() -> TestProvider:
    return TestProvider(NEW, clock_s=lambda: 1000)


def test_the_test_provider_asks_back_by_signed_webhooks() -> None:
    one = provider()
    intent = asyncio.run(one.intent("o_1", Money(1280, "EUR")))
    (hook,) = one.pay(intent.id)
    event = one.read(hook.body, hook.signature, now_s=1000)
    assert (event.kind, event.order, event.amount_minor, event.currency) == (EventKind.PAID, "o_1", 1280, "EUR")


@pytest.mark.parametrize(
    ("answer", "count", "closed"),
    [("paid", 1, True), ("declined", 1, False), ("double", 2, True), ("twice_charged", 2, True), ("late", 1, False),
     ("missing", 0, True)],
)  # fmt: skip
def test_the_test_provider_plays_every_part(answer: str, count: int, closed: bool) -> None:
    one = provider()
    intent = asyncio.run(one.intent("o_1", Money(1280, "EUR"))).id
    hooks = one.pay(intent, answer)  # type: ignore[arg-type]
    assert len(hooks) == count
    assert (asyncio.run(one.close(intent)) is not None) is closed
    ids = [one.read(hook.body, hook.signature, now_s=1000).id for hook in hooks]
    assert len(set(ids)) == (1 if answer == "double" else count)


def test_a_secret_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(WeakSecret, match="16 characters"):
        TestProvider(b"short", clock_s=lambda: 1000)


def test_a_closed_payment_cannot_be_made() -> None:
    one = provider()
    intent = asyncio.run(one.intent("o_1", Money(1280, "EUR"))).id
    asyncio.run(one.close(intent))
    with pytest.raises(WrongState):
        one.pay(intent)


@pytest.mark.parametrize(
    "forged", ["", "o_1.1.EUR.", "o_1.1.EUR.abc", "o_1.1280.EUR." + "0" * 24, "a.b.c.d.e", "é.1.EUR.x"]
)
def test_a_forged_payment_is_not_known(forged: str) -> None:
    with pytest.raises(NoSuchOrder):
        provider().pay(forged)
