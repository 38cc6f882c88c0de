"""
A process of Showroom's own beside the demo's server: at the lowest priority, so that neither the start nor a visitor
waits for it, and gone with the server, also if that is killed: the end of its standard input is the end of it.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

_PATIENCE_S: Final = 30.0
_NICE: Final = 10


class Companion:
    """
    Parameters
    ----------
    arguments
        Of the ``showroom`` command; it must know ``--until-eof``.
    is_heard
        Whether what it says on standard error is for the operator too.
    """

    def __init__(self, arguments: Sequence[str], *, is_heard: bool = False) -> None:
        self._command = [sys.executable, "-m", "showroom", *arguments, "--until-eof"]
        self._is_heard = is_heard
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return None if self._process is None or self._process.poll() is not None else self._process.pid

    def come(self) -> None:
        """Start; returns at once."""
        # A session of its own: Ctrl-C reaches the server alone, which then sends it away.
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=None if self._is_heard else subprocess.DEVNULL,
            start_new_session=True,
        )
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _NICE)

    def go(self) -> None:
        """Send it away, and wait until it has gone."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
