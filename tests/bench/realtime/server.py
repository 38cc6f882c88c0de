"""
The least server around a World: picows, real WELCOMEs and frames, no shop and no chat. For measuring the wire alone;
``tests/bench/realtime.py`` measures ``showroom serve`` itself.

usage: server.py PORT PEOPLE EDGE_M
"""

import asyncio
import os
import sys
import time

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_create_server
from traces import spawns

from showroom.protocol.errors import ProtocolError
from showroom.protocol.ids import ToServer
from showroom.protocol.messages import Hello, Resync, Welcome
from showroom.protocol.session import ServerSession
from showroom.world import Floor, World
from showroom.world.frames import framed

HIGH = 32 * 1024


def now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class Room:
    def __init__(self, people: int, edge_m: float) -> None:
        size = round(edge_m * 100)
        self.world = World(Floor((size, size), spawns=spawns(people, edge_m)), capacity=people + 16)
        self.slots: list[int] = []
        self.poses: list[bytes] = []
        self.writes: dict[int, Link] = {}

    def tick(self) -> None:
        now, slots, poses = now_ms(), self.slots, self.poses
        self.slots, self.poses = [], []
        applied = self.world.apply(now, slots, poses)
        for slot in applied.flooding + applied.malformed:
            if slot in self.writes:
                self.writes[slot].transport.disconnect()
        tick = self.world.tick(now)
        links = self.writes
        for data, who in tick.frames:
            for slot in who:
                link = links[slot]
                if link.size() < HIGH:
                    link.write(data)
                else:
                    self.world.detach(slot)
        for slot, data in tick.private:
            if slot in links:
                links[slot].write(data)
        self.world.sent(now_ms())


class Link(WSListener):
    def __init__(self, room: Room) -> None:
        self.room = room
        self.slot = -1

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self.write = transport.underlying_transport.write
        self.size = transport.underlying_transport.get_write_buffer_size
        self.session = ServerSession(now_ms())

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is WSMsgType.CLOSE:
            transport.send_close()
            transport.disconnect()
            return
        payload = frame.get_payload_as_bytes()
        if self.slot >= 0 and payload[0] == ToServer.POSE:
            self.room.slots.append(self.slot)
            self.room.poses.append(payload)
            return
        try:
            message = self.session.receive(payload, now_ms())
        except ProtocolError as error:
            transport.send_close(int(error.close))
            transport.disconnect()
            return
        world = self.room.world
        if isinstance(message, Hello):
            self.slot = world.enter(now_ms())
            self.room.writes[self.slot] = self
            welcome = Welcome(
                version=1, slot=self.slot, member=self.slot + 1, room="bench", key="k", cursor=0, resumed=False,
                hz=20, time_ms=now_ms() & 0xFFFFFFFF, floor=world.floor_info, limits=world.limits,
            )  # fmt: skip
            self.write(framed(self.session.welcome(welcome)))
        elif isinstance(message, Resync):
            world.attach(self.slot)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.room.writes.pop(self.slot, None)
        self.room.world.leave(self.slot)


async def main() -> None:
    port, people, edge_m = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    room = Room(people, edge_m)
    await ws_create_server(lambda request: Link(room), "127.0.0.1", port, enable_auto_ping=False, backlog=4096)
    print("READY", os.getpid(), flush=True)
    loop = asyncio.get_running_loop()
    due = loop.time()
    while True:
        due = max(due + 0.05, loop.time() - 0.5)
        await asyncio.sleep(max(due - loop.time(), 0))
        room.tick()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
