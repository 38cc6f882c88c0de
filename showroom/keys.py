"""
The server's one secret, and the keys made from it.

It lies in a file that only the server's user can read, is made at the first start, and signs guests' passes, seat
tickets and resume keys. To lose it is to sign everybody out, nothing more: no stored thing is encrypted with it.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from showroom_assets.errors import ShowroomError

_BYTES = 32


class KeyUnreadable(ShowroomError):
    """The secret's file is not what it should be."""

    code = "key.unreadable"


def secret(path: Path) -> bytes:
    """
    The secret in ``path``, 32 bytes; made if there is none.

    Raises
    ------
    KeyUnreadable
        It cannot be read or written, or others can read it too.
    """
    try:
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(_BYTES) + "\n")
                file.flush()
                os.fsync(file.fileno())
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise KeyUnreadable(f"{path} can be read by others. Run: chmod 600 {path}", path=str(path))
        found = bytes.fromhex(path.read_text("ascii").strip())
    except OSError as exc:
        raise KeyUnreadable(
            f"{path} cannot be read or written ({exc.strerror}). Give it to the server's user."
        ) from exc
    except ValueError:
        found = b""
    if len(found) < _BYTES:
        raise KeyUnreadable(f"{path} holds no key. Remove it: a new one is made, and everybody signs in again.")
    return found


def derive(key: bytes, purpose: str) -> bytes:
    """A key for one purpose: two purposes never share one (HMAC as a key derivation, RFC 5869, expand step)."""
    return hmac.new(key, f"showroom {purpose}\x01".encode(), hashlib.sha256).digest()
