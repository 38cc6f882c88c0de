"""Uploads' tables on real databases, merchants, and a clock that is set by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import showroom.db.uploads as tables
from showroom.accounts.principal import SCOPES, Principal, Role
from showroom.db.database import Database, sqlite_url
from showroom.db.tables import metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with the tables of uploads."""
    if request.param == "sqlite":
        found = Database(sqlite_url(tmp_path / "test.db"))
    else:
        found = Database(request.getfixturevalue("postgres").new_database())
    mine = [tables.tenants, tables.uploads, tables.conversions, tables.events]
    metadata.create_all(found.engine, tables=mine)
    yield found
    found.close()


def merchant(tenant: str) -> Principal:
    return Principal(id=f"a_{tenant}", role=Role.MERCHANT, tenant=tenant, scopes=SCOPES[Role.MERCHANT])


@pytest.fixture
def anna() -> Principal:
    return merchant("anna")


@pytest.fixture
def bert() -> Principal:
    return merchant("bert")


@dataclass
class Clock:
    """Milliseconds; moves when told."""

    now: int = 1_000_000_000

    def __call__(self) -> int:
        self.now += 1
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()
