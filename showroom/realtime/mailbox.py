"""
The events of one person: numbered, kept until acknowledged, and each tied to its place in the room's log.

The wire's cursors count what this person was sent, without gaps; the log's numbers count the room. The mailbox knows
both, so that a link can be resumed from memory, and after a restart from the log. It holds a bounded amount: beyond it
the mailbox breaks, which loses nothing, for what was logged is read back from there.
"""

from collections import deque
from typing import Final

from msgspec import Struct

from showroom.protocol.errors import ProtocolError
from showroom.protocol.ids import Close
from showroom.protocol.messages import encode_numbered

MOST_EVENTS: Final = 512
MOST_BYTES: Final = 40 << 10


class Mark(Struct, frozen=True, array_like=True):
    """
    Where a mailbox stands, as it is written down.

    Parameters
    ----------
    acked, acked_seq
        Cursor of the last event acknowledged, and the number in the log up to which everything has arrived.
    sent
        Numbers in the log of the events after that, in order; 0 for what is not in the log.
    """

    acked: int = 0
    acked_seq: int = 0
    sent: tuple[int, ...] = ()

    def seq_at(self, cursor: int) -> int:
        """Up to which number of the log a client with this cursor has everything."""
        count = min(max(cursor - self.acked, 0), len(self.sent))
        return max((self.acked_seq, *self.sent[:count]))


class Mailbox:
    """
    Parameters
    ----------
    cursor
        Of the event before the first.
    seq
        Up to which number of the log everything is known or none of this person's business.
    """

    def __init__(self, *, cursor: int = 0, seq: int = 0) -> None:
        self.acked = cursor
        self.acked_seq = seq
        self.written = cursor
        self.bytes = 0
        self.is_broken = False
        self._kept: deque[tuple[bytes, int]] = deque()
        self._before: Mark | None = None

    @classmethod
    def at(cls, mark: Mark) -> "Mailbox":
        """A mailbox after a restart: it knows where it stood, and that its events are to be read from the log."""
        mailbox = cls(cursor=mark.acked, seq=mark.acked_seq)
        mailbox.is_broken = True
        mailbox._before = mark
        return mailbox

    @property
    def cursor(self) -> int:
        """Cursor of the last event in here."""
        return self.acked + len(self._kept)

    @property
    def mark(self) -> Mark:
        """For the database, and for reading the log when the mailbox is broken."""
        if self._before is not None:
            return self._before
        return Mark(self.acked, self.acked_seq, tuple(seq for _, seq in self._kept))

    def push(self, body: bytes, seq: int = 0) -> bool:
        """
        Number an event and keep it.

        Returns
        -------
        bool
            False if it would pass a bound: the mailbox is broken, and takes nothing until ``restart``.
        """
        if self.is_broken:
            return False
        if len(self._kept) >= MOST_EVENTS or self.bytes + len(body) + 5 > MOST_BYTES:
            self._before = self.mark
            self.is_broken = True
            self._kept.clear()
            self.bytes = 0
            return False
        message = encode_numbered(self.cursor + 1, body)
        self._kept.append((message, seq))
        self.bytes += len(message)
        return True

    def ack(self, cursor: int) -> None:
        """
        Forget events up to and with ``cursor``.

        Raises
        ------
        ProtocolError
            For a cursor that was never given out.
        """
        if self.is_broken:
            return
        if cursor > self.written:
            raise ProtocolError(Close.MALFORMED, f"ACK of {cursor}, the last event is {self.written}")
        while self.acked < cursor:
            message, seq = self._kept.popleft()
            self.bytes -= len(message)
            self.acked += 1
            self.acked_seq = max(self.acked_seq, seq)

    def unwritten(self) -> list[bytes]:
        """Messages that this connection has not been given yet; ``written`` is the caller's to move."""
        behind = self.cursor - self.written
        if behind == 1:
            return [self._kept[-1][0]]
        return [message for message, _ in list(self._kept)[len(self._kept) - behind :]] if behind else []

    def resume(self, cursor: int) -> bool:
        """
        Go on after ``cursor`` on a new connection.

        Returns
        -------
        bool
            False if memory does not reach: read the log after ``mark.seq_at(cursor)`` and ``restart``.
        """
        if self.is_broken or not self.acked <= cursor <= self.cursor:
            return False
        self.written = max(self.written, cursor)
        self.ack(cursor)
        self.written = cursor
        return True

    def restart(self, cursor: int, seq: int) -> None:
        """Empty, and numbered anew from ``cursor``, where everything up to ``seq`` of the log has arrived."""
        self.__init__(cursor=cursor, seq=seq)  # type: ignore[misc]
