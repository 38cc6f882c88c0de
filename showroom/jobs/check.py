"""
The first look at an uploaded scan, in a process of its own: what it is, and whether it is one model within the limits.

``refusal`` starts ``python -m showroom.jobs.check`` and waits; a file that crashes, hangs or bloats the reader costs
that process. What is looked at: the kind, the size, and of a zip its whole index (names that climb out, links, bombs,
encryption, several models). What is not: vertices and pictures; those are the converter's to judge.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

_LONGEST_S: Final = 120.0
_MEMORY_BYTES: Final = 6 << 30


def refusal(path: Path, *, timeout_s: float = _LONGEST_S) -> dict[str, Any] | None:
    """
    Why the scan at ``path`` cannot be converted: the JSON shape of an error; None if nothing speaks against it.

    Blocks; call it in a thread.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "showroom.jobs.check", str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=timeout_s,
            check=False,
        )
        found: dict[str, Any] | None = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return _error("input.limit", "Looking at the scan took too long. Pack it again, with fewer files.")
    except ValueError:  # it died without a word
        return _error("input.damaged", "The scan cannot be read: the reader failed on it. Export it again.")
    return found


def _error(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "fields": {}}


def _look(path: Path) -> None:
    """Nothing, or the pipeline's error."""
    from showroom_assets.errors import EmptyInput
    from showroom_pipeline.ingest.archive import ZipFiles
    from showroom_pipeline.ingest.files import suffix
    from showroom_pipeline.ingest.formats import READERS, sniffed, unread
    from showroom_pipeline.ingest.limits import Limits, at_most
    from showroom_pipeline.ingest.pairs import find_captures
    from showroom_pipeline.ingest.reading import choose

    limits = Limits()
    kind = suffix(path.name)
    if kind == ".zip":
        files = ZipFiles(path, limits)
        if not files.names:
            raise EmptyInput("The zip is empty: there is nothing to convert. Put a model in it.")
        if not find_captures(files):
            choose(files)
        return
    at_most(limits.file_bytes, path.stat().st_size, f"bytes of '{path.name}'")
    if kind not in READERS:
        # Without a suffix that says something, the first bytes may.
        refused = unread(path.name)
        with path.open("rb") as file:
            found = sniffed(file.read(16)) if refused.fields["format"] == kind else kind
        if found not in READERS:
            raise unread(path.name, found)


def _main() -> None:
    from showroom_assets.errors import ShowroomError

    _cap_memory()
    try:
        _look(Path(sys.argv[1]))
    except ShowroomError as exc:
        print(json.dumps(exc.to_json()))
    except MemoryError:
        print(json.dumps(_error("input.limit", "Looking at the scan takes too much memory. Pack it again, smaller.")))
    else:
        print("null")


def _cap_memory() -> None:
    import resource

    # Address space, not resident size: this process loads numpy and reads one file, nothing that reserves much.
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


if __name__ == "__main__":
    _main()
