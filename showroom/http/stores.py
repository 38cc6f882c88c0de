"""Stores over HTTP: the open ones for everybody, drafts for their merchant; put, publish, place, compare."""

from collections import OrderedDict
from typing import Annotated, Final, Literal

from aiohttp import web
from msgspec import Meta, Struct

from showroom.accounts.principal import Principal, Scope
from showroom.errors import BadRequest
from showroom.http import headers
from showroom.http.endpoint import Call, Endpoint
from showroom.http.ranges import is_known
from showroom.stores.diff import Change, diff
from showroom.stores.manifest import MOST_BYTES, ProductId, Store, to_json
from showroom.stores.records import Kept, NoSuchStore, Version
from showroom.stores.service import Stores
from showroom.stores.templates import TEMPLATES
from showroom.tenants import public_id, split_id
from showroom_assets.product import Line

_MOST_WRITTEN: Final = 32
_ID: Final = r"{id:(?:[a-z0-9-]{1,63}\.)?[a-z0-9-]{1,80}}"


class _Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Unknown fields are mistakes."""


class RoomLine(Struct, frozen=True, kw_only=True):
    id: str
    name: str


class StoreLine(Struct, frozen=True, kw_only=True):
    """A store in a list. ``version`` is the one that the caller would get; ``is_draft`` if visitors do not see it."""

    id: str
    merchant: str
    name: str
    description: str
    version: int
    is_open: bool
    is_draft: bool
    changed_ms: int
    entrance: str
    rooms: list[RoomLine]


class StoreList(Struct, frozen=True, kw_only=True):
    stores: list[StoreLine]


class StoresQuery(_Strict, frozen=True, kw_only=True):
    """``mine`` lists the caller's own, drafts too."""

    mine: bool = False


class StoreQuery(_Strict, frozen=True, kw_only=True):
    """For its merchant: ``draft`` is the newest version, a number that one; by default what visitors see."""

    version: Annotated[str, Meta(pattern=r"^(open|draft|[1-9][0-9]{0,8})$(?!\n)")] = "open"


class Put(Struct, frozen=True, kw_only=True):
    """What was kept. Not open to visitors before it is published."""

    id: str
    version: int
    sha256: str
    published: int | None


class PublishStore(_Strict, frozen=True, kw_only=True):
    """The newest version, or an older one to go back to."""

    version: Annotated[int, Meta(ge=1)] | None = None


class PlaceProduct(_Strict, frozen=True, kw_only=True):
    """Which product stands in the slot; null empties it. ``publish`` opens the change to visitors at once."""

    product: ProductId | None
    variant: Line = ""
    publish: bool = False


class History(Struct, frozen=True, kw_only=True):
    versions: list[Version]


class DiffQuery(_Strict, frozen=True, kw_only=True):
    """Two versions; by default what visitors see and the newest."""

    before: Annotated[int, Meta(ge=1)] | None = None
    after: Annotated[int, Meta(ge=1)] | None = None


class Diff(Struct, frozen=True, kw_only=True):
    before: int
    after: int
    changes: list[Change]


class Template(Struct, frozen=True, kw_only=True):
    name: str
    description: str
    store: Store


class TemplateList(Struct, frozen=True, kw_only=True):
    templates: list[Template]


def endpoints(stores: Stores) -> list[Endpoint]:
    """The rows of the API."""
    desk = _Desk(stores)
    row = Endpoint
    write: Literal[Scope.STORES_WRITE] = Scope.STORES_WRITE
    return [
        row(method="GET", path="/api/stores", handler=desk.list, tag="stores", query=StoresQuery, answer=StoreList),
        row(method="GET", path="/api/store-templates", handler=desk.templates, tag="stores", answer=TemplateList),
        row(method="GET", path=f"/api/stores/{_ID}", handler=desk.get, tag="stores", query=StoreQuery, answer=Store),
        row(method="PUT", path=f"/api/stores/{_ID}", handler=desk.put, tag="stores", scope=write, body=Store,
            answer=Put, limit="costly", most_bytes=MOST_BYTES),  # a check of a large store takes a moment
        row(method="GET", path=f"/api/stores/{_ID}/versions", handler=desk.versions, tag="stores", scope=write,
            answer=History),
        row(method="GET", path=f"/api/stores/{_ID}/diff", handler=desk.diff, tag="stores", scope=write,
            query=DiffQuery, answer=Diff),
        row(method="POST", path=f"/api/stores/{_ID}/publish", handler=desk.publish, tag="stores", scope=write,
            body=PublishStore, answer=Put, limit="costly"),
        row(method="POST", path=f"/api/stores/{_ID}/close", handler=desk.close, tag="stores", scope=write,
            limit="write"),
        row(method="PUT", path=f"/api/stores/{_ID}/slots/{{slot:[a-z0-9-]{{1,60}}}}", handler=desk.place, tag="stores",
            scope=write, body=PlaceProduct, answer=Put, limit="write"),
    ]  # fmt: skip


class _Desk:
    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._written: OrderedDict[str, bytes] = OrderedDict()

    def _json(self, kept: Kept) -> bytes:
        """A version's manifest; versions never change, so each is written once."""
        if kept.sha256 not in self._written:
            self._written[kept.sha256] = to_json(kept.store)
            if len(self._written) > _MOST_WRITTEN:
                self._written.popitem(last=False)
        return self._written[kept.sha256]

    async def list(self, call: Call) -> StoreList:
        """List the open stores, or with ?mine=true one's own, drafts too."""
        if not call.query.mine:
            found = [*(await self._stores.published()).values()]
        else:
            call.who.require(Scope.STORES_WRITE)
            is_operator = Scope.OPERATE in call.who.scopes
            found = await (self._stores.every() if is_operator else self._stores.of_tenant(call.who.tenant))
        return StoreList(stores=[_line(one) for one in found])

    async def templates(self, call: Call) -> TemplateList:
        """List the stores to start from."""
        return TemplateList(
            templates=[
                Template(name=name, description=description, store=make())
                for name, (make, description) in TEMPLATES.items()
            ]
        )

    async def get(self, call: Call) -> web.Response:
        """One store's manifest, by which the place is built."""
        version: str = call.query.version
        if version == "open":
            kept = await self._stores.open_store(call.path["id"])
        else:
            tenant, name = _own(call.who, call.path["id"])
            kept = await (
                self._stores.newest(tenant, name)
                if version == "draft"
                else self._stores.version(tenant, name, int(version))
            )
        fixed = {
            "ETag": f'"{kept.sha256[:32]}"',
            "Cache-Control": headers.ASK_AGAIN if version == "open" else "private, no-cache",
            "Store-Version": str(kept.version),
        }
        if is_known(call.request.headers.get("If-None-Match"), kept.sha256[:32]):
            return web.Response(status=304, headers=fixed)
        answer = web.Response(body=self._json(kept), content_type="application/json", headers=fixed)
        answer.enable_compression()
        return answer

    async def put(self, call: Call) -> Put:
        """Keep a new draft of a store.

        With If-Match and the ETag of the version that was read, it is refused if somebody changed the store meanwhile;
        "If-None-Match: *" wants the store to be new.
        """
        tenant, name = _own(call.who, call.path["id"])
        if call.body.id != name:
            raise BadRequest(
                f"The manifest calls the store {call.body.id!r}; the address {name!r}. Use one.", field="id"
            )
        expected = await self._expected(call, tenant, name)
        return _put(await self._stores.put(tenant, call.body, by=call.who.id, expected=expected))

    async def versions(self, call: Call) -> History:
        """List a store's versions, newest first."""
        return History(versions=await self._stores.history(*_own(call.who, call.path["id"])))

    async def diff(self, call: Call) -> Diff:
        """What changed between two versions; by default between what visitors see and the draft."""
        tenant, name = _own(call.who, call.path["id"])
        newest = await self._stores.newest(tenant, name)
        before = await self._stores.version(tenant, name, call.query.before or newest.published or 1)
        after = newest if call.query.after is None else await self._stores.version(tenant, name, call.query.after)
        return Diff(before=before.version, after=after.version, changes=diff(before.store, after.store))

    async def publish(self, call: Call) -> Put:
        """Open a version to visitors."""
        tenant, name = _own(call.who, call.path["id"])
        return _put(await self._stores.publish(tenant, name, version=call.body.version))

    async def close(self, call: Call) -> None:
        """Close a store to visitors; its versions stay."""
        await self._stores.close(*_own(call.who, call.path["id"]))

    async def place(self, call: Call) -> Put:
        """Put a product into a slot, or empty it."""
        tenant, name = _own(call.who, call.path["id"])
        body: PlaceProduct = call.body
        return _put(
            await self._stores.place(
                tenant,
                name,
                call.path["slot"],
                body.product,
                variant=body.variant,
                by=call.who.id,
                publish=body.publish,
            )
        )

    async def _expected(self, call: Call, tenant: str, name: str) -> int | None:
        """The version that the caller has seen, by its entity tag (RFC 9110, section 13)."""
        sent = call.request.headers.get("If-Match", "")
        if call.request.headers.get("If-None-Match", "").strip() == "*":
            return 0
        if not sent or sent.strip() == "*":
            return None
        try:
            newest = await self._stores.newest(tenant, name)
        except NoSuchStore:
            return -1
        return newest.version if is_known(sent, newest.sha256[:32]) else -1


def _own(who: Principal, public: str) -> tuple[str, str]:
    """
    Merchant and name of a store that the caller may see drafts of and change. Another's sounds as if it were not there.

    Raises
    ------
    NoSuchStore
        It belongs to somebody else.
    SignInNeeded, Forbidden
        The caller may change no store at all.
    """
    who.require(Scope.STORES_WRITE)
    tenant, name = split_id(public)
    if tenant != who.tenant and Scope.OPERATE not in who.scopes:
        raise NoSuchStore(f"There is no store {public!r} of yours. Yours begin with {public_id(who.tenant, '…')}")
    return tenant, name


def _line(kept: Kept) -> StoreLine:
    store = kept.store
    return StoreLine(
        id=public_id(kept.tenant, store.id),
        merchant=kept.tenant,
        name=store.name,
        description=store.description,
        version=kept.version,
        is_open=kept.published is not None,
        is_draft=kept.version != kept.published,
        changed_ms=kept.made_ms,
        entrance=store.entrance or store.rooms[0].id,
        rooms=[RoomLine(id=room.id, name=room.name) for room in store.rooms],
    )


def _put(kept: Kept) -> Put:
    return Put(
        id=public_id(kept.tenant, kept.store.id), version=kept.version, sha256=kept.sha256, published=kept.published
    )
