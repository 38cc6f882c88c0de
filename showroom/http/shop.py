"""
The shop over HTTP: offers and live stock, carts and claims, orders and payments.

Every write needs an ``Idempotency-Key``: sent again with the same key, it answers again and does nothing. A shopper
sees their own cart and orders, a merchant those of its tenant; of anything else they hear that it does not exist.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from showroom.accounts.principal import Principal, Scope
from showroom.db.shop.orders import Checkout
from showroom.errors import Forbidden, SignInNeeded
from showroom.http.catalogue import OfferNow
from showroom.http.endpoint import Call, Endpoint
from showroom.http.reading import read_bytes
from showroom.shop.cart import Cart, CartCode
from showroom.shop.errors import NoSuchOffer, NoSuchOrder
from showroom.shop.money import MOST_MINOR, Currency
from showroom.shop.offers import Offer, OfferTerms, Sku, StockNow, Tenant
from showroom.shop.orders import Contact, Order, OrderRow, OrderState, Step
from showroom.shop.payment import MOST_WEBHOOK_BYTES, SIGNATURE_HEADER, Answer
from showroom.shop.rehearsal import TestProvider
from showroom.shop.service import Shop
from showroom.shop.stock import MOST_AT_ONCE, MOST_UNITS, Lease, Quantity
from showroom_assets.product import Line

_MOST_SKU: Final = 200
_Page = Annotated[int, Meta(ge=1, le=500, description="How many at most.")]
_OrderId = Annotated[str, Meta(max_length=40)]
_STEPS: Final[Mapping[str, Step]] = {"pack": Step.PACK, "send": Step.SEND, "deliver": Step.DELIVER}


class OffersQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Which offers: of a merchant, of a product; ``after`` is ``next`` of the page before.

    ``hidden`` adds those that are not on sale, for the merchant named.
    """

    tenant: Annotated[str, Meta(max_length=80)] = ""
    product: Annotated[str, Meta(max_length=80)] = ""
    after: Annotated[str, Meta(max_length=300)] = ""
    limit: _Page = 100
    hidden: bool = False


class OfferPage(Struct, frozen=True, kw_only=True):
    """``next`` is empty on the last page."""

    offers: list[Offer]
    next: str = ""


class StockQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``after`` is ``next`` of the page before."""

    after: Annotated[str, Meta(max_length=300)] = ""
    limit: _Page = 100


class StockPage(Struct, frozen=True, kw_only=True):
    """``next`` is empty on the last page."""

    stock: list[StockNow]
    next: str = ""


class StockChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    ``unsold``: counted, with those in carts and unpaid orders; ``add``: delivered, or lost if negative. At least one.
    """

    unsold: Annotated[int, Meta(ge=0, le=MOST_UNITS)] | None = None
    add: Annotated[int, Meta(ge=-MOST_UNITS, le=MOST_UNITS)] = 0


class LineChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many are wanted; 0 removes."""

    quantity: Annotated[int, Meta(ge=0, le=MOST_AT_ONCE)]


class CartMove(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code that the other device showed."""

    code: Annotated[str, Meta(min_length=4, max_length=32)]


class ClaimWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many of a SKU to hold, in all."""

    tenant: Tenant
    sku: Sku
    quantity: Quantity = 1


class OrderWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All that the cart holds of a merchant. ``expected_total_minor`` refuses the order if it would cost otherwise."""

    tenant: Tenant
    currency: Currency
    contact: Contact = Contact()
    expected_total_minor: Annotated[int, Meta(ge=0, le=MOST_MINOR)] | None = None


class OrdersQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One's own orders, or with ``tenant`` a merchant's; ``before`` is ``next`` of the page before."""

    tenant: Annotated[str, Meta(max_length=80)] = ""
    state: OrderState | None = None
    before: _OrderId = ""
    limit: _Page = 50


class OrderPage(Struct, frozen=True, kw_only=True):
    """``next`` is empty on the last page."""

    orders: list[OrderRow]
    next: str = ""


class Ending(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why, for the order's history."""

    why: Line = ""


class RefundWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``restocks``: the goods go back on the shelf."""

    restocks: bool = False
    why: Line = ""


class OrderStep(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the merchant has done."""

    step: Literal["pack", "send", "deliver"]


class Heard(Struct, frozen=True, kw_only=True):
    """What a payment event was taken for."""

    verdict: str


class Rehearsal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the test provider shall answer."""

    answer: Answer = "paid"


class LateWebhook(Struct, frozen=True, kw_only=True):
    """A webhook as the provider would send it; ``signature`` goes into the header ``Showroom-Signature``."""

    body: str
    signature: str


class Rehearsed(Struct, frozen=True, kw_only=True):
    """The verdicts on the webhooks that were sent, and the one that comes late: to be posted when it shall come."""

    verdicts: list[str]
    later: list[LateWebhook] = []


async def offers_now(shop: Shop) -> Mapping[tuple[str, str], Sequence[OfferNow]]:
    """What the catalogue shows of the shop."""
    return {
        place: [
            OfferNow(
                sku=one.sku,
                price_minor=one.prices,
                variant=one.variant,
                size=one.size,
                title=one.title,
                available=one.available,
                is_on_sale=one.is_on_sale,
            )
            for one in found
        ]
        for place, found in (await shop.offers_by_product()).items()
    }


def endpoints(shop: Shop) -> list[Endpoint]:
    """All rows of the shop. With the test provider, one more: the customer's side of a payment."""
    desk = _Desk(shop)
    write = {"limit": "write", "is_idempotent": True}
    shopper = {"tag": "shop", "scope": Scope.SHOP}
    either = {"tag": "shop"}  # a shopper's own or a merchant's: the handler decides by the order
    merchant = {"tag": "shop for merchants"}
    offer = "/api/shop/offers/{tenant}/{sku}"
    order = "/api/shop/orders/{id}"
    conflicts = {409: "Sold out, over the limit, priced otherwise, or the key was used for something else."}
    rows: list[dict[str, object]] = [
        {"method": "GET", "path": "/api/shop/offers", "handler": desk.offers, "tag": "shop",
         "query": OffersQuery, "answer": OfferPage},
        {"method": "GET", "path": offer, "handler": desk.offer, "tag": "shop", "answer": Offer},
        {"method": "GET", "path": "/api/shop/cart", "handler": desk.cart, **shopper, "answer": Cart},
        {"method": "PUT", "path": "/api/shop/cart/{tenant}/{sku}", "handler": desk.put_line, **shopper, **write,
         "body": LineChange, "answer": Cart, "responses": conflicts},
        {"method": "DELETE", "path": "/api/shop/cart/{tenant}/{sku}", "handler": desk.remove_line, **shopper, **write,
         "answer": Cart},
        {"method": "POST", "path": "/api/shop/cart/codes", "handler": desk.cart_code, **shopper, **write,
         "answer": CartCode, "status": 201},
        {"method": "POST", "path": "/api/shop/cart/moves", "handler": desk.move_cart, **shopper, **write,
         "limit": "costly", "body": CartMove, "answer": Cart,
         "responses": {410: "The code is wrong, used or too old."}},
        {"method": "POST", "path": "/api/shop/claims", "handler": desk.claim, **shopper, **write,
         "body": ClaimWanted, "answer": Lease, "status": 201, "responses": conflicts},
        {"method": "DELETE", "path": "/api/shop/claims/{id}", "handler": desk.release, **shopper, **write,
         "answer": Lease},
        {"method": "POST", "path": "/api/shop/orders", "handler": desk.checkout, **shopper, **write,
         "body": OrderWanted, "answer": Order, "status": 201, "responses": conflicts},
        {"method": "GET", "path": "/api/shop/orders", "handler": desk.orders, **either,
         "query": OrdersQuery, "answer": OrderPage},
        {"method": "GET", "path": order, "handler": desk.order, **either, "answer": Order},
        {"method": "POST", "path": f"{order}/cancel", "handler": desk.cancel, **either, **write,
         "body": Ending, "answer": Order, "responses": {409: "It is on its way already."}},
        {"method": "POST", "path": f"{order}/refund", "handler": desk.refund, **merchant, **write,
         "scope": Scope.ORDERS_WRITE, "body": RefundWanted, "answer": Order,
         "responses": {409: "It was not paid."}},
        {"method": "POST", "path": f"{order}/steps", "handler": desk.step, **merchant, **write,
         "scope": Scope.ORDERS_WRITE, "body": OrderStep, "answer": Order,
         "responses": {409: "The order's state does not allow it."}},
        {"method": "PUT", "path": offer, "handler": desk.put_offer, **merchant, **write,
         "scope": Scope.PRODUCTS_WRITE, "body": OfferTerms, "answer": Offer},
        {"method": "GET", "path": "/api/shop/stock/{tenant}", "handler": desk.stock, **merchant,
         "scope": Scope.PRODUCTS_WRITE, "query": StockQuery, "answer": StockPage},
        {"method": "PUT", "path": "/api/shop/stock/{tenant}/{sku}", "handler": desk.set_stock, **merchant, **write,
         "scope": Scope.PRODUCTS_WRITE, "body": StockChange, "answer": StockNow,
         "responses": {409: "Fewer than are held in carts and unpaid orders."}},
        {"method": "POST", "path": "/api/shop/webhooks/{provider}", "handler": desk.webhook, "tag": "payments",
         "answer": Heard, "most_bytes": None, "responses": {403: "The signature or its time is wrong."}},
    ]  # fmt: skip
    if isinstance(shop.provider, TestProvider):
        rows.append(
            {"method": "POST", "path": "/api/shop/test-payments/{intent}", "handler": desk.rehearse,
             "tag": "payments", "scope": Scope.SHOP, "limit": "write", "body": Rehearsal, "answer": Rehearsed}
        )  # fmt: skip
    return [Endpoint(**row) for row in rows]  # type: ignore[arg-type]


class _Desk:
    """The handlers: who may, and which method of the shop."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def offers(self, call: Call) -> OfferPage:
        """List what is on sale, with prices and what is available now."""
        query: OffersQuery = call.query
        if query.hidden:
            _someone(call).require(Scope.PRODUCTS_WRITE, tenant=query.tenant or "-")
        found = await self._shop.offers(
            tenant=query.tenant, product=query.product, after=query.after, limit=query.limit, hidden=query.hidden
        )
        more = f"{found[-1].tenant}/{found[-1].sku}" if len(found) == query.limit else ""
        return OfferPage(offers=found, next=more)

    async def offer(self, call: Call) -> Offer:
        """Show one offer."""
        return await self._shop.offer(*_place(call))

    async def put_offer(self, call: Call) -> Offer:
        """
        Make or change an offer: prices, limit, whether it is on sale.

        The SKU must be in the manifest of the product, which must be published. A new offer has no stock yet.
        """
        tenant, sku = _place(call)
        call.who.require(Scope.PRODUCTS_WRITE, tenant=tenant)
        return await self._shop.put_offer(tenant, sku, call.body, caller=call.who.id, key=call.idempotency_key)

    async def stock(self, call: Call) -> StockPage:
        """List a merchant's stock: on hand, held in carts and unpaid orders, sold."""
        query: StockQuery = call.query
        call.who.require(Scope.PRODUCTS_WRITE, tenant=call.path["tenant"])
        found = await self._shop.stock(call.path["tenant"], after=query.after, limit=query.limit)
        return StockPage(stock=found, next=found[-1].sku if len(found) == query.limit else "")

    async def set_stock(self, call: Call) -> StockNow:
        """
        Count stock, or add a delivery.

        What is held in carts and unpaid orders cannot be taken away.
        """
        tenant, sku = _place(call)
        call.who.require(Scope.PRODUCTS_WRITE, tenant=tenant)
        change: StockChange = call.body
        return await self._shop.set_stock(
            tenant, sku, caller=call.who.id, key=call.idempotency_key, unsold=change.unsold, add=change.add
        )

    async def cart(self, call: Call) -> Cart:
        """Show one's cart: lines, what of them is held and until when, totals by currency."""
        return await self._shop.cart(call.who.id)

    async def put_line(self, call: Call) -> Cart:
        """Put something into the cart, or change how many; nothing is held by that."""
        change: LineChange = call.body
        return await self._shop.put_line(call.who.id, *_place(call), change.quantity, key=call.idempotency_key)

    async def remove_line(self, call: Call) -> Cart:
        """Take something out of the cart, and release what was held of it."""
        return await self._shop.put_line(call.who.id, *_place(call), 0, key=call.idempotency_key)

    async def cart_code(self, call: Call) -> CartCode:
        """Make a code that moves this cart to another device within ten minutes."""
        return await self._shop.cart_code(call.who.id, key=call.idempotency_key)

    async def move_cart(self, call: Call) -> Cart:
        """Bring the cart of another device here by its code: lines, and what is held."""
        move: CartMove = call.body
        return await self._shop.move_cart(move.code, call.who.id, key=call.idempotency_key)

    async def claim(self, call: Call) -> Lease:
        """
        Hold units of a SKU for a while.

        ``quantity`` is how many shall be held in all: to claim again changes it, and does not prolong the time.
        """
        want: ClaimWanted = call.body
        return await self._shop.claim(call.who.id, want.tenant, want.sku, want.quantity, key=call.idempotency_key)

    async def release(self, call: Call) -> Lease:
        """Give a claim up before its time."""
        return await self._shop.release(call.who.id, call.path["id"][:40], key=call.idempotency_key)

    async def checkout(self, call: Call) -> Order:
        """
        Order all that the cart holds of one merchant.

        The answer says how to pay, and until when. Everything in it is held until then.
        """
        want: OrderWanted = call.body
        wanted = Checkout(
            tenant=want.tenant,
            currency=want.currency,
            contact=want.contact,
            expected_total_minor=want.expected_total_minor,
        )
        return await self._shop.checkout(call.who.id, wanted, key=call.idempotency_key)

    async def orders(self, call: Call) -> OrderPage:
        """List one's own orders, or with ``tenant`` those that a merchant has to send; newest first."""
        query: OrdersQuery = call.query
        if query.tenant:
            _someone(call).require(Scope.ORDERS_READ, tenant=query.tenant)
        else:
            _someone(call).require(Scope.SHOP)
        found = await self._shop.orders(
            tenant=query.tenant,
            buyer="" if query.tenant else call.who.id,
            state=query.state or "",
            before=query.before,
            limit=query.limit,
        )
        return OrderPage(orders=found, next=found[-1].id if len(found) == query.limit else "")

    async def order(self, call: Call) -> Order:
        """Show an order with its lines and its history."""
        return await self._find(call, Scope.ORDERS_READ, or_buyer=True)

    async def cancel(self, call: Call) -> Order:
        """
        Cancel an order before it is sent.

        What was paid goes back, and so do the goods, to the shelf.
        """
        ending: Ending = call.body
        order = await self._find(call, Scope.ORDERS_WRITE, or_buyer=True)
        return await self._shop.cancel(order.id, caller=call.who.id, key=call.idempotency_key, why=ending.why)

    async def refund(self, call: Call) -> Order:
        """Give the money of an order back."""
        want: RefundWanted = call.body
        order = await self._find(call, Scope.ORDERS_WRITE)
        return await self._shop.refund(
            order.id, caller=call.who.id, key=call.idempotency_key, restocks=want.restocks, why=want.why
        )

    async def step(self, call: Call) -> Order:
        """Say that an order was packed, sent or delivered."""
        done: OrderStep = call.body
        order = await self._find(call, Scope.ORDERS_WRITE)
        return await self._shop.advance(order.id, _STEPS[done.step], caller=call.who.id, key=call.idempotency_key)

    async def webhook(self, call: Call) -> Heard:
        """
        Hear from the payment provider.

        Events are told apart by their id: the same one twice does nothing new.
        """
        if call.path["provider"] != self._shop.provider.name:
            raise NoSuchOrder("This shop does not take payments by that provider. Check the webhook's address.")
        body = await read_bytes(call.request, MOST_WEBHOOK_BYTES)
        verdict = await self._shop.webhook(body, call.request.headers.get(SIGNATURE_HEADER, ""))
        return Heard(verdict=verdict)

    async def rehearse(self, call: Call) -> Rehearsed:
        """
        Pay, or fail to, with the test provider.

        It then calls the shop's webhook as a real provider would: once, twice, or not at all.
        """
        provider, want = self._shop.provider, call.body
        assert isinstance(provider, TestProvider)
        hooks = provider.pay(call.path["intent"][:300], want.answer)
        return Rehearsed(
            verdicts=[await self._shop.webhook(hook.body, hook.signature) for hook in hooks if not hook.is_late],
            later=[LateWebhook(body=one.body.decode(), signature=one.signature) for one in hooks if one.is_late],
        )

    async def _find(self, call: Call, scope: Scope, *, or_buyer: bool = False) -> Order:
        """The order in the path, if the caller may; else it does not exist."""
        _someone(call)
        order = await self._shop.order(call.path["id"][:40])
        if or_buyer and order.buyer == call.who.id:
            call.who.require(Scope.SHOP)
            return order
        try:
            call.who.require(scope, tenant=order.tenant)
        except (Forbidden, SignInNeeded) as exc:
            raise NoSuchOrder("There is no such order, or it is not yours.") from exc
        return order


def _someone(call: Call) -> Principal:
    """The caller, who has said who they are."""
    if not call.who.id:
        raise SignInNeeded("Say who you are: take a guest's pass, sign in, or send an API token.")
    return call.who


def _place(call: Call) -> tuple[str, str]:
    tenant, sku = call.path["tenant"], call.path["sku"]
    if len(tenant) > 80 or not 1 <= len(sku) <= _MOST_SKU or not sku.isprintable():
        raise NoSuchOffer("Nothing is sold under that SKU. Look at the shop's offers.")
    return tenant, sku
