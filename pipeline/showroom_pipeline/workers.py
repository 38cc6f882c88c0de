"""
Starts a worker process for one job, watches it, and turns its end, however it ends, into one event.

Memory is capped by watching the resident size of the worker and the tools it starts, every 20 ms. A cap on the address
space (``RLIMIT_AS``) was tried: importing open3d alone reserves 6 GB that it never touches, so any useful cap refuses
healthy runs.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import IO

from showroom_assets.errors import Cancelled, LimitExceeded
from showroom_pipeline.events import Done, Event, Failed, Listener, from_line
from showroom_pipeline.product import Job

_POLL_S = 0.02
_CHILDREN_EVERY = 25  # polls: listing a process's children takes 2 ms, its own size 0.02 ms
_LOG_TAIL_BYTES = 2000

# One thread for each maths library, because the order of a parallel sum is the order of its bits; parallel work is
# one input a process. The hash seed is fixed for the same reason: sets of strings iterate in one order.
_ENVIRONMENT: Mapping[str, str] = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """What one worker may use: resident memory of it and its tools, and wall time."""

    memory_bytes: int
    time_s: float = 1800.0


class Stop:
    """A flag that ends all workers that were given it; may be set from a signal handler or another thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        self._event.set()

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, timeout_s: float) -> bool:
        """Wait until it is set, at most ``timeout_s``; whether it is."""
        return self._event.wait(timeout_s)


def run_job(job: Job, *, caps: Caps, stop: Stop, emit: Listener, debug: bool = False) -> Done | Failed:
    """
    Run one job in a process of its own and wait for it.

    Parameters
    ----------
    emit
        Given every event of the job as it comes; the final one is returned, and not given to it.
    debug
        Let the worker's own output through to standard error.

    Returns
    -------
    Done | Failed
        With the CPU seconds of the process and its children, and the wall time.
    """
    begun = time.monotonic()
    read_end, write_end = os.pipe()
    with tempfile.TemporaryFile() as log, os.fdopen(read_end, "rb") as events:
        process = subprocess.Popen(
            [sys.executable, "-m", "showroom_pipeline.worker", str(write_end)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=None if debug else log,
            pass_fds=(write_end,),
            env={**os.environ, **_ENVIRONMENT},
            start_new_session=True,
        )
        os.close(write_end)
        watch = _Watch(process, caps=caps, stop=stop, begun=begun)
        final: Event | None = None
        try:
            assert process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(json.dumps(job.to_json()).encode() + b"\n")
                process.stdin.flush()
            watch.start()
            for line in events:
                event = from_line(line.decode("utf-8", "replace"))
                if isinstance(event, Done | Failed):
                    final = event
                else:
                    emit(event)
            cpu_s, status = _wait(process)
        finally:
            watch.finish()
            _kill(process)
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()
        wall_s = time.monotonic() - begun
        if watch.reason is not None:
            final = Failed(name=job.name, error=watch.reason)
        elif final is None:
            final = Failed(name=job.name, error=_death(status, log))
    assert isinstance(final, Done | Failed)
    return replace(final, cpu_s=round(cpu_s, 3), wall_s=round(wall_s, 3))


class _Watch(threading.Thread):
    """Ends the process when it takes too much memory or time, or when the work is cancelled."""

    def __init__(self, process: "subprocess.Popen[bytes]", *, caps: Caps, stop: Stop, begun: float) -> None:
        super().__init__(daemon=True)
        self.reason: dict[str, object] | None = None
        self._process = process
        self._caps = caps
        self._cancelled = stop
        self._begun = begun
        self._finished = threading.Event()

    def finish(self) -> None:
        self._finished.set()
        if self.is_alive():
            self.join()

    def run(self) -> None:
        polls, children_bytes = 0, 0
        while not self._finished.wait(_POLL_S):
            polls += 1
            if self._cancelled.is_set():
                self._end(Cancelled("Stopped.").to_json())
            elif time.monotonic() - self._begun > self._caps.time_s:
                self._end(
                    LimitExceeded(
                        f"It took longer than {self._caps.time_s:.0f} s. Give more by --time-limit, or try --fast.",
                        seconds=self._caps.time_s,
                    ).to_json()
                )
            else:
                if polls % _CHILDREN_EVERY == 0:
                    children_bytes = _children_bytes(self._process.pid)
                used = _resident_bytes(self._process.pid) + children_bytes
                if used > self._caps.memory_bytes:
                    self._end(
                        LimitExceeded(
                            f"It needs more than {self._caps.memory_bytes / 1e9:.1f} GB of memory. "
                            "Give more by --memory, or reduce the scan.",
                            memory_bytes=self._caps.memory_bytes,
                        ).to_json()
                    )
            if self.reason is not None:
                return

    def _end(self, reason: dict[str, object]) -> None:
        self.reason = reason
        _kill(self._process)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill the worker and every tool it started: it leads a process group of its own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _wait(process: "subprocess.Popen[bytes]") -> tuple[float, int]:
    """CPU seconds of the process and the children it waited for, and its exit code (negative: a signal)."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, process.returncode


def _death(status: int, log: IO[bytes]) -> dict[str, object]:
    log.seek(0, os.SEEK_END)
    log.seek(max(0, log.tell() - _LOG_TAIL_BYTES))
    tail = log.read().decode("utf-8", "replace").strip()
    if status < 0:
        name = signal.Signals(-status).name
        why = "was killed, probably for want of memory" if name == "SIGKILL" else f"crashed ({name})"
    else:
        why = f"ended without a result (exit {status})"
    return {
        "code": "internal.crash",
        "message": f"The converter {why}. Other inputs are not affected. "
        "Try --jobs 1 or a smaller scan, and report it with the output of SHOWROOM_DEBUG=1.",
        "fields": {"status": status, "log": tail},
    }


def _resident_bytes(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return _resident_elsewhere(pid) if sys.platform != "linux" else 0


def _resident_elsewhere(pid: int) -> int:
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _children_bytes(pid: int) -> int:
    import psutil

    total = 0
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                total += child.memory_info().rss
    return total
