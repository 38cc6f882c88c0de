"""
Uploads, conversions and drafts over HTTP.

An upload is made (POST), filled in parts (PATCH with ``Upload-Offset``, as in tus 1.0.0), and finished: its content is
looked at, a conversion is queued, a worker process runs it, and a draft comes out that its merchant may look at,
publish or throw away (see ``drafts``). Nothing that was acknowledged is lost with the server or the worker.
"""

import asyncio
import base64
import binascii
import contextlib
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Annotated, Any, Final

import msgspec
from aiohttp import web
from msgspec import Meta, Struct
from sqlalchemy.exc import SQLAlchemyError

from showroom.accounts.principal import Scope
from showroom.db.database import Database
from showroom.http import drafts
from showroom.http.endpoint import Call, Endpoint
from showroom.jobs.child import Child
from showroom.jobs.errors import WrongUpload
from showroom.jobs.options import ConversionOptions
from showroom.jobs.service import Service
from showroom.jobs.tail import Tail
from showroom.sample import Sample
from showroom.settings import Settings, with_changes
from showroom_assets.errors import ShowroomError
from showroom_assets.library import Library
from showroom_assets.product import Sha256

_log = logging.getLogger("showroom.uploads")
Row = dict[str, Any]
OnProgress = Callable[[str, "Progress"], Awaitable[None]]
"""Told the id of the principal who uploaded, and the step."""

_TAG: Final = "uploads"
_TIDY_S: Final = 60.0
_COUNT_S: Final = 5.0
_BODY_BYTES: Final = 64 << 10
_PIECE_BYTES: Final = 64 << 10
_NUMBER: Final = re.compile(r"[0-9]{1,15}")
_MEDIA: Final = frozenset({"application/offset+octet-stream", "application/octet-stream"})


class NewUpload(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Parameters
    ----------
    name
        The scan's file name: told back, and its suffix says what it is. Never a path on the server.
    sha256
        Of the whole file; then it is checked, and the upload can be found again by it.
    options
        For the conversion; may be given anew when finishing.
    """

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    size_bytes: Annotated[int, Meta(ge=1, le=1 << 40)]
    sha256: Sha256 | None = None
    options: ConversionOptions = ConversionOptions()


class Upload(Struct, frozen=True, kw_only=True):
    """``state`` is ``open`` while bytes are missing, then ``whole``. ``offset`` bytes are safely here."""

    id: str
    name: str
    size_bytes: int
    offset: int
    state: str
    sha256: str
    owner: str
    created_ms: int
    expires_ms: int


class UploadList(Struct, frozen=True, kw_only=True):
    uploads: list[Upload]


class WhichUploads(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    sha256: Sha256 | None = None
    size_bytes: Annotated[int, Meta(ge=1, le=1 << 40)] | None = None


class Finish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``options`` instead of those the upload was made with."""

    options: ConversionOptions | None = None


class Progress(Struct, frozen=True, kw_only=True):
    """A step of a conversion. ``number`` counts from 1; ``fraction`` is the share of the work that is done, 0..1."""

    conversion: str
    number: int
    at_ms: int
    step: str
    fraction: float
    message: str


class WhereFrom(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``after``: the number of the last event that is known; the header ``Last-Event-ID`` says the same."""

    after: Annotated[int, Meta(ge=0, le=1_000_000)] = 0


class Uploads:
    """
    The service of uploads: its endpoints, and what runs beside them (tidying, the worker's process, progress).

    Parameters
    ----------
    database
        With the tables of ``showroom.db.uploads``.
    library_of
        The library that a tenant's products are published to; a namespace of its own for each tenant.
    on_progress
        For the rooms' socket: called for every step of every conversion, with the id of the principal who uploaded.
    on_published
        Called with the tenant and the product's id after a draft has become a product.
    service
        Instead of the one that these make; for tests that need another clock.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        library_of: Callable[[str], Library],
        *,
        on_progress: OnProgress | None = None,
        on_published: Callable[[str, str], Awaitable[None]] | None = None,
        service: Service | None = None,
    ) -> None:
        self.service: Final = service or Service(settings, database, library_of)
        self._on_progress = on_progress
        self._tail = Tail(
            database, clock_ms=self.service.now_ms, listener=self._tell if on_progress is not None else None
        )
        self._drafts = drafts.DraftEndpoints(self.service, on_published=on_published)
        url = database.engine.url.render_as_string(hide_password=False)
        self.child: Final = Child(with_changes(settings, database=url)) if settings.worker else None
        self._beside: list[asyncio.Task[None]] = []
        self._waiting = 0

    def endpoints(self) -> list[Endpoint]:
        """The rows for ``api.py``."""
        scope = Scope.PRODUCTS_WRITE
        one, whole = "/api/uploads/{id}", "/api/conversions/{id}"
        responses = {409: "Not where the upload ends, or taken by another client.", 460: "The checksum differs."}
        return [
            Endpoint(
                method="POST", path="/api/uploads", handler=self._create, tag=_TAG, scope=scope, body=NewUpload,
                answer=Upload, status=201, limit="write", most_bytes=_BODY_BYTES,
            ),
            Endpoint(
                method="GET", path="/api/uploads", handler=self._list, tag=_TAG, scope=scope, query=WhichUploads,
                answer=UploadList,
            ),
            # GET answers HEAD too: how tus asks for the offset.
            Endpoint(method="GET", path=one, handler=self._show, tag=_TAG, scope=scope, answer=Upload),
            Endpoint(
                method="PATCH", path=one, handler=self._append, tag=_TAG, scope=scope, status=204, limit="write",
                most_bytes=None, responses=responses,
            ),
            Endpoint(method="DELETE", path=one, handler=self._remove, tag=_TAG, scope=scope, status=204, limit="write"),
            # Hashing and looking at a large scan takes longer than other requests may.
            Endpoint(
                method="POST", path=f"{one}/finish", handler=self._finish, tag=_TAG, scope=scope, body=Finish,
                answer=drafts.Conversion, status=202, limit="write", most_bytes=None,
            ),
            Endpoint(
                method="GET", path=f"{whole}/events", handler=self._events, tag=_TAG, scope=scope, query=WhereFrom,
                most_bytes=None, responses={200: "A text/event-stream of Progress."},
            ),
            *self._drafts.endpoints(),
        ]  # fmt: skip

    async def start(self) -> None:
        """Take up what a former server left; start the worker's process, if the settings say so."""
        await self.service.tidy()
        self._beside = [
            asyncio.create_task(self._tail.run(), name="uploads-tail"),
            asyncio.create_task(self._tidy(), name="uploads-tidy"),
        ]
        if self.child is not None:
            await self.child.start()

    async def drain(self) -> None:
        """Let those go who follow a conversion: they would keep the door open. Before the door is closed."""
        self._tail.close()

    async def stop(self) -> None:
        """End the worker's process; a running conversion goes back to the queue. After the door was closed."""
        self._tail.close()
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        if self.child is not None:
            await self.child.stop()
        self.service.close()

    def metrics(self) -> Iterable[Sample]:
        """What the operator's metrics show of uploads."""
        yield Sample(
            name="showroom_upload_bytes",
            help="Bytes of scans taken.",
            value=self.service.intake.bytes_taken,
            kind="counter",
        )
        yield Sample(name="showroom_upload_parts", help="Parts coming in now.", value=self.service.intake.writers)
        yield Sample(name="showroom_conversions_waiting", help="Conversions in the queue.", value=self._waiting)
        yield Sample(
            name="showroom_worker_starts", help="Starts of the worker's process.", kind="counter",
            value=self.child.starts if self.child is not None else 0,
        )  # fmt: skip

    async def _create(self, call: Call) -> web.Response:
        """Begin an upload."""
        asked: NewUpload = call.body
        row = await self.service.intake.create(
            call.who, name=asked.name, size_bytes=asked.size_bytes, sha256=asked.sha256 or "", wanted=asked.options
        )
        answer = self._answer(row, status=201)
        answer.headers["Location"] = f"/api/uploads/{row['id']}"
        return answer

    async def _list(self, call: Call) -> UploadList:
        """The merchant's uploads, newest first."""
        which: WhichUploads = call.query
        rows = await self.service.uploads(call.who, sha256=which.sha256 or "", size_bytes=which.size_bytes)
        return UploadList(uploads=[self._upload(row) for row in rows])

    async def _show(self, call: Call) -> web.Response:
        """An upload, and how much of it is here (HEAD: in Upload-Offset alone)."""
        return self._answer(await self.service.upload(call.who, call.path["id"]))

    async def _append(self, call: Call) -> web.Response:
        """Send the next part: raw bytes, beginning at Upload-Offset; Upload-Checksum is "sha256 " and base64."""
        request = call.request
        if request.content_type not in _MEDIA:
            raise WrongUpload("A part is sent as application/offset+octet-stream. Set Content-Type.")
        if "Content-Encoding" in request.headers:
            raise WrongUpload("A part is sent as it is. Leave Content-Encoding out.")
        offset = _number(request.headers.get("Upload-Offset", ""), "Upload-Offset")
        at = await self.service.intake.append(
            call.who,
            call.path["id"],
            offset=offset,
            length=request.content_length,
            data=_pieces(request),
            sha256=_checksum(request.headers.get("Upload-Checksum", "")),
        )
        return web.Response(status=204, headers={"Upload-Offset": str(at), "Cache-Control": "no-store"})

    async def _remove(self, call: Call) -> None:
        """Give an upload up and remove its scan."""
        await self.service.remove(call.who, call.path["id"])

    async def _finish(self, call: Call) -> drafts.Conversion:
        """Look at a filled upload and queue its conversion."""
        asked: Finish = call.body
        row = await self.service.finish(call.who, call.path["id"], asked.options)
        self._tail.wake()
        return drafts.conversion(row)

    async def _events(self, call: Call) -> web.StreamResponse:
        """Follow a conversion: server-sent events, one for each step, until it has ended."""
        row = await self.service.conversion(call.who, call.path["id"])
        after = max(call.query.after, _last_event(call.request))
        # The first look comes before the answer has begun, so that a refusal still has a status.
        follow = self._tail.follow(row["id"], who=call.who.id, after=after)
        answer = drafts.stream_answer("text/event-stream; charset=utf-8")
        try:
            async for found in follow:
                if not answer.prepared:
                    await answer.prepare(call.request)
                text = "".join(_event(_progress(each)) for each in found) or ": still here\n\n"
                await answer.write(text.encode())
                if any(drafts.is_end(each["step"]) for each in found):
                    break
        except ConnectionError:
            pass  # the reader has gone
        finally:
            await follow.aclose()
        if not answer.prepared:
            await answer.prepare(call.request)
        with contextlib.suppress(ConnectionError):
            await answer.write_eof()
        return answer

    def _answer(self, row: Row, *, status: int = 200) -> web.Response:
        told = {
            "Upload-Offset": str(row["offset_bytes"]),
            "Upload-Length": str(row["size_bytes"]),
            "Cache-Control": "no-store",
        }
        body = msgspec.json.encode(self._upload(row))
        return web.Response(body=body, status=status, content_type="application/json", headers=told)

    def _upload(self, row: Row) -> Upload:
        return Upload(
            id=row["id"],
            name=row["name"],
            size_bytes=row["size_bytes"],
            offset=row["offset_bytes"],
            state=row["state"],
            sha256=row["sha256"],
            owner=row["owner"],
            created_ms=row["created_ms"],
            expires_ms=row["touched_ms"] + self.service.settings.upload_idle_s * 1000,
        )

    async def _tell(self, owner: str, event: Row) -> None:
        assert self._on_progress is not None
        await self._on_progress(owner, _progress(event))

    async def _tidy(self) -> None:
        tidied = time.monotonic()
        while True:
            await asyncio.sleep(_COUNT_S)
            try:
                self._waiting = await self.service.waiting()
                if time.monotonic() - tidied > _TIDY_S:
                    tidied = time.monotonic()
                    await self.service.tidy()
            except (ShowroomError, SQLAlchemyError, OSError) as exc:
                _log.warning("tidying failed: %s", exc)


def _progress(row: Row) -> Progress:
    return Progress(
        conversion=row["conversion"],
        number=row["number"],
        at_ms=row["at_ms"],
        step=row["step"],
        fraction=row["fraction"],
        message=row["message"],
    )


def _event(progress: Progress) -> str:
    data = msgspec.json.encode(progress).decode()
    return f"id: {progress.number}\nevent: progress\ndata: {data}\n\n"


def _last_event(request: web.Request) -> int:
    found = request.headers.get("Last-Event-ID", "")
    return int(found) if _NUMBER.fullmatch(found) else 0


def _number(text: str, header: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise WrongUpload(f"The header {header} must be a number of bytes. Ask for it by HEAD.")
    return int(text)


def _checksum(header: str) -> bytes:
    if not header:
        return b""
    kind, _, encoded = header.partition(" ")
    with contextlib.suppress(binascii.Error, ValueError):
        found = base64.b64decode(encoded, validate=True)
        if kind.lower() == "sha256" and len(found) == 32:
            return found
    raise WrongUpload('The header Upload-Checksum is "sha256", a space, and the hash in base64. Mend it.')


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    async for piece in request.content.iter_chunked(_PIECE_BYTES):
        yield piece
