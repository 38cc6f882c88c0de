"""What the operator's commands share: the settings by flag, and the database of the server they speak of, opened."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from showroom.services import Services

Command = TypeVar("Command", bound=Callable[..., Any])
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which server a command speaks of."""

    config_file: Path | None
    data: str | None
    database: str | None
    library: str | None


def place_options(command: Command) -> Command:
    """``--config``, ``--data``, ``--database`` and ``--library``: one ``Place``, passed as ``place``."""

    @functools.wraps(command)
    def placed(
        *arguments: Any,
        config_file: Path | None,
        data: str | None,
        database: str | None,
        library: str | None,
        **options: Any,
    ) -> Any:
        place = Place(config_file=config_file, data=data, database=database, library=library)
        return command(*arguments, place=place, **options)

    found: Any = placed
    for flag, metavar, text in (
        ("--library", "URL", "The server's library.  [default: in the data folder]"),
        ("--database", "URL", "The server's database.  [default: in the data folder]"),
        ("--data", "DIR", "The server's data folder.  [default: showroom-data]"),
    ):
        found = click.option(flag, metavar=metavar, help=text)(found)
    decorated: Command = click.option(
        "--config", "config_file", type=click.Path(path_type=Path), metavar="FILE", help="The server's settings file."
    )(found)
    return decorated


@contextmanager
def opened(place: Place) -> Iterator["Services"]:
    """The services of the server that these settings mean; it may be running."""
    from showroom.configuration import load
    from showroom.db.schema import create_or_upgrade
    from showroom.services import Services
    from showroom.settings import with_changes

    loaded = load({"data": place.data, "database": place.database, "library": place.library}, file=place.config_file)
    services = Services(with_changes(loaded.settings, worker=False))
    try:
        create_or_upgrade(services.database)
        yield services
    finally:
        services.database.close()


def wait(work: Awaitable[T]) -> T:
    """The outcome of something asynchronous."""

    async def run() -> T:
        return await work

    return asyncio.run(run())
