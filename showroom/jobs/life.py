"""Whether a worker lives, told by a locked file: at once, on any machine that shares the folder."""

import contextlib
import fcntl
import os
import secrets
import time
from pathlib import Path


class Life:
    """
    A file that is locked as long as the process lives: whoever can lock it knows that its owner is dead.

    Parameters
    ----------
    folder
        Of all workers' files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = f"w{secrets.token_hex(8)}"
        self._descriptor = os.open(self._path(self.name), os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def is_dead(self, name: str) -> bool:
        """Whether the worker is surely dead; False where that cannot be told."""
        try:
            descriptor = os.open(self._path(name), os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return True

    def is_gone(self, name: str) -> bool:
        """Whether nothing of the worker is left to wait for: it ended, or is dead."""
        return not self._path(name).exists() or self.is_dead(name)

    def bury(self) -> None:
        """Remove the files of the dead. Call it after what they held was given back."""
        for path in self._folder.glob("w*.lock"):
            name = path.stem
            with contextlib.suppress(OSError):
                # A file just made may not be locked yet.
                if time.time() - path.stat().st_mtime > 60 and self.is_dead(name):
                    path.unlink()

    def end(self) -> None:
        self._path(self.name).unlink(missing_ok=True)
        os.close(self._descriptor)

    def _path(self, name: str) -> Path:
        return self._folder / f"{os.path.basename(name)}.lock"
