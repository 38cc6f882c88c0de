"""
The avatars that people brought along: how many each may keep, where they lie, who reports and who removes them.

An avatar is kept once, by the hash of its content, however many people bring it. Its bytes are a file in the data
folder, written before the row in the database that makes it known, and removed after it. What an operator takes away
stays known, so that it does not come back.
"""

import asyncio
import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import AsyncIterable, Callable
from pathlib import Path
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, and_, delete, func, insert, select, update

from showroom.accounts.principal import Principal, Scope
from showroom.avatars.errors import AvatarRefused, AvatarRemoved, NoAvatar, NoRoomForAvatars, TooManyAvatars
from showroom.avatars.facts import MOST_BYTES, Facts
from showroom.buckets import Buckets, Rate
from showroom.db.avatars import avatar_owners, avatar_reports, avatars
from showroom.db.database import Database

_DAY_MS: Final = 86_400_000
_BY_PERSON: Final = Rate(1 / 60, 5)
_BY_ADDRESS: Final = Rate(5 / 60, 30)
_AT_ONCE: Final = 2
_MOST_LISTED: Final = 200
_PRUNE_EVERY_MS: Final = 3_600_000


class Avatar(Struct, frozen=True, kw_only=True):
    """``id`` names it in addresses; ``avatar`` is what a look says to wear it."""

    id: str
    avatar: str
    url: str
    size_bytes: int
    triangles: int
    height_m: float


class Reported(Struct, frozen=True, kw_only=True):
    """An avatar that people complained about, and the last thing that was said."""

    avatar: Avatar
    reports: int
    last_ms: int
    reason: str
    text: str


class Avatars:
    """
    Parameters
    ----------
    folder
        Where the files are.
    each
        How many one person may keep; 0 for none.
    most_bytes
        Of all of them together.
    keep_days
        How long one is kept that nobody asks for.
    unix_s, clock
        Time since 1970, and a clock that only rises.
    on_removed
        Told the look's id of what an operator took away.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        *,
        each: int,
        most_bytes: int,
        keep_days: int,
        unix_s: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
        on_removed: Callable[[str], None] = lambda _avatar: None,
    ) -> None:
        self._database = database
        self._folder = folder
        self._each = each
        self._most_bytes = most_bytes
        self._keep_ms = keep_days * _DAY_MS
        self._unix_s = unix_s
        self._on_removed = on_removed
        self._buckets = Buckets(clock=clock, most=20_000)
        self._checking = asyncio.Semaphore(_AT_ONCE)
        self._files = asyncio.Lock()
        self._pruned_ms = 0

    async def bring(self, who: Principal, address: str, body: AsyncIterable[bytes]) -> Avatar:
        """
        Keep an avatar for somebody.

        Parameters
        ----------
        address
            Network that the request comes from.
        body
            The file, piece by piece.

        Raises
        ------
        AvatarRefused, AvatarRemoved, TooManyAvatars, NoRoomForAvatars
        """
        if not self._each:
            raise AvatarRefused("This store shows no avatars of one's own. Choose one of its figures.")
        self._take_turn(who.id, address)
        await self._prune()
        self._folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        path = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                digest = await _spool(body, file.fileno())
            async with self._checking:
                facts = await asyncio.to_thread(_checked, path)
            return await self._keep(who, digest[:32], path, facts)
        finally:
            path.unlink(missing_ok=True)

    async def mine(self, who: Principal) -> list[Avatar]:
        """What somebody keeps, newest first."""

        def work(db: Connection) -> list[Avatar]:
            rows = db.execute(
                select(avatars)
                .join(avatar_owners, avatar_owners.c.avatar == avatars.c.id)
                .where(avatar_owners.c.owner == who.id, avatars.c.is_removed.is_(False))
                .order_by(avatar_owners.c.created_ms.desc(), avatars.c.id)
            ).all()
            return [_avatar(row) for row in rows]

        return await self._database.read(work)

    async def file(self, avatar: str) -> Path:
        """
        Where its bytes are.

        Raises
        ------
        NoAvatar, AvatarRemoved
        """
        now_ms = self._now_ms()

        def work(db: Connection) -> tuple[bool, int] | None:
            row = db.execute(select(avatars.c.is_removed, avatars.c.seen_ms).where(avatars.c.id == avatar)).first()
            return None if row is None else (bool(row.is_removed), int(row.seen_ms))

        found = await self._database.read(work)
        if found is None:
            raise _missing()
        if found[0]:
            raise _removed()
        if now_ms - found[1] > _DAY_MS:
            await self._database.write(
                lambda db: db.execute(update(avatars).where(avatars.c.id == avatar).values(seen_ms=now_ms)) and None
            )
        return self._path(avatar)

    async def remove(self, who: Principal, avatar: str) -> None:
        """
        Take an avatar away: one's own from one's list, and if nobody else keeps it for good; by an operator for
        everybody, and so that it cannot be brought again.

        Raises
        ------
        NoAvatar
            There is none, or it is not the caller's.
        """
        is_operator = Scope.OPERATE in who.scopes

        def work(db: Connection) -> bool:
            mine = and_(avatar_owners.c.owner == who.id, avatar_owners.c.avatar == avatar)
            is_known = db.scalar(select(func.count()).select_from(avatars).where(avatars.c.id == avatar))
            is_mine = db.scalar(select(func.count()).select_from(avatar_owners).where(mine))
            if not is_known or not (is_operator or is_mine):
                raise _missing()
            if is_operator:
                values = {"is_removed": True, "removed_by": who.id}
                db.execute(update(avatars).where(avatars.c.id == avatar).values(**values))
                db.execute(delete(avatar_owners).where(avatar_owners.c.avatar == avatar))
                db.execute(delete(avatar_reports).where(avatar_reports.c.avatar == avatar))
                return True
            db.execute(delete(avatar_owners).where(mine))
            others = select(func.count()).select_from(avatar_owners).where(avatar_owners.c.avatar == avatar)
            if db.scalar(others):
                return False
            _drop(db, [avatar])
            return True

        async with self._files:
            if await self._database.write(work):
                self._path(avatar).unlink(missing_ok=True)
        if is_operator:
            self._on_removed(f"own/{avatar}")

    async def report(self, who: Principal, avatar: str, *, reason: str, text: str) -> None:
        """
        Tell the operators about an avatar; the same person's later word replaces the earlier.

        Raises
        ------
        NoAvatar
        """
        now_ms = self._now_ms()

        def work(db: Connection) -> None:
            here = and_(avatars.c.id == avatar, avatars.c.is_removed.is_(False))
            if not db.scalar(select(func.count()).select_from(avatars).where(here)):
                raise _missing()
            db.execute(delete(avatar_reports).where(avatar_reports.c.avatar == avatar, avatar_reports.c.by == who.id))
            values = {"avatar": avatar, "by": who.id, "at_ms": now_ms, "reason": reason, "text": text}
            db.execute(insert(avatar_reports).values(**values))

        await self._database.write(work)

    async def reported(self) -> list[Reported]:
        """What people complained about, most complaints first."""

        def work(db: Connection) -> list[Reported]:
            said = avatar_reports.c
            counts = (
                select(said.avatar, func.count().label("reports"), func.max(said.at_ms).label("last_ms"))
                .group_by(said.avatar)
                .subquery()
            )
            rows = db.execute(
                select(avatars, counts.c.reports, counts.c.last_ms)
                .join(counts, counts.c.avatar == avatars.c.id)
                .order_by(counts.c.reports.desc(), counts.c.last_ms.desc())
                .limit(_MOST_LISTED)
            ).all()
            found = []
            for row in rows:
                last = db.execute(
                    select(said.reason, said.text).where(said.avatar == row.id).order_by(said.at_ms.desc()).limit(1)
                ).one()
                found.append(
                    Reported(
                        avatar=_avatar(row), reports=row.reports, last_ms=row.last_ms, reason=last.reason,
                        text=last.text,
                    )
                )  # fmt: skip
            return found

        return await self._database.read(work)

    # ── inside

    def _take_turn(self, person: str, address: str) -> None:
        asked = ((f"by {person}", _BY_PERSON), (f"from {address}", _BY_ADDRESS))
        wait_s = max(self._buckets.wait_s(key, rate) for key, rate in asked)
        if wait_s > 0:
            raise TooManyAvatars("Too many avatars at once. Wait a minute.", retry_after_s=int(wait_s) + 1)
        for key, rate in asked:
            self._buckets.take(key, rate)

    async def _keep(self, who: Principal, avatar: str, path: Path, facts: Facts) -> Avatar:
        size, now_ms = path.stat().st_size, self._now_ms()

        def work(db: Connection) -> Avatar:
            old = db.execute(select(avatars).where(avatars.c.id == avatar)).first()
            if old is not None and old.is_removed:
                raise _removed()
            mine = select(avatar_owners.c.avatar).where(avatar_owners.c.owner == who.id)
            kept = set(db.execute(mine).scalars())
            if avatar not in kept and len(kept) >= self._each:
                raise TooManyAvatars(
                    f"You keep {len(kept)} avatars: {self._each} are allowed. Remove one first.", allowed=self._each
                )
            if old is None:
                used = db.scalar(select(func.sum(avatars.c.size_bytes)).where(avatars.c.is_removed.is_(False))) or 0
                if int(used) + size > self._most_bytes:
                    raise NoRoomForAvatars("There is no room for more avatars. Choose one of the store's figures.")
                values = {
                    "id": avatar, "size_bytes": size, "triangles": facts.triangles, "height_m": facts.height_m,
                    "created_ms": now_ms, "seen_ms": now_ms, "is_removed": False, "removed_by": "",
                }  # fmt: skip
                db.execute(insert(avatars).values(**values))
            if avatar not in kept:
                db.execute(insert(avatar_owners).values(owner=who.id, avatar=avatar, created_ms=now_ms))
            return Avatar(
                id=avatar, avatar=f"own/{avatar}", url=address_of(avatar), size_bytes=size,
                triangles=facts.triangles, height_m=facts.height_m,
            )  # fmt: skip

        async with self._files:
            target = self._path(avatar)
            was_there = target.exists()
            if not was_there:
                target.parent.mkdir(exist_ok=True)
                path.replace(target)
            try:
                return await self._database.write(work)
            except BaseException:
                if not was_there:
                    target.unlink(missing_ok=True)
                raise

    async def _prune(self) -> None:
        """About once an hour, when somebody brings one: let go of those that nobody has seen for long."""
        now_ms = self._now_ms()
        if now_ms - self._pruned_ms < _PRUNE_EVERY_MS:
            return
        self._pruned_ms = now_ms
        before_ms = now_ms - self._keep_ms

        def work(db: Connection) -> list[str]:
            unseen = and_(avatars.c.seen_ms < before_ms, avatars.c.is_removed.is_(False))
            old = list(db.execute(select(avatars.c.id).where(unseen).limit(_MOST_LISTED)).scalars())
            _drop(db, old)
            return old

        async with self._files:
            for avatar in await self._database.write(work):
                self._path(avatar).unlink(missing_ok=True)
            for left in self._folder.glob("*.part"):  # of a server that was killed
                with contextlib.suppress(OSError):
                    if now_ms / 1000 - left.stat().st_mtime > 3600:
                        left.unlink()

    def _path(self, avatar: str) -> Path:
        return self._folder / avatar[:2] / f"{avatar}.glb"

    def _now_ms(self) -> int:
        return int(self._unix_s() * 1000)


def address_of(avatar: str) -> str:
    """Where others get it."""
    return f"/api/avatars/{avatar}.glb"


def _checked(path: Path) -> Facts:
    from showroom.avatars.check import (
        check,  # with the readers of meshes and pictures, which the start need not wait for
    )

    return check(path.read_bytes())


async def _spool(body: AsyncIterable[bytes], descriptor: int) -> str:
    """Write a body to a file; its SHA-256."""
    digest, size = hashlib.sha256(), 0
    async for part in body:
        size += len(part)
        if size > MOST_BYTES:
            raise AvatarRefused(f"This avatar has more than {MOST_BYTES >> 20} MB. Export a lighter one.")
        digest.update(part)
        os.write(descriptor, part)
    await asyncio.to_thread(os.fsync, descriptor)
    return digest.hexdigest()


def _drop(db: Connection, ids: list[str]) -> None:
    for table in (avatar_owners, avatar_reports):
        db.execute(delete(table).where(table.c.avatar.in_(ids)))
    db.execute(delete(avatars).where(avatars.c.id.in_(ids)))


def _avatar(row: object) -> Avatar:
    one = row._mapping  # type: ignore[attr-defined]
    return Avatar(
        id=one["id"], avatar=f"own/{one['id']}", url=address_of(one["id"]), size_bytes=one["size_bytes"],
        triangles=one["triangles"], height_m=one["height_m"],
    )  # fmt: skip


def _missing() -> NoAvatar:
    return NoAvatar("There is no such avatar. Choose one of the store's figures.")


def _removed() -> AvatarRemoved:
    return AvatarRemoved("This avatar was taken away by the store's operator. Choose another.")
