"""Threads for work that waits for a disk, so that the loop and its rooms never do."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from showroom.jobs.errors import UploadsBusy

T = TypeVar("T")


class Threads:
    """A few threads of their own: a slow disk fills these, and not those that others wait for."""

    def __init__(self, count: int) -> None:
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="uploads")

    async def run(self, work: Callable[[], T]) -> T:
        """
        Do it, and wait.

        Raises
        ------
        UploadsBusy
            The server is closing.
        Exception
            Whatever ``work`` raises.
        """
        return await asyncio.wrap_future(self._submit(work))

    async def open(self, work: Callable[[], T], *, close: Callable[[T], None]) -> T:
        """As ``run``, for what has to be closed: also if nobody waits for it any more."""
        opening = self._submit(work)
        try:
            return await asyncio.wrap_future(opening)
        except asyncio.CancelledError:
            # The thread may be in the middle of it, and goes on.
            opening.add_done_callback(
                lambda done: None if done.cancelled() or done.exception() else close(done.result())
            )
            raise

    async def surely(self, work: Callable[[], None]) -> None:
        """Do it, and wait; also if nobody waits any more, and at once if the threads have gone."""
        try:
            doing = self._pool.submit(work)
        except RuntimeError:
            work()
        else:
            await asyncio.shield(asyncio.wrap_future(doing))

    def close(self) -> None:
        """Finish what is under way."""
        self._pool.shutdown(wait=True)

    def _submit(self, work: Callable[[], T]) -> "Future[T]":
        try:
            return self._pool.submit(work)
        except RuntimeError as exc:
            raise UploadsBusy("The server is closing. Try again when it is back.", retry_after_s=10) from exc
