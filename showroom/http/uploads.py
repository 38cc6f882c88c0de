"""
Uploads, conversions and drafts over HTTP.

An upload is made (POST), filled in parts (PATCH with ``Upload-Offset``, as in tus 1.0.0), and finished: then its content
is looked at, a conversion is queued, a worker process runs it, and a draft comes out that its merchant may look at,
publish or throw away. Nothing that was acknowledged is lost with the server or the worker.
"""

from collections.abc import Awaitable, Callable

from showroom.db.database import Database
from showroom.http.endpoint import Endpoint
from showroom.settings import Settings
from showroom_assets.library import Library

OnProgress = Callable[[str, dict[str, object]], Awaitable[None]]
"""Told the id of the principal who uploaded, and the progress: what ``GET …/events`` sends, with ``conversion``."""


class Uploads:
    """
    The service of uploads: its endpoints, and what runs beside them (tidying, the worker's process, progress).

    Parameters
    ----------
    database
        With the tables of ``showroom.db.uploads``.
    library_of
        The library that a tenant's products are published to.
    on_progress
        For the rooms' socket: called for every step of every conversion that this server's people started.
    on_published
        Called with the tenant and the product's id after a draft has become a product.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        library_of: Callable[[str], Library],
        *,
        on_progress: OnProgress | None = None,
        on_published: Callable[[str, str], Awaitable[None]] | None = None,
    ) -> None:
        self.settings = settings
        self.database = database
        self.library_of = library_of
        self.on_progress = on_progress
        self.on_published = on_published

    def endpoints(self) -> list[Endpoint]:
        """The rows for ``api.py``."""
        return []

    async def start(self) -> None:
        """Take up what a former server left; start the worker's process, if the settings say so."""

    async def stop(self) -> None:
        """End the streams and the worker's process; a running conversion goes back to the queue."""
