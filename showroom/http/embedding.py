"""
What pages of other sites may show of the store: the framed product page, its script, the catalogue with its files.

All of it is what any visitor reads without signing in, and none of it takes a cookie along: other sites may load the
client's files, frame ``embed.html``, and read what rows of the API say is public. Everything else stays closed to them.
"""

from collections.abc import Iterable
from typing import Final

from aiohttp import hdrs, web
from multidict import CIMultiDict

from showroom.http.peers import origin_of

FRAMED: Final = "embed.html"
"""The one page that may stand in a frame."""
_SHOWN: Final = "ETag, Content-Range, Accept-Ranges, X-Request-Id"


class Embedding:
    """
    Parameters
    ----------
    origins
        Sites that may: origins, or ``*`` for all. None at all: nobody.

    Raises
    ------
    BadRequest
        One is no origin.
    """

    def __init__(self, origins: Iterable[str]) -> None:
        given = [one.strip() for one in origins]
        self.is_open: Final = "*" in given
        self.origins: Final = frozenset(origin_of(one) for one in given if one != "*")

    @property
    def ancestors(self) -> str:
        """For ``frame-ancestors`` of the framed page."""
        if self.is_open:
            return "*"
        return " ".join(sorted(self.origins)) or "'none'"

    def page_policy(self, policy: str) -> str:
        """The page's policy with the frame's doors open."""
        closed = "frame-ancestors 'none'"
        assert closed in policy
        return policy.replace(closed, f"frame-ancestors {self.ancestors}")

    def allow(self, request: web.BaseRequest, found: "CIMultiDict[str]") -> None:
        """Say in the answer's headers that the page which asks may read it, if it may."""
        origin = request.headers.get(hdrs.ORIGIN, "")
        if self.is_open:
            found["Access-Control-Allow-Origin"] = "*"
        elif self.origins:
            found.add("Vary", "Origin")
            if origin not in self.origins:
                return
            found["Access-Control-Allow-Origin"] = origin
        else:
            return
        found["Access-Control-Expose-Headers"] = _SHOWN
        # Pictures and models are loaded without CORS too.
        found["Cross-Origin-Resource-Policy"] = "cross-origin"


CLOSED: Final = Embedding(())
EMBEDDING: Final = web.RequestKey("embedding", Embedding)
"""Set for requests to rows of the API that are public."""
