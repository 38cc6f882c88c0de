"""
A client written from ``docs/protocol.md`` and nothing else: no code of the server is imported here.

If it stops working, either the server broke its word or the document did. It is small on purpose: connect, walk, see
the others, talk, come back.
"""

import asyncio
import struct
from collections.abc import Callable
from typing import Any

import aiohttp
import msgspec.msgpack as msgpack
import websockets

ID_HELLO, ID_POSE, ID_SAY, ID_ACTION, ID_ACK, ID_WHO, ID_PING, ID_RESYNC, ID_BYE, ID_BODY = (
    1,
    2,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
)
ID_WELCOME, ID_FRAME, ID_KEYFRAME, ID_CORRECT, ID_EVENT, ID_CARDS, ID_PONG = 0x41, 0x42, 0x43, 0x45, 0x46, 0x47, 0x48
LEAVES, ENTERS, MOVES_ALL, MOVES_SOME, YAWS, HEIGHTS, STATES, WIDE = 1, 2, 4, 8, 16, 32, 64, 128
FULL = 1 << 15
CAP_BODIES = 8


class Reader:
    """Little-endian numbers, one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, form: str) -> Any:
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values[0] if len(values) == 1 else values


class Person:
    """Somebody in a cell."""

    def __init__(self, slot: int, revision: int, x: int, z: int, yaw: int) -> None:
        self.slot, self.revision, self.x, self.z, self.yaw = slot, revision, x, z, yaw
        self.y = self.state = 0


class ProtocolClient:
    """One person; keeps its place over lost links."""

    def __init__(self) -> None:
        self.welcome: dict[str, Any] = {}
        self.cells: dict[int, list[Person]] = {}
        self.cards: dict[tuple[int, int], dict[str, Any]] = {}
        self.chat: list[str] = []
        self.at = (0, 0, 0, 0)
        self.close_code: int | None = None
        self.pongs: list[int] = []
        self.bodies: dict[int, dict[int, int]] = {}
        self.votes: list[dict[str, Any]] = []
        self.refused: list[str] = []
        self.sent_bytes = self.read_bytes = 0
        self._cursor = 0
        self._acked = 0
        self._seq: int | None = None
        self._centre = 0
        self._asked: set[tuple[int, int]] = set()
        self._clock_ms = 0
        self._url = ""
        self._changed = asyncio.Condition()
        self._socket: websockets.ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None

    # connecting

    async def join(self, server: str, store: str, room: str, nickname: str) -> None:
        url = f"{server}/api/rooms/{store}/{room}/tickets"
        async with aiohttp.ClientSession() as http, http.post(url, json={"nickname": nickname}) as answer:
            granted = await answer.json()
        self._url = granted["url"]
        await self._open(
            {"versions": [1, 1], "ticket": granted["ticket"], "caps": CAP_BODIES, "client": "protocol_client 1"}
        )

    async def resume(self) -> None:
        pause_s = 0.1
        while True:
            try:
                await self._open({"resume": {"key": self.welcome["key"], "cursor": self._cursor}})
                return
            except OSError:
                await asyncio.sleep(pause_s)
                pause_s *= 2

    async def _open(self, hello: dict[str, Any]) -> None:
        self.close_code = None
        self.welcome = {"key": self.welcome.get("key")}
        self.cells, self._seq = {}, None
        self._socket = await websockets.connect(self._url, subprotocols=["showroom.v1"], compression=None)
        await self._socket.send(bytes([ID_HELLO]) + msgpack.encode(hello))
        self._task = asyncio.ensure_future(self._read(self._socket))
        await self.until(lambda it: "slot" in it.welcome or it.close_code is not None)

    async def lose(self) -> None:
        """The link breaks."""
        assert self._socket is not None
        assert self._task is not None
        self._socket.transport.abort()
        await self._task

    async def bye(self) -> None:
        assert self._socket is not None
        assert self._task is not None
        await self._socket.send(bytes([ID_BYE]))
        await self._task

    async def until(self, is_so: Callable[["ProtocolClient"], bool]) -> None:
        async with asyncio.timeout(40), self._changed:
            await self._changed.wait_for(lambda: is_so(self))

    # sending

    async def walk(self, to_x: int, to_z: int, *, step_cm: int = 14) -> None:
        """Straight there, 20 steps a second."""
        x, z, y, yaw = self.at
        while (x, z) != (to_x, to_z):
            x += max(-step_cm, min(step_cm, to_x - x))
            z += max(-step_cm, min(step_cm, to_z - z))
            self._clock_ms += 50
            await self._send(struct.pack("<BBIHHhhhHbB", ID_POSE, 0, self._clock_ms, x, z, y, 0, 0, yaw, 0, 0))
            self.at = (x, z, y, yaw)
            await asyncio.sleep(0.05)

    async def say(self, text: str) -> None:
        await self._send(bytes([ID_SAY]) + msgpack.encode({"text": text}))

    async def act(self, do: str, **fields: Any) -> None:
        await self._send(bytes([ID_ACTION]) + msgpack.encode({"do": do, **fields}))

    async def body(self, turns: dict[int, int]) -> None:
        """Rotations in four bytes, by the bones' numbers."""
        mask = sum(1 << bone for bone in turns)
        words = [turns[bone] for bone in sorted(turns)]
        await self._send(bytes([ID_BODY]) + mask.to_bytes(3, "little") + struct.pack(f"<{len(words)}I", *words))

    async def ping(self, token: int) -> None:
        await self._send(struct.pack("<BI", ID_PING, token))

    async def _send(self, data: bytes) -> None:
        assert self._socket is not None
        self.sent_bytes += len(data) + 6  # a client's WebSocket header, of messages below 126 bytes
        await self._socket.send(data)

    # reading

    @property
    def people(self) -> dict[int, Person]:
        """Everybody around, by slot."""
        return {person.slot: person for cell in self.cells.values() for person in cell}

    def name_of(self, slot: int) -> str | None:
        person = self.people.get(slot)
        card = self.cards.get((slot, person.revision)) if person else None
        return card["name"] if card else None

    async def _read(self, socket: websockets.ClientConnection) -> None:
        try:
            async for data in socket:
                assert isinstance(data, bytes)
                for answer in self._take(data):
                    await socket.send(answer)
                async with self._changed:
                    self._changed.notify_all()
        except websockets.ConnectionClosed:
            pass
        self.close_code = socket.close_code
        async with self._changed:
            self._changed.notify_all()

    def _take(self, data: bytes) -> list[bytes]:
        self.read_bytes += len(data) + (2 if len(data) < 126 else 4)
        match data[0]:
            case 0x41:
                self.welcome = msgpack.decode(data[1:])
                self._cursor = self._acked = self.welcome["cursor"]
            case 0x42:
                return self._frame(data)
            case 0x43:
                self._keyframe(data)
                return self._who()
            case 0x45:
                _, _, x, z, y, yaw, _ = struct.unpack("<BBHHhHI", data)
                self.at = (x, z, y, yaw)
            case 0x46:
                return self._event(data)
            case 0x47:
                for card in msgpack.decode(data[1:]):
                    self.cards[(card["slot"], card["rev"])] = card
            case 0x49:
                self.refused.append(msgpack.decode(data[1:])["code"])
            case 0x4B:
                self._bodies(data)
            case 0x48:
                self.pongs.append(struct.unpack("<BII", data)[1])
        return []

    def _bodies(self, data: bytes) -> None:
        reader = Reader(data)
        _, count = reader.take("BB")
        for _ in range(count):
            slot, low, high = reader.take("HHB")
            mask = low | high << 16
            self.bodies[slot] = {bone: reader.take("I") for bone in range(20) if mask >> bone & 1}
        assert reader.at == len(data), "bodies with something behind them"

    def wears(self, slot: int) -> list[list[str | None]] | None:
        """What somebody's card says, of the revision that is seen."""
        person = self.people.get(slot)
        card = self.cards.get((slot, person.revision)) if person else None
        return card.get("wears", []) if card else None

    def _event(self, data: bytes) -> list[bytes]:
        (cursor,) = struct.unpack_from("<I", data, 1)
        if cursor <= self._cursor:
            return []
        assert cursor == self._cursor + 1, "an event is missing"
        self._cursor = cursor
        event = msgpack.decode(data[5:])
        if event["is"] == "said":
            self.chat.append(f"{event['name']}: {event['text']}")
        if event["is"] == "vote":
            self.votes.append(event)
        self._acked = cursor
        return [struct.pack("<BI", ID_ACK, cursor)]

    def _frame(self, data: bytes) -> list[bytes]:
        reader = Reader(data)
        _, seq, _, mask = reader.take("BBHH")
        if self._seq is None:
            return []
        if seq != (self._seq + 1) % 256:
            self._seq = None
            return [bytes([ID_RESYNC])]
        self._seq = seq
        self._blocks(reader, mask)
        assert reader.at == len(data), "a frame with something behind it"
        return self._who()

    def _keyframe(self, data: bytes) -> None:
        reader = Reader(data)
        _, seq, _, centre, mask = reader.take("BBIHH")
        if mask & FULL:
            self.cells = {}
        elif self._seq is None:
            return
        self._seq, self._centre = seq, centre
        around = {self._cell(bit) for bit in range(9)}
        self.cells = {cell: people for cell, people in self.cells.items() if cell in around}
        for bit in range(9):
            if mask >> bit & 1:
                self.cells[self._cell(bit)] = []
        self._blocks(reader, mask & 0x1FF)
        assert reader.at == len(data), "a keyframe with something behind it"

    def _cell(self, bit: int) -> int:
        columns = self.welcome["floor"]["columns"]
        return self._centre + (bit // 3 - 1) * columns + bit % 3 - 1

    def _blocks(self, reader: Reader, mask: int) -> None:
        for bit in range(9):
            if mask >> bit & 1:
                self._block(reader, self.cells.setdefault(self._cell(bit), []))

    def _block(self, reader: Reader, people: list[Person]) -> None:
        flags = reader.take("B")
        number = "H" if flags & WIDE else "B"
        if flags & LEAVES:
            gone = {reader.take(number) for _ in range(reader.take(number))}
            people[:] = [person for index, person in enumerate(people) if index not in gone]
        if flags & ENTERS:
            people += [Person(*reader.take("HBHHB")) for _ in range(reader.take(number))]
            people.sort(key=lambda person: person.slot)
        if flags & MOVES_ALL:
            self._moves(reader, people)
        if flags & MOVES_SOME:
            bits = [reader.take("B") for _ in range((len(people) + 7) // 8)]
            self._moves(reader, [person for n, person in enumerate(people) if bits[n // 8] >> n % 8 & 1])
        for flag, form, field in ((YAWS, "B", "yaw"), (HEIGHTS, "h", "y"), (STATES, "I", "state")):
            if flags & flag:
                for _ in range(reader.take(number)):
                    index = reader.take(number)
                    setattr(people[index], field, reader.take(form))

    def _moves(self, reader: Reader, movers: list[Person]) -> None:
        codes = [reader.take("B") for _ in movers]
        for person, code in zip(movers, codes, strict=True):
            if code < 225:
                person.x += code // 15 - 7
                person.z += code % 15 - 7
            elif code == 225:
                dx, dz = reader.take("bb")
                person.x += dx
                person.z += dz
            else:
                person.x, person.z = reader.take("HH")

    def _who(self) -> list[bytes]:
        new = {(p.slot, p.revision) for p in self.people.values()} - self.cards.keys() - self._asked
        if not new:
            return []
        self._asked |= new
        slots = sorted(slot for slot, _ in new)[:64]
        return [struct.pack(f"<BB{len(slots)}H", ID_WHO, len(slots), *slots)]
