"""
The bell of the workers, by huey: SQLite in the data folder, or Redis by URL.

A message says "there is work" and nothing else; which work is decided by the table (``conversions.claim``). So a lost
message costs a moment, until a worker looks by itself, and one that came twice costs nothing. Messages are JSON, not
pickle: whoever can write into the queue can ring, and do nothing else.
"""

import json
from collections.abc import Callable
from typing import Any, Final

from huey import Huey, RedisHuey, SqliteHuey  # type: ignore[import-untyped]
from huey.consumer import Consumer  # type: ignore[import-untyped]
from huey.registry import Message  # type: ignore[import-untyped]
from huey.serializer import Serializer  # type: ignore[import-untyped]

from showroom.errors import Busy
from showroom.jobs.places import Places
from showroom.settings import Settings
from showroom_assets.errors import ShowroomError

_NAME: Final = "showroom-conversions"
_SLOWEST_LOOK_S: Final = 1.0


class Queue:
    """
    Parameters
    ----------
    work
        Called, in a thread of the consumer, for every ring; the server, which only rings, passes none.

    Raises
    ------
    ShowroomError
        The address is not understood.
    """

    def __init__(self, settings: Settings, work: Callable[[], None] | None = None) -> None:
        self._huey: Huey = _huey(settings)

        def convert() -> None:
            if work is not None:
                work()

        self._task = self._huey.task(name="convert", retries=0)(convert)

    def ring(self) -> None:
        """
        Wake a worker.

        Raises
        ------
        Busy
            The queue cannot be reached.
        """
        self._ask(self._task)

    def is_quiet(self) -> bool:
        """
        Whether no ring is waiting to be heard.

        Raises
        ------
        Busy
            The queue cannot be reached.
        """
        return int(self._ask(self._huey.pending_count)) == 0

    def consumer(self, jobs: int) -> "QuietConsumer":
        """What hears the rings, with a thread for each of ``jobs``; ``start`` and ``stop`` it."""
        return QuietConsumer(self._huey, workers=jobs, worker_type="thread", periodic=False, max_delay=_SLOWEST_LOOK_S)

    def close(self) -> None:
        """Let the connection go."""
        self._huey.storage.close()

    @staticmethod
    def _ask(work: Callable[[], Any]) -> Any:
        try:
            return work()
        except Exception as exc:  # SQLite's, Redis's, huey's own
            raise Busy("The queue of conversions does not answer. Try again in a minute.", retry_after_s=60) from exc


class QuietConsumer(Consumer):  # type: ignore[misc]  # huey has no types
    """huey's consumer, which leaves the process's signals to the process."""

    def _set_signal_handlers(self) -> None:
        """Nothing: see ``worker``."""


class _Json(Serializer):  # type: ignore[misc]
    def _serialize(self, data: Any) -> bytes:
        return json.dumps(list(data)).encode()

    def _deserialize(self, data: bytes) -> Any:
        return Message(*json.loads(data))


def _huey(settings: Settings) -> Huey:
    shared: dict[str, Any] = {"results": False, "serializer": _Json()}
    if settings.queue.startswith(("redis://", "rediss://", "unix://")):
        try:
            return RedisHuey(_NAME, url=settings.queue, **shared)
        except Exception as exc:
            raise ShowroomError("The queue's Redis address is not understood. Check the setting 'queue'.") from exc
    if settings.queue:
        raise ShowroomError("The setting 'queue' is an address like redis://host:6379/0, or empty. Correct it.")
    places = Places.of(settings)
    places.data.mkdir(parents=True, exist_ok=True)
    # fsync is not needed: a ring that a power cut swallowed is rung again by the first worker that looks.
    return SqliteHuey(_NAME, filename=str(places.queue), **shared)
