"""
Stores as a service: drafts and published versions, and the rooms that the real-time server opens from them.

A store is put as a draft, which only its merchant sees, and published, which everybody does. What is published is kept
in memory for a moment: rooms and pages ask often, merchants change seldom.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec

from showroom.db.database import Database
from showroom.errors import BadRequest
from showroom.realtime.plan import RoomPlan
from showroom.stores import records
from showroom.stores.check import check_store
from showroom.stores.fill import place
from showroom.stores.floor import floor_of, things_of
from showroom.stores.manifest import Store
from showroom.stores.records import Kept, NoSuchStore, Version
from showroom.tenants import public_id
from showroom_assets.manifest import Product

_KEPT_S: Final = 2.0
_MOST_FAULTS: Final = 30
_LONGEST_ID: Final = 64
"""Of a store's public id, as rooms have it."""

Products = Callable[[], Awaitable[Mapping[str, Product]]]
"""What is on the shelf, by public id."""


class StoreFaulty(BadRequest):
    """The store does not hold together; ``fields["faults"]`` has a sentence for each fault."""

    code = "store.faulty"


class Stores:
    """
    Parameters
    ----------
    database
        With the tables of ``db.stores``.
    products
        If given, slots are checked against it when a store is published.
    unix, clock
        Seconds since 1970 for what is stored, monotonic seconds for what is not.
    """

    def __init__(
        self,
        database: Database,
        *,
        products: Products | None = None,
        unix: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._products = products
        self._unix = unix
        self._clock = clock
        self._kept: tuple[float, dict[str, Kept]] = (float("-inf"), {})
        self._plans: dict[tuple[str, str], list[RoomPlan]] = {}

    async def published(self) -> dict[str, Kept]:
        """Every open store, by public id."""
        if self._clock() - self._kept[0] > _KEPT_S:
            found = await self._database.read(records.published)
            self._kept = (self._clock(), {public_id(one.tenant, one.store.id): one for one in found})
        return self._kept[1]

    async def open_store(self, public: str) -> Kept:
        """
        An open store.

        Raises
        ------
        NoSuchStore
            There is none, or only its merchant knows it.
        """
        found = (await self.published()).get(public)
        if found is None:
            raise NoSuchStore(f"There is no store {public!r}. See /api/stores.")
        return found

    async def rooms(self, store: str) -> list[RoomPlan]:
        """The rooms of an open store, as the real-time server wants them (``realtime.plan.Plans``)."""
        kept = await self.open_store(store)
        key = (store, kept.sha256)
        if key not in self._plans:
            self._plans = {key: plans for key, plans in self._plans.items() if key[0] != store}
            self._plans[key] = [
                RoomPlan(
                    store=store,
                    room=room.id,
                    tenant=kept.tenant,
                    title=room.name or kept.store.name,
                    floor=floor_of(room),
                    seats=room.people,
                    revision=kept.sha256[:16],
                    things=things_of(room),
                )
                for room in kept.store.rooms
            ]
        return self._plans[key]

    async def newest(self, tenant: str, store: str) -> Kept:
        """A merchant's newest version, draft or not."""
        return await self._database.read(records.newest(tenant, store))

    async def version(self, tenant: str, store: str, version: int) -> Kept:
        return await self._database.read(records.kept(tenant, store, version))

    async def of_tenant(self, tenant: str) -> list[Kept]:
        return await self._database.read(records.of_tenant(tenant))

    async def every(self) -> list[Kept]:
        """Of all merchants, drafts too: for operators."""
        return await self._database.read(records.every)

    async def history(self, tenant: str, store: str) -> list[Version]:
        return await self._database.read(records.history(tenant, store))

    async def put(self, tenant: str, store: Store, *, by: str, expected: int | None = None) -> Kept:
        """
        Keep a new draft.

        Raises
        ------
        StoreFaulty
            It does not hold together.
        StoreMoved
            ``expected`` is not the newest version (any more).
        """
        if len(public_id(tenant, store.id)) > _LONGEST_ID:
            raise StoreFaulty(
                f"{public_id(tenant, store.id)} is longer than {_LONGEST_ID} letters. Choose a shorter id."
            )
        refuse_faults(store, await asyncio.to_thread(check_store, store))
        return await self._database.write(records.put(tenant, store, by=by, now_ms=self._now_ms(), expected=expected))

    async def publish(self, tenant: str, store: str, *, version: int | None = None) -> Kept:
        """
        Open a version to visitors: the newest, or an older one to go back.

        Raises
        ------
        StoreFaulty
            A slot names a product that is not on the shelf, or does not fit.
        """
        draft = await self._database.read(
            records.newest(tenant, store) if version is None else records.kept(tenant, store, version)
        )
        products = await self._products() if self._products is not None else None
        refuse_faults(draft.store, await asyncio.to_thread(check_store, draft.store, products=products))
        done = await self._database.write(records.publish(tenant, store, draft.version, now_ms=self._now_ms()))
        self._kept = (float("-inf"), {})
        return done

    async def close(self, tenant: str, store: str) -> None:
        """Close a store to visitors."""
        await self._database.write(records.close(tenant, store, now_ms=self._now_ms()))
        self._kept = (float("-inf"), {})

    async def place(
        self, tenant: str, store: str, slot: str, product: str | None, *, variant: str, by: str, publish: bool
    ) -> Kept:
        """
        Put a product into a slot, or empty it; published at once if wanted and the newest version was.

        Raises
        ------
        NoSuchSlot, StoreFaulty, StoreMoved
        """
        draft = await self.newest(tenant, store)
        changed = place(draft.store, slot, product, variant=variant)
        if self._products is not None and product is not None:
            faults = await asyncio.to_thread(check_store, changed, products=await self._products())
            refuse_faults(changed, [fault for fault in faults if f"slot {slot}" in fault])
        done = await self.put(
            tenant, msgspec.convert(msgspec.to_builtins(changed), Store), by=by, expected=draft.newest
        )
        return await self.publish(tenant, store) if publish else done

    def _now_ms(self) -> int:
        return int(self._unix() * 1000)


def refuse_faults(store: Store, faults: list[str]) -> None:
    """
    Nothing, if there are none.

    Raises
    ------
    StoreFaulty
        See there.
    """
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise StoreFaulty(
            f"{store.id} does not hold together: {faults[0]}{more} Check it by: showroom store check",
            faults=faults[:_MOST_FAULTS],
        )
