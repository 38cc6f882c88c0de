"""
``/healthz``: the process lives. ``/readyz``: it can do its work now: database, library, disk; and it is not draining.

Whoever starts servers restarts those that are not alive, and sends nobody to those that are not ready.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import msgspec
from aiohttp import web
from msgspec import Struct

Check = Callable[[], Awaitable[None]]
"""Raises if something is wrong."""

_WITHIN_S: Final = 3.0
_KEPT_S: Final = 1.0
_log: Final = logging.getLogger("showroom.health")


class Readiness(Struct, frozen=True, kw_only=True):
    """``parts`` says ``ok``, ``slow`` or ``failed`` of each; why is in the log, for it may name places."""

    is_ready: bool
    is_draining: bool
    parts: dict[str, str]


class Health:
    """
    Parameters
    ----------
    checks
        By the name of the part.
    clock
        Seconds, monotonic. An answer is kept for a second: a flood of questions asks the database once.
    """

    def __init__(self, checks: Mapping[str, Check], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._checks = dict(checks)
        self._clock = clock
        self._kept: tuple[float, dict[str, str]] = (float("-inf"), {})
        self._asking = asyncio.Lock()
        self.is_draining = False

    def add_to(self, router: web.UrlDispatcher) -> None:
        router.add_get("/healthz", self.alive)
        router.add_get("/readyz", self.ready)

    async def alive(self, request: web.Request) -> web.Response:
        return _json(b'{"is_alive":true}', 200)

    async def ready(self, request: web.Request) -> web.Response:
        found = await self.look()
        return _json(msgspec.json.encode(found), 200 if found.is_ready else 503)

    async def look(self) -> Readiness:
        """How things are now."""
        async with self._asking:
            if self._clock() - self._kept[0] > _KEPT_S:
                names = list(self._checks)
                states = await asyncio.gather(*(self._state(name) for name in names))
                self._kept = (self._clock(), dict(zip(names, states, strict=True)))
        parts = self._kept[1]
        is_well = all(state == "ok" for state in parts.values())
        return Readiness(is_ready=is_well and not self.is_draining, is_draining=self.is_draining, parts=parts)

    async def _state(self, name: str) -> str:
        try:
            async with asyncio.timeout(_WITHIN_S):
                await self._checks[name]()
        except TimeoutError:
            _log.warning("slow", extra={"part": name})
            return "slow"
        except Exception as exc:  # noqa: BLE001 - whatever it is, the part is not ready
            _log.warning("not ready", extra={"part": name, "why": str(exc)[:300]})
            return "failed"
        return "ok"


def _json(data: bytes, status: int) -> web.Response:
    return web.Response(
        body=data, status=status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )
