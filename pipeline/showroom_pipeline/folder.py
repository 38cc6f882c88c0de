"""
The product's folder: written aside, then put in its place in one move.

A reader of ``OUT/<name>/`` sees the old product or the new one, never half of one, whenever the process is killed.
"""

import contextlib
import ctypes
import errno
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from showroom_assets.disk import sync_folder
from showroom_pipeline.stamp import HIDDEN

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def put(out: Path, name: str, files: Iterable[tuple[str, bytes]]) -> Path:
    """
    Make ``out/name`` hold exactly ``files``.

    Parameters
    ----------
    files
        Relative POSIX names and bytes.

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written; ``out/name`` is then as it was.
    """
    aside = out / HIDDEN / "tmp"
    aside.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=aside, prefix=f"{name}-{os.getpid()}-"))
    try:
        for file_name, data in files:
            path = temporary / file_name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        temporary.chmod(0o755)  # mkdtemp makes it private; a web server must read it
        target = out / name
        if not target.exists():
            os.rename(temporary, target)
        elif not _exchange(temporary, target):
            old = Path(tempfile.mkdtemp(dir=aside, prefix=f"{name}-{os.getpid()}-"))
            os.rename(target, old / "old")
            os.rename(temporary, target)
            shutil.rmtree(old, ignore_errors=True)
        with contextlib.suppress(OSError):
            sync_folder(out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)  # what failed, or the old product after the exchange
    return target


def sweep(out: Path) -> None:
    """Remove what processes that no longer run left aside."""
    aside = out / HIDDEN / "tmp"
    if not aside.is_dir():
        return
    for left in aside.iterdir():
        parts = left.name.rsplit("-", 2)
        if len(parts) == 3 and parts[1].isdigit() and not _is_running(int(parts[1])):
            shutil.rmtree(left, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one move (Linux); False where the system cannot."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    done = call(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
    return bool(done == 0)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as exc:
        return exc.errno != errno.ESRCH
    return True


def discard(out: Path, name: str) -> None:
    """Remove ``out/name`` in one move, if it is there."""
    target = out / name
    if target.is_dir():
        aside = out / HIDDEN / "tmp"
        aside.mkdir(parents=True, exist_ok=True)
        old = Path(tempfile.mkdtemp(dir=aside, prefix=f"{name}-{os.getpid()}-"))
        os.rename(target, old / "old")
        shutil.rmtree(old, ignore_errors=True)
