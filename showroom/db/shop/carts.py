"""Carts in the database: lines, the claims beside them, and moving to another device."""

import hashlib
from typing import Final

from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, delete, func, insert, select, text, update

from showroom.db.shop.offers import offer, offers_at
from showroom.db.shop.tables import cart_codes, cart_lines, leases
from showroom.db.shop.transaction import Transaction, lease_of
from showroom.shop.cart import CODE_S, Cart, CartCode, CartLine, Place, cart, check_lines, merge, tidy_code
from showroom.shop.errors import CodeOver, NoSuchOffer
from showroom.shop.stock import MOST_LEASES, Lease, LeaseState, is_alive


def see(connection: Connection, holder: str, now_ms: int) -> Cart:
    """The cart as it is: lines, and claims that are alive, with what is on sale now."""
    lines = lines_of(connection, holder)
    claims = {place: lease for place, lease in claims_of(connection, holder).items() if is_alive(lease, now_ms)}
    known = offers_at(connection, sorted({*lines, *claims}))
    out = []
    for place in dict.fromkeys([*lines, *claims]):
        found, lease = known.get(place), claims.get(place)
        on_sale = found is not None and found.is_on_sale
        out.append(
            CartLine(
                tenant=place[0],
                sku=place[1],
                quantity=max(lines.get(place, 0), lease.quantity if lease else 0),
                title=found.title if found else "",
                product=found.product if found else "",
                variant=found.variant if found else "",
                size=found.size if found else "",
                prices=found.prices if found and on_sale else {},
                available=found.available if found and on_sale else 0,
                held=lease.quantity if lease else 0,
                held_until_ms=lease.deadline_ms if lease else None,
                claim=lease.id if lease else None,
            )
        )
    return cart(out)


def put_line(transaction: Transaction, holder: str, place: Place, quantity: int) -> None:
    """
    Want so many of a SKU; 0 takes the line, and what is claimed of it, out of the cart.

    Raises
    ------
    NoSuchOffer
        It is not on sale.
    CartFull
        As many lines as a cart may have.
    """
    connection = transaction.connection
    mine = (cart_lines.c.holder == holder, cart_lines.c.tenant == place[0], cart_lines.c.sku == place[1])
    if quantity == 0:
        connection.execute(delete(cart_lines).where(*mine))
        transaction.lock([place])
        lease = claims_of(connection, holder).get(place)
        if lease is not None:
            alive = is_alive(lease, transaction.now_ms)
            transaction.end_lease(lease, LeaseState.RELEASED if alive else LeaseState.EXPIRED)
        return
    if not offer(connection, *place).is_on_sale:
        raise NoSuchOffer(f"{place[1]} is not on sale now. Look at the shop's offers.", sku=place[1])
    values = {"quantity": quantity, "changed_ms": transaction.now_ms}
    if connection.execute(update(cart_lines).where(*mine).values(**values)).rowcount:
        return
    count = connection.execute(select(func.count()).select_from(cart_lines).where(cart_lines.c.holder == holder))
    check_lines(int(count.scalar_one()) + 1)
    connection.execute(insert(cart_lines).values(holder=holder, tenant=place[0], sku=place[1], **values))


def make_code(transaction: Transaction, holder: str, code: str) -> CartCode:
    """Let ``code`` move the cart for a while; an earlier code of the same cart is over."""
    connection = transaction.connection
    connection.execute(delete(cart_codes).where(cart_codes.c.holder == holder))
    deadline_ms = transaction.now_ms + CODE_S * 1000
    connection.execute(insert(cart_codes).values(digest=_digest(code), holder=holder, deadline_ms=deadline_ms))
    return CartCode(code=code, expires_ms=deadline_ms)


def move(transaction: Transaction, code: str, to: str) -> None:
    """
    Bring the cart that a code stands for to ``to``; the code is used up.

    Raises
    ------
    CodeOver
        Unknown, used or expired.
    CartFull
        Both carts together hold more than one may.
    """
    connection = transaction.connection
    query = select(cart_codes).where(cart_codes.c.digest == _digest(code)).with_for_update()
    row = connection.execute(query).first()
    if row is None or row.deadline_ms <= transaction.now_ms:
        raise CodeOver("That code is wrong or its time is over. Ask for a new one on the other device.")
    connection.execute(delete(cart_codes).where(cart_codes.c.digest == row.digest))
    if row.holder == to:
        return
    lines = merge(lines_of(connection, to), lines_of(connection, row.holder))
    connection.execute(delete(cart_lines).where(cart_lines.c.holder.in_([to, row.holder])))
    if lines:
        connection.execute(
            insert(cart_lines),
            [
                {"holder": to, "tenant": p[0], "sku": p[1], "quantity": n, "changed_ms": transaction.now_ms}
                for p, n in lines.items()
            ],
        )
    _move_claims(transaction, row.holder, to)


def _move_claims(transaction: Transaction, giver: str, to: str) -> None:
    transaction.lock([*claims_of(transaction.connection, giver), *claims_of(transaction.connection, to)])
    # Again, now that nobody else can change them.
    theirs, mine = claims_of(transaction.connection, giver), claims_of(transaction.connection, to)
    count = len(mine)
    for place, lease in theirs.items():
        if place not in transaction.stock:
            continue  # claimed in between; it stays where it is
        own = mine.get(place)
        if not is_alive(lease, transaction.now_ms):
            transaction.end_lease(lease, LeaseState.EXPIRED)
        elif own is not None and is_alive(own, transaction.now_ms):
            # One wish on two devices: the larger claim stays.
            less, more = sorted((own, lease), key=lambda one: one.quantity)
            transaction.end_lease(less, LeaseState.RELEASED)
            transaction.change_lease(replace(more, holder=to))
        elif count < MOST_LEASES:
            if own is not None:
                transaction.end_lease(own, LeaseState.EXPIRED)
            count += 1
            transaction.change_lease(replace(lease, holder=to))
        else:
            transaction.end_lease(lease, LeaseState.RELEASED)


def lines_of(connection: Connection, holder: str) -> dict[Place, int]:
    """Quantities by SKU, oldest line first."""
    return {(row.tenant, row.sku): row.quantity for row in connection.execute(_LINES, {"holder": holder})}


def claims_of(connection: Connection, holder: str) -> dict[Place, Lease]:
    """A customer's leases that nobody has ended yet; some may be past their deadline."""
    rows = connection.execute(_CLAIMS, {"holder": holder})
    return {(row.tenant, row.sku): lease_of(row) for row in rows}


def _digest(code: str) -> str:
    return hashlib.sha256(tidy_code(code).encode()).hexdigest()


_LINES: Final = (
    select(cart_lines)
    .where(cart_lines.c.holder == bindparam("holder"))
    .order_by(cart_lines.c.changed_ms, cart_lines.c.tenant, cart_lines.c.sku)
)
_CLAIMS: Final = (
    select(leases)
    .where(leases.c.state == text("'held'"), leases.c.holder == bindparam("holder"))
    .order_by(leases.c.deadline_ms, leases.c.tenant, leases.c.sku)
)
