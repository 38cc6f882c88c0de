"""
The server: opens the door of the services, and closes it in good order.

One process and one loop hold everything: pages, API, rooms, shop, uploads, on one port. To stop means: nobody new comes
in, rooms say goodbye, what was begun is finished, writes are on disk; and all of it within ``drain_s``.
"""

import asyncio
import contextlib
import logging
import shutil
import signal
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from sqlalchemy import text

from showroom.db.schema import create_or_upgrade
from showroom.http import client, headers
from showroom.http.api import Api
from showroom.http.embedding import Embedding
from showroom.http.health import Health
from showroom.http.limits import Limits, Rate
from showroom.http.metrics import Metrics
from showroom.http.site import Site
from showroom.sample import Sample
from showroom.services import Services
from showroom.settings import Settings
from showroom.tenants import DEFAULT_TENANT
from showroom_assets.errors import MissingFile, ShowroomError
from showroom_assets.library import Library

_LEAST_DISK_BYTES: Final = 64 << 20
_log: Final = logging.getLogger("showroom.server")

Prepare = Callable[[Services], Awaitable[None]]


class DiskFull(ShowroomError):
    """There is hardly any room left in the data folder."""

    code = "disk.full"


class Server:
    """
    Parameters
    ----------
    settings
        All of them.
    scans
        See ``CatalogueService``: the demo's.
    prepare
        Called once the services run, before the door opens: the demo puts its offers and its store there.
    site
        The built client's folder.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        scans: Library | None = None,
        prepare: Prepare | None = None,
        site: Path | None = None,
    ) -> None:
        self.settings: Final = settings
        self.services: Final = Services(settings, scans=scans)
        self.health: Final = Health(
            {"database": self._check_database, "library": self._check_library, "disk": self._check_disk}
        )
        self._prepare = prepare
        self._site = site or client.default_folder()
        self._api: Api | None = None
        self._runner: web.AppRunner | None = None
        self.address = ""

    def api(self) -> Api:
        """The HTTP side."""
        settings = self.settings
        limits = Limits(
            {
                "read": Rate(settings.rate_read, 4 * settings.rate_read),
                "write": Rate(settings.rate_write, 10 * settings.rate_write),
                "costly": Rate(settings.rate_costly, 10 * settings.rate_costly),
            },
            address_factor=settings.rate_per_address,
            clock=time.monotonic,
        )
        metrics = Metrics(token=settings.metrics_token, sources=[self._samples, self.services.samples])
        policy = headers.page_policy(_other_rooms(settings))
        embedding = Embedding(settings.embed_origins)
        try:
            files = client.load(self._site)
        except MissingFile as exc:
            _log.warning(exc.message)
            files = None
        site = Site(files, embedding=embedding, page_policy=policy)

        def pages(router: web.UrlDispatcher) -> None:
            self.health.add_to(router)
            router.add_get("/metrics", metrics.answer)
            site.add_to(router)

        return Api(
            self.services.endpoints(),
            gate=self.services.accounts,
            limits=limits,
            peers=self.services.peers,
            metrics=metrics,
            pages=pages,
            page_policy=policy,
            embedding=embedding,
        )

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
        services = self.services
        await asyncio.to_thread(create_or_upgrade, services.database)
        await services.start()
        if self._prepare is not None:
            await self._prepare(services)
        self._api = self.api()
        self._runner = web.AppRunner(self._api.app(), access_log=None, handle_signals=False, shutdown_timeout=1.0)
        await self._runner.setup()
        await services.realtime.start(http=self._runner.server)
        host, port = services.realtime.addresses[0]
        self.address = _address(host, port)
        await self._say_what_is_missing()

    async def stop(self) -> None:
        """Close in good order, within the drain time; what takes longer is left behind, and said."""
        self.health.is_draining = True
        services = self.services
        steps: list[tuple[str, Callable[[], Awaitable[object]]]] = [
            ("rooms", lambda: services.realtime.drain(within_s=self.settings.drain_s / 2)),
            ("door", services.realtime.stop),  # nobody new; connections that are open stay
            ("uploads", services.uploads.stop),  # ends event streams, which requests would wait for
        ]
        if self._runner is not None and self._api is not None:
            steps += [("requests", self._api.drain), ("connections", self._runner.cleanup)]
        steps += [
            ("shop", services.shop.stop),
            ("catalogue", services.catalogue.stop),
            ("accounts", services.accounts.stop),
        ]
        until = time.monotonic() + self.settings.drain_s
        for name, step in steps:
            try:
                async with asyncio.timeout(max(1.5, until - time.monotonic())):
                    await step()
            except TimeoutError:
                _log.error("did not stop in time", extra={"part": name})
            except Exception:  # noqa: BLE001 - the other parts still have to stop
                _log.exception("did not stop well", extra={"part": name})
        await asyncio.to_thread(services.database.close)

    async def _say_what_is_missing(self) -> None:
        services = self.services
        try:
            on_shelf = await services.catalogue.now()
        except ShowroomError as exc:
            _log.warning("the library cannot be read", extra={"why": exc.message})
            return
        if not on_shelf.products:
            _log.warning(
                f"The library is empty. Put products in: showroom publish FOLDER --library {services.places.library}"
            )
        if not await services.stores.published():
            _log.warning(
                "No store is open yet. Make one: showroom store new boutique -o store.toml, "
                "then: showroom store publish store.toml"
            )

    def _samples(self) -> Iterable[Sample]:
        yield Sample(name="showroom_draining", help="1 while the server drains.", value=self.health.is_draining)

    async def _check_database(self) -> None:
        await self.services.database.read(lambda connection: connection.execute(text("SELECT 1")).scalar_one())

    async def _check_library(self) -> None:
        await asyncio.to_thread(self.services.library_of(DEFAULT_TENANT).objects.folders, DEFAULT_TENANT)

    async def _check_disk(self) -> None:
        data = self.services.places.data
        free = (await asyncio.to_thread(shutil.disk_usage, data)).free
        if free < _LEAST_DISK_BYTES:
            raise DiskFull(f"Only {free:,} bytes are free in {data}. Make room.", free_bytes=free)


async def run(server: Server, *, on_ready: Callable[[str], None], on_stop: Callable[[], object] = lambda: None) -> None:
    """
    Start, serve until SIGTERM or SIGINT, drain. A second signal ends the process at once.

    Parameters
    ----------
    on_ready
        Told the address.
    on_stop
        Called in a thread before the server drains, while it still serves.
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
        await asyncio.to_thread(on_stop)
    finally:
        await server.stop()
        _log.info("stopped")


def serve_for_ever(
    server_of: Callable[[], Server], *, on_ready: Callable[[str], None], on_stop: Callable[[], object] = lambda: None
) -> None:
    """Run a server on the quickest loop there is."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        from asyncio import new_event_loop  # type: ignore[assignment]

    async def main() -> None:
        await run(server_of(), on_ready=on_ready, on_stop=on_stop)

    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main())


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def _other_rooms(settings: Settings) -> list[str]:
    """Where pages find rooms of other processes, if each has an address of its own: below the site's own name."""
    if not settings.live_url:
        return []
    live = urlsplit(settings.live_url)
    found = [f"{live.scheme}://{live.netloc}"]
    if settings.public_url:
        found.append(f"{live.scheme}://*.{urlsplit(settings.public_url).netloc}")
    return found
