"""
Converts many inputs: finds what is unchanged, gives the rest to worker processes, and reports in the inputs' order.

Products do not depend on each other, so the number of workers and the order in which they finish change nothing in
what is written.
"""

import os
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from showroom_assets.errors import Cancelled, InputError
from showroom_pipeline import folder, inputs, product, stamp
from showroom_pipeline.cache import DEFAULT_SIZE_BYTES, Cache
from showroom_pipeline.events import Done, Event, Failed, Listener
from showroom_pipeline.inputs import Input
from showroom_pipeline.options import Options
from showroom_pipeline.product import DEFAULT_RECIPE, Job
from showroom_pipeline.workers import Caps, Stop, run_job

_MEMORY_SHARE = 0.8
_LEAST_MEMORY_BYTES = 1_500_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    How to work, as against what to make: the number of jobs changes no byte of the products.

    Parameters
    ----------
    jobs
        Worker processes at a time.
    memory_bytes
        Cap of each worker; None shares out four fifths of the machine's memory.
    cache
        Folder of the step cache, or None.
    debug
        Let the workers' own output through.
    recipe
        The module that gives the steps; the one thing here that is about the products.
    """

    jobs: int = 1
    memory_bytes: int | None = None
    time_limit_s: float = 1800.0
    cache: Path | None = None
    cache_bytes: int = DEFAULT_SIZE_BYTES
    debug: bool = False
    recipe: str = DEFAULT_RECIPE


def convert(
    scans: Sequence[Input], out: Path, *, options: Options, settings: Settings, stop: Stop, emit: Listener
) -> list[Done | Failed]:
    """
    Convert every input; one that fails does not stop the others.

    Parameters
    ----------
    emit
        Called from one thread at a time with every event, the final ones included.

    Returns
    -------
    list
        One outcome an input, in the order of ``scans``. Those not begun when ``stop`` was set are ``Failed`` with
        the code ``cancelled``.
    """
    out.mkdir(parents=True, exist_ok=True)
    folder.sweep(out)
    outcomes: dict[int, Done | Failed] = {}
    todo: queue.SimpleQueue[tuple[int, Job]] = queue.SimpleQueue()
    waiting = 0
    for index, scan in enumerate(scans):
        settled = _check(scan, out, options=options, settings=settings)
        if isinstance(settled, Job):
            todo.put((index, settled))
            waiting += 1
        else:
            outcomes[index] = settled
            emit(settled)
    if waiting:
        _work(todo, outcomes, workers=min(settings.jobs, waiting), settings=settings, stop=stop, emit=emit)
        if settings.cache is not None:
            Cache(settings.cache, size_bytes=settings.cache_bytes).evict()
    return [outcomes[index] for index in range(len(scans))]


def plan(scans: Sequence[Input], out: Path, *, options: Options) -> list[tuple[str, str, str]]:
    """What ``convert`` would do with each input: name, path, and ``converted``, ``left as it is`` or why it fails."""
    rows = []
    for scan in scans:
        settled = _check(scan, out, options=options, settings=Settings())
        if isinstance(settled, Failed):
            action = f"failed: {settled.error['message']}"
        else:
            action = "converted" if isinstance(settled, Job) else "left as it is"
        rows.append((scan.name, str(scan.path), action))
    return rows


def memory_share(jobs: int) -> int:
    """What each of ``jobs`` workers may use by default, bytes; at least 1.5 GB."""
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        import psutil

        total = psutil.virtual_memory().total
    return max(_LEAST_MEMORY_BYTES, int(total * _MEMORY_SHARE / jobs))


def _check(scan: Input, out: Path, *, options: Options, settings: Settings) -> Job | Done | Failed:
    """A job, or the outcome if it is known without working."""
    before = stamp.read(out, scan.name)
    try:
        files = tuple(inputs.states(scan.path, before.files if before is not None else ()))
    except InputError as exc:
        return Failed(name=scan.name, error=exc.to_json())
    job = Job(
        path=str(scan.path),
        name=scan.name,
        out=str(out),
        options=options,
        cache=str(settings.cache) if settings.cache is not None else None,
        files=files,
        recipe=settings.recipe,
    )
    current = product.is_current(job)
    if current is None:
        return job
    return Done(name=scan.name, folder=str(out / current.folder), result=current.result, unchanged=True)


def _work(
    todo: "queue.SimpleQueue[tuple[int, Job]]",
    outcomes: dict[int, Done | Failed],
    *,
    workers: int,
    settings: Settings,
    stop: Stop,
    emit: Listener,
) -> None:
    caps = Caps(memory_bytes=settings.memory_bytes or memory_share(workers), time_s=settings.time_limit_s)
    one_at_a_time = threading.Lock()

    def tell(event: Event) -> None:
        with one_at_a_time:
            emit(event)

    def work() -> None:
        while True:
            try:
                index, job = todo.get_nowait()
            except queue.Empty:
                return
            if stop.is_set():
                outcome: Done | Failed = Failed(name=job.name, error=Cancelled("Stopped.").to_json())
            else:
                try:
                    outcome = run_job(job, caps=caps, stop=stop, emit=tell, debug=settings.debug)
                except OSError as exc:  # no process could be started
                    message = f"No worker could be started ({exc}). Try fewer --jobs."
                    outcome = Failed(name=job.name, error={"code": "system", "message": message, "fields": {}})
            outcomes[index] = outcome
            tell(outcome)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            while thread.is_alive():
                thread.join(0.2)  # with a limit, so that the main thread hears signals
    except BaseException:
        stop.set()
        for thread in threads:
            thread.join(10)
        raise
