"""
The one table of settings: name, default, unit and help of each, in ``Settings`` below.

The command line's flags, the environment's variables (``SHOWROOM_`` and the name in capitals), the TOML file, the
documentation and validation are all made from it. What it is not: a place for secrets' values; those come from files or
the environment and are never printed.
"""

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

ENVIRONMENT_PREFIX: Final = "SHOWROOM_"


def setting(help_text: str, *, unit: str = "", secret: bool = False, **bounds: Any) -> Meta:
    """What a setting says of itself; ``bounds`` are msgspec's (``ge``, ``le``, ``pattern`` …)."""
    return Meta(description=help_text, extra={"unit": unit, "secret": secret}, **bounds)


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting of the server, valid by construction. Sections are in the order of the file that documents them."""

    # ── where it listens and who may reach it
    host: Annotated[str, setting("Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1"
    port: Annotated[int, setting("Port of pages, API and rooms alike.", ge=0, le=65535)] = 8080
    public_url: Annotated[
        str, setting("Address that shoppers type, when a proxy stands in front (https://shop.example).")
    ] = ""
    allowed_origins: Annotated[
        tuple[str, ...], setting("Other sites whose pages may call the API and enter rooms, by origin.")
    ] = ()

    # ── where it keeps things
    data: Annotated[str, setting("Folder of the database, the library, uploads and the secret key.")] = "showroom-data"
    database: Annotated[
        str, setting("Database URL (postgresql://…); by default a SQLite file in the data folder.", secret=True)
    ] = ""
    library: Annotated[
        str, setting("Product library: a folder or an s3:// URL; by default in the data folder.", secret=True)
    ] = ""
    bus: Annotated[str, setting("memory, or redis://… to join several processes.", secret=True)] = "memory"

    # ── rooms
    room_seats: Annotated[int, setting("Seats in one copy of a room.", unit="people", ge=1, le=10_000)] = 200
    transport: Annotated[
        str, setting("WebSocket implementation: picows or websockets.", pattern="^(picows|websockets)$")
    ] = "picows"

    # ── shop
    lease_s: Annotated[int, setting("How long claimed stock is held for its cart.", unit="s", ge=10, le=86_400)] = 600


def with_changes(settings: Settings, **changes: Any) -> Settings:
    """
    A copy with some fields replaced, checked again.

    Raises
    ------
    msgspec.ValidationError
        A value is out of its bounds.
    """
    return msgspec.convert(msgspec.structs.asdict(settings) | changes, Settings)
