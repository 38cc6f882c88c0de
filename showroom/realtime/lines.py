"""
How the people of one copy of a room are reached: who stands in which row of the world, by which link, who is behind.

A slow reader loses frames, never events: those wait in the mailbox until the reader has caught up.
"""

from typing import TYPE_CHECKING, Final

from showroom.protocol.ids import Close
from showroom.realtime.counters import Counters
from showroom.realtime.transport import Link
from showroom.realtime.visit import Visit
from showroom.world.world import Tick, World

if TYPE_CHECKING:
    from showroom.realtime.clock import Clock

FRAMES_BEHIND_BYTES: Final = 16 << 10
"""A reader with more than this unread gets no frames until it has caught up, then a keyframe."""
EVENTS_BEHIND_BYTES: Final = 48 << 10
"""And no events either beyond this; they wait in the mailbox. With a frame in flight that stays below 64 kB."""
STALLED_S: Final = 15.0
"""Behind for this long is as good as gone: resume may bring it back."""


class Lines:
    """
    Parameters
    ----------
    world
        Writes frames for those alone who are attached: with a link, and not behind.
    """

    def __init__(self, world: World, *, clock: "Clock", counters: Counters) -> None:
        self._world = world
        self._clock = clock
        self._counters = counters
        self._visits: list[Visit | None] = [None] * world.capacity
        self._links: list[Link | None] = [None] * world.capacity
        self._behind: dict[int, Visit] = {}

    # ── who

    def seat(self, visit: Visit) -> None:
        """Somebody has a row, as yet without a link."""
        self._visits[visit.slot] = visit

    def open(self, visit: Visit, link: Link) -> None:
        """The person's link is there: a keyframe comes with the next tick."""
        visit.behind_since_s = None
        self._behind.pop(visit.slot, None)
        self._links[visit.slot] = link
        self._world.attach(visit.slot)

    def cut(self, visit: Visit) -> None:
        """The person's link is gone."""
        self._links[visit.slot] = None
        self._behind.pop(visit.slot, None)
        self._world.detach(visit.slot)

    def free(self, visit: Visit) -> None:
        """The person is gone."""
        self._links[visit.slot] = None
        self._visits[visit.slot] = None
        self._behind.pop(visit.slot, None)

    def at_slot(self, slot: int) -> Visit | None:
        """Who stands in a row of the world."""
        return self._visits[slot] if slot < len(self._visits) else None

    def close(self, slot: int, close: Close) -> None:
        """Say goodbye to whoever stands in a row."""
        visit = self._visits[slot]
        if visit is not None and visit.connection is not None:
            visit.connection.close(close)

    @property
    def buffered_bytes(self) -> int:
        """What waits in all links for its readers."""
        return sum(link.buffered() for link in self._links if link is not None)

    # ── what

    def write(self, tick: Tick) -> None:
        """Each frame to everybody it is for: the hot path."""
        links, counters = self._links, self._counters
        sent = dropped = size = 0
        for data, receivers in tick.frames:
            length = len(data)
            for slot in receivers:
                link = links[slot]
                if link is None:
                    continue
                if link.buffered() + length > FRAMES_BEHIND_BYTES:
                    dropped += 1
                    self._fall_behind(slot)
                else:
                    link.write(data)
                    sent += 1
                    size += length
        for slot, data in tick.private:
            link = links[slot]
            if link is None:
                continue
            if link.buffered() > FRAMES_BEHIND_BYTES:
                dropped += 1
                self._fall_behind(slot)
            else:
                link.write(data)
                sent += 1
                size += len(data)
        counters.frames_total += sent
        counters.frame_bytes_total += size
        counters.frames_dropped += dropped

    def push(self, visit: Visit, body: bytes, seq: int = 0) -> None:
        """An event for somebody's mailbox; ``seq``: its number in the log."""
        if not visit.mailbox.push(body, seq) and visit.connection is not None:
            # Nothing is lost: what was logged is replayed from there when the client resumes.
            visit.connection.close(Close.SLOW_READER)

    def flush(self, visit: Visit) -> None:
        """Write what waits in somebody's mailbox, as far as their link takes it."""
        connection = visit.connection
        if connection is None or connection.link is None:
            return
        link, mailbox = connection.link, visit.mailbox
        for message in mailbox.unwritten():
            if link.buffered() + len(message) > EVENTS_BEHIND_BYTES:
                self._fall_behind(visit.slot)
                return
            link.send(message)
            mailbox.written += 1
            self._counters.events_total += 1

    def catch_up(self) -> None:
        """Readers that were behind: those with nothing unread are let back in, those that stall are closed."""
        if not self._behind:
            return
        now_s = self._clock.s()
        for slot, visit in list(self._behind.items()):
            link = self._links[slot]
            if link is None:
                continue
            if not link.buffered():
                del self._behind[slot]
                visit.behind_since_s = None
                self._world.attach(slot)
                self.flush(visit)
            elif now_s - (visit.behind_since_s or now_s) > STALLED_S and visit.connection is not None:
                visit.connection.close(Close.SLOW_READER)

    def _fall_behind(self, slot: int) -> None:
        visit = self._visits[slot]
        if visit is not None and slot not in self._behind:
            self._behind[slot] = visit
            visit.behind_since_s = self._clock.s()
            self._world.detach(slot)
