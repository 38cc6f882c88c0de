"""What rooms ask of the shop on people's behalf: what is left of some SKUs, whether what they wear is to be had."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from typing import Final

from showroom.protocol.actions import Wear
from showroom.protocol.messages import Refused
from showroom.realtime.room import RoomCopy
from showroom.realtime.visit import Visit
from showroom.social.room import refusal
from showroom_assets.errors import ShowroomError

_MOST_ASKING: Final = 64
_log: Final = logging.getLogger("showroom.realtime")

WornOf = Callable[[Collection[tuple[str, str | None]]], Awaitable[Collection[str]]]
"""Which of some products (id, SKU or variant) are not to be had: ids."""

StockOf = Callable[[str, list[str]], Awaitable[Mapping[str, int]]]
"""What is left of SKUs of a merchant (tenant, SKUs)."""


class Inquiries:
    """
    Parameters
    ----------
    stock, missing
        Where to ask; None: nobody knows, and whatever somebody puts on is worn.
    """

    def __init__(self, stock: "StockOf | None", missing: "WornOf | None") -> None:
        self._stock = stock
        self._missing = missing
        self._asking: set[asyncio.Task[None]] = set()

    def watched(self, copy: RoomCopy, visit: Visit, skus: Collection[str]) -> None:
        """Look up what is left of what somebody began to watch; a few at a time, the rest hears of changes alone."""
        if self._stock is None or not skus or len(self._asking) >= _MOST_ASKING:
            return
        stock = self._stock

        async def ask() -> None:
            try:
                copy.shelves.known(visit, await stock(copy.plan.tenant, list(skus)))
            except ShowroomError as exc:
                _log.warning("stock for the shelves could not be read: %s", exc.message)

        self._ask(ask())

    def wearing(self, copy: RoomCopy, visit: Visit, action: Wear) -> None:
        """Look whether there is what somebody wants to put on. The last wish counts."""
        if self._missing is None:
            copy.wear(visit, action.items)
            return
        missing, turn = self._missing, visit.wears_asked
        if len(self._asking) >= _MOST_ASKING:
            text = "Too much at once. Try again in a moment."
            copy.refuse(visit, Refused(n=action.n, code="room.busy", text=text, wait_ms=1000))
            return

        async def ask() -> None:
            try:
                lacking = await missing(action.items)
            except ShowroomError as exc:
                copy.refuse(visit, refusal(action.n, exc))
                return
            if lacking:
                text = f"{', '.join(sorted(lacking))[:200]} is not on our shelves. Choose something else."
                copy.refuse(visit, Refused(n=action.n, code="wear.unknown", text=text))
            elif turn == visit.wears_asked:
                copy.wear(visit, action.items)

        self._ask(ask())

    async def stop(self) -> None:
        """Ask no more."""
        tasks = list(self._asking)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ask(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
