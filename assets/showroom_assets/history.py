"""
What happened to a product: an append-only log of events, one small object each, numbered without gaps.

    <namespace>/products/<id>/00000001.json   publish, version 1
    <namespace>/products/<id>/00000002.json   publish, version 2
    <namespace>/products/<id>/00000003.json   rollback, to version 1

The event with the highest number says which version is current. There is no pointer to swap: appending creates the
next number, put-if-absent, which a folder and every bucket do atomically, so of two writers exactly one gets it.
Events are never changed nor removed; a reader that saw one can always read it.

What it is not: the files (see ``blobs``), nor the rules of publishing (see ``library``).
"""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct

from .errors import LibraryError, NotInLibrary
from .objects import Objects
from .product import Sha256, Size

_LOOKS: Final = 5
_NAME: Final = re.compile(r"([0-9]{8})\.json")
Version = Annotated[int, Meta(ge=1, le=99_999_999)]


class Event(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """
    One entry of the log. It repeats what is current after it, so the newest one alone is enough to read a product.

    ``version`` and ``manifest`` are the current version and its manifest's blob; ``withdrawn`` says that the product
    is off the shelf all the same; ``expired`` are the versions whose files may be removed (kind ``expire``); ``at`` is
    the writer's clock, UTC, for people only; ``writer`` a random name that tells one's own event from somebody else's
    after a request was repeated by the network layer.
    """

    schema: Literal["showroom.event/1"]
    number: Version
    kind: Literal["publish", "rollback", "withdraw", "expire"]
    version: Version
    manifest_sha256: Sha256
    manifest_size_bytes: Size
    at: Annotated[str, Meta(max_length=40)] = ""
    writer: Annotated[str, Meta(max_length=64)] = ""
    expired: Annotated[list[Version], Meta(max_length=100_000)] = []
    withdrawn: bool = False

    @classmethod
    def after(
        cls,
        events: "Sequence[Event]",
        kind: Literal["rollback", "withdraw", "expire"],
        current: "Event | Recorded",
        *,
        at: str,
        expired: Sequence[int] = (),
        withdrawn: bool = False,
    ) -> "Event":
        """The next event, after which a version that is known is current."""
        return cls(
            schema="showroom.event/1",
            number=len(events) + 1,
            kind=kind,
            version=current.version,
            manifest_sha256=current.manifest_sha256,
            manifest_size_bytes=current.manifest_size_bytes,
            at=at,
            expired=list(expired),
            withdrawn=withdrawn,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A version as the log tells it: its manifest, when it was published first, and whether its files are kept."""

    version: int
    manifest_sha256: str
    manifest_size_bytes: int
    published_at: str
    current: bool
    expired: bool


class History:
    """
    The log of one product.

    Parameters
    ----------
    objects
        The store.
    folder
        The key it lies below, such as ``default/products/chair``.
    """

    def __init__(self, objects: Objects, folder: str) -> None:
        self._objects = objects
        self._folder = folder
        self._seen: dict[int, Event] = {}  # events never change, so each is read once
        self.modified: dict[int, float] = {}
        """When each event was stored, by the store's clock."""

    def newest(self) -> Event | None:
        """The event that says what is current; None for a product that was never published."""
        numbers = self._numbers()
        return self._event(numbers[-1]) if numbers else None

    def events(self) -> list[Event]:
        """All events, oldest first."""
        return [self._event(number) for number in self._numbers()]

    def append(self, event: Event) -> bool:
        """
        Add ``event`` if its number is still free; False if somebody else's has it.
        """
        event = msgspec.structs.replace(event, writer=uuid.uuid4().hex)
        data = msgspec.json.format(msgspec.json.encode(event), indent=2) + b"\n"
        if self._objects.create(self._key(event.number), data):
            return True
        # A bucket's client repeats a request whose answer was lost: then the event that is in the way is our own.
        return self._event(event.number).writer == event.writer

    def _numbers(self) -> list[int]:
        # Two events appended during one listing may show as the second without the first: then look again.
        for _ in range(_LOOKS):
            self.modified = {}
            for stat in self._objects.entries(self._folder):
                if match := _NAME.fullmatch(stat.key.rpartition("/")[2]):
                    self.modified[int(match[1])] = stat.modified
            numbers = sorted(self.modified)
            if numbers == list(range(1, len(numbers) + 1)):
                break
        else:
            raise LibraryError(
                f"{self._folder} has gaps or strangers among its events. Restore the folder from a backup.",
                folder=self._folder,
            )
        return numbers

    def _event(self, number: int) -> Event:
        if number not in self._seen:
            data = self._objects.read(self._key(number))
            try:
                event = msgspec.json.decode(data or b"", type=Event)
            except msgspec.DecodeError as exc:
                raise LibraryError(
                    f"{self._key(number)} is damaged ({exc}). Restore it from a backup.", key=self._key(number)
                ) from exc
            if event.number != number:
                raise LibraryError(f"{self._key(number)} says it is number {event.number}. Restore it from a backup.")
            self._seen[number] = event
        return self._seen[number]

    def _key(self, number: int) -> str:
        return f"{self._folder}/{number:08d}.json"


def recorded(events: list[Event]) -> dict[int, Recorded]:
    """Every version that a log knows, by number, with its state after the last event."""
    out: dict[int, Recorded] = {}
    expired: set[int] = set()
    first: dict[int, Event] = {}
    for event in events:
        first.setdefault(event.version, event)
        if event.kind == "publish":
            expired.discard(event.version)
        expired |= set(event.expired)
    for version, event in sorted(first.items()):
        out[version] = Recorded(
            version=version,
            manifest_sha256=event.manifest_sha256,
            manifest_size_bytes=event.manifest_size_bytes,
            published_at=event.at,
            current=version == events[-1].version and not events[-1].withdrawn,
            expired=version in expired,
        )
    return out


def version_in(events: list[Event], version: int | None, *, product: str) -> Recorded:
    """
    One version of a log: the current one if ``version`` is None.

    Raises
    ------
    NotInLibrary
        No such product or version, or the product was withdrawn, or the version's files are no longer kept.
    """
    if not events:
        raise NotInLibrary(f"{product} is not in the library. See `showroom library list`.", product=product)
    if version is None and events[-1].withdrawn:
        raise NotInLibrary(
            f"{product} was withdrawn. To bring it back: `showroom library rollback {product} {events[-1].version}`.",
            product=product,
        )
    known = recorded(events)
    wanted = events[-1].version if version is None else version
    if wanted not in known:
        raise NotInLibrary(
            f"{product} has no version {wanted}; its newest is {max(known)}. See `showroom library show {product}`.",
            product=product,
            version=wanted,
        )
    found = known[wanted]
    if found.expired:
        raise NotInLibrary(
            f"the files of {product}, version {wanted}, were tidied away. Choose one that is kept: "
            f"`showroom library show {product}`.",
            product=product,
            version=wanted,
        )
    return found
