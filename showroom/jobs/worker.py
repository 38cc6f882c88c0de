"""
The worker's process: hears the bell, claims a conversion, runs the pipeline on it, keeps what came out as a draft.

It may be killed at any moment. What it held is found by the next worker that looks (``_look_around``) and run again;
the pipeline's step cache makes that cheap, and the draft appears only whole. The mesh work itself is done by the
pipeline's own processes, one a conversion, with their limits of memory and time; those die with this one.

``python -m showroom.jobs.worker`` is how the server starts it: settings as one JSON line on standard input, which then
stays open as long as the server lives. ``showroom worker`` is how an operator does.
"""

import contextlib
import fcntl
import logging
import os
import secrets
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any, Final

import msgspec

from showroom import logs
from showroom.db.database import Database, sqlite_url
from showroom.db.schema import create_or_upgrade
from showroom.errors import Busy
from showroom.jobs import conversions, options, words
from showroom.jobs.drafts import Drafts
from showroom.jobs.places import Places
from showroom.jobs.queue import Queue
from showroom.settings import Settings
from showroom_assets.errors import ShowroomError
from showroom_pipeline import batch, cache
from showroom_pipeline.events import Done, Event, Failed, Note, Started, StepDone, StepStarted
from showroom_pipeline.inputs import Input
from showroom_pipeline.workers import Stop

_log = logging.getLogger("showroom.worker")
_BEAT_S: Final = 2.0
_LEASE_S: Final = 30.0
_TELL_EVERY_S: Final = 0.2


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
        self._places = Places.of(settings)
        self._drafts = Drafts(self._places.drafts)
        self._stop = Stop()
        self._running: set[Stop] = set()
        for folder in (self._places.work, self._places.drafts, self._places.workers):
            folder.mkdir(parents=True, exist_ok=True)
        self._life = _Life(self._places.workers)
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
            for one in list(self._running):
                one.set()
            consumer.stop(graceful=True)
            self._queue.close()
            self._life.end()
            _log.info("worker %s ended", self._life.name)

    def _try(self, work: Callable[[], object]) -> None:
        """A database or queue that is away for a moment must not end the worker."""
        try:
            work()
        except (ShowroomError, OSError) as exc:
            _log.warning("%s", exc)

    def _look_around(self) -> None:
        """Give back what dead workers held; ring for what nobody was woken for."""
        now = self._now()
        for row in self._db.read_now(conversions.running):
            name = row["worker"]
            if name == self._life.name:
                continue
            if self._life.is_dead(name) or now - row["beat_ms"] > self._lease_s * 1000:
                state = self._db.write_now(
                    lambda db, row=row, name=name: conversions.deserted(  # type: ignore[misc]
                        db, row["id"], worker=name, tries=self._settings.conversion_tries, now_ms=now
                    )
                )
                _log.warning("worker %s died with %s, which is now %s", name, row["id"], state)
        self._life.bury()
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
        _Conversion(self, row).run()
        # The next one in the line need not wait for a ring that may have been lost.
        if not self._stop.is_set() and self._db.read_now(conversions.waiting):
            self._queue.ring()


class _Conversion:
    """One conversion from its claim to its end."""

    def __init__(self, worker: Worker, row: dict[str, Any]) -> None:
        self._worker = worker
        self._row = row
        self._id: str = row["id"]
        self._db = worker._db
        self._folder: Path = worker._places.work / self._id
        self._stored = f"scan{row['suffix']}"
        self._stop = Stop()
        self._ended = threading.Event()
        self._told_at = 0.0
        self._fraction = 0.0
        self._hold: dict[str, Any] = {"worker": worker._life.name}

    def run(self) -> None:
        beating = threading.Thread(target=self._beat, name=f"beat-{self._id}", daemon=True)
        beating.start()
        self._worker._running.add(self._stop)
        try:
            outcome = self._convert()
            self._settle(outcome)
        finally:
            self._worker._running.discard(self._stop)
            self._ended.set()
            beating.join()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _convert(self) -> Done | Failed:
        settings = self._worker._settings
        try:
            wanted = options.from_json(self._row["options"])
            scan = self._lay_out(wanted)
        except OSError as exc:
            _log.error("conversion %s: %s", self._id, exc)
            return Failed(name=self._id, error={"code": "system", "message": str(exc), "fields": {}})
        how = batch.Settings(
            jobs=1,
            memory_bytes=settings.worker_memory_bytes or batch.memory_share(settings.worker_jobs),
            time_limit_s=float(settings.worker_time_s),
            cache=Path(os.environ.get("SHOWROOM_CACHE") or self._worker._places.cache),
            cache_bytes=cache.size_setting(os.environ),
        )
        (outcome,) = batch.convert(
            [Input(scan, self._row["product"])],
            self._folder / "out",
            options=options.pipeline_options(wanted),
            settings=how,
            stop=self._stop,
            emit=self._tell,
        )
        return outcome

    def _lay_out(self, wanted: options.ConversionOptions) -> Path:
        """The scan in a folder of its own, with the facts beside it: where the pipeline looks for them."""
        shutil.rmtree(self._folder, ignore_errors=True)
        inside = self._folder / "in"
        inside.mkdir(parents=True)
        source: Path = self._worker._places.uploads / self._row["upload"] / self._stored
        try:
            os.link(source, inside / self._stored)
        except OSError:  # another file system, or one without links
            shutil.copyfile(source, inside / self._stored)
        facts = {**wanted.facts}
        facts.setdefault("name", _title(self._row["name"]))
        (inside / "product.toml").write_bytes(options.facts_toml(facts, model=self._stored))
        return inside / self._stored

    def _settle(self, outcome: Done | Failed) -> None:
        if isinstance(outcome, Done):
            try:
                size_bytes = self._worker._drafts.put(self._id, Path(outcome.folder))
            except (ShowroomError, OSError) as exc:
                _log.error("the draft of %s cannot be kept: %s", self._id, exc)
                outcome = Failed(name=self._id, error={"code": "system", "message": str(exc), "fields": {}})
            else:
                self._keep(outcome, size_bytes)
                return
        if outcome.error["code"] == "cancelled":
            self._give_up()
            return
        error = words.for_merchant(
            outcome.error, stored=self._stored, name=self._row["name"], data=str(self._worker._places.data)
        )
        if error["message"] != outcome.error["message"]:
            _log.warning("conversion %s failed: %s", self._id, outcome.error)
        self._end(conversions.FAILED, str(error["message"]), error=error)

    def _keep(self, outcome: Done, size_bytes: int) -> None:
        result = {**outcome.result, "cpu_s": outcome.cpu_s, "wall_s": outcome.wall_s}
        if outcome.result.get("verdict") != "refused":
            self._end(conversions.DRAFT, "the draft is ready", result=result, draft_bytes=size_bytes)
            return
        reasons = " ".join(outcome.result.get("reasons", ())) or "It is under the quality bar."
        error = {"code": "quality.refused", "message": f"{reasons} See its report, or publish it with force."}
        self._end(
            conversions.REFUSED,
            error["message"],
            error={**error, "fields": {"reasons": list(outcome.result.get("reasons", ()))}},
            result=result,
            draft_bytes=size_bytes,
        )

    def _give_up(self) -> None:
        """It was stopped: by its merchant, or because this worker goes."""
        if self._worker._stop.is_set():
            self._write(lambda db: conversions.release(db, self._id, now_ms=self._worker._now(), **self._hold))
        else:
            self._end(conversions.CANCELLED, "cancelled")

    def _end(self, state: str, message: str, **found: Any) -> None:
        now = self._worker._now()
        is_mine = self._write(
            lambda db: conversions.end(db, self._id, state=state, message=message, now_ms=now, **self._hold, **found)
        )
        _log.info("conversion %s: %s", self._id, state if is_mine else "taken over by another worker")

    def _write(self, work: Callable[[Any], Any]) -> Any:
        """The end of a conversion is worth waiting for a database that is away for a moment."""
        for wait_s in (1, 2, 5, 10):
            try:
                return self._db.write_now(work)
            except Busy as exc:
                _log.warning("%s", exc)
                time.sleep(wait_s)
        return self._db.write_now(work)

    def _beat(self) -> None:
        while not self._ended.wait(self._worker._beat_s):
            if self._worker._stop.is_set():
                self._stop.set()
                return
            try:
                goes_on = self._db.write_now(
                    lambda db: conversions.beat(db, self._id, now_ms=self._worker._now(), **self._hold)
                )
            except Busy:
                continue
            if not goes_on:
                self._stop.set()

    def _tell(self, event: Event) -> None:
        """Note a step, not more often than people can read."""
        now = time.monotonic()
        match event:
            case Started() | Done() | Failed():
                return
            case Note():
                step, fraction, message = "note", None, event.text
            case StepStarted() | StepDone():
                if now - self._told_at < _TELL_EVERY_S:
                    return
                step, fraction, message = event.step, event.fraction, event.step
        self._told_at = now
        # The recipe grows once the scan has been read, and its share of what is done shrinks: a bar that went backwards
        # would worry people.
        self._fraction = max(self._fraction, fraction or 0.0)
        said: dict[str, Any] = {
            "step": step,
            "fraction": self._fraction,
            "message": message,
            "now_ms": self._worker._now(),
        }
        with contextlib.suppress(Busy):
            self._db.write_now(lambda db: conversions.progress(db, self._id, **said, **self._hold))


def _title(file_name: str) -> str:
    """A name for people, of a file's: "lund_chair-oak.obj" is "lund chair oak"."""
    stem = PurePath(file_name.replace("\\", "/")).stem
    return " ".join(stem.replace("_", " ").replace("-", " ").split()) or "Product"


class _Life:
    """
    A file that is locked as long as the process lives: whoever can lock it knows that its owner is dead, at once and on
    any machine that shares the folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = f"w{secrets.token_hex(8)}"
        self._descriptor = os.open(self._path(self.name), os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def is_dead(self, name: str) -> bool:
        """Whether the worker is surely dead; False where that cannot be told."""
        try:
            descriptor = os.open(self._path(name), os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return True

    def bury(self) -> None:
        """Remove the files of the dead. Call it after what they held was given back."""
        for path in self._folder.glob("w*.lock"):
            name = path.stem
            with contextlib.suppress(OSError):
                # A file just made may not be locked yet.
                if time.time() - path.stat().st_mtime > 60 and self.is_dead(name):
                    path.unlink()

    def end(self) -> None:
        self._path(self.name).unlink(missing_ok=True)
        os.close(self._descriptor)

    def _path(self, name: str) -> Path:
        return self._folder / f"{os.path.basename(name)}.lock"


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
