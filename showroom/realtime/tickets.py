"""
Seat tickets: who may sit down where, signed and short-lived.

A ticket is MessagePack under an HMAC-SHA256, both in URL-safe base64. It names the copy of the room and the promise of
a seat there (``seats``); the promise makes it single-use, since sitting down uses it up. It is carried in HELLO, never
in a URL, so that it is in no log.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from showroom.accounts.principal import Principal
from showroom.errors import Forbidden
from showroom.keys import derive
from showroom.realtime.look import Look

_MAC_BYTES: Final = 16  # 128 bits of SHA-256's: more than anybody guesses in half a minute, and shorter
_Short = Annotated[str, Meta(max_length=64)]


class TicketRefused(Forbidden):
    """Forged, expired, used or for another server."""

    code = "room.ticket"


class Ticket(Struct, frozen=True, array_like=True):
    """
    Parameters
    ----------
    id
        Key of the promised seat.
    copy
        Key of the room's copy.
    until_s
        Unix time.
    beside
        Whom to appear next to: a person code, or empty.
    process
        Who gave it out.
    """

    id: _Short
    copy: _Short
    store: _Short
    room: _Short
    until_s: float
    who: Principal
    name: _Short
    look: Look
    beside: _Short = ""
    process: _Short = "main"


class Tickets:
    """
    Parameters
    ----------
    secret
        The server's; all processes that share rooms need the same.
    """

    def __init__(self, secret: bytes) -> None:
        self._key: Final = derive(secret, "seat tickets")

    def seal(self, ticket: Ticket) -> str:
        """The ticket as text."""
        body = _encoder.encode(ticket)
        return _written(self._mac(body) + body)

    def open(self, text: str, *, now_s: float) -> Ticket:
        """
        The ticket, if we made it and its time is not over.

        Raises
        ------
        TicketRefused
            Otherwise, and without a hint which.
        """
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
            mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
            # One spelling each: the decoder also takes ``+`` and ``/``, and any bits in the last letter's rest.
            if not hmac.compare_digest(mac, self._mac(body)) or _written(raw) != text:
                raise TicketRefused(_REFUSAL)
            ticket = _decoder.decode(body)
        except (binascii.Error, ValueError, msgspec.MsgspecError) as exc:
            raise TicketRefused(_REFUSAL) from exc
        if now_s >= ticket.until_s:
            raise TicketRefused(_REFUSAL)
        return ticket

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()[:_MAC_BYTES]


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


_REFUSAL: Final = "This ticket is not valid any more. Ask for another one."
_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Ticket)
