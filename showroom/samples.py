"""What the real-time server counted, as rows for ``/metrics``, read from its plain numbers at each scrape."""

from collections.abc import Iterator
from typing import Final

from showroom.realtime.counters import Counters
from showroom.sample import Sample

_TOTALS: Final = {
    "connections_total": ("showroom_live_connections", "Room connections accepted."),
    "joins_total": ("showroom_live_joins", "Seats taken."),
    "resumes_total": ("showroom_live_resumes", "Lost links that came back."),
    "messages_total": ("showroom_live_messages", "Messages read from clients."),
    "poses_total": ("showroom_live_poses", "Poses read from clients."),
    "frames_total": ("showroom_live_frames", "Frames written to clients."),
    "frame_bytes_total": ("showroom_live_frame_bytes", "Bytes of those frames."),
    "frames_dropped": ("showroom_live_frames_dropped", "Frames not sent to slow readers; a keyframe followed later."),
    "events_total": ("showroom_live_events", "Reliable events written to clients."),
    "ticks_total": ("showroom_live_ticks", "Ticks of all rooms."),
    "ticks_skipped": ("showroom_live_ticks_skipped", "Ticks left out because the process was late."),
}


def live_samples(counters: Counters) -> Iterator[Sample]:
    """Totals, lags, and each room copy's crowd and staleness."""
    for field, (name, text) in _TOTALS.items():
        yield Sample(name=name, help=text, kind="counter", value=float(getattr(counters, field)))
    yield Sample(name="showroom_live_connections_now", help="Room connections now.", value=counters.connections)
    for quantile, lag_ms in (("0.5", counters.tick_lag_p50_ms), ("0.99", counters.tick_lag_p99_ms)):
        yield Sample(
            name="showroom_live_tick_lag_seconds",
            help="How late ticks begin.",
            value=lag_ms / 1000,
            labels={"quantile": quantile},
        )
    yield Sample(
        name="showroom_live_tick_cost_p99_seconds", help="What a tick takes.", value=counters.tick_cost_p99_ms / 1000
    )
    for reason, count in counters.refused.items():
        yield Sample(
            name="showroom_live_refused",
            help="Connections refused or closed by us.",
            kind="counter",
            value=count,
            labels={"reason": reason},
        )
    for reason, count in counters.poses_refused.items():
        yield Sample(
            name="showroom_live_poses_refused",
            help="Poses put back.",
            kind="counter",
            value=count,
            labels={"reason": reason},
        )
    for room in counters.rooms:
        labels = {"store": room.store, "room": room.room, "copy": str(room.copy)}
        yield Sample(name="showroom_room_people", help="People in a copy.", value=room.people, labels=labels)
        yield Sample(
            name="showroom_room_away", help="Seats kept for people whose link is lost.", value=room.away, labels=labels
        )
        yield Sample(
            name="showroom_room_buffered_bytes",
            help="Bytes that wait for slow readers.",
            value=room.buffered_bytes,
            labels=labels,
        )
        for quantile, age_ms in (("0.5", room.staleness_p50_ms), ("0.99", room.staleness_p99_ms)):
            yield Sample(
                name="showroom_room_staleness_seconds",
                help="Age of the poses behind what is sent.",
                value=age_ms / 1000,
                labels={**labels, "quantile": quantile},
            )
