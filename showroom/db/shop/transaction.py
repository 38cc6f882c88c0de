"""
One transaction of the shop: what is locked, what has changed in memory, and what will be written at its end.

Works change stock and leases here, by the rules; ``flush`` writes each changed row once, however many claims a
transaction serves. If a work fails, the transaction object goes with it and nothing was written.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final

from msgspec.structs import replace
from sqlalchemy import BigInteger, Connection, bindparam, cast, func, insert, select, text, tuple_, update

from showroom.db.shop.tables import leases, stock
from showroom.shop.cart import Place
from showroom.shop.errors import NoSuchOffer
from showroom.shop.offers import StockNow
from showroom.shop.stock import Lease, LeaseState, Stock, give_back

Clock = Callable[[Connection], int]
NewId = Callable[[str], str]

_CHUNK: Final = 500
_LAPSED_AT_ONCE: Final = 2000


def database_now(connection: Connection) -> int:
    """The database's own clock, milliseconds since 1970: one for all processes, and it survives them."""
    if connection.dialect.name == "sqlite":
        # julianday is a double: good to 0.05 ms until the year 9999.
        value = connection.execute(text("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)")).scalar()
    else:
        # Not now(): that is when the transaction began, before it waited for locks.
        value = connection.execute(
            select(cast(func.extract("epoch", func.clock_timestamp()) * 1000, BigInteger))
        ).scalar()
    assert value is not None
    return int(value)


class Transaction:
    """
    Parameters
    ----------
    now_ms
        The database's time, the same for the whole transaction.
    new_id
        Makes an identifier with the given first letter that was never used.
    """

    def __init__(self, connection: Connection, *, now_ms: int, new_id: NewId) -> None:
        self.connection: Final = connection
        self.now_ms: Final = now_ms
        self.new_id: Final = new_id
        self.stock: Final[dict[Place, Stock]] = {}
        self._before: dict[Place, tuple[Stock, int]] = {}
        self._new_leases: dict[str, Lease] = {}
        self._changed_leases: dict[str, Lease] = {}

    def lock(self, places: Iterable[Place]) -> None:
        """Lock and load the stock of these SKUs, in the order that everybody uses. Unknown ones stay unknown."""
        wanted = sorted(set(places) - self._before.keys())
        for chunk in chunks(wanted):
            for row in self.connection.execute(_LOCK, {"places": chunk}):
                self.stock[row.tenant, row.sku] = Stock(row.on_hand, row.leased, row.sold)
                self._before[row.tenant, row.sku] = self.stock[row.tenant, row.sku], row.version

    def stock_of(self, place: Place) -> Stock:
        """
        Of a locked SKU.

        Raises
        ------
        NoSuchOffer
            Nothing is sold under it.
        """
        found = self.stock.get(place)
        if found is None:
            raise NoSuchOffer("Nothing is sold under that SKU. Look at the shop's offers.", sku=place[1])
        return found

    def version(self, place: Place) -> int:
        """Of a locked SKU's stock, before this transaction."""
        return self._before[place][1]

    def add_lease(self, lease: Lease) -> None:
        self._new_leases[lease.id] = lease

    def change_lease(self, lease: Lease) -> None:
        """Keep a lease as it is now; its stock row is locked."""
        kept = self._new_leases if lease.id in self._new_leases else self._changed_leases
        kept[lease.id] = lease

    def end_lease(self, lease: Lease, state: LeaseState) -> None:
        """Give its units back to the shelf."""
        place = lease.tenant, lease.sku
        self.stock[place] = give_back(self.stock[place], lease.quantity)
        self.change_lease(replace(lease, state=state))

    def expire(self, places: Sequence[Place]) -> None:
        """Expire claims on these locked SKUs whose time is over, so that nobody waits for the sweep."""
        for chunk in chunks(sorted(places)):
            rows = self.connection.execute(_LAPSED, {"places": chunk, "now": self.now_ms, "most": _LAPSED_AT_ONCE})
            for row in rows:
                if row.id not in self._changed_leases:
                    self.end_lease(lease_of(row), LeaseState.EXPIRED)

    def flush(self) -> list[StockNow]:
        """Write what has changed; gives the new stock of every SKU that has."""
        changed = [
            StockNow(
                tenant=place[0],
                sku=place[1],
                on_hand=now.on_hand,
                leased=now.leased,
                sold=now.sold,
                version=self._before[place][1] + 1,
            )
            for place, now in self.stock.items()
            if now != self._before[place][0]
        ]
        if changed:
            self.connection.execute(
                _SET_STOCK,
                [
                    {"t": c.tenant, "s": c.sku, "o": c.on_hand, "l": c.leased, "d": c.sold, "v": c.version,
                     "n": self.now_ms}
                    for c in changed
                ],
            )  # fmt: skip
        # First the old, then the new: one customer has one claim on a SKU.
        if self._changed_leases:
            self.connection.execute(
                _SET_LEASE,
                [
                    {"i": one.id, "h": one.holder, "q": one.quantity, "d": one.deadline_ms, "s": one.state,
                     "o": one.order, "n": self.now_ms}
                    for one in self._changed_leases.values()
                ],
            )  # fmt: skip
        if self._new_leases:
            self.connection.execute(
                _ADD_LEASE,
                [
                    {"id": one.id, "holder": one.holder, "tenant": one.tenant, "sku": one.sku,
                     "quantity": one.quantity, "deadline_ms": one.deadline_ms, "state": one.state,
                     "order_id": one.order, "changed_ms": self.now_ms}
                    for one in self._new_leases.values()
                ],
            )  # fmt: skip
        return changed


def lease_of(row: object) -> Lease:
    """A lease from its row."""
    return Lease(
        id=row.id,  # type: ignore[attr-defined]
        holder=row.holder,  # type: ignore[attr-defined]
        tenant=row.tenant,  # type: ignore[attr-defined]
        sku=row.sku,  # type: ignore[attr-defined]
        quantity=row.quantity,  # type: ignore[attr-defined]
        deadline_ms=row.deadline_ms,  # type: ignore[attr-defined]
        state=LeaseState(row.state),  # type: ignore[attr-defined]
        order=row.order_id,  # type: ignore[attr-defined]
    )


def chunks(items: "Iterable[Place]") -> "Iterable[list[Place]]":
    """Parts small enough for the databases' limits on parameters."""
    rest = iter(items)
    while part := list(islice(rest, _CHUNK)):
        yield part


_LOCK: Final = (
    select(stock)
    .where(tuple_(stock.c.tenant, stock.c.sku).in_(bindparam("places", expanding=True)))
    .order_by(stock.c.tenant, stock.c.sku)
    .with_for_update()
)
_LAPSED: Final = (
    select(leases)
    .where(
        leases.c.state == text("'held'"),
        tuple_(leases.c.tenant, leases.c.sku).in_(bindparam("places", expanding=True)),
        leases.c.deadline_ms <= bindparam("now"),
    )
    .order_by(leases.c.deadline_ms)
    .limit(bindparam("most"))
)
_SET_STOCK: Final = (
    update(stock)
    .where(stock.c.tenant == bindparam("t"), stock.c.sku == bindparam("s"))
    .values(
        on_hand=bindparam("o"),
        leased=bindparam("l"),
        sold=bindparam("d"),
        version=bindparam("v"),
        changed_ms=bindparam("n"),
    )
)
_SET_LEASE: Final = (
    update(leases)
    .where(leases.c.id == bindparam("i"))
    .values(
        holder=bindparam("h"),
        quantity=bindparam("q"),
        deadline_ms=bindparam("d"),
        state=bindparam("s"),
        order_id=bindparam("o"),
        changed_ms=bindparam("n"),
    )
)
_ADD_LEASE: Final = insert(leases)
