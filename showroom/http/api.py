"""
From rows of ``Endpoint`` to a running API: routes, checks, permissions, limits, errors, headers.

What happens to a request, in this order: its Host and Origin are looked at; who asks is found out; the rate limit
counts it; the permission is checked; key, query and body are read into structs; the handler runs within a time; its
answer leaves as JSON. Whatever goes wrong on the way leaves as one shape of error. What it is not: a place for any
domain.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, Protocol

import msgspec
from aiohttp import hdrs, web

from showroom.accounts.principal import Principal, Role
from showroom.errors import Forbidden, ServerError, SignInNeeded
from showroom.http import headers
from showroom.http.context import COOKIE, ID, PEER
from showroom.http.embedding import CLOSED, EMBEDDING, Embedding
from showroom.http.endpoint import Call, Endpoint
from showroom.http.failures import as_answer
from showroom.http.limits import Limits, network
from showroom.http.metrics import Metrics
from showroom.http.openapi import document
from showroom.http.peers import Peers
from showroom.http.reading import read_body, read_key, read_query

HANDLER_S: Final = 30.0
_MOST_BYTES: Final = 64 << 10
_NOBODY: Final = Principal(id="", role=Role.GUEST, scopes=frozenset())
_CORS_HEADERS: Final = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Range"
_CORS_SHOWN: Final = "ETag, Location, Retry-After, X-Request-Id, Content-Range, Accept-Ranges"

_log: Final = logging.getLogger("showroom.http")
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_encoder: Final = msgspec.json.Encoder(enc_hook=str)


class WrongHost(ServerError):
    """The Host header names some other server."""

    code = "request.host"
    status = 421


class WrongOrigin(Forbidden):
    """A page of another site is behind the request."""

    code = "request.origin"


class Gate(Protocol):
    """Who knows the callers."""

    async def identify(self, *, token: str, session: str) -> Principal | None:
        """
        Whose API token or session cookie that is; None for nobody's.

        Raises
        ------
        SignInNeeded
            A token was sent that is not (or no longer) good.
        """
        ...


class Api:
    """
    Parameters
    ----------
    endpoints
        All rows of all domains.
    gate
        Finds out who asks.
    limits, peers, metrics
        See there.
    pages
        Adds routes that are no API (the client's files, ``/metrics``); called last.
    page_policy
        The Content-Security-Policy of answers that set none.
    embedding
        Which other sites may read rows that are public.
    """

    def __init__(
        self,
        endpoints: Iterable[Endpoint],
        *,
        gate: Gate,
        limits: Limits,
        peers: Peers,
        metrics: Metrics,
        pages: Callable[[web.UrlDispatcher], None] = lambda router: None,
        page_policy: str = headers.PAGE_POLICY,
        embedding: Embedding = CLOSED,
    ) -> None:
        self.endpoints: Final[Sequence[Endpoint]] = tuple(endpoints)
        self._gate = gate
        self._limits = limits
        self._peers = peers
        self._metrics = metrics
        self._pages = pages
        self._page_policy = page_policy
        self._embedding = embedding
        self._document: bytes | None = None
        self._has_warned = False
        self._in_flight = 0
        self._is_draining = False
        self._idle = asyncio.Event()
        self._idle.set()

    def app(self) -> web.Application:
        """The application. aiohttp's own limit of bodies is the smallest: handlers do not read by it."""
        app = web.Application(middlewares=[self._outermost], client_max_size=1024)
        for row in self.endpoints:
            if row.method == "GET":
                app.router.add_get(row.path, self._handler(row))  # answers HEAD too
            else:
                app.router.add_route(row.method, row.path, self._handler(row))
        app.router.add_get("/openapi.json", self._openapi)
        self._pages(app.router)
        return app

    async def drain(self) -> None:
        """
        Close each connection after its answer from now on, and wait until nothing is being answered.

        aiohttp's own shutdown waits for handlers, but reads nothing any more: a body that is still on its way would
        never arrive, and its request never be answered.
        """
        self._is_draining = True
        await self._idle.wait()

    async def _openapi(self, request: web.Request) -> web.Response:
        if self._document is None:  # made when somebody asks: after a crash people wait for the start
            self._document = msgspec.json.encode(document(self.endpoints))
        answer = web.Response(body=self._document, content_type="application/json")
        answer.headers["Cache-Control"] = headers.ASK_AGAIN
        answer.enable_compression()
        return answer

    def _handler(self, row: Endpoint) -> _Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            if row.is_public:
                request[EMBEDDING] = self._embedding
            who = await self._who(request)
            peer = request[PEER]
            self._limits.take(row.limit, person=who.id, address=network(peer.address))
            if row.scope is not None:
                if not who.id:
                    raise SignInNeeded(
                        "Say who you are: take a guest's pass (POST /api/guests), sign in (POST /api/sessions), "
                        "or send an API token."
                    )
                who.require(row.scope)
            key = read_key(request, is_needed=row.is_idempotent)
            query = read_query(request, row.query) if row.query is not None else None
            body: Any = None
            if row.body is not None:
                body = await read_body(request, row.body, row.most_bytes or _MOST_BYTES)
            call = Call(who=who, path=request.match_info, query=query, body=body, idempotency_key=key, request=request)
            if row.most_bytes is None:
                found: object = await row.handler(call)
                return _as_response(row, found)
            async with asyncio.timeout(HANDLER_S):
                found = await row.handler(call)
            return _as_response(row, found)

        return handle

    async def _who(self, request: web.Request) -> Principal:
        kind, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if kind and kind.lower() != "bearer":
            raise SignInNeeded("Send an API token as Authorization: Bearer ….")
        found = await self._gate.identify(token=token.strip(), session=request.cookies.get(COOKIE, ""))
        return found if found is not None else _NOBODY

    def _check(self, request: web.Request) -> None:
        origin = request.headers.get(hdrs.ORIGIN, "")
        if not self._peers.is_own_host(request.host):
            raise WrongHost(
                "This server does not go by that name. Open it by the address it printed, "
                "or set public_url to the address that shoppers type."
            )
        if not self._peers.may_change(
            request.method,
            origin=origin,
            host=request.host,
            fetch_site=request.headers.get("Sec-Fetch-Site", ""),
            has_cookie=COOKIE in request.cookies,
        ):
            raise WrongOrigin(
                "A page of another site may not do this. If it is yours, add its origin to the setting "
                "allowed_origins; if a proxy stands in front of the server, set public_url.",
                origin=origin[:200],
            )

    @web.middleware
    async def _outermost(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Errors, headers, log and metrics of every request."""
        begun = time.perf_counter()
        request_id = secrets.token_hex(8)
        request[ID] = request_id
        request[PEER] = self._peers.peer(
            request.remote or "",
            request.scheme,
            forwarded_for=request.headers.get("X-Forwarded-For", ""),
            forwarded_proto=request.headers.get("X-Forwarded-Proto", ""),
        )
        if not self._has_warned and "X-Forwarded-For" in request.headers and request[PEER].address == request.remote:
            self._has_warned = True
            _log.warning(
                "X-Forwarded-For comes from an address that is no trusted proxy, and is not believed. "
                "If a proxy stands in front, name it in the setting trusted_proxies: else all visitors share one limit."
            )
        route = _route(request)
        code = ""
        self._metrics.in_flight.inc()
        self._in_flight += 1
        self._idle.clear()
        try:
            try:
                self._check(request)
                if request.method == "OPTIONS":
                    answer: web.StreamResponse = web.Response(status=204)
                else:
                    answer = await handler(request)
            except Exception as exc:  # noqa: BLE001 - the one place where errors meet the caller
                answer, code = as_answer(exc, request_id=request_id, route=route)
        finally:
            self._metrics.in_flight.dec()
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()
        self._finish(request, answer, request_id)
        seconds = time.perf_counter() - begun
        self._metrics.requests.labels(request.method, route, str(answer.status)).inc()
        self._metrics.seconds.labels(route).observe(seconds)
        if code:
            self._metrics.refused.labels(code).inc()
        _log.info(
            "request",
            extra={
                "id": request_id, "method": request.method, "route": route, "status": answer.status,
                "ms": round(seconds * 1000, 2), **({"code": code} if code else {}),
            },
        )  # fmt: skip
        return answer

    def _finish(self, request: web.Request, answer: web.StreamResponse, request_id: str) -> None:
        if answer.prepared:
            return  # a stream that has begun has set its own
        answer.headers.setdefault("Content-Security-Policy", self._page_policy)
        for name, value in headers.SECURITY.items():
            answer.headers.setdefault(name, value)
        peer = request[PEER]
        if peer.scheme == "https":
            answer.headers["Strict-Transport-Security"] = headers.ONLY_TLS
        answer.headers["Server"] = "showroom"
        if self._is_draining:
            answer.force_close()
        answer.headers["X-Request-Id"] = request_id
        request.get(EMBEDDING, CLOSED).allow(request, answer.headers)
        if self._peers.allowed:
            answer.headers.add("Vary", "Origin")
        origin = request.headers.get(hdrs.ORIGIN, "")
        if origin and origin in self._peers.allowed:
            # No Allow-Credentials: other sites' pages use tokens. A cookie of a shopper is none of their business.
            answer.headers["Access-Control-Allow-Origin"] = origin
            answer.headers["Access-Control-Expose-Headers"] = _CORS_SHOWN
            answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
            if request.method == "OPTIONS":
                answer.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, PUT, PATCH, DELETE"
                answer.headers["Access-Control-Allow-Headers"] = _CORS_HEADERS
                answer.headers["Access-Control-Max-Age"] = "600"


def _as_response(row: Endpoint, found: object) -> web.StreamResponse:
    if isinstance(found, web.StreamResponse):
        return found
    if found is None:
        return web.Response(status=204, headers={"Cache-Control": "no-store"})
    return web.Response(
        body=_encoder.encode(found),
        status=row.status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _route(request: web.Request) -> str:
    """The pattern that matched, never the address itself: metrics stay few, and logs hold nothing of a person."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "(none)"
