"""
What an endpoint of the API is: a row with its path, its types and its permission, and a function of a ``Call``.

From the same rows come the routes (``api.py``) and ``/openapi.json``. A handler never touches JSON: its body and query
arrive as checked structs, its answer leaves as one. Errors of the ``ShowroomError`` tree may be raised anywhere.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from showroom.accounts.principal import Principal, Scope

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """
    One request, understood and allowed.

    Parameters
    ----------
    who
        Who asks; a guest where nobody signed in.
    path
        The variable parts of the path.
    query, body
        Structs of the endpoint's types, or None where it has none.
    idempotency_key
        The header of that name, or empty.
    request
        For the few who stream: files and uploads.
    """

    who: Principal
    path: Mapping[str, str]
    query: Any
    body: Any
    idempotency_key: str
    request: web.Request


Handler = Callable[[Call], Awaitable[Any]]
"""Gives a struct (sent as JSON with the endpoint's status), None (204), or a ``web.StreamResponse`` of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """
    One row of the API.

    Parameters
    ----------
    path
        As aiohttp writes it: ``/api/products/{id}``.
    handler
        Its first docstring line is the summary in the documentation.
    scope
        What the caller must have; None for everybody, guests without a session too.
    query, body, answer
        msgspec structs, or None.
    status
        Of a good answer.
    limit
        The class of rate limit: ``read`` (cheap), ``write``, ``costly`` (sign-in, uploads, searches).
    most_bytes
        Largest body; None for a handler that streams and counts itself.
    is_idempotent
        A write that needs an ``Idempotency-Key`` header.
    is_public
        The same for everybody, so that pages of other sites may read it (``embedding``).
    """

    method: Method
    path: str
    handler: Handler
    tag: str
    scope: Scope | None = None
    query: type | None = None
    body: type | None = None
    answer: type | None = None
    status: int = 200
    limit: Literal["read", "write", "costly"] = "read"
    most_bytes: int | None = 64 << 10
    is_idempotent: bool = False
    is_public: bool = False
    responses: Mapping[int, str] = field(default_factory=dict)
