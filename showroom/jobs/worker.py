"""
The worker's process: hears the bell, claims a conversion, runs the pipeline on it, keeps what came out as a draft.

It may be killed at any moment. What it held is found by the next worker that looks (``_look_around``) and run again;
the pipeline's step cache makes that cheap, and the draft appears only whole. The mesh work itself is done by the
pipeline's own processes, one a conversion, with their limits of memory and time; those die with this one.

``python -m showroom.jobs.worker`` is how the server starts it: settings as one JSON line on standard input, which then
stays open as long as the server lives. ``showroom worker`` is how an operator does.
"""

import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from showroom import logs
from showroom.db.database import Database, sqlite_url
from showroom.db.schema import create_or_upgrade
from showroom.jobs import conversions
from showroom.jobs.life import Life
from showroom.jobs.places import Places
from showroom.jobs.queue import Queue
from showroom.jobs.running import Run
from showroom.settings import Settings
from showroom_assets.errors import ShowroomError
from showroom_pipeline.workers import Stop

_log = logging.getLogger("showroom.worker")
_BEAT_S: Final = 2.0
_LEASE_S: Final = 30.0


def wall_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Worker:
    """
    Hears, claims, runs; one a process.

    Parameters
    ----------
    clock_ms
        Of the table's times; compared with other processes', so it must be the wall's.
    beat_s, lease_s
        How often it says that it lives, and after how long a silence it counts as dead.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        clock_ms: Callable[[], int] = wall_ms,
        beat_s: float = _BEAT_S,
        lease_s: float = _LEASE_S,
    ) -> None:
        self._settings = settings
        self._db = database
        self._now = clock_ms
        self._beat_s = beat_s
        self._lease_s = lease_s
        places = Places.of(settings)
        self._stop = Stop()
        self._running: dict[str, Stop] = {}
        self._work = places.work
        for folder in (places.work, places.drafts, places.workers):
            folder.mkdir(parents=True, exist_ok=True)
        self._life = Life(places.workers)
        self._queue = Queue(settings, self._answer)

    def run(self, stop: Stop) -> None:
        """Work until ``stop``; what runs then goes back to the queue."""
        consumer = self._queue.consumer(self._settings.worker_jobs)
        consumer.start()
        _log.info("worker %s waits for conversions", self._life.name)
        try:
            while True:
                self._try(self._look_around)
                if stop.wait(self._beat_s):
                    break
        finally:
            self._stop.set()
            for one in list(self._running.values()):
                one.set()
            consumer.stop(graceful=True)
            self._queue.close()
            self._life.end()
            _log.info("worker %s ended", self._life.name)

    def _try(self, work: Callable[[], object]) -> None:
        """A database or queue that is away for a moment must not end the worker."""
        try:
            work()
        except (ShowroomError, SQLAlchemyError, OSError) as exc:
            _log.warning("%s", exc)

    def _look_around(self) -> None:
        """Give back what dead workers held; ring for what nobody was woken for."""
        now = self._now()
        for row in self._db.read_now(conversions.running):
            name = row["worker"]
            if name == self._life.name and row["id"] in self._running:
                continue
            # Its own, and not running: something unforeseen ended it. Others': dead for sure, or silent for long.
            if (name != self._life.name and self._life.is_dead(name)) or now - row["beat_ms"] > self._lease_s * 1000:
                state = self._db.write_now(
                    lambda db, row=row, name=name: conversions.deserted(  # type: ignore[misc]
                        db, row["id"], worker=name, tries=self._settings.conversion_tries, now_ms=now
                    )
                )
                _log.warning("worker %s died with %s, which is now %s", name, row["id"], state)
        self._life.bury()
        for left in self._work.iterdir():
            if self._life.is_gone(left.name.rpartition("-")[2]):
                shutil.rmtree(left, ignore_errors=True)
        if self._queue.is_quiet():
            for _ in range(min(self._db.read_now(conversions.waiting), self._settings.worker_jobs)):
                self._queue.ring()

    def _answer(self) -> None:
        """Somebody rang."""
        if self._stop.is_set():
            return
        self._try(self._take_one)

    def _take_one(self) -> None:
        row = self._db.write_now(lambda db: conversions.claim(db, worker=self._life.name, now_ms=self._now()))
        if row is None:
            return
        _log.info("conversion %s of %s, attempt %d", row["id"], row["product"], row["attempts"])
        stop = Stop()
        self._running[row["id"]] = stop
        try:
            Run(
                row,
                settings=self._settings,
                database=self._db,
                worker=self._life.name,
                stop=stop,
                is_leaving=self._stop.is_set,
                clock_ms=self._now,
                beat_s=self._beat_s,
            )()
        finally:
            del self._running[row["id"]]
        # The next one in the line need not wait for a ring that may have been lost.
        if not self._stop.is_set() and self._db.read_now(conversions.waiting):
            self._queue.ring()


def work(settings: Settings, stop: Stop) -> None:
    """
    Be a worker until ``stop``.

    Raises
    ------
    ShowroomError
        The database or the queue cannot be opened.
    """
    places = Places.of(settings)
    places.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database or sqlite_url(places.data / "showroom.db"))
    try:
        create_or_upgrade(database)
        Worker(settings, database).run(stop)
    finally:
        database.close()


def main() -> None:
    """What the server starts: settings on standard input, whose end is the end."""
    settings = msgspec.json.decode(sys.stdin.buffer.readline(), type=Settings)
    logs.configure(settings.log_format, settings.log_level)  # type: ignore[arg-type]
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_follow_server, args=(stop,), daemon=True).start()
    work(settings, stop)


def _follow_server(stop: Stop) -> None:
    while os.read(0, 4096):
        pass
    stop.set()


if __name__ == "__main__":
    main()
