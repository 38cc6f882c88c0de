"""
The one metadata of all tables.

Each domain defines its own tables in a module beside this one (``shop``, ``accounts``, ``rooms``, ``uploads``) on
``metadata``; ``migrations/`` brings a database up to them. Times are integer milliseconds since 1970 (UTC); money is in
minor units; identifiers that a caller sees are text.
"""

from typing import Final

from sqlalchemy import MetaData

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
