"""
A client of rooms for tests: the real session over the real socket. ``protocol_client`` knows only the document instead.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import aiohttp
import websockets

from showroom.protocol.events import AnyEvent
from showroom.protocol.messages import Numbered, Refused, Say, Welcome, encode_to_server
from showroom.protocol.pose import Pose
from showroom.protocol.receiver import Correction
from showroom.protocol.session import ClientSession

#: How long anything may be in coming: a slow machine is no failure.
_WITHIN_S: Final = 40.0


async def ticket(base: str, room: str = "hall", *, bearer: str = "", **body: Any) -> dict[str, Any]:
    """The answer to a request for a ticket, with its ``status``."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.post(f"{base}/api/rooms/demo/{room}/tickets", json=body) as answer,
    ):
        return {"status": answer.status, **await answer.json()}


class Guest:
    """Somebody in a room: reads all the time, acknowledges, remembers."""

    def __init__(self) -> None:
        self.session = ClientSession()
        self.url = ""
        self.code = ""
        self.at = (0, 0)
        self.events: list[AnyEvent] = []
        self.refused: list[Refused] = []
        self.corrections: list[Correction] = []
        self.close_code: int | None = None
        self.welcomed = asyncio.Event()
        self._clock_ms = 1000
        self._changed = asyncio.Condition()
        self._socket: websockets.ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None

    async def join(self, base: str, room: str = "hall", *, bearer: str = "", **body: Any) -> "Guest":
        granted = await ticket(base, room, bearer=bearer, **body)
        assert granted["status"] == 201, granted
        self.url, self.code = granted["url"], granted["code"]
        await self.connect(granted["ticket"])
        return self

    async def connect(self, granted: str | None) -> None:
        """With a ticket, or None to resume."""
        self.welcomed.clear()
        self.close_code = None
        self._socket = await websockets.connect(self.url, subprotocols=["showroom.v1"])
        self._reader = asyncio.ensure_future(self._read(self._socket))
        await self.send(self.session.hello(granted))

    async def resume(self, *, within_s: float = 30.0) -> None:
        """Try again until the server has the seat, as a client does."""
        async with asyncio.timeout(within_s):
            while True:
                try:
                    await self.connect(None)
                    await self.until_welcome()
                    return
                except (OSError, websockets.WebSocketException):
                    await asyncio.sleep(0.05)

    async def until_welcome(self) -> Welcome:
        assert self._reader is not None
        welcomed = asyncio.ensure_future(self.welcomed.wait())
        await asyncio.wait([welcomed, self._reader], return_when=asyncio.FIRST_COMPLETED)
        welcomed.cancel()
        if not self.welcomed.is_set():
            raise websockets.ConnectionClosedError(None, None)
        assert self.session.seat is not None
        return self.session.seat

    async def until(self, is_so: Callable[["Guest"], bool]) -> None:
        async with asyncio.timeout(_WITHIN_S), self._changed:
            await self._changed.wait_for(lambda: is_so(self))

    async def send(self, data: bytes) -> None:
        assert self._socket is not None
        await self._socket.send(data)

    async def walk(self, steps: list[tuple[int, int]], *, pause_s: float = 0.05) -> None:
        """Stand at each of these places, in centimetres, for as long as a walk to the next takes."""
        for x, z in steps:
            self._clock_ms += int(pause_s * 1000)
            self.at = (x, z)
            await self.send(Pose(time_ms=self._clock_ms, x=x, z=z).encode())
            await asyncio.sleep(pause_s)

    async def say(self, text: str, **more: Any) -> None:
        await self.send(encode_to_server(Say(text=text, **more)))

    @property
    def said(self) -> list[str]:
        """Chat as the person sees it: once each."""
        found = {event.id: event.text for event in self.events if type(event).__name__ == "Said"}
        return [found[key] for key in sorted(found)]

    async def cut(self) -> None:
        """Lose the link, without a goodbye."""
        if self._socket is not None:
            self._socket.transport.abort()
        await self.ended()

    async def ended(self) -> int | None:
        """Wait for the end; the close code."""
        assert self._reader is not None
        await asyncio.wait_for(asyncio.shield(self._reader), _WITHIN_S)
        return self.close_code

    async def leave(self) -> None:
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await self._reader

    async def _read(self, socket: websockets.ClientConnection) -> None:
        try:
            async for data in socket:
                await self._take(data)
                for answer in self.session.due(now=True):
                    await socket.send(answer)
        except websockets.ConnectionClosed:
            pass
        finally:
            self.close_code = socket.close_code
            self.session.lost()
            async with self._changed:
                self._changed.notify_all()

    async def _take(self, data: Any) -> None:
        message = self.session.receive(data)
        match message:
            case Welcome():
                self.welcomed.set()
            case Numbered():
                self.events.append(message.event)
            case Refused():
                self.refused.append(message)
            case Correction():
                self.corrections.append(message)
                self.at = (message.x, message.z)
        async with self._changed:
            self._changed.notify_all()
