"""
Bringing a database up to the tables of this version: made whole if it is new, migrated if it is older.

A database that is newer than the program is refused: an older program must not write into tables it does not know.

After a change of tables, ``python -m showroom.db.schema "what changed"`` writes the next migration: read it before you
commit it.
"""

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from showroom.db.database import Database, sqlite_url
from showroom_assets.errors import ShowroomError

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 0x5057_4F4F


class DatabaseUnusable(ShowroomError):
    """The database cannot be reached, or is none."""

    code = "database.unusable"


class NewerDatabase(ShowroomError):
    """The database was made by a newer version."""

    code = "database.newer"


def create_or_upgrade(database: Database) -> None:
    """
    Bring the database up to date, in one transaction; several servers may do so at once.

    Raises
    ------
    NewerDatabase
        It is ahead of this program.
    DatabaseUnusable
        It cannot be reached, or is none.
    """
    try:
        if not _is_current(database):
            _create_or_upgrade(database)
    except DBAPIError as exc:
        url = database.engine.url.render_as_string(hide_password=True)
        why = " ".join(str(exc.orig).split())[:300]
        raise DatabaseUnusable(
            f"The database {url} cannot be used ({why}). Start it, restore a backup, or name another by --database."
        ) from exc


def _is_current(database: Database) -> bool:
    """
    Whether the database has the newest migration, found out without alembic: to load it takes a tenth of a second, and
    after a crash people wait for the start.
    """
    newest = max(path.name[:4] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py"))
    with database.engine.connect() as connection:
        try:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
        except DBAPIError:
            return False  # no such table, or no database: told apart below
    return found == [newest]


def _create_or_upgrade(database: Database) -> None:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(config())
    with database.engine.connect() as connection:
        # SQLite: BEGIN IMMEDIATE, or two servers that start at once would both see an empty database.
        connection = connection.execution_options(showroom_writes=True)
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            current = MigrationContext.configure(connection).get_current_revision()
            if current is not None and current not in {one.revision for one in script.walk_revisions()}:
                raise NewerDatabase(
                    "The database was made by a newer version of Showroom. Install that version, or restore a backup.",
                    revision=current,
                )
            if current != script.get_current_head():
                _upgrade(connection)


def config(connection: Connection | None = None) -> "Config":
    """alembic's configuration, without a file."""
    from alembic.config import Config

    found = Config(attributes={"connection": connection} if connection is not None else {})
    found.set_main_option("script_location", str(_MIGRATIONS))
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(config(connection), "head")


def write_migration(message: str) -> None:
    """The next migration, from what the tables are now and what all migrations before give."""
    from alembic import command
    from alembic.script import ScriptDirectory

    with tempfile.TemporaryDirectory() as folder:
        database = Database(sqlite_url(Path(folder) / "empty.db"))
        create_or_upgrade(database)
        script = ScriptDirectory.from_config(config())
        number = f"{len(list(script.walk_revisions())) + 1:04}"
        with database.engine.connect() as connection:
            command.revision(config(connection), message, autogenerate=True, rev_id=number)
        database.close()


if __name__ == "__main__":
    write_migration(sys.argv[1])
