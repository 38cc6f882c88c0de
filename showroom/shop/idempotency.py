"""
Idempotency keys: the same write asked for twice is done once.

A caller names each write by a key of its own; the first answer is kept under (who, key) in the very transaction that
did the write, and given again to whoever repeats the request. The same key with another request is refused. A write
that failed has changed nothing and is not kept: to try again with its key is to try afresh.

After: IETF draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
from typing import Any, Final

import msgspec

from showroom.shop.errors import KeyNeeded, KeyReused

MOST_CHARACTERS: Final = 200
KEPT_MS: Final = 48 * 3600 * 1000
"""How long answers are kept, milliseconds."""

_canonical: Final = msgspec.json.Encoder(order="deterministic")


def check_key(key: str) -> str:
    """
    The key, if it may be one.

    Raises
    ------
    KeyNeeded
        Empty, too long, or not printable ASCII.
    """
    if not 1 <= len(key) <= MOST_CHARACTERS or not (key.isascii() and key.isprintable()):
        raise KeyNeeded(
            f"Send a header Idempotency-Key of 1 to {MOST_CHARACTERS} printable characters, a new one for each write."
        )
    return key


def fingerprint(what: str, *arguments: Any) -> str:
    """A digest of a request, equal for equal requests: ``what`` names the operation."""
    return hashlib.sha256(_canonical.encode([what, *arguments])).hexdigest()[:32]


def check_same(stored: str, asked: str, *, key: str) -> None:
    """
    Nothing, if both are fingerprints of one request.

    Raises
    ------
    KeyReused
        Otherwise.
    """
    if stored != asked:
        raise KeyReused("This Idempotency-Key was used for another request. Send a new one.", key=key)
