"""
Telling others what changed in the shop, after the commit: stock to the rooms, carts to their holders.

What it is not: the source of the news (see ``service``), nor a promise that they arrive: who must know asks the shop.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Final

from showroom.shop.offers import StockNow

log = logging.getLogger(__name__)

OnStock = Callable[[str, str, int], None]
"""Called on the event loop with tenant, SKU and what is available now, after every change."""
OnCart = Callable[[str, int], None]
"""Called on the event loop with a holder and a rising number, after every change of their cart made here."""

LOOK_BACK_MS: Final = 5_000


class Telling:
    """Each state of a SKU is told once, in the order of its versions, whoever made the change."""

    def __init__(self, on_stock: OnStock | None = None) -> None:
        self.on_stock = on_stock
        self.on_cart: OnCart | None = None
        self.seen_ms = 0
        """Up to when changes of other processes have been told, on the database's clock."""
        self._told: dict[tuple[str, str], int] = {}
        self._cart_turn = 0

    @property
    def since_ms(self) -> int:
        """From when on to look: a commit may become visible a little after its time stamp."""
        return self.seen_ms - LOOK_BACK_MS

    def stock(self, changes: Iterable[StockNow]) -> None:
        for now in changes:
            place = now.tenant, now.sku
            if self.on_stock is None or self._told.get(place, -1) >= now.version:
                continue
            self._told[place] = now.version
            try:
                self.on_stock(now.tenant, now.sku, now.on_hand)
            except Exception:
                # The change is committed: whoever made it must hear so, even if a listener is broken.
                log.exception("a listener to stock failed")

    def cart(self, holder: str) -> None:
        if self.on_cart is None:
            return
        self._cart_turn = max(self._cart_turn + 1, self.seen_ms)  # rises over restarts, too
        try:
            self.on_cart(holder, self._cart_turn)
        except Exception:
            # As above: the change is committed.
            log.exception("a listener to carts failed")
