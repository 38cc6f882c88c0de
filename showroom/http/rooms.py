"""The rooms of a store over HTTP: which copies are open, and seat tickets. What follows happens over the socket."""

import secrets
from typing import Annotated, Final
from urllib.parse import urlsplit, urlunsplit

from msgspec import Meta, Struct

from showroom.accounts.principal import Principal, Role
from showroom.http.context import PEER
from showroom.http.endpoint import Call, Endpoint
from showroom.protocol.ids import VERSION
from showroom.realtime.door import LIVE_PATH
from showroom.realtime.look import Look
from showroom.realtime.service import Realtime

_ID: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"


class CopyInfo(Struct, frozen=True, kw_only=True):
    """One open copy of a room; ``people`` counts everybody whose seat is taken."""

    copy: int
    people: int
    seats: int


class RoomInfo(Struct, frozen=True, kw_only=True):
    """A room of a store, with its open copies; none while nobody is there."""

    room: str
    people: int
    copies: list[CopyInfo]


class Rooms(Struct, frozen=True, kw_only=True):
    """The rooms of a store."""

    store: str
    rooms: list[RoomInfo]


class NewTicket(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one wants to be in the room."""

    nickname: Annotated[str, Meta(max_length=96)] = ""
    look: Look = Look()
    party: Annotated[str, Meta(max_length=16)] = ""
    """Code of a party to come with."""
    friend: Annotated[str, Meta(max_length=32)] = ""
    """Person code of a friend to land next to (``?with=…`` of a link)."""


class SeatTicket(Struct, frozen=True, kw_only=True):
    """A seat that waits for ``expires_s`` seconds: connect to ``url`` and send the ticket in HELLO."""

    ticket: str
    url: str
    version: int
    store: str
    room: str
    copy: int
    people: int
    expires_s: float
    nickname: str
    code: str
    """The caller's person code, for links that bring friends here."""
    beside_friend: bool


def endpoints(realtime: Realtime, *, live_url: str = "") -> list[Endpoint]:
    """
    The rows of this part of the API.

    Parameters
    ----------
    live_url
        Address of this process's socket, where it is not the address that pages come from (``wss://…/live``).
    """

    async def rooms(call: Call) -> Rooms:
        """The rooms of a store and how many people are there."""
        store = call.path["id"]
        names = await realtime.rooms(store)
        found = []
        for room in names:
            copies = [
                CopyInfo(copy=copy.ordinal, people=copy.taken, seats=copy.taken + copy.free)
                for copy in realtime.copies_everywhere(store, room)
            ]
            found.append(RoomInfo(room=room, people=sum(copy.people for copy in copies), copies=copies))
        return Rooms(store=store, rooms=found)

    async def ticket(call: Call) -> SeatTicket:
        """A seat in a room, for half a minute; the ticket goes into the socket's first message."""
        wanted: NewTicket = call.body
        who = call.who if call.who.id else Principal(id=f"g_{secrets.token_urlsafe(12)}", role=Role.GUEST)
        peer = call.request[PEER]
        granted = await realtime.reception.grant(
            who,
            call.path["store"],
            call.path["room"],
            peer=peer.address,
            name=wanted.nickname,
            look=wanted.look,
            party=wanted.party,
            beside=wanted.friend,
        )
        scheme = "wss" if peer.scheme == "https" else "ws"
        return SeatTicket(
            ticket=granted.token,
            url=granted.url or live_url or urlunsplit((scheme, call.request.host, LIVE_PATH, "", "")),
            version=VERSION,
            store=granted.store,
            room=granted.room,
            copy=granted.ordinal,
            people=granted.people,
            expires_s=realtime.settings.ticket_s,
            nickname=granted.name,
            code=granted.code,
            beside_friend=granted.is_beside,
        )

    return [
        Endpoint(
            method="GET", path=f"/api/stores/{{id:{_ID}}}/rooms", handler=rooms, tag="rooms", answer=Rooms,
            responses={404: "No such store."},
        ),
        Endpoint(
            method="POST", path=f"/api/rooms/{{store:{_ID}}}/{{room:{_ID}}}/tickets", handler=ticket, tag="rooms",
            body=NewTicket, answer=SeatTicket, status=201, limit="write", most_bytes=4096,
            responses={
                400: "The nickname cannot be used.", 403: "Banned here, or the room is locked.",
                404: "No such room.", 503: "Every copy is full, or the party's is; Retry-After says when to ask again.",
            },
        ),
    ]  # fmt: skip


def live_url_of(public_url: str) -> str:
    """The socket's address behind a site's address; empty for none."""
    if not public_url:
        return ""
    parts = urlsplit(public_url)
    return urlunsplit(("wss" if parts.scheme == "https" else "ws", parts.netloc, LIVE_PATH, "", ""))
