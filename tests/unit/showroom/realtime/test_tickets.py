"""Tickets: ours, whole, in time; anything else is refused alike."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from showroom.accounts.principal import Principal, Role, Scope
from showroom.realtime.look import Look
from showroom.realtime.tickets import Ticket, TicketRefused, Tickets

SECRET = bytes(range(32))


def ticket(until_s: float = 100.0, **changes: object) -> Ticket:
    who = Principal(id="g_anna", role=Role.GUEST, scopes=frozenset({Scope.SHOP}))
    fields = {"id": "seat", "copy": "demo/hall/1", "store": "demo", "room": "hall", "until_s": until_s, "who": who}
    return Ticket(**{**fields, "name": "Anna", "look": Look(avatar="tall", tint=[0xFF8800]), **changes})  # type: ignore[arg-type]


def test_a_ticket_opens_to_what_was_sealed() -> None:
    tickets = Tickets(SECRET)
    assert tickets.open(tickets.seal(ticket()), now_s=99.9) == ticket()


def test_a_ticket_fits_into_hello_whatever_is_in_it() -> None:
    widest = ticket(
        id="s" * 64, copy="c" * 64, store="s" * 64, room="r" * 64, beside="b" * 64, name="n" * 24,
        look=Look(avatar="a" * 64, tint=[0xFFFFFF] * 4),
        who=Principal(id="a" * 40, role=Role.OPERATOR, name="n" * 24, tenant="t" * 40, scopes=frozenset(Scope)),
    )  # fmt: skip
    assert len(Tickets(SECRET).seal(widest)) <= 1024


def test_time_is_up_to_the_second() -> None:
    tickets = Tickets(SECRET)
    text = tickets.seal(ticket(until_s=100))
    with pytest.raises(TicketRefused):
        tickets.open(text, now_s=100)


def test_another_servers_ticket_is_refused() -> None:
    with pytest.raises(TicketRefused):
        Tickets(SECRET).open(Tickets(SECRET[::-1]).seal(ticket()), now_s=0)


@settings(max_examples=300)
@given(st.data())
def test_no_ticket_survives_a_change(data: st.DataObject) -> None:
    tickets = Tickets(SECRET)
    text = tickets.seal(ticket())
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(codec="ascii"))
    changed = text[:place] + letter + text[place + 1 :]
    if changed == text:
        return
    with pytest.raises(TicketRefused):
        tickets.open(changed, now_s=0)


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_whatever_is_no_ticket_is_refused(text: str) -> None:
    with pytest.raises(TicketRefused):
        Tickets(SECRET).open(text, now_s=0)
