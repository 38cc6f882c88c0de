"""Plain numbers about sockets and rooms. Whoever exports metrics reads them; nothing here knows an exporter."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class RoomGauges:
    """
    One copy of a room, as of its last tick.

    Parameters
    ----------
    staleness_p50_ms, staleness_p99_ms
        Age of the pose behind an update at the time it was sent, over the last second or so.
    buffered_bytes
        Waiting for slow readers, all of the room together.
    """

    store: str
    room: str
    copy: str
    people: int = 0
    away: int = 0
    staleness_p50_ms: float = 0.0
    staleness_p99_ms: float = 0.0
    buffered_bytes: int = 0


@dataclass(slots=True)
class Counters:
    """
    Totals since the start, and a few gauges.

    Parameters
    ----------
    refused
        Connections closed by us, by reason: the name of the close code in lower case, or ``handshake_…``.
    poses_refused
        Poses put back, by the name of the reason in lower case.
    frames_dropped
        Frames not sent because the reader was behind; it got a keyframe later.
    tick_lag_p99_ms
        How late ticks began, over the last few seconds.
    """

    connections: int = 0
    connections_total: int = 0
    joins_total: int = 0
    resumes_total: int = 0
    messages_total: int = 0
    poses_total: int = 0
    frames_total: int = 0
    frame_bytes_total: int = 0
    frames_dropped: int = 0
    events_total: int = 0
    ticks_total: int = 0
    ticks_skipped: int = 0
    tick_lag_p50_ms: float = 0.0
    tick_lag_p99_ms: float = 0.0
    tick_cost_p99_ms: float = 0.0
    refused: Counter[str] = field(default_factory=Counter)
    poses_refused: Counter[str] = field(default_factory=Counter)
    rooms: list[RoomGauges] = field(default_factory=list)
