"""
Uploads: made, filled in parts, whole, gone. The rules and the rows; the bytes are ``parts``' affair.

Every function here is a work for ``Database.write`` or ``read``. The offset in the row is what was acknowledged: it
moves only after the bytes are on the disk, so after a crash the file may be longer than it, never shorter.
"""

import re
from pathlib import PurePath
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from showroom.accounts.principal import Principal, Scope
from showroom.db.uploads import conversions, tenants, uploads
from showroom.jobs.errors import (
    NoUpload,
    TooManyUploads,
    UploadGone,
    UploadState,
    UploadTooLarge,
    WrongUpload,
)
from showroom.settings import Settings

Row = dict[str, Any]
OPEN: Final = "open"
WHOLE: Final = "whole"
GONE: Final = "gone"
_NAME: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]{1,200}")
_SUFFIX: Final = re.compile(r"\.[a-z0-9]{1,11}")
_LISTED: Final = 200


def may_see(who: Principal, tenant: str) -> bool:
    """Whether a tenant's uploads and drafts may be seen."""
    return Scope.OPERATE in who.scopes or (Scope.PRODUCTS_WRITE in who.scopes and who.tenant == tenant)


def check_name(name: str) -> str:
    """
    The suffix of a scan's name, in lower case with its dot, or "".

    Raises
    ------
    WrongUpload
        The name has no place in a sentence: empty, too long, or with control characters.
    """
    if not _NAME.fullmatch(name):
        raise WrongUpload("The scan's name must have 1 to 200 characters, none of them a control character. Rename it.")
    suffix = PurePath(name.replace("\\", "/")).suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


def create(
    db: Connection,
    who: Principal,
    *,
    upload: str,
    name: str,
    size_bytes: int,
    sha256: str,
    options: str,
    settings: Settings,
    free_bytes: int,
    now_ms: int,
) -> Row:
    """
    A new row, if the tenant's quotas allow it.

    Raises
    ------
    WrongUpload, UploadTooLarge, TooManyUploads
    """
    suffix = check_name(name)
    if size_bytes > settings.upload_bytes:
        raise UploadTooLarge(
            f"The scan has {size_bytes:,} bytes; at most {settings.upload_bytes:,} are taken. Reduce it, or pack it.",
            size_bytes=size_bytes,
            allowed=settings.upload_bytes,
        )
    lock_tenant(db, who.tenant)
    mine = uploads.c.tenant == who.tenant
    is_open = and_(mine, uploads.c.state == OPEN)
    count = db.scalar(select(func.count()).select_from(uploads).where(is_open)) or 0
    if count >= settings.upload_open:
        raise TooManyUploads(
            f"{count} uploads are unfinished; at most {settings.upload_open} may be. Finish or remove one.",
            open=count,
            allowed=settings.upload_open,
        )
    used = used_bytes(db, who.tenant)
    if used + size_bytes > settings.upload_tenant_bytes:
        raise UploadTooLarge(
            f"Scans and drafts take {used:,} bytes already, of {settings.upload_tenant_bytes:,}; this one has "
            f"{size_bytes:,}. Publish or remove drafts.",
            used=used,
            allowed=settings.upload_tenant_bytes,
        )
    promised = db.scalar(select(func.sum(uploads.c.size_bytes - uploads.c.offset_bytes)).where(uploads.c.state == OPEN))
    check_disk(free_bytes - int(promised or 0), size_bytes)
    row: Row = {
        "id": upload,
        "tenant": who.tenant,
        "owner": who.id,
        "name": name,
        "suffix": suffix,
        "size_bytes": size_bytes,
        "sha256": sha256,
        "offset_bytes": 0,
        "state": OPEN,
        "options": options,
        "created_ms": now_ms,
        "touched_ms": now_ms,
    }
    db.execute(insert(uploads).values(row))
    return row


def check_disk(free_bytes: int, size_bytes: int) -> None:
    """
    Nothing, if the disk has room for so many more bytes and some air.

    Raises
    ------
    DiskFull
    """
    from showroom.jobs.errors import DiskFull

    if size_bytes + _AIR_BYTES > free_bytes:
        raise DiskFull("The server's disk has no room for this scan. Ask its operator to make some.", bytes=size_bytes)


_AIR_BYTES: Final = 256 << 20


def lock_tenant(db: Connection, tenant: str) -> None:
    """Until the end of the transaction nobody else counts this tenant's quotas."""
    if db.dialect.name == "sqlite":
        return  # one writer at a time already
    from sqlalchemy.dialects.postgresql import insert as insert_pg

    db.execute(insert_pg(tenants).values(tenant=tenant).on_conflict_do_nothing())
    db.execute(select(tenants).where(tenants.c.tenant == tenant).with_for_update())


def used_bytes(db: Connection, tenant: str) -> int:
    """What a tenant's scans (as large as they were announced) and drafts take."""
    scans = db.scalar(
        select(func.sum(uploads.c.size_bytes)).where(uploads.c.tenant == tenant, uploads.c.state.in_((OPEN, WHOLE)))
    )
    drafts = db.scalar(select(func.sum(conversions.c.draft_bytes)).where(conversions.c.tenant == tenant))
    return int(scans or 0) + int(drafts or 0)


def get(db: Connection, who: Principal, upload: str) -> Row:
    """
    An upload that ``who`` may see.

    Raises
    ------
    NoUpload
        There is none, or it is another merchant's: both sound the same.
    UploadGone
        It was given up or removed.
    """
    row = db.execute(select(uploads).where(uploads.c.id == upload)).mappings().first()
    if row is None or not may_see(who, row["tenant"]):
        raise NoUpload("There is no such upload. See the list of uploads.", upload=upload[:80])
    if row["state"] == GONE:
        raise UploadGone("This upload is gone: published, removed, or given up. Begin again.", upload=upload)
    return dict(row)


def find(db: Connection, who: Principal, *, sha256: str = "", size_bytes: int | None = None) -> list[Row]:
    """The uploads of a tenant that are not gone, newest first."""
    wanted = [uploads.c.tenant == who.tenant, uploads.c.state.in_((OPEN, WHOLE))]
    if sha256:
        wanted.append(uploads.c.sha256 == sha256)
    if size_bytes is not None:
        wanted.append(uploads.c.size_bytes == size_bytes)
    query = select(uploads).where(*wanted).order_by(uploads.c.created_ms.desc(), uploads.c.id).limit(_LISTED)
    return [dict(row) for row in db.execute(query).mappings()]


def set_offset(db: Connection, upload: str, offset: int, *, now_ms: int) -> None:
    """
    Note what is on the disk.

    Raises
    ------
    UploadGone
        The upload was removed meanwhile.
    """
    done = db.execute(
        update(uploads)
        .where(uploads.c.id == upload, uploads.c.state == OPEN)
        .values(offset_bytes=offset, touched_ms=now_ms)
    )
    if done.rowcount != 1:
        raise UploadGone("This upload was removed while it was being sent. Begin again.", upload=upload)


def set_whole(db: Connection, upload: str, sha256: str, *, now_ms: int) -> None:
    """
    Everything is there and is what it should be.

    Raises
    ------
    UploadState
        It is not filled, or not open any more.
    """
    done = db.execute(
        update(uploads)
        .where(uploads.c.id == upload, uploads.c.state == OPEN, uploads.c.offset_bytes == uploads.c.size_bytes)
        .values(state=WHOLE, sha256=sha256, touched_ms=now_ms)
    )
    if done.rowcount != 1:
        raise UploadState("This upload has changed meanwhile. Look at it again.", upload=upload)


def remove(db: Connection, upload: str, *, now_ms: int) -> bool:
    """
    Give an upload up; False if it is gone already. Its files are removed after this is committed.

    Raises
    ------
    UploadState
        A conversion needs it.
    """
    busy = db.scalar(
        select(conversions.c.id).where(conversions.c.upload == upload, conversions.c.state.in_(("queued", "running")))
    )
    if busy is not None:
        raise UploadState("This scan is being converted. Cancel the conversion first.", conversion=busy)
    done = db.execute(
        update(uploads).where(uploads.c.id == upload, uploads.c.state != GONE).values(state=GONE, touched_ms=now_ms)
    )
    return done.rowcount == 1


def expired(db: Connection, *, before_ms: int) -> list[str]:
    """
    The ids of uploads that nothing was done with since ``before_ms``: unfinished ones, and scans of which no conversion
    waits, runs, or has a draft that its merchant might want to convert in another way.
    """
    kept = select(conversions.c.upload).where(conversions.c.state.in_(("queued", "running", "draft", "refused")))
    query = select(uploads.c.id).where(
        uploads.c.touched_ms < before_ms,
        or_(uploads.c.state == OPEN, and_(uploads.c.state == WHOLE, uploads.c.id.not_in(kept))),
    )
    return list(db.scalars(query.limit(_LISTED)))


def forget(db: Connection, *, before_ms: int) -> int:
    """Remove the rows of uploads that are long gone and that no conversion came of; how many."""
    used = select(conversions.c.upload)
    return db.execute(
        delete(uploads).where(uploads.c.state == GONE, uploads.c.touched_ms < before_ms, uploads.c.id.not_in(used))
    ).rowcount


def known(db: Connection, ids: list[str]) -> set[str]:
    """Which of these uploads are in the table and not gone."""
    found: set[str] = set()
    for at in range(0, len(ids), 500):
        query = select(uploads.c.id).where(uploads.c.id.in_(ids[at : at + 500]), uploads.c.state != GONE)
        found |= set(db.scalars(query))
    return found
