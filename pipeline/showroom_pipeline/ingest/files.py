"""
The files of one input, whether they lie in a folder or inside a zip, behind one small interface.

Nothing is unpacked to disk: zip members are read in memory, so no member's name can climb out of anywhere. A folder
gives only regular files that lie inside it after symbolic links are resolved; a pipe, a device or a file
somewhere else is refused before it is opened.
"""

import hashlib
import itertools
import os
import stat
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from showroom_assets.errors import DamagedFile, InputError, MissingFile, UnsupportedFormat

from .limits import Limits, at_most
from .numbers import printable
from .scan import Source

_MESH_FOLDERS = frozenset({"mesh", "meshes", "model", "models", "obj", "geometry", "source"})
_TEXTURE_FOLDERS = ("textures", "texture", "materials", "materials/textures", "images", "maps", "tex")
_BESIDE = 1_000


class Files:
    """
    A tree of read-only files.

    ``names`` are relative POSIX names in sorted order. ``read`` counts every byte against the limits and remembers
    what was read for the list of sources.
    """

    def __init__(self, limits: Limits, *, label: str) -> None:
        self.limits = limits
        self.label = label
        self._names: tuple[str, ...] = ()
        self._known: frozenset[str] = frozenset()
        self.notes: list[str] = []
        self._read: dict[str, Source] = {}
        self._total = 0
        self._lower: dict[str, str] | None = None
        self._titles: dict[str, list[str]] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return self._names

    @names.setter
    def names(self, names: tuple[str, ...]) -> None:
        self._names, self._known = names, frozenset(names)
        self._lower = self._titles = None

    def read(self, name: str) -> bytes:
        """
        The bytes of the file ``name``.

        Raises
        ------
        MissingFile
            Not one of ``names``.
        DamagedFile, LimitExceeded, UnsupportedFormat
            It cannot be read, or is larger than allowed.
        """
        at_most(self.limits.file_bytes, self.size(name), f"bytes of '{name:.80}'")
        data = self._load(name)
        if name not in self._read:
            self._total += len(data)
            at_most(self.limits.total_bytes, self._total, f"bytes in '{self.label:.80}'")
            digest = hashlib.sha256(data).hexdigest()
            shown = name.encode("utf-8", "replace").decode()  # a file system may give names that are no Unicode
            self._read[name] = Source(name=shown, sha256=digest, size_bytes=len(data))
        return data

    def size(self, name: str) -> int:
        """The size in bytes, as far as it is known before reading."""
        raise NotImplementedError

    def _load(self, name: str, count: int | None = None) -> bytes:
        raise NotImplementedError

    def find(self, name: str) -> str | None:
        """The name as it is really spelt: exact, else without regard to case."""
        if name in self._known:
            return name
        if self._lower is None:
            self._lower = {known.lower(): known for known in reversed(self.names)}
        return self._lower.get(name.lower())

    def head(self, name: str, count: int) -> bytes:
        """The first ``count`` bytes, without counting the file as a source."""
        return self._load(name, count)

    def titled(self, title: str) -> list[str]:
        """All names whose last part is ``title``, without regard to case."""
        if self._titles is None:
            self._titles = {}
            for known in self.names:
                self._titles.setdefault(PurePosixPath(known).name.lower(), []).append(known)
        return self._titles.get(title.lower(), [])

    def sources(self) -> tuple[Source, ...]:
        """All that was read so far, by name."""
        return tuple(self._read[name] for name in sorted(self._read))


class FolderFiles(Files):
    """The files under ``root``, hidden ones left out."""

    def __init__(self, root: Path, limits: Limits, *, label: str = "") -> None:
        super().__init__(limits, label=label or root.name)
        self.root = root.resolve()
        self.names = tuple(sorted(self._walk()))

    def _walk(self) -> Iterable[str]:
        stack: list[tuple[Path, int]] = [(self.root, 0)]
        seen: set[str] = {str(self.root)}
        count = 0
        while stack:
            folder, depth = stack.pop()
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError as exc:
                raise refused(folder.name, exc) from exc
            for entry in entries:
                if entry.name.startswith(".") or entry.name == "__MACOSX":
                    continue
                count += 1
                at_most(self.limits.files, count, f"files in '{self.label:.80}'")
                path = Path(entry.path)
                try:
                    if entry.is_symlink():
                        path = path.resolve()
                        if not path.is_relative_to(self.root):
                            self.notes.append(f"'{entry.name:.80}' links to a place outside the folder: left out.")
                            continue
                    is_folder, is_file = path.is_dir(), path.is_file()
                except (OSError, RuntimeError):  # a loop of links, or a folder that may not be entered
                    continue
                if is_folder and depth < self.limits.depth and str(path) not in seen:
                    seen.add(str(path))
                    stack.append((Path(entry.path), depth + 1))
                elif is_file:
                    yield Path(entry.path).relative_to(self.root).as_posix()

    def _holds(self, path: Path) -> bool:
        """Whether a resolved path may be read."""
        return path.is_relative_to(self.root)

    def size(self, name: str) -> int:
        if name not in self._known:
            raise MissingFile(f"'{name:.80}' is not in '{self.label:.80}'. Put it there.", name=name[:200])
        try:
            return os.stat(self.root / name).st_size
        except OSError as exc:
            raise refused(name, exc) from exc

    def _load(self, name: str, count: int | None = None) -> bytes:
        path = (self.root / name).resolve()
        if not self._holds(path):
            raise UnsupportedFormat(f"'{name:.80}' links to a place outside the folder. Put a copy there.")
        return load_regular(path, self.limits, count)


class BesideFiles(FolderFiles):
    """
    One file, and what may belong to it: the files of its folder and of the usual folders of textures.

    Its folder may be anybody's desktop, so it is not searched further: other files are found by exact name only.
    """

    def __init__(self, path: Path, limits: Limits) -> None:
        home = path.parent.resolve()
        above = home.name.lower() in _MESH_FOLDERS and home.parent != home
        self._home = home
        self.main = f"{home.name}/{path.name}" if above else path.name
        # The folder above may hold other people's files: of it, nothing but the folders of textures is ever read.
        self._places = [home, *((home.parent / name).resolve() for name in _TEXTURE_FOLDERS if above)]
        super().__init__(home.parent if above else home, limits, label=path.name)

    def _holds(self, path: Path) -> bool:
        return path.is_relative_to(self.root) and any(path.is_relative_to(place) for place in self._places)

    def _walk(self) -> Iterable[str]:
        found = {self.main}
        for folder in [*self._places, *(self._home / name for name in _TEXTURE_FOLDERS)]:
            found.update(self._entries(folder))
        return found

    def _entries(self, folder: Path) -> Iterable[str]:
        try:
            with os.scandir(folder) as entries:
                some = list(itertools.islice(entries, _BESIDE))
        except OSError:
            return
        if len(some) == _BESIDE:  # a heap of files: guessing what belongs together would be wrong
            return
        for entry in some:
            try:
                inside_root = not entry.is_symlink() or self._holds(Path(entry.path).resolve())
                if inside_root and entry.is_file() and not entry.name.startswith("."):
                    yield Path(entry.path).relative_to(self.root).as_posix()
            except (OSError, RuntimeError):  # a loop of links
                continue

    def find(self, name: str) -> str | None:
        if (known := super().find(name)) is not None:
            return known
        try:
            path = (self.root / name).resolve()
            found = self._holds(path) and path.is_file()
        except (OSError, RuntimeError, ValueError):  # too long a name, a loop of links, a null byte
            return None
        if found:
            self.names = tuple(sorted({*self.names, name}))
            return name
        return None


def load_regular(path: Path, limits: Limits, count: int | None = None) -> bytes:
    """
    The bytes of a regular file, or its first ``count``.

    Opened without blocking and checked by its descriptor, so that a pipe, or a file swapped for a device between
    the check and the reading, cannot hang or flood the process.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnsupportedFormat(f"'{path.name:.80}' is not a regular file. Give a file or a folder.")
            at_most(limits.file_bytes, status.st_size, f"bytes of '{path.name:.80}'")
            # Not read(limit): that allocates the whole limit before the first byte arrives.
            data = file.read(status.st_size + 1 if count is None else min(count, status.st_size))
            at_most(limits.file_bytes, len(data), f"bytes of '{path.name:.80}'")
            return data
    except OSError as exc:
        raise refused(path.name, exc) from exc


def refused(name: str, exc: OSError) -> InputError:
    """The error to show for a file the operating system does not give."""
    if isinstance(exc, FileNotFoundError | NotADirectoryError):
        return MissingFile(f"'{name:.80}' does not exist. Check the path.", name=name[:200])
    if isinstance(exc, PermissionError):
        return InputError(f"'{name:.80}' may not be read. Change its permissions.", name=name[:200])
    reason = exc.strerror or type(exc).__name__
    return DamagedFile(f"'{name:.80}' cannot be read ({reason}). Check the disk or copy it again.", name=name[:200])


def stem(name: str) -> str:
    """The file's name without folders and its last suffix, safe to show."""
    return printable(PurePosixPath(name).stem, 200)


def suffix(name: str) -> str:
    """The last suffix, in lower case, with its dot."""
    return PurePosixPath(name).suffix.lower()


def inside(name: str) -> str | None:
    """
    ``a/b/../c`` made plain, backslashes read as slashes, or None for a name that is absolute or climbs out.

    Pure text: no file system is asked.
    """
    parts: list[str] = []
    text = name.replace("\\", "/")
    if text.startswith("/") or "\0" in text or (len(text) > 1 and text[1] == ":"):
        return None
    for part in text.split("/"):
        if part in {"", "."}:
            continue
        if part == "..":
            if not parts:
                return None
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts) or None
