"""What is known of a request before its handler runs: its number, and where it comes from."""

from typing import Final

from aiohttp import web

from showroom.http.peers import Peer

COOKIE: Final = "showroom_session"
ID: Final = web.RequestKey("id", str)
PEER: Final = web.RequestKey("peer", Peer)
