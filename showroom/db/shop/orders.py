"""Orders in the database: checkout, transitions and what they do to stock, and reading."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, update

from showroom.db.shop.carts import claims_of, lines_of
from showroom.db.shop.claims import bought_by, terms_of
from showroom.db.shop.offers import offers_at
from showroom.db.shop.tables import cart_lines, leases, order_history, order_lines, orders
from showroom.db.shop.transaction import Transaction, lease_of
from showroom.shop.cart import Place
from showroom.shop.errors import CartEmpty, NoSuchOffer, NoSuchOrder, NotPriced, PriceChanged, SoldOut
from showroom.shop.money import Money, total
from showroom.shop.offers import Offer
from showroom.shop.orders import Contact, Moment, Order, OrderLine, OrderRow, OrderState, PaymentNow, Step, holds, step
from showroom.shop.stock import Lease, LeaseState, check_limit, is_alive, restock, sell, take

_THINGS_TOLD: Final = 5


class Checkout(Struct, frozen=True, kw_only=True):
    """What a customer orders: all that the cart holds of one merchant, in one currency."""

    tenant: str
    currency: str
    contact: Contact
    expected_total_minor: int | None = None


def place_order(transaction: Transaction, buyer: str, wanted: Checkout, *, pay_ms: int, provider: str) -> Order:
    """
    Make an order of a cart's lines of one merchant. Every unit of it is leased until it is paid or over.

    Raises
    ------
    CartEmpty, NotPriced, PriceChanged, OverLimit, SoldOut, NoSuchOffer
        Nothing has changed then.
    """
    connection = transaction.connection
    transaction.lock([place for place in _wish(transaction, buyer) if place[0] == wanted.tenant])
    # Again, now that nobody else can order the same cart: of two who check out at once, one finds it empty.
    claims = claims_of(connection, buyer)
    quantities = {place: n for place, n in _wish(transaction, buyer).items() if place in transaction.stock}
    if not quantities:
        raise CartEmpty("There is nothing of that merchant in the cart. Put something in first.", tenant=wanted.tenant)
    known = offers_at(connection, sorted(quantities))
    amount = _check_out(transaction, buyer, wanted, quantities, known)
    order_id = transaction.new_id("o")
    used = _lease_all(transaction, buyer, order_id, quantities, claims)
    _clear_cart(connection, buyer, quantities)
    connection.execute(
        insert(orders).values(
            id=order_id, tenant=wanted.tenant, buyer=buyer, state=OrderState.PLACED, currency=wanted.currency,
            total_minor=amount.minor, contact=msgspec.json.encode(wanted.contact).decode(),
            created_ms=transaction.now_ms, updated_ms=transaction.now_ms,
            pay_before_ms=max([transaction.now_ms + pay_ms, *used]), provider=provider, intent="", page="",
        )
    )  # fmt: skip
    connection.execute(
        insert(order_lines),
        [
            {
                "order_id": order_id, "number": number, "tenant": place[0], "sku": place[1],
                "product": known[place].product, "variant": known[place].variant, "size": known[place].size,
                "title": known[place].title, "tax_note": known[place].tax_note, "quantity": n,
                "price_minor": known[place].prices[wanted.currency],
            }
            for number, (place, n) in enumerate(quantities.items())
        ],
    )  # fmt: skip
    _remember(transaction, order_id, OrderState.PLACED, "checked out")
    return read(connection, order_id)


def change(
    transaction: Transaction, order: Order, what: Step, why: str, *, restocks: bool = False, **values: Any
) -> Order:
    """
    Take a step, with all that it does to stock and leases.

    Parameters
    ----------
    order
        As locked by ``lock``.
    restocks
        Whether sold goods come back to the shelf, if the step gives the money back.
    values
        Other columns of the order to set.

    Raises
    ------
    WrongState
        The order's state does not allow it.
    """
    after = step(order.state, what)
    _move_units(transaction, order, holds(order.state, after, restock=restocks))
    transaction.connection.execute(
        update(orders).where(orders.c.id == order.id).values(state=after, updated_ms=transaction.now_ms, **values)
    )
    _remember(transaction, order.id, after, why)
    return read(transaction.connection, order.id)


def retake(transaction: Transaction, order: Order) -> bool:
    """
    Sell an ended order's units, for it was paid late.

    False, with nothing changed, if not all of them are there or the customer has bought up to a limit meanwhile.
    """
    places = [(order.tenant, line.sku) for line in order.lines]
    transaction.lock(places)
    terms = terms_of(transaction, set(places))
    limited = [place for place in places if terms[place][1] is not None]
    bought = bought_by(transaction, {order.buyer}, limited)
    for place, line in zip(places, order.lines, strict=True):
        limit_each = terms[place][1]
        if limit_each is not None and bought.get((order.buyer, place), 0) + line.quantity > limit_each:
            return False
    short = [
        place
        for place, line in zip(places, order.lines, strict=True)
        if transaction.stock_of(place).on_hand < line.quantity
    ]
    if short:
        transaction.expire(short)
    if any(transaction.stock[p].on_hand < line.quantity for p, line in zip(places, order.lines, strict=True)):
        return False
    for place, line in zip(places, order.lines, strict=True):
        transaction.stock[place] = sell(take(transaction.stock[place], line.quantity), line.quantity)
        transaction.add_lease(
            Lease(
                id=transaction.new_id("c"), holder=order.buyer, tenant=place[0], sku=place[1],
                quantity=line.quantity, deadline_ms=transaction.now_ms, state=LeaseState.CONVERTED, order=order.id,
            )
        )  # fmt: skip
    return True


def lock(transaction: Transaction, order_id: str) -> Order:
    """
    An order, locked until the transaction ends.

    Raises
    ------
    NoSuchOrder
        No such order.
    """
    transaction.connection.execute(select(orders.c.id).where(orders.c.id == order_id).with_for_update())
    return read(transaction.connection, order_id)


def read(connection: Connection, order_id: str) -> Order:
    """
    An order with its lines and history.

    Raises
    ------
    NoSuchOrder
        No such order.
    """
    row = connection.execute(_ORDER, {"id": order_id}).first()
    if row is None:
        raise NoSuchOrder("There is no such order, or it is not yours.", order=order_id)
    lines = connection.execute(_ORDER_LINES, {"id": order_id}).all()
    return Order(
        id=row.id,
        tenant=row.tenant,
        buyer=row.buyer,
        state=OrderState(row.state),
        currency=row.currency,
        total_minor=row.total_minor,
        tax_notes=sorted({line.tax_note for line in lines if line.tax_note}),
        lines=[
            OrderLine(
                sku=line.sku,
                product=line.product,
                variant=line.variant,
                size=line.size,
                title=line.title,
                quantity=line.quantity,
                price_minor=line.price_minor,
            )
            for line in lines
        ],
        contact=_contact.decode(row.contact),
        created_ms=row.created_ms,
        updated_ms=row.updated_ms,
        pay_before_ms=row.pay_before_ms,
        payment=PaymentNow(provider=row.provider, intent=row.intent, page=row.page),
        history=[
            Moment(at_ms=past.at_ms, state=OrderState(past.state), why=past.why)
            for past in connection.execute(_HISTORY, {"id": order_id})
        ],
    )


def list_orders(
    connection: Connection, *, tenant: str = "", buyer: str = "", state: str = "", before: str = "", limit: int
) -> list[OrderRow]:
    """
    Orders of a merchant or a customer, newest first.

    Parameters
    ----------
    before
        Id of the last one of the page before.
    """
    units = select(func.sum(order_lines.c.quantity)).where(order_lines.c.order_id == orders.c.id).scalar_subquery()
    query: Select[Any] = select(orders, units.label("units")).order_by(orders.c.id.desc()).limit(limit)
    for column, value in ((orders.c.tenant, tenant), (orders.c.buyer, buyer), (orders.c.state, state)):
        if value:
            query = query.where(column == value)
    if before:
        query = query.where(orders.c.id < before)
    rows = connection.execute(query).all()
    first = select(order_lines.c.order_id, order_lines.c.title).where(
        order_lines.c.order_id.in_([row.id for row in rows]), order_lines.c.number < _THINGS_TOLD
    )
    things: dict[str, list[str]] = {}
    for line in connection.execute(first.order_by(order_lines.c.order_id, order_lines.c.number)):
        things.setdefault(line.order_id, []).append(line.title)
    return [
        OrderRow(
            id=row.id,
            tenant=row.tenant,
            state=OrderState(row.state),
            currency=row.currency,
            total_minor=row.total_minor,
            units=int(row.units),
            things=things.get(row.id, []),
            created_ms=row.created_ms,
            updated_ms=row.updated_ms,
        )
        for row in rows
    ]


def _wish(transaction: Transaction, buyer: str) -> dict[Place, int]:
    """Lines and living claims together, as the cart shows them."""
    lines = lines_of(transaction.connection, buyer)
    claims = {
        place: lease
        for place, lease in claims_of(transaction.connection, buyer).items()
        if is_alive(lease, transaction.now_ms)
    }
    return {
        place: max(lines.get(place, 0), claims[place].quantity if place in claims else 0)
        for place in dict.fromkeys([*lines, *claims])
    }


def _check_out(
    transaction: Transaction, buyer: str, wanted: Checkout, quantities: dict[Place, int], known: dict[Place, Offer]
) -> Money:
    """The total, if everything may be sold as it is wanted."""
    limited = [place for place, found in known.items() if found.limit_each is not None]
    bought = bought_by(transaction, {buyer}, limited)
    for place, n in quantities.items():
        found = known.get(place)
        if found is None or not found.is_on_sale:
            raise NoSuchOffer(f"{place[1]} is not on sale any more. Take it out of the cart.", sku=place[1])
        if wanted.currency not in found.prices:
            raise NotPriced(f"{found.title} has no price in {wanted.currency}. Choose another currency.", sku=place[1])
        check_limit(place[1], n, limit_each=found.limit_each, bought=bought.get((buyer, place), 0))
    amount = total(wanted.currency, ((n, known[p].prices[wanted.currency]) for p, n in quantities.items()))
    if wanted.expected_total_minor not in {None, amount.minor}:
        raise PriceChanged(
            f"The total is {amount} now. Show the cart again and let the customer decide.", total_minor=amount.minor
        )
    return amount


def _lease_all(
    transaction: Transaction, buyer: str, order_id: str, quantities: dict[Place, int], claims: dict[Place, Lease]
) -> list[int]:
    """Make every line an ordered lease, from the customer's claim as far as it goes; gives those claims' deadlines."""
    deadlines = []
    for place, n in quantities.items():
        lease = claims.get(place)
        if lease is not None and not is_alive(lease, transaction.now_ms):
            transaction.end_lease(lease, LeaseState.EXPIRED)
            lease = None
        more = n - (lease.quantity if lease else 0)
        if transaction.stock[place].on_hand < more:
            transaction.expire([place])
        left = transaction.stock[place].on_hand + (lease.quantity if lease else 0)
        if left < n:
            raise SoldOut(
                f"Only {left} of {place[1]} can be had. Take fewer, or wait for claims of others to run out.",
                sku=place[1],
                available=left,
            )
        transaction.stock[place] = take(transaction.stock[place], more, sku=place[1])
        if lease is None:
            transaction.add_lease(
                Lease(
                    id=transaction.new_id("c"), holder=buyer, tenant=place[0], sku=place[1], quantity=n,
                    deadline_ms=transaction.now_ms, state=LeaseState.ORDERED, order=order_id,
                )
            )  # fmt: skip
        else:
            deadlines.append(lease.deadline_ms)
            transaction.change_lease(replace(lease, quantity=n, state=LeaseState.ORDERED, order=order_id))
    return deadlines


def _clear_cart(connection: Connection, buyer: str, quantities: dict[Place, int]) -> None:
    # A line that grew since we looked stays: it is a new wish.
    connection.execute(_CLEAR, [{"h": buyer, "t": p[0], "s": p[1], "most": n} for p, n in quantities.items()])


def _move_units(transaction: Transaction, order: Order, how: str) -> None:
    if how == "keep":
        return
    transaction.lock([(order.tenant, line.sku) for line in order.lines])
    if how == "restock":
        for line in order.lines:
            place = order.tenant, line.sku
            transaction.stock[place] = restock(transaction.stock[place], line.quantity)
        return
    for row in transaction.connection.execute(_ORDERED, {"id": order.id, "state": LeaseState.ORDERED}).all():
        lease = lease_of(row)
        if how == "sell":
            place = lease.tenant, lease.sku
            transaction.stock[place] = sell(transaction.stock[place], lease.quantity)
            transaction.change_lease(replace(lease, state=LeaseState.CONVERTED))
        else:
            transaction.end_lease(lease, LeaseState.RELEASED)


def _remember(transaction: Transaction, order_id: str, state: OrderState, why: str) -> None:
    count = select(func.count()).select_from(order_history).where(order_history.c.order_id == order_id)
    number = int(transaction.connection.execute(count).scalar_one())
    transaction.connection.execute(
        insert(order_history).values(
            order_id=order_id, number=number, at_ms=transaction.now_ms, state=state, why=why[:200]
        )
    )


def overdue(connection: Connection, now_ms: int, *, limit: int) -> Sequence[str]:
    """Unpaid orders whose time is over."""
    query = (
        select(orders.c.id)
        .where(orders.c.state.in_([OrderState.PLACED, OrderState.PAYING]), orders.c.pay_before_ms <= now_ms)
        .order_by(orders.c.pay_before_ms)
        .limit(limit)
    )
    return [row.id for row in connection.execute(query)]


def unasked(connection: Connection, before_ms: int, *, limit: int) -> Sequence[str]:
    """Orders that the payment provider was never told of, placed before some moment: the server died in between."""
    query = (
        select(orders.c.id)
        .where(orders.c.state == OrderState.PLACED, orders.c.created_ms <= before_ms)
        .order_by(orders.c.id)
        .limit(limit)
    )
    return [row.id for row in connection.execute(query)]


_contact: Final = msgspec.json.Decoder(Contact)
_ORDER: Final = select(orders).where(orders.c.id == bindparam("id"))
_ORDER_LINES: Final = (
    select(order_lines).where(order_lines.c.order_id == bindparam("id")).order_by(order_lines.c.number)
)
_HISTORY: Final = (
    select(order_history).where(order_history.c.order_id == bindparam("id")).order_by(order_history.c.number)
)
_ORDERED: Final = select(leases).where(leases.c.order_id == bindparam("id"), leases.c.state == bindparam("state"))
_CLEAR: Final = delete(cart_lines).where(
    cart_lines.c.holder == bindparam("h"),
    cart_lines.c.tenant == bindparam("t"),
    cart_lines.c.sku == bindparam("s"),
    cart_lines.c.quantity <= bindparam("most"),
)
