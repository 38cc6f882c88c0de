"""
Many small requests as few large ones: while one batch is with the database, the next one gathers.

A lone request does not wait for company; under load a batch holds whatever came in during one commit.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from showroom.errors import Busy

A = TypeVar("A")
B = TypeVar("B")


class Batches(Generic[A, B]):
    """
    Parameters
    ----------
    serve
        Answers a batch: a value or an exception for each item, in order. If it raises, all items of the batch do.
    most, waiting
        Largest batch, and how many items may wait.
    """

    def __init__(
        self,
        serve: Callable[[Sequence[A]], Awaitable[Sequence[B | Exception]]],
        *,
        most: int = 512,
        waiting: int = 20_000,
    ) -> None:
        self._serve = serve
        self._most = most
        self._limit = waiting
        self._items: list[tuple[A, asyncio.Future[B]]] = []
        self._running: asyncio.Task[None] | None = None

    async def ask(self, item: A) -> B:
        """
        The answer to one item.

        Raises
        ------
        Busy
            Too many wait already.
        """
        if len(self._items) >= self._limit:
            raise Busy("The shop is very busy. Try again in a few seconds.", retry_after_s=2)
        answer: asyncio.Future[B] = asyncio.get_running_loop().create_future()
        self._items.append((item, answer))
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="shop-batches")
        return await answer

    async def stop(self) -> None:
        """Wait for what is under way."""
        if self._running is not None:
            await asyncio.wait([self._running])

    async def _run(self) -> None:
        try:
            while self._items:
                now, self._items = self._items[: self._most], self._items[self._most :]
                await self._answer(now)
        finally:
            self._running = None

    async def _answer(self, batch: list[tuple[A, "asyncio.Future[B]"]]) -> None:
        try:
            outcomes: Sequence[B | Exception] = await self._serve([item for item, _ in batch])
        except Exception as exc:  # noqa: BLE001 - belongs to those who asked
            outcomes = [exc] * len(batch)
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            if answer.done():
                continue  # its asker has gone
            if isinstance(outcome, Exception):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)
