"""
The server's branch of the error tree: what a caller of the API may meet, each with the HTTP status it travels under.

Subclass one of these in the domain that raises it, with a code of its own (``shop.sold_out``); the status is inherited.
"""

from typing import ClassVar

from showroom_assets.errors import ShowroomError


class ServerError(ShowroomError):
    """Base of the errors that the server answers with."""

    code: ClassVar[str] = "server"
    status: ClassVar[int] = 500


class BadRequest(ServerError):
    """The request cannot be understood, or a field is out of its bounds."""

    code = "request.invalid"
    status = 400


class SignInNeeded(ServerError):
    """Nobody has said who they are, or the session is over."""

    code = "access.sign_in"
    status = 401


class Forbidden(ServerError):
    """Known, but not allowed to do this."""

    code = "access.forbidden"
    status = 403


class NotFound(ServerError):
    """No such thing, or not for the eyes of the caller: both sound the same."""

    code = "missing"
    status = 404


class Conflict(ServerError):
    """The thing has moved on since the caller looked at it."""

    code = "conflict"
    status = 409


class Gone(ServerError):
    """It was there, and its time is over: an expired ticket, lease or upload."""

    code = "gone"
    status = 410


class TooLarge(ServerError):
    """Larger than a limit allows."""

    code = "request.too_large"
    status = 413


class TooMany(ServerError):
    """
    More often than a limit allows.

    ``fields["retry_after_s"]`` becomes the Retry-After header.
    """

    code = "request.too_many"
    status = 429


class Busy(ServerError):
    """The server is full, draining or waits for something it needs. Worth another try."""

    code = "server.busy"
    status = 503
