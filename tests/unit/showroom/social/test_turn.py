"""TURN credentials are what coturn computes from the same secret."""

import base64
import hashlib
import hmac

from showroom.social.turn import credentials, ice_servers


def test_the_password_is_the_keyed_hash_of_the_user_name() -> None:
    username, password = credentials("g_ana", secret="north", now_ms=1_700_000_000_500, ttl_s=3600)
    assert int(username.split(":")[0]) == 1_700_003_600
    assert "ana" not in username
    assert base64.b64decode(password) == hmac.new(b"north", username.encode(), hashlib.sha1).digest()


def test_without_a_secret_there_is_no_turn_and_without_servers_nothing() -> None:
    assert ice_servers("g", now_ms=0) == []
    assert ice_servers("g", now_ms=0, turn=["turn:t.example"]) == []
    assert ice_servers("g", now_ms=0, stun=["stun:s.example"]) == [{"urls": "stun:s.example"}]
    servers = ice_servers("g", now_ms=0, stun=["stun:s.example"], turn=["turn:t.example"], secret="x")
    assert [sorted(server) for server in servers] == [["urls"], ["credential", "urls", "username"]]
