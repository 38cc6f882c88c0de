"""
A server of uploads alone, for tests that kill it: ``python upload_server.py FOLDER [SETTINGS as JSON]``.

Prints its address when it listens. Tokens are ``TENANT-anything``; ``operator`` is the operator, ``guest`` a guest.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from showroom.accounts.principal import SCOPES, Principal, Role
from showroom.db.database import Database, sqlite_url
from showroom.db.schema import create_or_upgrade
from showroom.http.api import Api
from showroom.http.limits import Limits, Rate
from showroom.http.metrics import Metrics
from showroom.http.peers import Peers
from showroom.http.uploads import Uploads
from showroom.settings import Settings, with_changes
from showroom_assets.library import Library


class Gate:
    """Believes any token."""

    async def identify(self, *, token: str, session: str) -> Principal | None:
        if not token:
            return None
        role = {"operator": Role.OPERATOR, "guest": Role.GUEST}.get(token, Role.MERCHANT)
        tenant = token.partition("-")[0] if role is Role.MERCHANT else ""
        return Principal(id=f"a_{token}", role=role, tenant=tenant, scopes=SCOPES[role])


def settings_of(folder: Path, **changes: Any) -> Settings:
    """Settings of a server whose data are in ``folder``."""
    return with_changes(Settings(data=str(folder)), **changes)


def library_of(folder: Path, tenant: str) -> Library:
    """The shelf of a tenant."""
    return Library(str(folder / "library"), namespace=tenant or "default")


def make(settings: Settings, **more: Any) -> tuple[web.Application, Uploads, Database]:
    """The application, its service and its database; ``start`` and ``stop`` the service beside it."""
    folder = Path(settings.data)
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database or sqlite_url(folder / "showroom.db"))
    create_or_upgrade(database)
    uploads = Uploads(settings, database, lambda tenant: library_of(folder, tenant), **more)
    often = Rate(10_000.0, 10_000.0)
    api = Api(
        uploads.endpoints(),
        gate=Gate(),
        limits=Limits({"read": often, "write": often, "costly": often}, address_factor=10.0, clock=time.monotonic),
        peers=Peers(host="127.0.0.1", public_url="", allowed_origins=(), trusted_proxies=()),
        metrics=Metrics(),
    )
    return api.app(), uploads, database


async def serve(settings: Settings) -> None:
    """Serve until killed."""
    app, uploads, _ = make(settings)
    await uploads.start()
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", settings.port).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    changes = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
    asyncio.run(serve(msgspec.convert({"data": sys.argv[1], "port": 0, **changes}, Settings)))
