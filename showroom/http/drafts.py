"""
Conversions and their drafts over HTTP: how far, what came out, its report and pictures; publish or throw away.

The files of a draft are for its merchant alone. A browser that is not signed in sees them with the draft's key, which
only the merchant is told: so the address that ``showroom upload`` prints can be clicked.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final
from urllib.parse import quote

from aiohttp import web
from msgspec import Meta, Struct

from showroom.accounts.principal import Scope
from showroom.http import headers
from showroom.http.endpoint import Call, Endpoint
from showroom.http.shelf import DEFAULT_TENANT, public_id
from showroom.jobs import conversions
from showroom.jobs.errors import NoUpload
from showroom.jobs.service import Service
from showroom_assets.errors import ShowroomError
from showroom_assets.manifest import Product

_log = logging.getLogger("showroom.uploads")
Row = dict[str, Any]
_TAG: Final = "uploads"
_REPORT: Final = "report.html"
_ENDS: Final = frozenset({"draft", "refused", "failed", "cancelled", "published", "deleted"})


class Failure(Struct, frozen=True, kw_only=True):
    """Why nothing came of it, or why the draft is under the quality bar."""

    code: str
    message: str
    fields: dict[str, Any] = {}


class Conversion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    Parameters
    ----------
    state
        queued, running; then draft, refused (a draft under the quality bar), failed or cancelled; then published or
        deleted.
    fraction
        Share of the work that is done, 0..1.
    result
        Triangles and bytes before and after, the verdict, the seconds it took.
    report
        Address of the draft's report, readable without signing in.
    version
        In the library, once published.
    """

    id: str
    upload: str
    name: str
    product: str
    state: str
    step: str
    fraction: float
    attempts: int
    created_ms: int
    last_event: int
    started_ms: int = 0
    ended_ms: int = 0
    error: Failure | None = None
    result: dict[str, Any] | None = None
    report: str = ""
    version: int = 0


class ConversionList(Struct, frozen=True, kw_only=True):
    conversions: list[Conversion]


class WhichConversions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``upload``: only those of one scan."""

    upload: Annotated[str, Meta(max_length=40)] = ""


class Draft(Struct, frozen=True, kw_only=True):
    """A draft's manifest, and the address of each of its files by path."""

    conversion: Conversion
    manifest: Product
    files: dict[str, str]


class Publish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    Parameters
    ----------
    force
        Also under the quality bar.
    expected_version
        The version that must be current (0: none), or nothing is published.
    """

    force: bool = False
    expected_version: Annotated[int, Meta(ge=0, le=1_000_000_000)] | None = None


class PublishedDraft(Struct, frozen=True, kw_only=True):
    """``id`` is the product's in the catalogue. ``is_new`` is false if the content was published before."""

    id: str
    product: str
    version: int
    is_new: bool


class WithKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    key: Annotated[str, Meta(max_length=40)] = ""


class DraftEndpoints:
    """The rows of conversions and drafts; ``on_published`` is told the tenant and the product."""

    def __init__(self, service: Service, *, on_published: Callable[[str, str], Awaitable[None]] | None) -> None:
        self._service = service
        self._on_published = on_published

    def endpoints(self) -> list[Endpoint]:
        scope = Scope.PRODUCTS_WRITE
        conversion, draft = "/api/conversions/{id}", "/api/drafts/{id}"
        return [
            Endpoint(
                method="GET", path="/api/conversions", handler=self._list, tag=_TAG, scope=scope,
                query=WhichConversions, answer=ConversionList,
            ),
            Endpoint(method="GET", path=conversion, handler=self._show, tag=_TAG, scope=scope, answer=Conversion),
            Endpoint(
                method="POST", path=f"{conversion}/cancel", handler=self._cancel, tag=_TAG, scope=scope,
                answer=Conversion, limit="write",
            ),
            Endpoint(method="GET", path="/api/drafts", handler=self._drafts, tag=_TAG, scope=scope,
                     answer=ConversionList),
            Endpoint(method="GET", path=draft, handler=self._draft, tag=_TAG, scope=scope, answer=Draft),
            Endpoint(
                method="GET", path=draft + "/files/{path:.+}", handler=self._file, tag=_TAG, query=WithKey,
                most_bytes=None, responses={200: "The file's bytes."},
            ),
            # Copying into a bucket may take longer than other requests may.
            Endpoint(
                method="POST", path=f"{draft}/publish", handler=self._publish, tag=_TAG, scope=scope, body=Publish,
                answer=PublishedDraft, limit="write", most_bytes=None,
            ),
            Endpoint(method="DELETE", path=draft, handler=self._delete, tag=_TAG, scope=scope, status=204,
                     limit="write"),
        ]  # fmt: skip

    async def _list(self, call: Call) -> ConversionList:
        """The merchant's conversions, newest first."""
        rows = await self._service.conversions(call.who, upload=call.query.upload)
        return ConversionList(conversions=[conversion(row) for row in rows])

    async def _show(self, call: Call) -> Conversion:
        """How far a conversion is, and what came of it."""
        return conversion(await self._service.conversion(call.who, call.path["id"]))

    async def _cancel(self, call: Call) -> Conversion:
        """End a conversion: at once if it waits, within seconds if it runs."""
        return conversion(await self._service.cancel(call.who, call.path["id"]))

    async def _drafts(self, call: Call) -> ConversionList:
        """The merchant's drafts, newest first."""
        rows = await self._service.conversions(call.who, states=conversions.WITH_DRAFT)
        return ConversionList(conversions=[conversion(row) for row in rows])

    async def _draft(self, call: Call) -> Draft:
        """A draft: its manifest and the addresses of its files."""
        row, product = await self._service.draft(call.who, call.path["id"])
        files = {file.path: _address(row, file.path) for file in product.files}
        return Draft(conversion=conversion(row), manifest=product, files=files)

    async def _file(self, call: Call) -> web.StreamResponse:
        """A file of a draft: its report, a picture, a model."""
        row, product = await self._service.draft(call.who, call.path["id"], key=call.query.key)
        found = await self._service.file(row, product, call.path["path"])
        if found is None:
            raise NoUpload("This draft has no such file. See its list of files.")
        file, pieces = found
        answer = stream_answer(file.media_type + ("; charset=utf-8" if file.media_type.startswith("text/") else ""))
        is_report = file.media_type == "text/html"
        answer.headers["Content-Security-Policy"] = headers.REPORT_POLICY if is_report else headers.DATA_POLICY
        answer.content_length = file.size_bytes
        await answer.prepare(call.request)
        if call.request.method != "HEAD":
            try:
                async for piece in pieces:
                    await answer.write(piece)
            except ShowroomError as exc:
                # The answer has begun: to break it off is the only way left to say that it is not whole.
                _log.error("a draft's file cannot be read: %s", exc)
                answer.force_close()
                if call.request.transport is not None:
                    call.request.transport.abort()
                return answer
        await answer.write_eof()
        return answer

    async def _publish(self, call: Call) -> PublishedDraft:
        """Put a draft on the shelf."""
        asked: Publish = call.body
        row, published = await self._service.publish(
            call.who, call.path["id"], force=asked.force, expected_version=asked.expected_version
        )
        if published is not None and self._on_published is not None:
            await self._on_published(row["tenant"], row["product"])
        return PublishedDraft(
            id=public_id(row["tenant"] or DEFAULT_TENANT, row["product"]),
            product=row["product"],
            version=row["version"],
            is_new=published is not None and published.new_version,
        )

    async def _delete(self, call: Call) -> None:
        """Throw a draft away."""
        await self._service.delete_draft(call.who, call.path["id"])


def conversion(row: Row) -> Conversion:
    """A row of the table as its merchant sees it."""
    return Conversion(
        id=row["id"],
        upload=row["upload"],
        name=row["name"],
        product=row["product"],
        state=row["state"],
        step=row["step"],
        fraction=row["fraction"],
        attempts=row["attempts"],
        created_ms=row["created_ms"],
        last_event=row["last_event"],
        started_ms=row["started_ms"],
        ended_ms=row["ended_ms"],
        error=Failure(**json.loads(row["error"])) if row["error"] else None,
        result=json.loads(row["result"]) if row["result"] else None,
        report=_address(row, _REPORT) if row["state"] in conversions.WITH_DRAFT else "",
        version=row["version"],
    )


def is_end(step: str) -> bool:
    """Whether nothing more will come after this step, unless its merchant does something."""
    return step in _ENDS


def stream_answer(content_type: str) -> web.StreamResponse:
    """An answer that is written piece by piece, with the headers of all others."""
    fixed = {
        "Content-Type": content_type,
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": headers.DATA_POLICY,
        **headers.SECURITY,
        "Server": "showroom",
    }
    return web.StreamResponse(headers=fixed)


def _address(row: Row, path: str) -> str:
    return f"/api/drafts/{row['id']}/files/{quote(path)}?key={row['key']}"
