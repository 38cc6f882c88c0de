"""
The worker process: one job in by standard input, events out, then the end.

A process an input, because native code can crash, hang or eat the memory: then this process is gone and nothing else.
It is started as ``python -m showroom_pipeline.worker EVENTS_FD`` by ``workers``, never imported by it. The standard
input stays open as long as the parent lives; its end means that the parent is dead, and the worker follows at once.
"""

import contextlib
import json
import os
import signal
import sys
import threading
from typing import NoReturn

from showroom_assets.errors import LimitExceeded, ShowroomError
from showroom_pipeline import product
from showroom_pipeline.events import Event, Failed, Listener, to_line


def main() -> NoReturn:
    """Run one job; the exit code says whether a final event was sent."""
    events = os.fdopen(int(sys.argv[1]), "wb", buffering=0)
    line = sys.stdin.buffer.readline()
    if not line:
        os._exit(1)
    job = product.Job.from_json(json.loads(line))
    threading.Thread(target=_follow_parent, daemon=True).start()
    _volunteer_for_the_oom_killer()

    def emit(event: Event) -> None:
        events.write(to_line(event).encode("utf-8", "replace") + b"\n")

    emit(_outcome(job, emit))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # what native libraries do in their destructors can no longer spoil a finished product


def _outcome(job: product.Job, emit: Listener) -> Event:
    try:
        return product.make(job, emit)
    except ShowroomError as exc:
        return Failed(name=job.name, error=exc.to_json())
    except MemoryError:
        error = LimitExceeded("The machine's memory was not enough. Give more by --memory, or run with --jobs 1.")
        return Failed(name=job.name, error=error.to_json())
    except OSError as exc:
        what = f"{exc.strerror or exc}: {exc.filename}" if exc.filename else str(exc)
        return Failed(name=job.name, error={"code": "system", "message": what, "fields": {}})
    except Exception as exc:  # noqa: BLE001 - the edge of the process: everything becomes one line for this input
        import traceback

        traceback.print_exc()  # to the log that the parent keeps
        message = (
            f"unexpected {type(exc).__name__}: {' '.join(str(exc).split())[:300]}. "
            "Run again with SHOWROOM_DEBUG=1 and report what it prints."
        )
        return Failed(name=job.name, error={"code": "internal", "message": message, "fields": {}})


def _follow_parent() -> None:
    while os.read(0, 4096):
        pass
    with contextlib.suppress(OSError):
        os.killpg(0, signal.SIGKILL)  # this process and the tools it started; the parent made it a group of its own
    os._exit(1)


def _volunteer_for_the_oom_killer() -> None:
    """If the machine runs out of memory, the kernel shall take a worker, not the command that reports it (Linux)."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("500")


if __name__ == "__main__":
    main()
