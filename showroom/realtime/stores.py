"""What all rooms of a store share: who is muted or banned, and who is in a party with whom. Read once, kept current."""

import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from showroom.realtime.clock import Clock
from showroom.realtime.plan import RoomPlan
from showroom.social import storage
from showroom.social.moderation import Moderation
from showroom.social.names import NameRules
from showroom.social.parties import Parties
from showroom.social.policy import Policy

if TYPE_CHECKING:
    from showroom.db.database import Database


@dataclass(slots=True)
class Store:
    """The state of one store."""

    moderation: Moderation
    parties: Parties
    names: NameRules


class Stores:
    """All stores that somebody has entered since the start."""

    def __init__(self, database: "Database", clock: Clock, policy: Policy) -> None:
        self._database = database
        self._clock = clock
        self._policy = policy
        self._stores: dict[str, Store] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._stores)

    async def of(self, plan: RoomPlan) -> Store:
        """The store of a room."""
        found = self._stores.get(plan.store)
        if found is None:
            sanctions, switches = await self._database.read(storage.in_force(plan.store, self._clock.unix_ms()))
            parties = await self._database.read(storage.load_state(plan.store, "parties"))
            found = self._stores.setdefault(
                plan.store,
                Store(
                    Moderation(plan.store, tenant=plan.tenant, sanctions=sanctions, switches=switches),
                    self._policy.parties(parties, secrets.SystemRandom()),
                    self._policy.names([plan.store]),
                ),
            )
        return found

    async def reload(self, name: str) -> None:
        """Read a store again, if it is known here at all."""
        store = self._stores.get(name)
        if store is None:
            return
        sanctions, switches = await self._database.read(storage.in_force(name, self._clock.unix_ms()))
        parties = await self._database.read(storage.load_state(name, "parties"))
        # In place, since the store's rooms hold them.
        store.moderation.replace(sanctions, switches)
        vars(store.parties).update(vars(self._policy.parties(parties, secrets.SystemRandom())))

    def forget(self, now_ms: int, present: Mapping[str, Collection[str]] | None) -> dict[str, bytes]:
        """
        Let go of what is over.

        Parameters
        ----------
        present
            Everybody with a seat, by store; None if only some of them are known here.

        Returns
        -------
        dict[str, bytes]
            The parties of stores where somebody left one for having been away too long, to be written down.
        """
        changed = {}
        for name, store in self._stores.items():
            store.moderation.forget(now_ms)
            if store.parties.forget(now_ms, None if present is None else present.get(name, ())):
                changed[name] = store.parties.snapshot()
        return changed
