"""Rooms' tables on real databases: SQLite always, PostgreSQL where it is installed."""

from collections.abc import Callable, Iterator

import pytest

from showroom.db import rooms
from showroom.db.database import Database, sqlite_url
from showroom.db.tables import metadata

_TABLES = [
    rooms.room_events, rooms.room_sanctions, rooms.room_switches,
    rooms.room_audit, rooms.room_blocks, rooms.room_states,
]  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def open_again(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Database]]:
    """Opens the same database anew, as a restarted server does."""
    if request.param == "sqlite":
        url = sqlite_url(tmp_path_factory.mktemp("rooms") / "rooms.db")
    else:
        url = request.getfixturevalue("postgres").new_database()
    opened: list[Database] = []

    def open_it() -> Database:
        database = Database(url)
        with database.engine.begin() as connection:
            metadata.create_all(connection, tables=_TABLES)
        opened.append(database)
        return database

    yield open_it
    for database in opened:
        database.close()


@pytest.fixture
def database(open_again: Callable[[], Database]) -> Database:
    return open_again()
