"""
Drafts: what a conversion made, seen by its merchant alone until it is published.

They are kept in a library of their own, each in a namespace named by its conversion, so a draft is there whole or not
at all, every byte that is read is verified, and to throw one away touches no other. The shelf is made of another
library: there is no way from a shopper's request to a draft.
"""

import contextlib
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from showroom_assets.library import Library, Published
from showroom_assets.manifest import File, Product


class Drafts:
    """
    Parameters
    ----------
    root
        The folder of all drafts.
    """

    def __init__(self, root: Path) -> None:
        self.root: Final = root

    def put(self, conversion: str, folder: Path) -> int:
        """Keep the product in ``folder`` as the draft of a conversion; its size in bytes. May be done again."""
        product = folder / "product.json"
        library = self._library(conversion, create=True)
        library.publish(folder, force=True)
        found = library.show(library.ids()[0])
        return product.stat().st_size + sum(file.size_bytes for file in found.files)

    def product(self, conversion: str) -> Product:
        """
        The draft's manifest.

        Raises
        ------
        LibraryError
            There is no such draft.
        """
        library = self._library(conversion)
        return library.show(_only(library))

    def stream(self, conversion: str, file: File) -> Iterator[bytes]:
        """A file of the draft, piece by piece, verified."""
        library = self._library(conversion)
        return library.stream(_only(library), file.path)

    def publish(self, conversion: str, library: Library, *, force: bool, expected_version: int | None) -> Published:
        """
        Put the draft on the shelf: it appears there whole or not at all, and doing it again is the same.

        Raises
        ------
        ShowroomError
            As ``Library.publish``; the shelf is then as it was.
        """
        drafts = self._library(conversion)
        aside = self.root / f".publish-{conversion}-{uuid.uuid4().hex}"
        try:
            drafts.materialise(_only(drafts), aside / "product")
            return library.publish(aside / "product", force=force, expected_version=expected_version)
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def remove(self, conversion: str) -> None:
        """Throw the draft away, if it is there."""
        shutil.rmtree(self.root / _namespace(conversion), ignore_errors=True)

    def sweep(self, *, older_than_s: float, now_s: float) -> None:
        """Remove what a server that was killed while publishing left."""
        for left in self.root.glob(".publish-*"):
            with contextlib.suppress(OSError):
                if now_s - left.stat().st_mtime > older_than_s:
                    shutil.rmtree(left, ignore_errors=True)

    def ids(self) -> list[str]:
        """Conversions that have something here."""
        return sorted(path.name.removeprefix("d-") for path in self.root.glob("d-*"))

    def _library(self, conversion: str, *, create: bool = False) -> Library:
        return Library(str(self.root), namespace=_namespace(conversion), create=create)


def _namespace(conversion: str) -> str:
    return f"d-{conversion}"


def _only(library: Library) -> str:
    from showroom_assets.errors import NotInLibrary

    found = library.ids()
    if not found:
        raise NotInLibrary("This draft is no longer there. Convert the scan again.")
    return found[0]
