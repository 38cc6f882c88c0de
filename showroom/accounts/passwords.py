"""
Passwords: argon2id, a few at a time, off the event loop.

A hash costs tens of milliseconds and tens of megabytes on purpose, so only ``at_once`` are computed together and only
``waiting`` may queue: a flood of sign-ins costs a bounded amount of memory and delays nobody's walk through a room.
Parameters follow RFC 9106, section 4, second recommended option.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from showroom.errors import Busy

T = TypeVar("T")

SHORTEST: Final = 10
LONGEST: Final = 200


class Passwords:
    """
    Parameters
    ----------
    hasher
        The parameters; a weaker one makes tests quick.
    at_once
        Threads.
    waiting
        How many may wait for one.
    """

    def __init__(self, hasher: PasswordHasher | None = None, *, at_once: int = 2, waiting: int = 32) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="argon2")
        self._places = at_once + waiting
        # What an unknown name is compared with: it takes as long as a known one. Made beside the start.
        self._nobody = self._threads.submit(self._hasher.hash, "nobody has this password")

    async def hash(self, password: str) -> str:
        """The text to store, parameters included."""
        return await self._run(lambda: self._hasher.hash(password))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether that is the password. ``None`` or empty (nobody, or no password) takes as long and is never true."""
        is_same = await self._run(lambda: self._is_same(password, stored or self._nobody.result()))
        return is_same and bool(stored)

    def is_outdated(self, stored: str) -> bool:
        """Whether it was made with weaker parameters than today's, and should be made again at the next sign-in."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(cancel_futures=True)

    def _is_same(self, password: str, stored: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._places <= 0:
            raise Busy("Too many people sign in at this moment. Try again in a few seconds.", retry_after_s=3)
        self._places -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._places += 1
