"""
The step cache: results on disk, each under the key of the step that made it.

What it is: a folder of value files (see ``values``), safe to share between processes, safe to delete, bounded in size
(the least recently used go first). What it is not: a store of products; nothing here is needed to read one.

Entries are written to a temporary name and renamed, so a reader sees a whole entry or none; they are not fsynced,
because an entry that a power cut damaged fails its digest and its step simply runs again.
"""

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from showroom_pipeline import values

DEFAULT_SIZE_BYTES = 8 * 1024**3
_KEEP_AFTER_EVICTION = 0.8
_SUFFIX = ".value"


def default_folder(environment: Mapping[str, str]) -> Path:
    """``SHOWROOM_CACHE``, or the user's cache folder: results are shared by all output folders."""
    if environment.get("SHOWROOM_CACHE"):
        return Path(environment["SHOWROOM_CACHE"])
    base = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "showroom"


def size_setting(environment: Mapping[str, str]) -> int:
    """``SHOWROOM_CACHE_GB``, or 8 GiB."""
    try:
        return max(0, int(float(environment["SHOWROOM_CACHE_GB"]) * 1e9))
    except (KeyError, ValueError, OverflowError):
        return DEFAULT_SIZE_BYTES


class Cache:
    """
    Results by key.

    Parameters
    ----------
    folder
        Made when first written to.
    size_bytes
        ``evict`` brings the folder under it.
    """

    def __init__(self, folder: Path, *, size_bytes: int = DEFAULT_SIZE_BYTES) -> None:
        self.folder = folder
        self.size_bytes = size_bytes

    def digest(self, key: str) -> str | None:
        """The digest of the result under ``key`` without reading it all, or None."""
        path = self._path(key)
        try:
            with path.open("rb") as file:
                found = values.peek(file.read(values.PREFIX_BYTES), os.fstat(file.fileno()).st_size)
        except FileNotFoundError:
            return None
        except (OSError, values.Unreadable):
            self.discard(key)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # the clock of "least recently used"
        return found

    def load(self, key: str) -> Any:
        """
        The result under ``key``.

        Raises
        ------
        KeyError
            If there is none, or it is damaged; a damaged entry is removed.
        """
        try:
            with self._path(key).open("rb") as file:
                data = bytearray(os.fstat(file.fileno()).st_size)
                got = file.readinto(data)
            if got != len(data):
                raise values.Unreadable("the file shrank while it was read")
            return values.decode(data)
        except FileNotFoundError:
            raise KeyError(key) from None
        except (OSError, values.Unreadable, ValueError, KeyError, IndexError, TypeError) as exc:
            self.discard(key)
            raise KeyError(key) from exc

    def store(self, key: str, encoded: values.Encoded) -> None:
        """
        Keep a result.

        Raises
        ------
        OSError
            If the disk is full or the folder cannot be written; no half entry is left.
        """
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(encoded.chunks)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise

    def discard(self, key: str) -> None:
        with contextlib.suppress(OSError):
            self._path(key).unlink()

    def evict(self) -> int:
        """Remove the least recently used entries until the rest fits; the number of bytes removed."""
        entries: list[tuple[int, int, Path]] = []
        for path in self.folder.glob(f"??/*{_SUFFIX}"):
            with contextlib.suppress(OSError):
                stat = path.stat()
                entries.append((stat.st_mtime_ns, stat.st_size, path))
        total = sum(size for _, size, _ in entries)
        if total <= self.size_bytes:
            return 0
        removed = 0
        for _, size, path in sorted(entries):
            if total - removed <= self.size_bytes * _KEEP_AFTER_EVICTION:
                break
            with contextlib.suppress(OSError):
                path.unlink()
                removed += size
        return removed

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / (key + _SUFFIX)
