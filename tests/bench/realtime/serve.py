"""
The real server with one room of the bench's floor: all of ``showroom serve`` (HTTP, database, shop, one door), seat
tickets really promised and signed. Only the room's plan is given here, since it starts everybody where a trace starts.

usage: serve.py PORT PEOPLE EDGE_M FOLDER

Writes FOLDER/hello.bin, a HELLO for each person (u16 length, bytes), then prints READY.
"""

import asyncio
import sys
from pathlib import Path

import uvloop
from traces import spawns

from showroom.accounts.principal import Principal, Role
from showroom.protocol.ids import Cap
from showroom.protocol.messages import Hello, encode_to_server
from showroom.realtime.plan import FixedPlans, RoomPlan
from showroom.server import Server
from showroom.services import Services
from showroom.settings import Settings
from showroom.world.floor import Floor


async def main(port: int, people: int, edge_m: float, folder: Path) -> None:
    size = round(edge_m * 100)
    plan = RoomPlan(store="bench", room="hall", floor=Floor((size, size), spawns=spawns(people, edge_m)), seats=people)

    async def prepare(services: Services) -> None:
        services.realtime.hub.plans = FixedPlans(plan)  # type: ignore[misc]

    settings = Settings(
        data=str(folder / "data"), library=str(folder / "library"), port=port, ticket_s=600.0, worker=False
    )
    server = Server(settings, prepare=prepare)
    await server.start()
    with (folder / "hello.bin").open("wb") as file:
        for number in range(people):
            who = Principal(id=f"g_{number:08d}", role=Role.GUEST)
            granted = await server.services.realtime.reception.grant(who, "bench", "hall", peer="127.0.0.1")
            hello = encode_to_server(Hello(ticket=granted.token, caps=int(Cap.FAR)))
            file.write(len(hello).to_bytes(2, "little") + hello)
    print("READY", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4])))
