import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom.shop.errors import WrongState
from showroom.shop.money import Money
from showroom.shop.orders import ENDED_UNPAID, TRANSITIONS, UNPAID, OrderState, Step, holds, step
from showroom.shop.payment import EventKind, PaymentEvent, Verdict, judge

states = st.sampled_from(OrderState)
HOLDS_GOODS = {OrderState.PAID, OrderState.PACKED, OrderState.SENT, OrderState.DELIVERED}


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Step), st.booleans()), max_size=40))
def test_on_every_path_units_are_leased_then_sold_or_given_back_exactly_once(path: list[tuple[Step, bool]]) -> None:
    """Follows the units of one order: they are in one place, and it is the one that the state says."""
    state, units = OrderState.PLACED, "leased"
    for what, restocks in path:
        try:
            after = step(state, what)
        except WrongState:
            continue
        how = holds(state, after, restock=restocks)
        if how == "sell":
            assert units == "leased"
            units = "sold"
        elif how == "give_back":
            assert units == "leased"
            units = "free"
        elif how == "restock":
            assert units == "sold"
            units = "free"
        elif what is Step.PAY_LATE:  # sold anew by the storage, before the step
            assert units == "free"
            units = "sold"
        state = after
        if state in UNPAID:
            assert units == "leased"
        if state in ENDED_UNPAID:
            assert units == "free"
        if state in HOLDS_GOODS:
            assert units == "sold"


@settings(deadline=None)
@given(states, st.sampled_from(Step))
def test_what_is_not_in_the_table_is_refused(state: OrderState, what: Step) -> None:
    if what in TRANSITIONS[state]:
        assert step(state, what) is TRANSITIONS[state][what]
    else:
        with pytest.raises(WrongState, match="It allows"):
            step(state, what)


def test_every_state_can_be_reached_and_every_paid_order_can_be_refunded() -> None:
    reached, todo = {OrderState.PLACED}, [OrderState.PLACED]
    while todo:
        for after in TRANSITIONS[todo.pop()].values():
            if after not in reached:
                reached.add(after)
                todo.append(after)
    assert reached == set(OrderState)
    assert all(step(state, Step.REFUND) is OrderState.REFUNDING for state in HOLDS_GOODS)


TOTAL = Money(1280, "EUR")


def event(kind: EventKind = EventKind.PAID, *, minor: int = 1280, currency: str = "EUR") -> PaymentEvent:
    return PaymentEvent(id="e", kind=kind, order="o", charge="c", amount_minor=minor, currency=currency)


@settings(deadline=None)
@given(states, st.booleans(), st.sampled_from(EventKind), st.sampled_from([0, 1279, 1280, 1281]))
def test_money_is_kept_only_for_an_order_that_it_pays(
    state: OrderState, is_known: bool, kind: EventKind, minor: int
) -> None:
    verdict = judge(state, TOTAL, event(kind, minor=minor), is_charge_known=is_known)
    if verdict in {Verdict.PAY, Verdict.PAY_LATE}:
        assert kind is EventKind.PAID
        assert minor == 1280
        assert not is_known
        assert state in UNPAID | {OrderState.EXPIRED, OrderState.FAILED}
    elif kind is EventKind.PAID and not is_known:
        assert verdict in {Verdict.GIVE_BACK, Verdict.RETURN_LATE}


@settings(deadline=None)
@given(states, st.booleans(), st.sampled_from(EventKind))
def test_every_verdict_is_a_step_that_the_state_allows(state: OrderState, is_known: bool, kind: EventKind) -> None:
    steps = {Verdict.PAY: Step.PAY, Verdict.PAY_LATE: Step.PAY_LATE, Verdict.DECLINE: Step.DECLINE,
             Verdict.RETURN_LATE: Step.RETURN_LATE}  # fmt: skip
    verdict = judge(state, TOTAL, event(kind), is_charge_known=is_known)
    if verdict in steps:
        assert steps[verdict] in TRANSITIONS[state]


def test_the_wrong_currency_does_not_pay() -> None:
    assert judge(OrderState.PAYING, TOTAL, event(currency="JPY"), is_charge_known=False) is Verdict.GIVE_BACK


def test_a_decline_after_the_payment_changes_nothing() -> None:
    assert judge(OrderState.PAID, TOTAL, event(EventKind.DECLINED), is_charge_known=False) is Verdict.NOTHING
