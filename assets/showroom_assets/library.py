"""
The library: published products, every version of them, whole at every moment.

A version is a manifest and the blobs it names; it never changes. Publishing stores the blobs first and then appends
one event to the product's log (see ``history``): before that nobody sees the version, after it everybody sees all of
it, and a process killed anywhere between leaves blobs that nobody refers to, which ``collect`` tidies away.

Two publishers of one product at the same moment both succeed: their versions get consecutive numbers and the later
one is current. Whoever wants to lose instead passes ``expected_version``. Equal content is the same version: to publish
it again changes nothing, and to publish an older version's content again makes that version current.

What it is not: a shop (no prices, no stock), nor an access control.
"""

import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from .blobs import Blobs
from .errors import BlobDamaged, DamagedFile, LibraryConflict, LibraryError, NotInLibrary, QualityRefused
from .history import Event, History, Recorded, recorded, version_in
from .leases import lease
from .manifest import MANIFEST_NAME, File, Product, check_manifest, load, read_manifest, write_manifest
from .objects import Objects

_ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ATTEMPTS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """
    What a publication did.

    ``new_version`` is false if the content was published before; ``changed`` is false if it is what was current
    already. ``uploaded_bytes`` are those that were not in the library yet.
    """

    product: str
    version: int
    new_version: bool
    changed: bool
    uploaded_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of the catalogue: the current version of a product and its manifest."""

    product: Product
    version: int
    versions: int
    published_at: str


class Library:
    """
    A library in a folder or a bucket.

    Parameters
    ----------
    location
        A path or an address (see ``Objects``), or an open store.
    namespace
        Separates merchants that share a store: nothing is shared across namespaces. Lower-case letters, digits and
        hyphens.
    create
        Make the folder if it is not there yet; without it, that is a ``LibraryError``.
    clock
        For the time shown to people; nothing is decided by it.
    """

    def __init__(
        self,
        location: str | Path | Objects,
        *,
        namespace: str = "default",
        create: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if not _ID.fullmatch(namespace) or len(namespace) > 80:
            raise LibraryError(f"{namespace!r} is no name for a namespace. Use lower-case letters, digits and hyphens.")
        self.objects = location if isinstance(location, Objects) else Objects(str(location), create=create)
        self.namespace = namespace
        self.blobs = Blobs(self.objects, f"{namespace}/blobs")
        self._clock = clock

    def publish(
        self,
        folder: Path,
        *,
        force: bool = False,
        expected_version: int | None = None,
        on_file: Callable[[File], None] = lambda file: None,
    ) -> Published:
        """
        Publish the product in ``folder``: its ``product.json`` and every file that it lists.

        Parameters
        ----------
        folder
            As ``showroom convert`` writes it.
        force
            Publish although the quality verdict is "refused".
        expected_version
            The version that must be current (0: none), or the publication is given up.
        on_file
            Called before each file.

        Raises
        ------
        MissingFile, DamagedFile, LimitExceeded
            The folder does not hold a whole product; nothing was published.
        QualityRefused
            Its quality verdict is "refused", and neither it nor the call is forced.
        LibraryConflict
            ``expected_version`` is not the current one (any more).
        LibraryError
            The store failed.
        """
        product = publishable(folder, force=force)
        data = write_manifest(product)
        files = {file.sha256: file for file in product.files}
        history = self.history(product.id)
        _expect(history, expected_version)
        uploaded = 0
        manifest_sha256 = _sha256(data)
        with lease(self.objects, self.namespace, [manifest_sha256, *files]) as held:
            for file in files.values():
                on_file(file)
                held.renew()
                if self.blobs.put_file(folder / file.path, sha256=file.sha256, size_bytes=file.size_bytes):
                    uploaded += file.size_bytes
            self.blobs.put_bytes(data)
            for _ in range(_ATTEMPTS):
                held.must_hold()
                events = _expect(history, expected_version)
                event = self._publication(events, manifest_sha256, len(data))
                known = {old.version for old in events}
                if event is None:
                    version, new, changed = events[-1].version, False, False
                elif history.append(event):
                    version, new, changed = event.version, event.version not in known, True
                else:
                    continue
                return Published(
                    product=product.id, version=version, new_version=new, changed=changed, uploaded_bytes=uploaded
                )
        raise LibraryConflict(f"{product.id}: too many publishers at the same moment. Try again.", product=product.id)

    def _publication(self, events: list[Event], manifest_sha256: str, size_bytes: int) -> Event | None:
        """The event that makes this manifest current; None if it is current already."""
        if events and events[-1].manifest_sha256 == manifest_sha256 and not events[-1].withdrawn:
            return None
        known = {event.manifest_sha256: event.version for event in events}
        newest = max((event.version for event in events), default=0)
        return Event(
            schema="showroom.event/1",
            number=len(events) + 1,
            kind="publish",
            version=known.get(manifest_sha256, newest + 1),
            manifest_sha256=manifest_sha256,
            manifest_size_bytes=size_bytes,
            at=self.now(),
        )

    def rollback(self, product: str, version: int) -> bool:
        """
        Make an earlier (or later) version current; False if it is already. History is kept: this too is an event.

        Raises
        ------
        NotInLibrary
            No such product or version, or its files were tidied away.
        LibraryConflict
            Others kept publishing all the while.
        """
        history = self.history(product)
        for _ in range(_ATTEMPTS):
            events = history.events()
            target = version_in(events, version, product=product)
            if target.current:
                return False
            event = Event.after(events, "rollback", target, at=self.now())
            if history.append(event):
                return True
        raise LibraryConflict(f"{product}: too many publishers at the same moment. Try again.", product=product)

    def withdraw(self, product: str) -> bool:
        """
        Take a product off the shelf; False if it is already. Its versions are kept: a rollback brings it back.

        Raises
        ------
        NotInLibrary
            No such product.
        LibraryConflict
            Others kept publishing all the while.
        """
        history = self.history(product)
        for _ in range(_ATTEMPTS):
            events = history.events()
            if events and events[-1].withdrawn:
                return False
            last = version_in(events, None, product=product)
            event = Event.after(events, "withdraw", last, at=self.now(), withdrawn=True)
            if history.append(event):
                return True
        raise LibraryConflict(f"{product}: too many publishers at the same moment. Try again.", product=product)

    def ids(self) -> list[str]:
        """The ids of all products, withdrawn ones too, in order."""
        return [name for name in self.objects.folders(f"{self.namespace}/products") if _ID.fullmatch(name)]

    def products(self) -> Iterator[Listed]:
        """All products on the shelf, by id, each with its current version."""
        for product in self.ids():
            events = self.history(product).events()
            if events and not events[-1].withdrawn:
                found = version_in(events, None, product=product)
                kept = [one for one in recorded(events).values() if not one.expired]
                yield Listed(
                    product=self._manifest(product, found),
                    version=found.version,
                    versions=len(kept),
                    published_at=found.published_at,
                )

    def versions(self, product: str) -> list[Recorded]:
        """
        Every version of a product, oldest first, also those whose files are no longer kept.

        Raises
        ------
        NotInLibrary
            No such product.
        """
        events = self.history(product).events()
        if not events:
            raise NotInLibrary(f"{product} is not in the library. See `showroom library list`.", product=product)
        return [*recorded(events).values()]

    def events(self, product: str) -> list[Event]:
        """Everything that happened to a product, oldest first."""
        return self.history(product).events()

    def show(self, product: str, version: int | None = None) -> Product:
        """
        A version's manifest; the current one's by default.

        Raises
        ------
        NotInLibrary
            No such product or version.
        """
        return self._manifest(product, self._find(product, version))

    def fetch(self, product: str, path: str, *, version: int | None = None) -> bytes:
        """
        One file of a version, verified, by its path in the manifest. ``stream`` is for large ones.

        Raises
        ------
        NotInLibrary
            No such product, version or file.
        BlobDamaged
            The store's bytes are not those that were published.
        """
        return b"".join(self.stream(product, path, version=version))

    def stream(self, product: str, path: str, *, version: int | None = None) -> Iterator[bytes]:
        """As ``fetch``, piece by piece; the last piece comes only after everything was verified."""
        file = next((file for file in self.show(product, version).files if file.path == path), None)
        if file is None:
            raise NotInLibrary(f"{product} has no file {path!r}.", product=product, path=path)
        return self._blob(product, file.sha256, file.size_bytes)

    def materialise(self, product: str, folder: Path, *, version: int | None = None) -> Product:
        """
        Write a version out as the folder it was published from. The folder appears whole, or not at all.

        Raises
        ------
        LibraryError
            ``folder`` exists and is not empty, or cannot be written.
        NotInLibrary, BlobDamaged
            As ``fetch``.
        """
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise LibraryError(f"{folder} is there already. Name a folder that is not.", path=str(folder))
        data = self._manifest_bytes(product, self._find(product, version))
        found = read_manifest(data, name=product)
        partial = folder.parent / f".{folder.name}.{uuid.uuid4().hex}.partial"
        try:
            partial.mkdir(parents=True)
            for file in found.files:
                target = partial / file.path
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as out:
                    for chunk in self._blob(product, file.sha256, file.size_bytes):
                        out.write(chunk)
            (partial / MANIFEST_NAME).write_bytes(data)
            os.rename(partial, folder)
        except OSError as exc:
            raise LibraryError(f"{folder} cannot be written ({exc.strerror}).", path=str(folder)) from exc
        finally:
            with suppress(FileNotFoundError):
                shutil.rmtree(partial)
        return found

    def verify(self, product: str, version: int | None = None) -> list[str]:
        """What is wrong with the stored files of a version, one sentence each; every byte is read."""
        faults: list[str] = []
        for file in self.show(product, version).files:
            try:
                for _ in self._blob(product, file.sha256, file.size_bytes):
                    pass
            except (NotInLibrary, BlobDamaged) as exc:
                faults.append(f"{file.path}: {exc.message}")
        return faults

    def history(self, product: str) -> History:
        """
        The log of a product.

        Raises
        ------
        NotInLibrary
            ``product`` cannot be a product's id.
        """
        if not _ID.fullmatch(product) or len(product) > 80:
            raise NotInLibrary(f"{product!r} is no product id. See `showroom library list`.", product=product)
        return History(self.objects, f"{self.namespace}/products/{product}")

    def manifest_of(self, product: str, found: Recorded) -> Product:
        """The manifest of a version that the log told of."""
        return self._manifest(product, found)

    def _find(self, product: str, version: int | None) -> Recorded:
        return version_in(self.history(product).events(), version, product=product)

    def _manifest(self, product: str, found: Recorded) -> Product:
        return read_manifest(self._manifest_bytes(product, found), name=f"{product}, version {found.version}")

    def _manifest_bytes(self, product: str, found: Recorded) -> bytes:
        return b"".join(self._blob(product, found.manifest_sha256, found.manifest_size_bytes))

    def _blob(self, product: str, sha256: str, size_bytes: int) -> Iterator[bytes]:
        chunks = self.blobs.stream(sha256, size_bytes=size_bytes)
        if chunks is None:
            raise NotInLibrary(
                f"a file of {product} is no longer in the library. Choose a version that is kept, or publish again.",
                product=product,
                sha256=sha256,
            )
        return chunks

    def now(self) -> str:
        """The time that events are stamped with, UTC."""
        return self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def publishable(folder: Path, *, force: bool = False) -> Product:
    """
    The product in ``folder``, if it may be published.

    Raises
    ------
    MissingFile, DamagedFile, LimitExceeded, QualityRefused
        As ``Library.publish``.
    """
    product = load(folder)
    faults = check_manifest(product, folder)
    if faults:
        more = f" (and {len(faults) - 1} more: see `showroom check {folder}`)" if len(faults) > 1 else ""
        raise DamagedFile(f"{folder} is not whole: {faults[0]}{more}", faults=faults)
    if product.quality.verdict == "refused" and not (force or product.quality.forced):
        why = product.quality.reasons[0] if product.quality.reasons else "it is under the quality bar."
        raise QualityRefused(
            f"{product.id} was refused by its proof: {why} Convert it again with more triangles, or use --force.",
            reasons=product.quality.reasons,
        )
    return product


def _expect(history: History, version: int | None) -> list[Event]:
    events = history.events()
    current = events[-1].version if events and not events[-1].withdrawn else 0
    if version is not None and current != version:
        raise LibraryConflict(
            f"the current version is {current}, not {version}: somebody published meanwhile. Look at it, then publish "
            "again.",
            current=current,
            expected=version,
        )
    return events


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
