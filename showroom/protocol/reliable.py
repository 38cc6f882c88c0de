"""
Events that must arrive, as a client takes them: each once and in order, acknowledged now and then.

The other half, which numbers them and keeps them until then, belongs to the rooms: ``realtime.mailbox``.
"""

from showroom.protocol.errors import ProtocolError
from showroom.protocol.ids import Close


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
