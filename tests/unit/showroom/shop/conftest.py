"""The shop on real databases: SQLite always, PostgreSQL where it is installed."""

from collections.abc import Callable, Iterator

import pytest
from postgres import Server, programs, running

from showroom.db.database import Database, sqlite_url
from showroom.db.shop import tables
from showroom.db.tables import metadata


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One PostgreSQL server for all tests of a worker process."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Makes an empty database with the shop's tables and gives its URL."""

    def make() -> str:
        if request.param == "sqlite":
            url = sqlite_url(tmp_path_factory.mktemp("shop") / "shop.db")
        else:
            url = request.getfixturevalue("postgres").new_database()
        database = Database(url)
        shop_tables = [table for table in metadata.sorted_tables if table.name in _NAMES]
        with database.engine.begin() as connection:
            metadata.create_all(connection, tables=shop_tables)
        database.close()
        return url

    return make


@pytest.fixture
def database(new_url: Callable[[], str]) -> Iterator[Database]:
    found = Database(new_url())
    yield found
    found.close()


_NAMES = {getattr(tables, name).name for name in tables.__all__}
