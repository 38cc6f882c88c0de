"""The shop on real databases: SQLite always, PostgreSQL where it is installed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from postgres import Server
from sqlalchemy import delete

from showroom.db.database import Database, sqlite_url
from showroom.db.shop import tables
from showroom.db.tables import metadata


@pytest.fixture(scope="session")
def postgres_url(postgres: Server) -> str:
    """One database in it; making one for each test takes a second."""
    return _with_tables(postgres.new_database())


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes an empty database with the shop's tables and gives its URL."""

    def make() -> str:
        if request.param == "sqlite":
            return _with_tables(sqlite_url(tmp_path / "shop.db"))
        url: str = request.getfixturevalue("postgres_url")
        database = Database(url)
        with database.engine.begin() as connection:
            for table in _TABLES:
                connection.execute(delete(table))
        database.close()
        return url

    return make


@pytest.fixture
def database(new_url: Callable[[], str]) -> Iterator[Database]:
    found = Database(new_url())
    yield found
    found.close()


def _with_tables(url: str) -> str:
    database = Database(url)
    with database.engine.begin() as connection:
        metadata.create_all(connection, tables=_TABLES)
    database.close()
    return url


_TABLES = [getattr(tables, name) for name in tables.__all__]
