"""Migrations: they give exactly the tables of the code, on both databases, once, and never to a newer database."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from postgres import Server
from sqlalchemy import insert, select, text

from showroom.db.accounts import merchants
from showroom.db.database import Database, sqlite_url
from showroom.db.migrations.all_tables import metadata
from showroom.db.schema import DatabaseUnusable, NewerDatabase, config, create_or_upgrade


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "showroom.db")
    server: Server = request.getfixturevalue("postgres")
    return server.new_database()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()


def test_migrations_give_the_tables_of_the_code(database: Database) -> None:
    create_or_upgrade(database)
    with database.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    assert found == [], 'run: python -m showroom.db.schema "what changed", or make 0001 anew before the first release'


def test_a_database_that_is_up_to_date_keeps_what_it_holds(database: Database) -> None:
    create_or_upgrade(database)
    database.write_now(lambda connection: connection.execute(insert(merchants).values(id="a", name="A", created_ms=1)))
    create_or_upgrade(database)
    assert database.read_now(lambda connection: connection.execute(select(merchants.c.id)).scalars().all()) == ["a"]


def test_offers_from_before_sizes_are_kept_and_have_none(database: Database) -> None:
    before = ("INSERT INTO shop_offers (tenant, sku, product, variant, title, prices, tax_note, is_on_sale, updated_ms)"
              " VALUES ('nord', 'INK', 'jacket', 'Ink', 'Jacket, Ink', '{}', '', true, 1)")  # fmt: skip
    with database.engine.connect() as connection:
        connection = connection.execution_options(showroom_writes=True)
        with connection.begin():
            command.upgrade(config(connection), "0002")
            connection.execute(text(before))
    create_or_upgrade(database)
    found = database.read_now(lambda connection: connection.execute(text("SELECT sku, size FROM shop_offers")).all())
    assert [tuple(row) for row in found] == [("INK", "")]


def test_servers_that_start_at_the_same_moment_do_not_trip_over_each_other(url: str) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        database = Database(url)
        try:
            create_or_upgrade(database)
        except BaseException as exc:  # noqa: BLE001 - told below
            failures.append(exc)
        finally:
            database.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_a_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    create_or_upgrade(database)
    database.write_now(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(NewerDatabase, match="newer version"):
        create_or_upgrade(database)


def test_what_is_no_database_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "showroom.db").write_bytes(b"this is no database at all" * 100)
    database = Database(sqlite_url(tmp_path / "showroom.db"))
    with pytest.raises(DatabaseUnusable, match="restore a backup") as caught:
        create_or_upgrade(database)
    assert "\n" not in caught.value.message
    database.close()


def test_a_database_that_is_away_is_named_without_its_password() -> None:
    database = Database("postgresql://shop:hush-hush@127.0.0.1:1/shop")
    with pytest.raises(DatabaseUnusable, match=r"127\.0\.0\.1") as caught:
        create_or_upgrade(database)
    assert "hush" not in caught.value.message
    database.close()
