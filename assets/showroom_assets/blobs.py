"""
Content-addressed bytes: a blob's name is the SHA-256 of what is in it.

So a blob never changes, two equal files are kept once, and every read can be verified, and is. A blob that is there
with the wrong size (a disk that lied) is written again.

What it is not: a keeper of references. Who still needs which blob is the library's business.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .errors import BlobDamaged, LibraryError
from .objects import Objects, Stat

_CHUNK_BYTES: Final = 1 << 20
# Up to here a blob is put with one conditional request; a multipart upload cannot be conditional.
_SMALL_BYTES: Final = 8 << 20


class Blobs:
    """
    Blobs below one folder of a store.

    Parameters
    ----------
    objects
        Where they are kept.
    folder
        The key they are kept below, such as ``default/blobs``.
    """

    def __init__(self, objects: Objects, folder: str) -> None:
        self._objects = objects
        self._folder = folder

    def put_bytes(self, data: bytes) -> str:
        """Store ``data`` if it is not there yet; returns its SHA-256."""
        digest = hashlib.sha256(data).hexdigest()
        if not self._objects.create(self._key(digest), data) and not self.has(digest, size_bytes=len(data)):
            self._objects.replace(self._key(digest), (data,))
        return digest

    def put_file(self, path: Path, *, sha256: str, size_bytes: int) -> bool:
        """
        Store a file if it is not there yet; True if it had to be written.

        The file is hashed while it is read, so one that changes meanwhile is refused rather than stored.

        Raises
        ------
        BlobDamaged
            The file's size or hash is not the one given.
        LibraryError
            The file cannot be read, or the store fails.
        """
        if self.has(sha256, size_bytes=size_bytes):
            return False
        chunks = _verified(_read(path), sha256=sha256, size_bytes=size_bytes, name=str(path))
        if size_bytes <= _SMALL_BYTES:
            data = b"".join(chunks)
            if self._objects.create(self._key(sha256), data) or self.has(sha256, size_bytes=size_bytes):
                return True
            chunks = iter((data,))
        self._objects.replace(self._key(sha256), chunks)
        return True

    def read(self, sha256: str, *, size_bytes: int) -> bytes | None:
        """A blob, verified; None if it is not there."""
        chunks = self.stream(sha256, size_bytes=size_bytes)
        return None if chunks is None else b"".join(chunks)

    def stream(self, sha256: str, *, size_bytes: int) -> Iterator[bytes] | None:
        """
        A blob piece by piece; None if it is not there.

        The last piece is held back until everything was verified: whoever got all of it got the right bytes.

        Raises
        ------
        BlobDamaged
            While reading: too short, too long, or another hash.
        """
        chunks = self._objects.stream(self._key(sha256))
        if chunks is None:
            return None
        return _verified(chunks, sha256=sha256, size_bytes=size_bytes, name=f"blob {sha256}")

    def has(self, sha256: str, *, size_bytes: int) -> bool:
        """Whether a blob of that size is there. Its content is not read."""
        stat = self._objects.stat(self._key(sha256))
        return stat is not None and stat.size_bytes == size_bytes

    def entries(self) -> dict[str, Stat]:
        """All blobs by their hash."""
        return {stat.key.rpartition("/")[2]: stat for stat in self._objects.entries(self._folder)}

    def delete(self, sha256: str) -> None:
        """Remove a blob; that it is gone already is no error."""
        self._objects.delete(self._key(sha256))

    def _key(self, sha256: str) -> str:
        return f"{self._folder}/{sha256[:2]}/{sha256}"


def _read(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk
    except OSError as exc:
        raise LibraryError(f"{path} cannot be read ({exc.strerror}). Nothing was published.") from exc


def _verified(chunks: Iterator[bytes], *, sha256: str, size_bytes: int, name: str) -> Iterator[bytes]:
    digest = hashlib.sha256()
    total = 0
    held = b""
    for chunk in chunks:
        digest.update(chunk)
        total += len(chunk)
        if total > size_bytes:
            break
        if held:
            yield held
        held = chunk
    if total != size_bytes or digest.hexdigest() != sha256:
        raise BlobDamaged(
            f"{name} is damaged: it does not have the size and hash it should. Publish the product again.",
            sha256=sha256,
            size_bytes=size_bytes,
        )
    if held:
        yield held
