"""
A small server of rooms for tests that need a process of their own: the real service behind the real door.

    python live_server.py DATA_FOLDER PORT [setting=value …]

Prints its port when it is ready. The rooms are fixed: store ``demo`` with ``hall`` (20 m by 14 m, one wall) and
``nook`` (three seats).
"""

import asyncio
import signal
import sys
from pathlib import Path

import msgspec
import numpy as np
from aiohttp import web

from showroom.accounts.principal import SCOPES, Principal, Role
from showroom.db.database import Database, sqlite_url
from showroom.db.tables import metadata
from showroom.http.api import Api
from showroom.http.limits import Limits, Rate
from showroom.http.metrics import Metrics
from showroom.http.peers import Peers
from showroom.http.rooms import endpoints
from showroom.keys import secret
from showroom.realtime import Realtime, RoomPlan
from showroom.realtime.plan import FixedPlans
from showroom.settings import Settings
from showroom.world.floor import Floor
from showroom.world.things import Thing

HALL = Floor(
    size_cm=(2000, 1400),
    walls_cm=np.array([[1000.0, 0.0, 1000.0, 700.0]]),
    spawns=np.array([[300, 300, 0, 0], [400, 300, 0, 0], [300, 400, 0, 0], [400, 400, 0, 0]]),
)
PLANS = FixedPlans(
    RoomPlan(store="demo", room="hall", tenant="t_demo", floor=HALL, things={"vase": Thing(None, (350, 0, 350))}),
    RoomPlan(store="demo", room="nook", tenant="t_demo", floor=Floor(size_cm=(500, 500)), seats=3),
)


class Names:
    """Who somebody is, by a token that names them: ``Bearer host:a_hanna``. Stands in for accounts."""

    async def identify(self, *, token: str, session: str) -> Principal | None:
        role, _, person = token.partition(":")
        if not person:
            return None
        found = Role(role)
        tenant = "t_demo" if found in (Role.HOST, Role.MERCHANT) else ""
        return Principal(id=person, role=found, tenant=tenant, scopes=SCOPES[found])


class LiveServer:
    """The rooms with just enough of the API around them."""

    def __init__(self, data: Path, **changes: object) -> None:
        self.settings = msgspec.convert({"data": str(data), "port": 0, **changes}, Settings, strict=False)
        data.mkdir(parents=True, exist_ok=True)
        self.database = Database(self.settings.database or sqlite_url(data / "live.db"))
        metadata.create_all(self.database.engine)
        peers = Peers(
            host=self.settings.host,
            public_url=self.settings.public_url,
            allowed_origins=self.settings.allowed_origins,
            trusted_proxies=self.settings.trusted_proxies,
        )
        self.realtime = Realtime(self.settings, self.database, PLANS, peers=peers, secret=secret(data / "secret.key"))
        rate = Rate(100_000, 100_000)
        limits = Limits(
            {"read": rate, "write": rate, "costly": rate}, address_factor=100, clock=asyncio.get_running_loop().time
        )
        api = Api(
            endpoints(self.realtime), gate=Names(), limits=limits, peers=peers, metrics=Metrics(token="", sources=[])
        )
        self._runner = web.AppRunner(api.app(), access_log=None, handle_signals=False, shutdown_timeout=1)

    async def start(self) -> int:
        """The port."""
        await self._runner.setup()
        await self.realtime.start(http=self._runner.server, owns_process=False)
        return self.realtime.addresses[0][1]

    async def stop(self, *, drain: bool = True) -> None:
        """In good order, unless ``drain`` is off."""
        if drain:
            await self.realtime.drain(within_s=4)
        await self.realtime.stop()
        await self._runner.cleanup()
        await asyncio.to_thread(self.database.close)


async def main(data: str, port: str, *changes: str) -> None:
    server = LiveServer(Path(data), port=int(port), **dict(change.split("=", 1) for change in changes))
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    print(await server.start(), flush=True)
    await stopped.wait()
    await server.stop()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(*sys.argv[1:]))
