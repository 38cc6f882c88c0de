"""The one error of the codec, and what it makes of a connection."""

from showroom.protocol.ids import Close
from showroom_assets.errors import ShowroomError


class ProtocolError(ShowroomError):
    """
    The peer broke the protocol; the connection closes with ``close``.

    Parameters
    ----------
    close
        The private close code that the peer gets.
    detail
        For the log only: a peer gets a code, never a sentence about itself.
    """

    code = "protocol"

    def __init__(self, close: Close, detail: str) -> None:
        way_out = "Try again later." if close.may_retry else "Check the client against docs/protocol.md."
        super().__init__(f"{close.name}: {detail}. {way_out}", close=int(close))
        self.close = close
        self.detail = detail

    def __reduce__(self) -> tuple[type["ProtocolError"], tuple[Close, str]]:
        return ProtocolError, (self.close, self.detail)
