"""
The bytes of unfinished uploads on the disk.

An upload is a folder named by its id, with one file ``scan.<suffix>`` in it; nothing of the name that a client gave is
ever part of a path. What ``sync`` has returned for survives a crash. Whoever writes holds a lock of the operating
system, which goes with the process, so two clients, two server processes or a dead one never mix their bytes.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import threading
from pathlib import Path
from typing import Final

from showroom.jobs.errors import UploadGone, UploadTaken
from showroom_assets.disk import sync_folder

_ID: Final = re.compile(r"[a-z0-9]{8,40}")
_SUFFIX: Final = re.compile(r"(?:\.[a-z0-9]{1,11})?")
_READ_BYTES: Final = 1 << 20


class Parts:
    """
    Parameters
    ----------
    root
        The folder of all uploads; made if need be.
    """

    def __init__(self, root: Path) -> None:
        self.root: Final = root
        root.mkdir(parents=True, exist_ok=True)

    def folder(self, upload: str) -> Path:
        """Where an upload lies. ``upload`` is an id that the server made."""
        if not _ID.fullmatch(upload):
            raise ValueError(f"not an id: {upload!r}")
        return self.root / upload

    def path(self, upload: str, suffix: str) -> Path:
        """The scan's file."""
        if not _SUFFIX.fullmatch(suffix):
            raise ValueError(f"not a suffix: {suffix!r}")
        return self.folder(upload) / f"scan{suffix}"

    def create(self, upload: str, suffix: str) -> None:
        """Make the empty file; once this has returned, it is there after a crash."""
        self.folder(upload).mkdir()
        path = self.path(upload, suffix)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        for folder in (path.parent, self.root):
            with contextlib.suppress(OSError):
                sync_folder(folder)

    def open(self, upload: str, suffix: str) -> "Part":
        """
        Lock the file for writing. Ask for the acknowledged offset only now, with the lock, and ``begin`` there.

        Raises
        ------
        UploadTaken
            Somebody else is writing.
        UploadGone
            The file is not there any more.
        """
        try:
            descriptor = os.open(self.path(upload, suffix), os.O_WRONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise UploadGone("This upload is gone. Begin again.") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise UploadTaken(
                "Another client is sending a part of this upload. Wait for it, ask for the offset, and go on there.",
                retry_after_s=2,
            ) from None
        return Part(descriptor)

    def digest(self, upload: str, suffix: str) -> str:
        """SHA-256 of the file, in hexadecimal."""
        whole = hashlib.sha256()
        with self.path(upload, suffix).open("rb") as file:
            while piece := file.read(_READ_BYTES):
                whole.update(piece)
        return whole.hexdigest()

    def remove(self, upload: str) -> None:
        """Remove an upload's folder, if it is there."""
        shutil.rmtree(self.folder(upload), ignore_errors=True)

    def ids(self) -> list[str]:
        """Every upload that has a folder."""
        with os.scandir(self.root) as entries:
            return sorted(entry.name for entry in entries if _ID.fullmatch(entry.name))

    def age_s(self, upload: str, *, now_s: float) -> float:
        """Seconds since the folder was made or changed."""
        try:
            return now_s - self.folder(upload).stat().st_mtime
        except OSError:
            return 0.0


class Part:
    """
    One piece of writing, with the lock held. Its methods may be called from several threads, ``close`` at any time.

    Parameters
    ----------
    descriptor
        Of the locked file.
    """

    def __init__(self, descriptor: int) -> None:
        self._lock = threading.Lock()
        self._descriptor = descriptor
        self._begun_at = 0
        self.at = 0
        """Where the next byte goes."""

    def begin(self, offset: int) -> int:
        """
        Go to ``offset``; what lies behind it was never acknowledged and is cut off. Where it really is: before
        ``offset``, if the disk lost what it had promised.
        """
        with self._lock:
            self.at = self._begun_at = min(offset, os.fstat(self._descriptor).st_size)
            os.ftruncate(self._descriptor, self.at)
            os.lseek(self._descriptor, self.at, os.SEEK_SET)
            return self.at

    def write(self, data: bytes | bytearray) -> None:
        """
        Append.

        Raises
        ------
        OSError
            The disk is full or broken.
        """
        with self._lock:
            view = memoryview(data)
            while view:
                written = os.write(self._descriptor, view)
                view = view[written:]
                self.at += written

    def sync(self) -> int:
        """Bring everything to the disk; the offset that may now be acknowledged."""
        with self._lock:
            os.fsync(self._descriptor)
            return self.at

    def take_back(self) -> None:
        """Forget everything since ``begin``."""
        with self._lock:
            os.ftruncate(self._descriptor, self._begun_at)
            os.lseek(self._descriptor, self._begun_at, os.SEEK_SET)
            self.at = self._begun_at

    def close(self) -> None:
        """Let go of the lock; more than once is no error."""
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1
