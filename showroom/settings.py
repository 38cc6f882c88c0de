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
    embed_origins: Annotated[
        tuple[str, ...],
        setting("Sites that may show a product in their own pages and read the catalogue, by origin; * for all."),
    ] = ("*",)
    trusted_proxies: Annotated[
        tuple[str, ...],
        setting("Proxies in front of the server, by address or network; their X-Forwarded-For is believed."),
    ] = ()
    rate_read: Annotated[float, setting("What one person may read.", unit="requests/s", gt=0, le=100_000)] = 50.0
    rate_write: Annotated[float, setting("What one person may write.", unit="requests/s", gt=0, le=100_000)] = 10.0
    rate_costly: Annotated[
        float,
        setting("How often one person may sign in or put a store.", unit="requests/s", gt=0, le=100_000),
    ] = 1.0
    rate_per_address: Annotated[
        float, setting("How many people's worth one address may ask.", unit="people", ge=1, le=100_000)
    ] = 20.0
    drain_s: Annotated[
        float, setting("How long a server that is told to stop finishes what it has begun.", unit="s", ge=0, le=600)
    ] = 20.0

    # ── who may
    session_days: Annotated[int, setting("How long one stays signed in.", unit="days", ge=1, le=365)] = 30
    guest_days: Annotated[int, setting("How long a guest's pass lasts.", unit="days", ge=1, le=365)] = 30

    # ── what it tells its operator
    log_format: Annotated[
        str, setting("json, pretty, or auto: pretty on a terminal.", pattern="^(auto|json|pretty)$")
    ] = "auto"
    log_level: Annotated[str, setting("debug, info, warning or error.", pattern="^(debug|info|warning|error)$")] = (
        "info"
    )
    metrics_token: Annotated[
        str, setting("Token that opens /metrics to other machines; without it, only to this one.", secret=True)
    ] = ""

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
    room_copies: Annotated[int, setting("Copies that one full room may open.", unit="copies", ge=1, le=1000)] = 50
    room_grace_s: Annotated[
        float, setting("How long a seat is kept for somebody whose link is lost.", unit="s", ge=0, le=3600)
    ] = 60.0
    room_idle_s: Annotated[
        float, setting("Silence after which a connection counts as lost.", unit="s", ge=2, le=600)
    ] = 30.0
    ticket_s: Annotated[float, setting("How long a seat ticket is good.", unit="s", ge=1, le=600)] = 30.0
    process: Annotated[
        str, setting("Name of this process among those that share a database.", pattern="^[a-z0-9-]{1,32}$")
    ] = "main"
    live_url: Annotated[
        str, setting("Address of this process's own rooms when several share a site (wss://one.shop.example/live).")
    ] = ""
    connections_per_address: Annotated[
        int, setting("Room connections from one address; a school may share one.", unit="connections", ge=1, le=100_000)
    ] = 500
    transport: Annotated[
        str, setting("WebSocket implementation: picows or websockets.", pattern="^(picows|websockets)$")
    ] = "picows"

    # ── talk and order in rooms
    party_people: Annotated[int, setting("Members of one party.", unit="people", ge=2, le=16)] = 8
    chat_radius_m: Annotated[float, setting("How far nearby chat carries.", unit="m", ge=1, le=100)] = 8.0
    chat_hosts: Annotated[
        tuple[str, ...], setting("Sites that may be linked to in chat; their subdomains are included.")
    ] = ()
    chat_words: Annotated[
        str, setting("File of words refused in chat and names, one a line, besides those that come with the server.")
    ] = ""
    room_log_hours: Annotated[
        int, setting("How long chat and other events of rooms are kept.", unit="hours", ge=1, le=24 * 365)
    ] = 48
    room_log_events: Annotated[
        int, setting("How many events of one room are kept.", unit="events", ge=100, le=1_000_000)
    ] = 5000
    voice_people: Annotated[int, setting("How many speakers one person hears at a time.", ge=0, le=16)] = 6
    voice_radius_m: Annotated[float, setting("How far voices carry.", unit="m", ge=1, le=100)] = 12.0
    stun: Annotated[tuple[str, ...], setting("STUN servers for voice (stun:host:3478); none by default.")] = ()
    turn: Annotated[
        tuple[str, ...], setting("TURN servers for voice behind strict firewalls (turn:host:3478?transport=udp).")
    ] = ()
    turn_secret: Annotated[
        str, setting("The secret shared with the TURN servers (coturn: static-auth-secret).", secret=True)
    ] = ""
    turn_ttl_s: Annotated[int, setting("How long credentials for TURN are good.", unit="s", ge=60, le=86_400)] = 7200

    # ── avatars that people bring along
    avatar_each: Annotated[int, setting("Avatars of their own that one person may keep; 0 for none.", ge=0, le=100)] = 5
    avatar_bytes: Annotated[
        int, setting("Most that all avatars of people's own may take together.", unit="bytes", ge=0)
    ] = 2 << 30
    avatar_days: Annotated[
        int, setting("An avatar that nobody has seen for so long is removed.", unit="days", ge=1, le=3650)
    ] = 30

    # ── shop
    lease_s: Annotated[int, setting("How long claimed stock is held for its cart.", unit="s", ge=10, le=86_400)] = 600
    pay_s: Annotated[int, setting("How long an order waits to be paid.", unit="s", ge=60, le=604_800)] = 1800
    payment_grace_s: Annotated[
        int, setting("How much longer, if the payment provider cannot be asked.", unit="s", ge=0, le=604_800)
    ] = 900
    payments: Annotated[
        str,
        setting(
            "Payment provider: test (moves no money), or package.module:function of your own, called with the secret.",
            pattern=r"^(test|[A-Za-z_][\w.]*:[A-Za-z_]\w*)$",
        ),
    ] = "test"
    payment_secret: Annotated[
        str, setting("Secret of the payment provider's webhooks; test makes its own.", secret=True)
    ] = ""

    # ── uploads
    upload_bytes: Annotated[
        int, setting("Largest scan that may be uploaded.", unit="bytes", ge=1 << 10, le=1 << 40)
    ] = 1 << 30
    upload_tenant_bytes: Annotated[
        int, setting("Most that one merchant's scans and drafts may take together.", unit="bytes", ge=1 << 10)
    ] = 20 << 30
    upload_open: Annotated[int, setting("Unfinished uploads of one merchant at a time.", ge=1, le=1000)] = 20
    upload_idle_s: Annotated[
        int, setting("An upload of which nothing came for so long is removed.", unit="s", ge=60, le=31_536_000)
    ] = 86_400
    queue: Annotated[
        str, setting("Queue of conversions: redis://…; by default a SQLite file in the data folder.", secret=True)
    ] = ""
    conversions_waiting: Annotated[int, setting("Conversions of one merchant in the queue.", ge=1, le=10_000)] = 50
    conversion_tries: Annotated[
        int, setting("How often a conversion whose worker died is begun, at most.", ge=1, le=20)
    ] = 3
    worker: Annotated[bool, setting("Run a worker beside the server; off if workers run elsewhere.")] = True
    worker_jobs: Annotated[int, setting("Conversions at a time in one worker.", ge=1, le=64)] = 1
    worker_memory_bytes: Annotated[
        int, setting("Most memory of one conversion; 0 shares out four fifths of the machine's.", unit="bytes", ge=0)
    ] = 0
    worker_time_s: Annotated[int, setting("Longest time of one conversion.", unit="s", ge=1, le=86_400)] = 1800


def with_changes(settings: Settings, **changes: Any) -> Settings:
    """
    A copy with some fields replaced, checked again.

    Raises
    ------
    msgspec.ValidationError
        A value is out of its bounds.
    """
    return msgspec.convert(msgspec.structs.asdict(settings) | changes, Settings)
