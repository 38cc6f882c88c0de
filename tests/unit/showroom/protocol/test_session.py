"""A session under any order of messages, and a reliable stream under any loss of links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from showroom.protocol.errors import ProtocolError
from showroom.protocol.events import Told
from showroom.protocol.ids import Close
from showroom.protocol.messages import (
    Ack,
    FloorInfo,
    Hello,
    Limits,
    Numbered,
    Ping,
    Resume,
    Resync,
    Say,
    Welcome,
    encode_event_body,
    encode_to_server,
)
from showroom.protocol.reliable import Inbox
from showroom.protocol.session import Budget, ClientSession, Phase, ServerSession
from showroom.realtime.mailbox import Mailbox

FLOOR = FloorInfo(corner_mm=(0, 0), size_cm=(1400, 1400), cell_cm=700, columns=2, rows=2, y_cm=(0, 300))
LIMITS = Limits(
    speed_mms=4000, teleport_cm=0, teleport_ms=1000, error_cm=5, error_yaw=4, pose_ms=1000, pose_hz=20, rest_ms=1200,
    text=500,
)  # fmt: skip


def welcome(*, cursor: int = 0, resumed: bool = False) -> Welcome:
    return Welcome(
        version=1, slot=3, member=9, room="r", key="secret", cursor=cursor, resumed=resumed, hz=20, time_ms=7,
        floor=FLOOR, limits=LIMITS,
    )  # fmt: skip


class ServerUnderAnyOrder(RuleBasedStateMachine):
    """Nothing is taken before HELLO, nothing twice, nothing after the end; whatever is wrong ends it with a code."""

    @initialize()
    def connect(self) -> None:
        self.now = 0
        self.session = ServerSession(0, Budget(per_s=20, burst=40))
        self.spent = 0.0

    def say(self, payload: bytes, *, taken: bool, code: Close | None = None) -> None:
        before = self.session.phase
        refused: Close | None = None
        try:
            self.session.receive(payload, self.now)
        except ProtocolError as error:
            refused = error.close
        if refused is None:
            assert taken, f"{payload[:9]!r} was taken in {before}"
            return
        assert self.session.phase is Phase.CLOSED
        assert not taken or refused is Close.FLOOD
        assert code is None or refused in (code, Close.FLOOD)

    @rule(ms=st.integers(0, 3000))
    def wait(self, ms: int) -> None:
        self.now += ms

    @rule()
    def greet(self) -> None:
        fine = self.session.phase is Phase.NEW
        self.say(encode_to_server(Hello(ticket="t")), taken=fine, code=Close.OUT_OF_ORDER)
        assert not fine or self.session.phase is Phase.GREETED

    @precondition(lambda self: self.session.phase is Phase.GREETED)
    @rule()
    def let_in(self) -> None:
        self.session.welcome(welcome())

    @rule(message=st.sampled_from([Ping(1), Say(text="hello"), Resync(), Ack(1)]))
    def talk(self, message: Ping | Say | Resync | Ack) -> None:
        self.say(encode_to_server(message), taken=self.session.phase is Phase.OPEN, code=Close.OUT_OF_ORDER)

    @rule(noise=st.binary(max_size=30))
    def babble(self, noise: bytes) -> None:
        self.say(b"\xee" + noise, taken=False)

    @rule()
    def speak_another_version(self) -> None:
        code = Close.VERSION if self.session.phase is Phase.NEW else Close.OUT_OF_ORDER
        self.say(encode_to_server(Hello(ticket="t", versions=(2, 9))), taken=False, code=code)

    @precondition(lambda self: self.session.phase is Phase.CLOSED)
    @rule()
    def connect_again(self) -> None:
        self.session = ServerSession(self.now, Budget(per_s=20, burst=40))

    @invariant()
    def the_last_word_is_not_from_the_future(self) -> None:
        assert not hasattr(self, "session") or self.session.heard_ms <= self.now


TestServerUnderAnyOrder = ServerUnderAnyOrder.TestCase


class LinkThatBreaks(RuleBasedStateMachine):
    """Events arrive each once and in order, however often the link is lost with words on the way."""

    @initialize()
    def sit_down(self) -> None:
        self.mailbox = Mailbox()
        self.client = ClientSession()
        self.pushed = 0
        self.taken: list[str] = []
        self.wire: list[bytes] = []
        self.up: list[bytes] = []
        self.connected = False
        self.seated = False
        self.connect()

    @precondition(lambda self: not self.connected)
    @rule()
    def connect(self) -> None:
        server = ServerSession(0)
        hello = server.receive(self.client.hello(None if self.seated else "ticket"), 0)
        assert isinstance(hello, Hello)
        cursor = hello.resume.cursor if hello.resume else 0
        assert self.mailbox.resume(cursor)
        self.wire = [server.welcome(welcome(cursor=cursor, resumed=self.seated))]
        self.write()
        self.connected = self.seated = True
        if hello.resume is None:
            self.read(1)  # the seat is only there with its WELCOME

    def write(self) -> None:
        self.wire += self.mailbox.unwritten()
        self.mailbox.written = self.mailbox.cursor

    @rule()
    def happen(self) -> None:
        self.pushed += 1
        assert self.mailbox.push(encode_event_body(Told(code="n", text=str(self.pushed))))
        if self.connected:
            self.write()

    @rule(count=st.integers(1, 9))
    def read(self, count: int) -> None:
        for message in self.wire[:count]:
            found = self.client.receive(message)
            if isinstance(found, Numbered):
                assert isinstance(found.event, Told)
                self.taken.append(found.event.text)
        del self.wire[:count]
        self.up += self.client.due()

    @rule()
    def acknowledge(self) -> None:
        self.up += self.client.due(now=True)
        for payload in self.up:
            self.mailbox.ack(int.from_bytes(payload[1:], "little"))
        self.up = []

    @precondition(lambda self: self.connected)
    @rule()
    def lose_the_link(self) -> None:
        if self.client.phase is not Phase.OPEN and not self.taken and self.client.seat is None:
            return
        self.wire, self.up, self.connected = [], [], False
        self.client.lost()

    @invariant()
    def nothing_is_lost_doubled_or_out_of_order(self) -> None:
        if hasattr(self, "taken"):
            assert self.taken == [str(number) for number in range(1, len(self.taken) + 1)]
            assert self.mailbox.bytes == sum(len(message) for message, _ in self.mailbox._kept)

    def teardown(self) -> None:
        if not hasattr(self, "taken"):
            return
        if not self.connected:
            self.connect()
        self.read(1000)
        assert len(self.taken) == self.pushed


TestLinkThatBreaks = LinkThatBreaks.TestCase


@given(st.lists(st.integers(0, 400), max_size=60))
def test_somebody_who_talks_within_the_budget_is_never_cut_off(pauses: list[int]) -> None:
    session = ServerSession(0, Budget(per_s=10, burst=20))
    session.receive(encode_to_server(Hello(ticket="t")), 0)
    session.welcome(welcome())
    now = 0
    for pause in pauses:
        now += pause + 100  # a ping costs one token, a tenth of a second brings one
        session.receive(encode_to_server(Ping(1)), now)


def test_a_flood_ends_with_a_code_that_lets_one_come_back() -> None:
    session = ServerSession(0, Budget(per_s=10, burst=20))
    session.receive(encode_to_server(Hello(ticket="t")), 0)
    session.welcome(welcome())
    for _ in range(20):
        session.receive(encode_to_server(Ping(1)), 5)
    with pytest.raises(ProtocolError) as caught:
        session.receive(encode_to_server(Ping(1)), 5)
    assert caught.value.close is Close.FLOOD
    assert caught.value.close.may_retry


def test_an_inbox_reports_a_hole() -> None:
    inbox = Inbox(5)
    assert inbox.take(6)
    assert not inbox.take(6)
    with pytest.raises(ProtocolError):
        inbox.take(8)


def test_a_client_without_a_seat_has_nothing_to_resume() -> None:
    with pytest.raises(ValueError, match="ticket"):
        ClientSession().hello(None)


def test_a_resume_carries_the_cursor_of_the_last_event() -> None:
    client = ClientSession()
    server = ServerSession(0)
    server.receive(client.hello("t"), 0)
    client.receive(server.welcome(welcome(cursor=41)))
    client.inbox.take(42)
    client.lost()
    again = ServerSession(0).receive(client.hello(None), 0)
    assert isinstance(again, Hello)
    assert again.resume == Resume("secret", 42)
