"""
The shop as the server sees it: every use of it is an ``async`` method here.

Works run on the database in group commits; what they decide is in the rules beside this file. After a commit, changed
stock is told to ``on_stock``. Calls to the payment provider happen outside of transactions, and all of them may be
repeated: a process killed between a commit and a call leaves an order or a refund that the next sweep takes up.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from msgspec import Struct
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from showroom.db.database import Database
from showroom.db.shop import carts, claims, offers, orders, payments, upkeep
from showroom.db.shop.claims import Ask
from showroom.db.shop.once import once
from showroom.db.shop.orders import Checkout
from showroom.db.shop.transaction import Clock, Transaction, database_now
from showroom.errors import Busy
from showroom.shop import idempotency
from showroom.shop.batches import Batches
from showroom.shop.cart import CODE_LENGTH, CODE_LETTERS, Cart, CartCode
from showroom.shop.errors import NoSuchOrder, NoSuchProduct
from showroom.shop.money import Money, check_prices
from showroom.shop.offers import Offer, OfferTerms, StockNow, bind
from showroom.shop.orders import UNPAID, Order, OrderRow, OrderState, Step
from showroom.shop.payment import Provider, ProviderGone, Verdict
from showroom.shop.stock import Lease
from showroom.shop.telling import OnCart, OnStock, Telling
from showroom_assets.errors import ShowroomError
from showroom_assets.product import Product

T = TypeVar("T")
Item = TypeVar("Item")
log = logging.getLogger(__name__)

_TRIES: Final = 3
_AT_ONCE: Final = 200
_TOGETHER: Final = 8
_MOST_OFFERS: Final = 100_000
_PROVIDER_S: Final = 20.0
_UNASKED_MS: Final = 10_000
_FORGET_EVERY_S: Final = 600.0


class Catalogue(Protocol):
    """Where manifests are looked up when an offer is bound to one."""

    async def product(self, tenant: str, product: str) -> Product | None:
        """The current version that a merchant has published, or None."""
        ...


class ShopRules(Struct, frozen=True, kw_only=True):
    """
    Parameters
    ----------
    lease_s
        How long a claim holds.
    pay_s
        How long an order waits to be paid.
    provider_grace_s
        How long after that an order still waits if the provider cannot be asked whether it was paid.
    sweep_s
        Time between two sweeps.
    """

    lease_s: int = 600
    pay_s: int = 1800
    provider_grace_s: int = 900
    sweep_s: float = 1.0


class Shop:
    """
    Parameters
    ----------
    provider
        Takes payments.
    rules
        Time limits.
    clock
        Tells the database's time; another one only in tests.
    new_id
        Makes an identifier from its first letter; sorted by time, and not to be guessed.
    catalogue
        If given, an offer's SKU must be in its product's manifest.
    on_stock
        See ``OnStock``; ``watch`` sets it later.
    """

    def __init__(
        self,
        database: Database,
        provider: Provider,
        *,
        rules: ShopRules | None = None,
        clock: Clock = database_now,
        new_id: Callable[[str], str] | None = None,
        catalogue: Catalogue | None = None,
        on_stock: OnStock | None = None,
    ) -> None:
        self.provider: Final = provider
        self.rules: Final = rules or ShopRules()
        self._database = database
        self._clock = clock
        self._new_id = new_id or random_id
        self._catalogue = catalogue
        self._telling = Telling(on_stock)
        self._claims: Batches[Ask, Lease] = Batches(self._claim_batch)
        self._sweepers: list[asyncio.Task[None]] = []
        self._forgot_at = 0.0

    # ── life

    async def start(self) -> None:
        """Begin sweeping. The tables exist by now."""
        self._telling.seen_ms = await self._database.read(self._clock)
        # Two of them: a provider that hangs must not keep stock from being freed.
        self._sweepers = [
            asyncio.create_task(self._for_ever(self._sweep_stock), name="shop-sweeper"),
            asyncio.create_task(self._for_ever(self._sweep_payments), name="shop-payments"),
        ]

    async def stop(self) -> None:
        """Stop sweeping and finish the claims that are under way."""
        for sweeper in self._sweepers:
            sweeper.cancel()
        await asyncio.gather(*self._sweepers, return_exceptions=True)
        self._sweepers = []
        await self._claims.stop()

    def watch(self, on_stock: OnStock) -> None:
        """Tell changes of stock to ``on_stock`` from now on, those of other processes too (within a sweep)."""
        self._telling.on_stock = on_stock

    def watch_carts(self, on_cart: OnCart) -> None:
        """Tell changes of carts to ``on_cart`` from now on."""
        self._telling.on_cart = on_cart

    # ── offers and stock

    async def offer(self, tenant: str, sku: str) -> Offer:
        """One offer. Raises ``NoSuchOffer``."""
        return await self._database.read(partial(offers.offer, tenant=tenant, sku=sku))

    async def offers(
        self, *, tenant: str = "", product: str = "", after: str = "", limit: int = 100, hidden: bool = False
    ) -> list[Offer]:
        """Offers by tenant and SKU; ``after`` is ``tenant/sku`` of the last one of the page before."""
        return await self._database.read(
            partial(offers.list_offers, tenant=tenant, product=product, after=after, limit=limit, hidden=hidden)
        )

    async def offers_by_product(self, *, tenant: str = "") -> dict[tuple[str, str], list[Offer]]:
        """All offers on sale, or one merchant's, by merchant and product."""
        out: dict[tuple[str, str], list[Offer]] = {}
        for one in await self._database.read(partial(offers.list_offers, tenant=tenant, limit=_MOST_OFFERS)):
            out.setdefault((one.tenant, one.product), []).append(one)
        return out

    async def put_offer(self, tenant: str, sku: str, terms: OfferTerms, *, caller: str, key: str) -> Offer:
        """Make or change an offer. Raises ``BadMoney``, ``NotInProduct``."""
        check_prices(terms.prices)
        if self._catalogue is not None:
            product = await self._catalogue.product(tenant, terms.product)
            if product is None:
                raise NoSuchProduct(f"{terms.product} is not published. Publish it first.", product=terms.product)
            terms = bind(terms, sku, product)
        return await self._once(
            caller, key, ("offer", tenant, sku, terms), Offer, lambda t: offers.put_offer(t, tenant, sku, terms)
        )

    async def stock(self, tenant: str, *, after: str = "", limit: int = 100) -> list[StockNow]:
        """A merchant's stock, by SKU."""
        return await self._database.read(partial(offers.stock_now, tenant=tenant, after=after, limit=limit))

    async def set_stock(
        self, tenant: str, sku: str, *, caller: str, key: str, unsold: int | None = None, add: int = 0
    ) -> StockNow:
        """Set what was counted, or add what was delivered. Raises ``NoSuchOffer``, ``StockInUse``."""
        return await self._once(
            caller,
            key,
            ("stock", tenant, sku, unsold, add),
            StockNow,
            lambda t: offers.set_stock(t, tenant, sku, unsold=unsold, add=add),
        )

    # ── carts and claims

    async def cart(self, holder: str) -> Cart:
        """The cart of a principal."""
        return await self._database.read(lambda connection: carts.see(connection, holder, self._clock(connection)))

    async def put_line(self, holder: str, tenant: str, sku: str, quantity: int, *, key: str) -> Cart:
        """Want so many; 0 removes. Raises ``NoSuchOffer``, ``CartFull``."""

        def work(transaction: Transaction) -> bool:
            carts.put_line(transaction, holder, (tenant, sku), quantity)
            return True

        await self._once(holder, key, ("line", tenant, sku, quantity), bool, work)
        self._telling.cart(holder)
        return await self.cart(holder)

    async def cart_code(self, holder: str, *, key: str) -> CartCode:
        """A code that moves this cart to whoever says it within ten minutes."""
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        return await self._once(holder, key, ("code",), CartCode, lambda t: carts.make_code(t, holder, code))

    async def move_cart(self, code: str, to: str, *, key: str) -> Cart:
        """Bring another device's cart here. Raises ``CodeOver``, ``CartFull``."""

        def work(transaction: Transaction) -> bool:
            carts.move(transaction, code, to)
            return True

        await self._once(to, key, ("move", code), bool, work)
        self._telling.cart(to)
        return await self.cart(to)

    async def claim(self, holder: str, tenant: str, sku: str, quantity: int, *, key: str) -> Lease:
        """
        Hold so many of a SKU, in all, for a while.

        Raises
        ------
        NoSuchOffer, SoldOut, OverLimit, CartFull, KeyReused, Busy
        """
        idempotency.check_key(key)
        lease = await self._claims.ask(Ask(holder=holder, tenant=tenant, sku=sku, quantity=quantity, key=key))
        self._telling.cart(holder)
        return lease

    async def release(self, holder: str, claim: str, *, key: str) -> Lease:
        """Give a claim up. Raises ``NoSuchClaim``."""
        lease = await self._once(holder, key, ("release", claim), Lease, lambda t: claims.release(t, holder, claim))
        self._telling.cart(holder)
        return lease

    # ── orders

    async def checkout(self, buyer: str, wanted: Checkout, *, key: str) -> Order:
        """
        Order what the cart holds of one merchant, and ask the provider for the payment.

        If the provider is away the order stands all the same (``placed``) and is taken to it later.

        Raises
        ------
        CartEmpty, NoSuchOffer, NotPriced, PriceChanged, OverLimit, SoldOut, KeyReused
        """

        def work(transaction: Transaction) -> str:
            pay_ms = self.rules.pay_s * 1000
            return orders.place_order(transaction, buyer, wanted, pay_ms=pay_ms, provider=self.provider.name).id

        order_id = await self._once(buyer, key, ("checkout", wanted), str, work)
        self._telling.cart(buyer)
        return await self._ask_payment(await self.order(order_id))

    async def order(self, order_id: str, *, buyer: str = "", tenant: str = "") -> Order:
        """
        One order, if it is of that buyer or that merchant; of anybody if neither is given.

        Raises
        ------
        NoSuchOrder
        """
        order = await self._database.read(partial(orders.read, order_id=order_id))
        if (buyer or tenant) and not ((buyer and order.buyer == buyer) or (tenant and order.tenant == tenant)):
            raise NoSuchOrder("There is no such order, or it is not yours.", order=order_id)
        return order

    async def orders(
        self, *, tenant: str = "", buyer: str = "", state: str = "", before: str = "", limit: int = 50
    ) -> list[OrderRow]:
        """Orders, newest first; ``before`` is the id of the last one of the page before."""
        return await self._database.read(
            partial(orders.list_orders, tenant=tenant, buyer=buyer, state=state, before=before, limit=limit)
        )

    async def advance(self, order_id: str, what: Step, *, caller: str, key: str) -> Order:
        """The merchant packs, sends or has delivered. Raises ``NoSuchOrder``, ``WrongState``."""

        def work(transaction: Transaction) -> bool:
            orders.change(transaction, orders.lock(transaction, order_id), what, f"by {caller}")
            return True

        await self._once(caller, key, ("advance", order_id, what), bool, work)
        return await self.order(order_id)

    async def cancel(self, order_id: str, *, caller: str, key: str, why: str = "") -> Order:
        """Cancel before it is sent; what was paid goes back. Raises ``NoSuchOrder``, ``WrongState``."""
        return await self._end(order_id, Step.CANCEL, why or "cancelled", caller=caller, key=key, restocks=True)

    async def refund(self, order_id: str, *, caller: str, key: str, restocks: bool, why: str = "") -> Order:
        """Give the money back at any time; ``restocks`` puts the goods back on the shelf."""
        return await self._end(order_id, Step.REFUND, why or "refunded", caller=caller, key=key, restocks=restocks)

    # ── payments

    async def webhook(self, body: bytes, signature: str) -> Verdict:
        """
        Hear what the provider says.

        Raises
        ------
        BadSignature
        NoSuchOrder
            Of an order that is not ours: the provider should try again, or somebody should look.
        """
        event = self.provider.read(body, signature, now_s=time.time())
        return await self._write(lambda t: payments.heard(t, self.provider.name, event))

    async def sweep(self) -> None:
        """Do once all that is done now and then; several processes may do so at the same time."""
        await self._sweep_stock()
        await self._sweep_payments()

    async def _sweep_stock(self) -> None:
        while await self._write(partial(upkeep.expire_some, limit=_AT_ONCE)) == _AT_ONCE:
            pass
        if time.monotonic() - self._forgot_at > _FORGET_EVERY_S:
            self._forgot_at = time.monotonic()
            await self._write(upkeep.forget)
        await self._tell_changes(await self._database.read(self._clock))

    async def _sweep_payments(self) -> None:
        now_ms = await self._database.read(self._clock)
        overdue = await self._database.read(partial(orders.overdue, now_ms=now_ms, limit=_AT_ONCE))
        await _each(overdue, lambda order_id: self._close_overdue(order_id, now_ms))
        unasked = partial(orders.unasked, before_ms=now_ms - _UNASKED_MS, limit=_AT_ONCE)
        await _each(await self._database.read(unasked), self._ask_payment_of)
        await self._send_refunds(now_ms)

    async def _ask_payment_of(self, order_id: str) -> None:
        await self._ask_payment(await self.order(order_id))

    async def _ask_payment(self, order: Order) -> Order:
        if order.state is not OrderState.PLACED:
            return order
        try:
            intent = await _within(self.provider.intent(order.id, Money(order.total_minor, order.currency)))
        except ProviderGone as exc:
            log.warning("the payment provider is away; order %s waits: %s", order.id, exc)
            return order
        return await self._write(lambda t: payments.asked(t, order.id, intent))

    async def _end(self, order_id: str, what: Step, why: str, *, caller: str, key: str, restocks: bool) -> Order:
        def work(transaction: Transaction) -> str:
            order = orders.lock(transaction, order_id)
            if order.state in UNPAID:
                orders.change(transaction, order, what, why)
                return order.payment.intent
            payments.give_back(transaction, self.provider.name, order_id, what, why, restocks=restocks)
            return ""

        intent = await self._once(caller, key, ("end", order_id, what, restocks), str, work)
        if intent:
            await self._close(intent)  # if it was paid at this very moment, the answer starts the refund
        await self._send_refunds(await self._database.read(self._clock))
        return await self.order(order_id)

    async def _close_overdue(self, order_id: str, now_ms: int) -> None:
        """Ask the provider before giving up on an order: its answer may be the one that went missing."""
        order = await self.order(order_id)
        is_known = await self._close(order.payment.intent) if order.payment.intent else True
        if not is_known and now_ms < order.pay_before_ms + self.rules.provider_grace_s * 1000:
            return

        def expire(transaction: Transaction) -> None:
            now = orders.lock(transaction, order_id)
            if now.state in UNPAID and now.payment.intent == order.payment.intent:
                orders.change(transaction, now, Step.EXPIRE, "nobody paid in time")

        await self._write(expire)

    async def _close(self, intent: str) -> bool:
        """Let the provider take no more payment, and hear if it took one; False if it cannot be asked."""
        try:
            event = await _within(self.provider.close(intent))
        except ProviderGone as exc:
            log.warning("the payment provider is away; a payment may still come: %s", exc)
            return False
        if event is not None:
            await self._write(lambda t: payments.heard(t, self.provider.name, event))
        return True

    async def _send_refunds(self, now_ms: int) -> None:
        name = self.provider.name
        due = await self._database.read(partial(payments.due_refunds, provider=name, now_ms=now_ms, limit=_AT_ONCE))

        async def send(refund: payments.Refund) -> None:
            # Before asking, so that a provider that hangs or kills us is not asked without end.
            await self._write(partial(payments.postpone, provider=name, charge=refund.charge))
            try:
                event = await _within(self.provider.refund(refund.charge, refund.amount))
            except ProviderGone as exc:
                log.warning("the payment provider is away; a refund waits: %s", exc)
                return
            if event is not None:
                await self._write(partial(payments.heard, provider=name, event=event))

        await _each(due, send)

    # ── works

    async def _claim_batch(self, asks: Sequence[Ask]) -> Sequence[Lease | Exception]:
        work = partial(claims.claim_many, asks=asks, lease_ms=self.rules.lease_s * 1000)
        try:
            return await self._write(work)
        except Busy:
            raise
        except ShowroomError as exc:
            return [exc] * len(asks)

    async def _once(
        self, caller: str, key: str, what: tuple[Any, ...], kind: type[T], work: Callable[[Transaction], T]
    ) -> T:
        idempotency.check_key(key)
        print_ = idempotency.fingerprint(*what)
        return await self._write(lambda t: once(t, lambda: work(t), kind, caller=caller, key=key, fingerprint=print_))

    async def _write(self, work: Callable[[Transaction], T]) -> T:
        def run(connection: Connection) -> tuple[T, list[StockNow]]:
            transaction = Transaction(connection, now_ms=self._clock(connection), new_id=self._new_id)
            value = work(transaction)
            return value, transaction.flush()

        for _ in range(_TRIES):
            try:
                value, changed = await self._database.write(run)
            except IntegrityError as exc:
                # Two processes wrote the same key, cart line or event at once: the second look finds the first's.
                clash = exc
                log.info("a clash in the shop's tables; looking again: %s", exc.orig)
                continue
            self._telling.stock(changed)
            return value
        raise Busy("Others change the same thing at this moment. Try again.", retry_after_s=1) from clash

    async def _tell_changes(self, now_ms: int) -> None:
        """Changes made by other processes."""
        if self._telling.on_stock is None:
            return
        changed = partial(offers.changed_since, since_ms=self._telling.since_ms, limit=10_000)
        self._telling.stock(await self._database.read(changed))
        self._telling.seen_ms = now_ms

    async def _for_ever(self, sweep: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await sweep()
            except Exception:  # it must outlive any fault, or stock is never freed again
                log.exception("a sweep of the shop failed and will be done again")
            await asyncio.sleep(self.rules.sweep_s)


async def _each(items: Iterable[Item], do: Callable[[Item], Awaitable[None]]) -> None:
    """A few at a time; one that fails does not keep the others from their turn."""
    places = asyncio.Semaphore(_TOGETHER)

    async def one(item: Item) -> None:
        async with places:
            try:
                await do(item)
            except ShowroomError as exc:
                log.warning("left for the next sweep: %s", exc.message)

    await asyncio.gather(*(one(item) for item in items))


async def _within(call: Awaitable[T]) -> T:
    """The provider's answer; ``ProviderGone`` if none comes in time, or it fails in any way of its own."""
    try:
        return await asyncio.wait_for(call, _PROVIDER_S)
    except ProviderGone:
        raise
    except Exception as exc:
        raise ProviderGone(f"{type(exc).__name__}: {exc}") from exc


def random_id(letter: str) -> str:
    """``c_018f3a…``: 44 bits of time, so that lists are in order, and 80 of chance, so that none can be guessed."""
    return f"{letter}_{time.time_ns() // 1_000_000:011x}{secrets.token_hex(10)}"
