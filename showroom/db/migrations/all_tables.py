"""Every domain's tables, so that the metadata is whole."""

import importlib
import pkgutil

import showroom.db
from showroom.db.tables import metadata

__all__ = ["metadata"]

for _found in pkgutil.iter_modules(showroom.db.__path__, "showroom.db."):
    if _found.name not in {"showroom.db.migrations", "showroom.db.schema"}:
        importlib.import_module(_found.name)
