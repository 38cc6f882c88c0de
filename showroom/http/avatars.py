"""
Avatars of one's own over HTTP: bring one, see it, report it, take it away.

Whoever brings one sends the file itself as the body. What comes back is what a look says to wear it: ``own/…``.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Final, Literal

from aiohttp import web
from msgspec import Meta, Struct

from showroom.accounts.principal import Scope
from showroom.avatars.errors import AvatarRefused
from showroom.avatars.facts import MOST_BYTES
from showroom.avatars.shelf import Avatar, Avatars, Reported
from showroom.http import headers
from showroom.http.context import PEER
from showroom.http.endpoint import Call, Endpoint
from showroom.http.limits import network
from showroom.http.reading import TooSlow, WrongMediaType

_TAG: Final = "avatars"
_ID: Final = r"{id:[0-9a-f]{32}}"
_BODY_S: Final = 120.0
_MEDIA_TYPES: Final = frozenset({"model/gltf-binary", "application/octet-stream"})
_KEPT: Final = "public, max-age=86400"
"""A day, though it never changes: it may be taken away."""


class AvatarList(Struct, frozen=True, kw_only=True):
    """Newest first."""

    avatars: list[Avatar]


class ReportedAvatars(Struct, frozen=True, kw_only=True):
    """Most complaints first."""

    reported: list[Reported]


class AvatarReport(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why others should not have to see it."""

    reason: Literal["harassment", "spam", "hate", "sexual", "underage", "impersonation", "copyright", "other"]
    text: Annotated[str, Meta(max_length=500)] = ""


def endpoints(avatars: Avatars) -> list[Endpoint]:
    """The rows of this part of the API."""

    async def bring(call: Call) -> Avatar:
        """
        Bring an avatar along: a GLB or VRM of at most 8 MB as the body.

        It must be one file with a humanoid skeleton, at most 30,000 triangles and 6 textures of 2048 pixels, 0.3 to
        3 metres tall.
        """
        request = call.request
        if request.content_type not in _MEDIA_TYPES:
            raise WrongMediaType("Send the file itself, with the header Content-Type: model/gltf-binary.")
        if (request.content_length or 0) > MOST_BYTES:
            raise AvatarRefused(f"This avatar has more than {MOST_BYTES >> 20} MB. Export a lighter one.")
        try:
            async with asyncio.timeout(_BODY_S):
                return await avatars.bring(call.who, network(request[PEER].address), _pieces(request))
        except TimeoutError:
            raise TooSlow(f"The file did not come within {_BODY_S:.0f} s. Try again on a better line.") from None

    async def mine(call: Call) -> AvatarList:
        """The avatars that the caller brought."""
        return AvatarList(avatars=await avatars.mine(call.who))

    async def file(call: Call) -> web.StreamResponse:
        """The bytes of an avatar."""
        path = await avatars.file(call.path["id"])
        if not path.is_file():
            raise web.HTTPNotFound
        fixed = {
            "Cache-Control": _KEPT,
            "Content-Type": "model/gltf-binary",
            "Content-Security-Policy": headers.DATA_POLICY,
        }
        return web.FileResponse(path, headers=fixed)

    async def remove(call: Call) -> None:
        """Take one's own avatar away; operators take away anybody's, for good."""
        await avatars.remove(call.who, call.path["id"])

    async def report(call: Call) -> None:
        """Tell the store's operators about an avatar."""
        said: AvatarReport = call.body
        await avatars.report(call.who, call.path["id"], reason=said.reason, text=said.text)

    async def reported(call: Call) -> ReportedAvatars:
        """The avatars that people complained about."""
        return ReportedAvatars(reported=await avatars.reported())

    missing = {404: "No such avatar."}
    return [
        Endpoint(
            method="POST", path="/api/avatars", handler=bring, tag=_TAG, scope=Scope.SHOP, answer=Avatar, status=201,
            limit="costly", most_bytes=None,
            responses={
                410: "An operator took it away.", 415: "Not sent as a file.", 422: "No avatar that can be shown.",
                429: "Too many.", 503: "No room for more.",
            },
        ),
        Endpoint(method="GET", path="/api/avatars", handler=mine, tag=_TAG, scope=Scope.SHOP, answer=AvatarList),
        Endpoint(
            method="GET", path=f"/api/avatars/{_ID}.glb", handler=file, tag=_TAG, most_bytes=None,
            responses={200: "The file's bytes.", 404: "No such avatar.", 410: "An operator took it away."},
        ),
        Endpoint(
            method="DELETE", path=f"/api/avatars/{_ID}", handler=remove, tag=_TAG, scope=Scope.SHOP, status=204,
            limit="write", responses=missing,
        ),
        Endpoint(
            method="POST", path=f"/api/avatars/{_ID}/reports", handler=report, tag=_TAG, scope=Scope.SHOP,
            body=AvatarReport, status=204, limit="write", most_bytes=4096, responses=missing,
        ),
        Endpoint(
            method="GET", path="/api/avatar-reports", handler=reported, tag=_TAG, scope=Scope.OPERATE,
            answer=ReportedAvatars,
        ),
    ]  # fmt: skip


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    async for part in request.content.iter_chunked(64 << 10):
        yield part
