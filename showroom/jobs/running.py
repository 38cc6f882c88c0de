"""
One conversion in a worker: lays the scan out, runs the pipeline on it, keeps what came out, and tells the table.

A thread beats as long as it goes on; the same thread hears that it shall stop. The mesh work is done by the pipeline in
a process of its own.
"""

import contextlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path, PurePath
from typing import Any, Final

from showroom.db.database import Database
from showroom.errors import Busy
from showroom.jobs import conversions, options, words
from showroom.jobs.drafts import Drafts
from showroom.jobs.places import Places
from showroom.settings import Settings
from showroom_assets.errors import ShowroomError
from showroom_pipeline import batch, cache
from showroom_pipeline.events import Done, Event, Failed, Note, Started, StepDone, StepStarted
from showroom_pipeline.inputs import Input
from showroom_pipeline.workers import Stop

_log = logging.getLogger("showroom.worker")
_TELL_EVERY_S: Final = 0.2


class Run:
    """
    One conversion, from its claim to its end.

    Parameters
    ----------
    row
        As ``conversions.claim`` gave it.
    is_leaving
        Whether the worker itself is going; then a conversion that was stopped waits for another.
    stop
        Set from outside, it ends the conversion.
    clock_ms, beat_s
        As for ``Worker``.
    """

    def __init__(
        self,
        row: dict[str, Any],
        *,
        settings: Settings,
        database: Database,
        worker: str,
        stop: Stop,
        is_leaving: Callable[[], bool],
        clock_ms: Callable[[], int],
        beat_s: float,
    ) -> None:
        self._row = row
        self._id: str = row["id"]
        self._settings = settings
        self._db = database
        self._places = Places.of(settings)
        self._drafts = Drafts(self._places.drafts)
        self._is_leaving = is_leaving
        self._now = clock_ms
        self._beat_s = beat_s
        # Of this worker alone: one that was thought dead must not clear away what its successor works on.
        self._folder: Path = self._places.work / f"{self._id}-{worker}"
        self._stored = f"scan{row['suffix']}"
        self._stop = stop
        self._ended = threading.Event()
        self._told_at = 0.0
        self._fraction = 0.0
        self._hold: dict[str, Any] = {"worker": worker}

    def __call__(self) -> None:
        """Do it; the table tells what came of it."""
        beating = threading.Thread(target=self._beat, name=f"beat-{self._id}", daemon=True)
        beating.start()
        try:
            outcome = self._convert()
            self._settle(outcome)
        finally:
            self._ended.set()
            beating.join()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _convert(self) -> Done | Failed:
        settings = self._settings
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
            cache=Path(os.environ.get("SHOWROOM_CACHE") or self._places.cache),
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
        source: Path = self._places.uploads / self._row["upload"] / self._stored
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
                size_bytes = self._drafts.put(self._id, Path(outcome.folder))
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
            outcome.error, stored=self._stored, name=self._row["name"], data=str(self._places.data)
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
        if self._is_leaving():
            self._write(lambda db: conversions.release(db, self._id, now_ms=self._now(), **self._hold))
        else:
            self._end(conversions.CANCELLED, "cancelled")

    def _end(self, state: str, message: str, **found: Any) -> None:
        now = self._now()
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
        while not self._ended.wait(self._beat_s):
            if self._is_leaving():
                self._stop.set()
                return
            try:
                goes_on = self._db.write_now(
                    lambda db: conversions.beat(db, self._id, now_ms=self._now(), **self._hold)
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
            "now_ms": self._now(),
        }
        with contextlib.suppress(Busy):
            self._db.write_now(lambda db: conversions.progress(db, self._id, **said, **self._hold))


def _title(file_name: str) -> str:
    """A name for people, of a file's: "lund_chair-oak.obj" is "lund chair oak"."""
    stem = PurePath(file_name.replace("\\", "/")).stem
    return " ".join(stem.replace("_", " ").replace("-", " ").split()) or "Product"
