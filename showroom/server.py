"""
The server: puts the services together, opens the door, and closes it in good order.

One process and one loop hold everything: pages, API, rooms, shop, uploads. Services know nothing of each other beyond
what is handed to them here. To stop means: nobody new comes in, what was begun is finished, rooms say goodbye, writes
are on disk; and all of it within ``drain_s``.
"""

import asyncio
import contextlib
import logging
import shutil
import signal
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web
from sqlalchemy import text

from showroom.accounts.service import Accounts
from showroom.db.database import Database, sqlite_url
from showroom.db.schema import create_or_upgrade
from showroom.http import accounts as http_accounts
from showroom.http import client
from showroom.http.api import Api
from showroom.http.catalogue import CatalogueService, Offers, no_offers
from showroom.http.endpoint import Endpoint
from showroom.http.health import Health
from showroom.http.limits import Limits, Rate
from showroom.http.metrics import Metrics
from showroom.http.peers import Peers
from showroom.http.site import Site
from showroom.keys import secret
from showroom.sample import Sample
from showroom.settings import Settings
from showroom.tenants import DEFAULT_TENANT
from showroom_assets.errors import MissingFile, ShowroomError
from showroom_assets.library import Library

_LEAST_DISK_BYTES: Final = 64 << 20
_log: Final = logging.getLogger("showroom.server")


class DiskFull(ShowroomError):
    """There is hardly any room left in the data folder."""

    code = "disk.full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are, after all defaults: the data folder, the database's URL, the library's address."""

    data: Path
    database: str
    library: str


def places(settings: Settings) -> Places:
    """Where a server of these settings keeps things. Makes the data folder."""
    data = Path(settings.data)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Places(
        data=data,
        database=settings.database or sqlite_url(data / "showroom.db"),
        library=settings.library or str(data / "library"),
    )


class Server:
    """
    Parameters
    ----------
    settings
        All of them.
    scans
        See ``CatalogueService``: the demo's.
    offers
        What is offered, where there is no shop.
    site
        The built client's folder.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        scans: Library | None = None,
        offers: Offers = no_offers,
        site: Path | None = None,
    ) -> None:
        self.settings: Final = settings
        self.places: Final = places(settings)
        self.database: Final = Database(self.places.database)
        self._libraries: dict[str, Library] = {}
        key = secret(self.places.data / "secret.key")
        self.accounts: Final = Accounts(
            self.database,
            secret=key,
            session_s=settings.session_days * 86_400,
            guest_s=settings.guest_days * 86_400,
        )
        self.catalogue: Final = CatalogueService(self.libraries, offers=offers, scans=scans)
        self.health: Final = Health(
            {"database": self._check_database, "library": self._check_library, "disk": self._check_disk}
        )
        self._site = site or client.default_folder()
        self._runner: web.AppRunner | None = None
        self.address = ""

    def library_of(self, tenant: str) -> Library:
        """A merchant's products."""
        if tenant not in self._libraries:
            self._libraries[tenant] = Library(self.places.library, namespace=tenant or DEFAULT_TENANT)
        return self._libraries[tenant]

    async def libraries(self) -> Iterable[tuple[str, Library]]:
        """The house's own merchant and all others, with their libraries."""
        merchants = {DEFAULT_TENANT, *(merchant.id for merchant in await self.accounts.merchants())}
        return [(tenant, self.library_of(tenant)) for tenant in sorted(merchants)]

    def endpoints(self) -> list[Endpoint]:
        """Every row of the API."""
        return [*http_accounts.endpoints(self.accounts), *self.catalogue.endpoints()]

    def app(self) -> web.Application:
        """The HTTP side."""
        settings = self.settings
        peers = Peers(
            host=settings.host,
            public_url=settings.public_url,
            allowed_origins=settings.allowed_origins,
            trusted_proxies=settings.trusted_proxies,
        )
        limits = Limits(
            {
                "read": Rate(settings.rate_read, 4 * settings.rate_read),
                "write": Rate(settings.rate_write, 10 * settings.rate_write),
                "costly": Rate(settings.rate_costly, 10 * settings.rate_costly),
            },
            address_factor=settings.rate_per_address,
            clock=time.monotonic,
        )
        metrics = Metrics(token=settings.metrics_token, sources=[self._samples])
        try:
            site = Site(client.load(self._site))
        except MissingFile as exc:
            _log.warning(exc.message)
            site = Site(None)

        def pages(router: web.UrlDispatcher) -> None:
            self.health.add_to(router)
            router.add_get("/metrics", metrics.answer)
            site.add_to(router)

        return Api(self.endpoints(), gate=self.accounts, limits=limits, peers=peers, metrics=metrics, pages=pages).app()

    async def start(self) -> None:
        """
        Bring the database up to date, start the services, open the door; ``address`` is set then.

        Raises
        ------
        OSError
            The port is taken.
        ShowroomError
            A part cannot start; the message says which and what to do.
        """
        await asyncio.to_thread(create_or_upgrade, self.database)
        self._runner = web.AppRunner(
            self.app(), access_log=None, handle_signals=False, shutdown_timeout=self.settings.drain_s
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, self.settings.host, self.settings.port).start()
        host, port = self._runner.addresses[0][:2]
        self.address = _address(str(host), int(port))
        await self._say_what_is_missing()

    async def stop(self) -> None:
        """Close in good order, within the drain time; what takes longer is left behind, and said."""
        self.health.is_draining = True
        steps: list[tuple[str, Callable[[], Awaitable[object]]]] = []
        if self._runner is not None:
            steps.append(("door", self._runner.cleanup))
        steps += [("catalogue", self.catalogue.stop), ("accounts", self.accounts.stop)]
        until = time.monotonic() + self.settings.drain_s + 1
        for name, step in steps:
            try:
                async with asyncio.timeout(max(0.5, until - time.monotonic())):
                    await step()
            except TimeoutError:
                _log.error("did not stop in time", extra={"part": name})
            except Exception:  # noqa: BLE001 - the other parts still have to stop
                _log.exception("did not stop well", extra={"part": name})
        await asyncio.to_thread(self.database.close)

    async def _say_what_is_missing(self) -> None:
        try:
            on_shelf = await self.catalogue.now()
        except ShowroomError as exc:
            _log.warning("the library cannot be read", extra={"why": exc.message})
            return
        if not on_shelf.products:
            _log.warning(
                f"The library is empty. Put products in: showroom publish FOLDER --library {self.places.library}"
            )

    def _samples(self) -> Iterable[Sample]:
        yield Sample(name="showroom_draining", help="1 while the server drains.", value=self.health.is_draining)

    async def _check_database(self) -> None:
        await self.database.read(lambda connection: connection.execute(text("SELECT 1")).scalar_one())

    async def _check_library(self) -> None:
        await asyncio.to_thread(self.library_of(DEFAULT_TENANT).objects.folders, DEFAULT_TENANT)

    async def _check_disk(self) -> None:
        free = (await asyncio.to_thread(shutil.disk_usage, self.places.data)).free
        if free < _LEAST_DISK_BYTES:
            raise DiskFull(f"Only {free:,} bytes are free in {self.places.data}. Make room.", free_bytes=free)


async def run(server: Server, *, on_ready: Callable[[str], None]) -> None:
    """
    Start, serve until SIGTERM or SIGINT, drain. A second signal ends the process at once.

    Parameters
    ----------
    on_ready
        Told the address.
    """
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()

    def stop() -> None:
        if stopped.is_set():
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            signal.raise_signal(signal.SIGINT)
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, stop)
    try:
        await server.start()
        on_ready(server.address)
        await stopped.wait()
        _log.info("draining")
    finally:
        await server.stop()
        _log.info("stopped")


def serve_for_ever(server_of: Callable[[], Server], *, on_ready: Callable[[str], None]) -> None:
    """Run a server on the quickest loop there is."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        from asyncio import new_event_loop  # type: ignore[assignment]

    async def main() -> None:
        await run(server_of(), on_ready=on_ready)

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main())


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"
