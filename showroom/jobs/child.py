"""
The worker beside the server: started with it, started again if it dies, ended with it.

It is a process of its own, so mesh work never holds up a room, and it cannot outlive a server that was killed: its
standard input ends, and so does it.
"""

import asyncio
import contextlib
import logging
import sys
from typing import Final

import msgspec

from showroom.settings import Settings

_log = logging.getLogger("showroom.worker")
_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 30.0
_HEALTHY_S: Final = 60.0
_PATIENCE_S: Final = 15.0


class Child:
    """
    Parameters
    ----------
    settings
        What the worker gets; its ``database`` must be a URL.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self.starts = 0
        """How often it was started."""

    @property
    def pid(self) -> int | None:
        """Of the process, while it lives."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def start(self) -> None:
        """
        Start it, and keep it running.

        Raises
        ------
        OSError
            No process can be started.
        """
        self._process = await self._spawn()
        self._watch = asyncio.create_task(self._keep(), name="worker-child")

    async def stop(self) -> None:
        """End it: politely, and after some seconds for certain."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        process = self._process
        if process is None or process.returncode is not None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _spawn(self) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "showroom.jobs.worker", stdin=asyncio.subprocess.PIPE
        )
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(self._settings) + b"\n")
        with contextlib.suppress(ConnectionError):
            await process.stdin.drain()
        self.starts += 1
        return process

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        wait_s = _FIRST_WAIT_S
        while True:
            assert self._process is not None
            begun = loop.time()
            status = await self._process.wait()
            wait_s = _FIRST_WAIT_S if loop.time() - begun > _HEALTHY_S else min(wait_s * 2, _LONGEST_WAIT_S)
            _log.warning("the worker ended (%s); starting another in %.1f s", status, wait_s)
            await asyncio.sleep(wait_s)
            try:
                self._process = await self._spawn()
            except OSError as exc:
                _log.error("no worker can be started: %s", exc)
