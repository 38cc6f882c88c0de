"""
Claims, many in one transaction: one SELECT FOR UPDATE of the stock they touch, the rules in memory, one statement for
all rows of a kind at the end.

A claim that cannot be served is an exception in the list of answers; the others do not notice.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, func, insert, select, text, tuple_

from showroom.db.shop.tables import answers, leases, offers, order_lines, orders
from showroom.db.shop.transaction import Transaction, chunks, lease_of
from showroom.shop import idempotency
from showroom.shop.cart import Place
from showroom.shop.errors import NoSuchClaim
from showroom.shop.orders import BOUGHT
from showroom.shop.stock import Bounds, Lease, LeaseState, claim, is_alive
from showroom_assets.errors import ShowroomError


class Ask(Struct, frozen=True, kw_only=True):
    """One customer's claim: hold ``quantity`` of a SKU, in all, under an idempotency key."""

    holder: str
    tenant: str
    sku: str
    quantity: int
    key: str

    def fingerprint(self) -> str:
        return idempotency.fingerprint("claim", self.tenant, self.sku, self.quantity)


def claim_many(transaction: Transaction, asks: Sequence[Ask], *, lease_ms: int) -> list[Lease | ShowroomError]:
    """
    Serve claims in the order given.

    Returns
    -------
    A lease or an error for each. Nothing is written before ``transaction.flush``, but for the kept answers.
    """
    places = {(ask.tenant, ask.sku) for ask in asks}
    transaction.lock(places)
    before = _kept(transaction, asks)
    terms = terms_of(transaction, places)
    bought = bought_by(transaction, {ask.holder for ask in asks}, [p for p in places if p in terms and terms[p][1]])
    held = _held(transaction, {ask.holder for ask in asks})
    _make_room(transaction, asks, held)
    out: list[Lease | ShowroomError] = []
    keep: dict[tuple[str, str], dict[str, object]] = {}
    for ask in asks:
        try:
            lease = _replayed(before, ask) or _one(transaction, ask, terms, bought, held, lease_ms=lease_ms)
        except ShowroomError as exc:
            out.append(exc)
            continue
        out.append(lease)
        if (ask.holder, ask.key) not in before:
            print_, answer = ask.fingerprint(), msgspec.json.encode(lease).decode()
            before[ask.holder, ask.key] = print_, answer
            keep[ask.holder, ask.key] = {
                "caller": ask.holder, "key": ask.key, "fingerprint": print_, "answer": answer,
                "at_ms": transaction.now_ms,
            }  # fmt: skip
    if keep:
        transaction.connection.execute(insert(answers), list(keep.values()))
    return out


def release(transaction: Transaction, holder: str, lease_id: str) -> Lease:
    """
    Give a claim up. One that has ended already stays as it ended.

    Raises
    ------
    NoSuchClaim
        Unknown, somebody else's, or part of an order by now.
    """
    query = select(leases).where(leases.c.id == lease_id, leases.c.holder == holder)
    row = transaction.connection.execute(query).first()
    if row is not None:
        transaction.lock([(row.tenant, row.sku)])
        row = transaction.connection.execute(query).first()  # it may have changed while we waited for the lock
    if row is None or row.state == LeaseState.ORDERED:
        raise NoSuchClaim("There is no such claim to release. If it was ordered, cancel the order.", claim=lease_id)
    lease = lease_of(row)
    if lease.state is LeaseState.HELD:
        state = LeaseState.RELEASED if is_alive(lease, transaction.now_ms) else LeaseState.EXPIRED
        transaction.end_lease(lease, state)
        lease = msgspec.structs.replace(lease, state=state)
    return lease


def terms_of(transaction: Transaction, places: set[Place]) -> dict[Place, tuple[bool, int | None]]:
    """Whether each SKU is on sale, and its limit for one customer."""
    out = {}
    for chunk in chunks(sorted(places)):
        for row in transaction.connection.execute(_TERMS, {"places": chunk}):
            out[row.tenant, row.sku] = (row.is_on_sale, row.limit_each)
    return out


def bought_by(transaction: Transaction, buyers: set[str], places: Sequence[Place]) -> dict[tuple[str, Place], int]:
    """Units of these (limited) SKUs that each customer has ordered already."""
    out: dict[tuple[str, Place], int] = {}
    if places:
        for chunk in chunks(sorted(places)):
            rows = transaction.connection.execute(_BOUGHT, {"buyers": sorted(buyers), "places": chunk})
            out |= {(row.buyer, (row.tenant, row.sku)): int(row.units) for row in rows}
    return out


def _kept(transaction: Transaction, asks: Sequence[Ask]) -> dict[tuple[str, str], tuple[str, str]]:
    out = {}
    for chunk in chunks(sorted({(ask.holder, ask.key) for ask in asks})):
        for row in transaction.connection.execute(_ANSWERS, {"keys": chunk}):
            out[row.caller, row.key] = (row.fingerprint, row.answer)
    return out


def _replayed(before: dict[tuple[str, str], tuple[str, str]], ask: Ask) -> Lease | None:
    found = before.get((ask.holder, ask.key))
    if found is None:
        return None
    idempotency.check_same(found[0], ask.fingerprint(), key=ask.key)
    return _lease.decode(found[1])


def _held(transaction: Transaction, holders: set[str]) -> dict[str, dict[Place, Lease]]:
    out: dict[str, dict[Place, Lease]] = {holder: {} for holder in holders}
    for row in transaction.connection.execute(_HELD, {"holders": sorted(holders)}):
        out[row.holder][row.tenant, row.sku] = lease_of(row)
    return out


def _make_room(transaction: Transaction, asks: Sequence[Ask], held: dict[str, dict[Place, Lease]]) -> None:
    """Expire what must go: the askers' own lapsed claims, and everybody's where there is not enough for all."""
    wanted: dict[Place, int] = {}
    for ask in asks:
        place = ask.tenant, ask.sku
        wanted[place] = wanted.get(place, 0) + ask.quantity
        mine = held[ask.holder].get(place)
        if mine is not None and not is_alive(mine, transaction.now_ms):
            transaction.end_lease(held[ask.holder].pop(place), LeaseState.EXPIRED)
    scarce = [place for place, units in wanted.items() if place in transaction.stock
              and transaction.stock[place].on_hand < units]  # fmt: skip
    if scarce:
        transaction.expire(scarce)


def _one(
    transaction: Transaction,
    ask: Ask,
    terms: dict[Place, tuple[bool, int | None]],
    bought: dict[tuple[str, Place], int],
    held: dict[str, dict[Place, Lease]],
    *,
    lease_ms: int,
) -> Lease:
    place = ask.tenant, ask.sku
    stock = transaction.stock_of(place)
    is_on_sale, limit_each = terms.get(place, (False, None))
    mine = held[ask.holder]
    bounds = Bounds(
        is_on_sale=is_on_sale,
        limit_each=limit_each,
        bought=bought.get((ask.holder, place), 0),
        leases=sum(is_alive(one, transaction.now_ms) for one in mine.values()),
    )
    fresh = Lease(
        id=transaction.new_id("c"), holder=ask.holder, tenant=ask.tenant, sku=ask.sku, quantity=0,
        deadline_ms=transaction.now_ms + lease_ms,
    )  # fmt: skip
    after, lease = claim(stock, mine.get(place), ask.quantity, bounds, fresh=fresh)
    if place in mine:
        transaction.change_lease(lease)
    else:
        transaction.add_lease(lease)
    mine[place] = lease
    transaction.stock[place] = after
    return lease


_lease: Final = msgspec.json.Decoder(Lease)
_TERMS: Final = select(offers.c.tenant, offers.c.sku, offers.c.is_on_sale, offers.c.limit_each).where(
    tuple_(offers.c.tenant, offers.c.sku).in_(bindparam("places", expanding=True))
)
_ANSWERS: Final = select(answers).where(tuple_(answers.c.caller, answers.c.key).in_(bindparam("keys", expanding=True)))
_HELD: Final = select(leases).where(
    leases.c.state == text("'held'"), leases.c.holder.in_(bindparam("holders", expanding=True))
)
_BOUGHT: Final = (
    select(orders.c.buyer, order_lines.c.tenant, order_lines.c.sku, func.sum(order_lines.c.quantity).label("units"))
    .join(order_lines, order_lines.c.order_id == orders.c.id)
    .where(
        orders.c.buyer.in_(bindparam("buyers", expanding=True)),
        orders.c.state.in_(sorted(BOUGHT)),
        tuple_(order_lines.c.tenant, order_lines.c.sku).in_(bindparam("places", expanding=True)),
    )
    .group_by(orders.c.buyer, order_lines.c.tenant, order_lines.c.sku)
)
