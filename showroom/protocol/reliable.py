"""
Events that must arrive: numbered, kept until acknowledged, sent again on resume. In order, and never dropped.

Not here: writing them to sockets, and what to do with a reader for whom too many pile up (``Outbox.push`` says so; the
connection closes with SLOW_READER and the client resumes).
"""

from collections import deque

from showroom.protocol.errors import ProtocolError
from showroom.protocol.ids import Close
from showroom.protocol.messages import encode_numbered

CURSOR_END = 0xFFFFFFFF


class Outbox:
    """
    What one person has been sent and has not acknowledged. Outlives the connection.

    Parameters
    ----------
    cursor
        Of the last event already acknowledged.
    max_events, max_bytes
        Bounds of what is kept; the bytes are those of the messages.
    """

    def __init__(self, *, cursor: int = 0, max_events: int = 512, max_bytes: int = 40 * 1024) -> None:
        self.max_events = max_events
        self.max_bytes = max_bytes
        self.bytes = 0
        self._acked = cursor
        self._kept: deque[bytes] = deque()

    @property
    def acked(self) -> int:
        """Cursor of the last event acknowledged."""
        return self._acked

    @property
    def cursor(self) -> int:
        """Cursor of the last event given out."""
        return self._acked + len(self._kept)

    def push(self, body: bytes) -> bytes:
        """
        Number an encoded event (``encode_event_body``) and keep it.

        Returns
        -------
        bytes
            The message to send, if there is a connection.

        Raises
        ------
        ProtocolError
            SLOW_READER, if it would pass a bound. Nothing is kept then, and the person must join anew: what came
            before cannot be completed any more.
        """
        message = encode_numbered(self.cursor + 1, body)
        full = len(self._kept) >= self.max_events or self.bytes + len(message) > self.max_bytes
        if full or self.cursor >= CURSOR_END:
            raise ProtocolError(Close.SLOW_READER, f"{len(self._kept)} events, {self.bytes} bytes unread")
        self._kept.append(message)
        self.bytes += len(message)
        return message

    def ack(self, cursor: int) -> None:
        """
        Forget events up to and with ``cursor``; an older cursor than the last is nothing new.

        Raises
        ------
        ProtocolError
            MALFORMED, for a cursor that was never given out.
        """
        if cursor > self.cursor:
            raise ProtocolError(Close.MALFORMED, f"ACK of {cursor}, the last event is {self.cursor}")
        while self._acked < cursor:
            self.bytes -= len(self._kept.popleft())
            self._acked += 1

    def since(self, cursor: int) -> list[bytes]:
        """
        The messages after ``cursor``, for a client that resumes there. Acknowledges what came before.

        Raises
        ------
        ProtocolError
            RESUME_UNKNOWN, if the cursor is before what is kept or after what was given out.
        """
        if not self._acked <= cursor <= self.cursor:
            raise ProtocolError(Close.RESUME_UNKNOWN, f"cursor {cursor}, kept are {self._acked} to {self.cursor}")
        self.ack(cursor)
        return list(self._kept)


class Inbox:
    """The client's side: takes each event once and in order, and says when to acknowledge."""

    def __init__(self, cursor: int = 0, *, every: int = 8) -> None:
        self.cursor = cursor
        self.every = every
        self._acked = cursor

    def take(self, cursor: int) -> bool:
        """
        Whether this event is new.

        Raises
        ------
        ProtocolError
            OUT_OF_ORDER, if one before it is missing.
        """
        if cursor <= self.cursor:
            return False
        if cursor != self.cursor + 1:
            raise ProtocolError(Close.OUT_OF_ORDER, f"event {cursor} after {self.cursor}")
        self.cursor = cursor
        return True

    def due(self, *, now: bool = False) -> int | None:
        """The cursor to acknowledge; ``now`` also for less than ``every`` events (do so once a second)."""
        behind = self.cursor - self._acked
        if behind >= self.every or (now and behind):
            self._acked = self.cursor
            return self.cursor
        return None
