"""
Uploads, conversions and drafts as the server does them: the rules of ``uploads`` and ``conversions`` on its database.

What it is not: HTTP (see ``showroom.http.uploads``), the taking in of bytes (``intake``), or the work itself
(``worker``).
"""

import contextlib
import hmac
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from showroom.accounts.principal import Principal
from showroom.db.database import Database
from showroom.jobs import conversions, options, uploads
from showroom.jobs.drafts import Drafts
from showroom.jobs.errors import DraftRefused, UploadState
from showroom.jobs.intake import Intake
from showroom.jobs.parts import Parts
from showroom.jobs.places import Places
from showroom.jobs.queue import Queue
from showroom.jobs.threads import Threads
from showroom.settings import Settings
from showroom_assets.library import Library, Published
from showroom_assets.manifest import Product

_log = logging.getLogger("showroom.uploads")
Row = dict[str, Any]
_THREADS: Final = 4
_SILENCE_S: Final = 30.0
_LEFT_S: Final = 3600.0
_EVENTS_MS: Final = 30 * 86_400_000


class Service:
    """
    Parameters
    ----------
    library_of
        Where a tenant's products are published. Each tenant must have a library, or a namespace, of its own.
    clock_ms
        Wall time; the workers' is compared with it.
    new_id
        Gives a random id of lower-case letters and digits that nobody can guess.
    silence_s
        How long a part may stop coming before its connection is given up.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        library_of: Callable[[str], Library],
        *,
        clock_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        new_id: Callable[[], str] = lambda: secrets.token_hex(12),
        silence_s: float = _SILENCE_S,
    ) -> None:
        self.settings: Final = settings
        self._db = database
        self._library_of = library_of
        self.now_ms: Final = clock_ms
        self._now = clock_ms
        self._new_id = new_id
        self._places = Places.of(settings)
        self._parts = Parts(self._places.uploads)
        self._drafts = Drafts(self._places.drafts)
        self._places.drafts.mkdir(parents=True, exist_ok=True)
        self._queue = Queue(settings)
        self._threads = Threads(_THREADS)
        self.intake: Final = Intake(
            settings, database, self._parts, self._threads, clock_ms=clock_ms, new_id=new_id, silence_s=silence_s
        )

    async def upload(self, who: Principal, upload: str) -> Row:
        """An upload that ``who`` may see."""
        return await self._db.read(lambda db: uploads.get(db, who, upload))

    async def uploads(self, who: Principal, *, sha256: str = "", size_bytes: int | None = None) -> list[Row]:
        """The tenant's uploads."""
        return await self._db.read(lambda db: uploads.find(db, who, sha256=sha256, size_bytes=size_bytes))

    async def finish(self, who: Principal, upload: str, wanted: options.ConversionOptions | None) -> Row:
        """
        Look at a filled upload and queue its conversion. Asking again gives the same conversion; with other options, a
        new one when the last has ended.

        Raises
        ------
        UploadState
            It is not filled yet, or is being converted with other options.
        ChecksumMismatch
            It is not the file that was announced; it has to be sent again.
        ScanRefused
            It cannot be converted; it is removed.
        TooManyUploads
        """
        if wanted is not None:
            options.check(wanted)
        row = await self.intake.whole(who, upload)
        chosen = wanted if wanted is not None else options.from_json(row["options"])
        conversion, key = self._new_id(), self._new_id()
        found, is_new = await self._db.write(
            lambda db: conversions.enqueue(
                db,
                row,
                conversion=conversion,
                key=key,
                product=options.product_id(chosen, row["name"]),
                options=options.to_json(chosen),
                most_waiting=self.settings.conversions_waiting,
                now_ms=self._now(),
            )
        )
        if is_new:
            try:
                await self._threads.run(self._queue.ring)
            except Exception as exc:  # noqa: BLE001 - the conversion is in the table: a worker will find it
                _log.warning("no worker was woken: %s", exc)
        return {**found, "name": row["name"]}

    async def remove(self, who: Principal, upload: str) -> None:
        """Give an upload up; its scan is gone, its drafts stay."""
        row = await self.upload(who, upload)
        await self._remove(row["id"])

    async def _remove(self, upload: str) -> None:
        await self._db.write(lambda db: uploads.remove(db, upload, now_ms=self._now()))
        await self._threads.run(lambda: self._parts.remove(upload))

    async def conversion(self, who: Principal, conversion: str, *, key: str = "") -> Row:
        """A conversion that ``who`` may see, or whoever has its key."""
        row = await self._db.read(lambda db: conversions.get(db, who, conversion, is_shown=bool(key)))
        if key and not hmac.compare_digest(key.encode(), row["key"].encode()):
            row = await self._db.read(lambda db: conversions.get(db, who, conversion))
        return row

    async def conversions(self, who: Principal, *, states: tuple[str, ...] = (), upload: str = "") -> list[Row]:
        """The tenant's conversions."""
        return await self._db.read(lambda db: conversions.find(db, who, states=states, upload=upload))

    async def cancel(self, who: Principal, conversion: str) -> Row:
        """Ask a conversion to end."""
        row = await self.conversion(who, conversion)
        await self._db.write(lambda db: conversions.cancel(db, row, now_ms=self._now()))
        return await self.conversion(who, conversion)

    async def draft(self, who: Principal, conversion: str, *, key: str = "") -> tuple[Row, Product]:
        """
        A draft and its manifest.

        Raises
        ------
        NoUpload, UploadState
        """
        row = await self.conversion(who, conversion, key=key)
        if row["state"] not in conversions.WITH_DRAFT:
            raise UploadState(f"There is no draft here: the conversion is {row['state']}.", state=row["state"])
        return row, await self._threads.run(lambda: self._drafts.product(conversion))

    async def file(self, row: Row, product: Product, path: str) -> tuple[Any, AsyncIterator[bytes]] | None:
        """An entry of a draft's manifest and its bytes; None if it lists no such path."""
        file = next((file for file in product.files if file.path == path), None)
        if file is None:
            return None
        pieces = await self._threads.run(lambda: self._drafts.stream(row["id"], file))

        async def stream() -> AsyncIterator[bytes]:
            while (piece := await self._threads.run(lambda: next(pieces, None))) is not None:
                yield piece

        return file, stream()

    async def publish(
        self, who: Principal, conversion: str, *, force: bool, expected_version: int | None
    ) -> tuple[Row, Published | None]:
        """
        Put a draft on the shelf of its tenant; once it is there, the draft and the scan are gone.

        Raises
        ------
        DraftRefused
            It is under the quality bar, and not forced.
        LibraryConflict
            ``expected_version`` is not the current one.
        """
        row = await self.conversion(who, conversion)
        if row["state"] == conversions.PUBLISHED:
            return row, None  # the answer to the first time was lost
        row, product = await self.draft(who, conversion)
        if row["state"] == conversions.REFUSED and not force:
            reasons = " ".join(product.quality.reasons) or "It is under the quality bar."
            raise DraftRefused(f"{reasons} Convert it in another way, or publish it with force.")
        library = await self._threads.run(lambda: self._library_of(row["tenant"]))
        published = await self._threads.run(
            lambda: self._drafts.publish(conversion, library, force=True, expected_version=expected_version)
        )
        await self._settle(row, conversions.PUBLISHED, version=published.version)
        return await self.conversion(who, conversion), published

    async def delete_draft(self, who: Principal, conversion: str) -> None:
        """Throw a draft away, and its scan if nothing else needs it."""
        row = await self.conversion(who, conversion)
        if row["state"] not in conversions.WITH_DRAFT:
            raise UploadState(f"There is no draft here: the conversion is {row['state']}.", state=row["state"])
        await self._settle(row, conversions.DELETED)

    async def _settle(self, row: Row, state: str, *, version: int = 0) -> None:
        await self._db.write(
            lambda db: conversions.settle(
                db, row["id"], state=state, before=conversions.WITH_DRAFT, now_ms=self._now(), version=version
            )
        )
        await self._threads.run(lambda: self._drafts.remove(row["id"]))
        with contextlib.suppress(UploadState):  # another conversion of the scan waits
            await self._remove(row["upload"])

    async def waiting(self) -> int:
        """Conversions that wait for a worker."""
        return await self._db.read(conversions.waiting)

    async def tidy(self) -> None:
        """Remove what was given up, and what a crash left between two steps."""
        now = self._now()
        for upload in await self._db.read(
            lambda db: uploads.expired(db, before_ms=now - self.settings.upload_idle_s * 1000)
        ):
            with contextlib.suppress(UploadState):
                await self._remove(upload)
        there = await self._threads.run(self._parts.ids)
        known = await self._db.read(lambda db: uploads.known(db, there))
        for left in there:
            if left not in known and self._parts.age_s(left, now_s=now / 1000) > _LEFT_S:
                await self._threads.run(lambda left=left: self._parts.remove(left))  # type: ignore[misc]
        drafts = await self._threads.run(self._drafts.ids)
        wanted = await self._db.read(lambda db: conversions.with_files(db, drafts))
        for left in set(drafts) - wanted:
            await self._threads.run(lambda left=left: self._drafts.remove(left))  # type: ignore[misc]
        await self._threads.run(lambda: self._drafts.sweep(older_than_s=_LEFT_S, now_s=now / 1000))
        await self._db.write(lambda db: conversions.forget_events(db, before_ms=now - _EVENTS_MS))
        await self._db.write(lambda db: uploads.forget(db, before_ms=now - _EVENTS_MS))

    def close(self) -> None:
        """Let the threads go."""
        self._threads.close()
        self._queue.close()
