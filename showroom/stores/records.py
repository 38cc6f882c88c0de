"""Stores in the database: works on a connection that put, publish and read versions of layouts."""

import hashlib
from collections.abc import Callable

from msgspec import Struct
from sqlalchemy import Connection, Row, delete, insert, select, update

from showroom.db.stores import stores, versions
from showroom.errors import Conflict, NotFound
from showroom.stores.manifest import Store, read_store, to_json

MOST_VERSIONS = 200
"""Kept of one store, besides the published one; the oldest go first."""


class NoSuchStore(NotFound):
    """No such store or version, or none for the eyes of the caller."""

    code = "store.missing"


class StoreMoved(Conflict):
    """Somebody else has changed the store meanwhile."""

    code = "store.changed"


class Kept(Struct, frozen=True, kw_only=True):
    """A version of a store, as it is kept."""

    tenant: str
    store: Store
    version: int
    sha256: str
    published: int | None
    newest: int
    made_ms: int


class Version(Struct, frozen=True, kw_only=True):
    """A line of a store's history. ``made_by`` is an account."""

    version: int
    sha256: str
    made_ms: int
    made_by: str
    is_published: bool


Work = Callable[[Connection], Kept]


def put(tenant: str, store: Store, *, by: str, now_ms: int, expected: int | None = None) -> Work:
    """
    A new version, not published yet; the same content again is the same version.

    Parameters
    ----------
    expected
        The version that must be the newest (0: none), or nothing is done.
    """
    data = to_json(store)
    sha256 = hashlib.sha256(data).hexdigest()

    def work(connection: Connection) -> Kept:
        row = _row(connection, tenant, store.id, lock=True)
        newest = 0 if row is None else row.newest
        if expected is not None and expected != newest:
            raise StoreMoved(
                f"{store.id} is at version {newest}, not {expected}: somebody changed it. Read it again.",
                version=newest,
            )
        if row is None:
            connection.execute(insert(stores).values(tenant=tenant, id=store.id, newest=0, changed_ms=now_ms))
        elif _version(connection, tenant, store.id, newest).sha256 == sha256:
            return kept(tenant, store.id, newest)(connection)
        connection.execute(
            insert(versions).values(
                tenant=tenant,
                id=store.id,
                version=newest + 1,
                sha256=sha256,
                manifest=data.decode(),
                made_ms=now_ms,
                made_by=by,
            )
        )
        connection.execute(
            update(stores)
            .where(stores.c.tenant == tenant, stores.c.id == store.id)
            .values(newest=newest + 1, changed_ms=now_ms)
        )
        published = None if row is None else row.published
        connection.execute(
            delete(versions).where(
                versions.c.tenant == tenant,
                versions.c.id == store.id,
                versions.c.version <= newest + 1 - MOST_VERSIONS,
                versions.c.version != (published or 0),
            )
        )
        return kept(tenant, store.id, newest + 1)(connection)

    return work


def publish(tenant: str, store: str, version: int | None, *, now_ms: int) -> Work:
    """Open a version to visitors; the newest if None. An older one is a way back."""

    def work(connection: Connection) -> Kept:
        row = _found(_row(connection, tenant, store, lock=True), store)
        wanted = version or row.newest
        _version(connection, tenant, store, wanted)
        connection.execute(
            update(stores)
            .where(stores.c.tenant == tenant, stores.c.id == store)
            .values(published=wanted, changed_ms=now_ms)
        )
        return kept(tenant, store, wanted)(connection)

    return work


def close(tenant: str, store: str, *, now_ms: int) -> Callable[[Connection], None]:
    """Close a store to visitors; its versions stay."""

    def work(connection: Connection) -> None:
        _found(_row(connection, tenant, store, lock=True), store)
        connection.execute(
            update(stores)
            .where(stores.c.tenant == tenant, stores.c.id == store)
            .values(published=None, changed_ms=now_ms)
        )

    return work


def kept(tenant: str, store: str, version: int | None) -> Work:
    """One version; the published one if None."""

    def work(connection: Connection) -> Kept:
        row = _found(_row(connection, tenant, store), store)
        wanted = version if version is not None else row.published
        if wanted is None:
            raise NoSuchStore(f"There is no store {store!r} that is open. See /api/stores.")
        found = _version(connection, tenant, store, wanted)
        return Kept(
            tenant=tenant,
            store=read_store(found.manifest.encode(), name=store),
            version=found.version,
            sha256=found.sha256,
            published=row.published,
            newest=row.newest,
            made_ms=found.made_ms,
        )

    return work


def newest(tenant: str, store: str) -> Work:
    """The newest version, published or not."""

    def work(connection: Connection) -> Kept:
        row = _found(_row(connection, tenant, store), store)
        return kept(tenant, store, row.newest)(connection)

    return work


def published(connection: Connection) -> list[Kept]:
    """Every open store."""
    rows = connection.execute(
        select(stores).where(stores.c.published.is_not(None)).order_by(stores.c.tenant, stores.c.id)
    )
    return [kept(row.tenant, row.id, row.published)(connection) for row in rows.all()]


def of_tenant(tenant: str) -> Callable[[Connection], list[Kept]]:
    """Every store of a merchant, each with its newest version."""

    def work(connection: Connection) -> list[Kept]:
        rows = connection.execute(select(stores).where(stores.c.tenant == tenant).order_by(stores.c.id))
        return [kept(row.tenant, row.id, row.newest)(connection) for row in rows.all()]

    return work


def every(connection: Connection) -> list[Kept]:
    """Every store there is, each with its newest version: for operators."""
    rows = connection.execute(select(stores).order_by(stores.c.tenant, stores.c.id))
    return [kept(row.tenant, row.id, row.newest)(connection) for row in rows.all()]


def history(tenant: str, store: str) -> Callable[[Connection], list[Version]]:
    """All versions that are kept, newest first."""

    def work(connection: Connection) -> list[Version]:
        row = _found(_row(connection, tenant, store), store)
        found = connection.execute(
            select(versions.c.version, versions.c.sha256, versions.c.made_ms, versions.c.made_by)
            .where(versions.c.tenant == tenant, versions.c.id == store)
            .order_by(versions.c.version.desc())
        )
        return [
            Version(
                version=one.version,
                sha256=one.sha256,
                made_ms=one.made_ms,
                made_by=one.made_by,
                is_published=one.version == row.published,
            )
            for one in found
        ]

    return work


def _row(connection: Connection, tenant: str, store: str, *, lock: bool = False) -> Row[tuple[object, ...]] | None:
    asked = select(stores).where(stores.c.tenant == tenant, stores.c.id == store)
    return connection.execute(asked.with_for_update() if lock else asked).first()


def _found(row: Row[tuple[object, ...]] | None, store: str) -> Row[tuple[object, ...]]:
    if row is None:
        raise NoSuchStore(f"There is no store {store!r}. See /api/stores.")
    return row


def _version(connection: Connection, tenant: str, store: str, version: int) -> Row[tuple[object, ...]]:
    row = connection.execute(
        select(versions).where(versions.c.tenant == tenant, versions.c.id == store, versions.c.version == version)
    ).first()
    if row is None:
        raise NoSuchStore(f"{store} has no version {version} (any more). See its versions.", version=version)
    return row
