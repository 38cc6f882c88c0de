"""
Named bytes in a folder or a bucket: the few operations the library stands on.

``create`` is put-if-absent and atomic everywhere; all else follows from it. Buckets (``s3://``, ``gs://``, ``az://``,
``memory://``) go through obstore. A folder is read through obstore too, but written here: its LocalStore links and
renames without ``fsync`` (seen with strace, 0.12.1), so after a power cut a name could stand for an empty file.
Here a file is synced before it gets its name, and the folder after.

What it is not: a place for names from outside. Keys are made by the library from ids, numbers and hashes.
"""

import os
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from .disk import sync_folder
from .errors import LibraryError

if TYPE_CHECKING:  # names that only the stubs have
    from obstore import GetResult
    from obstore.store import ClientConfig, RetryConfig

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")
_STAGING: Final = ".staging"
_TIMEOUT: Final = timedelta(seconds=30)
_RETRY: Final = timedelta(seconds=15)
_SCHEMES: Final = frozenset({"s3", "s3a", "gs", "az", "azure", "adl", "abfs", "abfss", "memory"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stat:
    """``modified`` is the store's own clock, in seconds; only differences of two of them mean anything."""

    key: str
    size_bytes: int
    modified: float


class Objects:
    """
    A flat store of bytes by key.

    Parameters
    ----------
    url
        A path, ``file://…``, ``s3://bucket/prefix``, ``gs://…``, ``az://…`` or ``memory://`` (a fresh one each time).
        Credentials and endpoints come from the environment, as obstore documents (``AWS_ACCESS_KEY_ID``, …).
    create
        Make the folder if it is not there; without it, that is an error. Buckets are never made.

    Raises
    ------
    LibraryError
        The address is not understood, or the folder cannot be made. Every method raises it when the store fails.
    """

    def __init__(self, url: str, *, create: bool = True) -> None:
        self.url = url
        parts = urlsplit(url)
        self._store: ObjectStore
        self._root: Path | None = None
        self.request_limit_s: float = 1.0
        """No request takes longer, its repetitions included."""
        try:
            if parts.scheme in _SCHEMES:
                retries: RetryConfig = {"max_retries": 5, "retry_timeout": _RETRY}
                self._store = (
                    from_url(url)
                    if parts.scheme == "memory"
                    else from_url(url, client_options=_client_options(), retry_config=retries)
                )
                self.request_limit_s = (_TIMEOUT + _RETRY).total_seconds() + 5
                return
            if parts.scheme == "file":
                root = Path(unquote(parts.path))
            elif "://" in url:
                raise LibraryError(f"{url}: no such kind of library. Use a folder, s3://, gs:// or az://.")
            else:
                root = Path(url).expanduser()
            if create:
                root.mkdir(parents=True, exist_ok=True)
            elif not root.is_dir():
                raise LibraryError(f"there is no library at {url}. Put a product in: showroom publish FOLDER")
            self._root = root.resolve()
            self._store = LocalStore(self._root)
        except (BaseError, ValueError, OSError) as exc:
            raise LibraryError(
                f"{url} cannot be opened: {_first_line(exc)}. Check the address and its rights."
            ) from exc

    def create(self, key: str, data: bytes) -> bool:
        """
        Store ``data`` under ``key`` unless there is something already; True if it was stored.

        When it returns, what is under ``key`` survives a crash, whoever put it there.
        """
        _valid(key)
        with self._mapped(key):
            if self._root is not None:
                return self._write(key, (data,), _link)
            try:
                obstore.put(self._store, key, data, mode="create")
            except AlreadyExistsError:
                return False
            return True

    def replace(self, key: str, chunks: Iterable[bytes]) -> None:
        """
        Store the chunks under ``key``, over what is there.

        All or nothing: if the iterator raises, nothing changes and its error is passed on.
        """
        _valid(key)
        with self._mapped(key):
            if self._root is not None:
                self._write(key, chunks, _rename)
            else:
                obstore.put(self._store, key, iter(chunks))

    def read(self, key: str) -> bytes | None:
        """What is under ``key``, or None. For small objects; ``stream`` is for large ones."""
        chunks = self.stream(key)
        return None if chunks is None else b"".join(chunks)

    def stream(self, key: str) -> Iterator[bytes] | None:
        """What is under ``key``, piece by piece; None if there is nothing."""
        _valid(key)
        with self._mapped(key):
            try:
                found = obstore.get(self._store, key)
            except FileNotFoundError:
                return None
        return self._chunks(key, found)

    def _chunks(self, key: str, found: "GetResult") -> Iterator[bytes]:
        with self._mapped(key):
            for chunk in found.stream(min_chunk_size=1 << 20):
                yield bytes(chunk)

    def stat(self, key: str) -> Stat | None:
        """Size and time of what is under ``key``, or None."""
        _valid(key)
        with self._mapped(key):
            try:
                meta = obstore.head(self._store, key)
            except FileNotFoundError:
                return None
        return Stat(key=key, size_bytes=meta["size"], modified=_seconds(meta["last_modified"]))

    def entries(self, folder: str) -> list[Stat]:
        """Everything below ``folder/``, in the order of the keys."""
        _valid(folder)
        found: list[Stat] = []
        with self._mapped(folder):
            for batch in obstore.list(self._store, f"{folder}/"):
                found += [
                    Stat(key=meta["path"], size_bytes=meta["size"], modified=_seconds(meta["last_modified"]))
                    for meta in batch
                ]
        return sorted((stat for stat in found if _KEY.fullmatch(stat.key)), key=lambda stat: stat.key)

    def folders(self, folder: str) -> list[str]:
        """The names right below ``folder/`` that have something below them."""
        _valid(folder)
        with self._mapped(folder):
            prefixes = obstore.list_with_delimiter(self._store, f"{folder}/")["common_prefixes"]
        return sorted(prefix.rstrip("/").rpartition("/")[2] for prefix in prefixes)

    def delete(self, key: str) -> None:
        """Remove ``key``; that it is gone already is no error."""
        _valid(key)
        with self._mapped(key), suppress(FileNotFoundError):
            obstore.delete(self._store, key)

    def sweep(self, *, older_than_s: float, now: float) -> int:
        """Remove what killed writers left behind in a folder's staging place; buckets have none. Returns how many."""
        if self._root is None:
            return 0
        removed = 0
        with self._mapped(_STAGING), suppress(FileNotFoundError):
            for path in sorted((self._root / _STAGING).iterdir()):
                with suppress(FileNotFoundError):
                    if now - path.stat().st_mtime > older_than_s:
                        path.unlink()
                        removed += 1
        return removed

    def _write(self, key: str, chunks: Iterable[bytes], name_it: Callable[[Path, Path], bool]) -> bool:
        assert self._root is not None
        target = self._root / key
        staged = self._root / _STAGING / uuid.uuid4().hex
        staged.parent.mkdir(exist_ok=True)
        try:
            with staged.open("xb") as file:
                for chunk in chunks:
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            _make_folders(target.parent, root=self._root)
            done = name_it(staged, target)
            # Also when it was there already: whoever wrote it may not have come to this line yet.
            sync_folder(target.parent)
        finally:
            with suppress(FileNotFoundError):
                staged.unlink()
        return done

    @contextmanager
    def _mapped(self, key: str) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError) as exc:
            raise LibraryError(
                f"{self.url}: {key}: {_first_line(exc)}. Check the disk or the bucket.", key=key
            ) from exc


def _client_options() -> "ClientConfig":
    # Options that are passed hide those of the environment, so the one that self-hosted buckets need is read here.
    plain = any(
        os.environ.get(f"{cloud}_ALLOW_HTTP", "").lower() in {"1", "true", "yes"}
        for cloud in ("AWS", "AZURE", "GOOGLE")
    )
    return {"timeout": _TIMEOUT, "allow_http": plain}


def _link(staged: Path, target: Path) -> bool:
    try:
        os.link(staged, target)
    except FileExistsError:
        return False
    return True


def _rename(staged: Path, target: Path) -> bool:
    os.replace(staged, target)
    return True


def _make_folders(folder: Path, *, root: Path) -> None:
    """Like ``mkdir -p``, syncing each parent that got a new entry."""
    missing = [path for path in (folder, *folder.parents) if path.is_relative_to(root) and not path.is_dir()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)


def _valid(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise ValueError(f"not a key: {key!r}")


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _first_line(exc: BaseException) -> str:
    if isinstance(exc, OSError) and exc.strerror:
        return exc.strerror
    text = str(exc).partition("\n")[0].strip()
    return text[:300] or type(exc).__name__
