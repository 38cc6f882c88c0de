"""
Moderation over HTTP: what hosts need outside of a room. The audit log and reports, what is in force, and to lift it.

Sanctions are spoken in the room, where the person stands; but somebody who is banned stands in no room, so a ban is
lifted here.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

from showroom.accounts.principal import Scope
from showroom.db.database import Database
from showroom.errors import NotFound
from showroom.http.endpoint import Call, Endpoint
from showroom.social import storage
from showroom.social.moderation import Act, Moderation, Target

if TYPE_CHECKING:
    from showroom.realtime.hub import Hub

_STORE: Final = r"{id:(?:[a-z0-9-]{1,63}\.)?[a-z0-9-]{1,80}}"
_SUBJECT: Final = r"{subject:[A-Za-z0-9_.:-]{1,80}}"
_LIFTING: Final = {"mute": Act.UNMUTE, "ban": Act.UNBAN}
_MOST_LINES: Final = 100

ModerationOf = Callable[[str], Awaitable[Moderation]]
"""What is in force in a store: the very object that its rooms ask. Raises NotFound for a store that is not there."""


def of_hub(hub: "Hub") -> ModerationOf:
    """What the rooms of this process ask."""

    async def moderation_of(store: str) -> Moderation:
        plans = await hub.plans.rooms(store)
        if not plans:
            raise NotFound("There is no such store. Look at the list of stores.", store=store)
        return (await hub.store_of(plans[0])).moderation

    return moderation_of


class AuditQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``before``: the id of the last line of the page before."""

    before: Annotated[int, Meta(ge=1)] | None = None
    limit: Annotated[int, Meta(ge=1, le=_MOST_LINES)] = 50


class AuditLine(Struct, frozen=True, kw_only=True):
    """Who, whom, what, why, when; ``act`` is ``report`` for what shoppers tell."""

    id: int
    at_ms: int
    room: str
    act: str
    by: str
    subject: str
    subject_name: str
    reason: str
    details: dict[str, Any]


class AuditPage(Struct, frozen=True, kw_only=True):
    """Newest first."""

    lines: list[AuditLine]


class SanctionLine(Struct, frozen=True, kw_only=True):
    """``subject`` is a person's id, or ``net:…`` for an address; ``until_ms`` is null until it is taken back."""

    kind: str
    subject: str
    room: str
    from_ms: int
    until_ms: int | None
    by: str
    reason: str


class RoomSwitches(Struct, frozen=True, kw_only=True):
    """A room that is locked or slowed."""

    room: str
    is_locked: bool
    slow_s: int


class InForce(Struct, frozen=True, kw_only=True):
    """What holds right now."""

    sanctions: list[SanctionLine]
    rooms: list[RoomSwitches]


def endpoints(database: Database, moderation_of: ModerationOf, *, clock_ms: Callable[[], int]) -> list[Endpoint]:
    """
    The rows of this part of the API.

    Parameters
    ----------
    clock_ms
        Unix time.
    """

    async def audit(call: Call) -> AuditPage:
        """The audit log of a store's rooms, with shoppers' reports; newest first."""
        store = await _own(call)
        query: AuditQuery = call.query
        lines = await database.read(storage.audited(store.store, before_id=query.before, most=query.limit))
        return AuditPage(
            lines=[AuditLine(**{name: line[name] for name in AuditLine.__struct_fields__}) for line in lines]
        )

    async def in_force(call: Call) -> InForce:
        """Mutes, bans, locks and slow modes that hold now."""
        store = await _own(call)
        sanctions, switches = await database.read(storage.in_force(store.store, clock_ms()))
        return InForce(
            sanctions=[SanctionLine(**{n: getattr(s, n) for n in SanctionLine.__struct_fields__}) for s in sanctions],
            rooms=[
                RoomSwitches(room=one.room, is_locked=one.is_locked, slow_s=one.slow_s)
                for one in switches
                if one.is_locked or one.slow_s
            ],
        )

    async def lift(call: Call) -> None:
        """Take a mute or a ban back, in all rooms of the store; a guest's address is freed with the guest."""
        store = await _own(call)
        kind, subject = call.path["kind"], call.path["subject"]
        sanctions, _ = await database.read(storage.in_force(store.store, clock_ms()))
        if not any((s.kind, s.subject) == (kind, subject) for s in sanctions):
            raise NotFound(f"No {kind} holds for {subject}. Look at the list of what is in force.")
        decision = store.decide(_LIFTING[kind], call.who, now_ms=clock_ms(), target=Target(person=subject))
        await database.write(storage.decide(decision))
        store.apply(decision)

    async def _own(call: Call) -> Moderation:
        store = await moderation_of(call.path["id"])
        store.check_staff(call.who)
        return store

    path = f"/api/stores/{_STORE}/moderation"
    missing = {404: "No such store, or nothing to lift."}
    return [
        Endpoint(
            method="GET", path=f"{path}/audit", handler=audit, tag="moderation", scope=Scope.HOST,
            query=AuditQuery, answer=AuditPage, responses=missing,
        ),
        Endpoint(
            method="GET", path=path, handler=in_force, tag="moderation", scope=Scope.HOST, answer=InForce,
            responses=missing,
        ),
        Endpoint(
            method="DELETE", path=f"{path}/{{kind:mute|ban}}/{_SUBJECT}", handler=lift, tag="moderation",
            scope=Scope.HOST, limit="write", status=204, responses=missing,
        ),
    ]  # fmt: skip
