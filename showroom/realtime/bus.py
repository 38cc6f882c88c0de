"""
What processes that share a database tell each other: which copies they hold, who came in, what to read again.

A copy of a room lives in one process, and everything that must not be lost is in the database. The bus carries hints:
each may be lost, doubled or late without harm, because the directory is announced every second and a process that was
cut off reads everything again (``on_gap``).
"""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import msgspec
from msgspec import Struct


class Notice(Struct, tag_field="is", frozen=True, array_like=True):
    """Base of what is said on the bus; ``process`` says by whom."""

    process: str


class CopyNotice(Struct, frozen=True, array_like=True):
    """One open copy: its key, its number for people, and its seats."""

    key: str
    store: str
    room: str
    ordinal: int
    taken: int
    free: int


class Here(Notice, frozen=True, array_like=True, tag="here"):
    """
    All copies of a process, about once a second.

    Parameters
    ----------
    url
        Of its socket.
    people
        Person codes by copy; None if they are those of the last time.
    """

    url: str
    copies: list[CopyNotice]
    people: dict[str, list[str]] | None


class Promise(Notice, frozen=True, array_like=True, tag="promise"):
    """A ticket was given out for a seat in another process's copy: keep it."""

    copy: str
    seat: str


class Seated(Notice, frozen=True, array_like=True, tag="seated"):
    """
    Somebody sat down in a store here: no process keeps an older seat for them there.

    Parameters
    ----------
    at_ms
        Unix time. Notices may be late: a seat taken since then is the newer one.
    """

    store: str
    person: str
    at_ms: int


class Changed(Notice, frozen=True, array_like=True, tag="changed"):
    """Sanctions, switches or parties of a store are not what they were: read them again."""

    store: str


class ToPerson(Notice, frozen=True, array_like=True, tag="to_person"):
    """An event for one person, wherever they are; the encoded event."""

    person: str
    body: bytes


class Gone(Notice, frozen=True, array_like=True, tag="gone"):
    """The process closes: nobody is to be sent there any more."""


AnyNotice = Here | Promise | Seated | Changed | ToPerson | Gone

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final[msgspec.msgpack.Decoder[AnyNotice]] = msgspec.msgpack.Decoder(AnyNotice)


def encode(notice: AnyNotice) -> bytes:
    """A notice as bytes."""
    return _encoder.encode(notice)


def decode(data: bytes) -> AnyNotice | None:
    """A notice, or None for what another version says."""
    try:
        return _decoder.decode(data)
    except msgspec.MsgspecError:
        return None


class Bus(Protocol):
    """The way to the other processes."""

    @property
    def is_alone(self) -> bool:
        """Whether nobody else can be listening."""

    async def start(self, on_notice: Callable[[AnyNotice], None], on_gap: Callable[[], None]) -> None:
        """
        Begin to listen. One's own notices come back, too.

        Parameters
        ----------
        on_gap
            Called when notices may have been missed.
        """

    def publish(self, notice: AnyNotice) -> None:
        """Say something to all. Never blocks; what cannot be sent is dropped and counts as a gap for the others."""

    async def stop(self) -> None:
        """Listen no more."""


class MemoryBus:
    """For one process, and for several servers in one in tests: those with the same exchange hear each other."""

    def __init__(self, exchange: "list[MemoryBus] | None" = None) -> None:
        self._exchange = exchange if exchange is not None else []
        self._on_notice: Callable[[AnyNotice], None] | None = None

    @property
    def is_alone(self) -> bool:
        """As ``Bus.is_alone``."""
        return len(self._exchange) < 2

    async def start(self, on_notice: Callable[[AnyNotice], None], on_gap: Callable[[], None]) -> None:
        """As ``Bus.start``; there are no gaps."""
        self._on_notice = on_notice
        self._exchange.append(self)

    def publish(self, notice: AnyNotice) -> None:
        """As ``Bus.publish``: heard in the loop's next round, as from afar."""
        loop = asyncio.get_running_loop()
        data = encode(notice)
        for other in self._exchange:
            loop.call_soon(other._hear, data)

    def _hear(self, data: bytes) -> None:
        notice = decode(data)
        if notice is not None and self._on_notice is not None:
            self._on_notice(notice)

    async def stop(self) -> None:
        """As ``Bus.stop``."""
        self._on_notice = None
        if self in self._exchange:
            self._exchange.remove(self)
