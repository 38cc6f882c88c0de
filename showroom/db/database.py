"""
One database for all domains, with group commit.

Work on the database is a plain function of a connection. ``write`` hands it to the one writer thread, which runs all
work that is waiting in one transaction, each in a savepoint of its own, and answers only after the commit: what was
answered is never lost, work that fails undoes itself alone, and a thousand small writes cost one flush of the disk.
``read`` runs in a small pool of threads, on a transaction of its own.

Works run on SQLite (one file, WAL, one writer at a time over all processes) and on PostgreSQL (by URL, psycopg), and
must hold under both: lock what you check (``with_for_update``; SQLite's BEGIN IMMEDIATE has already locked everything).
A work may run again when the database asks for it (serialisation failure, deadlock), so it must have no other effect.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from showroom.errors import Busy

T = TypeVar("T")
Work = Callable[[Connection], T]

_MOST_IN_ONE: Final = 512
_MOST_WAITING: Final = 20_000
_TRIES: Final = 8
_BUSY_S: Final = 10
_WRITES: Final = "showroom_writes"


@dataclass(slots=True)
class _Job:
    work: Work[Any]
    answer: Future[Any]


class Database:
    """
    Parameters
    ----------
    url
        ``sqlite:///path/to/file.db`` or ``postgresql://…``. Use ``sqlite_url`` for a path.
    readers
        Threads for reading.
    """

    def __init__(self, url: str, *, readers: int = 4) -> None:
        self.engine: Final[Engine] = _engine(url)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="db-read")
        self._waiting: queue.Queue[_Job | None] = queue.Queue(_MOST_WAITING)
        self._is_closed = False
        self._writer = threading.Thread(target=self._write_for_ever, name="db-write", daemon=True)
        self._writer.start()

    async def read(self, work: Work[T]) -> T:
        """Run ``work`` on a connection of its own; it must not write."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, work)

    async def write(self, work: Work[T]) -> T:
        """
        Run ``work`` in the next transaction; comes back once that is on disk.

        Raises
        ------
        Busy
            Too much is waiting already, or the database cannot be reached.
        Exception
            Whatever ``work`` raised; nothing of it was kept.
        """
        return await asyncio.wrap_future(self._submit(work))

    def read_now(self, work: Work[T]) -> T:
        """As ``read``, in the caller's thread."""
        try:
            with self.engine.connect() as connection:
                return work(connection)
        except (OperationalError, PoolTimeout) as exc:
            raise _no_answer() from exc

    def write_now(self, work: Work[T]) -> T:
        """As ``write``, for callers without an event loop."""
        answer: T = self._submit(work).result()
        return answer

    def close(self) -> None:
        """Finish what is waiting, then let go of all connections."""
        self._is_closed = True
        self._waiting.put(None)
        self._writer.join()
        self._readers.shutdown()
        self.engine.dispose()

    def _submit(self, work: Work[T]) -> "Future[T]":
        if self._is_closed:  # nobody would ever answer
            raise Busy("The server is closing. Try again in a few seconds.", retry_after_s=5)
        job = _Job(work, Future())
        try:
            self._waiting.put_nowait(job)
        except queue.Full:
            raise Busy("The shop is very busy. Try again in a few seconds.", retry_after_s=2) from None
        return job.answer

    def _write_for_ever(self) -> None:
        is_open = True
        while is_open:
            first = self._waiting.get()
            if first is None:
                return
            jobs = [first]
            while len(jobs) < _MOST_IN_ONE:
                try:
                    job = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if job is None:
                    is_open = False
                    break
                jobs.append(job)
            self._commit([job for job in jobs if job.answer.set_running_or_notify_cancel()])

    def _commit(self, jobs: list[_Job]) -> None:
        """Run jobs in one transaction, as often as the database asks for; then answer all of them."""
        for attempt in range(_TRIES):
            try:
                outcomes = self._attempt(jobs)
            except DBAPIError as exc:
                if attempt + 1 < _TRIES and _is_passing(exc):
                    threading.Event().wait(0.005 * 2**attempt)
                    continue
                busy = _no_answer()
                busy.__cause__ = exc
                for job in jobs:
                    job.answer.set_exception(busy)
                return
            except BaseException as exc:  # noqa: BLE001 - the writer must outlive any work
                for job in jobs:
                    job.answer.set_exception(exc)
                return
            for job, (is_done, value) in zip(jobs, outcomes, strict=True):
                if is_done:
                    job.answer.set_result(value)
                else:
                    job.answer.set_exception(value)
            return

    def _attempt(self, jobs: list[_Job]) -> list[tuple[bool, Any]]:
        outcomes: list[tuple[bool, Any]] = []
        with self.engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
            for job in jobs:
                savepoint = connection.begin_nested()
                try:
                    value = job.work(connection)
                except OperationalError:
                    raise  # the connection or the whole transaction is at fault, not this work
                except Exception as exc:  # noqa: BLE001 - belongs to the one who asked
                    savepoint.rollback()
                    outcomes.append((False, exc))
                else:
                    savepoint.commit()
                    outcomes.append((True, value))
        return outcomes


def sqlite_url(path: Path) -> str:
    """The URL of a database file, whose folder must exist."""
    return f"sqlite:///{path.resolve()}"


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        driver_url = url.replace("postgresql://", "postgresql+psycopg://", 1).replace(
            "postgres://", "postgresql+psycopg://", 1
        )
        return create_engine(driver_url, pool_size=8, max_overflow=4, pool_timeout=_BUSY_S, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_S, "check_same_thread": False}, pool_size=8)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: it would do so too late, after the first read.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: in WAL mode NORMAL may lose the last commits with the power. An accepted order may not be lost.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _no_answer() -> Busy:
    return Busy("The database does not answer. Try again in a few seconds.", retry_after_s=5)


def _is_passing(exc: DBAPIError) -> bool:
    """Whether the same transaction may well succeed a moment later."""
    if exc.connection_invalidated:
        return True
    state = getattr(exc.orig, "sqlstate", None)
    if isinstance(state, str):
        return state.startswith(("40", "08", "57P")) or state == "55P03"
    return "locked" in str(exc.orig) or "busy" in str(exc.orig)
