"""
Taking a scan in: the upload is made, filled part by part, and looked at once it is whole.

The rules are ``uploads``', the bytes ``parts``'. A part is acknowledged after it and the new offset are on the disk;
the offset is believed only under the file's lock, for another client may have moved it a moment ago.
"""

import asyncio
import contextlib
import hashlib
import hmac
import logging
import shutil
from collections.abc import AsyncIterator, Callable
from typing import Any, Final

from showroom.accounts.principal import Principal, Scope
from showroom.db.database import Database
from showroom.jobs import check, options, uploads
from showroom.jobs.errors import (
    ChecksumMismatch,
    DiskFull,
    ScanRefused,
    UploadsBusy,
    UploadState,
    UploadTooLarge,
    WrongOffset,
)
from showroom.jobs.parts import Part, Parts
from showroom.jobs.threads import Threads
from showroom.settings import Settings

_log = logging.getLogger("showroom.uploads")
Row = dict[str, Any]
_MOST_WRITERS: Final = 64
_LOOKS_AT_A_TIME: Final = 2
_BUFFER_BYTES: Final = 1 << 20
_SYNC_BYTES: Final = 8 << 20


class Intake:
    """
    Parameters
    ----------
    clock_ms, new_id, silence_s
        As for ``Service``.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        parts: Parts,
        threads: Threads,
        *,
        clock_ms: Callable[[], int],
        new_id: Callable[[], str],
        silence_s: float,
    ) -> None:
        self._settings = settings
        self._db = database
        self._parts = parts
        self._threads = threads
        self._now = clock_ms
        self._new_id = new_id
        self._silence_s = silence_s
        self._looks = asyncio.Semaphore(_LOOKS_AT_A_TIME)
        self._looking: dict[str, asyncio.Lock] = {}
        self.writers = 0
        """Parts that are coming in now."""
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
        free = await self._threads.run(lambda: shutil.disk_usage(self._parts.root).free)
        # The file first: a folder without a row is swept away, a row without a file would be a broken promise.
        await self._threads.run(lambda: self._parts.create(upload, suffix))
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
                    settings=self._settings,
                    free_bytes=free,
                    now_ms=self._now(),
                )
            )
        except BaseException:
            await self._threads.surely(lambda: self._parts.remove(upload))
            raise

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
        row = await self._row(who, upload)
        if row["state"] != uploads.OPEN:
            raise UploadState("This upload is whole already. Convert it.", state=row["state"])
        if self.writers >= _MOST_WRITERS:
            raise UploadsBusy("Too many uploads at this moment. Try again in some seconds.", retry_after_s=5)
        self.writers += 1
        try:
            part = await self._open(row)
            try:
                # Only now, with the lock, is the offset sure.
                row = await self._row(who, upload)
                return await self._fill(row, part, offset=offset, length=length, data=data, sha256=sha256)
            except OSError as exc:
                if isinstance(exc, ConnectionError | TimeoutError):
                    raise
                _log.error("upload %s cannot be written: %s", upload, exc)
                raise DiskFull("The server's disk cannot take this part. Try again later.") from exc
            finally:
                # In the threads, behind a write that is still under way; whoever has the answer may send at once.
                await self._threads.surely(part.close)
        finally:
            self.writers -= 1

    async def _row(self, who: Principal, upload: str) -> Row:
        return await self._db.read(lambda db: uploads.get(db, who, upload))

    async def _open(self, row: Row) -> Part:
        return await self._threads.open(lambda: self._parts.open(row["id"], row["suffix"]), close=Part.close)

    async def _fill(
        self, row: Row, part: Part, *, offset: int, length: int | None, data: AsyncIterator[bytes], sha256: bytes
    ) -> int:
        upload, size = row["id"], row["size_bytes"]
        if row["state"] != uploads.OPEN:
            raise UploadState("This upload is whole already. Convert it.", state=row["state"])
        if await self._threads.run(lambda: part.begin(row["offset_bytes"])) < row["offset_bytes"]:
            # The disk has lost what it promised, or an older copy was restored. Honest is the only way out.
            await self._note(upload, part.at)
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

            await self._threads.run(write)

        try:
            async for piece in self._patient(data):
                if part.at + len(waiting) + len(piece) > size:
                    raise UploadTooLarge(f"More came than the {size:,} bytes announced. Begin again.", size_bytes=size)
                waiting += piece
                if len(waiting) >= _BUFFER_BYTES:
                    await flush()
                if not sha256 and part.at - synced >= _SYNC_BYTES:
                    synced = await self._threads.run(part.sync)
                    await self._note(upload, synced)
        except (ConnectionError, TimeoutError):
            if not sha256:
                with contextlib.suppress(OSError):
                    await flush()
                    await self._note(upload, await self._threads.run(part.sync))
            raise
        if waiting:
            await flush()
        if sha256 and not hmac.compare_digest(digest.digest(), sha256):
            await self._threads.run(part.take_back)
            raise ChecksumMismatch(
                "What came is not what was sent: the checksum differs. Send it again.", offset=offset
            )
        at = await self._threads.run(part.sync)
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

    async def whole(self, who: Principal, upload: str) -> Row:
        """
        An upload that is whole and may be converted; it is looked at, if nobody has yet.

        Raises
        ------
        UploadState
            It is not filled yet.
        ChecksumMismatch
            It is not the file that was announced; it has to be sent again.
        ScanRefused
            It cannot be converted; it is removed.
        """
        lock = self._looking.setdefault(upload[:64], asyncio.Lock())
        try:
            async with lock:
                row = await self._row(who, upload)
                if row["state"] == uploads.OPEN:
                    await self._look(row)
                    row = await self._row(who, upload)
                return row
        finally:
            if not lock.locked():
                self._looking.pop(upload[:64], None)

    async def _look(self, row: Row) -> None:
        upload, suffix = row["id"], row["suffix"]
        if row["offset_bytes"] != row["size_bytes"]:
            raise UploadState(
                f"{row['offset_bytes']:,} of {row['size_bytes']:,} bytes are here. Send the rest first.",
                offset=row["offset_bytes"],
                size_bytes=row["size_bytes"],
            )
        async with self._looks:
            digest = await self._threads.run(lambda: self._parts.digest(upload, suffix))
            if row["sha256"] and digest != row["sha256"]:
                await self._note(upload, 0)
                raise ChecksumMismatch("The file that came is not the one announced. Send it again.", offset=0)
            path = self._parts.path(upload, suffix)
            refused = await self._threads.run(lambda: check.refusal(path))
        if refused is not None:
            await self._db.write(lambda db: uploads.remove(db, upload, now_ms=self._now()))
            await self._threads.run(lambda: self._parts.remove(upload))
            message = str(refused["message"]).replace(path.name, row["name"])
            raise ScanRefused(message, reason=refused["code"])
        await self._db.write(lambda db: uploads.set_whole(db, upload, digest, now_ms=self._now()))
