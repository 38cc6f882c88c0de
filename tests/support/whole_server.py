"""The whole server in a thread: every service, a fresh data folder, a free port."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api_server import Asker

from showroom.server import Prepare, Server
from showroom.settings import Settings, with_changes


@contextmanager
def running(
    data: Path, *, settings: Settings | None = None, prepare: Prepare | None = None
) -> Iterator[tuple[Asker, Server]]:
    """The server of these settings, and who asks it."""
    chosen = with_changes(settings or Settings(), data=str(data), port=0, worker=False, drain_s=2.0)
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(_started(chosen, prepare))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield Asker(int(server.address.rstrip("/").rpartition(":")[2]), loop), server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(), loop).result(120)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


async def _started(settings: Settings, prepare: Prepare | None) -> Server:
    server = Server(settings, prepare=prepare)
    await server.start()
    return server
