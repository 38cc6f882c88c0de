"""
One bot's seat: a connection of the real protocol, kept up over lost links.

Only *watchers* read every frame: what 200 bots see is much the same, and reading it 200 times over in Python would be
the load, not the server. The others read frames until they know where they stand, then only count them. Everything
else, events above all, every bot reads and acknowledges.
"""

import asyncio
import contextlib
import math
import random
from collections import deque
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from showroom.bots.door import Door, NoEntry, Seat
from showroom.bots.measure import Measure
from showroom.bots.walker import Walker
from showroom.protocol.errors import ProtocolError
from showroom.protocol.ids import MAX_TO_CLIENT, SUBPROTOCOL, Close, Refusal, ToClient
from showroom.protocol.messages import FromClient, Numbered, Refused, Welcome, encode_to_server
from showroom.protocol.predict import PoseSender
from showroom.protocol.receiver import Correction
from showroom.protocol.session import ClientSession, Phase
from showroom.realtime.look import Look

_FRAMES: Final = frozenset({ToClient.FRAME, ToClient.KEYFRAME, ToClient.FAR, ToClient.RIGS})
_MOST_WAITING: Final = 256
_OPEN_S: Final = 10.0
_FIRST_PAUSE_S: Final = 0.4
_LONGEST_PAUSE_S: Final = 2.0


class Shopper:
    """
    Parameters
    ----------
    door
        Where its ticket comes from.
    look
        Of its avatar.
    walker
        Its body: put where the server says it stands.
    clock
        Seconds, monotonic.
    is_watching
        Whether it reads every frame.
    on_event
        Called with every event, once and in order.
    """

    def __init__(
        self,
        name: str,
        *,
        door: Door,
        walker: Walker,
        measure: Measure,
        clock: Callable[[], float],
        chance: random.Random,
        look: Look | None = None,
        is_watching: bool = False,
        on_event: Callable[["Shopper", Numbered], None] | None = None,
    ) -> None:
        self.name: Final = name
        self.look: Final = look or Look()
        self.walker: Final = walker
        self.is_watching: Final = is_watching
        self.session = ClientSession()
        self.sender: PoseSender | None = None
        self.jumps = 0
        """How often it was put elsewhere."""
        self.is_placed = False
        """Whether it knows where it stands: walks and sends poses from then on."""
        self._door = door
        self._measure = measure
        self._clock = clock
        self._chance = chance
        self._on_event = on_event
        self._waiting: deque[bytes] = deque()
        self._has_waiting = asyncio.Event()
        self._socket: ClientConnection | None = None
        self._seat: Seat | None = None
        self._copy = 1
        self._lost_s: float | None = None
        self._is_leaving = False
        self.on_frame: Callable[[Shopper], None] | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is in the room and its link is alive."""
        return self._socket is not None and self.session.phase is Phase.OPEN

    @property
    def member(self) -> int | None:
        """Its number in the room."""
        return self.session.seat.member if self.session.seat is not None else None

    @property
    def where(self) -> tuple[str, int]:
        """Its room, and which copy of it: slots and numbers mean something in there alone."""
        return (self.session.seat.room if self.session.seat is not None else "", self._copy)

    def post(self, message: FromClient | bytes) -> None:
        """Send something as soon as may be; nothing while the link is lost."""
        if not self.is_open or len(self._waiting) >= _MOST_WAITING:
            return
        self._waiting.append(message if isinstance(message, bytes) else encode_to_server(message))
        self._has_waiting.set()

    def drop(self) -> None:
        """Lose the link, as in a tunnel: no word of good-bye."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def run(self) -> None:
        """
        Stay in the room until cancelled, or until it is clear that one is not wanted.

        Raises
        ------
        NoEntry
            The first ticket was refused.
        """
        pause_s = _FIRST_PAUSE_S
        while not self._is_leaving:
            try:
                code = await self._once()
                pause_s = _FIRST_PAUSE_S
            except (OSError, TimeoutError, InvalidHandshake, InvalidURI) as exc:
                if self._seat is None:
                    raise NoEntry(f"The socket does not open: {exc}. Is the server reachable?") from exc
                self._measure.failed += 1
                code = 0
            if not self._may_go_on(code):
                return
            await asyncio.sleep(pause_s * self._chance.uniform(0.7, 1.3))  # not all at once
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    async def leave(self) -> None:
        """Good-bye; the seat is free at once."""
        from showroom.protocol.messages import Bye

        self._is_leaving = True
        if self._socket is not None:
            with contextlib.suppress(ConnectionClosed, OSError):
                await self._socket.send(encode_to_server(Bye()))
                await self._socket.close()

    # ── inside

    def _may_go_on(self, code: int) -> bool:
        """What to do after the end of a connection: resume, join anew, or go home."""
        if self._is_leaving:
            return False
        if code in (Close.RESUME_UNKNOWN, Close.TICKET, Close.ROOM_FULL):
            self.session = ClientSession()
            self._seat = None
            self._measure.rejoined += 1
            return True
        is_ours = 4000 <= code < 5000
        return not is_ours or code < 4500

    async def _once(self) -> int:
        """One connection, from HELLO to its end; the close code."""
        is_resume = self.session.seat is not None
        if not is_resume or self._seat is None:
            self._seat = await self._door.seat(self.name, self.look)
            self._copy = self._seat.copy
        host = urlsplit(self._seat.url).hostname or ""
        async with connect(
            self._seat.url,
            subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
            compression=None,
            max_size=MAX_TO_CLIENT,
            open_timeout=_OPEN_S,
            close_timeout=2,
            proxy=None if host in ("localhost", "::1") or host.startswith("127.") else True,
        ) as socket:
            await socket.send(self.session.hello(None if is_resume else self._seat.ticket, client="showroom-bots/1"))
            self._socket = socket
            self._waiting.clear()
            writer = asyncio.create_task(self._write(socket))
            try:
                async for data in socket:
                    if isinstance(data, bytes):
                        self._receive(data)
            except ProtocolError as exc:
                self._measure.refused[f"protocol_{exc.close.name.lower()}"] += 1
                socket.transport.abort()
            except ConnectionClosed:
                pass
            finally:
                self._socket = None
                self.session.lost()
                writer.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await writer
        code = socket.close_code or 0
        if not self._is_leaving:
            self._measure.closes[code] += 1
            self._measure.lost += 1
            self._lost_s = self._clock()
        return code

    async def _write(self, socket: ClientConnection) -> None:
        measure = self._measure
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self._has_waiting.wait()
                self._has_waiting.clear()
                while self._waiting:
                    data = self._waiting.popleft()
                    measure.messages_out += 1
                    measure.bytes_out += len(data)
                    await socket.send(data)

    def _receive(self, data: bytes) -> None:
        measure = self._measure
        measure.messages_in += 1
        measure.bytes_in += len(data)
        if data and data[0] in _FRAMES:
            if data[0] == ToClient.FRAME:
                measure.frames_in += 1
            if not self.is_watching and self.is_placed:
                return
            self.session.receive(data)
            if not self.is_placed:
                self._find_oneself()
            elif self.on_frame is not None:
                self.on_frame(self)
            return
        message = self.session.receive(data)
        match message:
            case Welcome():
                self._welcome(message)
            case Correction():
                self._correct(message)
            case Numbered():
                measure.events += 1
                if self._on_event is not None:
                    self._on_event(self, message)
                for due in self.session.due():
                    self.post(due)
            case Refused():
                measure.refused[message.code] += 1

    def _welcome(self, welcome: Welcome) -> None:
        self.sender = PoseSender(welcome.limits)
        self.is_placed = False
        if welcome.resumed:
            self._measure.resumed += 1
            if self._lost_s is not None:
                self._measure.back_s.append(self._clock() - self._lost_s)
        else:
            self._measure.joined += 1

    def _find_oneself(self) -> None:
        seat = self.session.seat
        me = None if seat is None else self.session.crowd.near.get(seat.slot)
        if me is not None:
            self.walker.put((me.x / 100, me.z / 100), _radians(me.yaw, 256))
            self.is_placed = True
            self.jumps += 1

    def _correct(self, correction: Correction) -> None:
        reason = Refusal(correction.reason).name.lower() if correction.reason else "moved"
        if correction.reason or (self.sender is not None and self.sender.sent):  # else: only told where it stands
            self._measure.corrected[reason] += 1
        self.jumps += 1
        self.walker.put((correction.x / 100, correction.z / 100), _radians(correction.yaw, 65536))
        self.is_placed = True
        if self.sender is not None:
            self.sender.reset()


def _radians(turn: int, whole: int) -> float:
    return (turn / whole * math.tau + math.pi) % math.tau - math.pi
