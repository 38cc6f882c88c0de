"""The mailbox: in order, once each, bounded; and its mark finds the place in the log again."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from showroom.protocol.errors import ProtocolError
from showroom.protocol.events import Told
from showroom.protocol.messages import Numbered, decode_from_server, encode_event_body
from showroom.protocol.reliable import Inbox
from showroom.realtime.mailbox import MOST_BYTES, MOST_EVENTS, Mailbox


def body(number: int, size: int = 0) -> bytes:
    return encode_event_body(Told(code="n", text=f"{number}" + " " * size))


class MailboxMachine(RuleBasedStateMachine):
    """A room's log, a mailbox and a client whose link breaks, and a server that may die: nothing lost, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[tuple[int, bytes]] = []  # everything in it is for this person
        self.box = Mailbox()
        self.mark = self.box.mark
        self.inbox = Inbox()
        self.on_the_way: list[bytes] = []
        self.got: list[str] = []
        self.is_linked = True

    @rule(size=st.sampled_from([0, 100, 400]), is_kept=st.booleans())
    def happens(self, size: int, is_kept: bool) -> None:
        if not is_kept:
            if self.is_linked:
                self.box.push(encode_event_body(Told(code="now", text="x")), 0)
            return
        seq = len(self.log) + 1
        self.log.append((seq, body(seq, size)))
        self.box.push(self.log[-1][1], seq)

    @precondition(lambda self: self.is_linked)
    @rule()
    def written(self) -> None:
        for message in self.box.unwritten():
            self.on_the_way.append(message)
            self.box.written += 1

    @precondition(lambda self: self.is_linked and self.on_the_way)
    @rule(count=st.integers(1, 5))
    def arrives(self, count: int) -> None:
        for message in self.on_the_way[:count]:
            numbered = decode_from_server(message)
            assert isinstance(numbered, Numbered)
            if self.inbox.take(numbered.cursor) and isinstance(numbered.event, Told) and numbered.event.code == "n":
                self.got.append(numbered.event.text.strip())
        del self.on_the_way[:count]

    @precondition(lambda self: self.is_linked)
    @rule()
    def acknowledged(self) -> None:
        self.box.ack(self.inbox.cursor)

    @rule()
    def written_down(self) -> None:
        self.mark = self.box.mark

    @rule()
    def link_breaks(self) -> None:
        self.is_linked = False
        self.on_the_way.clear()

    @precondition(lambda self: not self.is_linked)
    @rule()
    def resumes(self) -> None:
        cursor = self.inbox.cursor
        if not self.box.resume(cursor):
            since = self.box.mark.seq_at(cursor)
            self.box.restart(cursor, since)
            for seq, content in self.log[since:]:
                if not self.box.push(content, seq):
                    break
        self.is_linked = True

    @rule()
    def server_dies(self) -> None:
        self.link_breaks()
        self.box = Mailbox.at(self.mark)

    @invariant()
    def nothing_is_missing_between(self) -> None:
        # After a crash, events of the last moment may come twice; none is left out and none comes early.
        seen = list(dict.fromkeys(self.got))
        assert seen == [str(n) for n in range(1, len(seen) + 1)]

    @invariant()
    def bounded(self) -> None:
        assert self.box.bytes <= MOST_BYTES
        assert self.box.cursor - self.box.acked <= MOST_EVENTS


TestMailboxLosesNothing = MailboxMachine.TestCase
TestMailboxLosesNothing.settings = settings(max_examples=200, stateful_step_count=60, deadline=None)


def test_a_cursor_that_was_never_given_out_is_a_lie() -> None:
    box = Mailbox()
    box.push(body(1), 1)
    with pytest.raises(ProtocolError):
        box.ack(1)  # not written yet


def test_a_full_mailbox_breaks_and_knows_where_to_read_on() -> None:
    box = Mailbox()
    count = 0
    while box.push(body(count + 1, 400), count + 1):
        count += 1
    assert box.is_broken
    assert 0 < count <= MOST_EVENTS
    assert box.bytes == 0
    assert box.mark.seq_at(0) == 0
    assert box.mark.seq_at(7) == 7
    assert not box.resume(3)
