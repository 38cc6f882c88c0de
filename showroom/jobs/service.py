"""
Uploads, conversions and drafts as the server does them: the rules of ``uploads`` and ``conversions`` on its database,
the bytes on its disk, in threads of their own so that no room waits for a disk.

What it is not: HTTP (see ``showroom.http.uploads``), or the work itself (see ``worker``).
"""

import asyncio
import contextlib
import hashlib
import hmac
import logging
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from showroom.accounts.principal import Principal, Scope
from showroom.db.database import Database
from showroom.jobs import check, conversions, options, uploads
from showroom.jobs.drafts import Drafts
from showroom.jobs.errors import (
    ChecksumMismatch,
    DiskFull,
    DraftRefused,
    ScanRefused,
    UploadsBusy,
    UploadState,
    UploadTooLarge,
    WrongOffset,
)
from showroom.jobs.parts import Part, Parts
from showroom.jobs.places import Places
from showroom.jobs.queue import Queue
from showroom.settings import Settings
from showroom_assets.library import Library, Published
from showroom_assets.manifest import Product

_log = logging.getLogger("showroom.uploads")
T = TypeVar("T")
Row = dict[str, Any]
_THREADS: Final = 4
_MOST_WRITERS: Final = 64
_LOOKS_AT_A_TIME: Final = 2
_BUFFER_BYTES: Final = 1 << 20
_SYNC_BYTES: Final = 8 << 20
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
        self._silence_s = silence_s
        self._places = Places.of(settings)
        self._parts = Parts(self._places.uploads)
        self._drafts = Drafts(self._places.drafts)
        self._places.drafts.mkdir(parents=True, exist_ok=True)
        self._queue = Queue(settings)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="uploads")
        self._looks = asyncio.Semaphore(_LOOKS_AT_A_TIME)
        self._finishing: dict[str, asyncio.Lock] = {}
        self._writers = 0
        self.bytes_taken = 0
        """Of parts that were acknowledged, since the start."""

    async def create(
        self, who: Principal, *, name: str, size_bytes: int, sha256: str, wanted: options.ConversionOptions
    ) -> Row:
        """
        A new upload.

        Raises
        ------
        WrongUpload, UploadTooLarge, TooManyUploads, DiskFull
        """
        who.require(Scope.PRODUCTS_WRITE)
        options.check(wanted)
        suffix = uploads.check_name(name)
        upload = self._new_id()
        free = await self._thread(lambda: shutil.disk_usage(self._places.uploads).free)
        # The file first: a folder without a row is swept away, a row without a file would be a broken promise.
        await self._thread(lambda: self._parts.create(upload, suffix))
        try:
            return await self._db.write(
                lambda db: uploads.create(
                    db,
                    who,
                    upload=upload,
                    name=name,
                    size_bytes=size_bytes,
                    sha256=sha256,
                    options=options.to_json(wanted),
                    settings=self.settings,
                    free_bytes=free,
                    now_ms=self._now(),
                )
            )
        except BaseException:
            self._behind(lambda: self._parts.remove(upload))
            raise

    async def upload(self, who: Principal, upload: str) -> Row:
        """An upload that ``who`` may see."""
        return await self._db.read(lambda db: uploads.get(db, who, upload))

    async def uploads(self, who: Principal, *, sha256: str = "", size_bytes: int | None = None) -> list[Row]:
        """The tenant's uploads."""
        return await self._db.read(lambda db: uploads.find(db, who, sha256=sha256, size_bytes=size_bytes))

    async def append(
        self, who: Principal, upload: str, *, offset: int, length: int | None, data: AsyncIterator[bytes], sha256: bytes
    ) -> int:
        """
        Take a part; the new offset. What it says is on the disk.

        Parameters
        ----------
        length
            Of the part, if it is known beforehand.
        sha256
            Of the part, 32 bytes, or nothing. With it the part is taken whole or not at all; without it, what came
            before a lost link stays.

        Raises
        ------
        WrongOffset, UploadTaken, UploadTooLarge, ChecksumMismatch, UploadGone, UploadState, UploadsBusy, DiskFull
        """
        row = await self.upload(who, upload)
        if row["state"] != uploads.OPEN:
            raise UploadState("This upload is whole already. Convert it.", state=row["state"])
        if self._writers >= _MOST_WRITERS:
            raise UploadsBusy("Too many uploads at this moment. Try again in some seconds.", retry_after_s=5)
        self._writers += 1
        try:
            part = await self._open(row)
            try:
                # Only now, with the lock, is the offset sure.
                row = await self.upload(who, upload)
                return await self._fill(row, part, offset=offset, length=length, data=data, sha256=sha256)
            except OSError as exc:
                if isinstance(exc, ConnectionError | TimeoutError):
                    raise
                _log.error("upload %s cannot be written: %s", upload, exc)
                raise DiskFull("The server's disk cannot take this part. Try again later.") from exc
            finally:
                # In the threads, behind a write that is still under way.
                self._behind(part.close)
        finally:
            self._writers -= 1

    async def _open(self, row: Row) -> Part:
        try:
            opening = self._threads.submit(self._parts.open, row["id"], row["suffix"], offset=row["offset_bytes"])
        except RuntimeError as exc:  # as in ``_thread``
            raise UploadsBusy("The server is closing. Try again when it is back.", retry_after_s=10) from exc
        try:
            return await asyncio.wrap_future(opening)
        except asyncio.CancelledError:
            # The thread goes on: nobody else would ever let go of the lock.
            opening.add_done_callback(
                lambda done: None if done.cancelled() or done.exception() else done.result().close()
            )
            raise

    async def _fill(
        self, row: Row, part: Part, *, offset: int, length: int | None, data: AsyncIterator[bytes], sha256: bytes
    ) -> int:
        upload, size = row["id"], row["size_bytes"]
        if part.has < row["offset_bytes"]:
            # The disk has lost what it promised, or an older copy was restored. Honest is the only way out.
            await self._note(upload, part.at)
        elif part.at != row["offset_bytes"]:
            raise WrongOffset("Another client sent a part just now. Ask for the offset.", offset=row["offset_bytes"])
        if offset != part.at:
            raise WrongOffset(f"The next part begins at byte {part.at}, not {offset}. Go on there.", offset=part.at)
        if length is not None and offset + length > size:
            raise UploadTooLarge(f"The upload has {size:,} bytes; this part goes beyond. Begin again.", size_bytes=size)
        digest = hashlib.sha256()
        waiting = bytearray()
        synced = part.at

        async def flush() -> None:
            nonlocal waiting
            piece, waiting = waiting, bytearray()

            def write() -> None:
                digest.update(piece)
                part.write(piece)

            await self._thread(write)

        try:
            async for piece in self._patient(data):
                if part.at + len(waiting) + len(piece) > size:
                    raise UploadTooLarge(f"More came than the {size:,} bytes announced. Begin again.", size_bytes=size)
                waiting += piece
                if len(waiting) >= _BUFFER_BYTES:
                    await flush()
                if not sha256 and part.at - synced >= _SYNC_BYTES:
                    synced = await self._thread(part.sync)
                    await self._note(upload, synced)
        except (ConnectionError, TimeoutError):
            if not sha256:
                with contextlib.suppress(OSError):
                    await flush()
                    await self._note(upload, await self._thread(part.sync))
            raise
        if waiting:
            await flush()
        if sha256 and not hmac.compare_digest(digest.digest(), sha256):
            await self._thread(part.take_back)
            raise ChecksumMismatch(
                "What came is not what was sent: the checksum differs. Send it again.", offset=offset
            )
        at = await self._thread(part.sync)
        await self._note(upload, at)
        self.bytes_taken += at - offset
        return at

    async def _patient(self, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The pieces, while they keep coming."""
        while True:
            async with asyncio.timeout(self._silence_s):
                try:
                    piece = await anext(data)
                except StopAsyncIteration:
                    return
            yield piece

    async def _note(self, upload: str, offset: int) -> None:
        await self._db.write(lambda db: uploads.set_offset(db, upload, offset, now_ms=self._now()))

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
        lock = self._finishing.setdefault(upload[:64], asyncio.Lock())
        try:
            async with lock:
                row = await self.upload(who, upload)
                if row["state"] == uploads.OPEN:
                    await self._close(row)
                row = await self.upload(who, upload)
        finally:
            if not lock.locked():
                self._finishing.pop(upload[:64], None)
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
                await self._thread(self._queue.ring)
            except Exception as exc:  # noqa: BLE001 - the conversion is in the table: a worker will find it
                _log.warning("no worker was woken: %s", exc)
        return {**found, "name": row["name"]}

    async def _close(self, row: Row) -> None:
        upload, suffix = row["id"], row["suffix"]
        if row["offset_bytes"] != row["size_bytes"]:
            raise UploadState(
                f"{row['offset_bytes']:,} of {row['size_bytes']:,} bytes are here. Send the rest first.",
                offset=row["offset_bytes"],
                size_bytes=row["size_bytes"],
            )
        async with self._looks:
            digest = await self._thread(lambda: self._parts.digest(upload, suffix))
            if row["sha256"] and digest != row["sha256"]:
                await self._note(upload, 0)
                raise ChecksumMismatch("The file that came is not the one announced. Send it again.", offset=0)
            path = self._parts.path(upload, suffix)
            refused = await self._thread(lambda: check.refusal(path))
        if refused is not None:
            await self._db.write(lambda db: uploads.remove(db, upload, now_ms=self._now()))
            await self._thread(lambda: self._parts.remove(upload))
            message = str(refused["message"]).replace(path.name, row["name"])
            raise ScanRefused(message, reason=refused["code"])
        await self._db.write(lambda db: uploads.set_whole(db, upload, digest, now_ms=self._now()))

    async def remove(self, who: Principal, upload: str) -> None:
        """Give an upload up; its scan is gone, its drafts stay."""
        row = await self.upload(who, upload)
        await self._remove(row["id"])

    async def _remove(self, upload: str) -> None:
        await self._db.write(lambda db: uploads.remove(db, upload, now_ms=self._now()))
        await self._thread(lambda: self._parts.remove(upload))

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
        return row, await self._thread(lambda: self._drafts.product(conversion))

    async def file(self, row: Row, product: Product, path: str) -> tuple[Any, AsyncIterator[bytes]] | None:
        """An entry of a draft's manifest and its bytes; None if it lists no such path."""
        file = next((file for file in product.files if file.path == path), None)
        if file is None:
            return None
        pieces = await self._thread(lambda: self._drafts.stream(row["id"], file))

        async def stream() -> AsyncIterator[bytes]:
            while (piece := await self._thread(lambda: next(pieces, None))) is not None:
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
        library = await self._thread(lambda: self._library_of(row["tenant"]))
        published = await self._thread(
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
        await self._thread(lambda: self._drafts.remove(row["id"]))
        with contextlib.suppress(UploadState):  # another conversion of the scan waits
            await self._remove(row["upload"])

    @property
    def writers(self) -> int:
        """Parts that are coming in now."""
        return self._writers

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
        there = await self._thread(self._parts.ids)
        known = await self._db.read(lambda db: uploads.known(db, there))
        for left in there:
            if left not in known and self._parts.age_s(left, now_s=now / 1000) > _LEFT_S:
                await self._thread(lambda left=left: self._parts.remove(left))  # type: ignore[misc]
        drafts = await self._thread(self._drafts.ids)
        wanted = await self._db.read(lambda db: conversions.with_files(db, drafts))
        for left in set(drafts) - wanted:
            await self._thread(lambda left=left: self._drafts.remove(left))  # type: ignore[misc]
        await self._thread(lambda: self._drafts.sweep(older_than_s=_LEFT_S, now_s=now / 1000))
        await self._db.write(lambda db: conversions.forget_events(db, before_ms=now - _EVENTS_MS))
        await self._db.write(lambda db: uploads.forget(db, before_ms=now - _EVENTS_MS))

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=True)
        self._queue.close()

    def _behind(self, work: Callable[[], None]) -> None:
        """Do it soon, without waiting; at once, if the threads have gone."""
        try:
            self._threads.submit(work)
        except RuntimeError:
            work()

    async def _thread(self, work: Callable[[], T]) -> T:
        try:
            doing = asyncio.get_running_loop().run_in_executor(self._threads, work)
        except RuntimeError as exc:  # the threads have gone
            raise UploadsBusy("The server is closing. Try again when it is back.", retry_after_s=10) from exc
        return await doing
