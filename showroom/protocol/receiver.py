"""The reference receiver: who is seen where, from FRAME, KEYFRAME, FAR and CORRECT. The spec for other languages."""

from msgspec import Struct


class Correction(Struct, frozen=True):
    """CORRECT: the server's own pose of the client, and why."""

    reason: int
    """``ids.Refusal``, or 0: moved by the server."""
    x: int
    z: int
    y: int
    yaw: int
    time_ms: int
    """The client's clock in the refused pose."""

    @classmethod
    def decode(cls, payload: bytes) -> "Correction":
        raise NotImplementedError


class Crowd:
    """The people seen."""

    def __init__(self, *, cell_cm: int = 700, columns: int = 1, rows: int = 1) -> None:
        pass

    def receive(self, payload: bytes) -> None:
        raise NotImplementedError

    def take_gap(self) -> bool:
        """Whether a frame is missing, once."""
        return False
