"""The shop in the database: its tables, and works on them by the rules of ``showroom.shop``."""

from showroom.db.shop import tables as tables  # whoever imports this package has its tables on the metadata
