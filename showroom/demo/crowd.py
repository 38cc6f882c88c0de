"""
The people of the demo store: some bots that walk through one of its rooms, in a process of their own.

They come after the door has opened and have the lowest priority, so neither the start nor a visitor waits for them, and
they go with the server, also if it is killed: the end of their standard input is the end of them.
"""

import contextlib
import os
import subprocess
import sys
from typing import Final

_PATIENCE_S: Final = 5.0
_NICE: Final = 10
_TALK: Final = "0.5"


class Crowd:
    """
    Parameters
    ----------
    bots
        How many; 0 for nobody.
    room
        ``store/room``.
    """

    def __init__(self, bots: int, room: str) -> None:
        self._bots = bots
        self._room = room
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Of their process, while there is one."""
        return None if self._process is None or self._process.poll() is not None else self._process.pid

    def come(self, address: str) -> None:
        """Let them walk to the server at ``address``; returns at once."""
        if not self._bots:
            return
        command = [sys.executable, "-m", "showroom", "bots", str(self._bots), "--room", self._room]
        command += ["--server", address.rstrip("/"), "--watchers", "1", "--joins", "2", "--talk", _TALK, "--until-eof"]
        # A session of its own: Ctrl-C reaches the server alone, which then sends them home.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, _NICE)

    def go(self) -> None:
        """Send them home, and wait until they have said good-bye, so that nobody's seat is kept for them."""
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
