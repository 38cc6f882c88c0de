"""A watched folder is reported when it has come to rest, not while a file is still being written."""

import threading
import time
from pathlib import Path

from showroom_pipeline.watch import changes
from showroom_pipeline.workers import Stop

QUIET_S = 0.4


def test_a_growing_file_is_reported_once_when_it_has_stopped_growing(tmp_path: Path) -> None:
    stop = Stop()
    sizes: list[int] = []
    path = tmp_path / "scan.stl"
    started = threading.Event()

    def write() -> None:
        started.wait()
        with path.open("wb") as file:
            for _ in range(8):
                file.write(b"x" * 1000)
                file.flush()
                time.sleep(QUIET_S / 4)

    threading.Thread(target=write, daemon=True).start()
    for _ in changes([tmp_path], stop=stop, quiet_s=QUIET_S):
        sizes.append(path.stat().st_size if path.exists() else 0)
        started.set()
        if sizes[-1]:
            stop.set()
    assert sizes == [0, 8000]


def test_what_changes_while_nobody_looks_is_reported_too(tmp_path: Path) -> None:
    stop = Stop()
    seen = []
    for _ in changes([tmp_path], stop=stop, quiet_s=QUIET_S):
        seen.append(sorted(path.name for path in tmp_path.iterdir()))
        if len(seen) == 1:
            (tmp_path / "a.stl").write_text("put here during the conversion")
        else:
            stop.set()
    assert seen == [[], ["a.stl"]]


def test_hidden_and_untouched_files_are_not_reported(tmp_path: Path) -> None:
    stop = Stop()
    count = 0
    threading.Timer(4 * QUIET_S, stop.set).start()
    for _ in changes([tmp_path], stop=stop, quiet_s=QUIET_S):
        count += 1
        (tmp_path / ".scan.stl.part").write_text("half")
    assert count == 1
