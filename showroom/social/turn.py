"""
Time-limited credentials for TURN servers, as coturn's REST scheme makes them (``use-auth-secret``): the user name is
the time of expiry and a mark of the person, the password its HMAC-SHA1 under a secret shared with the TURN server.

Source: draft-uberti-behave-turn-rest-00. SHA-1 is what the scheme says; as a keyed hash it is still sound.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence


def ice_servers(
    person: str, *, now_ms: int, stun: Sequence[str] = (), turn: Sequence[str] = (), secret: str = "", ttl_s: int = 7200
) -> list[dict[str, str]]:
    """
    The servers a client gives to its RTCPeerConnection, as in WELCOME: ``urls``, and ``username`` and ``credential``
    for TURN. TURN servers are left out while there is no secret.

    Parameters
    ----------
    now_ms
        Unix time.
    """
    servers = [{"urls": url} for url in stun]
    if turn and secret:
        username, credential = credentials(person, secret=secret, now_ms=now_ms, ttl_s=ttl_s)
        servers += [{"urls": url, "username": username, "credential": credential} for url in turn]
    return servers


def credentials(person: str, *, secret: str, now_ms: int, ttl_s: int) -> tuple[str, str]:
    """User name and password. The person is named by a short hash: the TURN server's log need not know more."""
    mark = hmac.new(secret.encode(), b"mark\0" + person.encode(), hashlib.sha256).hexdigest()[:12]
    username = f"{now_ms // 1000 + ttl_s}:{mark}"
    password = base64.b64encode(hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()).decode()
    return username, password
