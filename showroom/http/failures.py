"""
The one JSON shape of an error: ``{"error": {"code", "message", "fields"}}``, and which status each travels under.

A caller gets what the server meant to say, never a traceback: what is unforeseen becomes a 500 with an id, under which
the log has the rest.
"""

import logging
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiohttp import web

from showroom.errors import BadRequest, Busy, ServerError
from showroom_assets.errors import InputError, LibraryConflict, LibraryError, LimitExceeded, NotInLibrary, ShowroomError

_log: Final = logging.getLogger("showroom.http")

# Errors of the rooms to the left of the server, which know nothing of HTTP.
_STATUS: Final[tuple[tuple[type[ShowroomError], int], ...]] = (
    (NotInLibrary, 404),
    (LibraryConflict, 409),
    (LibraryError, 503),
    (LimitExceeded, 413),
    (InputError, 400),
)
_PLAIN: Final[Mapping[int, tuple[str, str]]] = {
    400: ("request.invalid", "The request cannot be read. Check its first line and headers."),
    404: ("missing", "There is nothing here. See /openapi.json for what there is."),
    405: ("request.method", "That cannot be done here. The header Allow says what can."),
    411: ("request.length", "Say how long the body is, by Content-Length."),
    413: ("request.too_large", "That is larger than is allowed here."),
    415: ("request.media_type", "That type of content is not read here."),
    417: ("request.expectation", "That Expect header is not understood. Leave it out."),
    431: ("request.too_large", "Those headers are too large. Send fewer."),
}


def failure(code: str, message: str, *, status: int, fields: Mapping[str, Any] | None = None) -> web.Response:
    """An error as an answer."""
    data = msgspec.json.encode({"error": {"code": code, "message": message, "fields": fields or {}}}, enc_hook=str)
    return web.Response(
        body=data, status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def as_answer(exc: Exception, *, request_id: str, route: str) -> tuple[web.Response, str]:
    """The answer for whatever was raised, and its code."""
    if isinstance(exc, ServerError):
        return _of(exc, exc.status), exc.code
    if isinstance(exc, ShowroomError):
        status = next((status for kind, status in _STATUS if isinstance(exc, kind)), 500)
        if status < 500:
            return _of(exc, status), exc.code
        _log.error("failed", exc_info=exc, extra={"id": request_id, "route": route})
        # Its sentence is for the operator: it may name folders and buckets.
        message = f"The store cannot get at its things just now. Try again in a minute. (It is logged as {request_id}.)"
        return failure(exc.code, message, status=status, fields={"id": request_id}), exc.code
    if isinstance(exc, web.HTTPException):
        code, message = _PLAIN.get(exc.status, (exc.reason.lower().replace(" ", "_"), exc.reason + "."))
        answer = failure(code, message, status=exc.status)
        if "Allow" in exc.headers:
            answer.headers["Allow"] = exc.headers["Allow"]
        return answer, code
    if isinstance(exc, TimeoutError):
        busy = Busy("That took too long and was given up. Try again in a few seconds.", retry_after_s=5)
        _log.error("too slow", extra={"id": request_id, "route": route})
        return _of(busy, busy.status), busy.code
    if isinstance(exc, ConnectionError):
        return failure("request.lost", "The connection was lost.", status=400), "request.lost"
    _log.error("failed", exc_info=exc, extra={"id": request_id, "route": route})
    message = f"Something went wrong here. Try again; if it stays so, tell the store this number: {request_id}."
    return failure("server", message, status=500, fields={"id": request_id}), "server"


def _of(exc: ShowroomError, status: int) -> web.Response:
    answer = failure(exc.code, exc.message, status=status, fields=exc.fields)
    retry_after = exc.fields.get("retry_after_s")
    if isinstance(retry_after, int | float):
        answer.headers["Retry-After"] = str(max(1, int(retry_after)))
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="showroom"'
    return answer


__all__ = ["BadRequest", "as_answer", "failure"]
