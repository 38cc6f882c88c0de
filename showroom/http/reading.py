"""
From bytes and strings to checked structs: a request's body and query, with sentences for what is wrong.

Bodies are read up to a limit and within a time; nobody can make the server keep more than the endpoint allows.
"""

import asyncio
import re
from typing import Any, Final, TypeVar

import msgspec
from aiohttp import web

from showroom.errors import BadRequest, TooLarge

S = TypeVar("S", bound=msgspec.Struct)

BODY_S: Final = 20.0
_MOST_QUERY: Final = 4_000
_MOST_FIELDS: Final = 60
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")


class WrongMediaType(BadRequest):
    """The body is of a type that is not read here."""

    code = "request.media_type"
    status = 415


class TooSlow(BadRequest):
    """The body did not come in time."""

    code = "request.timeout"
    status = 408


async def read_bytes(request: web.Request, most: int) -> bytes:
    """
    The whole body.

    Raises
    ------
    TooLarge
        More than ``most`` bytes; the rest is not read.
    TooSlow
        It takes longer than ``BODY_S``.
    """
    if (request.content_length or 0) > most:
        raise TooLarge(f"The body has {request.content_length:,} bytes; {most:,} are allowed here.", most_bytes=most)
    parts = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for part in request.content.iter_chunked(64 << 10):
                parts += part
                if len(parts) > most:
                    raise TooLarge(f"The body has more than the {most:,} bytes that are allowed here.", most_bytes=most)
    except TimeoutError:
        raise TooSlow(f"The body did not come within {BODY_S:.0f} s. Try again on a better line.") from None
    return bytes(parts)


async def read_body(request: web.Request, kind: type, most: int) -> Any:
    """
    The body as a struct.

    Raises
    ------
    WrongMediaType
        Not sent as JSON. (So that no form of another site can be taken for one: those cannot set this header.)
    BadRequest
        Not JSON, or a field is missing, unknown, of the wrong kind or out of its bounds.
    TooLarge, TooSlow
        See ``read_bytes``.
    """
    if request.content_type != "application/json":
        raise WrongMediaType("Send the body as JSON, with the header Content-Type: application/json.")
    data = await read_bytes(request, most)
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as exc:
        raise invalid(exc) from exc
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise BadRequest(f"The body is not JSON ({_one_line(str(exc))}). Mend it and send it again.") from exc


def read_query(request: web.Request, kind: type[S]) -> S:
    """
    The query as a struct: text becomes what the field wants; a name given several times becomes a list.

    Raises
    ------
    BadRequest
        A field is unknown, of the wrong kind or out of its bounds, or there is far too much of it.
    """
    if len(request.query_string) > _MOST_QUERY or len(request.query) > _MOST_FIELDS:
        raise BadRequest(f"The query is too long: {_MOST_QUERY:,} characters are read. Shorten it.")
    given: dict[str, Any] = {}
    for name in request.query:
        values = request.query.getall(name)
        given[name] = values if len(values) > 1 else values[0]
    for field in msgspec.structs.fields(kind):
        if isinstance(given.get(field.encode_name), str) and _is_list(field.type):
            given[field.encode_name] = [given[field.encode_name]]
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as exc:
        raise invalid(exc, what="the query") from exc


def read_key(request: web.Request, *, is_needed: bool) -> str:
    """
    The ``Idempotency-Key`` header, or empty.

    Raises
    ------
    BadRequest
        It is needed and missing, or not printable ASCII of 1 to 200 characters.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key and not is_needed:
        return ""
    if not _KEY.fullmatch(key):
        raise BadRequest(
            "This needs the header Idempotency-Key with 1 to 200 characters of your choice (a fresh UUID). "
            "Send the same key again to repeat a request whose answer was lost.",
            header="Idempotency-Key",
        )
    return key


def invalid(exc: msgspec.ValidationError, *, what: str = "the body") -> BadRequest:
    """msgspec's complaint in words, with the field it is about."""
    why, _, where = str(exc).partition(" - at `")
    field = where.replace("`", "").removeprefix("$").removeprefix(".").replace("[...]", "[]")
    why = why.replace("`str`", "text").replace("`object`", "an object").replace("`array`", "a list")
    why = why.replace("`int`", "a whole number").replace("`float`", "a number").replace("`bool`", "true or false")
    why = _one_line(why.replace("`", "'"))
    why = why[:1].lower() + why[1:]
    return BadRequest(f"{field or what}: {why}. See /openapi.json for what is expected.", field=field)


def _is_list(kind: Any) -> bool:
    found = msgspec.inspect.type_info(kind)
    options = found.types if isinstance(found, msgspec.inspect.UnionType) else (found,)
    return any(
        isinstance(one, msgspec.inspect.ListType | msgspec.inspect.VarTupleType | msgspec.inspect.SetType)
        for one in options
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]
