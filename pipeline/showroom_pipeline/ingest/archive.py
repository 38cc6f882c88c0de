"""
A zip as a tree of files, read in memory.

A zip can lie about everything: sizes, names, links. Each member is read in pieces and stopped at its declared size and
at the limits; names that climb out, absolute names, links, encrypted members and zips within the zip are refused with
the whole archive, since no honest tool packs a product that way.

Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4.
"""

import io
import stat
import zipfile
import zlib
from pathlib import Path
from typing import Any

from showroom_assets.errors import DamagedFile, LimitExceeded, MissingFile, UnsupportedFormat

from .files import Files, inside, load_regular, suffix
from .limits import Limits, at_most
from .numbers import printable

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError, KeyError)
_PIECE = 1 << 20
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class ZipFiles(Files):
    """The members of the zip at ``path``. A single folder that holds everything is left out of the names."""

    def __init__(self, path: Path, limits: Limits) -> None:
        super().__init__(limits, label=path.name)
        self.path = path
        self.data = load_regular(path, limits)
        self._archive: zipfile.ZipFile | None = None
        self._members = self._index()
        self.names = tuple(sorted(self._members))

    def _open(self) -> zipfile.ZipFile:
        # The end record says how many members follow; a central record has 46 bytes or more, so a lie is cheap to find.
        try:
            return zipfile.ZipFile(io.BytesIO(self.data))
        except _BROKEN as exc:
            raise DamagedFile(f"'{self.label:.80}' is no readable zip: truncated or damaged. Pack it again.") from exc

    def _index(self) -> dict[str, str]:
        limits, out = self.limits, {}
        at_most(limits.files, self.data.count(b"PK\x01\x02"), f"files in '{self.label:.80}'")
        with self._open() as archive:
            members = archive.infolist()
        at_most(limits.files, len(members), f"files in '{self.label:.80}'")
        for member in members:
            shown = printable(member.filename)
            if stat.S_ISLNK(member.external_attr >> 16):
                raise UnsupportedFormat(f"'{self.label:.80}' holds the link '{shown}'. Pack the file it points to.")
            name = inside(member.filename)
            if name is None or ".." in member.filename.replace("\\", "/").split("/"):
                raise UnsupportedFormat(f"'{self.label:.80}' holds '{shown}', which climbs out. Pack it again.")
            if member.is_dir():
                continue
            parts = name.split("/")
            if "__MACOSX" in parts or parts[-1].startswith("."):
                continue
            self._check(member, shown)
            if name in out:
                raise DamagedFile(f"'{self.label:.80}' holds '{shown}' twice. Pack it again.")
            out[name] = member.filename
        at_most(limits.total_bytes, sum(m.file_size for m in members), f"unpacked bytes in '{self.label:.80}'")
        return _without_top_folder(out)

    def _check(self, member: zipfile.ZipInfo, shown: str) -> None:
        limits = self.limits
        if member.flag_bits & 0x1:
            raise UnsupportedFormat(f"'{self.label:.80}' is encrypted. Pack it without a password.")
        if member.compress_type not in _METHODS:
            raise UnsupportedFormat(f"'{shown}' in '{self.label:.80}' is packed in a rare way. Pack it with Deflate.")
        if suffix(shown) == ".zip":
            raise UnsupportedFormat(f"'{self.label:.80}' holds another zip, '{shown}'. Unpack that one first.")
        at_most(limits.file_bytes, member.file_size, f"unpacked bytes of '{shown}'")
        if member.file_size > max(member.compress_size, 1) * limits.zip_ratio and member.file_size > _PIECE:
            raise LimitExceeded(
                f"'{shown}' in '{self.label:.80}' unpacks to {member.file_size:,} bytes from "
                f"{member.compress_size:,}: a zip bomb? Pack it again, or give the unpacked folder.",
                size_bytes=member.file_size,
            )

    def size(self, name: str) -> int:
        if name not in self._members:
            raise MissingFile(f"'{name:.80}' is not in '{self.label:.80}'. Pack it again with it.", name=name[:200])
        return 0  # checked when the zip was opened

    def _load(self, name: str, count: int | None = None) -> bytes:
        if self._archive is None:
            self._archive = self._open()
        try:
            with self._archive.open(self._members[name]) as file:
                if count is not None:
                    return file.read(count)
                limit = self._archive.getinfo(self._members[name]).file_size
                pieces, total = [], 0
                while piece := file.read(_PIECE):
                    total += len(piece)
                    if total > limit:
                        break
                    pieces.append(piece)
        except _BROKEN as exc:
            raise DamagedFile(
                f"'{printable(name)}' in '{self.label:.80}' is damaged. Download or pack the zip again."
            ) from exc
        if total != limit:
            raise DamagedFile(f"'{printable(name)}' in '{self.label:.80}' has not the promised length. Pack it again.")
        return b"".join(pieces)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_archive": None}


def _without_top_folder(names: dict[str, str]) -> dict[str, str]:
    while names:
        tops = {name.split("/", 1)[0] for name in names}
        if len(tops) > 1 or any("/" not in name for name in names):
            break
        names = {name.split("/", 1)[1]: member for name, member in names.items()}
    return names
