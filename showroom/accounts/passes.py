"""
A guest's pass: who has one is a guest of that id and nickname until it runs out. Signed, so nothing is stored.

``g_`` and two parts in base64url, joined by a dot: JSON of id, name and expiry, and its HMAC-SHA256. Sans I/O.
"""

import base64
import hashlib
import hmac
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from showroom.accounts.principal import SCOPES, Principal, Role

PREFIX: Final = "g_"
_MOST_CHARACTERS: Final = 1000


class _Claims(Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, Meta(max_length=40)]
    name: Annotated[str, Meta(max_length=120)]
    expires_s: int


def sign(key: bytes, *, guest: str, name: str, expires_s: int) -> str:
    """
    A pass.

    Parameters
    ----------
    guest
        The id, ``g_…``.
    expires_s
        Seconds since 1970.
    """
    claims = msgspec.json.encode(_Claims(guest, name, expires_s))
    return f"{PREFIX}{_text(claims)}.{_text(_mac(key, claims))}"


def read(key: bytes, text: str, *, now_s: float) -> Principal | None:
    """The guest of a pass; None if it is forged, damaged or has run out."""
    if not text.startswith(PREFIX) or len(text) > _MOST_CHARACTERS:
        return None
    first, _, second = text.removeprefix(PREFIX).partition(".")
    try:
        claims, mac = _bytes(first), _bytes(second)
        if not hmac.compare_digest(mac, _mac(key, claims)):
            return None
        found = msgspec.json.decode(claims, type=_Claims)
    except (ValueError, msgspec.DecodeError):
        return None
    if found.expires_s <= now_s:
        return None
    return Principal(id=found.id, role=Role.GUEST, name=found.name, scopes=SCOPES[Role.GUEST])


def _mac(key: bytes, claims: bytes) -> bytes:
    return hmac.new(key, claims, hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
